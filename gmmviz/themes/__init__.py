"""Themes: colors, font and sizes."""

from gmmviz.themes.base import THEMES, Theme, theme_named

__all__ = ["THEMES", "Theme", "theme_named"]
