"""Which pictures a pass over the film paints."""

import threading
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from film_files import film_of

import gmmviz as gv
from gmmviz import interrupts
from gmmviz.encoders import ENCODERS, Encoder, GifEncoder, PlateEncoder, PosterEncoder, WebpEncoder
from gmmviz.encoders.base import Contents
from gmmviz.errors import brief
from gmmviz.film.saving import Pass, _Feed, look_for, targets, write_all
from gmmviz.storyboard.timeline import Moment

N_IMAGES = 20  # of ten steps


class Painter:
    """Paints pictures of one gray, and counts them."""

    size = (16, 12)

    def __init__(self):
        self.painted = Counter()

    def image(self, moment):
        self.painted[moment.before] += 1
        image = np.full((12, 16, 4), 10 * moment.before, np.uint8)
        image[:, :, 3] = 255
        return image

    def pages(self, moments):
        numbers = [moment.before for moment in moments]
        self.painted["pages", *numbers] += 1
        return b"%PDF- " + b"/Type /Page " * len(numbers) + f"{numbers} %%EOF".encode()

    def plate(self, wanted, suffix):
        self.painted["plate", suffix] += 1
        return f"<svg>{suffix}</svg>".encode()

    def drawing(self, moment, suffix):
        self.painted[moment.before, suffix] += 1
        return f"{moment.before}{suffix}".encode()

    def painting(self):
        return nullcontext()


class Listing(Encoder):
    """Writes what it is given, a line for each."""

    def __init__(self, wants):
        self.wants = wants

    def length_of(self, film):
        return 0.0

    def write(self, path, film, shots):
        lines = [
            f"{shot.drawing.decode() or int(shot.image[0, 0, 0]) // 10} {shot.seconds} {shot.opens}"
            for shot in shots
        ]
        path.write_text("\n".join(lines))
        return Contents()

    def read_back(self, path):
        return Contents()


@pytest.fixture
def painter():
    return Painter()


@pytest.fixture
def save(painter, tmp_path):
    """Save a film of twenty images to files of these names; return what progress was reported."""

    def save(*files):
        images = [np.zeros((12, 16, 4), np.uint8)] * N_IMAGES
        durations = [0.1 * i for i in range(1, N_IMAGES + 1)]
        film = film_of(images, durations, title="EM")
        moments = [Moment(0.0, seconds, "e", i, i, i, 1.0, i % 2 == 0) for i, seconds in enumerate(durations)]
        seen = []
        wanted = [tmp_path / file if isinstance(file, str) else (tmp_path / file[0], file[1]) for file in files]
        found = targets(wanted)
        one = Pass(painter, moments, film, found)
        write_all([one], [path for path, _ in found], lambda *now: seen.append(now))
        return seen

    return save


ENDS_OF_STEPS = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]


@pytest.mark.parametrize(
    ("names", "painted"),
    [
        (["a.poster.png"], [19]),
        (["a.sheet.png"], ENDS_OF_STEPS),
        (["a.steps.zip"], ENDS_OF_STEPS),
        (["a.poster.png", "a.sheet.png", "a.steps.zip", "a.txt"], ENDS_OF_STEPS),
        (["a.vtt", "a.txt"], []),
        (["a.mp4"], range(20)),
        (["a.gif", "a.poster.png", "a.webp"], range(20)),
        (["a.gif", "a.html"], range(20)),
        (["a.steps.svg.zip"], [(i, ".svg") for i in ENDS_OF_STEPS]),
        (["a.steps.pdf", "b.steps.pdf", "a.poster.png"], [("pages", *ENDS_OF_STEPS), 19]),
        (["a.plate.svg", "b.plate.svg", "a.poster.png"], [("plate", ".svg"), ("plate", ".svg"), 19]),
        (["a.steps.pdf.zip", "b.steps.pdf.zip", "a.poster.png"], [*((i, ".pdf") for i in ENDS_OF_STEPS), 19]),
    ],
)
def test_what_some_file_wants_is_painted_once_and_nothing_else(painter, save, names, painted):
    seen = save(*names)

    assert painter.painted == Counter(painted)
    assert seen == [(done, len(painted)) for done in range(1, len(painted) + 1)]


