"""Finding and replacing parts of a project: what is not replaced keeps its identity.

The functions here raise `EditError` for an id that the project does not have.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from fractions import Fraction
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from engine.errors import EditError
from engine.ids import new_id
from engine.plain_text import one_line
from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB, TRACK_HUES, ChannelKind, Clip, Project, Take, Track
from engine.timing.clock import Clock
from engine.timing.position import SONG_START, Position

MAX_NAME: Final = 200
"""Longest name of a song, track, clip, take or marker, in characters."""

MAX_FRAMES: Final = 1 << 36
"""Where a song must end at the latest, and the longest clip, in frames: 397 hours at 48 kHz."""

FINEST: Final = 24
"""Parts of a quarter note that hold every position of the grid, triplets of 1/32 included."""


class Keep(Enum):
    """Says that an argument was left out where None means something."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


def track_of(p: Project, track_id: str) -> Track:
    """The track with that id."""
    if track := p.track(track_id):
        return track
    raise EditError("This track is no longer in the song: choose another track.")


def clip_of(p: Project, clip_id: str) -> tuple[Track, Clip]:
    """The clip with that id and its track."""
    for track in p.tracks:
        for clip in track.clips:
            if clip.id == clip_id:
                return track, clip
    raise missing_clip()


def missing_clip() -> EditError:
    """The error for a clip id that the project does not have."""
    return EditError("This clip is no longer in the song: select another clip.")


def too_far() -> EditError:
    """The error for a place or a length that no song reaches."""
    return EditError("This is too far from the song's start: give an earlier place or a shorter length.")


def tracks_of(p: Project, ids: Iterable[str]) -> list[tuple[Track, list[Clip]]]:
    """The clips with these ids, grouped by track; tracks and clips in the song's order."""
    chosen = set(ids)
    groups = []
    left = len(chosen)
    for track in p.tracks:
        if not left:
            break
        if clips := [clip for clip in track.clips if clip.id in chosen]:
            groups.append((track, clips))
            left -= len(clips)
    if left:
        raise missing_clip()
    return groups


def check_sounds(p: Project, takes: Iterable[Take]) -> None:
    """Refuses takes of sources that are not in the song.

    Raises:
        EditError: there is one.
    """
    if any(take.source and take.source not in p.sources for take in takes):
        raise EditError("The take's audio is not in this song: import its file first.")


def with_track(p: Project, track: Track) -> Project:
    """`p` with `track` in the place of the track that has its id."""
    return replace(p, tracks=tuple(track if old.id == track.id else old for old in p.tracks))


def with_tracks(p: Project, tracks: Iterable[Track]) -> Project:
    """`p` with each of `tracks` in the place of the track that has its id."""
    new = {track.id: track for track in tracks}
    return replace(p, tracks=tuple(new.get(old.id, old) for old in p.tracks)) if new else p


def with_clips(track: Track, clips: Iterable[Clip], clock: Clock) -> Track:
    """`track` with these clips in the order of their starts; clips that start together keep their order.

    Raises:
        EditError: the track is a group or a return, which have no clips.
    """
    clips = tuple(clips)
    if clips and track.kind is not ChannelKind.AUDIO:
        raise EditError(f"“{track.name}” is a {track.kind.value} and holds no clips: choose a track.")
    return replace(track, clips=in_order(clips, clock))


def in_order(clips: Iterable[Clip], clock: Clock) -> tuple[Clip, ...]:
    """The clips in the order of their starts; clips that start together keep their order.

    Raises:
        EditError: one of them starts after the song's latest end.
    """
    ordered = tuple(sorted(clips, key=lambda clip: clock.frames(clip.position)))
    if ordered and clock.frames(ordered[-1].position) > MAX_FRAMES:
        raise too_far()
    return ordered


def with_clip(p: Project, track: Track, old: Clip, *new: Clip) -> Project:
    """`p` with `new` in the place of `old` on `track`."""
    clips: list[Clip] = []
    for clip in track.clips:
        if clip is old:
            clips.extend(new)
        else:
            clips.append(clip)
    if len(new) == 1 and new[0].position == old.position:
        return with_track(p, replace(track, clips=tuple(clips)))
    return with_track(p, with_clips(track, clips, p.clock))


