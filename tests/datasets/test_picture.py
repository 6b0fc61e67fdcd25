"""Images as data."""

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv

PIXELS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]], dtype=np.uint8)


def test_pixels_are_points_row_by_row(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "mine.png")

    data = gv.Picture(path="mine.png").load(tmp_path)

    assert data.points.tolist() == PIXELS.reshape(6, 3).tolist()
    assert data.shape == (2, 3)
    assert data.feature_names == ("red", "green", "blue")
    assert (data.name, data.source) == ("mine", "")


def test_gray_image_has_three_equal_colors(tmp_path):
    Image.fromarray(np.array([[7, 200]], dtype=np.uint8)).save(tmp_path / "gray.png")

    assert gv.Picture(path="gray.png").load(tmp_path).points.tolist() == [[7, 7, 7], [200, 200, 200]]


@pytest.mark.parametrize(
    ("name", "shape", "source"),
    [("coffee", (80, 120), "Michetti"), ("rocket", (80, 120), "SpaceX"), ("hubble", (105, 120), "NASA")],
)
def test_shipped_image_has_a_source(name, shape, source):
    data = gv.load_dataset("image", name=name)

    assert data.shape == shape
    assert len(data.points) == shape[0] * shape[1]
    assert data.name == name
    assert source in data.source


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("mime.png", "there is no image {folder}/mime.png; did you mean 'mine.png'?"),
        ("text.png", "{folder}/text.png is not an image that Pillow can read"),
        ("folder.png", "{folder}/folder.png cannot be read: Is a directory"),
        ("half.png", "{folder}/half.png cannot be read: "),
    ],
)
def test_faulty_image_is_named_and_placed(tmp_path, path, message):
    noise = np.random.default_rng(0).integers(0, 255, (50, 50, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "mine.png")
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "half.png").write_bytes((tmp_path / "mine.png").read_bytes()[:2000])

    with pytest.raises(gv.InputError) as caught:
        gv.Picture(path=path).load(tmp_path)

    assert str(caught.value).startswith(message.format(folder=tmp_path))
    assert caught.value.place == ("path",)
