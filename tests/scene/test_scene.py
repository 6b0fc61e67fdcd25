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


def test_every_mistake_is_reported_in_the_order_of_the_file(write_scene):
    path = write_scene('title = 3\n[data]\ndataset = "csv"\n[model]\ncomponents = -1\n[outpt]\nfps = 1\n')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)

    places = [line.split(": ")[0] for line in str(caught.value).splitlines()[::3]]
    assert places == [f"{path}:1:9", f"{path}:2:2", f"{path}:5:14", f"{path}:6:2"]


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
