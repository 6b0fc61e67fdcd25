"""The pixels of image files: upright, with their tones, or refused."""

import io
import lzma
import os
import random
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
import tifffile
from mutations import tried
from PIL import Image, ImageOps

import gmmviz as gv
from gmmviz.datasets import pixels
from gmmviz.datasets.pixels import read_pixels

RNG = np.random.default_rng(7)
GRAY8, COLOR8 = (RNG.integers(0, 256, shape, dtype=np.uint8) for shape in ((5, 7), (5, 7, 3)))
GRAY16, COLOR16 = (RNG.integers(0, 65536, shape, dtype=np.uint16) for shape in ((5, 7), (5, 7, 3)))


def read(path, max_width=None):
    with path.open("rb") as file:
        return read_pixels(file, path, max_width)


def png(array, color_type, *chunks):
    """A PNG file of 16 bits, of which Pillow writes gray ones alone."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width = array.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    head = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    parts = ((b"IHDR", head), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def lzw(data):
    """LZW as in TIFF, but that no code gets longer than 9 bits."""
    codes = [code for i in range(0, len(data), 200) for code in (256, *data[i : i + 200])]
    bits = "".join(f"{code:09b}" for code in (*codes, 257))
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")


def tiff(strip, height=5, width=7, *, bits=16, floating=False, compression=5, tile=None):
    """A TIFF file of red, green and blue in one strip or tile, which need not fit."""
    tags = {256: width, 257: height, 258: 0, 259: compression, 262: 2, 277: 3, 339: 3 if floating else 1}
    place = 324 if tile else 273
    tags |= {322: tile, 323: tile, 325: len(strip)} if tile else {278: height, 279: len(strip)}
    at = 8 + 2 + 12 * (len(tags) + 1) + 4
    tags |= {258: at, place: at + 6}
    entries = [
        struct.pack("<HHII", tag, *((3, 3) if tag == 258 else (4, 1)), value)
        for tag, value in sorted(tags.items())
    ]
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(entries) + bytes(4)
    return head + struct.pack("<3H", *[bits] * 3) + strip


# Right values: what is in the array, by 257 or times 255.


@pytest.mark.parametrize(
    ("name", "mode", "expected"),
    [
        ("gray.png", "L", GRAY8),
        ("black.png", "1", np.where(GRAY8 > 127, 255, 0)),
        ("black.tiff", "1", np.where(GRAY8 > 127, 255, 0)),
        ("color.bmp", "RGB", COLOR8),
        ("color.webp", "RGB", COLOR8),
        ("color.ppm", "RGB", COLOR8),
        ("color.tiff", "RGB", COLOR8),
        ("color.jp2", "RGB", COLOR8),
    ],
)
def test_eight_bits_are_read_as_they_are(tmp_path, name, mode, expected):
    array = GRAY8 if expected.ndim == 2 else COLOR8
    image = Image.fromarray(np.where(array > 127, 255, 0).astype(np.uint8) if mode == "1" else array).convert(mode)
    image.save(tmp_path / name, **{"lossless": True} if name.endswith("webp") else {})
    colors, seen, notes = read(tmp_path / name)

    assert colors.tolist() == expected.tolist()
    assert seen.all()
    assert notes == []


def test_palette_is_looked_up(tmp_path):
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.putdata([0, 1, 2])
    image.save(tmp_path / "plain.png")
    image.save(tmp_path / "clear.png", transparency=1)
    image.save(tmp_path / "clear.gif", transparency=1)

    assert read(tmp_path / "plain.png").colors.tolist() == [[[10, 20, 30], [40, 50, 60], [70, 80, 90]]]
    for name in ("clear.png", "clear.gif"):
        colors, seen, _ = read(tmp_path / name)
        assert colors[0, [0, 2]].tolist() == [[10, 20, 30], [70, 80, 90]]
        assert seen.tolist() == [[True, False, True]]


def test_inks_become_the_colors_of_light(tmp_path):
    Image.new("CMYK", (1, 1), (0, 255, 255, 0)).save(tmp_path / "red.tiff")

    assert read(tmp_path / "red.tiff").colors.tolist() == [[[255, 0, 0]]]


@pytest.mark.parametrize(
    ("name", "write", "expected"),
    [
        ("gray.png", lambda path: Image.fromarray(GRAY16).save(path), GRAY16),
        ("color.png", lambda path: path.write_bytes(png(COLOR16, 2)), COLOR16),
        ("gray.tiff", lambda path: Image.fromarray(GRAY16).save(path), GRAY16),
        ("gray.tiff", lambda path: Image.fromarray(GRAY16).save(path, compression="tiff_lzw"), GRAY16),
        ("big.tiff", lambda path: tifffile.imwrite(path, GRAY16, byteorder=">"), GRAY16),
        ("64.tiff", lambda path: tifffile.imwrite(path, GRAY16, bigtiff=True), GRAY16),
        ("white.tiff", lambda path: tifffile.imwrite(path, 65535 - GRAY16, photometric="miniswhite"), GRAY16),
        ("color.tiff", lambda path: tifffile.imwrite(path, COLOR16, photometric="rgb"), COLOR16),
        ("zip.tiff", lambda path: tifffile.imwrite(path, COLOR16, photometric="rgb", compression="zlib"), COLOR16),
        ("tiles.tiff", lambda path: tifffile.imwrite(path, COLOR16, photometric="rgb", tile=(16, 16)), COLOR16),
        (
            "planes.tiff",
            lambda path: tifffile.imwrite(
                path, np.moveaxis(COLOR16, 2, 0), photometric="rgb", planarconfig="separate"
            ),
            COLOR16,
        ),
        ("lzw.tiff", lambda path: path.write_bytes(tiff(lzw(COLOR16.tobytes()))), COLOR16),
        ("color.ppm", lambda path: path.write_bytes(b"P6 7 5 65535\n" + COLOR16.astype(">u2").tobytes()), COLOR16),
        ("gray.pgm", lambda path: path.write_bytes(b"P5 7 5 65535\n" + GRAY16.astype(">u2").tobytes()), GRAY16),
    ],
)
def test_sixteen_bits_are_kept(tmp_path, name, write, expected):
    write(tmp_path / name)
    colors, seen, notes = read(tmp_path / name)
    if colors.ndim > expected.ndim:
        assert (colors[..., 0] == colors[..., 2]).all()
        colors = colors[..., 1]

    assert np.array_equal(colors, expected / 257)
    assert seen.all()
    assert notes == []


@pytest.mark.parametrize(
    ("color_type", "values", "chunks"),
    [
        (4, [[[1000, 65535], [40000, 0]]], ()),
        (6, [[[1000, 1000, 1000, 1], [2, 3, 4, 0]]], ()),
        (0, [[1000, 7]], [(b"tRNS", struct.pack(">H", 7))]),
        (2, [[[1000, 1000, 1000], [7, 8, 9]]], [(b"tRNS", struct.pack(">3H", 7, 8, 9))]),
    ],
)
def test_sixteen_bits_may_be_transparent(tmp_path, color_type, values, chunks):
    (tmp_path / "cut.png").write_bytes(png(np.array(values), color_type, *chunks))
    colors, seen, _ = read(tmp_path / "cut.png")

    assert colors[seen].tolist() == [[1000 / 257] * 3]
    assert seen.tolist() == [[True, False]]


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
@pytest.mark.parametrize("array", [GRAY16, COLOR16])
def test_floats_from_0_to_1_are_times_255(tmp_path, array, kind):
    values = (array / 65535).astype(kind)
    tifffile.imwrite(tmp_path / "float.tiff", values, photometric="rgb" if array.ndim == 3 else "minisblack")
    colors, _, notes = read(tmp_path / "float.tiff")

    assert np.array_equal(colors, values.astype(float) * 255)
    assert notes == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array([[-1000.0, 0, 1000]], np.float32), "its values go from -1000 to 1000, which become 0 and 255"),
        (np.array([[-1000, 0, 1000]], np.int16), "its values go from -1000 to 1000, which become 0 and 255"),
        (
            np.array([[0, 2**31 - 1, 2**32 - 2]], np.uint32),
            "its values go from 0 to 4.29497e+09, which become 0 and 255",
        ),
        (np.array([[-1e308, 0, 1e308]]), "its values go from -1e+308 to 1e+308, which become 0 and 255"),
    ],
)
def test_other_numbers_are_spread_from_black_to_white_and_said(tmp_path, values, said):
    tifffile.imwrite(tmp_path / "ct.tiff", values)
    colors, _, notes = read(tmp_path / "ct.tiff")

    np.testing.assert_allclose(colors, [[0, 127.5, 255]], rtol=1e-9)
    assert notes == [f"{tmp_path}/ct.tiff: {said}"]


def test_pixels_without_a_number_are_not_seen(tmp_path):
    tifffile.imwrite(tmp_path / "map.tiff", np.array([[0.5, np.nan], [np.inf, 1]]))
    colors, seen, _ = read(tmp_path / "map.tiff")

    assert colors[seen].tolist() == [127.5, 255]
    assert seen.tolist() == [[True, False], [False, True]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photo_is_turned_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(COLOR8)
    image.save(tmp_path / "photo.png", exif=exif)
    image.save(tmp_path / "photo.webp", exif=exif, lossless=True)
    image.save(tmp_path / "photo.tiff", tiffinfo={0x0112: orientation})
    upright = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "photo.png")))

    for name in ("photo.png", "photo.webp", "photo.tiff"):
        assert np.array_equal(read(tmp_path / name).colors, upright), name

    (tmp_path / "deep.png").write_bytes(png(COLOR8.astype(int) * 257, 2, (b"eXIf", exif.tobytes()[6:])))
    tag = (0x0112, 3, 1, orientation, True)
    tifffile.imwrite(tmp_path / "deep.tiff", COLOR8.astype("u2") * 257, photometric="rgb", extratags=[tag])

    for name in ("deep.png", "deep.tiff"):
        assert np.array_equal(read(tmp_path / name).colors, upright), name


def test_photo_with_broken_exif_is_read_as_it_lies(tmp_path):
    Image.fromarray(COLOR8).save(tmp_path / "photo.png", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")

    assert np.array_equal(read(tmp_path / "photo.png").colors, COLOR8)


def test_shrunk_pixels_are_means_of_what_is_not_transparent(tmp_path):
    colors_of = np.array(
        [[[10, 20, 30, 255], [50, 60, 70, 255], [1, 2, 3, 255], [200, 200, 200, 0]]] * 2, np.uint8
    )
    Image.fromarray(colors_of).save(tmp_path / "wide.png")
    colors, seen, _ = read(tmp_path / "wide.png", 2)

    np.testing.assert_allclose(colors, [[[30, 40, 50], [1, 2, 3]]], rtol=1e-6)
    assert seen.all()


@pytest.mark.parametrize("max_width", [1, 40, 60])
def test_shrunk_photo_keeps_its_sides_ratio(tmp_path, max_width):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 240), (200, 40, 40)).save(tmp_path / "photo.jpg", exif=exif, quality=95)
    colors, _, _ = read(tmp_path / "photo.jpg", max_width)

    assert colors.shape == (round(max_width * 400 / 240), max_width, 3)
    assert np.abs(colors - [200, 40, 40]).max() <= 2


def save_pages(path):
    image = Image.fromarray(COLOR8)
    image.save(path, save_all=True, append_images=[image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)])


@pytest.mark.parametrize("name", ["film.png", "film.webp", "pages.tiff", "deep.tiff"])
def test_first_of_several_pictures_is_taken_and_said(tmp_path, name):
    if name == "deep.tiff":
        tifffile.imwrite(tmp_path / name, np.stack([GRAY16 / 65535.0, GRAY16 / 65536.0]))
    else:
        save_pages(tmp_path / name)
    colors, _, notes = read(tmp_path / name)

    assert notes == [f"{tmp_path}/{name} holds several pictures: the first is taken"]
    if name != "film.webp":
        np.testing.assert_allclose(colors, GRAY16 / 257 if name == "deep.tiff" else COLOR8)


def test_channels_beyond_the_colors_are_said(tmp_path):
    five = np.concatenate([COLOR16, COLOR16[..., :2]], axis=2)
    tifffile.imwrite(tmp_path / "cells.tiff", five, photometric="rgb", extrasamples=["unspecified", "unassalpha"])
    with (tmp_path / "cells.tiff").open("rb") as file:
        colors, _, notes = read_pixels(file, tmp_path / "cells.tiff")

    assert np.array_equal(colors, COLOR16 / 257)
    assert notes == [f"{tmp_path}/cells.tiff has 5 channels: the first three are taken"]


def complaint(path, max_width=None):
    with pytest.raises(gv.InputError) as caught:
        read(path, max_width)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("n_channels", "photometric", "extra", "said"),
    [
        (2, "minisblack", ["unassalpha"], []),
        (2, "minisblack", ["unspecified"], ["has 2 channels: the first is taken"]),
        (4, "rgb", ["assocalpha"], []),
        (4, "rgb", ["unspecified"], ["has 4 channels: the first three are taken"]),
    ],
)
def test_opacity_is_no_channel_to_speak_of(tmp_path, n_channels, photometric, extra, said):
    array = np.concatenate([COLOR16, COLOR16], axis=2)[..., :n_channels].copy()
    array[..., -1] = np.arange(35).reshape(5, 7)
    tifffile.imwrite(tmp_path / "a.tiff", array, photometric=photometric, extrasamples=extra)
    colors, seen, notes = read(tmp_path / "a.tiff")

    assert np.array_equal(colors, (array[..., 0] if n_channels == 2 else array[..., :3]) / 257)
    assert notes == [f"{tmp_path}/a.tiff {words}" for words in said]
    assert np.array_equal(seen, np.ones((5, 7)) if said else array[..., -1] > 0)


@pytest.mark.parametrize(
    ("values", "colors", "said"),
    [
        (np.array([[0.0, 1.0]]), [[0, 255]], None),
        (np.array([[0.5, 0.5]]), [[127.5, 127.5]], None),
        (np.array([[0.0, 1.5]]), [[0, 255]], "from 0 to 1.5"),
        (np.array([[-0.5, 1.0]]), [[0, 255]], "from -0.5 to 1"),
        (np.array([[0, 1]], np.int32), [[0, 255]], "from 0 to 1"),  # of whole numbers, 1 is no white
        (np.array([[7, 7]], np.int32), [[0, 0]], "from 7 to 7"),
    ],
)
def test_floats_from_0_to_1_alone_are_colors(tmp_path, values, colors, said):
    tifffile.imwrite(tmp_path / "a.tiff", values)
    found, _, notes = read(tmp_path / "a.tiff")

    assert found.tolist() == colors
    assert notes == ([f"{tmp_path}/a.tiff: its values go {said}, which become 0 and 255"] if said else [])


@pytest.mark.parametrize(
    ("dtype", "kind"), [("f4", "32-bit float32"), ("f8", "64-bit float64"), ("i2", "16-bit int16")]
)
def test_gray_that_falls_from_white_is_read_for_whole_numbers_without_a_sign(tmp_path, dtype, kind):
    """Where white is 0 and black is no known number, nobody can say which colors these are."""
    tifffile.imwrite(tmp_path / "a.tiff", np.array([[0, 1, 2]], dtype), photometric="miniswhite")

    with pytest.raises(gv.InputError) as caught:
        read(tmp_path / "a.tiff")
    assert str(caught.value) == (
        f"{tmp_path}/a.tiff holds gray that falls from white at 0, in numbers of a kind ({kind}) for which that is "
        "not read: save it with 0 as black"
    )


def test_size_of_an_image_has_limits(tmp_path, monkeypatch):
    """A pixel of 8 bits takes 4 bytes, one of 16 bits 8 bytes, and one of gray in a large TIFF its own."""
    monkeypatch.setattr(pixels, "LARGEST", 400)
    Image.new("L", (10, 10)).save(tmp_path / "most.png")
    Image.new("L", (101, 1)).save(tmp_path / "more.png")
    (tmp_path / "deep.png").write_bytes(png(np.ones((5, 10), int), 0))
    tifffile.imwrite(tmp_path / "float.tiff", np.ones((5, 10)))
    tifffile.imwrite(tmp_path / "floats.tiff", np.ones((3, 17)))
    (tmp_path / "color.png").write_bytes(png(np.ones((1, 51, 3), int), 2))

    limit = "pixels, and an image of its kind may have {}: make it smaller first"
    assert read(tmp_path / "most.png").colors.shape == (10, 10)
    assert read(tmp_path / "float.tiff").colors.shape == (5, 10)
    assert complaint(tmp_path / "more.png") == "FILE has 101 x 1 " + limit.format(100)
    assert complaint(tmp_path / "floats.tiff") == "FILE has 17 x 3 " + limit.format(50)
    assert complaint(tmp_path / "color.png") == "FILE has 51 x 1 " + limit.format(50)


def test_number_of_points_has_a_limit_also_after_shrinking(tmp_path, monkeypatch):
    monkeypatch.setattr(pixels, "MOST", 8)
    Image.new("L", (4, 2)).save(tmp_path / "most.png")
    Image.new("L", (10, 5)).save(tmp_path / "more.png")

    assert read(tmp_path / "most.png").colors.shape == (2, 4)
    assert read(tmp_path / "more.png", 4).seen.shape == (2, 4)
    said = "FILE would give {} points, and the limit is 8: shrink it, with max_width = 640 or so"
    assert complaint(tmp_path / "more.png") == said.format("10 x 5")
    assert complaint(tmp_path / "more.png", 6) == said.format("6 x 3")


def test_image_that_is_not_too_wide_stays_as_it_is_and_a_flat_one_keeps_a_row(tmp_path):
    Image.fromarray(GRAY8).save(tmp_path / "gray.png")
    Image.fromarray(GRAY8[:1].repeat(3, axis=1)).save(tmp_path / "flat.png")

    assert read(tmp_path / "gray.png", 7).colors.dtype == np.uint8
    assert read(tmp_path / "flat.png", 2).colors.shape == (1, 2, 1)


@pytest.mark.parametrize("orientation", [0, 9])
def test_orientation_that_there_is_not_turns_nothing(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(COLOR8).save(tmp_path / "photo.png", exif=exif)

    assert np.array_equal(read(tmp_path / "photo.png").colors, COLOR8)


def test_preview_of_a_photo_is_no_second_picture(tmp_path):
    image = Image.new("RGB", (16, 16), (200, 40, 40))
    image.save(tmp_path / "photo.jpg", format="MPO", save_all=True, append_images=[image])

    assert read(tmp_path / "photo.jpg").notes == []


def test_differences_of_neighbors_are_added_up_in_whole_numbers_alone(tmp_path):
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, COLOR16, photometric="rgb", compression="zlib", predictor=True)
    whole, floating = (struct.pack("<HHII", 317, 3, 1, predictor) for predictor in (2, 3))
    assert whole in path.read_bytes()
    (tmp_path / "b.tiff").write_bytes(path.read_bytes().replace(whole, floating))

    assert np.array_equal(read(path).colors, COLOR16 / 257)
    assert complaint(tmp_path / "b.tiff") == (
        "FILE is compressed in a way (ADOBE_DEFLATE) that is not read for uint16: save it uncompressed"
    )


def test_twelve_bits_are_read_from_0_to_4095(tmp_path):
    """Rows of two numbers in three bytes: 4095 and 0, and 2056 of 4095, which is 128.03 of 255, and 4095."""
    strip = bytes.fromhex("fff000808fff")
    tags = {256: 2, 257: 2, 258: 12, 259: 1, 262: 1, 273: 8 + 2 + 9 * 12 + 4, 277: 1, 278: 2, 279: 6}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    (tmp_path / "a.tiff").write_bytes(head + strip)

    np.testing.assert_allclose(read(tmp_path / "a.tiff").colors, [[255, 0], [128, 255]], atol=0.05)


@pytest.mark.parametrize(
    ("most", "values", "colors"),
    [(100, bytes([100, 50, 0]), [255, 127.5, 0]), (256, bytes([1, 0, 0, 128, 0, 0]), [255, 127.5, 0])],
)
def test_portable_pixmap_says_what_is_white(tmp_path, most, values, colors):
    (tmp_path / "a.ppm").write_bytes(b"P6 1 1 %d\n" % most + values)

    np.testing.assert_allclose(read(tmp_path / "a.ppm").colors, [[colors]], atol=0.5)


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_file_of_a_program_starts_none(tmp_path):
    """Pillow gives PostScript to the gs that stands first in the PATH."""
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    (tmp_path / "gs").chmod(0o755)
    (tmp_path / "pic.png").write_bytes(EPS)
    code = f"import gmmviz as gv\ntry: gv.load_dataset('image', path='{tmp_path}/pic.png')\nexcept gv.InputError: print('no')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "no\n"
    assert not (tmp_path / "started").exists()


def header_alone(width, height):
    head = png(np.zeros((1, 1), "u1"), 0)
    return head[:16] + struct.pack(">II", width, height) + b"\x08\x02\0\0\0" + _crc(width, height) + head[33:]


def _crc(width, height):
    return struct.pack(">I", zlib.crc32(b"IHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"))


BROKEN = "{path} is broken or cut off: its pixels cannot be read"


@pytest.mark.parametrize(
    ("name", "blob", "message"),
    [
        ("pic.png", EPS, "{path} is no image of pixels: save it as PNG, JPEG, TIFF or WebP"),
        ("pic.png", b"", "{path} is no image of pixels: save it as PNG, JPEG, TIFF or WebP"),
        (
            "photo.heic",
            b"\0\0\0\x24ftypheic" + bytes(24),
            "{path} is a photo in a phone's own format (HEIC): save it as PNG, JPEG, TIFF or WebP",
        ),
        (
            "film.mp4",
            b"\0\0\0\x24ftypisom" + bytes(24),
            "{path} is no image of pixels: save it as PNG, JPEG, TIFF or WebP",
        ),
        ("head.png", header_alone(500, 400)[:20], BROKEN),
        (
            "large.png",
            header_alone(9000, 6000),
            "{path} has 9,000 x 6,000 pixels, and an image of its kind may have 50,000,000: make it smaller first",
        ),
        (
            "larger.png",
            header_alone(9000, 12000),  # of which Pillow would warn
            "{path} has 9,000 x 12,000 pixels, and an image of its kind may have 50,000,000: make it smaller first",
        ),
        (
            "largest.png",
            header_alone(90000, 90000),
            "{path} has hundreds of millions of pixels: make it smaller first",
        ),
        (
            "points.png",
            header_alone(5000, 4000),
            "{path} would give 5,000 x 4,000 points, and the limit is 4,000,000: shrink it, with max_width = 640 or so",
        ),
        ("cut.png", header_alone(500, 400), BROKEN),
        ("cut.tiff", b"II*\0" + bytes(60), BROKEN),
    ],
)
def test_what_cannot_be_read_is_said_before_memory_is_taken(tmp_path, name, blob, message):
    (tmp_path / name).write_bytes(blob)

    with pytest.raises(gv.InputError) as caught:
        read(tmp_path / name)

    assert str(caught.value) == message.format(path=tmp_path / name)


def volume(path):
    tifffile.imwrite(
        path, np.zeros((2, 4, 4), np.float32), photometric="minisblack", volumetric=True, tile=(16, 16, 16)
    )


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (
            lambda path: path.write_bytes(tiff(lzw(bytes(420)), bits=32, floating=True)),
            "{path} is compressed in a way (LZW) that is not read for float32: save it uncompressed",
        ),
        (
            lambda path: path.write_bytes(tiff(lzma.compress(bytes(210)), compression=34925)),
            "{path} is compressed in a way (LZMA) that is not read for uint16: save it uncompressed",
        ),
        # A strip or tile that unpacks to more than the image, or is larger.
        (lambda path: path.write_bytes(tiff(zlib.compress(bytes(10**6)), compression=8)), BROKEN),
        (lambda path: path.write_bytes(tiff(zlib.compress(bytes(10**6)), compression=8, tile=16000)), BROKEN),
        (
            lambda path: path.write_bytes(tiff(zlib.compress(bytes(10**6)), bits=8, compression=8, tile=16000)),
            BROKEN,
        ),
        (lambda path: path.write_bytes(tiff(bytes(100), compression=1)), BROKEN),
        (volume, "{path} is no flat image of gray, or of red, green and blue: save it as one"),
        (
            lambda path: tifffile.imwrite(path, np.zeros((4, 4, 4), np.float32), photometric="separated"),
            "{path} is no flat image of gray, or of red, green and blue: save it as one",
        ),
        (
            lambda path: tifffile.imwrite(path, np.full((2, 2), np.nan)),
            "{path} shows nothing: every pixel is transparent, or holds no number",
        ),
    ],
)
def test_tiff_of_another_kind_is_refused(tmp_path, write, message):
    write(tmp_path / "odd.tiff")

    with pytest.raises(gv.InputError) as caught:
        read(tmp_path / "odd.tiff")

    assert str(caught.value) == message.format(path=tmp_path / "odd.tiff")


KINDS = ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "PPM", "JPEG2000", "png16", "tiff16", "float"]


def blob_of(kind):
    picture = np.random.default_rng(0).integers(0, 255, (24, 30, 3), np.uint8)
    file = io.BytesIO()
    if kind == "png16":
        return png(picture.astype(int) * 250, 2)
    if kind == "tiff16":
        tifffile.imwrite(file, picture.astype("u2"), photometric="rgb", compression="zlib")
    elif kind == "float":
        tifffile.imwrite(file, picture / 255, photometric="rgb")
    else:
        Image.fromarray(picture).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_image_that_is_cut_off_is_refused_or_shows_its_size(tmp_path, kind):
    blob, rng = blob_of(kind), random.Random(5)
    for _ in range(10):
        (tmp_path / "cut").write_bytes(blob[: rng.randrange(len(blob))])
        try:
            colors = read(tmp_path / "cut").colors
        except gv.InputError as error:
            assert str(tmp_path / "cut") in str(error)  # noqa: PT017
        else:
            assert colors.shape[:2] == (24, 30)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_changed_images_are_refused_or_hold_colors(tmp_path, kind, capfd):
    """Of 2,200 in all."""
    path = tmp_path / "changed"

    def load(changed):
        path.write_bytes(changed)
        colors, seen, _ = read(path)
        assert seen.shape == colors.shape[:2]
        assert 0 <= colors[seen].min() <= colors[seen].max() <= 255

    counts = tried(blob_of(kind), load, 200)
    assert capfd.readouterr() == ("", "")  # decoders in C complain by themselves
    print(kind, counts)
