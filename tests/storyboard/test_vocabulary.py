import ast
from pathlib import Path

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.storyboard.vocabulary import ENGLISH, WORDS, Words, check_template, fields_in

PACKAGE = Path(gv.__file__).parent


def test_own_word_comes_before_that_of_the_language_and_that_before_english():
    words = Words("de", {"iteration": "Schritt"})

    assert words.say("iteration") == "Schritt"
    assert words.say("weights") == "Gewichte"
    assert Words("xx").say("weights") == "weights"


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("de-AT", "Gewichte"),
        ("DE", "Gewichte"),
        ("fr-CA", "poids"),
        ("zh-Hans-CN", "权重"),
        ("zh-Hant", "weights"),
        ("zh-TW", "weights"),
        ("en-GB", "weights"),
    ],
)
def test_language_is_found_by_the_beginning_of_its_tag(language, word):
    """Traditional Chinese has other letters, so the simplified words are none of it."""
    assert Words(language).say("weights") == word


def test_fields_are_filled_in_and_dollars_that_enclose_no_formula_are_escaped():
    words = Words(own={"density_per": "$p$ for $5 ({unit})"})

    assert words.text("density_per", unit="min") == "$p$ for $5 (min)"
    assert words.say("density_per", unit="min") == r"$p$ for \$5 (min)"


@pytest.mark.parametrize(
    ("names", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_listed_as_in_a_sentence(names, said):
    assert ENGLISH.listed(names) == said


def test_chinese_names_are_parted_by_its_own_comma():
    assert Words("zh").listed(["A", "B", "C"]) == "A、B和C"


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"iteratoin": "Schritt"}, "unknown word 'iteratoin'; did you mean 'iteration'?"),
        (
            {"points": "{m} Punkte"},
            "points knows no {m}; known: 'n'",
        ),
        ({"iteration": "{n}"}, "iteration knows no {n}; it has no fields: 'iteration'"),
        ({"points": "{n:d}"}, "{n} is filled in as it is: leave out what follows its name in '{n:d}'"),
        ({"points": "{n"}, "'{n' is no template: write a brace as {{ or }}; known: {n}"),
        ({"iteration": "{"}, "'{' is no template: write a brace as {{ or }}; known: none"),
        ({"iteration": 3}, "expected a text, got 3; in English it is 'iteration'"),
    ],
)
def test_word_that_cannot_be_written_is_refused(own, message):
    with pytest.raises(gv.InputError) as caught:
        Words(own=own)

    assert str(caught.value) == message
    assert caught.value.place == tuple(own)


def test_template_may_name_known_fields_alone():
    def unknown(name):
        return f"no {name}"

    assert check_template("{a} {{b}}", ["a"], unknown) == "{a} {{b}}"
    with pytest.raises(gv.InputError, match=r"^no c$"):
        check_template("{c}", ["a"], unknown)
    assert fields_in("{a} {{b}} {c} {a}") == ("a", "c")


def test_plugin_adds_words_in_several_languages():
    WORDS.register("doubt", gv.Phrase("doubt of {n} points", "A title.", {"de": "Zweifel an {n} Punkten"}))
    try:
        assert [Words(language).say("doubt", n=3) for language in ("en", "de-CH", "fr")] == [
            "doubt of 3 points",
            "Zweifel an 3 Punkten",
            "doubt of 3 points",
        ]
        assert Words("fr").untranslated == ("doubt",)
        assert Words("de").untranslated == ()
        assert Words("fr", {"doubt": "doute"}).untranslated == ()
    finally:
        del WORDS._members["doubt"]


def test_words_of_a_plugin_are_checked():
    with pytest.raises(gv.InputError, match=r"^'\{m\}' fills in what 'of \{n\}' does not know$"):
        gv.Phrase("of {n}", "A title.", {"de": "{m}"})
    with pytest.raises(gv.InputError, match=r"^the word 'mine' must be a Phrase, not 'text'$"):
        WORDS.register("mine", "text")


def test_english_lacks_no_words():
    assert Words("en-GB").untranslated == Words("de").untranslated == ()
    assert Words("pt").untranslated == tuple(WORDS)


