import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.stage import GRID, _grid, stages

CORNERS = [[0.0, 0.0], [10.0, 20.0]]


def run(points, *mixtures, others=None, truth=None):
    """A run of such mixtures, whatever EM would have made of them."""
    names = ("x", "y")[: np.shape(points)[1]]
    data = gv.Dataset(np.array(points), names, "dots", others=others, truth=truth)
    counts = len(points) * mixtures[0].weights
    snapshots = [gv.Snapshot(t, mixture, 0.0, counts) for t, mixture in enumerate(mixtures)]
    return gv.Trace(data, snapshots, "max_iter")


def gaussian(mean, sigmas):
    return gv.Mixture([1.0], [mean], [np.diag(np.square(sigmas))])


def limits(trace, reach=2.0, n_axes=2, **options):
    (stage,) = stages([("", trace)], reach)
    return stage.limits(stage.projection(None, n_axes), **options)


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


def test_limits_are_the_datas_with_a_margin_of_6_percent():
    inside = gaussian([5.0, 10.0], [1.0, 2.0])  # its ellipse reaches from 3 to 7, and from 6 to 14

    assert_allclose(limits(run(CORNERS, inside)), [[-0.6, 10.6], [-1.2, 21.2]])


def test_ellipses_of_the_fit_widen_the_limits():
    wide = gaussian([5.0, 10.0], [4.0, 6.0])  # its ellipse reaches from -3 to 13, and from -2 to 22

    assert_allclose(limits(run(CORNERS, wide)), [[-3 - 0.96, 13 + 0.96], [-2 - 1.44, 22 + 1.44]])
    aside = gaussian([9.0, 10.0], [2.0, 1.0])  # from 5 to 13
    assert_allclose(limits(run(CORNERS, aside))[0], [0 - 0.78, 13 + 0.78])


def test_ellipses_of_the_fit_widen_the_limits_by_half_of_the_datas_range_at_most():
    endless = gaussian([5.0, 10.0], [100.0, 100.0])

    assert_allclose(limits(run(CORNERS, endless)), [[-5 - 1.2, 15 + 1.2], [-10 - 2.4, 30 + 2.4]])


def test_ellipses_on_the_way_widen_the_limits_by_a_quarter_at_most():
    trace = run(CORNERS, gaussian([5.0, 10.0], [100.0, 100.0]), gaussian([5.0, 10.0], [1.0, 1.0]))

    assert_allclose(limits(trace), [[-2.5 - 0.9, 12.5 + 0.9], [-5 - 1.8, 25 + 1.8]])


def test_limits_have_no_room_for_more_than_three_sigmas():
    trace = run(CORNERS, gaussian([5.0, 10.0], [2.0, 1.0]))

    assert_allclose(limits(trace, reach=3.0)[0], [-1 - 0.72, 11 + 0.72])
    assert_allclose(limits(trace, reach=10.0), limits(trace, reach=3.0))


def test_limits_have_room_for_points_that_were_not_fitted_if_asked_for():
    trace = run(CORNERS, gaussian([5.0, 10.0], [1.0, 1.0]), others=np.array([[-10.0, 40.0]]))

    assert_allclose(limits(trace), [[-0.6, 10.6], [-1.2, 21.2]])
    assert_allclose(limits(trace, with_others=True), [[-11.2, 11.2], [-2.4, 42.4]])
    plain = run(CORNERS, gaussian([5.0, 10.0], [1.0, 1.0]))
    assert_allclose(limits(plain, with_others=True), limits(plain))


def test_feature_that_never_varies_counts_as_one_wide():
    points = [[0.0, 3.0], [10.0, 3.0]]
    low, high = limits(run(points, gaussian([5.0, 3.0], [1.0, 1.0])))[1]

    assert_allclose([low, high], [2.5 - 0.06, 3.5 + 0.06])


def test_single_place_has_half_a_unit_on_each_side():
    assert_allclose(limits(run([[2.0]], gaussian([2.0], [1.0])), reach=0.0, n_axes=1), [[1.5, 2.5]])


def test_limits_hold_the_runs_of_the_whole_film():
    one = run(CORNERS, gaussian([5.0, 10.0], [1.0, 1.0]))
    two = run([[5.0, 10.0], [30.0, 10.0]], gaussian([20.0, 10.0], [1.0, 1.0]))
    first, second = stages([("", one), ("", two)])
    shared = first.limits(first.projection(None, 2))

    assert_allclose(shared, [[-1.8, 31.8], [-1.2, 21.2]])
    assert second.limits(second.projection(None, 2)) is shared


def test_peak_of_a_gaussian_is_its_density_at_the_mean():
    (stage,) = stages([("", run([[-1.0], [0.0], [1.0]], gaussian([0.0], [0.5])))])

    assert_allclose(stage.peak(stage.projection(None, 1)), 2 / np.sqrt(2 * np.pi))


