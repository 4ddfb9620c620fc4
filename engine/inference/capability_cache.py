"""What models can do, kept between runs, so that a panel can show their fields before they are loaded."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from engine import __version__, paths
from engine.errors import ProjectFileError
from engine.generate.interface import Capabilities, Parameter, Task
from engine.inference.api import Model
from engine.music.guide import GuidePart
from engine.project.whole_file import write_whole

_FILE = "capabilities.json"


def read_capabilities() -> dict[Model, Capabilities]:
    """What each model could do when this version of the program loaded it last; empty where nothing is readable."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        cache = json.loads((paths.data_dir() / _FILE).read_text(encoding="utf-8"))
        if cache["program"] == __version__:
            return {Model(**entry["model"]): _capabilities(entry["capabilities"]) for entry in cache["models"]}
    return {}


def keep_capabilities(model: Model, capabilities: Capabilities) -> None:
    """Notes what `model` can do, if that can be written; models of random weights are not noted."""
    cached = read_capabilities()
    shown = replace(capabilities, notices=())
    if model.untrained or cached.get(model) == shown:
        return
    models = [
        {"model": asdict(each), "capabilities": {**asdict(entry), **_sets(entry)}}
        for each, entry in {**cached, model: shown}.items()
    ]
    with suppress(OSError, ProjectFileError):
        text = json.dumps({"program": __version__, "models": models}, indent=2)
        write_whole(paths.data_dir() / _FILE, text.encode())


def _capabilities(stored: dict[str, Any]) -> Capabilities:
    parameters = tuple(Parameter(**{**each, "choices": tuple(each["choices"])}) for each in stored["parameters"])
    tasks = frozenset(Task(each) for each in stored["tasks"])
    guides = frozenset(GuidePart(each) for each in stored["guides"])
    return Capabilities(**{**stored, "parameters": parameters, "tasks": tasks, "guides": guides, "notices": ()})


def _sets(capabilities: Capabilities) -> dict[str, list[str]]:
    """What JSON has no type for, as lists."""
    return {"tasks": sorted(capabilities.tasks), "guides": sorted(capabilities.guides)}
