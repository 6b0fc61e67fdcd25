"""`gmmviz gallery`."""

import pytest


@pytest.fixture
def scenes(tmp_path, small_scene, folder):
    """A folder of two scenes, with their films beside the page."""
    (tmp_path / "scenes").mkdir()
    for name in ("a", "b"):
        (tmp_path / "scenes" / f"{name}.toml").write_text(small_scene)
        (folder / f"{name}.gif").touch()
    return tmp_path / "scenes"


def test_page_says_by_which_command_it_was_made(gmmviz, scenes, folder):
    done = gmmviz("gallery", scenes / "a.toml", scenes / "b.toml", "-o", "films.md")

    assert (done.exit_code, done.output) == (0, "")
    text = (folder / "films.md").read_text(encoding="utf-8")
    assert text.startswith(f"<!-- Made by: gmmviz gallery {scenes.as_posix()}/* -o films.md -->\n")
    assert text.count("## Small\n") == 2
    assert "[The scene](../scenes/b.toml)\n" in text


def test_page_of_some_of_the_scenes_names_them(gmmviz, scenes, folder):
    (scenes / "c.toml").touch()
    (scenes / "more").mkdir()
    gmmviz("gallery", scenes / "b.toml", scenes / "a.toml")
    assert f"gmmviz gallery {scenes}/b.toml {scenes}/a.toml -o README.md" in (folder / "README.md").read_text()

    gmmviz("gallery", scenes / "a.toml")
    assert f"gmmviz gallery {scenes}/a.toml -o README.md" in (folder / "README.md").read_text()

    (scenes / "c.toml").unlink()
    gmmviz("gallery", scenes / "b.toml", scenes / "a.toml")
    assert f"gmmviz gallery {scenes}/* -o README.md" in (folder / "README.md").read_text()


def test_page_of_the_only_scene_names_it(gmmviz, scenes, folder):
    (scenes / "b.toml").unlink()
    gmmviz("gallery", scenes / "a.toml")

    assert f"gmmviz gallery {scenes}/a.toml -o README.md" in (folder / "README.md").read_text()


def test_page_needs_the_film(gmmviz, write_scene, small_scene, tmp_path):
    path = write_scene(small_scene)

    done = gmmviz("gallery", path, "-o", tmp_path / "page.md")

    assert done.exit_code == 2
    assert (
        done.stderr == f"there is no {tmp_path / 'scene.gif'}: make it with gmmviz render {path} -o {tmp_path}\n"
    )
    assert not (tmp_path / "page.md").exists()


def test_page_needs_its_folder(gmmviz, scenes):
    done = gmmviz("gallery", scenes / "a.toml", "-o", "none/page.md")

    assert (done.exit_code, done.stderr) == (2, "there is no folder none to write page.md into: make it first\n")


def test_full_disk_leaves_the_old_page(gmmviz, scenes, folder, full_disk):
    (folder / "README.md").write_text("old")

    done = gmmviz("gallery", scenes / "a.toml")

    assert (done.exit_code, done.stderr) == (1, "README.md was not written: File too large\n")
    assert (folder / "README.md").read_text() == "old"


def test_page_does_not_overwrite_a_scene(gmmviz, scenes):
    done = gmmviz("gallery", scenes / "a.toml", "-o", scenes / "a.toml")

    assert (done.exit_code, done.stderr) == (
        2, f"the page would overwrite {scenes}/a.toml, which it is made from: give another name with -o\n"
    )  # fmt: skip


@pytest.fixture
def site(gmmviz, scenes, folder):
    """Make a site of the two scenes; give what the command printed."""

    def site(*arguments):
        return gmmviz("gallery", "--format", "html", scenes / "a.toml", scenes / "b.toml", *arguments)

    return site


def test_site_has_films_and_pages(site, folder):
    done = site("-o", "films/site/")
    made = {path.relative_to(folder / "films/site").as_posix() for path in folder.glob("films/site/**/*.*")}

    assert done.exit_code == 0, done.stderr
    own = ("index.html", "explore.html", "film.html", "film.poster.png")
    assert made == {
        "index.html", "gallery.css", "gallery.js",
        *(f"a/{name}" for name in (*own, "a.toml")), *(f"b/{name}" for name in (*own, "b.toml")),
    }  # fmt: skip
    first, second, last = done.stdout.splitlines()
    assert first.startswith("films/site/a/film.html  320x180, 3.00 s")
    assert second.startswith("films/site/b/film.html  320x180, 3.00 s")
    assert last == "films/site/index.html"


def test_site_is_made_anew_and_stands_in_a_folder_of_its_own_by_default(site, folder):
    assert site().exit_code == 0
    before = {path: path.read_bytes() for path in folder.glob("site/**/*.*")}
    assert site("-o", "site").exit_code == 0  # which is a folder now

    assert {path: path.read_bytes() for path in folder.glob("site/**/*.*")} == before


def test_site_is_a_folder(site, folder):
    done = site("-o", "films.html")

    assert (done.exit_code, done.stderr) == (
        2, "a site is a folder, and there is none of the name films.html: give films.html/ to make it\n"
    )  # fmt: skip
    assert not (folder / "films.html").exists()


def test_site_with_a_mistake_is_not_begun(site, scenes, folder):
    with (scenes / "b.toml").open("a") as file:
        file.write("formats = []\n")

    assert site().exit_code == 2
    assert not (folder / "site").exists()


def test_site_does_not_overwrite_a_scene(gmmviz, scenes, folder, small_scene):
    (scenes / "a").mkdir()
    (scenes / "a" / "a.toml").write_text(small_scene)
    done = gmmviz("gallery", "-f", "html", scenes / "a" / "a.toml", "-o", scenes)

    assert (done.exit_code, done.stderr) == (
        2, f"the site would overwrite {scenes}/a/a.toml, which it is made from: give another name with -o\n"
    )  # fmt: skip
