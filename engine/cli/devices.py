"""`continuo devices`: the effects that channels can have, and their parameters."""

import argparse
import sys
from typing import Any

from engine.cli.terminal import add_json, print_json
from engine.devices.interface import DeviceSpec
from engine.devices.plugins.declaration import plugin_faults
from engine.devices.registry import all_devices
from engine.parameters import ParameterSpec
from engine.plain_text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints each device, and under it a line for each of its parameters."""
    specs = all_devices()
    for sentence in plugin_faults():
        print(f"continuo: {one_line(sentence)}", file=sys.stderr)
    if arguments.json:
        print_json([_device(spec) for spec in specs])
        return 0
    for spec in specs:
        print(f"{spec.id:12} {spec.label}, {spec.kind}")
        for each in spec.parameters:
            limits = ", ".join(each.choices) or f"{each.format(each.minimum)} to {each.format(each.maximum)}"
            print(f"    {each.id:20} {each.label}: {limits} (default {each.format(each.default)})")
    return 0


def _device(spec: DeviceSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "label": spec.label,
        "kind": spec.kind,
        "sidechain": spec.sidechain,
        "parameters": [_parameter(each) for each in spec.parameters],
        "presets": {name: dict(values) for name, values in spec.presets.items()},
    }


def _parameter(spec: ParameterSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "label": spec.label,
        "minimum": spec.minimum,
        "maximum": spec.maximum,
        "unit": spec.unit,
        "default": spec.default,
        **({"choices": list(spec.choices)} if spec.choices else {}),
    }
