import numpy as np
import pytest

import gmmviz as gv


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name != "given"])
@pytest.mark.parametrize("n_components", [1, 3, 8])
def test_start_is_a_mixture_that_its_seed_repeats(old_faithful, name, n_components):
    first, again = (gv.STARTS[name]().mixture(old_faithful, n_components) for _ in range(2))

    assert first.means.shape == (n_components, 2)
    assert np.array_equal(first.means, again.means)
    assert np.array_equal(first.covariances, again.covariances)


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name not in ("given", "identical")])
def test_next_attempt_is_another_start(old_faithful, name):
    start = gv.STARTS[name]()

    one, other = (start.attempt(i).mixture(old_faithful, 3) for i in (0, 1))

    assert not np.array_equal(one.means, other.means)


def test_start_without_a_seed_can_be_tried_once(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, "identical", n_components=2, n_init=2)

    assert str(caught.value) == (
        "the start Identical is the same every time: leave n_init at 1 and on_collapse at 'stop', "
        "or choose a start with a seed"
    )
