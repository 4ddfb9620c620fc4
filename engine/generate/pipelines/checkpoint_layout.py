"""Folders as diffusers and transformers write them: which model is inside, and whether it is whole. No torch here.

Everything is checked before a network is built: the class, the parts, their tokenizers, that every weight lies in a
safetensors file of the right length, and that what lies there are files, none of them a trap (see `strange`).
Pickled weights and code that a folder brings along are never opened.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import weights
from engine.errors import ModelError
from engine.generate.catalog import family_by_class, published_families
from engine.generate.model_spec import ModelSpec
from engine.generate.pipelines import strange
from engine.licences import non_commercial
from engine.plain_text import shown
from engine.safe_files import damage_reason, open_inside, read_inside, read_json_inside

INDEX, CONFIG = "model_index.json", "config.json"
PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "tokenizer.model")
_OF_DATA = ("Tokenizer", "FeatureExtractor", "Processor")  # transformers' classes without weights
_BLOCK = 1 << 16
_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}", re.ASCII)  # what a part, its library and its class may be called
_SHARD = re.compile(r"-\d{5}-of-\d{5}")
_CARD = 1 << 20  # bytes of a model's card


@dataclass(frozen=True, slots=True)
class Part:
    """A network of a model: its number of parameters, the bytes that they take in the files, and their tensors."""

    name: str
    parameters: int
    bytes: int
    tensors: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """What a folder holds.

    id: its name. licence: as stated, with “(non-commercial)” where it is. variant: of the files' names.
    """

    id: str
    folder: Path
    class_name: str
    system: ModelSpec
    licence: str
    parts: tuple[Part, ...]
    variant: str | None
    classes: dict[str, tuple[str, str]]  # of each part: library and class

    @property
    def parameters(self) -> int:
        """Of all networks."""
        return sum(part.parameters for part in self.parts)


def present(folder: Path) -> bool:
    """Whether the folder looks like one that diffusers or transformers wrote."""
    return (folder / INDEX).is_file() or (folder / CONFIG).is_file()


def inspect(folder: Path) -> Layout:
    """What is in `folder`.

    Raises:
        ModelError: it is of a kind that cannot be run here, or not whole, with the reason.
    """
    index = _json(folder, INDEX if (folder / INDEX).is_file() else CONFIG)
    name = _class_name(index)
    system = family_by_class(name)
    if system is None:
        kind = shown(name) or "model without a class"
        raise ModelError(f"{folder} holds a {kind}, which cannot be run here: {published_families()} can.")
    classes = {part: (str(value[0]), str(value[1])) for part, value in index.items() if _is_part(value)}
    _check_classes(folder, system, classes)
    strange.check(folder)
    roots = {part: folder / part for part in classes} or {"model": folder}
    for part, root in roots.items():
        if not root.is_dir() and "Scheduler" not in classes.get(part, ("", ""))[1]:  # one of them has a default
            raise ModelError(f"{folder} is not whole: its part “{part}” is missing. Get the model again.")
    _check_tokenizers(folder, classes)
    networks = {part: root for part, root in roots.items() if not _is_data(*classes.get(part, ("", "")))}
    variant = _variant(networks)
    parts = tuple(_weights(folder, part, root, variant) for part, root in networks.items())
    return Layout(folder.resolve().name, folder, name, system, _licence(folder, system), parts, variant, classes)


def _check_classes(folder: Path, system: ModelSpec, classes: dict[str, tuple[str, str]]) -> None:
    """Raises `ModelError` where a part is not a folder here, or asks for code that is not the libraries'."""
    for part, (library, kind) in classes.items():
        if not _PART.fullmatch(part) or not _PART.fullmatch(kind):
            raise ModelError(f"{folder} names a part “{shown(part)}” of the class “{shown(kind)}”, which cannot be.")
        if library not in ("diffusers", "transformers", system.id.replace("-", "_")):
            if "." in library or not _PART.fullmatch(library):
                raise ModelError(
                    f"{folder} asks for {shown(library)}.{kind}, which is not one of diffusers' or transformers'."
                )
            if (folder / part / f"{library}.py").is_file() or (folder / f"{library}.py").is_file():
                raise ModelError(f"{folder} brings its own code along ({library}.py), which is never run.")


