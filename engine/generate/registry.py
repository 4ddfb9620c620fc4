"""Which models there are, which are installed, and how one is opened. Only opening a model imports torch's networks.

An installed model is a folder with a `model.json` under `resources/models` (what the program brings along) or under
`models` in the user's data folder, or one that was added with `continuo models add`; a folder may also be named.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from engine import paths, runtime, weights
from engine.errors import ModelError
from engine.generate import catalog, user_models
from engine.generate.catalog import DEFAULT
from engine.generate.hub_files import system_of
from engine.generate.interface import Generator
from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelInfo, ModelSpec, Opening
from engine.licences import non_commercial
from engine.plain_text import shown
from engine.safe_files import damage_reason, read_json_inside

DESCRIPTION = "model.json"
_LIMIT = 1 << 20  # bytes of a description
PARTS = ("lm", "dpd", "vae", "mulan", "ssl")


def folders() -> list[Path]:
    """Every folder that holds a model, the program's own first."""
    roots = (paths.resources() / "models", paths.data_dir() / "models")
    return [path.parent for root in roots if root.is_dir() for path in sorted(root.glob(f"*/{DESCRIPTION}"))]


def installed() -> list[ModelInfo]:
    """What is installed, including what is damaged: that is a problem of the one model, and of no other."""
    try:
        entries = user_models.entries()
    except ModelError as error:
        entries = [
            user_models.Entry(
                user_models.LIST, "Added models", "", "", False, user_models.path().parent, 0, (), damage=str(error)
            )
        ]
    infos = [read(folder) for folder in folders()]
    infos += [info for spec in catalog.SPECS.values() for info in spec.installed()]
    infos += [_added(entry) for entry in entries]
    by_id: dict[str, ModelInfo] = {}
    for info in infos:
        first = by_id.get(info.id)
        if first is not None and first.folder == info.folder:
            continue
        if first is not None:
            key = next(name for i in range(2, len(infos) + 2) if (name := f"{info.id}-{i}") not in by_id)
            problem = info.problem or f"Its id “{info.id}” is that of the model in {first.folder} already: change one."
            info = replace(info, id=key, problem=problem)
        by_id[info.id] = info
    return list(by_id.values())


def _added(entry: user_models.Entry) -> ModelInfo:
    if entry.system == "melody" and not entry.damage:
        info = read(entry.folder)
        return replace(info, id=entry.id, name=info.name if not info.problem else entry.name)
    model = catalog.known_models().get(entry.id)
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
        terms=model.terms if model else "" if entry.commercial else NON_COMMERCIAL,
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
        if not user_models.ID.fullmatch(texts[0]):
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
    elements, size = sum(tensor.elements for tensor in tensors), sum(tensor.end - tensor.begin for tensor in tensors)
    return size, f"{shown(file)} has {elements} of {parameters} weights" if elements < parameters else ""


def name_of(model: str) -> str:
    """What a user calls the model with that id or folder; the folder's own name where nothing says it."""
    info = next((info for info in installed() if info.id == model), None)
    if info is None and (Path(model) / DESCRIPTION).is_file():
        info = read(Path(model))
    known_model = catalog.known_models().get(model)
    return info.name if info else known_model.name if known_model else Path(model).name


def models() -> list[ModelInfo]:
    """What is installed, then what is known and not installed."""
    infos = installed()
    present = {info.id for info in infos}
    for model in catalog.known_models().values():
        if model.id not in present:
            infos.append(uninstalled(model))
    return infos


def uninstalled(model: KnownModel) -> ModelInfo:
    """The line of a known model that is not installed."""
    spec = catalog.family_of(model.id)
    return ModelInfo(
        model.id,
        model.name,
        model.preset,
        model.licence,
        model.parts,
        model.bytes or 2 * sum(count for _, count in model.parts),
        None,
        system=spec.system if spec else "",
        commercial=model.commercial,
        terms=model.terms,
        repo=model.repo,
        memory=user_models.memory_of(model.bytes) if model.repo else 0,
    )


def find(model: str | None = None) -> Path:
    """The folder of the model with that id, or the folder named; of the default model without a name.

    Raises:
        ModelError: it is not installed, or unknown.
    """
    return _located(model or DEFAULT)[0]


def _located(name: str) -> tuple[Path, str]:
    """The folder of an installed model, or the folder that is named, and its system; raises as `find` does."""
    for info in installed():
        if info.id == name and info.folder is not None:
            if info.problem:
                raise ModelError(info.problem)
            return info.folder, info.system
    if "\0" not in name and (folder := Path(name)).is_dir():
        return folder, system_of(folder) or "melody"
    models = catalog.known_models()
    if name in models and models[name].repo:
        raise ModelError(
            f"{models[name].name} is not installed: `continuo models add {name}` says what it would fetch."
        )
    if name in models:
        raise ModelError(
            f"The weights of {models[name].name} are not installed: train them, or name a folder that holds a model "
            "(--untrained runs random weights, which make noise)."
        )
    raise ModelError(f"There is no model “{name}”: choose {', '.join(sorted(models))}, or name a folder.")


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
    try:
        return _open(model or DEFAULT, device, untrained=untrained)
    except ModuleNotFoundError as error:
        if error.name not in runtime.NEURAL:
            raise
        raise ModelError(runtime.MISSING) from error


def _open(name: str, device: str | None, *, untrained: bool) -> Generator:
    """Opens the model with that id or folder; see `open_model`."""
    if untrained:
        return _opened(catalog.SPECS["melody"], Opening(None, device, _preset(name)))
    folder, system = _located(name)
    spec = catalog.family_by_system(system)
    if spec is None:
        runs = ", ".join(name for each in catalog.SPECS.values() for name in each.classes or (each.id,))
        raise ModelError(f"{folder} holds a {shown(system)}, which this program cannot run: it runs {runs}.")
    entry = _entry_of(folder)
    return _opened(
        spec, Opening(folder, device, model_id=entry.id if entry else "", licence=entry.licence if entry else "")
    )


def family(model: str | None, *, untrained: bool = False) -> ModelSpec | None:
    """The family of the model that `open_model` opens by that name; None where there is no such model."""
    name = model or DEFAULT
    if untrained:
        return catalog.SPECS["melody"]
    if spec := catalog.family_of(name):
        return spec
    try:
        return catalog.family_by_system(_located(name)[1])
    except ModelError:
        return None


def _preset(name: str) -> str:
    """The preset whose networks random weights are for, by its own name or that of a model of this size."""
    model = catalog.known_models().get(name)
    if model is None:
        return name.removeprefix("melody-")
    if not model.preset:
        how = f": install it (continuo models add {name})" if model.repo else ""
        raise ModelError(f"{model.name} does not run with random weights{how}.")
    return model.preset


def _opened(spec: ModelSpec, opening: Opening) -> Generator:
    if spec.open is not None:
        return spec.open(opening)
    from engine.generate.pipelines.factory import open_folder

    assert opening.folder is not None
    return open_folder(opening.folder, opening.device, opening.model_id, opening.licence)


def _entry_of(folder: Path) -> user_models.Entry | None:
    """The line of the list of added models that is about a folder."""
    try:
        return next((entry for entry in user_models.entries() if entry.folder == folder and not entry.damage), None)
    except ModelError:  # the list is damaged, and the folder may be opened all the same
        return None
