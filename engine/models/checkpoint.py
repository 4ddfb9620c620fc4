"""A model on disk: a folder with `model.json` and one safetensors file a part, floating-point weights in float16.

`model.json` holds the format's version, id, name, licence, preset, the configs of all parts and for each part its file,
its SHA-256 and its number of parameters; and the SHA-256 of the glossary (see `glossary`), where there is one. Nothing
else is read; pickled weights are refused.

A folder may come from a stranger. Its description is compared with what the files' headers say that they hold before
any network is built, so that nothing is allocated which is not there; and only regular files inside it are opened.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine import weights
from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.models import system, vaegan
from engine.models.budget import Unfilled, budget
from engine.models.system import ADDED, PARTS, MelodyConfig
from engine.music import glossary
from engine.music.glossary import Glossary
from engine.safe_files import UnsafeFileError, damage_reason, locate, open_inside, read_json_inside

FORMAT = 1
DESCRIPTION = "model.json"
DESCRIPTION_LIMIT = 1 << 20  # bytes
_GLOSSARY_LIMIT = 16 << 20
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST_WINDOW, _MOST_STEPS = 100_000, 1000  # tokens or latents; denoising steps
_WITHOUT_WEIGHTS = 4_000_000  # numbers that a model's networks compute for themselves, such as filters, at most
_PICKLES = {".pt", ".pth", ".bin", ".pkl", ".ckpt"}


@dataclass(frozen=True)
class Part:
    """One part's file, as `model.json` lists it."""

    file: str
    sha256: str
    parameters: int


@dataclass(frozen=True)
class Description:
    """What `model.json` says. glossary: the SHA-256 of its file; empty without one."""

    id: str
    name: str
    preset: str
    licence: str
    config: MelodyConfig
    parts: dict[str, Part]
    glossary: str = ""

    @property
    def version(self) -> str:
        """A hash of weights, glossary, fitted angles and how the decoder plays, for provenance: 12 hex digits."""
        digests = "".join(self.parts[name].sha256 for name in sorted(self.parts)) + self.glossary
        digests += vaegan.TURNED if self.config.vae.turned else ""
        digests += str(self.config.streaming.angles) if self.config.streaming.angles else ""
        return hashlib.sha256(digests.encode()).hexdigest()[:12]


def save_part(folder: Path, name: str, module: nn.Module) -> Part:
    """Writes one part's weights (atomically) and returns its entry.

    Raises:
        ModelError: a weight is not finite in float16.
    """
    tensors: dict[str, Tensor] = {}
    names: dict[int, str] = {}
    for key, value in module.state_dict().items():
        if names.setdefault(value.data_ptr(), key) != key and value.numel():
            continue  # tied weights are stored once
        value = value.detach().cpu()
        tensors[key] = (value.half() if value.is_floating_point() else value).contiguous()
        if value.is_floating_point() and not bool(tensors[key].isfinite().all()):
            raise ModelError(f"The weights “{key}” of {name} are not finite in float16 and were not saved.")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.safetensors"
    with replacing(file) as part:
        save_file(tensors, part)
    return Part(file.name, _sha256(file), sum(p.numel() for p in module.parameters()))


def save(
    folder: Path,
    modules: nn.ModuleDict,
    config: MelodyConfig,
    *,
    model_id: str,
    name: str,
    preset: str,
    licence: str = "Apache-2.0",
) -> Description:
    """Writes a whole model into `folder`, the description last."""
    parts = {part: save_part(folder, part, modules[part]) for part in parts_of(config)}
    description = Description(model_id, name, preset, licence, config, parts)
    write_description(folder, description)
    return description


