"""The drawing of a plate."""

import re
import zlib

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import Mp4Encoder, PlateEncoder


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, size=(640, 360), title="A title", pace=gv.Pace(iterations="all"))


def texts(monkeypatch):
    """What every figure that is saved from now on says."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    said, save = [], Figure.savefig

    def seen(figure, *arguments, **options):
        figure.draw_without_rendering()
        said.extend(
            text.get_text()
            for text in figure.findobj(Text)
            if text.get_text() and text.get_visible() and text.get_window_extent().width
        )
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", seen)
    return said


def test_plate_says_each_name_once_and_no_title(animation, monkeypatch):
    said = texts(monkeypatch)
    animation.plate(PlateEncoder(), ".png")

    for word in ("start", "E1", "1", "2", "4", "5", "eruption (min)", "waiting (min)"):
        assert said.count(word) >= 1, word
    assert said.count("eruption (min)") == said.count("waiting (min)") == said.count("start") == 1
    assert not any("title" in text or "E-step" in text or "ellipses" in text for text in said)


def test_words_may_be_formulas_of_ones_own(animation, monkeypatch):
    said = texts(monkeypatch)
    animation.plate(PlateEncoder(moments=["start", "M2"], words=["(a)", "$L = 2$"]), ".svg")

    assert {"(a)", "$L = 2$"} <= set(said)
    with pytest.raises(gv.InputError, match=r"the formula \$\\nonsense\$ cannot be set"):
        PlateEncoder(moments=["start"], words=[r"$\nonsense$"])


def test_runs_stand_below_each_other_under_their_names(trace, monkeypatch):
    said = texts(monkeypatch)
    film = gv.Animation([gv.Run(trace, "one"), gv.Run(trace, "two")], size=(320, 180))
    film.plate(PlateEncoder(moments=["start", "M1", "end"]), ".png")

    assert said.count("one") == said.count("two") == 1
    assert said.count("start") == 2


def test_panel_that_all_runs_share_is_drawn_once(trace, monkeypatch):
    said = texts(monkeypatch)
    shared = gv.LikelihoodRenderer()
    film = gv.Animation([gv.Run(trace, "one"), gv.Run(trace, "two")], [gv.EllipseRenderer(), shared])
    film.plate(PlateEncoder(moments=["start", "end"], panel=2), ".png")

    assert said.count("start") == (1 if shared.shared else 2)


def test_plate_is_the_same_each_time_and_leaves_the_film_alone(animation):
    before = animation.image(animation.moments[30]).tobytes()
    first = animation.plate(PlateEncoder(), ".pdf"), animation.plate(PlateEncoder(), ".svg")

    assert (animation.plate(PlateEncoder(), ".pdf"), animation.plate(PlateEncoder(), ".svg")) == first
    assert animation.image(animation.moments[30]).tobytes() == before


def test_pdf_is_made_of_lines_and_letters(animation):
    """No picture in it, and as many filled or stroked paths as there are points at least."""
    content = animation.plate(PlateEncoder(moments=["start", "end"]), ".pdf")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    drawn = b""
    for stream in streams:
        try:
            drawn += zlib.decompress(stream)
        except zlib.error:
            continue

    assert b"/Subtype /Image" not in content
    assert drawn.count(b"Do") + drawn.count(b"\nB") > 2 * animation.runs[0].trace.n_points


def test_plate_has_its_size_and_its_theme(animation, tmp_path):
    encoder = PlateEncoder(size=(500, 300), theme="dark")
    (saved,) = animation.save((tmp_path / "film.plate.png", encoder))

    with Image.open(saved.path) as picture:
        assert picture.size == saved.size == (500, 300)
        assert picture.convert("RGB").getpixel((0, 0)) == tuple(bytes.fromhex(gv.THEMES["dark"].background[1:]))


def test_nothing_is_cut_off(animation, tmp_path):
    """The outermost pixels all have the background's color."""
    for panel in (1, 2):
        (saved,) = animation.save((tmp_path / "film.plate.png", PlateEncoder(panel=panel)))
        with Image.open(saved.path) as picture:
            image = np.asarray(picture.convert("RGB"))
        edge = np.concatenate([image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3), image[:, :2].reshape(-1, 3)])
        assert (edge == [255, 255, 255]).all()


def test_one_film_is_saved_in_several_sizes_and_rates(animation, tmp_path):
    large = Mp4Encoder(size=(320, 240), fps=10, quality="draft")
    first, second, poster = animation.save(
        tmp_path / "film.steps.zip", (tmp_path / "film.mp4", large), tmp_path / "film.poster.png"
    )

    assert (first.size, second.size, poster.size) == ((640, 360), (320, 240), (640, 360))
    assert second.n_frames == round(animation.length * 10)
    again = gv.Animation(animation.runs, size=(320, 240), fps=10, title="A title", pace=animation.pace)
    (alone,) = again.save((tmp_path / "alone.mp4", Mp4Encoder(quality="draft")))
    assert alone.path.read_bytes() == second.path.read_bytes()
    assert (animation.size, animation.fps) == ((640, 360), 25)
