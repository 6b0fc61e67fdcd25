import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, shots, write
from numpy.testing import assert_allclose
from PIL import Image, ImageSequence

import gmmviz as gv
from gmmviz.encoders import GifEncoder
from gmmviz.encoders.budget import choices
from gmmviz.encoders.palette import Palette


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(
        trace, size=(320, 180), pace=gv.Pace(length=3.0, start=0.5, end=0.5, iterations=2), title="EM"
    )


def test_film_is_what_was_rendered(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.gif")
    frames = read(saved.path)

    assert saved.size == (320, 180)
    assert saved.n_frames == len(frames) == len(animation.moments)
    for (_, seconds, picture), moment in zip(frames, animation.moments, strict=True):
        assert_allclose(seconds, moment.duration, atol=0.0101)
        assert psnr(picture, animation.image(moment)[:, :, :3]) > 40


@pytest.mark.parametrize(("loop", "written"), [(0, 0), (1, None), (2, 1), (5, 4)])
def test_film_plays_as_often_as_asked(tmp_path, loop, written):
    """The file counts repetitions after the first time; without a count it plays once."""
    path, _ = write("gif", tmp_path, blocks(4), [0.2] * 4, GifEncoder(loop=loop))

    with Image.open(path) as film:
        assert film.info.get("loop") == written


def noise(n_images, size=(64, 48)):
    images = blocks(n_images, size)
    images[..., :3] = np.random.default_rng(0).integers(0, 256, images[..., :3].shape)
    return images


@pytest.mark.parametrize("n_colors", [4, 16, 256])
def test_film_has_no_more_colors_than_asked(tmp_path, n_colors):
    path, _ = write("gif", tmp_path, noise(3), [0.2] * 3, GifEncoder(n_colors=n_colors))

    colors = np.unique(np.concatenate([picture.reshape(-1, 3) for _, _, picture in read(path)]), axis=0)
    assert n_colors // 4 < len(colors) < n_colors


def test_every_pixel_has_the_nearest_of_the_films_colors(tmp_path):
    images = noise(4)
    path, _ = write("gif", tmp_path, images, [0.2] * 4)
    pictures = np.array([picture for _, _, picture in read(path)])
    colors = np.unique(pictures.reshape(-1, 3), axis=0)

    distances = ((images[..., None, :3] - colors.astype(float)) ** 2).sum(axis=-1)
    assert_allclose(((pictures - images[..., :3].astype(float)) ** 2).sum(axis=-1), distances.min(axis=-1))


def test_colors_suit_the_film_better_than_a_palette_for_each_image(animation, tmp_path):
    """Pillow chooses 256 colors for each image anew; one palette must serve the whole film and serve it better."""
    (saved,) = animation.save(tmp_path / "film.gif")
    images = [animation.image(moment)[:, :, :3] for moment in animation.moments]
    theirs = [np.asarray(Image.fromarray(image).quantize(256).convert("RGB")) for image in images]

    ours = [picture for _, _, picture in read(saved.path)]
    assert psnr(np.array(ours), np.array(images)) > psnr(np.array(theirs), np.array(images))


def colors_of(image, n_colors=256):
    """The palette that is chosen for one image, shape (n, 3)."""
    return Palette([image], image.shape[1::-1], n_colors)._table[1:, 1:].astype(int)


def opaque(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 255)]).astype(np.uint8)


def test_as_few_colors_as_there_is_room_for_are_kept_as_they_are():
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (255, 3))
    image = opaque(colors[rng.integers(0, 255, (90, 160))])

    assert {tuple(c) for c in colors_of(image).tolist()} >= {
        tuple(c) for c in image[:, :, :3].reshape(-1, 3).tolist()
    }


