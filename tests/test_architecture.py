"""The layer rule and the house's other rules, read from the source of engine/ and desktop/."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parent.parent


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a tree; every rule goes through those of every file."""
    return tuple(ast.walk(tree))


MAY_IMPORT = {
    "base": {"base"},
    "music": {"base", "music"},
    "compose": {"base", "music", "compose"},
    "devices": {"base", "devices"},
    "project": {"base", "music", "devices", "project"},
    "playback": {"base", "music", "compose", "analysis", "devices", "project", "playback"},
    "demo": {"base", "music", "project", "demo"},
    "tool_server": {"base", "tool_server"},
    "midi": {"base", "music", "compose", "project", "midi"},
    "dawproject": {"base", "music", "devices", "project", "playback", "dawproject"},
    "models": {"base", "music", "models"},
    "generate": {"base", "music", "compose", "analysis", "models", "generate"},
    "analysis": {"base", "music", "analysis"},
    "train": {"base", "music", "compose", "models", "analysis", "train"},
    "evaluate": {
        "base",
        "music",
        "compose",
        "analysis",
        "project",
        "playback",
        "models",
        "generate",
        "train",
        "evaluate",
    },
    "inference": {"base", "music", "compose", "analysis", "project", "midi", "playback", "generate", "inference"},
    "desktop": {
        "base",
        "devices",
        "music",
        "midi",
        "dawproject",
        "demo",
        "analysis",
        "project",
        "playback",
        "generate",
        "inference",
        "desktop",
    },
    "cli": {
        "base",
        "devices",
        "music",
        "midi",
        "dawproject",
        "compose",
        "analysis",
        "project",
        "playback",
        "demo",
        "models",
        "generate",
        "inference",
        "train",
        "evaluate",
        "tool_server",
        "desktop",
        "cli",
    },
}
"""Room: the rooms it may import from. The files directly in engine/ are the base, engine/cli* is the shell."""

QT = {"PySide6", "shiboken6", "pyqtgraph"}
LISTENING = {"librosa", "python_stretch"}
NEURAL = {"torch", "torchaudio", "torchvision", "transformers", "diffusers", "accelerate"}
ONLY_IN = {
    **{package: {"desktop"} for package in QT},
    **{package: {"models", "generate", "train", "evaluate"} for package in NEURAL},
    "librosa": {"evaluate"},
    "python_stretch": {"analysis"},
    **{package: {"tool_server"} for package in ("mcp", "pydantic", "uvicorn")},
    "c2pa": {"engine/tags/content_credentials.py"},
    "cryptography": {"engine/tags/content_credentials.py"},
    "sounddevice": {"engine/playback/device.py"},
    "soundfile": {"engine/audio.py", "engine/decoding.py", "engine/encoding.py"},
}
"""Package: the rooms or files that alone may import it."""

