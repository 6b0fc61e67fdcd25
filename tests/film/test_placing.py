"""Where panels stand in the picture."""

import numpy as np
import pytest
from matplotlib.transforms import Bbox

import gmmviz as gv
from gmmviz.film import placing
from gmmviz.film.placing import _in_two_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four", "one two\nthree four"),
        ("a; bcdefghij klm", "a;\nbcdefghij klm"),
        ("one", "one"),
        ("abcdefgh ijk", "abcdefgh\nijk"),
    ],
)
def test_line_is_broken_near_its_middle_or_after_a_semicolon(text, lines):
    assert _in_two_lines(text) == lines


def panels_of(trace, panels, size, n_runs=1, **settings):
    runs = [gv.Run(trace, f"run {i}" if n_runs > 1 else "") for i in range(n_runs)]
    canvas = gv.Animation(runs, panels, size=size, **settings)._canvas
    return canvas, [axes for axes, *_ in canvas._panels]


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360)])
def test_panels_with_their_numbers_and_names_fill_the_room_between_the_bars(trace, size):
    """Of a 720 pixels high picture: 48 pixels free at the sides, 92 above and 90 below."""
    canvas, every = panels_of(trace, gv.Animation(trace).panels, size)
    unit = canvas._theme.px(1)
    box = Bbox.union([axes.get_tightbbox(canvas._renderer) for axes in every])

    assert [box.x0, size[0] - box.x1] == pytest.approx([48 * unit] * 2, abs=2)
    assert [box.y0, size[1] - box.y1] == pytest.approx([90 * unit, 92 * unit], abs=2)


def test_shared_panel_takes_a_third_beside_or_below(trace):
    _, (wide, beside) = panels_of(trace, [gv.EllipseRenderer(), gv.CriterionRenderer()], (1280, 720))
    _, (high, below) = panels_of(trace, [gv.EllipseRenderer(), gv.CriterionRenderer()], (720, 1280))

    assert wide.bbox.x1 < beside.bbox.x0
    assert wide.bbox.width / beside.bbox.width == pytest.approx(2, rel=0.15)
    assert high.bbox.y0 > below.bbox.y1
    assert high.bbox.height / below.bbox.height == pytest.approx(2, rel=0.25)


def test_broad_shared_panel_takes_half_beside(trace):
    _, (main, beside) = panels_of(trace, [gv.EllipseRenderer(), gv.LikelihoodRenderer(all_runs=True)], (1280, 720))

    assert main.bbox.width / beside.bbox.width == pytest.approx(1, rel=0.15)


def test_numbers_of_a_shared_panel_stand_clear_of_its_neighbors(trace):
    """At 1000x560, those of a criterion over six runs once touched the axes beside them."""
    runs = [gv.Run(trace, f"K = {i}") for i in range(6)]
    film = gv.Animation(runs, [gv.EllipseRenderer(), gv.CriterionRenderer()], size=(1000, 560))
    *own, shared = (panel.axes for panel in film._canvas._panels)
    renderer = film._canvas._renderer
    numbers = min(label.get_window_extent(renderer).x0 for label in shared.get_yticklabels() if label.get_text())
    right = max(axes.get_tightbbox(renderer).x1 for axes in own)

    assert numbers - right > 8


def test_shared_panels_are_stacked_in_their_third(trace):
    """Half of a third of the width, which is what they may use, is too narrow for two columns."""
    shared = [gv.LikelihoodRenderer(all_runs=True)] * 3
    _, (main, *beside) = panels_of(trace, [gv.EllipseRenderer(), *shared], (1280, 720))

    assert len({round(axes.bbox.x0) for axes in beside}) == 1
    assert len({round(axes.bbox.y0) for axes in beside}) == 3
    assert main.bbox.x1 < beside[0].bbox.x0


@pytest.mark.parametrize("all_runs", [False, True])
def test_two_panels_of_a_square_picture_stand_on_top_of_each_other(trace, all_runs):
    panels = [gv.EllipseRenderer(), gv.LikelihoodRenderer(all_runs=all_runs)]
    _, (main, other) = panels_of(trace, panels, (700, 700))

    assert main.bbox.y0 > other.bbox.y1
    assert main.bbox.width == pytest.approx(other.bbox.width, rel=0.05)


