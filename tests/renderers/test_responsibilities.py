import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.responsibilities import ROWS, _sampled, stacked
from gmmviz.themes import theme_named


def image_of(drawn, n_bars=272):
    """The bars as an image, a column per bar."""
    limits = np.array([[0, n_bars], [0, 1]])
    return drawn.props.image._paint(limits, (n_bars, ROWS))


def heights(image, colors):
    """Share of each color in each column of the image, shape (bars, K)."""
    ink = np.rint(255 * colors).astype(np.uint8)
    return (image[:, :, None, :3] == ink).all(axis=-1).mean(axis=0)


@pytest.mark.parametrize("K", [1, 2, 5, 10])
def test_stacked_bars_have_the_heights_of_their_shares_and_sum_to_one(K):
    rng = np.random.default_rng(K)
    shares = rng.dirichlet(0.3 * np.ones(K), size=60)
    colors = np.linspace(0.1, 0.9, 3 * K).reshape(K, 3)

    found = heights(stacked(shares, colors), colors)

    assert_allclose(found.sum(axis=1), 1)
    assert_allclose(found, shares, atol=1.001 / ROWS)


def test_first_component_is_at_the_bottom():
    image = stacked(np.array([[0.25, 0.75]]), np.array([[0.0, 0, 0], [1, 1, 1]]))

    assert image[0, 0, 0] == 0
    assert image[-1, 0, 0] == 255


@pytest.mark.parametrize("phase", ["m", "e"])
def test_bars_are_the_responsibilities_of_the_frame(draw_runs, trace, phase):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace, size=(1280, 720))
    frame, _ = drawn.at(phase, 2, 1.0)  # on the way, what does not change steps back
    image = image_of(drawn)
    colors = theme_named("dark").point_colors(np.eye(2), 1.0)

    assert_allclose(heights(image, colors), frame.responsibilities[drawn.props.order], atol=1.001 / ROWS)


def test_points_stand_in_one_order_by_component_and_certainty_at_the_end(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace)
    final = trace.responsibilities(-1)[drawn.props.order]
    labels = final.argmax(axis=1)

    assert sorted(drawn.props.order) == list(range(272))
    assert (np.diff(labels) >= 0).all()
    for k in range(2):
        assert (np.diff(final[labels == k, k]) <= 0).all()


def test_bars_of_several_points_are_their_means_and_say_so(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace, size=(640, 360))
    ordered = trace.responsibilities(3)[drawn.props.order]
    bars = drawn.props.bars(trace.responsibilities(3))

    assert drawn.axes.get_title(loc="left") == "responsibilities, a bar per 2 points"
    assert_allclose(bars, ordered.reshape(136, 2, 2).mean(axis=1))
    assert_allclose(bars.sum(axis=1), 1)


def test_last_bar_is_the_mean_of_what_is_left(draw_runs):
    data = np.random.default_rng(0).standard_normal((401, 2))
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), gv.fit(data, n_components=2, max_iter=1))
    responsibilities = np.random.default_rng(1).dirichlet([1, 1], size=401)

    bars = drawn.props.bars(responsibilities)

    assert_allclose(bars[-1], responsibilities[drawn.props.order][3 * (len(bars) - 1) :].mean(axis=0))


def test_points_that_have_not_been_asked_have_no_color_of_a_component(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace)
    drawn.at("start", 0)
    image = image_of(drawn)

    assert_allclose(image - np.array([0x39, 0x42, 0x4F, 255.0]), 0, atol=1)


def test_numbers_stand_under_their_components(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace)
    counts = np.bincount(trace.labels(-1), minlength=2)

    assert_allclose(drawn.axes.get_xticks(), [counts[0] / 2, counts[0] + counts[1] / 2])
    assert [tick.get_text() for tick in drawn.axes.get_xticklabels()] == ["1", "2"]


