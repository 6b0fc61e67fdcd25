import pytest

import gmmviz as gv
from gmmviz.datasets.fingerprint import PIECE, PLACES, check_reference, file_reference, fingerprint
from gmmviz.datasets.references import ToldFile


def test_fingerprint_sees_size_beginning_middle_and_end(tmp_path):
    content = bytes(range(256)) * 4000
    path = tmp_path / "x"

    def of(changed):
        path.write_bytes(changed)
        return fingerprint(path)

    same = of(content)
    assert of(content) == same
    last = len(content) - PIECE
    places = {0, len(content) - 1, last * 7 // (PLACES - 1) + 5}
    for place in places:
        other = bytes([content[place] ^ 1])
        assert of(content[:place] + other + content[place + 1 :]) != same
    assert of(content + b"x") != same


def test_fingerprint_of_a_small_file_sees_every_byte(tmp_path):
    path = tmp_path / "x"
    found = set()
    for place in range(0, 200, 7):
        content = bytearray(200)
        content[place] = 1
        path.write_bytes(content)
        found.add(fingerprint(path))
    assert len(found) == len(range(0, 200, 7))


def test_fingerprint_of_a_folder_sees_names_and_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "0").write_text("x")
    first = fingerprint(tmp_path)
    (tmp_path / "a" / "0").rename(tmp_path / "a" / "1")
    second = fingerprint(tmp_path)
    (tmp_path / "a" / "1").write_text("y")
    assert len({first, second, fingerprint(tmp_path)}) == 3


def test_other_file_is_noticed(tmp_path):
    path = tmp_path / "x"
    path.write_text("points")
    told = ToldFile(**file_reference(str(path)))
    assert check_reference(told) == path.resolve()

    def refused():
        with pytest.raises(gv.InputError) as caught:
            check_reference(told)
        return str(caught.value)

    path.write_text("pointz")
    assert refused() == f"its points are in {path}, which holds other numbers now: it is another file"
    path.write_text("point")
    assert refused() == f"its points are in {path}, which had 6 bytes and has 5: it is another file"
    path.unlink()
    assert refused() == f"its points are in {path}, which is not there: put that file back"
