"""Points whose component is known: they keep it, and tell EM where the others belong."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import gmmviz as gv
from gmmviz.fitting.known import some_labels
from gmmviz.mixture.covariance import FAMILIES


def problem(width=1.0, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=120)
    centers = np.array([[0.0, 0], [3, 1], [-1, 4]])
    points = centers[labels] + width * rng.standard_normal((120, 2))
    known = np.where(rng.random(120) < 0.3, labels, -1)
    return points, labels, known, gv.Mixture([0.2, 0.3, 0.5], centers + 0.5, [2 * np.eye(2)] * 3)


def by_hand(points, known, mixture):
    """Responsibilities and log-likelihood, with scipy's densities."""
    joint = np.array(
        [
            np.log(w) + multivariate_normal(m, c).logpdf(points)
            for w, m, c in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
        ]
    )
    r = np.exp(joint - logsumexp(joint, axis=0)).T
    told = known >= 0
    r[told] = np.eye(len(joint))[known[told]]
    return r, logsumexp(joint[:, ~told], axis=0).sum() + joint[known[told], np.flatnonzero(told)].sum()


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_iteration_is_that_of_semi_supervised_em_by_hand(covariance_type, weighted):
    points, _, known, start = problem()
    times = np.random.default_rng(5).integers(0, 4, 120) if weighted else np.ones(120, int)
    trace = gv.fit(
        points,
        start,
        labels=known,
        covariance_type=covariance_type,
        sample_weight=times if weighted else None,
        max_iter=12,
        tol=0,
        reg_covar=0,
    )
    all_points, all_known = points.repeat(times, axis=0), known.repeat(times)

    for t, snapshot in enumerate(trace):
        r, log_likelihood = by_hand(all_points, all_known, snapshot.mixture)
        assert_allclose(snapshot.log_likelihood, log_likelihood, rtol=1e-11)
        assert_allclose(snapshot.counts, r.sum(axis=0), rtol=1e-10)
        assert_allclose(trace.responsibilities(t), by_hand(points, known, snapshot.mixture)[0], atol=1e-11)
        if t < 12:
            assert_allclose(trace[t + 1].mixture.means, r.T @ all_points / r.sum(axis=0)[:, None], rtol=1e-9)
            expected = gv.m_step(all_points, r, covariance_type).covariances
            assert_allclose(trace[t + 1].mixture.covariances, expected, rtol=1e-8, atol=1e-10)
    assert (np.diff(trace.log_likelihoods) > -1e-9).all()


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_points_that_are_all_known_are_fitted_in_closed_form_by_one_m_step(covariance_type):
    points, labels, _, start = problem()
    trace = gv.fit(points, start, labels=labels, covariance_type=covariance_type, reg_covar=0)
    closed = gv.m_step(points, np.eye(3)[labels], covariance_type)

    assert trace[-1].iteration == 2
    assert trace.converged
    assert_allclose(trace[1].mixture.means, closed.means, rtol=1e-12)
    assert_allclose(trace[1].mixture.covariances, closed.covariances, rtol=1e-11, atol=1e-12)
    assert_allclose(trace[1].mixture.weights, np.bincount(labels) / 120, rtol=1e-14)


def test_nothing_known_is_plain_em_to_the_bit():
    points, _, _, start = problem()
    plain = gv.fit(points, start, max_iter=9, tol=0)
    told = gv.fit(points, start, labels=np.full(120, -1), max_iter=9, tol=0)

    assert np.array_equal(plain.means, told.means)
    assert np.array_equal(plain.covariances, told.covariances)
    assert np.array_equal(plain.log_likelihoods, told.log_likelihoods)


@pytest.mark.parametrize("algorithm", ["em", "hard_em", "kmeans", "annealing"])
@pytest.mark.parametrize("width", [1.0, 1e-4], ids=["fast", "careful"])
def test_known_points_keep_their_component_whatever_the_algorithm(algorithm, width):
    points, labels, known, start = problem(width)
    known[:3] = (labels[:3] + 1) % 3  # wrong, and kept all the same
    narrow = gv.Mixture(start.weights, start.means, start.covariances * (0.1 + width))
    trace = gv.fit(points, narrow, algorithm=algorithm, labels=known, max_iter=6)
    told = known >= 0

    for t in range(len(trace)):
        assert np.array_equal(trace.responsibilities(t)[told], np.eye(3)[known[told]])
        assert np.array_equal(trace.labels(t)[told], known[told])
        assert_allclose(trace.responsibilities(t).sum(axis=0), trace[t].counts, rtol=1e-6)


def test_bound_touches_the_likelihood_and_never_exceeds_it():
    points, _, known, start = problem()
    steps = gv.half_steps(gv.fit(points, start, labels=known, max_iter=4, tol=0))

    assert_allclose([step.gap for step in steps if step.step == "e"], 0, atol=1e-9)
    assert all(step.gap > 0 for step in steps if step.step == "m")


