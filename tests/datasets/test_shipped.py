"""The data sets that come with the package, held against what was published of them."""

import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def test_old_faithful_is_the_published_data(old_faithful):
    points = old_faithful.points

    assert points.shape == (272, 2)
    assert_allclose(points.mean(axis=0), [3.487783, 70.897059], atol=5e-7)
    assert_allclose(points.std(axis=0, ddof=1), [1.141371, 13.594974], atol=5e-7)
    assert old_faithful.feature_names == ("eruption (min)", "waiting (min)")
    assert old_faithful.labels is None
    assert "Azzalini & Bowman (1990)" in old_faithful.source


@pytest.mark.parametrize(
    ("name", "shape", "first_mean", "counts"),
    [
        ("iris", (150, 4), 5.843333, {"setosa": 50, "versicolor": 50, "virginica": 50}),
        ("wine", (178, 13), 13.000618, {"1": 59, "2": 71, "3": 48}),
        ("penguins", (342, 4), 43.921930, {"Adelie": 151, "Gentoo": 123, "Chinstrap": 68}),
        ("galaxies", (82, 1), 20831.47, None),
        ("acidity", (155, 1), 5.105132, None),
        ("swiss_banknotes", (200, 6), 214.896, {"genuine": 100, "counterfeit": 100}),
        ("vowels", (660, 2), None, 10),
    ],
)
def test_data_are_the_published_ones(name, shape, first_mean, counts):
    data = gv.load_dataset(name)

    assert data.points.shape == shape
    assert len(data.feature_names) == shape[1]
    if first_mean is not None:
        assert_allclose(data.points[:, 0].mean(), first_mean, rtol=1e-5)
    if counts is None:
        assert data.labels is None
    elif isinstance(counts, int):
        assert len(set(data.labels.tolist())) == counts
    else:
        assert {label: data.labels.tolist().count(label) for label in set(data.labels.tolist())} == counts


def test_features_are_chosen_by_column_or_title_and_in_that_order():
    data = gv.load_dataset("iris", features=["petal width (cm)", "sepal_length_cm"])

    assert data.feature_names == ("petal width (cm)", "sepal length (cm)")
    assert data.points[0].tolist() == [0.2, 5.1]


def test_unknown_feature_is_named_and_placed():
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("iris", features=["sepal_length_cm", "petal_lenght_cm"])

    assert str(caught.value) == "Iris has no feature 'petal_lenght_cm'; did you mean 'petal_length_cm'?"
    assert caught.value.place == ("features", 1)


def test_rows_of_one_label_are_fitted_and_the_others_set_aside():
    genuine = gv.load_dataset("swiss_banknotes", fit="genuine", features=["diagonal_mm"])
    every = gv.load_dataset("swiss_banknotes", features=["diagonal_mm"])

    assert (genuine.name, genuine.others_name) == ("Swiss banknotes, genuine", "counterfeit")
    assert set(genuine.labels) == {"genuine"}
    assert genuine.points.tolist() == every.points[every.labels == "genuine"].tolist()
    assert genuine.others.tolist() == every.points[every.labels == "counterfeit"].tolist()


def test_several_labels_that_are_set_aside_are_the_others():
    data = gv.load_dataset("iris", fit="setosa")

    assert (len(data.points), len(data.others), data.others_name) == (50, 100, "others")


def test_unknown_label_is_named_and_placed():
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("penguins", fit="adelie")

    assert str(caught.value) == "Palmer penguins has no rows labeled 'adelie'; did you mean 'Adelie'?"
    assert caught.value.place == ("fit",)


def test_galaxies_are_those_of_roeder_or_those_of_mass():
    corrected = gv.load_dataset("galaxies").points
    mass = gv.load_dataset("galaxies", features=["velocity_km_s_mass"]).points

    assert corrected[corrected != mass].tolist() == [26960]
    assert mass[corrected != mass].tolist() == [26690]


def test_vowels_are_those_of_men():
    # The men of Peterson & Barney (1952), table II: /i/ as in "heed" has its first two formants at 270 and 2290 Hz.
    data = gv.load_dataset("vowels", fit="i")

    assert_allclose(data.points.mean(axis=0), [270, 2290], rtol=0.02)
