from dataclasses import replace
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.themes import THEMES, theme_named
from gmmviz.themes.color import hex_to_oklab

# Linear sRGB as it looks without one kind of cone: Machado, Oliveira & Fernandes (2009), "A physiologically-based
# model for simulation of color vision deficiency", severity 1.
VISIONS = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def light(color):
    """Linear sRGB of a color."""
    srgb = np.array(mpl.colors.to_rgb(color))
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.2 contrast ratio of two colors."""
    luminances = [light(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other)]
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def seen(color, vision):
    """OKLab of a color as a viewer sees it."""
    linear = np.clip(VISIONS[vision] @ light(color), 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return hex_to_oklab(mpl.colors.to_hex(srgb))


def distances(theme, n):
    """Distances in OKLab of the first n hues from each other and from inks, to each vision: the least comes first."""
    hues = {str(k + 1): theme.color(k) for k in range(n)}
    inks = {name: getattr(theme, name) for name in ("unknown", "muted", "text")}
    rows = []
    for vision in VISIONS:
        labs = {name: seen(color, vision) for name, color in (hues | inks).items()}
        for one, other in combinations(labs, 2):
            if one in hues:
                rows.append((np.linalg.norm(labs[one] - labs[other]), f"{one} and {other} to {vision}"))
    return sorted(rows)


def worst(rows):
    return "\n" + "\n".join(f"{distance:.3f}  {pair}" for distance, pair in rows[:12])


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_letters_stand_out_from_what_is_behind(theme):
    for behind in (theme.background, theme.panel):
        assert contrast(theme.text, behind) > 7
    assert contrast(theme.muted, theme.background) > 4


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize(("n", "least"), [(4, 0.08), (8, 0.05)])
def test_every_viewer_tells_hues_from_each_other_and_from_inks(theme, n, least):
    rows = distances(theme, n)

    assert rows[0][0] >= least, worst(rows)


def test_pairs_that_some_viewers_confuse_are_found():
    confused = replace(THEMES["dark"], palette=("#56b4e9", "#ff8a3d", "#19c594", "#d9a400"))
    rows = {pair: distance for distance, pair in distances(confused, 4)}

    assert rows["1 and 3 to tritanopia"] == pytest.approx(0.028, abs=0.0005)
    assert rows["2 and 4 to deuteranopia"] == pytest.approx(0.017, abs=0.0005)
    assert min(rows["1 and 3 to normal vision"], rows["1 and 3 to deuteranopia"]) > 0.12
    assert worst(distances(confused, 4)).startswith("\n0.017  2 and 4 to deuteranopia\n")


@pytest.mark.parametrize("vision", VISIONS)
def test_whoever_lacks_a_cone_sees_grays_as_they_are(vision):
    for gray in ("#000000", "#808080", "#ffffff"):
        assert_allclose(seen(gray, vision), hex_to_oklab(gray), atol=0.003)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_hues_stand_out_from_the_background_and_digits_from_hues(theme):
    hues = [theme.color(k) for k in range(8)]
    from_background = {hue: contrast(hue, theme.background) for hue in hues}
    digits = {hue: contrast(hue, theme.ink_on(hue)) for hue in hues}

    assert min(from_background.values()) >= 3, from_background
    assert min(digits.values()) >= 4.5, digits


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_twenty_components_have_twenty_colors(theme):
    labs = np.array([hex_to_oklab(theme.color(k)) for k in range(20)])
    away = np.linalg.norm(labs[:, None] - labs[None], axis=2)

    assert away[~np.eye(20, dtype=bool)].min() > 0.02
    assert all(contrast(theme.color(k), theme.background) > 1.3 for k in range(20))


def test_print_tells_neighbors_apart_without_color():
    lightness = [hex_to_oklab(color)[0] for color in THEMES["print"].palette]

    assert np.abs(np.diff(lightness)).min() > 0.12
    assert np.diff(np.sort(lightness[:4])).min() > 0.08
    assert min(lightness) > hex_to_oklab(THEMES["print"].text)[0] + 0.25  # the sum of curves is black


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


def test_plugins_theme_can_be_named(monkeypatch, trace):
    monkeypatch.setattr(THEMES, "_members", dict(THEMES._members))
    sepia = replace(THEMES["light"], name="sepia", background="#f4ecd8")

    assert THEMES.register("sepia", sepia) is sepia
    assert list(THEMES) == ["light", "dark", "print", "sepia"]
    film = gv.Animation(trace, theme="sepia", size=(320, 180))
    assert film.image(film.moments[0])[0, 0].tolist() == [0xF4, 0xEC, 0xD8, 255]
    with pytest.raises(gv.InputError, match=r"unknown theme 'sepi'; did you mean 'sepia'\?"):
        theme_named("sepi")
    with pytest.raises(ValueError, match="the theme 'dark' is registered already: choose another name"):
        THEMES.register("dark", sepia)


def test_style_lends_its_inks_and_mixes_the_others(tmp_path):
    path = tmp_path / "gray.mplstyle"
    path.write_text("figure.facecolor: 000000\ntext.color: ffffff\naxes.titlesize: 30\naxes.facecolor: 101010\n")
    theme = theme_named(str(path))
    lightness = [hex_to_oklab(color)[0] for color in (theme.panel, theme.muted, theme.grid, theme.unknown)]

    assert_allclose(lightness, [0.08, 0.6, 0.15, 0.2], atol=0.006)
    assert (theme.name, theme.outline) == (str(path), "#000000")
    assert dict(theme.style) == {"axes.facecolor": "#101010"}  # a size of its own would not grow with the picture


def test_style_with_a_grid_keeps_its_color(tmp_path):
    path = tmp_path / "lined.mplstyle"
    path.write_text("axes.grid: True\ngrid.color: ff0000\naxes.prop_cycle: cycler('color', ['00ff00'])\n")
    theme = theme_named(str(path))

    assert theme.grid == "#ff0000"
    assert theme.palette == ("#00ff00",)
    assert dict(theme.style)["grid.color"] == "#ff0000"


def test_style_without_a_grid_has_none_to_lend(tmp_path):
    path = tmp_path / "bare.mplstyle"
    path.write_text("axes.grid: False\ngrid.color: ff0000\n")

    assert theme_named(str(path)).grid != "#ff0000"
    assert "grid.color" not in dict(theme_named(str(path)).style)


@pytest.mark.parametrize("line", ["axes.grid: perhaps", "font.size: -3 x"])
def test_style_with_a_value_that_is_none_is_refused(tmp_path, line):
    path = tmp_path / "odd.mplstyle"
    path.write_text(f"text.color: 000000\n{line}\n")

    with pytest.raises(gv.InputError) as caught:
        theme_named(str(path))
    assert str(caught.value).startswith(f"the style {path} is not one that matplotlib understands: ")


def test_style_lends_letters_and_axes_but_no_sizes(tmp_path):
    path = tmp_path / "own.mplstyle"
    path.write_text(
        "font.family: serif\nfont.serif: DejaVu Serif\nfont.size: 30\naxes.linewidth: 9\naxes.labelpad: 9\n"
        "axes.titlelocation: right\nxtick.direction: in\nytick.major.size: 9\nlines.linewidth: 9\ngrid.color: ff0000\n"
    )

    assert dict(theme_named(str(path)).style) == {
        "font.family": ["serif"],
        "font.serif": ["DejaVu Serif"],
        "xtick.direction": "in",
    }


def test_style_without_colors_of_lines_has_those_of_the_light_theme(tmp_path):
    path = tmp_path / "plain.mplstyle"
    path.write_text("axes.prop_cycle: cycler('linestyle', ['-', '--'])\n")
    theme = theme_named(str(path))

    assert theme.palette == THEMES["light"].palette
    assert (theme.background, theme.text) == ("#ffffff", "#000000")


def test_theme_is_itself(tmp_path):
    sepia = replace(THEMES["light"], name="sepia")

    assert theme_named(sepia) is sepia
    assert theme_named("dark") is THEMES["dark"]


def test_registered_theme_must_be_one():
    with pytest.raises(gv.InputError, match=r"^the theme 'mine' must be a Theme, not 3$"):
        THEMES.register("mine", 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("axes.facecolour: ffffff", "matplotlib has no setting 'axes.facecolour'; did you mean 'axes.facecolor'?"),
        ("axes.grid True  # a comment", "no colon follows 'axes.grid True'"),
    ],
)
def test_style_with_a_setting_that_matplotlib_lacks_is_refused(tmp_path, line, message):
    path = tmp_path / "odd.mplstyle"
    path.write_text(f"# mine: blue\n\n{line}\n")

    with pytest.raises(gv.InputError) as caught:
        theme_named(str(path))
    assert str(caught.value) == f"the style {path}, line 3: {message}"
