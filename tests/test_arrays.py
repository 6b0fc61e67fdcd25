import numpy as np
import pandas as pd
import polars as pl
import pytest

from gmmviz import arrays
from gmmviz.arrays import column_names, frozen, numbers, points_matrix, texts_or_numbers
from gmmviz.errors import InputError


def complaint(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    return str(caught.value)


def test_frozen_array_is_a_copy_that_nobody_can_write_to():
    given = np.arange(6, dtype=np.int32).reshape(2, 3).T
    copy = frozen(given)
    given[0, 0] = 7

    assert copy.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert copy.dtype == np.float64
    assert copy.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        copy[0, 0] = 1


def test_frozen_array_does_not_follow_an_array_of_the_right_type():
    given = np.zeros(2)
    copy = frozen(given)
    given[0] = 1

    assert copy[0] == 0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_point_is_taken_as_it_is(dtype):
    given = np.ones((2, 2), dtype)

    assert numbers("x", given) is given


@pytest.mark.parametrize("given", [[1, 2], [True, False], np.uint8([1, 2]), [1, 2.5], np.longdouble([1, 2])])
def test_other_numbers_become_double_precision(given):
    array = numbers("x", given)

    assert array.dtype == np.float64
    assert array.tolist() == [float(value) for value in given]


def test_objects_that_are_numbers_become_double_precision():
    assert numbers("x", np.array([1, 2.5], dtype=object)).dtype == np.float64


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([[1, 2], [3]], "rows of unequal length"),
        (["a", "b"], "['a', 'b']"),
        (np.array(["a", "b"]), "an array of <U1"),
        (np.ones(2, complex), "an array of complex128"),
        ([1j], "[1j]"),
        (["a" * 60], f"['{'a' * 60}']"),
        (["a" * 100], f"['{'a' * 37}...{'a' * 35}..."),
        (np.array([None, "a"], dtype=object), "an array of object"),
        ({}, "{}"),
    ],
)
def test_what_is_no_array_of_numbers_is_shown(given, shown):
    assert complaint(numbers, "means", given) == f"means must be numbers, not {shown}"


def test_place_of_what_is_no_number_is_its_name():
    with pytest.raises(InputError) as caught:
        numbers("means", "x")

    assert caught.value.place == ("means",)


def test_one_dimension_is_one_feature():
    assert points_matrix([1, 2, 3]).tolist() == [[1], [2], [3]]


def test_matrix_is_not_copied():
    given = np.ones((3, 2))

    assert points_matrix(given) is given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 2, 2)), "the data must have shape (points, features), not (2, 2, 2)"),
        (3, "the data must have shape (points, features), not ()"),
        (np.zeros((0, 2)), "the data is empty: 0 points with 2 features"),
        (np.zeros((3, 0)), "the data is empty: 3 points with 0 features"),
        ([["a", "b"]], "the data must be numbers, not [['a', 'b']]"),
        (
            [[1, 2], [3, np.nan]],
            "row 1, column 1 of the data holds NaN; EM needs finite numbers: leave those rows out or fill them in",
        ),
        (
            [[np.inf, 2], [3, 4], [np.nan, np.nan]],
            "row 0, column 0 of the data holds inf; 1 more row does too; EM needs finite numbers: leave those rows "
            "out or fill them in",
        ),
        (
            [[1, 2], [3, -np.inf], [np.nan, 1], [1, np.nan]],
            "row 1, column 1 of the data holds -inf; 2 more rows do too; EM needs finite numbers: leave those rows "
            "out or fill them in",
        ),
    ],
)
def test_faulty_matrix_is_refused(given, message):
    assert complaint(points_matrix, given) == message


def test_faulty_column_is_named():
    message = complaint(points_matrix, [[1, np.nan]], ("length", "width"))

    assert message.startswith("row 0, column 1 (width) of the data holds NaN; ")


@pytest.mark.parametrize("row", [0, 4, 5, 9])
def test_every_block_of_rows_is_looked_at(monkeypatch, row):
    monkeypatch.setattr(arrays, "AT_ONCE", 5)
    points = np.zeros((10, 2))
    points[row, 1] = np.nan

    assert complaint(points_matrix, points).startswith(f"row {row}, column 1 of the data holds NaN")


def test_column_of_words_in_a_data_frame_is_named():
    frame = pd.DataFrame({"length": [1.0, 2.0], "species": [3, "setosa"]})

    assert complaint(points_matrix, frame) == (
        "row 1 of column 'species' holds 'setosa'; EM needs numbers: leave that row or column out, such as with "
        "X.drop(columns='species')"
    )


MASKED = np.ma.masked_equal([[1.0, 2.0], [3.0, -9999.0]], -9999)
HIDDEN = (
    "means: values are masked, and what a mask hides is not used: leave out the rows, as by "
    "X[~numpy.ma.getmaskarray(X).any(axis=1)], or fill them in"
)


@pytest.mark.parametrize("given", [MASKED, list(MASKED), [[MASKED[0], MASKED[1]]], MASKED[1]])
def test_what_a_mask_hides_is_not_used(given):
    assert complaint(numbers, "means", given) == HIDDEN


