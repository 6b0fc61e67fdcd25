"""`gmmviz new`."""

import pytest

import gmmviz as gv


@pytest.mark.parametrize("template", ["film", "variants", "sweep"])
def test_new_scene_renders_as_it_is(gmmviz, folder, template):
    done = gmmviz("new", "mine.toml", "--template", template)

    assert (done.exit_code, done.stdout) == (
        0, "mine.toml: now try gmmviz render mine.toml, or gmmviz watch mine.toml\n"
    )  # fmt: skip
    film = gv.load_scene(folder / "mine.toml").animation(quality="draft")
    for moment in (film.moments[0], film.moments[-1]):
        film.image(moment)
    assert (len(film.runs) > 1) == (template != "film")


@pytest.mark.parametrize("name", ["mein.toml", "mein.py"])
def test_new_scene_says_the_command_that_renders_it(gmmviz, folder, name):
    gmmviz("new", name)

    assert f"gmmviz render {name}" in (folder / name).read_text().splitlines()[0]


def test_new_python_scene_renders_as_it_is(gmmviz, folder):
    assert gmmviz("new", "mine.py").exit_code == 0

    film = gv.load_scene(folder / "mine.py").animation(quality="draft")
    film.image(film.moments[-1])


def test_new_never_overwrites(gmmviz, folder):
    (folder / "mine.toml").write_text("precious")

    done = gmmviz("new", "mine.toml")

    assert (done.exit_code, done.stderr) == (2, "mine.toml exists already: give another name\n")
    assert (folder / "mine.toml").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine"], "the template 'film' is a .toml file: give mine.toml\n"),
        (["x.toml", "--template", "python"], "the template 'python' is a .py file: give x.py\n"),
        (["none/x.toml"], "there is no folder none to write x.toml into: make it first\n"),
        ([f"{'x' * 300}.toml"], f"{'x' * 300}.toml is too long for a file's name, 305 bytes: shorten it\n"),
    ],
)
def test_new_says_what_it_cannot_write(gmmviz, arguments, message):
    done = gmmviz("new", *arguments)

    assert (done.exit_code, done.stderr) == (2, message)


def test_full_disk_leaves_no_half_scene(gmmviz, folder, full_disk):
    done = gmmviz("new", "mine.toml")

    assert (done.exit_code, done.stderr) == (1, "mine.toml was not written: File too large\n")
    assert list(folder.iterdir()) == []


def test_link_that_leads_nowhere_is_a_name_that_is_taken(gmmviz, folder):
    (folder / "mine.toml").symlink_to("nowhere.toml")

    done = gmmviz("new", "mine.toml")

    assert (done.exit_code, done.stderr) == (2, "mine.toml exists already: give another name\n")
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]
