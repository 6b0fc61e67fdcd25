"""NumPy files as data."""

import numpy as np
import pytest

import gmmviz as gv


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


def save_several(path):
    with path.open("wb") as file:
        np.savez(file, a=[1])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (None, "there is no file {path}; did you mean 'pionts.npy'?"),
        (lambda path: path.write_bytes(b"x,y\n"), "{path} is not a .npy file of numbers: "),
        (lambda path: path.write_bytes(b""), "{path} is not a .npy file of numbers: No data left in file"),
        (lambda path: path.mkdir(), "{path} is not a .npy file of numbers: "),
        (lambda path: np.save(path, [{}], allow_pickle=True), "{path} is not a .npy file of numbers: "),
        (
            save_several,
            "{path} holds several arrays: save one with numpy.save",
        ),
        (lambda path: np.save(path, ["a"]), "the data must be numbers, not an array of <U1"),
        (lambda path: np.save(path, [[1, np.nan]]), "row 0, column 1 of the data holds NaN; "),
    ],
)
def test_faulty_file_is_named_and_placed(tmp_path, write, message):
    path = tmp_path / "points.npy"
    np.save(tmp_path / "pionts.npy", [1])
    if write:
        write(path)

    with pytest.raises(gv.InputError) as caught:
        gv.NpyFile("points.npy").load(tmp_path)

    assert str(caught.value).startswith(message.format(path=path))
    assert caught.value.place[:1] == ("path",)
