import os
from copy import copy
from dataclasses import replace

import pytest
from film_files import MOVING, STILL, blocks, film_of, psnr, read, shots, wanted, write
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.encoders import GifEncoder, Mp4Encoder, write_safely
from gmmviz.encoders.base import ENCODERS, Contents, Encoder, encoder_for
from gmmviz.errors import hint

EVERY = list(ENCODERS)
KNOWN = hint("", ENCODERS)  # "known: 'apng', ..."


@pytest.fixture(scope="module")
def animation(trace):
    pace = gv.Pace(length=3.0, start=0.5, end=0.5, iterations=2)
    return gv.Animation(trace, size=(64, 48), fps=10, pace=pace, title="EM", description="A geyser.")


@pytest.fixture(scope="module")
def every_file(animation, tmp_path_factory):
    """What is saved when a film is written to a file of each format at once, and the progress reported."""
    folder, seen = tmp_path_factory.mktemp("every"), []
    saved = animation.save(*(folder / f"film.{name}" for name in EVERY), progress=lambda *now: seen.append(now))
    return saved, seen


class Broken(Encoder):
    """Writes half a file, then fails."""

    def write(self, path, film, shots):
        for n, _ in enumerate(shots):
            path.write_bytes(b"half")
            if n == 3:
                raise OSError(28, "No space left on device")


class Short(Mp4Encoder):
    """Loses the second half of the film."""

    def write(self, path, film, shots):
        half = len(film.durations) // 2
        return super().write(path, replace(film, durations=film.durations[:half]), list(shots)[:half])


class Boastful(GifEncoder):
    """Says that it wrote more than it did."""

    def write(self, path, film, shots):
        made = super().write(path, film, shots)
        return Contents(made.size, made.n_frames + 1, made.seconds)


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setitem(ENCODERS._members, "gif", Broken)


def test_failure_leaves_the_old_file_and_nothing_else(animation, tmp_path, broken):
    target = tmp_path / "film.gif"
    target.write_bytes(b"the old film")

    with pytest.raises(gv.RenderError) as caught:
        animation.save(target)

    assert str(caught.value) == f"{target} was not written: No space left on device"
    assert target.read_bytes() == b"the old film"
    assert os.listdir(tmp_path) == ["film.gif"]


def test_one_broken_file_does_not_cost_the_others(animation, tmp_path, broken):
    with pytest.raises(gv.RenderError):
        animation.save(tmp_path / "film.gif", tmp_path / "film.mp4")

    assert os.listdir(tmp_path) == ["film.mp4"]


def test_film_of_the_wrong_length_is_not_put_in_place(animation, tmp_path):
    with pytest.raises(gv.RenderError, match=r"film.mp4 was not written: it came out [0-9.]+ s long, not 3.000 s"):
        animation.save((tmp_path / "film.mp4", Short()))

    assert os.listdir(tmp_path) == []


def test_film_of_the_wrong_number_of_images_is_not_put_in_place(animation, tmp_path):
    with pytest.raises(gv.RenderError, match=r"film.gif was not written: it came out with \d+ images, not \d+$"):
        animation.save((tmp_path / "film.gif", Boastful()))

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", MOVING + STILL)
def test_file_that_was_cut_off_is_not_taken_for_whole(tmp_path, name):
    images = blocks(8)
    path, made = write(name, tmp_path, images, [0.2] * 8)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])

    try:
        found = ENCODERS[name]().read_back(path)
    except Exception:  # whatever the reader says of it
        return
    assert found != made


def test_interrupted_rendering_leaves_nothing(animation, tmp_path):
    def interrupt(done, total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animation.save(*(tmp_path / f"film.{name}" for name in MOVING), progress=interrupt)

    assert set(os.listdir(tmp_path)) == set()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("film.mpeg4", "'film.mpeg4' ends in '.mpeg4'; did you mean 'mp4'?"),
        ("film.png", "'film.png' ends in '.png'; did you mean '.poster.png', '.sheet.png' or '.plate.png'?"),
        (
            "film.doc",
            f"'film.doc' ends in '.doc'; {KNOWN}",
        ),
        (
            "film",
            f"'film' has no suffix; {KNOWN}",
        ),
    ],
)
def test_unknown_suffix_is_refused_before_rendering(animation, tmp_path, name, message):
    with pytest.raises(gv.InputError) as caught:
        animation.save(tmp_path / name)

    assert str(caught.value) == f"no film can be written to that file: {message}"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("FILM.GIF", "gif"),
        ("v1.2.mp4", "mp4"),
        ("film.sheet.png", "sheet.png"),
        ("Film.Poster.PNG", "poster.png"),
        ("poster.png", "poster.png"),
    ],
)
def test_suffix_chooses_the_encoder(tmp_path, name, suffix):
    assert type(encoder_for(tmp_path / name)) is ENCODERS[suffix]


