"""Layers of a scene, and which of them says what."""

import pytest

import gmmviz as gv
from gmmviz.scene import Limits
from gmmviz.scene.layers import Layer, counted_in, locate, merged, read_chain
from gmmviz.scene.sources import read_setting


def layer(setting, mounts=None):
    source = read_setting(setting, Limits())
    return Layer(source, mounts) if mounts else Layer(source)


@pytest.fixture
def chain(write_scene):
    write_scene('title = "base"\n[pace]\nlength = 9\n', "base.toml")
    path = write_scene('extends = "base.toml"\n[model]\ncomponents = 2\n')
    return [Layer(source) for source in read_chain(path, Limits())]


def test_chain_is_read_nearest_first(chain):
    assert [each.source.path.name for each in chain] == ["scene.toml", "base.toml"]


def test_chain_may_have_ten_files(write_scene):
    for i in range(9):
        write_scene(f'extends = "{i + 1}.toml"\n', f"{i}.toml")
    path = write_scene("", "9.toml")

    assert len(read_chain(path.with_name("0.toml"), Limits())) == 10


def test_key_is_located_in_the_uppermost_layer_that_has_it(chain):
    setting = layer("pace.length=3")
    source, location = locate([setting, *chain], ("pace", "length"))
    assert (source.option, location) == ("--set pace.length=3", ("pace", "length"))

    source, location = locate(chain, ("pace", "length"))
    assert (source.path.name, location) == ("base.toml", ("pace", "length"))


def test_key_that_nobody_has_is_located_in_the_table_around_it(chain):
    source, location = locate(chain, ("pace", "end"))
    assert (source.path.name, location) == ("base.toml", ("pace", "end"))

    source, location = locate(chain, ("theme", "name"))
    assert (source.path.name, location) == ("scene.toml", ("theme", "name"))

    source, _ = locate([layer("title=x"), *chain], ("theme",))
    assert source.path.name == "scene.toml"


def test_variants_keys_are_found_where_they_are_mounted():
    variant = layer("variants.a.model.tol=1", {("model",): ("variants", "a", "model")})

    assert variant.find(("model", "tol")) == ("variants", "a", "model", "tol")
    assert variant.find(("model", "max_iter")) is None
    assert variant.find(("data",)) is None
    assert locate([variant], ("model", "tol"))[1] == ("variants", "a", "model", "tol")


