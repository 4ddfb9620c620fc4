"""What a take with a part made anew keeps of how it was put together, and the same put together again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.generate.interface import Settings, Task
from engine.inference.api import Inference, Place
from engine.inference.provenance import reading
from engine.inference.splice import Part, read_clip_audio, request_for, store_spliced
from engine.jobs import Context
from engine.project.model import Clip, Project, Source, audio_clip, audio_take
from engine.timing.position import SONG_START

_CLIP = ("offset", "length", "loop_length", "loop_phase", "reverse")


@dataclass(frozen=True, slots=True)
class Splice:
    """A part of a clip as the clip was. window: seconds that the model heard of it on each side."""

    clip: Clip
    part: Part
    window: float

    def record(self, begins: int) -> dict[str, Any]:
        """As a take's provenance keeps it under `part`; the new sound begins at frame `begins` + `part.start`."""
        part, chosen = self.part, self.clip.chosen
        fields_of_clip: dict[str, Any] = {name: getattr(self.clip, name) for name in _CLIP}
        return {
            "start": begins + part.start,
            "frames": part.frames,
            "of": chosen.source,
            "clip": {**fields_of_clip, "shift": chosen.shift},
            "made": {**{each.name: getattr(part, each.name) for each in fields(Part)}, "task": part.task.value},
            "window": self.window,
        }


def splice_of(provenance: Mapping[str, Any]) -> Splice | None:
    """How a take was put together; None for one that stands alone.

    Raises:
        ModelError: its record is damaged.
    """
    record = provenance.get("part")
    if not isinstance(record, Mapping) or "made" not in record:
        return None
    with reading():
        fields, part_record, of = record["clip"], record["made"], str(record["of"])
        take = audio_take(of, of, shift=int(fields["shift"]))
        clip = audio_clip(of, SONG_START, takes=(take,), **{name: fields[name] for name in _CLIP})
        return Splice(clip, Part(**{**part_record, "task": Task(part_record["task"])}), float(record["window"]))


def make_spliced_again(
    inference: Inference,
    splice: Splice,
    provenance: Mapping[str, Any],
    project: Project,
    folder: Path,
    context: Context,
) -> Source:
    """The file of a take with a part made anew, made again.

    Raises:
        EngineError: the sound that it was made from is not there any more, or it cannot be made again.
        Cancelled: the user cancelled.
    """
    if splice.clip.chosen.source not in project.sources:
        raise EngineError("The sound of which this take is a part is not in the song any more: generate a new take.")
    clip_audio = read_clip_audio(project, folder, splice.clip, context)
    source = request_for(clip_audio, splice.part, splice.window, Settings(), seed=0, takes=1).source
    take = inference.replay(provenance, source, Place(folder, project.rate), context)
    return store_spliced(project, folder, clip_audio, splice.part, take.source, take.source.name, context)[0]
