"""The plate: which moments, how many in a row, what stands beneath them, and the file."""

import io

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import PlateEncoder
from gmmviz.encoders.base import Contents, Shot
from gmmviz.encoders.plate import columns_of, moments_of, size_of, words_of


@pytest.fixture(scope="module")
def film(trace):
    return gv.Animation(trace, size=(320, 180), pace=gv.Pace(iterations="all"), title="EM").film


def test_moments_are_the_start_the_first_e_step_and_some_m_steps(trace, film):
    """Of five iterations, the last of which is the end."""
    assert len(trace) == 6
    assert moments_of(PlateEncoder(), film) == ("start", "E1", "M1", "M2", "M4", "end")
    assert words_of(PlateEncoder(), film, trace) == ("start", "E1", "1", "2", "4", "5")
    assert moments_of(PlateEncoder(moments=["M3"]), film) == ("M3",)


def test_few_stops_make_few_moments(trace):
    few = gv.Animation(trace, pace=gv.Pace(iterations=(2,))).film

    assert moments_of(PlateEncoder(), few) == ("start", "E2", "M2", "end")


def test_words_are_those_given_or_those_of_the_run(trace, film):
    own = PlateEncoder(moments=["start", "end"], words=["(a)", "(b)"])

    assert words_of(own, film, trace) == ("(a)", "(b)")
    # A run that has ended stays where it is.
    short = gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=2)
    assert words_of(PlateEncoder(moments=["E3", "m4", "end"]), film, short) == ("E3", "2", "2")


def test_start_is_named_in_the_films_language(trace):
    film = gv.Animation(trace, size=(320, 180), language="fr").film

    assert words_of(PlateEncoder(moments=["start", "M1"]), film, trace) == ("départ", "1")


@pytest.mark.parametrize(
    ("n_moments", "n_runs", "columns", "found"),
    [
        (1, 1, None, 1),
        (3, 1, None, 3),
        (4, 1, None, 2),
        (6, 1, None, 3),
        (12, 1, None, 4),
        (6, 4, None, 6),
        (6, 4, 2, 2),
    ],
)
def test_rows_are_about_as_many_as_columns(n_moments, n_runs, columns, found):
    assert columns_of(PlateEncoder(columns=columns), n_moments, n_runs) == found


def test_size_is_the_width_of_the_film_and_the_height_of_the_rows(film):
    """Two rows: 320 pixels wide, of which 110/4 beside; pictures of 97.5 x 78; 70/4 under each row, 70/4 below."""
    assert size_of(PlateEncoder(), film, 1) == (320, round(2 * 78 + 3 * 17.5))
    assert size_of(PlateEncoder(size=(500, 300)), film, 1) == (500, 300)


@pytest.mark.parametrize(
    ("options", "message", "place"),
    [
        (
            {"moments": ["start", "E6"]},
            "plate: there is no step 'E6': the run has 5 iterations, the first of them 1",
            ("moments", 1),
        ),
        (
            {"moments": ["M"]},
            "plate: no step is called 'M': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5",
            ("moments", 0),
        ),
        (
            {"words": ["a"]},
            "plate: 1 word for 6 moments (start, E1, M1, M2, M4, end): give one for each",
            ("words",),
        ),
        ({"panel": 3}, "plate: there is no panel 3: the film has 2 panels", ("panel",)),
    ],
)
def test_what_the_film_does_not_have_is_refused(film, options, message, place):
    with pytest.raises(gv.InputError) as caught:
        PlateEncoder(**options).check(film)

    assert str(caught.value) == message
    assert caught.value.place == place


def test_no_more_than_24_moments_are_shown():
    with pytest.raises(gv.InputError) as caught:
        PlateEncoder(moments=["M1"] * 25)

    assert str(caught.value).startswith("PlateEncoder: moments: expected at most 24 values, got ['M1', ")


def test_pictures_of_many_runs_are_refused(trace):
    crowd = gv.Animation([gv.Run(trace, str(i)) for i in range(21)], gv.EllipseRenderer())
    PlateEncoder(moments=["start"]).check(crowd.film)

    with pytest.raises(gv.InputError) as caught:
        PlateEncoder(moments=["start", "E1", "M1", "M2", "M4", "end"]).check(crowd.film)
    assert str(caught.value) == "plate: 6 moments of 21 runs are more than 120 pictures: choose fewer moments"


def drawing(suffix):
    file = io.BytesIO()
    Image.fromarray(np.full((4, 6, 3), 9, np.uint8)).save(file, format="png")
    return {".png": file.getvalue(), ".svg": b"<svg/>", ".pdf": b"%PDF-1.4\n%%EOF\n"}[suffix]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_drawing_is_written_and_read_back(film, tmp_path, suffix):
    path = tmp_path / f"film.plate{suffix}"
    shot = Shot(np.empty((0, 0, 4), np.uint8), 0.0, True, drawing(suffix))
    made = PlateEncoder().write(path, film, [shot])

    assert made == PlateEncoder().read_back(path) == Contents((6, 4) if suffix == ".png" else (0, 0), 1)
    if suffix == ".png":
        with Image.open(path) as picture:
            picture.load()
            assert picture.text == {"Title": "EM", "Description": film.story}
    else:
        assert path.read_bytes() == drawing(suffix)


@pytest.mark.parametrize(
    ("suffix", "content"), [(".svg", b"<svg>"), (".pdf", b"%PDF-1.4\n"), (".pdf", b"<svg/>%%EOF")]
)
def test_damaged_file_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"film.plate{suffix}"
    path.write_bytes(content)

    with pytest.raises(gv.RenderError, match=r"^the file is damaged$"):
        PlateEncoder().read_back(path)
