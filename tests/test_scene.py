import pytest

import gmmviz as gv

GOOD = """\
title = "Two clouds"
[data]
dataset = "sample"
n_points = 60
weights = [0.5, 0.5]
means = [[0, 0], [5, 5]]
covariances = [[[1, 0], [0, 1]], [[1, 0.5], [0.5, 2]]]
[model]
components = 2
[model.start]
kind = "given"
means = [[0, 5], [5, 0]]
covariances = [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]
[[panels]]
renderer = "ellipses"
radii = [1, 2.5]
[[panels]]
renderer = "likelihood"
[pace]
length = 8.5
[theme]
name = "dark"
[output]
size = [640, 360]
fps = 20
formats = ["gif", "mp4"]
"""


def test_scene_becomes_the_film_it_describes(write_scene):
    film = gv.load_scene(write_scene(GOOD)).animation()

    assert (film.title, film.size, film.fps, film.theme.name) == ("Two clouds", (640, 360), 20, "dark")
    assert film.length == 8.5
    assert [type(panel) for panel in film.panels] == [gv.EllipseRenderer, gv.LikelihoodRenderer]
    assert film.panels[0].radii == (1, 2.5)
    (run,) = film.runs
    assert run.trace[0].mixture.means.tolist() == [[0, 5], [5, 0]]
    assert run.trace.data.points.shape == (60, 2)


def test_two_keys_are_enough(write_scene):
    film = gv.load_scene(write_scene('[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n')).animation()

    assert film.size == (1280, 720)
    assert len(film.panels) == 2


def test_paths_are_relative_to_the_scene_file(write_scene, tmp_path):
    (tmp_path / "points.csv").write_text("x,y\n1,2\n3,4\n5,7\n")
    scene = write_scene('[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n')

    assert gv.load_scene(scene).dataset.points.tolist() == [[1, 2], [3, 4], [5, 7]]


BROKEN = {
    "unclosed table": (
        "title = 'x'\n[data\n",
        "{path}:2:6: not valid TOML: Expected ']' at the end of a table declaration\n   2 | [data\n     |      ^",
    ),
    "unterminated string": (
        'title = "x',
        '{path}:1:11: not valid TOML: Unterminated string\n   1 | title = "x\n     |           ^',
    ),
    "no data": (
        "[model]\ncomponents = 2\n",
        "{path}:1:1: data: this key is missing\n   1 | [model]\n     | ^",
    ),
    "unknown key": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_itr = 4\n',
        "{path}:5:1: model.max_itr: unknown key; did you mean 'max_iter'?\n   5 | max_itr = 4\n     | ^^^^^^^",
    ),
    "unknown table": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[camera]\nzoom = 1\n',
        "{path}:5:2: camera: unknown key; known: 'data', 'model', 'title', 'description', 'panels', 'pace', "
        "'theme' and 'output'\n   5 | [camera]\n     |  ^^^^^^",
    ),
    "unknown data set": (
        '[data]\ndataset = "old_fatihful"\n[model]\ncomponents = 2\n',
        "{path}:2:11: data.dataset: unknown data set 'old_fatihful'; did you mean 'old_faithful'?\n"
        '   2 | dataset = "old_fatihful"\n     |           ^^^^^^^^^^^^^^',
    ),
    "data set not named": (
        '[data]\npath = "x.csv"\n[model]\ncomponents = 2\n',
        "{path}:1:2: data.dataset: this key is missing; known: {datasets}\n   1 | [data]\n     |  ^^^^",
    ),
    "unknown renderer": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[[panels]]\nrenderer = "elipses"\n',
        "{path}:6:12: panels[0].renderer: unknown renderer 'elipses'; did you mean 'ellipses'?\n"
        '   6 | renderer = "elipses"\n     |            ^^^^^^^^^',
    ),
    "unknown renderer option": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[[panels]]\nrenderer = "ellipses"\nradius = 2\n',
        "{path}:7:1: panels[0].radius: unknown key; did you mean 'radii'?\n   7 | radius = 2\n     | ^^^^^^",
    ),
    "unknown start": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nstart = { kind = "k-means" }\n',
        "{path}:5:18: model.start.kind: unknown start 'k-means'; did you mean 'kmeans'?\n"
        '   5 | start = {{ kind = "k-means" }}\n     |                  ^^^^^^^^^',
    ),
    "unknown theme": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[theme]\nname = "drak"\n',
        "{path}:6:8: theme.name: unknown theme 'drak'; did you mean 'dark'?\n"
        '   6 | name = "drak"\n     |        ^^^^^^',
    ),
    "unknown format": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[output]\nformats = ["gif", "avi"]\n',
        "{path}:6:19: output.formats[1]: unknown format 'avi'; known: 'apng', 'gif', 'mp4', 'poster.png', 'sheet.png', 'steps.zip', 'vtt', 'txt', 'webm' and 'webp'\n"
        '   6 | formats = ["gif", "avi"]\n     |                   ^^^^^',
    ),
    "text for a number": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = "two"\n',
        "{path}:4:14: model.components: expected a whole number, got 'two'\n"
        '   4 | components = "two"\n     |              ^^^^^',
    ),
    "true for a number": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[pace]\nend = true\n',
        "{path}:6:7: pace.end: expected a number, got true\n   6 | end = true\n     |       ^^^^",
    ),
    "number in a list": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n'
        '[[panels]]\nrenderer = "ellipses"\nradii = [1, "b"]\n',
        "{path}:7:13: panels[0].radii[1]: expected a number, got 'b'\n"
        '   7 | radii = [1, "b"]\n     |             ^^^',
    ),
    "too small": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 0\n',
        "{path}:4:14: model.components: must be at least 1, not 0\n   4 | components = 0\n     |              ^",
    ),
    "neither of a union": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[pace]\niterations = 1.5\n',
        "{path}:6:14: pace.iterations: expected 'all' or a whole number or a list, got 1.5\n"
        "   6 | iterations = 1.5\n     |              ^^^",
    ),
    "size of one number": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[output]\nsize = [640]\n',
        "{path}:6:8: output.size: expected 2 values or more, got [640]\n   6 | size = [640]\n     |        ^^^^^",
    ),
    "table for a value": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[pace]\nstart = { seconds = 1 }\n',
        "{path}:6:9: pace.start: expected a number, got {{'seconds': 1}}\n"
        "   6 | start = {{ seconds = 1 }}\n     |         ^^^^^^^^^^^^^^^",
    ),
    "value for a table": (
        'pace = 3\n[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n',
        "{path}:1:8: pace: expected a table, got 3\n   1 | pace = 3\n     |        ^",
    ),
    "one bracket too few": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[panels]\nrenderer = "ellipses"\n',
        "{path}:5:2: panels: expected a list of tables: write [[panels]], with two brackets\n"
        "   5 | [panels]\n     |  ^^^^^^",
    ),
    "value for a tagged table": (
        "data = 5\n[model]\ncomponents = 2\n",
        "{path}:1:8: data.dataset: expected a table, got 5\n   1 | data = 5\n     |        ^",
    ),
    "no panels": (
        'panels = []\n[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n',
        "{path}:1:10: panels: expected at least 1 value, got []\n   1 | panels = []\n     |          ^^",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_mistake_is_named_with_its_place(write_scene, case):
    text, message = BROKEN[case]
    path = write_scene(text)

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)

    assert str(caught.value) == message.format(path=path, datasets=", ".join(map(repr, gv.DATASETS)))


