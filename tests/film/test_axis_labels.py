import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from gmmviz.film.axis_labels import join_labels, separate_thousands, share_labels
from gmmviz.renderers.base import EqualUnits


@pytest.fixture
def panels():
    """Two rows of three equal panels, in rows."""
    panels = Figure(figsize=(8, 6)).subplots(2, 3).ravel()
    for axes in panels:
        axes.set(xlabel="x", ylabel="y")
    return panels


def labels(panels):
    return [axes.get_xlabel() + axes.get_ylabel() for axes in panels]


def numbers(panels):
    """Which axes have numbers."""
    at = [
        (axes.xaxis.get_tick_params()["labelbottom"], axes.yaxis.get_tick_params()["labelleft"]) for axes in panels
    ]
    return ["x" * x + "y" * y for x, y in at]


def test_equal_axes_are_labeled_at_the_left_and_at_the_bottom(panels):
    share_labels(panels)

    assert labels(panels) == numbers(panels) == ["y", "", "", "xy", "x", "x"]


def test_axes_of_other_limits_or_names_keep_their_labels(panels):
    panels[1].set_xlim(0, 2)  # above the fifth
    panels[5].set_ylabel("z")  # right of the fifth
    share_labels(panels)

    assert labels(panels) == [*numbers(panels)[:5], "xz"] == ["y", "x", "", "xy", "x", "xz"]


def test_panels_that_are_no_neighbors_keep_their_labels(panels):
    share_labels([panels[0], panels[2]])
    share_labels([panels[1], panels[3]])

    assert labels(panels) == ["xy"] * 6


def test_axes_without_an_axis_share_nothing(panels):
    panels[3].set_axis_off()
    share_labels(panels)

    assert labels(panels[[0, 4]]) == ["xy", "xy"]


def test_panels_of_other_grids_share_nothing(panels):
    other = Figure(figsize=(8, 6)).subplots(2, 3).ravel()[1]
    other.set(xlabel="x", ylabel="y")
    share_labels([panels[0], other])

    assert labels([panels[0], other]) == ["xy", "xy"]


def test_label_too_long_for_a_row_stands_at_the_middle_of_all_rows():
    figure = Figure(figsize=(4, 6))
    panels = figure.subplots(3, 1)
    for axes in panels:
        axes.set_ylabel("a label that is longer than a row")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.canvas.draw()
    join_labels(panels, renderer)

    assert [bool(axes.get_ylabel()) for axes in panels] == [False, True, False]
    figure.canvas.draw()
    box = panels[1].yaxis.label.get_window_extent(renderer)
    assert (box.y0 + box.y1) / 2 == pytest.approx((panels[2].bbox.y0 + panels[0].bbox.y1) / 2, abs=1)


def test_label_that_fits_is_written_at_every_row():
    figure = Figure(figsize=(4, 6))
    panels = figure.subplots(3, 1)
    for axes in panels:
        axes.set_ylabel("short")
    renderer = FigureCanvasAgg(figure).get_renderer()
    join_labels(panels, renderer)

    assert [axes.get_ylabel() for axes in panels] == ["short"] * 3


def test_of_an_even_number_of_rows_one_above_the_middle_has_the_label():
    figure = Figure(figsize=(4, 3))
    panels = figure.subplots(2, 2)
    for axes in panels[:, 0]:
        axes.set_ylabel("a label that is longer than a row")
    panels[0, 1].set_ylabel("a label that is longer than a row too")  # alone in its column
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.canvas.draw()
    join_labels(panels.ravel(), renderer)

    assert [bool(axes.get_ylabel()) for axes in panels.ravel()] == [True, True, False, False]
    figure.canvas.draw()
    box = panels[0, 0].yaxis.label.get_window_extent(renderer)
    assert (box.y0 + box.y1) / 2 == pytest.approx((panels[1, 0].bbox.y0 + panels[0, 0].bbox.y1) / 2, abs=1)


@pytest.mark.parametrize(
    ("share", "labeled"), [(0.949, [True, True]), (0.95, [False, True]), (1.2, [False, True])]
)
def test_label_is_too_long_if_it_takes_all_but_a_twentieth_of_the_lowest_row(monkeypatch, share, labeled):
    figure = Figure(figsize=(4, 6))
    panels = figure.subplots(2, 1, height_ratios=[2, 1])
    for axes in panels:
        axes.set_ylabel("label")
    length = share * min(axes.bbox.height for axes in panels)
    monkeypatch.setattr(panels[0].yaxis.label, "get_window_extent", lambda renderer: Bbox([[0, 0], [9, length]]))
    join_labels(panels, None)

    assert sorted(bool(axes.get_ylabel()) for axes in panels) == labeled


def test_axes_whose_limits_will_widen_share_labels_only_with_those_of_their_shape(panels):
    for axes in panels[:3]:
        axes.set_axes_locator(EqualUnits((0, 1), (0, 1)))
    share_labels(panels)

    assert labels(panels) == numbers(panels) == ["xy", "x", "x", "xy", "x", "x"]


def test_every_second_number_is_left_out_unless_they_are_few_or_names():
    from matplotlib.figure import Figure

    from gmmviz.film.axis_labels import halve_numbers

    axes = Figure().add_subplot()
    axes.set_xlim(0, 4.5)
    axes.set_xticks([0, 1, 2, 3, 4])
    axes.set_yticks([0, 0.5, 1, 2], ["a", "b", "c", "d"])
    few = Figure().add_subplot()
    few.set_xticks([0, 1, 2])
    halve_numbers([axes, few])

    assert [tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks()] == [True, False, True, False, True]
    assert all(tick.label1.get_visible() for tick in [*axes.yaxis.get_major_ticks(), *few.xaxis.get_major_ticks()])


def test_letters_below_eight_pixels_are_left_out():
    from matplotlib.figure import Figure

    from gmmviz.film.axis_labels import leave_out_small

    figure = Figure(dpi=72)
    texts = [figure.text(0, 0, "x", fontsize=size) for size in (7.9, 8)]
    leave_out_small(figure)

    assert [text.get_visible() for text in texts] == [False, True]


@pytest.mark.parametrize(
    ("limits", "texts"),
    [
        ((5_000, 20_000), ["5,000", "10,000", "15,000", "20,000"]),
        ((0, 2_000), ["0", "1000", "2000"]),
        ((-20_000, 0), ["−20,000", "−10,000", "0"]),
        ((10_000.5, 10_001), ["10,000.5", "10,001.0"]),
        ((0.00012, 0.00014), ["0.00012", "0.00014"]),
    ],
)
def test_numbers_of_five_digits_have_commas_and_those_beside_them_too(limits, texts):
    axes = Figure().add_subplot()
    axes.set_xlim(*limits)
    separate_thousands([axes])
    axes.xaxis.get_major_formatter().set_useOffset(False)
    axes.set_xticks([float(text.replace(",", "").replace("−", "-")) for text in texts])

    assert [label.get_text() for label in axes.get_xticklabels()] == texts


def test_texts_that_a_panel_has_made_stay():
    axes = Figure().add_subplot()
    axes.set_xticks([0, 1], ["12345", "b"])
    separate_thousands([axes])

    assert [label.get_text() for label in axes.get_xticklabels()] == ["12345", "b"]
