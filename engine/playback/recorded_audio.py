"""Sound comes into the song while it is recorded: a clip that grows, or a take for each round of a loop."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.playback.input_settings import Run
from engine.playback.recorded_notes import Span
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take, Track, audio_take
from engine.timing.position import Position

LEAST_ROUND_SECONDS = 0.2
"""A last round that is shorter, when the recording ends, is no take."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The sound of one track: the file that grows, where it lies in the song, and how it was made."""

    track_id: str
    source: Source
    runs: tuple[Run, ...]
    provenance: Mapping[str, Any]


def place(p: Project, recorded: Recorded, span: Span, *, over: bool = False) -> Project:
    """The song with what there is of a recording until now, in the place of what there was of it before.

    The rounds of a loop are takes of one clip over the loop, the last of them chosen; where the same stretch was
    recorded before, its takes stay and the new ones come behind them. Without rounds, each run becomes a clip, as where
    the playhead was moved on the way. What lies under a clip is trimmed. With `over`, a last round that has hardly
    begun is left out.

    Raises:
        EditError: a clip cannot be placed.
    """
    source, runs = recorded.source, recorded.runs
    if over and len(runs) > 1 and source.frames - runs[-1].file < LEAST_ROUND_SECONDS * p.rate:
        runs = runs[:-1]
    track = p.track(recorded.track_id)
    if track is None or not runs or not source.frames:
        return p
    p = _without(p, track, source.id)
    p = replace(p, sources={**p.sources, source.id: source})
    track = p.track(recorded.track_id) or track
    if span.rounds:
        return _with_takes(p, track, recorded, runs, span)
    ends = [*(run.file for run in runs[1:]), source.frames]
    for run, end in zip(runs, ends, strict=True):
        if end > run.file:
            take = _take(recorded, run.file, run.file)
            clip_id = f"{source.id}-clip-{run.file}"
            clip = Clip(clip_id, Position.at_frame(run.song), end - run.file, (take,), name=track.name)
            p = edits.add_clip(p, track.id, clip)
    return p


def clips_of(p: Project, source_id: str) -> list[str]:
    """The ids of the clips that hold takes of a recording."""
    return [clip.id for _, clip in p.clips() if any(take.source == source_id for take in clip.takes)]


def _without(p: Project, track: Track, source_id: str) -> Project:
    """`p` without the clips and takes that hold what there was of a recording before."""
    clips = []
    for clip in track.clips:
        takes = tuple(take for take in clip.takes if take.source != source_id)
        if len(takes) == len(clip.takes):
            clips.append(clip)
        elif takes:
            ids = {take.id for take in takes}
            comp = tuple(part for part in clip.comp if part.take in ids)
            clips.append(replace(clip, takes=takes, take=min(clip.take, len(takes) - 1), comp=comp))
    if source_id not in p.sources:
        return p
    changed = replace(track, clips=tuple(clips))
    return replace(p, tracks=tuple(changed if each is track else each for each in p.tracks))


def _with_takes(p: Project, track: Track, recorded: Recorded, runs: Sequence[Run], span: Span) -> Project:
    takes = [_take(recorded, run.file, run.file + span.first - run.song) for run in runs]
    before = next((clip for clip in track.clips if _same_place(p, clip, span)), None)
    if before is not None:
        for number, take in enumerate(takes, len(before.takes) + 1):
            p = edits.add_take(p, before.id, replace(take, name=f"Take {number}"), choose=True)
        return p
    named = tuple(replace(take, name=f"Take {number}") for number, take in enumerate(takes, 1))
    clip_id, length = f"{recorded.source.id}-clip", span.last - span.first
    clip = Clip(clip_id, Position.at_frame(span.first), length, named, len(named) - 1, name=track.name)
    return edits.add_clip(p, track.id, clip)


def _take(recorded: Recorded, number: int, shift: int) -> Take:
    """A take that plays the file from its frame `shift` on; before the first frame is silence."""
    source = recorded.source
    return audio_take(f"{source.id}-{number}", source.id, shift=shift, provenance=recorded.provenance)


def _same_place(p: Project, clip: Clip, span: Span) -> bool:
    """Whether a clip of sound lies exactly over the loop, and plays straight on."""
    stretch = clip.stretch
    straight = bool(stretch.source) and not (stretch.loop_length or stretch.reverse or stretch.offset)
    return straight and p.start_of(clip) == span.first and clip.length == span.last - span.first


def silenced(p: Project, track_ids: Iterable[str], span: Span) -> Project:
    """The song to be played while tracks are recorded: of their clips only those that end before the recording."""
    ids = set(track_ids)

    def quiet(track: Track) -> Track:
        clips = tuple(clip for clip in track.clips if p.end_of(clip) <= span.first)
        return track if len(clips) == len(track.clips) else replace(track, clips=clips)

    return replace(p, tracks=tuple(quiet(track) if track.id in ids else track for track in p.tracks))
