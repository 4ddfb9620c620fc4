"""Edits of the devices of channels; a channel is a track's id, or `MASTER`."""

from collections.abc import Mapping
from dataclasses import replace

from engine.devices.interface import DeviceSpec
from engine.devices.registry import device_ids, find_device
from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.structure import number, track_of, with_track
from engine.project.model import MASTER, Device, Lane, Project
from engine.project.routing import devices_of, lanes_of, routing_fault


def with_devices(p: Project, channel: str, devices: tuple[Device, ...], lanes: tuple[Lane, ...]) -> Project:
    """`p` with these devices and lanes on a channel."""
    if channel == MASTER:
        return replace(p, master_devices=devices, master_lanes=lanes)
    return with_track(p, replace(track_of(p, channel), devices=devices, lanes=lanes))


def add_device(
    p: Project,
    channel: str,
    kind: str,
    values: Mapping[str, float] | None = None,
    *,
    index: int | None = None,
    device_id: str | None = None,
) -> Project:
    """Puts a new device on a channel, before the one at `index` (at the end if None); values come within range.

    Raises:
        EditError: there is no such kind of device or parameter.
    """
    spec = _spec(kind)
    chosen = {each: _value(spec, each, value) for each, value in (values or {}).items()}
    return put_device(p, channel, Device(device_id or new_id(), kind, values=chosen), index=index)


def put_device(p: Project, channel: str, device: Device, *, index: int | None = None) -> Project:
    """Puts a device, which may come from elsewhere, on a channel, before the one at `index` (at the end if None)."""
    _check_channel(p, channel)
    devices = devices_of(p, channel)
    at = len(devices) if index is None else min(max(index, 0), len(devices))
    return _checked(with_devices(p, channel, (*devices[:at], device, *devices[at:]), lanes_of(p, channel)))


def remove_device(p: Project, channel: str, device_id: str) -> Project:
    """Takes a device off its channel, with its automation."""
    device = device_of(p, channel, device_id)
    devices = tuple(each for each in devices_of(p, channel) if each is not device)
    lanes = tuple(lane for lane in lanes_of(p, channel) if lane.target.device != device_id)
    return with_devices(p, channel, devices, lanes)


def move_device(p: Project, channel: str, device_id: str, index: int, *, to: str | None = None) -> Project:
    """Moves a device so that it is at `index` (brought into range) of its channel, or of the channel `to`.

    Its automation moves along.
    """
    device = device_of(p, channel, device_id)
    target = channel if to is None else to
    _check_channel(p, target)
    lanes = tuple(lane for lane in lanes_of(p, channel) if lane.target.device == device_id)
    others = tuple(each for each in devices_of(p, channel) if each is not device)
    rest = tuple(lane for lane in lanes_of(p, channel) if lane not in lanes)
    p = with_devices(p, channel, others, rest)
    devices = devices_of(p, target)
    at = min(max(index, 0), len(devices))
    return _checked(with_devices(p, target, (*devices[:at], device, *devices[at:]), lanes_of(p, target) + lanes))


def set_device_value(p: Project, channel: str, device_id: str, parameter: str, value: float) -> Project:
    """Sets a parameter of a device, brought within its range."""
    device = device_of(p, channel, device_id)
    new = _value(_spec(device.kind), parameter, value)
    if device.values.get(parameter) == new:
        return p
    return _with_device(p, channel, replace(device, values={**device.values, parameter: new}))


def set_device_values(p: Project, channel: str, device_id: str, values: Mapping[str, float]) -> Project:
    """Gives a device these values, and all other parameters their defaults: a preset, or the other of A and B."""
    device = device_of(p, channel, device_id)
    spec = _spec(device.kind)
    new = {each: _value(spec, each, value) for each, value in values.items()}
    return p if new == device.values else _with_device(p, channel, replace(device, values=new))


def set_device(
    p: Project, channel: str, device_id: str, *, enabled: bool | None = None, sidechain: str | None = None
) -> Project:
    """Switches a device on or off, and chooses the track that controls it (empty: its own input).

    Raises:
        EditError: the device has no side chain, or sound would run in a circle.
    """
    device = device_of(p, channel, device_id)
    if sidechain:
        track_of(p, sidechain)
        if not _spec(device.kind).sidechain:
            raise EditError(f"{_spec(device.kind).label} has no side chain: choose another device.")
    new = replace(
        device,
        enabled=device.enabled if enabled is None else enabled,
        sidechain=device.sidechain if sidechain is None else sidechain,
    )
    return p if new == device else _checked(_with_device(p, channel, new))


def device_of(p: Project, channel: str, device_id: str) -> Device:
    """The device of a channel with that id.

    Raises:
        EditError: the channel has none.
    """
    _check_channel(p, channel)
    device = next((each for each in devices_of(p, channel) if each.id == device_id), None)
    if device is None:
        raise EditError("This device is no longer on its channel: choose another one.")
    return device


def _with_device(p: Project, channel: str, device: Device) -> Project:
    devices = tuple(device if each.id == device.id else each for each in devices_of(p, channel))
    return with_devices(p, channel, devices, lanes_of(p, channel))


def _check_channel(p: Project, channel: str) -> None:
    if channel != MASTER:
        track_of(p, channel)


def _spec(kind: str) -> DeviceSpec:
    spec = find_device(kind)
    if spec is None:
        raise EditError(f"There is no device “{kind}”: choose one of {', '.join(device_ids())}.")
    return spec


def _value(spec: DeviceSpec, parameter_id: str, value: float) -> float:
    parameter = spec.parameter(parameter_id)
    if parameter is None:
        ids = ", ".join(each.id for each in spec.parameters)
        raise EditError(f"{spec.label} has no parameter “{parameter_id}”: choose one of {ids}.")
    return parameter.clamp(number(value, parameter.label))


def _checked(p: Project) -> Project:
    if fault := routing_fault(p):
        raise EditError(f"This cannot be done: then {fault}. Choose another channel.")
    return p
