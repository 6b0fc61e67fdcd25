import numpy as np
import pandas as pd
import polars as pl
import pytest

import gmmviz as gv


def test_dataframe_names_are_kept_and_checked(old_faithful):
    frame = pd.DataFrame(old_faithful.points, columns=["eruptions", "waiting"])
    model = gv.GaussianMixture(2, random_state=0).fit(frame)

    assert model.feature_names_in_.tolist() == ["eruptions", "waiting"]
    assert model.trace_.data.feature_names == ("eruptions", "waiting")
    with pytest.raises(ValueError, match="Feature names must be in the same order as they were in fit"):
        model.predict(frame[["waiting", "eruptions"]])
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        model.predict(old_faithful.points)
    with pytest.warns(UserWarning, match="X has feature names, but GaussianMixture was fitted without"):
        gv.GaussianMixture(2, random_state=0).fit(old_faithful.points).predict(frame)


def test_column_that_holds_no_numbers_is_named():
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture(1).fit(pd.DataFrame({"width": [1.0, 2.0], "kind": ["a", "b"]}))

    assert str(caught.value).startswith("row 0 of column 'kind' holds 'a'; EM needs numbers: ")


SQUARE = [[0.0, 0.0], [1.0, 2.0], [3.0, 5.0]]
WRONG = {
    "a number": (5, "Expected 2D array, got scalar array instead: 5. Reshape your data"),
    "a list": (
        [1, 2, 3],
        "Expected 2D array, got 1D array instead. Reshape your data: X.reshape(-1, 1) if it has one feature, "
        "X.reshape(1, -1) if it is one point",
    ),
    "a cube": (np.zeros((2, 2, 2)), "Found array with dim 3. GaussianMixture expected <= 2."),
    "one point": (
        [[1.0, 2.0]],
        "Found array with 1 sample(s) (shape=(1, 2)) while a minimum of 2 is required.",
    ),
    "no features": (
        np.zeros((3, 0)),
        "Found array with 0 feature(s) (shape=(3, 0)) while a minimum of 1 is required.",
    ),
    "complex numbers": ([[1j, 2], [3, 4]], "Complex data not supported"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_points_are_answered_in_scikit_learns_words(case):
    X, message = WRONG[case]

    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture().fit(X)

    assert str(caught.value) == message


def test_one_point_can_be_predicted_and_another_number_of_features_cannot():
    model = gv.GaussianMixture(random_state=0).fit(SQUARE)

    assert model.predict([[0.0, 1.0]]).tolist() == [0]
    with pytest.raises(gv.InputError) as caught:
        model.predict([[0.0]])
    assert str(caught.value) == "X has 1 features, but GaussianMixture is expecting 2 features as input"


def test_hole_in_a_named_column_is_told_by_its_name():
    frame = pd.DataFrame({"width": [1.0, 2.0, 3.0], "depth": [1.0, np.nan, 2.0]})
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture(1).fit(frame)
    assert "depth" in str(caught.value)
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture(1).fit(frame.to_numpy())
    assert str(caught.value).startswith("row 1, column 1 ")


def test_lazy_table_of_polars_is_collected(old_faithful):
    lazy = pl.LazyFrame(old_faithful.points, schema=["eruptions", "waiting"])
    model = gv.GaussianMixture(2, random_state=0).fit(lazy)

    assert model.feature_names_in_.tolist() == ["eruptions", "waiting"]
    assert model.predict(lazy).shape == (272,)
