"""What measurements of the way from output to input found: kept on this machine, for the window and the shell."""

import json
from contextlib import suppress

from engine.atomic_file import replacing
from engine.paths import config_dir
from engine.playback.device import DeviceSettings

FILE = "latencies.json"
_LONGEST = 1.0  # seconds; no measurement finds more
_KEPT = 100


def correction_for(output: DeviceSettings, source: str | None) -> float:
    """The seconds beside the reported latencies that were measured for these devices last; 0 if never."""
    value = _read().get(_key(output, source), 0.0)
    return value if abs(value) <= _LONGEST else 0.0


def keep_correction(output: DeviceSettings, source: str | None, correction: float) -> None:
    """Keeps what was measured.

    Raises:
        OSError: it cannot be written.
    """
    key = _key(output, source)
    rows = {**{name: value for name, value in _read().items() if name != key}, key: correction}
    with replacing(config_dir() / FILE) as part:
        part.write_text(json.dumps(dict(list(rows.items())[-_KEPT:]), indent=2))


def _key(output: DeviceSettings, source: str | None) -> str:
    return " | ".join((output.device or "default", source or "default", str(output.rate or "song"), str(output.block)))


def _read() -> dict[str, float]:
    with suppress(OSError, ValueError):
        rows = json.loads((config_dir() / FILE).read_text(encoding="utf-8"))
        if isinstance(rows, dict):
            return {name: float(value) for name, value in rows.items() if type(value) in (int, float)}
    return {}
