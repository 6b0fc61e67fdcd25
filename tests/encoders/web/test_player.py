"""The player in Chromium: every picture to the pixel, every button and key."""

import numpy as np
import pytest
from small_films import DoubtRenderer, small_film

import gmmviz as gv

FILMS = {
    "ellipses": lambda: small_film(),
    "contour": lambda: small_film(gv.ContourRenderer()),
    "surface": lambda: small_film(gv.SurfaceRenderer(orbit=10), theme="dark"),
    "curve": lambda: small_film(gv.CurveRenderer(), gv.WeightsRenderer(), features=1),
    "bound": lambda: small_film(gv.BoundRenderer(), theme="print"),
    "plug-in": lambda: small_film(DoubtRenderer()),
}


def wanted(film, step):
    return film.image(film.moments[film.film.steps[step].last])[:, :, :3]


@pytest.mark.parametrize("name", FILMS)
def test_every_step_is_shown_to_the_pixel_in_any_order(open_player, tmp_path, name):
    film = FILMS[name]()
    film.save(tmp_path / "film.html")
    player = open_player(tmp_path / "film.html")
    n_steps = len(film.film.steps)

    for step in [n_steps - 1, *np.random.default_rng(0).permutation(n_steps), 0]:
        player.ask("p.go(argument)", int(step))
        assert (player.picture() != wanted(film, step)).any(axis=2).sum() == 0, step


def test_every_picture_between_is_shown_to_the_pixel(open_player, page_file, film):
    player = open_player(page_file)

    for moment in np.random.default_rng(1).permutation(film.moments)[:12]:
        player.ask("p.seek(argument)", 1000 * moment.time + 5)
        assert (player.picture() == film.image(moment)[:, :, :3]).all(), moment
