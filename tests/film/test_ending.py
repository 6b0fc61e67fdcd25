"""How a run ended, above its panel."""

import pytest
from matplotlib.colors import to_hex

import gmmviz as gv
from gmmviz.storyboard.frame import frame_at


@pytest.fixture(scope="module")
def runs():
    """Three runs of one model, of which the last one ends in a worse optimum."""
    data = gv.load_dataset(
        "sample",
        n_points=450,
        seed=3,
        weights=[0.5, 0.3, 0.2],
        means=[[0, 0], [4, 4], [-3, 4]],
        covariances=[[[1, 0.5], [0.5, 1]], [[1, -0.6], [-0.6, 1]], [[0.5, 0], [0, 1.5]]],
    )
    return [
        gv.Run(gv.fit(data, gv.RandomPoints(seed=seed), n_components=3, tol=1e-5), name)
        for seed, name in ((2, "a"), (5, "b"), (8, "c"))
    ]


def said(runs, room):
    """What stands above the panels in the end, in pixels of room beside their titles; None: what there is."""
    film = gv.Animation(runs, size=(800, 450))
    film.image(film.moments[0])
    for ending in film._canvas._endings:
        ending.room = room or ending.room
    film.image(film.moments[-1])
    return [(ending.label.get_text(), ending.label.get_color()) for ending in film._canvas._endings]


def test_ending_says_when_where_it_has_room(runs):
    muted = gv.Animation(runs)._canvas._theme.muted

    assert said(runs, None) == [(f"Converged · {len(run.trace) - 1}", muted) for run in runs]


def test_in_less_room_runs_of_one_model_say_how_well_they_ended(runs):
    theme = gv.Animation(runs)._canvas._theme
    best, worse = ("−3.628", theme.text), ("−4.031", theme.muted)

    assert said(runs, 70) == [best, best, worse]


def test_in_less_room_runs_of_different_models_say_how_they_ended(runs):
    other = gv.fit(runs[0].trace.data, gv.RandomPoints(seed=2), n_components=2, tol=1e-5)

    assert [text for text, _ in said([*runs[:2], gv.Run(other, "c")], 70)] == ["Converged"] * 3


def test_runs_that_end_alike_do_not_compete(runs):
    assert [text for text, _ in said([*runs[:2], gv.Run(runs[0].trace, "c")], 70)] == ["Converged"] * 3


def test_in_no_room_nothing_is_said(runs):
    assert [text for text, _ in said(runs, 20)] == [""] * 3


def test_room_is_what_the_title_leaves(runs):
    film = gv.Animation(runs, size=(800, 450))
    film.image(film.moments[0])
    for ending in film._canvas._endings:
        title = ending.axes._left_title.get_window_extent(film._canvas._renderer).width
        assert ending.room == pytest.approx(ending.axes.bbox.width - title - film._canvas._theme.px(12), abs=1)


def test_ending_stands_at_the_right_above_its_panel_and_takes_no_room(runs):
    film = gv.Animation(runs)
    film.image(film.moments[0])
    theme = film._canvas._theme
    for ending in film._canvas._endings:
        label = ending.label
        assert label.get_position() == (1, 1)
        assert label.axes is ending.axes
        assert (label.get_animated(), label.get_in_layout(), label.get_clip_on()) == (True, False, False)
        assert (label.get_horizontalalignment(), label.get_verticalalignment()) == ("right", "baseline")
        assert (label.get_fontsize(), label.get_color(), label.get_text()) == (theme.px(20), theme.muted, "")


def framed(runs, at=-1):
    film = gv.Animation(runs, size=(800, 450))
    canvas = film._canvas
    moment = film.moments[at]
    drawn = set(canvas._moving([frame_at(run.trace, moment) for run in runs]))
    return [run.name for run, ending in zip(runs, canvas._endings, strict=True) if ending.frame in drawn]


def test_the_fewer_runs_that_end_lower_are_framed_once_all_have_ended(runs):
    assert framed(runs) == ["c"]
    assert framed(runs, at=-2) == []


def test_no_run_is_framed_where_as_many_end_lower_as_not(runs):
    assert framed(runs[1:]) == []


def test_no_run_is_framed_where_models_differ(runs):
    other = gv.fit(runs[0].trace.data, gv.RandomPoints(seed=2), n_components=2, tol=1e-5)

    assert framed([*runs[:2], gv.Run(other, "c")]) == []


def test_frame_is_the_edge_of_the_panel(runs):
    ending = gv.Animation(runs, size=(1280, 720))._canvas._endings[2]
    theme = gv.Animation(runs, size=(1280, 720))._canvas._theme

    assert ending.frame.get_window_extent().bounds == pytest.approx(ending.axes.bbox.bounds)
    assert to_hex(ending.frame.get_edgecolor()) == theme.text
    assert (ending.frame.get_linewidth(), ending.frame.get_fill()) == (pytest.approx(theme.px(3.2)), False)
    assert (ending.frame.get_animated(), ending.frame.get_in_layout(), ending.frame.get_clip_on()) == (
        True,
        False,
        False,
    )
