import os
import stat

import pytest

from gmmviz import files
from gmmviz.errors import InputError, RenderError
from gmmviz.files import check_place, replacing, unfinished

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
            taken.append(path)
        lock(descriptor, how)

    closed, close = [], os.close
    monkeypatch.setattr(files.fcntl, "flock", slow)
    monkeypatch.setattr(files.os, "close", lambda descriptor: (closed.append(descriptor), close(descriptor)))
    with unfinished(target) as (temporary, descriptor):
        assert len(closed) == 1
        assert os.fstat(descriptor).st_ino == temporary.stat().st_ino
        assert taken
    assert os.listdir(target.parent) == [target.name]


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


@pytest.mark.parametrize("there", [True, False])
def test_symbolic_link_is_written_through(target, there):
    (target.parent / "shelf").mkdir()
    real = target.parent / "shelf" / "real.zip"
    if there:
        real.write_text("old")
    target.unlink()
    target.symlink_to("shelf/real.zip")

    with replacing(target) as temporary:
        assert temporary.parent.name == "shelf"
        temporary.write_text("new")

    assert target.readlink().as_posix() == "shelf/real.zip"
    assert real.read_text() == "new"
    assert os.listdir(real.parent) == ["real.zip"]


def test_links_in_a_circle_are_one_sentence(target):
    target.unlink()
    target.symlink_to("other")
    (target.parent / "other").symlink_to(target.name)

    with pytest.raises(RenderError) as caught, replacing(target):
        pass

    assert str(caught.value) == f"{target} was not written: Too many levels of symbolic links"


def test_device_is_not_replaced_by_a_file(target):
    target.unlink()
    target.symlink_to("/dev/null")

    with pytest.raises(RenderError) as caught, replacing(target):
        pass

    assert str(caught.value) == f"{target} was not written: it is no file, but a device, a pipe or a folder"


NAMES = ["2025-01-31T10:30.gif", "50%d %s.gif", "-x.gif", ".gif", "Täst µ → 1.gif", "a\nb.gif", "x" * 251 + ".gif"]
NAMES += [os.fsdecode(b"caf\xe9.gif"), "ü" * 125 + "x.gif", "x." + "y" * 253]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_written_and_cleared_of_what_was_left(tmp_path, name):
    target = tmp_path / name
    with unfinished(target) as (temporary, _):
        assert len(os.fsencode(temporary.name)) <= 143  # the shortest limit there is, of encrypted folders
        left = temporary
    left.write_text("half")

    check_place(target, "film.gif")
    with replacing(target) as temporary:
        temporary.write_text("new")

    assert os.listdir(tmp_path) == [name]
    assert target.read_text() == "new"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 252 + ".gif", "x" * 252 + ".gif is too long for a file's name, 256 bytes: shorten it"),
        ("a\0.gif", "'{folder}/a\\x00.gif' cannot be the path of a file: it has a zero byte in it"),
        ("sub", "{folder}/sub is a folder: give a file in it, such as {folder}/sub/film.gif"),
        ("none/x.gif", "there is no folder {folder}/none to write x.gif into: make it first"),
        ("file/x.gif", "there is no folder {folder}/file to write x.gif into: make it first"),
    ],
)
def test_place_where_no_file_can_be_is_refused(tmp_path, name, message):
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(InputError) as caught:
        check_place(tmp_path / name, "film.gif")

    assert str(caught.value) == message.format(folder=tmp_path)


def test_place_that_may_not_be_looked_at_is_one_sentence(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.Path, "lstat", refuse)
    with pytest.raises(RenderError) as caught:
        check_place(tmp_path / "x.gif", "film.gif")

    assert str(caught.value) == f"{tmp_path}/x.gif cannot be written: Permission denied"


def test_disk_that_is_full_only_in_the_end_leaves_the_old_file(target, monkeypatch):
    def refuse(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(RenderError) as caught, replacing(target) as temporary:
        temporary.write_text("new")

    assert str(caught.value) == f"{target} was not written: No space left on device"
    assert target.read_text() == "old"
    assert os.listdir(target.parent) == [target.name]


@pytest.mark.parametrize(("suffix", "kept"), [("." + "y" * 15, True), ("." + "y" * 16, False)])
def test_suffix_of_sixteen_bytes_is_kept(tmp_path, suffix, kept):
    with unfinished(tmp_path / f"film{suffix}") as (temporary, _):
        assert temporary.suffix == (suffix if kept else ".part")


def test_name_is_kept_up_to_a_hundred_bytes(tmp_path):
    for letters, stem in (
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 100),
        ("ü" * 51, "ü" * 50),
        ("x" + "ü" * 60, "x" + "ü" * 49),
    ):
        with unfinished(tmp_path / f"{letters}.gif") as (temporary, _):
            assert temporary.name.split(".")[1] == stem
