import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.ellipses import Ellipses, ellipse_path, factors_in_sight, ghosts, mass_note
from gmmviz.storyboard.stage import stages
from gmmviz.themes import theme_named

LIMITS = np.array([[0.0, 10.0], [0.0, 20.0]])


def ends(path):
    """The lowest and highest x and y of an upright ellipse: its quarters are where its curves meet."""
    return path.vertices[:24].min(axis=0), path.vertices[:24].max(axis=0)


def test_upright_ellipse_reaches_radius_times_sigma():
    low, high = ends(ellipse_path(np.array([5.0, 7.0]), np.diag([2.0, 3.0]), 1.5))

    assert_allclose(low, [5 - 1.5 * 2, 7 - 1.5 * 3], atol=1e-12)
    assert_allclose(high, [5 + 1.5 * 2, 7 + 1.5 * 3], atol=1e-12)


def test_tilted_ellipse_has_the_stated_mahalanobis_distance():
    covariance = np.array([[2.0, 0.9], [0.9, 1.0]])
    path = ellipse_path(np.array([1.0, -1.0]), np.linalg.cholesky(covariance), 2.0)
    away = path.vertices[:24:3] - [1, -1]  # where one curve ends and the next begins

    assert_allclose(np.einsum("nd,de,ne->n", away, np.linalg.inv(covariance), away), 4)


@pytest.mark.parametrize(
    ("radii", "note"),
    [
        ((), ""),
        ((2.0,), "ellipses hold 86 %"),
        ((2.0, 1.0), "ellipses hold 39 % and 86 % of a component"),
        ((1, 3, 2), "ellipses hold 39 %, 86 % and 99 % of a component"),
    ],
)
def test_note_tells_the_mass_within_each_radius(radii, note):
    assert mass_note(radii) == note


def test_factors_of_ellipses_in_sight_are_cholesky_factors():
    assert_allclose(factors_in_sight(np.array([np.diag([4.0, 9.0])]), LIMITS, 2.0), [np.diag([2.0, 3.0])])


def test_factors_of_endless_ellipses_reach_a_million_times_the_picture():
    # Sigma 1e10 at radius 2 in a picture 10 wide: 2e9 times its width, so 2000 times too far.
    factors = factors_in_sight(np.array([np.diag([1e20, 4.0]), np.diag([1.0, 1.0])]), LIMITS, 2.0)

    assert_allclose(factors[0], np.diag([1e10, 2.0]) / 2000)
    assert_allclose(factors[1], np.eye(2))


@pytest.fixture
def axes():
    return Figure().add_subplot()


@pytest.fixture
def mixture():
    return gv.Mixture([0.9, 0.1], [[2.0, 3.0], [6.0, 5.0]], [np.diag([1.0, 4.0]), np.diag([0.25, 0.25])])


def test_ellipses_stand_around_the_means_from_the_outermost_in(axes, mixture):
    ellipses = Ellipses(axes, (1.0, 2.0), ["#ff0000", "#0000ff"], LIMITS, widths=(3.0, 2.0))
    patches = list(ellipses.moved(mixture))
    reach = [(ends(patch.get_path())[1] - ends(patch.get_path())[0]).tolist() for patch in patches]

    assert_allclose(reach, [[4, 8], [2, 4], [2, 2], [1, 1]])
    assert_allclose(ends(patches[2].get_path())[0], [5, 4])
    assert [patch.get_linewidth() for patch in patches] == [2, 3, 2, 3]
    assert all(patch.get_animated() and patch.get_zorder() == 3 for patch in patches)
    assert [patch.get_facecolor()[3] for patch in patches] == [0] * 4
    assert [patch.get_edgecolor()[3] for patch in patches[:2]] == [1, 1]
    moved = gv.Mixture(mixture.weights, mixture.means + 1, mixture.covariances)
    assert_allclose(ends(next(ellipses.moved(moved)).get_path())[0], [1, 0])


