"""What a file in the folder of plug-ins declares, read as literals: nothing of the file is run."""

import ast
import logging
import math
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from engine import paths
from engine.devices.interface import DeviceSpec, Processor
from engine.errors import EngineError, shown
from engine.parameters import ParameterSpec, choice, switch
from engine.safe_files import is_regular

log = logging.getLogger(__name__)

PREFIX: Final = "plugin_"
"""What the ids of plug-ins begin with."""
MAX_FILE_BYTES = 1 << 20
MAX_PARAMETERS = 64
MAX_LATENCY = 1 << 17
"""Frames."""
MAX_TAIL = 60.0
"""Seconds."""
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_ENTRIES = {"LABEL": str, "KIND": str, "LATENCY": int, "TAIL": float, "PARAMETERS": list, "PRESETS": dict}
_PARAMETER_ENTRIES = {"id", "label", "unit", "minimum", "maximum", "default", "law", "choices"}


class PluginError(EngineError):
    """A file declares no effect; `str(error)` is a sentence."""


_known: dict[Path, tuple[tuple[int, int], DeviceSpec | str]] = {}
"""What each file was when it was read: its effect, or what is wrong with it."""


def plugin_files() -> dict[str, Path]:
    """By id: the files of the folder that can be plug-ins."""
    try:
        files = sorted(paths.plugins_dir().glob("*.py"))
    except OSError:
        return {}
    return {PREFIX + path.stem: path for path in files if _ID.fullmatch(path.stem)}


def plugin_ids() -> frozenset[str]:
    """The ids of the plug-ins that can be used."""
    return frozenset(device_id for device_id in plugin_files() if find_plugin(device_id) is not None)


def find_plugin(device_id: str) -> DeviceSpec | None:
    """The plug-in of that id; None where there is none, or its file declares none, of which the log tells once.

    A file that was changed is read again.
    """
    declared = _read(device_id)
    return declared if isinstance(declared, DeviceSpec) else None


def plugin_faults() -> tuple[str, ...]:
    """A sentence for each file of the folder that declares no effect."""
    declared = (_read(device_id) for device_id in plugin_files())
    return tuple(each for each in declared if isinstance(each, str))


def _read(device_id: str) -> DeviceSpec | str | None:
    stem = device_id.removeprefix(PREFIX)
    if stem == device_id or not _ID.fullmatch(stem):
        return None
    path = paths.plugins_dir() / f"{stem}.py"
    try:
        status = path.stat()
    except OSError:
        return None
    version = (status.st_mtime_ns, status.st_size)
    cached = _known.get(path)
    if cached is None or cached[0] != version:
        try:
            cached = version, read_declaration(path)
        except PluginError as error:
            log.warning("%s", error)
            cached = version, str(error)
        _known[path] = cached
    return cached[1]


def read_declaration(path: Path) -> DeviceSpec:
    """The effect that a file declares.

    Raises:
        PluginError: it cannot be read, or declares none; the sentence says why.
    """
    try:
        if not is_regular(path) or path.stat().st_size > MAX_FILE_BYTES:
            raise PluginError(f"The plug-in “{shown(path.name)}” is no file of at most 1 MB: leave it out.")
        tree = ast.parse(path.read_text("utf-8"))
        entries = _entries(tree)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PluginError(f"The plug-in “{shown(path.name)}” cannot be read ({error}): correct the file.") from None
    try:
        if not any(isinstance(each, ast.ClassDef) and each.name == "Plugin" for each in tree.body):
            raise ValueError("it has no class “Plugin”")
        return _spec(path, entries)
    except (ValueError, TypeError) as error:
        raise PluginError(f"The plug-in “{shown(path.name)}” declares no effect ({error}): correct the file.") from None


def _entries(tree: ast.Module) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
        if isinstance(target, ast.Name) and target.id in _ENTRIES:
            assert isinstance(statement, ast.Assign)
            entries[target.id] = ast.literal_eval(statement.value)
    return entries


def _spec(path: Path, entries: Mapping[str, Any]) -> DeviceSpec:
    for name, value in entries.items():
        kind = _ENTRIES[name]
        if not isinstance(value, kind) and not (kind is float and type(value) is int):
            raise ValueError(f"{name} is no {kind.__name__}")
    latency, tail = entries.get("LATENCY", 0), float(entries.get("TAIL", 0.0))
    if type(latency) is not int or not 0 <= latency <= MAX_LATENCY:
        raise ValueError(f"LATENCY is no whole number from 0 to {MAX_LATENCY}")
    if not 0.0 <= tail <= MAX_TAIL:
        raise ValueError(f"TAIL is no number from 0 to {MAX_TAIL:g}")
    parameters = tuple(_parameter(each) for each in entries.get("PARAMETERS", []))
    ids = [each.id for each in parameters]
    if len(parameters) > MAX_PARAMETERS or len(set(ids)) < len(ids):
        raise ValueError(f"it has two parameters of one id, or more than {MAX_PARAMETERS}")
    label = entries.get("LABEL", path.stem).strip()[:40] or path.stem
    return DeviceSpec(
        id=PREFIX + path.stem,
        label=label,
        kind=entries.get("KIND", "plug-in").strip()[:40] or "plug-in",
        parameters=parameters,
        create=partial(_create, path, label, latency, tail),
        presets=_presets(entries.get("PRESETS", {}), {each.id: each for each in parameters}),
        own_process=True,
    )


def _create(path: Path, label: str, latency: int, tail: float, rate: int, max_block: int) -> Processor:
    from engine.devices.plugins.door import PluginProcessor  # the window's process makes none

    return PluginProcessor(path, label, rate, max_block, latency=latency, tail=round(tail * rate))


def _parameter(entry: Any) -> ParameterSpec:
    if not isinstance(entry, dict) or not entry.keys() <= _PARAMETER_ENTRIES:
        raise ValueError(f"a parameter is no dict of {', '.join(sorted(_PARAMETER_ENTRIES))}")
    id_, label, unit = (entry.get(name, "") for name in ("id", "label", "unit"))
    if not all(isinstance(text, str) for text in (id_, label, unit)) or not _ID.fullmatch(id_):
        raise ValueError("a parameter's id is no name of letters, digits and underscores")
    choices = tuple(entry.get("choices", ()))
    if not all(isinstance(each, str) and each for each in choices) or len(choices) == 1:
        raise ValueError(f"the choices of {id_} are no texts, or too few")
    label = label.strip()[:40] or id_
    numbers = [entry.get(name, default) for name, default in (("minimum", 0.0), ("maximum", 1.0), ("default", 0.0))]
    if not all(type(number) in (int, float) and math.isfinite(number) for number in numbers):
        raise ValueError(f"the range of {id_} is no three numbers")
    if choices == ("off", "on"):
        return switch(id_, label, on=bool(numbers[2]))
    if choices:
        return choice(id_, label, choices, int(numbers[2]))
    low, high, default = map(float, numbers)
    law = entry.get("law", "linear")
    if law == "choice":
        raise ValueError(f"{id_} follows the law “choice” and has none")
    return ParameterSpec(id_, label, unit[:12], low, high, default, law)


def _presets(entries: Mapping[Any, Any], parameters: Mapping[str, ParameterSpec]) -> dict[str, dict[str, float]]:
    presets: dict[str, dict[str, float]] = {}
    for name, values in entries.items():
        if not isinstance(name, str) or not isinstance(values, dict) or not values.keys() <= parameters.keys():
            raise ValueError("PRESETS is no dict of values by parameter id by name")
        presets[name] = {id_: parameters[id_].clamp(float(value)) for id_, value in values.items()}
    return presets
