import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from threadpoolctl import threadpool_info

import gmmviz as gv
from gmmviz.film import canvas


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, title="A title", size=(640, 360), pace=gv.Pace(length=8))


def test_picture_has_the_asked_size_and_is_opaque(animation):
    picture = animation.image(animation.moments[0])

    assert picture.shape == (360, 640, 4)
    assert picture.dtype == np.uint8
    assert (picture[:, :, 3] == 255).all()


def test_pictures_do_not_depend_on_order(animation):
    chosen = animation.moments[::17]
    forward = [animation.image(moment) for moment in chosen]
    backward = [animation.image(moment) for moment in reversed(chosen)][::-1]

    for one, other in zip(forward, backward, strict=True):
        assert np.array_equal(one, other)


def test_picture_is_the_same_on_another_canvas(animation, trace):
    again = gv.Animation(trace, title="A title", size=(640, 360), pace=gv.Pace(length=8))

    assert np.array_equal(animation.image(animation.moments[40]), again.image(again.moments[40]))


def test_what_stands_still_is_the_same_in_every_picture(animation):
    """Title, axes and tick labels: all that lies left of the first panel and above it."""
    pictures = [animation.image(moment) for moment in animation.moments[::11]]

    for picture in pictures[1:]:
        assert np.array_equal(picture[:45], pictures[0][:45])
        assert np.array_equal(picture[:310, :55], pictures[0][:310, :55])