def test_every_file_comes_from_one_pass(animation, every_file):
    saved, seen = every_file

    assert [file.path.name for file in saved] == [f"film.{name}" for name in EVERY]
    assert sorted(os.listdir(saved[0].path.parent)) == sorted(f"film.{name}" for name in EVERY)
    # Every image, each step as SVG and as PDF, all steps on pages, and three plates.
    total = len(animation.moments) + 2 * len(animation.film.steps) + 4
    assert seen == [(done, total) for done in range(1, total + 1)]


def test_films_made_twice_have_the_same_bytes(animation, every_file, tmp_path):
    """Also a film alone and one beside others."""
    saved, _ = every_file
    again = copy(animation)  # which makes a canvas of its own
    for beside in saved:
        (alone,) = again.save(tmp_path / beside.path.name)
        assert beside.path.read_bytes() == alone.path.read_bytes(), beside.path.name


@pytest.mark.parametrize("fps", [10, 12, 15, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("name", MOVING)
def test_film_is_as_long_as_asked_at_every_frame_rate(tmp_path, name, fps):
    durations = [1.2, *[0.31 / round(0.31 * fps)] * round(0.31 * fps), 0.777, *[1 / fps] * fps, 2.5]
    images = blocks(len(durations))
    path, made = write(name, tmp_path, images, durations, fps=fps)
    found, tick = ENCODERS[name]().read_back(path), ENCODERS[name].tick
    length = ENCODERS[name]().length_of(film_of(images, durations, fps=fps))

    assert (found.size, found.n_frames) == (made.size, made.n_frames)
    assert abs(length - sum(durations)) <= (0.5 / fps + 1e-6 if name in ("mov", "mp4", "webm") else 1e-9)
    assert_allclose(found.seconds, length, atol=tick * 1.001)
    begins, seconds, _ = read(path)[-1]
    assert_allclose(begins + seconds, length, atol=max(tick, 0.001) * 1.01)


@pytest.mark.parametrize("fps", [50, 60, 75, 90, 95, 99, 100, 120])
@pytest.mark.parametrize(("name", "shortest"), [("gif", 20), ("webp", 11), ("apng", 11)])
def test_no_picture_is_shorter_than_browsers_show(tmp_path, name, shortest, fps):
    """They show pictures of 10 ms or less for 100 ms, and a film of 120 images a second in tenfold length."""
    durations = [0.5, *[1 / fps] * fps, 0.003, 0.75]
    path, _ = write(name, tmp_path, blocks(len(durations)), durations, fps=fps)
    seconds = [seconds for _, seconds, _ in read(path)]

    assert min(seconds) >= shortest / 1000 - 1e-9
    assert_allclose(sum(seconds), sum(durations), atol=ENCODERS[name].tick)


@pytest.mark.parametrize("n_images", [1, 2, 3])
@pytest.mark.parametrize("length", [0.0005, 0.004, 0.012, 0.021, 0.03])
@pytest.mark.parametrize("name", MOVING)
def test_flash_is_shown_as_briefly_as_can_be(tmp_path, name, length, n_images):
    durations = [length / n_images] * n_images
    film, images = film_of(blocks(n_images), durations, fps=120), shots(blocks(n_images), durations)
    saved = write_safely(tmp_path / f"film.{name}", film, images, ENCODERS[name]())

    if name in ("gif", "webp", "apng"):
        assert min(seconds for _, seconds, _ in read(saved.path)) > 0.0105
        assert length - 0.011 < saved.seconds <= max(length, 0.022)


@pytest.mark.parametrize("name", MOVING)
def test_pictures_come_at_their_times(tmp_path, name):
    durations = [0.5, 0.08, 0.08, 0.08, 0.6, 0.08, 0.08, 1.1]
    images = blocks(8)
    frames = read(write(name, tmp_path, images, durations)[0])

    for time in (0.0, 0.3, 0.55, 0.62, 0.7, 1.0, 1.3, 1.38, 1.45, 2.0, 2.55):
        shown = [picture for begins, _, picture in frames if begins <= time + 1e-9][-1]
        expected = images[int(sum(time >= end for end in (0.5, 0.58, 0.66, 0.74, 1.34, 1.42, 1.5)))][:, :, :3]
        assert psnr(shown, expected) > 28, time


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (17, 9), (33, 64)])
@pytest.mark.parametrize("name", MOVING)
def test_any_size_can_be_written(tmp_path, name, size):
    path, made = write(name, tmp_path, blocks(4, size), [0.2] * 4)
    even = tuple(side + side % 2 for side in size)

    assert made.size == (even if name in ("mp4", "webm") else size)
    assert replace(ENCODERS[name]().read_back(path), seconds=made.seconds, note=made.note) == made
    assert read(path)[0][2].shape == (*made.size[::-1], 3)


