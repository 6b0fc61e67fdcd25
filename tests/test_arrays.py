import numpy as np
import pytest

from gmmviz import arrays
from gmmviz.arrays import frozen, numbers, points_matrix
from gmmviz.errors import InputError

pd = pytest.importorskip("pandas")


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
        (["a" * 60], "list"),
        (["a" * 55], f"['{'a' * 55}']"),
        (["a" * 56], "list"),
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
