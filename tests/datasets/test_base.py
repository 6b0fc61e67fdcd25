"""`Dataset`, and data sets by name."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gmmviz as gv
from gmmviz.datasets import as_dataset
from gmmviz.datasets.base import unweighted


def complaint(call, *arguments, **options):
    with pytest.raises(gv.InputError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_features_are_named_by_the_user_or_the_columns_or_by_number():
    frame = pd.DataFrame({"length": [1.0, 2.0], "width": [3.0, 5.0]})

    assert gv.Dataset(frame).feature_names == ("length", "width")
    assert gv.Dataset(frame, ("a", "b")).feature_names == ("a", "b")
    assert gv.Dataset(pd.DataFrame([[1.0, 2.0]])).feature_names == ("x1", "x2")
    assert gv.Dataset([1, 2]).feature_names == ("x1",)


def test_points_cannot_be_written_to_but_the_users_own_array_can():
    mine = np.zeros((3, 2))
    data = gv.Dataset(mine)

    with pytest.raises(ValueError, match="read-only"):
        data.points[0, 0] = 1
    mine[0, 0] = 1
    assert data.points[0, 0] == 1  # not a copy


def test_labels_and_others_are_copies_that_cannot_be_written_to():
    labels, others = np.array(["a", "b"]), np.ones((3, 2))
    data = gv.Dataset([[1, 2], [3, 4]], labels=labels, others=others)
    labels[0], others[0, 0] = "c", 7

    assert data.labels.tolist() == ["a", "b"]
    assert data.others.tolist() == [[1, 1]] * 3
    for array in (data.labels, data.others):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_nothing_is_known_of_points_alone():
    data = gv.Dataset([[1, 2]])

    assert (data.name, data.labels, data.truth, data.others, data.shape) == ("the data", None, None, None, None)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"feature_names": ("a",)}, "1 feature name for 2 features: ['a']"),
        ({"feature_names": ("a", "b", "c")}, "3 feature names for 2 features: ['a', 'b', 'c']"),
        ({"labels": [1, 2, 3]}, "labels must have shape (2,), not (3,)"),
        ({"labels": [[1], [2]]}, "labels must have shape (2,), not (2, 1)"),
        ({"others": [[1, 2, 3]]}, "others must have 2 features, like the points, not 3"),
        ({"others": []}, "others: the data is empty: 0 points with 1 feature"),
    ],
)
def test_what_does_not_match_the_points_is_refused(more, message):
    assert complaint(gv.Dataset, [[1, 2], [3, 4]], **more) == message


def test_representation_says_what_the_data_are():
    assert repr(gv.Dataset([[1.5]], ("length (cm)",), "frogs")) == (
        "<Dataset frogs: 1 point, 1 feature ['length (cm)']>"
    )


def test_data_set_is_taken_as_it_is_and_an_array_is_wrapped():
    data = gv.Dataset([[1, 2]])

    assert as_dataset(data) is data
    assert as_dataset([[1, 2]]).points.tolist() == [[1, 2]]


def test_unknown_data_set_is_named():
    assert complaint(gv.load_dataset, "faithful") == "unknown data set 'faithful'; did you mean 'old_faithful'?"


def test_unknown_option_of_a_data_set_is_named():
    assert complaint(gv.load_dataset, "moons", points=3) == "Moons: points: unknown key; did you mean 'n_points'?"


def test_file_is_told_from_a_data_set():
    assert complaint(gv.load_dataset, "mine.csv") == (
        "'mine.csv' is a file, not a data set: write load_dataset('csv', path='mine.csv')"
    )
    assert complaint(gv.load_dataset, "mine.xlsx") == (
        "'mine.xlsx' is a file, not a data set: write load_dataset('table', path='mine.xlsx')"
    )


def test_points_may_be_some_pixels_of_an_image():
    data = gv.Dataset([[1.0], [2], [4]], shape=(2, 3), pixels=[5, 0, 2])

    assert data.pixels.tolist() == [5, 0, 2]
    assert not data.pixels.flags.writeable


@pytest.mark.parametrize(
    ("shape", "pixels", "message"),
    [
        (
            (2, 3),
            None,
            "3 points cannot be all pixels of an image of shape (2, 3), which has 6: say which ones they are, with "
            "pixels=",
        ),
        ((2, 3), [0, 1], "pixels must be 3 whole numbers, one for each point"),
        ((2, 3), [0.0, 1, 2], "pixels must be 3 whole numbers, one for each point"),
        ((2, 3), [0, 1, 6], "pixels must be different numbers from 0 to 5"),
        ((2, 3), [0, 1, -1], "pixels must be different numbers from 0 to 5"),
        ((2, 3), [0, 1, 1], "pixels must be different numbers from 0 to 5"),
        (None, [0, 1, 2], "pixels are those of an image: give its shape too, as shape=(height, width)"),
    ],
)
def test_pixels_that_are_not_the_images_are_refused(shape, pixels, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Dataset([[1.0], [2], [4]], shape=shape, pixels=pixels)

    assert str(caught.value) == message


def test_file_of_a_kind_that_is_read_is_told_from_a_data_set():
    assert complaint(gv.load_dataset, "mine.npy") == (
        "'mine.npy' is a file, not a data set: write load_dataset('npy', path='mine.npy')"
    )
    assert complaint(gv.load_dataset, "mine.doc").startswith("unknown data set 'mine.doc'; known: ")


def test_lazy_table_is_collected_and_names_the_features():
    data = gv.Dataset(pl.LazyFrame({"a": [1, 2], "2020": [3, 4]}))

    assert (data.points.tolist(), data.feature_names) == ([[1, 3], [2, 4]], ("a", "2020"))


@pytest.mark.parametrize("labels", [pd.Series(["a", "b"]), pl.Series(["a", "b"], dtype=pl.Categorical)])
def test_trace_with_labels_of_a_data_frame_is_saved_and_read(tmp_path, labels):
    gv.fit(gv.Dataset([[1, 2], [3, 5]], labels=labels), n_components=1, max_iter=1).save(tmp_path / "run.npz")

    assert gv.Trace.load(tmp_path / "run.npz").data.labels.tolist() == ["a", "b"]


MIXTURE = gv.Mixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2)] * 2)
MASKED = np.ma.masked_equal([[1.0, 2.0], [3.0, -9999.0], [4.0, 5.0], [0.0, 1.0]], -9999)
POINTS = np.array([[1.0, 2.0], [3.0, 3.0], [4.0, 5.0], [0.0, 1.0]])
DOORS = {
    "fit": lambda X: gv.fit(X, n_components=2),
    "Dataset": gv.Dataset,
    "others": lambda X: gv.Dataset(POINTS, others=X),
    "labels": lambda X: gv.Dataset(POINTS, labels=X[:, 1]),
    "e_step": lambda X: gv.e_step(X, MIXTURE),
    "m_step": lambda X: gv.m_step(X, np.full((4, 2), 0.5)),
    "responsibilities": lambda X: gv.m_step(POINTS, X),
    "iterate": lambda X: next(gv.iterate(X, MIXTURE)),
    "GaussianMixtureModel": lambda X: gv.GaussianMixtureModel(2).fit(X),
    "Mixture": lambda X: gv.Mixture([0.5, 0.5], X[:2], [np.eye(2)] * 2),
    "log_joint": MIXTURE.log_joint,
    "Mixture.responsibilities": MIXTURE.responsibilities,
    "GaussianMixture": lambda X: gv.GaussianMixture(2).fit(X),
    "means_init": lambda X: gv.GaussianMixture(2, means_init=X[:2]).fit(POINTS),
    "predict": lambda X: gv.GaussianMixture(2, random_state=0).fit(POINTS).predict(X),
    "score_samples": lambda X: gv.GaussianMixture(2, random_state=0).fit(POINTS).score_samples(X),
}


@pytest.mark.parametrize("door", DOORS)
def test_masked_points_are_refused_at_every_door(door):
    assert "values are masked, and what a mask hides is not used" in complaint(DOORS[door], MASKED)


@pytest.mark.filterwarnings("ignore:Warning. converting a masked element:UserWarning")
def test_masked_means_start_no_run():
    said = complaint(gv.Given, means=MASKED[:2], covariances=[np.eye(2).tolist()] * 2)

    assert said == "Given: means: expected a finite number, got masked"


def test_points_that_count_are_those_with_weights():
    data = gv.Dataset([[1.0], [2.0], [3.0]], weights=[2, 0, 0.5])

    points, weights = data.counting
    assert (points.tolist(), weights.tolist(), data.total_weight) == ([[1], [3]], [2, 0.5], 2.5)
    plain = gv.Dataset([[1.0], [2.0]])
    assert plain.counting[0] is plain.points
    assert (plain.counting[1], plain.total_weight) == (None, 2)
    with pytest.raises(ValueError, match="read-only"):
        data.weights[0] = 1


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1], "weights must have shape (2,), one for each point, not (1,)"),
        ([1, -1], "row 1 of the weights holds -1; weights must be numbers, 0 or more"),
        ([1e308, 1e308], "the sum of the weights is no number: divide them by a power of ten"),
    ],
)
def test_impossible_weights_are_told(weights, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Dataset([[1.0], [2.0]], weights=weights)

    assert str(caught.value) == message


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, " and more")])
def test_twenty_names_are_shown(number, more):
    names = tuple(f"n{i}" for i in range(number))

    assert complaint(gv.Dataset, [[1.0]], feature_names=names) == (
        f"{number} feature names for 1 feature: {list(names[:20])}{more}"
    )


def test_total_weight_is_the_number_of_points_or_the_sum():
    assert gv.Dataset([1.0, 2, 4]).total_weight == 3
    assert gv.Dataset([1.0, 2, 4], weights=[0.5, 0, 2]).total_weight == 2.5


def test_points_that_all_count_are_not_copied():
    plain, weighted = gv.Dataset([1.0, 2, 4]), gv.Dataset([1.0, 2, 4], weights=[1, 2, 3])

    assert plain.counting == (plain.points, None)
    assert weighted.counting[0] is weighted.points
    assert weighted.counting[1] is weighted.weights


def test_weighted_data_are_refused_where_weights_are_not_known():
    data = gv.Dataset([1.0, 2, 4], weights=[1, 2, 3], name="mine")

    assert complaint(unweighted, data) == (
        "mine has weights, which gmmviz.fit alone takes: use gmmviz.fit, or leave them out"
    )
    plain = gv.Dataset([1.0, 2, 4])
    assert unweighted(plain) is plain


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "parquet", "feather", "tsv", "csv.gz"])
def test_file_of_a_table_is_told_from_a_data_set(suffix):
    assert complaint(gv.load_dataset, f"mine.{suffix}") == (
        f"'mine.{suffix}' is a file, not a data set: write load_dataset('table', path='mine.{suffix}')"
    )


def test_series_with_another_index_is_told(recwarn):
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    labels = pd.Series(["a", "b", "c"])
    gv.Dataset(table, labels=labels)
    gv.Dataset(table.to_numpy(), labels=labels[::-1])
    assert not recwarn

    with pytest.warns(gv.GmmvizWarning) as caught:
        data = gv.Dataset(table, labels=labels[::-1])
    assert data.labels.tolist() == ["c", "b", "a"]
    assert [str(warning.message) for warning in caught] == [
        "labels has another index than the points and is taken row by row: write labels=labels.loc[points.index] if "
        "they belong together by index"
    ]
    with pytest.warns(gv.GmmvizWarning, match="^sample_weight has another index"):
        gv.fit(table, n_components=1, sample_weight=pd.Series([1.0, 2.0, 3.0])[::-1])
