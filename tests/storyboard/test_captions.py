import numpy as np
import pytest

import gmmviz as gv


def said(film):
    frames = [film.frames(moment)[0] for moment in film.moments]
    return list(dict.fromkeys((frame.label, frame.caption) for frame in frames))


def test_captions_can_be_translated(trace):
    words = gv.Captions(
        start="Anfang: {components} Komponenten, {points} Punkte",
        e_step="E-Schritt {iteration} von {iterations}",
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
    assert every[2][0] == "Iteration 1, M-step"
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
    assert first.phase == "m"
    assert first.before == 0
    assert film.frames(first)[0].position >= (0 if iterations == "all" else 1)


def test_epilogue_moves_after_the_end(trace):
    film = gv.Animation(
        trace, pace=gv.Pace(epilogue=2.0), captions=gv.Captions(epilogue="And now: what is it good for")
    )
    plain = gv.Animation(trace)
    moves = [moment.epilogue for moment in film.moments if moment.epilogue]

    assert film.length == pytest.approx(plain.length + 2)
    assert len(moves) == 50
    assert np.all(np.diff(moves) > 0)
    assert moves[-1] == 1
    assert said(film)[-1] == ("And now", "what is it good for")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("step {iteratoin}", "Captions: e_step: no caption knows {iteratoin}; did you mean 'iteration'?"),
        (
            "a { brace",
            "Captions: e_step: 'a { brace' is no template: write a brace as {{ or }}; known: {iteration}, {first}, "
            "{iterations}, {components}, {points}, {log_likelihood}, {event}",
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
