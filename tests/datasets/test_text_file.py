"""Encodings and packed files."""

import gzip

import pytest

from gmmviz.datasets import text_file
from gmmviz.datasets.text_file import read_text
from gmmviz.errors import GmmvizWarning, InputError

TEXT = "Länge\t5\n"


def complaint(*arguments):
    with pytest.raises(InputError) as caught:
        read_text(*arguments)
    return str(caught.value), caught.value.place


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_of_unicode_are_recognized(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))

    assert read_text(tmp_path / "a.txt") == TEXT


def test_other_text_is_read_as_windows_writes_it_in_the_west_and_that_is_said(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("cp1252"))

    with pytest.warns(GmmvizWarning) as said:
        assert read_text(path) == TEXT
    assert [str(warning.message) for warning in said] == [
        f"{path} is not in UTF-8 and is read as cp1252; write encoding = ... if letters are wrong"
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1250", "utf-16-le", "UTF-8"])
def test_encoding_may_be_given(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(("\ufeff" * (encoding == "UTF-8") + TEXT).encode(encoding))

    assert read_text(tmp_path / "a.txt", encoding) == TEXT


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_ends_of_lines_are_those_of_any_system(tmp_path, ends):
    (tmp_path / "a.txt").write_bytes(f"1{ends}2{ends}".encode())

    assert read_text(tmp_path / "a.txt") == "1\n2\n"


def test_file_packed_by_gzip_is_unpacked(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT.encode()))

    assert read_text(tmp_path / "a.csv.gz") == TEXT


def test_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "UNPACKED", 1000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"1" * 1001))

    assert complaint(path) == (f"{path} unpacks to more than 1,000 bytes: unpack it first, with gunzip", ("path",))


@pytest.mark.parametrize(
    ("content", "encoding", "message", "place"),
    [
        (b"\0\1\2", None, "{path} is not a text file", "path"),
        (b"\xff\xfe1", None, "{path} is not a text file", "path"),
        (
            b"PK\3\4...",
            None,
            '{path} is a table of Excel or the like, not a text file: write dataset = "table"',
            "path",
        ),
        (b"\x1f\x8b\x08broken", None, "{path} cannot be unpacked: ", "path"),
        (b"\xe4", "utf-8", "{path} is not written in utf-8", "encoding"),
        (
            b"1",
            "utf-9",
            "there is no text encoding 'utf-9'; usual ones are 'utf-8', 'cp1252', 'latin-1' and 'utf-16'",
            "encoding",
        ),
        (
            b"1",
            "rot13",
            "there is no text encoding 'rot13'; usual ones are 'utf-8', 'cp1252', 'latin-1' and 'utf-16'",
            "encoding",
        ),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, encoding, message, place):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    said, where = complaint(path, encoding)

    assert said.startswith(message.format(path=path))
    assert where == (place,)


def test_path_must_be_that_of_a_file(tmp_path):
    assert complaint(tmp_path)[0] == f"{tmp_path} is a folder: name the file in it"
    assert complaint(tmp_path / "none.csv")[0] == f"there is no file {tmp_path}/none.csv"
    assert complaint(tmp_path / "a\0b")[0].endswith("is not the path of a file")
    assert complaint(tmp_path / ("a" * 300))[0].endswith("cannot be read: File name too long")
    assert complaint(text_file.Path("/dev/zero"))[0] == "/dev/zero is a pipe or device: copy it to a file"


def test_packed_file_may_unpack_to_as_much_as_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "UNPACKED", 1000)
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"1" * 1000))

    assert read_text(tmp_path / "a.gz") == "1" * 1000
