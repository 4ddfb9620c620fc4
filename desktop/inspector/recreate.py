"""Making a take again from its record, and comparing it bit for bit with the one that is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from desktop.inspector.tempo_fit import stretched_from
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.api import Inference, Place
from engine.inference.compositions import composition_of
from engine.inference.splice_record import make_spliced_again, splice_of
from engine.jobs import Context
from engine.project.model import Clip, Project, Source, Take
from engine.project.pool import prepare, read_samples

if TYPE_CHECKING:
    from engine.inference.recomposing import Recomposed


@dataclass(frozen=True)
class Again:
    """A take made again. `difference`: the largest between two samples; 0 and `identical` where there is none."""

    identical: bool
    difference: float
    source: Source

    @property
    def text(self) -> str:
        """For the user."""
        if self.identical:
            return "Recreated: identical, bit for bit."
        return f"Recreated: not the same; samples differ by up to {self.difference:.2g}."


def make_again(
    inference: Inference, project: Project, folder: Path, take: Take, context: Context
) -> "Again | Recomposed":
    """Has the generator process make `take` again, or composes it again, and compares; a job's thread.

    Raises:
        EngineError: it cannot be made again, with the reason.
        Cancelled: the user cancelled.
    """
    if composition_of(take) is not None:
        from engine.inference.recomposing import recompose  # the composer's modules take time to load

        return recompose(take)
    record = take.provenance
    if record is None or "request" not in record:
        raise EngineError("This take has no record of how it was made: it cannot be recreated.")
    before = stretched_from(take)
    original = project.sources.get(before[0] if before else take.source)
    if original is None:
        raise EngineError("The take's audio is not in this song any more, so there is nothing to compare with.")
    context.progress(0.0, "Looking for the sound that it was made from")
    if splice := splice_of(record):
        copy = make_spliced_again(inference, splice, record, project, folder, context)
    else:
        sound = find_material(project, folder, record, context)
        copy = inference.replay(record, sound, Place(folder, project.rate), context).source
    if copy.id == original.id:
        return Again(True, 0.0, copy)
    difference = _difference(folder, original, copy, project.rate, context)
    return Again(difference == 0.0 and copy.frames == original.frames, difference, copy)


def find_material(project: Project, folder: Path, record: Mapping[str, Any], context: Context) -> Audio | None:
    """The sound that a take continued or changed, found among the song's clips by its hash; None if it needed none.

    Raises:
        EngineError: no clip sounds like that any more.
    """
    from engine.inference.clip_audio import clip_sound
    from engine.inference.provenance import sound_hash

    request = record["request"]
    wanted_hash, frames = request.get("source"), int(request.get("source_frames", 0))
    if wanted_hash is None:
        return None
    for _, clip in project.clips():
        for candidate in _candidates(project, clip):
            if project.sources[candidate.chosen.source].growing or candidate.length < frames:
                continue
            for start in {candidate.length - frames, 0}:
                context.check()
                sound = clip_sound(project, folder, candidate, start, start + frames, context)
                if sound_hash(sound) == wanted_hash:
                    return sound
    raise EngineError(
        "The sound that this take was made from is not in the song any more, as it was then: "
        "undo the changes to its clip, or generate a new take."
    )


def _candidates(project: Project, clip: Clip) -> list[Clip]:
    """A clip with each of its takes chosen in turn, and as long as the take's source where that is longer."""
    clips = []
    for index, take in enumerate(clip.takes):
        if take.source not in project.sources:
            continue
        chosen = replace(clip, take=index)
        clips.append(chosen)
        whole = project.sources[take.source].frames_at(project.rate)
        if (clip.length, clip.offset, take.shift) != (whole, 0, 0) and not clip.loop_length:
            clips.append(chosen.playing(replace(chosen.stretch, offset=-take.shift, reverse=False), whole))
    return clips


def _difference(folder: Path, one: Source, other: Source, rate: int, context: Context) -> float:
    files = [prepare(folder, source, rate, context) for source in (one, other)]
    if files[0].channels != files[1].channels:
        return 1.0
    largest, frames = 0.0, max(file.frames for file in files)
    for start in range(0, frames, 1 << 18):
        context.check()
        first, second = (read_samples(file, start, min(1 << 18, frames - start)) for file in files)
        largest = max(largest, float(np.abs(first - second).max(initial=0.0)))
    return largest
