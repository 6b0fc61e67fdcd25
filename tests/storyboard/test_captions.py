import numpy as np
import pytest

import gmmviz as gv
from gmmviz.storyboard.captions import reading_time


def said(film):
    frames = [film.frames(moment)[0] for moment in film.moments]
    return list(dict.fromkeys((frame.label, frame.caption) for frame in frames))


def test_captions_can_be_translated(trace):
    words = gv.Captions(
        start="Anfang: {components} Komponenten, {points} Punkte",
        first_e="E-Schritt {iteration} von {iterations}",
        stopped="Ende: mittlere Log-Likelihood {log_likelihood}",
    )
    every = said(gv.Animation(trace, captions=words))

    assert every[0] == ("Anfang", "2 Komponenten, 272 Punkte")
    assert every[1] == ("", "E-Schritt 1 von 5")
    assert every[-1] == ("Ende", f"mittlere Log-Likelihood −{-trace[-1].log_likelihood / 272:.3f}")


def test_death_is_told_in_the_e_step_that_finds_it_out():
    points = np.random.default_rng(0).normal(0, 1, (60, 2))
    start = gv.Mixture([0.5, 0.5], [[0, 0], [300, 300]], [np.eye(2), np.eye(2)])
    every = said(gv.Animation(gv.fit(points, start, max_iter=2, tol=0)))

    assert every[1] == ("Iteration 1", "component 2 has died: no point wants it")
    assert every[2][0] == "M-step 1"
    assert every[-1] == ("Ended", "after iteration 2, component 2 has died: no point wants it")


@pytest.mark.parametrize("iterations", ["all", (6,)])
def test_fall_of_the_likelihood_is_told_where_it_happens(iterations):
    points = np.random.default_rng(0).normal(0, 1, (60, 2))
    best = gv.fit(points, n_components=2, reg_covar=0)[-1].mixture
    trace = gv.fit(points, best, reg_covar=0.5, max_iter=6, tol=0)
    fallen = [t for t, event in trace.events if event.kind == "decreased"]
    film = gv.Animation(trace, pace=gv.Pace(iterations=iterations))
    first = next(m for m in film.moments if film.frames(m)[0].caption.startswith("the log-likelihood fell"))

    assert fallen[0] == 1
    assert film.frames(first)[0].label == "Iteration 1"
    assert first.phase == ("m" if iterations == "all" else "fast")
    assert first.before == 0
    assert film.frames(first)[0].position >= (0 if iterations == "all" else 1)


