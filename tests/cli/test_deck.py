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


def test_steps_are_left_out_where_there_are_slides_for_them(gmmviz, scene, folder):
    assert gmmviz("deck", scene, "--quality", "draft", "--no-steps").exit_code == 0
    assert [slide.shapes.title.text for slide in Presentation(folder / "deck.pptx").slides] == ["Small", "Small"]

    done = gmmviz("deck", scene, "-o", "deck.html", "--no-steps")
    assert (done.exit_code, done.stderr) == (
        2,
        "the films of deck.html are players, which go through their steps: leave out --steps and --no-steps\n",
    )


def test_what_a_film_and_the_slides_leave_out_is_said_once_and_not_at_all_if_quiet(
    gmmviz, write_scene, small_scene
):
    scene = write_scene(f'language = "pt"\ndescription = "\u0138 and \u0127"\n{small_scene}')
    done = gmmviz("deck", scene, "-o", "deck.beamer.zip")

    assert done.exit_code == 0
    english, letters = done.stderr.splitlines()
    assert english.startswith(f"{scene}: note: ")
    assert "stay English" in english
    assert letters.startswith("deck.beamer.zip: note: pdflatex leaves out 2 letters of the notes, such as ")
    assert gmmviz("deck", scene, "-o", "deck.beamer.zip", "--quiet").output == ""
