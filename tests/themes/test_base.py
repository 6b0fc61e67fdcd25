from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmviz.errors import InputError
from gmmviz.themes import base, theme_named
from gmmviz.themes.color import hex_to_oklab

THEME = theme_named("light")


def hue(color):
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


@pytest.mark.parametrize(
    ("size", "unit"),
    [
        ((1280, 720), 1.0),
        ((2560, 1440), 2.0),
        ((640, 720), 0.5**0.5),  # half of the area
        ((720, 1280), 1.7 * 720 / 1280),  # the width lets letters grow no further
        ((1280, 360), 0.5**0.5),
        ((5120, 360), 0.85),  # nor does the height
    ],
)
def test_letters_grow_with_the_pictures_area_as_far_as_its_shorter_side_allows(size, unit):
    assert THEME.scaled(size).unit == pytest.approx(min(unit, 1.7 * min(size[0] / 1280, size[1] / 720)))
    assert THEME.scaled(size).px(10) == pytest.approx(10 * unit)


def test_marks_shrink_in_a_crowd_down_to_a_limit():
    assert THEME.crowded(1).mark_px(10) == 10
    assert THEME.crowded(4).mark_px(10) == pytest.approx(10 * 4**-0.35)
    assert THEME.crowded(100).mark_px(10) == pytest.approx(4.5)
    assert THEME.crowded(4).px(10) == 10
    assert THEME.scaled((2560, 1440)).crowded(100).mark_px(10) == pytest.approx(9)


def test_components_beyond_the_palette_are_lighter_or_darker_neighbors_of_its_hues():
    grays = replace(THEME, palette=("#808080", "#202020"))
    light, dark = (hex_to_oklab(color)[0] for color in grays.palette)
    shades = [hex_to_oklab(grays.color(k))[0] for k in range(2, 12)]

    assert grays.color(1) == "#202020"
    assert_allclose(shades[:4], [light - 0.16, dark + 0.16, light - 0.32, dark + 0.32], atol=0.003)
    assert_allclose([shades[8], shades[9]], [0.15, 0.95], atol=0.01)  # neither black nor white


def test_ink_on_a_color_is_that_of_more_contrast():
    theme = replace(THEME, background="#ffffff", text="#000000")

    assert [theme.ink_on(color) for color in ("#000000", "#ffffff", "#ffff00", "#0000ff")] == [
        "#ffffff",
        "#000000",
        "#000000",
        "#ffffff",
    ]
    # White on these two is 4.61 and 4.48 to 1, black 4.56 and 4.69.
    assert [theme.ink_on(color) for color in ("#757575", "#777777")] == ["#ffffff", "#000000"]


def test_ink_on_what_is_no_color_is_refused():
    with pytest.raises(InputError) as caught:
        THEME.ink_on("red")

    assert str(caught.value) == "a color of a theme is written as '#rrggbb': color cannot be 'red'"
    assert caught.value.place == ("color",)


def test_points_blend_their_components_hues_in_oklab():
    colors = THEME.point_colors(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]), 1.0)
    middle = (hex_to_oklab(THEME.color(0)) + hex_to_oklab(THEME.color(1))) / 2
    blend = hex_to_oklab(mpl.colors.to_hex(colors[2]))

    assert_allclose(colors[:2], [hue(THEME.color(0)), hue(THEME.color(1))], atol=1e-5)
    assert_allclose(blend, middle, atol=0.004)


def test_points_take_their_colors_from_that_of_unknown_ones():
    sure = np.array([[1.0, 0.0]])
    unknown, own = hex_to_oklab(THEME.unknown), hex_to_oklab(THEME.color(0))
    quarter = hex_to_oklab(mpl.colors.to_hex(THEME.point_colors(sure, 0.25)[0]))

    assert_allclose(THEME.point_colors(sure, 0.0)[0], hue(THEME.unknown), atol=1e-5)
    assert_allclose(quarter, unknown + 0.25 * (own - unknown), atol=0.004)


