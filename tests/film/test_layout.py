import numpy as np
import pytest

import gmmviz as gv
from gmmviz.film.layout import Cell, arrange, repeat, tiles


def test_letters_are_rectangles():
    mosaic = gv.Layout(rows=["AAB", "AAC"], widths=[2, 2, 1]).mosaic(3)

    assert mosaic.cells == (Cell(0, 2, 0, 2), Cell(0, 1, 2, 3), Cell(1, 2, 2, 3))
    assert mosaic.widths == (2, 2, 1)
    assert mosaic.heights == (1, 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": ["AB", "BA"]}, "the letters 'A' of the layout must fill a rectangle"),
        (
            {"rows": ["AC"]},
            "the layout must name each of the 2 panels by its letter, 'A' and 'B', not 'A' and 'C'",
        ),
        ({"rows": ["AB", "A"]}, "Layout: every row must have equally many letters, not ['AB', 'A']"),
        (
            {"widths": [1, 2]},
            "Layout: widths and heights belong to rows, such as ['AAB', 'AAC']: give rows too",
        ),
        ({"rows": ["AB"], "widths": [1]}, "Layout: widths must have 2 numbers to match rows, not 1"),
    ],
)
def test_impossible_layouts_are_refused_before_anything_is_drawn(trace, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, layout=gv.Layout(**settings))

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("n", "room", "shape"),
    [(1, (16, 9), (1, 1)), (3, (12, 5.5), (3, 1)), (6, (12, 5.5), (3, 2)), (6, (5, 9), (2, 3))],
)
def test_equal_panels_stand_in_pleasant_columns(n, room, shape):
    mosaic = tiles(n, *room)

    assert (len(mosaic.widths), len(mosaic.heights)) == shape
    assert len(set(mosaic.cells)) == n


def test_companions_are_stacked_beside_the_main_panel():
    assert arrange([2, 1, 1], 16, 9).cells == (Cell(0, 2, 0, 1), Cell(0, 1, 1, 2), Cell(1, 2, 1, 2))
    assert arrange([2, 1, 1], 9, 16).cells == (Cell(0, 1, 0, 2), Cell(1, 2, 0, 1), Cell(1, 2, 1, 2))


def test_panels_never_overlap():
    mosaic = repeat(tiles(6, 12, 6), arrange([2, 1, 1, 1], 4, 3))
    covered = np.zeros((len(mosaic.heights), len(mosaic.widths)), int)
    for cell in mosaic.cells:
        covered[cell.top : cell.bottom, cell.left : cell.right] += 1

    assert covered.max() == 1


def test_panels_of_all_runs_are_equally_large_and_labeled_at_the_edge(old_faithful):
    runs = [gv.fit(old_faithful, gv.RandomPoints(seed=s), n_components=2, max_iter=2) for s in range(6)]
    film = gv.Animation([gv.Run(run, f"seed {i}") for i, run in enumerate(runs)], gv.EllipseRenderer())
    panels = [axes for axes, *_ in film._canvas._panels]

    sizes = np.array([axes.get_position().size for axes in panels])
    assert np.allclose(sizes, sizes[0])
    assert [axes.get_title("left") for axes in panels] == [f"seed {i}" for i in range(6)]
    assert [bool(axes.get_ylabel()) for axes in panels] == [True, False, False] * 2
    assert [bool(axes.get_xlabel()) for axes in panels] == [False] * 3 + [True] * 3
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in panels}) == 1


def test_runs_with_different_features_cannot_share_axes(trace):
    other = gv.fit(np.arange(10.0), n_components=1, max_iter=1)

    with pytest.raises(gv.InputError) as caught:
        gv.Animation([trace, other])

    assert str(caught.value) == (
        "the runs of a film share their axes, but Old Faithful has 2 features and the data has 1: "
        "make a film of each"
    )