def write_description(folder: Path, description: Description) -> None:
    """Writes `model.json` atomically."""
    values = {
        "format": FORMAT,
        "id": description.id,
        "name": description.name,
        "preset": description.preset,
        "licence": description.licence,
        "parts": {name: vars(part) for name, part in description.parts.items()},
        "config": system.to_dict(description.config),
        **({"glossary": description.glossary} if description.glossary else {}),
    }
    with replacing(folder / DESCRIPTION) as part:
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(folder: Path) -> Description:
    """Reads `model.json`.

    Raises:
        ModelError: it is missing, damaged, or from a newer version.
    """
    path = folder / DESCRIPTION
    if not path.is_file():
        pickles = folder.is_dir() and any(file.suffix in _PICKLES for file in folder.iterdir())
        reason = (
            "it holds pickled weights, which can run code and are not read: convert them to safetensors"
            if pickles
            else f"it has no {DESCRIPTION}"
        )
        raise ModelError(f"{folder} is not a model: {reason}.")
    try:
        values = read_json_inside(folder, DESCRIPTION, DESCRIPTION_LIMIT)
        version = values["format"]
        if type(version) is int and version > FORMAT:
            raise ModelError(f"{path} is of format {version}, newer than this program reads: update the program.")
        parts = {name: _part(name, part) for name, part in values["parts"].items()}
        texts = [values[key] for key in ("id", "name", "preset", "licence")]
        config, words = values["config"], values.get("glossary", "")
        if version != FORMAT or any(type(text) is not str for text in texts) or type(words) is not str:
            raise ValueError("it holds values of other types")
        parsed = _parsed(system, config)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ModelError(f"{path} is damaged ({damage_reason(error)}): install the model again.") from error
    if missing := sorted(set(parts_of(parsed)) - set(parts)):
        raise ModelError(f"{path} lists no weights for {', '.join(missing)}: install the model again.")
    return Description(texts[0], texts[1], texts[2], texts[3], parsed, parts, words)


def _parsed(system: Any, config: Any) -> Any:
    try:
        return system.from_dict(config)
    except ModelError as error:  # it names the field, but not the file
        raise ValueError(str(error).rstrip(".")) from error


def _part(name: str, values: Mapping[str, Any]) -> Part:
    part = Part(**values)
    if type(part.file) is not str or type(part.parameters) is not int or part.parameters < 0:
        raise ValueError(f"the entry of {name[:40]} holds values of other types")
    if type(part.sha256) is not str or not _HASH.fullmatch(part.sha256):
        raise ValueError(f"the entry of {name[:40]} has no proper checksum")
    return part


def add_glossary(folder: Path, words: Glossary) -> Description:
    """Puts a glossary into the model in `folder`, in place of the one before."""
    description = describe(folder)
    words.save(folder / glossary.FILE)
    description = replace(description, glossary=_sha256(folder / glossary.FILE))
    write_description(folder, description)
    return description


def read_glossary(folder: Path, description: Description) -> Glossary | None:
    """The model's glossary; None where it has none.

    Raises:
        ModelError: the file is missing, damaged, or not the one that was saved.
    """
    if not description.glossary:
        return None
    path = folder / glossary.FILE
    try:
        open_inside(folder, glossary.FILE, _GLOSSARY_LIMIT).close()
    except OSError as error:
        raise ModelError(f"The glossary {path} cannot be read ({error}): install the model again.") from error
    words = glossary.read(path)
    if _sha256(path) != description.glossary:
        raise ModelError(f"The glossary {path} is not the file that was saved: install the model again.")
    return words


def load_part(folder: Path, name: str, part: Part, module: nn.Module, *, check: bool = True) -> None:
    """Reads one part's weights into `module`, in the module's own precision.

    Raises:
        ModelError: the file is missing, pickled, damaged, or its tensors are not the module's.
    """
    path = _weights_file(folder, name, part)
    if check and _sha256(path) != part.sha256:
        raise ModelError(
            f"The weights of {name} are damaged ({path} is not the file that was saved): install it again."
        )
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"The weights of {name} cannot be read from {path} ({error}): install it again.") from error
    load_tensors(name, tensors, module)


def _weights_file(folder: Path, name: str, part: Part) -> Path:
    """The real path of a part's weights; raises `ModelError` where there is no such file inside the folder."""
    path = folder / part.file
    if path.suffix in _PICKLES:
        raise ModelError(f"{path} is a pickle, which can run code and is not read: convert it to safetensors.")
    try:
        return locate(folder, part.file)
    except FileNotFoundError as error:
        raise ModelError(f"The weights of {name} are missing ({path}): install the model again.") from error
    except UnsafeFileError as error:
        raise ModelError(
            f"The weights of {name} were not read from {part.file[:200]} ({error}): install the model again."
        ) from error
    except OSError as error:
        raise ModelError(f"The weights of {name} cannot be read from {path} ({error}): install it again.") from error


