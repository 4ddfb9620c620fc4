"""Where the sound of channels goes: their order, what must not be, and who is heard when tracks are muted or soloed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from engine.devices.plugins.declaration import PREFIX
from engine.devices.registry import find_device
from engine.parameters import ParameterSpec
from engine.project.model import (
    FADER,
    MASTER,
    PANNING,
    SEND_LEVEL,
    ChannelKind,
    Curve,
    CurvePoint,
    Device,
    Lane,
    Project,
    Target,
    Track,
)
from engine.timing.clock import Clock


class Controlled(Protocol):
    """A device that another channel may control."""

    @property
    def sidechain(self) -> str:
        """That channel's id, or empty."""
        ...


class Branch(Protocol):
    """A send."""

    @property
    def to(self) -> str:
        """The id of its return."""
        ...


class Routed(Protocol):
    """What says of a channel where its sound comes from and goes to: a track, or what is made of one."""

    @property
    def id(self) -> str:
        """By which others name it."""
        ...

    @property
    def devices(self) -> Sequence[Controlled]:
        """Its devices."""
        ...

    @property
    def sends(self) -> Sequence[Branch]:
        """Its sends."""
        ...

    @property
    def group(self) -> str:
        """The id of its group, or empty."""
        ...


def sources_of(track: Routed) -> Iterator[str]:
    """Ids of the channels that control the devices of a track."""
    return (device.sidechain for device in track.devices if device.sidechain)


def destinations(track: Routed) -> Iterator[str]:
    """Ids of the channels that a track's sound goes to, the master aside."""
    if track.group:
        yield track.group
    yield from (send.to for send in track.sends)


def channel_order(tracks: Sequence[Routed]) -> list[str]:
    """Ids of tracks, each after those whose sound it needs; otherwise in the song's order.

    Raises:
        CycleError: sound would run in a circle.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter({track.id: list(sources_of(track)) for track in tracks})
    for track in tracks:
        for target in destinations(track):
            sorter.add(target, track.id)
    sorter.prepare()
    place = {track.id: index for index, track in enumerate(tracks)}
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda each: place.get(each, 0))
        order += ready
        sorter.done(*ready)
    return order


def routing_fault(p: Project) -> str:
    """What is wrong with the channels' devices, sends, groups and lanes, as a sentence without its stop; or empty."""
    kinds = {track.id: track.kind for track in p.tracks}
    for track in p.tracks:
        name = f"the track “{track.name[:60]}”"
        if track.clips and track.kind is not ChannelKind.AUDIO:
            return f"{name} is a {track.kind.value} and holds clips"
        if track.group and kinds.get(track.group) is not ChannelKind.GROUP:
            return f"{name} is in a group that the song does not have"
        to = [send.to for send in track.sends]
        if any(kinds.get(each) is not ChannelKind.RETURN for each in to):
            return f"{name} sends to a return that the song does not have"
        if len(set(to)) < len(to):
            return f"{name} has two sends to one return"
        if fault := _channel_fault(track.devices, track.lanes, kinds, set(to)):
            return f"{name} {fault}"
    if fault := _channel_fault(p.master_devices, p.master_lanes, kinds, set()):
        return f"the master {fault}"
    ids = [device.id for _, device in all_devices_of(p)]
    if len(set(ids)) < len(ids):
        return "two devices have the same identifier"
    if any(track.group or track.sends or track.devices for track in p.tracks):
        try:
            channel_order(p.tracks)
        except CycleError:
            return "the sound of its channels runs in a circle"
    return ""


def _channel_fault(devices: Iterable[Device], lanes: Sequence[Lane], tracks: Iterable[str], sends: set[str]) -> str:
    for device in devices:
        if device.sidechain and device.sidechain not in tracks:
            return "has a device that a track which the song does not have controls"
    targets = [lane.target for lane in lanes]
    ids = {device.id for device in devices}
    if any(target.device and target.device not in ids for target in targets):
        return "has automation of a device that it does not have"
    if any(target.send and target.send not in sends for target in targets):
        return "has automation of a send that it does not have"
    return "has two lanes for one parameter" if len(set(targets)) < len(targets) else ""


def all_devices_of(p: Project) -> Iterator[tuple[str, Device]]:
    """Every device with the id of its channel (`MASTER`: the master's)."""
    for track in p.tracks:
        yield from ((track.id, device) for device in track.devices)
    yield from ((MASTER, device) for device in p.master_devices)


def devices_of(p: Project, channel: str) -> tuple[Device, ...]:
    """The devices of a track, or of the master."""
    track = p.track(channel) if channel != MASTER else None
    return track.devices if track else p.master_devices


def lanes_of(p: Project, channel: str) -> tuple[Lane, ...]:
    """The lanes of a track, or of the master."""
    track = p.track(channel) if channel != MASTER else None
    return track.lanes if track else p.master_lanes


def unknown_devices(p: Project) -> list[str]:
    """The kinds of devices that this version does not know, which are bypassed; sorted."""
    return sorted({device.kind for _, device in all_devices_of(p) if find_device(device.kind) is None})


