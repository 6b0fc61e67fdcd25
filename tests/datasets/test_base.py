"""`Dataset`, and data sets by name."""

import numpy as np
import pandas as pd
import pytest

import gmmviz as gv
from gmmviz.datasets import as_dataset


def complaint(call, *arguments, **options):
    with pytest.raises(gv.InputError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_features_are_named_by_the_user_or_the_columns_or_by_number():
    frame = pd.DataFrame({"length": [1.0, 2.0], "width": [3.0, 5.0]})

    assert gv.Dataset(frame).feature_names == ("length", "width")
    assert gv.Dataset(frame, ("a", "b")).feature_names == ("a", "b")
    assert gv.Dataset(pd.DataFrame([[1.0, 2.0]])).feature_names == ("x1", "x2")
    assert gv.Dataset([1, 2]).feature_names == ("x1",)


def test_points_cannot_be_written_to_but_the_users_own_array_can():
    mine = np.zeros((3, 2))
    data = gv.Dataset(mine)

    with pytest.raises(ValueError, match="read-only"):
        data.points[0, 0] = 1
    mine[0, 0] = 1
    assert data.points[0, 0] == 1  # not a copy


def test_labels_and_others_are_copies_that_cannot_be_written_to():
    labels, others = np.array(["a", "b"]), np.ones((3, 2))
    data = gv.Dataset([[1, 2], [3, 4]], labels=labels, others=others)
    labels[0], others[0, 0] = "c", 7

    assert data.labels.tolist() == ["a", "b"]
    assert data.others.tolist() == [[1, 1]] * 3
    for array in (data.labels, data.others):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_nothing_is_known_of_points_alone():
    data = gv.Dataset([[1, 2]])

    assert (data.name, data.labels, data.truth, data.others, data.shape) == ("the data", None, None, None, None)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"feature_names": ("a",)}, "1 feature name for 2 features: ['a']"),
        ({"feature_names": ("a", "b", "c")}, "3 feature names for 2 features: ['a', 'b', 'c']"),
        ({"labels": [1, 2, 3]}, "labels must have shape (2,), not (3,)"),
        ({"labels": [[1], [2]]}, "labels must have shape (2,), not (2, 1)"),
        ({"others": [[1, 2, 3]]}, "others must have 2 features, like the points, not 3"),
        ({"others": []}, "others: the data is empty: 0 points with 1 features"),
    ],
)
def test_what_does_not_match_the_points_is_refused(more, message):
    assert complaint(gv.Dataset, [[1, 2], [3, 4]], **more) == message


def test_representation_says_what_the_data_are():
    assert repr(gv.Dataset([[1.5]], ("length (cm)",), "frogs")) == (
        "<Dataset frogs: 1 point, 1 feature ['length (cm)']>"
    )


def test_data_set_is_taken_as_it_is_and_an_array_is_wrapped():
    data = gv.Dataset([[1, 2]])

    assert as_dataset(data) is data
    assert as_dataset([[1, 2]]).points.tolist() == [[1, 2]]


def test_unknown_data_set_is_named():
    assert complaint(gv.load_dataset, "faithful") == "unknown data set 'faithful'; did you mean 'old_faithful'?"


def test_unknown_option_of_a_data_set_is_named():
    assert complaint(gv.load_dataset, "moons", points=3) == "Moons: points: unknown key; did you mean 'n_points'?"


def test_file_is_told_from_a_data_set():
    assert complaint(gv.load_dataset, "mine.csv") == (
        "'mine.csv' is a file, not a data set: write load_dataset('csv', path='mine.csv')"
    )
    assert complaint(gv.load_dataset, "mine.xlsx").startswith("unknown data set 'mine.xlsx'; known: ")
