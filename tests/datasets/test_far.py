"""Rows that stay where they are: arrays to those who take slices, and sentences to those who want too much."""

import pickle

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets import far
from gmmviz.datasets.far import FarRows, Faults, Joined, matching, settled

POINTS = np.arange(60.0).reshape(20, 3)


class Kept(FarRows):
    """Rows that say what is read of them."""

    def __init__(self, points, name="kept"):
        self.points, self.shape, self.name, self.reads = points, points.shape, name, []

    def read(self, begin, end):
        self.reads.append((begin, end))
        return self.points[begin:end]

    def place(self, row):
        return f"{self.name}, row {row} (from 0)"


@pytest.fixture(params=["whole", "part", "joined"])
def rows(request):
    if request.param == "whole":
        return Kept(POINTS)
    if request.param == "part":
        return Kept(np.concatenate([POINTS[:4] - 99, POINTS, POINTS[:3] + 99])).part(2, 27).part(2, 22)
    return Joined((Kept(POINTS[:7]), Kept(POINTS[7:8]), Kept(POINTS[8:])))


KEYS = [
    slice(None),
    slice(3, 9),
    slice(9, 3),
    slice(-4, None),
    slice(1, 18, 5),
    slice(7, 8),
    0,
    -1,
    [3, 1, 19, 1],
    np.array([[5], [-2]]),
    POINTS[:, 0] > 30,
    np.zeros(0, int),
    (slice(2, 5), 1),
    (slice(None), slice(0, 2)),
    ([4, 2], 0),
    (3, 2),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_what_is_taken_of_them_is_what_is_taken_of_an_array(rows, key):
    assert rows[key].tolist() == POINTS[key].tolist()


@pytest.mark.parametrize("borders", [(0, 20), (5, 8), (6, 7), (3, 20)])
def test_parts_are_read_by_who_has_them(rows, borders):
    begin, end = borders
    part = pickle.loads(pickle.dumps(rows.part(begin, end)))
    assert part.shape == (end - begin, 3)
    assert part[:].tolist() == POINTS[begin:end].tolist()
    assert part.part(1, 1).shape == (0, 3) if end - begin > 1 else True


def test_part_of_several_files_knows_those_files_alone():
    rows = Joined(tuple(Kept(POINTS[i : i + 1], f"file {i}") for i in range(20)))
    assert isinstance(rows.part(4, 5), far.Part)
    assert len(rows.part(4, 7).pieces) == 3
    assert rows.part(4, 7).place(1) == "file 5, row 0 (from 0)"


def test_chosen_rows_that_are_far_apart_are_read_by_themselves(monkeypatch):
    monkeypatch.setattr(far, "APART", 4)
    rows = Kept(POINTS)
    assert rows[[18, 2, 3, 19]].tolist() == POINTS[[18, 2, 3, 19]].tolist()
    assert rows.reads == [(2, 4), (18, 20)]


def test_chosen_rows_are_read_some_at_a_time(monkeypatch):
    monkeypatch.setattr(far, "AT_ONCE", 12)
    rows = Kept(POINTS)
    assert rows[np.arange(20)].tolist() == POINTS.tolist()
    assert rows.reads == [(0, 4), (4, 8), (8, 12), (12, 16), (16, 20)]


def test_they_count_as_an_array_where_all_are_wanted(rows, monkeypatch):
    assert np.asarray(rows).tolist() == POINTS.tolist()
    assert (rows - 1).tolist() == (POINTS - 1).tolist()
    assert (rows @ np.ones(3)).tolist() == (POINTS @ np.ones(3)).tolist()
    assert rows.mean(axis=0).tolist() == POINTS.mean(axis=0).tolist()
    assert not hasattr(rows, "sing")
    monkeypatch.setattr(far, "WHOLE", 479)
    with pytest.raises(gv.InputError, match=r"^20 points are too many for what needs all of them in memory at"):
        rows.mean(axis=0)


def test_few_numbers_are_read_and_many_stay(monkeypatch):
    assert isinstance(settled(Kept(POINTS), gaps=False), np.ndarray)
    monkeypatch.setattr(far, "MANY", 59)
    rows = Kept(POINTS)
    assert settled(rows, gaps=False) is rows
    assert rows.reads == []
    with pytest.raises(gv.InputError) as caught:
        settled(rows, gaps=True)
    assert str(caught.value) == (
        "the data has 20 points, too many to look for gaps in memory: leave rows with gaps out of the files, and "
        "missing at 'refuse'"
    )


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((0, 2), "the data is empty: 0 points with 2 features"),
        ((5, 0), "the data is empty: 5 points with 0 features"),
        ((1, 1001), "the data has 1,001 features, and the limit is 1,000: choose some"),
    ],
)
def test_no_points_and_too_many_features_are_refused(shape, said):
    with pytest.raises(gv.InputError) as caught:
        settled(Kept(np.zeros(shape)), gaps=False)
    assert str(caught.value) == said


BROKEN = POINTS.copy()
BROKEN[8, 1], BROKEN[8, 2], BROKEN[11, 0] = np.nan, np.inf, -np.inf
SAID = (
    "b, row 2 (from 0), column 'x2' holds NaN, or nothing; 1 more row does too; EM needs finite numbers: leave those "
    "rows out or fill them in"
)


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_no_number_is_named_by_file_and_row(many, threads, monkeypatch):
    if many:
        monkeypatch.setattr(far, "MANY", 10)
    rows = Joined((Kept(BROKEN[:6], "a"), Kept(BROKEN[6:], "b")))
    rows.names = ("x1", "x2", "x3")
    with pytest.raises(gv.InputError) as caught:
        gv.fit(rows, n_components=2, threads=threads)
    hint = "" if many else ", or fit what is there, with missing='marginalize'"
    assert str(caught.value) == SAID + hint


def test_faults_are_found_across_many_blocks():
    faults = sum((Faults.of(BROKEN[i : i + 3]) for i in range(3, 20, 3)), Faults.of(BROKEN[:3]))
    assert (faults.n_rows, faults.n_faulty, faults.first[:2]) == (20, 2, (8, 1))


def test_files_are_found_by_pattern_and_in_folders(tmp_path):
    for name in ("b-2.npy", "b-10.npy", ".b-3.npy", "c.npy"):
        (tmp_path / name).touch()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.npy").touch()
    (tmp_path / "_e.npy").touch()

    def names(path, *suffixes):
        return [found.name for found in matching(tmp_path / path, suffixes, "file")]

    assert names("b-*.npy") == ["b-10.npy", "b-2.npy"]
    assert names("", ".npy") == ["b-10.npy", "b-2.npy", "c.npy", "d.npy"]
    assert names("absent.npy") == ["absent.npy"]
    with pytest.raises(gv.InputError, match=r"^no file matches .*x-\*\.npy$"):
        names("x-*.npy")
    with pytest.raises(gv.InputError, match=r"^there is no file in the folder "):
        names("deep", ".parquet")
