"""The page of the player as a file; tests/encoders/web opens it in a browser."""

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from film_files import blocks, film_of, shots, write
from PIL import Image, ImageSequence

import gmmviz as gv
from gmmviz.encoders import HtmlEncoder, Step, encoder_for, write_safely
from gmmviz.encoders.html import FILM, PARTS
from gmmviz.storyboard.languages import shipped
from gmmviz.storyboard.vocabulary import Words
from gmmviz.themes.color import contrast

NASTY = """</script><script>alert("1")</script> & 'q' <!-- {title} $x$"""


class Page(HTMLParser):
    """What a reader of HTML makes of a page: its elements, and the text of scripts, styles and buttons."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self._open = [], {}, []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)

    def all(self, tag, **wanted):
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]


def written(folder, film=None, **options):
    """The page of a film of wandering blocks."""
    images, durations = blocks(6), [0.2, 0.3, 0.1, 0.4, 0.2, 0.5]
    film = film or film_of(images, durations, title="EM & more", story="Two blocks.")
    path = folder / "film.html"
    write_safely(path, film, shots(images, durations), HtmlEncoder(**options))
    return Page(path.read_text(encoding="utf-8"))


def embedded(page):
    (image,) = page.all("img")
    return base64.b64decode(image["src"].removeprefix("data:image/webp;base64,"))


def facts(page):
    (script,) = [text for text in page.texts["script"] if text.startswith("{")]
    return json.loads(script)


def test_suffix_asks_for_the_player(tmp_path):
    assert isinstance(encoder_for(tmp_path / "film.html"), HtmlEncoder)


def test_page_holds_every_picture_of_the_film(tmp_path):
    images = blocks(6)
    page = written(tmp_path)

    with Image.open(io.BytesIO(embedded(page))) as film:
        assert film.info["loop"] == 1
        found = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)]
    assert len(found) == 6
    assert (np.stack(found) == images[..., :3]).all()


def test_what_is_read_back_is_what_was_written(tmp_path):
    path, made = write("html", tmp_path, blocks(4), [0.2, 0.3, 0.1, 0.4])

    assert HtmlEncoder().read_back(path) == made
    assert (made.size, made.n_frames, made.seconds) == ((64, 48), 4, 1.0)


@pytest.mark.parametrize("cut", [3, 200])
def test_page_whose_film_was_cut_off_is_refused(tmp_path, cut):
    path, _ = write("html", tmp_path, blocks(4), [0.2] * 4)
    film = FILM.search(path.read_bytes())[1]
    shorter = base64.b64encode(base64.b64decode(film)[:-cut])
    path.write_bytes(path.read_bytes().replace(film, shorter))
    with pytest.raises(gv.RenderError, match=r"^the file is cut off$"):
        HtmlEncoder().read_back(path)

    path.write_bytes(path.read_bytes().replace(b"data:image/webp", b"data:image/webm"))
    with pytest.raises(gv.RenderError, match=r"^the page holds no film$"):
        HtmlEncoder().read_back(path)


def test_same_film_gives_the_same_bytes(tmp_path):
    one, _ = write("html", tmp_path, blocks(4), [0.2] * 4)
    first = one.read_bytes()
    one.unlink()
    other, _ = write("html", tmp_path, blocks(4), [0.2] * 4)

    assert other.read_bytes() == first


def test_film_without_steps_is_refused():
    film = replace(film_of(blocks(2), [0.2, 0.3]), steps=())

    with pytest.raises(gv.InputError) as caught:
        HtmlEncoder().check(film)
    assert str(caught.value) == "a player (html) goes from step to step, and this film has no steps"
    assert caught.value.place == ("steps",)


def test_film_that_no_webp_can_hold_is_refused():
    film = replace(film_of(blocks(2), [0.2, 0.3]), size=(20_000, 9))

    with pytest.raises(gv.InputError, match=r"^a WebP has at most 16,383 pixels on a side, not 20,000$"):
        HtmlEncoder().check(film)


def test_page_that_no_browser_could_open_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("gmmviz.encoders.html.LONGEST", 20_000)

    with pytest.raises(gv.RenderError) as caught:
        written(tmp_path)
    assert re.fullmatch(
        r".*film\.html was not written: the page would take 0 MB, and browsers open 0 MB at most: "
        r"take lossless = false, a smaller size or a shorter film",
        str(caught.value),
    )
    assert not (tmp_path / "film.html").exists()


def test_words_of_a_scene_stay_words(tmp_path):
    """Whatever stands in them, they make no element, no attribute and no script."""
    images, durations = blocks(6), [0.2] * 6
    film = film_of(
        images,
        durations,
        title=NASTY,
        story=NASTY,
        description=NASTY,
        words=Words(
            own={
                key: NASTY.replace("{title}", "")
                for key in ("player_play", "player_next", "player_speed", "player_steps")
            }
        ),
    )
    film = replace(film, steps=tuple(replace(step, label=NASTY, caption=NASTY) for step in film.steps))
    plainly = written(tmp_path)
    page = written(tmp_path, film)

    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plainly.elements]
    assert [sorted(found) for _, found in page.elements] == [sorted(found) for _, found in plainly.elements]
    assert page.texts["title"] == page.texts["h1"] == [NASTY]
    assert page.all("img")[0]["alt"] == f"{NASTY} {NASTY}"
    assert page.texts["li"] == [f"{NASTY}: {NASTY}"] * 3
    assert facts(page)["play"] == page.all("button", name="play")[0]["aria-label"] == NASTY.replace("{title}", "")


def test_policy_allows_this_script_and_this_style_alone(tmp_path):
    page = written(tmp_path)
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    hashes = [
        base64.b64encode(hashlib.sha256("".join(page.texts[tag][-1:]).encode()).digest()).decode()
        for tag in ("script", "style")
    ]

    assert policy["content"] == (
        f"default-src 'none'; img-src data:; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not any("style" in found or any(name.startswith("on") for name in found) for _, found in page.elements)


def test_page_names_no_other_file(tmp_path):
    page = written(tmp_path)

    assert [found for tag, found in page.elements if "href" in found or "srcset" in found or tag == "link"] == []
    assert [found["src"][:22] for _, found in page.elements if "src" in found] == ["data:image/webp;base64"]
    assert "import" not in page.texts["script"][-1].replace("@import", "")


def test_steps_have_names_and_times(trace, tmp_path):
    film = gv.Animation(trace, size=(160, 90), fps=10, pace=gv.Pace(iterations=1, epilogue=1))
    film.save(tmp_path / "film.html")
    found = facts(Page((tmp_path / "film.html").read_text(encoding="utf-8")))["steps"]

    names = [step["id"] for step in found]
    assert names == ["start", "E1", "M1", "5", "end", "epilogue"]
    for step, known in zip(found, film.film.steps, strict=True):
        assert (step["begins"], step["ends"]) == (round(1000 * known.begins), round(1000 * known.ends))
        assert step["shows"] == round(1000 * film.moments[known.last].time)
        assert (step["phase"], step["iteration"]) == (known.phase, known.iteration)


def test_step_is_shown_by_an_image_before_where_its_last_one_is_a_flash(tmp_path):
    """The film leaves out images that would stand for less than 11 ms, and the next one begins in their place."""
    images, durations = blocks(6), [0.5, 0.004, 0.5, 0.2, 0.2, 0.2]
    page = written(tmp_path, film_of(images, durations))

    assert [step["shows"] for step in facts(page)["steps"]] == [0, 1004, 1404]


def test_picture_is_stored_whole_where_a_jump_would_be_far(tmp_path, monkeypatch):
    """At the end always, and at steps' ends: those from which the next one would be too far from the last whole one."""

    def whole():
        content = embedded(written(tmp_path))
        places = [found.start() for found in re.finditer(b"ANMF", content)]
        return [content[place + 23] for place in places]

    assert whole() == [2, 0, 0, 0, 0, 2]
    monkeypatch.setattr("gmmviz.encoders.html.FAR", 3 * 64 * 48)
    assert whole() == [2, 0, 0, 2, 0, 2]
    monkeypatch.setattr("gmmviz.encoders.html.FAR", 0)
    assert whole() == [2, 2, 0, 2, 0, 2]