def test_every_mistake_is_reported_in_the_order_of_the_file(write_scene):
    path = write_scene('title = 3\n[data]\ndataset = "csv"\n[model]\ncomponents = -1\n[outpt]\nfps = 1\n')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)

    places = [line.split(": ")[0] for line in str(caught.value).splitlines()[::3]]
    assert places == [f"{path}:1:9", f"{path}:2:2", f"{path}:5:14", f"{path}:6:2"]


LATER = {
    "too many components": (
        '[data]\ndataset = "csv"\npath = "three.csv"\n[model]\ncomponents = 4\n',
        "{path}:5:14: model.components: 4 components need at least as many points, but three has 3: "
        "ask for fewer components\n   5 | components = 4\n     |              ^",
    ),
    "missing data file": (
        '[data]\ndataset = "csv"\npath = "tree.csv"\n[model]\ncomponents = 2\n',
        "{path}:3:8: data.path: there is no file {folder}/tree.csv; did you mean 'three.csv'?\n"
        '   3 | path = "tree.csv"\n     |        ^^^^^^^^^^',
    ),
    "missing column": (
        '[data]\ndataset = "csv"\npath = "three.csv"\ncolumns = ["x", "z"]\n[model]\ncomponents = 1\n',
        "{path}:4:11: data.columns: {folder}/three.csv has no column 'z'; known: 'x' and 'y'\n"
        '   4 | columns = ["x", "z"]\n     |           ^^^^^^^^^^',
    ),
    "one feature": (
        '[data]\ndataset = "csv"\npath = "three.csv"\ncolumns = ["x"]\n[model]\ncomponents = 1\n',
        "{path}:1:1: panels: the renderer 'ellipses' draws 2 features, but three has 1: 'x'\n"
        "   1 | [data]\n     | ^",
    ),
    "film shorter than its ends": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[pace]\nlength = 2\n',
        "{path}:6:10: pace.length: the film is to last 2 s, but start and end alone last 3.7 s\n"
        "   6 | length = 2\n     |          ^",
    ),
    "iteration that there is not": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 3\n[pace]\niterations = [1, 9]\n',
        "{path}:7:14: pace.iterations: there is no iteration 9; the run ends after 3\n"
        "   7 | iterations = [1, 9]\n     |              ^^^^^^",
    ),
    "start of other size": (
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n'
        "[model.start]\nkind = 'given'\nmeans = [[1, 2]]\ncovariances = [[[1, 0], [0, 1]]]\n",
        "{path}:3:2: model: the start gives 1 means for 2 components\n   3 | [model]\n     |  ^^^^^",
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_mistake_found_later_is_placed_in_its_table(write_scene, tmp_path, case):
    (tmp_path / "three.csv").write_text("x,y\n1,2\n3,4\n5,7\n")
    text, message = LATER[case]
    path = write_scene(text)

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path).animation()

    assert str(caught.value) == message.format(path=path, folder=tmp_path)


def test_missing_scene_is_named(write_scene, tmp_path):
    write_scene(GOOD, "clouds.toml")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path / "cloud.toml")

    assert str(caught.value) == f"there is no scene file {tmp_path}/cloud.toml; did you mean 'clouds.toml'?"


def test_folder_is_no_scene(tmp_path):
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path)

    assert str(caught.value) == (f"{tmp_path} is a folder: name the scene files in it, such as {tmp_path}/*.toml")


def test_bytes_are_no_scene(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path / "x.toml")

    assert str(caught.value) == f"{tmp_path}/x.toml is not a text file in UTF-8"
