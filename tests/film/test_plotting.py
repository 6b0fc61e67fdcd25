import base64
import io
import re
from html import unescape

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image as Picture

import gmmviz as gv
from gmmviz.renderers.base import animated
from gmmviz.themes import theme_named


def colorful(trace, dpi):
    """Pixels that have a hue, in a user's own figure of so many dots per inch."""
    figure = Figure(figsize=(6, 4), dpi=dpi)
    left, right = figure.subplots(1, 2)
    right.plot([0, 1], [0, 1], color="gray")
    assert gv.plot(trace, left, at="M3") is left
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert left.get_xlabel() == "eruption (min)"
    assert len(right.lines) == 1
    return np.count_nonzero(np.ptp(np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int), axis=2) > 60)


def test_plot_draws_into_given_axes_in_the_size_of_their_figure(trace):
    small, large = colorful(trace, 72), colorful(trace, 144)

    assert small > 500
    assert 3 < large / small < 5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"at": 3.5}, "at must be a text, not 3.5"),
        ({"renderer": "ellipses"}, "renderer must be a Renderer (such as EllipseRenderer()), not 'ellipses'"),
        ({"trace": [1]}, "trace must be a Trace (from gmmviz.fit), not [1]"),
        ({"ax": 3}, "ax must be an Axes of matplotlib, not 3"),
        (
            {"ax": Figure().add_subplot(projection="polar")},
            "plot draws into a plain Axes, also surfaces: leave projection='polar' out",
        ),
    ],
)
def test_impossible_plots_are_refused(trace, settings, message):
    arguments = {"trace": trace, "ax": Figure().subplots()} | settings

    with pytest.raises(gv.InputError) as caught:
        gv.plot(**arguments)

    assert str(caught.value) == message


def test_plot_without_axes_is_a_figure_that_shows_itself(trace):
    figure = gv.plot(trace, at="M2", theme="dark")
    shown = figure._repr_mimebundle_()
    picture = Picture.open(io.BytesIO(base64.b64decode(shown["image/png"])))

    assert picture.size == (768, 576)
    assert to_hex(np.array(picture)[0, 0] / 255) == theme_named("dark").background
    assert figure.axes[0].get_xlabel() == "eruption (min)"


def test_plot_in_a_notebook_has_alternative_text(trace):
    story = gv.Animation(trace, language="de").film.text
    html = gv.plot(trace, at="M2", language="de")._repr_mimebundle_()["text/html"]
    (image,) = re.findall('<img alt="([^"]*)" width="768" height="576"', html)

    assert html.isascii()
    assert unescape(image) == f"M-Schritt 2 (Ellipsen enthalten 39 % und 86 % einer Komponente). {story}"


def test_plot_of_a_single_feature_is_a_curve():
    trace = gv.fit(gv.load_dataset("galaxies"), n_components=2, max_iter=1)

    assert gv.plot(trace, Figure().subplots()).get_ylabel() == "density (per km/s)"


def test_plot_neither_changes_the_users_settings_nor_obeys_them(trace):
    usual = gv.plot(trace, Figure().subplots(), gv.LikelihoodRenderer())
    with mpl.rc_context({"lines.linestyle": "--", "axes.titlelocation": "right", "text.usetex": True}):
        before = dict(mpl.rcParams)
        axes = gv.plot(trace, Figure().subplots(), gv.LikelihoodRenderer())
        assert dict(mpl.rcParams) == before

    assert axes.get_title() == usual.get_title() == "log-likelihood per point"
    assert [line.get_linestyle() for line in axes.lines] == [line.get_linestyle() for line in usual.lines]
    assert not any(text.get_usetex() for text in axes.texts)


def test_title_of_a_plot_is_the_users(trace):
    axes = gv.plot(trace, Figure().subplots(), at="M2")
    assert axes.get_title() == "ellipses hold 39 % and 86 % of a component"

    axes.set_title("M2")

    assert (axes.get_title(), axes.get_title("left")) == ("M2", "")


def test_numbers_of_a_plot_stay_in_their_dots_when_the_layout_changes(trace):
    figure = Figure(figsize=(6, 4), dpi=100)
    axes = gv.plot(trace, figure.subplots(), at="M2")
    figure.set_dpi(200)
    axes.set_position([0.3, 0.3, 0.5, 0.5])

    digits = [line for line in axes.lines if not isinstance(line.get_marker(), str)]
    for k, line in enumerate(digits):
        assert (line.get_xydata()[0] == trace[2].mixture.means[k]).all()
        assert line.get_transform() == axes.transData
    assert len(digits) == 2


