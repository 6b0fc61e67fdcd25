"""What a notebook shows of a film."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image as Picture
from small_films import PACE, small_film

import gmmviz as gv
from gmmviz.film import display


class Elements(HTMLParser):
    """The elements of a page, as (name, attributes), and its words."""

    def __init__(self, html):
        super().__init__()
        self.found, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def film():
    return small_film(description='Two "kinds" of eruptions & more.')


@pytest.fixture(scope="module")
def bundle(film):
    return film._repr_mimebundle_()


def test_film_is_a_player_in_a_frame_that_may_run_scripts_and_nothing_else(film, bundle):
    (frame, image) = Elements(bundle["text/html"]).found

    assert frame[0] == "iframe"
    assert frame[1]["sandbox"] == "allow-scripts"
    assert frame[1]["title"] == film.title
    assert frame[1]["srcdoc"].startswith("<!doctype html>")
    assert frame[1]["srcdoc"] == film.show().page
    assert image[0] == "img"
    assert bundle["text/html"].isascii()


def test_still_inside_is_the_films_end_with_its_words(film, bundle):
    _, (_, image) = Elements(bundle["text/html"]).found
    png = base64.b64decode(bundle["image/png"])

    assert image["alt"] == film.film.text
    assert image["src"] == f"data:image/png;base64,{bundle['image/png']}"
    assert Picture.open(io.BytesIO(png)).size == (film.size[0] // 2, film.size[1] // 2)
    assert bundle["text/plain"] == repr(film)


def test_film_is_filmed_once_for_each_size_and_quality(film):
    assert film.show() is film.show(quality="draft")
    assert film.show(size=(100, 80)).size == (50, 40)
    assert film.show(size=(100, 80), quality="standard").size == (100, 80)


@pytest.mark.parametrize("size", [(960, 540), (1280, 720)])
def test_player_shows_all_its_buttons_without_scrolling(trace, open_page, tmp_path, size):
    film = gv.Animation(trace, size=size, fps=2, pace=PACE)
    (tmp_path / "cell.html").write_text(film._repr_mimebundle_()["text/html"], encoding="utf-8")
    page = open_page(tmp_path / "cell.html", ready="iframe").frames[1]
    page.wait_for_selector(".gmmviz[data-ready]")

    bottom = page.eval_on_selector("summary", "one => innerHeight - one.getBoundingClientRect().bottom")
    assert 0 <= bottom < 30


def test_film_that_is_too_large_for_a_notebook_is_a_picture_and_a_sentence(film, monkeypatch):
    monkeypatch.setattr(display, "LARGEST", 10_000)
    shown = Elements(film._repr_mimebundle_()["text/html"])

    assert [name for name, _ in shown.found] == ["img", "p"]
    assert "".join(shown.words) == (
        "The player of this film has 0 MB, too many for a notebook: show(quality='draft') or a smaller size makes it "
        "smaller; save('film.html') writes it to a file."
    )


def test_still_without_a_path_is_a_picture(film):
    still = film.still(at="M1")

    assert (np.array(still) == film.image(film.moment("M1"))[:, :, :3]).all()


def test_still_of_a_transparent_film_has_nothing_behind_it():
    corner = np.array(small_film(background="transparent").still())[0, 0]

    assert len(corner) == 4
    assert corner[3] == 0


def test_scene_shows_its_film(write_scene):
    scene = gv.load_scene(
        write_scene(
            'title = "Mine"\n[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 1\n'
            "[pace]\nlength = 3.5\n[output]\nsize = [160, 90]\nfps = 4\n"
        )
    )
    (frame, _) = Elements(scene._repr_mimebundle_()["text/html"]).found

    assert frame[1]["title"] == "Mine"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"quality": "best"}, "quality must be 'draft', 'standard' or 'high', not 'best'"),
        ({"size": (8, 90)}, "size must be a list of 2, each a whole number from 16 to 8192, not (8, 90)"),
    ],
)
def test_impossible_looks_are_refused(film, settings, message):
    with pytest.raises(gv.InputError) as caught:
        film.show(**settings)

    assert str(caught.value) == message
