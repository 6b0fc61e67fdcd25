import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

import gmmviz as gv
from gmmviz.artists.regions import CELLS, RegionMap
from gmmviz.themes import theme_named

THEME = theme_named("light")
SIDE_BY_SIDE = gv.Mixture([0.5, 0.5], [[-4.0, 0.0], [4.0, 0.0]], [np.eye(2), np.eye(2)])


@pytest.fixture
def tinted():
    axes = Figure().add_subplot()
    axes.set_xlim(-10, 10)
    axes.set_ylim(-5, 5)
    regions = RegionMap(axes)

    def image(mixture=SIDE_BY_SIDE, coloring=1.0, uncertain=False):
        artist = regions.tinted(mixture, coloring, THEME, uncertain=uncertain)
        assert list(artist.get_extent()) == [-10, 10, -5, 5]
        assert (artist.origin, artist.get_interpolation()) == ("lower", "nearest")
        assert (artist.get_zorder(), artist.get_animated()) == (1, True)
        return np.asarray(artist.get_array())

    return image


def rgb(color):
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def test_plane_has_the_hue_of_the_nearer_component(tinted):
    image = tinted()

    assert image.shape == (CELLS[1], CELLS[0], 4)
    assert (image[:, : CELLS[0] // 2, :3] == rgb(THEME.color(0))).all()
    assert (image[:, CELLS[0] // 2 :, :3] == rgb(THEME.color(1))).all()
    assert (image[:, :, 3] == round(255 * 0.22)).all()


def test_boundary_is_where_the_components_are_equally_responsible(tinted):
    above = gv.Mixture([0.5, 0.5], [[0.0, -1.0], [0.0, 3.0]], [np.eye(2), np.eye(2)])
    rows = (tinted(above)[:, 0, :3] == rgb(THEME.color(1))).all(axis=1)

    # Halfway between -1 and 3, in a plane from -5 to 5.
    assert rows.argmax() == round(0.6 * CELLS[1])
    assert rows[rows.argmax() :].all()


def test_tint_comes_with_the_first_e_step(tinted):
    assert (tinted(coloring=0.5)[:, :, 3] == round(255 * 0.11)).all()
    assert (tinted(coloring=0.0)[:, :, 3] == 0).all()


def test_uncertainty_is_strongest_where_components_meet(tinted):
    image = tinted(uncertain=True)
    middle = image[:, CELLS[0] // 2 - 1 : CELLS[0] // 2 + 1, 3]

    assert (image[:, :, :3] == rgb(THEME.text)).all()
    assert (np.abs(middle.astype(int) - round(255 * 0.44)) <= 3).all()  # log K is twice the tint of a hue
    assert (image[:, [0, -1], 3] == 0).all()


def test_one_component_is_never_uncertain(tinted):
    alone = gv.Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])

    assert (tinted(alone, uncertain=True)[:, :, 3] == 0).all()


@pytest.mark.parametrize("uncertain", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_pixels_are_those_of_matplotlib(uncertain, reverse, monkeypatch):
    figure = Figure(figsize=(5, 4), dpi=72)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes([0.13, 0.17, 0.71, 0.63])
    axes.set(xlim=(10, -10) if reverse else (-10, 10), ylim=(-5, 5))
    tilted = gv.Mixture([0.4, 0.6], [[-3, -1], [4, 2]], [[[3, 1], [1, 2]], np.eye(2)])
    image = RegionMap(axes).tinted(tilted, 0.8, THEME, uncertain=uncertain)
    image.set_animated(False)

    def picture():
        canvas.draw()
        return np.asarray(canvas.buffer_rgba()).astype(int)

    quick = picture()
    monkeypatch.setattr(type(image), "make_image", AxesImage.make_image)
    usual = picture()

    assert (quick != 255).any(axis=2).mean() > 0.1
    assert (
        np.abs(quick - usual).max(axis=2) > 1
    ).mean() < 0.01  # at the edges, and where two cells meet in a pixel
