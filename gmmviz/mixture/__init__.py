"""Gaussian mixtures as values: parameters, covariance families, criteria, and matching of components."""

from gmmviz.mixture.mixture import Mixture

__all__ = ["Mixture"]