def change_clips(p: Project, ids: Iterable[str], change: Callable[[Clip], Clip]) -> Project:
    """`p` with `change` made to each of these clips, which must not move them."""
    tracks = []
    for track, clips in tracks_of(p, ids):
        changed = {clip.id: change(clip) for clip in clips}
        if any(changed[clip.id] != clip for clip in clips):
            tracks.append(replace(track, clips=tuple(changed.get(clip.id, clip) for clip in track.clips)))
    return with_tracks(p, tracks)


def copied(clip: Clip, groups: dict[str, str] | None = None) -> Clip:
    """The same clip under an id of its own, in no group, or in a new one.

    groups: by the group that a clip is in, the one that its copy joins; what is missing is added.
    """
    group = groups.setdefault(clip.group, new_id()) if clip.group and groups is not None else ""
    return replace(clip, id=new_id(), group=group)


def longer_at_start(clip: Clip, frames: int) -> Clip:
    """The clip with `frames` more (fewer, if negative) before its start; the caller moves its position.

    What a split has cut off from its fades there comes back.
    """
    fades = (clip.fade_in, clip.fade_out)
    into, out = (
        fade.part(min(max(fade.first - frames, 0), fade.end), fade.end) if fade.first else fade for fade in fades
    )
    return replace(clip.trimmed(-frames, clip.length), fade_in=into, fade_out=out)


def longer_at_end(clip: Clip, frames: int) -> Clip:
    """The clip with `frames` more (fewer, if negative) after its end.

    What a split has cut off from its fades there comes back.
    """
    fades = (clip.fade_in, clip.fade_out)
    into, out = (
        fade.part(fade.first, max(min(fade.end + frames, fade.total), fade.first)) if fade.end < fade.total else fade
        for fade in fades
    )
    return replace(clip.trimmed(0, clip.length + frames), fade_in=into, fade_out=out)


def fitted(clip: Clip, *, keep_end: bool = False) -> Clip:
    """The clip with fades that fit its length; the fade-out gives way first, or the fade-in with `keep_end`.

    A part of a fade that has to be as long as its clip is stretched to it; one that gives way to the other fade goes
    all its way in what is left.

    Raises:
        EditError: the clip is longer than a song may be.
    """
    if clip.length > MAX_FRAMES:
        raise too_far()
    fade_in, fade_out = clip.fade_in, clip.fade_out
    if fade_in.end < fade_in.total and not fade_out.length:
        fade_in = fade_in.stretched(clip.length)
    if fade_out.first and not fade_in.length:
        fade_out = fade_out.stretched(clip.length)
    if fade_in.length + fade_out.length > clip.length:
        if keep_end:
            out = min(fade_out.length, clip.length)
            into = min(fade_in.length, clip.length - out)
        else:
            into = min(fade_in.length, clip.length)
            out = min(fade_out.length, clip.length - into)
        fade_in, fade_out = fade_in.stretched(into), fade_out.stretched(out)
    if fade_in.end < fade_in.total and fade_in.length < clip.length:
        fade_in = replace(fade_in, whole=fade_in.end if fade_in.first else 0)
    if fade_out.first and fade_out.length < clip.length:
        fade_out = replace(fade_out, first=0, whole=fade_out.total - fade_out.first)
        fade_out = replace(fade_out, whole=0 if fade_out.whole == fade_out.length else fade_out.whole)
    if (fade_in, fade_out) == (clip.fade_in, clip.fade_out):
        return clip
    return replace(clip, fade_in=fade_in, fade_out=fade_out)


def later(clock: Clock, position: Position, frames: int) -> Position:
    """The place `frames` after `position` (before, if negative), to the frame.

    Beats stay beats, and stay on the grid if a step of the grid leads to that very frame.
    """
    if position.beat is None:
        return Position.at_frame(clock.frames(position) + frames)
    target = clock.frames(position) + frames
    exact = clock.beat_at(target)
    nearest = position.beat + Fraction(round((exact - clock.beat_at(target - frames)) * FINEST), FINEST)
    return Position.at_beat(nearest if clock.frame_at(nearest) == target else exact)


