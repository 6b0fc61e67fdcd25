"""The engine beside scikit-learn: same start, same iterations, same answer.

Usage: python tests/benchmarks/bench_engine.py

For each size both run the same number of iterations from the same start, in turn; the final log-likelihoods
must agree to 1e-9. Prints medians of milliseconds per iteration, their ratio, the time that the exponentials
alone take, what recording costs, how time grows with N, and the peak of memory.
"""

import statistics
import subprocess
import sys
import time
import warnings
from itertools import islice

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

import gmmviz as gv
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep

warnings.simplefilter("ignore", ConvergenceWarning)


def problem(n_points, n_features, n_components):
    rng = np.random.default_rng(0)
    centers = 2.5 * rng.standard_normal((n_components, n_features))
    X = centers[rng.integers(n_components, size=n_points)] + rng.standard_normal((n_points, n_features))
    covariances = np.array([np.eye(n_features)] * n_components)
    return X, gv.Mixture(np.full(n_components, 1 / n_components), X[:n_components], covariances)


def seconds(function):
    began = time.perf_counter()
    result = function()
    return time.perf_counter() - began, result


def theirs(X, start, n_iterations):
    model = GaussianMixture(
        start.n_components,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        tol=0,
        reg_covar=0,
        max_iter=n_iterations,
    )
    return model.fit(X)


def ours(X, start, n_iterations):
    return gv.fit(X, start, max_iter=n_iterations, tol=0, reg_covar=0)


def old_faithful():
    data = gv.load_dataset("old_faithful")
    return np.array(data.points), gv.RandomPoints(seed=0).mixture(data, 2)


def beside_scikit_learn(X, start, n_iterations, runs):
    (n_points, n_features), n_components = X.shape, start.n_components
    a, b = [], []
    repeats = 20 if n_points < 10_000 else 1  # a millisecond is too short to be measured alone
    for _ in range(runs):
        took, traces = seconds(lambda: [ours(X, start, n_iterations) for _ in range(repeats)])
        a.append(took / repeats)
        took, models = seconds(lambda: [theirs(X, start, n_iterations) for _ in range(repeats)])
        b.append(took / repeats)
    trace, model = traces[-1], models[-1]
    agree = abs(model.score(X) * n_points / trace[-1].log_likelihood - 1)
    assert agree < 1e-9, agree
    joint = np.zeros((n_components, min(n_points, 10_000)))
    exponentials = (
        statistics.median(seconds(lambda: np.exp(joint))[0] for _ in range(21)) * n_points / joint.shape[1]
    )
    mine, other = (1000 * statistics.median(times) / n_iterations for times in (a, b))
    ratio = statistics.median(y / x for x, y in zip(a, b, strict=True))
    print(
        f"N={n_points:<8} D={n_features} K={n_components}: {mine:8.3f} ms, scikit-learn {other:8.3f} ms, "
        f"ratio {ratio:5.1f}; exponentials alone {1000 * exponentials:6.3f} ms; log-likelihoods agree to {agree:.0e}",
        flush=True,
    )
    return mine, other


def bare_iterations(X, start):
    return iterations(start, EStep(Blocks(X)), MStep())


def recording(n_points=100_000):
    X, start = problem(n_points, 2, 5)
    plain, kept = [], []
    for _ in range(7):
        plain.append(seconds(lambda: next(islice(bare_iterations(X, start), 30, None)))[0])
        kept.append(seconds(lambda: ours(X, start, 30))[0])
    ratio = statistics.median(k / p for k, p in zip(kept, plain, strict=True))
    print(f"recording 30 iterations of N={n_points}: {100 * (ratio - 1):.1f} % over iterating alone")


def growth():
    times = []
    for n_points in (62_500, 125_000, 250_000, 500_000, 1_000_000):
        X, start = problem(n_points, 2, 5)
        took = [seconds(lambda X=X, start=start: ours(X, start, 10))[0] for _ in range(3)]
        times.append(statistics.median(took) / n_points * 1e8)
    print("nanoseconds per point and iteration, N = 62500 ... 10^6:", " ".join(f"{t:.1f}" for t in times))


MEMORY = """
import tracemalloc, numpy as np, gmmviz as gv
X = np.random.default_rng(0).standard_normal((1_000_000, 2))
gv.fit(X[:1000], n_components=5, max_iter=2)  # load everything
tracemalloc.start()
gv.fit(X, n_components=5, max_iter=10, tol=0)
peak = tracemalloc.get_traced_memory()[1]
print(f"peak memory at N=10^6, D=2, K=5: {1 + peak / X.nbytes:.2f} times the data, itself included")
"""


def main():
    beside_scikit_learn(*old_faithful(), 50, 21)
    beside_scikit_learn(*problem(272, 5, 3), 50, 41)
    beside_scikit_learn(*problem(100_000, 2, 5), 20, 5)
    beside_scikit_learn(*problem(1_000_000, 2, 5), 8, 3)
    beside_scikit_learn(*problem(200_000, 8, 8), 8, 3)
    beside_scikit_learn(*problem(200_000, 32, 8), 4, 3)
    recording()
    growth()
    print(
        subprocess.run([sys.executable, "-c", MEMORY], check=True, capture_output=True, text=True).stdout.strip()
    )


if __name__ == "__main__":
    main()
