"""Films with nothing behind them, in each format that can hold that; and AVIF and MOV."""

from dataclasses import replace
from zipfile import ZipFile

import av
import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, shots, write
from numpy.testing import assert_allclose
from PIL import Image, ImageSequence

import gmmviz as gv
from gmmviz.encoders import ENCODERS, AvifEncoder, GifEncoder, MovEncoder, WebmEncoder
from gmmviz.encoders.avif import _Later
from gmmviz.encoders.base import over

CLEAR = (17, 21, 28, 0)


def clear_blocks(n_images, size=(64, 48)):
    """The square of `blocks` with nothing behind it; its right half is half seen."""
    images = blocks(n_images, size)
    images[(images[..., :3] == 250).all(axis=3)] = CLEAR
    half = images[:, :, 1:, 3] > images[:, :, :-1, 3]  # the square's left column
    images[:, :, 1:][half] = (0, 114, 178, 128)
    return images


def layers(path, codec=None):
    """Every picture of a film with its opacity."""
    if path.suffix in (".webm", ".mov", ".apng"):
        with av.open(path) as container:
            stream = container.streams.video[0]
            if codec:
                decoder = av.CodecContext.create(codec, "r")
                packets = [packet for packet in container.demux(stream) if packet.size]
                frames = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
            else:
                frames = list(container.decode(stream))
            return [frame.to_ndarray(format="rgba").astype(int) for frame in frames]
    with Image.open(path) as film:
        return [np.asarray(frame.convert("RGBA")).astype(int) for frame in ImageSequence.Iterator(film)]


@pytest.mark.parametrize(
    ("name", "encoder", "near"),
    [
        ("apng", None, 0),
        ("webp", None, 0),
        ("avif", AvifEncoder(quality="high"), 3),
        ("mov", MovEncoder(codec="png"), 0),
        ("mov", MovEncoder(), 6),
        ("webm", WebmEncoder(quality="high"), 12),
    ],
)
def test_opacity_comes_back(tmp_path, name, encoder, near):
    images = clear_blocks(6)
    facts = {"transparent": True, "background": "#11151c"}
    path, _ = write(name, tmp_path, images, [0.2] * 6, encoder, **facts)
    pictures = layers(path, "libvpx-vp9" if name == "webm" else None)

    assert len(pictures) == (30 if name in ("mov", "webm") else 6)
    for image, picture in zip(images, pictures[:: len(pictures) // 6], strict=True):
        assert_allclose(picture[..., 3], image[..., 3], atol=near)
        assert psnr(over(picture.astype(np.uint8), "#ffffff"), over(image, "#ffffff")) > (99 if near == 0 else 34)


@pytest.mark.parametrize("name", ["webp", "apng"])
def test_what_was_seen_can_become_clear_again(tmp_path, name):
    images = clear_blocks(3)[[0, 1, 0]]
    path, _ = write(name, tmp_path, images, [0.2] * 3, transparent=True)

    assert_allclose(layers(path)[2][..., 3], images[0][..., 3])


def test_opaque_film_has_no_layer_of_opacity(tmp_path):
    for name, encoder in (("webm", None), ("mov", None), ("mov", MovEncoder(codec="png"))):
        path, _ = write(name, tmp_path, blocks(3), [0.2] * 3, encoder)
        with av.open(path) as container:
            stream = container.streams.video[0]
            assert "a" not in stream.codec_context.pix_fmt
            assert "alpha_mode" not in {key.lower() for key in stream.metadata}


def test_webm_says_that_it_has_opacity(tmp_path):
    path, _ = write("webm", tmp_path, clear_blocks(3), [0.2] * 3, transparent=True)

    with av.open(path) as container:
        assert {k.lower(): v for k, v in container.streams.video[0].metadata.items()}["alpha_mode"] == "1"


def test_mov_in_png_is_lossless_and_prores_nearly(tmp_path):
    images = blocks(4)
    exact, _ = write("mov", tmp_path, images, [0.2] * 4, MovEncoder(codec="png"))
    pictures = [picture for _, _, picture in read(exact)]
    assert (pictures[-1] == images[-1, :, :, :3]).all()

    near, _ = write("mov", tmp_path, images, [0.2] * 4)
    assert psnr(read(near)[-1][2], images[-1, :, :, :3]) > 40
    with av.open(near) as container:
        assert container.streams.video[0].codec_context.codec_tag == "ap4h"


def test_mov_keeps_odd_sizes(tmp_path):
    _, made = write("mov", tmp_path, blocks(2, (33, 17)), [0.2] * 2)

    assert made.size == (33, 17)


def test_avif_is_smaller_and_sharper_by_quality(tmp_path):
    film = gv.Animation(
        gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=15), n_components=2),
        size=(240, 136),
        pace=gv.Pace(length=5.0),
    )
    sizes, sharpness = [], []
    for quality in ("draft", "standard", "high"):
        (saved,) = film.save((tmp_path / "film.avif", AvifEncoder(quality=quality)))
        sizes.append(saved.n_bytes)
        pictures = [picture for _, _, picture in read(saved.path)]
        sharpness.append(psnr(pictures[-1], film.image(film.moments[-1])[:, :, :3]))
    (webp,) = film.save(tmp_path / "film.webp")

    assert sizes == sorted(sizes)
    assert sharpness == sorted(sharpness)
    assert sharpness[1] > 36
    assert sharpness[2] > 50
    assert sizes[1] < webp.n_bytes / 2
    assert saved.n_frames == len(pictures) == len(film.moments)


