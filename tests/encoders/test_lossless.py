"""Animated WebP and APNG."""

import io
from dataclasses import replace

import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, write
from numpy.testing import assert_allclose
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import ApngEncoder, WebpEncoder
from gmmviz.encoders.webp import _chunk


@pytest.fixture(scope="module")
def animation(trace):
    pace = gv.Pace(length=3.0, start=0.5, end=0.5)
    return gv.Animation(trace, size=(240, 135), pace=pace, title="EM & more")


@pytest.fixture(params=[ApngEncoder, WebpEncoder])
def kind(request):
    return request.param


def suffix(kind):
    return {ApngEncoder: "apng", WebpEncoder: "webp"}[kind]


def test_every_pixel_comes_back(animation, tmp_path, kind):
    (saved,) = animation.save(tmp_path / f"film.{suffix(kind)}")
    frames = read(saved.path)

    assert saved.n_frames == len(frames) == len(animation.moments)
    for (_, seconds, picture), moment in zip(frames, animation.moments, strict=True):
        assert (picture == animation.image(moment)[:, :, :3]).all()
        assert_allclose(seconds, moment.duration, atol=0.00101)


def test_fewer_colors_take_half_the_bytes(animation, tmp_path, kind):
    path = tmp_path / f"film.{suffix(kind)}"
    (exact,) = animation.save(path)
    (fewer,) = animation.save((path, kind(lossless=False)))

    assert fewer.n_bytes < 0.6 * exact.n_bytes
    assert psnr(read(path)[-1][2], animation.image(animation.moments[-1])[:, :, :3]) > 40


@pytest.mark.parametrize("loop", [0, 1, 3])
@pytest.mark.parametrize("n_images", [1, 4])
def test_film_plays_as_often_as_asked(tmp_path, kind, loop, n_images):
    path, _ = write(suffix(kind), tmp_path, blocks(n_images), [0.2] * n_images, kind(loop=loop))

    with Image.open(path) as film:
        assert film.info["loop"] == loop


def test_images_that_are_equal_are_one_that_stands_longer(tmp_path):
    images = blocks(2)[[0, 0, 1, 1, 0]]
    path, made = write("webp", tmp_path, images, [0.1, 0.2, 0.3, 0.4, 0.5])

    assert made == WebpEncoder().read_back(path)
    assert [round(seconds, 6) for _, seconds, _ in read(path)] == [0.3, 0.7, 0.5]


def test_title_and_story_can_be_read(animation, tmp_path):
    (apng,) = animation.save(tmp_path / "film.apng")
    (webp,) = animation.save(tmp_path / "film.webp")

    with Image.open(apng.path) as film:
        film.load()
        assert film.text == {"Title": "EM & more", "Description": animation.film.story}
    with Image.open(webp.path) as film:
        words = film.info["xmp"].decode()
    assert '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">EM &amp; more</rdf:li></rdf:Alt></dc:title>' in words
    assert f">{animation.film.story}</rdf:li>" in words


def test_language_of_the_words_can_be_read(tmp_path):
    apng, _ = write("apng", tmp_path, blocks(2), [0.2] * 2, title="EM", language="pt-BR")
    poster, _ = write("poster.png", tmp_path, blocks(2), [0.2] * 2, title="EM", language="pt-BR")
    webp, _ = write("webp", tmp_path, blocks(2), [0.2] * 2, title="EM", language="pt-BR")

    for path in (apng, poster):
        with Image.open(path) as film:
            film.load()
            assert film.text["Title"].lang == "pt-BR"
    with Image.open(webp) as film:
        assert b"<dc:language><rdf:Bag><rdf:li>pt-BR</rdf:li></rdf:Bag></dc:language>" in film.info["xmp"]


def test_webp_stores_the_rectangle_that_changes(tmp_path):
    """Its left and top are even, as the container asks; its right and bottom are the last pixels that change."""
    images = np.full((2, 20, 30, 4), 255, np.uint8)
    images[1, 5:9, 11:17, :3] = 0
    path, _ = write("webp", tmp_path, images, [0.2, 0.3])

    content = path.read_bytes()
    places = [content.index(b"ANMF")]
    places.append(content.index(b"ANMF", places[0] + 4))
    numbers = [
        [int.from_bytes(content[place + 8 + 3 * i : place + 11 + 3 * i], "little") for i in range(5)]
        for place in places
    ]
    assert numbers == [
        [0, 0, 29, 19, 200],
        [5, 2, 6, 4, 300],
    ]  # half of left and top, sides less one, milliseconds
    assert (read(path)[1][2] == images[1, :, :, :3]).all()


@pytest.mark.parametrize(("content", "chunk"), [(b"ab", b"TAG \2\0\0\0ab"), (b"abc", b"TAG \3\0\0\0abc\0")])
def test_chunks_of_a_webp_have_even_lengths(content, chunk):
    assert _chunk(b"TAG ", content) == chunk


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_webp_that_was_cut_off_is_refused(tmp_path, cut):
    path, _ = write("webp", tmp_path, blocks(4), [0.2] * 4)
    content = bytearray(path.read_bytes()[:-cut])
    path.write_bytes(content)

    with pytest.raises(gv.RenderError, match="the file is cut off"):
        WebpEncoder().read_back(path)

    content[4:8] = (len(content) - 8).to_bytes(4, "little")  # also where the file's own length is right
    path.write_bytes(content)
    with pytest.raises(gv.RenderError, match="the file is cut off"):
        WebpEncoder().read_back(path)


