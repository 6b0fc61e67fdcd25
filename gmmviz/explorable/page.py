"""The page: its parts lie in ``gmmviz/explorable/web`` and are put into one file as they are.

The modules stand one behind the other, without the lines that import them from each other. A Content Security
Policy allows this one script and this one style by their hashes, and forbids all requests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

PARTS = files("gmmviz.explorable") / "web"
MODULES = (  # each behind those that it imports
    *("units", "em", "rules", "points", "session", "view", "texts", "link", "scene", "csv"),
    *("svg", "colors", "contours", "frame", "cloud", "marks", "line", "plane", "chart"),
    *("shape", "handles", "numbers", "explorer", "controls", "data", "home", "tell", "main"),
)


def page(facts: Mapping[str, Any], texts: Mapping[str, str], shown: Mapping[str, bool], items: list[str]) -> str:
    """Return the page: all words escaped, the parts as they are.

    Parameters
    ----------
    facts : mapping
        What the script is told, for JSON.
    texts : mapping of str to str
        What the page's template names, not yet escaped.
    shown : mapping of str to bool
        Which parts of the page are to be seen.
    items : list of str
        The questions.

    Returns
    -------
    str
        HTML.
    """
    theme = facts["look"]["theme"]
    style = _style(theme) + part("explorable.css")
    script = "\n".join(inlined(part(f"{name}.js")) for name in MODULES)
    return part("page.html").format(
        **{key: escape(text) for key, text in texts.items()},
        **{f"no_{name}": "" if is_shown else " hidden" for name, is_shown in shown.items()},
        theme="dark" if theme["dark"] else "light",
        questions="".join(f"<li>{escape(item)}</li>" for item in items),
        facts=json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace(
            "<", "\\u003c"
        ),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
    )


def _style(theme: Mapping[str, Any]) -> str:
    """The theme's inks as the style knows them."""
    names = {
        "back": "background",
        "bar": "panel",
        "text": "text",
        "quiet": "quiet",
        "grid": "grid",
        "accent": "accent",
        "on-accent": "on_accent",
        "good": "good",
    }
    inks = "".join(f" --{name}: {theme[ink]};" for name, ink in names.items())
    return f":root {{{inks} color-scheme: {'dark' if theme['dark'] else 'light'}; }}\n"


def part(name: str) -> str:
    """Return a file of the page."""
    return (PARTS / name).read_text(encoding="utf-8")


def inlined(module: str) -> str:
    """Return a module as a part of one script: without imports of other parts, and without `export`."""
    return re.sub(r"^(import .* from \"\./.*\";\n|export )", "", module, flags=re.MULTILINE)


def _hash(text: str) -> str:
    """Return what a Content Security Policy calls an element of this content."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
