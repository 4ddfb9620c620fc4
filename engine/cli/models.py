"""`continuo models`: which models there are, and which are installed."""

import argparse

from engine.cli.terminal import add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lists them."""
    from engine.generate import registry

    listed = registry.models()
    if arguments.json:
        print_json([info.to_dict() for info in listed])
        return 0
    for info in listed:
        state = info.problem or (f"installed in {info.folder}" if info.folder else "not installed")
        total = sum(count for _, count in info.parts) / 1e6
        print(f"{info.id:16} {total:8.1f} M parameters  {info.bytes / 1e6:8.1f} MB  {info.licence:12} {state}")
    return 0
