"""A page that plays the film step by step: one file, which asks no network for anything.

The page holds the film as an animated WebP, in an image that plays where scripts may not run. Where they may, they
take the WebP apart and draw it on a canvas, so that any picture of the film is shown to the pixel.

The parts of the page lie in ``gmmviz/encoders/web`` and are put into it as they are, the modules one behind the
other without the lines that import them from each other. A Content Security Policy allows this one script and
this one style by their hashes, and forbids all requests.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Film, Image, Shot, Step
from gmmviz.encoders.safely import weight
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.ticks import Stand, ticked
from gmmviz.encoders.webp import SHORTEST, TICKS, WebpEncoder, contents
from gmmviz.errors import InputError, RenderError
from gmmviz.options import Flag, Whole, options
from gmmviz.storyboard.words import plain
from gmmviz.themes.color import contrast

PARTS = files("gmmviz.encoders") / "web"
MODULES = ("riff", "steps", "reel", "player", "deck", "main")  # each behind those that it imports
HEAVY = 20_000_000  # bytes, from which on a page is slow to load, and too large for most mail boxes
LONGEST = 500_000_000  # bytes; Chromium's strings end at 2**29 letters, and the film is one
FAR = 80_000_000  # pixels from a whole picture to the next, of which a browser draws about 300 million a second
FILM = re.compile(rb'src="data:image/webp;base64,([A-Za-z0-9+/=]*)"')


@ENCODERS.register("html")
@options
class HtmlEncoder(MovingEncoder):
    """A page with a player: step by step, forward and back, in one file for browsers, slides and notebooks."""

    tick: ClassVar[float] = 1 / TICKS

    lossless: Flag = True
    """Keep every color; otherwise 256, which takes less than half the bytes."""
    loop: Annotated[Whole, Field(ge=0, le=65_535)] = 1
    """How many times the film plays when it is asked to; 0 for ever."""
    deck: Flag = False
    """Behave as in a slide of reveal.js without ?deck in the address: start when it is shown, hand keys on."""

    @property
    def needs_samples(self) -> bool:
        """Whether a palette must be chosen."""
        return self._webp.needs_samples

    @property
    def foretells(self) -> bool:
        """Yes: a page is loaded as a whole, and sent by mail."""
        return True

    def foretell(self, film: Film, pairs: Iterable[tuple[Image, Image]]) -> str:
        """Say how large the page will be, and what to do if that is much."""
        film_bytes = self._webp.expected_bytes(film, pairs, len(_whole(film)))
        n_bytes = film_bytes * 4 // 3 + len(self._page(film, b"").encode())
        said = f"will take about {weight(n_bytes, decimals=1 if n_bytes < 10_000_000 else 0)}"
        if n_bytes < HEAVY:
            return said
        fewer = "lossless = false takes less than half, " if self.lossless else ""
        return f"{said}, which is much for a page: {fewer}a smaller size or fewer iterations take less"

    @property
    def _webp(self) -> WebpEncoder:
        return WebpEncoder(lossless=self.lossless, loop=self.loop)

    def check(self, film: Film) -> None:
        """Refuse a film without steps, and what a WebP has no room for."""
        if not film.steps:
            raise InputError("a player (html) goes from step to step, and this film has no steps", "steps")
        self._webp.check(film)

    def length_of(self, film: Film) -> float:
        """Return the film's length; a flash is shown for as long as can be."""
        return self._webp.length_of(film)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the film as a WebP, then the page around it."""
        made = self._webp.write_with(path, film, shots, _whole(film))
        page = self._page(film, path.read_bytes()).encode()
        if len(page) > LONGEST:
            raise RenderError(
                f"the page would take {len(page) / 1e6:,.0f} MB, and browsers open {LONGEST // 10**6} MB at most: "
                "take lossless = false, a smaller size or a shorter film"
            )
        path.write_bytes(page)
        return made

    def read_back(self, path: Path) -> Contents:
        """Take the film out of the page and read that."""
        found = FILM.search(path.read_bytes())
        if found is None:
            raise RenderError("the page holds no film")
        return contents(io.BytesIO(base64.b64decode(found[1])))

    def _page(self, film: Film, webp: bytes) -> str:
        """Return the page: all words escaped, the parts as they are."""
        words = {key: plain(film.words.text(key)) for key in _PLAYER_WORDS}
        title = film.title or plain(film.words.text("title"))
        width, height = film.size
        style = f":root {{ --width: {width}; --height: {height}; }}\n{_part('player.css')}"
        script = "\n".join(_inlined(_part(f"{name}.js")) for name in MODULES)
        facts = {
            "steps": _steps(film),
            "loop": self.loop,
            "deck": self.deck,
            "play": words["player_play"],
            "pause": words["player_pause"],
        }
        said = {key: escape(text) for key, text in words.items()}
        return _part("page.html").format(
            **said,
            language=escape(film.language),
            theme="dark" if is_dark(film) else "light",
            title=escape(title),
            story=escape(film.text or title),
            width=width,
            height=height,
            film=base64.b64encode(webp).decode(),
            length=round(film.length * TICKS),
            marks="".join(_mark(step) for step in film.steps),
            items="\n".join(_item(film, i, step) for i, step in enumerate(film.steps, 1)),
            facts=json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
            style=style,
            style_hash=hash_of(style),
            script=script,
            script_hash=hash_of(script),
        )


_PLAYER_WORDS = (
    "player_first",
    "player_previous",
    "player_play",
    "player_pause",
    "player_next",
    "player_last",
    "player_next_e",
    "player_next_m",
    "player_slider",
    "player_speed",
    "player_large",
    "player_full",
    "player_steps",
)


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _inlined(module: str) -> str:
    """Return a module as a part of one script: without imports of other parts, and without `export`."""
    return re.sub(r"^(import .* from \"\./.*\";\n|export )", "", module, flags=re.MULTILINE)


def hash_of(text: str) -> str:
    """Return what a Content Security Policy calls an element of this content."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def is_dark(film: Film) -> bool:
    """Whether a page around the film is dark, as it is."""
    return contrast(film.background, "#ffffff") > contrast(film.background, "#000000")


