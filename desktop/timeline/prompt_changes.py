"""Where in a clip the prompt, the guidance or the blend changed while it was made live, from its provenance."""

from collections.abc import Mapping
from typing import Any

from engine.project.model import Clip


def changes_of(clip: Clip) -> list[tuple[int, str]]:
    """(frame of the clip, what holds from there on), in order; none in a clip that is looped or reversed."""
    chunks = (clip.chosen.provenance or {}).get("chunks")
    if not isinstance(chunks, list) or clip.loop_length or clip.reverse:
        return []
    changes: list[tuple[int, str]] = []
    before: Mapping[str, Any] | None = None
    for chunk in chunks:
        if not isinstance(chunk, Mapping) or not isinstance(chunk.get("start"), int):
            continue
        if before is not None and (words := _words(before, chunk)):
            changes.append((chunk["start"] - clip.offset - clip.chosen.shift, words))
        before = chunk
    return changes


def _words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became different from one chunk to the next."""
    parts = []
    if before.get("prompt") != after.get("prompt"):
        parts.append(f"“{after.get('prompt') or 'no prompt'}”")
    if before.get("negative") != after.get("negative"):
        parts.append(f"without “{after.get('negative')}”" if after.get("negative") else "nothing left out")
    if before.get("blend") != after.get("blend"):
        blend = after.get("blend") or []
        parts.append("with " + ", ".join(f"“{text}” × {weight:g}" for text, weight in blend) if blend else "no blend")
    if before.get("guidance") != after.get("guidance") and isinstance(after.get("guidance"), int | float):
        parts.append(f"guidance {after['guidance']:g}")
    return " · ".join(parts)