def test_font_is_the_one_that_comes_with_the_package():
    normal, bold = (mpl.font_manager.findfont(THEME.font(weight)) for weight in ("normal", "bold"))

    assert normal.endswith("SourceSans3-Regular.ttf")
    assert bold.endswith("SourceSans3-SemiBold.ttf")


def test_style_of_matplotlib_keeps_its_font():
    assert theme_named("Solarize_Light2").font().get_family() == THEME.font().get_family()
    assert theme_named("fivethirtyeight").font("bold").get_weight() == "bold"


def test_fallback_fonts_are_those_that_are_installed(monkeypatch):
    monkeypatch.setattr(base.font_manager, "get_font_names", lambda: [base.FALLBACKS[1], "Some Other"])

    assert base._families.__wrapped__() == [base.FONT, "DejaVu Sans", base.FALLBACKS[1]]


def test_hues_beyond_the_palette_are_darker_or_lighter():
    dark, light = "#0072b2", "#f0e442"
    for color, lap, step in ((dark, 1, -0.16), (light, 1, -0.16), ("#000000", 1, 0.16), ("#000000", 2, 0.32)):
        before, after = hex_to_oklab(color)[0], hex_to_oklab(base._shade(color, lap))[0]
        assert after == pytest.approx(
            np.clip(before + (step if before >= 0.45 or step > 0 else -step), 0.15, 0.95), abs=0.02
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"background": "red"}, "a color of a theme is written as '#rrggbb': background cannot be 'red'"),
        ({"palette": ("#000000", 3)}, "palette must be a list, each a text, not ('#000000', 3)"),
        ({"palette": ("#000000", "red")}, "a color of a theme is written as '#rrggbb': palette cannot be 'red'"),
        ({"palette": ()}, "a theme needs at least one color in its palette"),
    ],
)
def test_theme_of_colors_that_are_none_is_refused(settings, message):
    with pytest.raises(InputError) as caught:
        replace(THEME, **settings)

    assert str(caught.value) == message


def test_every_setting_of_matplotlib_that_a_theme_makes_grows_with_the_picture():
    """Pixels of a picture 1440 pixels high, twice those of one 720 high."""
    settings = THEME.scaled((2560, 1440)).settings()
    made = {key: value for key, value in settings.items() if value != mpl.rcParamsDefault[key]}

    assert made.pop("font.family") == base._families()
    assert made == {
        "font.size": 44,
        "axes.edgecolor": "#6b7885",
        "axes.labelcolor": "#1b2530",
        "axes.labelpad": 12,
        "axes.labelsize": 46,
        "axes.linewidth": 2.8,
        "axes.facecolor": "#ffffff",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 46,
        "axes.titlelocation": "left",
        "axes.titlecolor": "#1b2530",
        "axes.titlepad": 24,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
        "figure.facecolor": "#ffffff",
        "grid.color": "#e6e9ee",
        "grid.linewidth": 2.8,
        "text.color": "#1b2530",
        "xtick.color": "#6b7885",
        "ytick.color": "#6b7885",
        "xtick.labelsize": 42,
        "ytick.labelsize": 42,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.major.pad": 16,
        "ytick.major.pad": 16,
        "lines.solid_capstyle": "round",
        "text.hinting": "none",
        "svg.hashsalt": "gmmviz",
        "pdf.fonttype": 42,
        "mathtext.fontset": "custom",
        "mathtext.fallback": "stixsans",
        "mathtext.rm": "gmmviz",
        "mathtext.sf": "gmmviz",
        "mathtext.it": "gmmviz:italic",
        "mathtext.cal": "gmmviz:italic",
        "mathtext.bf": "gmmviz:bold",
        "mathtext.bfit": "gmmviz:italic:bold",
    }
    usual = ("axes.unicode_minus", "path.simplify", "svg.fonttype", "lines.solid_joinstyle")
    assert [settings[name] for name in usual] == [True, True, "path", "round"]


def test_setting_of_a_style_replaces_the_themes():
    styled = replace(THEME, style=(("axes.grid", False), ("font.family", ["serif"])))

    assert styled.settings()["axes.grid"] is False
    assert styled.settings()["font.family"] == styled.font().get_family() == ["serif"]
    assert styled.settings()["axes.axisbelow"] is True


