"""Packs the frozen program for Linux: a Debian package and an archive that is unpacked anywhere.

`python installer/deb.py dist/continuo dist` after PyInstaller. The writer needs none of Debian's tools: a package is an
archive (`ar`) of three members (Debian's deb(5)).
"""

import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import program

HERE = Path(__file__).resolve().parent
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
DEPENDS = (
    *("libc6 (>= 2.36)", "libgcc-s1", "libstdc++6", "zlib1g", "libportaudio2", "libasound2 | libasound2t64", "libegl1"),
    *("libgl1", "libxkbcommon0", "libxkbcommon-x11-0", "libdbus-1-3", "libfontconfig1", "libfreetype6"),
    *("libglib2.0-0 | libglib2.0-0t64", "libx11-6", "libx11-xcb1", "libxcb1", "libxcb-cursor0", "libxcb-icccm4"),
    *("libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render0", "libxcb-render-util0", "libxcb-shape0"),
    *("libxcb-shm0", "libxcb-sync1", "libxcb-xfixes0", "libxcb-xkb1"),
)  # fmt: skip
"""Libraries of the system that the program loads; see `program.is_used`."""
DESCRIPTION = """Digital audio workstation whose tracks can keep playing
 Arrange clips on a timeline, mix them, compose parts from words, and deliver
 mix and stems. It runs offline. Neural models are fetched on request."""
PROGRAM = "usr/lib/continuo"
_PRESET = 1  # of xz: higher ones take minutes and save 5 %


def control(version: str, kilobytes: int) -> str:
    """The package's description for Debian's tools."""
    return (
        f"Package: continuo\nVersion: {version}\nArchitecture: {ARCHITECTURES[platform.machine()]}\n"
        f"Maintainer: The Continuo authors <continuo@localhost>\nInstalled-Size: {kilobytes}\n"
        f"Depends: {', '.join(DEPENDS)}\nRecommends: ffmpeg\nSection: sound\nPriority: optional\n"
        f"Description: {DESCRIPTION}\n"
    )


def contents(folder: Path) -> Iterator[tuple[str, Path | bytes | str]]:
    """What is installed, by its path: a file, bytes, or where a link points to."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield f"{PROGRAM}/{path.relative_to(folder).as_posix()}", path.readlink().as_posix()
        elif path.is_file():
            yield f"{PROGRAM}/{path.relative_to(folder).as_posix()}", path
    yield "usr/bin/continuo", "../lib/continuo/continuo"
    yield "usr/share/applications/continuo.desktop", HERE / "linux" / "continuo.desktop"
    yield "usr/share/icons/hicolor/scalable/apps/continuo.svg", HERE / "linux" / "continuo.svg"
    yield "usr/share/doc/continuo/copyright", program.ROOT / "LICENSE"


def _add(
    archive: tarfile.TarFile, name: str, content: Path | bytes | str, folders: set[str], prefix: str, *, mode: int = 0
) -> str:
    """Adds a file, and the folders over it that are not there yet; returns its MD5 sum, empty for links."""
    for parent in reversed(Path(name).parents[:-1]):
        if parent.as_posix() not in folders:
            folders.add(parent.as_posix())
            entry = tarfile.TarInfo(f"{prefix}{parent.as_posix()}/")
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, int(time.time())
            archive.addfile(entry)
    entry = tarfile.TarInfo(f"{prefix}{name}")
    entry.mtime = int(time.time())
    if isinstance(content, str):
        entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, content, 0o777
        archive.addfile(entry)
        return ""
    data = content if isinstance(content, bytes) else content.read_bytes()
    executes = isinstance(content, Path) and content.stat().st_mode & 0o100
    entry.size, entry.mode = len(data), mode or (0o755 if executes else 0o644)
    archive.addfile(entry, io.BytesIO(data))
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def write_deb(folder: Path, path: Path, version: str) -> None:
    """Writes the Debian package of the frozen program in `folder` to `path`."""
    sums, folders, size = [], set[str](), 0
    data = path.with_suffix(".data")
    with tarfile.open(data, "w:xz", preset=_PRESET, format=tarfile.GNU_FORMAT) as archive:
        for name, content in contents(folder):
            if digest := _add(archive, name, content, folders, "./"):
                sums.append(f"{digest}  {name}\n")
                size += content.stat().st_size if isinstance(content, Path) else len(content)
    head = io.BytesIO()
    with tarfile.open(fileobj=head, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        _add(archive, "control", control(version, -(-size // 1024)).encode(), set(), "./")
        _add(archive, "postrm", (HERE / "linux" / "postrm").read_bytes(), set(), "./", mode=0o755)
        _add(archive, "md5sums", "".join(sums).encode(), set(), "./")
    with path.open("wb") as package, data.open("rb") as body:
        package.write(b"!<arch>\n")
        for name, member in (("debian-binary", b"2.0\n"), ("control.tar.gz", head.getvalue())):
            package.write(_member(name, len(member)) + member + b"\n" * (len(member) % 2))
        length = data.stat().st_size
        package.write(_member("data.tar.xz", length))
        while block := body.read(1 << 20):
            package.write(block)
        package.write(b"\n" * (length % 2))
    data.unlink()


def _member(name: str, size: int) -> bytes:
    """The head of a member of an `ar` archive."""
    return f"{name:<16}{int(time.time()):<12}{0:<6}{0:<6}{'100644':<8}{size:<10}`\n".encode("ascii")


def write_archive(folder: Path, path: Path, name: str) -> None:
    """Writes the frozen program as an archive with one folder, `name`."""
    with tarfile.open(path, "w:xz", preset=_PRESET) as archive:
        archive.add(folder, name)
        archive.add(HERE / "linux", f"{name}/share")


def strip_python(folder: Path) -> None:
    """Removes the debugging symbols of Python itself: 25 MB of many builds.

    The libraries of other packages stay as they are: those that wheels bring along do not survive it.
    """
    files = [*folder.glob("_internal/libpython*.so*"), *folder.glob("_internal/python3*/lib-dynload/*.so")]
    strip = shutil.which("strip")
    if strip and files:
        subprocess.run([strip, "--strip-unneeded", *map(str, files)], check=True)


def main(folder: Path, destination: Path) -> None:
    """Packs the frozen program in `folder`."""
    strip_python(folder)
    version, machine = program.version(), platform.machine()
    deb = destination / f"continuo_{version}_{ARCHITECTURES[machine]}.deb"
    write_deb(folder, deb, version)
    archive = destination / f"continuo-{version}-linux-{machine}.tar.xz"
    write_archive(folder, archive, f"continuo-{version}")
    for path in (deb, archive):
        print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
