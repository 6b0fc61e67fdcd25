r"""Slides for LaTeX: pages, and a text for Beamer that shows them one after the other in one place.

The text is for pdfLaTeX, which knows few letters beyond those of Europe. Others are declared one by one: as a
symbol, without an accent, or as nothing, which `loss` tells. LuaLaTeX prints whatever its font has.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from gmmviz.encoders.base import ENCODERS, Contents, Film, Shot, one_line, some
from gmmviz.encoders.stills import PagesEncoder, check_sums, entry, n_pages
from gmmviz.errors import counted, listed
from gmmviz.options import options

LONGEST = 16.0  # centimeters of a slide's longer side, as in Beamer's own 16:9
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
} | {letter: f"\\{letter}" for letter in "&%$#_{}"}
SYMBOLS = {
    "\u2212": "-",
    "\u2264": r"\leq",
    "\u2265": r"\geq",
    "\u2248": r"\approx",
    "\u2260": r"\neq",
    "\u2192": r"\to",
    "\u221e": r"\infty",
    "\u2211": r"\sum",
    "\u221a": r"\surd",
    "\u2208": r"\in",
    "\u2225": r"\|",
    "\u2113": r"\ell",
    "\u03c2": r"\varsigma",
    "\u03d1": r"\vartheta",
    "\u03d5": r"\phi",
    "\u03bf": "o",
}
LIKE_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))  # Greek capitals without a command
PARAGRAPH = r"\par "
KNOWN = re.compile(
    r"[\x20-\x7e\xa0-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e\u2013\u2014"
    r"\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac]"
)


@ENCODERS.register("beamer.zip")
@options
class BeamerEncoder(PagesEncoder):
    """Slides for LaTeX (ZIP): film.tex, which pdflatex compiles as it is, and its pages, one for each step."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the pages and the text."""
        (shot,) = some(shots)
        made = document(film.size, film.title, [frame(film, "film.steps.pdf")])
        pack(path, made, "film.tex", {"film.steps.pdf": shot.drawing})
        return Contents(n_frames=len(film.steps), loss=loss(made))

    def read_back(self, path: Path) -> Contents:
        """Check the sum of every entry, and count the pages."""
        return Contents(n_frames=sum(pages_in(path).values()))


def frame(film: Film, file: str, notes: str = "", steps: bool = True) -> str:
    """Return a frame that shows a film's pages one after the other, each with its words as a note.

    Parameters
    ----------
    film : Film
    file : str
        The pages, beside the text.
    notes : str, optional
        For the speaker, beside what happens in the film.
    steps : bool
        Whether to show every step, or the start and the end alone.
    """
    chosen = list(enumerate(film.steps, 1))
    chosen = chosen if steps else [chosen[0], *chosen[1:][-1:]]
    # pdfTeX closes a file when its last known page is written, and then writes again what the pages share.
    opened = rf"\setbox0\hbox{{\includegraphics[page={chosen[-1][0]}]{{{file}}}}}% keeps the slides small"
    lines = [opened, r"\begin{frame}[plain]", r"  \centering"]
    for i, (page, _) in enumerate(chosen, 1):
        picture = rf"\includegraphics[page={page},width=\paperwidth,height=\paperheight,keepaspectratio]{{{file}}}"
        lines.append(rf"  \only<{i}>{{\makebox[\textwidth]{{{picture}}}}}%")
    for i, (_, step) in enumerate(chosen, 1):
        said = [step.words] if i > 1 else [*(text for text in (notes, film.text) if text), step.words]
        lines.append(rf"  \note<{i}>{{{PARAGRAPH.join(map(escaped, said))}}}%")
    lines.append(r"\end{frame}")
    if film.background.lower() != "#ffffff":  # what stands around a picture that has not the slide's shape
        ground = rf"\definecolor{{ground}}{{HTML}}{{{film.background[1:].upper()}}}"
        lines = [rf"{{{ground}\setbeamercolor{{background canvas}}{{bg=ground}}%", *lines, "}"]
    return "\n".join(lines)


def text_frame(title: str, paragraphs: Sequence[str]) -> str:
    """Return a frame of words: a paragraph, or a list of several."""
    body = [escaped(paragraph) for paragraph in paragraphs]
    if len(body) > 1:
        body = [r"\begin{itemize}", *(rf"  \item {line}" for line in body), r"\end{itemize}"]
    return "\n".join([rf"\begin{{frame}}{{{escaped(title)}}}", *(f"  {line}" for line in body), r"\end{frame}"])


