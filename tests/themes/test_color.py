import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmviz.themes import THEMES
from gmmviz.themes.color import hex_to_oklab, oklab_to_bytes, oklab_to_srgb


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
