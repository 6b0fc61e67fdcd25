from pathlib import Path

import av
import pytest
from film_files import blocks, film_of

import gmmviz as gv
from gmmviz.encoders import Encoder, SavedFile, write_safely
from gmmviz.encoders.base import Contents


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (((800, 450), 125, 12.0, 528_400), "film.x  800x450, 12.00 s, 125 frames, 528 kB"),
        (((800, 450), 1, 0.0, 1000), "film.x  800x450, 1 picture, 1 kB"),
        (((800, 450), 26, 0.0, 1_000_000), "film.x  800x450, 26 pictures, 1.00 MB"),
        (((0, 0), 12, 12.0, 999), "film.x  999 bytes"),
        (((0, 0), 12, 0.0, 999_400, "chosen"), "film.x  999 kB; chosen"),
    ],
)
def test_file_is_described_in_a_line(facts, said):
    assert str(SavedFile(Path("film.x"), *facts)) == said


class Clock(Encoder):
    """Says what it wrote, and reads something else back."""

    tick = 0.01

    def __init__(self, found):
        self.found = found

    def write(self, path, film, shots):
        path.write_bytes(b"new")
        return Contents((64, 48), 2, film.length, "a note")

    def read_back(self, path):
        return self.found


def write(tmp_path, found):
    return write_safely(tmp_path / "film.x", film_of(blocks(2), [0.5, 0.5]), (), Clock(found))


@pytest.mark.parametrize("seconds", [0.9899991, 0.99, 1.0, 1.01, 1.0100009])
def test_file_may_be_a_tick_longer_or_shorter_than_the_film(tmp_path, seconds):
    saved = write(tmp_path, Contents((64, 48), 2, seconds))

    assert saved == SavedFile(tmp_path / "film.x", (64, 48), 2, seconds, 3, "a note")
    assert saved.path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (Contents((64, 48), 2, 1.0101), "it came out 1.010 s long, not 1.000 s"),
        (Contents((64, 48), 2, 0.9899), "it came out 0.990 s long, not 1.000 s"),
        (Contents((64, 48), 2, 1.0100011), "it came out 1.010 s long, not 1.000 s"),
        (Contents((64, 48), 2, 0.9899989), "it came out 0.990 s long, not 1.000 s"),
        (Contents((64, 48), 1, 1.0), "it came out with 1 images, not 2"),
        (Contents((64, 49), 2, 1.0), "it came out 64x49, not 64x48 pixels"),
    ],
)
def test_file_that_is_not_what_was_asked_for_is_not_put_in_place(tmp_path, found, message):
    with pytest.raises(gv.RenderError) as caught:
        write(tmp_path, found)

    assert str(caught.value) == f"{tmp_path}/film.x was not written: {message}"
    assert list(tmp_path.iterdir()) == []


def test_difference_of_a_tick_and_a_millionth_of_a_second_is_none(tmp_path):
    class Still(Clock):
        def length_of(self, film):
            return 0.0

    film = film_of(blocks(2), [0.5, 0.5])
    saved = write_safely(tmp_path / "film.x", film, (), Still(Contents((64, 48), 2, 0.01 + 1e-6)))

    assert saved.seconds == 0.01 + 1e-6


class Words(Encoder):
    """Writes what is no film, and reads it back as if it were one."""

    def write(self, path, film, shots):
        path.write_text("words")
        return Contents()


class Sounds(Words):
    """Has a way of its own to read it back."""

    def read_back(self, path):
        with av.open(path):
            raise AssertionError


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (Words, "it is no film, so Words needs a read_back of its own, to say what the file holds"),
        (Sounds, "Invalid data found when processing input"),
    ],
)
def test_file_that_cannot_be_read_back_is_one_sentence(tmp_path, encoder, message):
    with pytest.raises(gv.RenderError) as caught:
        write_safely(tmp_path / "film.x", film_of(blocks(2), [0.5, 0.5]), (), encoder())

    assert str(caught.value) == f"{tmp_path}/film.x was not written: {message}"
    assert list(tmp_path.iterdir()) == []
