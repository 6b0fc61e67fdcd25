import zipfile
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from film_files import blocks, film_of, psnr, write
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import SheetEncoder
from gmmviz.encoders.base import Contents
from gmmviz.encoders.stills import StepsEncoder, StepsPdfEncoder


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, size=(160, 90), fps=10, pace=gv.Pace(length=6.0, iterations="all"), title="EM")


def picture(file):
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def test_poster_is_the_end_of_the_film(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.poster.png")

    assert (picture(saved.path) == animation.image(animation.moments[-1])[:, :, :3]).all()
    assert str(saved).startswith(f"{saved.path}  160x90, 1 picture, ")


def test_archive_has_a_picture_of_each_step_in_order(animation, tmp_path):
    (saved,) = animation.save(tmp_path / "film.steps.zip")

    with zipfile.ZipFile(saved.path) as archive:
        names = archive.namelist()
        for name, step in zip(names, animation.film.steps, strict=True):
            with archive.open(name) as file:
                expected = animation.image(animation.moments[step.last])[:, :, :3]
                assert (picture(file) == expected).all()
    assert names == sorted(names)
    assert names[:4] == ["00_start.png", "01_e.png", "01_m.png", "02_e.png"]
    assert names[-2:] == ["05_m.png", "end.png"]
    assert str(saved).startswith(f"{saved.path}  160x90, 12 pictures, ")


def test_pictures_say_what_they_show(animation, tmp_path):
    poster, archive = animation.save(tmp_path / "film.poster.png", tmp_path / "film.steps.zip")

    with Image.open(poster.path) as image:
        image.load()
        assert image.text == {"Title": "EM", "Description": animation.film.story}
    with zipfile.ZipFile(archive.path) as pictures, pictures.open("02_e.png") as file, Image.open(file) as image:
        image.load()
        said = "E-step 2"
        assert image.text == {"Title": "EM", "Description": said}


@pytest.mark.parametrize(
    ("columns", "size"),
    [
        (None, (4 * 168 + 8, 3 * 98 + 8)),
        (1, (176, 12 * 98 + 8)),
        (5, (5 * 168 + 8, 3 * 98 + 8)),
        (99, (12 * 168 + 8, 106)),
    ],
)
def test_sheet_has_the_columns_asked_for(animation, tmp_path, columns, size):
    (saved,) = animation.save((tmp_path / "film.sheet.png", SheetEncoder(columns=columns)))

    assert saved.size == size
    sheet = picture(saved.path)
    n_columns = (size[0] - 8) // 168
    for number, step in enumerate(animation.film.steps):
        row, column = divmod(number, n_columns)
        tile = sheet[8 + row * 98 :, 8 + column * 168 :][:90, :160]
        assert (tile == animation.image(animation.moments[step.last])[:, :, :3]).all()


def test_pictures_of_a_sheet_are_scaled_down_but_not_up(tmp_path):
    _, small = write("sheet.png", tmp_path, blocks(4, (200, 100)), [0.2] * 4, SheetEncoder(columns=2, width=50))
    path, large = write(
        "sheet.png", tmp_path, blocks(4, (200, 100)), [0.2] * 4, SheetEncoder(columns=2, width=999)
    )

    assert small.size == (2 * 58 + 8, 25 + 16)
    assert large.size == (2 * 208 + 8, 100 + 16)
    assert psnr(picture(path)[8:108, 8:208], blocks(4, (200, 100))[1][:, :, :3]) > 60


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF-")])
def test_archive_has_a_drawing_of_each_step(trace, tmp_path, suffix, begins):
    animation = gv.Animation(trace, size=(160, 90), fps=2, pace=gv.Pace(length=5.0, iterations=1))
    archive, film = animation.save(tmp_path / f"a.steps.{suffix}.zip", tmp_path / "c.webp")

    with zipfile.ZipFile(archive.path) as drawings:
        assert drawings.namelist() == [
            f"{name}.{suffix}" for name in ("00_start", "01_e", "01_m", "05_fast", "end")
        ]
        assert all(drawings.read(name).startswith(begins) for name in drawings.namelist())
        step = animation.film.steps[1]
        assert drawings.read(f"01_e.{suffix}") == animation.drawing(animation.moments[step.last], f".{suffix}")
    # The drawings have not disturbed the images beside them.
    (alone,) = copy(animation).save(tmp_path / "d.webp")
    assert film.path.read_bytes() == alone.path.read_bytes()


def test_picture_of_a_sheet_is_never_less_than_a_pixel_high(tmp_path):
    path, made = write("sheet.png", tmp_path, blocks(2, (400, 4)), [0.2] * 2, SheetEncoder(width=16))

    assert made.size == (16 + 16, 1 + 16)
    assert picture(path)[0, 0].tolist() == [255, 255, 255]


def test_damaged_archive_is_refused(tmp_path):
    path, _ = write("steps.zip", tmp_path, blocks(2, (40, 30)), [0.2] * 2)
    assert StepsEncoder().read_back(path) == Contents((40, 30), 1)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)

    with pytest.raises(gv.RenderError, match=r"^the file is damaged$"):
        StepsEncoder().read_back(path)


def test_entries_of_an_archive_have_the_date_of_none(tmp_path):
    path, _ = write("steps.zip", tmp_path, blocks(2, (40, 30)), [0.2] * 2)

    with zipfile.ZipFile(path) as archive:
        assert [entry.date_time for entry in archive.infolist()] == [(1980, 1, 1, 0, 0, 0)]


def test_pages_show_each_step_with_the_fonts_of_all_inside(animation, tmp_path):
    animation = gv.Animation(animation.runs, size=(320, 180), pace=gv.Pace(length=6.0, iterations="all"))
    (pages,) = animation.save(tmp_path / "film.steps.pdf")
    content = pages.path.read_bytes()

    assert pages.n_frames == len(animation.film.steps) == 12
    assert content.count(b"/MediaBox [ 0 0 320 180 ]") == 12  # points, as many as pixels
    assert b"/Type3" not in content
    assert 1 <= content.count(b"/FontFile2") <= 4  # not once for each page


def test_pages_have_the_same_bytes_again(animation, tmp_path):
    (pages,) = animation.save(tmp_path / "film.steps.pdf")
    (again,) = copy(animation).save(tmp_path / "again.steps.pdf")

    assert pages.path.read_bytes() == again.path.read_bytes()


def test_pages_that_were_cut_off_are_damaged(animation, tmp_path):
    (pages,) = animation.save(tmp_path / "film.steps.pdf")
    pages.path.write_bytes(pages.path.read_bytes()[:-10])

    with pytest.raises(gv.RenderError, match=r"^the file is damaged$"):
        StepsPdfEncoder().read_back(pages.path)


def test_pages_of_a_film_without_steps_are_refused():
    with pytest.raises(gv.InputError, match=r"^pages show a film's steps, and this film has none$"):
        StepsPdfEncoder().check(replace(film_of(blocks(2), [0.2] * 2), steps=()))