def _shown(film: Film) -> list[Stand]:
    """Return what shows each step done: its last image, or one before where that would stand for a mere flash."""
    schedule = ticked(film.durations, TICKS, SHORTEST)
    firsts = schedule[:1]
    return [([*firsts, *(stand for stand in schedule if stand.image <= step.last)])[-1] for step in film.steps]


def _whole(film: Film) -> set[int]:
    """Choose the images that are stored whole: the film's end, and steps' ends not too far from each other.

    A player that jumps draws all pictures from the last whole one on, which takes time in proportion to pixels.
    """
    stops = [stand.image for stand in _shown(film)]
    most = FAR // (film.size[0] * film.size[1])
    chosen = {0, stops[-1]}
    for stop, after in pairwise(stops):
        if after - max(image for image in chosen if image <= stop) > most:
            chosen.add(stop)
    return chosen


def _steps(film: Film) -> list[dict[str, Any]]:
    """Return for each step its name in addresses, and its times in milliseconds."""
    return [
        {
            "id": _name(step),
            "phase": step.phase,
            "iteration": step.iteration,
            "begins": round(step.begins * TICKS),
            "ends": round(step.ends * TICKS),
            "shows": stand.begins,
        }
        for step, stand in zip(film.steps, _shown(film), strict=True)
    ]


def _name(step: Step) -> str:
    """Return what stands behind # in the address: start, E3, M3, 7 (a fast motion to it), end, epilogue."""
    if step.phase in ("e", "m"):
        return f"{step.phase.upper()}{step.iteration}"
    if step.phase == "fast":
        return str(step.iteration)
    return "start" if step.phase == "start" else step.name


def _mark(step: Step) -> str:
    """Return the mark on the slider where a step ends: longer, where an iteration does."""
    reach = 0.28 if step.phase == "e" else 0.5
    return f'<path d="M{round(step.ends * TICKS)} {0.5 - reach:.2f}V{0.5 + reach:.2f}"/>'


def _item(film: Film, i: int, step: Step) -> str:
    """Return a step in words; the script makes a button of it."""
    place = escape(plain(film.words.text("player_place", i=i, n=len(film.steps))))
    words = escape(step.words or step.chapter)
    return f'<li data-place="{place}">{words}</li>'
