"""The user's own presets of devices: one JSON file a kind in the settings folder."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from engine import paths
from engine.atomic_file import replacing
from engine.devices.interface import DeviceSpec
from engine.safe_files import read_json_inside

log = logging.getLogger(__name__)


def user_presets(spec: DeviceSpec) -> dict[str, dict[str, float]]:
    """Presets that the user keeps for a device, by name; what is damaged is left out."""
    if not _file(spec).exists():
        return {}
    try:
        data = read_json_inside(_file(spec).parent, _file(spec).name)
    except (OSError, ValueError) as error:
        log.warning("presets of %s cannot be read: %s", spec.label, error)
        return {}
    if not isinstance(data, dict):
        return {}
    presets = {}
    for name, values in data.items():
        if isinstance(values, dict):
            presets[name] = {key: float(v) for key, v in values.items() if _fits(spec, key, v)}
    return presets


def keep_preset(spec: DeviceSpec, name: str, values: Mapping[str, float]) -> None:
    """Keeps values under a name, in place of what had it.

    Raises:
        OSError: the file cannot be written.
    """
    presets = {**user_presets(spec), name: dict(values)}
    file = _file(spec)
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        part.write_text(json.dumps(presets, indent=1, sort_keys=True, ensure_ascii=False), "utf-8")


def _file(spec: DeviceSpec) -> Path:
    return paths.config_dir() / "presets" / f"{spec.id}.json"


def _fits(spec: DeviceSpec, key: str, value: object) -> bool:
    parameter = spec.parameter(key)
    return parameter is not None and isinstance(value, int | float) and parameter.admits(float(value))
