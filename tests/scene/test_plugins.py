"""Code that does not come with the package: plugins, installed and named by a scene, and Python scenes."""

import sys

import pytest

import gmmviz as gv
from gmmviz.scene import plugins

PLUGIN = '''
import numpy as np
import gmmviz as gv
from gmmviz.datasets import DatasetSource
from gmmviz.options import Count, options

@gv.DATASETS.register("{name}")
@options
class Spiral(DatasetSource):
    """Points on a spiral."""

    n_points: Count = 50
    """How many."""

    def load(self, folder):
        t = np.linspace(0, 9, self.n_points)
        return gv.Dataset(np.column_stack([t * np.cos(t), t * np.sin(t)]), name="spiral")
'''
SCENE = 'plugins = ["spiral.py"]\n[data]\ndataset = "{name}"\nn_points = 30\n[model]\ncomponents = 2\n'


@pytest.fixture
def name(request):
    """A name of its own for each test: what is registered stays."""
    return f"spiral_{request.node.originalname}"


@pytest.fixture(autouse=True)
def _forget():
    registries = (gv.DATASETS, gv.RENDERERS, gv.ENCODERS, gv.STARTS)
    before = [dict(registry._members) for registry in registries]
    yield
    for registry, members in zip(registries, before, strict=True):
        registry._members.clear()
        registry._members.update(members)


@pytest.fixture
def scene(write_scene, name):
    write_scene(PLUGIN.replace("{name}", name), "spiral.py")
    return write_scene(SCENE.format(name=name))


def test_plugin_brings_a_data_set(scene):
    film = gv.load_scene(scene, allow_plugins=True).animation()

    assert film.runs[0].trace.data.points.shape == (30, 2)


def test_plugin_is_run_once_however_many_scenes_name_it(scene):
    gv.load_scene(scene, allow_plugins=True)

    assert gv.load_scene(scene, allow_plugins=True).dataset.name == "spiral"


def test_plugin_runs_only_where_the_user_says_so(scene, name):
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(scene)

    assert name not in gv.DATASETS
    assert str(caught.value) == (
        f"{scene}:1:11: plugins: this scene runs Python code of its own (spiral.py): read it, and if you trust it "
        "add --allow-plugins, or in Python load_scene(..., allow_plugins=True)\n"
        '   1 | plugins = ["spiral.py"]\n     |           ^^^^^^^^^^^^^'
    )


def test_mistake_in_a_plugins_table_is_placed(write_scene, scene, name):
    scene.write_text(SCENE.format(name=name).replace("n_points", "n_point"))

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(scene, allow_plugins=True)

    assert f"{scene}:4:1: data.n_point: unknown key; did you mean 'n_points'?" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import gmmviz\n1 / 0\n", "{folder}/spiral.py:2: ZeroDivisionError: division by zero"),
        ("def f(:\n", "{folder}/spiral.py:1: SyntaxError: invalid syntax (spiral.py, line 1)"),
        (
            'import gmmviz\nexec(compile("1 +", "other.py", "exec"))\n',
            "{folder}/spiral.py:2: SyntaxError: invalid syntax (other.py, line 1)",
        ),
        (
            "import sys\nsys.exit(3)\n",
            "{folder}/spiral.py ends Python, by sys.exit or the like: leave that out",
        ),
        (None, "there is no file {folder}/spiral.py"),
        (
            'import gmmviz as gv\ngv.DATASETS.register("iris")(int)\n',
            "{folder}/spiral.py:2: the data set 'iris' is registered already: choose another name",
        ),
    ],
)
def test_failing_plugin_is_a_complaint(scene, tmp_path, code, message):
    (tmp_path / "spiral.py").unlink()
    if code is not None:
        (tmp_path / "spiral.py").write_text(code)

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(scene, allow_plugins=True)

    assert str(caught.value) == (
        f"{scene}:1:12: plugins[0]: {message.format(folder=tmp_path)}\n"
        '   1 | plugins = ["spiral.py"]\n     |            ^^^^^^^^^^^'
    )


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package whose plugin is this code."""

    def install(code):
        (tmp_path / "spirals.py").write_text(code)
        info = tmp_path / "spirals-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: spirals\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[gmmviz.plugins]\nspirals = spirals\n")
        monkeypatch.syspath_prepend(tmp_path)
        plugins.load_installed.cache_clear()

    yield install
    sys.modules.pop("spirals", None)
    plugins.load_installed.cache_clear()


def test_installed_plugin_needs_no_permission(package, write_scene, name):
    package(PLUGIN.replace("{name}", name))

    scene = gv.load_scene(write_scene(f'[data]\ndataset = "{name}"\n[model]\ncomponents = 1\n'))

    assert scene.dataset.name == "spiral"


def test_failing_installed_plugin_is_named(package, write_scene, small_scene):
    package("raise RuntimeError('no license')\n")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(write_scene(small_scene))

    assert str(caught.value) == "the plugin 'spirals' of the package spirals fails: RuntimeError: no license"


PYTHON = """
import gmmviz as gv