def test_avif_of_one_picture_lasts_as_long_as_asked(tmp_path):
    path, made = write("avif", tmp_path, blocks(1), [1.5])

    assert (made.n_frames, AvifEncoder().read_back(path).seconds) == (2, 1.5)


def test_avif_fetches_one_picture_at_a_time(tmp_path, monkeypatch):
    """Pillow is told of all of them at once, but must not hold them."""
    images = blocks(9)
    film = film_of(images, [0.1] * 9)
    events = []

    def watched():
        for i, shot in enumerate(shots(images, [0.1] * 9)):
            events.append(i)
            yield shot

    original = _Later.tobytes

    def tobytes(self, *args):
        events.append("encoded")
        return original(self, *args)

    monkeypatch.setattr(_Later, "tobytes", tobytes)
    path = tmp_path / "film.avif"
    path.touch()
    AvifEncoder().write(path, film, watched())

    assert events == [0, *(event for i in range(1, 9) for event in ("encoded", i))]


def test_avif_has_the_same_bytes_whenever_it_is_made(tmp_path):
    path, _ = write("avif", tmp_path, clear_blocks(3), [0.2] * 3, transparent=True)
    content = path.read_bytes()
    places = [content.index(name) for name in (b"mvhd", b"tkhd", b"mdhd")]

    assert [content[place + 4] for place in places] == [1, 1, 1]  # times of eight bytes
    assert all(content[place + 8 : place + 24] == bytes(16) for place in places)
    assert content.count(b"tkhd") == 2  # colors and opacity
    assert content[content.rindex(b"tkhd") + 8 :][:16] == bytes(16)


def test_avif_too_large_for_the_format_is_refused():
    film = replace(film_of(blocks(1), [1.0]), size=(70_000, 10))

    with pytest.raises(gv.InputError) as caught:
        AvifEncoder().check(film)
    assert str(caught.value) == "an AVIF has at most 65,536 pixels on a side, not 70,000"


@pytest.fixture(scope="module")
def clear_film(trace):
    return gv.Animation(trace, size=(160, 90), theme="dark", background="transparent", pace=gv.Pace(length=5.0))


def test_formats_without_opacity_lie_on_the_themes_color_and_say_so(clear_film, trace, tmp_path):
    (clear,) = clear_film.save(tmp_path / "film.mp4")
    opaque = gv.Animation(trace, size=(160, 90), theme="dark", pace=gv.Pace(length=5.0))
    (plain,) = opaque.save(tmp_path / "plain.mp4")

    assert clear.note == "over #11151c, as it holds no transparency"
    assert plain.note == ""
    assert psnr(read(clear.path)[-1][2], read(plain.path)[-1][2]) > 45


def test_transparent_film_makes_a_transparent_gif(clear_film, tmp_path):
    (saved,) = clear_film.save(tmp_path / "film.gif")
    (small,) = clear_film.save((tmp_path / "small.gif", GifEncoder(max_bytes=saved.n_bytes // 2)))

    for file in (saved, small):
        picture = layers(file.path)[-1]
        assert set(np.unique(picture[..., 3])) == {0, 255}
        assert 0.3 < (picture[..., 3] == 0).mean() < 0.95


def test_pictures_beside_a_transparent_film_are_transparent(clear_film, tmp_path):
    names = ("poster.png", "sheet.png", "plate.png", "steps.zip")
    poster, sheet, plate, steps = clear_film.save(*(tmp_path / f"film.{name}" for name in names))

    with ZipFile(steps.path) as archive, archive.open("00_start.png") as file:
        pictures = [Image.open(file).copy(), *(Image.open(one.path) for one in (poster, sheet, plate))]
    for picture in pictures:
        assert picture.mode == "RGBA"
        assert np.asarray(picture)[0, 0, 3] == 0


def test_every_format_says_whether_it_holds_opacity():
    holding = {name for name in ENCODERS if ENCODERS[name]().holds_alpha}

    assert {"gif", "webp", "apng", "avif", "mov", "webm", "poster.png", "sheet.png", "steps.zip"} <= holding
    assert not holding & {"mp4", "vtt", "txt"}
    assert not ENCODERS["webp"](lossless=False).holds_alpha
