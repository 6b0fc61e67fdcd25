import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def test_old_faithful_is_the_published_data(old_faithful):
    points = old_faithful.points

    assert points.shape == (272, 2)
    assert_allclose(points.mean(axis=0), [3.487783, 70.897059], atol=5e-7)
    assert_allclose(points.std(axis=0, ddof=1), [1.141371, 13.594974], atol=5e-7)
    assert old_faithful.feature_names == ("eruption (min)", "waiting (min)")


def test_points_cannot_be_written_to_but_the_users_own_array_can():
    mine = np.zeros((3, 2))
    data = gv.Dataset(mine)

    with pytest.raises(ValueError, match="read-only"):
        data.points[0, 0] = 1
    mine[0, 0] = 1


def test_unknown_data_set_is_named():
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("faithful")

    assert str(caught.value) == "unknown data set 'faithful'; did you mean 'old_faithful'?"


def test_sample_knows_its_truth():
    data = gv.load_dataset(
        "sample", weights=[0.4, 0.6], means=[[0], [9]], covariances=[[[1]], [[4]]], n_points=50, seed=2
    )

    assert data.points.shape == (50, 1)
    assert data.truth.weights.tolist() == [0.4, 0.6]
    assert ((data.points[:, 0] > 4.5) == (data.labels == 1)).mean() > 0.95


def test_file_is_told_from_a_data_set():
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("mine.csv")
    assert str(caught.value) == (
        "'mine.csv' is a file, not a data set: write load_dataset('csv', path='mine.csv')"
    )
