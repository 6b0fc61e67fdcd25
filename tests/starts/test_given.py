import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.mixture.covariance import FAMILIES


def test_given_start_decides_the_number_of_components(old_faithful):
    start = gv.Given(means=[[2, 50], [4, 80]], covariances=[[[1, 0], [0, 50]]] * 2)

    assert gv.fit(old_faithful, start).n_components == 2
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, n_components=3)
    assert str(caught.value) == "the start gives 2 means for 3 components"


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_means_alone_begin_with_the_covariance_of_the_data(old_faithful, covariance_type):
    means = [[2, 50], [4, 80]]

    start = gv.fit(old_faithful, gv.Given(means=means), covariance_type=covariance_type, max_iter=0)[0]

    whole = np.cov(old_faithful.points.T, bias=True)
    expected = {
        "full": whole,
        "tied": whole,
        "diag": np.diag(np.diag(whole)),
        "spherical": np.eye(2) * np.trace(whole) / 2,
    }[covariance_type]
    assert start.mixture.weights.tolist() == [0.5, 0.5]
    assert start.mixture.means.tolist() == means
    assert_allclose(start.mixture.covariances, [expected] * 2, rtol=1e-12)
    message = "the start gives means alone: the weights are equal, the covariances the data's"
    assert [(event.kind, event.message) for event in start.events] == [("completed", message)]


def test_means_and_weights_begin_with_the_covariance_of_the_data(old_faithful):
    start = gv.fit(old_faithful, gv.Given(means=[[2, 50], [4, 80]], weights=[0.25, 0.75]), max_iter=0)[0]

    assert start.mixture.weights.tolist() == [0.25, 0.75]
    assert_allclose(start.mixture.covariances[1], np.cov(old_faithful.points.T, bias=True))
    assert [event.message for event in start.events] == ["the start gives no covariances: they are the data's"]


def test_start_that_is_given_whole_says_nothing(old_faithful):
    start = gv.Given(means=[[2, 50], [4, 80]], covariances=[[[1, 0.5], [0.5, 50]]] * 2)

    snapshot = gv.fit(old_faithful, start, covariance_type="diag", max_iter=0)[0]

    assert snapshot.events == ()
    assert snapshot.mixture.covariances[0].tolist() == [[1, 0.5], [0.5, 50]]


def test_scene_may_give_means_alone(write_scene):
    path = write_scene(
        """
        [data]
        dataset = "old_faithful"
        [model]
        components = 2
        [model.start]
        kind = "given"
        means = [[2, 50], [4, 80]]
        """
    )

    (trace,) = gv.load_scene(path).traces

    assert trace[0].mixture.means.tolist() == [[2, 50], [4, 80]]
    assert trace[0].events[0].kind == "completed"


ONES = [[[1, 0], [0, 1]]] * 2


@pytest.mark.parametrize(
    ("settings", "message", "place"),
    [
        (
            {"means": [[1], [2]]},
            "means must have 2 coordinates each, like Old Faithful, not 1",
            ("start", "means"),
        ),
        (
            {"means": [[1, 2, 3], [2, 3, 4]], "covariances": ONES},
            "means must have 2 coordinates each, like Old Faithful, not 3",
            ("start", "means"),
        ),
        (
            {"means": [[1, 2], [2]]},
            "means must be numbers, not rows of unequal length",
            ("start", "means"),
        ),
        (
            {"means": [[1, 2], [2, 3]], "weights": [0.2, 0.3, 0.5]},
            "weights must have shape (2,) to match means, not (3,)",
            ("start", "weights"),
        ),
        (
            {"means": [[1, 2], [2, 3]], "weights": []},
            "weights must have shape (2,) to match means, not (0,)",
            ("start", "weights"),
        ),
        (
            {"means": [[1, 2], [2, 3]], "weights": [0.2, 0.3]},
            "weights must sum to 1, not 0.5: divide each by the sum",
            ("start", "weights"),
        ),
        (
            {"means": [[1, 2], [2, 3]], "covariances": [[[1, 0], [0, 1]]]},
            "covariances must have shape (2, 2, 2) to match means, not (1, 2, 2)",
            ("start", "covariances"),
        ),
    ],
)
def test_numbers_that_do_not_go_together_are_told(old_faithful, settings, message, place):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, gv.Given(**settings))

    assert str(caught.value) == message
    assert caught.value.place == place
