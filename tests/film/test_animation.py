import numpy as np
import PIL.Image
import pytest

import gmmviz as gv


def small(runs, **settings):
    return gv.Animation(
        runs, **{"size": (160, 90), "fps": 10, "pace": gv.Pace(length=3.0, start=0.5, end=0.5)} | settings
    )


def test_several_runs_stand_side_by_side_on_one_clock(old_faithful, trace):
    other = gv.fit(old_faithful, gv.RandomPoints(seed=9), n_components=2, max_iter=2)
    film = small([gv.Run(trace, "seed 4"), gv.Run(other, "seed 9")], panels=[gv.EllipseRenderer()])

    frames = film.frames(film.moments[-1])
    left, right = np.hsplit(film.image(film.moments[-1])[:, :, :3].astype(int), 2)

    assert frames[0].snapshot is trace[5]
    assert frames[1].snapshot is other[2]
    assert film._speaker == 0
    colorful = [np.ptp(half, axis=2).max() for half in (left, right)]
    assert min(colorful) > 100  # both halves show colored points


def test_progress_counts_every_image(trace, tmp_path):
    seen = []
    film = small(trace)
    film.save(tmp_path / "film.gif", progress=lambda done, total: seen.append((done, total)))

    n_images = len(film.moments)
    assert seen == [(i, n_images) for i in range(1, n_images + 1)]


def test_images_come_one_by_one_with_their_seconds(trace):
    film = small(trace)
    images = film.images()
    first, seconds = next(images)

    assert (first == film.image(film.moments[0])).all()
    assert [seconds, *(one for _, one in images)] == [moment.duration for moment in film.moments]


def test_subtitle_counts_points_and_components(trace):
    assert gv.Animation(trace).subtitle == "272 points, 2 components"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"runs": []}, "a film needs at least one run: give a trace from gmmviz.fit"),
        ({"panels": []}, "a film needs at least one panel, such as EllipseRenderer()"),
        ({"size": (8, 8)}, "size must be a list of 2, each a whole number from 16 to 8192, not (8, 8)"),
        ({"fps": 0}, "fps must be a number from 1 to 120, not 0"),
        ({"size": "big"}, "size must be a list of 2, each a whole number from 16 to 8192, not 'big'"),
        ({"runs": 3}, "runs must be a Trace (from gmmviz.fit) or a Run or a list of them, not 3"),
        (
            {"panels": ["ellipses"]},
            "panels must be a Renderer (such as EllipseRenderer()) or a list of them, not ['ellipses']",
        ),
        ({"pace": {"length": 3}}, "pace must be a Pace (such as Pace(length=12)), not {'length': 3}"),
        ({"theme": "drak"}, "unknown theme 'drak'; did you mean 'dark'?"),
    ],
)
def test_impossible_film_says_what_is_wrong(trace, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(**{"runs": trace} | settings)

    assert str(caught.value) == message


def test_film_of_no_length_is_refused(trace, tmp_path):
    parts = ("start", "first_e", "first_m", "e_step", "e_hold", "m_step", "m_hold", "fast", "end")

    with pytest.raises(gv.InputError) as caught:
        small(trace, pace=gv.Pace(**dict.fromkeys(parts, 0))).save(tmp_path / "film.gif")

    assert str(caught.value) == "the film lasts 0 seconds: give pace a duration"


def test_one_file_cannot_hold_two_films(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        small(trace).save(tmp_path / "film.gif", tmp_path / "film.gif")

    assert str(caught.value) == f"{tmp_path}/film.gif is named twice: each film needs a file of its own"


def test_degenerate_fit_is_not_passed_over():
    """What regularization holds open, or nobody wants, is said where the film ends."""
    points = np.vstack([np.random.default_rng(0).standard_normal((50, 2)), [[30.0, 30.0]]])
    held = gv.fit(points, gv.Mixture([0.9, 0.1], [[0, 0], [30, 30]], [np.eye(2), np.eye(2)]))
    film = small(held, pace=gv.Pace())

    assert held.events[-1][1].kind == "held"
    assert film.frames(film.moments[-1])[0].caption.endswith(
        "component 2 would have collapsed, but for regularization"
    )


def test_encoders_know_the_runs_and_the_language(trace):
    film = small([gv.Run(trace, "a"), trace], language="de-AT").film

    assert film.runs == (gv.Run(trace, "a"), gv.Run(trace, ""))
    assert film.language == "de-AT"
    assert small(trace).film.language == "en"


@pytest.mark.filterwarnings("ignore::gmmviz.GmmvizWarning")
@pytest.mark.parametrize("tag", ["de", "gsw", "pt-BR", "zh-Hant-TW", "de-CH-1996"])
def test_language_is_a_tag(trace, tag):
    assert small(trace, language=tag).language == tag


@pytest.mark.parametrize("tag", ["", "e", "English", "en_US", "en-", "pt BR", "de-abcdefghi"])
def test_other_names_of_languages_are_refused(trace, tag):
    with pytest.raises(gv.InputError) as caught:
        small(trace, language=tag)

    assert str(caught.value) == f"language must be a BCP 47 tag, such as 'en' or 'pt-BR', not {tag!r}"


def test_film_is_described_in_a_line(trace):
    one = gv.Animation(trace, pace=gv.Pace(length=12), title="Old Faithful")
    several = small([gv.Run(trace, "a"), gv.Run(trace, "b")], panels=gv.EllipseRenderer(), fps=12.5)

    assert repr(one) == (
        "<Animation 'Old Faithful': 1 run, 2 panels (EllipseRenderer, LikelihoodRenderer), 1280x720 pixels, "
        "12 s at 25 frames/s>"
    )
    assert repr(several) == (
        "<Animation 'Expectation-maximization': 2 runs, 1 panel (EllipseRenderer), 160x90 pixels, "
        "3 s at 12.5 frames/s>"
    )
    assert repr(small(trace, pace=gv.Pace(iterations=(9,)))).endswith(
        ", 160x90 pixels, no valid pace at 10 frames/s>"
    )


@pytest.mark.parametrize("size", [(16, 8192), (8192, 16)])
@pytest.mark.parametrize("fps", [1, 120])
def test_extreme_sizes_and_frame_rates_are_allowed(trace, size, fps):
    film = small(trace, size=size, fps=fps)

    assert (film.size, film.fps) == (size, fps)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": (15, 100)}, "size must be a list of 2, each a whole number from 16 to 8192, not (15, 100)"),
        ({"size": (100, 15)}, "size must be a list of 2, each a whole number from 16 to 8192, not (100, 15)"),
        ({"size": (8193, 100)}, "size must be a list of 2, each a whole number from 16 to 8192, not (8193, 100)"),
        ({"size": (100, 8193)}, "size must be a list of 2, each a whole number from 16 to 8192, not (100, 8193)"),
        ({"fps": 0.99}, "fps must be a number from 1 to 120, not 0.99"),
        ({"fps": 120.1}, "fps must be a number from 1 to 120, not 120.1"),
        ({"title": 3}, "title must be a text, not 3"),
        ({"language": None}, "language must be a text, not None"),
        ({"runs": ["a"]}, "runs must be a Trace (from gmmviz.fit) or a Run or a list of them, not ['a']"),
    ],
)
def test_argument_that_is_just_not_valid_is_refused(trace, settings, message):
    test_impossible_film_says_what_is_wrong(trace, settings, message)


