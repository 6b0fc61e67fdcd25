import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import av
import numpy as np
import pytest
from film_files import blocks, film_of, psnr, shots, write
from PIL import Image
from pptx import Presentation
from pptx.util import Emu

import gmmviz as gv
from gmmviz.encoders import Contents, PptxEncoder

VIDEO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/video"
WORDS = {"title": "EM & <co>", "description": "A geyser.", "story": "Two Gaussians."}


@pytest.fixture
def made(tmp_path):
    """Slides of six images in three steps, of 16 frames a second."""
    path, contents = write("pptx", tmp_path, blocks(6, (64, 36)), [0.25] * 6, fps=16.0, **WORDS)
    return path, contents, Presentation(str(path))


def notes(slide):
    return slide.notes_slide.notes_text_frame.text


def description(shape):
    return shape._element.xpath(".//p:cNvPr")[0].get("descr")


def movie(slide):
    (rel,) = [rel for rel in slide.part.rels.values() if rel.reltype == VIDEO]
    return io.BytesIO(rel.target_part.blob)


def frames(file):
    with av.open(file) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def shown(slide):
    """Its shape that is no title."""
    (shape,) = [shape for shape in slide.shapes if not shape.is_placeholder]
    return shape


def test_film_comes_first_and_then_a_slide_of_each_step(made):
    _, contents, deck = made

    assert [slide.shapes.title.text for slide in deck.slides] == ["EM & <co>", "Step 0", "Step 2", "Step 4"]
    assert [description(shown(slide)) for slide in deck.slides] == [
        "A geyser. Two Gaussians.",
        "Step 0: it moves",
        "Step 2: it moves",
        "Step 4: it moves",
    ]
    assert [notes(slide) for slide in deck.slides] == [description(shown(slide)) for slide in deck.slides]
    assert contents == Contents((64, 36), 24, 1.5, "slides of the film and 3 steps")
    assert PptxEncoder().read_back(made[0]) == replace(contents, note="")


def test_picture_of_a_step_shows_it_done(made):
    _, _, deck = made

    for slide, last in zip(list(deck.slides)[1:], (1, 3, 5), strict=True):
        with Image.open(io.BytesIO(shown(slide).image.blob)) as picture:
            assert (np.asarray(picture) == blocks(6, (64, 36))[last][:, :, :3]).all()


def test_film_plays_once_when_its_slide_is_shown_and_has_its_start_as_poster(made):
    _, _, deck = made
    first = deck.slides[0]

    assert len(frames(movie(first))) == 24
    (node,) = first._element.xpath(".//p:video//p:cTn")
    assert node.get("repeatCount") is None
    assert node.get("fill") == "hold"  # it rests at its end
    assert [condition.get("delay") for condition in node.iter() if condition.tag.endswith("cond")] == ["0"]
    with Image.open(
        io.BytesIO(first.part.related_part(shown(first)._element.xpath(".//a:blip/@r:embed")[0]).blob)
    ) as poster:
        assert (np.asarray(poster) == blocks(6, (64, 36))[1][:, :, :3]).all()


def test_pictures_fill_the_slide_and_titles_stand_above_it(made):
    _, _, deck = made

    assert (deck.slide_width, deck.slide_height) == (12_192_000, 6_858_000)
    for slide in deck.slides:
        picture, title = shown(slide), slide.shapes.title
        assert (picture.left, picture.top, picture.width, picture.height) == (0, 0, 12_192_000, 6_858_000)
        assert title.top + title.height <= 0


@pytest.mark.parametrize(
    ("size", "sides", "picture"),
    [
        ((36, 64), (6_858_000, 12_192_000), (0, 0, 6_858_000, 12_192_000)),
        ((640, 16), (12_192_000, 914_400), (0, 304_800, 12_192_000, 304_800)),  # a slide is an inch high at least
    ],
)
def test_slides_have_the_shape_of_the_film(tmp_path, size, sides, picture):
    path, _ = write("pptx", tmp_path, blocks(2, size), [0.5] * 2, background="#102030")
    deck = Presentation(str(path))
    shape = shown(deck.slides[1])

    assert (deck.slide_width, deck.slide_height) == sides
    assert (shape.left, shape.top, shape.width, shape.height) == picture
    assert str(deck.slides[1].background.fill.fore_color.rgb) == "102030"


