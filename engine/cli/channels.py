"""What the shell says of channels: which one is meant, its devices, its sends, its group."""

import shlex

from engine.cli.song import find_track
from engine.devices.interface import DeviceSpec
from engine.devices.registry import device_ids, find_device
from engine.errors import EditError
from engine.ids import new_id
from engine.project import edits
from engine.project.model import MASTER, ChannelKind, Device, Project, Track
from engine.project.routing import devices_of

MASTER_NAME = "master"
"""What names the master, in a song that has no track of that name."""


def channel_of(project: Project, name: str) -> str:
    """The id of the track with that name or id, or `MASTER`.

    Raises:
        EditError: there is none.
    """
    track = find_track(project, name)
    if track is not None:
        return track.id
    if name.lower() == MASTER_NAME:
        return MASTER
    names = ", ".join(f"“{track.name}”" for track in project.tracks) or "none"
    raise EditError(f"The song has no track “{name}”; its tracks: {names}. “{MASTER_NAME}” names the master.")


def inserted(project: Project, channel: str, text: str, position: int | None) -> Project:
    """The song with a device on a channel: “limiter ceiling_db=-1”; `position` counts from 1, None is the end.

    `sidechain=NAME` names the track that controls it.
    """
    words = _words(text)
    if not words:
        raise EditError("Name the device to insert, such as “limiter ceiling_db=-1”; `continuo devices` lists them.")
    spec = find_device(words[0])
    if spec is None:
        raise EditError(f"There is no device “{words[0]}”: choose one of {', '.join(device_ids())}.")
    values: dict[str, float] = {}
    sidechain = ""
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals:
            raise EditError(f"“{word}” is no value: write it as in “ceiling_db=-1”.")
        if key == "sidechain":
            sidechain = channel_of(project, value)
        else:
            values[key] = _value(spec, key, value)
    count = len(devices_of(project, channel))
    if position is not None and not 1 <= position <= count + 1:
        raise EditError(f"There is no position {position}: the channel has {count} devices, give 1 to {count + 1}.")
    device_id = new_id()
    index = None if position is None else position - 1
    project = edits.add_device(project, channel, spec.id, values, index=index, device_id=device_id)
    return edits.set_device(project, channel, device_id, sidechain=sidechain) if sidechain else project


def without_insert(project: Project, channel: str, number: int) -> Project:
    """The song without the device of that number, from 1, on a channel."""
    return edits.remove_device(project, channel, device_at(project, channel, str(number)).id)


def device_at(project: Project, channel: str, name: str) -> Device:
    """The device of a channel with that number, from 1, or of that kind.

    Raises:
        EditError: there is none, or several of the kind.
    """
    devices = devices_of(project, channel)
    of_kind = [device for device in devices if device.kind == name]
    if len(of_kind) == 1:
        return of_kind[0]
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(devices):
        return devices[int(name) - 1]
    names = ", ".join(f"{number} {device.kind}" for number, device in enumerate(devices, 1)) or "none"
    raise EditError(f"The channel has no device “{name}”, or several; its devices: {names}.")


def with_send(project: Project, track_id: str, text: str) -> tuple[Project, str]:
    """The song with a send of a track: “Reverb=-12”, “Reverb=-12 pre”, “Reverb=off”; and what was added for it.

    A return that is not there is added.
    """
    name, equals, level = text.rpartition("=")
    words = level.split()
    pre = words[1:] == ["pre"]
    if not equals or not name.strip() or not words or (len(words) > 1 and not pre):
        raise EditError(f"“{text}” is no send: write the return's name and the level, as in “Reverb=-12”.")
    project, target, notices = _channel(project, name.strip(), ChannelKind.RETURN, create=words[0] != "off")
    if words[0] == "off":
        return edits.remove_send(project, track_id, target.id), notices
    try:
        gain_db = float(words[0].replace("−", "-"))
    except ValueError:
        raise EditError(f"“{words[0]}” is no level: give a number of dB, or “off”.") from None
    return edits.set_send(project, track_id, target.id, gain_db, pre_fader=pre), notices


def with_group(project: Project, track_id: str, name: str) -> tuple[Project, str]:
    """The song with a track in the group of that name, which is added if it is not there; empty: in none."""
    if not name.strip():
        return edits.set_group(project, [track_id], ""), ""
    project, group, notices = _channel(project, name.strip(), ChannelKind.GROUP)
    return edits.set_group(project, [track_id], group.id), notices


def _channel(project: Project, name: str, kind: ChannelKind, *, create: bool = True) -> tuple[Project, Track, str]:
    """The group or return of that name, added if need be, and what to say of that."""
    track = find_track(project, name)
    if track is not None and track.kind is not kind:
        raise EditError(f"“{name}” is no {kind.value}: choose another name.")
    if track is not None:
        return project, track, ""
    if not create:
        raise EditError(f"The song has no {kind.value} “{name}”.")
    project = edits.add_track(project, name, kind=kind)
    track = project.tracks[-1]
    more = " It is empty: insert a device on it." if kind is ChannelKind.RETURN else ""
    return project, track, f"Added the {kind.value} “{track.name}”.{more}"


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise EditError(f"“{text}” cannot be read ({error}): close the quotation marks.") from None


def _value(spec: DeviceSpec, key: str, text: str) -> float:
    parameter = spec.parameter(key)
    if parameter is None:
        ids = ", ".join(each.id for each in spec.parameters)
        raise EditError(f"{spec.label} has no parameter “{key}”: choose one of {ids}.")
    return parameter.parse(text)
