"""A theme is the few inks of a picture, and the sizes of what it writes.

Sizes are stated for a picture 720 pixels high and grow with it, so that a film reads the same from the
back row in every size. The font comes with the package (Source Sans 3: tabular digits, Greek), so
that pictures are the same on every machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.colors import to_hex

from gmmviz.arrays import Array
from gmmviz.errors import InputError, listed, nearest
from gmmviz.themes.color import hex_to_oklab, oklab_to_srgb

FONT = "gmmviz"  # the family name under which matplotlib finds the shipped font


@dataclass(frozen=True, slots=True)
class Theme:
    """Colors as ``#rrggbb``; sizes in pixels of a picture 720 pixels high.

    Parameters
    ----------
    name : str
    background, panel, text, muted, grid : str
        The picture, the caption bar, what is read first, what is read second, what is hardly seen.
    unknown : str
        Points that have not been asked yet.
    outline : str
        Around points and markers, to part them from what is behind.
    palette : tuple of str
        One hue per component, told apart with the common kinds of color blindness.
    style : tuple of (str, value)
        Settings of matplotlib that replace the theme's own.
    unit, mark : float
        Pixels per pixel of a picture 720 pixels high, and the shrinking of marks in a crowd of panels.
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

    def scaled(self, size: tuple[int, int]) -> Theme:
        """The theme for a picture of this size in pixels."""
        width, height = size
        # Letters grow with the picture's area, but not beyond what its shorter side can carry.
        area, side = (width * height / (1280 * 720)) ** 0.5, min(width / 1280, height / 720)
        return replace(self, unit=min(area, 1.7 * side))

    def crowded(self, n: int) -> Theme:
        """The theme for one of `n` equal panels of a picture: letters stay readable, marks shrink."""
        return replace(self, mark=max(n**-0.35, 0.45))

    def mark_px(self, pixels: float) -> float:
        """The size of a marker or line within a panel, as `px`, smaller where panels are many."""
        return self.px(pixels) * self.mark

    def px(self, pixels: float) -> float:
        """Pixels of a 720-pixel-high picture as pixels of this one."""
        return pixels * self.unit

    def font(self, weight: str = "normal") -> font_manager.FontProperties:
        """The shipped font, as ``"normal"`` or ``"bold"``."""
        own: Any = dict(self.style).get("font.family")
        return font_manager.FontProperties(family=own or _families(), weight=weight)

    def color(self, component: int) -> str:
        """The component's hue."""
        lap, place = divmod(component, len(self.palette))
        return _shade(self.palette[place], lap) if lap else self.palette[place]

    def point_colors(self, responsibilities: Array, coloring: float) -> Array:
        """Blend hues by responsibility in OKLab, where in-between colors stay clean.

        Parameters
        ----------
        responsibilities : ndarray, shape (N, K)
        coloring : float
            0 for points not asked yet, 1 for the blend.

        Returns
        -------
        ndarray, shape (N, 3)
            sRGB from 0 to 1.
        """
        K = responsibilities.shape[1]
        hues = np.array([hex_to_oklab(self.color(k)) for k in range(K)])
        # Single precision is finer than a screen's levels, and for a million points half of the time.
        blend = responsibilities.astype(np.float32) @ hues.astype(np.float32)
        if coloring < 1:
            unknown = hex_to_oklab(self.unknown)
            blend = (unknown + coloring * (blend - unknown)).astype(np.float32)
        return oklab_to_srgb(blend)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Draw with this theme, whatever the user's own matplotlib settings are.

        May be nested: setting matplotlib's 300 parameters takes 1.5 ms, so a film does it once, around all
        its frames.
        """
        global _applied
        if _applied is self:
            yield
            return
        thin = self.px(1.4)
        settings: Any = {
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
            "svg.hashsalt": "gmmviz",
        }
        defaults: Any = {
            k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(("backend", "interactive"))
        }
        settings |= dict(self.style)
        outer, _applied = _applied, self
        try:
            with mpl.rc_context({**defaults, **settings}):
                yield
        finally:
            _applied = outer


# Fonts with Chinese, Japanese and Korean letters, as the common systems have them.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans",
    "Yu Gothic",
    "Malgun Gothic",
    "Arial Unicode MS",
)

_applied: Theme | None = None  # whose settings matplotlib has at the moment

# Okabe & Ito (2008), ordered so that the first hues stand out from each background and from each other.
LIGHT = Theme(
    name="light",
    background="#ffffff",
    panel="#eaeef2",
    text="#1b2530",
    muted="#6b7885",
    grid="#e6e9ee",
    unknown="#9aa5b1",
    outline="#ffffff",
    palette=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a6a00", "#000000"),
)
DARK = Theme(
    name="dark",
    background="#11151c",
    panel="#1d2530",
    text="#f2f5f8",
    muted="#94a1b0",
    grid="#242c38",
    unknown="#76828f",
    outline="#11151c",
    palette=("#56b4e9", "#ff8a3d", "#19c594", "#e59ac4", "#f0e442", "#4f8fd0", "#d9a400", "#ffffff"),
)
# For paper, also without color: neighbors in the palette differ in lightness.
PRINT = Theme(
    name="print",
    background="#ffffff",
    panel="#f1f1f1",
    text="#000000",
    muted="#454545",
    grid="#dedede",
    unknown="#9a9a9a",
    outline="#ffffff",
    palette=("#0072b2", "#e69f00", "#000000", "#cc79a7", "#00664b", "#56b4e9", "#4d4300", "#d55e00"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}


def theme_named(theme: Theme | str) -> Theme:
    """Return the theme of that name, one made of a matplotlib style, or the theme itself.

    Parameters
    ----------
    theme : Theme or str
        A name in `THEMES`, the name of a matplotlib style, or the path of an ``.mplstyle`` file.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    if isinstance(theme, Theme):
        return theme
    if theme in THEMES:
        return THEMES[theme]
    from matplotlib import style  # here, for it reads some thirty files

    if theme in style.library:
        return _from_style(theme, style.library[theme])
    if theme.endswith(".mplstyle"):
        return _from_style(theme, _style_file(theme))
    known = [*THEMES, *style.available]
    near = nearest(theme, known)
    raise InputError(
        f"unknown theme {theme!r}; "
        + (f"did you mean {near!r}?" if near else f"known: {listed(THEMES, 'and')}, or a matplotlib style")
    )


