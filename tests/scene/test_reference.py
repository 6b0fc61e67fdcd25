"""What is said of the keys: the schema, the reference page and their source, the option classes."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

import gmmviz as gv
from gmmviz.options import in_words
from gmmviz.scene.reference import markdown_page, sections, toml_kind
from gmmviz.scene.schema import scene_schema, schema_text
from gmmviz.scene.tables import FAMILIES, SceneTables

ROOT = Path(__file__).parents[2]
SCENES = [*(ROOT / "scenes").glob("*.toml"), *(ROOT / "gmmviz" / "cli" / "templates").glob("*.toml")]
VALIDATOR = jsonschema.Draft4Validator(scene_schema())


def complaints(text):
    return [error.json_path for error in VALIDATOR.iter_errors(tomllib.loads(text))]


def test_committed_schema_is_the_codes():
    committed = (ROOT / "gmmviz" / "scene" / "scene.schema.json").read_text(encoding="utf-8")

    assert committed == schema_text(), "make it with: gmmviz schema -o gmmviz/scene/scene.schema.json"


def test_committed_reference_is_the_codes():
    committed = (ROOT / "gallery" / "REFERENCE.md").read_text(encoding="utf-8")

    assert committed == markdown_page(), "make it with: gmmviz list --markdown > gallery/REFERENCE.md"


def test_schema_is_draft_4():
    jsonschema.Draft4Validator.check_schema(scene_schema())

    for word in ("$defs", "prefixItems", "const", "$ref"):
        assert f'"{word}"' not in schema_text()


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_schema_takes_shipped_scenes(path):
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        'extends = "base.toml"\n[pace]\niterations = [1, 2]\n',
        '[variants."seed 1".model.start]\nseed = 1\n[variants.iris.data]\ndataset = "iris"\n',
        '[variants.a.model.start]\nkind = "given"\nmeans = [[1, 2]]\n[variants.a.model]\nreg_covar = 0.1\n',
        "[sweep]\ncomponents = [1, 2]\nmodel.start.scale = [0.1, 1]\n",
        "[model]\ncomponents = 2\nstart = { seed = 3 }\n",
    ],
)
def test_schema_takes_what_the_scene_takes(text):
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("titel = 'x'\n", "$"),
        ("[model]\ncomponents = 0\n", "$.model.components"),
        ("[model]\nmax_itr = 3\n", "$.model"),
        ("[pace]\nlength = 0\n", "$.pace.length"),
        ("[pace]\niterations = 'some'\n", "$.pace.iterations"),
        ('[data]\ndataset = "irs"\n', "$.data"),
        ('[[panels]]\nrenderer = "ellipses"\nradii = [1, -1]\n', "$.panels[0]"),
        ("[output]\nsize = [640, 360, 3]\n", "$.output.size"),
        ("[output]\nformats = ['avi']\n", "$.output.formats[0]"),
        ("[theme]\nname = 3\n", "$.theme.name"),
        ("[variants.a.pace]\nlength = 3\n", "$.variants.a"),
        ("[variants.a.model]\ncomponents = 'x'\n", "$.variants.a.model.components"),
        ("[sweep]\nseed = 3\n", "$.sweep.seed"),
    ],
)
def test_schema_refuses_what_the_scene_refuses(write_scene, text, place):
    assert complaints(text) == [place]
    with pytest.raises(gv.InputError):
        gv.load_scene(write_scene(text))


def options():
    for title, section in sections().items():
        for entry in section.entries.values():
            for option in entry.options:
                yield pytest.param(option, id=f"{title}.{entry.name}.{option.name}")


@pytest.mark.parametrize("option", list(options()))
def test_every_key_is_documented(option):
    assert len(option.help) > 5
    assert option.help.endswith(".")
    assert option.type


def test_every_member_of_a_family_says_what_it_is():
    for section in sections().values():
        for entry in section.entries.values():
            assert len(entry.help) > 10


def test_schema_documents_every_key():
    def undocumented(node, path):
        for name, value in node.get("properties", {}).items():
            if "description" not in value:
                yield f"{path}.{name}"
            for part in (value, value.get("items", {}), *value.get("oneOf", [])):
                if isinstance(part, dict):
                    yield from undocumented(part, f"{path}.{name}")

    assert list(undocumented(scene_schema(), "")) == []


def test_reference_covers_every_table_and_member():
    every = sections()

    assert list(every["tables"].entries["scene"].options) != []
    assert {option.name for option in every["tables"].entries["scene"].options} == set(
        SceneTables.__dataclass_fields__
    )
    for title, family in (("datasets", "data"), ("starts", "start"), ("renderers", "panels")):
        assert list(every[title].entries) == list(FAMILIES[family].registry)
    for section in every.values():
        assert all(entry.name == name for name, entry in section.entries.items())


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "whole number"),
        (tuple[float, ...], "list of numbers"),
        (tuple[tuple[float, ...], ...], "list of lists of numbers"),
        (tuple[int, int], "[whole number, whole number]"),
        (str | None, "text"),
        (tuple[str | int, ...], "list of (text or whole number)"),
        (bool, "true or false"),
    ],
)
def test_types_are_said_in_the_words_of_scene_files(annotation, words):
    assert in_words(annotation, (), toml_kind) == words


def test_defaults_in_the_schema_are_the_codes():
    pace = scene_schema()["properties"]["pace"]["properties"]

    assert pace["first_e"]["default"] == gv.Pace().first_e
    assert pace["e_step"]["default"] == list(gv.Pace().e_step)
    assert json.loads(json.dumps(scene_schema()["properties"]["output"]["properties"]["size"]["default"])) == [
        1280,
        720,
    ]


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("model.prior", ["weights", "shrinkage", "mean", "degrees_of_freedom", "scale"]),
        ("model.online", ["batch_size", "decay", "offset", "seed"]),
    ],
)
def test_tables_that_may_be_left_out_have_their_keys_listed(table, keys):
    entry = sections()["tables"].entries[table]

    assert [option.name for option in entry.options] == keys
    assert all(option.type and option.help and option.default for option in entry.options)
