"""The gallery as a site: plain files for any web server, a page for each film around its player."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from gmmviz.encoders import Film
from gmmviz.errors import InputError
from gmmviz.film.animation import Animation
from gmmviz.film.saving import look_for
from gmmviz.scene.exploring import explore
from gmmviz.scene.notes import notes, questions
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.scene import Scene
from gmmviz.storyboard.page_words import SITE
from gmmviz.storyboard.vocabulary import Words, fields_in
from gmmviz.storyboard.words import plain

PLAYER, STILL, EXPLORE = "film.html", "film.poster.png", "explore.html"
PARTS = files("gmmviz.scene") / "web"
MADE_BY = '<meta name="generator" content="gmmviz">'


@dataclass(frozen=True)
class Exhibit:
    """A film of the site, in a folder of its own.

    Parameters
    ----------
    scene : Scene or PythonScene
        What it is made from.
    """

    scene: Scene | PythonScene

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.scene.path.stem

    @cached_property
    def animation(self) -> Animation:
        """The film."""
        return self.scene.animation()

    @property
    def film(self) -> Film:
        """What it says."""
        return self.animation.film

    @property
    def title(self) -> str:
        """What links to it say."""
        return self.film.title or self.scene.path.name

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the player's pictures."""
        return look_for(self.scene.encoder(Path(PLAYER)), (self.film.size, self.film.fps))[0]

    @cached_property
    def explorable(self) -> str | None:
        """The page on which the reader makes the steps of the first run; None where the data are too many."""
        try:
            return explore(self.scene).page()
        except InputError:
            return None

    def link(self, prefix: str = "") -> str:
        """The address of its page."""
        return f"{prefix}{_address(self.name)}/index.html"


def exhibits(scenes: Sequence[Scene | PythonScene], folder: Path) -> list[Exhibit]:
    """Prepare the films, each of which gets a folder of its scene's name.

    Parameters
    ----------
    scenes : sequence of Scene or PythonScene
    folder : Path
        Of the site.

    Returns
    -------
    list of Exhibit

    Raises
    ------
    InputError
        If two scenes have one name, a name is none for a folder, or a page would overwrite somebody else's.
    """
    found: dict[str, Path] = {}
    for scene in scenes:
        name = scene.path.stem
        if name in (".", "..", "index.html", "gallery.css", "gallery.js"):
            raise InputError(f"the film of {scene.path} cannot have a folder named {name!r}: rename the scene")
        if name.lower() in found:
            raise InputError(f"{scene.path} and {found[name.lower()]} would have one folder, {name}: rename one")
        found[name.lower()] = scene.path
    for page in (folder / "index.html", *(folder / scene.path.stem / "index.html" for scene in scenes)):
        if page.is_file() and MADE_BY not in page.read_text(encoding="utf-8", errors="replace")[:1000]:
            raise InputError(f"{page} was not made by gmmviz, and would be overwritten: give another folder")
    return [Exhibit(scene) for scene in scenes]


def pages(found: Sequence[Exhibit]) -> dict[Path, bytes]:
    """Write all but the films.

    Parameters
    ----------
    found : sequence of Exhibit
        In the order of the index.

    Returns
    -------
    dict of Path to bytes
        The files' contents by their paths within the site; the index comes last.
    """
    made: dict[Path, bytes] = {}
    for i, exhibit in enumerate(found):
        before, after = (found[i - 1] if i else None), (found[i + 1] if i + 1 < len(found) else None)
        content = exhibit.scene.path.read_bytes()
        made[Path(exhibit.name, exhibit.scene.path.name)] = content
        text = content.decode(errors="replace")
        if exhibit.explorable:
            made[Path(exhibit.name, EXPLORE)] = exhibit.explorable.encode()
        made[Path(exhibit.name, "index.html")] = _page(exhibit, before, after, text).encode()
    for name in ("gallery.css", "gallery.js"):
        made[Path(name)] = (PARTS / name).read_bytes()
    languages = {exhibit.film.language for exhibit in found}
    words = Words(languages.pop() if len(languages) == 1 else "en")
    index = _part("index.html").format(
        **_site(words), language=escape(words.language), items="\n".join(map(_card, found))
    )
    made[Path("index.html")] = index.encode()
    return made


def _site(words: Words) -> dict[str, str]:
    """The words of the site that have nothing to be filled in."""
    return {key: escape(plain(words.text(key))) for key in SITE if not fields_in(words.template(key))}


def _card(exhibit: Exhibit) -> str:
    width, height = exhibit.film.size
    return (
        f'<li><a href="{exhibit.link()}" lang="{escape(exhibit.film.language)}">'
        f'<img src="{_address(exhibit.name)}/{STILL}" alt="" width="{width}" height="{height}" loading="lazy">'
        f"{escape(exhibit.title)}</a>{_said(exhibit.film)}</li>"
    )


def _said(film: Film) -> str:
    """What the author says about the film."""
    if not film.description:
        return ""
    return f'<p lang="{escape(film.language)}">{escape(film.description)}</p>'


def _page(exhibit: Exhibit, before: Exhibit | None, after: Exhibit | None, text: str) -> str:
    width, height = exhibit.size
    name = exhibit.scene.path.name
    words = exhibit.animation.words
    command = f"<code>{escape(f'gmmviz render {name}')}</code>"
    said = _site(words)
    return _part("film.html").format(
        **said,
        title=escape(exhibit.title),
        story=escape(exhibit.film.text),
        said=_said(exhibit.film),
        language=escape(exhibit.film.language),
        width=width,
        height=height,
        explore=f'<p><a href="{EXPLORE}">{said["site_explore"]}</a></p>\n' if exhibit.explorable else "",
        links="\n".join(_links(before, after, said["site_all"])),
        notes="\n".join(_notes(exhibit.scene.path, words)),
        makes=escape(plain(words.template("site_makes"))).format(command=command),
        scene=_address(name),
        download=escape(plain(words.template("site_download"))).format(file=escape(name)),
        text=escape(text, quote=False),
    )


def _links(before: Exhibit | None, after: Exhibit | None, every: str) -> Iterator[str]:
    yield f'<a href="../index.html">{every}</a>'
    for word, exhibit, arrow in (("prev", before, "← {}"), ("next", after, "{} →")):
        if exhibit:
            title = arrow.format(f'<span lang="{escape(exhibit.film.language)}">{escape(exhibit.title)}</span>')
            yield f'<a class="{word}" rel="{word}" href="{exhibit.link("../")}">{title}</a>'


def _notes(path: Path, words: Words) -> Iterator[str]:
    for heading, text in notes(path, words).items():
        yield f"<h2>{escape(heading)}</h2>"
        listed = questions(text)
        if len(listed) > 1:
            yield "<ul>" + "".join(f"<li>{escape(question)}</li>" for question in listed) + "</ul>"
        else:
            yield f"<p>{escape(text)}</p>"


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _address(name: str) -> str:
    return quote(os.fsencode(name))
