import pytest

from gmmviz.errors import InputError
from gmmviz.registry import Registry


@pytest.fixture
def planets():
    planets = Registry("planet")
    planets.register("mars", 0.53)

    @planets.register("earth")
    class Earth:
        pass

    return planets


def test_decorator_returns_its_class_and_call_its_value(planets):
    class Venus:
        pass

    assert planets.register("venus")(Venus) is Venus
    assert planets.register("pluto", None) is None
    assert planets["venus"] is Venus
    assert planets["pluto"] is None


def test_registry_is_a_mapping_in_the_order_of_registration(planets):
    assert list(planets) == ["mars", "earth"]
    assert len(planets) == 2
    assert planets["mars"] == 0.53
    assert planets["earth"].__name__ == "Earth"
    assert "mars" in planets
    assert "moon" not in planets


def test_name_is_registered_once(planets):
    with pytest.raises(ValueError, match=r"^the planet 'mars' is registered already: choose another name$"):
        planets.register("mars", 1)
    assert planets["mars"] == 0.53


def test_unknown_name_is_answered_with_the_nearest_or_with_all(planets):
    with pytest.raises(InputError) as near:
        planets["Marz"]
    with pytest.raises(InputError) as far:
        planets["sun"]

    assert str(near.value) == "unknown planet 'Marz'; did you mean 'mars'?"
    assert str(far.value) == "unknown planet 'sun'; known: 'mars' and 'earth'"


def test_representation_lists_the_names(planets):
    assert repr(planets) == "<Registry of planets: 'mars' and 'earth'>"
    assert repr(Registry("planet")) == "<Registry of planets: empty>"
