"""MP4 and WebM."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, write
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.encoders import ENCODERS, Mp4Encoder, WebmEncoder
from gmmviz.encoders.video import Slot, chapters, cut


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, size=(240, 136), pace=gv.Pace(length=5.0), title="EM")


@pytest.fixture(scope="module")
def files(animation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("video")
    return {suffix: animation.save(folder / f"film.{suffix}")[0] for suffix in ("mp4", "webm")}


@pytest.fixture(params=["mp4", "webm"])
def name(request):
    return request.param


@pytest.fixture
def saved(files, name):
    return files[name]


def test_film_begins_with_the_start_and_ends_with_the_fit(animation, saved):
    frames = read(saved.path)

    for (_, _, picture), moment in ((frames[0], animation.moments[0]), (frames[-1], animation.moments[-1])):
        assert psnr(picture, animation.image(moment)[:, :, :3]) > 32


@pytest.mark.parametrize("fps", [10, 15, 24, 25, 60])
def test_frames_stand_equally_long(tmp_path, name, fps):
    """To the file's tick, also where the steps are no multiples of a frame."""
    durations = [1.2, *[0.31 / round(0.31 * fps)] * round(0.31 * fps), 0.17, *[1 / fps] * fps, 2.5]
    images = blocks(len(durations))
    path, _ = write(name, tmp_path, images, durations, fps=fps)
    begins = [begin for begin, _, _ in read(path)]

    even = sum(durations) / len(begins)
    assert_allclose(np.diff(begins), even, atol=1.01 * ENCODERS[name].tick)
    assert len(begins) == round(sum(durations) * fps)
    with av.open(path) as container:
        assert_allclose(container.duration / 1e6, sum(durations), atol=2e-3)


def test_step_shorter_than_a_frame_is_seen():
    durations = [2.0, 0.3, 0.3, 0.3, 0.3, 2.0]
    film = film_of(blocks(6), durations)
    slots = cut(type(film)(film.size, 1.0, film.durations, steps=film.steps), 1000)

    assert [slot.opens for slot in slots].count(True) == len(film.steps)
    assert slots[-1].ends == 5200
    lengths = [slot.ends - slot.begins for slot in slots]
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= 600


def test_every_step_begins_with_a_keyframe_and_its_image(animation, saved):
    with av.open(saved.path) as container:
        keyframes = [frame.time for frame in container.decode(video=0) if frame.key_frame]

    for step in animation.film.steps:
        assert min(abs(step.begins - time) for time in keyframes) <= 0.5 / 25 + 0.001


def test_every_iteration_is_a_chapter(animation, saved):
    with av.open(saved.path) as container:
        chapters = container.chapters()

    titles = [chapter["metadata"]["title"] for chapter in chapters]
    assert titles == ["Start", *(f"Iteration {t}" for t in range(1, 6)), "End"]
    ends = [float(chapter["end"] * chapter["time_base"]) for chapter in chapters]
    begins = [float(chapter["start"] * chapter["time_base"]) for chapter in chapters]
    assert begins[0] == 0
    assert begins[1:] == ends[:-1]
    assert_allclose(ends[-1], 5.0, atol=0.001)
    for title, begin in zip(titles, begins, strict=True):
        step = next(step for step in animation.film.steps if step.chapter == title)
        assert_allclose(begin, step.begins, atol=0.5 / 25 + 0.001)


def test_title_and_story_can_be_read(animation, saved):
    with av.open(saved.path) as container:
        words = {key.lower(): text for key, text in container.metadata.items()}

    assert words["title"] == "EM"
    assert words["description"] == words["comment"] == animation.film.story


def test_any_player_can_play_it(saved, name):

    with av.open(saved.path) as container:
        context = container.streams.video[0].codec_context
        next(container.decode(video=0))
        assert (context.name, context.pix_fmt) == ({"mp4": "h264", "webm": "vp9"}[name], "yuv420p")
        assert (context.color_range, context.colorspace) == (1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)


def test_index_of_an_mp4_comes_first(files):
    content = files["mp4"].path.read_bytes()

    assert content.index(b"moov") < content.index(b"mdat")


