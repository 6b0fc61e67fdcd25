"""The panel that shows a run where none is chosen."""

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.renderers.usual import usual_renderer

POINTS = np.random.default_rng(0).standard_normal((12, 3))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gv.Dataset(POINTS), gv.EllipseRenderer),
        (gv.Dataset(POINTS[:, :1]), gv.CurveRenderer),
        (gv.Dataset(POINTS, shape=(3, 4)), gv.ImageRenderer),
        (gv.Dataset(POINTS[:, :1], shape=(3, 4)), gv.ImageRenderer),
    ],
)
def test_panel_suits_the_data(data, kind):
    assert type(usual_renderer(gv.fit(data, n_components=1, max_iter=1))) is kind
