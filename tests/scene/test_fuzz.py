"""Whatever stands in a scene file, what comes of it is a film or a sentence."""

import copy
import json
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gmmviz as gv
from gmmviz.scene import Limits

TEMPLATES = Path(gv.__file__).parent / "cli" / "templates"
TEXTS = [
    *((TEMPLATES / name).read_text(encoding="utf-8") for name in ("film.toml", "variants.toml", "sweep.toml")),
    'title = "Files"\n[data]\ndataset = "csv"\npath = "points.csv"\ncolumns = ["x", 2]\n[model]\ncomponents = 2\n'
    'reg_covar = 0.1\nn_init = 2\non_collapse = "restart"\n[model.start]\nkind = "given"\n'
    "means = [[0, 0], [4, 4]]\ncovariances = [[[1, 0], [0, 1]], [[2, 0], [0, 1]]]\nweights = [0.5, 0.5]\n"
    '[pace]\niterations = [1, 2]\nlength = 9.5\neasing = "linear"\n',
    'extends = "base.toml"\n[model]\nalgorithm = "kmeans"\n[model.start]\nkind = "kmeans++"\nseed = 3\n'
    '[theme]\nname = "dark"\n[output]\nsize = [64, 36]\nformats = ["gif", "mp4"]\n',
]
TEXTS.append(
    r"""title = "$K$ for $5"
subtitle = 'of \$5 $\mu_k$'
plugins = []
[data]
dataset = "sample"
n_points = 60
weights = [0.3, 0.7]
means = [[0, 0], [4, 3]]
covariances = [[[1, 0.5], [0.5, 1]], [[2, -0.8], [-0.8, 1]]]
[model]
components = 2
max_iter = 4
tol = 1e-6
[[panels]]
renderer = "ellipses"
radii = [1, 2]
truth = true
features = [1, "x2"]
[[panels]]
renderer = "contour"
n_levels = 5
samples = 20
[[panels]]
renderer = "surface"
azimuth = 30
orbit = 10
[[panels]]
renderer = "curve"
bins = 12
features = "pca"
[[panels]]
renderer = "score"
[[panels]]
renderer = "parameters"
show = "means"
[layout]
rows = ["ABC", "DEF"]
widths = [1, 2, 1]
[captions]
start = "$x: y$ {points}"
stopped = "Ende um 10:30 Uhr: {iteration}"
[pace]
iterations = "all"
epilogue = 1
[output]
size = [320, 240]
fps = 10
formats = ["gif", "txt"]
[output.gif]
max_bytes = 100_000
[output.sheet]
columns = 2
"""
)
SCENES = [tomllib.loads(text) for text in TEXTS]
# Small, so that thousands of scenes take seconds.
LIMITS = Limits(points=2000, components=12, iterations=2000, pixels=10**9, runs=6, data_size=10_000, nesting=12)


def keys_in(node):
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from keys_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_in(value)


def places_in(node, path=()):
    """Every (container, key) of a document."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places_in(node[key], (*path, key))


KEYS = sorted({key for scene in SCENES for key in keys_in(scene)} | {"plugins", "scale", "concentration"})
NAMES = [
    *gv.DATASETS,
    *gv.STARTS,
    *gv.RENDERERS,
    *gv.THEMES,
    *gv.ENCODERS,
    "all",
    "auto",
    "em",
    "hard_em",
    "kmeans",
    "tied",
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
numbers = st.one_of(
    st.integers(-3, 12),
    st.integers(),
    st.floats(),
    st.sampled_from([0, 1e308, -1e308, 5e-324, 1e-9, 10**30, 2**63, 10**400, float("nan"), float("inf")]),
)
leaves = st.one_of(numbers, st.booleans(), texts, st.sampled_from(NAMES))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.sampled_from(KEYS), texts), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated_scenes(draw):
    scene = copy.deepcopy(draw(st.sampled_from(SCENES)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(places_in(scene))
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["replace", "replace", "leaf", "remove", "repeat", "add", "rename"]))
        if change == "replace":
            container[key] = draw(values)
        elif change == "leaf":
            container[key] = draw(leaves)
        elif change == "remove":
            del container[key]
        elif change == "repeat":
            container[key] = [container[key], copy.deepcopy(container[key])]
        elif isinstance(container, dict):
            new = draw(st.one_of(st.sampled_from(KEYS), texts))
            container[new] = container.pop(key) if change == "rename" else draw(values)
    return "".join(f"{quoted(key)} = {written(value)}\n" for key, value in scene.items()).encode()


@st.composite
def mutated_bytes(draw):
    content = draw(st.sampled_from(TEXTS)).encode()
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(content)))
        end = draw(st.integers(begin, min(len(content), begin + 12)))
        piece = st.one_of(
            st.binary(max_size=4),
            texts.map(str.encode),
            st.sampled_from(
                [
                    b"[",
                    b"]",
                    b"[[",
                    b"]]",
                    b"{",
                    b"}",
                    b'"',
                    b"'''",
                    b"\n",
                    b"=",
                    b".",
                    b",",
                    b"#",
                    b"[x]\n",
                    b"\r",
                ]
            ),
        )
        content = content[:begin] + draw(piece) + content[end:]
    return content


def quoted(text):
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def written(value):
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return repr(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "points.csv").write_text("x,y\n" + "".join(f"{i % 7},{i * i % 11}\n" for i in range(40)))
    (folder / "base.toml").write_text('[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 20\n')
    return folder


def is_film_or_sentence(folder, content, *, drawn=False):
    path = folder / "scene.toml"
    path.write_bytes(content)
    begun = time.perf_counter()
    try:
        scene = gv.load_scene(path, limits=LIMITS)
        scene.check()
        film = scene.animation(size=(480, 270) if drawn else (64, 36))
        if drawn:
            film.image(film.moments[-1])
    except gv.GmmvizError as error:
        sentence = str(error)
        assert 0 < len(sentence) < 20_000
        return
    finally:
        assert time.perf_counter() - begun < 60
    assert film.length > 0
    assert {file.parent for file in scene.files} == {folder}


def fuzz(cases):
    return settings(
        max_examples=cases, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


@given(content=mutated_scenes())
@fuzz(400)
def test_mutated_scene_is_a_film_or_a_sentence(folder, content):
    is_film_or_sentence(folder, content)


@given(content=mutated_bytes())
@fuzz(400)
def test_mutated_bytes_are_a_film_or_a_sentence(folder, content):
    is_film_or_sentence(folder, content)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(
    content=st.one_of(mutated_scenes(), mutated_bytes(), st.binary(max_size=200)),
    drawn=st.sampled_from([False] * 19 + [True]),
)
@fuzz(30_000)
def test_very_many_scenes_are_films_or_sentences(folder, content, drawn):
    is_film_or_sentence(folder, content, drawn=drawn)
