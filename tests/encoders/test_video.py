"""MP4 and WebM."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from film_files import blocks, film_of, psnr, read, write
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.encoders import ENCODERS, Mp4Encoder, Shot, WebmEncoder, video, webm
from gmmviz.encoders.video import Slot, chapters, cut, frame_rate, n_frames


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


@pytest.mark.parametrize("rate", ["1", "7", "10", "23.976", "24", "25", "29.97", "30", "60", "30000/1001", "120"])
@pytest.mark.parametrize("rest", [0.6, 1.2, 1.834, 2.51])
def test_frame_rate_is_constant(tmp_path, name, rate, rest):
    """To the file's tick, whatever the film's length; which is that of the nearest whole number of frames."""
    rate = Fraction(rate)
    durations = [0.4, *[1 / float(rate)] * 5, rest + 0.4]
    path, made = write(name, tmp_path, blocks(len(durations)), durations, fps=float(rate))
    begins = [begin for begin, _, _ in read(path)]

    assert made.n_frames == len(begins) == max(1, int(sum(durations) * rate + Fraction(1, 2)))
    assert_allclose(begins, np.arange(len(begins)) / float(rate), atol={"mp4": 1e-9, "webm": 1e-5}[name])
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(float(rate), rel=1e-5)
        assert container.duration / 1e6 == pytest.approx(len(begins) / float(rate), abs=0.001)
        packets = [packet for packet in container.demux(stream) if packet.size]
        lasts, ticks = {packet.duration for packet in packets}, [packet.pts for packet in packets]
    assert len(lasts) == len(set(np.diff(ticks))) == 1  # in whole ticks
    assert abs(sum(durations) - made.seconds) <= 0.5 / rate + 1e-6


@pytest.mark.parametrize("fps", [24, 25, 30, 60, 72, 120])
def test_media_tool_finds_a_constant_frame_rate(tmp_path, name, fps):
    media = pytest.importorskip("pymediainfo")
    if not media.MediaInfo.can_parse():
        pytest.skip("MediaInfo's library is not there")
    durations = [0.7, *[1 / fps] * fps, 1.237]
    path, _ = write(name, tmp_path, blocks(len(durations)), durations, fps=fps)
    (track,) = media.MediaInfo.parse(path).video_tracks

    assert (track.frame_rate_mode, track.frame_rate) == ("CFR", f"{fps}.000")


def test_webm_says_its_length_in_words_too(tmp_path):
    """A film of 90 frames at 24 a second, which FFmpeg wrote as if each lasted 42 ms, lasts 3.75 s."""
    path, _ = write("webm", tmp_path, blocks(2), [1.75, 2.0], fps=24)

    with av.open(path) as container:
        assert container.streams.video[0].metadata["DURATION"] == "00:00:03.750000000"
        assert container.duration == pytest.approx(3_750_000, abs=10)


def test_webm_without_its_unit_of_time_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("gmmviz.encoders.webm.HEAD", 10)

    with pytest.raises(gv.RenderError, match="FFmpeg has not said what its unit of time is"):
        write("webm", tmp_path, blocks(2), [1.0, 1.0])


def test_step_shorter_than_a_frame_is_seen():
    film = replace(film_of(blocks(6), [2.0, 0.3, 0.3, 0.3, 0.3, 2.0]), fps=1.0)
    slots = cut(film, frame_rate(film))

    assert [slot.opens for slot in slots].count(True) == len(film.steps)
    assert frame_rate(film) == 2  # a step lasts 0.6 s
    assert len(slots) == 10


def test_step_that_nobody_could_see_makes_no_quicker_film():
    """Of a millisecond, at 25 frames a second: 100 is the largest multiple that screens can show."""
    film = film_with_steps([0.999, 0.001, 0.5], 25, [0, 1, 2], ["Start", "Iteration 1", "End"])
    rate = frame_rate(film)

    assert rate == 100
    assert [c["metadata"]["title"] for c in chapters(film, cut(film, rate), rate)] == ["Start", "End"]


def test_film_ends_with_its_last_image():
    film = film_with_steps([0.9, 0.1], 5, [1])

    assert [slot.image for slot in cut(film, Fraction(5))] == [0, 0, 0, 0, 1]


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
    assert saved.note == f"made even from 321x181, as {name} needs it"
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
    path, made = write(name, tmp_path, blocks(2, (16, 16)), [0.6, 600.0])

    assert ENCODERS[name]().read_back(path).seconds == pytest.approx(600.6, abs=0.001)
    assert made.n_frames == 600.6 * 25


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

    assert cut(film, Fraction(2)) == [Slot(0, True), Slot(0, False), Slot(2, True)]


def test_frames_are_cut_finer_where_a_step_is_shorter_than_one():
    """A step of 0.1 s takes five frames for one of 0.5 s."""
    film = film_with_steps([0.9, 0.1, 0.5], 2, [0, 1, 2])
    slots = cut(film, frame_rate(film))

    assert frame_rate(film) == 10
    assert [slot.image for slot in slots] == [0] * 9 + [1] + [2] * 5
    assert [number for number, slot in enumerate(slots) if slot.opens] == [0, 9, 10]


def test_chapter_begins_with_the_first_frame_of_its_first_step():
    film = film_with_steps([0.5, 0.5, 0.5, 1.0], 2, [0, 1, 2, 3], ["Start", "Iteration 1", "Iteration 1", "End"])
    found = chapters(film, cut(film, Fraction(2)), Fraction(2))

    assert [(c["id"], c["metadata"]["title"], c["start"], c["end"]) for c in found] == [
        (0, "Start", 0, 1),
        (1, "Iteration 1", 1, 3),
        (2, "End", 3, 5),
    ]
    assert {c["time_base"] for c in found} == {Fraction(1, 2)}


def test_largest_picture_is_allowed():
    film = film_of(blocks(2), [0.5, 0.5])
    Mp4Encoder().check(replace(film, size=(8704, 4096)))  # 35,651,584 pixels

    with pytest.raises(gv.InputError):
        Mp4Encoder().check(replace(film, size=(8704, 4097)))


def test_frame_rate_is_a_fraction_whose_denominator_is_at_most_1001():
    film = film_of(blocks(2), [1.0, 1.0])

    assert frame_rate(replace(film, fps=24000 / 1001)) == Fraction(24000, 1001)
    assert frame_rate(replace(film, fps=1003 / 1002)) == Fraction(1002, 1001)


@pytest.mark.parametrize(("seconds", "rate"), [(0.5 / (1 + 0.5e-6), 2), (0.5 / (1 + 1.5e-6), 4)])
def test_step_may_be_a_millionth_shorter_than_a_frame(seconds, rate):
    assert frame_rate(film_with_steps([1.0, seconds, 1.0], 2, [0, 1, 2])) == rate


@pytest.mark.parametrize(("fps", "rate"), [(50, 100), (61, 61), (60, 120), (150, 150)])
def test_frames_are_no_shorter_than_screens_can_show(fps, rate):
    """Of steps of a millisecond; but a film that wants more than 120 images a second has them."""
    assert frame_rate(film_with_steps([0.999, 0.001, 0.5], fps, [0, 1, 2])) == rate


def test_film_without_steps_is_as_quick_as_it_says():
    film = replace(film_of(blocks(2), [1.0, 1.0], fps=2), steps=())

    assert frame_rate(film) == 2
    assert [slot.opens for slot in cut(film, Fraction(2))] == [True, False, False, False]


@pytest.mark.parametrize(
    ("length", "n"), [(2.4999985, 2), (2.4999995, 3), (3.49, 3), (0.4, 1), (0.6, 1), (1.5, 2)]
)
def test_film_has_the_nearest_whole_number_of_frames(length, n):
    """To a millionth of one, and at least one of them."""
    assert n_frames(film_of(blocks(1), [length], fps=1), Fraction(1)) == n


def test_image_that_ends_in_the_middle_of_a_frame_is_not_in_it():
    film = film_with_steps([0.25, 1.25], 2, [0, 1])

    assert [slot.image for slot in cut(film, Fraction(2))] == [1, 1, 1]


def test_hours_minutes_and_seconds_of_a_webm_are_written_apart():
    assert webm._clock(3725.042) == "01:02:05.042000000"
    assert webm._clock(0.9996) == "00:00:01.000000000"
    assert webm._clock(59.999) == "00:00:59.999000000"
    assert webm._clock(36_000) == "10:00:00.000000000"


@pytest.mark.parametrize(("rate", "milliseconds"), [(24, 42), (25, 40), (1, 1000), (3000, 1)])
def test_frame_of_a_webm_lasts_whole_milliseconds(rate, milliseconds):
    assert WebmEncoder().time_base(Fraction(rate)) == Fraction(milliseconds, 1000)


def test_video_says_what_it_made_even(tmp_path):
    """Of 5 x 3 pixels 6 x 4, which the background fills."""
    image = np.full((3, 5, 4), 255, np.uint8)
    padded = video._padded(image, (6, 4), "#102030")

    assert padded.shape == (4, 6, 4)
    assert (padded[:3, :5] == 255).all()
    assert padded[3].tolist() == [[0x10, 0x20, 0x30, 255]] * 6
    assert padded[:, 5].tolist() == [[0x10, 0x20, 0x30, 255]] * 4
    assert video._padded(image, (5, 3), "#102030") is image


def test_film_without_steps_has_no_chapters(name, tmp_path):
    images = blocks(2, (16, 16))
    film = replace(film_of(images, [0.5, 0.5]), steps=())
    shots = [Shot(image, 0.5, opens=False) for image in images]
    made = ENCODERS[name]().write(tmp_path / f"a.{name}", film, shots)

    with av.open(str(tmp_path / f"a.{name}")) as container:
        assert container.chapters() == []
    assert made.seconds == 1.0
