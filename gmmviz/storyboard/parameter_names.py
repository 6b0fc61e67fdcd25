"""What a single parameter of a mixture is called on an axis."""

from __future__ import annotations

from gmmviz.engine.parameters import Parameter
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal


def parameter_name(parameter: Parameter, stage: Stage) -> str:
    """Return the name of a parameter in the language of the film, as matplotlib takes it."""
    k = parameter.component + 1
    if parameter.kind == "means":
        feature = literal(stage.trace.data.feature_names[parameter.feature])
        return stage.say("mean_of_component", component=k, feature=feature)
    if parameter.shared:
        return stage.say("shared_variance")
    return stage.say(
        "weight_of_component" if parameter.kind == "weights" else "variance_of_component", component=k
    )
