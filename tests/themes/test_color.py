import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmviz.themes import THEMES, color
from gmmviz.themes.color import faded, hex_to_oklab, mixed, oklab_to_bytes, oklab_to_srgb


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_palette_comes_back_from_oklab(theme):
    expected = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in theme.palette]
    lab = np.array([hex_to_oklab(color) for color in theme.palette])

    assert_allclose(255 * oklab_to_srgb(lab), expected, atol=0.01)
    assert_allclose(oklab_to_bytes(lab.T.astype(np.float32)).T, expected, atol=1)


def test_quick_conversion_is_the_exact_one_to_a_byte():
    rng = np.random.default_rng(0)
    lab = rng.uniform([0.02, -0.3, -0.3], [1.1, 0.3, 0.3], (5000, 3))

    assert_allclose(oklab_to_bytes(lab.T.astype(np.float32)).T, 255 * oklab_to_srgb(lab), atol=1)


@pytest.mark.parametrize(
    ("color", "lab"),
    [("#ffffff", [1, 0, 0]), ("#000000", [0, 0, 0]), ("#ff0000", [0.62796, 0.22486, 0.12585])],
)
def test_oklab_of_white_black_and_red_are_ottossons(color, lab):
    assert_allclose(hex_to_oklab(color), lab, atol=1e-4)


def test_grays_are_gray_on_both_sides_of_the_linear_part_of_srgb():
    for level in (5, 10, 11, 40, 200):
        lab = hex_to_oklab(f"#{level:02x}{level:02x}{level:02x}")
        linear = level / 255 / 12.92 if level <= 10 else ((level / 255 + 0.055) / 1.055) ** 2.4

        assert_allclose(lab, [np.cbrt(linear), 0, 0], atol=1e-4)
        assert_allclose(255 * oklab_to_srgb(lab), level, atol=0.02)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#ffffff", "#000000", 21.0),
        ("#123456", "#123456", 1.0),
        ("#777777", "#ffffff", 4.478),
        ("#ffffff", "#ff0000", 1.05 / 0.2626),
        ("#0000ff", "#000000", 0.1222 / 0.05),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, expected):
    assert color.contrast(one, other) == pytest.approx(expected, rel=1e-3)
    assert color.contrast(other, one) == color.contrast(one, other)


def test_colors_beyond_a_screen_are_clipped():
    assert_allclose(oklab_to_srgb(np.array([[1.5, 0, 0], [-0.5, 0, 0]])), [[1, 1, 1], [0, 0, 0]])


def test_inks_are_mixed_with_the_background_in_oklab():
    amounts = np.zeros((2, 1, 4))
    amounts[0, 0] = [0, 1, 0, 0.3]
    amounts[1, 0] = [0, 0, 1, 0.2]
    ground, blue, red = (hex_to_oklab(color) for color in ("#ffffff", "#0072b2", "#d55e00"))
    blend = 255 * oklab_to_srgb(0.5 * ground + 0.3 * blue + 0.2 * red)
    colors = mixed("#ffffff", ["#0072b2", "#d55e00"], amounts)

    assert colors.shape == (1, 4, 4)
    assert colors[0, :3].tolist() == [[255, 255, 255, 255], [0, 0x72, 0xB2, 255], [0xD5, 0x5E, 0, 255]]
    assert_allclose(colors[0, 3], [*blend, 255], atol=1)


def test_srgb_is_linear_near_black_up_to_its_knee():
    """IEC 61966-2-1: 12.92 times the light up to 0.0031308, where 12.92 and the power nearly meet."""
    light = np.array([0.0, 0.001, 0.0031308, 0.0032, 0.5, 1.0])
    expected = [0.0, 0.01292, 0.040449936, 1.055 * 0.0032 ** (1 / 2.4) - 0.055, 0.7353569830524495, 1.0]

    assert_allclose(color._srgb_of_light(light), expected, rtol=1e-12)


def test_table_of_bytes_has_every_step_of_light():
    table = color._bytes_of_light()

    assert len(table) == color.STEPS + 1
    assert [int(table[i]) for i in (0, 1, 4, 8191, 16383)] == [0, 0, 1, 188, 255]
    assert table.dtype == np.uint8


def test_single_precision_stays_single():
    lab = np.array([[0.5, 0.1, -0.1]], np.float32)

    assert oklab_to_srgb(lab).dtype == np.float32
    assert not hex_to_oklab("#123456").flags.writeable


def test_mixture_of_no_ink_is_the_background_and_opaque():
    colors = mixed("#336699", ["#ffffff"], np.zeros((1, 2, 3)))

    assert colors.shape == (2, 3, 4)
    assert (colors == [0x33, 0x66, 0x99, 255]).all()
    assert mixed("#336699", ["#ffffff"], np.ones((1, 1))).tolist() == [[255, 255, 255, 255]]


def test_color_fades_into_the_background():
    shown = [faded("#102030", "#f0e0d0", opacity) for opacity in (0, 0.5, 1)]

    assert shown == ["#f0e0d0", "#808080", "#102030"]
