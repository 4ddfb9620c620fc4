"""Sound that was recorded from an input: what its takes say of where it comes from."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

TASK: Final = "record"
"""The task of such a record, where one of generated sound names what the model was asked for."""


def recorded_from(device: str, channels: Sequence[int], date: str) -> dict[str, Any]:
    """The record of sound from the inputs `channels` (numbered from 0) of a device, begun at `date` (ISO 8601)."""
    return {"task": TASK, "device": device, "inputs": [channel + 1 for channel in channels], "date": date}


def was_recorded(record: Mapping[str, Any] | None) -> bool:
    """Whether a take's record says that its sound was recorded."""
    return record is not None and record.get("task") == TASK


def was_generated(record: Mapping[str, Any] | None) -> bool:
    """Whether a take's record says that a model made its sound."""
    return record is not None and record.get("task") != TASK
