from threadpoolctl import threadpool_info

from gmmviz import threads
from gmmviz.threads import one_thread


def of_linear_algebra():
    return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


def test_threads_of_linear_algebra_are_limited_once_and_given_back():
    before = of_linear_algebra()
    with one_thread():
        with one_thread():
            assert len(threads._limits) == 2
            assert threads._limits[0] is threads._limits[1]
        assert of_linear_algebra() == {1}
        assert len(threads._limits) == 1
    assert of_linear_algebra() == before
    assert threads._limits == []
