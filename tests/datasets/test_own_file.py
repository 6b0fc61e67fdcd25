"""Files of the user's own, opened or refused."""

import os
import sys

import pytest

import gmmviz as gv
from gmmviz.datasets.own_file import opened


def test_file_is_opened_at_its_beginning(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"pixels")

    with opened(tmp_path / "photo.png", "image") as file:
        assert file.read() == b"pixels"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no image {path}; did you mean 'foto.png'?"),
        (lambda path: path.mkdir(), "{path} is a folder: name the image in it"),
        pytest.param(
            lambda path: os.mkfifo(path),
            "{path} is a pipe or device: copy it to a file",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders"),
        ),
    ],
)
def test_what_is_no_file_is_refused(tmp_path, make, message):
    (tmp_path / "foto.png").touch()
    make(tmp_path / "photo.png")

    with pytest.raises(gv.InputError) as caught:
        opened(tmp_path / "photo.png", "image")

    assert str(caught.value) == message.format(path=tmp_path / "photo.png")


def test_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def forbid(*args):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "photo.png").touch()
    monkeypatch.setattr("pathlib.Path.open", forbid)

    with pytest.raises(gv.InputError) as caught:
        opened(tmp_path / "photo.png", "image")

    assert str(caught.value) == f"{tmp_path}/photo.png cannot be read: Permission denied"


def test_path_with_a_zero_byte_is_no_path(tmp_path):
    with pytest.raises(gv.InputError) as caught:
        opened(tmp_path / "photo\0", "image")

    assert str(caught.value) == f"'{tmp_path}/photo\\x00' is not the path of a file"
