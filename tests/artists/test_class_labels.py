import numpy as np
import pytest
from matplotlib.figure import Figure

import gmmviz as gv
from gmmviz.artists.class_labels import CLEAR, ClassLabels
from gmmviz.themes import theme_named


@pytest.fixture
def axes():
    axes = Figure(figsize=(10, 6), dpi=72).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 720), ylim=(0, 432))  # a unit is a pixel
    return axes


def middles(labels):
    list(labels.drawn())
    return np.array([label.get_transform().transform(label.get_position()) for label in labels.labels])


def test_names_keep_clear_of_numbers_and_of_each_other(axes):
    draw = np.random.default_rng(0)
    places = draw.uniform((60, 60), (660, 370), (12, 2))
    badges = places + draw.normal(0, 5, (12, 2))
    found = middles(ClassLabels(axes, [str(n) for n in range(12)], places, badges, theme_named("light")))

    for i, place in enumerate(found):
        others = np.vstack([badges, np.delete(found, i, axis=0)])
        assert np.hypot(*(others - place).T).min() >= CLEAR - 4.5
    assert np.hypot(*(found - places).T).max() <= 42.001


def test_names_stay_in_their_panel(axes):
    corners = np.array([[1.0, 1.0], [719.0, 1.0], [1.0, 431.0], [719.0, 431.0]])
    found = middles(ClassLabels(axes, list("abcd"), corners, corners, theme_named("dark")))

    assert (found > 0).all()
    assert (found < [720, 432]).all()


def test_halo_is_the_background_around_the_same_words(axes):
    theme = theme_named("print")
    labels = ClassLabels(axes, ["US$"], np.array([[300.0, 200.0]]), np.array([[300.0, 200.0]]), theme)
    halo, label = labels.drawn()

    assert (halo.get_color(), label.get_color()) == (theme.background, theme.text)
    assert halo.get_text() == label.get_text() == r"US\$"
    assert halo.get_transform() is label.get_transform()
    assert halo.get_path_effects()


def test_names_do_not_move_in_a_film():
    trace = gv.fit(gv.load_dataset("iris"), n_components=3, max_iter=4)
    film = gv.Animation(trace, gv.EllipseRenderer(labels=True, features=[1, 2]), size=(640, 360))
    labels = film._canvas._panels[0].props.labels
    film.image(film.moments[0])
    placed = [label.get_transform() for label in labels.labels]
    film.image(film.moments[-1])

    assert [label.get_transform() for label in labels.labels] == placed
