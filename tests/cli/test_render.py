"""`gmmviz render`: the files that it writes, what it says, and what its options change."""

import importlib
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import ENCODERS, encoder_for
from gmmviz.errors import hint

KNOWN = hint("", ENCODERS)  # "known: 'apng', ..."
render = importlib.import_module("gmmviz.cli.render")


def _moment(at):
    return float(at) if at[0].isdigit() else at


def opened(path):
    with Image.open(path) as image:
        image.load()
        return image


def test_render_writes_into_the_current_folder_and_says_what(gmmviz, scene, folder):
    done = gmmviz("render", scene)

    assert (done.exit_code, done.stderr) == (0, "")
    n_bytes = (folder / "small.gif").stat().st_size
    n_frames = len(gv.load_scene(scene).animation().moments)
    assert done.stdout == f"small.gif  320x180, 3.00 s, {n_frames} frames, {n_bytes / 1e3:.0f} kB\n"
    with Image.open(folder / "small.gif") as film:
        assert (film.size, film.n_frames) == ((320, 180), n_frames)


def test_output_may_be_a_file_or_a_folder(gmmviz, scene, folder, tmp_path):
    assert gmmviz("render", scene, "-o", folder / "mine.mp4").exit_code == 0
    assert gmmviz("render", scene, "--output", folder).exit_code == 0

    assert sorted(os.listdir(folder)) == ["mine.mp4", "small.gif"]


def test_command_and_python_make_the_same_bytes(gmmviz, scene, folder):
    gmmviz("render", scene)
    gv.load_scene(scene).animation().save(folder / "python.gif")

    assert (folder / "small.gif").read_bytes() == (folder / "python.gif").read_bytes()


def test_bad_scene_exits_2_with_one_message_and_writes_nothing(gmmviz, write_scene, folder):
    scene = write_scene('[data]\ndataset = "csv"\npath = "bad.csv"\n[model]\ncomponents = 2\n')
    (scene.parent / "bad.csv").write_text("a,b\n1,2\n3,\n")

    done = gmmviz("render", scene)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"{scene}:3:8: data.path: {scene.parent}/bad.csv, line 3, column 2 (b): the cell is empty; "
        'EM needs a number: fill it in, or write missing = "drop" to leave out the one of 2 rows with gaps, or "marginalize" to fit what they have\n'
        '   3 | path = "bad.csv"\n     |        ^^^^^^^^^\n'
    )
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.toml"], "there is no scene file none.toml\n"),
        (
            ["{scene}", "-o", "film.doc"],
            f"no film can be written to that file: 'film.doc' ends in '.doc'; {KNOWN}\n",
        ),
        (
            ["{scene}", "-o", "films"],
            "there is no folder films: give films/ to make it, or a file such as films.gif\n",
        ),
    ],
)
def test_what_cannot_be_done_exits_2(gmmviz, scene, folder, arguments, message):
    done = gmmviz("render", *(argument.format(scene=scene) for argument in arguments))

    assert (done.exit_code, done.stderr) == (2, message)
    assert os.listdir(folder) == []


def test_folder_with_a_slash_is_made(gmmviz, scene, write_scene, small_scene, folder):
    other = write_scene(small_scene, "other.toml")

    assert gmmviz("render", scene, other, "-o", "films/new/", "--at", "end").exit_code == 0
    assert sorted(os.listdir(folder / "films" / "new")) == ["other-end.png", "small-end.png"]


def test_folder_that_cannot_be_made_is_one_sentence(gmmviz, scene, folder):
    (folder / "films").touch()

    done = gmmviz("render", scene, "-o", "films/", "--at", "end")

    assert (done.exit_code, done.stderr) == (1, "the folder films was not made: File exists\n")


