"""`continuo doctor`: what works here, and for what does not the command or the step that mends it."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from engine import __version__, paths, runtime
from engine.cli import machine
from engine.cli.terminal import add_json, print_json
from engine.errors import DeviceError

PACKAGES = ("numpy", "scipy", "soundfile", "soxr", "sounddevice", "PySide6-Essentials", "pyqtgraph")
"""What the program cannot do without, beside PyTorch."""

LOW_MEMORY, LOW_DISK = 4_000_000_000, 2_000_000_000  # bytes

OK, NOTE, PROBLEM = "ok", "note", "problem"
_MARKS = {OK: "✓", NOTE: "–", PROBLEM: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `status` is ok, note (it works, but less well) or problem; `fix` says what to do."""

    name: str
    status: str
    found: str
    fix: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Looks at everything; status 1 if something is in the way."""
    findings: list[Finding] = []
    for check in CHECKS:
        for finding in check():
            findings.append(finding)
            if not arguments.json:
                _print(finding)
    problems = [finding for finding in findings if finding.status == PROBLEM]
    if arguments.json:
        print_json({"version": __version__, "ok": not problems, "findings": [asdict(finding) for finding in findings]})
    if not problems:
        return 0
    names = ", ".join(finding.name for finding in problems)
    print(f"continuo: {len(problems)} problem{'s' * (len(problems) != 1)}: {names}.", file=sys.stderr)
    return 1


def check_versions() -> Iterator[Finding]:
    """Python, the system, and the packages."""
    yield Finding("Continuo", OK, __version__)
    fits = sys.version_info >= (3, 11)
    yield Finding(
        "Python", OK if fits else PROBLEM, platform.python_version(), "" if fits else "Install Python 3.11 or newer."
    )
    yield Finding("System", OK, f"{platform.system()} {platform.release()}, {platform.machine()}")
    installed, missing = [], []
    for package in PACKAGES:
        try:
            installed.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Finding("Packages", OK, ", ".join(installed))
    if missing:
        fix = f"{sys.executable} -m pip install {' '.join(missing)}"
        yield Finding("Missing packages", PROBLEM, ", ".join(missing), fix)


def check_libraries() -> Iterator[Finding]:
    """Libraries of the system."""
    missing = machine.missing_libraries()
    if not missing:
        yield Finding("Libraries", OK, "all there")
        return
    command = machine.install_command([package for package, _ in missing.values()])
    uses = ", ".join(dict.fromkeys(use for _, use in missing.values()))
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    needed = screen or any(use == "sound" for _, use in missing.values())
    yield Finding("Libraries", PROBLEM if needed else NOTE, f"{', '.join(missing)} missing, for {uses}", command)


def check_sound() -> Iterator[Finding]:
    """The devices that can play."""
    from engine.playback.device import list_devices

    try:
        devices = list_devices()
    except DeviceError as error:
        yield Finding("Sound", NOTE, str(error), "Songs can be edited and exported all the same.")
        return
    real = [device for device in devices if device.hostapi]
    if not real:
        fix = "Connect or switch on an output; songs can be edited and exported all the same."
        yield Finding("Sound", NOTE, "no device that can play", fix)
    for device in real:
        about = f"{device.label}, {device.outputs} channels, {device.default_rate:,} Hz"
        yield Finding("Sound", OK, about + ", default" * device.is_default)


def check_processor() -> Iterator[Finding]:
    """Processor and memory."""
    features = ", ".join(machine.processor_features()) or "no special features known"
    yield Finding("Processor", OK, f"{machine.processor_name()}, {os.cpu_count()} cores, {features}")
    total, available = machine.memory()
    text = f"{total / 1e9:.1f} GB, {available / 1e9:.1f} GB available"
    fix = "" if available > LOW_MEMORY else "Close other programs before you use a model."
    yield Finding("Memory", NOTE if fix else OK, text, fix)


def check_graphics() -> Iterator[Finding]:
    """PyTorch and what it can compute on."""
    if runtime.is_packed() and not runtime.is_ready():
        yield Finding("PyTorch", NOTE, "not installed; only neural models need it", "continuo runtime --install")
        return
    graphics = machine.find_graphics()
    if graphics.error:
        fix = f"Songs can be made without models; to use them: {sys.executable} -m pip install --force-reinstall torch"
        yield Finding("PyTorch", NOTE, graphics.error, fix)
        return
    yield Finding("PyTorch", OK, graphics.torch)
    for device in graphics.devices:
        yield Finding("Graphics", OK, device)
    if not graphics.devices:
        yield Finding("Graphics", OK, "none that PyTorch can use; models run on the processor")


def check_models() -> Iterator[Finding]:
    """The models that are installed, and whether more can be fetched."""
    from engine.generate import hub_process, registry

    listed = registry.installed()
    usable = [info.id for info in listed if not info.problem]
    yield Finding("Models", OK if usable else NOTE, ", ".join(usable) or "none", "" if usable else "continuo models")
    for info in listed:
        if info.problem:
            yield Finding("Model", NOTE, f"{info.id}: {info.problem}", "The other models are not concerned.")
    if runtime.is_packed():
        return  # the runtime has it
    if missing := hub_process.lacking():
        fix = f"{sys.executable} -m pip install 'huggingface_hub>=1.32,<3'"
        yield Finding("Model hub", NOTE, f"the installed huggingface_hub lacks {missing}; folders can be added", fix)


def check_disk() -> Iterator[Finding]:
    """Room for songs and for the program's own data."""
    for name, folder in (("Songs", paths.songs_dir()), ("Data", paths.data_dir()), ("Settings", paths.config_dir())):
        free = machine.free_space(folder)
        fix = "" if free > LOW_DISK else "Make room on this disk."
        yield Finding(name, NOTE if fix else OK, f"{folder}, {free / 1e9:.1f} GB free", fix)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_versions,
    check_libraries,
    check_sound,
    check_processor,
    check_graphics,
    check_models,
    check_disk,
)


def _print(finding: Finding) -> None:
    print(f"{_MARKS[finding.status]} {finding.name:<10} {finding.found}")
    if finding.fix:
        print(f"{'':<13}→ {finding.fix}")
    sys.stdout.flush()
