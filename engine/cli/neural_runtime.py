"""`continuo runtime`: what neural models run in, where the program is packed: show, install, remove."""

import argparse

from engine import runtime
from engine.cli.terminal import add_json, job, print_json
from engine.errors import EngineError
from engine.runtime_setup import BACKENDS, install, remove


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--install", action="store_true", help="fetch it, or go on with what was begun (1 to 4 GB)")
    what.add_argument("--remove", action="store_true", help="remove it and all that was fetched for it")
    parser.add_argument("--backend", choices=BACKENDS, default="auto", help="the build of PyTorch (default: auto)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Shows the runtime, after it was installed or removed."""
    if not runtime.is_packed() and (arguments.install or arguments.remove):
        raise EngineError("This Continuo runs in a Python of its own with PyTorch, and needs no runtime.")
    if arguments.install:
        with job() as context:
            install(context, arguments.backend)
    elif arguments.remove:
        remove()
    ready = runtime.is_packed() and runtime.is_ready()
    values = runtime.description() if ready else {}
    if arguments.json:
        keys = {key: values.get(key) for key in ("torch", "device")}
        print_json({"needed": runtime.is_packed(), "ready": ready, "folder": str(runtime.folder()), **keys})
    elif not runtime.is_packed():
        print("Neural models run in this program’s own Python; no runtime is needed.")
    elif ready:
        print(f"PyTorch {values.get('torch')} on {values.get('device')}, in {runtime.folder()}")
    else:
        print(runtime.MISSING)
    return 0