def _style_file(path: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return mpl.rc_params_from_file(path, fail_on_error=True, use_default_template=False)
    except OSError as error:
        raise InputError(f"the style {path} cannot be read: {error.strerror or 'no such file'}") from None
    except Exception as error:  # whatever its parser stumbles over
        raise InputError(f"the style {path} is not one that matplotlib understands: {error}") from None


def _from_style(name: str, style: Any) -> Theme:
    """The few inks that a matplotlib style implies; its sizes are left out, for ours grow with the picture."""
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **style}
    background = to_hex(settings["figure.facecolor"])
    text = to_hex(settings["text.color"])
    cycle = settings["axes.prop_cycle"].by_key()
    # Without a grid of its own, a style's grid color is nothing that it would show.
    kept = ("axes.", "xtick.", "ytick.", "font.family", "font.s") + ("grid.",) * bool(settings["axes.grid"])
    own = {
        key: value
        for key, value in style.items()
        if key.startswith(kept) and not key.endswith(("size", "width", "pad", "prop_cycle", "titlelocation"))
    }
    return Theme(
        name=name,
        background=background,
        panel=_mixed(background, text, 0.08),
        text=text,
        muted=_mixed(background, text, 0.6),
        grid=to_hex(settings["grid.color"]) if settings["axes.grid"] else _mixed(background, text, 0.15),
        unknown=_mixed(background, text, 0.4),
        outline=background,
        palette=tuple(to_hex(color) for color in cycle.get("color", LIGHT.palette)),
        style=tuple(own.items()),
    )


def _mixed(one: str, other: str, share: float) -> str:
    lab = hex_to_oklab(one) + share * (hex_to_oklab(other) - hex_to_oklab(one))
    return to_hex(tuple(oklab_to_srgb(lab).tolist()))


@cache
def _shade(color: str, lap: int) -> str:
    """A darker or lighter neighbor of a hue, for more components than there are hues."""
    lab = hex_to_oklab(color).copy()
    lab[0] = np.clip(lab[0] + (0.16 if lab[0] < 0.45 else -0.16) * lap, 0.15, 0.95)
    return to_hex(tuple(oklab_to_srgb(lab).tolist()))


@cache
def _families() -> list[str]:
    """The shipped font, and for letters that it lacks what is installed."""
    _add_font()
    installed = set(font_manager.get_font_names())
    return [FONT, "DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


def _add_font() -> None:
    """Tell matplotlib of the shipped font, under a name that no installed font can take."""
    for path, weight in (("SourceSans3-Regular.ttf", 400), ("SourceSans3-SemiBold.ttf", 700)):
        entry = font_manager.FontEntry(
            fname=str(files("gmmviz.themes") / "fonts" / path), name=FONT, weight=weight, size="scalable"
        )
        font_manager.fontManager.ttflist.append(entry)
