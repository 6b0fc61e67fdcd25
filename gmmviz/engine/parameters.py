"""Single parameters of a mixture by name, such as ``"means[0]"``: their values, and mixtures that have others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.fixed import KINDS, Fixed
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, counted
from gmmviz.mixture.mixture import Mixture

NAME = re.compile(rf"({'|'.join(KINDS)})\[(\d+)\](?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a mixture.

    Parameters
    ----------
    kind : {"weights", "means", "covariances"}
        For a covariance it is the variance of all features.
    component, feature : int
        Counted from 0; the feature is a mean's.
    shared : bool
        Whether all components have this variance.
    """

    kind: str
    component: int
    feature: int = 0
    shared: bool = False

    def of(self, mixture: Mixture) -> float:
        """Return its value in a mixture."""
        value = getattr(mixture, self.kind)[self.component]
        return float(value if self.kind == "weights" else value.flat[self.feature])

    @property
    def like(self) -> tuple[str, int]:
        """What it has in common with those that are measured on the same scale."""
        return self.kind, self.feature


def named(name: str, trace: Trace) -> Parameter:
    """Return the parameter of a run that is called so.

    Parameters
    ----------
    name : str
        ``"weights[0]"``, ``"means[0]"`` of one feature or ``"means[0][1]"`` of several, or ``"covariances[0]"`` of
        one feature, or of a spherical covariance.
    trace : Trace

    Raises
    ------
    InputError
        If there is no such parameter.
    """
    mixture, family = trace[0].mixture, trace.settings.get("covariance_type", "full")
    K, D = mixture.n_components, mixture.n_features
    match = NAME.fullmatch(name)
    if not match:
        raise InputError(
            f"{brief(name)} is no single parameter: write such as 'means[0]', 'means[0][1]', 'weights[0]'"
        )
    kind, component, feature = match[1], int(match[2]), match[3]
    if component >= K:
        raise InputError(f"there is no {name}: {counted(K, 'component')}, counted from 0")
    if kind == "means" and feature is None and D > 1:
        raise InputError(f"{name} has {D} numbers: say which feature, such as '{name}[0]'")
    if kind != "means" and feature is not None:
        raise InputError(f"there is no {name}: write '{kind}[{component}]'")
    if kind == "means" and int(feature or 0) >= D:
        raise InputError(f"there is no {name}: {counted(D, 'feature')}, counted from 0")
    if kind == "covariances" and D > 1 and family != "spherical":
        raise InputError(
            f"{name} is a matrix: only that of one feature, or a spherical one, is a single parameter"
        )
    return Parameter(kind, component, int(feature or 0), kind == "covariances" and family == "tied")


def free_parameters(trace: Trace) -> tuple[Parameter, ...]:
    """Return the parameters that EM may change, if all are single ones; the last of free weights follows."""
    mixture, family = trace[0].mixture, trace.settings.get("covariance_type", "full")
    held, D = Fixed.of(trace.settings.get("fixed", ()), mixture), mixture.n_features
    free = {kind: np.flatnonzero(~getattr(held, kind)).tolist() for kind in KINDS}
    if trace.algorithm.equal_weights:
        free["weights"] = []
    tied = family == "tied" or trace.algorithm.constrain is not None
    variances = free["covariances"][:1] if tied else free["covariances"]
    if variances and D > 1 and family != "spherical" and trace.algorithm.constrain is None:
        return ()
    return (
        *(Parameter("weights", k) for k in free["weights"][:-1]),
        *(Parameter("means", k, d) for k in free["means"] for d in range(D)),
        *(Parameter("covariances", k, 0, tied) for k in variances),
    )


def placed(mixture: Mixture, parameters: Sequence[Parameter], values: Sequence[float]) -> Mixture | None:
    """Return a mixture with other values of some parameters; None if there is none with these.

    What is left by weights is divided among the other components in proportion.
    """
    weights, means, covariances = (getattr(mixture, kind).copy() for kind in KINDS)
    chosen: dict[int, float] = {}
    for parameter, value in zip(parameters, values, strict=True):
        k = parameter.component
        if parameter.kind == "weights":
            chosen[k] = value
        elif parameter.kind == "means":
            means[k, parameter.feature] = value
        elif value <= 0:
            return None
        else:
            covariances[slice(None) if parameter.shared else k] = value * np.eye(mixture.n_features)
    if chosen:
        left = 1 - sum(chosen.values())
        if min(*chosen.values(), left) <= 0:
            return None
        others = [k for k in range(mixture.n_components) if k not in chosen]
        shares: Array = weights[others] + (weights[others].sum() == 0)
        weights[others] = left * shares / shares.sum()
        weights[list(chosen)] = list(chosen.values())
    return Mixture.trusted(weights, means, covariances)
