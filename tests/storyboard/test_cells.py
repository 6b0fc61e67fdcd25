"""Very many points, as a film shows them."""

import pickle

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets import far
from gmmviz.datasets.npy_rows import NpyRows
from gmmviz.storyboard import cells as module
from gmmviz.storyboard.cells import CELLS, LINE, Cells, shown
from gmmviz.storyboard.run import Run

N = 150_000


@pytest.fixture(autouse=True)
def _all_are_many(monkeypatch):
    monkeypatch.setattr(far, "MANY", 1000)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(0)
    return rng.standard_normal((N, 2)) * (1, 10) + [[0, 5], [6, 0]][0] + 6 * rng.integers(2, size=(N, 1))


def rows_of(points, folder):
    np.save(folder / "points.npy", points)
    return NpyRows.of(np.load(folder / "points.npy", mmap_mode="r"))


@pytest.mark.parametrize("n_features", [1, 2])
@pytest.mark.parametrize("is_far", [False, True])
def test_every_point_is_counted_in_the_cell_that_it_is_in(points, n_features, is_far, tmp_path):
    points = points[:, :n_features]
    data = gv.Dataset(rows_of(points, tmp_path) if is_far else points, name="rides")
    cells = shown(data)

    sides = (LINE,) if n_features == 1 else (CELLS, CELLS)
    expected, _ = np.histogramdd(points, sides)
    assert (cells.n_points, cells.total_weight, cells.name) == (N, N, "rides")
    assert len(cells.points) == np.count_nonzero(expected)
    # A point on a border may be in either cell, by rounding.
    assert np.abs(np.sort(cells.counts) - np.sort(expected[expected > 0])).sum() < 20
    assert cells.points.min(axis=0).tolist() == points.min(axis=0).tolist()
    assert cells.points.max(axis=0).tolist() == pytest.approx(points.max(axis=0).tolist(), rel=1e-12)
    middle = (cells.points * cells.counts[:, None]).sum(axis=0) / N
    assert np.abs(middle - points.mean(axis=0)).max() < np.ptp(points, axis=0).max() / min(sides) / 50


def test_counts_are_the_same_whoever_counts(points, tmp_path, cluster):
    from gmmviz.engine.crew import working
    from gmmviz.executors import as_executor

    points = np.concatenate([points, points + 1, points - 1])
    found = []
    for crew in ({"threads": 1}, {"threads": 3}, {"executor": as_executor(cluster)}):
        with working(**crew):
            found.append(shown(gv.Dataset(rows_of(points, tmp_path))))
    assert len({each.counts.tobytes() + each.points.tobytes() for each in found}) == 1


def test_weights_add_up_and_are_told_from_counts(points):
    weights = np.random.default_rng(1).random(N)
    cells = shown(gv.Dataset(points, weights=weights))
    assert cells.total_weight == pytest.approx(weights.sum(), rel=1e-12)
    assert (cells.n_points, cells.is_weighted) == (N, True)
    assert not shown(gv.Dataset(points)).is_weighted


def test_few_points_and_what_tells_more_stay(points, monkeypatch):
    known = np.where(np.arange(N) < 9, 0, -1)
    for data in (gv.Dataset(np.tile(points, 2)), gv.Dataset(points, known=known)):
        assert shown(data) is data
    monkeypatch.setattr(far, "MANY", 2 * N)
    data = gv.Dataset(points)
    assert shown(data) is data


def test_points_on_one_line_or_place_are_cells_too():
    line = np.column_stack([np.arange(2000.0), np.full(2000, 7.0)])
    cells = shown(gv.Dataset(line))
    assert set(cells.points[:, 1].tolist()) == {7.0}
    assert cells.n_points == 2000
    assert shown(gv.Dataset(np.full((2000, 2), 3.0))).points.tolist() == [[3, 3]]