def test_bad_scene_makes_no_folder(gmmviz, folder):
    assert gmmviz("render", "none.toml", "-o", "films/").exit_code == 2
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["-f", "gif"], "x.gif"),
        (["-f", "GIF"], "X.Gif"),
        (["-f", "sheet.png"], "x.sheet.png"),
        (["-f", "svg", "--at", "1"], "x.svg"),
    ],
)
def test_format_and_file_may_agree(gmmviz, scene, folder, options, name):
    assert gmmviz("render", scene, *options, "-o", name).exit_code == 0
    assert os.listdir(folder) == [name]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["-f", "gif,poster.png"], ["small.draft.gif", "small.draft.poster.png"]),
        (["--at", "M2"], ["small-M2.draft.png"]),
        (["-o", "."], ["small.draft.gif"]),
        (["-o", "films/", "-f", "mp4,html"], ["films/small.draft.html", "films/small.draft.mp4"]),
        (["-o", "films/", "--at", "end"], ["films/small-end.draft.png"]),
        (["-o", "mine.gif"], ["mine.gif"]),
    ],
)
def test_draft_does_not_take_the_finished_films_name(gmmviz, scene, folder, options, names):
    assert gmmviz("render", scene, "--quality", "draft", *options).exit_code == 0
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == names


def test_film_does_not_overwrite_what_it_is_made_from(gmmviz, write_scene, folder):
    photo = folder / "photo.gif"
    Image.new("RGB", (20, 10), "red").save(photo)
    before = photo.read_bytes()
    scene = write_scene(f'[data]\ndataset = "image"\npath = "{photo}"\n[model]\ncomponents = 1\n', "photo.toml")

    done = gmmviz("render", scene)

    assert (done.exit_code, done.stderr) == (
        2, f"{scene} would overwrite photo.gif, which it is made from: give another name with -o\n"
    )  # fmt: skip
    assert photo.read_bytes() == before


def test_files_that_were_written_are_listed_beside_the_one_that_was_not(gmmviz, scene, folder):
    (folder / "full.gif").symlink_to("/dev/full")

    done = gmmviz(
        "render", scene.rename(scene.with_name("full.toml")), "-f", "poster.png,gif,txt", "--size", "64x48"
    )

    assert done.exit_code == 1
    assert done.stderr == "full.gif was not written: it is no file, but a device, a pipe or a folder\n"
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["full.poster.png", "full.txt"]
    assert sorted(os.listdir(folder)) == ["full.gif", "full.poster.png", "full.txt"]


def test_stills_that_were_written_are_listed_too(gmmviz, scene, folder):
    (folder / "small-end.png").symlink_to("/dev/full")

    done = gmmviz("render", scene, "-f", "png,svg", "--at", "end")

    assert (done.exit_code, done.stdout) == (1, "small-end.svg  320x180, at end\n")
    assert done.stderr == "small-end.png was not written: it is no file, but a device, a pipe or a folder\n"


NAMES = ["2025-01-31T10:30", "50% of %d", "-dash", "Täst µ → 1", "[red]"]


@pytest.mark.parametrize("stem", NAMES)
def test_scene_may_have_any_name(gmmviz, scene, folder, stem):
    """What stands before a colon is a protocol to FFmpeg, %d a number, and [red] a color to Rich."""
    scene = scene.rename(scene.with_name(f"{stem}.toml"))
    formats = ["gif", "mp4", "webm", "apng", "webp", "poster.png", "steps.zip", "vtt"]

    done = gmmviz("render", "-f", ",".join(formats), "--size", "64x48", "--fps", 2, "--", scene)

    assert done.exit_code == 0
    assert sorted(os.listdir(folder)) == sorted(f"{stem}.{name}" for name in formats)


def test_name_of_all_255_bytes_can_be_written(gmmviz, scene, folder):
    scene = scene.rename(scene.with_name("x" * 250 + ".toml"))
    options = ["--size", "64x48", "--fps", 2]

    assert gmmviz("render", scene, *options, "-f", "apng").exit_code == 0
    done = gmmviz("render", scene, *options, "-f", "webp,poster.png")

    too_long = "x" * 250 + ".poster.png"
    assert (done.exit_code, done.stderr) == (
        2, f"{too_long} is too long for a file's name, 261 bytes: shorten it\n"
    )  # fmt: skip


def test_file_that_is_a_link_is_written_through(gmmviz, scene, folder):
    (folder / "shelf").mkdir()
    (folder / "small.gif").symlink_to("shelf/film.gif")

    assert gmmviz("render", scene).exit_code == 0
    assert (folder / "small.gif").is_symlink()
    assert opened(folder / "shelf" / "film.gif").size == (320, 180)