def odd(key, value):
    """Another value than the usual one, where one is easily made."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, float) and value > 0:
        return 0.7 * value
    others = {"text.hinting": "force_autohint", "mathtext.fontset": "cm", "axes.titlelocation": "right"}
    colors = {key: "red"} if value in ("black", "white", "k", "C0", "#b0b0b0") else {}
    return (others | colors | {"lines.linestyle": "--", "lines.marker": "s", "path.sketch": (1, 100, 2)}).get(key)


def odd_settings():
    every = {key: odd(key, value) for key, value in mpl.rcParamsDefault.items()}
    leave = ("backend", "interactive", "toolbar", "text.hinting_factor", "text.kerning_factor", "docstring")
    return {key: value for key, value in every.items() if value is not None and not key.startswith(leave)}


def test_users_matplotlib_settings_change_nothing(trace):
    panels = [gv.EllipseRenderer(), gv.LikelihoodRenderer(), gv.ParametersRenderer(show="eigenvalues")]

    def made():
        film = gv.Animation(trace, panels, title="Costs of $x^2$", size=(640, 360), pace=gv.Pace(length=8))
        images = [film.image(moment).tobytes() for moment in film.moments[::20]]
        return [*images, film.drawing(film.moment("M2"), ".svg"), film.drawing(film.moment("M2"), ".pdf")]

    expected, settings = made(), odd_settings()
    assert len(settings) > 150
    with mpl.rc_context(settings):
        before = dict(mpl.rcParams)
        found = made()
        assert dict(mpl.rcParams) == before

    assert found == expected


def test_films_made_in_two_threads_at_once_are_those_made_alone(trace):
    begin = Barrier(2)

    def made(theme, size, together=False):
        if together:
            begin.wait()
        film = gv.Animation(trace, theme=theme, size=size, title="$x^2$", pace=gv.Pace(length=8))
        with film.painting():
            return [film.image(moment).tobytes() for moment in film.moments[::9]]

    jobs = [("light", (640, 360)), ("dark", (400, 225))]
    alone = [made(*job) for job in jobs]
    threads, before = {info["num_threads"] for info in threadpool_info()}, dict(mpl.rcParams)
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda job: made(*job, together=True), jobs))

    assert together == alone
    assert dict(mpl.rcParams) == before
    assert {info["num_threads"] for info in threadpool_info()} == threads


def test_one_film_is_painted_by_two_threads_as_by_one(animation):
    chosen = animation.moments[::7]
    expected = [animation.image(moment).tobytes() for moment in chosen]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda moment: animation.image(moment).tobytes(), chosen))

    assert found == expected


def test_users_code_between_two_images_finds_its_own_settings(animation):
    with mpl.rc_context({"font.size": 30}), animation.painting():
        animation.image(animation.moments[0])
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(320, 180), (400, 800), (801, 451), (1920, 1080)])
def test_nothing_is_clipped_at_the_edges(trace, size, theme):
    animation = gv.Animation(trace, title="Old Faithful", size=size, theme=theme, pace=gv.Pace(length=5))
    picture = animation.image(animation.moments[-1])

    edges = [picture[0], picture[-1], picture[:, 0], picture[:, -1]]
    assert all((edge == edge[0]).all() for edge in edges)


def test_long_words_are_shortened_into_their_place_which_is_said(trace):
    animation = gv.Animation(trace, title="A very long title " * 9, size=(640, 360), pace=gv.Pace(length=8))
    with pytest.warns(gv.GmmvizWarning) as caught:
        picture = animation.image(animation.moments[0])

    assert (picture[:60, -20:] == picture[0, 0]).all()
    subtitle, title = (str(warning.message) for warning in caught)
    assert subtitle == "the subtitle has no room beside the title, and is left out; the picture has 640x360 pixels"
    assert title.startswith("the title has no room, and is shortened to 'A very long title A very long")
    assert title.endswith("…'; the picture has 640x360 pixels")


def test_copy_of_a_film_in_another_process_does_not_say_it_again(trace, recwarn):
    film = gv.Animation(trace, title="A very long title " * 9, size=(640, 360))
    pickle.loads(pickle.dumps(film)).image(film.moments[0])

    assert len(recwarn) == 0


def bounds_of(film):
    """Where the panels with their numbers and names are: from below, and from above, in pixels."""
    canvas = film._canvas
    box = Bbox.union([axes.get_tightbbox(canvas._renderer) for axes, *_ in canvas._panels])
    return box.y0, film.size[1] - box.y1


SILENT = gv.Captions(**dict.fromkeys(vars(gv.Captions()), ""))


@pytest.mark.parametrize(
    ("settings", "below", "above"),
    [
        ({}, 90, 92),
        ({"layout": gv.Layout(header=False)}, 90, 24),
        ({"layout": gv.Layout(footer=False)}, 30, 92),
        ({"title": "", "subtitle": ""}, 90, 24),
        ({"captions": SILENT}, 30, 92),
    ],
)
def test_panels_take_the_room_of_bars_that_are_not_there(trace, settings, below, above):
    film = gv.Animation(trace, [gv.EllipseRenderer()], **settings)
    picture = film.image(film.moments[0])

    assert bounds_of(film) == pytest.approx((below, above), abs=2)
    is_bar = (picture[692, 300:900, :3] == np.array([234, 238, 242])).all()  # the light theme's panel
    assert is_bar == (below == 90)


def test_narrow_picture_shows_only_what_can_be_read(trace):
    """Neither subtitle nor notes, and every second number."""
    film = gv.Animation(trace, [gv.EllipseRenderer(), gv.LikelihoodRenderer()], size=(399, 300))
    canvas = film._canvas
    picture, curve = (axes for axes, *_ in canvas._panels)
    written = [text for text in canvas._figure.findobj(Text) if text.get_visible() and text.get_text()]

    assert "272 points, 2 components" not in {text.get_text() for text in written}
    assert picture.get_title("left") == ""
    assert curve.get_title("left").replace("\n", " ") == "log-likelihood per point"
    assert min(text.get_fontsize() for text in written) >= 8
    low, high = picture.get_ylim()
    ticks = [tick for tick in picture.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert [tick.label1.get_visible() for tick in ticks][:4] == [True, False, True, False]
    assert canvas.said == []
    wide = gv.Animation(trace, [gv.EllipseRenderer()], size=(400, 300))._canvas._panels[0][0]
    assert wide.get_title("left").startswith("ellipses hold")


@pytest.mark.parametrize("n_runs", [1, 24])
@pytest.mark.parametrize("size", [(16, 16), (160, 90), (320, 180)])
def test_no_picture_is_too_small(trace, size, n_runs):
    """Letters that would leave no room for panels are left out."""
    runs = [gv.Run(trace, f"seed {i}") for i in range(n_runs)]
    film = gv.Animation(runs, [gv.EllipseRenderer()], size=size)

    assert film.image(film.moments[0]).shape == (size[1], size[0], 4)
    shown = [text for text in film._canvas._figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert all(text.get_fontsize() >= 8 for text in shown)


def test_too_many_panels_are_refused(trace, monkeypatch):
    def execute(self, figure):
        warnings.warn("constrained_layout not applied because axes sizes collapsed to zero.", stacklevel=1)

    monkeypatch.setattr("gmmviz.film.placing.ConstrainedLayoutEngine.execute", execute)
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, size=(640, 360)).image(gv.Animation(trace).moments[0])

    assert str(caught.value) == (
        "640x360 pixels leave these panels no room beside their numbers and names: show fewer, or choose another "
        "shape or a layout"
    )


def test_formula_in_a_bold_title_is_bold(trace):
    """More of its pixels are dark than where it is set in light letters."""
    from gmmviz.themes.base import formula_settings

    def ink(**patched):
        with pytest.MonkeyPatch.context() as patch:
            if patched:
                patch.setattr("gmmviz.artists.label.formula_settings", lambda weight: formula_settings("normal"))
            film = gv.Animation(
                trace, [gv.EllipseRenderer()], title=r"$\hat\mu_{12}KMW$" + " " * len(patched), size=(640, 360)
            )
            return 255.0 - film.image(film.moments[0])[:40, :200, 0]

    MathTextParser._parse_cached.cache_clear()
    bold = ink().sum()
    MathTextParser._parse_cached.cache_clear()
    light = ink(light=True).sum()
    MathTextParser._parse_cached.cache_clear()

    assert bold > 1.1 * light


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"title": "EM \U0001f9ff"},
            "no font here has the letters '\U0001f9ff': install one that has, or write them otherwise",
        ),
    ],
)
def test_picture_that_cannot_be_drawn_is_refused(trace, tmp_path, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, **{"size": (640, 360)} | settings).save(tmp_path / "film.gif")

    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def two_runs(trace, **settings):
    other = gv.fit(trace.data, gv.RandomPoints(seed=4), n_components=2, max_iter=2)
    return gv.Animation([gv.Run(other, "short"), gv.Run(trace, "long")], size=(800, 450), **settings)


def test_runs_are_named_where_their_panels_begin(trace):
    """The picture stands before its companion, though it is listed second."""
    film = two_runs(trace, panels=[gv.WeightsRenderer(), gv.EllipseRenderer()])
    left = {}
    for axes, stage, *_ in film._canvas._panels:
        left.setdefault(stage.name, []).append((axes.bbox.x0, axes.get_title(loc="left")))

    for name, panels in left.items():
        assert min(panels)[1] == name
        assert max(panels)[1] != name


def test_run_that_ends_first_says_so_while_the_other_goes_on(trace):
    film = two_runs(trace)
    stage = film._canvas._endings[0].stage
    ending, other = (each.label for each in film._canvas._endings)

    film.image(film.moment("M2"))
    assert (ending.get_text(), other.get_text()) == ("", "")
    film.image(film.moment("M4"))
    assert (ending.get_text(), other.get_text()) == ("Stopped · 2", "")
    film.image(film.moments[-1])
    assert (ending.get_text(), other.get_text()) == ("Stopped · 2", "Stopped · 5")
    assert len(stage.trace) - 1 == 2


def test_single_run_says_its_end_in_the_caption_alone(trace):
    assert gv.Animation(trace)._canvas._endings == []


def test_label_too_long_for_its_rows_is_written_once(trace):
    runs = [gv.Run(trace, f"seed {i}") for i in range(9)]
    film = gv.Animation(runs, [gv.EllipseRenderer()], size=(800, 320))
    labels = [axes.get_ylabel() for axes, *_ in film._canvas._panels]

    assert [label for label in labels if label] == ["waiting (min)"]


def test_vector_pictures_have_the_same_bytes_on_every_canvas(trace):
    drawings = set()
    for _ in range(3):
        film = gv.Animation(trace, size=(160, 90))
        drawings.add(film.drawing(film.moment("M2"), ".pdf"))

    assert len(drawings) == 1


def test_drawing_leaves_every_artist_as_it_was(trace):
    """Samples are hidden until the epilogue."""
    film = gv.Animation(
        trace, gv.ContourRenderer(samples=30), size=(320, 180), pace=gv.Pace(length=8, epilogue=1), fps=5
    )
    first, last = film.image(film.moments[0]), film.image(film.moments[-1])
    early, late = film.drawing(film.moments[0], ".svg"), film.drawing(film.moments[-1], ".svg")

    assert (film.image(film.moments[-1]) == last).all()
    assert (film.image(film.moments[0]) == first).all()
    assert film.drawing(film.moments[0], ".svg") == early != late
    assert len(late) > len(early) + 30 * 20  # a place for each sample


def test_pictures_are_new_arrays(animation):
    one = animation.image(animation.moments[0])
    kept = one.copy()
    one[:] = 0

    assert (animation.image(animation.moments[0]) == kept).all()


def test_linear_algebra_has_one_thread_while_many_images_are_painted(animation):
    def threads():
        return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}

    before = threads()
    with animation.painting():
        assert threads() == {1}
    assert threads() == before


def test_warnings_of_others_are_passed_on(trace, monkeypatch):
    draw_still = gv.EllipseRenderer.draw_still

    def warn(self, *arguments):
        warnings.warn("a warning of the renderer's", stacklevel=2)
        return draw_still(self, *arguments)

    monkeypatch.setattr(gv.EllipseRenderer, "draw_still", warn)
    with pytest.warns(UserWarning, match="^a warning of the renderer's$"):
        gv.Animation(trace, size=(320, 180)).image(gv.Animation(trace).moments[0])


def test_each_missing_letter_is_named_once(trace):
    with pytest.raises(gv.InputError, match="no font here has the letters '\U0001f9ff\U0001f9fe': install"):
        gv.Animation(trace, title="\U0001f9ff\U0001f9fe\U0001f9ff").image(gv.Animation(trace).moments[0])


def test_pictures_of_every_panel_are_drawn_before_the_caption(trace):
    film = two_runs(trace)
    frames = film.frames(film.moments[-1])
    film.image(film.moments[-1])
    moving = list(film._canvas._moving(frames))

    endings = [ending.label for ending in film._canvas._endings]
    first = moving.index(endings[0])
    assert moving[first : first + 2] == endings
    assert len(moving[first + 2 :]) == len(list(film._canvas._bar.moving("a", "b")))


def test_only_artists_may_move(animation):
    renderer = gv.EllipseRenderer()
    with pytest.raises(gv.InputError, match=r"moving must return the artists that move, not 3$"):
        list(canvas.artists_of(renderer, 3))
    with pytest.raises(gv.InputError, match=r"moving must return artists alone, not 'line'$"):
        list(canvas.artists_of(renderer, ["line"]))
    assert list(canvas.artists_of(renderer, [])) == []