@pytest.mark.parametrize(
    ("background", "theme"), [("#ffffff", "light"), ("#11151c", "dark"), ("#e5e5e5", "light"), ("#444444", "dark")]
)
def test_page_is_dark_where_the_film_is(tmp_path, background, theme):
    page = written(tmp_path, film_of(blocks(6), [0.2] * 6, background=background))

    assert page.all("html")[0]["data-theme"] == theme


@pytest.mark.parametrize("language", ["en", *shipped()])
def test_buttons_speak_the_language(tmp_path, language):
    words = Words(language)
    page = written(tmp_path, film_of(blocks(6), [0.2] * 6, language=language, words=words))

    assert page.all("html")[0]["lang"] == language
    for name in ("first", "previous", "play", "next", "last"):
        assert page.all("button", name=name)[0]["aria-label"] == words.text(f"player_{name}")
    assert page.texts["summary"] == [words.text("player_steps")]
    assert page.all("li")[1]["data-place"] == words.text("player_place", i=2, n=3)
    assert facts(page)["pause"] == words.text("player_pause")


def test_film_hands_its_own_words_to_the_page(trace, tmp_path):
    film = gv.Animation(trace, size=(160, 90), fps=5, words={"player_play": "Los"}, pace=gv.Pace(iterations=1))
    film.save(tmp_path / "film.html")

    page = Page((tmp_path / "film.html").read_text(encoding="utf-8"))
    assert page.all("button", name="play")[0]["aria-label"] == "Los"