def unknown_sentence(p: Project) -> str:
    """Tells the user of devices that this version does not know; empty where there are none."""
    kinds = unknown_devices(p)
    if not kinds:
        return ""
    plugins = [kind.removeprefix(PREFIX) for kind in kinds if kind.startswith(PREFIX)]
    unknown = [kind for kind in kinds if not kind.startswith(PREFIX)]
    sentences: list[str] = []
    if unknown:
        names = ", ".join(f"“{kind}”" for kind in unknown)
        what = f"The device {names} is" if len(unknown) == 1 else f"The devices {names} are"
        sentences.append(f"{what} unknown to this version of Continuo: kept in the song, but bypassed.")
    if plugins:
        names = ", ".join(f"“{name}”" for name in plugins)
        what = f"The plug-in {names} is" if len(plugins) == 1 else f"The plug-ins {names} are"
        sentences.append(f"{what} not in the folder of plug-ins: the settings are kept, and sound passes without.")
    return " ".join(sentences)


class Hearing:
    """Which channels of a song are heard, with mute and solo resolved.

    Returns are solo-safe: they sound while others are soloed, but get only what those send. A soloed group lets its
    members be heard, a soloed member its groups, a soloed return what is sent to it.
    """

    def __init__(self, p: Project) -> None:
        self._tracks = {track.id: track for track in p.tracks}
        self._any = any(track.solo for track in p.tracks)
        soloed = [track for track in p.tracks if track.solo]
        self._needed = {group.id for track in soloed for group in self._groups(track)}  # groups of soloed tracks

    def _groups(self, track: Track) -> Iterator[Track]:
        """The groups that a track is in, from the inside out."""
        while group := self._tracks.get(track.group):
            yield group
            track = group

    def unmuted(self, track: Track) -> bool:
        """Whether neither the track nor a group that it is in is muted."""
        return not track.mute and not (track.group and any(group.mute for group in self._groups(track)))

    def audible(self, track: Track) -> bool:
        """Whether the track's own sound goes on to its group or the master."""
        if not self.unmuted(track):
            return False
        if not self._any or track.solo or track.kind is ChannelKind.RETURN:
            return True
        return track.id in self._needed or bool(track.group and any(group.solo for group in self._groups(track)))

    def sends(self, track: Track, to: str) -> bool:
        """Whether what the track sends to a return is heard there."""
        target = self._tracks.get(to)
        return self.audible(track) or (self.unmuted(track) and target is not None and target.solo)


def parameter_of(p: Project, channel: str, target: Target) -> ParameterSpec | None:
    """The `ParameterSpec` of a lane's target; None where this version does not know it."""
    if target.device:
        device = next((each for each in devices_of(p, channel) if each.id == target.device), None)
        spec = find_device(device.kind) if device else None
        return spec.parameter(target.parameter) if spec else None
    if target.send:
        return SEND_LEVEL if target.parameter == SEND_LEVEL.id else None
    own = {FADER.id: FADER, PANNING.id: PANNING} if channel != MASTER else {FADER.id: FADER}
    return own.get(target.parameter)


def value_of(p: Project, channel: str, target: Target) -> float | None:
    """What a parameter itself is set to, whether it is automated or not; None where there is no such parameter."""
    spec = parameter_of(p, channel, target)
    if spec is None:
        return None
    track = p.track(channel) if channel != MASTER else None
    if target.device:
        device = next(each for each in devices_of(p, channel) if each.id == target.device)
        return device.values.get(target.parameter, spec.default)
    if target.send:
        return next((send.gain_db for send in track.sends if send.to == target.send), None) if track else None
    if track is None:
        return p.master_gain_db
    return track.gain_db if target.parameter == FADER.id else track.pan


def targets_of(p: Project, channel: str) -> Iterator[Target]:
    """All parameters of a channel that can be automated: its own, its sends' levels, its devices' in their order."""
    track = p.track(channel) if channel != MASTER else None
    yield Target(FADER.id)
    if track is not None:
        yield Target(PANNING.id)
        yield from (Target(SEND_LEVEL.id, send=send.to) for send in track.sends)
    for device in devices_of(p, channel):
        spec = find_device(device.kind)
        yield from (Target(each.id, device.id) for each in (spec.parameters if spec else ()))


def without_lanes(p: Project, places: Iterable[tuple[str, Target]]) -> Project:
    """The song with the lanes of these parameters of channels left out; the song itself where it has none of them."""
    resting: dict[str, set[Target]] = {}
    for channel, target in places:
        resting.setdefault(channel, set()).add(target)

    def rest(channel: str, lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
        return tuple(lane for lane in lanes if lane.target not in resting[channel])

    tracks = tuple(
        replace(track, lanes=rest(track.id, track.lanes)) if track.id in resting else track for track in p.tracks
    )
    if MASTER in resting:
        p = replace(p, master_lanes=rest(MASTER, p.master_lanes))
    return replace(p, tracks=tracks) if resting.keys() - {MASTER} else p


def ordered_lanes(lanes: tuple[Lane, ...], clock: Clock) -> tuple[Lane, ...]:
    """The lanes with the points of each in the order of their positions."""
    return tuple(
        with_points(lane, sorted(lane.curve.points, key=lambda point: clock.frames(point.position))) for lane in lanes
    )


def with_points(lane: Lane, points: Iterable[CurvePoint]) -> Lane:
    """The lane with these points; the lane itself where they are its own."""
    new = tuple(points)
    return lane if new == lane.curve.points else replace(lane, curve=Curve(new))
