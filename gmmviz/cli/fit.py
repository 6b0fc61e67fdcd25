"""`gmmviz fit`: the numbers without the film."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, ScenePath, Settings, app, noted, one, read
from gmmviz.cli.cluster import Cluster, on_cluster
from gmmviz.errors import counted

if TYPE_CHECKING:
    from gmmviz.storyboard.run import Run

ENDS = {"converged": "converged", "max_iter": "stopped by max_iter", "collapsed": "collapsed"}
WIDE = 200  # columns where nobody's terminal says otherwise


@app.command()
def fit(
    scene: ScenePath,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every digit.")] = False,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    cluster: Cluster = None,
) -> None:
    """Print what the scene's runs end with: parameters, log-likelihood, AIC and BIC.

    Example: gmmviz fit scenes/old_faithful.toml
    """

    def tell() -> None:
        with noted(scene):
            runs = read(scene, settings, limits, allow_plugins).runs
        if as_json:
            typer.echo(json.dumps({"scene": str(scene), "runs": [_record(run) for run in runs]}, indent=2))
        else:
            _print_tables(runs)

    with on_cluster(cluster):
        one(tell)


def _record(run: Run) -> dict[str, Any]:
    trace = run.trace
    mixture = trace[-1].mixture
    return {
        "name": run.name,
        "data": trace.data.name,
        "n_points": trace.n_points,
        "features": list(trace.data.feature_names),
        "n_components": trace.n_components,
        "iterations": len(trace) - 1,
        "stop_reason": trace.stop_reason,
        "log_likelihood": trace[-1].log_likelihood,
        "n_parameters": trace.n_parameters,
        "aic": trace.aic,
        "bic": trace.bic,
        "icl": trace.icl,
        "weights": mixture.weights.tolist(),
        "means": mixture.means.tolist(),
        "covariances": mixture.covariances.tolist(),
    }


def _print_tables(runs: tuple[Run, ...]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from gmmviz.encoders.base import one_line

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False, emoji=False)
    for run in runs:
        found = _record(run)
        name = f"{run.name}: " if run.name else ""
        title = one_line(f"{name}{found['data']}, {counted(found['n_points'], 'point')}")
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
        for heading in ("component", "weight", "feature", "mean", "std. dev.", "covariances"):
            table.add_column(heading, justify="left" if heading == "feature" else "right")
        for k, weight in enumerate(found["weights"]):
            for d, feature in enumerate(found["features"]):
                row = found["covariances"][k][d]
                first = (str(k + 1), f"{weight:.4f}") if d == 0 else ("", "")
                numbers = (f"{found['means'][k][d]:.5g}", f"{row[d] ** 0.5:.5g}")
                table.add_row(*first, one_line(feature), *numbers, "  ".join(f"{value:.5g}" for value in row))
        console.print(table)
        console.print(
            f"  log-likelihood {found['log_likelihood']:.4f}   AIC {found['aic']:.2f}   BIC {found['bic']:.2f}   "
            f"({counted(found['n_parameters'], 'parameter')})\n"
            f"  {ENDS[found['stop_reason']]} after {counted(found['iterations'], 'iteration')}\n"
        )
