"""The neural models' runtime: a Python of its own with PyTorch, which the packed program fetches when it is wanted.

The packed program brings no PyTorch, which is ten times its size. What needs it runs in the runtime's Python
(`interpreter_for`), with the program's own code (`engine.ipc.environment`). A program that runs from a clone or was
installed with pip has PyTorch in its own Python, and needs no runtime.
"""

import os
import sys
from pathlib import Path

MISSING = (
    "Neural models need PyTorch, which is not installed yet: choose View > Install Neural Runtime, or run "
    "“continuo runtime --install”. Everything else works without it."
)
NEURAL = ("torch", "transformers", "diffusers", "accelerate", "safetensors", "huggingface_hub")
"""The packages that only the runtime has, where the program is packed."""
MODULES = ("engine.inference.process", "engine.generate.hub_process", "engine.train", "engine.evaluate")
"""What runs in the runtime, where there is one: these modules and what lies in them."""
COMMANDS = ("generate", "continue", "inpaint", "models", "bench", "evaluate", "train", "demo")
"""Commands of the shell that run in the runtime, where there is one."""

_READY = "ready.json"


def is_packed() -> bool:
    """Whether this is the packed program, which has no PyTorch of its own."""
    return bool(getattr(sys, "frozen", False))


def has_torch() -> bool:
    """Whether neural models can run in this process."""
    from importlib.util import find_spec  # the shell's help needs neither this nor JSON

    return find_spec("torch") is not None


def folder() -> Path:
    """Where the runtime lies; not created."""
    from engine import paths  # training starts processes without it

    return paths.data_dir() / "runtime"


def python() -> Path:
    """The runtime's Python; it may be missing."""
    return folder() / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def requirements() -> tuple[Path, Path]:
    """What the runtime consists of: a list of packages, and of their versions. Only the packed program has both."""
    from engine import paths

    root = paths.resources().parent
    return root / "runtime.txt", root / "constraints.txt"


def fingerprint() -> str:
    """What tells whether a runtime is the one that this program needs."""
    import hashlib

    return hashlib.sha256(b"\0".join(path.read_bytes() for path in requirements())).hexdigest()


def description() -> dict[str, str]:
    """What is known of the runtime: “requirements” (its fingerprint), “torch”, “device”; empty where there is none."""
    import json

    try:
        values = json.loads((folder() / _READY).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(values, dict) or not python().is_file():
        return {}
    return {str(key): str(value) for key, value in values.items()}


def is_ready() -> bool:
    """Whether the runtime is there, and is the one that this program needs."""
    try:
        return description().get("requirements") == fingerprint()
    except OSError:
        return False


def mark_ready(torch: str, device: str) -> None:
    """Notes that the runtime is whole."""
    import json

    part = folder() / f"{_READY}.part"
    part.write_text(json.dumps({"requirements": fingerprint(), "torch": torch, "device": device}), "utf-8")
    part.replace(folder() / _READY)


def mark_incomplete() -> None:
    """Notes that the runtime is not whole."""
    (folder() / _READY).unlink(missing_ok=True)


def interpreter_for(module: str) -> str:
    """The Python that runs a module of the program: the runtime's where that is needed and there, else this one."""
    part_of_runtime = any(module == each or module.startswith(f"{each}.") for each in MODULES)
    return str(python()) if part_of_runtime and is_packed() and is_ready() else sys.executable


def run_shell(words: list[str]) -> int:
    """Runs a command of the shell in the runtime; returns its exit status."""
    import subprocess

    from engine import paths

    root = str(paths.resources().parent)
    call = [str(python()), "-P", "-m", "engine.cli", *words]
    return subprocess.run(call, env={**os.environ, "PYTHONPATH": root}, check=False).returncode