@pytest.mark.parametrize(
    ("wants", "lines"),
    [
        ("end", ["19 2.0 False"]),
        ("steps", [f"{i} {0.1 * (i + 1)} False" for i in ENDS_OF_STEPS]),
        ("images", [f"{i} {0.1 * (i + 1)} {i % 2 == 0}" for i in range(20)]),
        ("svg", [f"{i}.svg {0.1 * (i + 1)} False" for i in ENDS_OF_STEPS]),
        ("pages", [f"%PDF- {'/Type /Page ' * 10}{ENDS_OF_STEPS} %%EOF 0.0 True"]),
        ("nothing", []),
    ],
)
def test_encoder_is_given_what_it_wants(save, tmp_path, wants, lines):
    """Also beside one that wants something else."""
    save(("a.list", Listing(wants)), ("b.list", Listing("steps")), ("c.list", Listing("end")))

    assert (tmp_path / "a.list").read_text().splitlines() == lines
    assert (tmp_path / "c.list").read_text() == "19 2.0 False"


def test_unknown_wish_is_refused_before_anything_is_painted(painter, save):
    with pytest.raises(gv.InputError) as caught:
        save(("a.list", Listing("step")))

    assert str(caught.value) == "unknown Listing.wants 'step'; did you mean 'steps'?"
    assert not painter.painted


