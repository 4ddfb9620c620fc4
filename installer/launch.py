"""Where the frozen program starts.

The processes of this program are started with the words that Python itself would be given (`engine.ipc.command_line`:
`-P -m MODULE …`), so the frozen program reads these words, too. With any others it is the shell, and without any it
opens the window.
"""

import os
import runpy
import sys
from pathlib import Path

import generated_code

OWN = ("engine", "desktop")
"""The packages whose modules may be run by `-m`."""


def restore_library_path() -> None:
    """Gives the processes of other programs the system's libraries: PyInstaller's loader names its own for itself.

    The loader of a process of this program finds what this one was told, and would take its libraries as named already:
    it is told to begin anew.
    """
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        original = os.environ.pop(f"{name}_ORIG", None)
        if original is not None:
            os.environ[name] = original
        else:
            os.environ.pop(name, None)


def main() -> int:
    """Runs what the command line names; returns the exit status."""
    words = sys.argv[1:]
    restore_library_path()
    program = Path(sys._MEIPASS) / "program"  # type: ignore[attr-defined]
    sys.path.insert(0, str(program))
    generated_code.use(program / generated_code.FILE)
    if words[:1] == ["-P"]:
        words = words[1:]
    if words[:1] == ["-m"] and len(words) > 1 and words[1].split(".")[0] in OWN:
        sys.argv[1:] = words[2:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return 0
    from engine.cli import main as shell

    return shell(words)


if __name__ == "__main__":
    sys.exit(main())
