"""What every record of a take says, whatever made it: the model, the request, and what the model adds of its own.

Generators give it as `Result.provenance`; `engine.inference.provenance` adds what making the take again needs.
"""

from collections.abc import Mapping
from typing import Any

from engine.generate.interface import Capabilities, Request, Task


def model_record(capabilities: Capabilities) -> dict[str, Any]:
    """Which model it was, under which licence, and where it ran, as plain JSON values."""
    return {
        "model": capabilities.id,
        "model_name": capabilities.name,
        "weights": capabilities.version,
        "licence": capabilities.licence,
        "device": capabilities.device,
    }


def request_record(request: Request) -> dict[str, Any]:
    """What was asked for, as far as users read it, as plain JSON values. seed: of the first take."""
    return {"task": request.task.value, "prompt": request.settings.prompt, "seed": request.seed}


def result_record(capabilities: Capabilities, request: Request, details: Mapping[str, Any]) -> dict[str, Any]:
    """The provenance of a result: model and request, and the model's own `details`, which name nothing anew.

    Raises:
        ValueError: a detail has the name of something that is said already.
    """
    common = {
        **model_record(capabilities),
        **request_record(request),
        "takes": request.takes,
        "strength": request.strength if request.task is Task.VARIATION else None,
    }
    if twice := common.keys() & details.keys():
        raise ValueError(f"said twice in a record: {', '.join(sorted(twice))}")
    return {**common, **details}