def section(title: str) -> str:
    """Return the frame at the head of a section."""
    return rf"\section{{{escaped(title)}}}" + "\n" + r"\frame{\sectionpage}"


def document(
    sides: tuple[int, int], title: str, frames: Sequence[str], author: str = "", with_title: bool = False
) -> str:
    """Return a text for pdfLaTeX.

    Parameters
    ----------
    sides : (int, int)
        Width and height of the slides, in any unit.
    title, author : str
    frames : sequence of str
        From `frame` and the like, in LaTeX.
    with_title : bool
        Whether the first slide has the title and the author.
    """
    width, height = (LONGEST * side / max(sides) for side in sides)
    body = "\n\n".join([r"\frame{\titlepage}", *frames] if with_title else frames)
    letters = sorted({letter for letter in f"{title}{author}{body}" if not KNOWN.match(letter)} - {"\n"})
    declared = "".join(
        rf"  \DeclareUnicodeCharacter{{{ord(letter):04X}}}{{{_symbol(letter)}}}" + "\n" for letter in letters
    )
    return rf"""% In a talk of your own: copy the frames, and keep the % at the ends of their lines.
\documentclass{{beamer}}
\geometry{{paperwidth={width:.4f}cm,paperheight={height:.4f}cm}}
\setbeamertemplate{{navigation symbols}}{{}}
% \setbeameroption{{show notes on second screen=right}}
\usepackage{{iftex}}
\ifpdftex
  \usepackage[T1]{{fontenc}}
  \usepackage{{lmodern,textcomp}}
{declared}\fi
\title{{{escaped(title)}}}
\author{{{escaped(author)}}}
\date{{}}

\begin{{document}}

{body}

\end{{document}}
"""


def escaped(text: str) -> str:
    """Return words as LaTeX prints them."""
    return "".join(SPECIAL.get(letter, letter) for letter in unicodedata.normalize("NFC", one_line(text)))


def in_symbols(text: str) -> str:
    """Return a text of LaTeX with symbols for the letters that pdfLaTeX lacks, where there are any.

    For a part of a text whose preamble somebody else writes, perhaps without the fonts that `document` takes.
    """
    text = text.replace(r"\textquotedbl{}", "''")
    return "".join(
        letter if KNOWN.match(letter) or letter == "\n" else _symbol(letter) or letter for letter in text
    )


def loss(text: str) -> str:
    """Say which letters a text has that pdfLaTeX has not; empty if there are none."""
    letters = [chr(int(code, 16)) for code in re.findall(r"\\DeclareUnicodeCharacter{([0-9A-F]+)}{}", text)]
    if not letters:
        return ""
    return (
        f"pdflatex leaves out {counted(len(letters), 'letter')} of the notes, such as {listed(letters[:1])}: use "
        "lualatex, with a font that has them"
    )


def pack(path: Path, text: str, name: str, files: dict[str, bytes]) -> None:
    """Write the text and the files into an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in {name: text.encode(), **files}.items():
            archive.writestr(entry(one), content, zipfile.ZIP_DEFLATED)


def pages_in(path: Path) -> dict[str, int]:
    """Return how many pages each PDF of an archive has.

    Raises
    ------
    RenderError
        If the archive is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        check_sums(archive)
        return {name: n_pages(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")}


def _symbol(letter: str) -> str:
    """What LaTeX prints for a letter that it does not know; nothing if there is no symbol for it."""
    if letter in SYMBOLS:
        return rf"\ensuremath{{{SYMBOLS[letter]}}}"
    if letter in LIKE_LATIN:
        return LIKE_LATIN[letter]
    name = unicodedata.name(letter, "")
    if match := re.fullmatch(
        r"GREEK (SMALL|CAPITAL) LETTER (ALPHA|BETA|GAMMA|DELTA|EPSILON|ZETA|ETA|THETA|IOTA|KAPPA|"
        r"LAMDA|MU|NU|XI|PI|RHO|SIGMA|TAU|UPSILON|PHI|CHI|PSI|OMEGA)",
        name,
    ):
        word = match[2].lower().replace("lamda", "lambda")
        return rf"\ensuremath{{\{word.capitalize() if match[1] == 'CAPITAL' else word}}}"
    if name.startswith(("SUPERSCRIPT ", "SUBSCRIPT ")) and letter.isdigit():
        return rf"\ensuremath{{{'^' if name[2] == 'P' else '_'}{unicodedata.digit(letter)}}}"
    plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if one.isascii() and one.isalnum())
    return " " if letter.isspace() else plain
