from pathlib import Path

import pytest
from pptx import Presentation

import gmmviz as gv
from gmmviz import encoders
from gmmviz.scene import Limits

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


def test_scene_and_its_parts_say_what_they_are(write_scene, small_scene):
    one = gv.load_scene(write_scene(small_scene))
    path = write_scene(small_scene + "[sweep]\ncomponents = [1, 2]\n", "sweep.toml")
    several = gv.load_scene(path)

    assert repr(one) == f"<Scene {one.path}: 'Small', 1 run>"
    assert repr(several) == f"<Scene {path}: 'Small', 2 runs>"
    assert list(map(repr, several.parts)) == [
        "<ScenePart 'K = 1': OldFaithful, 1 component>",
        "<ScenePart 'K = 2': OldFaithful, 2 components>",
    ]


def test_encoder_has_the_options_that_the_scene_gives_it(write_scene, small_scene):
    scene = gv.load_scene(
        write_scene(
            small_scene
            + '[output.gif]\nloop = 3\n[output.mp4]\nquality = "draft"\n[output."sheet.png"]\ncolumns = 1\n'
        )
    )

    assert scene.encoder(Path("film.gif")) == encoders.GifEncoder(loop=3)
    assert scene.encoder(Path("film.mp4")) == encoders.Mp4Encoder(quality="draft")
    assert scene.encoder(Path("film.mp4"), "high") == encoders.Mp4Encoder(quality="high")
    assert scene.encoder(Path("film.sheet.png")) == encoders.SheetEncoder(columns=1)
    assert scene.encoder(Path("film.webm")) == encoders.WebmEncoder()
    with pytest.raises(gv.InputError):
        scene.encoder(Path("film.avi"))


def test_format_has_the_size_that_the_scene_gives_it_unless_the_user_says_otherwise(write_scene, small_scene):
    scene = gv.load_scene(
        write_scene(small_scene + "[output.mp4]\nsize = [192, 108]\nfps = 30\n[output.plate]\ncolumns = 2\n")
    )
    path = Path("film.mp4")

    assert scene.encoder(path) == encoders.Mp4Encoder(size=(192, 108), fps=30)
    assert scene.encoder(path, "draft") == encoders.Mp4Encoder(size=(96, 54), fps=12, quality="draft")
    assert scene.encoder(path, "high", fps=10) == encoders.Mp4Encoder(size=(288, 162), quality="high")
    assert scene.encoder(path, size=(64, 36)) == encoders.Mp4Encoder(fps=30)
    for suffix in ("png", "pdf", "svg"):
        assert scene.encoder(Path(f"film.plate.{suffix}")) == encoders.PlateEncoder(columns=2)


def test_pixels_of_a_format_are_limited_too(write_scene, small_scene):
    path = write_scene(small_scene + "[output.webm]\nsize = [1920, 1080]\n")
    n_images = gv.load_scene(path).animation().n_images
    scene = gv.load_scene(path, limits=gv.scene.Limits(pixels=1920 * 1080 * n_images - 1))

    with pytest.raises(gv.InputError) as caught:
        scene.animation()
    pixels = 1920 * 1080 * n_images
    assert (
        f"output.webm.size: the film would have {n_images} images of 1920x1080 pixels, {pixels:,} in all, and the "
        f"limit is {pixels - 1:,}; if so much is meant, raise it: --limit pixels={pixels}"
    ) in str(caught.value)
    scene.animation(size=(64, 36))  # which is then the size of the WebM too


def test_moment_of_a_plate_that_the_run_does_not_have_is_pointed_at(write_scene, small_scene):
    path = write_scene(small_scene + '[output.plate]\nmoments = ["start", "M99"]\n')
    scene = gv.load_scene(path, settings=['output.formats=["gif", "plate.pdf"]'])

    with pytest.raises(gv.InputError) as caught:
        scene.animation()
    n = len(scene.traces[0]) - 1
    said = (
        f"output.plate.moments[1]: plate: there is no step 'M99': the run has {n} iterations, the first of them 1"
    )
    assert said in str(caught.value)


def test_options_of_one_encoder_in_two_tables_are_refused(write_scene, small_scene):
    text = small_scene + '[output."plate.png"]\ncolumns = 2\n[output."plate.pdf"]\ncolumns = 3\n'

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(write_scene(text))
    assert "the options of 'plate.png' stand in two tables: put them into one" in str(caught.value)


def test_first_runs_data_are_the_scenes(write_scene):
    path = write_scene(
        '[data]\ndataset = "iris"\n[model]\ncomponents = 1\n[variants.a]\n[variants.b.data]\ndataset = "wine"\n'
    )
    scene = gv.load_scene(path)

    assert [data.name for data in scene.datasets] == ["Iris", "Wine"]
    assert scene.dataset is scene.datasets[0]
    assert [run.name for run in scene.runs] == ["a", "b"]
    assert scene.traces is scene.traces