@pytest.mark.parametrize("start", ["random_points", "kmeans"])
def test_start_is_numbered_as_suits_the_known_points(start):
    points, labels, _, _ = problem(width=0.3)
    known = np.full(120, -1)
    for k in range(3):
        known[np.flatnonzero(labels == k)[:3]] = k

    for seed in range(5):
        chosen = gv.KMeans(seed=seed) if start == "kmeans" else gv.RandomPoints(seed=seed)
        trace = gv.fit(points, chosen, n_components=3, labels=known)
        assert np.array_equal(trace.labels(-1), labels)


def test_given_start_keeps_its_numbers():
    points, _, known, start = problem()
    turned = gv.Mixture(start.weights, start.means[::-1], start.covariances)

    assert gv.fit(points, turned, labels=known, max_iter=0)[0].mixture is turned
    given = gv.Given(means=start.means[::-1].tolist())
    assert gv.fit(points, given, labels=known, max_iter=0)[0].mixture.means.tolist() == start.means[::-1].tolist()


def test_words_are_numbered_by_the_alphabet_and_empty_ones_are_not_known():
    words = ["b", "", "a", None, "c", "a"]
    trace = gv.fit([0.0, 1, 2, 3, 4, 5], n_components=3, labels=words, max_iter=1)

    assert trace.data.known.tolist() == [1, -1, 0, -1, 2, 0]


def test_component_of_known_points_has_a_weight_from_the_start():
    points = np.array([[0.0], [1.0], [5.0], [6.0]])

    class Weightless(gv.RandomPoints):
        def mixture(self, data, n_components):
            found = super().mixture(data, n_components)
            return gv.Mixture([1.0, 0.0], [[5.5], [0.5]], found.covariances)

    trace = gv.fit(points, Weightless(), n_components=2, labels=[0, -1, -1, -1], max_iter=3)
    assert_allclose(trace[0].mixture.weights, [0.2, 0.8])  # that of one point, beside the others
    assert trace[0].mixture.means.tolist() == [[0.5], [5.5]]
    given = gv.Mixture([0.0, 1.0], [[0.0], [5]], [[[1.0]], [[1.0]]])
    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, given, labels=[-1, 0, -1, -1])
    assert str(caught.value) == (
        "row 1 of the labels holds 0, but that component has the weight 0 in the start: give it another"
    )


def test_prior_may_not_let_a_component_of_known_points_die():
    points, _, known, start = problem()
    counts = np.bincount(known[known >= 0])
    least = counts.min()

    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, start, labels=known, prior=gv.Prior(weights=1.0 - least))
    assert str(caught.value) == (
        f"the prior's weights let a component die that has {least} points or fewer, but component "
        f"{counts.argmin() + 1} has {least} whose label is known: let weights be more than {1 - least}"
    )
    assert caught.value.place == ("prior", "weights")
    trace = gv.fit(points, start, labels=known, prior=gv.Prior(weights=1.5 - least), max_iter=30)
    assert (trace.weights > 0).all()
    with pytest.raises(gv.InputError, match=r"let weights be more than -1$"):
        gv.fit(points, start, labels=known, prior=gv.Prior(weights=-1), sample_weight=np.full(120, 2 / least))


def test_known_points_of_no_weight_are_drawn_where_they_belong():
    points, _, known, start = problem()
    weights = np.ones(120)
    weights[np.flatnonzero(known == 1)] = 0
    trace = gv.fit(points, start, labels=known, sample_weight=weights, fixed=["weights"], max_iter=5)
    dead = gv.Mixture([0.5, 0.0, 0.5], start.means, start.covariances)

    assert np.array_equal(trace.labels(-1)[known == 1], known[known == 1])
    ended = gv.fit(points, dead, labels=known, sample_weight=weights, fixed=["weights"], max_iter=2)
    assert np.array_equal(ended.responsibilities(-1)[known == 1], np.eye(3)[known[known == 1]])


