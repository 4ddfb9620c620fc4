"""What the Models panel says about each model, gathered without loading any."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import paths
from engine.generate import registry, user_models
from engine.generate.catalog import DEFAULT, known_models
from engine.generate.model_spec import ModelInfo
from engine.licences import licence_text, non_commercial

SPEED = "Speed here"
DEVICES = {
    "": "Automatic (best there is)",
    "cpu": "Processor (CPU)",
    "cuda": "Graphics card (CUDA)",
    "mps": "Graphics (Metal)",
}
"""What a user may run models on, by torch's names."""


@dataclass(frozen=True)
class Entry:
    """One model of the list. added: by the user, so that it can be removed. own: comes with the program."""

    info: ModelInfo
    about: str
    added: bool
    own: bool

    @property
    def installed(self) -> bool:
        """Whether it can be loaded."""
        return self.info.folder is not None and not self.info.problem

    @property
    def licence(self) -> str:
        """Its licence and what that asks for."""
        info = self.info
        if not info.commercial and not non_commercial(info.licence):
            return f"{info.licence}, not for commercial use"
        terms = info.terms if info.commercial else ""
        return licence_text(info.licence) + (f", {terms}" if terms else "")

    @property
    def forbids(self) -> bool:
        """Whether what it makes may not be used commercially."""
        return not self.info.commercial or non_commercial(self.info.licence)


def entries() -> list[Entry]:
    """The starter, what else is installed, then what is known and is not."""
    installed = {info.id: info for info in registry.installed()}
    own = (paths.resources() / "models").resolve()
    listed = user_models.ids()
    entries_of_models = []
    models = known_models()
    for info in installed.values():
        entry = models.get(info.id)
        inside = info.folder is not None and own in info.folder.resolve().parents
        entries_of_models.append(Entry(info, entry.about if entry else "", info.id in listed, inside))
    for model in models.values():
        if model.id not in installed:
            entries_of_models.append(Entry(registry.uninstalled(model), model.about, False, not model.repo))
    order = {key: number for number, key in enumerate(models)}
    return sorted(
        entries_of_models,
        key=lambda each: (each.info.id != DEFAULT, each.info.folder is None, order.get(each.info.id, len(order))),
    )


def devices() -> list[str]:
    """The names in `DEVICES` that may be there, without asking torch; a missing one falls back to the CPU."""
    names = ["", "cpu"]
    if sys.platform != "darwin" and (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists()):
        names.append("cuda")
    if sys.platform == "darwin":
        names.append("mps")
    return names


def facts(entry: Entry, measured: Mapping[str, Any] | None, memory_mb: float | None) -> list[tuple[str, str]]:
    """Names and values for reading: size, memory and speed. memory_mb: what loading it took, while it is loaded."""
    info = entry.info
    rows = []
    if info.bytes:
        rows.append(("Size", size_text(info.bytes)))
    parameters = sum(count for _, count in info.parts)
    if parameters:
        rows.append(("Parameters", f"{parameters / 1e6:.{0 if parameters >= 1e7 else 1}f} M"))
    if memory_mb:
        rows.append(("Memory", f"{size_text(round(memory_mb * 2**20))} in use"))
    elif measured and measured.get("peak_memory_mb"):
        rows.append(("Memory", f"{size_text(round(measured['peak_memory_mb'] * 2**20))} at most"))
    elif needed := info.memory or (4 * parameters):
        rows.append(("Memory", f"about {size_text(needed)}"))
    if measured:
        rows.append((SPEED, f"{float(measured.get('realtime', 0.0)):.1f} × real time"))
        if measured.get("first_sound_s"):
            rows.append(("First sound", f"after {float(measured['first_sound_s']):.1f} s"))
    return rows


def speed_tip(row: Mapping[str, Any]) -> str:
    """The rest of a bench row."""
    parts = [f"Measured on {row.get('device', 'this machine')}"]
    if row.get("steps"):
        parts.append(f"{row['steps']} steps")
    share = float(row.get("machine_share", 1.0))
    if share < 0.95 and row.get("realtime_corrected"):
        parts.append(
            f"with {share:.0%} of the machine to itself; alone it would be {float(row['realtime_corrected']):.1f} ×"
        )
    return ", ".join(parts)


def size_text(count: int) -> str:
    """Bytes for reading."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
