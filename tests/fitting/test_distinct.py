"""Large images are fitted by their colors, and nobody can tell."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.fitting import distinct as module
from gmmviz.fitting.distinct import distinct
from gmmviz.mixture.covariance import FAMILIES


def picture(height=40, width=60, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    clouds = np.array([[40.0, 60, 200], [200, 190, 30], [120, 90, 100]])[:, :channels]
    colors = clouds[rng.integers(3, size=height * width)] + 1.2 * rng.standard_normal((height * width, channels))
    return gv.Dataset(colors.round(), shape=(height, width))


@pytest.fixture(autouse=True)
def small_images_are_large(monkeypatch):
    monkeypatch.setattr(module, "LARGE", 1000)


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_pixels_are_fitted_by_their_colors_to_the_same_end(covariance_type, weighted):
    data = picture()
    times = np.random.default_rng(1).integers(0, 4, len(data.points)) if weighted else None
    settings = {
        "start": gv.RandomPoints(seed=1),
        "n_components": 3,
        "covariance_type": covariance_type,
        "max_iter": 15,
        "tol": 0,
        "sample_weight": times,
    }

    by_colors = gv.fit(data, **settings)
    by_pixels = gv.fit(data.points, **settings)

    assert len(distinct(data)[0]) < len(data.points) / 2
    assert by_colors.n_points == len(data.points)
    for one, other in zip(by_colors, by_pixels, strict=True):
        assert_allclose(one.log_likelihood, other.log_likelihood, rtol=1e-11)
        assert_allclose(one.counts, other.counts, rtol=1e-9)
        assert_allclose(one.mixture.means, other.mixture.means, rtol=1e-9)
        assert_allclose(one.mixture.covariances, other.mixture.covariances, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_colors_are_counted(channels):
    data = picture(channels=channels)
    colors, counts = np.unique(data.points, axis=0, return_counts=True)

    points, weights, known = distinct(data)

    order = np.lexsort(points.T[::-1])
    assert np.array_equal(points[order], colors)
    assert np.array_equal(weights[order], counts)
    assert known is None


@pytest.mark.parametrize(
    "data",
    [
        gv.Dataset(picture().points),  # no image
        gv.Dataset(picture().points / 2, shape=(40, 60)),  # between the tones
        gv.Dataset(picture().points - 100, shape=(40, 60)),
        gv.Dataset(picture().points + 100, shape=(40, 60)),
        gv.Dataset(picture().points, shape=(40, 60), known=np.zeros(2400, int)),
        picture(20, 40),  # few
        gv.Dataset(
            np.random.default_rng(0).integers(256, size=(2400, 3)), shape=(40, 60)
        ),  # hardly any color twice
    ],
)
def test_other_points_are_asked_one_by_one(data):
    assert distinct(data)[0] is data.counting[0]
