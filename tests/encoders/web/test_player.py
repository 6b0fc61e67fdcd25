"""The player in Chromium: every picture to the pixel, every button and key."""

import numpy as np
import pytest
from browsers import package
from small_films import DoubtRenderer, small_film

import gmmviz as gv
from gmmviz.encoders import HtmlEncoder

FILMS = {
    "ellipses": lambda: small_film(),
    "contour": lambda: small_film(gv.ContourRenderer()),
    "surface": lambda: small_film(gv.SurfaceRenderer(orbit=10), theme="dark"),
    "curve": lambda: small_film(gv.CurveRenderer(), gv.WeightsRenderer(), features=1),
    "bound": lambda: small_film(gv.BoundRenderer(), theme="print"),
    "plug-in": lambda: small_film(DoubtRenderer()),
}


def wanted(film, step):
    return film.image(film.moments[film.film.steps[step].last])[:, :, :3]


@pytest.mark.parametrize("name", FILMS)
def test_every_step_is_shown_to_the_pixel_in_any_order(open_player, tmp_path, name):
    film = FILMS[name]()
    film.save(tmp_path / "film.html")
    player = open_player(tmp_path / "film.html")
    n_steps = len(film.film.steps)

    for step in [n_steps - 1, *np.random.default_rng(0).permutation(n_steps), 0]:
        player.ask("p.go(argument)", int(step))
        assert (player.picture() != wanted(film, step)).any(axis=2).sum() == 0, step


def test_every_picture_between_is_shown_to_the_pixel(open_player, page_file, film):
    player = open_player(page_file)

    for moment in np.random.default_rng(1).permutation(film.moments)[:12]:
        player.ask("p.seek(argument)", 1000 * moment.time + 5)
        assert (player.picture() == film.image(moment)[:, :, :3]).all(), moment


@pytest.fixture
def player(open_player, page_file):
    return open_player(page_file)


@pytest.fixture
def slow(player):
    """A player whose movements last so long that a test can look at them: until `quicken`."""
    quicken(player, 0.04)
    return player


def quicken(player, speed=4):
    player.ask("p.speed.replaceChildren(new Option(argument))", str(speed))


def on_the_way(player, step):
    """The canvas, as soon as it has left the step before a step."""
    player.page.wait_for_function(
        "step => { const p = document.querySelector('.gmmviz').player;"
        " return p.step === step && p.reel.shown > p.stops[step - 1] }",
        arg=step,
    )
    return player.picture()


@pytest.fixture(scope="module")
def phases(film):
    """The kinds of the film's steps, in order."""
    found = [step.phase for step in film.film.steps]
    assert found == ["start", "e", "m", "e", "m", "fast", "end"]
    return found


def shows(player, film, step):
    """Whether the canvas shows a step done."""
    return (player.picture() == wanted(film, step)).all()


def off(player, name):
    return player.page.get_attribute(f"button[name={name}]", "aria-disabled") == "true"


def test_film_does_not_start_by_itself(player, film):
    player.page.wait_for_timeout(300)

    assert (player.step, player.ask("p.playing")) == (0, "")
    assert shows(player, film, 0)


def test_next_plays_the_movement_and_stops_at_the_steps_end(slow, film):
    slow.click("next")
    between = on_the_way(slow, 1)

    assert (slow.step, slow.ask("p.playing")) == (1, "step")
    assert (between != wanted(film, 0)).any()
    assert (between != wanted(film, 1)).any()
    quicken(slow)
    assert slow.rest() == 1
    assert shows(slow, film, 1)


def test_next_asked_again_ends_the_movement_at_once(slow, film):
    slow.click("next")
    slow.click("next")

    assert slow.rest() == 1
    assert shows(slow, film, 1)
    slow.click("next")
    assert (slow.step, slow.ask("p.playing")) == (2, "step")


def test_previous_shows_the_step_before_at_once(slow, film):
    slow.ask("p.go(3)")
    slow.click("previous")
    assert slow.rest() == 2
    assert shows(slow, film, 2)

    slow.click("next")
    on_the_way(slow, 3)
    slow.click("previous")  # where it began
    assert slow.rest() == 2
    assert shows(slow, film, 2)


