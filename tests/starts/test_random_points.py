import numpy as np

import gmmviz as gv


def test_means_are_distinct_points_of_the_data(old_faithful):
    means = gv.RandomPoints(seed=1).mixture(old_faithful, 50).means
    rows = {tuple(point) for point in old_faithful.points}

    assert all(tuple(mean) in rows for mean in means)


def test_seed_repeats_the_start(old_faithful):
    first, again, other = (gv.RandomPoints(seed=s).mixture(old_faithful, 2).means for s in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_scale_is_that_of_the_standard_deviations(old_faithful):
    mixture = gv.RandomPoints(scale=0.25).mixture(old_faithful, 2)

    expected = np.diag((0.25 * old_faithful.points.std(axis=0)) ** 2)
    np.testing.assert_allclose(mixture.covariances, [expected, expected])


def test_constant_feature_still_gives_a_valid_start():
    data = gv.Dataset(np.column_stack([np.arange(4.0), np.full(4, 2.0)]))

    assert (np.diagonal(gv.RandomPoints().mixture(data, 2).covariances, axis1=1, axis2=2) > 0).all()