def test_size_made_even_is_said(gmmviz, scene):
    done = gmmviz("render", scene, "-f", "mp4,gif", "--size", "65x48")

    assert [line.split("  ")[1].split(",")[0] for line in done.stdout.splitlines()] == ["66x48", "65x48"]
    assert done.stdout.splitlines()[0].endswith("; made even from 65x48, as mp4 needs it")


def test_one_bad_scene_does_not_cost_the_others(gmmviz, scene, folder):
    done = gmmviz("render", "none.toml", scene)

    assert done.exit_code == 1
    assert done.stderr == "there is no scene file none.toml\n1 of 2 scenes made; failed: none.toml\n"
    assert os.listdir(folder) == ["small.gif"]


def test_two_scenes_of_one_name_do_not_overwrite_each_other(gmmviz, scene, folder, tmp_path):
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / scene.name
    other.write_bytes(scene.read_bytes())

    done = gmmviz("render", scene, other)

    assert done.exit_code == 1
    assert (
        done.stderr
        == f"{other} would overwrite small.gif, just made from {scene}: rename one\n1 of 2 scenes made; failed: {other}\n"
    )


def test_several_scenes_need_a_folder(gmmviz, scene, folder):
    done = gmmviz("render", scene, scene, "-o", "film.gif")

    assert (done.exit_code, done.stderr) == (
        2, "2 scenes cannot all be written to film.gif: give a folder, such as films/\n"
    )  # fmt: skip


def test_teacher_is_told_of_degenerate_fits(gmmviz, write_scene, small_scene, folder):
    start = '[model.start]\nkind = "on_point"\nwidth = 0.001\n[pace]'
    scene = write_scene(small_scene.replace("[pace]", start).replace("max_iter = 3", "max_iter = 9"), "small.toml")

    done = gmmviz("render", scene, "--set", "pace.length=9")

    assert done.exit_code == 0
    assert "note: iteration " in done.stderr
    assert "component 1 would have collapsed, but for regularization" in done.stderr


def test_progress_is_shown_on_a_terminal_only(scene, folder):
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmviz", "render", scene],
        cwd=folder,
        stderr=terminal,
        stdout=subprocess.DEVNULL,
    )
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:  # the terminal is closed
        pass
    assert process.wait() == 0
    assert b"small.toml" in shown
    assert b"images" in shown


def test_size_and_theme_replace_the_scenes(gmmviz, scene, folder):
    assert gmmviz("render", scene, "--size", "160x96", "--theme", "dark", "--at", "start").exit_code == 0

    still = opened(folder / "small-start.png")
    assert still.size == (160, 96)
    assert still.getpixel((0, 0)) == (0x11, 0x15, 0x1C)


def test_fps_replaces_the_scenes(gmmviz, scene, folder):
    slow = gmmviz("render", scene, "--fps", "2", "--output", folder / "slow.gif")
    quick = gmmviz("render", scene, "--fps", "20", "--output", folder / "quick.gif")

    assert (slow.exit_code, quick.exit_code) == (0, 0)
    assert (
        encoder_for(folder / "slow.gif").read_back(folder / "slow.gif").n_frames
        < encoder_for(folder / "quick.gif").read_back(folder / "quick.gif").n_frames
    )


@pytest.mark.parametrize(
    ("quality", "size", "fps"), [("draft", (160, 90), 10), ("standard", (320, 180), 10), ("high", (480, 270), 30)]
)
def test_quality_sets_size_and_frame_rate(scene, quality, size, fps):
    film = gv.load_scene(scene).animation(quality=quality)

    assert (film.size, film.fps) == (size, fps)


def test_changed_film_is_otherwise_the_same(scene):
    film = gv.load_scene(scene).animation()
    changed = gv.load_scene(scene).animation(size=(640, 360), theme="dark")

    assert (changed.title, changed.subtitle, changed.pace) == (film.title, film.subtitle, film.pace)
    assert changed.panels == film.panels
    assert len(changed.runs) == len(film.runs)


@pytest.mark.parametrize("options", [["--format", "gif,mp4"], ["-f", "gif", "-f", "MP4"]])
def test_format_names_the_files(gmmviz, scene, folder, options):
    assert gmmviz("render", scene, *options).exit_code == 0

    assert sorted(os.listdir(folder)) == ["small.gif", "small.mp4"]


