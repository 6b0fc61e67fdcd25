"""The modules of the page, without a browser: their types, and those that need none."""

import base64
import io
import json
import os
import subprocess
from pathlib import Path

import numpy as np
from browsers import package, program
from film_files import blocks, film_of, shots
from PIL import Image

from gmmviz.encoders import WebpEncoder
from gmmviz.encoders.html import MODULES, PARTS, _inlined

HERE = Path(__file__).parent


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_types_are_right():
    run(program("node"), package("typescript/bin/tsc"), "--project", HERE / "tsconfig.json")


def test_modules_that_need_no_browser(tmp_path):
    images, durations = blocks(6), [0.2, 0.3, 0.1, 0.4, 0.2, 0.5]
    film = tmp_path / "film.webp"
    film.touch()
    WebpEncoder().write_with(film, film_of(images, durations), shots(images, durations), whole={3})
    (tmp_path / "expected.json").write_text(json.dumps(expected(film)), encoding="utf-8")
    files = sorted(HERE.glob("*.test.js"))
    said = run(program("node"), "--test", *files, FILM=film, EXPECTED=tmp_path / "expected.json")

    assert len(files) == 2
    assert "fail 0" in said


def expected(path):
    """What the film holds, and its first picture as another reader has it."""
    content = path.read_bytes()
    pictures, begins, place = [], 0, 12
    while place < len(content):
        tag, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + length]
        if tag == b"ANMF":
            x, y, _, _, milliseconds = (int.from_bytes(body[i : i + 3], "little") for i in range(0, 15, 3))
            alone = b"WEBP" + body[16:]
            file = b"RIFF" + len(alone).to_bytes(4, "little") + alone
            whole = len(pictures) in (0, 3)
            where = {"x": 2 * x, "y": 2 * y, "begins": begins, "whole": whole}
            pictures.append({"place": where, "file": base64.b64encode(file).decode()})
            begins += milliseconds
        place += 8 + length + length % 2
    with Image.open(io.BytesIO(base64.b64decode(pictures[3]["file"]))) as picture:
        assert (np.asarray(picture.convert("RGB")) == blocks(6)[3, :, :, :3]).all()
    return {"width": 64, "height": 48, "length": begins, "pictures": pictures}


def test_every_part_of_the_page_is_in_it():
    assert {part.name for part in PARTS.iterdir()} == {
        *(f"{name}.js" for name in MODULES),
        "player.css",
        "page.html",
        "package.json",
    }


def test_modules_are_one_script_in_the_page():
    """In an order in which each stands behind those that it imports, and without a name twice."""
    parts = [(PARTS / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    for i, part in enumerate(parts):
        for line in part.splitlines():
            if line.startswith("import "):
                assert line.split('"./')[1].removesuffix('.js";') in MODULES[:i]
    script = "\n".join(map(_inlined, parts))
    names = [
        line.split()[1].split("(")[0]
        for line in script.splitlines()
        if line.startswith(("function", "class", "const"))
    ]

    assert len(names) == len(set(names))
    assert not any(line.startswith(("import", "export")) for line in script.splitlines())
    assert "</script" not in script