def test_moment_is_the_one_that_stands_at_that_time(trace):
    film = small(trace)
    second = film.moments[1]

    assert film.moment(second.time) is second
    assert film.moment(second.time - 1e-6) is film.moments[0]
    assert film.moment(0) is film.moments[0]
    assert film.moment(3.0) is film.moments[-1]
    for time in (-0.001, 3.001):
        with pytest.raises(gv.InputError, match="the film lasts 3 s: there is no moment at"):
            film.moment(time)


def test_moment_of_a_step_has_the_time_at_which_the_film_shows_it(trace):
    film = small(trace)
    step = film.film.steps[3]

    assert step.name == "02_e"
    assert film.moment("E2").time == film.moments[step.last].time
    assert small(trace, pace=gv.Pace(iterations=(1,))).moment("E3").time == 0.0  # which that film leaves out


def test_subtitle_says_what_all_runs_have_in_common(old_faithful, trace):
    three = gv.fit(old_faithful, n_components=3, max_iter=1)
    few = gv.fit(old_faithful.points[:90], n_components=2, max_iter=1)

    assert gv.Animation([trace, three]).subtitle == "272 points"
    assert gv.Animation([trace, few]).subtitle == "2 components"
    assert gv.Animation([three, few]).subtitle == ""
    assert gv.Animation(trace, subtitle="").subtitle == ""


def test_words_of_the_longest_run_are_said(old_faithful, trace):
    short = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=2)
    film = small([short, trace])

    assert film.film.steps[-1].caption == small(trace).film.steps[-1].caption
    assert film.n_images == small(trace).n_images >= len(film.moments)


