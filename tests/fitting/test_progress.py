import re
from itertools import count

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv
from gmmviz.fitting import progress


def printed(capsys, Model, X, **settings):
    Model(2, random_state=0, **settings).fit(X)
    return capsys.readouterr().out


def without_numbers(text):
    """The lines with their digits as 0, each kind of line once."""
    return list(dict.fromkeys(re.sub(r"-?[0-9.]+s?|inf", "0", text).splitlines()))


@pytest.mark.parametrize("verbose", [1, 2, True])
def test_lines_are_scikit_learns(capsys, old_faithful, verbose):
    settings = {"n_init": 2, "tol": 1e-10, "max_iter": 500, "verbose": verbose, "verbose_interval": 2}

    ours, theirs = (
        printed(capsys, Model, old_faithful.points, init_params="random", **settings)
        for Model in (gv.GaussianMixture, SklearnMixture)
    )

    assert without_numbers(ours) == without_numbers(theirs)


def test_starts_and_iterations_are_counted(capsys, old_faithful):
    out = printed(
        capsys,
        gv.GaussianMixture,
        old_faithful.points,
        n_init=2,
        tol=0.0,
        max_iter=5,
        verbose=1,
        verbose_interval=2,
    )

    run = "  Iteration 2\n  Iteration 4\nInitialization did not converge.\n"
    assert out == f"Initialization 0\n{run}Initialization 1\n{run}"


def test_last_line_says_the_bound_of_the_fit(capsys, old_faithful):
    model = gv.GaussianMixture(2, random_state=0, verbose=2, verbose_interval=1).fit(old_faithful.points)
    *_, before, last = capsys.readouterr().out.splitlines()

    assert last.endswith(f"\t lower bound {model.lower_bound_:.5f}.")
    change = np.diff(model.lower_bounds_)[-1]
    assert before.startswith(f"  Iteration {model.n_iter_}\t time lapse ")
    assert before.endswith(f"\t ll change {change:.5f}")


def test_nothing_is_printed_unasked(capsys, old_faithful):
    assert printed(capsys, gv.GaussianMixture, old_faithful.points) == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"verbose": -1}, "verbose must be 0 or more, not -1"),
        ({"verbose": "yes"}, "verbose must be a whole number, 0 or more, not 'yes'"),
        ({"verbose_interval": 0}, "verbose_interval must be 1 or more, not 0"),
    ],
)
def test_impossible_setting_says_what_is_wrong(old_faithful, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture(2, **settings).fit(old_faithful.points)

    assert str(caught.value) == message


MIXTURE = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]]] * 2)


def told(monkeypatch, capsys, verbose, tol, *runs):
    """What is printed of runs of these average log-likelihoods; each look at the clock takes a second."""
    seconds = count()
    monkeypatch.setattr(progress, "perf_counter", lambda: float(next(seconds)))
    watch = progress.Progress(verbose, 2, tol)
    for averages in runs:
        for iteration, average in enumerate(averages):
            watch(gv.Snapshot(iteration, MIXTURE, 4 * average, [1, 3]))
    watch.end()
    watch.end()
    return capsys.readouterr().out


def test_every_line_is_told_once_with_its_own_seconds(monkeypatch, capsys):
    assert told(monkeypatch, capsys, 2, 0.25, [-3, -2, -1.5, -1, -0.75], [-4, -5, -5.25, -4]) == (
        "Initialization 0\n"
        "  Iteration 2\t time lapse 1.00000s\t ll change 0.50000\n"
        "  Iteration 4\t time lapse 1.00000s\t ll change 0.25000\n"
        "Initialization converged. time lapse 3.00000s\t lower bound -0.75000.\n"
        "Initialization 1\n"
        "  Iteration 2\t time lapse 1.00000s\t ll change -0.25000\n"
        "Initialization did not converge. time lapse 2.00000s\t lower bound -4.00000.\n"
    )


def test_no_more_than_lines_is_told_unless_in_detail(monkeypatch, capsys):
    assert told(monkeypatch, capsys, 1, 0.25, [-3, -2, -1.75]) == (
        "Initialization 0\n  Iteration 2\nInitialization converged.\n"
    )


@pytest.mark.parametrize(
    ("tol", "averages", "words"),
    [
        (0.25, [-2, -1.75], "converged"),
        (0.25, [-2, -2.25], "converged"),
        (0.25, [-2, -1.5], "did not converge"),
        (0.25, [-2, -2.5], "did not converge"),
        (0.0, [-2, -2], "did not converge"),
    ],
)
def test_run_converged_if_it_changed_by_no_more_than_tol(monkeypatch, capsys, tol, averages, words):
    assert told(monkeypatch, capsys, 1, tol, averages) == f"Initialization 0\nInitialization {words}.\n"


def test_run_without_an_iteration_has_no_end(monkeypatch, capsys):
    assert told(monkeypatch, capsys, 2, 0.25, [-2], [-2]) == "Initialization 0\nInitialization 1\n"
