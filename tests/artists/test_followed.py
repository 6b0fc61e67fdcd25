import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.followed import Followed
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import theme_named

LIGHT = theme_named("light")


@pytest.fixture(scope="module")
def run(old_faithful):
    return gv.fit(old_faithful, gv.RandomPoints(seed=15), n_components=2, max_iter=6, tol=0)


def shown(film, phase, steps, progress=1.0):
    """Set the film's first panel to a moment; return what is followed, the frame and the words that are printed."""
    with film.painting():
        _, stage, panel, props, theme = film._canvas._panels[0]
        frame = frame_at(stage.trace, Moment(0.0, 0.1, phase, *steps, progress, opens=False))
        film._canvas.paint((frame,))  # when numbers get their places
        artists = list(panel.moving(props, frame, stage, theme))
    words = [artist for artist in artists if type(artist).__name__ == "Word" and artist.get_text()]
    return props.followed, frame, [(word.get_text(), word.get_alpha()) for word in words]


def film_of(run, panel=gv.EllipseRenderer, size=(1280, 720), **options):
    return gv.Animation(run, [panel(**options)], size=size)


def low_of(bar):
    return np.array([bar.x, bar.y])


def boxes(followed):
    """Each bar's box, and its point, in pixels of the picture."""
    places = followed.axes.transData.transform(followed._places)
    return [
        (place + low_of(bar), place + low_of(bar) + np.array([bar.width, bar.height]), place)
        for bar, place in zip(followed.bars(), places, strict=True)
    ]


def test_bar_is_divided_as_the_responsibilities_to_the_number(run):
    film = film_of(run, follow=[7, 149])
    followed, frame, words = shown(film, "m", (0, 1, 2))
    own = run.responsibilities(1)[[6, 148]]

    assert_allclose(frame.responsibilities[[6, 148]], own)
    assert_allclose(followed._shares, own)
    printed = [text for text, _ in words]
    for number, shares in zip(("7", "149"), own, strict=True):
        assert number in printed
        assert f"{shares.max():.2f}" in printed


def test_pixels_of_the_bar_are_those_shares(run):
    film = film_of(run, follow=[149], radii=[], trails=False)
    followed, _, _ = shown(film, "e", (0, 1, 2))
    shares = run.responsibilities(1)[148]
    image = film.image(Moment(0.0, 0.1, "e", 0, 1, 2, 1.0, opens=False))
    (low, high, _) = boxes(followed)[0]
    row = image[720 - int(low[1] + 4), int(low[0]) : int(high[0]) + 1, :3].astype(int)
    hues = [np.rint(255 * np.array(to_rgb(LIGHT.color(k)))) for k in range(2)]
    found = np.array([(np.abs(row - hue).max(axis=1) < 3).sum() for hue in hues])

    assert shares.min() > 0.1
    assert_allclose(found / found.sum(), shares, atol=0.03)


def test_bar_is_empty_until_the_point_is_asked(run):
    film = film_of(run, follow=[7])
    followed, _, words = shown(film, "start", (0, 0, 0))

    assert words == [("7", None)]
    assert followed._asked == 0
    followed, _, words = shown(film, "e", (0, 0, 1), 0.5)
    assert followed._asked == 0.5
    assert {alpha for text, alpha in words if text != "7"} == {0.5}


def test_printed_numbers_are_those_of_e_steps_and_fade_while_they_change(run):
    film = film_of(run, follow=[149])

    def numbers(progress):
        *_, words = shown(film, "e", (0, 1, 2), progress)
        return {text: alpha for text, alpha in words if text != "149"}

    before, after = (run.responsibilities(t)[148] for t in (0, 1))
    assert set(numbers(0.2)) <= {f"{share:.2f}" for share in before}
    assert set(numbers(0.8)) <= {f"{share:.2f}" for share in after}
    assert_allclose(list(numbers(0.25).values()), 1 - 0.5**0.5)
    assert numbers(0.5) == {} or max(numbers(0.5).values()) < 1e-9
    assert set(numbers(1.0).values()) == {1.0}


@pytest.mark.parametrize("size", [(1280, 720), (480, 270), (1080, 1920), (2560, 1440)])
@pytest.mark.parametrize(
    ("panel", "features"), [(gv.EllipseRenderer, None), (gv.ContourRenderer, None), (gv.CurveRenderer, (1,))]
)
def test_bars_stay_in_the_panel_and_cover_no_followed_point_nor_each_other(run, panel, features, size):
    x, y = run.data.points.T
    extremes = [int(i) + 1 for i in (x.argmin(), x.argmax(), y.argmin(), y.argmax(), (x - 2 * y).argmin())]
    film = film_of(run, panel, size, follow=list(dict.fromkeys(extremes)), features=features)
    followed, _, _ = shown(film, "m", (0, 1, 2))
    (left, bottom), (right, top) = followed.axes.bbox.get_points()
    every = boxes(followed)

    assert all(bar is not None for bar in followed.bars())
    for i, (low, high, _) in enumerate(every):
        assert left < low[0] < high[0] < right
        assert bottom < low[1] < high[1] < top
        for _, _, place in every:
            assert (np.abs(np.clip(place, low, high) - place)).max() > followed._ring
        for other_low, other_high, _ in every[:i]:
            assert (low >= other_high).any() or (high <= other_low).any()


