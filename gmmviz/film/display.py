"""What a notebook shows: a film as its player, or a still where scripts are not trusted; pictures with words."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import Any

LARGEST = 20_000_000  # bytes of a page; more makes notebooks slow to open and to save
CONTROLS = 176  # pixels below the picture, for the player's buttons (11rem, as its style says)
ONE_ROW = 520  # pixels of width that the buttons need; in less they take a row more


@dataclass(frozen=True, repr=False)
class Shown:
    """A film as a notebook shows it; made by `Animation.show`.

    Parameters
    ----------
    page : str
        The player, a page in HTML.
    still : bytes
        A PNG of the film's end.
    size : tuple of int
        Width and height of the film in pixels.
    title, story : str
        The film's title, and what happens in it.
    text : str
        What a console shows.
    """

    page: str
    still: bytes
    size: tuple[int, int]
    title: str
    story: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        width, height = self.size
        bundle = picture_bundle(self.still, self.size, self.story, self.text)
        picture = bundle["text/html"]
        if (n_bytes := len(self.page.encode())) > LARGEST:
            shown = (
                f"{picture}<p>The player of this film has {n_bytes / 1e6:,.0f} MB, too many for a notebook: "
                "show(quality='draft') or a smaller size makes it smaller; save('film.html') writes it to a "
                "file.</p>"
            )
        else:
            # Where a notebook is not trusted, it strips the iframe and keeps the picture inside.
            shown = (
                f'<iframe srcdoc="{escape(self.page)}" sandbox="allow-scripts" allow="fullscreen" '
                f'title="{escape(self.title)}" style="width: 100%; max-width: {width}px; '
                f'height: {height + CONTROLS + 52 * (width < ONE_ROW)}px; border: 0">{picture}</iframe>'
            )
        # Pure ASCII, since the page allows its script by a hash, and some exports guess their encoding.
        shown = shown.encode("ascii", "xmlcharrefreplace").decode()
        return bundle | {"text/html": shown}


def picture_bundle(png: bytes, size: tuple[int, int], alternative: str, text: str) -> dict[str, str]:
    """Return what a notebook shows of a picture, by media type: where it takes HTML, with its alternative text.

    Parameters
    ----------
    png : bytes
    size : tuple of int
        Width and height in pixels.
    alternative : str
        What the picture shows, for those who cannot see it.
    text : str
        What a console shows.

    Returns
    -------
    dict of str to str
    """
    data, (width, height) = base64.b64encode(png).decode(), size
    shown = (
        f'<img alt="{escape(alternative)}" width="{width}" height="{height}" '
        f'style="max-width: 100%; height: auto" src="data:image/png;base64,{data}">'
    )
    html = shown.encode("ascii", "xmlcharrefreplace").decode()
    return {"text/html": html, "image/png": data, "text/plain": text}