def animation():
    trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=1), n_components=2, max_iter=3)
    return gv.Animation(trace, title="From Python", size=(320, 180), fps=10, pace=gv.Pace(length=6))
"""


def test_python_scene_is_a_scene(write_scene):
    path = write_scene(PYTHON, "film.py")
    scene = gv.load_scene(path)
    scene.check()
    film = scene.animation(quality="draft", theme="dark")

    assert (film.title, film.size, film.theme.name, film.length) == ("From Python", (160, 90), "dark", 6)
    assert scene.formats == ("gif",)
    assert scene.files == (path,)
    assert len(scene.runs) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\n", "{path} must define animation(), which returns a gmmviz.Animation"),
        ("def animation():\n    return 3\n", "{path}: animation() must return a gmmviz.Animation, not 3"),
        ("def animation():\n    return 1 / 0\n", "{path}:2: ZeroDivisionError: division by zero"),
        ("import nonsense_module\n", "{path}:1: ModuleNotFoundError: No module named 'nonsense_module'"),
        ("open('none.txt')\n", "{path}:1: FileNotFoundError: [Errno 2] No such file or directory: 'none.txt'"),
        (
            "import gmmviz as gv\ngv.load_dataset('irs')\n",
            "{path}:2: unknown data set 'irs'; did you mean 'iris'?",
        ),
    ],
)
def test_failing_python_scene_is_one_sentence(write_scene, code, message):
    path = write_scene(code, "film.py")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path).animation()

    assert str(caught.value) == message.format(path=path)


def test_missing_python_scene_is_named(tmp_path):
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path / "film.py").animation()

    assert str(caught.value) == f"there is no file {tmp_path}/film.py"


def test_python_scene_has_no_keys(write_scene):
    path = write_scene(PYTHON, "film.py")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path, settings=["title=x"])

    assert str(caught.value) == f"{path} is a Python scene, which has no keys to set: title=x"


def test_plugin_that_fails_while_it_draws_is_named_with_its_line(write_scene, name, monkeypatch, tmp_path):
    from typer.testing import CliRunner

    from gmmviz.cli import app

    monkeypatch.chdir(tmp_path)
    write_scene(
        "import gmmviz as gv\nfrom gmmviz.options import options\n"
        f'@gv.RENDERERS.register("{name}")\n@options\nclass Broken(gv.Renderer):\n    """Broken."""\n'
        "    def draw_still(self, axes, stage, theme): pass\n"
        "    def moving(self, props, frame, stage, theme):\n        yield lien\n",
        "broken.py",
    )
    scene = write_scene(
        'plugins = ["broken.py"]\n[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[[panels]]\n'
        f'renderer = "{name}"\n'
    )

    done = CliRunner().invoke(app, ["render", str(scene), "--allow-plugins"])

    assert done.exit_code == 2
    assert done.stderr == f"{tmp_path / 'broken.py'}:9: NameError: name 'lien' is not defined\n"


FORMAT = '''
import gmmviz as gv
from gmmviz.encoders.base import Contents, Encoder
from gmmviz.options import Count, options

@gv.ENCODERS.register("{name}.txt")
@options
class Table(Encoder):
    """Table: one line per image."""

    digits: Count = 2
    """Digits of the time."""

    def length_of(self, film):
        return 0.0

    def write(self, path, film, shots):
        path.write_text("".join(f"{{shot.seconds:.{{self.digits}}f}}\\n" for shot in shots))
        return Contents()

    def read_back(self, path):
        return Contents()
'''


@pytest.fixture
def film_scene(write_scene, small_scene, name):
    """Write a scene beside the plugin of a format, with this table of outputs."""
    write_scene(FORMAT.format(name=name), "table.py")

    def write(output):
        text = small_scene.replace("[output]\n", f"[output]\n{output}\n")
        return write_scene(f'plugins = ["table.py"]\n{text}')

    return write


@pytest.mark.parametrize("key", ["{name}", '"{name}.txt"'])
def test_plugins_format_has_options_in_a_table_of_its_own(film_scene, name, key):
    path = film_scene(f'formats = ["gif", "{name}.txt"]\n{key.format(name=name)} = {{ digits = 4 }}')

    scene = gv.load_scene(path, allow_plugins=True)

    assert scene.formats == ("gif", f"{name}.txt")
    assert scene.encoder(path.with_name(f"film.{name}.txt")).digits == 4
    assert scene.encoder(path.with_name("film.txt")) == gv.ENCODERS["txt"]()


def test_mistakes_in_the_options_of_a_plugins_format_are_placed(film_scene, name):
    path = film_scene(f'formats = ["{name}"]\n{name} = {{ digits = 0, digit = 1 }}')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path, allow_plugins=True)

    first, second, third = str(caught.value).splitlines()[::3]
    assert first == f"{path}:13:12: output.formats[0]: unknown format '{name}'; did you mean '{name}.txt'?"
    assert second.endswith(f"output.{name}.digits: must be at least 1, not 0")
    assert third.endswith(f"output.{name}.digit: unknown key; did you mean 'digits'?")


def test_plugins_format_is_listed_and_in_the_schema(film_scene, name):
    from gmmviz.scene.reference import sections
    from gmmviz.scene.schema import scene_schema

    gv.load_scene(film_scene(""), allow_plugins=True)

    (option,) = sections()["encoders"].entries[f"{name}.txt"].options
    assert (option.name, option.type, option.default) == ("digits", "whole number from 1", "2")
    rows = {row.name: row.help for row in sections()["tables"].entries["output"].options}
    assert rows[name] == "Table: one line per image."
    output = scene_schema()["properties"]["output"]["properties"]
    assert output[name] == output[f"{name}.txt"]
    assert output[name]["properties"]["digits"]["minimum"] == 1
    assert f"{name}.txt" in output["formats"]["items"]["enum"]


def test_command_makes_a_plugins_format(film_scene, name, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from gmmviz.cli import app

    monkeypatch.chdir(tmp_path)
    path = film_scene(f"{name} = {{ digits = 1 }}")

    done = CliRunner().invoke(app, ["render", str(path), "--allow-plugins", "--format", f"{name}.txt"])

    assert done.exit_code == 0, done.output
    lines = (tmp_path / f"scene.{name}.txt").read_text().splitlines()
    assert len(lines) == len(gv.load_scene(path, allow_plugins=True).animation().moments)
    assert set(lines) >= {"0.1", "0.5"}


HEAD = "import gmmviz as gv\nfrom gmmviz.datasets import DatasetSource\nfrom gmmviz.options import options\nfrom gmmviz.starts import Start\n"
PANEL = "    def draw_still(self, axes, stage, theme): pass\n    def moving(self, props, frame, stage, theme):"


@pytest.mark.parametrize(
    ("family", "base", "body", "said"),
    [
        (
            "RENDERERS",
            "gv.Renderer",
            "    def moving(self, props, frame, stage, theme): return ()\n",
            "plugins[0]: {file}:5: the renderer '{name}' lacks 'draw_still', which every Renderer has",
        ),
        (
            "RENDERERS",
            "gv.Renderer",
            "    def draw_still(self, axes): pass\n    def moving(self, props, frame, stage, theme): return ()\n",
            "plugins[0]: {file}:5: the renderer '{name}' has a draw_still that cannot be called as "
            "draw_still(axes, stage, theme)",
        ),
        (
            "RENDERERS",
            "gv.Renderer",
            f"{PANEL} pass\n",
            "{file}:10: Mine.moving must return the artists that move, not None",
        ),
        (
            "RENDERERS",
            "gv.Renderer",
            f"{PANEL} yield 'x'\n",
            "{file}:10: Mine.moving must return artists alone, not 'x'",
        ),
        ("RENDERERS", "gv.Renderer", f"{PANEL} return 1 / 0\n", "{file}:10: ZeroDivisionError: division by zero"),
        (
            "DATASETS",
            "DatasetSource",
            "    def load(self, folder): return [[1, 2]]\n",
            "data: {file}:9: Mine.load must return a gmmviz.Dataset, not [[1, 2]]",
        ),
        (
            "DATASETS",
            "DatasetSource",
            "    def load(self, folder): return folder.nothing\n",
            "data: {file}:9: AttributeError: 'PosixPath' object has no attribute 'nothing'",
        ),
        (
            "STARTS",
            "Start",
            "    def mixture(self, data, n_components): return None\n",
            "model: {file}:9: Mine.mixture must return a gmmviz.Mixture, not None",
        ),
        (
            "STARTS",
            "Start",
            "    def mixture(self, data, n_components): return gv.Mixture([1], [[0, 0]], [[[1, 0], [0, 1]]])\n",
            "model: {file}:9: Mine.mixture must return 2 components, not Mixture(weights=[1.0], means=[[0., 0.]]",
        ),
    ],
)
def test_plugin_of_the_wrong_make_is_told_by_its_line(write_scene, tmp_path, name, family, base, body, said):
    code = f'@gv.{family}.register("{name}")\n@options\nclass Mine({base}):\n    """Mine."""\n{body}'
    file = tmp_path / "mine.py"
    file.write_text(HEAD + code)
    chosen = {"RENDERERS": "ellipses", "DATASETS": "old_faithful", "STARTS": "kmeans"} | {family: name}
    scene = write_scene(
        f'plugins = ["mine.py"]\n[data]\ndataset = "{chosen["DATASETS"]}"\n[model]\ncomponents = 2\nmax_iter = 1\n'
        f'[model.start]\nkind = "{chosen["STARTS"]}"\n[[panels]]\nrenderer = "{chosen["RENDERERS"]}"\n'
    )

    def draw():
        with plugins.blaming([file]):
            film = gv.load_scene(scene, allow_plugins=True).animation(size=(160, 90))
            film.image(film.moments[0])

    with pytest.raises(gv.InputError) as caught:
        draw()

    assert said.format(file=file, name=name) in str(caught.value)


def test_plugins_options_are_strict_also_where_their_types_are_plain(write_scene, tmp_path, name):
    body = "    header: bool = False\n    bars: int | None = None\n    sizes: tuple[float, ...] = ()\n"
    (tmp_path / "mine.py").write_text(
        f'{HEAD}@gv.RENDERERS.register("{name}")\n@options\nclass Mine(gv.Renderer):\n{body}{PANEL} return ()\n'
    )
    scene = write_scene(
        'plugins = ["mine.py"]\n[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n'
        f'[[panels]]\nrenderer = "{name}"\nheader = "yes"\nbars = "3"\nsizes = [1, "2"]\n'
    )

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(scene, allow_plugins=True)

    assert "panels[0].header: expected true or false, got 'yes'" in str(caught.value)
    assert "panels[0].bars: expected a whole number, got '3'" in str(caught.value)
    assert "panels[0].sizes[1]: expected a number, got '2'" in str(caught.value)


def test_plugin_that_ends_python_is_a_complaint(write_scene, tmp_path):
    (tmp_path / "mine.py").write_text("raise SystemExit(3)\n")
    scene = write_scene('plugins = ["mine.py"]\n[data]\ndataset = "iris"\n[model]\ncomponents = 2\n')

    with pytest.raises(gv.InputError, match=r"mine\.py ends Python, by sys\.exit or the like: leave that out"):
        gv.load_scene(scene, allow_plugins=True)


def test_of_the_users_files_the_one_that_failed_is_blamed(tmp_path):
    good, bad, words = (tmp_path / name for name in ("good.py", "bad.py", "words.txt"))
    for path in (good, bad, words):
        path.write_text("def fail():\n    1 / 0\n")

    def failing(path):
        names = {}
        exec(compile(path.read_text(), path, "exec"), names)
        return names["fail"]

    with pytest.raises(gv.InputError) as caught, plugins.blaming([good, bad]):
        failing(bad)()
    assert str(caught.value) == f"{bad}:2: ZeroDivisionError: division by zero"
    for files in ([words], [good], []):
        with pytest.raises(ZeroDivisionError), plugins.blaming(files):
            failing(words)()


def test_error_of_ours_is_not_blamed_on_the_users_file(tmp_path):
    with pytest.raises(gv.RenderError, match=r"^full$"), plugins.blaming([tmp_path / "a.py"]):
        raise gv.RenderError("full")
