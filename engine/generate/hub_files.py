"""What the folder of a published model must hold: which files are wanted of a repository, and what its parts are.

Two layouts are read: diffusers' (`model_index.json` and a folder for each part) and transformers' (`config.json` and
weights beside it). Of either, only safetensors and plain text (JSON, txt, Markdown) are taken; pickles can run code.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import ModelError
from engine.generate.pipelines import strange
from engine.safe_files import damage_reason, read_json_inside

_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt")
"""Files that hold a tokenizer's words; one of them is needed."""
OWN, PIPELINE, MODEL = "model.json", "model_index.json", "config.json"
_TEXTS = {".json", ".txt", ".md"}
_PICKLES = {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".h5", ".msgpack"}
_WEIGHTS = ".safetensors"
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_VARIANT = re.compile(r"\.(fp16|bf16|fp32|non_ema|ema)$")


def system_of(folder: Path) -> str:
    """Which system the model in `folder` is: “melody”, a pipeline's or a model's class, or nothing that is known.

    Raises:
        ModelError: its description cannot be read, or asks for code of its own.
    """
    if (folder / OWN).is_file():
        return "melody"
    for name in (PIPELINE, MODEL):
        if (folder / name).is_file():
            return class_of(name, read_json(folder, name))
    return ""


def class_of(name: str, values: Mapping[str, Any]) -> str:
    """The class that the description `name` (`model_index.json` or `config.json`) is of.

    Raises:
        ModelError: it asks for code of its own.
    """
    class_name = values.get("_class_name")
    if name == MODEL:
        listed = values.get("architectures")
        class_name = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(class_name, list) or "auto_map" in values:
        raise ModelError("This model brings code of its own, which is not run: only models without any can be added.")
    return class_name if isinstance(class_name, str) else ""


def parts_of(index: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The parts of a pipeline that `model_index.json` lists: library and class of each."""
    return {
        key: (str(value[0]), str(value[1]))
        for key, value in index.items()
        if isinstance(value, list) and len(value) == 2 and value[1] and not key.startswith("_")
    }


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """The object in a JSON file of a folder; raises `ModelError` when there is none."""
    try:
        values = read_json_inside(folder, name, strange.CONFIG_LIMIT, within=strange.boundary(folder))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / name} is damaged ({damage_reason(error)}): get the model again.") from error
    if not isinstance(values, dict):
        raise ModelError(f"{folder / name} is damaged (it holds no object): get the model again.")
    return values


def wanted(files: Iterable[str], index: Mapping[str, Any] | None) -> list[str]:
    """Those of a repository's files that a model needs.

    Args:
        files: all of them, by their paths.
        index: what `model_index.json` says, if there is one: then only its parts' folders are taken.

    Raises:
        ModelError: weights are there as pickles only, or not at all; or a tokenizer has no words.
    """
    parts = parts_of(index) if index is not None else {"": ("", "weights")}
    out: list[str] = []
    pickled: list[str] = []
    lacks: list[str] = []
    by_folder: dict[str, list[PurePosixPath]] = {}
    for name in files:
        path = PurePosixPath(name)
        by_folder.setdefault(str(path.parent).removeprefix("."), []).append(path)
    out += [str(path) for path in by_folder.get("", []) if path.suffix in _TEXTS]
    for part, (library, kind) in parts.items():
        inside = by_folder.get(part, [])
        if part:
            out += [str(path) for path in inside if path.suffix in _TEXTS]
        weights = _one_form([path for path in inside if path.suffix == _WEIGHTS])
        out += [str(path) for path in weights]
        if not weights and not _is_light(library, kind):
            pickles = [str(path) for path in inside if path.suffix in _PICKLES]
            pickled += pickles
            lacks += [] if pickles else [f"{part or kind} (as safetensors)"]
        reads = not part or (library == "transformers" and "Tokenizer" in kind)
        if reads and not any(path.name in _VOCABULARIES for path in inside):
            lacks.append(f"{part or 'tokenizer'} (its words)")
    if pickled:
        raise ModelError(
            f"Weights of this model are there as pickles only ({pickled[0]}), which can run code and are not read: "
            "ask its makers for safetensors, or convert it and add the folder."
        )
    if lacks:
        raise ModelError(f"This is no whole model, it lacks {', '.join(lacks)}: it cannot be added.")
    return sorted(set(out))


def _is_light(library: str, kind: str) -> bool:
    """Whether a part of that class has no weights."""
    words = ("Tokenizer", "TokenizerFast", "Extractor", "Processor")
    return kind.endswith("Scheduler") or (library == "transformers" and kind.endswith(words))


def _one_form(weights: list[PurePosixPath]) -> list[PurePosixPath]:
    """Of weights that are there in several forms (halved, in pieces), one: the plain one, else the pieces."""
    plain = [path for path in weights if not _VARIANT.search(_SHARD.sub("", path.stem))]
    plain = plain or weights
    whole = [path for path in plain if not _SHARD.search(path.stem)]
    return whole or plain
