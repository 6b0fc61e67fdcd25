"""A deck as a page, in a browser."""

from contextlib import nullcontext

import pytest
from browsers import package
from small_films import DECK, SCENE_OF_DECK

from gmmviz.scene.deck import load_deck
from gmmviz.scene.deck_writing import write_deck
from gmmviz.scene.limits import Limits


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deck")
    for name in ("a", "b"):
        (folder / f"{name}.toml").write_text(SCENE_OF_DECK.format(title=name.upper()), encoding="utf-8")
    (folder / "deck.toml").write_text(DECK, encoding="utf-8")
    deck = load_deck([folder / "deck.toml"], Limits())
    write_deck(deck, folder / "course.html", lambda *_: nullcontext())
    return folder / "course.html"


def shown(page):
    return page.locator("section[data-current]")


def place(page):
    return page.locator("nav span").inner_text()


def test_keys_go_through_the_slides_and_through_the_steps_of_each_film(open_page, page_file):
    page = open_page(page_file, ready="section[data-current]", calm=True)
    assert shown(page).locator("h1").inner_text() == "A & B"
    page.keyboard.press("ArrowRight")
    assert shown(page).locator("h1").inner_text() == "First"

    page.keyboard.press("ArrowRight")
    film = shown(page).frame_locator("iframe")
    film.locator(".gmmviz[data-ready]").wait_for()
    film.locator(".gmmviz:focus").wait_for()
    for n in (2, 3, 4):
        page.keyboard.press("ArrowRight")
        film.locator(".where", has_text=f"{n} of 4").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator("nav span", has_text="4 / 6").wait_for()
    assert shown(page).locator("h1").inner_text() == "Questions for the class"
    assert shown(page).locator("li").all_inner_texts() == ["Why two?", "Why not three?"]

    page.keyboard.press("End")
    assert place(page) == "6 / 6"
    page.keyboard.press("ArrowRight")
    assert place(page) == "6 / 6"
    page.keyboard.press("Home")
    assert place(page) == "1 / 6"


def test_keys_are_the_films_also_after_a_click_beside_it_until_escape(open_page, page_file):
    page = open_page(page_file, "#3", ready="section[data-current]", calm=True)
    film = shown(page).frame_locator("iframe")
    film.locator(".gmmviz:focus").wait_for()
    page.locator("nav span").click()
    page.keyboard.press("m")
    film.locator(".where", has_text="3 of 4").wait_for()
    page.locator("nav span").click()
    page.keyboard.press("ArrowLeft")
    film.locator(".where", has_text="2 of 4").wait_for()

    page.evaluate("() => addEventListener('message', ({data}) => (window.freed ||= data.includes('freed')))")
    film.locator(".gmmviz").press("Escape")
    page.wait_for_function("() => window.freed")
    page.locator("nav span").click()
    page.keyboard.press("ArrowRight")
    assert place(page) == "4 / 6"


def test_no_key_leaves_a_film_that_is_not_ready_yet(open_page, page_file):
    page = open_page(page_file, "#2", ready="section[data-current]")
    frame = page.locator("section:nth-of-type(3) iframe")
    film = frame.get_attribute("srcdoc")
    frame.evaluate("frame => { frame.srcdoc = '<p>Still on its way' }")
    page.frame_locator("section:nth-of-type(3) iframe").locator("p").wait_for(state="attached")
    for _ in range(3):  # to the film, and on at once
        page.keyboard.press("ArrowRight")

    assert place(page) == "3 / 6"
    frame.evaluate("(frame, film) => { frame.srcdoc = film }", film)
    shown(page).frame_locator("iframe").locator(".gmmviz[data-ready]").wait_for()
    assert place(page) == "3 / 6"


def test_address_opens_a_slide_and_buttons_go_on(open_page, page_file):
    page = open_page(page_file, "#4", ready="section[data-current]")
    assert place(page) == "4 / 6"
    page.click("button[name=prev]")
    assert page.url.endswith("#3")
    page.click("button[name=next]")
    assert place(page) == "4 / 6"


def test_film_plays_when_its_slide_is_shown_and_not_before(open_page, page_file):
    page = open_page(page_file, "#2", ready="section[data-current]")
    film = page.frame_locator("section:nth-of-type(3) iframe")
    film.locator(".gmmviz[data-ready]").wait_for(state="attached")
    assert film.locator(".where").text_content().startswith("1 of 4")
    page.keyboard.press("ArrowRight")
    film.locator(".where", has_text="4 of 4").wait_for()


def test_film_rests_at_its_end_backwards_and_begins_anew_forwards(open_page, page_file):
    page = open_page(page_file, "#3", ready="section[data-current]")
    where = page.frame_locator("section:nth-of-type(3) iframe").locator(".where")
    where.filter(has_text="4 of 4").wait_for()
    page.wait_for_function("() => document.activeElement.tagName === 'IFRAME'")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.locator("nav span", has_text="4 / 6").wait_for()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(300)
    assert (place(page), where.inner_text().startswith("4 of 4")) == ("3 / 6", True)

    page.keyboard.press("Escape")
    page.click("button[name=prev]")
    where.filter(has_text="1 of 4").wait_for(state="attached")
    page.click("button[name=next]")
    where.filter(has_text="4 of 4").wait_for()


def test_phone_on_its_side_shows_a_whole_film(open_page, page_file):
    page = open_page(
        page_file, "#3", ready="section[data-current]", size=(640, 320), has_touch=True, is_mobile=True
    )
    picture = shown(page).frame_locator("iframe").locator("canvas").bounding_box()

    assert picture["y"] + picture["height"] <= 320
    assert picture["height"] > 300


def test_without_scripts_every_slide_is_there_with_a_picture(open_page, page_file):
    page = open_page(page_file, ready="section", java_script_enabled=False)

    assert page.locator("section:visible").count() == 6
    assert page.locator("img[alt]").count() == 2


@pytest.mark.parametrize("size", [(1000, 760), (320, 640)])
def test_axe_finds_nothing_and_phones_need_no_sideways_scrolling(open_page, page_file, size):
    page = open_page(page_file, ready="section[data-current]", size=size, bypass_csp=True)
    page.add_script_tag(path=package("axe-core/axe.min.js"))
    n_slides = page.locator("section").count()
    for number in range(1, n_slides + 1):
        found = page.evaluate("() => axe.run({ iframes: false })")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        if number < n_slides:
            page.click("button[name=next]")
