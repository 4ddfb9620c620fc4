"""Parameters of a channel by name: what a lane of automation is of."""

from collections.abc import Callable
from functools import partial

from desktop.widgets.choices import Menu
from desktop.widgets.values import decibels, pan_text
from engine.devices.registry import find_device
from engine.parameters import ParameterSpec
from engine.project.model import FADER, MASTER, PANNING, SEND_LEVEL, Project, Target
from engine.project.routing import devices_of, lanes_of, parameter_of, targets_of

_TEXTS: dict[str, Callable[[float], str]] = {FADER.id: decibels, SEND_LEVEL.id: decibels, PANNING.id: pan_text}
"""Of a channel's own parameters: how the mixer writes them."""


def channel_name(p: Project, channel: str) -> str:
    """The name of a track, or “Master”."""
    track = p.track(channel) if channel != MASTER else None
    return track.name if track else "Master"


def target_name(p: Project, channel: str, target: Target) -> str:
    """A parameter as the lane's header has it: “Volume”, “Send to Hall”, “Compressor Threshold”."""
    spec = parameter_of(p, channel, target)
    label = spec.label if spec else target.parameter
    if target.send:
        track = p.track(target.send)
        return f"Send to {track.name if track else '?'}"
    return f"{_device_name(p, channel, target.device)} {label}" if target.device else label


def value_text(spec: ParameterSpec, target: Target, value: float) -> str:
    """A value as the parameter's control writes it."""
    own = not target.device
    return _TEXTS[spec.id](value) if own and spec.id in _TEXTS else spec.format(value)


def parameter_menu(menu: Menu, p: Project, channel: str, choose: Callable[[Target], object]) -> None:
    """Fills a menu with the channel's parameters, devices as menus of their own; a dot marks what is automated."""
    automated = {lane.target for lane in lanes_of(p, channel)}
    devices: dict[str, Menu] = {}
    for target in targets_of(p, channel):
        spec = parameter_of(p, channel, target)
        if spec is None:
            continue
        into, title = menu, target_name(p, channel, target)
        if target.device:
            if target.device not in devices:
                devices[target.device] = menu.submenu(_device_name(p, channel, target.device))
            into, title = devices[target.device], spec.label
        dot = "● " if target in automated else ""
        into.entry(f"{dot}{title}", partial(choose, target))


def _device_name(p: Project, channel: str, device_id: str) -> str:
    """The device's name, with its number where the channel has several of its kind."""
    devices = devices_of(p, channel)
    device = next((each for each in devices if each.id == device_id), None)
    if device is None:
        return "Device"
    spec = find_device(device.kind)
    alike = [each.id for each in devices if each.kind == device.kind]
    name = spec.label if spec else device.kind
    return f"{name} {alike.index(device_id) + 1}" if len(alike) > 1 else name
