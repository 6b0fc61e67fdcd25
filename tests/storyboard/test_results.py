import numpy as np
import pytest

import gmmviz as gv
from gmmviz.storyboard.results import with_results


def run(name, average, *, means=(0.0, 10.0), labels=(0, 0, 0, 1), iterations=1):
    """A run on four points that ends at such a log-likelihood per point."""
    mixture = gv.Mixture([0.5, 0.5], np.array(means)[:, None], np.ones((2, 1, 1)))
    snapshots = [gv.Snapshot(t, mixture, 4 * average, np.ones(2)) for t in range(iterations + 1)]
    data = gv.Dataset(np.array([[0.0], [1.0], [9.0], [10.0]]), ("x",), "dots", labels=np.array(labels))
    return gv.Run(gv.Trace(data, snapshots, "converged"), name)


RUNS = [run("one", -2.0, iterations=3), run("two", -2.0005, means=(4.5, 14.2)), run("{three}", -3.25)]


def said(template, runs=RUNS):
    return with_results(gv.Captions(end=template), runs).end


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{runs} runs; {n_best} reach {best}, {n_others} stops at {worst}",
            "3 runs; 2 reach −2.000, 1 stops at −3.250",
        ),
        ("{log_likelihood[one]}, {iterations[1]}, {components[two]}, {points[3]}", "−2.000, 3, 2, 4"),
        ("{parameters[1]}: {aic[1]}, {bic[1]}", "5: 26, 23"),  # 2 * 5 + 2 * 8, and 5 log 4 + 2 * 8
        ("{purity[1]} and {purity[2]}", "75 % and 100 %"),
        ("{differ} points", "1 points"),
        ("{errors[1]}, {errors[2]}", "1, 0"),
        ("{iteration} {log_likelihood} {{best}}", "{iteration} {log_likelihood} {{best}}"),  # of the moment, later
    ],
)
def test_results_of_runs_are_filled_in(template, text):
    assert said(template) == text


def test_other_templates_stay():
    captions = gv.Captions(end="{runs}")

    assert with_results(captions, RUNS) == gv.Captions(end="3")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{bic[tow]}", "no run of the film is called 'tow'; did you mean 'two'?"),
        ("{bic[4]}", "no run of the film is called '4'; known: 'one', 'two' and '{three}'"),
        ("{bic[0]}", "no run of the film is called '0'; known: 'one', 'two' and '{three}'"),
    ],
)
def test_run_that_is_none_is_refused(template, message):
    with pytest.raises(gv.InputError) as caught:
        said(template)
    assert (str(caught.value), caught.value.place) == (message, ("captions", "end"))


def test_run_without_a_name_goes_by_its_number():
    with pytest.raises(gv.InputError, match="no run of the film is called '2'; they are 1 to 1"):
        said("{bic[2]}", [run("", -2.0)])


def test_field_of_a_run_needs_the_run():
    with pytest.raises(gv.InputError) as caught:
        gv.Captions(end="{bic}")
    assert str(caught.value) == (
        "Captions: end: no caption knows {bic}; write the run's number or name in brackets, such as {bic[1]}"
    )


def test_what_cannot_be_counted_is_told(old_faithful):
    trace = gv.fit(old_faithful, n_components=2, max_iter=1)

    with pytest.raises(gv.InputError, match=r"Old Faithful has no labels, so \{purity\} is not known"):
        said("{purity[1]}", [gv.Run(trace)])
    with pytest.raises(gv.InputError, match=r"Old Faithful has no labels, so \{errors\} is not known"):
        said("{errors[1]}", [gv.Run(trace)])
    with pytest.raises(
        gv.InputError, match=r"the true mixture of Old Faithful is not known, and \{truth\} with it"
    ):
        said("{truth[1]}", [gv.Run(trace)])
    with pytest.raises(
        gv.InputError, match=r"is not known, or has not as many components, and \{mean_error\} with it"
    ):
        said("{mean_error[1]}", [gv.Run(trace)])
    with pytest.raises(gv.InputError, match="counts points that two runs of the same data give"):
        said("{differ}", [gv.Run(trace)])


def test_truth_is_what_the_points_were_drawn_from():
    data = gv.load_dataset("sample", n_points=50, weights=[1.0], means=[[0.0]], covariances=[[[4.0]]])
    expected = -0.5 * np.log(8 * np.pi) - (data.points**2).mean() / 8
    trace = gv.fit(data, n_components=1, max_iter=1)

    assert said("{truth[1]}", [gv.Run(trace)]) == f"{expected:.3f}".replace("-", "−")


def test_mean_error_is_the_distance_of_means_in_pairs():
    """The means, which are in the wrong order, are off by 3 and 4 in one feature: root of 12.5."""
    truth = gv.Mixture([0.5, 0.5], np.array([[0.0], [10.0]]), np.ones((2, 1, 1)))
    data = gv.Dataset(np.array([[0.0], [1.0], [9.0], [10.0]]), truth=truth)
    estimate = gv.Mixture([0.5, 0.5], np.array([[14.0], [3.0]]), np.ones((2, 1, 1)))
    trace = gv.Trace(data, [gv.Snapshot(0, estimate, -8.0, np.ones(2))], "converged")

    assert said("{mean_error[1]}", [gv.Run(trace)]) == "3.5"


def test_shared_points_are_those_of_no_component(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=3)
    count = (trace[-1].mixture.responsibilities(old_faithful.points).max(axis=1) < 0.9).sum()
    hard = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=3, algorithm="hard_em")

    assert count > 10
    assert said("{shared[1]} and {shared[2]}", [gv.Run(trace), gv.Run(hard)]) == f"{count} and 0"


def test_animation_speaks_of_its_runs(old_faithful):
    runs = [gv.Run(gv.fit(old_faithful, gv.RandomPoints(seed=s), n_components=2), f"seed {s}") for s in (1, 2)]
    film = gv.Animation(runs, captions=gv.Captions(end="The end: seed 2 took {iterations[seed 2]} steps"))

    assert film.frames(film.moments[-1])[0].caption == f"seed 2 took {len(runs[1].trace) - 1} steps"
