import numpy as np
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.mixture.criteria import aic, bic, icl


def test_criteria_by_hand():
    assert aic(-100.0, 5) == 210  # 2 * 5 + 200
    assert_allclose(bic(-100.0, 5, 1000), 5 * np.log(1000) + 200)


def test_icl_adds_what_is_undecided():
    sure, torn = [1.0, 0.0], [0.5, 0.5]

    assert_allclose(icl(-100.0, 5, np.array([sure, sure])), bic(-100.0, 5, 2))
    assert_allclose(icl(-100.0, 5, np.array([sure, torn])), bic(-100.0, 5, 2) + 2 * np.log(2))


def test_trace_knows_its_criteria(trace):
    """Two components in two dimensions have 1 + 4 + 6 = 11 parameters."""
    log_likelihood = trace[-1].log_likelihood

    assert trace.n_parameters == 11
    assert_allclose(trace.aic, 22 - 2 * log_likelihood)
    assert_allclose(trace.bic, 11 * np.log(272) - 2 * log_likelihood)
    assert_allclose(trace.icl, icl(log_likelihood, 11, trace.responsibilities(-1)))
    assert gv.fit(trace.data, n_components=2, covariance_type="tied", max_iter=1).n_parameters == 8


def test_icl_of_a_weighted_point_is_that_of_so_many_points():
    sure, torn = [1.0, 0.0], [0.5, 0.5]

    assert_allclose(
        icl(-100.0, 5, np.array([sure, torn]), np.array([2.0, 3.0])),
        icl(-100.0, 5, np.array([sure] * 2 + [torn] * 3)),
    )