def literals(path):
    """Every text in a module that `say` or `text` is called with first."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("say", "text") and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_every_word_is_used():
    """Some are named by an option, as the titles of the log-likelihood."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name != "vocabulary.py" and "languages" not in path.parts
    )
    own = (PACKAGE / "storyboard" / "vocabulary.py").read_text(encoding="utf-8").split("_ENGLISH_WORDS")[0]
    made = {f"image_{name}" for name in ("means", "components", "original")} | {
        f"chapter_{name}" for name in ("end", "epilogue")
    }
    made |= {f"{name}_of" for name in ("means", "standard_deviations")}
    made |= {f"distance_of_{name}" for name in ("log_likelihood", "parameters")}

    assert [key for key in WORDS if f'"{key}"' not in sources + own and key not in made] == []


def test_events_are_told_in_the_language(old_faithful):
    points = np.vstack([np.random.default_rng(0).standard_normal((50, 2)), [[30.0, 30.0]]])
    start = gv.Mixture([0.9, 0.1], [[0, 0], [30, 30]], [np.eye(2), np.eye(2)])
    trace = gv.fit(points, start, reg_covar=0)
    event = trace.events[-1][1]

    assert ENGLISH.event(event, trace) == event.message == "component 2 has collapsed onto point 51"
    assert Words("de").event(event, trace) == "Komponente 2 ist auf Punkt 51 kollabiert"
    fell = gv.Event("decreased", "the log-likelihood fell by 1.5e-05")
    assert Words("de").event(fell, trace) == "die Log-Likelihood fiel um 1.5e-05"
    dead = gv.Event("dead", "component 1 has died: no point wants it", 0)
    assert Words("fr").event(dead, trace) == "la composante 1 est morte\u00a0: aucun point n’en veut"
    held = gv.Event("held", "component 1 would have collapsed, but for regularization", 0)
    assert Words("zh").event(held, trace) == "若无正则化，分量 1 会坍缩"
    assert Words("de").event(gv.Event("of a plugin's", "something"), trace) == "something"


@pytest.mark.parametrize(
    ("language", "died", "fell"),
    [
        ("en", "component 2 has died: it had too few points for the prior", "the log-posterior fell by 0.25"),
        (
            "de",
            "Komponente 2 ist gestorben: für die A-priori-Verteilung hatte sie zu wenige Punkte",
            "die Log-Posterior-Dichte fiel um 0.25",
        ),
        (
            "fr",
            "la composante 2 est morte\u00a0: trop peu de points pour la loi a priori",
            "la log-densité a posteriori a baissé de 0.25",
        ),
        (
            "es",
            "el componente 2 ha muerto: tenía muy pocos puntos para la distribución a priori",
            "la log-densidad a posteriori bajó 0.25",
        ),
        ("zh", "分量 2 已消亡：对先验而言点太少", "对数后验下降了 0.25"),
    ],
)
def test_events_of_a_prior_are_told_in_the_language(language, died, fell):
    points = np.concatenate([np.zeros((20, 1)), np.full((3, 1), 9.0)]) + 0.1 * np.random.default_rng(0).random(
        (23, 1)
    )
    start = gv.Mixture([0.5, 0.5], [[0], [9]], [[[1]], [[1]]])
    trace = gv.fit(points, start, prior=gv.Prior(weights=-5))
    ((_, event),) = [(t, event) for t, event in trace.events if event.kind == "dead"]

    assert Words(language).event(event, trace) == died
    fall = gv.Event("decreased", "the log-posterior fell by 0.25")
    assert Words(language).event(fall, trace) == fell


def test_constant_features_are_named_in_the_language():
    points = np.column_stack([np.arange(9.0), np.full(9, 2.0)])
    trace = gv.fit(gv.Dataset(points, feature_names=["a", "b"]), n_components=1, reg_covar=0)
    event = trace.events[-1][1]

    assert event.message == "feature 'b' is constant"
    assert Words("es").event(event, trace) == "variables constantes: b"


@pytest.mark.parametrize("kind", ["dead", "dead_prior", "decreased", "decreased_posterior", "held", "collapsed"])
def test_english_events_are_those_that_the_fit_leaves(kind):
    """So that a scene may take them as they are listed."""
    said = WORDS[kind].text.format(component=2, point=5, amount="0.1")
    source = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "fitting").glob("*.py"))

    parts = (
        WORDS[kind].text.replace("{component}", "{").replace("{point}", "{").replace("{amount}", "{").split("{")
    )
    assert said
    assert all(part in source for part in parts)
