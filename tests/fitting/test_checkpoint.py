"""Runs that go on from a file."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine import iterations as engine
from gmmviz.fitting import checkpoint as module

KINDS = {
    "em": {},
    "tied": {"covariance_type": "tied"},
    "annealing": {"algorithm": "annealing"},
    "hard_em": {"algorithm": "hard_em"},
    "prior": {"prior": True},
    "fixed": {"fixed": ["weights", "means[1]"]},
    "weights": {"sample_weight": np.arange(1.0, 273)},
    "labels": {"labels": np.repeat([0, 1, -1], [5, 5, 262])},
}
SETTINGS = {"start": gv.RandomPoints(seed=4), "n_components": 3, "tol": 0}


class StopError(Exception):
    pass


def stop_at(iteration):
    def watch(snapshot):
        if snapshot.iteration == iteration:
            raise StopError

    return watch


def assert_equal(one, other):
    assert [snapshot.iteration for snapshot in one] == [snapshot.iteration for snapshot in other]
    assert_allclose(one.log_likelihoods, other.log_likelihoods, rtol=1e-12)
    assert_allclose(one.objectives, other.objectives, rtol=1e-12)
    assert_allclose(one.weights, other.weights, rtol=1e-12, atol=1e-12)
    assert_allclose(one.means, other.means, rtol=1e-12)
    assert_allclose(one.covariances, other.covariances, rtol=1e-12, atol=1e-12)
    assert (one.stop_reason, one.events) == (other.stop_reason, other.events)


@pytest.mark.parametrize("kind", KINDS)
def test_interrupted_run_goes_on_and_ends_as_it_would_have(old_faithful, tmp_path, kind):
    settings = {**SETTINGS, **KINDS[kind], "max_iter": 20}
    whole = gv.fit(old_faithful, **settings)

    with pytest.raises(StopError):
        gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz", watch=stop_at(11))
    seen = []
    again = gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz", watch=seen.append)

    assert_equal(again, whole)
    assert [snapshot.iteration for snapshot in seen] == list(range(21))


def test_what_is_there_is_not_computed_again(old_faithful, tmp_path, monkeypatch):
    gv.fit(old_faithful, **SETTINGS, max_iter=10, checkpoint=tmp_path / "run.npz")
    firsts = []

    def counted(*arguments):
        firsts.append(arguments[-1])
        return engine.iterations(*arguments)

    monkeypatch.setattr(module, "iterations", counted)
    longer = gv.fit(old_faithful, **SETTINGS, max_iter=14, checkpoint=tmp_path / "run.npz")

    assert firsts == [10]
    assert_equal(longer, gv.fit(old_faithful, **SETTINGS, max_iter=14))


def test_finished_run_is_read(old_faithful, tmp_path):
    settings = {**SETTINGS, "tol": 1e-5}
    first = gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz")
    written = (tmp_path / "run.npz").read_bytes()

    again = gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz")

    assert again.converged
    assert_equal(again, first)
    assert (tmp_path / "run.npz").read_bytes() == written


def test_collapse_is_found_again(tmp_path):
    points = np.r_[np.random.default_rng(0).standard_normal((100, 2)), np.full((3, 2), 40.0)]
    start = gv.Mixture([0.9, 0.1], [[0, 0], [39, 39]], [np.eye(2), np.eye(2)])
    settings = {"reg_covar": 0, "checkpoint": tmp_path / "run.npz"}

    first, again = (gv.fit(points, start, **settings) for _ in range(2))

    assert first.stop_reason == "collapsed"
    assert_equal(again, first)


def test_every_start_goes_on(old_faithful, tmp_path):
    settings = {**SETTINGS, "max_iter": 6, "n_init": 4}
    whole = gv.fit(old_faithful, **settings)

    seen = []

    def watch(snapshot):
        seen.append(snapshot.iteration)
        if seen.count(0) == 3 and snapshot.iteration == 2:
            raise StopError

    with pytest.raises(StopError):
        gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz", watch=watch)
    again = gv.fit(old_faithful, **settings, checkpoint=tmp_path / "run.npz")

    for one, other in zip(again.attempts, whole.attempts, strict=True):
        assert_equal(one, other)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"start": gv.RandomPoints(seed=5)}, "the starts"),
        ({"n_components": 2}, "the starts"),
        ({"covariance_type": "diag"}, "the settings"),
        ({"prior": True}, "the settings"),
        ({"sample_weight": np.arange(1.0, 273)}, "the points"),
        ({"labels": np.repeat([0, -1], [5, 267])}, "the labels"),
        ({"X": np.arange(20.0)}, "the points"),
    ],
)
def test_checkpoint_of_another_fit_is_refused_and_left(old_faithful, tmp_path, other, what):
    path = tmp_path / "run.npz"
    gv.fit(old_faithful, **SETTINGS, max_iter=3, checkpoint=path)
    written = path.read_bytes()

    with pytest.raises(gv.InputError) as caught:
        gv.fit(**{"X": old_faithful, **SETTINGS, **other}, max_iter=9, checkpoint=path)
    assert str(caught.value) == (
        f"{path} is the checkpoint of another fit ({what} differ): give another name, or delete it"
    )
    assert caught.value.place == ("checkpoint",)
    assert path.read_bytes() == written


@pytest.mark.parametrize("content", [b"", b"PK", b"not a file of numpy", "trace", "truncated"])
def test_file_that_is_no_checkpoint_is_left_as_it_is(old_faithful, trace, tmp_path, content):
    path = tmp_path / "run.npz"
    if content == "trace":
        trace.save(path)
    elif content == "truncated":
        gv.fit(old_faithful, **SETTINGS, max_iter=3, checkpoint=path)
        path.write_bytes(path.read_bytes()[:-500])
    else:
        path.write_bytes(content)
    before = path.read_bytes()

    said = f"^{re.escape(str(path))} is no checkpoint of gmmviz, so it is left as it is: give another name$"
    with pytest.raises(gv.InputError, match=said):
        gv.fit(old_faithful, **SETTINGS, checkpoint=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("run.csv", "a checkpoint is a .npz file: give run.npz"),
        ("nowhere/run.npz", "there is no folder nowhere to write run.npz into: make it first"),
    ],
)
def test_place_of_no_checkpoint_is_refused(old_faithful, tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, **SETTINGS, checkpoint=name)
    assert str(caught.value) == said


def test_online_em_cannot_go_on(old_faithful, tmp_path):
    with pytest.raises(
        gv.InputError, match=r"^algorithm='online_em' remembers more than its mixture, so it cannot go on"
    ):
        gv.fit(old_faithful, n_components=2, algorithm="online_em", checkpoint=tmp_path / "run.npz")


def test_file_is_written_while_the_run_goes_on_but_not_without_end(old_faithful, tmp_path, monkeypatch):
    """A file that takes a second to be written rests for ten, in which ten snapshots look at the clock."""
    clock = iter(np.arange(1000.0))
    monkeypatch.setattr(module, "perf_counter", lambda: next(clock))
    written = []
    write = module.Checkpoint.write

    def noted(self):
        before = self._is_new
        write(self)
        if before and not self._is_new:
            written.append(len(self._runs[0]))

    monkeypatch.setattr(module.Checkpoint, "write", noted)
    gv.fit(old_faithful, **SETTINGS, max_iter=30, checkpoint=tmp_path / "run.npz")

    assert written == [1, 11, 21, 31]