def test_many_features_that_are_not_in_memory_are_drawn_as_a_sample(points, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SHOWN", 500)
    wide = np.column_stack([points, points[:, 0] + 1])
    with pytest.warns(gv.GmmvizWarning, match=r"^points: 500 of the 150,000 points are drawn, chosen at random$"):
        found = shown(gv.Dataset(rows_of(wide, tmp_path), name="points"))
    assert found.points.shape == (500, 3)
    assert set(found.points[:, 0].tolist()) <= set(wide[:, 0].tolist())


@pytest.fixture(scope="module")
def trace(points):
    return gv.fit(gv.Dataset(points, name="rides"), gv.RandomPoints(seed=1), n_components=2, max_iter=2, tol=0)


def test_run_of_a_film_says_what_the_fit_says(trace):
    run = Run(trace).trace
    assert isinstance(run.data, Cells)
    assert (run.n_points, run.bic, run.average_log_likelihoods.tolist()) == (
        trace.n_points,
        trace.bic,
        trace.average_log_likelihoods.tolist(),
    )
    assert repr(run) == repr(trace)
    assert Run(gv.Trace(trace.data, trace.snapshots, "max_iter")).trace.data is run.data
    assert len(pickle.dumps(run.data)) < 60 * len(run.data.points)


def test_responsibilities_in_the_middle_of_a_cell_are_nearly_those_of_its_points(points, trace):
    run = Run(trace).trace
    low, high = points.min(axis=0), points.max(axis=0)
    pitch = (high - low) / CELLS
    own = np.clip((points - low) / pitch, 0, CELLS - 1).astype(int) @ [CELLS, 1]
    cells = np.clip((run.data.points - low) / pitch, 0, CELLS - 1).astype(int) @ [CELLS, 1]
    order = np.argsort(cells)
    middle = run.responsibilities(-1)[order[np.searchsorted(cells[order], own)]]
    assert np.abs(middle - trace.responsibilities(-1)).max() < 0.03


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("at", ["start", "E1", "end"])
def test_picture_is_that_of_the_points(trace, tmp_path, theme, at, monkeypatch):
    from PIL import Image

    def picture(name):
        gv.Animation(trace, [gv.EllipseRenderer()], size=(720, 405), theme=theme).still(tmp_path / name, at=at)
        return np.asarray(Image.open(tmp_path / name).convert("RGB")).astype(float)

    in_cells = picture("cells.png")
    monkeypatch.setattr(far, "MANY", 10**9)
    one_by_one = picture("points.png")
    assert 10 * np.log10(255**2 / ((in_cells - one_by_one) ** 2).mean()) > 42


@pytest.mark.parametrize(
    "panel", [gv.ContourRenderer(), gv.SurfaceRenderer(), gv.CurveRenderer(features=("x1",)), gv.WeightsRenderer()]
)
def test_every_other_panel_takes_cells(trace, panel, tmp_path):
    film = gv.Animation(trace, [panel], size=(320, 180))
    film.still(tmp_path / "still.png", at="M1")
    assert "150,000 points" in film.subtitle


@pytest.mark.parametrize(
    ("panel", "said", "place"),
    [
        (gv.ScoreRenderer(), "the panel counts points", ()),
        (gv.RocRenderer(), "the panel ranks points", ()),
        (gv.ResponsibilitiesRenderer(), "the panel has a bar for each point", ()),
        (gv.EllipseRenderer(follow=(1,)), "follow names points", ("follow",)),
        (gv.EllipseRenderer(labels=True), "labels are those of points", ("labels",)),
    ],
)
def test_what_asks_for_points_one_by_one_refuses_cells(trace, panel, said, place):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [panel])
    assert str(caught.value).endswith(
        f"{said}, and rides has 150,000, which a film counts in cells: leave it out, or take a sample of the points"
    )
    assert caught.value.place[-len(place) :] == place if place else True


@pytest.mark.parametrize("field", ["purity[1]", "errors[1]", "differ"])
def test_captions_that_count_points_refuse_cells(points, field):
    labelled = gv.Dataset(points, name="rides", labels=np.arange(N) % 2)
    runs = [gv.fit(labelled, n_components=2, max_iter=1) for _ in range(2)]
    with pytest.raises(gv.InputError, match=r"and rides has 150,000, which a film counts in cells: leave it out"):
        gv.Animation(runs if field == "differ" else runs[0], captions=gv.Captions(end=f"{{{field}}}"))


def test_histogram_of_cells_is_that_of_their_points(points, trace):
    from gmmviz.renderers.curve import _bars, histogram
    from gmmviz.storyboard.projection import Projection

    for data, feature in ((Run(trace).trace.data, 1), (shown(gv.Dataset(points[:, :1])), 1)):
        heights, edges = _bars(data, Projection.of(data, (feature,), 1), 40)
        expected, _ = np.histogram(points[:, 0], edges, density=True)
        assert np.abs(heights - expected).max() < 0.02 * expected.max()
        assert (heights * np.diff(edges)).sum() == pytest.approx(1)
    assert len(histogram(points[:, 0], 40)[0]) == 40