def test_e_and_m_play_the_next_step_of_their_kind(slow, film, phases):
    slow.click("m")
    assert (on_the_way(slow, 2) != wanted(film, 2)).any()
    assert (slow.step, slow.ask("p.playing")) == (2, "step")
    slow.click("m")
    assert slow.rest() == 2
    assert shows(slow, film, 2)
    slow.click("m")
    assert (slow.step, slow.ask("p.playing"), off(slow, "m")) == (4, "step", False)
    slow.click("m")
    assert slow.rest() == 4
    assert shows(slow, film, 4)
    assert [off(slow, name) for name in "em"] == [True, True]
    slow.ask("p.go(1)")
    assert [off(slow, name) for name in "em"] == [False, False]
    slow.click("e")
    assert slow.step == 3


def test_first_and_last_jump(player, film):
    last = len(film.film.steps) - 1
    assert [off(player, name) for name in ("first", "previous", "next", "last")] == [True, True, False, False]
    player.click("last")
    assert player.rest() == last
    assert shows(player, film, last)
    assert [off(player, name) for name in ("first", "previous", "next", "last")] == [False, False, True, True]
    player.click("first")
    assert player.rest() == 0
    assert shows(player, film, 0)


def test_play_pauses_where_it_is_and_goes_on_from_there(slow, film):
    slow.click("play")
    on_the_way(slow, 1)
    assert slow.page.get_attribute("button[name=play]", "aria-label") == "Pause"
    slow.click("play")
    assert slow.page.get_attribute("button[name=play]", "aria-label") == "Play"
    slow.rest()
    paused, now = slow.picture(), slow.ask("p.now")
    slow.page.wait_for_timeout(150)

    assert (slow.picture() == paused).all()
    assert not shows(slow, film, 1)
    assert slow.step == 1
    quicken(slow)
    slow.click("next")  # the rest of the movement
    assert slow.rest() == 1
    assert slow.ask("p.now") > now
    assert shows(slow, film, 1)


def test_film_takes_its_time_and_rests_at_its_end(player, film):
    player.page.select_option("select", "2")
    player.ask("p.seek(0)")
    player.page.evaluate("""() => {  // a clock that goes on by 20 ms for each picture, however busy the machine is
        window.clock = 0;
        performance.now = () => window.clock;
        window.requestAnimationFrame = (paint) => setTimeout(() => paint((window.clock += 20)));
    }""")
    player.click("play")
    player.page.wait_for_selector("button[name=last][aria-disabled=true]")
    last = player.rest()

    assert last == len(film.film.steps) - 1
    assert shows(player, film, last)
    assert player.page.evaluate("() => window.clock / 1000") == pytest.approx(film.length / 2, abs=0.05)
    assert player.ask("(p.find('button[name=play]').click(), p.step)") == 0  # from the beginning


@pytest.mark.parametrize("loop", [1, 3])
def test_film_plays_as_often_as_it_is_asked_to(open_player, film, tmp_path, loop):
    film.save((tmp_path / "film.html", HtmlEncoder(loop=loop)))
    player = open_player(tmp_path / "film.html")
    quicken(player, 16)
    begun = player.page.evaluate("""async () => {
        const p = document.querySelector('.gmmviz').player;
        let [begun, step] = [1, 0];
        p.seek(0);
        Object.defineProperty(p, 'step', {
            get: () => step,
            set: (next) => { if (next === 0 && step > 0) begun += 1; step = next; },
        });
        p.toggle();
        while (p.playing) await new Promise(requestAnimationFrame);
        return begun;
    }""")

    assert begun == loop
    assert player.step == len(film.film.steps) - 1


def test_slider_goes_to_any_time(player, film):
    slider = player.page.locator("input[type=range]")
    moment = next(m for m in film.moments if m.phase == "e" and 0 < m.progress < 1)
    slider.fill(str(1000 * moment.time + 1))
    player.rest()

    assert (player.picture() == film.image(moment)[:, :, :3]).all()
    assert player.step == 1
    assert slider.get_attribute("aria-valuetext").startswith("2 of 7 · ")
    player.click("last")
    assert float(slider.input_value()) == pytest.approx(1000 * film.length, abs=1)


def test_marks_stand_where_the_thumb_comes_to(player, film):
    marks = player.page.eval_on_selector_all(
        ".slider path", "all => all.map(one => one.getBoundingClientRect().x)"
    )
    track = player.page.locator("input[type=range]").bounding_box()

    room = track["width"] - 16  # the thumb's middle stays 8 pixels away from either end
    for mark, step in zip(marks, film.film.steps, strict=True):
        assert mark == pytest.approx(track["x"] + 8 + room * step.ends / film.length, abs=1.5)


