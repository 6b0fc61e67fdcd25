import warnings
from threading import Barrier, Thread

import matplotlib as mpl
import pytest

from gmmviz.themes import settings, theme_named
from gmmviz.themes.settings import complete, drawn_with


def in_another_thread(do):
    found = []
    thread = Thread(target=lambda: found.append(do()))
    thread.start()
    thread.join()
    return found[0]


def test_complete_settings_are_checked_and_leave_out_what_is_the_processs():
    found = complete({"axes.facecolor": "red", "font.size": 3})

    assert found["axes.facecolor"] == "red"
    assert found["font.size"] == 3.0
    assert found["lines.linewidth"] == 1.5
    assert "backend" not in found
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


def test_setting_that_the_theme_lacks_is_the_processs():
    before = mpl.rcParams["lines.linewidth"]
    with drawn_with({"font.size": 7}):
        assert mpl.rcParams["lines.linewidth"] == before
        mpl.rcParams["lines.linewidth"] = 5 * before
        assert in_another_thread(lambda: mpl.rcParams["lines.linewidth"]) == 5 * before
        mpl.rcParams["lines.linewidth"] = before


def test_another_table_of_matplotlibs_kind_is_not_the_themes():
    with drawn_with(complete({"font.size": 7})):
        other = mpl.RcParams({"font.size": 11})
        assert other["font.size"] == 11
        other["font.size"] = 12
        assert (other["font.size"], mpl.rcParams["font.size"]) == (12, 7)


def test_empty_settings_are_none():
    with drawn_with({}):
        assert mpl.rcParams["font.size"] == 10


def test_error_while_drawing_leaves_the_process_as_it_was():
    with pytest.raises(ZeroDivisionError), drawn_with(complete({"font.size": 7})):
        raise ZeroDivisionError

    assert type(mpl.rcParams) is mpl.RcParams
    assert settings._n_drawing == 0
    assert settings._own.get() is None


def test_settings_of_the_process_are_not_the_themes():
    found = complete({})

    assert "interactive" not in found
    assert len(found) == len(mpl.rcParamsDefault) - 2


def test_every_warning_is_collected_once_each_time():
    with settings.warned() as said:
        for _ in range(3):
            warnings.warn("again", stacklevel=1)

    assert [str(warning.message) for warning in said] == ["again"] * 3
