"""Which models there are, which are installed, and how one is opened. Only opening a model imports torch's networks.

An installed model is a folder with a `model.json` under `resources/models` (what the program brings along) or under
`models` in the user's data folder, or one that was added with `continuo models add`; a folder may also be named.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import paths, weights
from engine.errors import ModelError
from engine.generate import added
from engine.generate.api import Generator
from engine.generate.diffusion.layouts import SYSTEMS
from engine.generate.known import COMPOSER, DEFAULT, KNOWN, NON_COMMERCIAL, KnownModel
from engine.generate.layout import system_of
from engine.licences import non_commercial
from engine.plain_text import one_line, shown
from engine.safe_files import damage_reason, read_json_inside

DESCRIPTION = "model.json"
_LIMIT = 1 << 20  # bytes of a description
PARTS = ("lm", "dpd", "vae", "mulan", "ssl")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One line of `continuo models`. `folder` is None where it is not installed; `problem` says why it cannot run.

    problem: a sentence, plain text on one line.
    parts: name and parameters of each, as far as they are known. commercial: whether what it makes may be used so,
    under the condition in `terms`. repo: where it is published. memory: bytes that it needs loaded, about.
    """

    id: str
    name: str
    preset: str
    licence: str
    parts: tuple[tuple[str, int], ...]
    bytes: int
    folder: Path | None
    problem: str = ""
    system: str = "melody"
    commercial: bool = True
    terms: str = ""
    repo: str = ""
    memory: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "problem", one_line(self.problem))

    def to_dict(self) -> dict[str, Any]:
        """As `continuo models --json` prints it."""
        return {
            "id": self.id,
            "name": self.name,
            "preset": self.preset,
            "parts": [{"name": name, "parameters": count} for name, count in self.parts],
            "bytes": self.bytes,
            "licence": self.licence,
            "installed": self.folder is not None,
            "commercial": self.commercial,
            **({"terms": self.terms} if self.terms else {}),
            **({"repository": self.repo} if self.repo else {}),
            **({"problem": self.problem} if self.problem else {}),
        }


def folders() -> list[Path]:
    """Every folder that holds a model, the program's own first."""
    roots = (paths.resources() / "models", paths.data_dir() / "models")
    return [path.parent for root in roots if root.is_dir() for path in sorted(root.glob(f"*/{DESCRIPTION}"))]


def installed() -> list[ModelInfo]:
    """What is installed, including what is damaged: that is a problem of the one model, and of no other."""
    try:
        entries = added.entries()
    except ModelError as error:
        entries = [
            added.Entry(added.LIST, "Added models", "", "", False, added.path().parent, 0, (), damage=str(error))
        ]
    found = [read(folder) for folder in folders()] + [_composer()] + [_added(entry) for entry in entries]
    taken: dict[str, ModelInfo] = {}
    for info in found:
        first = taken.get(info.id)
        if first is not None and first.folder == info.folder:
            continue
        if first is not None:
            key = next(name for i in range(2, len(found) + 2) if (name := f"{info.id}-{i}") not in taken)
            problem = info.problem or f"Its id “{info.id}” is that of the model in {first.folder} already: change one."
            info = replace(info, id=key, problem=problem)
        taken[info.id] = info
    return list(taken.values())


def _composer() -> ModelInfo:
    """The composer, whose only data is a SoundFont."""
    folder, file = paths.resources() / "soundfonts", "FluidR3Mono_GM.sf3"
    try:
        size, problem = (folder / file).stat().st_size, ""
    except OSError:
        size, problem = 0, f"The SoundFont {folder / file} is missing: install Continuo again."
    known = KNOWN[COMPOSER]
    return ModelInfo(
        known.id, known.name, "", known.licence, (), size, folder, problem, system=COMPOSER, memory=13 * size
    )  # fmt: skip


