"""The page's modules, without a browser: their types, and the engine against gmmviz."""

import json
import os
import subprocess
from pathlib import Path

from browsers import package, program
from cases import every_case

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

    assert len(files) >= 1
    assert "fail 0" in said
