import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import norm

import gmmviz as gv
from gmmviz.mixture.matching import bhattacharyya, disagree


def test_shuffled_components_find_their_own(truth):
    order = [2, 0, 1]
    shuffled = gv.Mixture(truth.weights[order], truth.means[order] + 0.3, truth.covariances[order])

    match = gv.match_components(shuffled, truth)

    assert [order[k] for k in match] == [0, 1, 2]
    assert_allclose(shuffled.means[match], truth.means + 0.3)


def test_distance_is_that_of_bhattacharyya():
    a, b = (gv.Mixture([1.0], [[m]], [[[s**2]]]) for m, s in ((0, 1), (1.5, 2)))
    overlap, _ = quad(lambda x: np.sqrt(norm(0, 1).pdf(x) * norm(1.5, 2).pdf(x)), -30, 30)

    assert_allclose(bhattacharyya(a, b), [[-np.log(overlap)]], rtol=1e-9)


@pytest.mark.parametrize("far", [1e9, 1e160, 1.7e308])
def test_component_out_of_all_reach_takes_what_is_left(truth, far):
    """The square of its distance is no number; the others are paired as if it were not there."""
    means = truth.means[[2, 0, 1]].copy()
    means[1] = [far, -far]
    estimate = gv.Mixture(truth.weights, means, truth.covariances[[2, 0, 1]])

    assert gv.match_components(estimate, truth).tolist() == [1, 2, 0]
    assert np.isfinite(bhattacharyya(estimate, truth)).all()


def test_mixtures_of_other_size_are_refused(truth):
    with pytest.raises(gv.InputError) as caught:
        gv.match_components(truth.marginal([0]), truth)

    assert str(caught.value) == (
        "only mixtures of one size can be matched: the estimate has 3 components and 1 feature, the truth 3 and 2"
    )


def test_what_is_no_mixture_is_refused(trace, truth):
    for estimate, given in ((trace, "a Trace"), (truth.means, "an array of shape (3, 2)")):
        with pytest.raises(gv.InputError) as caught:
            gv.match_components(estimate, truth)

        expected = f"estimate must be a Mixture (such as trace[-1].mixture), not {given}"
        assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("a", "b", "different"),
    [
        ([0, 0, 0, 1, 1, 2], [2, 2, 1, 0, 0, 1], [2]),
        ([0, 0, 1, 1], [0, 0, 0, 0], [2, 3]),  # the second group has no partner
        ([0, 0, 0, 0], [0, 0, 2, 1], [2, 3]),
        ([], [], []),
    ],
)
def test_points_in_different_groups_are_told_however_groups_are_numbered(a, b, different):
    found = disagree(np.array(a, dtype=int), np.array(b, dtype=int))

    assert np.flatnonzero(found).tolist() == different
