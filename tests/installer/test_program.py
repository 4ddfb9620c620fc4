"""The frozen program: what goes into it, how it starts, and its packages."""

import ast
import importlib
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from engine import __version__

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"
NEURAL = {"torch", "transformers", "diffusers", "accelerate", "huggingface_hub", "librosa", "numba"}


@pytest.fixture
def installer(monkeypatch):
    """Imports a module of the folder `installer`."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    yield importlib.import_module
    for name in ("program", "deb", "native_kernels", "generated_code", "launch"):
        sys.modules.pop(name, None)


def test_the_program_takes_what_it_imports_and_nothing_neural(installer):
    modules = set(installer("program").imported_modules())
    assert {"PySide6.QtWidgets", "numpy", "scipy.signal", "soundfile", "sounddevice", "rtmidi", "mido"} <= modules
    assert {
        "python_stretch",
        "tinysoundfont",
        "pyqtgraph",
        "psutil",
        "c2pa",
    } <= modules
    packages = {name.split(".")[0] for name in modules}
    assert not packages & NEURAL
    assert not packages & {"engine", "desktop"}


def test_what_stays_out_is_imported_by_nothing_that_needs_no_runtime(installer):
    program = installer("program")
    fetched = {"torch", "transformers", "huggingface_hub", "numba"}  # with the runtime, or not by users
    for package in program.PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if not path.relative_to(ROOT).as_posix().startswith(program.RUNTIME_ROOMS):
                names = {name.split(".")[0] for name in program._imports(ast.parse(path.read_text("utf-8")))}
                assert not names & set(program.EXCLUDED) - fetched, path


def test_libraries_of_the_system_are_left_to_the_system_but_those_of_python(installer):
    is_used = installer("program").is_used
    assert not is_used("libxcb-cursor.so.0", "/lib/x86_64-linux-gnu/libxcb-cursor.so.0")
    assert not is_used("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "/venv/PySide6/libqgtk3.so")
    assert is_used("libssl.so.3", "/lib/x86_64-linux-gnu/libssl.so.3")
    assert is_used("PySide6/Qt/plugins/platforms/libqxcb.so", "/venv/PySide6/libqxcb.so")


def test_the_licences_of_what_comes_along_come_along(installer):
    files = dict(installer("program").licence_files(["numpy.linalg", "mido", "sounddevice", "json"]))
    names = {name.split("/")[1] for name in files}
    assert {"Python", "LGPL-3.txt", "GPL-3.txt", "README.md", "numpy", "mido", "sounddevice"} == names
    assert all(path.is_file() for name, path in files.items() if "/Python/" not in name)  # some systems leave it out
    assert any("GNU LESSER GENERAL PUBLIC LICENSE" in path.read_text("utf-8") for path in files.values())


def test_a_copy_holds_compiled_code_that_is_never_compared_with_its_source(installer, tmp_path):
    root = tmp_path / "clone"
    for name in ("engine/train/kept", "desktop", "resources/screenshots"):
        (root / name).mkdir(parents=True)
        (root / name / "data.bin").write_bytes(b"1")
    (root / "engine" / "__init__.py").write_text('__version__ = "7.8.9"\n')
    for name in ("LICENSE", "constraints.txt"):
        (root / name).write_text(name)
    (root / "pyproject.toml").write_text('[project]\ndependencies = ["numpy>=2", "PySide6-Essentials>=6"]\n')
    program = installer("program")
    program.copy_program(tmp_path / "copy", root)
    (compiled,) = (tmp_path / "copy").rglob("*.pyc")
    assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 1  # PEP 552: by hash, unchecked
    names = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    }
    assert {"engine/__init__.py", "desktop/data.bin", "LICENSE", "constraints.txt"} < names
    assert not any("kept" in name for name in names)
    assert (tmp_path / "copy" / "runtime.txt").read_text("utf-8") == "numpy>=2\n"
    assert program.version(root) == "7.8.9"


@pytest.fixture
def started(tmp_path):
    """Runs the frozen program's start in this Python, which plays the part of the packed one."""
    (tmp_path / "program").symlink_to(ROOT, target_is_directory=True)
    code = (
        "import os, runpy, sys; sys._MEIPASS, sys.argv = sys.argv[1], sys.argv[2:]; "
        "sys.path.append(os.path.dirname(sys.argv[0])); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )

    def start(*words, **environment):
        return subprocess.run(
            [sys.executable, "-P", "-c", code, str(tmp_path), str(INSTALLER / "launch.py"), *words],
            capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | environment,
        )  # fmt: skip

    return start


def test_it_is_the_shell_and_runs_the_programs_own_modules_as_python_does(started):
    assert started("--version").stdout == f"continuo {__version__}\n"
    assert started("-P", "-m", "engine.cli", "--version").stdout == f"continuo {__version__}\n"
    other = started("-m", "json.tool", "--help")
    assert other.returncode == 2
    assert "json.tool" in other.stderr
    assert "usage: json.tool" not in other.stdout


def test_programs_that_it_starts_find_the_systems_libraries(installer, monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "/packed")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/own")
    monkeypatch.setenv("DYLD_LIBRARY_PATH", "/packed")
    monkeypatch.delenv("PYINSTALLER_RESET_ENVIRONMENT", raising=False)
    installer("launch").restore_library_path()
    assert os.environ["LD_LIBRARY_PATH"] == "/own"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    assert "DYLD_LIBRARY_PATH" not in os.environ
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"  # so that a process of the program's own finds its own


POINT = """
from dataclasses import dataclass

@dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int = 2
"""
USE_POINT = """
import marshal, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import generated_code
file = Path(sys.argv[2]) / "code.bin"
codes = marshal.loads(file.read_bytes())
count = len(codes)
generated_code.compile_with(codes)
import point
one = point.Point(1)
assert (repr(one), one < point.Point(2), one == point.Point(1, 2)) == ("Point(x=1, y=2)", True, True)
assert len(codes) == count > 5
"""


def test_dataclasses_take_the_code_that_was_compiled_for_them(tmp_path):
    (tmp_path / "point.py").write_text(POINT)
    collect = "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3]; import generated_code; "
    collect += "generated_code.collect(Path(sys.argv[2]) / 'code.bin', ['point'])"
    for code in (collect, USE_POINT):
        subprocess.run([sys.executable, "-c", code, str(INSTALLER), str(tmp_path)], check=True, timeout=60)


class Collected:
    """Plays the part of PyInstaller's `Analysis`: remembers what it is asked for."""

    def __init__(self, scripts, **options):
        self.options = options
        self.pure = []
        self.datas, self.binaries = (
            [],
            [("libssl.so.3", "/lib/libssl.so.3", "BINARY"), ("libX11.so.6", "/lib/x", "BINARY")],
        )
        self.scripts = [("pyi_rth_pyside6", "", "PYSOURCE"), ("launch", scripts[0], "PYSOURCE")]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_recipe_is_followed_on_every_system(installer, monkeypatch, platform):
    program, kernels, code = (installer(name) for name in ("program", "native_kernels", "generated_code"))
    copied = []
    monkeypatch.setattr(code, "make", lambda _: None)
    monkeypatch.setattr(program, "copy_program", copied.append)
    monkeypatch.setattr(kernels, "make_libraries", lambda *_: [] if platform == "win32" else [Path("generic.so")])
    hooks = ModuleType("PyInstaller.utils.hooks")
    hooks.copy_metadata, hooks.collect_dynamic_libs = lambda name: [(name, ".")], lambda _: []
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.setattr(sys, "platform", platform)
    calls = {}

    def step(name):
        return lambda *positional, **options: calls.setdefault(name, (positional, options))

    scope = {
        "SPECPATH": str(INSTALLER),
        "Analysis": Collected,
        "Tree": lambda *_, prefix: [(f"{prefix}/x", "x", "DATA")],
    }
    scope |= {name: step(name) for name in ("PYZ", "EXE", "COLLECT", "BUNDLE")}
    exec(compile((INSTALLER / "continuo.spec").read_text(), "continuo.spec", "exec"), scope)
    analysis, options = scope["analysis"], calls["EXE"][1]
    assert copied == [ROOT / "build" / "program"]
    assert {"torch", "transformers"} <= set(analysis.options["excludes"])
    assert ("llvmlite" in analysis.options["excludes"]) == (platform != "win32")
    assert [name for name, *_ in analysis.scripts] == ["launch"]
    assert [name for name, *_ in analysis.binaries] == ["libssl.so.3"]
    assert ("program/x", "x", "DATA") in analysis.datas
    assert ("BUNDLE" in calls) == (platform == "darwin")
    files = [options["version"], options["entitlements_file"]]
    assert [bool(path) for path in files] == [platform == "win32", platform == "darwin"]
    assert all(Path(path).is_file() for path in files if path)
    if platform == "darwin":
        assert calls["BUNDLE"][1]["info_plist"]["CFBundleShortVersionString"] == __version__


def test_windows_is_told_the_programs_version():
    text = (INSTALLER / "windows" / "version.txt").read_text()
    numbers = ", ".join(f"{__version__}.0".split("."))
    assert f"filevers=({numbers})" in text
    assert f'StringStruct("ProductVersion", "{__version__}")' in text


def test_the_package_names_the_libraries_that_a_clone_asks_for(installer):
    depends = " ".join(installer("deb").DEPENDS).replace("|", " ").split()
    wanted = (ROOT / ".ci" / "system-packages").read_text().split("if [")[0]
    packages = [line.split()[2] for line in wanted.splitlines() if line.startswith("library ")]
    assert len(packages) > 10
    assert set(packages) <= set(depends)


def test_debians_own_tools_read_the_package(installer, tmp_path):
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    (folder / "continuo").write_bytes(b"#!/bin/sh\n")
    (folder / "continuo").chmod(0o755)
    (folder / "_internal" / "odd").write_bytes(b"123")
    (folder / "_internal" / "link").symlink_to("odd")
    package = tmp_path / "continuo.deb"
    installer("deb").write_deb(folder, package, __version__)
    fields = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    assert f"Version: {__version__}" in fields
    assert "libportaudio2" in fields
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path / "root"], check=True)
    installed = tmp_path / "root" / "usr" / "lib" / "continuo"
    assert (tmp_path / "root" / "usr" / "bin" / "continuo").resolve() == installed / "continuo"
    assert os.access(installed / "continuo", os.X_OK)
    assert (installed / "_internal" / "link").read_bytes() == b"123"
    subprocess.run(["dpkg-deb", "--control", package, tmp_path / "control"], check=True)
    assert os.access(tmp_path / "control" / "postrm", os.X_OK)
    installer("deb").write_archive(folder, tmp_path / "continuo.tar.xz", "continuo")
    with tarfile.open(tmp_path / "continuo.tar.xz") as archive:
        assert {"continuo/continuo", "continuo/share/continuo.desktop"} < set(archive.getnames())


