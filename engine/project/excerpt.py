"""A part of a song alone: some clips as they sound by themselves, to be written into files of their own."""

from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.project.edits.shape import split
from engine.project.model import Clip, LoopRegion, Project, Track
from engine.timing.position import Position


def excerpt(p: Project, clip_ids: Collection[str], *, take: int | None = None) -> Project:
    """The song with these clips alone, heard at full level: faders, pans, devices, automation and mutes are gone.

    They lie where they lay. With `take` they play that take of theirs, where they have it.

    Raises:
        EditError: none of the clips is in the song.
    """
    tracks = []
    for track in p.tracks:
        clips = tuple(_playing(clip, take) for clip in track.clips if clip.id in clip_ids)
        if clips:
            tracks.append(bare(replace(track, clips=clips)))
    if not tracks:
        raise EditError("These clips are not in the song any more.")
    return replace(p, tracks=tuple(tracks), master_gain_db=0.0, markers=(), master_devices=(), master_lanes=())


def bare(track: Track) -> Track:
    """The track with its clips, at full level in the middle, without all that the mixer does to it."""
    return replace(
        track,
        gain_db=0.0,
        pan=0.0,
        mute=False,
        solo=False,
        automation=(),
        devices=(),
        sends=(),
        group="",
        lanes=(),
    )


def parts_between(
    p: Project,
    clip_ids: Collection[str],
    first: int,
    last: int,
    place: Callable[[int], Position] = Position.at_frame,
) -> tuple[Project, list[str]]:
    """The song with these clips split at the frames `first` and `last`, and the ids of the parts between them.

    place: the position of a frame at which a part begins.
    """
    ours, others = set(clip_ids), {clip.id for _, clip in p.clips()} - set(clip_ids)
    for edge in (first, last):
        across = [c.id for _, c in p.clips() if c.id in ours and p.start_of(c) < edge < p.end_of(c)]
        if across:
            p = split(p, across, place(edge))
            ours |= {clip.id for _, clip in p.clips()} - others
    inside = [c.id for _, c in p.clips() if c.id in ours and first <= p.start_of(c) < p.end_of(c) <= last]
    return p, inside


def untouched_source(p: Project, clip: Clip, take: int | None = None) -> str:
    """The id of the source that a clip plays as it is, from end to end, without fades and gain; empty otherwise.

    A take that was generated has none: its file in the song does not say what made it.
    """
    chosen = _playing(clip, take).chosen
    if chosen.provenance or clip.gain_db or clip.fade_in.length or clip.fade_out.length:
        return ""
    return chosen.content.plays_whole(clip.length, p.sources, p.rate)


def from_start(p: Project) -> Project:
    """The song so much earlier that its first clip begins with it, at the tempos and time signatures that it had there.

    Bars are counted from there on.
    """
    clock = p.clock
    first = min((clock.frames(clip.position) for _, clip in p.clips()), default=0)
    if not first:
        return p
    beat, bar = clock.simple_beat_at(first), clock.bar_at(Position.at_frame(first))
    tempos = [replace(each, beat=each.beat - beat) for each in p.tempo_changes if each.beat > beat]
    signatures = [replace(each, bar=each.bar - bar.number + 1) for each in p.signature_changes if each.bar > bar.number]
    return replace(
        p,
        tempo=clock.tempo_at(Position.at_beat(beat)),
        signature=bar.signature,
        tempo_changes=tuple(tempos),
        signature_changes=tuple(signatures),
        loop=LoopRegion(),
        tracks=tuple(
            replace(track, clips=tuple(_earlier(p, clip, first, beat) for clip in track.clips)) for track in p.tracks
        ),
    )


def _playing(clip: Clip, take: int | None) -> Clip:
    if take is None or take >= len(clip.takes):
        return replace(clip, mute=False)
    return replace(clip, mute=False, take=take, comp=())


def _earlier(p: Project, clip: Clip, first: int, beat: Fraction) -> Clip:
    start = p.start_of(clip)
    moved = p.clock.simple_beat_at(start) - beat
    return replace(clip, position=Position.at_beat(moved) if start > first else Position.at_beat(Fraction(0)))
