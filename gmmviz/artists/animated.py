"""How an artist that moves is added to its axes."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes


def animated(axes: Axes, artist: Artist, zorder: float) -> Artist:
    """Add an artist that moves: the still picture and the layout leave it out, and the axes clip it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the panel.
    artist : matplotlib.artist.Artist
        The renderer's `moving` must return it in every frame that shows it.
    zorder : float
        Its place among the axes' artists in a vector picture.

    Returns
    -------
    matplotlib.artist.Artist
        The same artist.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from matplotlib.lines import Line2D
    >>> animated(Figure().add_subplot(), Line2D([], []), 2).get_animated()
    True
    """
    axes.add_artist(artist)
    artist.set_animated(True)
    artist.set_in_layout(False)
    artist.set_zorder(zorder)
    return artist
