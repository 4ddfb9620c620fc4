"""Where an export's sound comes from: the provenance of each generated clip in it, and the licences that hold for it.

A live take's record has an entry for each of its hundreds of chunks, nearly all alike. `folded` leaves out what follows
from the entry before, and `unfolded` brings it back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.licences import licence_text, non_commercial
from engine.plain_text import escaped
from engine.playback.heard import heard_clips
from engine.playback.offline_render import RenderRange
from engine.project.model import Clip, Project, Track
from engine.project.recorded import was_generated

RUN = "alike"
"""In a folded record: how many further entries follow from this one."""

FORBIDDEN = "NOT FOR COMMERCIAL USE"
_MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Origin:
    """A generated clip in an export. label: its track, name and bar."""

    label: str
    name: str
    record: Mapping[str, Any]

    @property
    def licence(self) -> str:
        """The licence of the model that made it; empty where it is not known."""
        return str(self.record.get("licence") or "")

    @property
    def model(self) -> str:
        """The model's name."""
        return str(self.record.get("model_name") or self.record.get("model") or "an unknown model")

    def json(self) -> str:
        """All of the record, folded."""
        return escaped(json.dumps(folded(self.record), ensure_ascii=False, default=str, separators=(",", ":")))

    def line(self) -> str:
        """What made it, for reading."""
        record = self.record
        parts = [f"{self.model} ({licence_text(self.licence)})"]
        if record.get("seed") is not None:
            parts.append(f"seed {record['seed']}")
        if record.get("weights"):
            parts.append(f"weights {record['weights']}")
        prompt = " → ".join(f"“{text}”" for text in prompts(record)[:_MAX_NAMES])
        return ", ".join([*([prompt] if prompt else []), *parts])


def origins(project: Project, track: Track | None, render_range: RenderRange) -> list[Origin]:
    """The generated clips that sound in a stretch of a song, on one track or on all, in the order of the tracks."""
    credits: list[Origin] = []
    for owner, clip in heard_clips(project):
        if track is not None and owner.id != track.id:
            continue
        start = project.start_of(clip)
        provenance = clip.chosen.provenance
        if (
            provenance
            and was_generated(provenance)
            and start < render_range.end
            and start + clip.length > render_range.start
        ):
            label = _label(project, owner, clip)
            same = sum(each.label.partition(" #")[0] == label for each in credits)
            credits.append(Origin(f"{label} #{same + 1}" if same else label, clip.name or "unnamed", provenance))
    return credits


def licence_lines(credits: Sequence[Origin]) -> list[str]:
    """A line for each model that made something, those that forbid commercial use first and marked."""
    groups: dict[tuple[bool, str, str], list[str]] = {}
    for each in credits:
        groups.setdefault((not non_commercial(each.licence), each.model, each.licence), []).append(each.name)
    lines = []
    for (free, model, licence), names in sorted(groups.items()):
        listed = ", ".join(f"“{name}”" for name in list(dict.fromkeys(names))[:_MAX_NAMES])
        more = len(set(names)) - _MAX_NAMES
        listed += f" and {more} more" if more > 0 else ""
        if free:
            lines.append(f"Made by {model} ({licence}): {listed}.")
        else:
            lines.append(f"{FORBIDDEN}: {listed}, made by {model} ({licence or 'licence unknown'}).")
    return lines


def prompts(record: Mapping[str, Any]) -> list[str]:
    """The prompts of a record in the order in which they took effect, each once in a row."""
    chunks = record.get("chunks")
    entries = [each for each in chunks if isinstance(each, Mapping)] if isinstance(chunks, Sequence) else []
    texts = [str(entry.get("prompt") or "") for entry in entries] or [str(record.get("prompt") or "")]
    return [text for index, text in enumerate(texts) if text and (not index or text != texts[index - 1])]


def folded(record: Mapping[str, Any]) -> dict[str, Any]:
    """`record` with its chunks as runs: the entry that begins one, and how many follow from it."""
    short = dict(record)
    chunks = record.get("chunks")
    if not isinstance(chunks, Sequence) or not all(isinstance(each, Mapping) for each in chunks):
        return short
    runs: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None
    for chunk in map(dict, chunks):
        if last is None:
            runs.append(chunk)
        else:
            run, step = runs[-1], _step(last, chunk)
            if chunk == _next(last, step) and step == run.get("step", step):
                runs[-1] = {**run, RUN: run.get(RUN, 0) + 1, "step": step}
            else:
                absent = [key for key in last if key not in chunk]
                changed = {key: value for key, value in chunk.items() if key not in last or last[key] != value}
                runs.append(changed | ({"without": absent} if absent else {}))
        last = chunk
    return {**short, "chunks": runs}


def unfolded(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record that `folded` was given."""
    chunks: list[dict[str, Any]] = []
    for run in record.get("chunks", ()):
        own = {key: value for key, value in run.items() if key not in (RUN, "step", "without")}
        before = (
            {key: value for key, value in chunks[-1].items() if key not in run.get("without", ())} if chunks else {}
        )
        chunks.append(before | own)
        for _ in range(run.get(RUN, 0)):
            chunks.append(_next(chunks[-1], run["step"]))
    return {**record, "chunks": chunks}


def _step(last: Mapping[str, Any], chunk: Mapping[str, Any]) -> int:
    """How many frames after the entry before it an entry starts."""
    ends = [each.get("start") for each in (last, chunk)]
    return ends[1] - ends[0] if isinstance(ends[0], int) and isinstance(ends[1], int) else 0


def _next(chunk: Mapping[str, Any], step: int) -> dict[str, Any]:
    """The entry after `chunk` if nothing but its place changes."""
    following = dict(chunk)
    if isinstance(chunk.get("start"), int):
        following["start"] = chunk["start"] + step
    if isinstance(chunk.get("index"), int):
        following["index"] = chunk["index"] + 1
    match chunk.get("noise_key"):
        case [int() as seed, int() as index]:
            following["noise_key"] = [seed, index + 1]
    return following


def _label(project: Project, track: Track, clip: Clip) -> str:
    bar, beat, _ = project.clock.bar_and_beat(clip.position)
    return f"{track.name}: {clip.name or 'unnamed'} @ {bar}.{beat}"
