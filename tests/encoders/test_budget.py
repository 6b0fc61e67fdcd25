"""What a file that must be small gives up."""

import pytest
from film_files import blocks, film_of, shots

import gmmviz as gv
from gmmviz.encoders.base import Contents
from gmmviz.encoders.budget import Choice, choices, write_within

SIZES = {(2, 256): 1000, (6, 256): 800, (10, 256): 600, (10, 128): 400, (10, 64): 200}


class Writer:
    """Makes files of known sizes, by the shortest time that an image is shown and the number of colors."""

    n_colors = 256

    def __init__(self):
        self.attempts = []

    def write_once(self, path, film, shots, shortest, n_colors):
        size = SIZES[shortest, n_colors]
        self.attempts.append(size)
        path.write_bytes(bytes(size))
        return Contents(film.size, len(list(shots)), film.length)


def written(tmp_path, max_bytes):
    """The size of the file, what its note says, and the sizes that were tried."""
    writer, images, path = Writer(), blocks(4), tmp_path / "film.gif"
    film = film_of(images, [0.04] * 4)
    made = write_within(max_bytes, writer, path, film, shots(images, [0.04] * 4))
    assert made.n_frames == 4
    return path.stat().st_size, made.note, writer.attempts


@pytest.mark.parametrize(
    ("max_bytes", "size", "note"),
    [
        (999, 800, "12.5 frames a second, 256 colors, 64x48 pixels, to take at most 999 bytes"),
        (800, 800, "12.5 frames a second, 256 colors, 64x48 pixels, to take at most 800 bytes"),
        (799, 600, "8.33 frames a second, 256 colors, 64x48 pixels, to take at most 799 bytes"),
        (599, 400, "8.33 frames a second, 128 colors, 64x48 pixels, to take at most 599 bytes"),
        (399, 200, "8.33 frames a second, 64 colors, 64x48 pixels, to take at most 399 bytes"),
        (200, 200, "8.33 frames a second, 64 colors, 64x48 pixels, to take at most 200 bytes"),
    ],
)
def test_best_film_that_fits_is_written(tmp_path, max_bytes, size, note):
    found = written(tmp_path, max_bytes)

    assert found[:2] == (size, note)
    assert len(found[2]) <= 5


@pytest.mark.parametrize(
    ("choice", "lost"),
    [
        (Choice(3, 256, (640, 360)), None),
        (Choice(3, 128, (640, 360)), "128 of 256 colors"),
        (Choice(3, 256, (544, 306)), "544x306 of 640x360 pixels"),
        (Choice(3, 64, (544, 306)), "64 of 256 colors and 544x306 of 640x360 pixels"),
    ],
)
def test_loss_of_colors_and_pixels_is_told(choice, lost):
    """Not that of frames a second, which the note names."""
    rest = "raise it, shorten the film, or give the file a size of its own, such as size = [480, 270]"
    expected = f"max_bytes = 1,000,000 leaves {lost}: {rest}" if lost else ""

    assert choice.loss(Choice(1, 256, (640, 360)), 1_000_000) == expected


def test_film_that_fits_is_written_once(tmp_path):
    assert written(tmp_path, 1000) == (1000, "", [1000])


def test_film_that_cannot_fit_is_refused(tmp_path):
    with pytest.raises(gv.RenderError, match=r"^200 bytes are the fewest that the film takes, with 8\.33 frames"):
        written(tmp_path, 199)


@pytest.mark.parametrize(
    ("fps", "rates"),
    [(25, [1, 2, 3]), (60, [1, 2, 3, 4, 5, 6, 8]), (14, [1, 2]), (13, [1]), (112, [1, 2, 3, 4, 5, 6, 8, 12, 16])],
)
def test_frame_rate_is_given_up_as_long_as_movement_is_seen(fps, rates):
    """Down to seven images a second."""
    found = choices(film_of(blocks(2), [0.1] * 2, fps=fps), 256)

    assert [choice.every for choice in found] == [*rates, rates[-1], rates[-1]]


def test_few_colors_are_not_made_more():
    found = choices(film_of(blocks(2), [0.1] * 2, fps=10), 100)

    assert [choice.n_colors for choice in found] == [100, 64]


def test_size_shrinks_by_fifteen_percent_each_way_down_to_160_pixels():
    found = choices(film_of(blocks(2, (300, 100)), [0.1] * 2, fps=10), 64)

    assert [choice.size for choice in found] == [(300, 100), (255, 85), (217, 72), (184, 61)]


@pytest.mark.parametrize(
    ("fps", "every", "shortest"),
    [(25, 1, 2), (25, 2, 6), (25, 3, 10), (60, 2, 2), (60, 3, 4), (50, 1, 2), (10, 1, 2)],
)
def test_images_are_left_out_by_the_time_that_each_must_be_shown(fps, every, shortest):
    """Three of 25 a second stand for 12 ticks, two for 8: with a limit of 10, two of three are left out."""
    assert Choice(every, 256, (64, 48)).shortest(film_of(blocks(2), [0.1] * 2, fps=fps)) == shortest
