import pytest
from film_files import blocks, film_of

import gmmviz as gv
from gmmviz.encoders import Step
from gmmviz.encoders.texts import VttEncoder


def test_captions_follow_the_steps(trace, tmp_path):
    animation = gv.Animation(trace, size=(64, 48), fps=10, pace=gv.Pace(e_step=0.4, m_hold=0.25))
    (saved,) = animation.save(tmp_path / "film.vtt")
    lines = saved.path.read_text(encoding="utf-8").splitlines()

    assert lines[:7] == [
        "WEBVTT",
        "Language: en",
        "",
        "00:00:00.000 --> 00:00:01.200",
        "Start: a first guess; no point has been asked yet",
        "",
        "00:00:01.200 --> 00:00:01.800",
    ]
    assert lines[-1] == "Stopped: after iteration 5, the last that was allowed"
    assert saved.seconds == pytest.approx(animation.length)
    times = [line.split(" --> ") for line in lines if "-->" in line]
    assert len(times) == len(animation.film.steps)
    assert [begins for begins, _ in times[1:]] == [ends for _, ends in times[:-1]]


def test_captions_are_escaped_and_count_hours(tmp_path):
    film = film_of(blocks(1), [1.0])
    steps = (Step("end", "end", 0, "End", 3599.9996, 36_000.5, 0, "N < 3", "a --> b & c\nd"),)
    VttEncoder().write(
        tmp_path / "film.vtt", type(film)(film.size, 25, (36_000.5,), steps=steps, language="pt-BR"), ()
    )

    assert (tmp_path / "film.vtt").read_text() == (
        "WEBVTT\nLanguage: pt-BR\n\n01:00:00.000 --> 10:00:00.500\nN &lt; 3: a --&gt; b &amp; c d\n"
    )
    assert VttEncoder().read_back(tmp_path / "film.vtt").seconds == 36_000.5


def test_alternative_text_has_the_title_the_description_and_the_story(trace, tmp_path):
    animation = gv.Animation(trace, title="EM", description="A  geyser.")
    (saved,) = animation.save(tmp_path / "film.txt")

    assert saved.path.read_text(encoding="utf-8") == f"EM\n\nA geyser.\n\n{animation.film.story}\n"
    assert str(saved) == f"{saved.path}  {saved.n_bytes} bytes"
