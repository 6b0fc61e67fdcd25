"""Themes: colors, font and sizes."""

from gmmviz.themes import loading as loading  # before anything else loads matplotlib
from gmmviz.themes.base import Theme
from gmmviz.themes.named import THEMES, theme_named

__all__ = ["THEMES", "Theme", "theme_named"]
