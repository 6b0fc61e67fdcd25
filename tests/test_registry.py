import pytest

from gmmviz.errors import InputError
from gmmviz.registry import Registry, must_return


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


def test_member_is_refused_with_what_is_wrong_with_it():
    planets = Registry("planet", lambda mass: "" if mass > 0 else f"weighs {mass}")

    with pytest.raises(InputError, match=r"^the planet 'vulcan' weighs 0$"):
        planets.register("vulcan", 0)
    assert len(planets) == 0


def test_decorator_without_a_name_is_refused(planets):
    with pytest.raises(InputError) as caught:

        @planets.register
        class Venus:
            pass

    assert str(caught.value) == "a planet is registered under a name, as in register('mine'), not the class Venus"


def test_method_that_returns_something_else_is_named_with_its_place():
    class Planet:
        def mass(self):
            return None

    error = must_return("a number", Planet().mass(), Planet.mass)

    line = Planet.mass.__code__.co_firstlineno
    name = Planet.mass.__qualname__
    assert str(error) == f"{__file__}:{line}: {name} must return a number, not None"


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


@pytest.mark.parametrize(("name", "given"), [("", "''"), (3, "3"), (None, "None")])
def test_name_must_be_a_text_with_letters(planets, name, given):
    with pytest.raises(InputError) as caught:
        planets.register(name, 1)

    assert str(caught.value) == f"a planet is registered under a name, as in register('mine'), not {given}"
    assert caught.value.place == ("name",)


def test_what_is_no_text_is_no_name(planets):
    assert [] not in planets
    assert 3 not in planets
    with pytest.raises(InputError, match=r"^unknown planet 3; known: 'mars' and 'earth'$"):
        planets[3]


def test_method_without_a_line_of_python_is_named_alone():
    assert str(must_return("a text", 3, len)) == "len must return a text, not 3"
    assert str(must_return("a text", 3, object())) == "a method must return a text, not 3"
