"""Points drawn from a known mixture."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv

WEIGHTS = [0.25, 0.75]
MEANS = [[0, 10], [5, -5]]
COVARIANCES = [[[1, 0.5], [0.5, 2]], [[3, 0], [0, 0.5]]]


def draw(num_samples=20_000, **more):
    mixture = {"weights": WEIGHTS, "means": MEANS, "covariances": COVARIANCES}
    return gv.generate_gmm_data(num_samples=num_samples, **mixture | more)


def test_points_alone_are_the_default():
    points = draw(600)

    assert isinstance(points, np.ndarray)
    assert points.shape == (600, 2)


def test_labels_come_too_if_they_are_wanted():
    points, labels = draw(600, return_labels=True)

    assert (points == draw(600)).all()
    assert labels.shape == (600,)
    assert ((points[:, 1] > 2) == (labels == 0)).mean() > 0.99


def test_sample_has_the_moments_of_its_mixture():
    points, labels = draw(return_labels=True)

    # Standard errors: 0.003 of a share, at most 0.02 of a mean, 0.05 of a covariance.
    assert_allclose(np.bincount(labels) / len(labels), WEIGHTS, atol=0.012)
    for k in (0, 1):
        assert_allclose(points[labels == k].mean(axis=0), MEANS[k], atol=0.1)
        assert_allclose(np.cov(points[labels == k].T), COVARIANCES[k], atol=0.2)


def test_same_seed_gives_the_same_points():
    assert (draw(9, seed=3) == draw(9, seed=3)).all()
    assert (draw(9, seed=3) != draw(9, seed=4)).any()
    assert (draw(9, seed=0) == draw(9)).all()
    assert (draw(9, seed=np.random.default_rng(3)) == draw(9, seed=3)).all()


def test_one_point_of_one_feature_can_be_drawn():
    points = gv.generate_gmm_data(1, [1], [[5]], [[[1e-12]]], np.int64(2))

    assert_allclose(points, [[5]], atol=1e-4)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"num_samples": 0}, "num_samples must be a whole number from 1 to 100,000,000, not 0"),
        ({"num_samples": -3}, "num_samples must be a whole number from 1 to 100,000,000, not -3"),
        ({"num_samples": 2.5}, "num_samples must be a whole number from 1 to 100,000,000, not 2.5"),
        ({"num_samples": "many"}, "num_samples must be a whole number from 1 to 100,000,000, not 'many'"),
        ({"seed": -1}, "seed must be a whole number (0 or more) or a numpy.random.Generator, not -1"),
        ({"seed": "today"}, "seed must be a whole number (0 or more) or a numpy.random.Generator, not 'today'"),
        ({"return_labels": 1}, "return_labels must be True or False, not 1"),
        ({"weights": [0.5, 0.6]}, "weights must sum to 1, not 1.1: divide each by the sum"),
        ({"weights": [1]}, "weights must have shape (2,) to match means, not (1,)"),
        ({"means": "here"}, "means must be numbers, not 'here'"),
        ({"covariances": [1, 2]}, "covariances must have shape (2, 2, 2) to match means, not (2,)"),
    ],
)
def test_bad_input_is_one_sentence(more, message):
    with pytest.raises(gv.InputError) as caught:
        draw(**more)

    assert str(caught.value) == message


def test_data_set_knows_its_truth():
    data = gv.load_dataset(
        "sample", weights=[0.4, 0.6], means=[[0], [9]], covariances=[[[1]], [[4]]], n_points=50, seed=2
    )

    assert data.points.shape == (50, 1)
    assert data.name == "the sample"
    assert data.truth.weights.tolist() == [0.4, 0.6]
    assert data.truth.means.tolist() == [[0], [9]]
    assert data.truth.covariances.tolist() == [[[1]], [[4]]]
    assert ((data.points[:, 0] > 4.5) == (data.labels == 1)).mean() > 0.95


def test_data_set_draws_300_points_with_seed_0_unless_told_otherwise():
    data = gv.Sample(weights=(1,), means=((0,),), covariances=(((1,),),)).load()

    assert (data.points == gv.generate_gmm_data(300, [1], [[0]], [[[1]]], 0)).all()


def test_mistake_in_the_mixture_has_its_place():
    with pytest.raises(gv.InputError) as caught:
        gv.Sample(weights=(2,), means=((0,),), covariances=(((1,),),)).load()

    assert caught.value.place == ("weights",)
