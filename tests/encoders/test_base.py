import os
from types import SimpleNamespace

import pytest

import gmmviz as gv
from gmmviz.encoders import Mp4Encoder
from gmmviz.encoders.base import ENCODERS, Encoder, encoder_for


@pytest.fixture
def animation(trace):
    return gv.Animation(trace, size=(64, 48), fps=10, pace=gv.Pace(length=5.0))


class Broken(Encoder):
    """Writes half a file, then fails."""

    tick = 0.01

    def write(self, path, film):
        for n, _ in enumerate(film):
            path.write_bytes(b"half")
            if n == 3:
                raise OSError(28, "No space left on device")


class Short(Mp4Encoder):
    """Loses the second half of the film."""

    def write(self, path, film):
        shots = list(film)
        half = SimpleNamespace(size=film.size, fps=film.fps, title="", background=film.background)
        half_film = type("Half", (SimpleNamespace,), {"__iter__": lambda self: iter(shots[: len(shots) // 2])})
        super().write(path, half_film(**vars(half)))


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setitem(ENCODERS._members, "gif", Broken)


def test_failure_leaves_the_old_file_and_nothing_else(animation, tmp_path, broken):
    target = tmp_path / "film.gif"
    target.write_bytes(b"the old film")

    with pytest.raises(gv.RenderError) as caught:
        animation.save(target)

    assert str(caught.value) == f"{target} was not written: No space left on device"
    assert target.read_bytes() == b"the old film"
    assert os.listdir(tmp_path) == ["film.gif"]


def test_one_broken_file_does_not_cost_the_others(animation, tmp_path, broken):
    with pytest.raises(gv.RenderError):
        animation.save(tmp_path / "film.gif", tmp_path / "film.mp4")

    assert os.listdir(tmp_path) == ["film.mp4"]


def test_film_of_the_wrong_length_is_not_put_in_place(animation, tmp_path, monkeypatch):
    monkeypatch.setitem(ENCODERS._members, "mp4", Short)

    with pytest.raises(gv.RenderError, match=r"film.mp4 came out [0-9.]+ s long, not 5.000 s"):
        animation.save(tmp_path / "film.mp4")

    assert os.listdir(tmp_path) == []


def test_interrupted_rendering_leaves_nothing(animation, tmp_path):
    def interrupt(done, total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animation.save(tmp_path / "film.gif", tmp_path / "film.mp4", progress=interrupt)

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "film.mpeg4",
            "no film can be written to that file: 'film.mpeg4' ends in '.mpeg4'; did you mean 'mp4'?",
        ),
        (
            "film.doc",
            "no film can be written to that file: 'film.doc' ends in '.doc'; known: 'gif' and 'mp4'",
        ),
        ("film", "no film can be written to that file: 'film' has no suffix; known: 'gif' and 'mp4'"),
    ],
)
def test_unknown_suffix_is_refused_before_rendering(animation, tmp_path, name, message):
    with pytest.raises(gv.InputError) as caught:
        animation.save(tmp_path / name)

    assert str(caught.value) == message


def test_missing_folder_is_refused_before_rendering(animation, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        animation.save(tmp_path / "nowhere" / "film.gif")

    assert str(caught.value) == f"there is no folder {tmp_path}/nowhere to write film.gif into: make it first"


def test_suffix_may_be_in_capitals(tmp_path):
    assert isinstance(encoder_for(tmp_path / "FILM.GIF"), ENCODERS["gif"])
