"""A theme is the few inks of a picture, and the sizes of what it writes.

Sizes are stated for a picture 720 pixels high and grow with it, so that a film reads the same from the back row
in every size. The font comes with the package (Source Sans 3: tabular digits, Greek), so that pictures are the
same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.colors import to_hex

from gmmviz.arrays import Array, numbers
from gmmviz.errors import InputError, brief
from gmmviz.options import Count, Index, Positive, check_choice, checked
from gmmviz.themes.color import contrast, hex_to_oklab, oklab_to_srgb
from gmmviz.themes.settings import Settings, complete, shared

FONT = "gmmviz"  # the family name under which matplotlib finds the shipped font

LEGIBLE_UNIT = 0.4  # pixels per pixel of a picture 720 pixels high, at which the smallest letters can be read
MOST_ENLARGED = 1.8  # times, that letters are larger in a small picture than those of a large one would be

# Fonts with Chinese, Japanese and Korean letters, as the common systems have them.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans",
    "Yu Gothic",
    "Malgun Gothic",
    "Arial Unicode MS",
)


@checked
@dataclass(frozen=True, slots=True)
class Theme:
    """The colors, font and sizes of a film; every color is ``#rrggbb``.

    A theme of your own becomes one that scenes can name by ``gmmviz.THEMES.register(name, theme)``.

    Parameters
    ----------
    name : str
        How scenes name it; the name that it is registered under.
    background : str
        Color of the picture.
    panel : str
        Color of the caption bar.
    text : str
        Color of what is read first.
    muted : str
        Color of what is read second, such as numbers on axes.
    grid : str
        Color of what is hardly seen.
    unknown : str
        Color of what has not been asked yet and cannot be hollow, as tiny points before the first E-step: paler
        than the hues of components, so that it is not taken for one.
    outline : str
        Color around points and markers, which parts them from what is behind.
    palette : tuple of str
        One hue per component; they should be told apart with the common kinds of color blindness.
    style : tuple of (str, value)
        Settings of matplotlib that replace those that the theme makes; by default none.
    unit : float
        Pixels per pixel of a picture 720 pixels high; `scaled` sets it.
    mark : float
        Factor by which marks shrink among many panels, and in small pictures; `crowded` and `scaled` set it.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import gmmviz as gv
    >>> sepia = replace(gv.THEMES["light"], name="sepia", background="#f4ecd8", outline="#f4ecd8")
    >>> sepia.color(0)
    '#2365a8'
    >>> sepia.scaled((2560, 1440)).px(20)
    40.0
    """

    name: str
    background: str
    panel: str
    text: str
    muted: str
    grid: str
    unknown: str
    outline: str
    palette: tuple[str, ...]
    style: tuple[tuple[str, Any], ...] = ()
    unit: float = 1.0
    mark: float = 1.0

    def __post_init__(self) -> None:
        inks = ("background", "panel", "text", "muted", "grid", "unknown", "outline")
        colors = [*((name, getattr(self, name)) for name in inks), *(("palette", ink) for ink in self.palette)]
        for name, color in colors:
            _check_color(name, color)
        if len(self.palette) == 0:
            raise InputError("a theme needs at least one color in its palette", "palette")

    @checked
    def scaled(self, size: tuple[Positive, Positive], *, enlarged: bool = True) -> Theme:
        """Return the theme for a picture of another size.

        Parameters
        ----------
        size : tuple of int
            Width and height in pixels.
        enlarged : bool
            Whether letters of a small picture are enlarged so that they can be read.

        Returns
        -------
        Theme
            With another `unit`.
        """
        width, height = size
        # Letters grow with the picture's area, but no further than its shorter side has room for.
        area, side = (width * height / (1280 * 720)) ** 0.5, min(width / 1280, height / 720)
        unit = min(area, 1.7 * side)
        # In a small picture letters are larger, so that they can be read, but what they stand beside is not.
        letters = max(unit, min(LEGIBLE_UNIT, MOST_ENLARGED * unit)) if enlarged else unit
        return replace(self, unit=letters, mark=self.mark * unit / letters)

    @checked
    def crowded(self, n: Count) -> Theme:
        """Return the theme for one of several equal panels: letters stay readable, marks shrink.

        Parameters
        ----------
        n : int
            How many panels.

        Returns
        -------
        Theme
            With another `mark`.
        """
        return replace(self, mark=self.mark * max(min(n, 100) ** -0.35, 0.45))

    @checked
    def mark_px(self, pixels: float) -> float:
        """Convert the size of a marker or line as `px` does, and make it smaller where panels are many.

        Parameters
        ----------
        pixels : float
            Of a picture 720 pixels high.

        Returns
        -------
        float
            Pixels of this picture.
        """
        return self.px(pixels) * self.mark

    @checked
    def px(self, pixels: float) -> float:
        """Convert a length to this picture's size.

        Parameters
        ----------
        pixels : float
            Of a picture 720 pixels high.

        Returns
        -------
        float
            Pixels of this picture.
        """
        return pixels * self.unit

    @checked
    def font(self, weight: str = "normal") -> font_manager.FontProperties:
        """Return the font to write with.

        Parameters
        ----------
        weight : {"normal", "bold"}
            How heavy the letters are.

        Returns
        -------
        matplotlib.font_manager.FontProperties
            The shipped font with fallbacks, or that of the matplotlib style that the theme is made of.
        """
        check_choice("weight", weight, ("normal", "bold"))
        own: Any = dict(self.style).get("font.family")
        return font_manager.FontProperties(
            family=own or _families(), weight=weight, math_fontfamily=None if own else "custom"
        )

    @checked
    def color(self, component: Index) -> str:
        """Return a component's hue; beyond the palette, lighter or darker neighbors of its hues.

        Parameters
        ----------
        component : int
            Counted from 0.

        Returns
        -------
        str
            As ``#rrggbb``.
        """
        lap, place = divmod(component, len(self.palette))
        lap = min(lap, 9)  # no hue becomes lighter or darker than that
        return _shade(self.palette[place], lap) if lap else self.palette[place]

    @checked
    def ink_on(self, color: str) -> str:
        """Return the ink to write with on a color: `background` or `text`, whichever has more contrast.

        Parameters
        ----------
        color : str
            As ``#rrggbb``.

        Returns
        -------
        str
            As ``#rrggbb``.
        """
        _check_color("color", color)
        return max((self.background, self.text), key=lambda ink: contrast(ink, color))

    @checked
    def in_order(self, hues: Sequence[Index]) -> Theme:
        """Return the theme with its hues in another order: first these, then the others.

        Parameters
        ----------
        hues : sequence of int
            Numbers of hues, counted from 0.

        Returns
        -------
        Theme
            With another `palette`.
        """
        others = (k for k in range(max((len(self.palette) - 1, *hues)) + 1) if k not in hues)
        return replace(self, palette=tuple(self.color(k) for k in (*hues, *others)))

    @checked
    def point_colors(self, responsibilities: Array, coloring: float) -> Array:
        """Blend hues by responsibility in OKLab, where in-between colors stay clean.

        Parameters
        ----------
        responsibilities : ndarray, shape (N, K)
            Each row sums to 1.
        coloring : float
            How much of the blend shows, from 0 (all points have the color `unknown`) to 1.

        Returns
        -------
        ndarray, shape (N, 3)
            sRGB from 0 to 1.
        """
        responsibilities = numbers("responsibilities", responsibilities)
        if responsibilities.ndim != 2:
            raise InputError(
                f"responsibilities must have shape (points, components), not {responsibilities.shape}"
            )
        K = responsibilities.shape[1]
        hues = np.array([hex_to_oklab(self.color(k)) for k in range(K)])
        # Single precision is finer than a screen's levels, and takes half of the time for a million points.
        blend = responsibilities.astype(np.float32) @ hues.astype(np.float32)
        if coloring < 1:
            unknown = hex_to_oklab(self.unknown)
            blend = (unknown + coloring * (blend - unknown)).astype(np.float32)
        return oklab_to_srgb(blend)

    def settings(self) -> Settings:
        """Return the settings with which matplotlib draws this theme, whatever the user's own are.

        Returns
        -------
        mapping
            For `gmmviz.themes.settings.drawn_with`.
        """
        thin = self.px(1.4)
        own: Any = {
            "font.family": _families(),
            "font.size": self.px(22),
            "figure.facecolor": self.background,
            "axes.facecolor": self.background,
            "axes.edgecolor": self.muted,
            "axes.labelcolor": self.text,
            "axes.labelpad": self.px(6),
            "axes.labelsize": self.px(23),
            "axes.linewidth": thin,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": self.px(23),
            "axes.titlelocation": "left",
            "axes.titlecolor": self.text,
            "axes.titlepad": self.px(12),
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.formatter.useoffset": False,
            "axes.unicode_minus": True,
            "grid.color": self.grid,
            "grid.linewidth": thin,
            "text.color": self.text,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelsize": self.px(21),
            "ytick.labelsize": self.px(21),
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "xtick.major.pad": self.px(8),
            "ytick.major.pad": self.px(8),
            "path.simplify": True,
            "lines.solid_capstyle": "round",
            "lines.solid_joinstyle": "round",
            "text.hinting": "none",
            **formula_settings("normal"),
            "svg.hashsalt": "gmmviz",
            "svg.fonttype": "path",
            "pdf.fonttype": 42,
        }
        return complete(own | dict(self.style))


def formula_settings(weight: str) -> dict[str, Any]:
    """Return the settings with which matplotlib sets formulas in the letters of the words around them.

    Parameters
    ----------
    weight : {"normal", "bold"}
        That of the words.

    Returns
    -------
    dict
        Settings of matplotlib; signs that the shipped font lacks come from another one.
    """
    heavy = ":bold" if weight == "bold" else ""
    upright, slanted = f"{FONT}{heavy}", f"{FONT}:italic{heavy}"
    fonts = {"rm": upright, "sf": upright, "it": slanted, "cal": slanted}
    fonts |= {"bf": f"{FONT}:bold", "bfit": f"{FONT}:italic:bold"}
    return {
        "mathtext.fontset": "custom",
        "mathtext.fallback": "stixsans",
        **{f"mathtext.{name}": font for name, font in fonts.items()},
    }


def _check_color(name: str, color: str) -> None:
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise InputError(f"a color of a theme is written as '#rrggbb': {name} cannot be {brief(color)}", name)


@cache
def _shade(color: str, lap: int) -> str:
    """Make a darker or lighter neighbor of a hue, for more components than the palette has hues."""
    lab = hex_to_oklab(color).copy()
    lab[0] = np.clip(lab[0] + (0.16 if lab[0] < 0.45 else -0.16) * lap, 0.15, 0.95)
    return to_hex(tuple(oklab_to_srgb(lab).tolist()))


@cache
def _families() -> list[str]:
    """The shipped font, and installed ones for letters that it lacks."""
    with shared:
        _add_font()
    installed = set(font_manager.get_font_names())
    return [FONT, "DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


def _add_font() -> None:
    """Tell matplotlib about the shipped font, under a name that no installed font has."""
    for path, weight, style in (
        ("SourceSans3-Regular.ttf", 400, "normal"),
        ("SourceSans3-SemiBold.ttf", 700, "normal"),
        ("SourceSans3-It.ttf", 400, "italic"),  # the letters of formulas
        ("SourceSans3-SemiBoldIt.ttf", 700, "italic"),
    ):
        file = str(files("gmmviz.themes") / "fonts" / path)
        entry = font_manager.FontEntry(fname=file, name=FONT, weight=weight, style=style, size="scalable")
        if entry not in font_manager.fontManager.ttflist:
            font_manager.fontManager.ttflist.append(entry)
