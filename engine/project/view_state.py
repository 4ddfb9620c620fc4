"""What a window shows of a song beside the song itself: unfolded lanes and modes of automation, in a file of its own.

It is no part of the song: nothing of it can be undone, and without the file, or with a damaged one, nothing is shown.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.atomic_file import replacing
from engine.project.layout import VIEW_FILE
from engine.project.model import Target
from engine.safe_files import read_json_inside

MAX_BYTES = 1 << 20
MAX_LANES = 256
"""Of a channel."""


@dataclass(frozen=True)
class ViewState:
    """By channel, `MASTER` among them: the parameters whose lanes are unfolded, and its mode of automation."""

    lanes: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)


def read_view(folder: Path) -> ViewState:
    """What was shown of the song in `folder`."""
    try:
        value = read_json_inside(folder, VIEW_FILE, MAX_BYTES)
    except (OSError, ValueError):
        return ViewState()
    entries = value if isinstance(value, dict) else {}
    lanes, modes = entries.get("lanes"), entries.get("modes")
    return ViewState(
        {channel: targets for channel, value in _items(lanes) if (targets := _targets(value))},
        {channel: mode for channel, mode in _items(modes) if isinstance(mode, str)},
    )


def write_view(folder: Path, view: ViewState) -> None:
    """Keeps what is shown; where it cannot be written, it is not kept."""
    lanes = {
        channel: [[target.parameter, target.device, target.send] for target in targets]
        for channel, targets in view.lanes.items()
    }
    if not folder.is_dir():
        return
    text = json.dumps({"lanes": lanes, "modes": dict(view.modes)}, indent=1)
    with suppress(OSError), replacing(folder / VIEW_FILE, durable=False) as part:
        part.write_text(text, "utf-8")


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _targets(value: Any) -> tuple[Target, ...]:
    rows = value[:MAX_LANES] if isinstance(value, list) else []
    return tuple(
        Target(*row)
        for row in rows
        if isinstance(row, list) and len(row) == 3 and all(isinstance(each, str) for each in row)
    )
