"""What the user changes in a film."""

import pytest

import gmmviz as gv
from gmmviz.scene import Limits
from gmmviz.scene.overrides import keep_within, revised


@pytest.fixture(scope="module")
def film():
    trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=2)
    return gv.Animation(trace, title="Mine", size=(330, 182), fps=15, theme="dark", pace=gv.Pace(length=6))


def look(film):
    return film.size, film.fps, film.theme.name


def test_film_that_nothing_changes_is_itself(film):
    assert revised(film) is film
    assert revised(film, (330, 182), 15, "dark") is film


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"size": (100, 50)}, ((100, 50), 15, "dark")),
        ({"fps": 5}, ((330, 182), 5, "dark")),
        ({"theme": "print"}, ((330, 182), 15, "print")),
        # Sides are even: 330 / 2 = 165 is rounded to 164, 182 / 2 = 91 to 92 (half of it to the even number).
        ({"quality": "draft"}, ((164, 92), 12, "dark")),
        ({"quality": "draft", "fps": 6}, ((164, 92), 6, "dark")),
        ({"quality": "draft", "size": (20, 400)}, ((16, 200), 12, "dark")),
        ({"quality": "high"}, ((496, 272), 30, "dark")),
        ({"quality": "high", "fps": 60, "size": (40, 20)}, ((60, 30), 60, "dark")),
    ],
)
def test_film_is_changed_as_asked(film, changes, result):
    changed = revised(film, **changes)

    assert look(changed) == result
    assert (changed.title, changed.length, changed.runs) == ("Mine", 6, film.runs)


def test_pixels_of_all_images_are_limited(film):
    pixels = film.n_images * 330 * 182
    keep_within(film, Limits(pixels=pixels))

    with pytest.raises(gv.InputError) as caught:
        keep_within(film, Limits(pixels=pixels - 1))

    assert str(caught.value) == (
        f"the film would have {film.n_images} images of 330x182 pixels, {pixels:,} in all, and the limit is "
        f"{pixels - 1:,}; if so much is meant, raise it: --limit pixels={pixels}"
    )
    assert caught.value.place == ("pace",)
