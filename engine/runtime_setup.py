"""Fetches the neural models' runtime: uv at a fixed version, with it a Python and the packages of `engine.runtime`.

uv (MIT or Apache-2.0) comes from the package index as a wheel whose SHA-256 stands here, and goes on where a fetch was
cut. uv then finds a Python on the machine, or fetches one (python-build-standalone), and the packages: the build of
PyTorch that fits the machine, by uv's own list of indices (`--torch-backend=auto`: CUDA by the driver, ROCm, or the
processor; on macOS the default build uses Metal). What was fetched whole stays until all is done, so a second try
fetches only what is missing.
"""

import hashlib
import json
import os
import platform
import queue
import re
import shutil
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from engine import runtime
from engine.errors import EngineError
from engine.jobs import Context, Part

UV_VERSION = "0.13.8"
UV_WHEELS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("linux", "x86_64"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984",
    ),
    ("linux", "aarch64"): (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
    ),
    ("darwin", "arm64"): ("macosx_11_0_arm64", "62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49"),
    ("darwin", "x86_64"): ("macosx_10_12_x86_64", "b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1"),
    ("win32", "AMD64"): ("win_amd64", "cfbc13020a64cdf2f116d2936824c38edbf41e5c07f1ea291baf02e31ebf3ed0"),
}
"""The wheel of uv for a system and a processor: the end of its name, and its SHA-256."""
PYTHON_VERSION = "3.11"
BACKENDS = ("auto", "cpu", "cu126", "cu130", "rocm6.4", "xpu")
"""Builds of PyTorch that may be asked for; “auto” looks at the machine."""
OFFLINE = (
    "The runtime of neural models cannot be fetched, since the network does not answer. What has come is kept: go on "
    "when this machine is online. Composing, recording, mixing and exporting work without it."
)

_INDEX = "https://pypi.org/simple"
_PATIENCE = 30.0  # seconds without a byte
_BLOCK = 1 << 16
_MAX_LISTING = 64 << 20
_POLL = 0.1
_SIZE = re.compile(r"^\s*Downloading (\S+) \(([\d.]+) ?(B|KiB|MiB|GiB)\)")
_DONE = re.compile(r"^\s*Downloaded (\S+)")
_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_NETWORK = ("client error (Connect)", "dns error", "Failed to fetch", "Failed to download", "network was disabled",
            "error sending request", "operation timed out")  # fmt: skip
_PROBE = """
import json, torch
cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
print(json.dumps({"torch": torch.__version__, "device": "cuda" if cuda else "mps" if mps else "cpu"}))
"""


class RuntimeSetupError(EngineError):
    """The runtime could not be set up; the sentence says why and what to do."""


def install(context: Context, backend: str = "auto") -> None:
    """Makes the runtime, or goes on with what was begun; any thread. Nothing is done where it is there.

    backend: the build of PyTorch, one of `BACKENDS`.

    Raises:
        RuntimeSetupError: it cannot be made; what was fetched is kept.
        Cancelled: the user cancelled; what was fetched whole is kept.
    """
    if backend not in BACKENDS:
        raise RuntimeSetupError(f"There is no build of PyTorch called {backend}: choose {', '.join(BACKENDS)}.")
    room = runtime.folder()
    try:
        room.mkdir(parents=True, exist_ok=True)
        with FileLock(room / "lock", timeout=0):
            if runtime.is_ready():
                return
            runtime.mark_incomplete()
            _make(room, context, backend)
    except Timeout as error:
        raise RuntimeSetupError("The runtime is being fetched by another window already: wait for it.") from error
    except OSError as error:
        raise RuntimeSetupError(f"The runtime cannot be made in “{room}” ({error.strerror or error}).") from error


def remove() -> None:
    """Removes the runtime and all that was fetched for it. Raises `RuntimeSetupError` where that fails."""
    runtime.mark_incomplete()
    try:
        if runtime.folder().exists():
            shutil.rmtree(runtime.folder())
    except OSError as error:
        raise RuntimeSetupError(
            f"“{error.filename}” cannot be removed ({error.strerror or error}): close Continuo’s windows and try again."
        ) from error


