import os
import subprocess
import sys

import pytest

FILM = """
import gmmviz as gv
trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=1)
gv.Animation(trace, size=(160, 90)).still("film.png")
import matplotlib, os
print(matplotlib.get_backend(auto_select=False), os.environ["MPLBACKEND"])
"""


@pytest.mark.parametrize(
    ("backend", "found"),
    [("module://not_installed.here", "module://not_installed.here"), ("nonsense", None), ("svg", "svg")],
)
def test_film_is_made_whatever_windows_the_environment_asks_for(tmp_path, backend, found):
    environment = os.environ | {"MPLBACKEND": backend}
    ran = subprocess.run(
        [sys.executable, "-c", FILM], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert (ran.stderr, ran.returncode) == ("", 0)
    assert ran.stdout.split() == [str(found), backend]
    assert (tmp_path / "film.png").stat().st_size > 1000


@pytest.mark.parametrize("first", ["artists.label", "renderers.base"])
def test_every_module_that_draws_can_be_the_first(first):
    environment = os.environ | {"MPLBACKEND": "nonsense"}
    ran = subprocess.run(
        [sys.executable, "-c", f"import gmmviz.{first}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stderr, ran.returncode) == ("", 0)