def test_panel_that_needs_an_epilogue_says_so(trace):
    panel = gv.ContourRenderer(samples=30)

    with pytest.raises(gv.InputError) as caught:
        small(trace, panels=[gv.EllipseRenderer(), panel])

    assert str(caught.value) == (
        "samples works in the film's epilogue, and its pace has none: add epilogue = 2 to pace"
    )
    assert caught.value.place == ("panels", 1, "samples")
    small(trace, panels=[panel], pace=gv.Pace(epilogue=1))


def test_single_feature_is_drawn_as_a_curve_where_no_panel_is_chosen():
    trace = gv.fit(gv.load_dataset("galaxies"), n_components=2, max_iter=1)
    film = gv.Animation(trace, size=(320, 180))

    assert [type(panel) for panel in film.panels] == [gv.CurveRenderer, gv.LikelihoodRenderer]
    assert film.image(film.moments[-1]).shape == (180, 320, 4)
    with pytest.raises(gv.InputError, match="the renderer 'curve' draws one"):
        gv.Animation(trace, gv.EllipseRenderer())


def test_film_of_very_many_images_is_refused_before_they_are_counted_out(trace):
    film = gv.Animation(trace, gv.SurfaceRenderer(orbit=10), pace=gv.Pace(end=86_400), fps=120)

    with pytest.raises(
        gv.InputError, match=r"^the film would have 10,369,187 images, and a file holds at most 1,000,000"
    ):
        film.moments  # noqa: B018


def test_film_of_very_many_components_is_refused():
    data = gv.Dataset(np.arange(501.0))
    trace = gv.fit(data, n_components=501, max_iter=0)

    with pytest.raises(gv.InputError, match=r"^a film shows at most 500 components, not 501: nobody"):
        gv.Animation(trace)


def test_film_of_as_many_images_as_a_file_holds_is_allowed(trace, monkeypatch):
    n_images = small(trace).n_images
    monkeypatch.setattr("gmmviz.film.clock.MOST_IMAGES", n_images)
    assert len(small(trace).moments) <= n_images

    monkeypatch.setattr("gmmviz.film.clock.MOST_IMAGES", n_images - 1)
    with pytest.raises(gv.InputError) as caught:
        small(trace).moments  # noqa: B018
    assert str(caught.value) == (
        f"the film would have {n_images} images, and a file holds at most {n_images - 1}: shorten its pace, or lower fps"
    )
    assert caught.value.place == ("pace",)


def test_film_of_as_many_components_as_can_be_told_apart_is_allowed(trace, monkeypatch):
    monkeypatch.setattr("gmmviz.film.animation.MOST_CLOUDS", 2)
    small(trace)

    monkeypatch.setattr("gmmviz.film.animation.MOST_CLOUDS", 1)
    with pytest.raises(gv.InputError) as caught:
        small(trace)
    assert caught.value.place == ("model", "components")


def test_first_of_equally_long_runs_speaks(old_faithful, trace):
    twin = gv.fit(old_faithful, gv.RandomPoints(seed=9), n_components=2, max_iter=5, tol=0)
    short = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=2)

    assert len(twin) == len(trace)
    assert [small(runs)._speaker for runs in ([trace, twin], [twin, trace], [short, trace, twin])] == [0, 0, 1]


def test_still_is_a_small_file_of_opaque_colors(trace, tmp_path, monkeypatch):
    settings, save = [], PIL.Image.Image.save
    monkeypatch.setattr(
        PIL.Image.Image, "save", lambda self, file, **given: settings.append(given) or save(self, file, **given)
    )
    small(trace).still(tmp_path / "film.PNG")

    assert settings == [{"optimize": True}]
    with PIL.Image.open(tmp_path / "film.PNG") as picture:
        assert (picture.mode, picture.size) == ("RGB", (160, 90))


def test_length_that_cannot_hold_the_stops_is_refused_where_the_film_is_made(trace):
    with pytest.raises(gv.InputError) as caught:
        small(trace, pace=gv.Pace(length=0.1))
    assert str(caught.value) == "the film is to last 0.1 s, but start and end alone last 3.15 s"
    assert caught.value.place == ("pace", "length")


@pytest.mark.parametrize(("seed", "n_components"), [(0, 2), (1, 2), (0, 3), (4, 3)])
def test_default_film_lasts_eleven_seconds_or_so(old_faithful, seed, n_components):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=seed), n_components=n_components)

    assert 10 <= gv.Animation(trace).length <= 12.1


def test_end_stays_as_long_as_its_words_take_to_read(trace):
    words = "one two three four five six seven eight nine ten eleven twelve"
    film = gv.Animation(trace, captions=gv.Captions(end=words), pace=gv.Pace(end=1.0))

    assert film.moments[-1].duration >= 4.0