def test_mask_that_hides_nothing_is_no_fault():
    assert numbers("means", np.ma.masked_equal([[1.0, 2.0]], 7)).tolist() == [[1, 2]]


def test_single_masked_values_in_a_list_are_refused():
    with pytest.warns(UserWarning, match="masked element to nan"):
        assert complaint(points_matrix, [[1.0, 2.0], [3.0, np.ma.masked]]).startswith(
            "row 1, column 1 of the data"
        )


def test_more_features_than_covariances_fit_into_memory_are_refused():
    assert points_matrix(np.zeros((2, 1000))).shape == (2, 1000)
    assert complaint(points_matrix, np.zeros((2, 1001))) == (
        "the data has 1,001 features, and the limit is 1,000: choose some or find fewer, such as principal "
        "components"
    )


def test_missing_value_of_pandas_is_named():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1.0, 2.0]})

    assert complaint(points_matrix, frame).startswith("row 1 of column 'a' holds <NA>; ")


FRAMES = [
    pd.DataFrame(
        {
            "a": pd.array([1, 2], dtype="Int64"),
            "b": pd.array([True, False], dtype="boolean"),
            "c": pd.Categorical([5, 7]),
        }
    ),
    pl.DataFrame({"a": [1, 2], "b": [True, False], "c": pl.Series([5, 7], dtype=pl.Decimal(4, 1))}),
    pl.LazyFrame({"a": [1, 2], "b": [True, False], "c": [5.0, 7.0]}),
]


@pytest.mark.parametrize("frame", FRAMES, ids=["pandas", "polars", "lazy"])
def test_every_kind_of_column_that_holds_numbers_is_read(frame):
    assert points_matrix(frame).tolist() == [[1, 1, 5], [2, 0, 7]]


@pytest.mark.parametrize("day", [pd.Timestamp("2020-01-02"), pd.Timedelta(days=1)])
@pytest.mark.parametrize("library", [pd, pl])
def test_dates_are_no_numbers(library, day):
    frame = library.DataFrame(
        {"x": [1.5], "day": [day.to_pytimedelta() if isinstance(day, pd.Timedelta) else day]}
    )

    assert complaint(points_matrix, frame).startswith("row 0 of column 'day' holds ")


def test_column_of_words_in_polars_is_named():
    frame = pl.DataFrame({"length": [1.0, 2.0], "species": ["3", "setosa"]})

    assert complaint(points_matrix, frame).endswith("out, such as with X.drop('species')")


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", 2020]), ("a", "2020")),
        (pd.DataFrame([[1, 2]], columns=[1940, 1950]), ("1940", "1950")),
        (pd.DataFrame([[1, 2]]), ()),
        (
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("wing", 1), ("wing", 2)])),
            ("wing 1", "wing 2"),
        ),
        (pd.Series([1, 2], name="length"), ("length",)),
        (pd.Series([1, 2]), ()),
        (pl.Series("length", [1, 2]), ("length",)),
        (pl.Series([1, 2]), ()),
        (np.ones((1, 2)), ()),
    ],
)
def test_columns_are_named_by_their_table(table, names):
    assert column_names(table) == names


@pytest.mark.parametrize(
    ("labels", "taken"),
    [
        (pd.Series(["a", None]), ["a", ""]),
        (pd.Categorical(["a", "b"]), ["a", "b"]),
        (pd.Series(["a", None], dtype="string"), ["a", ""]),
        (pd.Series([1, 2], dtype="Int64"), [1, 2]),
        (pl.Series(["a", "b"], dtype=pl.Categorical), ["a", "b"]),
        (pl.Series([1, 2]), [1, 2]),
        (np.array(["a", 1], dtype=object), ["a", "1"]),
        (np.array(["a", "b"], dtype=np.dtypes.StringDType()), ["a", "b"]),
        ([True, False], [True, False]),
    ],
)
def test_labels_become_an_array_without_objects(labels, taken):
    array = texts_or_numbers("labels", labels)

    assert array.tolist() == taken
    assert array.dtype.kind in "biU"


@pytest.mark.parametrize(
    ("labels", "shown"), [([[1], [2, 3]], "[[1], [2, 3]]"), ([["a", "b"], ["c"]], "[['a', 'b'], ['c']]")]
)
def test_labels_of_unequal_length_are_refused(labels, shown):
    assert complaint(texts_or_numbers, "labels", labels) == f"labels must be one per point, not {shown}"


def test_missing_labels_in_a_list_of_texts_are_no_texts():
    assert texts_or_numbers("labels", ["a", float("nan"), None]).tolist() == ["a", "", ""]


def test_missing_labels_are_empty_texts():
    labels = np.array([None, pd.NA, pd.NaT, float("nan"), 1.5, "a"], dtype=object)

    assert texts_or_numbers("labels", labels).tolist() == ["", "", "", "", "1.5", "a"]


def test_labels_are_a_copy():
    given = np.array([1, 2])
    texts_or_numbers("labels", given)[0] = 7

    assert given.tolist() == [1, 2]


def test_features_that_are_whole_numbers_out_of_range_are_no_numbers():
    assert complaint(numbers, "means", [10**400]).startswith("means must be numbers, not ")
