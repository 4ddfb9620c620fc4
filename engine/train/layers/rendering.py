"""Renders a pool beside a training: a process of its own, which ends with the one that started it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from engine import lifeline
from engine.errors import EngineError
from engine.ipc import command_line, environment
from engine.train.data import render_pool
from engine.train.excerpts import PoolHeader


@contextmanager
def rendering(
    folder: Path, header: PoolHeader, excerpts: int, workers: int, soundfont: str | None = None
) -> Iterator[None]:
    """Renders until there are `excerpts`, for as long as the block runs; what is there by then stays."""
    order = json.dumps([str(folder), asdict(header), excerpts, workers, soundfont])
    process = subprocess.Popen(
        command_line("engine.train.layers.rendering", order), env=environment(), stdin=subprocess.PIPE
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        if process.stdin:
            process.stdin.close()


def main() -> int:
    """Runs the process."""
    lifeline.end_with_parent()
    folder, header, excerpts, workers, soundfont = json.loads(sys.argv[1])
    values = PoolHeader(**header)
    try:
        render_pool(Path(folder), values, excerpts * values.seconds / 60, workers=workers, soundfont=soundfont)
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