def test_step_is_a_movie_of_its_own_frames(tmp_path):
    images = blocks(6, (64, 48))
    path, _ = write("pptx", tmp_path, images, [0.25] * 6, PptxEncoder(steps="movies"), fps=16.0)
    first, *steps = Presentation(str(path)).slides
    whole = frames(movie(first))

    for number, slide in enumerate(steps):
        cut = frames(movie(slide))
        assert len(cut) == 8
        assert (np.array(cut) == whole[8 * number : 8 * number + 8]).all()
        assert psnr(cut[-1], images[2 * number + 1][:, :, :3]) > 30
        assert slide._element.xpath(".//p:video//p:cTn")[0].get("repeatCount") is None


def test_step_too_short_for_a_frame_shows_its_picture(tmp_path):
    path, _ = write(
        "pptx", tmp_path, blocks(6), [0.5, 0.5, 0.001, 0.001, 0.5, 0.5], PptxEncoder(steps="movies"), fps=5.0
    )
    _, long, short, _ = Presentation(str(path)).slides

    assert len(frames(movie(long))) > 10
    assert not [rel for rel in short.part.rels.values() if rel.reltype == VIDEO]
    assert shown(short).image.content_type == "image/png"


def test_same_film_has_the_same_bytes_whatever_the_time_of_day(tmp_path, monkeypatch):
    monkeypatch.setattr("time.localtime", lambda seconds=None: (2001, 2, 3, 4, 5, 6, 5, 34, 0))
    (tmp_path / "a").mkdir()
    path, _ = write("pptx", tmp_path / "a", blocks(4), [0.5] * 4, PptxEncoder(steps="movies"))
    monkeypatch.undo()
    again, _ = write("pptx", tmp_path, blocks(4), [0.5] * 4, PptxEncoder(steps="movies"))

    assert path.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = Presentation(str(path)).core_properties
    assert (about.author, about.last_modified_by, about.created.year) == ("", "", 1980)


def test_words_say_their_language(tmp_path):
    path, _ = write("pptx", tmp_path, blocks(2), [0.5] * 2, language="de", title="Zwei Arten")
    deck = Presentation(str(path))

    assert deck.core_properties.language == "de"
    assert deck.slides[0].shapes.title._element.xpath(".//a:rPr/@lang") == ["de"]
    assert deck.slides[1].notes_slide._element.xpath(".//a:rPr/@lang") == ["de"]


