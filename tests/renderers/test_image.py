import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.themes import theme_named


@pytest.fixture(scope="module")
def coffee():
    data = gv.load_dataset("image")
    return gv.fit(data, gv.KMeansPlusPlus(seed=1), n_components=4, max_iter=3)


def shown(trace, at, **settings):
    film = gv.Animation(trace, gv.ImageRenderer(**settings), size=(320, 200))
    film.image(film.moment(at))
    *_, props, _ = film._canvas._panels[0]
    return np.asarray(props.image.get_array()), film.frames(film.moment(at))[0]


def test_before_the_first_e_step_it_is_the_image(coffee):
    pixels, _ = shown(coffee, "start")

    assert np.array_equal(pixels, coffee.data.points.reshape(80, 120, 3))


def test_pixels_take_their_components_mean_colors(coffee):
    pixels, frame = shown(coffee, "M2")
    expected = coffee.responsibilities(1) @ coffee[2].mixture.means

    assert frame.snapshot is coffee[2]
    assert_allclose(pixels.reshape(-1, 3), np.clip(expected, 0, 255), atol=0.51)


def test_pixels_take_their_components_hues(coffee):
    pixels, _ = shown(coffee, "end", colors="components")
    expected = theme_named("light").point_colors(coffee.responsibilities(3), 1.0)

    assert_allclose(pixels.reshape(-1, 3), 255 * expected, atol=0.51)


def test_gray_image_has_three_equal_channels():
    data = gv.Dataset(np.repeat([10.0, 200.0], 50)[:, None] + np.arange(100)[:, None] % 7, shape=(10, 10))
    pixels, _ = shown(gv.fit(data, n_components=2, max_iter=3), "end")

    assert np.array_equal(pixels[:, :, 0], pixels[:, :, 2])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.eye(3), "the panel 'image' draws pixels, but the data is no image: use dataset = \"image\""),
        (
            gv.Dataset(np.random.default_rng(0).random((6, 2)), shape=(2, 3)),
            'mean colors need features red, green and blue, or one gray, not 2: use colors = "components"',
        ),
    ],
)
def test_data_without_pixels_is_refused(data, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(gv.fit(data, n_components=1, max_iter=1), gv.ImageRenderer())

    assert str(caught.value) == message


def test_image_fills_its_axes_with_square_pixels_from_the_top(coffee):
    film = gv.Animation(coffee, gv.ImageRenderer(), size=(640, 400))
    axes, _, _, props, _ = film._canvas._panels[0]

    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 120), (80, 0))
    assert list(props.image.get_extent()) == [0, 120, 80, 0]
    assert axes.get_aspect() == 1
    assert props.image.origin == "upper"
    assert not axes.axison
    assert axes.get_title(loc="left") == "every pixel takes its component's mean color"


def test_pixels_move_from_the_image_to_their_components_colors(coffee):
    film = gv.Animation(coffee, gv.ImageRenderer(), size=(320, 200))
    moment = next(m for m in film.moments if m.phase == "e" and m.before == 0 and m.progress >= 0.5)
    film.image(moment)
    pixels = np.asarray(film._canvas._panels[0][3].image.get_array()).reshape(-1, 3)
    original, goal = coffee.data.points, coffee.responsibilities(0) @ coffee[0].mixture.means

    assert_allclose(pixels, np.clip(original + moment.progress * (goal - original), 0, 255), atol=0.51)


def test_image_as_it_is_never_changes(coffee):
    pixels, _ = shown(coffee, "end", colors="original")

    assert np.array_equal(pixels, coffee.data.points.reshape(80, 120, 3))


@pytest.mark.parametrize("colors", ["means", "components", "original"])
def test_pixels_that_are_left_out_stay_clear(colors):
    points = np.array([[10.0, 20, 30], [200, 90, 60], [12, 25, 35], [190, 80, 70]])
    data = gv.Dataset(points, shape=(2, 3), pixels=[5, 0, 2, 3])
    pixels, _ = shown(gv.fit(data, n_components=2, max_iter=1), "start", colors=colors)

    assert pixels.shape == (2, 3, 4)
    assert pixels[..., 3].tolist() == [[255, 0, 255], [255, 0, 255]]
    if colors == "original":
        assert pixels.reshape(6, 4)[data.pixels, :3].tolist() == points.tolist()


def test_image_moves_above_what_stands_still(coffee):
    film = gv.Animation(coffee, gv.ImageRenderer(colors="components"), size=(640, 400))
    axes, _, _, props, _ = film._canvas._panels[0]

    assert (props.image.get_zorder(), props.image.get_animated()) == (2, True)
    assert props.image.get_interpolation() == "nearest"
    assert axes.get_title(loc="left") == "every pixel takes its component's hue"