def test_plot_in_a_dark_theme_can_be_read_in_axes_made_before(trace):
    axes = gv.plot(trace, Figure().subplots(), gv.LikelihoodRenderer(), theme="dark")
    dark = gv.Animation(trace, theme="dark").theme

    assert to_hex(axes.get_facecolor()) == to_hex(axes.figure.get_facecolor()) == dark.background
    assert {to_hex(spine.get_edgecolor()) for spine in axes.spines.values()} == {dark.muted}
    assert {to_hex(tick.get_color()) for tick in (*axes.get_xticklabels(), *axes.get_yticklabels())} == {
        dark.muted
    }


def test_plot_of_the_end_shows_the_samples_that_a_film_ends_with(trace):
    axes = gv.plot(trace, Figure().subplots(), gv.ContourRenderer(samples=30))

    # In the colors of their components, and once more below, as edges.
    counts = [len(line.get_xdata()) for line in axes.lines if line.get_marker() == "x" and line.get_visible()]
    assert (counts[0], sum(counts[1:])) == (30, 30)


def test_letters_of_a_plot_are_those_of_a_film_around_such_a_panel(trace):
    """A picture is 1.7 times as wide and 1.45 times as high as its main panel, in points, whatever the dots."""
    for dpi in (72, 144):
        figure = Figure(figsize=(10, 10), dpi=dpi)
        axes = figure.add_axes((0.1, 0.1, 0.5, 0.4))  # 360 x 288 points
        gv.plot(trace, axes)
        assert axes.title.get_fontsize() == pytest.approx(theme_named("light").scaled((612, 417.6)).px(23))


class TwoLines(gv.Renderer):
    """Has a line for each phase, and shows that of the phase."""

    def draw_still(self, axes, stage, theme):
        lines = {phase: Line2D([0, 1], [0, 1], label=phase) for phase in ("start", "end")}
        for line in lines.values():
            animated(axes, line, 2)
        return lines

    def moving(self, props, frame, stage, theme):
        yield props[frame.moment.phase]


@pytest.mark.parametrize("at", ["start", "end"])
def test_plot_shows_only_what_its_moment_has(trace, at):
    axes = gv.plot(trace, Figure().subplots(), TwoLines(), at=at)

    assert [line.get_label() for line in axes.lines if line.get_visible()] == [at]
    assert len(axes.lines) == 2
    assert not any(line.get_animated() for line in axes.lines)


def test_plot_of_the_end_is_the_end_of_the_epilogue(trace):
    class Epilogue(TwoLines):
        epilogue_option = "samples"

        def moving(self, props, frame, stage, theme):
            props["end"].set_label(f"{frame.moment.epilogue:g}")
            yield props["end"]

    axes = gv.plot(trace, Figure().subplots(), Epilogue())
    assert axes.lines[1].get_label() == "1"
    axes = gv.plot(trace, Figure().subplots(), Epilogue(), at="M3")
    assert axes.lines[1].get_label() == "0"


def test_panel_that_cannot_be_plotted_says_so(trace):
    with pytest.raises(gv.InputError, match="the panel 'image' draws pixels, but Old Faithful is no image"):
        gv.plot(trace, Figure().subplots(), gv.ImageRenderer())


def test_plot_gives_title_names_and_small_ticks_the_themes_colors(trace):
    axes = gv.plot(trace, Figure(dpi=72).subplots(), theme="dark")
    dark = theme_named("dark")

    assert {to_hex(axis.label.get_color()) for axis in (axes.xaxis, axes.yaxis)} == {dark.text}
    assert to_hex(axes.title.get_color()) == dark.muted
    assert axes.title.get_horizontalalignment() == "center"
    for axis in (axes.xaxis, axes.yaxis):
        for which in ("major", "minor"):
            assert to_hex(axis.get_tick_params(which=which)["color"]) == dark.muted


def test_what_the_user_drew_before_stays_as_it_was(trace):
    axes = Figure().subplots()
    (hidden,) = axes.plot([0, 1], [0, 1], animated=True, visible=False)
    gv.plot(trace, axes, TwoLines(), at="start")

    assert (hidden.get_animated(), hidden.get_visible()) == (True, False)
    assert [line.get_label() for line in axes.lines if line.get_visible()] == ["start"]


def test_first_step_that_there_is_not_is_refused(trace):
    with pytest.raises(gv.InputError, match="there is no step 'M6': the run has 5 iterations"):
        gv.plot(trace, Figure().subplots(), at="M6")
    gv.plot(trace, Figure().subplots(), at="M5")


def test_plot_offers_no_seconds(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.plot(trace, Figure().subplots(), at="3.5")
    assert str(caught.value) == "no step is called '3.5': write 'start', 'end', such as 'E3' or 'M3'"
    assert caught.value.place == ("at",)
