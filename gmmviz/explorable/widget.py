"""The explorable in a notebook, both ways: what is dragged there is a mixture here. It needs anywidget."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmviz.datasets import Dataset
from gmmviz.engine.trace import Trace
from gmmviz.explorable.explorable import HEIGHT, Explorable
from gmmviz.explorable.page import part
from gmmviz.fitting.policy import fit
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import checked

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("gv.Explorer needs anywidget: pip install 'gmmviz[notebook]'") from error


class _Widget(anywidget.AnyWidget):
    """The page and what it tells."""

    _esm = part("widget.mjs")
    _page = traitlets.Unicode().tag(sync=True)
    _height = traitlets.Int(HEIGHT).tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)


class Explorer:
    """A page to explore in a notebook, whose mixture and run can be asked for in the next cell.

    Parameters
    ----------
    explorable : Explorable
        From ``gv.explore``.

    Attributes
    ----------
    widget : anywidget.AnyWidget
        What a notebook shows.

    Raises
    ------
    ImportError
        Without anywidget, which ``gmmviz[notebook]`` installs.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2)
    >>> explorer = gv.Explorer(gv.explore(trace))
    >>> explorer.mixture.n_components
    2
    """

    @checked
    def __init__(self, explorable: Explorable) -> None:
        self.widget: Any = _Widget(_page=explorable.page())
        self._explorable = explorable

    @property
    def _state(self) -> dict[str, Any]:
        """What the page has told, empty before it has told anything."""
        told: dict[str, Any] = self.widget._state
        return told

    def __repr__(self) -> str:
        return f"<Explorer of {self._explorable!r}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.widget._repr_mimebundle_(include=include, exclude=exclude)

    @property
    def data(self) -> Dataset:
        """The points as they are on the page: some may have been added or removed, or be the reader's own."""
        points = self._state.get("points")
        if points is None:
            return self._explorable.trace.data
        values = np.reshape(np.array(points["values"], np.float64), (-1, len(points["names"])))
        weights = None if points["weights"] is None else np.array(points["weights"], np.float64)
        return Dataset(
            values, tuple(points["names"]), points["file"] or self._explorable.trace.data.name, weights=weights
        )

    @property
    def mixture(self) -> Mixture:
        """The mixture as it is on the page."""
        if not self._state:
            return self._explorable.trace[0].mixture
        return _mixture(self._state["mixture"])

    @property
    def trace(self) -> Trace:
        """The run that led to it, made anew: from where it began on the page, through as many iterations."""
        if not self._state:
            return self._explorable.trace
        choice = self._state["choice"]
        own: dict[str, Any] = {} if choice["algorithm"] == "kmeans" else {"covariance_type": choice["family"]}
        return fit(
            self.data,
            _mixture(self._state["origin"]),
            algorithm=choice["algorithm"],
            reg_covar=choice["ridge"],
            max_iter=self._state["iteration"],
            tol=0.0,
            **own,
        )


def _mixture(told: dict[str, list[float]]) -> Mixture:
    K = len(told["weights"])
    D = len(told["means"]) // K
    return Mixture.of(
        told["weights"], np.reshape(told["means"], (K, D)), np.reshape(told["covariances"], (K, D, D))
    )
