from pathlib import Path

import pytest

SCENE = """\
title = "Small"
[data]
dataset = "old_faithful"
[model]
components = 2
max_iter = 3
"""


def test_page_is_made(gmmviz, write_scene, tmp_path):
    scene = write_scene(SCENE)
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html")

    n_bytes = (tmp_path / "page.html").stat().st_size
    assert result.stdout == f"{tmp_path / 'page.html'}  272 points, {n_bytes / 1e3:,.0f} kB\n"
    assert "<h1>Small</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_folder_gets_a_page_of_each_scene(gmmviz, write_scene, tmp_path):
    scenes = [write_scene(SCENE, name) for name in ("a.toml", "b.toml")]
    gmmviz("explore", *scenes, "-o", f"{tmp_path}/pages/")

    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["a.explore.html", "b.explore.html"]


def test_run_is_chosen(gmmviz, write_scene, tmp_path):
    scene = write_scene(SCENE + "[sweep]\ncomponents = [2, 3]\n")
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html")
    assert result.stderr == f"{scene}: note: of K = 2; --run chooses another: K = 3\n"
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html", "--run", "K = 3")
    assert result.stderr == ""
    assert "<h1>Small – K = 3</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "options", "message"),
    [
        ("", ["--run", "x"], "{scene} has no run 'x'; it has one, without a name"),
        (
            "[sweep]\ncomponents = [2, 3]\n",
            ["--run", "K = 4"],
            "{scene} has no run 'K = 4'; did you mean 'K = 3'?",
        ),
        ("", ["-o", "page.png"], "an explorable is a page: give the path page.html, not page.png"),
    ],
)
def test_what_cannot_be_is_refused(gmmviz, write_scene, tmp_path, monkeypatch, more, options, message):
    monkeypatch.chdir(tmp_path)
    scene = write_scene(SCENE + more)
    result = gmmviz("explore", scene, *options)

    assert result.exit_code == 2
    assert result.stderr.strip().splitlines()[-1] == message.format(scene=scene)
    assert not list(Path().glob("*.html"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            'fixed = ["weights"]\n',
            "model.fixed: the page of this scene knows nothing of fixed parameters: leave fixed out",
        ),
        ("[model.prior]\n", "model.prior: the page of this scene knows nothing of a prior: leave prior out"),
        ('known = "all"\n', "model.known: the page of this scene knows nothing of known labels: leave known out"),
        (
            'algorithm = "annealing"\n',
            "model.algorithm: the page of this scene knows the algorithms 'em', 'hard_em' and 'kmeans', not "
            "'annealing': write one of these",
        ),
        (
            "missing",
            'data.missing: the page of this scene knows nothing of missing values: write missing = "drop"',
        ),
    ],
)
def test_what_the_page_cannot_repeat_is_refused_at_its_key(gmmviz, write_scene, tmp_path, more, message):
    (tmp_path / "gaps.csv").write_text("x,y,kind\n1,2,a\n3,,b\n4,5,a\n6,8,b\n")
    missing = '\nmissing = "marginalize"' if more == "missing" else '\nmissing = "drop"'
    data = f'[data]\ndataset = "csv"\npath = "gaps.csv"\nlabels = "kind"{missing}\n'
    scene = write_scene(data + "[model]\ncomponents = 2\n" + more.removeprefix("missing"))
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html")

    assert result.exit_code == 2
    assert [line.split(": ", 1)[1] for line in result.stderr.splitlines() if line.startswith(f"{scene}:")][
        -1
    ] == message
    assert not (tmp_path / "page.html").exists()


def test_sample_is_stated(gmmviz, write_scene, tmp_path):
    scene = write_scene(SCENE)
    gmmviz("explore", scene, "-o", tmp_path / "page.html", "--sample", "50")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert "(50 of 272 points, chosen at random)" in page
    assert '"data":""' in page  # so that copied scenes hold the points themselves


def test_python_scene_is_refused(gmmviz, write_scene, tmp_path):
    scene = write_scene("def animation(): ...\n", "scene.py")
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html")

    assert result.stderr == (
        f"{scene} is a Python scene: in Python, gv.explore(trace).save('page.html') makes a page\n"
    )


def test_exercise_is_checked(gmmviz, write_scene, tmp_path):
    scene = write_scene(SCENE + '[explore]\nlocked = ["component"]\n')
    result = gmmviz("explore", scene, "-o", tmp_path / "page.html")

    assert result.exit_code == 2
    assert "explore.locked" in result.stderr
    assert "did you mean 'components'?" in result.stderr
