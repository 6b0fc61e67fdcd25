import os
import stat

import pytest

from gmmviz import files
from gmmviz.errors import RenderError
from gmmviz.files import replacing, unfinished

fcntl = pytest.importorskip("fcntl")


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "film.steps.zip"
    path.write_text("old")
    return path


def left_behind(target):
    """What a process that was killed leaves."""
    path = target.with_name(".film.steps.0123abcd.part.zip")
    path.write_text("half")
    return path


def test_file_is_put_in_place_when_it_is_done(target):
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.parent == target.parent
        assert temporary.suffix == ".zip"

    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["film.steps.zip"]


def test_failure_leaves_what_was_there(target):
    def write():
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()

    assert target.read_text() == "old"
    assert os.listdir(target.parent) == ["film.steps.zip"]


def test_file_that_cannot_be_written_is_one_sentence(target):
    with pytest.raises(RenderError) as missing, replacing(target.parent / "none" / "film.gif"):
        pass
    with pytest.raises(RenderError) as failed, replacing(target):
        raise OSError("the disk is full")

    assert str(missing.value) == f"{target.parent}/none/film.gif was not written: No such file or directory"
    assert str(failed.value) == f"{target} was not written: the disk is full"


def test_file_may_be_read_by_those_whom_the_user_lets(target):
    before = os.umask(0o022)
    try:
        with replacing(target) as temporary:
            temporary.write_text("new")
    finally:
        os.umask(before)

    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_what_a_killed_process_left_is_taken_away(target):
    left = left_behind(target)
    others = [target.with_name(name) for name in (".film.steps.0123abcd.part.gif", ".film.0123abcd.part.zip", "x")]
    for path in others:
        path.touch()

    with unfinished(target):
        assert not left.exists()

    assert all(path.exists() for path in others)


def test_file_that_another_is_writing_stays(target):
    with unfinished(target) as (first, _), unfinished(target) as (second, _):
        assert first != second
        assert first.exists()
        assert second.exists()

    assert os.listdir(target.parent) == ["film.steps.zip"]


def test_unfinished_file_is_empty_locked_and_gone_afterwards(target):
    with unfinished(target) as (temporary, descriptor):
        assert temporary.stat().st_size == 0
        assert os.fstat(descriptor).st_ino == temporary.stat().st_ino
        other = os.open(temporary, os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)

    assert not temporary.exists()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_file_taken_away_before_it_was_locked_is_made_again(target, monkeypatch):
    taken = []
    lock = fcntl.flock

    def slow(descriptor, how):
        if not taken:
            (path,) = target.parent.glob(".*.part.zip")
            path.unlink()
            taken.append((path, descriptor))
        lock(descriptor, how)

    monkeypatch.setattr(files.fcntl, "flock", slow)
    with unfinished(target) as (temporary, _):
        assert temporary.exists()
        assert temporary != taken[0][0]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(taken[0][1])


def test_disk_without_locks_is_written_to(target, monkeypatch):
    def refuse(descriptor, how):
        raise OSError("no locks here")

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    left = left_behind(target)

    with replacing(target) as temporary:
        temporary.write_text("new")

    assert target.read_text() == "new"
    assert left.exists()


def test_system_without_locks_is_written_to(target, monkeypatch):
    monkeypatch.setattr(files, "fcntl", None)
    left = left_behind(target)

    with replacing(target) as temporary:
        temporary.write_text("new")

    assert target.read_text() == "new"
    assert not left.exists()
