from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.zoom import COMING, GOING, Zoom, ZoomAxis, absurd_steps, between, zoom_of
from gmmviz.themes import theme_named

THEME = theme_named("light")


def steps(values):
    return [np.array([float(value)]) for value in values]


def moment(phase, before, after, progress):
    return SimpleNamespace(phase=phase, before=before, after=after, progress=progress, alone=False)


@pytest.mark.parametrize(
    ("values", "rest", "after"),
    [
        ([-100, 0, 1, 2, 3], (0, 3), 1),  # later values fill 3 of 103: the start is extreme
        ([100, 0, 1, 2, 3], (0, 3), 1),
        ([-10, 0, 1, 2, 3], (-10, 3), 0),  # 3 of 13
        ([-90, 0, 0.1, 0.2, 0.3], (0, 0.3), 1),
        ([-15, 0, 1, 2, 3], (0, 3), 1),  # 3 of 18
        ([-12, 0, 1, 2, 3], (-12, 3), 0),  # a fifth
        ([-100, 0, 3], (-100, 3), 0),  # too few to tell
        ([-100, 0, 1, 3], (0, 3), 1),
        ([1e11, 400, 390, 389, 388.5], (388.5, 400), 1),
        ([1e300, 1e250, 500, 499], (499, 500), 2),
        ([99, 1, 1], (1, 99), 0),  # a hundred times what follows, but not more
        ([-9, 0, 0, 0], (-9, 0), 0),  # nothing follows the leap
        ([-9, 0, 5e-4, 5e-4], (-9, 5e-4), 0),  # next to nothing
    ],
)
def test_rest_leaves_out_what_would_flatten_it(values, rest, after):
    zoom = zoom_of(steps(values))
    room = 0.08 * (rest[1] - rest[0])

    assert zoom.after == after
    assert_allclose(zoom.rest, (rest[0] - room, rest[1] + room), rtol=1e-12)
    if not after:
        assert zoom.whole == zoom.rest
        assert zoom.views == (zoom.rest,)
    else:
        assert zoom.whole[0] < min(values) < max(values) < zoom.whole[1]
        assert zoom.views == (zoom.whole, zoom.rest)
        assert zoom.whole[0] <= zoom.rest[0] < zoom.rest[1] <= zoom.whole[1]


def test_alike_values_after_an_absurd_start_are_not_enlarged_beyond_what_is_slight():
    zoom = zoom_of(steps([2324, 4.1554, 4.1554, 4.1554, 4.1553]))

    assert zoom.after == 1
    assert_allclose(zoom.rest, (4.15535 - 0.0005, 4.15535 + 0.0005))


@pytest.mark.parametrize("values", [[2.0], [2.0, 2.0], [-1e5, 2.0]])
def test_values_that_do_not_differ_have_room_too(values):
    zoom = zoom_of(steps(values))

    assert zoom.rest[0] < 2 < zoom.rest[1]
    assert all(np.isfinite(zoom.whole + zoom.rest))


def test_values_of_all_runs_are_held():
    zoom = zoom_of([np.array([0.0, 5.0]), np.array([1.0]), np.array([2.0, -3.0])])

    assert_allclose(zoom.rest, (-3 - 0.64, 5 + 0.64))


def test_numbers_whose_difference_is_none_are_held():
    zoom = zoom_of(steps([-1.7e308, 1.7e308]))

    assert_allclose(zoom.rest, (-1e300 - 1.6e299, 1e300 + 1.6e299))


@pytest.mark.parametrize(
    ("other", "held"),
    [(3.5, (0, 3.5)), (-3.0, (-3, 3)), (-3.1, (0, 3)), (6.0, (0, 6)), (6.1, (0, 3)), (1.0, (0, 3))],
)
def test_another_value_is_held_where_it_takes_at_most_half_of_the_view(other, held):
    zoom = zoom_of(steps([0, 1, 2, 3]), others=[other])
    room = 0.08 * (held[1] - held[0])

    assert_allclose(zoom.rest, (held[0] - room, held[1] + room))


@pytest.mark.parametrize(
    ("values", "n"),
    [
        ([1e11, 400, 390], 1),
        ([1e300, 1e250, 500, 499], 2),
        ([99, 1, 1], 0),
        ([0.5, 0, 0], 0),  # less than a nat apart
        ([5e-301, 1e-301, 0], 0),
        ([1e9], 0),
    ],
)
def test_absurd_steps_are_a_hundred_times_what_follows(values, n):
    assert absurd_steps(steps(values)) == n


