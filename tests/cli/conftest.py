import pytest
from typer.testing import CliRunner

from gmmviz.cli import app


@pytest.fixture
def scene(write_scene, small_scene):
    return write_scene(small_scene, "small.toml")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def gmmviz(folder, monkeypatch):
    """Run the command in an empty folder, in this process."""
    monkeypatch.chdir(folder)

    def run(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def full_disk():
    """No file can become larger than a few bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
