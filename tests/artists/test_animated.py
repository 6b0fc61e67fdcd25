from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gmmviz.artists.animated import animated


def test_artist_that_moves_is_clipped_and_left_out_of_the_still_picture_and_of_the_layout():
    axes = Figure().add_subplot()
    line = Line2D([], [])

    assert animated(axes, line, 7) is line
    assert line in axes.get_children()
    assert (line.get_animated(), line.get_in_layout(), line.get_zorder()) == (True, False, 7)
    assert line.get_clip_on()
    assert line.get_clip_box().bounds == axes.bbox.bounds
    assert line.get_transform() == axes.transData
