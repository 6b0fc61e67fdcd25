import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import av
import pytest
from film_files import blocks, film_of, shots, wanted
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import ENCODERS, Step, write_safely
from gmmviz.encoders.texts import VttEncoder


def test_captions_follow_the_steps(trace, tmp_path):
    animation = gv.Animation(trace, size=(64, 48), fps=10, pace=gv.Pace(start=1.2, first_e=0.6))
    (saved,) = animation.save(tmp_path / "film.vtt")
    lines = saved.path.read_text(encoding="utf-8").splitlines()

    assert lines[:7] == [
        "WEBVTT",
        "Language: en",
        "",
        "00:00:00.000 --> 00:00:01.200",
        "Start: a first guess",
        "",
        "00:00:01.200 --> 00:00:01.800",
    ]
    assert lines[-1] == "Stopped: after iteration 5"
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


@pytest.mark.parametrize("name", ["vtt", "steps.zip"])
def test_captions_stay_whole_with_a_label_and_without_one(trace, tmp_path, name):
    captions = gv.Captions(start="Erste Vermutung", first_e="E: wem gehört was?", stopped=" {iteration} Schritte ")
    animation = gv.Animation(trace, size=(64, 48), fps=5, captions=captions, pace=gv.Pace(iterations=(1,)))
    animation.save(tmp_path / f"film.{name}")
    if name == "vtt":
        cues = (tmp_path / "film.vtt").read_text(encoding="utf-8").strip().split("\n\n")[1:]
        said = [cue.split("\n")[1] for cue in cues]
    else:
        with zipfile.ZipFile(tmp_path / "film.steps.zip") as archive:
            said = [Image.open(archive.open(entry)).text["Description"] for entry in archive.namelist()]

    assert said[:2] == ["Erste Vermutung", "E: wem gehört was?"]
    assert said[-1] == "5 Schritte"


BREAKS = "One\n\nWEBVTT\n\n00:00.000 --> 00:09.000\r\nTwo\x00\x1b[31m\u2028\x85Three\udce9"
LINE = "One WEBVTT 00:00.000 --> 00:09.000 Two[31m Three?"


@pytest.mark.parametrize("name", ["txt", "vtt", "gif", "mp4", "webm", "webp", "apng", "poster.png", "steps.zip"])
def test_line_breaks_and_control_characters_break_no_file(tmp_path, name):
    """Neither in the words of a scene nor in those of its data, which the story repeats."""
    film = film_of(blocks(2), [0.5, 0.5], title=BREAKS, description=BREAKS, story=BREAKS)
    film = replace(film, steps=(replace(film.steps[0], label=BREAKS, caption=BREAKS),))
    encoder = ENCODERS[name]()
    images = list(wanted(encoder, film, shots(blocks(2), [0.5, 0.5])))
    path = write_safely(tmp_path / f"film.{name}", film, images, encoder).path

    if name == "txt":
        assert path.read_text(encoding="utf-8") == f"{LINE}\n\n{LINE}\n\n{LINE}\n"
    elif name == "vtt":
        cue = LINE.replace(">", "&gt;")
        assert path.read_text(encoding="utf-8").split("\n\n")[1:] == [
            f"00:00:00.000 --> 00:00:01.000\n{cue}: {cue}\n"
        ]
    elif name == "steps.zip":
        with zipfile.ZipFile(path) as archive:
            assert Image.open(archive.open("00_e.png")).text == {"Title": LINE, "Description": f"{LINE}: {LINE}"}
    elif name == "webp":
        with Image.open(path) as picture:
            words = ElementTree.fromstring(picture.info["xmp"])
        assert [li.text for li in words.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")][:2] == [
            LINE,
            f"{LINE} {LINE}",
        ]
    elif name in ("mp4", "webm"):
        with av.open(path) as container:
            assert {key.lower(): text for key, text in container.metadata.items()}["title"] == LINE
    else:
        assert LINE.encode() in path.read_bytes()


def test_film_that_says_nothing_has_an_empty_text(tmp_path):
    saved = write_safely(tmp_path / "film.txt", film_of(blocks(1), [1.0]), (), ENCODERS["txt"]())

    assert (saved.n_frames, saved.path.read_text()) == (0, "\n")


def test_captions_of_a_film_without_steps_are_refused():
    film = replace(film_of(blocks(2), [1.0, 1.0]), steps=())

    with pytest.raises(gv.InputError) as caught:
        ENCODERS["vtt"]().check(film)
    assert str(caught.value) == "captions (vtt) are the words of a film's steps, and this film has none"
