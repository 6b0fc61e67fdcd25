"""A change of units changes nothing, whatever EM is told, asked or made to do."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv

RNG = np.random.default_rng(0)
N = 80
LABELS = RNG.integers(2, size=N)
# Multiples of 1/1024, which keep every digit beside 1e8.
POINTS = (1024 * (np.array([[0.0, 0], [4, 1]])[LABELS] + RNG.standard_normal((N, 2)) * [1, 0.7])).round() / 1024
GAPS = RNG.random((N, 2)) < 0.2
GAPS[GAPS.all(axis=1), 0] = False

KINDS = {
    "plain": {},
    "weights": {"sample_weight": RNG.uniform(0, 3, N)},
    "labels": {"labels": np.where(RNG.random(N) < 0.3, LABELS, -1)},
    "fixed": {"fixed": ["means[0]", "covariances[1]"]},
    "annealing": {"algorithm": "annealing"},
    "hard": {"algorithm": "hard_em"},
    "kmeans": {"algorithm": "kmeans"},
    "online": {"algorithm": "online_em"},
    "prior": {"prior": True},
    "gaps": {"missing": "marginalize"},
}


def run(kind, scale, offset, **settings):
    points = POINTS if kind != "gaps" else np.where(GAPS, np.nan, POINTS)
    start = gv.Mixture(
        [0.4, 0.6],
        offset + scale * np.array([[0.5, 0.5], [3, 1]]),
        [scale**2 * np.array([[1.5, 0.5], [0.5, 1]])] * 2,
    )
    return gv.fit(offset + scale * points, start, max_iter=9, tol=0, **{**KINDS[kind], **settings})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scale", "offset"), [(1e-150, 0.0), (1e100, 0.0), (1.0, 1e8), (2.0**-20, 2.0**10)])
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_units_change_nothing(kind, scale, offset, covariance_type):
    settings = {} if kind == "kmeans" else {"covariance_type": covariance_type}  # k-means has a family of its own
    if kind == "fixed" and covariance_type == "tied":
        settings["fixed"] = ["means[0]", "covariances"]
    plain, other = run(kind, 1.0, 0.0, **settings), run(kind, scale, offset, **settings)

    assert len(plain) == len(other) == 10
    assert_allclose(other.weights, plain.weights, rtol=1e-9)
    rounding = 2 * np.finfo(float).eps * offset / scale  # of a mean beside the offset
    assert_allclose((other.means - offset) / scale, plain.means, rtol=1e-9, atol=1e-9 + rounding)
    assert_allclose(other.covariances / scale / scale, plain.covariances, rtol=1e-9, atol=1e-11)
    n_values = (~GAPS).sum() if kind == "gaps" else 2 * plain.data.total_weight
    shifted = other.log_likelihoods + n_values * np.log(scale)
    assert_allclose(shifted, plain.log_likelihoods, rtol=1e-9)


@pytest.mark.parametrize(
    "fixed", [["weights"], ["means"], ["covariances"], ["means[1]", "covariances[0]", "weights[0]"]]
)
@pytest.mark.parametrize(("scale", "offset"), [(1e-150, 0.0), (1.0, 1e8), (0.1, 1 / 3)])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("fixed", "kmeans")])
def test_fixed_parameters_keep_every_bit_in_any_unit(fixed, scale, offset, kind):
    trace = run(kind, scale, offset, fixed=fixed)

    for name in fixed:
        which, _, number = name.rstrip("]").partition("[")
        values = getattr(trace, which)
        values = values[:, int(number)] if number else values
        assert np.array_equal(values, np.broadcast_to(values[0], values.shape))
    free = {"weights", "means", "covariances"} - set(fixed)
    assert any(not np.array_equal(getattr(trace, name)[0], getattr(trace, name)[-1]) for name in free)