def test_full_screen_shows_the_film_larger(player):
    before = player.page.locator("canvas").bounding_box()
    player.click("full")
    player.page.wait_for_function("() => document.fullscreenElement !== null")
    player.page.wait_for_selector("button[name=full][aria-pressed=true]")
    after = player.page.locator("canvas").bounding_box()
    player.click("full")
    player.page.wait_for_function("() => document.fullscreenElement === null")

    assert (before["width"], before["height"]) == (320, 180)  # never above its own size
    assert after["width"] == 1000


@pytest.mark.parametrize(
    ("address", "step"),
    [("#M1", 2), ("#e2", 3), ("#end", 6), ("#start", 0), ("#4", 5), ("#M4", 5), ("#E9", 0), ("#none", 0), ("", 0)],
)
def test_address_opens_a_step(open_player, page_file, film, address, step):
    player = open_player(page_file, address)

    assert player.step == step
    assert shows(player, film, step)


def test_changed_address_shows_its_step(player):
    player.page.evaluate("() => { location.hash = '#M2' }")
    player.page.wait_for_function("() => document.querySelector('.gmmviz').player.step === 4")
    player.page.evaluate("() => { location.hash = '#nothing' }")

    assert player.rest() == 4


def test_every_key_works_while_the_focus_is_inside(slow, film):
    page, last = slow.page, len(film.film.steps) - 1
    page.click("canvas")
    for key, step in [
        ("End", last),
        ("Home", 0),
        ("ArrowRight", 1),  # moves
        ("ArrowRight", 1),  # and is there
        ("PageDown", 2),
        ("PageDown", 2),
        ("ArrowLeft", 1),
        ("PageUp", 0),
        ("m", 2),
        ("m", 2),
        ("E", 3),
        ("e", 3),
        ("Home", 0),
    ]:
        page.keyboard.press(key)
        assert slow.step == step, key
    page.keyboard.press(" ")
    assert slow.ask("p.playing") == "film"
    page.keyboard.press(" ")
    assert slow.ask("p.playing") == ""


def test_keys_work_at_once_on_a_page_of_its_own(player):
    player.page.keyboard.press("End")

    assert player.step == 6


def test_no_key_works_while_the_focus_is_outside(player):
    player.page.evaluate("() => document.activeElement.blur()")
    for key in ("ArrowRight", "End", "m", "e", " "):
        player.page.keyboard.press(key)

    assert (player.step, player.ask("p.playing")) == (0, "")


def test_keys_with_modifiers_and_those_of_the_choice_of_speeds_are_left_alone(player):
    player.page.click("canvas")
    for key in ("Control+ArrowRight", "Alt+End", "Meta+m"):
        player.page.keyboard.press(key)
    assert player.step == 0
    player.page.focus("select")
    player.page.keyboard.press("ArrowDown")

    assert (player.step, player.page.input_value("select")) == (0, "2")


def test_buttons_can_be_pressed_by_keys(slow):
    slow.page.focus("button[name=last]")
    slow.page.keyboard.press(" ")
    assert slow.step == 6
    slow.page.focus("button[name=first]")
    slow.page.keyboard.press("Enter")
    assert slow.step == 0
    slow.page.keyboard.press("Tab")  # a button that can do nothing keeps its place
    assert slow.page.evaluate("() => document.activeElement.name") == "previous"


def test_every_step_is_said_in_words(player, film):
    player.page.click("summary")
    items = player.page.locator("li button")

    assert items.all_inner_texts() == [step.words for step in film.film.steps]
    assert player.page.inner_text("details p") == film.film.text
    items.nth(4).click()
    assert player.step == 4
    assert player.page.locator("li[aria-current=step]").all_inner_texts() == [film.film.steps[4].words]
    assert player.page.inner_text(".where") == f"5 of 7 · {film.film.steps[4].words}"
    assert player.page.get_attribute("canvas", "aria-label") == film.film.text


def test_screen_readers_hear_of_steps_that_are_asked_for_alone(slow):
    slow.click("next")
    assert slow.page.get_attribute(".where", "aria-live") == "polite"
    quicken(slow)
    slow.rest()
    slow.click("play")
    slow.page.wait_for_function("() => document.querySelector('.gmmviz').player.step > 2")

    assert slow.page.get_attribute(".where", "aria-live") == "off"


