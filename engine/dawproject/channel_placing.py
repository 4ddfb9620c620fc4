"""Puts the channels of a DAWproject file into a song: devices, sends, groups, and lanes of automation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.dawproject.channel_reading import Curve as DawCurve
from engine.dawproject.channel_reading import DawChannel, DawDevice
from engine.dawproject.reading import DawTrack, exact_beat
from engine.ids import new_id
from engine.project import edits
from engine.project.model import (
    FADER,
    PANNING,
    SEND_LEVEL,
    ChannelKind,
    Curve,
    CurvePoint,
    CurveShape,
    Device,
    Lane,
    Project,
    Send,
    Target,
    Track,
)
from engine.project.model.ranges import MAX_BEATS
from engine.project.routing import routing_fault
from engine.timing.position import Position


def with_channels(
    p: Project, tracks: Sequence[DawTrack], first: int, origin: Fraction
) -> tuple[Project, tuple[str, ...]]:
    """`p`, whose tracks from `first` on are those of the file, with what their channels have beside the fader.

    Returns sentences on what was left out, too. origin: the song's beat at which the file starts.
    """
    new = p.tracks[first:]
    ids = {each.channel.id: track.id for each, track in zip(tracks, new, strict=True) if each.channel.id}
    kinds = {track.id: track.kind for track in new}
    mixed = tuple(_with_channel(track, each, ids, kinds, origin) for each, track in zip(tracks, new, strict=True))
    whole = replace(p, tracks=(*p.tracks[:first], *mixed))
    if not routing_fault(whole):
        return whole, ()
    bare = tuple(
        replace(track, group="", sends=(), lanes=tuple(lane for lane in track.lanes if not lane.target.send))
        for track in mixed
    )
    notice = "The groups and sends of the file do not go together, and were left out."
    return replace(p, tracks=(*p.tracks[:first], *bare)), (notice,)


def with_master(p: Project, channel: DawChannel) -> Project:
    """`p` with the master of the file; its own devices stay where the file's master has none."""
    p = edits.set_master_gain(p, channel.gain_db)
    devices, lanes = _devices(channel.devices, Fraction(0))
    if devices:
        p = replace(p, master_devices=devices, master_lanes=tuple(lanes))
    volume = tuple(_lanes([(Target(FADER.id), channel.volume_curve)], Fraction(0)))
    others = tuple(lane for lane in p.master_lanes if lane.target != Target(FADER.id))
    return replace(p, master_lanes=(*others, *volume)) if volume else p


def _with_channel(
    track: Track, daw: DawTrack, ids: Mapping[str, str], kinds: Mapping[str, ChannelKind], origin: Fraction
) -> Track:
    channel = daw.channel
    devices, lanes = _devices(channel.devices, origin)
    targets = [ids.get(each, "") for each in (channel.destination, daw.group)]
    groups = [each for each in targets if kinds.get(each) is ChannelKind.GROUP and each != track.id]
    sends = {ids[send.to]: send for send in channel.sends if kinds.get(ids.get(send.to, "")) is ChannelKind.RETURN}
    curves = [(Target(SEND_LEVEL.id, send=to), send.curve) for to, send in sends.items()]
    curves += [(Target(FADER.id), channel.volume_curve), (Target(PANNING.id), channel.pan_curve)]
    return replace(
        track,
        devices=devices,
        group=groups[0] if groups else "",
        sends=tuple(Send(to, send.gain_db, send.pre_fader) for to, send in sends.items()),
        lanes=(*_lanes(curves, origin), *lanes),
    )


def _devices(devices: Iterable[DawDevice], origin: Fraction) -> tuple[tuple[Device, ...], list[Lane]]:
    """The devices and the lanes of their parameters."""
    placed: list[Device] = []
    lanes: list[Lane] = []
    for each in devices:
        device = Device(new_id(), each.kind, each.enabled, dict(each.values))
        placed.append(device)
        lanes += _lanes([(Target(name, device.id), curve) for name, curve in each.curves.items()], origin)
    return tuple(placed), lanes


def _lanes(curves: Iterable[tuple[Target, DawCurve]], origin: Fraction) -> Iterator[Lane]:
    for target, curve in curves:
        points = tuple(
            CurvePoint(Position.at_beat(place), value, CurveShape.HOLD if hold else CurveShape.LINEAR)
            for beat, value, hold in curve
            if (place := origin + exact_beat(beat)) <= MAX_BEATS
        )
        if points:
            yield Lane(target, Curve(points))
