"""Points that are left out because values are missing."""

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets.missing import without_empty, without_gaps

NAN = np.nan


def test_points_without_gaps_are_left_as_they_are():
    data = gv.Dataset([[1.0, 2], [3, 4]], missing="marginalize")

    assert without_gaps(data) is data


def test_what_belongs_to_a_point_goes_with_it():
    data = gv.Dataset(
        [[1.0, 2], [NAN, 3], [4, 5]],
        missing="marginalize",
        labels=["a", "b", "c"],
        weights=[1, 2, 3],
        known=[0, -1, 1],
        shape=(1, 3),
    )
    with pytest.warns(gv.GmmvizWarning, match="^the data: 1 of 3 points left out because values are missing$"):
        left = without_gaps(data)

    assert left.points.tolist() == [[1, 2], [4, 5]]
    assert (left.labels.tolist(), left.weights.tolist(), left.known.tolist()) == (["a", "c"], [1, 3], [0, 1])
    assert (left.pixels.tolist(), left.missing, left.incomplete) == ([0, 2], "refuse", False)


def test_points_that_only_stand_in_for_missing_ones_go_too():
    data = gv.Dataset([[1.0], [2.0]], gaps=[[True], [False]])
    with pytest.warns(gv.GmmvizWarning, match="1 of 2"):
        assert without_gaps(data).points.tolist() == [[2.0]]


def test_data_of_which_nothing_is_left_is_refused():
    data = gv.Dataset([[1.0, NAN], [NAN, 3]], missing="marginalize", name="holes")
    with pytest.raises(gv.InputError) as caught:
        without_gaps(data)

    assert str(caught.value) == "every point of holes has a missing value: write missing='marginalize'"
    assert caught.value.place == ("missing",)


def test_points_without_any_value_are_left_out_with_a_note():
    points = [[1.0, 2], [NAN, NAN], [NAN, 3], [NAN, NAN]]
    data = gv.Dataset(points, missing="marginalize", weights=[1, 2, 3, 4])
    with pytest.warns(gv.GmmvizWarning) as said:
        left = without_empty(data)

    assert [str(each.message) for each in said] == [
        "the data: 2 of 4 points left out because no value is there: rows 1, 3, counted from 0"
    ]
    assert (len(left.points), left.weights.tolist(), left.missing) == (2, [1, 3], "marginalize")
    assert without_empty(left) is left


def test_rows_of_a_note_are_few_and_gaps_go_with_their_points():
    gaps = [[True, True]] * 6 + [[False, True]]
    with pytest.warns(gv.GmmvizWarning) as said:
        left = without_empty(gv.Dataset(np.ones((7, 2)), gaps=gaps))

    assert str(said[0].message) == (
        "the data: 6 of 7 points left out because no value is there: rows 0, 1, 2, 3 and 2 more, counted from 0"
    )
    assert left.gaps.tolist() == [[False, True]]


def test_point_without_a_value_stays_if_its_component_is_known():
    data = gv.Dataset([[1.0], [NAN], [NAN]], missing="marginalize", known=[-1, 0, -1])
    with pytest.warns(gv.GmmvizWarning, match=": row 2, counted from 0$"):
        assert without_empty(data).known.tolist() == [-1, 0]
