"""Edits of whole tracks."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.channels import without_references
from engine.project.edits.structure import (
    clean,
    copied,
    gain,
    hue,
    not_before_start,
    number,
    track_of,
    unused,
    with_track,
)
from engine.project.model import ROLES, TRACK_HUES, AutomationPoint, ChannelKind, Frozen, Instrument, Project, Track
from engine.project.model.ranges import TRACK_HEIGHT


def add_track(
    p: Project,
    name: str | None = None,
    *,
    index: int | None = None,
    track_id: str | None = None,
    kind: ChannelKind = ChannelKind.AUDIO,
) -> Project:
    """Adds an empty track, a group or a return at `index` (at the end if None), in a colour that neither neighbour has.

    Without a name it is called “Track N”.
    """
    if track_id is not None and p.track(track_id):
        raise EditError("The song has this track already.")
    at = len(p.tracks) if index is None else min(max(index, 0), len(p.tracks))
    name = unused("Track", len(p.tracks), (t.name for t in p.tracks)) if name is None else clean(name, "A track")
    track = Track(track_id or new_id(), name, _fresh_hue(p.tracks, at), kind=kind)
    return replace(p, tracks=(*p.tracks[:at], track, *p.tracks[at:]))


def _fresh_hue(tracks: tuple[Track, ...], at: int) -> int:
    """The colour after that of the track above `at`, unless the track below has it."""
    above = tracks[at - 1].colour if at else -1
    below = tracks[at].colour if at < len(tracks) else -1
    colour = (above + 1) % TRACK_HUES
    return colour if colour != below else (colour + 1) % TRACK_HUES


def remove_tracks(p: Project, ids: Iterable[str]) -> Project:
    """Removes tracks with all that is on them; what names them goes as `without_references` says."""
    removed = {track_id: track_of(p, track_id) for track_id in ids}
    if not removed:
        return p
    return without_references(replace(p, tracks=tuple(t for t in p.tracks if t.id not in removed)), removed.values())


def move_track(p: Project, track_id: str, index: int) -> Project:
    """Moves a track so that it is at `index` (from 0, brought into range)."""
    track = track_of(p, track_id)
    others = [other for other in p.tracks if other is not track]
    others.insert(min(max(index, 0), len(others)), track)
    return p if all(a is b for a, b in zip(others, p.tracks, strict=True)) else replace(p, tracks=tuple(others))


def duplicate_track(p: Project, track_id: str) -> Project:
    """Puts a copy of a track, with copies of its clips, below it."""
    track = track_of(p, track_id)
    stem = re.sub(r" \d{1,6}$", "", track.name)
    groups: dict[str, str] = {}
    copy = replace(
        track,
        id=new_id(),
        name=unused(stem, 1, (t.name for t in p.tracks)),
        clips=tuple(copied(clip, groups) for clip in track.clips),
        frozen=_copied_frozen(track.frozen),
        **_copied_devices(track),
    )
    at = p.tracks.index(track) + 1
    return replace(p, tracks=(*p.tracks[:at], copy, *p.tracks[at:]))


def _copied_frozen(frozen: Frozen | None) -> Frozen | None:
    if frozen is None:
        return None
    return replace(frozen, clips=tuple(copied(clip) for clip in frozen.clips), **_copied_devices(frozen))


def _copied_devices(track: Track | Frozen) -> dict[str, Any]:
    """The devices and lanes of a track's copy: devices have ids of their own, which their lanes name."""
    ids = {device.id: new_id() for device in track.devices}
    lanes = (replace(lane, target=replace(lane.target, device=ids.get(lane.target.device, ""))) for lane in track.lanes)
    devices = (replace(device, id=ids[device.id]) for device in track.devices)
    return {"devices": tuple(devices), "lanes": tuple(lanes)}


def set_track(
    p: Project,
    track_id: str,
    *,
    name: str | None = None,
    colour: int | None = None,
    gain_db: float | None = None,
    pan: float | None = None,
    mute: bool | None = None,
    solo: bool | None = None,
    height: int | None = None,
    role: str | None = None,
    instrument: Instrument | None = None,
) -> Project:
    """Changes what is not None; gain, pan and height are brought into their ranges.

    Raises:
        EditError: there is no such track, or no such role.
    """
    if role and role not in ROLES:
        raise EditError(f"“{role}” is no role of a track: choose one of {', '.join(ROLES)}.")
    track = track_of(p, track_id)
    new = replace(
        track,
        name=track.name if name is None else clean(name, "A track"),
        colour=track.colour if colour is None else hue(colour),
        gain_db=track.gain_db if gain_db is None else gain(gain_db),
        pan=track.pan if pan is None else min(max(number(pan, "The pan"), -1.0), 1.0),
        mute=track.mute if mute is None else mute,
        solo=track.solo if solo is None else solo,
        height=track.height if height is None else TRACK_HEIGHT.clamp(height),
        role=track.role if role is None else role,
        instrument=track.instrument if instrument is None else instrument,
    )
    return p if new == track else with_track(p, new)


def set_instrument(p: Project, track_id: str, instrument: Instrument) -> Project:
    """Lets an instrument play all notes of a track; takes that brought their own give it up."""
    track = track_of(p, track_id)

    clips = tuple(clip.with_contents(take.content.without_instrument() for take in clip.takes) for clip in track.clips)
    new = replace(track, instrument=instrument, clips=clips)
    return p if new == track else with_track(p, new)


def set_automation(p: Project, track_id: str, points: Iterable[AutomationPoint]) -> Project:
    """Replaces a track's volume automation; the points are put in order and their gains into range."""
    track, clock = track_of(p, track_id), p.clock
    new = [AutomationPoint(not_before_start(point.position), gain(point.gain_db)) for point in points]
    new.sort(key=lambda point: clock.frames(point.position))
    return p if tuple(new) == track.automation else with_track(p, replace(track, automation=tuple(new)))