def test_rare_colors_far_from_all_others_get_some_of_their_own():
    """The most frequent colors alone would be 255 grays."""
    rng = np.random.default_rng(0)
    gray = rng.integers(0, 256, (200, 320))
    rgb = np.dstack([gray] * 3)
    rgb[:8, :40] = np.column_stack([rng.integers(150, 256, 320), np.zeros((320, 2), int)]).reshape(8, 40, 3)
    reds = rgb[:8, :40].reshape(-1, 1, 3)

    apart = np.abs(reds - colors_of(opaque(rgb))).sum(axis=2).min(axis=1)
    assert apart.max() <= 20
    assert np.abs(gray.reshape(-1, 1)[:500] - colors_of(opaque(rgb))[:, 0]).min(axis=1).max() <= 2


def test_dither_imitates_colors_between(tmp_path):
    """Of a ramp, the average stays, where it falls into bands otherwise."""
    ramp = np.full((1, 64, 256, 4), 255, np.uint8)
    ramp[..., :3] = np.arange(256)[:, None]
    errors = {}
    for dither in ("none", "bayer", "sierra2_4a", "floyd_steinberg"):
        path, _ = write("gif", tmp_path, ramp, [1.0], GifEncoder(n_colors=6, dither=dither))
        errors[dither] = np.abs(read(path)[0][2].mean(axis=(0, 2)) - np.arange(256)).mean()

    assert errors["none"] > 1.2 * max(errors[name] for name in errors if name != "none")


def test_title_and_story_are_a_comment(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.gif")

    with Image.open(saved.path) as film:
        assert film.info["comment"].decode() == f"EM\n{animation.film.story}"


def test_long_comment_of_any_letters_leaves_the_film_whole(tmp_path):
    text = " ".join(["Größe und Mühe — ℓ/N 🎓"] * 60)
    path, made = write("gif", tmp_path, blocks(6), [0.2] * 6, description=text)

    assert GifEncoder().read_back(path) == made
    with Image.open(path) as film:
        assert film.info["comment"].decode() == text.strip()


def test_budget_that_is_not_needed_changes_nothing(animation, tmp_path):
    (plain,) = animation.save(tmp_path / "plain.gif")
    (roomy,) = animation.save((tmp_path / "roomy.gif", GifEncoder(max_bytes=10_000_000)))

    assert roomy.path.read_bytes() == plain.path.read_bytes()
    assert roomy.note == ""


def test_budget_is_kept_by_giving_up_frame_rate_then_colors_then_size(animation, tmp_path):
    (plain,) = animation.save(tmp_path / "plain.gif")
    notes = []
    for part in (0.9, 0.45, 0.3, 0.25):
        max_bytes = int(part * plain.n_bytes)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            (saved,) = animation.save((tmp_path / "small.gif", GifEncoder(max_bytes=max_bytes)))
        assert [str(warning.message) for warning in caught] == [f"{saved.path}: {saved.loss}"] * bool(saved.loss)
        assert bool(saved.loss) == (", 256 colors, 320x180 " not in saved.note)
        assert saved.n_bytes <= max_bytes
        assert saved.seconds == pytest.approx(3.0, abs=0.011)
        notes.append(saved.note)
        assert str(saved).endswith(f"; {saved.note}")
        assert saved.note.endswith(f", to take at most {max_bytes:,} bytes")

    numbers = [re.match(r"(.*) frames a second, (.*) colors, (\d+)x", note).groups() for note in notes]
    rates, colors, widths = zip(*[map(float, three) for three in numbers], strict=True)
    assert list(rates) == sorted(rates, reverse=True)
    assert list(colors) == sorted(colors, reverse=True)
    assert list(widths) == sorted(widths, reverse=True)
    assert (rates[0], colors[0], widths[0]) == (12.5, 256, 320)
    assert widths[-1] < 320


def test_choices_give_up_one_thing_after_the_other(animation):
    ladder = [(choice.every, choice.n_colors, choice.size[0]) for choice in choices(animation.film, 256)]

    assert ladder[:6] == [(1, 256, 320), (2, 256, 320), (3, 256, 320), (3, 128, 320), (3, 64, 320), (3, 64, 272)]
    assert [width for *_, width in ladder[6:]] == [231, 197, 167]


def test_budget_that_cannot_be_kept_is_refused(animation, tmp_path):
    target = tmp_path / "film.gif"
    target.write_bytes(b"the old film")

    with pytest.raises(gv.RenderError) as caught:
        animation.save((target, GifEncoder(max_bytes=2000)))

    message = str(caught.value)
    fewest = message.removeprefix(f"{target} was not written: ").split()[0]
    assert message == (
        f"{target} was not written: {fewest} bytes are the fewest that the film takes, with 8.33 frames a second, "
        "64 colors, 167x94 pixels; max_bytes = 2,000 needs a shorter or simpler film"
    )
    assert int(fewest.replace(",", "")) > 2000
    assert target.read_bytes() == b"the old film"
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]


