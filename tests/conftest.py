import logging
import os
import sys

# Before numpy: the matrices of the tests are small, and threads that wait for each other take most of the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from browsers import browser, calm_browser, launch, open_page, open_player, webkit  # noqa: F401 - fixtures

import gmmviz as gv

if sys.platform == "win32":  # these send POSIX signals and limit the size of files
    collect_ignore = ["encoders/test_faults.py"]


@pytest.fixture(scope="session")
def old_faithful():
    return gv.load_dataset("old_faithful")


@pytest.fixture(scope="session")
def trace(old_faithful):
    """A run of a few iterations, from a start that is far from the end."""
    return gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=5)


@pytest.fixture(scope="session")
def cluster():
    """A client of a Dask cluster of two processes."""
    from distributed import Client, LocalCluster

    settings = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "dashboard_address": ":0",
        "silence_logs": logging.CRITICAL,
    }
    with LocalCluster(**settings) as processes, Client(processes, set_as_default=False) as client:
        yield client


@pytest.fixture
def truth():
    return gv.Mixture(
        np.array([0.5, 0.3, 0.2]),
        np.array([[0.0, 0.0], [4.0, 4.0], [-3.0, 4.0]]),
        np.array([[[1, 0.5], [0.5, 1]], [[1, -0.6], [-0.6, 1]], [[0.5, 0], [0, 1.5]]]),
    )


@pytest.fixture
def write_scene(tmp_path):
    """Write a scene file into an empty folder and return its path."""

    def write(text, name="scene.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


SMALL_SCENE = """\
title = "Small"
[data]
dataset = "old_faithful"
[model]
components = 2
max_iter = 3
[pace]
length = 3.0
start = 0.5
end = 0.5
[output]
size = [320, 180]
fps = 10
"""


@pytest.fixture
def small_scene():
    return SMALL_SCENE
