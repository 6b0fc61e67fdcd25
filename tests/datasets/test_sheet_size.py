"""The size of a spreadsheet before it is read."""

import io
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


def test_size_at_the_limit_passes(saved, monkeypatch):
    with zipfile.ZipFile(saved) as parts:
        size = sum(part.file_size for part in parts.infolist())
    monkeypatch.setattr(sheet_size, "CELLS", 6)
    monkeypatch.setattr(sheet_size, "UNPACKED", size)
    check_size(saved)

    monkeypatch.setattr(sheet_size, "UNPACKED", size - 1)
    assert complaint(saved) == f"unpacks to {size:,} bytes, too many: save the sheet as CSV"


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"BA", 53), (b"XFD", 16_384)]
)
def test_columns_are_counted_by_letters(letters, number):
    assert sheet_size._number(letters) == number


@pytest.mark.parametrize("at_once", range(20, 40))
def test_cell_on_the_border_of_two_readings_is_seen(monkeypatch, at_once):
    monkeypatch.setattr(sheet_size, "AT_ONCE", at_once)
    part = io.BytesIO(b'<row><c r="A2"></c><c s="1" r="C12"></c><c r="B1"></c></row>')

    assert sheet_size._extent_in_xlsx(part) == (12, 3)


NAMES = 'xmlns:table="urn:t" xmlns:office="urn:o"'
FULL = '<table:table-cell office:value-type="float"/>'


@pytest.mark.parametrize(
    ("sheets", "rows", "columns"),
    [
        ([], 0, 0),
        ([[FULL]], 1, 1),
        ([["", f"<table:table-cell/>{FULL}"]], 2, 2),
        ([[FULL + FULL, FULL]], 2, 2),
        ([[FULL, FULL, FULL], [FULL + FULL]], 3, 2),  # each sheet is counted from its own beginning
        ([[f"<table:covered-table-cell/>{FULL}"]], 1, 2),
        ([[f'<table:table-cell table:number-columns-repeated="3"/>{FULL}<table:table-cell/>', ""]], 1, 4),
    ],
)
def test_rows_and_columns_of_open_document_are_counted_by_hand(sheets, rows, columns):
    tables = "".join(
        f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in sheet)}</table:table>"
        for sheet in sheets
    )

    assert sheet_size._extent_in_ods(io.BytesIO(f"<a {NAMES}>{tables}</a>".encode())) == (rows, columns)


def test_repeated_rows_count_up_to_the_last_that_holds_something():
    def extent(*rows):
        marked = "".join(
            f'<table:table-row table:number-rows-repeated="{n}">{cell}</table:table-row>' for n, cell in rows
        )
        return sheet_size._extent_in_ods(
            io.BytesIO(f"<a {NAMES}><table:table>{marked}</table:table></a>".encode())
        )

    assert extent((5, "<table:table-cell/>"), (4, FULL), (7, "<table:table-cell/>")) == (9, 1)
