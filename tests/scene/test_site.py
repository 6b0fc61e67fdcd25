"""The gallery as a site: its files, and its pages in Chromium."""

import re
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest
from browsers import package

import gmmviz as gv
from gmmviz.scene.site import PLAYER, STILL, exhibits, pages

NOTES = """\
# What to notice
#   The ellipses <b>move</b>.
# Questions for the class
#   Why? And when?
"""


@pytest.fixture
def scenes(write_scene, small_scene):
    """Three films: one says much, one is German, one says little."""
    one = write_scene(NOTES + small_scene.replace("[data]", 'description = "Two kinds."\n[data]'), "one.toml")
    two = write_scene('language = "de"\n' + small_scene.replace("Small", "Klein & <i>fein</i>"), "zwei, drei.toml")
    three = write_scene(small_scene.replace('"Small"', '" "'), "last.toml")
    return [gv.load_scene(path) for path in (one, two, three)]


@pytest.fixture
def site(scenes, tmp_path):
    """The texts of the pages by their paths."""
    return {
        path.as_posix(): content.decode() for path, content in pages(exhibits(scenes, tmp_path / "site")).items()
    }


class Page(HTMLParser):
    """The elements of a page, and what stands in them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self._open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        for tag in set(self._open):
            self.texts[tag] = self.texts.get(tag, "") + data

    def all(self, tag, **wanted):
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]


def test_every_film_has_its_page_its_scene_and_a_card(scenes, site):
    assert list(site) == [
        "one/one.toml", "one/explore.html", "one/index.html",
        "zwei, drei/zwei, drei.toml", "zwei, drei/explore.html", "zwei, drei/index.html",
        "last/last.toml", "last/explore.html", "last/index.html",
        "gallery.css", "gallery.js", "index.html",
    ]  # fmt: skip
    cards = Page(site["index.html"])
    assert [card["href"] for card in cards.all("a")] == [
        "one/index.html",
        "zwei%2C%20drei/index.html",
        "last/index.html",
    ]
    assert [card["lang"] for card in cards.all("a")] == ["en", "de", "en"]
    assert re.findall(r">([^<]+)</a>", site["index.html"]) == [
        "Small",
        "Klein &amp; &lt;i&gt;fein&lt;/i&gt;",
        "last.toml",
    ]
    assert [still["src"] for still in cards.all("img")] == [
        f"{name}/{STILL}" for name in ("one", "zwei%2C%20drei", "last")
    ]


def test_page_to_explore_stands_beside_the_player_where_the_data_allow_it(site, write_scene, tmp_path):
    assert Page(site["one/index.html"]).all("a", href="explore.html") == [{"href": "explore.html"}]
    assert "<h1>Small</h1>" in site["one/explore.html"]
    many = write_scene(
        '[data]\ndataset = "moons"\nn_points = 20001\n[model]\ncomponents = 2\nmax_iter = 2\n', "many.toml"
    )
    made = pages(exhibits([gv.load_scene(many)], tmp_path))
    assert Path("many/explore.html") not in made
    assert b"explore.html" not in made[Path("many/index.html")]


def test_page_has_the_player_the_notes_and_the_scene(scenes, site):
    page = Page(site["one/index.html"])

    assert page.texts["h1"] == page.texts["title"] == "Small"
    assert page.all("iframe") == [{"src": PLAYER, "title": "Small", "allowfullscreen": None}]
    assert ":root { --width: 320; --height: 180; }" in page.texts["style"]
    assert "<h2>What to notice</h2>\n<p>The ellipses &lt;b&gt;move&lt;/b&gt;.</p>" in site["one/index.html"]
    assert "<ul><li>Why?</li><li>And when?</li></ul>" in site["one/index.html"]
    assert page.texts["pre"] == scenes[0].path.read_text()
    assert page.all("a", download=None)[0]["href"] == "one.toml"
    assert page.all("meta", name="description")[0]["content"] == scenes[0].animation().film.text


def test_page_speaks_the_language_of_its_film_and_the_index_that_of_all(scenes, site, tmp_path):
    german = site["zwei, drei/index.html"]
    assert '<html lang="de">' in german
    for words in (
        "Alle Filme",
        "<p><code>gmmviz render zwei, drei.toml</code> macht diesen Film.",
        "Szene kopieren",
    ):
        assert words in german
    assert not re.search("All films|The scene|Copy|Download|Make the steps", german)
    assert '<html lang="en">' in site["index.html"]
    alone = pages(exhibits(scenes[1:2], tmp_path / "site"))[Path("index.html")].decode()
    assert '<html lang="de">' in alone
    assert "<h1>Filme des EM-Algorithmus</h1>" in alone


def test_frame_has_the_players_own_size(write_scene, small_scene, tmp_path):
    scene = gv.load_scene(write_scene(small_scene + "[output.html]\nsize = [640, 480]\n"))

    assert "--width: 640; --height: 480;" in pages(exhibits([scene], tmp_path))[Path("scene/index.html")].decode()


def test_pages_lead_to_the_next_and_the_one_before(site):
    found = [
        {link["rel"]: unquote(link["href"]) for link in Page(site[f"{name}/index.html"]).all("a") if "rel" in link}
        for name in ("one", "zwei, drei", "last")
    ]

    assert found == [
        {"next": "../zwei, drei/index.html"},
        {"prev": "../one/index.html", "next": "../last/index.html"},
        {"prev": "../zwei, drei/index.html"},
    ]


def test_every_address_is_that_of_a_file_of_the_site(site):
    known = {*site, *(f"{name}/{file}" for name in ("one", "zwei, drei", "last") for file in (PLAYER, STILL))}
    for path in (path for path in site if path.endswith("index.html")):
        for _, element in Page(site[path]).elements:
            for name in ("href", "src"):
                if (address := element.get(name, "data:,")) != "data:,":
                    target = (Path("/") / path).parent / unquote(address)
                    assert str(target.resolve().relative_to("/")) in known


NASTY = "</title><script>alert(\"1\")</script> & 'q' {title} <!--"


def test_words_of_a_scene_stay_words(write_scene, small_scene, tmp_path):
    comment = f"# {NASTY}\n#   {NASTY}\n"
    said = small_scene.replace('"Small"', f"'''{NASTY}'''\ndescription = '''{NASTY}'''")
    plain, nasty = (
        write_scene(text, name)
        for text, name in ((f"# a\n#   b\n{small_scene}", "a.toml"), (comment + said, "b.toml"))
    )
    made = pages(exhibits([gv.load_scene(plain), gv.load_scene(nasty)], tmp_path))
    usual, page = (Page(made[Path(name, "index.html")].decode()) for name in "ab")

    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert sorted(set(tags)) == sorted({tag for tag, _ in usual.elements})
    assert page.texts["h1"] == page.texts["title"] == NASTY
    assert page.texts["pre"] == comment + said


def test_two_scenes_of_one_name_are_refused(write_scene, small_scene, tmp_path):
    (tmp_path / "more").mkdir()
    scenes = [gv.load_scene(write_scene(small_scene, name)) for name in ("One.toml", "more/one.toml")]

    with pytest.raises(gv.InputError) as caught:
        exhibits(scenes, tmp_path)
    assert str(caught.value) == f"{scenes[1].path} and {scenes[0].path} would have one folder, one: rename one"


@pytest.mark.parametrize("name", ["index.html.toml", "...toml"])
def test_scene_that_gives_a_folder_no_name_is_refused(write_scene, small_scene, tmp_path, name):
    scene = gv.load_scene(write_scene(small_scene, name))

    with pytest.raises(gv.InputError) as caught:
        exhibits([scene], tmp_path)
    assert str(caught.value) == (
        f"the film of {scene.path} cannot have a folder named {scene.path.stem!r}: rename the scene"
    )


@pytest.mark.parametrize("page", ["index.html", "one/index.html"])
def test_page_of_someone_else_is_not_overwritten(scenes, site, tmp_path, page):
    (tmp_path / "site" / "one").mkdir(parents=True)
    (tmp_path / "site" / page).write_text("<!doctype html><title>My page</title>")

    with pytest.raises(gv.InputError) as caught:
        exhibits(scenes, tmp_path / "site")
    assert str(caught.value) == (
        f"{tmp_path / 'site' / page} was not made by gmmviz, and would be overwritten: give another folder"
    )
    (tmp_path / "site" / page).write_text(site[page])
    assert len(exhibits(scenes, tmp_path / "site")) == 3


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A whole site of two films on a web server."""
    folder = tmp_path_factory.mktemp("site")
    scene = folder / "one.toml"
    scene.write_text(f"{NOTES}{SCENE}[variants.a.model]\ntol = 1\n")
    (folder / "two.toml").write_text(SCENE)
    from typer.testing import CliRunner

    from gmmviz.cli import app

    command = ["gallery", "--format", "html", "-o", f"{folder}/site/", str(scene), str(folder / "two.toml")]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    handler = partial(QuietHandler, directory=folder / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


SCENE = """\
title = "One"
[data]
dataset = "old_faithful"
[model]
components = 2
max_iter = 1
[output]
size = [320, 180]
fps = 5
"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def open_url(browser, served):
    """Open a page of the site; in the end nothing may have gone wrong in it, and nobody else may have been asked."""
    contexts, problems = [], []

    def open_url(path, **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1000, "height": 760}} | options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        own = (served, "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else problems.append(asked.url[:80]))
        page.goto(f"{served}/{path}")
        return page

    yield open_url
    for context in contexts:
        context.close()
    assert problems == []


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "forced colors": {"forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", ["index.html", "one/index.html"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(open_url, path, look):
    page = open_url(path, **LOOKS[look])
    if path != "index.html":
        page.frame_locator("iframe").locator(".gmmviz[data-ready]").wait_for()
    page.evaluate(package("axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations)")

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_one_goes_from_film_to_film_and_back(open_url):
    page = open_url("index.html")
    page.click("a >> nth=0")
    page.frame_locator("iframe").locator("button[name=last]").click()
    page.click("header a[rel=next]")
    assert page.url.endswith("/two/index.html")
    page.click("footer a[rel=prev]")
    assert page.url.endswith("/one/index.html")
    page.click("header >> text=All films")
    assert page.locator("h1").inner_text() == "Films of the EM algorithm"
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth === 320)")


def test_player_shows_its_buttons_without_scrolling(open_url):
    for look in ("light", "phone"):
        page = open_url("one/index.html", **LOOKS[look])
        film = page.frame_locator("iframe")
        film.locator(".gmmviz[data-ready]").wait_for()
        bottom = film.locator("summary").evaluate(
            "element => element.getBoundingClientRect().bottom - innerHeight"
        )
        assert -160 < bottom <= 0


@pytest.mark.parametrize("way", ["clipboard", "selection"])
def test_button_copies_the_scene(open_url, way):
    page = open_url("one/index.html", permissions=["clipboard-read", "clipboard-write"])
    if way == "selection":  # as without https
        page.evaluate("() => void (navigator.clipboard.writeText = () => Promise.reject(new Error('not here')))")
    page.evaluate("""() => {  // both words go after two seconds, in which a busy machine may not look
        window.told = new Set();
        const look = () => ['button', '[role=status]'].forEach(one => {
            if (document.querySelector(one).textContent === 'Copied') window.told.add(one);
        });
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
    }""")
    page.click("text=Copy the scene")
    page.wait_for_function("() => window.told.size === 2")

    copied, text = page.evaluate(
        "Promise.all([navigator.clipboard.readText(), document.querySelector('pre').textContent])"
    )
    assert copied.rstrip("\n") == text.rstrip("\n")
    page.wait_for_selector("button:has-text('Copy the scene')")


def test_page_works_without_scripts(open_url):
    page = open_url("one/index.html", java_script_enabled=False)

    assert page.locator("button").is_hidden()
    assert "[data]" in page.locator("pre").inner_text()
    assert page.frame_locator("iframe").locator("img").get_attribute("alt").startswith("a: EM fits two Gaussians")


def test_film_can_fill_the_screen_also_from_a_disk(open_page, served, scenes, tmp_path, site):
    for path, text in site.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_text(text)
    scenes[0].animation().save(tmp_path / "site" / "one" / PLAYER)
    page = open_page(tmp_path / "site" / "one" / "index.html", ready=None)
    film = page.frame_locator("iframe")
    film.locator(".gmmviz[data-ready]").wait_for()

    assert film.locator("button[name=full]").is_visible()