@pytest.mark.skipif(sys.platform != "linux", reason="Debian's own")
def test_a_purge_leaves_songs_settings_and_what_is_the_users(tmp_path: Path) -> None:
    home, own = tmp_path / "home", tmp_path / "home" / ".local" / "share" / "continuo"
    kept = [
        home / "Music/Continuo/Song/project.json", home / ".config/continuo/settings.ini", own / "templates/mine.json",
        own / "models/mine/config.json", home / ".config/continuo/plug-ins/mine.py",
    ]  # fmt: skip
    gone = [
        home / ".cache/continuo/a.f32", own / "runtime/bin/python", own / "library.sqlite3",
        own / "library.sqlite3-wal", own / "continuo.log", own / "samplers/a.sf2",
    ]  # fmt: skip
    for path in (*kept, *gone):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    fake = tmp_path / "bin" / "getent"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\nprintf 'a:x:1:1::%s:/bin/sh\\nb:x:2:2::/:/bin/sh\\nc:x:3:3:::\\n' '{home}'\n")
    fake.chmod(0o755)
    script = ROOT / "installer" / "linux" / "postrm"
    environment = {**os.environ, "PATH": f"{fake.parent}:{os.environ['PATH']}"}
    subprocess.run(["sh", str(script), "remove"], check=True, env=environment)
    assert all(path.exists() for path in (*kept, *gone))
    subprocess.run(["sh", str(script), "purge"], check=True, env=environment)
    assert [path for path in (*kept, *gone) if path.exists()] == kept
