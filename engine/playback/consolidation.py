"""Clips become one: what the selected clips of a track sound together, as a new audio clip in their place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.errors import EditError
from engine.ids import new_id
from engine.jobs import Context, Part
from engine.licences import non_commercial
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.filenames import safe_name
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.edits.structure import with_track
from engine.project.excerpt import excerpt
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, Source, Track, audio_take
from engine.project.recorded import was_generated
from engine.timing.clock import Clock
from engine.timing.position import Position

TASK = "consolidate"
"""The task in the record of such a clip, where sound that a model made is in it."""
_RENDERED = 0.8  # of the progress


@dataclass(frozen=True, slots=True)
class Together:
    """Clips of one track that become one: from frame `start` to before frame `end` of the song.

    track: split where only a part of a clip is taken. before: all clips of the track before that.
    """

    track: Track
    clips: tuple[Clip, ...]
    start: int
    end: int
    before: tuple[Clip, ...]
    clock: Clock


def together(
    before: Project, p: Project, clip_ids: Collection[str], region: tuple[int, int] | None = None
) -> list[Together]:
    """What is consolidated on each track: all of `region` (first frame, frame after the last), or its clips' extent.

    `p` is the song `before` with the clips split at the ends of `region`.

    Raises:
        EditError: nothing of the clips is heard on one of the tracks.
    """
    groups = []
    for track in p.tracks:
        clips = tuple(clip for clip in track.clips if clip.id in clip_ids)
        if not clips:
            continue
        if all(clip.mute for clip in clips):
            raise EditError(f"The selected clips on “{track.name}” are muted: unmute them, then consolidate.")
        start, end = region or (min(map(p.start_of, clips)), max(map(p.end_of, clips)))
        old = before.track(track.id)
        groups.append(Together(track, clips, start, end, old.clips if old else (), p.clock))
    return groups


def render(p: Project, folder: Path, group: Together, context: Context) -> Source:
    """The sound of the clips, with their gains and fades, before the track's devices and fader; 32-bit float, stereo.

    It lies in the song's audio then. Muted clips are silent. Any thread.

    Raises:
        EngineError: audio is missing, is still being made, or cannot be written.
        Cancelled: the user cancelled.
    """
    alone = excerpt(p, [clip.id for clip in group.clips if not clip.mute])
    with TemporaryDirectory(prefix="continuo-") as place:
        path = Path(place) / f"{_file_name(group)}.wav"
        start, end = Position.at_frame(group.start), Position.at_frame(group.end)
        request = BounceRequest(mix=path, start=start, end=end, format=SampleFormat.FLOAT, credentials=False)
        bounce(alone, folder, request, Part(context, 0.0, _RENDERED))
        return import_audio(folder, path, p.rate, Part(context, _RENDERED, 1.0))


def consolidated(p: Project, group: Together, source: Source, position: Position) -> tuple[Project, str]:
    """The song with the clips' sound at `position` in their place; also the id of the new clip.

    Raises:
        EditError: the clips of the track, or the tempo, are not what they were.
    """
    track = p.track(group.track.id)
    if track is None or track.clips != group.before or p.clock != group.clock:
        raise EditError(f"“{group.track.name}” was changed while its clips were rendered: consolidate them again.")
    p = with_track(p, replace(track, clips=group.track.clips))
    first = group.clips[0]
    take = audio_take(new_id(), source.id, first.name, provenance=origin(group.clips))
    clip = Clip(new_id(), position, group.end - group.start, (take,), name=first.name)
    p = edits.remove_clips(p, [each.id for each in group.clips])
    p = edits.add_source(p, source)
    return edits.add_clip(p, group.track.id, clip), clip.id


def origin(clips: Sequence[Clip]) -> dict[str, Any] | None:
    """What the record of the new sound says of the models in it; None where none of it was generated.

    The strictest licence holds for the whole; each of the records is in it.
    """
    records: list[Mapping[str, Any]] = []
    for clip in clips:
        record = clip.chosen.provenance
        if record and was_generated(record) and record not in records:
            records.append(record)
    if not records:
        return None
    strictest = max(records, key=lambda record: non_commercial(str(record.get("licence") or "")))
    named = {key: strictest[key] for key in ("model", "model_name", "licence", "prompt") if key in strictest}
    return {**named, "task": TASK, "consolidated": [dict(record) for record in records]}


def _file_name(group: Together) -> str:
    return safe_name(group.clips[0].name or group.track.name)[:80].strip() or "Clip"