def _make(room: Path, context: Context, backend: str) -> None:
    uv = fetch_uv(room, Part(context, 0.0, 0.05))
    packages, versions = runtime.requirements()
    if not runtime.python().is_file():
        context.progress(0.05, f"Setting up Python {PYTHON_VERSION}")
        _run(uv, ["venv", "--quiet", "--clear", "--python", PYTHON_VERSION, str(room / "venv")], room, context)
    build = ["--torch-backend", backend] if os.environ.get("UV_DEFAULT_INDEX") is None else []  # a mirror has its own
    words = ["--python", str(runtime.python()), "-r", str(packages), "-c", str(versions), *build]
    _run(uv, ["pip", "install", *words], room, Part(context, 0.08, 0.95))
    context.progress(0.96, "Starting PyTorch")
    probe = subprocess.run(
        [str(runtime.python()), "-c", _PROBE], capture_output=True, text=True, timeout=600, check=False
    )
    try:
        values = json.loads(probe.stdout.strip().splitlines()[-1])
        runtime.mark_ready(str(values["torch"]), str(values["device"]))
    except (ValueError, LookupError, TypeError) as error:
        reason = (probe.stderr.strip().splitlines() or ["it ended without an answer"])[-1]
        raise RuntimeSetupError(f"PyTorch was fetched and does not start here: {reason}.") from error
    shutil.rmtree(room / "cache", ignore_errors=True)


def fetch_uv(room: Path, context: Context) -> Path:
    """The program uv in `room`, fetched where it is missing. Raises `RuntimeSetupError`."""
    name = "uv.exe" if sys.platform == "win32" else "uv"
    program = room / f"uv-{UV_VERSION}" / name
    if program.is_file():
        return program
    wheel = UV_WHEELS.get((sys.platform, platform.machine()))
    if wheel is None:
        raise RuntimeSetupError(
            f"There is no runtime for {sys.platform} on {platform.machine()}: install Continuo with pip instead."
        )
    file = room / f"uv-{UV_VERSION}-py3-none-{wheel[0]}.whl"
    part = file.with_suffix(".part")
    try:
        _fetch(_address(file.name), part, context)
    except HTTPError as error:
        raise RuntimeSetupError(f"The package index refused uv (HTTP status {error.code}): try again later.") from error
    except (URLError, TimeoutError, ConnectionError, EOFError) as error:
        raise RuntimeSetupError(OFFLINE) from error
    if hashlib.sha256(part.read_bytes()).hexdigest() != wheel[1]:
        part.unlink()
        raise RuntimeSetupError("What the package index sent as uv is not what it should be: try again.")
    program.parent.mkdir(exist_ok=True)
    unfinished = program.with_suffix(".new")
    member = f"uv-{UV_VERSION}.data/scripts/{name}"
    with zipfile.ZipFile(part) as archive, archive.open(member) as source, unfinished.open("wb") as target:
        shutil.copyfileobj(source, target)
    unfinished.chmod(0o755)
    unfinished.replace(program)
    part.unlink()
    return program


