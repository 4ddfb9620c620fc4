"""The methods of dataclasses, compiled when the program is packed: at each start they take a seventh of its time.

`dataclasses` writes the source of each method and compiles it whenever a class is made. The packed program is given
what was compiled then (`collect`, in a process of its own), by its source, and compiles only what it does not find.
"""

import dataclasses
import importlib
import marshal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

FILE = "generated-code.bin"
MODULES = ("desktop.app", "engine.cli.open_window", "engine.playback.worker", "engine.compose.worker")
"""What is imported to find the dataclasses."""


def compile_with(codes: dict[str, CodeType]) -> None:
    """Lets `dataclasses` take code from `codes`, by its source; what is not there is compiled, and kept in it."""

    def execute(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        code = codes.get(source)
        if code is None:
            code = codes[source] = compile(source, "<string>", "exec")
        exec(code, names, found)

    dataclasses.exec = execute  # type: ignore[attr-defined]


def use(file: Path) -> None:
    """Takes the code that `collect` wrote to `file`; without it all is compiled."""
    if file.is_file():
        compile_with(marshal.loads(file.read_bytes()))


def collect(destination: Path, modules: Sequence[str] = MODULES) -> None:
    """Writes the code of all dataclasses that these modules make; for a process that made none of them before."""
    codes: dict[str, CodeType] = {}
    compile_with(codes)
    for module in modules:
        importlib.import_module(module)
    destination.write_bytes(marshal.dumps(codes))


def make(root: Path) -> Path:
    """Writes the file for the program in `root` and returns its path."""
    destination = root / FILE
    words = [sys.executable, str(Path(__file__).resolve()), str(root), str(destination)]
    subprocess.run(words, check=True)
    return destination


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    collect(Path(sys.argv[2]))