def test_odd_sizes_are_padded_in_the_background_color(trace, tmp_path, name):
    animation = gv.Animation(trace, size=(321, 181), theme="dark", pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / f"film.{name}")

    assert saved.size == (322, 182)
    _, _, picture = read(saved.path)[0]
    assert_allclose(picture[:, -1], [[0x11, 0x15, 0x1C]] * 182, atol=4)


def test_colors_come_back(trace, tmp_path, name):
    """The background is a color that wrong ranges or matrices would shift."""
    animation = gv.Animation(trace, size=(320, 180), theme="dark", pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / f"film.{name}")

    assert_allclose(read(saved.path)[0][2][3, 3], [0x11, 0x15, 0x1C], atol=3)


@pytest.mark.parametrize("kind", [Mp4Encoder, WebmEncoder])
def test_better_qualities_are_sharper_and_larger(animation, tmp_path, kind):
    sizes, sharpness = [], []
    for quality in ("draft", "standard", "high"):
        path = tmp_path / f"{quality}.{kind.format}"
        (saved,) = animation.save((path, kind(quality=quality)))
        sizes.append(saved.n_bytes)
        sharpness.append(psnr(read(path)[-1][2], animation.image(animation.moments[-1])[:, :, :3]))

    assert sizes == sorted(sizes)
    assert sharpness == sorted(sharpness)


def test_long_rests_are_shown_in_full(tmp_path, name):
    path, made = write(name, tmp_path, blocks(2, (16, 16)), [0.5, 600.0])

    assert ENCODERS[name]().read_back(path).seconds == pytest.approx(600.5, abs=0.001)
    assert made.n_frames == round(600.5 * 25)


def film_with_steps(durations, fps, lasts, chapters=None):
    """A film whose steps end with the images of these numbers."""
    film = film_of(blocks(len(durations), (20, 12)), durations, fps=fps)
    ends = np.cumsum(durations)
    begins = [0.0, *(float(ends[last]) for last in lasts[:-1])]
    steps = tuple(
        replace(film.steps[0], begins=begin, ends=float(ends[last]), last=last, chapter=chapter)
        for begin, last, chapter in zip(begins, lasts, chapters or "abcdef", strict=False)
    )
    return replace(film, steps=steps)


def test_each_frame_shows_the_image_of_its_middle():
    """Of a film of 1.5 s at 2 frames a second, the middles are at 0.25, 0.75 and 1.25 s."""
    film = film_with_steps([0.8, 0.5, 0.2], 2, [0, 2])

    assert cut(film, 1000) == [Slot(0, 0, 500, True), Slot(0, 500, 1000, False), Slot(1, 1000, 1500, True)]


def test_frames_are_cut_finer_where_a_step_is_shorter_than_one():
    """A step of 0.1 s takes five frames for one of 0.5 s."""
    slots = cut(film_with_steps([0.9, 0.1, 0.5], 2, [0, 1, 2]), 1000)

    assert [slot.begins for slot in slots] == list(range(0, 1500, 100))
    assert [slot.image for slot in slots] == [0] * 9 + [1] + [2] * 5
    assert [slot.begins for slot in slots if slot.opens] == [0, 900, 1000]


def test_chapter_begins_with_the_first_frame_of_its_first_step():
    film = film_with_steps([0.5, 0.5, 0.5, 1.0], 2, [0, 1, 2, 3], ["Start", "Iteration 1", "Iteration 1", "End"])
    found = chapters(film, cut(film, 1000), 1000)

    assert [(c["id"], c["metadata"]["title"], c["start"], c["end"]) for c in found] == [
        (0, "Start", 0, 500),
        (1, "Iteration 1", 500, 1500),
        (2, "End", 1500, 2500),
    ]
    assert {c["time_base"] for c in found} == {Fraction(1, 1000)}


def test_largest_picture_is_allowed():
    film = film_of(blocks(2), [0.5, 0.5])
    Mp4Encoder().check(replace(film, size=(8704, 4096)))  # 35,651,584 pixels

    with pytest.raises(gv.InputError):
        Mp4Encoder().check(replace(film, size=(8704, 4097)))
