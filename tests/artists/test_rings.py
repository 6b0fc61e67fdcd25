import pytest
from matplotlib.figure import Figure

from gmmviz.artists.rings import CLOSE, WIDE, rings
from gmmviz.themes import theme_named


@pytest.mark.parametrize(("size", "width"), [(WIDE, 1.8), (CLOSE, 1.4)])
def test_rings_are_hollow_and_as_large_as_asked_for(size, width):
    theme = theme_named("light")
    line = rings(Figure().add_subplot(), 5.0, theme, size)

    assert line.get_markersize() == pytest.approx(5 * size)
    assert line.get_markeredgewidth() == pytest.approx(theme.mark_px(width))
    assert (line.get_marker(), line.get_linestyle(), line.get_markerfacecolor()) == ("o", "None", "none")
    assert line.get_markeredgecolor() == theme.text
    assert (line.get_zorder(), line.get_animated()) == (1.5, True)
    assert len(line.get_xdata()) == 0