def test_painted_bars_are_those_of_the_image(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace, size=(1280, 720))
    frame, _ = drawn.at("e", 1)
    picture = drawn.canvas.paint([frame])
    x0, x1 = (round(x) for x in drawn.axes.get_xlim())
    places = drawn.axes.transData.transform([(n + 0.5, 0.5) for n in range(x0, x1)]).astype(int)
    painted = picture[720 - places[:, 1], places[:, 0]]

    image = image_of(drawn)
    assert_allclose((painted == image[ROWS // 2]).all(axis=1).mean(), 1, atol=0.03)


def test_bars_are_sampled_for_every_pixel():
    bars = np.arange(6, dtype=np.uint8).reshape(2, 3, 1) * np.ones(4, np.uint8)
    picture = _sampled(bars, np.zeros((2, 2)), (6, 4))

    assert picture[:, :, 0].tolist() == [[0, 0, 1, 1, 2, 2]] * 2 + [[3, 3, 4, 4, 5, 5]] * 2


def test_only_components_of_a_twenty_fifth_of_the_points_have_a_number(draw_runs):
    points = np.concatenate([np.linspace(-1, 1, 96), [50.0, 51.0, 52.0], [99.0]])[:, None]
    three = gv.Mixture([0.96, 0.03, 0.01], [[0.0], [51.0], [99.0]], [[[1.0]], [[1.0]], [[0.1]]])
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), gv.fit(points, three, max_iter=1))

    assert [tick.get_text() for tick in drawn.axes.get_xticklabels()] == ["1"]
    assert_allclose(drawn.axes.get_xticks(), [48])
    assert drawn.axes.get_xlim() == (0, 100)
    assert drawn.axes.get_ylim() == (0, 1)
    assert drawn.axes.get_title(loc="left") == "responsibilities, a bar per point"


def test_axes_say_half_and_the_bars_lie_above_what_stands_still(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace, size=(1280, 720))
    axes, image = drawn.axes, drawn.props.image

    assert_allclose(axes.get_yticks(), [0, 0.5, 1])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["0", "½", "1"]
    assert not any(line.get_visible() for line in (*axes.get_xgridlines(), *axes.get_ygridlines()))
    assert (image.get_zorder(), image.get_animated(), image._cell) == (2, True, 1)
    assert_allclose(image._limits, [[0, 272], [0, 1]])
    assert drawn.props.first.tolist() == list(range(272))


@pytest.mark.parametrize(("n_points", "several"), [(300, "point"), (301, "2 points"), (601, "3 points")])
def test_three_hundred_points_have_bars_of_their_own(draw_runs, n_points, several):
    data = np.random.default_rng(0).standard_normal((n_points, 2))
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), gv.fit(data, n_components=1, max_iter=1), size=(1280, 720))

    assert drawn.axes.get_title(loc="left") == f"responsibilities, a bar per {several}"


def test_heights_of_bars_are_rounded_to_the_nearest_of_200_steps():
    image = stacked(np.array([[0.2524, 0.5, 0.2476]]), np.array([[0.0, 0, 0], [0.5, 0.5, 0.5], [1, 1, 1]]))

    assert image.shape == (200, 1, 4)
    assert image[:, 0, 0].tolist() == [0] * 50 + [128] * 100 + [255] * 50
    assert (image[:, :, 3] == 255).all()


def test_bars_that_change_stay_strong_in_an_e_step_and_none_does_in_an_m_step(draw_runs, trace):
    drawn = draw_runs(gv.ResponsibilitiesRenderer(), trace, size=(1280, 720))
    background = np.array([0x11, 0x15, 0x1C])

    def strength(phase):
        """How far each bar's lowest row is from the background, by how far it would be in full color."""
        frame, _ = drawn.at(phase, 1, 0.5)
        shown = image_of(drawn)[0, :, :3] - background
        row = stacked(frame.responsibilities[drawn.props.order], theme_named("dark").point_colors(np.eye(2), 1.0))[
            0
        ]
        return frame, np.linalg.norm(shown, axis=1) / np.linalg.norm(row[:, :3] - background, axis=1)

    frame, shares = strength("e")
    changes = frame.changes[drawn.props.order]
    assert changes.max() > 0.25 > 0.01 > changes.min()
    expected = 1 - 0.6 * frame.attention.points * (1 - np.minimum(4 * changes, 1))
    assert_allclose(shares, expected, atol=0.01)
    frame, shares = strength("m")
    assert_allclose(shares, 1 - 0.6 * frame.attention.components, atol=0.01)