def test_images_cached_for_another_try_lose_nothing(tmp_path):
    from gmmviz.encoders.budget import _CachedFilm

    images = noise(5, (65, 47))
    with (tmp_path / "cache").open("w+b") as file:
        cached = _CachedFilm(file, film_of(images, [0.1] * 5), shots(images, [0.1] * 5))
        for _ in range(2):
            found = list(cached.shots((65, 47)))
            for shot, image in zip(found, images, strict=True):
                assert (shot.image == image).all()
            assert [(shot.seconds, shot.opens) for shot in found] == [(0.1, i % 2 == 0) for i in range(5)]
        assert [shot.image.shape for shot in cached.shots((32, 20))] == [(20, 32, 4)] * 5
        small = cached.film((32, 20))
    assert small.size == (32, 20)
    assert [image.shape for image in small.samples] == [(20, 32, 4)] * 5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_colors": 2}, "GifEncoder: n_colors: must be at least 4, not 2"),
        ({"loop": -1}, "GifEncoder: loop: must be at least 0, not -1"),
        ({"max_bytes": 1e6}, "GifEncoder: max_bytes: expected a whole number, got 1000000.0"),
        (
            {"dither": "floyd"},
            "GifEncoder: dither: expected 'none', 'bayer', 'sierra2_4a' or 'floyd_steinberg', got 'floyd'",
        ),
    ],
)
def test_impossible_option_says_what_is_wrong(settings, message):
    with pytest.raises(gv.InputError) as caught:
        GifEncoder(**settings)

    assert str(caught.value) == message


@pytest.mark.parametrize("max_bytes", [None, 100_000])
def test_background_lets_the_page_shine_through_where_asked(tmp_path, max_bytes):
    images = blocks(6)
    encoder = GifEncoder(transparent=True, max_bytes=max_bytes)
    path, _ = write("gif", tmp_path, images, [0.1] * 6, encoder, background="#fafafa")

    with Image.open(path) as film:
        for image, frame in zip(images, ImageSequence.Iterator(film), strict=True):
            ground = (image[:, :, 0] == 250) & (image[:, :, 1] == 250)
            assert ((np.asarray(frame.convert("RGBA"))[:, :, 3] == 0) == ground).all()


def test_last_image_stands_as_long_as_asked(tmp_path):
    path, contents = write("gif", tmp_path, blocks(3), [0.1, 0.1, 0.1], GifEncoder(final_delay=2.5))

    assert [seconds for _, seconds, _ in read(path)] == [0.1, 0.1, 2.5]
    assert contents.seconds == pytest.approx(2.7)


def test_largest_gif_is_allowed():
    film = film_of(blocks(2), [0.5, 0.5])
    GifEncoder().check(replace(film, size=(65_535, 10)))

    with pytest.raises(gv.InputError) as caught:
        GifEncoder().check(replace(film, size=(10, 65_536)))
    assert str(caught.value) == "a GIF has at most 65,535 pixels on a side, not 65,536"


def test_comment_of_more_than_255_bytes_is_divided(tmp_path):
    path, _ = write("gif", tmp_path, blocks(2), [0.2] * 2, title="x" * 254, story="y")

    content = path.read_bytes()
    assert b"\x21\xfe\xff" + b"x" * 254 + b"\n\x01y\0" in content
    without, _ = write("gif", tmp_path, blocks(2), [0.2] * 2)
    assert b"\x21\xfe" not in without.read_bytes()[:900]