MAX_LINES = 650
MAX_FUNCTION = 60
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "misc", "shared"}
MAY_CATCH_ALL = {"engine/jobs.py", "desktop/app.py", "engine/cli/__init__.py"}
MAY_NAME_COLOURS = {"desktop/theme.py"}
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8}|[0-9a-fA-F]{3,4})\b|\b(?:rgb|rgba|hsl|hsla|hsv)\(\s*\d")


def room_of(path: str) -> str:
    """The room of a file, or of a dotted module name written with slashes."""
    parts = path.removesuffix(".py").split("/")
    if parts[0] != "engine":
        return parts[0]
    if len(parts) > 1 and (parts[1] == "cli" or parts[1].startswith("cli_")):
        return "cli"
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "base"


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every (dotted module, line) imported, at the top, inside functions, and by `import_module("…")`."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module, node.lineno
            if module in ("engine", "engine.project", "engine.playback", "desktop"):
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            yield from ((name.value, node.lineno) for name in node.args[:1] if _is_text(name))


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def layers(path: str, tree: ast.Module) -> Iterator[str]:
    room = room_of(path)
    for module, line in imports(tree):
        if module.startswith("."):
            yield f"{path}:{line} imports {module}: write the whole name"
        if module.split(".")[0] in ("engine", "desktop"):
            other = room_of(module.replace(".", "/"))
            if other not in MAY_IMPORT[room]:
                yield f"{path}:{line} ({room}) must not import {module} ({other})"


def outsiders(path: str, tree: ast.Module) -> Iterator[str]:
    lazy = {id(inner) for node in nodes_of(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    lines = {
        node.lineno for node in nodes_of(tree) if isinstance(node, ast.Import | ast.ImportFrom) and id(node) in lazy
    }
    for module, line in imports(tree):
        package = module.split(".")[0]
        allowed = ONLY_IN.get(package)
        if allowed is None or path in allowed or room_of(path) in allowed:
            continue
        if room_of(path) == "cli" and line in lines:
            continue  # the shell may import anything, but only when a command needs it
        yield f"{path}:{line} must not import {package}: only {', '.join(sorted(allowed))} may"


def nothing_but_cli_trains(path: str, tree: ast.Module) -> Iterator[str]:
    for module, line in imports(tree):
        if module.startswith("engine.train") and room_of(path) not in ("train", "evaluate", "cli"):
            yield f"{path}:{line} must not import {module}: only the shell and the evaluation do"


def sizes(path: str, tree: ast.Module) -> Iterator[str]:
    lines = len((ROOT / path).read_text("utf-8").splitlines()) if (ROOT / path).exists() else 0
    if lines > MAX_LINES:
        yield f"{path} has {lines} lines: which room is missing? At most {MAX_LINES}"


def lengths(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds functions of more than `MAX_FUNCTION` lines of code: blank lines, comments and docstrings are free."""
    docs = [node for node in nodes_of(tree) if isinstance(node, ast.Expr) and _is_text(node.value)]
    free = {id(part) for node in docs for part in (node, node.value)}
    for function in (node for node in nodes_of(tree) if isinstance(node, ast.FunctionDef)):
        parts = [node for node in nodes_of(function) if isinstance(node, ast.stmt | ast.expr | ast.arg)]
        ends = [(node.lineno, node.lineno if hasattr(node, "body") else node.end_lineno or 0)
                for node in parts if id(node) not in free]  # fmt: skip
        lines = {line for first, last in ends for line in range(first, last + 1)}
        if len(lines) > MAX_FUNCTION:
            yield f"{path}:{function.lineno} {function.name} has {len(lines)} lines of code: at most {MAX_FUNCTION}"


def names(path: str, tree: ast.Module) -> Iterator[str]:
    for part in path.removesuffix(".py").split("/"):
        if part.strip("_") in NO_NAMES:
            yield f"{path}: “{part}” says nothing about what is in it"


def catching(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds `except:`, `except Exception`, and what else catches everything."""
    if path in MAY_CATCH_ALL:
        return
    for node in nodes_of(tree):
        kinds: list[ast.expr] = []
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"{path}:{node.lineno} catches everything"
            else:
                kinds = [*node.type.elts] if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and _called(node) == "suppress":
            kinds = node.args
        for kind in kinds:
            if isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"):
                yield f"{path}:{kind.lineno} catches {kind.id}"


def colours(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds colours written into the code instead of taken from the theme; transparent is none."""
    if not path.startswith("desktop/") or path in MAY_NAME_COLOURS:
        return
    docs = {id(node.value) for node in nodes_of(tree) if isinstance(node, ast.Expr)}
    for node in nodes_of(tree):
        if isinstance(node, ast.expr) and _is_text(node) and id(node) not in docs:
            if COLOUR.search(node.value):
                yield f"{path}:{node.lineno} has the colour {node.value!r}: take it from the theme"
        elif isinstance(node, ast.Call) and _called(node) in (
            "QColor",
            "fromRgb",
            "fromRgbF",
            "fromHsv",
            "qRgb",
            "qRgba",
        ):
            if any(isinstance(part, ast.Constant) for argument in node.args for part in ast.walk(argument)):
                yield f"{path}:{node.lineno} makes a colour of its own: take it from the theme"
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "GlobalColor"
            and node.attr != "transparent"
        ):
            yield f"{path}:{node.lineno} uses Qt's {node.attr}: take the colour from the theme"


def unfinished(path: str, tree: ast.Module) -> Iterator[str]:
    for node in nodes_of(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id == "NotImplementedError":
                yield f"{path}:{node.lineno} is not implemented"
    if (ROOT / path).exists():
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
            if re.search(r"#\s*(TODO|FIXME|XXX)\b", line):
                yield f"{path}:{number} is left for later"


def forks(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds what only some systems can do: processes are spawned everywhere."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.fork", "os.forkpty"):
            yield f"{path}:{node.lineno} forks: spawn instead"
        elif isinstance(node, ast.Call) and _called(node) in ("get_context", "set_start_method"):
            ways = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if ways != ["spawn"]:
                yield f"{path}:{node.lineno} does not spawn"


PICKLING = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "multiprocessing"}
PICKLING_NAMES = {"concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process"}


def pickle(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds what unpickles, which can run code: processes talk through `engine.ipc`, files are JSON and tensors."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            names = [str(name.value) for name in node.args[:1] if _is_text(name)]
        else:
            continue
        for name in names:
            if name in PICKLING_NAMES or name.split(".")[0] in PICKLING:
                yield f"{path}:{node.lineno} imports {name}: see engine.ipc"


MAY_OPEN = {
    "engine/project/whole_file.py": {"write_whole", "put_mark"},  # new names in the folder
    "engine/project/importing.py": {"_copy"},  # the user's own file, from anywhere
    "engine/project/pool.py": {
        "hash_file",
        "decode",
        "read_samples",
    },  # of paths that `source_path` or `size_of` looked at
    "engine/project/derived.py": {"_write"},  # a new name
    "engine/project/peaks.py": {"build_peaks", "_measure"},
    "engine/project/storing.py": {"store_sound"},
    "engine/project/journal.py": {"begin"},  # a new name, and what has just taken the journal's
    "engine/project/copying.py": {"_copy"},  # a new name; reading goes through `open_inside`
    "engine/project/growing.py": {"__init__", "seal_file"},  # a new name; reading goes through `open_inside`
    "desktop/icons.py": {"__init__"},
    "desktop/manual_pages.py": {"_source"},
    "desktop/theme.py": {"load_theme"},
    "engine/inference/capability_cache.py": {"read_capabilities"},
    "engine/inference/measurements.py": {"read_measured"},
}
"""Where a path may be opened by itself: new files, the user's own, and the program's."""


def opening(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds a file of a song's folder that is opened without `engine.safe_files`."""
    if not path.startswith(("engine/project/", "engine/inference/", "desktop/")):
        return
    for function in nodes_of(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in MAY_OPEN.get(path, ()):
            continue
        for node in nodes_of(function):
            if not isinstance(node, ast.Call):
                continue
            name = _called(node)
            modes = [each.value for each in node.args if _is_text(each)]
            opens = name == "open" and any(re.fullmatch(r"[rwxab+t]{1,4}", str(mode)) for mode in modes)
            if opens or name in ("read_bytes", "read_text", "fromfile"):
                yield f"{path}:{node.lineno} opens a path: a file of a song goes through engine.safe_files"


MAY_READ_MARKUP = {"desktop/widgets/plain.py", "desktop/widgets/choices.py", "desktop/widgets/page_view.py"}
"""Where texts are made safe, and where pages of the program's own are shown."""
ONLY_IN_WIDGETS = {
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QComboBox", "QTabBar"),
    *("QTabWidget", "QMenu", "QListWidgetItem", "QTableWidgetItem", "QTreeWidgetItem", "QStaticText", "QSpinBox"),
    *("QDoubleSpinBox", "QSlider", "QDial", "QDockWidget", "QStatusBar"),
}  # fmt: skip
"""Qt classes that read markup or mnemonics in texts, or take the wheel without the focus: ours are used instead."""
NEVER = {
    *("QMessageBox", "QErrorMessage", "QInputDialog", "QToolTip", "QWhatsThis", "QTextBrowser", "QTextEdit"),
    *("QTextDocument", "QSplashScreen", "QProgressDialog", "QSystemTrayIcon"),
}
"""Qt classes that guess whether their text is HTML."""
PLAIN_ONLY = {
    "setToolTip": "set_tooltip", "setTabToolTip": "set_tab_tooltip", "setWhatsThis": "nothing",
    "setStatusTip": "nothing",
    "setHtml": "nothing", "appendHtml": "nothing", "insertHtml": "nothing", "setMarkdown": "nothing",
    "elidedText": "elided", "setTextFormat": "Label", "setOpenExternalLinks": "nothing", "addMenu": "Menu.submenu",
}  # fmt: skip
"""Methods that are called in `widgets/plain.py` and `widgets/choices.py` alone, and what is called instead."""
PLAIN_UNLESS_CONSTANT = {
    "setAccessibleName": "set_name", "setAccessibleDescription": "set_description", "setWindowTitle": "set_title",
    "addAction": "Menu.entry",
}  # fmt: skip
"""Methods that may be given a text written in the code, and what is called with any other."""


def texts(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds ways by which a name from outside would be read as markup or as a mnemonic."""
    if not path.startswith("desktop/") or path in MAY_READ_MARKUP:
        return
    for node in nodes_of(tree):
        if isinstance(node, ast.ClassDef):
            names = [base.id for base in node.bases if isinstance(base, ast.Name)]
        elif isinstance(node, ast.Call):
            names = [node.func.id] if isinstance(node.func, ast.Name) else []
        else:
            names = []
        for name in names:
            if name in NEVER or (name in ONLY_IN_WIDGETS and not path.startswith("desktop/widgets/")):
                yield f"{path}:{node.lineno} has a {name}: take a class of desktop/widgets"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in NEVER:
            yield f"{path}:{node.lineno} uses {node.value.id}"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, first = node.func.attr, node.args[0] if node.args else None
        if name in PLAIN_ONLY and not (path == "desktop/window.py" and name == "addMenu"):
            yield f"{path}:{node.lineno} calls {name}: use {PLAIN_ONLY[name]}"
        elif name in PLAIN_UNLESS_CONSTANT and first is not None:
            text = (
                isinstance(first, ast.Constant | ast.Subscript | ast.Name) if name == "addAction" else _is_text(first)
            )
            if not text:
                yield f"{path}:{node.lineno} calls {name} with a text from elsewhere: use {PLAIN_UNLESS_CONSTANT[name]}"


MAY_NAME_CONTENTS = {
    "engine/playback/contents.py",
    "engine/project/codec/contents.py",
    "engine/cli/contents.py",
    "engine/dawproject/contents.py",
    "desktop/inspector/contents.py",
    "desktop/timeline/contents.py",
}
"""The tables by kind of content; everything else asks a content by the methods of its base."""

NOTES = (
    "engine/midi/",
    "engine/dawproject/note_clips.py",
    "engine/project/edits/notes.py",
    "engine/project/turns.py",
    "engine/playback/note_sound.py",
    "engine/playback/recorded_notes.py",
    "engine/playback/recording.py",
    "engine/inference/chord_fitting.py",
    "engine/inference/note_writing.py",
    "engine/inference/placing.py",
    "engine/inference/recomposing.py",
    "desktop/timeline/note_drawing.py",
    "desktop/notes/",
)
"""What makes, edits, plays and draws notes and nothing else."""

WARPED_AUDIO = (
    "engine/project/edits/warp.py",
    "engine/project/warping.py",
    "engine/project/clip_time.py",
    "engine/playback/warped_sound.py",
    "desktop/clip_editor/",
)
"""What edits, renders and draws audio that may follow the tempo and nothing else."""


def contents(path: str, tree: ast.Module) -> Iterator[str]:
    if path in MAY_NAME_CONTENTS or path.startswith("engine/project/model/"):
        return
    for node in nodes_of(tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in ("AudioContent", "NoteContent"):
            if path.startswith({"NoteContent": NOTES, "AudioContent": WARPED_AUDIO}[name]):
                continue
            yield f"{path}:{node.lineno} names {name}: ask the content, or add to the table of contents of the room"


def painters(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds painters that an exception would leave open, which ends the process."""
    if not path.startswith("desktop/") or path == "desktop/widgets/painting.py":
        return
    for node in nodes_of(tree):
        if isinstance(node, ast.Call) and _called(node) == "QPainter":
            yield f"{path}:{node.lineno} opens a QPainter: use `with painting(…) as painter`"


MAY_RECKON_WITH_TEMPO = {
    "engine/project/edits/time.py",  # keeps places in time when the tempo changes
    "engine/cli/compose.py",  # a piece that is composed has one tempo
    "engine/playback/note_sound.py",  # what plays notes counts in one tempo
    "engine/inference/chord_fitting.py",
    "engine/inference/placing.py",
    "engine/inference/recomposing.py",
}
RECKONED = {"tempo", "bpm", "tempo_at"}


def reckoning(path: str, tree: ast.Module) -> Iterator[str]:
    """Finds time worked out from a tempo outside `engine/timing`: a song's tempo may change, and its clock knows."""
    rooms = ("engine/project/", "engine/playback/", "engine/demo/", "engine/inference/", "engine/cli/", "desktop/")
    if not path.startswith(rooms) or path in MAY_RECKON_WITH_TEMPO:
        return
    for node in nodes_of(tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
            continue
        for side in (node.left, node.right):
            names = [side.func] if isinstance(side, ast.Call) else [side]
            if isinstance(side, ast.Call) and _called(side) in ("float", "Fraction"):
                names = side.args
            for name in names:
                last = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
                if last in RECKONED:
                    yield f"{path}:{node.lineno} reckons with a tempo: ask the song's clock"


RULES: list[Callable[[str, ast.Module], Iterable[str]]] = [
    layers, outsiders, nothing_but_cli_trains, sizes, lengths, names, catching, colours, unfinished, forks, pickle,
    opening, texts, painters, reckoning, contents
]  # fmt: skip


def files() -> list[str]:
    found = (path for folder in ("engine", "desktop") for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {path: ast.parse((ROOT / path).read_text("utf-8"), path) for path in files()}


def dependencies(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Module: the modules of the program that it imports, wherever in it, for types alone or not."""
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in trees}
    found: dict[str, set[str]] = {}
    for module, path in names.items():
        imported: set[str] = set()
        for node in nodes_of(trees[path]):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inside = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= (inside & names.keys()) or {node.module}
        found[module] = (imported & names.keys()) - {module}
    return found


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Paths through modules that lead back to their start: one of each group of modules that import each other."""
    done: set[str] = set()
    found = []

    def walk(module: str, path: list[str]) -> None:
        if module in path:
            found.append([*path[path.index(module) :], module])
        elif module not in done:
            for other in sorted(graph[module]):
                walk(other, [*path, module])
            done.add(module)

    for module in graph:
        walk(module, [])
    return found


def test_no_modules_import_each_other_in_a_circle(trees: dict[str, ast.Module]) -> None:
    graph = dependencies(trees)
    assert sum(map(len, graph.values())) > 1000
    assert not circles(graph), "\n" + "\n".join(" → ".join(circle) for circle in circles(graph))


def test_a_circle_is_found_wherever_an_import_stands() -> None:
    sources = {
        "engine/a.py": "from engine import b",
        "engine/b.py": "def f():\n    from engine.c import C",
        "engine/c.py": "if TYPE_CHECKING:\n    import engine.a",
        "engine/d.py": "import engine.a",
    }
    graph = dependencies({path: ast.parse(source) for path, source in sources.items()})
    assert circles(graph) == [["engine.a", "engine.b", "engine.c", "engine.a"]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(
    rule: Callable[[str, ast.Module], Iterable[str]], trees: dict[str, ast.Module]
) -> None:
    assert len(trees) > 20
    breaches = [breach for path, tree in trees.items() for breach in rule(path, tree)]
    assert not breaches, "\n" + "\n".join(breaches)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (layers, "engine/audio.py", "import engine.project.model"),
        (layers, "engine/audio.py", "from engine import project"),
        (layers, "engine/audio.py", "from . import errors"),
        (layers, "engine/project/files.py", "def f():\n    from engine.playback.plan import Plan"),
        (layers, "engine/playback/mixer.py", "importlib.import_module('engine.models.dualpath')"),
        (layers, "engine/generate/live_stream.py", "from desktop import theme"),
        (layers, "engine/models/vaegan.py", "from engine.generate import api"),
        (layers, "desktop/window.py", "from engine.models import vaegan"),
        (layers, "desktop/window.py", "import engine.cli"),
        (outsiders, "engine/project/files.py", "import torch.nn"),
        (outsiders, "engine/playback/player.py", "def f():\n    from PySide6.QtCore import QTimer"),
        (outsiders, "engine/playback/bounce.py", "import soundfile as sf"),
        (outsiders, "engine/playback/player.py", "from sounddevice import query_devices"),
        (outsiders, "engine/cli.py", "import torch"),
        (outsiders, "desktop/window.py", "import transformers"),
        (nothing_but_cli_trains, "engine/generate/live_stream.py", "from engine.train.loop import run"),
        (lengths, "engine/audio.py", "def f():\n" + "    x()\n" * 60),
        (names, "desktop/widgets/utils.py", ""),
        (names, "engine/_common/x.py", ""),
        (catching, "engine/audio.py", "try:\n    x()\nexcept:\n    pass"),
        (catching, "engine/audio.py", "try:\n    x()\nexcept (OSError, Exception):\n    pass"),
        (catching, "engine/audio.py", "with contextlib.suppress(BaseException):\n    x()"),
        (colours, "desktop/window.py", "style = 'color: #Ff0000'"),
        (colours, "desktop/window.py", "style = f'color: rgba(1, 2, {x})'"),
        (colours, "desktop/window.py", "pen = QColor(255, 0, 0)"),
        (colours, "desktop/window.py", "pen = QColor('red')"),
        (colours, "desktop/window.py", "pen = Qt.GlobalColor.red"),
        (unfinished, "engine/audio.py", "def f():\n    raise NotImplementedError('later')"),
        (forks, "engine/playback/player.py", "get_context('fork')"),
        (forks, "engine/playback/player.py", "os.fork()"),
        (pickle, "engine/inference/process.py", "import pickle"),
        (pickle, "engine/models/checkpoint.py", "def f():\n    import marshal"),
        (pickle, "engine/train/data.py", "from multiprocessing import get_context"),
        (pickle, "engine/train/data.py", "from concurrent.futures import ProcessPoolExecutor"),
        (pickle, "desktop/document.py", "importlib.import_module('shelve')"),
        (opening, "engine/project/files.py", "def f(path):\n    return path.read_bytes()"),
        (opening, "desktop/songs.py", "def f(path):\n    with path.open('rb') as file:\n        pass"),
        (texts, "desktop/window.py", "label = QLabel(name)"),
        (texts, "desktop/window.py", "class Row(QLabel):\n    pass"),
        (texts, "desktop/window.py", "QMessageBox.warning(self, title, text)"),
        (texts, "desktop/widgets/meter.py", "box = QMessageBox(text)"),
        (texts, "desktop/window.py", "self.setToolTip('constant')"),
        (texts, "desktop/window.py", "self.setAccessibleName(f'Track {name}')"),
        (texts, "desktop/window.py", "menu.addAction(f'{name}', press)"),
        (texts, "desktop/window.py", "metrics.elidedText(name, mode, 10)"),
        (reckoning, "desktop/window.py", "frames = beats * 60 * rate / project.tempo"),
        (reckoning, "engine/playback/metronome.py", "beat = 60.0 / float(plan.tempo)"),
        (painters, "desktop/window.py", "with QPainter(self) as painter:\n    pass"),
    ],
)  # fmt: skip
def test_the_rule_finds_a_breach(rule: Callable[[str, ast.Module], Iterable[str]], path: str, source: str) -> None:
    assert list(rule(path, ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (layers, "engine/playback/plan.py", "from engine.project import model\nfrom engine.timing.clock import Clock"),
        (layers, "engine/cli_song.py", "def f():\n    from engine.train import loop"),
        (outsiders, "engine/cli.py", "def doctor():\n    import torch"),
        (outsiders, "engine/playback/device.py", "import sounddevice"),
        (lengths, "engine/audio.py", "def f():\n    '''" + "\n" * 9 + "'''\n" + "    # why\n\n    x()\n" * 59),
        (catching, "engine/jobs.py", "try:\n    x()\nexcept Exception:\n    pass"),
        (colours, "desktop/window.py", "'''Issue #123456.'''\nQt.GlobalColor.transparent\nQColor(theme.line)"),
        (colours, "desktop/theme.py", "red = QColor('#ff0000')"),
        (forks, "engine/playback/player.py", "get_context('spawn')"),
        (pickle, "engine/playback/bounce.py", "from concurrent.futures import ThreadPoolExecutor"),
        (texts, "desktop/window.py", "label = Label(name)\nset_tooltip(self, name)\nself.setAccessibleName('Play')"),
        (texts, "desktop/window.py", "menu.addAction(actions['play'])\nisinstance(widget, QComboBox)"),
        (reckoning, "engine/project/edits/clips.py", "start = clock.frames(clip.position) * 2\ntempo = project.tempo"),
        (reckoning, "engine/timing/clock.py", "per_beat = 60 * rate / bpm"),
        (painters, "desktop/window.py", "with painting(self) as painter:\n    painter.drawRect(area)"),
    ],
)  # fmt: skip
def test_the_rule_lets_the_right_thing_pass(
    rule: Callable[[str, ast.Module], Iterable[str]], path: str, source: str
) -> None:
    assert not list(rule(path, ast.parse(source)))


def modules(*rooms: str) -> list[str]:
    """The modules of these rooms, without the `__main__` ones, which run when imported."""
    chosen = (path for path in files() if room_of(path) in rooms and not path.endswith("__main__.py"))
    return [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in chosen]


def loaded_modules(wanted: list[str]) -> set[str]:
    """The modules that a fresh interpreter has loaded after importing these."""
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *wanted],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def loaded_by(wanted: list[str]) -> set[str]:
    """The top-level packages of `loaded_modules`."""
    return {name.split(".")[0] for name in loaded_modules(wanted)}


def test_the_player_loads_neither_qt_nor_the_models() -> None:
    packages = loaded_by(modules("base", "project", "playback"))
    assert "numpy" in packages
    assert not packages & (QT | NEURAL)


LATER = {"soundfile", "soxr", "scipy", "sounddevice", "psutil", "multiprocessing", "concurrent", "asyncio", "http"}
"""Packages that cost megabytes, and that window and player import when they first need them."""


def test_the_player_starts_with_what_it_plays_by() -> None:
    """Each of these is imported by what needs it: a recording, another rate, an instrument that is played live."""
    loaded = loaded_modules(["engine.playback.worker"])
    assert not loaded & (LATER | {"platformdirs", "engine.audio", "engine.playback.capture", "engine.project.codec"})
    assert not loaded & {"mido", "rtmidi"}  # once a MIDI device is there
    assert not [name for name in loaded if name.startswith("engine.compose")]


def test_the_windows_side_of_the_composer_comes_without_the_composer() -> None:
    loaded = loaded_modules(["engine.inference.composer", "engine.playback.player"])
    assert not loaded & {"engine.compose.arrange", "engine.compose.render", "engine.compose.synth", "soundfile", "soxr"}


def test_the_window_starts_with_what_it_shows() -> None:
    assert not loaded_modules(["desktop.app"]) & LATER


def test_the_window_and_the_shell_open_without_the_models() -> None:
    packages = loaded_by(modules("base", "desktop", "cli"))
    assert not packages & NEURAL


def test_the_shell_starts_without_numpy() -> None:
    """A command imports what it works with once it is known what it shall do."""
    assert not loaded_by(modules("cli")) & {"numpy", "soundfile"}


def test_the_window_opens_without_what_listens() -> None:
    packages = loaded_by(modules("base", "analysis", "inference", "desktop"))
    assert not packages & (LISTENING | {"numba", "sklearn"})


def test_requests_to_a_generator_need_no_models() -> None:
    """What the window imports to ask for sound (`generate/interface.py`) is plain values."""
    asked = [
        name for name in ("engine.generate.interface", "engine.generate.registry") if importlib.util.find_spec(name)
    ]
    assert not loaded_by(asked) & NEURAL


LARGE_ROOMS = [
    "engine/project", "engine/playback", "engine/analysis", "engine/evaluate", "desktop/timeline", "desktop/generation",
]  # fmt: skip
"""Rooms whose docstrings say which file does what."""


@pytest.mark.parametrize("room", LARGE_ROOMS)
def test_what_the_docstring_of_a_large_room_names_is_there(room: str) -> None:
    folder = ROOT / room
    names = re.findall(r"`([a-z]\w*)`", ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or "")
    assert len(names) > 5
    assert [name for name in names if not (folder / f"{name}.py").exists() and not (folder / name).is_dir()] == []
