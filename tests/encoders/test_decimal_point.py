import locale
import os
import shutil
import subprocess
import sys
import threading

import pytest

from gmmviz.encoders.decimal_point import decimal_point

FILMS = """
import locale, sys
from film_files import MOVING, STILL, blocks, write
from pathlib import Path

if sys.argv[2]:
    locale.setlocale(locale.LC_ALL, sys.argv[2])
print(f"{1.5:n}")
for name in MOVING + STILL:
    write(name, Path(sys.argv[1]), blocks(6), [0.3] * 6, title="EM")
"""


def test_films_of_a_german_process_have_the_same_bytes(tmp_path):
    if not shutil.which("localedef"):
        pytest.skip("no locale can be made")
    made = subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", tmp_path / "de_DE.UTF-8"], capture_output=True
    )
    if made.returncode:
        pytest.skip("the source of the German locale is not there")
    env = os.environ | {"LOCPATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    for folder, name, number in (("german", "de_DE.UTF-8", "1,5\n"), ("plain", "", "1.5\n")):
        (tmp_path / folder).mkdir()
        command = [sys.executable, "-c", FILMS, tmp_path / folder, name]
        assert subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout == number

    files = sorted(path.name for path in (tmp_path / "plain").iterdir())
    assert len(files) == 10
    for name in files:
        assert (tmp_path / "german" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes(), name


def test_neither_the_process_nor_another_thread_is_touched():
    seen = []
    before = locale.setlocale(locale.LC_ALL)
    with decimal_point():
        assert f"{1.5:n}" == "1.5"
        other = threading.Thread(target=lambda: seen.append(locale.setlocale(locale.LC_ALL)))
        other.start()
        other.join()

    assert seen == [before]
    assert locale.setlocale(locale.LC_ALL) == before


def test_system_without_such_a_function_goes_on(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda name: 1 / 0 if name else object())

    with decimal_point():
        pass


class C:
    """A library of C whose locales are numbers, which writes down its calls."""

    def __init__(self):
        self.calls = []
        for name, answers in (("newlocale", [7]), ("uselocale", [5, 7]), ("freelocale", [None])):
            setattr(self, name, self._function(name, iter(answers)))

    def _function(self, name, answers):
        def call(*arguments):
            self.calls.append((name, *arguments))
            return next(answers)

        return call


def test_locale_is_made_used_put_back_and_freed_also_after_an_error(monkeypatch):
    c = C()
    monkeypatch.setattr("ctypes.CDLL", lambda name: c)

    def fail():
        with decimal_point():
            c.calls.append("the body")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert c.calls == [
        ("newlocale", 1 << locale.LC_NUMERIC, b"C", None),
        ("uselocale", 7),
        "the body",
        ("uselocale", 5),
        ("freelocale", 7),
    ]