def test_reduced_motion_jumps(open_player, page_file, film):
    player = open_player(page_file, reduced_motion="reduce")
    player.click("next")
    assert (player.step, player.ask("p.playing")) == (1, "")
    assert player.rest() == 1
    assert shows(player, film, 1)
    player.click("m")
    assert (player.step, player.ask("p.playing")) == (2, "")
    quicken(player, 16)
    seen = player.page.evaluate("""async () => {
        const p = document.querySelector('.gmmviz').player, seen = [], show = p.reel.show.bind(p.reel);
        p.reel.show = (i) => { seen.push(i); return show(i); };
        p.toggle();
        while (p.playing) await new Promise(requestAnimationFrame);
        return seen;
    }""")
    assert seen == player.ask("p.stops")[2:]  # stills, one after the other


def test_film_plays_without_scripts(open_page, page_file, film):
    page = open_page(page_file, ready="img", java_script_enabled=False)
    image = page.locator("img")
    first = image.screenshot()

    assert image.get_attribute("alt") == film.film.text
    assert not page.locator(".controls").is_visible()
    assert page.locator("li button").count() == 0
    for _ in range(40):
        page.wait_for_timeout(50)
        if image.screenshot() != first:
            return
    pytest.fail("nothing moves")


def test_film_that_cannot_be_read_stays_an_image(open_page, page_file, tmp_path):
    content = page_file.read_text(encoding="utf-8")
    (tmp_path / "film.html").write_text(
        content.replace("image/webp;base64,UklGR", "image/webp;base64,VklGR"), "utf-8"
    )
    page = open_page(tmp_path / "film.html", ready=".gmmviz[data-failed]")

    assert page.evaluate("() => getComputedStyle(document.querySelector('img')).visibility") == "visible"
    assert open_page.problems == ["the film is cut off"]
    open_page.problems.clear()


def test_page_may_ask_for_nothing(open_page, page_file):
    """Not even for what needs no network: the policy forbids it."""
    page = open_page(page_file)
    asked = page.evaluate("() => fetch('data:text/plain,x').then(() => 'allowed', () => 'refused')")

    assert asked == "refused"
    assert all("Content Security Policy" in said for said in open_page.problems)
    open_page.problems.clear()


PHONE = {"has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("size", [(320, 640), (640, 320)])
def test_phone_needs_no_sideways_scrolling(open_player, page_file, size):
    page = open_player(page_file, size=size, **PHONE).page
    page.click("summary")

    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    assert page.locator("canvas").bounding_box()["width"] <= size[0]
    assert not page.locator(".controls").is_hidden()
    for button in page.locator("button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button


def test_picture_on_a_phone_can_be_so_large_that_its_letters_are_read(open_player, page_file):
    page = open_player(page_file, size=(320, 640), **PHONE).page
    view, picture, button = (page.locator(one) for one in (".view", "canvas", "button[name=large]"))
    page.tap("canvas", position={"x": 290, "y": 20})  # its upper right

    assert button.get_attribute("aria-pressed") == "true"
    assert picture.bounding_box()["width"] == 768
    assert view.bounding_box()["width"] == page.evaluate("() => document.documentElement.scrollWidth") == 320
    left = view.evaluate("view => view.scrollLeft")
    assert left == pytest.approx(768 - 320, abs=1)
    assert page.locator("button[name=play]").bounding_box()["y"] < 640 - 24  # can still be pressed

    view.press("ArrowLeft")  # moves the picture, not the film
    page.wait_for_function("left => document.querySelector('.view').scrollLeft < left", arg=left)
    assert page.inner_text(".where").startswith("1 of 7")
    button.tap()
    assert picture.bounding_box()["width"] == 320
    assert button.get_attribute("aria-pressed") == "false"


def test_pressing_the_picture_elsewhere_changes_nothing(player):
    player.page.click("canvas")

    assert player.page.locator("button[name=large]").is_hidden()
    assert player.page.locator("canvas").bounding_box()["width"] == 320


LOOKS = {
    "light": {},
    "dark": {"theme": "dark"},
    "phone": {"size": (320, 640)} | PHONE,
    "forced colors": {"forced_colors": "active"},
    "reduced motion": {"reduced_motion": "reduce"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(open_player, page_file, tmp_path, look):
    checker = package("axe-core/axe.min.js").read_text(encoding="utf-8")
    options = dict(LOOKS[look])
    path = page_file
    if theme := options.pop("theme", None):
        path = tmp_path / "film.html"
        small_film(theme=theme).save(path)
    page = open_player(path, "#M1", **options).page
    page.click("summary")
    page.focus("button[name=next]")
    if look == "phone":
        page.tap("button[name=large]")
    page.evaluate(checker)
    found = page.evaluate("() => axe.run({ rules: { 'target-size': { enabled: true } } })")

    assert [(one["id"], one["help"], one["nodes"]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20
