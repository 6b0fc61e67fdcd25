from dataclasses import replace

import numpy as np
import pytest
from clock import every_moment, moments_of

import gmmviz as gv
from gmmviz.film.story import alt_text, steps
from gmmviz.storyboard.stops import Stops
from gmmviz.storyboard.vocabulary import Words


def test_story_is_that_of_the_trace(trace):
    """Every number is looked up in the trace."""
    first, last = trace.log_likelihoods[[0, -1]] / 272
    mixture = trace[-1].mixture

    assert alt_text([gv.Run(trace)]) == (
        "EM fits two Gaussians to 272 points of Old Faithful (eruption (min), waiting (min)): five iterations, average "
        f"log-likelihood from −{-first:.3f} to −{-last:.3f}, then the film stops. "
        + " ".join(
            f"Component {k + 1} ends at ({mixture.means[k, 0]:.3g}, {mixture.means[k, 1]:.3g}) with weight "
            f"{mixture.weights[k]:.2f}."
            for k in (0, 1)
        )
    )


def test_story_of_several_runs_names_them(old_faithful):
    runs = [
        gv.Run(gv.fit(old_faithful, n_components=k, max_iter=1), name) for name, k in (("one", 1), ("many", 7))
    ]
    story = alt_text(runs)

    assert story.startswith("one: EM fits one Gaussian to 272 points")
    assert " many: EM fits seven Gaussians to 272 points" in story
    assert story.count("one iteration, ") == 2
    assert story.count("Component") == 1  # seven places would be a list, not a story


def test_story_says_what_went_wrong():
    points = np.vstack([np.random.default_rng(0).standard_normal((50, 2)), [[30.0, 30.0]]])
    start = gv.Mixture([0.9, 0.1], [[0, 0], [30, 30]], [np.eye(2), np.eye(2)])
    story = alt_text([gv.Run(gv.fit(points, start, reg_covar=0))])

    assert "then a component collapses; component 2 " in story


@pytest.mark.parametrize(("algorithm", "name"), [("em", "EM"), ("hard_em", "Hard EM"), ("kmeans", "k-means")])
def test_story_names_the_algorithm(old_faithful, algorithm, name):
    trace = gv.fit(old_faithful, n_components=2, algorithm=algorithm, max_iter=2)

    assert alt_text([gv.Run(trace)]).startswith(f"{name} fits two Gaussians")


def names(trace, stops=None):
    every = every_moment(trace) if stops is None else moments_of(stops)
    return [(step.name, step.chapter) for step in steps(every, trace)]


def test_steps_are_named_by_iteration_and_phase(trace):
    assert names(trace)[:4] == [
        ("00_start", "Start"),
        ("01_e", "Iteration 1"),
        ("01_m", "Iteration 1"),
        ("02_e", "Iteration 2"),
    ]


def test_iterations_in_fast_motion_are_one_chapter(trace):
    assert names(trace, Stops((1, 4), frozenset(), 5))[3:] == [
        ("03_fast", "Iterations 2 to 3"),
        ("04_e", "Iteration 4"),
        ("04_m", "Iteration 4"),
        ("05_fast", "Iteration 5"),
        ("end", "End"),
    ]


def test_steps_know_their_phase_and_iteration(trace):
    found = steps(moments_of(Stops((1, 5), frozenset(), 5), gv.Pace(epilogue=1)), trace)

    assert [(step.name, step.phase, step.iteration) for step in found] == [
        ("00_start", "start", 0),
        ("01_e", "e", 1),
        ("01_m", "m", 1),
        ("04_fast", "fast", 4),
        ("05_e", "e", 5),
        ("05_m", "m", 5),
        ("end", "end", 5),
        ("epilogue", "end", 5),
    ]
    assert [step.chapter for step in found[-2:]] == ["End", "Epilogue"]


def test_names_of_steps_sort_as_they_follow(old_faithful):
    trace = gv.fit(old_faithful, n_components=4, max_iter=120, tol=0)
    found = [name for name, _ in names(trace)]

    assert found == sorted(found)
    assert found[1] == "001_e"


def test_a_step_ends_where_the_next_begins(trace):
    pace = gv.Pace(e_step=0.31)
    found = steps(moments_of(Stops((1, 2, 5), frozenset(), 5), pace), trace)

    assert [step.begins for step in found[1:]] == pytest.approx([step.ends for step in found[:-1]])
    assert found[0].begins == 0


