"""The bar that shows how far a film is."""

from types import SimpleNamespace

import pytest

from gmmviz.cli import progress as module


class Bar:
    """What rich's progress bar is asked for."""

    def __init__(self, *columns, **settings):
        self.columns, self.settings, self.tasks, self.updates = columns, settings, [], []
        Bar.last = self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.left = True

    def add_task(self, what, total):
        self.tasks.append((what, total))
        return 7

    def update(self, task, **now):
        self.updates.append((task, now))


def test_bar_goes_away_and_takes_no_name_for_a_style(monkeypatch, capsys):
    terminal = SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(module, "sys", terminal)
    monkeypatch.setattr("rich.progress.Progress", Bar)
    with module.progress_bar("a [b].toml") as (progress, say):
        progress(3, 9)
        say("film.html [b] will take about 3 MB")
    bar = Bar.last

    assert (bar.settings["transient"], bar.settings["console"].stderr, bar.left) == (True, True, True)
    assert (bar.tasks, bar.updates) == ([("a [b].toml", None)], [(7, {"completed": 3, "total": 9})])
    assert bar.columns[0].markup is False
    assert len(bar.columns) == 5
    assert capsys.readouterr().err == "note: film.html [b] will take about 3 MB\n"


@pytest.mark.parametrize(
    ("stderr", "what"),
    [
        (None, "a"),
        (SimpleNamespace(isatty=lambda: False), "a"),
        (SimpleNamespace(isatty=lambda: True), None),
    ],
)
def test_there_is_no_bar_without_a_terminal_or_if_nothing_may_be_said(monkeypatch, stderr, what):
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=stderr))

    with module.progress_bar(what) as (progress, _):
        assert progress is None
