import matplotlib as mpl
import numpy as np
import pytest

import gmmviz as gv
from gmmviz.themes import THEMES, theme_named
from gmmviz.themes.color import hex_to_oklab


def contrast(one, other):
    """WCAG 2.2 contrast ratio of two colors."""
    luminances = []
    for color in (one, other):
        srgb = np.array(mpl.colors.to_rgb(color))
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        luminances.append(linear @ [0.2126, 0.7152, 0.0722])
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_letters_stand_out_from_what_is_behind(theme):
    for behind in (theme.background, theme.panel):
        assert contrast(theme.text, behind) > 7
    assert contrast(theme.muted, theme.background) > 4


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_twenty_components_have_twenty_colors(theme):
    labs = np.array([hex_to_oklab(theme.color(k)) for k in range(20)])
    away = np.linalg.norm(labs[:, None] - labs[None], axis=2)

    assert away[~np.eye(20, dtype=bool)].min() > 0.02
    assert all(contrast(theme.color(k), theme.background) > 1.3 for k in range(20))


def test_print_tells_neighbors_apart_without_color():
    lightness = [hex_to_oklab(color)[0] for color in THEMES["print"].palette]

    assert np.abs(np.diff(lightness)).min() > 0.12


def test_matplotlib_style_can_be_the_theme():
    theme = theme_named("dark_background")

    assert (theme.background, theme.text) == ("#000000", "#ffffff")
    assert theme.color(0) == mpl.colors.to_hex(
        mpl.style.library["dark_background"]["axes.prop_cycle"].by_key()["color"][0]
    )


def test_style_file_can_be_the_theme(tmp_path, trace):
    path = tmp_path / "mine.mplstyle"
    path.write_text(
        "figure.facecolor: fdf6e3\ntext.color: 073642\naxes.spines.top: True\naxes.facecolor: eee8d5\n"
    )
    picture = gv.Animation(trace, theme=str(path), size=(320, 180)).image(gv.Animation(trace).moments[0])

    assert picture[0, 0].tolist() == [0xFD, 0xF6, 0xE3, 255]
    assert (picture[60, 60:100, :3] == [0xEE, 0xE8, 0xD5]).all(axis=1).any()


@pytest.mark.parametrize(
    ("theme", "message"),
    [
        ("drak", "unknown theme 'drak'; did you mean 'dark'?"),
        ("xyz", "unknown theme 'xyz'; known: 'light', 'dark' and 'print', or a matplotlib style"),
        ("no.mplstyle", "the style no.mplstyle cannot be read: No such file or directory"),
    ],
)
def test_unknown_theme_is_named(theme, message):
    with pytest.raises(gv.InputError) as caught:
        theme_named(theme)

    assert str(caught.value) == message