def test_component_with_a_known_point_never_dies():
    start = gv.Mixture([0.5, 0.5], [[0.5], [1e3]], [[[1.0]], [[1.0]]])
    trace = gv.fit([0.0, 1.0, 2.0], start, labels=[-1, 1, -1], reg_covar=0.01, max_iter=5, tol=0)

    assert [event.kind for _, event in trace.events if event.kind == "dead"] == []
    assert trace[1].mixture.means[1].tolist() == [1.0]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "labels must have shape (4,), one for each point, not (2,)"),
        (
            [0, 1, 2, -1],
            "row 2 of the labels holds 2, but there are 2 components, counted from 0: fit more, or leave the label out",
        ),
        (
            [0, -2, 1, 0],
            "row 1 of the labels holds -2; labels are components, counted from 0, or -1 where they are not known",
        ),
        (
            [0, 0.5, 1, 0],
            "row 1 of the labels holds 0.5; labels are components, counted from 0, or -1 where they are not known",
        ),
        (
            [0, np.nan, 1, 0],
            "row 1 of the labels holds nan; labels are components, counted from 0, or -1 where they are not known",
        ),
        ([True, False, True, True], "labels must be whole numbers or words, not bool"),
        (
            ["a", "b", "c", ""],
            "the labels are of 3 classes ('a', 'b' and 'c'), but there are 2 components: fit one for each class, or "
            "leave labels out, such as 'c'",
        ),
    ],
)
def test_label_that_is_none_is_told_with_its_row(labels, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit([0.0, 1, 2, 3], n_components=2, labels=labels)

    assert str(caught.value) == message
    assert caught.value.place == ("labels",)


def test_labels_are_given_once_and_not_to_the_textbook():
    data = gv.Dataset([0.0, 1, 2, 3], known=[0, -1, -1, 1])
    assert gv.fit(data, n_components=2, max_iter=1).data.known.tolist() == [0, -1, -1, 1]

    with pytest.raises(gv.InputError, match="the data has known components of its own: leave out labels"):
        gv.fit(data, n_components=2, labels=[0, 1, 1, 0])
    with pytest.raises(gv.InputError, match=r"the data has known components, which gmmviz\.fit alone takes"):
        gv.e_step(data, gv.Mixture([1.0], [[0.0]], [[[1.0]]]))


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ([0], "known must have shape (2,), one for each point, not (1,)"),
        ([0, -2], "row 1 of what is known holds -2; expected a component, counted from 0, or -1"),
    ],
)
def test_data_say_what_cannot_be_known(known, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Dataset([0.0, 1.0], known=known)

    assert str(caught.value) == message


def test_some_labels_are_always_the_same_and_of_the_data():
    data = gv.load_dataset("iris")
    every, some = some_labels(data, "all", 3), some_labels(data, 20, 3)

    assert np.bincount(every).tolist() == [50, 50, 50]
    assert (some >= 0).sum() == 20
    assert np.array_equal(some, some_labels(data, 20, 3))
    assert np.array_equal(some[some >= 0], every[some >= 0])
    numbers = gv.Dataset([0.0, 1, 2], labels=[10, 9, 10])
    assert some_labels(numbers, "all", 2).tolist() == [1, 0, 1]
    gaps = gv.Dataset([0.0, 1, 2, 3, 4], labels=["b", "", "a", "NA", "none"])
    assert some_labels(gaps, "all", 3).tolist() == [1, -1, 0, -1, 2]


def test_scene_tells_some_labels(write_scene, small_scene):
    scene = small_scene.replace('"old_faithful"', '"iris"').replace("components = 2", "components = 3\nknown = 20")
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert (trace.data.known >= 0).sum() == 20
    for change, message in (
        (("known = 20", "known = 151"), "Iris has 150 labels, so 151 cannot be known"),
        (('"iris"', '"old_faithful"'), "Old Faithful has no labels that could be known: leave known out"),
    ):
        with pytest.raises(gv.InputError, match=rf"scene.toml:6:\d+: model.known: {message}"):
            gv.load_scene(write_scene(scene.replace(*change))).check()


def test_scene_takes_a_column_of_labels_with_empty_cells(write_scene, small_scene, tmp_path):
    rows = ["0,0,Chinstrap", "1,0,", "0,1,", "5,5,Adelie", "6,5,NA", "5,6,nan", "6,6,Adelie"]
    (tmp_path / "birds.csv").write_text("u,v,species\n" + "\n".join(rows) + "\n")
    scene = small_scene.replace('"old_faithful"', '"csv"\npath = "birds.csv"\nlabels = "species"').replace(
        "components = 2", 'components = 2\nknown = "all"'
    )
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert trace.data.known.tolist() == [1, -1, -1, 0, -1, -1, 0]  # by the alphabet
    assert trace.labels(-1).tolist() == [1, 1, 1, 0, 0, 0, 0]
    (tmp_path / "birds.csv").write_text("u,v,species\n" + "\n".join([*rows, "3,3,Gentoo"]) + "\n")
    message = (
        r"scene.toml:8:9: model.known: birds has labels of 3 classes \('Adelie', 'Chinstrap' and 'Gentoo'\), but there "
        "are 2 components: fit one for each class, or leave known out"
    )
    with pytest.raises(gv.InputError, match=message):
        gv.load_scene(write_scene(scene)).check()


def test_film_of_known_points_is_drawn(write_scene, small_scene, tmp_path):
    scene = small_scene.replace('"old_faithful"', '"iris"').replace("components = 2", "components = 3\nknown = 20")
    gv.load_scene(write_scene(scene)).animation().still(tmp_path / "x.png", at="M1")

    assert (tmp_path / "x.png").stat().st_size > 1000


def test_single_component_is_told_as_one():
    with pytest.raises(gv.InputError) as caught:
        gv.fit([0.0, 1, 2], n_components=1, labels=[0, 1, -1])

    assert str(caught.value) == (
        "row 1 of the labels holds 1, but there is 1 component, counted from 0: fit more, or leave the label out"
    )
    many = [f"class {n:02}" for n in range(12)]
    with pytest.raises(gv.InputError) as caught:
        gv.fit(np.arange(12.0), n_components=2, labels=many)

    assert str(caught.value) == (
        "the labels are of 12 classes, but there are 2 components: fit one for each class, or leave labels out, "
        "such as 'class 02'"
    )
