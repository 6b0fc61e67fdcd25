import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.share_bar import GAP, HEIGHT
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
    assert axes.bbox.width / axes.bbox.height == pytest.approx(1.5)
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


def test_pixels_move_from_the_image_to_their_components_hues(coffee):
    original, _ = shown(coffee, "start", colors="components")

    assert np.array_equal(original.reshape(-1, 3), coffee.data.points)


def test_pixels_that_have_no_colors_begin_in_gray():
    data = gv.Dataset(np.random.default_rng(0).normal(size=(12, 2)), shape=(3, 4))
    pixels, _ = shown(gv.fit(data, n_components=2, max_iter=1), "start", colors="components")

    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 1


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


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (480, 270)])
def test_picture_fills_its_panel_but_for_the_bar_of_shares(coffee, size):
    film = gv.Animation(coffee, gv.ImageRenderer(), size=size, subtitle="")
    bare = gv.Animation(coffee, gv.ImageRenderer(shares=False), size=size, subtitle="")
    for each, below in ((film, HEIGHT), (bare, 0)):
        axes = each._canvas._panels[0].axes
        room = axes.get_position(original=True).transformed(axes.figure.transSubfigure)
        free = room.size - axes.bbox.size - [0, below * each._canvas._theme.unit]

        assert free.min() == pytest.approx(0, abs=0.01)  # as large as fits
        assert (axes.bbox.x0, axes.bbox.y1) == pytest.approx((room.x0, room.y1))


def test_bar_shows_the_components_colors_as_long_as_their_shares(coffee):
    film = gv.Animation(coffee, gv.ImageRenderer(), size=(640, 360))
    picture = film.image(film.moment("end"))
    axes, bar = film._canvas._panels[0].axes, film._canvas._panels[0].props.bar
    px, mixture = film._canvas._theme.px, coffee[-1].mixture
    row = picture[round(360 - (axes.bbox.y0 - px(GAP + 3))), :, :3].astype(float)
    ends = axes.bbox.x0 + axes.bbox.width * np.concatenate([[0], np.cumsum(mixture.weights)])

    for k, mean in enumerate(mixture.means):
        assert_allclose(
            row[int(ends[k]) + 3 : int(ends[k + 1]) - 2],
            [mean.tolist()] * (int(ends[k + 1]) - int(ends[k]) - 5),
            atol=1,
        )
    film.image(film.moment("start"))
    assert bar._strength == 0  # no pixel has been asked yet


def test_image_as_it_is_has_no_bar(coffee):
    film = gv.Animation(coffee, gv.ImageRenderer(colors="original"), size=(320, 200))

    assert film._canvas._panels[0].props.bar is None


def test_scatter_takes_the_mean_colors_that_the_picture_ends_with(coffee):
    film = gv.Animation(coffee, gv.EllipseRenderer(colors="means", features=["red", "blue"]), size=(640, 360))
    film.image(film.moment("end"))
    props, means = film._canvas._panels[0].props, coffee[-1].mixture.means
    nearly_sure = coffee.responsibilities(-1).max(axis=1) > 0.9999
    labels = coffee.responsibilities(-1).argmax(axis=1)

    for k, mark in enumerate(props.marks):
        assert_allclose(255 * np.array(to_rgb(mark.dot.get_markerfacecolor())), means[k], atol=0.51)
    assert_allclose(255 * props.cloud._colors[nearly_sure], means[labels[nearly_sure]], atol=2)
    light = [means[k].mean() > 150 for k in range(4)]
    digits = [
        to_rgb(mark.number.get_markerfacecolor()) == to_rgb(theme_named("light").text) for mark in props.marks
    ]
    assert digits == light  # dark digits on light badges


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            np.random.default_rng(0).random((9, 3)),
            'mean colors are those of pixels, but the data is no image: leave colors out, or use dataset = "image"',
        ),
        (
            gv.Dataset(np.random.default_rng(0).random((6, 2)), shape=(2, 3)),
            'mean colors need features red, green and blue, or one gray, not 2: use colors = "components"',
        ),
    ],
)
def test_mean_colors_of_what_has_none_are_refused(data, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(gv.fit(data, n_components=1, max_iter=1), gv.EllipseRenderer(colors="means", features=[1, 2]))

    assert (str(caught.value), caught.value.place[-1]) == (message, "colors")
