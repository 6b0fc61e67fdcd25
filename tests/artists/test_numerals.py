import pytest

from gmmviz.artists.numerals import decimals_for, power_of_ten, steady, whole_digits, written


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (9_999_999, 0, "9999999"),
        (1e7, 0, "1 × 10⁷"),
        (-1e7, 0, "−1 × 10⁷"),
        (1e7, 1, "10000000.0"),
        (-0.04, 1, "0.0"),
        (-0.06, 1, "−0.1"),
        (-1e300, 3, "−1 × 10³⁰⁰"),
    ],
)
def test_number_is_written_whole_where_that_can_be_read(value, decimals, text):
    assert written(value, decimals) == text


@pytest.mark.parametrize(
    ("size", "n", "decimals"), [(1.0, 3, 3), (0.2, 3, 4), (2.4, 3, 3), (10_000, 3, 0), (0, 3, 6), (0.078, 0, 2)]
)
def test_decimals_show_so_many_digits_behind_the_first(size, n, decimals):
    assert decimals_for(size, n) == decimals


def test_powers_are_raised():
    assert [power_of_ten(power) for power in (-3, 0, 12)] == ["10⁻³", "10⁰", "10¹²"]


def test_numbers_larger_than_the_usual_give_decimals_away():
    said = [steady(value, 4, -4.1554) for value in (-0.5, -4.1554, -76.49, -7649.4053, -1e5, -1e11)]

    assert said == ["−0.5000", "−4.1554", "−76.490", "−7649.4", "−100000", "−1 × 10¹¹"]
    assert steady(0.25, 2, 389.0) == "0.25"


def test_digits_before_the_point_are_counted():
    assert [whole_digits(value) for value in (0, -0.5, 9.99, -10, 1e11)] == [1, 1, 1, 2, 12]
