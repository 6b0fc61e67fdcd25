"""What becomes of missing values before and after EM."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.fitting.gaps import filled

NAN = np.nan
POINTS = np.array([[0.0, 1], [NAN, 3], [4, 5], [1, NAN], [NAN, NAN], [2, 2]])


def test_gaps_are_refused_unless_they_are_allowed():
    with pytest.raises(gv.InputError) as caught:
        gv.fit(POINTS, n_components=1)

    assert str(caught.value) == (
        "row 1, column 0 of the data holds NaN; 2 more rows do too; EM needs finite numbers: leave those rows out or "
        "fill them in, or fit what is there, with missing='marginalize'"
    )


def test_rows_with_gaps_are_dropped_with_what_belongs_to_them():
    settings = {"missing": "drop", "sample_weight": [1, 2, 3, 4, 5, 6], "labels": [0, 0, 1, 1, -1, -1]}
    with pytest.warns(gv.GmmvizWarning, match="^the data: 3 of 6 points left out because values are missing$"):
        trace = gv.fit(POINTS, n_components=2, max_iter=1, **settings)

    assert trace.data.points.tolist() == [[0, 1], [4, 5], [2, 2]]
    assert trace.data.weights.tolist() == [1, 3, 6]
    assert trace.data.known.tolist() == [0, 1, -1]


def test_pixels_of_an_image_with_gaps_stay_where_they_are():
    data = gv.Dataset(POINTS, shape=(2, 3), missing="marginalize")
    with pytest.warns(gv.GmmvizWarning, match="3 of 6"):
        assert gv.fit(data, n_components=1, missing="drop").data.pixels.tolist() == [0, 2, 5]


def test_nothing_is_said_where_nothing_is_missing(old_faithful):
    dropped = gv.fit(old_faithful, n_components=1, missing="drop")

    assert dropped.data.missing == "marginalize" or dropped.data is old_faithful
    assert len(dropped.data.points) == 272


def test_data_frame_with_gaps_is_taken():
    table = pd.DataFrame({"a": [0.0, NAN, 4, 1], "b": [1, 3, 5, NAN]})
    trace = gv.fit(table, n_components=1, missing="marginalize")

    assert trace.data.feature_names == ("a", "b")
    assert trace.data.incomplete
    assert trace[-1].counts.tolist() == [4]


@pytest.mark.parametrize(
    ("points", "settings", "message"),
    [
        ([[1, NAN], [2, NAN]], {}, "every value of column 1 of the data is missing: leave the column out"),
        (
            [[1, NAN], [2, 3.0]],
            {"sample_weight": [1, 0]},
            "every value of column 1 is missing where points count: leave the column out",
        ),
        (
            [[1, NAN], [np.inf, 3.0]],
            {},
            "row 1, column 0 of the data holds inf; EM needs finite numbers: leave those rows out or fill them in",
        ),
        (POINTS, {"missing": "skip"}, "unknown missing 'skip'; known: 'refuse', 'drop' and 'marginalize'"),
        (
            [[1, NAN], [NAN, 3.0]],
            {"missing": "drop"},
            "every point of the data has a missing value: write missing='marginalize'",
        ),
    ],
)
def test_gaps_that_cannot_be_fitted_are_told(points, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, n_components=1, **({"missing": "marginalize"} | settings))

    assert str(caught.value) == message


def test_starts_see_conditional_means_under_one_gaussian():
    """y is about 2 x, so a missing y is about there, and not at the mean of all."""
    x = np.linspace(0, 10, 50)
    points = np.column_stack([x, 2 * x + 0.01 * np.sin(9 * x)])
    points[7, 1] = NAN

    whole = filled(gv.Dataset(points, missing="marginalize"))

    assert not whole.incomplete
    assert_allclose(whole.points[7, 1], 2 * x[7], atol=0.05)
    assert np.array_equal(whole.points[:7], points[:7])


def test_mixture_is_asked_about_what_is_there():
    mixture = gv.Mixture([0.5, 0.5], [[0, 0], [4, 4]], [[[1, 0.5], [0.5, 1]], [[2, -1], [-1, 2]]])
    points = np.array([[0.5, NAN], [NAN, NAN], [3.0, 5.0]])
    first = mixture.marginal([0])

    asked = {"missing": "marginalize"}
    assert_allclose(mixture.log_prob(points, **asked)[0], first.log_prob([[0.5]])[0], rtol=1e-12)
    assert_allclose(mixture.log_prob(points, **asked)[1], 0, atol=1e-12)
    assert_allclose(mixture.log_prob(points, **asked)[2], mixture.log_prob(points[2:])[0], rtol=1e-12)
    assert_allclose(mixture.responsibilities(points, **asked)[0], first.responsibilities([[0.5]])[0], rtol=1e-12)
    assert_allclose(mixture.responsibilities(points, **asked)[1], [0.5, 0.5])
    assert mixture.labels(points, **asked).tolist()[::2] == [0, 1]
    with pytest.raises(gv.InputError, match="row 0, column 1 of the data holds NaN"):
        mixture.log_prob(points)
    with pytest.raises(gv.InputError, match="unknown missing 'drop'; known: 'refuse' and 'marginalize'"):
        mixture.log_prob(points, missing="drop")


def test_gaps_are_imputed_by_their_conditional_means():
    mixture = gv.Mixture([0.5, 0.5], [[0, 0], [4, 4]], [[[1, 0.5], [0.5, 1]], [[2, -1], [-1, 2]]])
    points = np.array([[0.5, NAN], [NAN, NAN], [3.0, 5.0]])

    found = mixture.impute(points)

    given = mixture.condition([0], [0.5])  # whose weights are the responsibilities
    assert_allclose(found[0], [0.5, given.weights @ given.means[:, 0]], rtol=1e-12)
    assert_allclose(found[1], [2, 2])
    assert found[2].tolist() == [3, 5]
    assert np.isnan(points[0, 1])


def test_what_is_given_back_at_its_conditional_moments_is_fitted_alike():
    """EM with gaps has ended; with each gap filled in, and its spread as two points, complete EM stays there."""
    rng = np.random.default_rng(2)
    points = rng.standard_normal((60, 2)) @ [[1, 0.8], [0, 0.6]]
    points[:20, 1] = NAN
    fit = gv.fit(points, n_components=1, missing="marginalize", tol=0, max_iter=500, reg_covar=0)[-1].mixture
    ((_, xy), (_, yy)) = fit.covariances[0].T
    spread = np.sqrt(yy - xy**2 / fit.covariances[0, 0, 0])
    whole = fit.impute(points)
    up, down = whole.copy(), whole.copy()
    up[:20, 1] += spread
    down[:20, 1] -= spread

    again = gv.fit(np.concatenate([up, down]), n_components=1, reg_covar=0)[-1].mixture

    assert_allclose(again.means, fit.means, rtol=1e-9)
    assert_allclose(again.covariances, fit.covariances, rtol=1e-9)


def test_gaps_are_saved_and_loaded(tmp_path):
    points = np.delete(POINTS, 4, axis=0)  # which has no value
    trace = gv.fit(points, n_components=2, missing="marginalize", max_iter=3)
    trace.save(tmp_path / "run.npz")

    again = gv.Trace.load(tmp_path / "run.npz")

    assert np.array_equal(again.data.points, points, equal_nan=True)
    assert again.data.incomplete
    assert np.array_equal(again.responsibilities(-1), trace.responsibilities(-1))
    assert again.icl == trace.icl


def test_textbook_takes_no_gaps():
    with pytest.raises(gv.InputError) as caught:
        gv.e_step(gv.Dataset(POINTS, missing="marginalize"), gv.Mixture([1.0], [[0.0, 0]], [np.eye(2)]))

    assert str(caught.value) == "the data has missing values, which gmmviz.fit alone takes: use gmmviz.fit"


def test_file_with_gaps_is_fitted_and_filmed(write_scene, small_scene, tmp_path):
    rows = "\n".join(f"{x / 2 + 1},{'' if x % 5 == 0 else x * 2 + x % 3 + 0.5},{'ab'[x % 2]}" for x in range(40))
    (tmp_path / "gaps.csv").write_text(f"u,v,who\n{rows}\n")
    scene = small_scene.replace(
        'dataset = "old_faithful"', 'dataset = "csv"\npath = "gaps.csv"\nlabels = "who"\nmissing = "marginalize"'
    )
    film = gv.load_scene(write_scene(scene)).animation()
    film.still(tmp_path / "x.png", at="end")

    drawn = film.runs[0].trace
    assert np.isfinite(drawn.data.points).all()
    assert drawn.data.gaps.sum() == 8
    assert np.isnan(drawn.data.observed).sum() == 8
    fitted = gv.load_scene(write_scene(scene)).traces[0]
    assert np.array_equal(drawn.responsibilities(2), fitted.responsibilities(2))


def test_gaps_have_the_shape_of_the_points():
    with pytest.raises(gv.InputError, match=r"gaps must have shape \(2, 1\), like the points, not \(2,\)"):
        gv.Dataset([[1.0], [2.0]], gaps=[True, False])


def test_gaps_are_marks():
    with pytest.raises(gv.InputError, match=r"^gaps must be True or False$"):
        gv.Dataset([[1.0], [2.0]], gaps=[[0.0], [0.5]])


def test_point_without_any_value_changes_nothing_but_is_told():
    with pytest.warns(gv.GmmvizWarning) as said:
        trace = gv.fit([[1.0, NAN], [NAN, NAN], [2.0, 3], [4, 9]], n_components=1, missing="marginalize")
    without = gv.fit([[1.0, NAN], [2.0, 3], [4, 9]], n_components=1, missing="marginalize")

    assert [str(each.message) for each in said] == [
        "the data: 1 of 4 points left out because no value is there: row 1, counted from 0"
    ]
    assert (trace.n_points, trace.bic) == (3, without.bic)
