"""The size of a spreadsheet before it is read."""

import zipfile
from xml.parsers import expat

import pandas as pd
import pytest

from gmmviz.datasets import sheet_size
from gmmviz.datasets.sheet_size import check_size
from gmmviz.errors import InputError

FRAME = pd.DataFrame({"x": [1.5, 2.5], "y": [3.5, 4.5]})
SIDE = "has a sheet of {} rows and {} columns, too many: save what is needed of it as CSV"


@pytest.fixture(params=["xlsx", "ods"])
def saved(request, tmp_path):
    path = tmp_path / f"a.{request.param}"
    FRAME.to_excel(path, index=False, engine="odf" if request.param == "ods" else "openpyxl")
    return path


def changed(path, part, old, new):
    """Replace what stands in one part of the file."""
    with zipfile.ZipFile(path) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    assert old in texts[part]
    with zipfile.ZipFile(path, "w") as parts:
        for name, text in texts.items():
            parts.writestr(name, text.replace(old, new, 1) if name == part else text)
    return path


def complaint(path):
    with pytest.raises(InputError) as caught:
        check_size(path)
    return str(caught.value).removeprefix(f"{path} ")


def test_usual_file_passes_and_one_that_is_larger_does_not(saved, monkeypatch):
    check_size(saved)
    monkeypatch.setattr(sheet_size, "CELLS", 5)
    assert complaint(saved) == SIDE.format(3, 2)
    monkeypatch.setattr(sheet_size, "UNPACKED", 500)
    assert complaint(saved).startswith("unpacks to ")


def test_cell_far_away_is_seen_in_excel(tmp_path):
    FRAME.to_excel(tmp_path / "a.xlsx", index=False)
    path = changed(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b'r="B3"', b'r="XFD1048576"')

    assert complaint(path) == SIDE.format("1,048,576", "16,384")


@pytest.mark.parametrize(
    ("old", "new", "rows", "columns"),
    [
        (b"<table:table-row>", b'<table:table-row table:number-rows-repeated="99999999">', "100,000,001", 2),
        (b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="99999999" ', 3, "100,000,000"),
    ],
)
def test_repeated_cells_are_counted_in_open_document(tmp_path, old, new, rows, columns):
    FRAME.to_excel(tmp_path / "a.ods", index=False, engine="odf")

    assert complaint(changed(tmp_path / "a.ods", "content.xml", old, new)) == SIDE.format(rows, columns)


def test_empty_cells_to_the_end_of_the_sheet_do_not_count(tmp_path):
    FRAME.to_excel(tmp_path / "a.ods", index=False, engine="odf")
    empty = b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'

    check_size(changed(tmp_path / "a.ods", "content.xml", b"</table:table>", empty))


def test_broken_xml_is_an_error_of_the_parser(tmp_path):
    FRAME.to_excel(tmp_path / "a.ods", index=False, engine="odf")

    with pytest.raises(expat.ExpatError):
        check_size(changed(tmp_path / "a.ods", "content.xml", b"</table:table>", b"</table:tab>"))