def test_peak_between_two_means_is_found_on_the_grid():
    # Two equal bumps one sigma apart add up to one that is highest halfway.
    pair = gv.Mixture([0.5, 0.5], [[-0.5], [0.5]], [[[1.0]], [[1.0]]])
    (stage,) = stages([("", run([[-2.0], [2.0]] * 20 + [[0.0]] * 20, pair))])
    halfway = np.exp(-1 / 8) / np.sqrt(2 * np.pi)

    assert_allclose(stage.peak(stage.projection(None, 1)), halfway, rtol=1e-3)
    assert GRID > 50


def test_spike_is_cut_off_at_four_times_the_density_that_points_have():
    spike = gv.Mixture([0.5, 0.5], [[0.0], [0.0]], [[[1.0]], [[1e-8]]])
    (stage,) = stages([("", run([[-3.0], [3.0]] * 10, spike))])
    at_three = 0.5 * np.exp(-4.5) / np.sqrt(2 * np.pi)  # where every point is, far from the spike

    assert_allclose(stage.peak(stage.projection(None, 1)), 4 * at_three)


def test_usual_density_is_that_of_the_densest_twentieth_of_the_points():
    # Of 81 points, numbered from 0 by density, the 76th has the quantile of 95 %.
    spike = gv.Mixture([0.5, 0.5], [[0.0], [0.0]], [[[1.0]], [[1e-8]]])
    points = [[3.0]] * 76 + [[2.0]] * 5
    (stage,) = stages([("", run(points, spike))])
    at_two = 0.5 * np.exp(-2.0) / np.sqrt(2 * np.pi)

    assert_allclose(stage.peak(stage.projection(None, 1)), 4 * at_two)


def test_four_points_of_few_are_no_crowd():
    spike = gv.Mixture([0.5, 0.5], [[0.0], [0.0]], [[[1.0]], [[1e-8]]])
    (stage,) = stages([("", run([[3.0]] * 16 + [[0.0]] * 3 + [[3.0]], spike))])
    at_three = 0.5 * np.exp(-4.5) / np.sqrt(2 * np.pi)

    assert_allclose(stage.peak(stage.projection(None, 1)), 4 * at_three)


def test_many_points_are_thinned_out_to_tell_what_is_usual():
    rng = np.random.default_rng(0)
    few, many = (run(rng.standard_normal((n, 1)), gaussian([0.0], [1.0])) for n in (500, 20_000))
    peaks = [stage.peak(stage.projection(None, 1)) for (stage,) in (stages([("", few)]), stages([("", many)]))]

    assert_allclose(peaks, 1 / np.sqrt(2 * np.pi))


def test_all_features_are_the_data_itself(trace):
    (stage,) = stages([("", trace)])

    assert stage.all_features.names == trace.data.feature_names
    assert stage.all_features.points(trace.data.points) is trace.data.points


def test_projections_are_made_once_for_all_runs(trace):
    one, two = stages([("", trace), ("", trace)])

    assert one.projection(None, 2) is two.projection(None, 2)
    assert one.projection(("waiting",), 1) is not one.projection(("eruption",), 1)


def test_true_components_are_paired_with_the_nearest_and_the_rest_get_new_numbers():
    truth = gv.Mixture([0.4, 0.3, 0.3], [[9.0, 18.0], [5.0, 10.0], [1.0, 2.0]], [np.eye(2)] * 3)
    fit = gv.Mixture([0.5, 0.5], [[1.0, 2.0], [9.0, 18.0]], [np.eye(2)] * 2)
    (stage,) = stages([("", run(CORNERS, fit, truth=truth))])
    mixture, partners = stage.truth(stage.projection(("y",), 1))

    assert partners == (1, 2, 0)
    assert_allclose(mixture.means, [[18.0], [10.0], [2.0]])
    assert_allclose(stage.known_truth(stage.all_features)[0].means, truth.means)


def test_truth_that_is_not_known_is_none_or_refused(trace):
    (stage,) = stages([("", trace)])

    assert stage.truth(stage.all_features) is None
    with pytest.raises(gv.InputError) as caught:
        stage.known_truth(stage.all_features)
    message = (
        "the true mixture of Old Faithful is not known: leave truth out, or draw the data from a mixture "
        "(dataset 'sample')"
    )
    assert (str(caught.value), caught.value.place) == (message, ("truth",))


def test_runs_of_different_features_share_no_axes(trace):
    line = run([[0.0], [1.0]], gaussian([0.0], [1.0]))
    with pytest.raises(gv.InputError) as caught:
        stages([("", trace), ("", line)])

    assert str(caught.value) == (
        "the runs of a film share their axes, but Old Faithful has 2 features and dots has 1: make a film of each"
    )


def test_grid_fills_the_limits_evenly():
    places = _grid(np.array([[0.0, 1.0], [10.0, 20.0]]))
    step = 10 / (GRID - 1)

    assert places.shape == (GRID**2, 2)
    assert_allclose(
        places[[0, 1, GRID - 1, GRID, -1]], [[0, 10], [0, 10 + step], [0, 20], [step / 10, 10], [1, 20]]
    )
    assert_allclose(_grid(np.array([[2.0, 4.0]]))[[0, -1]], [[2], [4]])