def test_hues_become_neither_lighter_nor_darker_after_nine_rounds(monkeypatch):
    laps = []
    monkeypatch.setattr(base, "_shade", lambda color, lap: laps.append((color, lap)) or color)
    grays = replace(THEME, palette=("#777777", "#333333"))
    for component in (0, 1, 2, 17, 18, 19, 20, 10**400):
        grays.color(component)

    assert laps == [("#777777", 1), ("#333333", 8), *[("#777777", 9), ("#333333", 9)], *[("#777777", 9)] * 2]


def test_marks_are_as_small_among_a_million_panels_as_among_a_hundred():
    assert THEME.crowded(9).mark == pytest.approx(9**-0.35)  # 0.463
    assert THEME.crowded(10**400).mark == 0.45


def test_hue_just_light_enough_becomes_darker_and_one_just_too_dark_lighter():
    """#585858 has a lightness of 0.459, #535353 of 0.442."""
    for color, step in (("#585858", -0.16), ("#535353", 0.16)):
        before, after = hex_to_oklab(color)[0], hex_to_oklab(base._shade(color, 1))[0]
        assert after - before == pytest.approx(step, abs=0.003)


def test_shipped_font_is_told_to_matplotlib_once():
    before = len(mpl.font_manager.fontManager.ttflist)
    base._families()
    base._add_font()
    base._add_font()
    ours = [font for font in mpl.font_manager.fontManager.ttflist if font.name == base.FONT]

    assert len(mpl.font_manager.fontManager.ttflist) - before <= 4
    assert [(font.fname.rpartition("/")[2], font.weight, font.style, font.size) for font in ours] == [
        ("SourceSans3-Regular.ttf", 400, "normal", "scalable"),
        ("SourceSans3-SemiBold.ttf", 700, "normal", "scalable"),
        ("SourceSans3-It.ttf", 400, "italic", "scalable"),
        ("SourceSans3-SemiBoldIt.ttf", 700, "italic", "scalable"),
    ]


def test_formulas_have_the_letters_of_the_words_around_them():
    assert base.formula_settings("normal")["mathtext.it"] == "gmmviz:italic"
    assert base.formula_settings("bold")["mathtext.rm"] == "gmmviz:bold"
    assert THEME.font("bold").get_math_fontfamily() == "custom"
    styled = replace(THEME, style=(("font.family", ["serif"]),))
    assert styled.font().get_math_fontfamily() != "custom"  # whose letters are others


@pytest.mark.parametrize(
    ("size", "unit", "mark"),
    [((640, 360), 0.5, 1), ((480, 270), 0.4, 0.9375), ((320, 180), 0.4, 0.625), ((160, 90), 0.225, 1 / 1.8)],
)
def test_letters_of_a_small_picture_are_enlarged_and_marks_are_not(size, unit, mark):
    theme = THEME.scaled(size)

    assert (theme.unit, theme.mark) == (pytest.approx(unit), pytest.approx(mark))
    assert theme.mark_px(10) == pytest.approx(THEME.scaled(size, enlarged=False).mark_px(10))
    assert theme.crowded(4).mark_px(10) == pytest.approx(theme.mark_px(10) * 4**-0.35)


def test_responsibilities_must_have_a_row_for_each_point():
    with pytest.raises(InputError) as caught:
        THEME.point_colors(np.ones(3), 1.0)

    assert str(caught.value) == "responsibilities must have shape (points, components), not (3,)"


def test_weight_of_a_font_is_normal_or_bold():
    assert THEME.font().get_weight() == "normal"
    with pytest.raises(InputError) as caught:
        THEME.font("light")

    assert str(caught.value) == "unknown weight 'light'; known: 'normal' and 'bold'"


def test_hues_in_another_order_come_first_and_none_is_lost():
    theme = theme_named("light")
    turned = theme.in_order((2, 0, 9))

    assert [turned.color(k) for k in range(3)] == [theme.color(2), theme.color(0), theme.color(9)]
    assert sorted(turned.palette) == sorted(theme.color(k) for k in range(10))
    assert theme.in_order((0,)).palette[:8] == theme.palette
