import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv

NAMES = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")
FAMILIES = ("full", "tied", "diag", "spherical")


@pytest.fixture(scope="module")
def iris():
    return np.array(gv.load_dataset("iris").points)


def fitted(X, covariance_type="full"):
    return gv.GaussianMixture(3, covariance_type=covariance_type, random_state=0).fit(X)


def beside(model):
    """scikit-learn's model with the same attributes."""
    theirs = SklearnMixture(model.n_components, covariance_type=model.covariance_type)
    for name in NAMES:
        setattr(theirs, name, getattr(model, name))
    return theirs


def reorder(model, order):
    for name in NAMES:
        if model.covariance_type != "tied" or name in ("weights_", "means_"):
            setattr(model, name, getattr(model, name)[order])


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_components_in_another_order_are_what_is_used(iris, covariance_type):
    model = fitted(iris, covariance_type)
    labels, shares, log_density, score = (
        model.predict(iris),
        model.predict_proba(iris),
        model.score_samples(iris),
        model.bic(iris),
    )
    order = np.array([2, 0, 1])

    reorder(model, order)

    assert np.array_equal(order[model.predict(iris)], labels)
    assert_allclose(model.predict_proba(iris), shares[:, order], rtol=1e-12, atol=1e-15)
    assert_allclose(model.score_samples(iris), log_density, rtol=1e-12)
    assert model.bic(iris) == pytest.approx(score, rel=1e-12)
    X, y = model.sample(3000)
    assert_allclose([X[y == k].mean(axis=0) for k in range(3)], model.means_, atol=0.15)


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("changed", ["weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"])
def test_attribute_that_is_set_counts_as_in_scikit_learn(iris, covariance_type, changed):
    model = fitted(iris, covariance_type)
    before = model.score_samples(iris)
    new = {"weights_": np.array([0.2, 0.5, 0.3]), "means_": model.means_ + 0.3}.get(
        changed, 2 * getattr(model, changed)
    )
    setattr(model, changed, new)

    theirs = beside(model)

    assert_allclose(model.score_samples(iris), theirs.score_samples(iris), rtol=1e-9)
    assert np.array_equal(model.predict(iris), theirs.predict(iris))
    assert_allclose([model.aic(iris), model.bic(iris)], [theirs.aic(iris), theirs.bic(iris)], rtol=1e-9)
    # The densities know nothing of covariances_ and precisions_, here as there.
    assert np.allclose(model.score_samples(iris), before, rtol=1e-9) == (
        changed in ("covariances_", "precisions_")
    )


def test_samples_follow_the_covariances(iris):
    model = fitted(iris[:, :1])
    model.covariances_ = model.covariances_ * 1e4
    X, y = model.sample(20_000)

    assert_allclose(X[y == 0].std(), np.sqrt(model.covariances_[0, 0, 0]), rtol=0.05)


def test_element_changed_in_place_is_used(iris):
    model = fitted(iris)
    model.means_[0] = 100

    assert (model.predict(iris) != 0).all()


def test_model_made_of_its_attributes_alone_needs_no_fit(iris):
    theirs = SklearnMixture(3, random_state=1).fit(iris)
    model = gv.GaussianMixture(3)
    for name in NAMES:
        setattr(model, name, getattr(theirs, name))

    assert_allclose(model.score_samples(iris), theirs.score_samples(iris), rtol=1e-9)
    assert model.sample(2)[0].shape == (2, 4)
    with pytest.raises(gv.InputError, match="X has 3 features, but GaussianMixture is expecting 4"):
        model.predict(iris[:, :3])


def test_attribute_that_was_taken_away_is_missed(iris):
    model = fitted(iris)
    del model.precisions_cholesky_

    with pytest.raises(NotFittedError):
        model.predict(iris)
    assert model.sample(2)[0].shape == (2, 4)


def test_start_without_an_iteration_is_of_its_family(iris):
    model = gv.GaussianMixture(3, covariance_type="diag", max_iter=0, tol=0, random_state=0).fit(iris)

    assert_allclose(model.precisions_, 1 / model.covariances_)
    assert_allclose(model.score_samples(iris), beside(model).score_samples(iris), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("weights_", [0.5, 0.5], "weights must have shape (3,) to match means, not (2,)"),
        ("weights_", [1.0, 1.0, 1.0], "weights must sum to 1, not 3: divide each by the sum"),
        ("means_", [1.0, 2.0], "means_ must have shape (components, features), not (2,)"),
        (
            "precisions_cholesky_",
            np.ones((3, 4)),
            "precisions_cholesky_ must have shape (3, 4, 4) for covariance_type='full' and means_ of shape (3, 4), "
            "not (3, 4)",
        ),
        ("precisions_cholesky_", np.zeros((3, 4, 4)), "precisions_cholesky_ must have no zero on its diagonals"),
    ],
)
def test_attributes_that_do_not_go_together_are_told(iris, name, value, message):
    model = fitted(iris)
    setattr(model, name, value)

    with pytest.raises(gv.InputError) as caught:
        model.predict(iris)

    assert str(caught.value) == message
