"""The player in a slide of reveal.js, which Quarto's slides are made with, too."""

import pytest
from browsers import Player, package

SLIDES = {
    "when its slide is shown": '<iframe title="EM" data-src="film.html?deck"></iframe>',
    "with the deck": '<iframe title="EM" src="film.html?deck"></iframe>',
    "beforehand": '<iframe title="EM" data-src="film.html?deck" data-preload></iframe>',
}


class Deck:
    """A deck of three slides, the second of which holds a player."""

    def __init__(self, page):
        self.page = page

    @property
    def slide(self):
        return self.page.evaluate("() => Reveal.getIndices().h")

    def at(self, slide):
        self.page.wait_for_function("slide => Reveal.getIndices().h === slide", arg=slide)
        return True

    def go(self, slide):
        self.page.evaluate("slide => Reveal.slide(slide)", slide)

    @property
    def player(self):
        self.page.wait_for_selector("iframe[src]", state="attached")
        (frame,) = self.page.frames[1:]
        frame.wait_for_selector(".gmmviz[data-ready]", state="attached")
        return Player(frame)

    def starts(self):
        self.player.page.wait_for_function("() => document.querySelector('.gmmviz').player.playing === 'film'")
        return True

    def hears(self):
        """Wait until keys go to the deck."""
        self.page.wait_for_function("() => document.activeElement === document.body")


@pytest.fixture
def open_deck(open_page, page_file, tmp_path):
    reveal = package("reveal.js/dist")

    def open_deck(slide, first="<h2>One</h2>", **options):
        # So slow that a film which has begun is not over before the test has looked at it.
        page = page_file.read_text(encoding="utf-8").replace('value="1" selected', 'value="0.02" selected')
        (tmp_path / "film.html").write_text(page, encoding="utf-8")
        (tmp_path / "deck.html").write_text(
            f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Deck</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{(reveal / "reveal.css").as_uri()}"></head><body>
<div class="reveal"><div class="slides"><section>{first}</section><section>{slide}</section>
<section><h2>Three</h2></section></div></div>
<script src="{(reveal / "reveal.js").as_uri()}"></script>
<script>Reveal.initialize({{transition: 'none'}})</script></body></html>""",
            encoding="utf-8",
        )
        return Deck(open_page(tmp_path / "deck.html", ready=".reveal.ready", **options))

    return open_deck


@pytest.mark.parametrize("loaded", SLIDES)
def test_film_starts_when_its_slide_is_shown(open_deck, loaded):
    deck = open_deck(SLIDES[loaded])
    if loaded == "with the deck":
        deck.page.wait_for_timeout(500)
        assert (deck.player.step, deck.player.ask("p.playing")) == (0, "")
    deck.page.keyboard.press("ArrowRight")

    assert deck.starts()
    deck.go(2)  # and stops when it is left
    if loaded == "when its slide is shown":  # the deck takes it out
        deck.page.wait_for_selector("iframe:not([src])", state="attached")
    else:
        deck.player.page.wait_for_function("() => document.querySelector('.gmmviz').player.playing === ''")
        assert deck.player.step == 0
    deck.go(1)
    assert deck.starts()


@pytest.mark.parametrize("loaded", SLIDES)
def test_film_on_the_first_slide_starts_too(open_deck, loaded):
    assert open_deck("<h2>Two</h2>", first=SLIDES[loaded]).starts()


def test_keys_step_through_the_film_and_go_on_at_its_ends(open_deck):
    deck = open_deck(SLIDES["with the deck"])
    deck.page.keyboard.press("ArrowRight")
    assert deck.at(1)
    assert deck.starts()
    deck.page.keyboard.press("Home")
    assert deck.player.step == 0
    deck.page.keyboard.press("ArrowRight")
    assert (deck.slide, deck.player.step) == (1, 1)
    deck.page.keyboard.press("End")
    assert (deck.slide, deck.player.step) == (1, 6)
    deck.page.keyboard.press("ArrowRight")
    assert deck.at(2)
    deck.hears()
    deck.page.keyboard.press("ArrowLeft")
    assert deck.at(1)
    deck.player.page.wait_for_selector(".gmmviz:focus")
    deck.page.wait_for_timeout(300)
    assert (deck.player.step, deck.player.ask("p.playing")) == (6, "")  # backwards, slides are as they were left
    deck.page.keyboard.press("Home")
    deck.page.keyboard.press("ArrowLeft")
    assert deck.at(0)
    deck.hears()
    deck.page.keyboard.press("ArrowRight")
    assert deck.at(1)


def test_buttons_stay_at_the_films_ends_and_escape_gives_the_keys_back(open_deck):
    deck = open_deck(SLIDES["with the deck"])
    deck.go(1)
    assert deck.starts()
    deck.page.keyboard.press("Escape")
    deck.hears()
    deck.page.keyboard.press("ArrowRight")

    assert deck.at(2)


def test_film_takes_what_its_frame_has_beside_two_rows(open_deck):
    frame = '<iframe title="EM" width="900" height="600" style="max-width: none" src="film.html?deck"></iframe>'
    deck = open_deck(frame, size=(1000, 760))
    deck.go(1)
    film = deck.player.page
    picture, buttons = (
        film.eval_on_selector(one, "one => one.getBoundingClientRect().toJSON()")
        for one in ("canvas", ".controls")
    )

    assert picture["width"] == pytest.approx((600 - 6 * 16) * 320 / 180, abs=1)  # of 900
    assert buttons["bottom"] <= 600
    assert film.eval_on_selector(".where", "one => one.getBoundingClientRect().y") > picture["bottom"]


def test_film_does_not_move_by_itself_where_motion_is_reduced(open_deck):
    deck = open_deck(SLIDES["with the deck"], calm=True)
    deck.page.keyboard.press("ArrowRight")
    deck.at(1)
    deck.player.page.wait_for_selector(".gmmviz:focus")
    deck.page.wait_for_timeout(300)

    assert (deck.player.step, deck.player.ask("p.playing")) == (0, "")
    deck.page.keyboard.press("ArrowRight")
    assert (deck.slide, deck.player.step) == (1, 1)


def test_page_in_a_frame_of_another_page_waits(open_page, page_file, tmp_path):
    """Only ?deck, or the option, makes it a part of a deck."""
    (tmp_path / "page.html").write_text(
        f'<!doctype html><link rel="icon" href="data:,"><iframe title="EM" src="{page_file.as_uri()}"></iframe>',
        encoding="utf-8",
    )
    page = open_page(tmp_path / "page.html", ready="iframe")
    player = Player(page.frames[1])
    player.page.wait_for_selector(".gmmviz[data-ready]", state="attached")
    page.evaluate("() => frames[0].postMessage('slide:start', '*')")
    page.wait_for_timeout(300)

    assert player.ask("p.playing") == ""