@pytest.mark.parametrize("panel", [gv.EllipseRenderer, gv.ContourRenderer])
def test_bars_cover_no_numbered_mean_at_any_moment(run, panel):
    means = run.means.reshape(-1, 2)
    near = [int(np.abs((run.data.points - mean) / [1, 12]).sum(axis=1).argmin()) + 1 for mean in run.means[-1]]
    followed, _, _ = shown(film_of(run, panel, follow=near), "m", (0, 1, 2))
    places = followed.axes.transData.transform(means)

    for low, high, _ in boxes(followed):
        nearest = np.clip(places, low, high)
        assert np.abs(nearest - places).max(axis=1).min() > 13


def test_bars_stand_still(run):
    film = film_of(run, follow=[7, 20])
    places = [boxes(shown(film, phase, steps)[0]) for phase, steps in (("start", (0, 0, 0)), ("m", (2, 3, 4)))]

    assert_allclose(*[np.array(place) for place in places])


def test_small_pictures_print_no_number_that_cannot_be_read(run):
    film = film_of(run, size=(320, 180), follow=[7])
    followed, _, words = shown(film, "m", (0, 1, 2))

    assert words == []
    (bar,) = followed.bars()
    assert bar.letters < 8
    assert bar.label == 0  # the whole bar is the responsibilities'


def test_ring_is_around_the_point_and_leaves_it_free(run):
    film = film_of(run, follow=[7], radii=[], trails=False)
    plain = film_of(run, radii=[], trails=False)
    moment = Moment(0.0, 0.1, "m", 0, 1, 2, 1.0, opens=False)
    with_ring, without = film.image(moment).astype(int), plain.image(moment).astype(int)
    followed, _, _ = shown(film, "m", (0, 1, 2))
    x, y = followed.axes.transData.transform(followed._places[0])
    column, row = int(x), 720 - 1 - int(y)

    assert (
        np.abs(
            with_ring[row - 4 : row + 5, column - 4 : column + 5]
            - without[row - 4 : row + 5, column - 4 : column + 5]
        ).max()
        == 0
    )
    ring = with_ring[row - 14 : row + 15, column - 14 : column + 15, :3]
    assert (np.abs(ring - [0x1B, 0x25, 0x30]).max(axis=-1) < 30).sum() > 60


def test_unknown_and_repeated_points_are_refused_at_their_place(run):
    for panel in (gv.EllipseRenderer, gv.ContourRenderer, lambda **k: gv.CurveRenderer(features=[1], **k)):
        with pytest.raises(gv.InputError) as caught:
            gv.Animation(run, [panel(follow=[7, 273])])
        assert str(caught.value) == (
            "there is no point 273 to follow: Old Faithful has 272 points, the first of them 1"
        )
        assert caught.value.place == ("panels", 0, "follow", 1)
        with pytest.raises(gv.InputError) as caught:
            gv.Animation(run, [panel(follow=[7, 7])])
        assert str(caught.value) == "point 7 is followed twice: [7, 7]"
        assert caught.value.place == ("panels", 0, "follow", 1)


def test_numbers_of_points_begin_at_one_and_are_at_most_five():
    with pytest.raises(gv.InputError) as caught:
        gv.EllipseRenderer(follow=[0])
    assert str(caught.value) == "EllipseRenderer: follow[0]: must be at least 1, not 0"
    with pytest.raises(gv.InputError) as caught:
        gv.CurveRenderer(follow=[1, 2, 3, 4, 5, 6])
    assert str(caught.value) == "CurveRenderer: follow: expected at most 5 values, got [1, 2, 3, 4, 5, 6]"


def test_last_point_can_be_followed(run):
    followed, _, _ = shown(film_of(run, follow=[272]), "m", (0, 1, 2))

    assert_allclose(followed._places, run.data.points[-1:])


def test_vector_pictures_have_rings_bars_and_numbers(run):
    film = film_of(run, follow=[7])
    drawing = film._canvas.drawing(
        [frame_at(run, Moment(0.0, 0.1, "m", 0, 1, 2, 1.0, opens=False))], ".svg"
    ).decode()
    plain = (
        film_of(run)
        ._canvas.drawing([frame_at(run, Moment(0.0, 0.1, "m", 0, 1, 2, 1.0, opens=False))], ".svg")
        .decode()
    )

    assert drawing.count("<path") >= plain.count("<path") + 7


def test_numbers_stand_on_their_bars_where_axes_get_their_places_after_the_drawing(trace):
    """As in a plate, and in a figure that is laid out when it is drawn."""
    figure = gv.plot(trace, renderer=gv.EllipseRenderer(follow=(7,)))
    figure.draw_without_rendering()
    (followed,) = figure.findobj(Followed)
    (bar,) = followed.bars()
    scale = figure.dpi / 72
    low = followed.axes.transData.transform(followed._places[0]) + scale * low_of(bar)
    high = low + scale * np.array([bar.width, bar.height])

    printed = [word for word in (*followed._labels, *followed._words[0]) if word.get_text()]
    assert printed[0].get_text() == "7"
    for word in printed:
        box = word.get_window_extent().get_points()
        assert (low <= box[0]).all()
        assert (box[1] <= high).all()


def test_point_with_a_gap_has_no_place_to_be_followed_at():
    points = gv.load_dataset("old_faithful").points.copy()
    points[3, 1] = np.nan
    trace = gv.fit(points, n_components=2, missing="marginalize", max_iter=2)

    with pytest.raises(gv.InputError, match="a value of point 4 is missing, so it has no place to be followed at"):
        gv.Animation(trace, gv.EllipseRenderer(follow=[1, 4]))