def compare(folder: Path, description: Description) -> None:
    """Compares a description with what the files hold by their headers; allocates nothing.

    Raises:
        ModelError: a file is missing, damaged or no file inside the folder, the description asks for other tensors than
            are there, or memory does not suffice for them.
    """
    config = description.config
    if config.lm.length > _LONGEST_WINDOW or config.frames > _LONGEST_WINDOW or config.streaming.steps > _MOST_STEPS:
        raise ModelError(f"{folder / DESCRIPTION} asks for a longer window than any model has: install it again.")
    headers: dict[str, dict[str, weights.Tensor]] = {}
    for name in parts_of(description.config):
        _weights_file(folder, name, description.parts[name])
        try:
            headers[name] = weights.header(folder, description.parts[name].file)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The weights of {name} are damaged ({folder / description.parts[name].file}: {error}): "
                "install the model again."
            ) from error
    tensors = [tensor for header in headers.values() for tensor in header.values()]
    elements = sum(tensor.elements for tensor in tensors)
    try:
        with (
            torch.device("meta"),
            Unfilled(),
            budget(str(folder), 2 * len(tensors) + 100, 2 * elements + _WITHOUT_WEIGHTS),
        ):
            modules = dict(system.build(description.config).items())
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{folder / DESCRIPTION} describes no network ({reason}): install the model again.") from error
    for name, header in headers.items():
        shapes = {key: (tensor.shape, tensor.dtype in weights.FLOATS) for key, tensor in header.items()}
        _check_tensors(name, shapes, modules[name])
    needed, free = 4 * elements, psutil.virtual_memory().available
    if needed > free:
        raise ModelError(
            f"{folder.name} needs about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free: "
            "close programs, or choose a smaller model."
        )


def _check_tensors(name: str, tensors: Mapping[str, tuple[tuple[int, ...], bool]], module: nn.Module) -> None:
    """Raises `ModelError` unless these (shape, whether of floating point) are the module's, tied ones but once."""
    own = module.state_dict(keep_vars=True)
    identities = {id(own[key]) for key in tensors if key in own}
    missing = [key for key, value in own.items() if key not in tensors and id(value) not in identities]
    unknown = [key for key in tensors if key not in own]
    both = [key for key in tensors if key in own]
    shaped = [key for key in both if tuple(own[key].shape) != tensors[key][0]]
    typed = [key for key in both if own[key].is_floating_point() != tensors[key][1]]
    for reason, keys in (
        ("missing", missing), ("unknown", unknown), ("of another shape", shaped), ("of another type", typed)
    ):  # fmt: skip
        if keys:
            raise ModelError(f"The weights of {name} do not fit its description: {_some(keys)} {reason}.")


def load_tensors(name: str, tensors: dict[str, Tensor], module: nn.Module) -> None:
    """Copies tensors into `module`; every one must be there with its shape, and no other."""
    own = module.state_dict()
    kinds = {key: (tuple(value.shape), value.is_floating_point()) for key, value in tensors.items()}
    _check_tensors(name, kinds, module)
    if odd := [key for key, value in tensors.items() if value.is_floating_point() and not _finite(value)]:
        raise ModelError(f"The weights of {name} are damaged: {_some(odd)} not finite. Install the model again.")
    with torch.no_grad():
        for key, value in tensors.items():
            own[key].copy_(value)


def _finite(value: Tensor) -> bool:
    if not value.numel():
        return True
    low, high = value.aminmax()  # either is NaN where any is
    return bool(low.isfinite() and high.isfinite())


def parts_of(config: MelodyConfig) -> tuple[str, ...]:
    """The names of a model's parts."""
    return (*PARTS, *(name for name in ADDED if getattr(config, name) is not None))


def load(folder: Path, *, parts: Iterable[str] | None = None) -> tuple[Description, nn.ModuleDict]:
    """The model in `folder`, float32, on the CPU, for inference; only `parts` get their weights.

    By default all of them do; those that the model lacks are left out.
    """
    description = describe(folder)
    compare(folder, description)
    modules = system.build(description.config)
    part_names = parts_of(description.config)
    for name in part_names if parts is None else (part for part in parts if part in part_names):
        load_part(folder, name, description.parts[name], modules[name])
    return description, modules.eval().requires_grad_(False)


def _some(keys: list[str]) -> str:
    return ", ".join(key[:80] for key in keys[:3]) + (
        f" and {len(keys) - 3} more are" if len(keys) > 3 else " is" if len(keys) == 1 else " are"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parameters(config: MelodyConfig) -> dict[str, int]:
    """Parameters of each part, counted without allocating them."""
    with torch.device("meta"):
        modules: dict[str, Any] = dict(system.build(config).items())
    return {name: sum(p.numel() for p in module.parameters()) for name, module in modules.items()}
