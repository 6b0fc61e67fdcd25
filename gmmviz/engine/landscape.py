"""The landscape that EM climbs: the log-likelihood over two parameters, while the others stay as they are."""

from __future__ import annotations

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.fast import tell
from gmmviz.engine.lines import prior_of
from gmmviz.engine.parameters import Parameter, placed
from gmmviz.engine.trace import Trace
from gmmviz.mixture.mixture import Mixture, log_sum_exp


def landscape(trace: Trace, base: Mixture, over: tuple[Parameter, Parameter], x: Array, y: Array) -> Array:
    """Return what EM climbs over two parameters.

    Parameters
    ----------
    trace : Trace
        Whose points, weights, known components and prior count.
    base : Mixture
        With the other parameters.
    over : tuple of Parameter
    x, y : ndarray, shape (nx,) and (ny,)
        Their values.

    Returns
    -------
    ndarray, shape (ny, nx)
        Total log-likelihood in nats, or with a prior the log-posterior up to a constant; NaN where there is no
        mixture with these values.
    """
    data, prior = trace.data, prior_of(trace)
    points, weights = data.counting
    heights = np.full((len(y), len(x)), np.nan)
    for (row, column), _ in np.ndenumerate(heights):
        mixture = placed(base, over, (float(x[column]), float(y[row])))
        if mixture is None:
            continue
        joint = mixture.log_joint(points, data.missing)
        if data.known_counting is not None:
            tell(joint, data.known_counting)
        values = log_sum_exp(joint)
        heights[row, column] = (values.sum() if weights is None else values @ weights) + (
            prior.log_density(mixture) if prior else 0.0
        )
    return heights
