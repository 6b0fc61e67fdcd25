import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image, ImageSequence

import gmmviz as gv
from gmmviz.encoders.gif import ticked


def read(path):
    """Every frame of a GIF as (seconds, picture)."""
    with Image.open(path) as film:
        return [
            (frame.info["duration"] / 1000, np.asarray(frame.convert("RGB")).astype(int))
            for frame in ImageSequence.Iterator(film)
        ]


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one - other) ** 2.0))


@pytest.fixture
def animation(trace):
    return gv.Animation(trace, size=(400, 225), pace=gv.Pace(length=6.0))


def test_film_is_what_was_rendered(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.gif")
    frames = read(saved.path)

    assert saved.size == (400, 225)
    assert saved.n_frames == len(frames) == len(animation.moments)
    for (seconds, picture), moment in zip(frames, animation.moments, strict=True):
        assert_allclose(seconds, moment.duration, atol=0.0101)
        assert psnr(picture, animation.image(moment)[:, :, :3]) > 40


def test_film_loops_for_ever(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.gif")

    with Image.open(saved.path) as film:
        assert film.info["loop"] == 0


@pytest.mark.parametrize("fps", [10, 12, 15, 24, 25, 30, 50, 60])
def test_film_is_as_long_as_asked_at_every_frame_rate(trace, tmp_path, fps):
    animation = gv.Animation(trace, size=(64, 48), fps=fps, pace=gv.Pace(length=5.0))
    (saved,) = animation.save(tmp_path / "film.gif")

    assert_allclose(sum(seconds for seconds, _ in read(saved.path)), 5.0, atol=0.0101)
    assert_allclose(saved.seconds, 5.0, atol=0.0101)


@pytest.mark.parametrize("fps", [10, 24, 30, 50, 60, 120])
def test_no_delay_is_under_two_ticks_and_none_is_lost(fps):
    durations = [1 / fps] * 200
    schedule = ticked(durations)

    begins = [begin for _, begin, _ in schedule]
    ends = [end for _, _, end in schedule]
    assert begins[0] == 0
    assert begins[1:] == ends[:-1]
    assert ends[-1] == round(100 * sum(durations))
    assert min(end - begin for _, begin, end in schedule) >= 2
    assert schedule[-1][0] == 199  # the film ends on its last image


def test_single_short_image_stands_two_ticks():
    assert ticked([0.001]) == [(0, 0, 2)]
