import pytest

import gmmviz as gv
from gmmviz.film.wording import check_language, check_texts, usual_subtitle
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.vocabulary import Words

FORMULA = r"$\nonsense$"
COMPLAINT = r"the formula \$\\nonsense\$ cannot be set"


@pytest.fixture
def run(old_faithful):
    return Run(gv.fit(old_faithful.points[:90], n_components=2, max_iter=1))


def test_subtitle_counts_in_the_films_language(run):
    one = Run(gv.fit(run.trace.data.points[:1], n_components=1, max_iter=1))

    assert usual_subtitle([run], Words()) == "90 points, 2 components"
    assert usual_subtitle([run, run], Words("de")) == "90 Punkte, 2 Komponenten"
    assert usual_subtitle([one], Words()) == "1 point, 1 component"
    assert usual_subtitle([run, one], Words()) == ""


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ({"title": FORMULA}, ("title",)),
        ({"subtitle": FORMULA}, ("subtitle",)),
        ({"captions": Captions(start=FORMULA)}, ("captions", "start")),
        ({"words": Words("en", {"iteration": FORMULA})}, ("words", "iteration")),
    ],
)
def test_formula_that_cannot_be_drawn_is_refused_where_it_stands(run, texts, place):
    usual = {"title": "", "subtitle": "", "captions": Captions(), "words": Words()}
    check_texts([run], **usual)

    with pytest.raises(gv.InputError, match=COMPLAINT) as caught:
        check_texts([run], **(usual | texts))
    assert caught.value.place == place
    with pytest.raises(gv.InputError, match=COMPLAINT) as caught:
        check_texts([Run(run.trace, name=FORMULA)], **usual)
    assert caught.value.place == ("variants", FORMULA)


def test_language_is_a_tag():
    check_language("pt-BR")
    with pytest.raises(gv.InputError, match=r"language must be a BCP 47 tag, such as 'en' or 'pt-BR', not 'e n'"):
        check_language("e n")
