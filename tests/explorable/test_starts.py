import numpy as np
import pytest

import gmmviz as gv
from gmmviz.explorable.starts import packed, table_of_starts


def unpacked(start, data, K):
    """What the page makes of it."""
    D = data.points.shape[1]
    means = data.points[start["at"]] if "at" in start else np.reshape(start["means"], (K, D))
    weights = start.get("weights", [1 / K] * K)
    if "variances" in start:
        return gv.Mixture(weights, means, [np.diag(start["variances"])] * K)
    if "diagonals" in start:
        return gv.Mixture(weights, means, [np.diag(own) for own in np.reshape(start["diagonals"], (K, D))])
    return gv.Mixture(weights, means, np.reshape(start["covariances"], (K, D, D)))


@pytest.mark.parametrize(
    "start", [gv.RandomPoints(seed=3), gv.KMeans(seed=1), gv.RandomResponsibilities(), gv.OnPoint()]
)
@pytest.mark.parametrize("name", ["old_faithful", "iris", "galaxies"])
def test_start_is_packed_to_the_last_digit(name, start):
    data = gv.load_dataset(name)
    mixture = start.mixture(data, 3)
    again = unpacked(packed(mixture, data), data, 3)

    assert again.means.tolist() == mixture.means.tolist()
    assert again.weights.tolist() == mixture.weights.tolist()
    assert again.covariances.tolist() == mixture.covariances.tolist()


def test_table_has_every_number_and_seed(old_faithful):
    table = table_of_starts(old_faithful, {"random_points": gv.RandomPoints(seed=40, scale=0.3)}, 8, 40)

    assert next(iter(table)) == "random_points"
    assert set(table["random_points"]["table"]) == {
        f"{K}/{seed}" for K in (*range(1, 7), 8) for seed in (*range(10), 40)
    }
    assert set(table["on_point"]["table"]) == {f"{K}/0" for K in range(1, 7)} | {"8/0"}
    start = unpacked(table["random_points"]["table"]["2/7"], old_faithful, 2)
    assert (start.means == gv.RandomPoints(seed=7).mixture(old_faithful, 2).means).all()
    assert (start.covariances == gv.RandomPoints(seed=7, scale=0.3).mixture(old_faithful, 2).covariances).all()


def test_start_of_one_number_is_there_for_that_alone(old_faithful):
    given = gv.Given(means=((2, 50), (4, 80)))
    table = table_of_starts(old_faithful, {"given": given}, 2, 0)

    assert set(table["given"]["table"]) == {"2/0"}
    assert not table["given"]["given"]


def test_no_start_has_more_components_than_points():
    data = gv.Dataset([[0.0], [1.0], [3.0]])
    table = table_of_starts(data, {"random_points": gv.RandomPoints()}, 2, 0)

    assert {key.split("/")[0] for key in table["kmeans"]["table"]} == {"1", "2", "3"}
