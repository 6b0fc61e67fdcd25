"""The page's modules, without a browser: their types, and the engine against gmmviz."""

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

from browsers import package, program
from page_runs import every_case

from gmmviz.explorable.page import MODULES, PARTS, inlined, part

HERE = Path(__file__).parent


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_types_are_right():
    run(program("node"), package("typescript/bin/tsc"), "--project", HERE / "tsconfig.json")


def test_modules_that_need_no_browser(tmp_path):
    (tmp_path / "cases.json").write_text(json.dumps(list(every_case())), encoding="utf-8")
    files = sorted(HERE.glob("*.test.js"))
    said = run(program("node"), "--test", *files, CASES=tmp_path / "cases.json")

    assert len(files) == 2
    assert "fail 0" in said


def test_every_part_of_the_page_is_in_it():
    assert {part.name for part in PARTS.iterdir()} == {
        *(f"{name}.js" for name in MODULES),
        "explorable.css",
        "page.html",
        "package.json",
        "widget.mjs",  # of a notebook's widget, around the page
    }


def test_modules_are_one_script_in_the_page():
    """In an order in which each stands behind those that it imports, and without a name twice."""
    for i, name in enumerate(MODULES):
        for imported in re.findall(r'^import .* from "\./(\w+)\.js";$', part(f"{name}.js"), re.MULTILINE):
            assert imported in MODULES[:i], name
    script = "\n".join(inlined(part(f"{name}.js")) for name in MODULES)
    declared = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", script, re.MULTILINE)

    assert [name for name, times in Counter(declared).items() if times > 1] == []
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script


def test_no_module_is_long():
    assert {name: lines for name in MODULES if (lines := part(f"{name}.js").count("\n")) > 300} == {}