def test_epilogue_moves_after_the_end(trace):
    film = gv.Animation(
        trace,
        pace=gv.Pace(epilogue=2.0),
        captions=gv.Captions(epilogue="And now: what is it all good for, friends"),
    )
    plain = gv.Animation(trace)
    moves = [moment.epilogue for moment in film.moments if moment.epilogue]

    assert film.length == pytest.approx(plain.length + 2.0 + 3.0)  # three seconds to read nine words
    assert len(moves) == 50
    assert np.all(np.diff(moves) > 0)
    assert moves[-1] == 1
    assert said(film)[-1] == ("And now", "what is it all good for, friends")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("step {iteratoin}", "Captions: e_step: no caption knows {iteratoin}; did you mean 'iteration'?"),
        (
            "a { brace",
            "Captions: e_step: 'a { brace' is no template: write a brace as {{ or }}; known: {iteration}, {first}, "
            "{iterations}, {components}, {points}, {log_likelihood}, {event}, {runs}, {best}, {worst}, {n_best}, "
            "{n_others}, {differ}",
        ),
        ("{iteration.real}", "Captions: e_step: no caption knows {iteration.real}; did you mean 'iteration'?"),
        (
            "{iteration:d}",
            "Captions: e_step: {iteration} is filled in as it is: leave out what follows its name in '{iteration:d}'",
        ),
    ],
)
def test_template_that_cannot_be_filled_is_refused(template, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Captions(e_step=template)

    assert str(caught.value) == message


def mixture(k=2):
    return gv.Mixture(np.full(k, 1 / k), np.arange(float(k))[:, None], np.ones((k, 1, 1)))


def record(*events, stop_reason="converged", log_likelihoods=(-8.0, -6.0, -5.0, -4.0)):
    """A run of three iterations on two points; events are (iteration, kind)."""
    snapshots = [gv.Snapshot(t, mixture(), value, np.ones(2)) for t, value in enumerate(log_likelihoods)]
    for t, kind in events:
        snapshots[t] = snapshots[t].with_event(gv.Event(kind, f"{kind} at {t}"))
    data = gv.Dataset(np.array([[0.0], [1.0]]), ("x",), "dots")
    return gv.Trace(data, snapshots, stop_reason)


ALL = "{iteration} {first} {iterations} {components} {points} {log_likelihood} {event}|"


@pytest.mark.parametrize(
    ("phase", "steps", "text"),
    [
        ("start", (0, 0, 0), "0 1 3 2 2 −4.000 |"),
        ("e_step", (1, 2, 1), "2 2 3 2 2 −3.000 |"),
        ("m_step", (1, 2, 1), "2 2 3 2 2 −3.000 |"),
        ("m_step", (1, 2, 2), "2 2 3 2 2 −2.500 |"),
        ("fast", (0, 3, 1), "3 1 3 2 2 −3.000 |"),
        ("converged", (3, 3, 3), "3 4 3 2 2 −2.000 |"),
        ("converged", (3, 3, 9), "3 4 3 2 2 −2.000 |"),
    ],
)
def test_templates_are_filled_with_what_the_step_is(phase, steps, text):
    letter = {"e_step": "e", "m_step": "m", "converged": "end"}.get(phase, phase)

    assert gv.Captions(**{phase: ALL}).say(record(), letter, *steps) == ("", text)


@pytest.mark.parametrize(
    ("stop_reason", "events", "said"),
    [
        ("converged", [], ("Converged", "after iteration 3")),
        ("max_iter", [], ("Stopped", "after iteration 3")),
        ("collapsed", [(3, "collapsed")], ("Collapsed", "after iteration 3, collapsed at 3")),
        ("converged", [(1, "dead")], ("Ended", "after iteration 3, dead at 1")),
        ("max_iter", [(2, "held"), (3, "dead")], ("Ended", "after iteration 3, held at 2")),
        ("converged", [(1, "decreased")], ("Converged", "after iteration 3")),
        ("collapsed", [(1, "dead"), (3, "collapsed")], ("Collapsed", "after iteration 3, dead at 1")),
    ],
)
def test_end_says_why_and_what_was_lost(stop_reason, events, said):
    assert gv.Captions().say(record(*events, stop_reason=stop_reason), "end", 3, 3, 3) == said


@pytest.mark.parametrize(
    ("phase", "steps", "events", "told"),
    [
        ("e", (1, 2, 1), [(1, "dead")], "dead at 1"),
        ("e", (1, 2, 1), [(2, "dead"), (1, "decreased")], "E-step 2"),
        ("m", (1, 2, 2), [(2, "decreased")], "decreased at 2"),
        ("m", (1, 2, 2), [(2, "dead"), (1, "decreased")], "M-step 2"),
        ("fast", (0, 3, 1), [(2, "decreased")], "Iterations 1–3"),
        ("fast", (0, 3, 2), [(2, "decreased")], "decreased at 2"),
        ("fast", (0, 3, 3), [(1, "dead"), (2, "decreased")], "decreased at 2"),
        ("fast", (0, 3, 3), [(0, "dead")], "Iterations 1–3"),
        ("fast", (0, 3, 3), [(3, "held")], "Iterations 1–3"),
        ("fast", (1, 2, 1), [], "Iteration 2"),
        ("fast", (1, 2, 2), [(2, "dead")], "dead at 2"),
    ],
)
def test_events_are_told_in_the_step_that_they_belong_to(phase, steps, events, told):
    said = gv.Captions().say(record(*events), phase, *steps)

    assert said == (("Iteration 2", told) if " at " in told else (told, ""))


def test_last_of_several_events_is_told():
    said = gv.Captions().say(record((2, "decreased"), (2, "dead")), "fast", 0, 3, 3)

    assert said == ("Iteration 2", "dead at 2")


def test_epilogue_without_words_keeps_those_of_the_end():
    captions = gv.Captions()

    assert captions.say(record(), "end", 3, 3, 3, epilogue=True) == captions.say(record(), "end", 3, 3, 3)
    assert gv.Captions(epilogue="More").say(record(), "end", 3, 3, 3) == captions.say(record(), "end", 3, 3, 3)
    assert gv.Captions(epilogue="More").say(record(), "end", 3, 3, 3, epilogue=True) == ("", "More")


def test_only_the_first_colon_parts_label_and_caption():
    def said(template):
        return gv.Captions(start=template).say(record(), "start", 0, 0, 0)

    assert said("a:  b: c") == ("a", "b: c")
    assert said("At 10:30 {iteration}: go") == ("At 10:30 0", "go")
    assert said("Now, at 10:30") == ("", "Now, at 10:30")
    assert said("$f : x$ is a map: see") == ("$f : x$ is a map", "see")
    assert said("Now:") == ("Now", "")
    assert gv.Captions(start="{{{points}}}").say(record(), "start", 0, 0, 0) == ("", "{2}")


def test_first_iteration_shown_is_told_in_sentences_and_later_ones_in_numbers():
    captions = gv.Captions()

    assert captions.say(record(), "e", 1, 2, 1, first=True) == ("E-step 2", "points take their components' colors")
    assert captions.say(record(), "m", 1, 2, 1, first=True) == ("M-step 2", "components move to their points")
    assert captions.say(record(), "e", 1, 2, 1) == ("E-step 2", "")
    assert captions.say(record(), "m", 1, 2, 1) == ("M-step 2", "")


def test_end_says_the_point_and_the_panel_how_its_run_ended():
    captions = gv.Captions(end="Two are enough: {log_likelihood}")

    assert captions.say(record(), "end", 3, 3, 3) == ("Two are enough", "−2.000")
    assert captions.ending(record()) == "Converged"
    assert captions.ending(record((1, "dead"))) == "Ended"


@pytest.mark.parametrize(
    ("words", "seconds"), [(("", ""), 0), (("Start", "a first guess"), 4 / 3), (("", "one two"), 2 / 3)]
)
def test_three_words_are_read_in_a_second(words, seconds):
    assert reading_time(words) == pytest.approx(seconds)


def test_chinese_is_read_by_its_letters():
    assert reading_time(("", "点取其分量的颜色呀")) == pytest.approx(1)
