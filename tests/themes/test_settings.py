from threading import Barrier, Thread

import matplotlib as mpl
import pytest

from gmmviz.themes import theme_named
from gmmviz.themes.settings import complete, drawn_with


def in_another_thread(do):
    found = []
    thread = Thread(target=lambda: found.append(do()))
    thread.start()
    thread.join()
    return found[0]


def test_complete_settings_are_checked_and_leave_out_what_is_the_processs():
    settings = complete({"axes.facecolor": "red", "font.size": 3})

    assert settings["axes.facecolor"] == "red"
    assert settings["font.size"] == 3.0
    assert settings["lines.linewidth"] == 1.5
    assert "backend" not in settings
    with pytest.raises(ValueError, match=r"lines\.linewidth"):
        complete({"lines.linewidth": "thick"})


def test_settings_hold_in_one_thread_alone():
    before = dict(mpl.rcParams)

    with drawn_with(complete({"font.size": 44})):
        assert mpl.rcParams["font.size"] == dict(mpl.rcParams)["font.size"] == 44
        assert in_another_thread(lambda: dict(mpl.rcParams)) == before
        assert in_another_thread(lambda: dict(mpl.rcParams.copy())) == before
    assert dict(mpl.rcParams) == before
    assert type(mpl.rcParams) is mpl.RcParams


def test_settings_within_settings_hold_until_they_end():
    with drawn_with(complete({"font.size": 1})):
        with drawn_with(complete({"font.size": 2})):
            assert mpl.rcParams["font.size"] == 2
        assert mpl.rcParams["font.size"] == 1


def test_what_a_panel_sets_while_it_draws_is_gone_afterwards():
    before = dict(mpl.rcParams)

    with drawn_with(complete({})):
        with mpl.rc_context({"font.size": 5}):
            assert mpl.rcParams["font.size"] == 5
            assert in_another_thread(lambda: mpl.rcParams["font.size"]) == before["font.size"]
        assert mpl.rcParams["font.size"] == 10
        mpl.rcParams["lines.linewidth"] = 9
        assert mpl.rcParams["lines.linewidth"] == 9
        assert in_another_thread(lambda: mpl.rcParams["lines.linewidth"]) == before["lines.linewidth"]
    assert dict(mpl.rcParams) == before


def test_table_is_matplotlibs_own_again_when_the_last_thread_has_drawn():
    inside, outside, found = Barrier(2), Barrier(2), []

    def draw():
        with drawn_with(complete({"font.size": 7})):
            inside.wait()
            outside.wait()
            found.append(mpl.rcParams["font.size"])

    thread = Thread(target=draw)
    with drawn_with(complete({"font.size": 8})):
        thread.start()
        inside.wait()
    assert type(mpl.rcParams) is not mpl.RcParams  # the other thread still draws
    assert mpl.rcParams["font.size"] == 10
    outside.wait()
    thread.join()

    assert found == [7]
    assert type(mpl.rcParams) is mpl.RcParams


def test_theme_replaces_the_users_settings():
    theme = theme_named("light")
    with mpl.rc_context({"font.size": 3.0, "lines.linestyle": "--"}):
        with drawn_with(theme.scaled((2560, 1440)).settings()):
            assert mpl.rcParams["font.size"] == 44
            assert mpl.rcParams["lines.linestyle"] == "-"
            assert mpl.rcParams["axes.labelcolor"] == theme.text
        assert mpl.rcParams["font.size"] == 3