@pytest.mark.parametrize(("n_runs", "n_columns"), [(2, 2), (3, 3), (4, 2), (6, 3), (9, 3)])
def test_runs_stand_in_as_many_columns_as_suit_their_panels(trace, n_runs, n_columns):
    _, every = panels_of(trace, gv.EllipseRenderer(), (1280, 720), n_runs)

    assert len({round(axes.bbox.x0) for axes in every}) == n_columns
    tops = [axes.bbox.y1 for axes in every]
    assert tops == sorted(tops, reverse=True)  # row by row


def test_runs_repeat_the_layout_that_was_asked_for(trace):
    panels = [gv.EllipseRenderer(), gv.WeightsRenderer(), gv.ParametersRenderer()]
    layout = gv.Layout(rows=["AAB", "AAC"])
    _, every = panels_of(trace, panels, (1280, 720), 2, layout=layout)

    for main, upper, lower in (every[:3], every[3:]):
        assert main.bbox.x1 < upper.bbox.x0
        assert upper.bbox.y0 > lower.bbox.y1
        assert main.bbox.y1 == pytest.approx(upper.bbox.y1, abs=1)


def test_places_are_rounded_so_that_the_solvers_last_digits_do_not_matter(trace):
    """To halves of 1024ths of a pixel."""
    _, every = panels_of(trace, gv.EllipseRenderer(), (640, 360), 3)

    corners = [axes.get_position(original=True).get_points() * (640 * 1024, 360 * 1024) for axes in every]
    assert np.abs(np.array(corners) % 1 - 0.5).max() < 1e-6


def test_name_too_wide_for_its_panel_takes_two_lines_and_smaller_letters(trace):
    names = ["short", "a run with a very long name; one that goes on for ever and ever", "w" * 60]
    with pytest.warns(gv.GmmvizWarning) as caught:
        canvas = gv.Animation(
            [gv.Run(trace, name) for name in names], gv.EllipseRenderer(), size=(900, 400)
        )._canvas
    titles = [axes.get_title() or axes.get_title("left") for axes, *_ in canvas._panels]
    texts = [axes.title if axes.get_title() else axes._left_title for axes, *_ in canvas._panels]

    assert titles[:2] == ["short", "a run with a very long name;\none that goes on for ever and ever"]
    shown = titles[2]
    assert shown == "w" * (len(shown) - 1) + "…"
    assert str(caught[0].message) == (
        f"'{'w' * 60}' above a panel has no room, and is shortened to '{shown}'; the picture has 900x400 pixels"
    )
    sizes = [text.get_fontsize() for text in texts]
    assert sizes[2] == pytest.approx(max(8, 0.62 * sizes[0]))
    for text, (axes, *_) in zip(texts, canvas._panels, strict=True):
        assert text.get_window_extent(canvas._renderer).width < 1.03 * axes.bbox.width


@pytest.fixture
def engines(monkeypatch):
    """Engines that put a single panel at the same place, and remember what was asked of them."""
    asked = []

    class Engine:
        def __init__(self, **settings):
            asked.append(settings)

        def execute(self, figure):
            (axes,) = figure.axes
            axes.set_position(Bbox(np.array(CORNERS) / LINES), which="original")

    monkeypatch.setattr(placing, "ConstrainedLayoutEngine", Engine)
    return asked


LINES = np.array([1280, 720]) * 1024  # of the grid to which corners are rounded
CORNERS = [[100_000.4, 200_000.7], [900_000.6, 700_000.6]]


def test_panels_have_margins_and_gaps_of_so_many_pixels(trace, engines):
    panels_of(trace, gv.EllipseRenderer(), (1280, 720))

    ((rect, gaps),) = [(one.pop("rect"), one) for one in engines]
    assert rect == pytest.approx((48 / 1280, 90 / 720, 1 - 96 / 1280, 1 - 182 / 720))
    assert gaps == pytest.approx({"w_pad": 0, "h_pad": 0, "wspace": 120 / 1280, "hspace": 48 / 720})


def test_corner_is_put_between_the_nearest_lines_a_third_aside(trace, engines):
    _, (axes,) = panels_of(trace, gv.EllipseRenderer(), (1280, 720))

    assert axes.get_position(original=True).get_points() * LINES == pytest.approx(
        np.array([[100_000.5, 200_001.5], [900_000.5, 700_000.5]]), abs=1e-6
    )
