import signal

import pytest

from gmmviz import interrupts


@pytest.fixture(autouse=True)
def _signals(monkeypatch):
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
    monkeypatch.setattr(interrupts, "_received", 0)
    for number in interrupts.SIGNALS:  # `nohup`, under which the tests may run, turns one off
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_signal_leaves_with_its_number_and_is_said_once(capsys, number):
    interrupts.listen()
    interrupts.check()
    with pytest.raises(SystemExit) as left:
        signal.raise_signal(number)
    for another in interrupts.SIGNALS:  # the cleaning up is not disturbed
        signal.raise_signal(another)

    assert left.value.code == 128 + number
    assert capsys.readouterr().err == "interrupted; unfinished films were discarded\n"
    with pytest.raises(SystemExit) as again:
        interrupts.check()
    assert again.value.code == 128 + number


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows")
def test_program_that_shall_outlive_its_terminal_does():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupts.listen()

    signal.raise_signal(signal.SIGHUP)


def test_interrupt_is_heard_also_where_the_shell_has_turned_it_off():
    """As it does for commands in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.listen()

    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGINT)


def test_terminal_that_is_gone_does_not_matter(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    interrupts.listen()

    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGTERM)