def test_set_replaces_a_key(gmmviz, scene, folder):
    done = gmmviz("render", scene, "--set", "pace.length=4", "--set", "output.size=[96, 64]")

    assert done.stdout.startswith("small.gif  96x64, 4.00 s, ")


def test_quiet_says_nothing(gmmviz, scene, folder):
    done = gmmviz("render", scene, "--quiet")

    assert (done.stdout, done.stderr) == ("", "")
    assert os.listdir(folder) == ["small.gif"]


def test_open_shows_what_was_made(gmmviz, scene, monkeypatch):
    shown = []
    monkeypatch.setattr("typer.launch", shown.append)

    gmmviz("render", scene, "--open", "--at", "end")

    assert shown == ["small-end.png"]


def test_several_scenes_end_with_a_summary(gmmviz, scene, write_scene, small_scene):
    other = write_scene(small_scene, "other.toml")

    done = gmmviz("render", scene, other, "--at", "start")

    assert (done.exit_code, done.stderr) == (0, "2 of 2 scenes made\n")


@pytest.mark.parametrize("at", ["start", "end", "e2", "M3", "1.25"])
def test_still_is_the_films_picture_of_that_moment(gmmviz, scene, folder, at):
    assert gmmviz("render", scene, "--at", at, "-o", folder / "still.png").exit_code == 0

    film = gv.load_scene(scene).animation()
    assert (np.asarray(opened(folder / "still.png")) == film.image(film.moment(_moment(at)))[..., :3]).all()


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
def test_still_of_lines_and_letters(gmmviz, scene, folder, suffix):
    done = gmmviz("render", scene, "--at", "M2", "-f", suffix)

    assert done.stdout == f"small-M2.{suffix}  320x180, at M2\n"
    assert (folder / f"small-M2.{suffix}").read_bytes() == gv.load_scene(scene).animation().drawing(
        gv.load_scene(scene).animation().moment("M2"), f".{suffix}"
    )


def test_files_have_the_options_that_the_scene_gives_them(gmmviz, write_scene, small_scene, folder):
    options = "[output.gif]\nloop = 3\nn_colors = 16\n[output.sheet]\ncolumns = 1\nwidth = 100\n"
    scene = write_scene(small_scene + options, "small.toml")

    assert gmmviz("render", scene, "-f", "gif,sheet.png").exit_code == 0

    film = opened(folder / "small.gif")
    assert film.info["loop"] == 2  # repetitions after the first time
    assert max(film.getpalette()) > 0
    assert opened(folder / "small.sheet.png").width == 100 + 2 * 8


