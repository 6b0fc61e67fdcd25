from contextlib import suppress
from itertools import islice, repeat

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.mixture.covariance import FAMILIES


@pytest.mark.parametrize("beta", [1.0, np.inf, 0.4])
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_run_goes_on_where_another_would_begin(old_faithful, covariance_type, beta):
    """The state after three iterations says all: a run begun there is the rest of the run."""
    start = gv.RandomPoints(seed=3).mixture(old_faithful, 3)
    rest = EStep(Blocks(old_faithful.points)), MStep(FAMILIES[covariance_type], 0.01), repeat(beta)
    whole = list(islice(iterations(start, *rest), 8))

    again = list(islice(iterations(whole[3].mixture, *rest), 5))

    for one, other in zip(whole[3:], again, strict=True):
        assert_allclose(other.mixture.means, one.mixture.means, rtol=1e-9)
        assert_allclose(other.mixture.covariances, one.mixture.covariances, rtol=1e-8, atol=1e-9)
        assert_allclose(other.objective, one.objective, rtol=1e-12)


def test_snapshot_of_hard_em_has_both_its_objective_and_its_likelihood(old_faithful):
    start = gv.RandomPoints(seed=3).mixture(old_faithful, 2)

    first = next(iterations(start, EStep(Blocks(old_faithful.points)), MStep(), [np.inf]))

    points = old_faithful.points
    assert first.mixture is start
    assert_allclose(first.log_likelihood, start.log_prob(points).sum(), rtol=1e-12)
    assert_allclose(first.objective, start.log_joint(points).max(axis=0).sum(), rtol=1e-12)
    assert first.counts.tolist() == np.bincount(start.labels(points)).tolist()


def test_run_collapses_at_the_iteration_at_which_the_textbook_does():
    points = np.random.default_rng(0).standard_normal((60, 2))
    start = gv.RandomPoints(seed=0, scale=0.02).mixture(gv.Dataset(points), 8)
    trace = gv.fit(points, start, reg_covar=0, tol=0)

    assert trace.stop_reason == "collapsed"
    assert trace[-1].iteration > 0
    textbook = gv.iterate(points, start)
    for snapshot, ours in zip(trace, textbook, strict=False):
        if ours.iteration == trace[-1].iteration:
            break  # its covariances are flat to rounding, so its log-likelihood has no digits left
        assert_allclose(snapshot.log_likelihood, ours.log_likelihood, rtol=1e-9)
    with suppress(gv.CollapseError):  # which rounding decides
        flat = gv.m_step(points, gv.e_step(points, ours.mixture)[0])
        assert min(np.linalg.eigvalsh(flat.covariances)[:, 0]) < 1e-13