def test_small_numbers_are_words_and_large_ones_digits(old_faithful):
    ten, eleven = (gv.fit(old_faithful, n_components=10, max_iter=n, tol=0) for n in (10, 11))

    assert alt_text([gv.Run(ten)]).startswith("EM fits ten Gaussians")
    assert ": ten iterations, " in alt_text([gv.Run(ten)])
    assert ": 11 iterations, " in alt_text([gv.Run(eleven)])


def test_only_as_many_components_are_described_as_one_remembers(old_faithful):
    six, seven = (gv.Run(gv.fit(old_faithful, n_components=k, max_iter=1)) for k in (6, 7))

    assert alt_text([six]).count("Component ") == 6
    assert "Component " not in alt_text([seven])
    assert alt_text([six, six]).count("Component ") == 12
    assert "Component " not in alt_text([six, six, six])


@pytest.mark.parametrize(
    ("rise", "numbers"),
    [
        (20.0, "−30.000 to −10.000"),
        (1.0, "−11.000 to −10.000"),
        (0.5, "−10.500 to −10.000"),
        (0.01, "−10.0100 to −10.0000"),
        (0.002, "−10.0020 to −10.0000"),
        (0.00001, "−10.000010 to −10.000000"),
        (0.0, "−10.000000 to −10.000000"),
    ],
)
def test_log_likelihoods_have_the_digits_in_which_they_differ(trace, rise, numbers):
    """Two digits more than the first in which they differ, from three to six."""
    n_points = len(trace.data.points)
    first = replace(trace[0], log_likelihood=n_points * (-10 - rise))
    last = replace(trace[1], log_likelihood=n_points * -10.0)

    assert f"average log-likelihood from {numbers}, " in alt_text(
        [gv.Run(replace(trace, snapshots=(first, last)))]
    )


def test_places_of_a_thousand_and_more_have_commas_and_no_fractions():
    means = [[1000.0, 999.4], [-1000.4, -0.01234]]
    start = gv.Mixture([0.25, 0.75], means, [np.eye(2), np.eye(2)])
    trace = gv.fit(np.array([[1000.0, 999.0], [-1000.0, 0.0], [1.0, 2.0]]), start, max_iter=0)

    assert alt_text([gv.Run(trace, "a")]).split(". ")[-1].endswith("with weight 0.75.")
    assert "Component 1 ends at (1,000, 999) with weight 0.25. " in alt_text([gv.Run(trace)])
    assert "Component 2 ends at (−1,000, −0.0123) with weight 0.75." in alt_text([gv.Run(trace)])
    assert "no iterations, " in alt_text([gv.Run(trace)])


@pytest.mark.parametrize(
    ("mean", "told"), [(999.4, "999"), (999.6, "1,000"), (-999.6, "−1,000"), (0.0123, "0.0123")]
)
def test_means_are_told_in_plain_numbers(mean, told):
    """Three digits that count, but no power of ten, however a number is rounded."""
    start = gv.Given(weights=[1.0], means=[[mean]], covariances=[[[1.0]]])

    assert f"ends at ({told}) with" in alt_text([gv.Run(gv.fit([[mean - 1], [mean + 1]], start))])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "There is a prior on the parameters. Points with a known label: 3. Points with missing values: 2. Component",
        ),
        (
            "de",
            "Für die Parameter gibt es eine A-priori-Verteilung. Punkte mit bekannter Klasse: 3. Punkte mit fehlenden "
            "Werten: 2. Komponente",
        ),
        (
            "es",
            "Los parámetros tienen una distribución a priori. Puntos de clase conocida: 3. Puntos a los que falta "
            "algún valor: 2. El componente",
        ),
        (
            "fr",
            "Les paramètres ont une loi a priori. Points de classe connue\u00a0: 3. Points avec des valeurs "
            "manquantes\u00a0: 2. La composante",
        ),
        ("zh", "参数有先验分布。 类别已知的点：3。 有缺失值的点：2。 分量"),
    ],
)
def test_story_tells_of_prior_labels_and_gaps(language, said):
    points = [[0.0, 1], [1, np.nan], [2, 0], [7, 8], [np.nan, 7], [8, 9]]
    labels = [0, 0, -1, 1, -1, -1]
    trace = gv.fit(points, n_components=2, prior=True, labels=labels, missing="marginalize", max_iter=2)

    assert said in alt_text([gv.Run(trace)], Words(language))


def test_story_is_silent_of_what_there_is_not(trace):
    bare = replace(trace, data=replace(trace.data, known=np.full(trace.n_points, -1)))

    assert alt_text([gv.Run(bare)]) == alt_text([gv.Run(trace)])
