"""What goes into the frozen program: its own code as a folder of compiled sources, and the modules that it imports.

The program's code stays a folder (`program/engine`, `program/desktop`, `program/resources`), so its data lie where they
lie in a clone, and the Python of the neural models' runtime imports the same folder.
"""

import ast
import compileall
import importlib.metadata
import importlib.util
import py_compile
import re
import shutil
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "desktop")
LEFT_OUT = ("kept", "carried", "__pycache__")
"""Folders that only a clone needs."""
NAMED_AT_RUN_TIME = ("c2pa",)
"""Modules that the libraries import by names that no source holds."""
WINDOW_ONLY = ("PySide6", "pyqtgraph", "sounddevice", "mido", "python-rtmidi", "llvmlite", "librosa", "python-stretch")
"""What the program depends on and its neural models do not."""
RUNTIME_ROOMS = ("engine/models", "engine/train", "engine/evaluate", "engine/generate/pipelines")
"""Rooms that run in the neural models' runtime alone: what they import is fetched with it."""
EXCLUDED = (
    *("torch", "torchaudio", "torchvision", "transformers", "diffusers", "accelerate", "tokenizers"),
    *("huggingface_hub", "librosa", "numba", "sklearn", "matplotlib", "pandas", "PIL", "IPython", "tkinter", "pytest"),
    *("setuptools", "pkg_resources", "_distutils_hack", "PySide6.QtNetwork", "PySide6.QtTest", "pyqtgraph.opengl"),
    *("pyqtgraph.examples", "pyqtgraph.multiprocess", "trio", "hypothesis", "mypy", "ast_serialize", "yaml", "xdist"),
    *("rich", "pygments", "markdown_it", "pydoc_data"),
)  # fmt: skip
"""Packages that never go into the frozen program."""
DISTRIBUTIONS = (
    *("numpy", "scipy", "soundfile", "soxr", "sounddevice", "PySide6-Essentials", "pyqtgraph", "c2pa-python"),
    *("cryptography", "mcp"),
)  # fmt: skip
"""Distributions whose versions the program asks for."""

UNUSED = (
    *("PySide6/Qt/translations", "PySide6/Qt/qml", "libQt6Pdf", "libQt6Quick", "libQt6Qml", "libQt6VirtualKeyboard"),
    *("libQt6EglF", "plugins/egldeviceintegrations", "plugins/generic", "plugins/networkinformation", "plugins/tls"),
    *("platforms/libqeglfs", "platforms/libqlinuxfb", "platforms/libqvnc", "platforms/libqminimal"),
    *("platforms/libqvkkhrdisplay", "platformthemes/libqgtk3", "libqtvirtualkeyboard", "libQt6Network", "libQt6Test"),
    *("imageformats/libqtiff", "imageformats/libqwebp", "imageformats/libqicns", ".rlib"),
)  # fmt: skip
"""What PyInstaller collects beside what the program loads: parts of the paths in the packed program."""

UNUSED_HOOKS = (
    *("pyi_rth_pyside6", "pyi_rth_multiprocessing", "pyi_rth_inspect", "pyi_rth_pyqtgraph_multiprocess"),
    *("pyi_rth_setuptools", "pyi_rth_pkgres"),
)  # fmt: skip
"""What PyInstaller would do at every start: load Qt, even into the player, and other things that are not needed."""

LICENCE = re.compile(r"(?i)(.*licen[cs]e|copying|notice|authors)[^/]*(?<!\.py)(?<!\.pyc)$")
"""Names of files with the terms of a library."""

SYSTEM = ("/lib/", "/usr/lib/", "/lib64/")
PYTHONS_OWN = ("libssl", "libcrypto", "libffi", "libsqlite3", "liblzma", "libbz2", "libz.", "libuuid", "libexpat")
"""Libraries of the build machine that Python's own modules need: they differ between systems, so they come along."""


def imported_modules(root: Path = ROOT) -> list[str]:
    """The modules of other packages that the program imports, wherever in its code; those that are installed here."""
    names: set[str] = set(NAMED_AT_RUN_TIME)
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if not path.relative_to(root).as_posix().startswith(RUNTIME_ROOMS):
                names |= set(_imports(ast.parse(path.read_text("utf-8"), str(path))))
    own = (*PACKAGES, *EXCLUDED, "__future__", "_typeshed")
    return sorted(name for name in names if name.split(".")[0] not in own and _is_module(name))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "import_module":
            yield from (name.value for name in node.args[:1] if isinstance(name, ast.Constant))


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def copy_program(destination: Path, root: Path = ROOT) -> None:
    """Writes the program's code and data into `destination`, which is emptied first.

    The code is compiled, and what is compiled is never compared with its source: where the program is installed
    nothing may be written, and a compiled file that is as new as its source depends on how the files were unpacked.
    """
    shutil.rmtree(destination, ignore_errors=True)
    for name in (*PACKAGES, "resources"):
        shutil.copytree(root / name, destination / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(root / "LICENSE", destination)
    shutil.copy(root / "constraints.txt", destination)
    (destination / "runtime.txt").write_text("".join(f"{line}\n" for line in runtime_packages(root)), "utf-8")
    compiled = compileall.compile_dir(
        destination,
        quiet=1,
        stripdir=str(destination),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise SystemExit(f"The program in {root} does not compile.")


def version(root: Path = ROOT) -> str:
    """The program's version."""
    tree = ast.parse((root / "engine" / "__init__.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__version__"]:
            return str(ast.literal_eval(node.value))
    raise SystemExit("engine/__init__.py does not say which version this is.")


def runtime_packages(root: Path = ROOT) -> list[str]:
    """What the neural models' runtime consists of: what the program depends on, without window, devices and LLVM."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return [line for line in project["dependencies"] if not line.startswith(WINDOW_ONLY)]


def licence_files(modules: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """(name in the program, file) of the licences of Python, Qt, and each distribution that has one of `modules`."""
    yield "licences/Python/LICENSE.txt", Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    for path in sorted((ROOT / "installer" / "licences").iterdir()):
        yield f"licences/{path.name}", path
    owners = importlib.metadata.packages_distributions()
    for name in sorted({owner for module in modules for owner in owners.get(module.split(".")[0], ())}):
        for file in importlib.metadata.files(name) or ():
            if LICENCE.match(file.name) and ".." not in file.parts:
                yield f"licences/{name}/{file.as_posix()}", Path(str(file.locate()))


def is_used(name: str, source: str) -> bool:
    """Whether a file that PyInstaller collected goes into the program: `name` in it, `source` on this machine.

    Other libraries of the system, such as those of the display and of sound, are left to the system that the program
    is installed on: they fit its drivers, and the package names them.
    """
    if any(part in name for part in UNUSED):
        return False
    return not source.startswith(SYSTEM) or Path(name).name.startswith(PYTHONS_OWN)
