"""The command: one small module per subcommand, in the order in which the help lists them."""

from gmmviz.cli import render, explore, watch, preview, check, new, listing  # noqa: F401, I001
from gmmviz.cli import fit, trace, embed, gallery, deck, schema  # noqa: F401
from gmmviz.cli.app import app

__all__ = ["app"]