@pytest.mark.parametrize(("unit", "better"), [(1e145, "smaller"), (1e-145, "larger")])
def test_densities_that_are_no_numbers_in_their_units_are_refused(unit, better):
    points = np.random.default_rng(0).standard_normal((40, 2)) * unit
    (stage,) = stages([("", gv.fit(points, n_components=1, max_iter=1))])

    with pytest.raises(gv.InputError, match=rf"beyond what can be drawn: give the data in {better} units$"):
        stage.peak(stage.projection(None, 2))


def test_feature_that_never_varies_has_room_around_it_however_large_it_is():
    points = np.column_stack([np.full(9, 1e40), np.arange(9.0)])
    (stage,) = stages([("", gv.fit(points, n_components=1, max_iter=0))])
    (low, high), _ = stage.limits(stage.projection(None, 2))

    assert low < 1e40 < high


@pytest.mark.parametrize(("peak", "units"), [(1e-280, "smaller"), (1e280, "larger")])
def test_density_may_be_nearly_as_extreme_as_numbers_are(trace, monkeypatch, peak, units):
    for value in (peak, peak * (1.01 if peak < 1 else 0.99)):
        monkeypatch.setattr("gmmviz.storyboard.stage._peak", lambda *_, value=value: value)
        (stage,) = stages([("", trace)])
        projection = stage.projection(None, 2)
        if value != peak:
            assert stage.peak(projection) == value
            continue
        with pytest.raises(gv.InputError) as caught:
            stage.peak(projection)
        assert str(caught.value) == (
            f"the densities of Old Faithful reach {peak:.0e} per unit, beyond what can be drawn: "
            f"give the data in {units} units"
        )


def test_colors_of_an_image_are_shown_from_0_to_255():
    picture = gv.load_dataset("image")
    (stage,) = stages([("", gv.fit(picture, gv.KMeansPlusPlus(seed=1), n_components=3, max_iter=1))])
    plain = gv.Dataset(picture.points, picture.feature_names)
    (without,) = stages([("", gv.fit(plain, gv.KMeansPlusPlus(seed=1), n_components=3, max_iter=1))])

    assert stage.limits(stage.projection(("red", "blue"), 2)) == pytest.approx(np.array([[-6.12, 261.12]] * 2))
    assert stage.limits(stage.projection("pca", 2)) != pytest.approx(np.array([[-6.12, 261.12]] * 2))
    assert without.limits(without.projection(("red", "blue"), 2)) != pytest.approx(np.array([[-6.12, 261.12]] * 2))


def test_log_likelihood_of_the_truth_counts_weights(truth):
    points = np.array([[0.0, 0.0], [4.0, 4.0], [1.0, 2.0]])
    weights = np.array([2.0, 0.0, 1.0])
    data = gv.Dataset(points, truth=truth)
    weighted = gv.Dataset(points, truth=truth, weights=weights)
    (stage,) = stages([("", gv.fit(data, n_components=1, max_iter=1))])

    assert stage.true_log_likelihood(data) == pytest.approx(truth.log_prob(points).sum())
    assert stage.true_log_likelihood(weighted) == pytest.approx(truth.log_prob(points) @ weights)
    assert stage.true_log_likelihood(gv.Dataset(points)) is None


def shuffled(trace, order):
    """The same run with its components in another order."""
    from dataclasses import replace

    def turned(snapshot):
        m = snapshot.mixture
        mixture = gv.Mixture(m.weights[order], m.means[order], m.covariances[order])
        return replace(snapshot, mixture=mixture, counts=snapshot.counts[order])

    return gv.Trace(trace.data, [turned(snapshot) for snapshot in trace], trace.stop_reason, dict(trace.settings))


def test_one_cloud_has_one_hue_in_all_runs(truth):
    points, _ = truth.sample(300, seed=1)
    sampled = gv.fit(points, gv.KMeansPlusPlus(seed=1), n_components=3, max_iter=20)
    other = shuffled(sampled, [2, 0, 1])
    one, two = stages([("a", sampled), ("b", other)])
    means = dict(zip(one.hues, sampled[-1].mixture.means.tolist(), strict=True))

    assert sorted(one.hues) == [0, 1, 2]
    for hue, mean in zip(two.hues, other[-1].mixture.means.tolist(), strict=True):
        assert means[hue] == mean


def test_component_more_has_a_hue_more(truth):
    points, _ = truth.sample(300, seed=1)
    few, many = (gv.fit(points, gv.KMeansPlusPlus(seed=1), n_components=k) for k in (2, 4))
    for cast in ([("a", few), ("b", many)], [("b", many), ("a", few)]):
        hues = {stage.name: stage.hues for stage in stages(cast)}
        assert hues["a"] == (0, 1)
        assert sorted(hues["b"]) == [0, 1, 2, 3]
