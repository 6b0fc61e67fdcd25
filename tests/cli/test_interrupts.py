import signal

import pytest

import gmmviz.__main__ as command
from gmmviz import cli


@pytest.fixture(autouse=True)
def _signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    command._interrupted = 0
    for number, handler in before.items():
        signal.signal(number, handler)


def test_interrupt_that_compiled_code_takes_for_an_error_is_one(monkeypatch, capsys):
    """Matplotlib's C++ raises a ValueError of its own where the unwinding passes through it."""

    def app(prog_name):
        try:
            signal.raise_signal(signal.SIGINT)
        except SystemExit:
            raise ValueError("Invalid bounding box") from None

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 130
    assert capsys.readouterr().err == "interrupted; unfinished films were discarded\n"


def test_other_errors_are_shown(monkeypatch):
    def app(prog_name):
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(ValueError, match="a mistake of ours"):
        command.main()
