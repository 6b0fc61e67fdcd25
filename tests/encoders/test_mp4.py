import av
import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def read(path):
    """Every frame of a film as (time, keyframe, picture)."""
    with av.open(path) as container:
        return [
            (frame.time, frame.key_frame, frame.to_ndarray(format="rgb24").astype(int))
            for frame in container.decode(video=0)
        ]


@pytest.fixture
def animation(trace):
    return gv.Animation(trace, size=(400, 226), pace=gv.Pace(length=6.0))


def test_film_begins_with_the_start_and_ends_with_the_fit(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.mp4")
    frames = read(saved.path)

    for picture, moment in ((frames[0][2], animation.moments[0]), (frames[-1][2], animation.moments[-1])):
        expected = animation.image(moment)[:, :, :3].astype(int)
        assert 10 * np.log10(255**2 / np.mean((picture - expected) ** 2.0)) > 32


@pytest.mark.parametrize("fps", [10, 12, 15, 24, 25, 30, 50, 60])
def test_film_is_as_long_as_asked_at_every_frame_rate(trace, tmp_path, fps):
    animation = gv.Animation(trace, size=(64, 48), fps=fps, pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / "film.mp4")

    with av.open(saved.path) as container:
        stream = container.streams.video[0]
        assert_allclose(float(stream.duration * stream.time_base), 5.0, atol=1e-4)
        assert_allclose(container.duration / 1e6, 5.0, atol=2e-3)


def test_nothing_stands_longer_than_a_frame(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.mp4")
    times = [time for time, _, _ in read(saved.path)]

    assert np.diff(times).max() < 1.5 / 25


def test_every_step_begins_with_a_keyframe(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.mp4")
    keyframes = [time for time, key, _ in read(saved.path) if key]

    steps = [moment.time for moment in animation.moments if moment.opens]
    for step in steps:
        assert min(abs(step - time) for time in keyframes) < 1e-4


def test_any_player_can_play_it(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.mp4")

    with av.open(saved.path) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.color_range, context.colorspace) == (1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)
    content = saved.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # the index comes first


def test_odd_sizes_are_padded_in_the_background_color(trace, tmp_path):
    animation = gv.Animation(trace, size=(321, 181), theme="dark", pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / "film.mp4")

    assert saved.size == (322, 182)
    _, _, picture = read(saved.path)[0]
    assert_allclose(picture[:, -1], [[0x11, 0x15, 0x1C]] * 182, atol=4)


def test_colors_come_back(trace, tmp_path):
    """The background is a color that wrong ranges or matrices would shift."""
    animation = gv.Animation(trace, size=(320, 180), theme="dark", pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / "film.mp4")

    assert_allclose(read(saved.path)[0][2][3, 3], [0x11, 0x15, 0x1C], atol=3)
