import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.roc import curve
from gmmviz.themes import theme_named

UNIT = gv.Mixture([1.0], [[0.0]], [[[1.0]]])


@pytest.fixture(scope="module")
def genuine():
    data = gv.load_dataset("swiss_banknotes", fit="genuine", features=["bottom_mm", "diagonal_mm"])
    return gv.fit(data, n_components=2)


def film_of(trace, flag):
    return gv.Animation(trace, gv.RocRenderer(flag=flag), pace=gv.Pace(epilogue=1.0), size=(640, 360))


def shown(film, moment):
    film.image(moment)
    axes, *_, props, _ = film._canvas._panels[0]
    whole, past = props.lines.get_segments()
    return axes, whole, past, props.dot.get_offsets()[0], film.frames(moment)[0]


def test_corners_by_hand():
    # From the least probable on: others at 4, a fitted point at 3, others at 2.5, a fitted point at 2, others at 0.
    corners = curve(UNIT, np.array([[3.0], [2.0]]), np.array([[4.0], [2.5], [2.6], [0.0]]))

    assert_allclose(corners, [[0, 0], [0, 25], [50, 25], [50, 75], [100, 75], [100, 100]])


def test_curve_ends_at_the_farthest_false_alarms_and_has_few_corners():
    rng = np.random.default_rng(1)
    corners = curve(UNIT, rng.standard_normal((5_000, 1)), 3 * rng.standard_normal((5_000, 1)), 20)

    assert corners[-1, 0] == 20
    assert len(corners) <= 801
    assert (np.diff(corners, axis=0) >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_area_is_the_chance_that_another_point_is_less_probable(seed):
    """As the area under the curve is the statistic of Mann and Whitney (Hanley & McNeil 1982)."""
    rng = np.random.default_rng(seed)
    fitted, others = rng.standard_normal((60, 1)), 1 + 2 * rng.standard_normal((80, 1))
    x, y = curve(UNIT, fitted, others).T / 100
    chance = (UNIT.log_prob(others)[:, None] < UNIT.log_prob(fitted)).mean()

    assert np.trapezoid(y, x) == pytest.approx(chance)


@pytest.mark.parametrize("at", ["start", "E1", "M1", "end"])
def test_dot_is_where_the_threshold_is_and_on_the_curve(genuine, at):
    film = film_of(genuine, 0.05)
    _, whole, past, dot, frame = shown(film, film.moment(at))
    fitted, others = (frame.mixture.log_prob(points) for points in (genuine.data.points, genuine.data.others))
    threshold = np.quantile(fitted, 0.05)

    assert_allclose(dot, [100 * (fitted < threshold).mean(), 100 * (others < threshold).mean()])
    assert_allclose(past[-1], dot)
    assert_allclose(past[:-1], whole[: len(past) - 1])
    (before, after) = whole[len(past) - 2 : len(past)]
    assert (before <= dot).all()
    assert (dot <= after).all()
    assert (before == after).any()  # along an axis, as all of the curve


def test_moving_threshold_traces_the_curve(genuine):
    film = film_of(genuine, (0.005, 0.1))
    dots = np.array([shown(film, moment)[3] for moment in film.moments if moment.epilogue])

    assert_allclose(dots[-1], [10, 100])
    assert dots[0, 0] == 1
    assert (np.diff(dots, axis=0) >= 0).all()
    assert gv.RocRenderer(flag=(0.005, 0.1)).epilogue_option == "flag"
    assert gv.RocRenderer().epilogue_option == ""


def test_axes_hold_the_curves_of_start_and_end_and_twice_the_largest_share(genuine):
    axes, whole, *_ = shown(film_of(genuine, (0.005, 0.1)), gv.Moment(0, 1, "start", 0, 0, 0, 1.0, opens=True))

    assert_allclose(axes.get_xlim(), (-0.8, 20.8))
    assert 80 <= whole[1, 1] < 90  # caught without a false alarm
    assert_allclose(axes.get_ylim(), (80 - 0.8, 100.8))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("false alarms (%)", "caught (%)")
    assert axes.get_title(loc="left") == "caught against false alarms"


def test_past_is_strong_and_the_rest_is_faint(genuine):
    film = film_of(genuine, 0.05)
    film.image(film.moments[-1])
    lines = film._canvas._panels[0][3].lines
    theme = theme_named("light")

    assert_allclose(lines.get_color(), [to_rgba(theme.muted), to_rgba(theme.text)])
    assert lines.get_linewidth()[1] > lines.get_linewidth()[0]


def test_data_of_which_all_was_fitted_is_refused(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(gv.fit(old_faithful, n_components=2, max_iter=1), gv.RocRenderer())

    assert str(caught.value) == (
        "all points of Old Faithful were fitted, so there is nothing to catch: leave the panel out, or fit the rows "
        'of one label, such as fit = "genuine" of swiss_banknotes'
    )
    assert caught.value.place == ("panels", 0)