@pytest.mark.parametrize(
    ("below", "above", "result"),
    [
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
        ({"pace": {"end": 1, "start": 2}}, {"pace": {"end": 3}}, {"pace": {"end": 3, "start": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        # A table that chooses another class replaces the one below.
        (
            {"data": {"dataset": "iris", "fit": "x"}},
            {"data": {"dataset": "wine"}},
            {"data": {"dataset": "wine"}},
        ),
        (
            {"data": {"dataset": "iris", "fit": "x"}},
            {"data": {"dataset": "iris"}},
            {"data": {"dataset": "iris", "fit": "x"}},
        ),
        ({"data": {"dataset": "iris"}}, {"data": {"fit": "y"}}, {"data": {"dataset": "iris", "fit": "y"}}),
        # A start without a kind is "random_points".
        (
            {"start": {"seed": 1}},
            {"start": {"kind": "random_points"}},
            {"start": {"seed": 1, "kind": "random_points"}},
        ),
        ({"start": {"seed": 1}}, {"start": {"kind": "kmeans"}}, {"start": {"kind": "kmeans"}}),
    ],
)
def test_documents_are_merged_table_by_table(below, above, result):
    assert merged(below, above) == result


def test_file_that_is_extended_may_be_faulty_or_missing(write_scene):
    path = write_scene('extends = "none.toml"\n')
    with pytest.raises(gv.InputError) as missing:
        read_chain(path, Limits())
    write_scene("title = 'x\n", "none.toml")
    with pytest.raises(gv.InputError) as faulty:
        read_chain(path, Limits())

    assert str(missing.value).startswith(f"{path}:1:11: extends: there is no scene file {path.parent}/none.toml")
    assert str(faulty.value).startswith(f"{path.parent}/none.toml:1:11: not valid TOML: ")


@pytest.mark.parametrize(
    ("setting", "panels"),
    [
        ("panels.0.radii=[3]", [{"renderer": "ellipses", "radii": [3]}, {"renderer": "weights"}]),
        (
            "panels[1].bold=true",
            [{"renderer": "ellipses", "radii": [1, 2]}, {"renderer": "weights", "bold": True}],
        ),
        ("panels[0].radii[1]=9", [{"renderer": "ellipses", "radii": [1, 9]}, {"renderer": "weights"}]),
        ("panels.0.renderer=curve", [{"renderer": "curve"}, {"renderer": "weights"}]),
        ("panels=[]", []),
    ],
)
def test_setting_counts_lists_as_messages_do(setting, panels):
    document = {"panels": [{"renderer": "ellipses", "radii": [1, 2]}, {"renderer": "weights"}]}

    assert merged(document, counted_in(document, layer(setting).source.document)) == {"panels": panels}
    assert document["panels"][0]["radii"] == [1, 2]


def test_setting_of_a_table_whose_name_is_a_number_is_that_tables():
    document = {"variants": {"1": {"model": {"tol": 1}}}}

    assert merged(document, counted_in(document, layer("variants.1.model.tol=0").source.document)) == {
        "variants": {"1": {"model": {"tol": 0}}}
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("panels.2.radii=3", "there is no panels[2]: the scene has 2 of them, counted from 0"),
        ("panels.0.radii.7=3", "there is no panels[0].radii[7]: the scene has 1 of them, counted from 0"),
        ("output.size.99999=3", "there is no output.size[99999]: the scene has 2 of them, counted from 0"),
    ],
)
def test_setting_of_an_entry_that_is_not_there_is_one_sentence(write_scene, small_scene, setting, message):
    path = write_scene(
        small_scene + '[[panels]]\nrenderer = "ellipses"\nradii = [1]\n[[panels]]\nrenderer = "weights"\n'
    )

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path, settings=[setting])

    assert str(caught.value) == f"--set {setting}: {message}"


def test_mistake_in_a_counted_entry_is_the_settings(write_scene, small_scene):
    path = write_scene(small_scene + '[[panels]]\nrenderer = "ellipses"\nradii = [0]\n')

    with pytest.raises(gv.InputError) as theirs:
        gv.load_scene(path, settings=["panels.0.trails=3"])

    assert str(theirs.value) == (
        "--set panels.0.trails=3: panels[0].trails: expected true or false, got 3\n"
        f"{path}:16:10: panels[0].radii[0]: must be greater than 0, not 0\n"
        "  16 | radii = [0]\n     |          ^"
    )


def test_number_of_ten_digits_counts_no_list():
    document = {"panels": [{}]}

    assert counted_in(document, {"panels": {"1234567890": 1}}) == {"panels": {"1234567890": 1}}
    with pytest.raises(gv.InputError) as caught:
        counted_in(document, {"panels": {"123456789": 1}})
    assert str(caught.value) == "there is no panels[123456789]: the scene has 1 of them, counted from 0"


def test_panels_that_the_scene_leaves_open_have_no_numbers():
    with pytest.raises(gv.InputError) as caught:
        counted_in({}, {"panels": {"0": {"radii": [1]}}})

    assert str(caught.value) == (
        "the scene leaves its panels open, so that they have no numbers: add [[panels]] to it"
    )
    assert counted_in({}, {"panels": {"a": 1}}) == {"panels": {"a": 1}}
    assert counted_in({}, {"variants": {"0": 1}}) == {"variants": {"0": 1}}
    assert counted_in({"panels": 3}, {"panels": {"0": 1}}) == {"panels": {"0": 1}}


def test_chain_of_eleven_files_is_too_long(write_scene):
    for i in range(10):
        write_scene(f'extends = "{i + 1}.toml"\n', f"{i}.toml")
    path = write_scene("", "10.toml")

    with pytest.raises(gv.InputError) as caught:
        read_chain(path.with_name("0.toml"), Limits())

    assert str(caught.value).startswith(
        f"{path.with_name('9.toml')}:1:11: extends: 10 files extend one another already: put some together\n"
    )
