"""Images as data."""

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.errors import GmmvizWarning

PIXELS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]], dtype=np.uint8)


def test_pixels_are_points_row_by_row(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "mine.png")

    data = gv.Picture(path="mine.png").load(tmp_path)

    assert data.points.tolist() == PIXELS.reshape(6, 3).tolist()
    assert data.shape == (2, 3)
    assert data.feature_names == ("red", "green", "blue")
    assert (data.name, data.source) == ("mine", "")


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_gray_image_has_one_feature(tmp_path, mode):
    """Three equal ones would have covariances of rank 1, and every film of them would end in a collapse."""
    Image.fromarray(np.array([[7, 200]], dtype=np.uint8)).convert(mode).save(tmp_path / "gray.png")
    data = gv.Picture(path="gray.png").load(tmp_path)

    assert (data.points.tolist(), data.feature_names) == ([[7], [200]], ("gray",))


def test_gray_image_is_segmented_and_filmed(tmp_path):
    gray = np.random.default_rng(0).choice([20, 120, 220], (9, 12)) + np.arange(12)
    Image.fromarray(gray.astype(np.uint8)).save(tmp_path / "gray.png")
    trace = gv.fit(gv.Picture(path="gray.png").load(tmp_path), gv.KMeansPlusPlus(seed=1), n_components=3)
    film = gv.Animation(trace, [gv.ImageRenderer(), gv.CurveRenderer()])

    assert trace.stop_reason == "converged"
    assert film.image(film.moments[-1]).shape == (720, 1280, 4)


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
        ("text.png", "{folder}/text.png is no image of pixels: save it as PNG, JPEG, TIFF or WebP"),
        ("folder.png", "{folder}/folder.png is a folder: name the image in it"),
        ("half.png", "{folder}/half.png is broken or cut off: its pixels cannot be read"),
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

    assert str(caught.value) == message.format(folder=tmp_path)
    assert caught.value.place == ("path",)


def test_transparent_pixels_are_left_out_and_said(tmp_path):
    pixels = np.array([[[1, 2, 3, 255], [4, 5, 6, 0]], [[7, 8, 9, 1], [9, 9, 9, 0]]], dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "cut.png")

    with pytest.warns(GmmvizWarning) as caught:
        data = gv.Picture(path="cut.png").load(tmp_path)

    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path}/cut.png: 2 of 4 pixels are transparent or no numbers: left out"
    ]
    assert data.points.tolist() == [[1, 2, 3], [7, 8, 9]]
    assert data.pixels.tolist() == [0, 2]
    assert data.shape == (2, 2)


def test_transparent_gray_pixels_are_left_out(tmp_path):
    Image.fromarray(np.array([[[7, 255], [9, 0]]], dtype=np.uint8)).save(tmp_path / "cut.png")

    with pytest.warns(GmmvizWarning, match="1 of 2 pixels"):
        assert gv.Picture(path="cut.png").load(tmp_path).points.tolist() == [[7]]


def test_wide_image_is_shrunk(tmp_path):
    Image.fromarray(np.array([[[0, 0, 0], [4, 8, 6], [7, 7, 7], [9, 9, 7]]] * 2, np.uint8)).save(
        tmp_path / "wide.png"
    )

    assert gv.Picture(path="wide.png", max_width=2).load(tmp_path).points.tolist() == [[2, 4, 3], [8, 8, 7]]
    assert gv.Picture(path="wide.png", max_width=4).load(tmp_path).shape == (2, 4)


def test_image_of_too_many_points_says_how_to_shrink_it(tmp_path):
    Image.new("1", (4000, 2000)).save(tmp_path / "photo.png")

    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("image", path=str(tmp_path / "photo.png"))

    assert str(caught.value) == (
        f"{tmp_path}/photo.png would give 4,000 x 2,000 points, and the limit is 4,000,000: shrink it, with "
        "max_width = 640 or so"
    )
    assert gv.Picture(path="photo.png", max_width=40).load(tmp_path).shape == (20, 40)
