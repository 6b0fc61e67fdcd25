import numpy as np
import pytest

import gmmviz as gv
from gmmviz.film.layout import MAIN, Cell, arrange, grid, repeat, tiles, unpleasant


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


def test_shape_is_as_unpleasant_as_its_logarithm_is_far_from_the_best():
    """1.25 times as wide as high is best; e times that, or a part of it, counts 1; an empty cell 0.35."""
    one, four = grid(1, 1), grid(3, 2)

    assert unpleasant(one, 125, 100) == pytest.approx(0)
    assert unpleasant(one, 125 * np.e, 100) == pytest.approx(1)
    assert unpleasant(one, 125, 100 * np.e) == pytest.approx(1)
    assert unpleasant(four, 125, 100) == pytest.approx(0.35)


def test_rectangles_divide_the_room_by_their_relative_sizes():
    mosaic = gv.Layout(rows=["AAB", "AAC"], widths=[2, 3, 5], heights=[1, 3]).mosaic(3)

    assert list(mosaic.sizes(100, 80)) == [(50, 80), (50, 20), (50, 60)]
    assert mosaic.n_empty == 0
    assert gv.Layout(rows=["A.B", "A.."]).mosaic(2).n_empty == 3


def test_equal_cells_stand_row_by_row():
    assert grid(3, 2).cells == (Cell(0, 1, 0, 1), Cell(0, 1, 1, 2), Cell(1, 2, 0, 1))
    assert (grid(3, 2).widths, grid(3, 2).heights) == ((1, 1), (1, 1))
    assert tiles(0, 16, 9).cells == ()


def test_mosaic_is_repeated_in_every_cell():
    inner = gv.Layout(rows=["AAB"], widths=[1, 2, 3]).mosaic(2)

    assert repeat(grid(2, 1), inner).cells == (
        Cell(0, 1, 0, 2),
        Cell(0, 1, 2, 3),
        Cell(1, 2, 0, 2),
        Cell(1, 2, 2, 3),
    )
    assert repeat(grid(2, 2), inner).cells == (
        Cell(0, 1, 0, 2),
        Cell(0, 1, 2, 3),
        Cell(0, 1, 3, 5),
        Cell(0, 1, 5, 6),
    )
    assert repeat(grid(2, 2), inner).widths == (1, 2, 3, 1, 2, 3)
    assert repeat(grid(2, 1), inner).heights == (1, 1)


def test_more_than_three_companions_make_a_second_stack():
    four, three = arrange([1, 2, 1, 1, 1, 2], 16, 9), arrange([2, 1, 1, 1], 16, 9)

    assert four.cells == (
        Cell(0, 1, 2, 3),
        Cell(0, 2, 0, 1),
        Cell(1, 2, 2, 3),
        Cell(0, 1, 3, 4),
        Cell(1, 2, 3, 4),
        Cell(0, 2, 1, 2),
    )
    assert (four.widths, four.heights) == ((2, 2, 1, 1), (1, 1))
    assert (three.widths, three.heights) == ((2, 1), (1, 1, 1))


def test_seven_companions_make_three_stacks_of_three():
    cells = arrange([2, *[1] * 7], 16, 9).cells

    assert cells[0] == Cell(0, 3, 0, 1)
    assert cells[1:] == tuple(Cell(i % 3, i % 3 + 1, 1 + i // 3, 2 + i // 3) for i in range(7))


def test_panels_without_companions_are_tiles():
    assert arrange([2, 2, 2], 12, 5.5) == tiles(3, 12, 5.5)
    assert arrange([1, 1.9, 1], 12, 5.5) == tiles(3, 12, 5.5)
    assert arrange([2, 1], 13, 10).widths == (2, 1)
    assert arrange([2, 1], 12.9, 10).heights == (2, 1)


def test_square_room_has_its_companions_below_the_main_panel():
    assert arrange([2, 1], 13, 10).cells == (Cell(0, 1, 0, 1), Cell(0, 1, 1, 2))
    assert arrange([2, 1], 12.9, 10).cells == (Cell(0, 1, 0, 1), Cell(1, 2, 0, 1))


def test_panel_is_a_main_one_if_it_is_as_wide_as_one():
    beside, tiled = arrange([MAIN, 1.0], 16, 9), arrange([0.99 * MAIN, 1.0], 16, 9)

    assert beside.widths == (MAIN, 1.0)
    assert tiled.widths == (1.0, 1.0)
    assert arrange([1.0, MAIN], 16, 9).cells == (Cell(0, 1, 1, 2), Cell(0, 1, 0, 1))


def test_no_panels_take_no_room():
    assert tiles(0, 16, 9) == arrange([], 16, 9)
    assert tiles(0, 16, 9).cells == ()
