"""What an estimator prints while it fits, line by line as scikit-learn does."""

from __future__ import annotations

from time import perf_counter

from gmmviz.engine.snapshot import Snapshot


class Progress:
    """A listener to `gmmviz.fit` that prints to standard output.

    ::

        Initialization 0
          Iteration 10
        Initialization converged.

    From ``verbose=2`` on, the lines end with seconds and with the average log-likelihood::

        Initialization 0
          Iteration 10   time lapse 0.00120s     ll change 0.00031
        Initialization converged. time lapse 0.00150s    lower bound -4.15538.

    Parameters
    ----------
    verbose : int
        1 or more.
    interval : int
        Every so many iterations are told.
    tol : float
        A smaller change of the average log-likelihood ends a run.
    """

    def __init__(self, verbose: int, interval: int, tol: float) -> None:
        self._in_detail, self._interval = verbose > 1, interval
        self._tol = tol
        self._attempts = 0
        self._iteration = 0  # of the run so far
        self._average = self._change = 0.0
        self._run_began = self._lines_began = 0.0

    def __call__(self, snapshot: Snapshot) -> None:
        """Tell of a snapshot that has just been made; the first of a run has the iteration 0."""
        average = snapshot.log_likelihood / snapshot.counts.sum()
        if snapshot.iteration == 0:
            self.end()
            print(f"Initialization {self._attempts}")
            self._attempts += 1
            self._run_began = self._lines_began = perf_counter()
        self._iteration, self._change, self._average = snapshot.iteration, average - self._average, average
        if snapshot.iteration > 0 and snapshot.iteration % self._interval == 0:
            now = perf_counter()
            detail = f"\t time lapse {now - self._lines_began:.5f}s\t ll change {self._change:.5f}"
            print(f"  Iteration {snapshot.iteration}{detail if self._in_detail else ''}")
            self._lines_began = now

    def end(self) -> None:
        """Tell how the run so far ended, if it had an iteration."""
        if self._iteration == 0:
            return
        converged = "converged" if abs(self._change) <= self._tol and self._tol > 0 else "did not converge"
        detail = f" time lapse {perf_counter() - self._run_began:.5f}s\t lower bound {self._average:.5f}."
        print(f"Initialization {converged}.{detail if self._in_detail else ''}")
        self._iteration = 0
