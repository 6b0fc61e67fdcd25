import io

import pytest

from gmmviz.encoders import insertion


@pytest.mark.parametrize("place", [0, 1, 4, 9, 10])
@pytest.mark.parametrize("piece", [1, 3, 10, 1000])
@pytest.mark.parametrize("block", [b"", b"x", b"-long block-"])
def test_block_stands_at_its_place_and_nothing_else_changes(monkeypatch, place, piece, block):
    monkeypatch.setattr(insertion, "PIECE", piece)
    file = io.BytesIO(b"0123456789")

    insertion.insert(file, place, block)

    assert file.getvalue() == b"0123456789"[:place] + block + b"0123456789"[place:]
