import pytest
from film_files import blocks, shots
from numpy.testing import assert_allclose

from gmmviz.encoders.ticks import Stand, standing, ticked


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


@pytest.mark.parametrize("fps", [10, 25, 50])
def test_film_of_up_to_fifty_images_a_second_keeps_every_image(fps):
    """A GIF's shortest delay is two hundredths of a second."""
    each = 100 // fps

    assert ticked([1 / fps] * 5, 100, 2) == [Stand(i, each * i, each * (i + 1)) for i in range(5)]


def test_film_of_sixty_images_a_second_gives_up_those_that_would_stand_for_one_tick():
    """Images end at 1.7, 3.3, 5, 6.7, 8.3 and 10 ticks: at 2, 3, 5, 7, 8 and 10."""
    assert ticked([1 / 60] * 6, 100, 2) == [Stand(0, 0, 2), Stand(2, 2, 5), Stand(3, 5, 7), Stand(5, 7, 10)]


def test_last_image_takes_the_place_of_one_that_is_not_the_last():
    assert ticked([1 / 60] * 5, 100, 2) == [Stand(0, 0, 2), Stand(2, 2, 5), Stand(4, 5, 8)]


def test_image_as_long_as_the_longest_is_not_divided():
    assert ticked([0.9, 0.91], 100, longest=90) == [Stand(0, 0, 90), Stand(1, 90, 135), Stand(1, 135, 181)]


def test_images_of_a_schedule_come_as_often_as_it_names_them():
    schedule = [Stand(0, 0, 5), Stand(2, 5, 9), Stand(2, 9, 13), Stand(3, 13, 20)]
    given = shots(blocks(5, (20, 12)), [0.1] * 5)

    found = list(standing(schedule, given))

    assert [stand for stand, _ in found] == schedule
    assert [image is given[i].image for (_, image), i in zip(found, (0, 2, 2, 3), strict=True)] == [True] * 4


def test_image_may_stand_for_one_tick_where_nothing_else_is_said():
    assert ticked([0.01, 0.02, 0.01], 100) == [Stand(0, 0, 1), Stand(1, 1, 3), Stand(2, 3, 4)]


def test_schedule_of_no_images_yields_none():
    given = shots(blocks(2, (20, 12)), [0.1, 0.1])

    assert list(standing([], given)) == []
    assert [stand.image for stand, _ in standing([Stand(0, 0, 5)], given)] == [0]