def test_slider_is_marked_where_steps_end(tmp_path):
    images, durations = blocks(6), [0.2] * 6
    film = film_of(images, durations)
    steps = tuple(replace(step, phase=phase) for step, phase in zip(film.steps, ("start", "e", "m"), strict=True))
    page = written(tmp_path, replace(film, steps=steps))

    assert [found["d"] for found in page.all("path")[:3]] == [
        "M400 0.00V1.00",
        "M800 0.22V0.78",
        "M1200 0.00V1.00",
    ]


def test_film_without_words_has_a_name_all_the_same(tmp_path):
    page = written(tmp_path, film_of(blocks(6), [0.2] * 6))

    assert page.texts["title"] == ["Expectation-maximization"]
    assert page.all("img")[0]["alt"] == "Expectation-maximization"


def test_256_colors_take_fewer_bytes(trace, tmp_path):
    film = gv.Animation(trace, size=(320, 180), fps=10, pace=gv.Pace(length=3, start=0.3, end=0.4, iterations=1))
    path = tmp_path / "film.html"
    (exact,) = film.save(path)
    (fewer,) = film.save((path, HtmlEncoder(lossless=False)))

    assert fewer.n_bytes < 0.7 * exact.n_bytes


def test_options_reach_the_page(tmp_path):
    page = written(tmp_path, loop=3, deck=True)

    assert (facts(page)["loop"], facts(page)["deck"]) == (3, True)
    with Image.open(io.BytesIO(embedded(page))) as film:
        assert film.info["loop"] == 3


def test_end_and_epilogue_are_named_apart():
    from gmmviz.encoders.html import _name

    step = Step("end", "end", 4, "End", 0.0, 1.0, 3, "", "")
    assert [_name(step), _name(replace(step, name="epilogue"))] == ["end", "epilogue"]


@pytest.mark.parametrize("lossless", [True, False])
def test_size_is_foretold_by_what_changes(tmp_path, lossless):
    """In a film that changes everywhere alike, nearly to the byte."""
    images, durations = np.random.default_rng(0).integers(0, 255, (8, 90, 160, 4), np.uint8), [0.2] * 8
    images[..., 3] = 255
    film, encoder = film_of(images, durations), HtmlEncoder(lossless=lossless)
    said = encoder.foretell(film, [(images[0], images[1]), (images[4], images[5])])
    path, _ = write("html", tmp_path, images, durations, encoder)

    n_bytes = path.stat().st_size
    assert encoder.foretells
    assert said.startswith("will take about ")
    assert float(said.split()[3]) * {"MB": 1e6, "kB": 1e3}[said.split()[4]] == pytest.approx(n_bytes, rel=0.06)


def test_what_to_do_about_a_heavy_page_is_said(monkeypatch):
    monkeypatch.setattr("gmmviz.encoders.html.HEAVY", 1000)
    film, pairs = film_of(blocks(2), [0.2, 0.3]), [tuple(blocks(2))]

    assert re.fullmatch(
        r"will take about \d+ kB, which is much for a page: lossless = false takes less than half, "
        r"a smaller size or fewer iterations take less",
        HtmlEncoder().foretell(film, pairs),
    )
    assert (
        HtmlEncoder(lossless=False)
        .foretell(film, pairs)
        .endswith("which is much for a page: a smaller size or fewer iterations take less")
    )


@pytest.mark.parametrize("theme", [":root {", ':root[data-theme="dark"] {'])
def test_colors_of_the_page_can_be_told_apart(theme):
    """Letters by 4.5 to 1, edges and marks by 3 to 1, as WCAG 2.2 asks: axe looks at letters alone."""
    style = (PARTS / "player.css").read_text(encoding="utf-8").split(theme)[1].split("}")[0]
    colors = {
        name: "#" + "".join(2 * digit for digit in color) if len(color) == 3 else f"#{color}"
        for name, color in re.findall(r"--(\w+): #(\w+);", style)
    }

    assert set(colors) == {"back", "text", "muted", "bar", "accent"}
    for ground in ("back", "bar"):
        assert contrast(colors["text"], colors[ground]) > 4.5
        assert contrast(colors["muted"], colors[ground]) > 4.5
        assert contrast(colors["accent"], colors[ground]) > 3
