"""Films in other languages: what is written on the picture, and what the files say."""

from dataclasses import fields, replace

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.text import Text

import gmmviz as gv
from gmmviz.artists.word import Word
from gmmviz.storyboard.languages import shipped, translation
from gmmviz.storyboard.page_words import OF_PAGES
from gmmviz.storyboard.vocabulary import WORDS, Phrase

MARK = "¤"  # stands before each text of a language that was made for these tests
PANELS = {
    "ellipses": (gv.EllipseRenderer(truth=True), "sample"),
    "labels": (gv.EllipseRenderer(radii=[2], features=["a", "b"]), "wide"),
    "principal components": (gv.ContourRenderer(), "wide"),
    "contour": (gv.ContourRenderer(samples=20), "sample"),
    "even contour": (gv.ContourRenderer(levels="linear", radii=[]), "sample"),
    "surface": (gv.SurfaceRenderer(box=True), "sample"),
    "surface without a box": (gv.SurfaceRenderer(), "sample"),
    "curve": (gv.CurveRenderer(truth=True, features=["a (km)"]), "sample"),
    "curve without a unit": (gv.CurveRenderer(features=["b"]), "sample"),
    "curve of a component": (gv.CurveRenderer(features="pca"), "wide"),
    "likelihood": (gv.LikelihoodRenderer(), "sample"),
    "total": (gv.LikelihoodRenderer(scale="total", all_runs=True), "sample"),
    "race": (gv.LikelihoodRenderer(all_runs=True, logarithmic=True), "sample"),
    "ends alike": (gv.LikelihoodRenderer(scale="negative_average", all_runs=True, preview=True), "alike"),
    "distance": (gv.DistanceRenderer(), "sample"),
    "distances": (gv.DistanceRenderer(of="parameters", all_runs=True, preview=True), "sample"),
    "weights": (gv.WeightsRenderer(), "sample"),
    "means": (gv.ParametersRenderer(show="means", features=["a (km)", "b"]), "sample"),
    "spreads": (gv.ParametersRenderer(show="standard_deviations"), "wide"),
    "eigenvalues": (gv.ParametersRenderer(show="eigenvalues"), "sample"),
    "some eigenvalues": (gv.ParametersRenderer(show="eigenvalues", features=["a", "b"]), "wide"),
    "responsibilities": (gv.ResponsibilitiesRenderer(), "sample"),
    "responsibilities of many": (gv.ResponsibilitiesRenderer(), "wide"),
    "bound": (gv.BoundRenderer(), "sample"),
    "landscape": (gv.LandscapeRenderer(), "sample"),
    "landscape as a surface": (gv.LandscapeRenderer(surface=True), "sample"),
    "synthetic": (gv.SyntheticRenderer(), "sample"),
    "asked": (gv.AskedRenderer(), "sample"),
    "bound curve": (gv.BoundCurveRenderer(), "sample"),
    "criterion": (gv.CriterionRenderer(criterion=["aic", "bic"]), "sample"),
    "best": (gv.CriterionRenderer(), "sample"),
    "parameters": (gv.CriterionRenderer(parameters=True), "sample"),
    "bars": (gv.CriterionRenderer(bars=True), "sample"),
    "score": (gv.ScoreRenderer(), "others"),
    "roc": (gv.RocRenderer(), "others"),
    "image": (gv.ImageRenderer(), "image"),
    "hues": (gv.ImageRenderer(colors="components"), "image"),
    "original": (gv.ImageRenderer(colors="original"), "image"),
}
OWN = {"a", "b", "c", "a (km)", "aic", "bic", "AIC", "BIC", "x"}  # from the data, and names of criteria


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    truth = gv.Mixture([0.4, 0.6], [[0, 0], [4, 3]], [np.eye(2), np.eye(2)])
    points = truth.sample(90, seed=2)[0]
    pixels = rng.integers(0, 255, (12, 3)).astype(float)
    return {
        "sample": gv.Dataset(points, name="x", feature_names=["a (km)", "b"], truth=truth),
        "alike": gv.Dataset(np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]] * 5), name="x", feature_names=["a", "b"]),
        "wide": gv.Dataset(rng.standard_normal((400, 3)), name="x", feature_names=["a", "b", "c"]),
        "others": gv.Dataset(
            points, name="x", feature_names=["a (km)", "b"], others=points[:5] + 9, others_name="x"
        ),
        "image": gv.Dataset(pixels, name="x", feature_names=["a", "b", "c"], shape=(3, 4)),
    }


