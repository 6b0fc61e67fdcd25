"""How an artist that moves joins its axes."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes


def animated(axes: Axes, artist: Artist, zorder: float) -> Artist:
    """Add an artist that moves: left out of the still picture and of the layout, clipped to the axes."""
    axes.add_artist(artist)
    artist.set_animated(True)
    artist.set_in_layout(False)
    artist.set_zorder(zorder)
    return artist
