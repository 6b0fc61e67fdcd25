"""`gmmviz deck`: a lecture from scenes."""

from pptx import Presentation

from gmmviz.scene.scene import Scene


def test_deck_of_one_scene_is_named_after_it(gmmviz, scene, folder):
    done = gmmviz("deck", scene, "--quality", "draft")

    assert done.exit_code == 0
    assert done.stdout.startswith("deck.pptx  1 film, ")
    assert Presentation(folder / "deck.pptx").slides[0].shapes.title.text == "Small"


def test_wrong_suffix_and_own_scene_are_refused_before_anything_is_made(gmmviz, scene, monkeypatch):
    monkeypatch.setattr(Scene, "animation", None)

    done = gmmviz("deck", scene, "-o", "deck.key")
    assert (done.exit_code, done.stderr) == (
        2,
        "no deck can be written to deck.key: it ends in '.key'; known: '.pptx', '.html' and '.beamer.zip'\n",
    )
    done = gmmviz("deck", "none.toml")
    assert (done.exit_code, done.stderr) == (2, "there is no scene file none.toml\n")
