import pytest
from small_films import small_film


@pytest.fixture(scope="session")
def film():
    return small_film(description="Two kinds of eruptions.")


@pytest.fixture(scope="session")
def page_file(film, tmp_path_factory):
    path = tmp_path_factory.mktemp("player") / "film.html"
    film.save(path)
    return path
