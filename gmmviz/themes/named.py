"""The themes that a scene can name: those of the package, those of plugins, and matplotlib's styles."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_hex

from gmmviz.errors import InputError, brief, listed, nearest
from gmmviz.options import checked
from gmmviz.registry import Registry
from gmmviz.themes.base import Theme
from gmmviz.themes.color import hex_to_oklab, oklab_to_srgb
from gmmviz.themes.settings import shared

# A plugin adds its own by a line such as `gmmviz.THEMES.register("sepia", Theme(name="sepia", ...))`.
THEMES: Registry[Theme] = Registry(
    "theme", lambda theme: "" if isinstance(theme, Theme) else f"must be a Theme, not {theme!r:.60}"
)

# After Okabe & Ito (2008): blue, vermilion, green, pink, amber, sky blue, brown and purple, moved until viewers
# who lack any one kind of cone tell each from the others and from the inks. The background is 3:1 or more away,
# and digits on them reach 4.5:1. The tests measure all of that.
LIGHT = Theme(
    name="light",
    background="#ffffff",
    panel="#eaeef2",
    text="#1b2530",
    muted="#6b7885",
    grid="#e6e9ee",
    unknown="#d3d9e0",
    outline="#ffffff",
    palette=("#2365a8", "#c94f00", "#2d9d6d", "#df6ab9", "#b78e00", "#009edb", "#8e2d00", "#680596"),
)
DARK = Theme(
    name="dark",
    background="#11151c",
    panel="#1d2530",
    text="#f2f5f8",
    muted="#94a1b0",
    grid="#242c38",
    unknown="#39424f",
    outline="#11151c",
    palette=("#52b4ec", "#ff8a3d", "#00e2a6", "#c158ae", "#f2e93a", "#1688ff", "#de5945", "#f8b7ff"),
)
# For paper, also without color: neighbors in the palette differ in lightness, and so do all of the first four.
PRINT = Theme(
    name="print",
    background="#ffffff",
    panel="#f1f1f1",
    text="#000000",
    muted="#454545",
    grid="#dedede",
    unknown="#d6d6d6",
    outline="#ffffff",
    palette=("#005fb5", "#cf8300", "#3e0088", "#bc4e7b", "#2b613f", "#229cde", "#792f00", "#d84900"),
)
for _theme in (LIGHT, DARK, PRINT):
    THEMES.register(_theme.name, _theme)


@checked
def theme_named(theme: Theme | str) -> Theme:
    """Return the theme of that name, one made of a matplotlib style, or the theme itself.

    Parameters
    ----------
    theme : Theme or str
        A name in `THEMES`, the name of a matplotlib style, or the path of an ``.mplstyle`` file.

    Returns
    -------
    Theme
        Not yet scaled to a picture.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    if isinstance(theme, Theme):
        return theme
    if theme in THEMES:
        return THEMES[theme]
    from matplotlib import style  # here, since it reads some thirty files

    if theme in style.library:
        return _from_style(theme, style.library[theme])
    if theme.endswith(".mplstyle"):
        return _from_style(theme, _style_file(theme))
    known = [*THEMES, *style.available]
    near = nearest(theme, known)
    raise InputError(
        f"unknown theme {brief(theme)}; "
        + (f"did you mean {near!r}?" if near else f"known: {listed(THEMES, 'and')}, or a matplotlib style")
    )


def _style_file(path: str) -> Any:
    try:
        _check_keys(path)  # matplotlib leaves out what it does not know, and goes on
        with shared, warnings.catch_warnings():
            warnings.simplefilter("error")
            return mpl.rc_params_from_file(path, fail_on_error=True, use_default_template=False)
    except OSError as error:
        raise InputError(f"the style {path} cannot be read: {error.strerror or 'no such file'}") from None
    except InputError:
        raise
    except Exception as error:  # the parser raises many kinds
        raise InputError(f"the style {path} is not one that matplotlib understands: {error}") from None


def _check_keys(path: str) -> None:
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        key, colon, _ = line.split("#")[0].partition(":")
        key = key.strip()
        if key and (not colon or key not in mpl.rcParamsDefault):
            near = nearest(key, mpl.rcParamsDefault)
            raise InputError(
                f"the style {path}, line {number}: "
                + (f"matplotlib has no setting {brief(key)}" if colon else f"no colon follows {brief(key)}")
                + (f"; did you mean {near!r}?" if colon and near else "")
            )


def _from_style(name: str, style: Any) -> Theme:
    """Make a theme of the few inks that a matplotlib style implies; its sizes do not count, since ours grow."""
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **style}
    background = to_hex(settings["figure.facecolor"])
    text = to_hex(settings["text.color"])
    cycle = settings["axes.prop_cycle"].by_key()
    # The grid's settings count only where the style shows a grid.
    prefixes = ("axes.", "xtick.", "ytick.", "font.family", "font.s") + ("grid.",) * bool(settings["axes.grid"])
    own = {
        key: value
        for key, value in style.items()
        if key.startswith(prefixes) and not key.endswith(("size", "width", "pad", "prop_cycle", "titlelocation"))
    }
    return Theme(
        name=name,
        background=background,
        panel=_mixed(background, text, 0.08),
        text=text,
        muted=_mixed(background, text, 0.6),
        grid=to_hex(settings["grid.color"]) if settings["axes.grid"] else _mixed(background, text, 0.15),
        unknown=_mixed(background, text, 0.2),
        outline=background,
        palette=tuple(to_hex(color) for color in cycle.get("color", LIGHT.palette)),
        style=tuple(own.items()),
    )


def _mixed(one: str, other: str, share: float) -> str:
    lab = hex_to_oklab(one) + share * (hex_to_oklab(other) - hex_to_oklab(one))
    return to_hex(tuple(oklab_to_srgb(lab).tolist()))