@pytest.fixture
def marked():
    """Words and captions of a language in which everything is known by its mark."""
    words = {key: f"{MARK}{phrase.text}" for key, phrase in WORDS.items()}
    usual = gv.Captions()
    said = {field.name: getattr(usual, field.name) for field in fields(usual)}
    captions = {name: f"{MARK}{text}".replace(": ", f": {MARK}") for name, text in said.items()}
    return {"words": words, "captions": gv.Captions(**captions), "language": "tlh"}


def texts(film):
    """Everything that is written on the picture at the start, after the first M-step, and at the end."""
    canvas = film._canvas
    for moment in (film.moments[0], film.moment("M1"), film.moments[-1]):
        film.image(moment)
        for artist in canvas._figure.findobj(Artist):
            if isinstance(artist, Text | Word) and artist.get_visible():
                yield artist.get_text()


def english(film):
    """Texts that have letters, but no mark, and do not come from the data."""
    found = {text.strip() for text in texts(film)}
    return {t for t in found if any(c.isalpha() for c in t) and MARK not in t and t not in OWN and "\\" not in t}


@pytest.mark.parametrize("name", PANELS)
def test_no_english_word_is_left_on_the_picture(data, marked, name):
    panel, of = PANELS[name]
    sizes = (2, 2) if name.startswith("landscape") else (2, 3)  # which is one of as many components
    runs = [gv.fit(data[of], n_components=k, max_iter=2) for k in sizes]
    pace = gv.Pace(epilogue=1)
    film = gv.Animation(runs, panel, size=(1280, 720), pace=pace, **marked)

    assert english(film) == set()
    assert any(MARK in text for text in texts(film))


def test_every_renderer_has_such_a_film():
    assert {type(panel) for panel, _ in PANELS.values()} == set(gv.RENDERERS.values())


def test_words_on_a_picture_are_found(data):
    """So that the test above can fail."""
    film = gv.Animation(gv.fit(data["sample"], n_components=2, max_iter=2), size=(640, 360))

    assert {"iteration", "272 points, 2 components"} & english(film) == {"iteration"}


@pytest.mark.parametrize("language", shipped())
def test_film_in_a_language_says_none_of_the_english_words(data, language):
    """Chinese letters need a font that not every machine has, so the picture is not drawn here."""
    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    film = gv.Animation(trace, [gv.EllipseRenderer(truth=True), gv.WeightsRenderer()], language=language)
    said = translation(language)

    assert film.title == said["words"]["title"]
    assert film.subtitle == said["words"]["comma"].join(
        said["words"][key].format(n=n) for key, n in (("points", 90), ("components", 2))
    )
    assert film.film.steps[0].chapter == said["words"]["chapter_start"]
    assert film.film.steps[-1].chapter == said["words"]["chapter_end"]
    assert "iteration" not in film.film.story
    assert said["words"]["ends_stopped"] in film.film.story
    assert (
        film.frames(film.moments[-1])[0].ending == said["captions"]["stopped"].split(":")[0].split("：")[0].strip()
    )


def test_picture_in_german_is_german(data):
    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    film = gv.Animation(trace, [gv.EllipseRenderer(truth=True), gv.LikelihoodRenderer()], language="de-CH")
    found = set(texts(film))

    assert {"Iteration", "Expectation-Maximization", "90 Punkte, 2 Komponenten"} <= found
    assert any("gestrichelt: die Wahrheit" in text.replace("\n", " ") for text in found)
    assert "M-Schritt 1" in found


