"""The devices that there are: modules of `engine.devices`, plug-ins of the user, and what is registered.

A look-up imports the module of the one device that it asks for, so a song without effects costs nothing.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import engine.devices
from engine.devices.interface import DeviceSpec
from engine.devices.plugins.declaration import PREFIX, find_plugin, plugin_ids

_NO_DEVICES = {"interface", "registry"}
_added: dict[str, DeviceSpec] = {}


@cache
def _files() -> frozenset[str]:
    modules = iter_modules(engine.devices.__path__)
    return frozenset(module.name for module in modules if not module.ispkg) - _NO_DEVICES


def device_ids() -> tuple[str, ...]:
    """The ids of all devices, sorted."""
    return tuple(sorted(_files() | _added.keys() | plugin_ids()))


def find_device(device_id: str) -> DeviceSpec | None:
    """The device with that id; None where this version has none."""
    if device_id in _added:
        return _added[device_id]
    if device_id.startswith(PREFIX):
        return find_plugin(device_id)
    if device_id not in _files():
        return None
    spec = import_module(f"engine.devices.{device_id}").SPEC
    assert isinstance(spec, DeviceSpec)
    return spec


def all_devices() -> tuple[DeviceSpec, ...]:
    """All devices, by id."""
    return tuple(spec for device_id in device_ids() if (spec := find_device(device_id)))


def register(spec: DeviceSpec) -> None:
    """Adds a device that is no file of this package, or replaces it."""
    _added[spec.id] = spec


def unregister(device_id: str) -> None:
    """Takes away a device that `register` added."""
    _added.pop(device_id, None)
