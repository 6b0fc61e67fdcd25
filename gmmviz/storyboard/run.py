"""One run of a film: a trace and the name that its panels carry."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmviz.engine.trace import Trace
from gmmviz.options import checked
from gmmviz.storyboard.cells import shown


@checked
@dataclass(frozen=True, slots=True)
class Run:
    """One trace of a film, and the name that stands above its panels.

    Parameters
    ----------
    trace : Trace
        The run of EM, from `gmmviz.fit`.
    name : str
        Empty if the film has only one run.

    Examples
    --------
    >>> import gmmviz as gv
    >>> data = gv.load_dataset("old_faithful")
    >>> runs = [gv.Run(gv.fit(data, gv.RandomPoints(seed=s), n_components=2), f"seed {s}") for s in (1, 2)]
    >>> gv.Animation(runs).n_images > 100
    True
    """

    trace: Trace
    name: str = ""

    def __post_init__(self) -> None:
        data = self.trace.data
        if data.incomplete and data.gaps is None:
            # To be drawn, what is missing is at its conditional mean under the fit; EM has not seen it.
            places = self.trace[-1].mixture.impute(data.points)
            drawn = replace(data, points=places, gaps=np.isnan(data.points))
        else:
            drawn = shown(data)
        if drawn is not data:
            object.__setattr__(self, "trace", replace(self.trace, data=drawn))
