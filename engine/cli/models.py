"""`continuo models`: which models there are; `models add` and `models remove` change what is installed."""

import argparse
import sys

from engine.cli.terminal import add_json, job, print_json
from engine.errors import Cancelled, ModelError
from engine.plain_text import one_line

_STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_json(parser)
    actions = parser.add_subparsers(metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="add a model of a repository, or in a folder of yours")
    add.add_argument("model", metavar="MODEL", help="a repository (owner/name), an id of the list, or a folder")
    add.add_argument("--accept-licence", action="store_true", help="agree to the licence, and fetch")
    remove = actions.add_parser("remove", help="remove a model that was added")
    remove.add_argument("model", metavar="ID", help="as `continuo models` lists it")
    remove.add_argument("--keep-files", action="store_true", help="leave what was fetched in the hub library's cache")


def run(arguments: argparse.Namespace) -> int:
    """Lists, adds or removes."""
    return {"add": _add, "remove": _remove, None: _list}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from engine.generate import registry

    listed = registry.models()
    if arguments.json:
        print_json([info.to_dict() for info in listed])
        return 0
    for info in listed:
        state = info.problem or (one_line(f"installed in {info.folder}") if info.folder else "not installed")
        total = sum(count for _, count in info.parts) / 1e6
        count = f"{total:8.1f} M parameters" if total else f"{'':21}"
        licence = info.licence if info.commercial else f"{info.licence} (non-commercial)"
        print(f"{info.id:20} {count}  {info.bytes / 1e6:8.1f} MB  {licence:33} {state}")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    from engine.generate import install

    try:
        with job() as context:
            plan = install.plan(arguments.model, context)
            print(plan.sentence)
            if plan.asks_consent and not arguments.accept_licence:
                raise ModelError(
                    "Nothing was fetched: add --accept-licence if you agree to the licence and to the size."
                )
            info = install.fetch(plan, context)
    except Cancelled:
        print("continuo: stopped; what came is kept, and the same command goes on from there.", file=sys.stderr)
        return _STOPPED
    print(f"{info.id} is installed in {info.folder}.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from engine.generate import install

    with job() as context:
        print(install.remove(arguments.model, context, keep_files=arguments.keep_files))
    return 0