@pytest.mark.parametrize(
    ("encoder", "n_samples"), [(GifEncoder(), 8), (WebpEncoder(lossless=False), 8), (WebpEncoder(), 0)]
)
def test_colors_are_chosen_by_eight_images_from_beginning_to_end(
    painter, tmp_path, monkeypatch, encoder, n_samples
):
    seen = []

    def write(self, path, film, shots):
        seen.extend(int(image[0, 0, 0]) // 10 for image in film.samples)
        path.write_bytes(b"")
        return Contents()

    monkeypatch.setattr(type(encoder), "write", write)
    monkeypatch.setattr(type(encoder), "read_back", lambda self, path: Contents(seconds=0.1 * N_IMAGES))
    film = film_of([np.zeros((12, 16, 4), np.uint8)] * N_IMAGES, [0.1] * N_IMAGES)
    moments = [Moment(0.0, 0.1, "e", i, i, i, 1.0, True) for i in range(N_IMAGES)]
    Pass(painter, moments, replace(film, samples=()), [(tmp_path / "film", encoder)]).write()

    assert seen == [0, 3, 5, 8, 11, 14, 16, 19][:n_samples]


def samples_of(painter, size, **settings):
    painter.size = size
    painter.image = lambda moment: np.full((size[1], size[0], 4), moment.before, np.uint8)
    film = replace(film_of([np.zeros((12, 16, 4), np.uint8)] * N_IMAGES, [0.1] * N_IMAGES), size=size)
    moments = [Moment(0.0, 0.1, "e", i, i, i, 1.0, True) for i in range(N_IMAGES)]
    one = Pass(painter, moments, film, [], **settings)
    return one.samples(), sorted(one._ready)


def test_samples_of_large_images_leave_rows_and_columns_out(painter):
    """At most two million pixels: 1000 x 2000 are taken whole, of 1001 x 2000 every second row and column."""
    whole, ready = samples_of(painter, (1000, 2000))
    parts, none = samples_of(painter, (1001, 2000))

    assert {image.shape for image in whole} == {(2000, 1000, 4)}
    assert {image.shape for image in parts} == {(1000, 501, 4)}
    assert ready == [0, 3, 5, 8, 11, 14, 16, 19]
    assert none == []


def test_samples_are_not_kept_where_others_paint(painter):
    assert samples_of(painter, (16, 12), executor=object())[1] == []


@pytest.mark.parametrize(
    ("size", "most"), [((16, 12), 20), ((1000, 500), 20), ((2000, 1000), 8), ((8000, 8000), 1)]
)
def test_images_that_wait_for_an_encoder_take_little_memory(tmp_path, size, most):
    """64 MB, or 20 images."""
    film = replace(film_of([np.zeros((12, 16, 4), np.uint8)] * 2, [0.1] * 2), size=size)
    feed = _Feed(film, tmp_path / "film.list", Listing("images"))
    feed.begin()
    feed.put(None)
    feed.wait()

    assert feed._queue.maxsize == most


def test_error_of_one_encoder_does_not_stop_the_others(painter, save, tmp_path):
    class Broken(Listing):
        def write(self, path, film, shots):
            next(iter(shots))
            raise OSError(28, "No space left on device")

    with pytest.raises(gv.RenderError, match=r"a\.list was not written: No space left on device"):
        save(("a.list", Broken("images")), ("b.list", Listing("images")))

    assert len((tmp_path / "b.list").read_text().splitlines()) == N_IMAGES
    assert not (tmp_path / "a.list").exists()


def test_error_names_every_file_that_failed_and_knows_those_that_did_not(save, tmp_path):
    class Broken(Listing):
        def write(self, path, film, shots):
            raise OSError(28, "No space left on device")

    with pytest.raises(gv.RenderError) as caught:
        save(("a.list", Broken("images")), ("b.list", Listing("images")), ("c.list", Broken("steps")))

    assert str(caught.value) == (
        f"{tmp_path}/a.list was not written: No space left on device\n"
        f"{tmp_path}/c.list was not written: No space left on device"
    )
    assert [file.path.name for file in caught.value.written] == ["b.list"]


def test_encoder_without_memory_is_one_sentence(save, tmp_path):
    class Greedy(Listing):
        def write(self, path, film, shots):
            raise MemoryError

    with pytest.raises(gv.RenderError) as caught:
        save(("a.list", Greedy("images")))

    assert str(caught.value) == f"{tmp_path}/a.list was not written: there is not enough memory for that"


@pytest.mark.parametrize("interrupted", ["begin", "put", "wait", "waited twice"])
def test_interrupt_at_any_point_leaves_nothing(save, tmp_path, monkeypatch, interrupted):
    """Also a second one, while the first is being dealt with; the threads end by themselves then."""
    n_interrupts = [2 if interrupted == "waited twice" else 1]

    def first(self, *arguments):
        if n_interrupts[0]:
            n_interrupts[0] -= 1
            raise KeyboardInterrupt
        return original(self, *arguments)

    name = interrupted.removesuffix("ed twice")
    original = getattr(_Feed, name)
    monkeypatch.setattr(_Feed, name, first)
    with pytest.raises(KeyboardInterrupt):
        save("a.gif", "b.webp", "c.mp4")
    for _ in range(100):
        if not any(isinstance(thread, _Feed) for thread in threading.enumerate()):
            break
        time.sleep(0.05)

    assert not any(isinstance(thread, _Feed) for thread in threading.enumerate())
    assert not list(tmp_path.glob(".*"))


def test_system_without_more_threads_is_one_sentence(save, tmp_path, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_Feed, "start", refuse)

    with pytest.raises(gv.RenderError) as caught:
        save("a.gif")

    assert str(caught.value) == f"{tmp_path}/a.gif was not written: can't start new thread"


def test_interrupt_that_was_lost_stops_at_the_next_picture(save, painter, tmp_path, monkeypatch):
    image = painter.image

    def interrupted(moment):
        monkeypatch.setattr(interrupts, "_received", 2)
        return image(moment)

    painter.image = interrupted
    with pytest.raises(SystemExit):
        save("a.webp")

    assert sum(painter.painted.values()) == 1
    assert not list(tmp_path.iterdir())


def test_nothing_more_is_painted_when_every_encoder_has_ended(painter, save):
    class Hasty(Listing):
        def write(self, path, film, shots):
            next(iter(shots))
            raise OSError(28, "No space left on device")

    image = painter.image

    def slowly(moment):
        time.sleep(0.02)
        return image(moment)

    painter.image = slowly
    with pytest.raises(gv.RenderError):
        save(("a.list", Hasty("images")))

    assert sum(painter.painted.values()) < 15


def test_paths_that_are_no_files_are_refused(save, tmp_path):
    folder = tmp_path / "a.gif"
    folder.mkdir()

    with pytest.raises(gv.InputError) as caught:
        save("a.gif")
    assert str(caught.value) == f"{folder} is a folder: give a file in it, such as {folder}/film.gif"
    with pytest.raises(gv.InputError) as caught:
        save()
    assert str(caught.value) == "save needs a path, such as 'film.gif'"


@pytest.mark.parametrize(
    "file", ["film", ("film.gif",), ("film.gif", "small"), ("film.gif", GifEncoder(), 3), [1, GifEncoder()], 3]
)
def test_what_is_no_file_is_refused(file):
    with pytest.raises(gv.InputError) as caught:
        targets([file])

    if file == "film":
        assert str(caught.value).startswith("no film can be written to that file: 'film' has no suffix; known: ")
    else:
        expected = f"a file is a path, or a path and its encoder as ('film.gif', GifEncoder()), not {brief(file)}"
        assert str(caught.value) == expected


def test_encoder_must_fit_its_file(save):
    with pytest.raises(gv.InputError) as caught:
        save(("film.gif", WebpEncoder()))

    assert str(caught.value) == "'film.gif' is to be written by WebpEncoder: end it in '.webp'"


def test_missing_folder_is_refused(save, painter, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        save("nowhere/film.gif")

    assert str(caught.value) == f"there is no folder {tmp_path}/nowhere to write film.gif into: make it first"
    assert not painter.painted


def test_encoder_may_refuse_the_film(save, painter, tmp_path):
    class Fussy(Listing):
        def check(self, film):
            raise gv.InputError("not this one")

    with pytest.raises(gv.InputError, match="not this one"):
        save(("a.list", Fussy("images")))

    assert not painter.painted


def test_only_an_encoder_of_plates_may_want_one(save, painter):
    with pytest.raises(gv.InputError) as caught:
        save(("a.list", Listing("plate")))

    assert str(caught.value) == "Listing wants a plate: derive it from PlateEncoder, which chooses its moments"
    assert not painter.painted


@pytest.mark.parametrize(
    ("encoder", "look"),
    [
        (GifEncoder(), ((640, 360), 25)),
        (GifEncoder(size=(320, 180)), ((320, 180), 25)),
        (GifEncoder(fps=20), ((640, 360), 20)),
        (PosterEncoder(size=(1920, 1080)), ((1920, 1080), 25)),
        (PlateEncoder(size=(1000, 800)), ((640, 360), 25)),
        (ENCODERS["vtt"](), ((640, 360), 25)),
        (Listing("images"), ((640, 360), 25)),
    ],
)
def test_images_have_the_film_size_and_rate_unless_the_format_has_its_own(encoder, look):
    assert look_for(encoder, ((640, 360), 25)) == look


def test_files_of_several_passes_come_in_the_order_asked_for_and_fail_together(painter, tmp_path):
    class Broken(Listing):
        def write(self, path, film, shots):
            raise OSError(28, "No space left on device")

    film = film_of([np.zeros((12, 16, 4), np.uint8)] * N_IMAGES, [0.1] * N_IMAGES)
    moments = [Moment(0.0, 0.1, "e", i, i, i, 1.0, True) for i in range(N_IMAGES)]
    a, b, c = (tmp_path / name for name in ("a.list", "b.list", "c.list"))
    first = [(a, Listing("end")), (c, Listing("steps"))]

    def made(*files):
        return Pass(painter, moments, film, files)

    seen = []
    saved = write_all([made(*first), made((b, Listing("end")))], [a, b, c], lambda *now: seen.append(now))
    assert [file.path for file in saved] == [a, b, c]
    assert seen == [(done, 11) for done in range(1, 12)]
    with pytest.raises(gv.RenderError) as caught:
        write_all([made((b, Broken("end"))), made(*first)], [a, b, c])
    assert str(caught.value) == f"{b} was not written: No space left on device"
    assert [file.path for file in caught.value.written] == [a, c]


@pytest.mark.parametrize("name", ["film.gif", "FILM.Gif", ".gif"])
def test_suffix_may_be_written_large_or_small(tmp_path, name):
    encoder = GifEncoder()

    assert targets([(tmp_path / name, encoder)]) == [(tmp_path / name, encoder)]


def test_file_is_a_path_or_its_text(tmp_path):
    for path in (tmp_path / "film.gif", str(tmp_path / "film.gif")):
        assert targets([path]) == [(tmp_path / "film.gif", GifEncoder())]
        assert targets([(path, GifEncoder(loop=1))]) == [(tmp_path / "film.gif", GifEncoder(loop=1))]


def test_progress_need_not_be_asked_for(painter, tmp_path):
    """Nor are other processes started, where nothing is said."""
    images = [np.zeros((12, 16, 4), np.uint8)] * N_IMAGES
    film = film_of(images, [0.1] * N_IMAGES)
    moments = [Moment(0.0, 0.1, "e", i, i, i, 1.0, True) for i in range(N_IMAGES)]
    path = tmp_path / "a.list"
    (saved,) = write_all([Pass(painter, moments, film, [(path, Listing("end"))])], [path])

    assert saved.path.read_text() == "19 0.1 True"
