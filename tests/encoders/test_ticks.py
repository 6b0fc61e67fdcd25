import pytest
from numpy.testing import assert_allclose

from gmmviz.encoders.ticks import Stand, ticked


@pytest.mark.parametrize("fps", [10, 24, 30, 50, 60, 120])
def test_no_delay_is_under_two_ticks_and_none_is_lost(fps):
    durations = [1 / fps] * 200
    schedule = ticked(durations, 100, 2)

    begins = [stand.begins for stand in schedule]
    ends = [stand.ends for stand in schedule]
    assert begins[0] == 0
    assert begins[1:] == ends[:-1]
    assert ends[-1] == round(100 * sum(durations))
    assert min(end - begin for begin, end in zip(begins, ends, strict=True)) >= 2
    assert schedule[-1].image == 199  # the film ends on its last image


def test_single_short_image_stands_the_shortest_time():
    assert ticked([0.001], 100, 2) == [Stand(0, 0, 2)]


def test_rounding_does_not_add_up():
    schedule = ticked([1 / 30] * 300, 100)

    assert_allclose([stand.ends for stand in schedule], [100 * (i + 1) / 30 for i in range(300)], atol=0.5)


def test_image_that_stands_too_long_is_kept_several_times():
    assert ticked([0.1, 2.0, 0.1], 100, longest=90) == [
        Stand(0, 0, 10),
        Stand(1, 10, 76),
        Stand(1, 76, 143),
        Stand(1, 143, 210),
        Stand(2, 210, 220),
    ]
