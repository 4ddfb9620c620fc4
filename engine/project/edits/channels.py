"""Edits of groups, returns and sends."""

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.structure import gain, track_of, with_track, with_tracks
from engine.project.model import ChannelKind, Project, Send, Track
from engine.project.routing import routing_fault


def set_group(p: Project, track_ids: Iterable[str], group: str) -> Project:
    """Puts tracks into a group; with an empty `group` they go to the master again.

    Raises:
        EditError: `group` is no group, or is, or is in, one of the tracks.
    """
    if group and track_of(p, group).kind is not ChannelKind.GROUP:
        raise EditError(f"“{track_of(p, group).name}” is no group: choose a group.")
    tracks = [track_of(p, track_id) for track_id in track_ids]
    new = with_tracks(p, (replace(track, group=group) for track in tracks if track.group != group))
    return _checked(new)


def set_send(p: Project, track_id: str, to: str, gain_db: float, *, pre_fader: bool | None = None) -> Project:
    """Sends a track's sound to a return, or changes the level of the send that there is.

    Raises:
        EditError: `to` is no return, or sends to the track.
    """
    track, target = track_of(p, track_id), track_of(p, to)
    if target.kind is not ChannelKind.RETURN:
        raise EditError(f"“{target.name}” is no return: choose a return.")
    old = next((send for send in track.sends if send.to == to), None)
    pre = (old.pre_fader if old else False) if pre_fader is None else pre_fader
    new = Send(to, gain(gain_db), pre)
    if new == old:
        return p
    sends = tuple(new if send is old else send for send in track.sends) if old else (*track.sends, new)
    return _checked(with_track(p, replace(track, sends=sends)))


def remove_send(p: Project, track_id: str, to: str) -> Project:
    """Takes a send off a track, with its automation."""
    track = track_of(p, track_id)
    return _without_sends(p, track, {to})


def without_references(p: Project, removed: Iterable[Track]) -> Project:
    """`p`, from which these tracks were removed, without what still names them.

    Members of a group go to the group that it was in, sends are removed, and side chains become the devices' own.
    """
    groups = {track.id: track.group for track in removed}

    def group_of(group: str) -> str:
        while group in groups:
            group = groups[group]
        return group

    for track in p.tracks:
        if track.group in groups:
            p = with_track(p, replace(track, group=group_of(track.group)))
        if ids := {send.to for send in track.sends} & groups.keys():
            p = _without_sends(p, track_of(p, track.id), ids)
        if any(device.sidechain in groups for device in track.devices):
            devices = tuple(
                replace(device, sidechain="") if device.sidechain in groups else device for device in track.devices
            )
            p = with_track(p, replace(track_of(p, track.id), devices=devices))
    if any(device.sidechain in groups for device in p.master_devices):
        p = replace(
            p,
            master_devices=tuple(
                replace(device, sidechain="") if device.sidechain in groups else device for device in p.master_devices
            ),
        )
    return p


def _without_sends(p: Project, track: Track, to: set[str]) -> Project:
    sends = tuple(send for send in track.sends if send.to not in to)
    if sends == track.sends:
        return p
    lanes = tuple(lane for lane in track.lanes if lane.target.send not in to)
    return with_track(p, replace(track, sends=sends, lanes=lanes))


def _checked(p: Project) -> Project:
    if fault := routing_fault(p):
        raise EditError(f"This cannot be done: then {fault}. Choose another channel.")
    return p
