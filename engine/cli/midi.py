"""`continuo midi`: the MIDI ports of this machine."""

import argparse
import sys
from dataclasses import asdict

from engine.cli.terminal import add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints each port: whether it sends, receives, or does both, and its name."""
    from engine.playback.midi_ports import list_midi_ports

    ports = list_midi_ports()
    if arguments.json:
        print_json({"ports": [asdict(port) for port in ports.ports], "problem": ports.problem})
        return 0
    for port in ports.ports:
        ways = [word for word, applies in (("in", port.is_input), ("out", port.is_output)) if applies]
        print(f"{'+'.join(ways):<7} {port.name}")
    if not ports.ports:
        print(ports.problem or "No MIDI device is connected.", file=sys.stderr)
    return 0
