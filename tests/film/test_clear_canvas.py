"""Pictures with nothing behind them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

import gmmviz as gv
from gmmviz.encoders.base import over


def films(trace, **settings):
    return [
        gv.Animation(trace, size=(320, 180), background=background, **settings)
        for background in ("theme", "transparent")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("panel", [gv.EllipseRenderer, gv.ContourRenderer, gv.SurfaceRenderer])
def test_over_the_themes_color_it_is_the_opaque_picture(trace, theme, panel):
    opaque, clear = films(trace, theme=theme, panels=[panel()])
    for at in ("start", "E1", "M3", "end"):
        picture = clear.image(clear.moment(at))
        under = opaque.image(opaque.moment(at)).astype(int)

        assert_allclose(over(picture, opaque.theme.background).astype(int), under, atol=3)
        assert picture[0, 0].tolist() == [*bytes.fromhex(opaque.theme.background[1:]), 0]
        assert (picture[..., 3] == 255).any()


def test_pictures_do_not_depend_on_their_order(trace):
    _, clear = films(trace)
    first = clear.image(clear.moment("M3"))
    clear.image(clear.moment("start"))

    assert (clear.image(clear.moment("M3")) == first).all()


def test_stills_are_transparent(trace, tmp_path):
    opaque, clear = films(trace)

    with Image.open(clear.still(tmp_path / "clear.png")) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0)) == (255, 255, 255, 0)
    with Image.open(opaque.still(tmp_path / "opaque.png")) as picture:
        assert picture.mode == "RGB"


def test_drawings_have_no_ground(trace, tmp_path):
    opaque, clear = films(trace)
    ground = {
        film: "fill: #ffffff" in film.still(tmp_path / "film.svg").read_text().split('id="axes_1"')[0]
        for film in (opaque, clear)
    }

    assert ground == {opaque: True, clear: False}


def test_unknown_background_says_what_is_known(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, background="clear")
    assert str(caught.value) == "background must be 'theme' or 'transparent', not 'clear'"


def test_scene_can_have_nothing_behind_it(tmp_path):
    scene = tmp_path / "film.toml"
    scene.write_text(
        '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n[theme]\nbackground = "transparent"\n'
        "[output]\nsize = [160, 90]\n"
    )
    film = gv.load_scene(scene).animation(theme="dark")

    assert np.ptp(film.image(film.moment("end"))[..., 3]) == 255
    assert film.film.transparent
