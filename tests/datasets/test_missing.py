"""Points that are left out because values are missing."""

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets.missing import without_gaps

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
