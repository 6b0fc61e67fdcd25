import pytest

import gmmviz as gv


def test_points_are_those_that_stand_there():
    data = gv.load_dataset(
        "points", points=[[1, 2.5], [3, 4]], features=["a", "b (m)"], name="mine", weights=[1, 2]
    )

    assert data.points.tolist() == [[1, 2.5], [3, 4]]
    assert data.feature_names == ("a", "b (m)")
    assert data.weights.tolist() == [1, 2]
    assert data.name == "mine"


def test_points_of_other_lengths_are_refused():
    with pytest.raises(gv.InputError, match=r"^point 1 has 1 coordinate, the first one has 2$") as error:
        gv.load_dataset("points", points=[[1, 2], [3]])
    assert error.value.place == ("points", 1)


def test_one_weight_belongs_to_each_point():
    with pytest.raises(gv.InputError, match=r"^1 weight for 2 points: give one each$"):
        gv.load_dataset("points", points=[[1], [3]], weights=[1])
