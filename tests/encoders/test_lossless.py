"""Animated WebP and APNG."""

import pytest
from film_files import blocks, psnr, read, write
from numpy.testing import assert_allclose
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import ApngEncoder, WebpEncoder


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
