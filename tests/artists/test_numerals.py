import pytest

from gmmviz.artists.numerals import decimals_for, power_of_ten, written


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
