"""NumPy files as data."""

import io

import numpy as np
import pytest
from mutations import tried

import gmmviz as gv
from gmmviz.datasets import npy_file


def test_file_is_mapped_and_named(tmp_path):
    np.save(tmp_path / "points.npy", np.array([[1, 2], [3, 4]], dtype=np.float32))

    data = gv.NpyFile("points.npy").load(tmp_path)

    assert data.points.tolist() == [[1, 2], [3, 4]]
    assert data.points.dtype == np.float32
    assert isinstance(data.points.base.base, np.memmap) or isinstance(data.points.base, np.memmap)
    assert data.name == "points"


def test_path_is_relative_to_the_current_folder(tmp_path, monkeypatch):
    np.save(tmp_path / "points.npy", np.ones((2, 2)))
    monkeypatch.chdir(tmp_path)

    assert gv.load_dataset("npy", path="points.npy").points.shape == (2, 2)


def header_alone(shape, descr="<f8"):
    """The bytes of a .npy file before its numbers."""
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()


def save_several(path):
    with path.open("wb") as file:
        np.savez(file, a=[1])


def save_twice(path):
    with path.open("wb") as file:
        np.save(file, np.ones((2, 2)))
        np.save(file, np.ones((2, 2)))


NO_NPY = "{path} is no .npy file, or a broken one: save the points with numpy.save"
NOT_REAL = "but EM needs real numbers: save the points with numpy.save, after astype(float)"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (None, "there is no file {path}; did you mean 'pionts.npy'?"),
        (lambda path: path.mkdir(), "{path} is a folder: name the file in it"),
        (lambda path: path.write_bytes(b"root:secret\n" * 99), NO_NPY),
        (lambda path: path.write_bytes(b""), NO_NPY),
        (lambda path: path.write_bytes(header_alone("(2, 2)")[:60]), NO_NPY),
        (lambda path: path.write_bytes(header_alone("-" * 2000 + "1")), NO_NPY),
        (lambda path: path.write_bytes(header_alone("(2, -2)") + bytes(32)), NO_NPY),
        (lambda path: path.write_bytes(header_alone("(2, True)") + bytes(16)), NO_NPY),
        (lambda path: path.write_bytes(header_alone("(" + "9" * 4000 + ", 2)") + bytes(16)), NO_NPY),
        # A header of 4 GB, says its length.
        (lambda path: path.write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(99)), NO_NPY),
        (save_several, "{path} is a .npz file, of several arrays: save one of them with numpy.save"),
        (
            lambda path: path.write_bytes(header_alone("(300000000, 2)") + bytes(800)),
            "{path} is broken: its array of shape (300000000, 2) takes 4,800,000,000 bytes, and the file holds "
            "800: save the points with numpy.save again",
        ),
        (
            save_twice,
            "{path} is broken: its array of shape (2, 2) takes 32 bytes, and the file holds 192: save the points "
            "with numpy.save again",
        ),
        (lambda path: np.save(path, np.empty((0, 2))), "{path} is empty: its array has the shape (0, 2)"),
        (
            lambda path: np.save(path, np.ones((2, 2, 2))),
            "{path} holds an array of 3 dimensions, but EM needs two, points and features: reshape it",
        ),
        (
            lambda path: np.save(path, 1.0),
            "{path} holds an array of 0 dimensions, but EM needs two, points and features: reshape it",
        ),
        (lambda path: np.save(path, [{}], allow_pickle=True), "{path} holds Python objects, " + NOT_REAL),
        (lambda path: np.save(path, ["a"]), "{path} holds texts, " + NOT_REAL),
        (lambda path: np.save(path, [1j]), "{path} holds complex numbers, " + NOT_REAL),
        (lambda path: np.save(path, np.zeros(3, "f8,f8")), "{path} holds records, " + NOT_REAL),
        (lambda path: np.save(path, np.zeros((3, 1), "M8[s]")), "{path} holds dates, " + NOT_REAL),
        (
            lambda path: np.save(path, [[1, np.nan]]),
            "row 0, column 1 of the data holds NaN; EM needs finite numbers: leave those rows out or fill them in",
        ),
    ],
)
def test_faulty_file_is_named_and_placed(tmp_path, write, message):
    path = tmp_path / "points.npy"
    np.save(tmp_path / "pionts.npy", [1])
    if write:
        write(path)

    with pytest.raises(gv.InputError) as caught:
        gv.NpyFile("points.npy").load(tmp_path)

    assert str(caught.value) == message.format(path=path)
    assert caught.value.place[:1] == ("path",)