@pytest.mark.parametrize(
    ("at", "position", "expected"),
    [
        (moment("start", 0, 0, 1.0), 0.0, 0.0),
        (moment("e", 0, 1, 1.0), 0.0, 0.0),
        (moment("m", 0, 1, 0.7), 0.7, 0.0),
        (moment("m", 0, 1, 1.0), 1.0, 0.0),
        (moment("e", 1, 2, 0.3), 1.0, 0.3),  # the E-step after the leap
        (moment("e", 1, 2, 1.0), 1.0, 1.0),
        (moment("m", 1, 2, 0.5), 1.5, 1.0),
        (moment("e", 2, 3, 0.1), 2.0, 1.0),
        (moment("end", 5, 5, 0.1), 5.0, 1.0),
        (moment("m", 0, 5, 0.2), 1.0, 0.0),  # fast motion from the start
        (moment("m", 0, 5, 0.6), 3.0, 0.5),
        (moment("m", 0, 5, 1.0), 5.0, 1.0),
        (moment("fast", 1, 9, 0.4), 4.2, 0.4),  # fast motion right after the leap
    ],
)
def test_zoom_fills_the_e_step_after_the_leap_or_a_fast_motion(at, position, expected):
    assert Zoom((-9, 1), (0, 1), 1).progress(at, position) == pytest.approx(expected)


def test_without_a_zoom_the_view_is_the_last_one_always():
    assert Zoom((0, 1), (0, 1)).progress(moment("start", 0, 0, 1.0), 0.0) == 1


@pytest.mark.parametrize("wide", [(-10.0, 2.0), (-1e11, 5e3), (-1e300, 10.0)])
def test_what_the_next_view_holds_moves_evenly_over_the_picture(wide):
    rest = (-4.5, -4.1)
    for value in (-4.4, -4.2):
        places = []
        for progress in np.linspace(0, 1, 11):
            low, high = between(wide, rest, progress)
            places.append((value - low) / (high - low))
        assert_allclose(np.diff(places), (places[-1] - places[0]) / 10, atol=1e-9)
    assert between(wide, rest, 0) == wide
    assert between(wide, rest, 1) == rest


@pytest.fixture
def axes():
    figure = Figure(figsize=(4, 3), dpi=72)
    FigureCanvasAgg(figure)
    return figure.add_axes((0.25, 0.1, 0.7, 0.8))


def test_axis_goes_from_view_to_view(axes):
    axis = ZoomAxis(axes, [(-10, 0), (-2, 0)], THEME)

    assert axes.get_ylim() == (-2, 0)
    assert list(axis.moving(0)) == [axis]
    assert axes.get_ylim() == (-10, 0)
    list(axis.moving(GOING))
    assert axes.get_ylim() == (-10, 0)
    list(axis.moving(GOING + 0.5 * (1 - GOING)))
    assert_allclose(axes.get_ylim(), between((-10, 0), (-2, 0), 0.5))
    list(axis.moving(1))
    assert axes.get_ylim() == (-2, 0)


def test_numbers_of_one_view_go_before_it_moves_and_those_of_the_next_come_at_its_end(axes):
    axis = ZoomAxis(axes, [(-10, 0.5), (-1, 0.05)], THEME)

    def shown(at):
        list(axis.moving(at))
        return {text: round(opacity, 9) for _, text, opacity in axis.shown}

    assert shown(0) == {"−10": 1, "−5": 1, "0": 1}
    assert shown(0.5 * GOING) == {"−10": 0.5, "−5": 0.5, "0": 0.5}
    assert shown(0.5) == {}
    assert shown(1 - 0.5 * COMING) == {"−1.0": 0.5, "−0.5": 0.5, "0.0": 0.5}
    assert shown(1) == {"−1.0": 1, "−0.5": 1, "0.0": 1}


def test_number_of_both_views_stays(axes):
    axis = ZoomAxis(axes, [(-4.2, 0), (-3.1, 1.1)], THEME)
    list(axis.moving(0.5))

    assert {text: opacity for _, text, opacity in axis.shown} == {"−2": 1.0, "0": 1.0}


@pytest.mark.parametrize(
    ("limits", "texts"),
    [
        ((-4.21, -4.09), ["−4.20", "−4.15", "−4.10"]),
        ((-1.16e11, 1.6e10), ["−1 × 10¹¹", "−5 × 10¹⁰", "0"]),
        ((-2600.0, 180.0), ["−2000", "−1000", "0"]),
    ],
)
def test_numbers_are_round_and_can_be_read(axes, limits, texts):
    axis = ZoomAxis(axes, [limits], THEME)

    assert [text for _, text, _ in axis.shown] == texts


def test_layout_leaves_room_for_the_widest_number_of_all_views(axes):
    axis = ZoomAxis(axes, [(-1.16e11, 1.6e10), (-4.2, -4.1)], THEME)
    small = ZoomAxis(axes, [(-4.2, -4.1)], THEME)
    wide = axes.bbox.x0 - axis.get_window_extent().x0

    assert wide > axes.bbox.x0 - small.get_window_extent().x0 > 20
    assert axis.get_window_extent().x1 == axes.bbox.x1
    assert axis.get_tightbbox().extents.tolist() == axis.get_window_extent().extents.tolist()
    axes.tick_params(axis="y", labelleft=False)  # a neighbor has the same axis
    assert axis.get_window_extent().x0 == axes.bbox.x0


