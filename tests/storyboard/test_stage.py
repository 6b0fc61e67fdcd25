import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.stage import stages


def test_limits_hold_every_point_and_every_ellipse(trace):
    (stage,) = stages([("", trace)])
    low, high = stage.limits(stage.projection(None, 2)).T

    assert (trace.data.points > low).all()
    assert (trace.data.points < high).all()
    final = trace[-1].mixture
    reach = 2 * np.sqrt(np.diagonal(final.covariances, axis1=1, axis2=2))
    assert (final.means - reach > low).all()
    assert (final.means + reach < high).all()


def test_one_wild_ellipse_does_not_shrink_the_data(old_faithful):
    start = gv.Mixture([1.0], [[3.0, 70.0]], [np.diag([1e4, 1e6])])
    (stage,) = stages([("", gv.fit(old_faithful, start, max_iter=2))])

    span = np.ptp(old_faithful.points, axis=0)
    assert (np.ptp(stage.limits(stage.projection(None, 2)), axis=1) < 1.8 * span).all()


def test_runs_share_their_scales(old_faithful, trace):
    other = gv.fit(old_faithful, gv.RandomPoints(seed=9), n_components=2, max_iter=9)
    one, two = stages([("a", trace), ("b", other)])

    assert np.array_equal(one.limits(one.projection(None, 2)), two.limits(two.projection(None, 2)))
    assert one.last_iteration == two.last_iteration == 9


def test_runs_without_a_name_are_counted(trace):
    one, two = stages([("first try", trace), ("", trace)])

    assert one.names == two.names == ("first try", "run 2")


def test_feature_that_never_varies_still_has_an_axis():
    points = np.column_stack([np.arange(5.0), np.full(5, 3.0)])
    (stage,) = stages([("", gv.fit(points, n_components=1, max_iter=1))])

    assert (np.diff(stage.limits(stage.projection(None, 2))) > 0).all()


@pytest.mark.parametrize("features", [("eruption",), ("eruption", "waiting")])
def test_peak_is_the_highest_density_of_all_snapshots(trace, features):
    (stage,) = stages([("", trace)])
    projection = stage.projection(features, len(features))
    shown = [projection.mixture(snapshot.mixture) for snapshot in trace]
    points = projection.points(trace.data.points)
    highest = max(np.exp(mixture.log_prob(np.concatenate([points, mixture.means]))).max() for mixture in shown)

    assert_allclose(stage.peak(projection), highest, rtol=0.02)


def test_component_collapsed_onto_a_point_in_every_snapshot_does_not_flatten_the_others(old_faithful):
    spike = gv.Mixture([0.01, 0.99], [[3.6, 79.0], [3.5, 70.0]], [np.diag([1e-6, 1e-4]), np.diag([1.0, 150.0])])
    run = gv.fit(old_faithful, spike, max_iter=1)
    alone = gv.fit(old_faithful, gv.Mixture([1.0], [[3.5, 70.0]], [np.diag([1.0, 150.0])]), max_iter=1)
    (with_spike,), (without,) = stages([("", run)]), stages([("", alone)])
    projection = with_spike.projection(None, 2)

    assert with_spike.peak(projection) < 5 * without.peak(projection)