def test_own_words_and_captions_come_before_those_of_the_language(data):
    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    film = gv.Animation(trace, language="de", words={"points": "N = {n}"}, captions=gv.Captions(start="Los"))

    assert film.subtitle == "N = 90, 2 Komponenten"
    assert film.frames(film.moments[0])[0].caption == "Los"
    assert film.frames(film.moments[-1])[0].ending == "Angehalten"
    assert film.words.language == "de"


def test_what_stays_english_is_said(data):
    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    captions = [
        field.name for field in fields(gv.Captions()) if field.name not in ("event", "fast_one", "end", "epilogue")
    ]
    on_films = [key for key in WORDS if not key.startswith(OF_PAGES)]
    n = len(on_films) + len(captions)
    with pytest.warns(gv.GmmvizWarning) as caught:
        film = gv.Animation(trace, language="pt-BR")

    assert str(caught[0].message) == (
        f"{n} texts of this film in 'pt-BR' stay English, such as 'title': write them in words and captions, or choose "
        "'de', 'es', 'fr' or 'zh'"
    )
    assert film.subtitle == "90 points, 2 components"
    assert film.film.language == "pt-BR"


def test_only_captions_that_stay_english_are_said_too(data):
    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    words = {key: phrase.text for key, phrase in WORDS.items()}
    with pytest.warns(gv.GmmvizWarning, match=r"texts of this film in 'pt' stay English, such as 'start': write"):
        gv.Animation(trace, language="pt", words=words)


def test_film_made_again_says_the_same(data):
    """As the command makes it in another size."""
    from gmmviz.scene.overrides import revised

    trace = gv.fit(data["sample"], n_components=2, max_iter=2)
    film = gv.Animation(trace, language="de", words={"run": "Versuch {i}"})
    again = revised(film, size=(320, 180))

    assert (again.words, again.captions, again.title, again.subtitle) == (
        film.words,
        film.captions,
        film.title,
        film.subtitle,
    )


def test_unknown_word_is_refused_with_the_nearest(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, words={"iteratoin": "Schritt"})

    assert str(caught.value) == "unknown word 'iteratoin'; did you mean 'iteration'?"
    assert caught.value.place == ("words", "iteratoin")


def test_formula_in_a_word_is_set_and_one_that_cannot_be_is_refused(trace):
    film = gv.Animation(trace, words={"average": r"$-\log p / N$ (\$5)"}, size=(640, 360))

    assert r"$-\log p / N$ (\$5)" in set(texts(film))
    with pytest.raises(gv.InputError, match=r"the formula \$\\nonsense\$ cannot be set") as caught:
        gv.Animation(trace, words={"points": r"$\nonsense$ {n}"})
    assert caught.value.place == ("words", "points")


def test_plugins_panel_says_words_of_its_own(trace):
    class Own(gv.LikelihoodRenderer):
        def draw_still(self, axes, stage, theme):
            props = super().draw_still(axes, stage, theme)
            axes.set_title(stage.say("doubt", n=3))
            return props

    WORDS.register("doubt", Phrase("doubt of {n}", "A title.", {"de": "Zweifel an {n}"}))
    try:
        assert "Zweifel an 3" in set(texts(gv.Animation(trace, Own(), language="de")))
        assert "Skepsis: 3" in set(texts(gv.Animation(trace, Own(), words={"doubt": "Skepsis: {n}"})))
    finally:
        del WORDS._members["doubt"]
    with pytest.raises(gv.InputError, match="unknown word 'doubt'"):
        gv.Animation(trace, Own()).image(gv.Animation(trace).moments[0])


def test_plot_speaks_languages_too(trace):
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()

    assert gv.plot(trace, axes, gv.LikelihoodRenderer(), language="fr").get_xlabel() == "itération"


def test_captions_of_a_film_are_those_of_its_language(trace):
    film = gv.Animation(trace, language="es")

    assert film.captions == replace(gv.Captions(**translation("es")["captions"]))