def fingerprint(folder: Path) -> str:
    """A hash of the weights: of every safetensors file's name, length, header, and blocks taken from all over it."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        name = file.relative_to(folder).as_posix()
        with open_inside(folder, name, weights.LARGEST, within=strange.boundary(folder)) as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            digest.update(f"{name} {size}\n".encode())
            (length,) = struct.unpack("<Q", stream.read(8))
            digest.update(stream.read(length))
            for i in range(16):
                stream.seek(8 + length + (size - 8 - length) * i // 16)
                digest.update(stream.read(_BLOCK))
    return digest.hexdigest()[:16]


def marked(licence: str) -> str:
    """The licence, with the words “(non-commercial)” where it is."""
    if licence and non_commercial(licence) and "commercial" not in licence.lower():
        return f"{licence} (non-commercial)"
    return licence


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        values = read_json_inside(folder, name, strange.CONFIG_LIMIT, within=strange.boundary(folder))
    except FileNotFoundError as error:
        raise ModelError(f"{folder} is not a model: it has no {INDEX} or {CONFIG}.") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / name} is damaged ({damage_reason(error)}): get the model again.") from error
    if not isinstance(values, dict):
        raise ModelError(f"{folder / name} is damaged: get the model again.")
    return values


def _class_name(index: dict[str, Any]) -> str:
    architectures = index.get("architectures")
    listed = architectures[0] if isinstance(architectures, list) and architectures else ""
    name = index.get("_class_name") or listed
    return name if isinstance(name, str) else ""


def _is_part(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value)


def _is_data(library: str, kind: str) -> bool:
    return "Scheduler" in kind or (library == "transformers" and any(word in kind for word in _OF_DATA))


def _check_tokenizers(folder: Path, classes: dict[str, tuple[str, str]]) -> None:
    """Raises `ModelError` where a tokenizer has no vocabulary."""
    roots = {
        part: folder / part
        for part, (library, kind) in classes.items()
        if library == "transformers" and "Tokenizer" in kind
    }
    for part, root in (roots or {"": folder}).items():
        if not any((root / name).is_file() for name in _TOKENIZER_FILES):
            where = f"“{part}”" if part else "the folder"
            raise ModelError(f"{folder} has no tokenizer ({where} has no vocabulary): get the model again.")


def _variant(networks: dict[str, Path]) -> str | None:
    """“fp16” where the weights are there in that form only."""
    plain = [file for root in networks.values() for file in root.glob("*.safetensors") if ".fp16" not in file.name]
    half = [file for root in networks.values() for file in root.glob("*.safetensors") if ".fp16" in file.name]
    return "fp16" if half and not plain else None


def _weights(folder: Path, part: str, root: Path, variant: str | None) -> Part:
    """Counts a network's weights. Raises `ModelError` where they are missing, pickled, damaged or elsewhere."""
    files = [file.name for file in sorted(root.glob("*.safetensors")) if (".fp16" in file.name) == (variant == "fp16")]
    within = strange.boundary(folder)
    for index in sorted(root.glob("*.safetensors.index.json")):
        listed = _json(folder, index.relative_to(folder).as_posix()).get("weight_map")
        names = set(listed.values()) if isinstance(listed, dict) and _all_texts(listed) else {""}
        if odd := sorted(name for name in names if "/" in name or "\\" in name or not name.endswith(".safetensors")):
            raise ModelError(f"{index} lists weights outside its folder (“{shown(odd[0])}”): get the model again.")
        if missing := sorted(name for name in names if not (root / name).is_file()):
            raise ModelError(f"{root} is not whole: {shown(', '.join(missing))} is missing. Get the model again.")
    if not files:
        pickled = [file.name for file in root.iterdir() if file.suffix in PICKLED]
        if pickled:
            raise ModelError(
                f"{root} has its weights in {pickled[0]} only, which could run code when opened: "
                "get the model as safetensors."
            )
        raise ModelError(f"{root} has no weights: get the model again.")
    tensors: dict[str, weights.Tensor] = {}
    for name in files:
        try:
            header = weights.header(root, name, within=within or folder)
        except (OSError, ValueError) as error:
            raise ModelError(f"{root / name} is damaged ({damage_reason(error)}): get the model again.") from error
        if len(files) == len(_shards(files)) and (double := tensors.keys() & header.keys()):
            raise ModelError(f"{root / name} holds “{shown(min(double))}” once more: get the model again.")
        tensors |= header
    count, size = (
        sum(each.elements for each in tensors.values()),
        sum(each.end - each.begin for each in tensors.values()),
    )
    return Part(part, count, size, len(tensors))


def _all_texts(values: dict[str, Any]) -> bool:
    return all(isinstance(value, str) and value for value in values.values())


def _shards(files: list[str]) -> list[str]:
    """The files that are shards of one."""
    return [name for name in files if _SHARD.search(name)]


def _licence(folder: Path, system: ModelSpec) -> str:
    """The licence that the model's card states, else that of its makers' checkpoints, else “not stated”."""
    try:
        card = read_inside(folder, "README.md", _CARD, within=strange.boundary(folder)).decode("utf-8", "replace")
    except OSError:
        card = ""
    stated = {}
    if card.startswith("---"):
        for line in card.split("---", 2)[1].splitlines():
            key, _, value = line.partition(":")
            if key in ("license", "license_name") and value.strip():
                stated[key] = value.strip().strip("'\"")
    name = shown(stated.get("license", ""))
    if name == "other":
        name = shown(stated.get("license_name", ""))
    return marked(name.upper() if name.lower().startswith("cc-") else name or system.licence) or "not stated"
