import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gmmviz as gv
from gmmviz.fitting.estimator_input import check_names, feature_names, inverted, is_int


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


HEAD = "The feature names should match those that were passed during fit.\n"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "b", "c"], "Feature names unseen at fit time:\n- c\n"),
        (["a"], "Feature names seen at fit time, yet now missing:\n- b\n"),
        (
            ["d", "a", "c"],
            "Feature names unseen at fit time:\n- c\n- d\nFeature names seen at fit time, yet now missing:\n- b\n",
        ),
        (["b", "a"], "Feature names must be in the same order as they were in fit.\n"),
    ],
)
def test_other_names_than_those_of_the_fit_are_told_as_scikit_learn_does(names, message):
    with pytest.raises(gv.InputError) as caught:
        check_names(np.array(["a", "b"], dtype=object), names)

    assert str(caught.value) == HEAD + message


def test_same_names_or_none_are_no_fault():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_names(np.array(["a", "b"], dtype=object), ["a", "b"])
        check_names(None, None)


def test_names_are_texts_or_none():
    assert feature_names(pd.DataFrame([[1, 2]], columns=["a", "b"])) == ["a", "b"]
    assert feature_names(pd.DataFrame([[1, 2]])) is None
    assert feature_names(np.ones((1, 2))) is None
    with pytest.raises(TypeError) as caught:
        feature_names(pd.DataFrame([[1, 2]], columns=["a", 1]))
    assert str(caught.value) == (
        "Feature names are only supported if all input features have string names, not ['int', 'str']"
    )


@pytest.mark.parametrize(
    ("kind", "given", "covariances"),
    [
        ("full", [[[4, 0], [0, 1]], [[1, 0], [0, 0.25]]], [[[0.25, 0], [0, 1]], [[1, 0], [0, 4]]]),
        ("tied", [[4, 0], [0, 1]], [[[0.25, 0], [0, 1]]] * 2),
        ("diag", [[4, 1], [1, 0.25]], [[[0.25, 0], [0, 1]], [[1, 0], [0, 4]]]),
        ("spherical", [4, 0.25], [[[0.25, 0], [0, 0.25]], [[4, 0], [0, 4]]]),
    ],
)
def test_precisions_are_inverted_by_hand(kind, given, covariances):
    assert inverted(given, kind, (2, 2)).tolist() == covariances


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("spherical", [1, 0], "precisions_init[1] must be greater than 0, not 0.0"),
        ("diag", [[1, 1], [1, -1]], "precisions_init[1] must be greater than 0, not [1.0, -1.0]"),
        (
            "tied",
            [[1, 0], [0, 0]],
            "precisions_init must be symmetric and positive definite, not [[1.0, 0.0], [0.0, 0.0]]",
        ),
        (
            "full",
            [[[1, 0.5], [0.4, 1]], [[1, 0], [0, 1]]],
            "precisions_init[0] must be symmetric and positive definite, not [[1.0, 0.5], [0.4, 1.0]]",
        ),
        ("tied", [1, 2], "precisions_init must have shape (2, 2) for covariance_type='tied', not (2,)"),
    ],
)
def test_precisions_of_no_covariance_are_refused(kind, given, message):
    with pytest.raises(gv.InputError) as caught:
        inverted(given, kind, (2, 2))

    assert str(caught.value) == message


def test_whole_number_is_pythons_or_numpys_and_no_truth_value():
    assert [is_int(value) for value in (3, np.int8(3), True, np.True_, 3.0, "3")] == [True, True] + [False] * 4