def painted(axes, axis, at):
    renderer = axes.figure.canvas.get_renderer()
    renderer.clear()
    list(axis.moving(at))
    axis.draw(renderer)
    return np.asarray(renderer.buffer_rgba())[:, :, 3].astype(int)


def test_numbers_stand_left_of_the_axes_at_their_heights(axes):
    axis = ZoomAxis(axes, [(-1.0, 1.0)], THEME)
    picture = painted(axes, axis, 0)
    left, rows = round(axes.bbox.x0), np.nonzero(picture[:, : int(axes.bbox.x0)].any(axis=1))[0]

    assert picture[:, left - 8 + 1 : left - 1].max() == 0  # 8 pixels between axis and number
    assert [text for _, text, _ in axis.shown] == ["−1", "0", "1"]
    middle = 216 - (axes.bbox.y0 + axes.bbox.y1) / 2
    assert rows.min() < 216 - axes.bbox.y1 < middle < rows.max()
    inside = picture[:, left + 5 : left + 100]
    assert {int(row) for row in np.nonzero(inside.any(axis=1))[0]} >= {round(middle)}


def test_invisible_axis_paints_nothing(axes):
    axis = ZoomAxis(axes, [(-1.0, 1.0)], THEME)
    axis.set_visible(False)

    assert painted(axes, axis, 0).max() == 0


def test_labels_of_a_neighbor_with_the_same_axis_are_not_painted_twice(axes):
    axis = ZoomAxis(axes, [(-1.0, 1.0)], THEME)
    axes.tick_params(axis="y", labelleft=False)
    picture = painted(axes, axis, 0)

    assert picture[:, : int(axes.bbox.x0) - 1].max() == 0
    assert picture[:, int(axes.bbox.x0) + 5 :].max() > 0


@pytest.mark.parametrize(
    ("views", "signs"),
    [
        ([(-10.0, 2.0)], (0, 0)),
        ([(-10.8, 0.8), (-1.08, 0.08)], (1, 0)),  # above lies the first view's margin alone
        ([(-0.8, 10.8), (-0.08, 1.08)], (0, 1)),  # a curve that falls
        ([(-10.0, 10.0), (-1.0, 1.0)], (1, 1)),
        ([(-1.0, 1.0), (-1.04, 1.04)], (0, 0)),
        ([(-10.8, 0.8), (-1.08, 0.08), (-0.5, 0.3)], (1, 0)),
    ],
)
def test_axis_is_broken_where_it_has_left_out_values(axes, views, signs):
    axis = ZoomAxis(axes, views, THEME)

    assert axis.breaks == signs
    list(axis.moving(0))
    assert axis.breaks == (0, 0)


def test_sign_of_a_broken_axis_comes_with_the_numbers_of_the_next_view(axes):
    axis = ZoomAxis(axes, [(-10.8, 0.8), (-1.08, 0.08)], THEME)
    opacities = []
    for at in (0.5, 1 - COMING, 1 - COMING / 2, 1):
        list(axis.moving(at))
        opacities.append(axis.breaks[0])

    assert_allclose(opacities, [0, 0, 0.5, 1], atol=1e-12)


def test_sign_is_two_strokes_through_the_lower_end_of_the_axis(axes):
    axis = ZoomAxis(axes, [(-10.8, 0.8), (-1.08, 0.08)], THEME)
    axes.tick_params(axis="y", labelleft=False)
    left, bottom = axes.bbox.x0, axes.bbox.y0
    before = painted(axes, axis, 0)[:, : round(left)]
    after = painted(axes, axis, 1)[:, : round(left)]
    rows, columns = np.nonzero(after)

    assert not before.any()
    assert columns.min() >= left - 6 - 2  # clear of the numbers, which end 8 pixels from the axis
    assert bottom < 216 - rows.max() - 1 < bottom + 11 < 216 - rows.min() < bottom + 22


def test_band_of_the_next_view_grows_while_the_view_moves(axes):
    """From an eighth of the panel, at its top, to all of it; nothing is tinted before and after."""
    axis = ZoomAxis(axes, [(-8.0, 0.0), (-1.0, 0.0)], THEME)
    axes.tick_params(axis="y", labelleft=False)
    column, top = round(axes.bbox.x0) + 30, 216 - axes.bbox.y1

    def tinted(at):
        return np.nonzero(painted(axes, axis, at)[:, column] > 100)[0]

    at_first = tinted(GOING)
    assert (at_first.min(), len(at_first)) == pytest.approx((top, axes.bbox.height / 8), abs=2)
    half = tinted(GOING + 0.5 * (1 - GOING))
    assert len(half) == pytest.approx(axes.bbox.height * (1 / 8 + 1) / 2, abs=2)
    assert len(tinted(0)) < 4 > len(tinted(1))
    assert not painted(axes, axis, GOING)[20:-20, round(axes.bbox.x0) + 1].max()