def in_kind(clock: Clock, position: Position, like: Position) -> Position:
    """`position` in beats if it or `like` is in beats, otherwise in frames."""
    if like.in_frames or not position.in_frames:
        return position
    return Position.at_beat(clock.beats(position))


def not_before_start(position: Position) -> Position:
    """`position`, or the song's start if it lies before it.

    Raises:
        EditError: after the song's latest end.
    """
    if (position.frame or position.beat or 0) > MAX_FRAMES:
        raise too_far()
    if not position.is_before_start:
        return position
    return Position.at_frame(0) if position.in_frames else SONG_START


def whole(frames: int, what: str) -> int:
    """`frames` as a Python int; `what` names it in the error.

    Raises:
        EditError: below 0.
    """
    if frames < 0:
        raise EditError(f"{what} cannot be negative: give 0 or more.")
    return int(frames)


def gain(db: float) -> float:
    """A gain brought into the model's range.

    Raises:
        EditError: not a number.
    """
    return min(max(number(db, "The gain"), MIN_GAIN_DB), MAX_GAIN_DB)


def number(value: float, what: str) -> float:
    """A value that is a number; `what` names it in the error."""
    if math.isnan(value):
        raise EditError(f"{what} must be a number.")
    return float(value)


def hue(colour: int) -> int:
    """The index of a track colour.

    Raises:
        EditError: not a colour of the theme.
    """
    if not 0 <= colour < TRACK_HUES:
        raise EditError(f"There is no colour {colour}: choose one from 0 to {TRACK_HUES - 1}.")
    return colour


def clean(name: str, what: str) -> str:
    """A name on one line, without blanks at its ends, cut to `MAX_NAME`.

    Raises:
        EditError: nothing is left of it.
    """
    if one_line(text := tidy(name)):  # not of characters alone that cannot be seen
        return text
    raise EditError(f"{what} needs a name: type at least one letter.")


def tidy(name: str) -> str:
    """A name on one line, without blanks at its ends, cut to `MAX_NAME`; may be empty."""
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in name)
    return " ".join(plain.split())[:MAX_NAME].rstrip()


def unused(stem: str, count: int, names: Iterable[str]) -> str:
    """“stem N” with the first N above `count` that none of `names` is."""
    used = set(names)
    while (name := f"{stem} {count + 1}") in used:
        count += 1
    return name


Arguments = ParamSpec("Arguments")


def reaches_frozen(
    edit: Callable[Concatenate[Project, Arguments], Project],
) -> Callable[Concatenate[Project, Arguments], Project]:
    """`edit`, which also changes what frozen tracks keep (`Frozen`), as it changes the clips and lanes of any track.

    For edits of the song's time: a track that is given back lies where it would lie, had it never been frozen.
    """

    @wraps(edit)
    def edited(p: Project, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Project:
        stand_ins = {
            f"kept by {track.id}": Track(
                f"kept by {track.id}", track.name, clips=track.frozen.clips, lanes=track.frozen.lanes
            )
            for track in p.tracks
            if track.frozen is not None
        }
        changed = edit(replace(p, tracks=(*p.tracks, *stand_ins.values())) if stand_ins else p, *args, **kwargs)
        after = {track.id: track for track in changed.tracks if track.id in stand_ins}
        if all(after[id] is track for id, track in stand_ins.items()):
            return replace(changed, tracks=changed.tracks[: len(p.tracks)]) if stand_ins else changed

        def with_kept(track: Track) -> Track:
            new = after.get(f"kept by {track.id}")
            if track.frozen is None or new is None:
                return track
            return replace(track, frozen=replace(track.frozen, clips=new.clips, lanes=new.lanes))

        return replace(changed, tracks=tuple(with_kept(track) for track in changed.tracks if track.id not in stand_ins))

    return edited
