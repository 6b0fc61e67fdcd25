import pytest

import gmmviz as gv


def test_given_start_decides_the_number_of_components(old_faithful):
    start = gv.Given(means=[[2, 50], [4, 80]], covariances=[[[1, 0], [0, 50]]] * 2)

    assert gv.fit(old_faithful, start).n_components == 2
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, n_components=3)
    assert str(caught.value) == "the start gives 2 means for 3 components"
