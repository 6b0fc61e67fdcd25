"""`gmmviz check`."""

import os

import pytest


def test_check_says_that_a_scene_is_valid_and_writes_nothing(gmmviz, scene, folder):
    done = gmmviz("check", scene)

    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{scene}: OK\n", "")
    assert os.listdir(folder) == []


def test_check_of_several_names_those_that_are_not(gmmviz, scene, write_scene):
    bad = write_scene("title = 3\n", "bad.toml")

    done = gmmviz("check", bad, scene, "--quiet")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == f"1 of 2 scenes OK; failed: {bad}"


LATER = {
    "a renderer that cannot draw the data": (
        ("[pace]", '[[panels]]\nrenderer = "image"\n[pace]'),
        "the panel 'image' draws pixels, but Old Faithful is no image",
    ),
    "a film shorter than its ends": (
        ("length = 3.0", "length = 0.9"),
        "the film is to last 0.9 s, but start and end alone last 1.83333 s",
    ),
    "a start of another size": (
        ("[pace]", '[model.start]\nkind = "given"\nmeans = [[1, 2]]\ncovariances = [[[1, 0], [0, 1]]]\n[pace]'),
        "the start gives 1 mean for 2 components",
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_check_finds_what_the_film_would_stumble_over(gmmviz, write_scene, small_scene, case):
    change, message = LATER[case]

    done = gmmviz("check", write_scene(small_scene.replace(*change)))

    assert done.exit_code == 2
    assert message in done.stderr


def test_check_fits_and_draws_nothing(gmmviz, scene, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr("gmmviz.film.canvas.Canvas.__init__", never)
    monkeypatch.setattr("gmmviz.engine.m_step.MStep.__call__", never)

    assert gmmviz("check", scene).exit_code == 0


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ("image", "photo is no image of pixels: save it as PNG, JPEG, TIFF or WebP"),
        ("npy", "photo is no .npy file, or a broken one: save the points with numpy.save"),
    ],
)
def test_broken_file_of_data_is_shown_in_its_scene_and_the_next_scene_goes_on(
    gmmviz, scene, write_scene, dataset, message
):
    (scene.parent / "photo").write_bytes(b"no pixels")
    bad = write_scene(f'[data]\ndataset = "{dataset}"\npath = "photo"\n[model]\ncomponents = 2\n', "bad.toml")

    done = gmmviz("check", bad, scene)

    assert done.stdout == f"{scene}: OK\n"
    assert f"{bad}:3:8: data.path: {scene.parent}/{message}\n   3 | path = " in done.stderr
    assert done.exit_code == 1