def test_ellipses_of_little_weight_are_faint(axes, mixture):
    style = {"widths": (1.0, 1.0), "outer": 0.5, "fill": 0.1}
    outer, inner, faint_outer, faint_inner = Ellipses(
        axes, (1.0, 2.0), ["#ff0000", "#0000ff"], LIMITS, **style
    ).moved(mixture)
    faint = 0.45 + 0.55 * 0.25  # a weight of 0.1 is a quarter of the weight from which on nothing is faint

    assert inner.get_edgecolor() == to_rgba("#ff0000", 1.0)
    assert outer.get_edgecolor() == to_rgba("#ff0000", 0.5)
    assert inner.get_facecolor() == to_rgba("#ff0000", 0.1)
    assert_allclose(faint_inner.get_edgecolor(), to_rgba("#0000ff", faint))
    assert_allclose(faint_outer.get_edgecolor(), to_rgba("#0000ff", faint / 2))
    assert_allclose(faint_outer.get_facecolor(), to_rgba("#0000ff", faint / 10))


def test_no_radii_are_no_ellipses(axes, mixture):
    assert list(Ellipses(axes, (), ["#ff0000", "#0000ff"], LIMITS, widths=(1, 1)).moved(mixture)) == []


def test_ghosts_are_dashed_outlines_of_the_truth_in_the_colors_of_its_partners(mixture):
    points = np.array([[2.0, 2.0], [2.0, 4.0], [1.5, 3.0], [6.0, 5.2], [6.0, 4.8], [6.1, 5.0], [5.9, 5.0]])
    data = gv.Dataset(points, ("x", "y"), "dots", truth=mixture)
    swapped = gv.Mixture(mixture.weights[::-1], mixture.means[::-1], mixture.covariances[::-1])
    (stage,) = stages([("", gv.fit(data, swapped, max_iter=1))])
    theme = theme_named("light")
    first, second, third, _ = ghosts(stage, stage.projection(None, 2), (1.0, 2.0), theme)

    assert_allclose(ends(first.get_path()), [[1, 1], [3, 5]])
    assert_allclose(ends(second.get_path()), [[0, -1], [4, 7]])
    assert first.get_edgecolor() == second.get_edgecolor() == to_rgba(theme.color(1))
    assert third.get_edgecolor() == to_rgba(theme.color(0))
    assert first.get_linestyle() == (0, (3.5, 2.5))
    assert first.get_zorder() == 1.5
    assert first.get_facecolor() == (0, 0, 0, 0)
    assert first.get_linewidth() == pytest.approx(2.4)


def test_truth_that_is_not_known_has_no_ghosts(trace):
    (stage,) = stages([("", trace)])
    with pytest.raises(gv.InputError, match="the true mixture of Old Faithful is not known"):
        list(ghosts(stage, stage.projection(None, 2), (1.0,), theme_named("light")))


def test_ellipses_step_back_to_a_third_and_return():
    axes = Figure().add_subplot()
    ellipses = Ellipses(axes, (1.0, 2.0), ["#0072b2"], LIMITS, widths=(3.0, 2.0), outer=0.75, fill=0.1)
    mixture = gv.Mixture([1.0], [[5.0, 10.0]], [np.eye(2)])

    def opacities(back):
        patches = list(ellipses.moved(mixture, back))
        return [(patch.get_edgecolor()[3], patch.get_facecolor()[3]) for patch in patches]

    whole = opacities(0.0)
    assert_allclose(whole, [(0.75, 0.1), (1.0, 0.1)])
    assert_allclose(opacities(1.0), 0.35 * np.array(whole))
    assert_allclose(opacities(0.5), 0.675 * np.array(whole))
    assert opacities(0.0) == whole
    lighter = gv.Mixture([1.0, 0.0], [[5.0, 10.0]] * 2, [np.eye(2)] * 2)
    two = Ellipses(axes, (1.0,), ["#0072b2", "#d55e00"], LIMITS, widths=(3.0, 2.0))
    assert [patch.get_edgecolor()[3] for patch in two.moved(lighter)] == [1.0, 0.3]
    even = gv.Mixture([0.5, 0.5], [[5.0, 10.0]] * 2, [np.eye(2)] * 2)
    assert [patch.get_edgecolor()[3] for patch in two.moved(even)] == [1.0, 1.0]