def _address(name: str) -> str:
    """Where the package index has a wheel of uv (PEP 691)."""
    index = os.environ.get("UV_DEFAULT_INDEX", _INDEX).rstrip("/")
    page = f"{index}/uv/"
    request = Request(page, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with _opened(request) as answer:
        listing = json.loads(answer.read(_MAX_LISTING))
    for file in listing.get("files", []):
        if file.get("filename") == name:
            return urljoin(page, str(file["url"]))
    raise RuntimeSetupError(f"The package index has no {name}: get a newer Continuo.")


def _fetch(url: str, part: Path, context: Context) -> None:
    """Fetches an address into `part`, going on after what is there."""
    have = part.stat().st_size if part.is_file() else 0
    try:
        with _opened(Request(url, headers={"Range": f"bytes={have}-"} if have else {})) as answer:
            have = have if answer.status == 206 else 0
            total = have + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as file:
                while block := answer.read(_BLOCK):
                    file.write(block)
                    have += len(block)
                    context.progress(have / max(total, 1), f"Fetching uv ({have / 1e6:.0f} of {total / 1e6:.0f} MB)")
    except HTTPError as error:
        if error.code != 416:  # all of it is there
            raise
        return
    if have < total:
        raise EOFError


def _opened(request: Request) -> Any:
    """Asks a server. Certificates: the system's, or where it has none those of the package certifi."""
    trust = ssl.create_default_context()
    if not trust.cert_store_stats()["x509_ca"] and "SSL_CERT_FILE" not in os.environ:
        with suppress(ImportError):
            import certifi

            trust.load_verify_locations(certifi.where())
    return urlopen(request, timeout=_PATIENCE, context=trust)  # an https address, or the index that the user named


def _run(uv: Path, words: list[str], room: Path, context: Context) -> None:
    """Runs uv to its end; a cancel ends it. Raises `RuntimeSetupError` with its reason."""
    places = {"UV_CACHE_DIR": room / "cache", "UV_PYTHON_INSTALL_DIR": room / "python", "UV_LINK_MODE": "copy"}
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}, "UV_NO_PROGRESS": "1"}
    environment.pop("PYTHONPATH", None)
    process = subprocess.Popen(
        [str(uv), *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, errors="replace", env=environment,
    )  # fmt: skip
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    assert process.stderr is not None
    reader = threading.Thread(target=_read, args=(process.stderr, lines), name="uv", daemon=True)
    reader.start()
    output: list[str] = []
    progress = Fetching()
    try:
        while True:
            context.check()
            try:
                line = lines.get(timeout=_POLL)
            except queue.Empty:
                continue
            if line is None:
                break
            output.append(line.strip())
            if text := progress.hear(line):
                context.progress(progress.share, text)
        status = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join()
        process.stderr.close()
    if status:
        raise RuntimeSetupError(_reason(output))


def _read(pipe: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    for line in pipe:
        lines.put(line)
    lines.put(None)


class Fetching:
    """How far uv is, by what it says of the packages that it fetches."""

    def __init__(self) -> None:
        self._sizes: dict[str, float] = {}
        self._fetched: set[str] = set()

    @property
    def share(self) -> float:
        """The share (0 to 1) of the bytes that were announced so far."""
        return sum(self._sizes.get(name, 0.0) for name in self._fetched) / max(sum(self._sizes.values()), 1.0)

    def hear(self, line: str) -> str:
        """Takes a line of uv's; returns what to tell the user, empty where it says nothing new."""
        if announced := _SIZE.match(line):
            self._sizes[announced[1]] = float(announced[2]) * _UNITS[announced[3]]
        elif fetched := _DONE.match(line):
            self._fetched.add(fetched[1])
        else:
            return "Installing" if line.startswith("Prepared") else ""
        waiting = sorted(self._sizes.keys() - self._fetched, key=lambda name: -self._sizes[name])
        total = sum(self._sizes.values())
        done = self.share * total
        largest = f"Fetching {waiting[0]}" if waiting else "Fetched"
        return f"{largest} ({done / 1e6:.0f} of {total / 1e6:.0f} MB)"


def _reason(said: list[str]) -> str:
    """The sentence for what uv said before it failed."""
    text = "\n".join(said)
    if any(word in text for word in _NETWORK):
        return OFFLINE
    if "No space left" in text:
        return "The disk is full: make room (about 6 GB), then go on; what has come is kept."
    line = next((each for each in said if each.startswith(("error:", "×", "x "))), said[-1] if said else "it ended")
    return f"The runtime of neural models could not be made ({line.removeprefix('error:').strip()})."
