import numpy as np
import pytest

import gmmviz as gv


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name != "given"])
@pytest.mark.parametrize("n_components", [1, 3, 8])
def test_start_is_a_mixture_that_its_seed_repeats(old_faithful, name, n_components):
    first, again = (gv.STARTS[name]().mixture(old_faithful, n_components) for _ in range(2))

    assert first.means.shape == (n_components, 2)
    assert np.array_equal(first.means, again.means)
    assert np.array_equal(first.covariances, again.covariances)


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name not in ("given", "identical")])
def test_next_attempt_is_another_start(old_faithful, name):
    start = gv.STARTS[name]()

    one, other = (start.attempt(i).mixture(old_faithful, 3) for i in (0, 1))

    assert not np.array_equal(one.means, other.means)


def test_start_without_a_seed_can_be_tried_once(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, "identical", n_components=2, n_init=2)

    assert str(caught.value) == (
        "the start Identical is the same every time: leave n_init at 1 and on_collapse at 'stop', "
        "or choose a start with a seed"
    )


def test_identical_components_stay_identical(old_faithful):
    trace = gv.fit(old_faithful, "identical", n_components=3, max_iter=10)

    np.testing.assert_allclose(trace[-1].mixture.means, np.tile(old_faithful.points.mean(axis=0), (3, 1)))


@pytest.mark.parametrize(("corner", "side"), [("lower", 0), ("upper", 1)])
def test_corner_holds_all_means(old_faithful, corner, side):
    points = old_faithful.points
    means = gv.Corner(corner=corner).mixture(old_faithful, 5).means
    end = (points.min(axis=0), points.max(axis=0))[side]

    assert (np.abs(means - end) <= 0.1 * np.ptp(points, axis=0)).all()


def test_on_point_leads_to_the_singularity(old_faithful):
    trace = gv.fit(old_faithful, gv.OnPoint(point=7, width=1e-4), n_components=2, reg_covar=0)

    assert trace[0].mixture.means[0].tolist() == old_faithful.points[7].tolist()
    assert trace.stop_reason == "collapsed"
    assert trace.events[-1][1].component == 0


def test_point_that_does_not_exist_is_named(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.OnPoint(point=272).mixture(old_faithful, 2)

    assert str(caught.value) == "there is no point 272: Old Faithful has 272, from 0"


def test_kmeans_plus_plus_spreads_the_means():
    points = np.concatenate([np.random.default_rng(0).normal(c, 0.1, (50, 2)) for c in (0, 10, 20, 30)])

    for seed in range(10):
        means = gv.KMeansPlusPlus(seed=seed).mixture(gv.Dataset(points), 4).means
        assert sorted((means[:, 0] / 10).round().tolist()) == [0, 1, 2, 3]


def test_kmeans_start_gives_the_clusters_moments():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, (30, 2)), rng.normal(20, 2, (70, 2))])
    mixture = gv.KMeans().mixture(gv.Dataset(points), 2)
    order = np.argsort(mixture.means[:, 0])

    np.testing.assert_allclose(mixture.weights[order], [0.3, 0.7])
    np.testing.assert_allclose(mixture.means[order[1]], points[30:].mean(axis=0))
    np.testing.assert_allclose(mixture.covariances[order[1]], np.cov(points[30:].T, bias=True), rtol=1e-3)


def test_random_responsibilities_start_in_the_middle(old_faithful):
    means = gv.RandomResponsibilities().mixture(old_faithful, 3).means

    assert (np.abs(means - old_faithful.points.mean(axis=0)) < 0.3 * old_faithful.points.std(axis=0)).all()


def test_given_start_decides_the_number_of_components(old_faithful):
    start = gv.Given(means=[[2, 50], [4, 80]], covariances=[[[1, 0], [0, 50]]] * 2)

    assert gv.fit(old_faithful, start).n_components == 2
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, n_components=3)
    assert str(caught.value) == "the start gives 2 means for 3 components"
