import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.share_bar import ShareBar
from gmmviz.themes import theme_named


def bar_of(shares, width=400):
    figure = Figure(figsize=(6, 4), dpi=72)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.3, width / 432, 0.6))
    bar = ShareBar(axes, theme_named("light"))
    bar.set_shares(np.full((len(shares), 3), 0.5), np.array(shares), 1.0)
    ends = axes.bbox.x0 + axes.bbox.width * np.concatenate([[0], np.cumsum(shares)])
    return [(x, outline[1]) for outline, x in bar._percentages(ends, 1.0)], ends


@pytest.mark.parametrize("shares", [[0.33, 0.2, 0.03, 0.17, 0.27], [0.01, 0.01, 0.98], [0.96, 0.02, 0.02]])
def test_each_share_is_written_in_order_and_apart_also_that_of_a_narrow_part(shares):
    written, ends = bar_of(shares)
    places, widths = np.array(written).T

    assert len(written) == len(shares)
    assert (places[1:] - widths[1:] / 2 - places[:-1] - widths[:-1] / 2 >= 8 - 1e-9).all()
    assert (places[0] - widths[0] / 2, places[-1] + widths[-1] / 2) >= (ends[0], 0)
    assert places[-1] + widths[-1] / 2 <= ends[-1] + 1e-9


def test_share_of_a_wide_part_stands_under_its_middle():
    written, ends = bar_of([0.3, 0.3, 0.4])

    assert_allclose([x for x, _ in written], (ends[:-1] + ends[1:]) / 2)


def test_of_too_many_shares_those_are_written_that_fit_under_their_parts():
    written, ends = bar_of([0.5, *[0.05] * 10], width=200)

    assert_allclose([x for x, _ in written], (ends[0] + ends[1]) / 2)
