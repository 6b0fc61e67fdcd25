"""The policy around EM: where to begin, when to stop, how often to start again."""

from gmmviz.fitting.policy import fit

__all__ = ["fit"]