def test_files_are_all_that_the_film_is_made_from(write_scene, tmp_path):
    for name in ("a.csv", "b.csv"):
        write_scene("x\n1\n2\n", name)
    write_scene("", "mine.py")
    path = write_scene(
        'plugins = ["mine.py"]\n[data]\ndataset = "csv"\npath = "a.csv"\n[model]\ncomponents = 1\n'
        '[variants.a]\n[variants.b.data]\npath = "b.csv"\n'
    )

    scene = gv.load_scene(path, settings=["title=x"], allow_plugins=True)

    assert scene.files == tuple(tmp_path / name for name in ("a.csv", "b.csv", "mine.py", "scene.toml"))


def test_model_is_fitted_as_the_table_says(write_scene):
    path = write_scene(
        '[data]\ndataset = "iris"\n[model]\ncomponents = 2\ncovariance_type = "diag"\nalgorithm = "hard_em"\nmax_iter = 4\n'
        'tol = 0\nstop_on = "parameters"\nreg_covar = 0.01\nn_init = 2\non_collapse = "restart"\n'
        '[model.start]\nkind = "kmeans++"\nseed = 5\n'
    )

    (trace,) = gv.load_scene(path).traces

    same = gv.fit(
        gv.load_dataset("iris"), gv.KMeansPlusPlus(seed=5), n_components=2, covariance_type="diag", algorithm="hard_em",
        max_iter=4, tol=0, stop_on="parameters", reg_covar=0.01, n_init=2, on_collapse="restart",
    )  # fmt: skip
    assert trace.log_likelihoods.tolist() == same.log_likelihoods.tolist()
    assert (trace[-1].mixture.covariances == same[-1].mixture.covariances).all()


@pytest.mark.parametrize(
    ("model", "key"),
    [("max_iter = 60_000\nn_init = 2\n", "n_init"), ("max_iter = 100_001\n", "max_iter")],
)
def test_iterations_of_all_starts_are_limited(write_scene, model, key):
    path = write_scene(f'[data]\ndataset = "iris"\n[model]\ncomponents = 1\n{model}')

    with pytest.raises(gv.InputError, match=rf"model\.{key}: the fit may take 1[0-9,]+ iterations"):
        gv.load_scene(path).check()


def test_iterations_of_all_runs_are_limited_together(write_scene):
    path = write_scene(
        '[data]\ndataset = "iris"\n[model]\ncomponents = 1\nmax_iter = 50_000\n[sweep]\nseed = [1, 2, 3]\n'
    )

    with pytest.raises(gv.InputError, match="the fit may take 150,000 iterations"):
        gv.load_scene(path).check()
    gv.load_scene(write_scene('[data]\ndataset = "iris"\n[model]\ncomponents = 1\nmax_iter = 100_000\n')).check()


def test_check_runs_no_iteration(write_scene, small_scene, monkeypatch):
    asked = []
    scene = gv.load_scene(write_scene(small_scene.replace("max_iter = 3", "max_iter = 3\nn_init = 5")))
    monkeypatch.setattr(
        "gmmviz.scene.scene.fit",
        lambda *_, **options: asked.append(options) or gv.fit([[0.0], [1.0]], max_iter=0, n_components=1),
    )
    scene.check()

    assert (asked[0]["max_iter"], asked[0]["n_init"]) == (0, 1)


def test_usual_panels_suit_the_data(write_scene):
    scene = gv.load_scene(write_scene('[data]\ndataset = "acidity"\n[model]\ncomponents = 1\n'))
    scene.check()

    assert [type(panel) for panel in scene.animation().panels] == [gv.CurveRenderer, gv.LikelihoodRenderer]


def test_data_file_is_limited_unless_it_is_mapped(write_scene, tmp_path):
    (tmp_path / "points.csv").write_text("x\n1\n2\n")
    path = write_scene('[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n')

    assert len(gv.load_scene(path, limits=Limits(data_size=6)).dataset.points) == 2
    with pytest.raises(gv.InputError, match=r"data\.path: .*points\.csv has 6 bytes, and the limit is 5"):
        gv.load_scene(path, limits=Limits(data_size=5)).dataset  # noqa: B018


def test_file_that_a_format_reads_stands_beside_the_scene_that_names_it(write_scene, small_scene, tmp_path):
    (tmp_path / "base").mkdir()
    Presentation().save(tmp_path / "base" / "uni.pptx")
    write_scene(small_scene + '[output.pptx]\ntemplate = "uni.pptx"\n', "base/base.toml")
    scene = gv.load_scene(write_scene('extends = "base/base.toml"\n[output.pptx]\nsteps = "movies"\n'))
    template = tmp_path / "base" / "uni.pptx"

    assert scene.encoder(Path("film.pptx")) == encoders.PptxEncoder(steps="movies", template=str(template))
    assert template in scene.files


def test_missing_file_that_a_format_reads_is_pointed_at(write_scene, small_scene, tmp_path):
    path = write_scene(small_scene + 'formats = ["pptx"]\n[output.pptx]\ntemplate = "uni.pptx"\n')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path).animation()

    assert str(caught.value) == (
        f"{path}:16:12: output.pptx.template: there is no presentation {tmp_path}/uni.pptx\n"
        '  16 | template = "uni.pptx"\n'
        "     |            ^^^^^^^^^^"
    )