def test_apng_of_one_image_has_its_duration(tmp_path):
    path, made = write("apng", tmp_path, blocks(1), [0.75])

    assert [seconds for _, seconds, _ in read(path)] == [0.375, 0.375]
    assert (made.n_frames, made.seconds) == (2, 0.75)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.075, [0.037, 0.038]), (0.001, [0.011, 0.011]), (0.023, [0.011, 0.012])]
)
def test_apng_of_one_image_shows_it_for_two_halves(tmp_path, seconds, shown):
    path, _ = write("apng", tmp_path, blocks(1, (20, 12)), [seconds])

    assert [round(each, 6) for _, each, _ in read(path)] == shown


def test_apng_shows_no_image_for_more_than_a_minute_at_a_time(tmp_path):
    _, made = write("apng", tmp_path, blocks(2), [60.0, 60.001])

    assert made.n_frames == 3


def test_pixels_that_stay_are_transparent_in_the_next_picture_of_a_webp(tmp_path):
    images = np.full((2, 20, 30, 4), 255, np.uint8)
    images[1, 4, 10, :3] = images[1, 9, 17, :3] = (9, 8, 7)
    path, _ = write("webp", tmp_path, images, [0.2, 0.3], WebpEncoder(loop=5))
    content = path.read_bytes()

    assert content[8:16] == b"WEBPVP8X"
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    assert content[24:30] == bytes([29, 0, 0, 19, 0, 0])
    assert content[30:44] == b"ANIM\6\0\0\0\xff\xff\xff\xff\5\0"  # white behind, and five times
    second = content.index(b"ANMF", content.index(b"ANMF") + 4)
    length = int.from_bytes(content[second + 4 : second + 8], "little")
    assert content[second + 23] == 0  # drawn over what is there
    alone = b"WEBP" + content[second + 24 : second + 8 + length]
    with Image.open(io.BytesIO(b"RIFF" + len(alone).to_bytes(4, "little") + alone)) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    assert pixels.shape == (6, 8, 4)
    assert [place.tolist() for place in np.nonzero(pixels[:, :, 3])] == [[0, 5], [0, 7]]
    assert pixels[0, 0].tolist() == [9, 8, 7, 255]


def test_pictures_of_a_webp_are_compressed_quickly_and_without_loss(tmp_path, monkeypatch):
    settings, save = [], Image.Image.save
    monkeypatch.setattr(
        Image.Image, "save", lambda self, file, **given: settings.append(given) or save(self, file, **given)
    )
    write("webp", tmp_path, blocks(1), [0.2])

    assert settings == [{"format": "webp", "lossless": True, "quality": 30, "method": 2}]


@pytest.mark.parametrize(
    ("words", "flags"),
    [({}, 0x12), ({"title": "EM"}, 0x16), ({"story": "It moves."}, 0x16), ({"description": "A film."}, 0x16)],
)
def test_header_of_a_webp_says_what_is_in_it(tmp_path, words, flags):
    """0x02: it is animated; 0x10: it may be transparent; 0x04: it has metadata."""
    path, _ = write("webp", tmp_path, blocks(2, (20, 12)), [0.2, 0.3], **words)
    content = path.read_bytes()

    assert content[:4] + content[8:16] == b"RIFFWEBPVP8X"
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    assert list(content[16:30]) == [10, 0, 0, 0, flags, 0, 0, 0, 19, 0, 0, 11, 0, 0]
    assert (b"XMP " in content) == bool(words)


def test_largest_and_longest_webp_is_allowed():
    film = film_of(blocks(2, (20, 12)), [0.5, 0.5])
    longest = (2**24 - 1) / 1000
    WebpEncoder().check(replace(film, size=(16_383, 16_383), durations=(0.5, longest)))

    for wrong, message in (
        ({"size": (16_384, 9)}, "a WebP has at most 16,383 pixels on a side, not 16,384"),
        ({"size": (9, 16_384)}, "a WebP has at most 16,383 pixels on a side, not 16,384"),
        (
            {"durations": (longest + 0.001, 0.5)},
            "an image stands 16,777 s, and in a WebP at most 16,777 s: shorten it, or write another format",
        ),
    ):
        with pytest.raises(gv.InputError) as caught:
            WebpEncoder().check(replace(film, **wrong))
        assert str(caught.value) == message


def test_flash_is_eleven_milliseconds_of_a_webp(tmp_path):
    film = film_of(blocks(1, (20, 12)), [0.001])
    path, made = write("webp", tmp_path, blocks(1, (20, 12)), [0.001])

    assert WebpEncoder().length_of(film) == made.seconds == 0.011
    assert WebpEncoder().length_of(replace(film, durations=(0.012,))) == 0.012
    assert WebpEncoder().read_back(path).seconds == 0.011