def _added(entry: added.Entry) -> ModelInfo:
    if entry.system == "melody" and not entry.damage:
        info = read(entry.folder)
        return replace(info, id=entry.id, name=info.name if not info.problem else entry.name)
    known = KNOWN.get(entry.id)
    return ModelInfo(
        entry.id,
        entry.name,
        "",
        entry.licence,
        entry.parts,
        entry.bytes,
        entry.folder,
        entry.problem(),
        system=entry.system,
        commercial=entry.commercial,
        terms=known.terms if known else "" if entry.commercial else NON_COMMERCIAL,
        repo=entry.repo,
        memory=entry.memory,
    )


def read(folder: Path) -> ModelInfo:
    """What a folder with a `model.json` holds; `problem` says what is damaged. Nothing but its files is opened."""
    name = shown(folder.name) or "model"
    try:
        values = read_json_inside(folder, DESCRIPTION, _LIMIT)
        names = (*PARTS, *(name for name in values["parts"] if name not in PARTS))
        entries = [values["parts"][name] for name in names]
        parts = tuple((shown(name), entry["parameters"]) for name, entry in zip(names, entries, strict=True))
        files = [entry["file"] for entry in entries]
        texts = [values[key] for key in ("id", "name", "preset", "licence")]
        if any(type(text) is not str for text in (*texts, *files)):
            raise ValueError("a text is none")
        if any(type(count) is not int or count < 0 for _, count in parts):
            raise ValueError("a number is none")
        if not added.ID.fullmatch(texts[0]):
            raise ValueError(f"its id “{shown(texts[0])}” is none")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return ModelInfo(
            name, name, "", "", (), 0, folder, f"{folder / DESCRIPTION} is damaged ({damage_reason(error)})."
        )
    size, problems = 0, []
    for (_, count), file in zip(parts, files, strict=True):
        length, problem = _weights(folder, file, count)
        size += length
        problems += [problem] if problem else []
    problem = f"{'; '.join(problems)}: install the model again." if problems else ""
    licence, preset = shown(texts[3]), shown(texts[2])
    return ModelInfo(
        texts[0],
        shown(texts[1]) or texts[0],
        preset,
        licence,
        parts,
        size,
        folder,
        problem,
        commercial=not non_commercial(licence),
    )


def _weights(folder: Path, file: str, parameters: int) -> tuple[int, str]:
    """The length of a part's file, and what is wrong with it."""
    try:
        tensors = weights.header(folder, file).values()
    except FileNotFoundError:
        return 0, f"{shown(file)} is missing"
    except (OSError, ValueError) as error:
        return 0, f"{shown(file)} cannot be read ({error})"
    held, size = sum(tensor.elements for tensor in tensors), sum(tensor.end - tensor.begin for tensor in tensors)
    return size, f"{shown(file)} has {held} of {parameters} weights" if held < parameters else ""


def name_of(model: str) -> str:
    """What a user calls the model with that id or folder; the folder's own name where nothing says it."""
    info = next((info for info in installed() if info.id == model), None)
    if info is None and (Path(model) / DESCRIPTION).is_file():
        info = read(Path(model))
    known = KNOWN.get(model)
    return info.name if info else known.name if known else Path(model).name


def models() -> list[ModelInfo]:
    """What is installed, then what is known and not installed (counted without allocating it)."""
    found = installed()
    have = {info.id for info in found}
    for model in KNOWN.values():
        if model.id not in have and model.repo:
            info = ModelInfo(
                model.id,
                model.name,
                "",
                model.licence,
                (),
                model.bytes,
                None,
                system=model.system,
                commercial=model.commercial,
                terms=model.terms,
                repo=model.repo,
                memory=added.memory_of(model.bytes),
            )
            found.append(info)
        elif model.id not in have:
            counts = _parameters(model)
            parts = tuple(counts.items())
            size = 2 * sum(counts.values())
            found.append(ModelInfo(model.id, model.name, model.preset, model.licence, parts, size, None))
    return found