def test_whole_numbers_that_would_fill_the_memory_are_refused(tmp_path):
    path = tmp_path / "points.npy"
    with path.open("wb") as file:
        file.write(header_alone("(200000000, 1)", "|i1"))
        file.truncate(file.tell() + 200_000_000)  # takes no room on the disk

    with pytest.raises(gv.InputError) as caught:
        gv.NpyFile("points.npy").load(tmp_path)

    assert str(caught.value) == (
        f"{path} holds int8, which would take 1,600,000,000 bytes of memory as floating point: save the points with "
        "numpy.save, after astype(numpy.float32)"
    )


POINTS = np.array([[1.0, 20], [2, 10], [3, 40], [4, 30], [5, 60], [7, 50]])


@pytest.mark.parametrize("array", [POINTS, np.asfortranarray(POINTS), POINTS.astype(">f8"), POINTS.astype(">i2")])
def test_order_of_elements_and_bytes_makes_no_difference(tmp_path, array):
    np.save(tmp_path / "points.npy", array)
    data = gv.NpyFile("points.npy").load(tmp_path)

    assert np.array_equal(data.points, POINTS)
    assert gv.fit(data, n_components=1)[-1].log_likelihood == gv.fit(POINTS, n_components=1)[-1].log_likelihood


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format_is_read(tmp_path, version):
    with (tmp_path / "points.npy").open("wb") as file:
        np.lib.format.write_array(file, POINTS, version)

    assert np.array_equal(gv.NpyFile("points.npy").load(tmp_path).points, POINTS)


def test_file_of_python_2_is_read_without_a_warning(tmp_path):
    (tmp_path / "points.npy").write_bytes(header_alone("(2L, 2L)") + np.ones(4).tobytes())

    assert gv.NpyFile("points.npy").load(tmp_path).points.tolist() == [[1, 1], [1, 1]]


def test_one_dimension_is_one_feature(tmp_path):
    np.save(tmp_path / "points.npy", [1.0, 2, 4])

    assert gv.NpyFile("points.npy").load(tmp_path).points.tolist() == [[1], [2], [4]]


@pytest.mark.long
def test_changed_files_are_refused_or_hold_their_numbers(tmp_path):
    """Of 2,000: whatever is loaded has the shape that its bytes fill; its values may be changed ones."""
    np.save(tmp_path / "points.npy", POINTS)
    blob, path = (tmp_path / "points.npy").read_bytes(), tmp_path / "changed.npy"

    def load(changed):
        path.write_bytes(changed)
        points = gv.NpyFile("changed.npy").load(tmp_path).points
        assert points.size * points.dtype.itemsize <= len(changed)
        assert np.isfinite(points).all()

    print(tried(blob, load, 2000))


def test_numbers_of_other_kinds_are_widened_up_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(npy_file, "WIDENED", 80)
    for dtype, rows, taken in (
        ("i1", 10, True), ("i1", 11, False), ("f8", 11, True), ("f4", 11, True), ("?", 11, False),
        ("longdouble", 11, False),
    ):  # fmt: skip
        np.save(tmp_path / "a.npy", np.ones((rows, 1), dtype))
        if taken:
            assert gv.NpyFile("a.npy").load(tmp_path).points.shape == (rows, 1)
        else:
            with pytest.raises(gv.InputError, match="would take 88 bytes of memory as floating point"):
                gv.NpyFile("a.npy").load(tmp_path)


def test_header_says_where_the_numbers_begin():
    blob = header_alone("(3, 2)", "<i2")
    header = npy_file.read_header(io.BytesIO(blob + bytes(12)))

    assert (header.shape, header.order, header.dtype, header.offset, header.n_bytes) == (
        (3, 2),
        "C",
        "<i2",
        len(blob),
        12,
    )


def test_rows_with_gaps_are_refused_or_left_out_or_taken(tmp_path):
    np.save(tmp_path / "x.npy", [[1.0, 2], [np.nan, 3], [4, 5]])
    path = str(tmp_path / "x.npy")

    with pytest.raises(gv.InputError, match="row 1, column 0 of the data holds NaN"):
        gv.NpyFile(path).load()
    with pytest.warns(gv.GmmvizWarning, match="^x: 1 of 3 points left out because values are missing$"):
        assert gv.NpyFile(path, missing="drop").load().points.tolist() == [[1, 2], [4, 5]]
    taken = gv.NpyFile(path, missing="marginalize").load()
    assert (taken.incomplete, len(taken.points)) == (True, 3)
    np.save(tmp_path / "x.npy", [[1.0, np.nan], [np.nan, 3]])
    with pytest.raises(gv.InputError, match=r"^every point of x has a missing value: write missing") as caught:
        gv.NpyFile(path, missing="drop").load()
    assert caught.value.place == ("missing",)