@pytest.mark.parametrize("name", EVERY)
def test_film_of_one_image_is_written(trace, tmp_path, name):
    nothing = dict.fromkeys(("first_e", "first_m", "e_step", "e_hold", "m_step", "m_hold", "fast", "end"), 0)
    animation = gv.Animation(trace, size=(65, 47), pace=gv.Pace(start=1.6, **nothing))
    (saved,) = animation.save(tmp_path / f"film.{name}")

    assert len(animation.moments) == 1
    assert saved.seconds == pytest.approx(1.6 if name in [*MOVING, "html", "pptx", "vtt"] else 0)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        (
            "mp4",
            (8000, 8000),
            "8000x8000 pixels are more than mp4 holds (35,651,584 in all): make the film smaller, or write a gif, "
            "webp or apng",
        ),
        (
            "webm",
            (8192, 8192),
            "8192x8192 pixels are more than webm holds (35,651,584 in all): make the film smaller, or write a gif, "
            "webp or apng",
        ),
    ],
)
def test_picture_too_large_for_the_format_is_refused_before_rendering(trace, tmp_path, name, size, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, size=size).save(tmp_path / f"film.{name}", progress=lambda *_: pytest.fail("rendered"))

    assert str(caught.value) == message


@pytest.mark.long
@pytest.mark.parametrize("name", ["gif", "webp", "apng"])
def test_picture_of_8000_by_8000_pixels_can_be_written(tmp_path, name):
    path, made = write(name, tmp_path, blocks(2, (8000, 8000)), [0.5, 0.5])

    assert ENCODERS[name]().read_back(path) == made == Contents((8000, 8000), 2, 1.0)


HOURS = 10 * 3600


@pytest.mark.parametrize("name", ["gif", "apng"])
def test_image_may_stand_for_hours(tmp_path, name):
    path, made = write(name, tmp_path, blocks(3, (16, 16)), [0.5, HOURS, 1.0])
    frames = read(path)

    assert ENCODERS[name]().read_back(path).n_frames == made.n_frames
    assert_allclose(ENCODERS[name]().read_back(path).seconds, HOURS + 1.5, atol=0.01)
    assert_allclose(made.seconds, HOURS + 1.5, atol=0.01)
    assert_allclose(sum(seconds for _, seconds, _ in frames), HOURS + 1.5, atol=0.01)
    assert psnr(frames[len(frames) // 2][2], blocks(3, (16, 16))[1][:, :, :3]) > 28


def test_image_that_stands_too_long_is_refused():
    with pytest.raises(gv.InputError) as caught:
        ENCODERS["webp"]().check(film_of(blocks(2), [0.5, HOURS]))

    assert str(caught.value) == (
        "an image stands 36,000 s, and in a WebP at most 16,777 s: shorten it, or write another format"
    )


@pytest.mark.parametrize("name", [*MOVING, "poster.png", "sheet.png"])
def test_words_are_in_every_file(every_file, name):
    """As they are; each reader finds them in its own place."""
    (file,) = (file for file in every_file[0] if file.path.name == f"film.{name}")

    assert b"A geyser. EM fits two Gaussians to 272 points" in file.path.read_bytes()


def test_shots_are_not_kept(tmp_path):
    """An encoder that collected a film's images would need all of its memory."""
    import weakref

    alive = []

    def watched(images, durations):
        for shot in shots(images, durations):
            image = shot.image.copy()
            alive.append(weakref.ref(image))
            yield type(shot)(image, shot.seconds, shot.opens)
            assert sum(ref() is not None for ref in alive) <= 4

    images, durations = blocks(30), [0.04] * 30
    for name in MOVING + STILL:
        path, encoder, film = tmp_path / f"film.{name}", ENCODERS[name](), film_of(images, durations)
        path.touch()
        encoder.write(path, film, wanted(encoder, film, watched(images, durations)))
        assert len(alive) == 30
        alive.clear()