def _parameters(model: KnownModel) -> dict[str, int]:
    from engine.models import checkpoint, system

    return checkpoint.parameters(system.PRESETS[model.preset])


def find(model: str | None = None) -> Path:
    """The folder of the model with that id, or the folder named; of the default model without a name.

    Raises:
        ModelError: it is not installed, or unknown.
    """
    name = model or DEFAULT
    for info in installed():
        if info.id == name and info.folder is not None:
            if info.problem:
                raise ModelError(info.problem)
            return info.folder
    if "\0" not in name and (folder := Path(name)).is_dir():
        return folder
    if name in KNOWN and KNOWN[name].repo:
        raise ModelError(f"{KNOWN[name].name} is not installed: `continuo models add {name}` says what it would fetch.")
    if name in KNOWN:
        raise ModelError(
            f"The weights of {KNOWN[name].name} are not installed: train them, or name a folder that holds a model "
            "(--untrained runs random weights, which make noise)."
        )
    raise ModelError(f"There is no model “{name}”: choose {', '.join(sorted(KNOWN))}, or name a folder.")


def spare_other_threads() -> None:
    """Lets idle worker threads of torch sleep soon instead of spinning; to be called before torch is first imported.

    They share the cores with the player and with other programs. Where those keep the cores busy, spinning threads
    wait for each other at every layer: a chunk took 13 s on two busy cores like that, and takes 3 to 4 s like this.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # GNU's runtime, about 30 µs
        os.environ.setdefault("KMP_BLOCKTIME", "1")  # Intel's and LLVM's, in ms


def open_model(model: str | None = None, device: str | None = None, *, untrained: bool = False) -> Generator:
    """Loads a model.

    Args:
        model: an id or a folder; the default model without it.
        device: “cpu”, “cuda” …; the best there is by default.
        untrained: random weights of the model's preset, for tests.

    Raises:
        ModelError: it is not installed, is damaged, or does not fit into memory.
    """
    spare_other_threads()
    if untrained:
        name = model or DEFAULT
        known = KNOWN.get(name)
        if known and known.repo:
            raise ModelError(f"{known.name} does not run with random weights: install it (continuo models add {name}).")
        return _SYSTEMS["melody"](None, known.preset if known else name.removeprefix("melody-"), device)
    if model == COMPOSER:
        return _SYSTEMS[COMPOSER](None, "", device)
    folder = find(model)
    system = system_of(folder) or "melody"
    if system not in _SYSTEMS:
        raise ModelError(
            f"{folder} holds a {shown(system)}, which this program cannot run: it runs {', '.join(_SYSTEMS)}."
        )
    return _SYSTEMS[system](folder, "", device)


def _melody(folder: Path | None, preset: str, device: str | None) -> Generator:
    from engine.generate.melody import Melody

    if folder is None:
        return Melody.untrained(preset, device)
    entry = _entry_of(folder)
    return Melody.load(folder, device, model_id=entry.id if entry else "")


def _entry_of(folder: Path) -> added.Entry | None:
    """The line of the list of added models that is about a folder."""
    try:
        return next((entry for entry in added.entries() if entry.folder == folder and not entry.damage), None)
    except ModelError:  # the list is damaged, and the folder may be opened all the same
        return None


def _published(folder: Path | None, preset: str, device: str | None) -> Generator:
    """A folder that diffusers or transformers wrote, under the id and licence that it was added with."""
    from engine.generate.diffusion.opening import open_folder

    assert folder is not None
    entry = _entry_of(folder)
    return open_folder(folder, device, entry.id if entry else "", entry.licence if entry else "")


def _compose(folder: Path | None, preset: str, device: str | None) -> Generator:
    from engine.generate.composer.generator import Composer

    return Composer()


_SYSTEMS: dict[str, Callable[[Path | None, str, str | None], Generator]] = {
    "melody": _melody,
    COMPOSER: _compose,
    **dict.fromkeys(SYSTEMS, _published),
}