BAD = {
    "no size": (["--size", "big"], "--size is width x height in pixels, such as 800x450, not 'big'\n"),
    "small size": (["--size", "9x9"], "size must be a list of 2, each a whole number from 16 to 8192, not (9, 9)\n"),
    "fps": (["--fps", "500"], "fps must be a number from 1 to 120, not 500.0\n"),
    "theme": (["--theme", "drak"], "unknown theme 'drak'; did you mean 'dark'?\n"),
    "format": (["--format", "gfi"], "--format: unknown format 'gfi'; did you mean 'gif'?\n"),
    "two formats": (
        ["--format", "gif", "-o", "film.mp4"],
        "--output film.mp4 does not end in .gif, as --format says: leave one of the two options out\n",
    ),
    "two formats in one file": (
        ["--format", "gif,mp4", "-o", "film.mp4"],
        "--output film.mp4 is one file, not 2: give a folder, such as films/\n",
    ),
    "kind of still": (
        ["-f", "svg", "-o", "x.pdf", "--at", "end"],
        "--output x.pdf does not end in .svg, as --format says: leave one of the two options out\n",
    ),
    "no such panel": (
        ["--set", "panels.0.radii=[1]"],
        "--set panels.0.radii=[1]: the scene leaves its panels open, so that they have no numbers: add [[panels]] to "
        "it\n",
    ),
    "two outputs": (
        ["-o", "a.gif", "-o", "b.mp4"],
        "--output is given 2 times: for several files name a folder and --format\n",
    ),
    "format of a still": (
        ["--format", "gif", "--at", "end"],
        "--format: unknown format 'gif' of a still; known: 'png', 'svg' and 'pdf'\n",
    ),
    "suffix of a still": (["--at", "end", "-o", "x.gif"], "a still is '.png', '.svg' or '.pdf', not .gif: x.gif\n"),
    "still without a moment": (["-o", "x.pdf"], "x.pdf is a still: say of which moment, such as --at end\n"),
    "no moment": (
        ["--at", "later"], "no step is called 'later': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5\n",
    ),
    "after the end": (["--at", "60"], "the film lasts 3 s: there is no moment at 60 s\n"),
    "no such step": (["--at", "M4"], "there is no step 'M4': the run has 3 iterations, the first of them 1\n"),
    "set without a value": (["--set", "fps"], "--set fps: expected KEY=VALUE, such as --set pace.length=8\n"),
    "set no TOML": (
        ["--set", "title=Two words"],
        "--set title=Two words: not a TOML value: write --set pace.length=8, --set 'title=\"Two words\"' or "
        "--set 'output.size=[800, 450]'\n",
    ),
    "set a wrong value": (
        ["--set", "pace.length=long"], "--set pace.length=long: pace.length: expected a number, got 'long'\n",
    ),
    "set an unknown key": (
        ["--set", "pace.lenght=3"], "--set pace.lenght=3: pace.lenght: unknown key; did you mean 'length'?\n",
    ),
    "no such limit": (["--limit", "point=3"], "there is no limit 'point'; did you mean 'points'?\n"),
    "limit of no number": (
        ["--limit", "points=many"], "a limit is a whole number, such as points=1000000, not 'points=many'\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_option_exits_2_with_one_sentence(gmmviz, scene, folder, case):
    options, message = BAD[case]

    done = gmmviz("render", scene, *options)

    assert (done.exit_code, done.stderr, done.stdout) == (2, message, "")
    assert os.listdir(folder) == []


def test_film_of_a_scene_that_was_moved_has_the_same_bytes(gmmviz, scene, folder, tmp_path):
    moved = tmp_path / "elsewhere" / "small.toml"
    moved.parent.mkdir()
    moved.write_bytes(scene.read_bytes())
    (folder / "a").mkdir()
    (folder / "b").mkdir()

    assert gmmviz("render", scene, "-f", "gif,mp4,webm,webp,apng", "-o", folder / "a").exit_code == 0
    assert gmmviz("render", moved, "-f", "gif,mp4,webm,webp,apng", "-o", folder / "b").exit_code == 0

    for suffix in ("gif", "mp4", "webm", "webp", "apng"):
        one, other = ((folder / name / f"small.{suffix}").read_bytes() for name in ("a", "b"))
        assert one == other


@pytest.mark.parametrize(("jobs", "code"), [(0, 2), (1, 0), (256, 0), (257, 2)])
def test_one_to_256_scenes_are_made_at_once(gmmviz, scene, monkeypatch, jobs, code):
    monkeypatch.setattr(gv.Animation, "save", lambda self, *files, progress, notes: ())

    assert gmmviz("render", scene, "--jobs", jobs).exit_code == code


@pytest.mark.parametrize(
    ("text", "size"),
    [("800x450", (800, 450)), (" 16X99999 ", (16, 99_999)), ("100000x9", None), ("8x", None), ("-8x9", None)],
)
def test_size_is_width_and_height_of_at_most_five_digits(text, size):
    if size:
        assert render._size(text) == size
        return
    with pytest.raises(gv.InputError) as caught:
        render._size(text)
    assert str(caught.value) == f"--size is width x height in pixels, such as 800x450, not {text!r}"


@pytest.mark.parametrize(("options", "said"), [([], True), (["--quiet"], False)])
def test_size_of_a_page_is_said_before_it_is_made(gmmviz, scene, folder, options, said):
    done = gmmviz("render", scene, "-f", "html,gif", *options)
    n_bytes = (folder / "small.html").stat().st_size

    assert done.exit_code == 0
    found = re.fullmatch(r"note: small\.html will take about (\d+) kB\n", done.stderr)
    assert bool(found) == said
    if found:
        assert 0.8 * n_bytes < 1000 * int(found[1]) < 1.2 * n_bytes
