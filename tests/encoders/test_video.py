"""MP4 and WebM."""

import av
import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, write
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.encoders import ENCODERS, Mp4Encoder, WebmEncoder
from gmmviz.encoders.video import cut


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
