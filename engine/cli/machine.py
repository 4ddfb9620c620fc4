"""What this machine has: processor, memory, disks, graphics processor, system libraries."""

import ctypes
import ctypes.util
import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from engine import runtime

FEATURES = ("amx_tile", "amx_bf16", "avx512f", "avx512_bf16", "avx512_vnni", "avx2", "fma", "neon", "asimd", "sve")
"""Processor features that matter for the speed of models, as Linux names them."""

LIBRARIES = {
    "libportaudio.so.2": ("libportaudio2", "sound"),
    "libEGL.so.1": ("libegl1", "the window"),
    "libGL.so.1": ("libgl1", "the window"),
    "libxkbcommon.so.0": ("libxkbcommon0", "the window"),
    "libdbus-1.so.3": ("libdbus-1-3", "the window"),
    "libfontconfig.so.1": ("libfontconfig1", "the window"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "the window on X11"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "the window on X11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "the window on X11"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "the window on X11"),
    "libxcb-shape.so.0": ("libxcb-shape0", "the window on X11"),
    "libxcb-image.so.0": ("libxcb-image0", "the window on X11"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "the window on X11"),
}
"""Linux libraries that the wheels do not bring: the Debian package of each, and what needs it."""

PROBE_SECONDS = 120  # the first import of PyTorch reads some gigabytes

_PROBE = """
import json
try:
    import torch
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
    raise SystemExit
devices = []
if torch.cuda.is_available():
    for i in range(torch.cuda.device_count()):
        p = torch.cuda.get_device_properties(i)
        devices.append({"name": p.name, "kind": "cuda", "memory": p.total_memory})
if torch.backends.mps.is_available():
    devices.append({"name": "Apple GPU", "kind": "mps", "memory": 0})
print(json.dumps({"version": torch.__version__, "devices": devices, "threads": torch.get_num_threads()}))
"""


@dataclass(frozen=True, slots=True)
class Graphics:
    """What PyTorch finds: its version, a line for each graphics processor, or the error that it fails with."""

    torch: str = ""
    devices: tuple[str, ...] = ()
    error: str = ""


def find_graphics() -> Graphics:
    """Asks PyTorch in a process of its own, so that a broken driver or library cannot take this one along."""
    try:
        python = str(runtime.python()) if runtime.is_packed() else sys.executable
        call = [python, "-W", "ignore", "-c", _PROBE]
        process = subprocess.run(call, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False)
        answer = json.loads(process.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return Graphics(error=f"PyTorch did not start within {PROBE_SECONDS} s")
    except (OSError, ValueError, IndexError):
        return Graphics(error="PyTorch ended without an answer")
    if "error" in answer:
        return Graphics(error=answer["error"])
    devices = tuple(
        f"{device['name']} ({device['kind']}" + (f", {device['memory'] / 1e9:.0f} GB)" if device["memory"] else ")")
        for device in answer["devices"]
    )
    return Graphics(answer["version"], devices)


def processor_name() -> str:
    """The processor's name as its maker writes it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin" and (name := _output(["sysctl", "-n", "machdep.cpu.brand_string"])):
        return name
    return platform.processor() or platform.machine()


def processor_features() -> list[str]:
    """Which of `FEATURES` the processor has; empty where the system does not tell."""
    flags: set[str] = set()
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                flags = set(line.partition(":")[2].split())
                break
    if sys.platform == "darwin":
        text = _output(["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]).lower()
        flags = {*text.split()} | ({"neon"} if platform.machine() == "arm64" else set())
    elif os.name == "nt":
        # IsProcessorFeaturePresent's numbers
        numbers = {"avx2": 40, "avx512f": 41, "neon": 19}
        present = getattr(getattr(ctypes, "windll", None), "kernel32", None)
        flags = {name for name, number in numbers.items() if present and present.IsProcessorFeaturePresent(number)}
    return [feature for feature in FEATURES if feature in flags]


def missing_libraries() -> dict[str, tuple[str, str]]:
    """Those of `LIBRARIES` that cannot be loaded; none elsewhere than on Linux, where the wheels bring all."""
    if not sys.platform.startswith("linux"):
        return {}
    missing = {}
    for library, about in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = about
    return missing


def install_command(packages: list[str]) -> str:
    """The command that installs these Debian packages, with `sudo` where it is needed."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return f"{'' if root else 'sudo '}apt-get install {' '.join(packages)}"


def memory() -> tuple[int, int]:
    """(bytes of memory, of them available)."""
    figures = psutil.virtual_memory()
    return int(figures.total), int(figures.available)


def free_space(folder: Path) -> int:
    """Bytes free on the disk on which `folder` is or would be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return int(psutil.disk_usage(str(folder)).free)


def _output(call: list[str]) -> str:
    try:
        return subprocess.run(call, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
