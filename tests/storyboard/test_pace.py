import gmmviz as gv


def test_movements_are_gentle_or_linear():
    assert [gv.Pace().ease(x) for x in (0, 0.25, 0.5, 1)] == [0, 0.15625, 0.5, 1]
    assert [gv.Pace(easing="linear").ease(x) for x in (0, 0.25, 1)] == [0, 0.25, 1]