@pytest.fixture
def template(tmp_path):
    """A lecturer's presentation: wide, with a blue ground and two slides of its own."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(12_192_000), Emu(6_858_000)
    deck.core_properties.author = "A. Lecturer"
    body = deck.slide_master.placeholders[1]
    body.left, body.top, body.width, body.height = (Emu(n) for n in (1_000_000, 1_500_000, 10_000_000, 4_500_000))
    for text in ("Old", "Older"):
        deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = text
    deck.save(tmp_path / "uni.pptx")
    return tmp_path / "uni.pptx"


def test_template_gives_its_master_and_none_of_its_slides(template, tmp_path):
    path, _ = write("pptx", tmp_path, blocks(2, (64, 36)), [0.5] * 2, PptxEncoder(template=str(template)))
    deck = Presentation(str(path))

    assert [slide.shapes.title.text for slide in deck.slides] == ["Iteration 0", "Step 0"]
    assert [slide.slide_layout.name for slide in deck.slides] == ["Title Only"] * 2
    assert deck.core_properties.author == "A. Lecturer"
    shape = shown(deck.slides[1])  # in the middle of the master's text
    assert (shape.left, shape.top, shape.width, shape.height) == (2_000_000, 1_500_000, 8_000_000, 4_500_000)
    assert deck.slides[1].shapes.title.top > 0
    with zipfile.ZipFile(path) as archive:
        assert sum(name.startswith("ppt/slides/slide") for name in archive.namelist()) == 2
        assert "docProps/thumbnail.jpeg" not in archive.namelist()


def test_potx_is_a_template_too(template, tmp_path):
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(tmp_path / "uni.potx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"presentation.main+xml", b"template.main+xml"))
    path, _ = write("pptx", tmp_path, blocks(2), [0.5] * 2, PptxEncoder(template=str(tmp_path / "uni.potx")))

    assert len(Presentation(str(path)).slides) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.pptx", None, "there is no presentation FOLDER/none.pptx; did you mean 'one.pptx'?"),
        (
            "text.pptx",
            b"Slides",
            "FOLDER/text.pptx is no presentation that can be read: save it from PowerPoint as .pptx or .potx",
        ),
        (
            "macros.pptx",
            "macroEnabled",
            "FOLDER/macros.pptx has macros: save it from PowerPoint as .pptx or .potx",
        ),
        ("", None, "FOLDER is a folder: name the presentation in it"),
    ],
)
def test_template_that_cannot_be_used_is_refused_before_anything_is_painted(tmp_path, name, content, message):
    if content == "macroEnabled":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(
                "[Content_Types].xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
            )
    elif content:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "one.pptx").touch()
    images, durations = blocks(2), [0.5] * 2

    with pytest.raises(gv.InputError) as caught:
        PptxEncoder(template=str(tmp_path / name)).check(film_of(images, durations))

    assert str(caught.value).replace(str(tmp_path), "FOLDER") == message
    assert caught.value.place == ("template",)


def test_template_without_titles_is_refused(tmp_path):
    deck = Presentation()
    for layout in deck.slide_layouts:
        for room in list(layout.placeholders):
            if room.placeholder_format.idx == 0:
                room._element.getparent().remove(room._element)
    deck.save(tmp_path / "uni.pptx")

    with pytest.raises(gv.InputError) as caught:
        PptxEncoder(template=str(tmp_path / "uni.pptx")).check(film_of(blocks(2), [0.5] * 2))

    assert str(caught.value) == (
        f"{tmp_path}/uni.pptx has no layout with a title: add one in PowerPoint's slide master, such as Title Only"
    )


def test_film_without_steps_is_refused():
    film = replace(film_of(blocks(2), [0.5] * 2), steps=())

    with pytest.raises(gv.InputError) as caught:
        PptxEncoder().check(film)

    assert str(caught.value) == "slides (pptx) show a film's steps, and this film has none"


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "gmmviz.encoders.powerpoint", raising=False)
    monkeypatch.delattr("gmmviz.encoders.powerpoint", raising=False)
    monkeypatch.setitem(sys.modules, "pptx", None)

    with pytest.raises(gv.InputError) as caught:
        PptxEncoder().check(film_of(blocks(2), [0.5] * 2))

    assert str(caught.value) == 'slides (pptx) need a package that is not installed: pip install "gmmviz[pptx]"'


def test_other_films_need_no_package_for_slides(tmp_path):
    code = (
        "import sys; sys.modules['pptx'] = sys.modules['lxml'] = None; import gmmviz as gv; "
        "trace = gv.fit([1.0, 2, 3], n_components=1); "
        "print(gv.Animation(trace, size=(160, 90)).save('film.gif')[0].size)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == "(160, 90)\n"


def test_slides_without_a_film_are_damaged(tmp_path):
    Presentation().save(tmp_path / "film.pptx")

    with pytest.raises(gv.RenderError) as caught:
        PptxEncoder().read_back(tmp_path / "film.pptx")

    assert str(caught.value) == "the slides have no film"


def test_shots_of_a_film_are_taken_one_by_one(tmp_path):
    (tmp_path / "film.pptx").touch()
    images, durations = blocks(4), [0.25] * 4
    taken = []
    film = film_of(images, durations)
    PptxEncoder().write(
        tmp_path / "film.pptx", film, (taken.append(i) or shot for i, shot in enumerate(shots(images, durations)))
    )

    assert taken == [0, 1, 2, 3]


@pytest.mark.long
def test_libreoffice_shows_every_slide_as_it_is(trace, tmp_path):
    animation = gv.Animation(trace, size=(640, 360), fps=5, pace=gv.Pace(length=6.0, iterations=2), title="EM")
    animation.save(tmp_path / "film.pptx")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "film.pptx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    subprocess.run(
        ["pdftoppm", "-png", "-scale-to-x", "640", "-scale-to-y", "360", "film.pdf", "page"],
        cwd=tmp_path,
        check=True,
    )

    pages = sorted(tmp_path.glob("page-*.png"))
    lasts = [0, *(step.last for step in animation.film.steps)]
    for page, last in zip(pages, lasts, strict=True):
        with Image.open(page) as picture:
            expected = animation.image(animation.moments[last])[:, :, :3]
            assert psnr(np.asarray(picture.convert("RGB")), expected) > 25
