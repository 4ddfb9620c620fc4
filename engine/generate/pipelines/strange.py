"""What the libraries would open in the folder of a published model, looked at before they do.

They read configs and tokenizers by themselves, without limits, and follow links. So everything that lies in the folder
has to be a regular file inside it, of a length that such files have, and no config may ask for code or for numbers that
would take the machine's memory before the weights are compared with it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.plain_text import shown
from engine.safe_files import locate, open_inside, parse_json, read_inside

CONFIG_LIMIT = 4 << 20  # bytes of a config
_VOCABULARY_LIMIT, _OTHER_LIMIT = 64 << 20, 64 << 20
_MOST_FILES, _DEEPEST = 20_000, 8
_VOCABULARIES = re.compile(r"(tokenizer|vocab|added_tokens|special_tokens_map)\.json|.*\.(txt|model)")
_MOST_LISTS = 1_000_000  # lists and objects in a tokenizer's JSON
_CODE = ("auto_map", "custom_pipelines", "custom_generate", "trust_remote_code")
_LARGEST, _MOST_LAYERS, _MOST_STEPS, _LONGEST_LIST = 1 << 21, 1000, 20_000, 100_000
_LAYERS = re.compile(r"^(n|num|\w+)_(layers?|heads?|blocks?)$|(^|_)depths?$|layers_per_block|^layers$")
_SOUND = {"n_fft": 1 << 14, "fft_window_size": 1 << 14, "feature_size": 4096, "num_train_timesteps": _MOST_STEPS}
_SOUND |= {"num_chroma": 512, "model_max_length": 1 << 21}  # to which texts are padded
_SOUND |= {"extra_ids": 1000}  # words that a tokenizer adds by number
_ENDLESS = re.compile(rb'("model_max_length"\s*:\s*)\d{20,40}')  # how tokenizers write that they have no limit
_FREE = re.compile(r"rope|theta|_id$|_ids$|_index$|token|max_length|model_max|seed|timestep_spacing")


def boundary(folder: Path) -> Path | None:
    """What a model's links may not lead out of: the hub library's cache where it lies there; None for its folder."""
    real = Path(os.path.realpath(folder))
    if real.parent.name == "snapshots" and real.parents[1].name.startswith("models--"):
        return real.parents[2]
    return None


def check(folder: Path) -> None:
    """Looks at everything in the folder.

    Raises:
        ModelError: something is no file, lies elsewhere, is too large, asks for code, or has numbers beyond measure.
    """
    within = boundary(folder)
    for name in _files(folder):
        if name.startswith((".git/", ".cache/")):
            continue
        try:
            _check_file(folder, name, within)
        except (OSError, ValueError) as error:
            raise ModelError(f"{shown_path(folder, name)} cannot be read ({error}): get the model again.") from error


def shown_path(folder: Path, name: str) -> str:
    """A file of the folder, to stand in a sentence."""
    return f"{folder}{os.sep}{shown(name)}"


def _files(folder: Path) -> Iterator[str]:
    """The names of all that is no folder, relative to `folder`; links to folders are taken for files."""
    count = 0
    folders = [("", 0)]
    while folders:
        above, depth = folders.pop()
        try:
            entries = list(os.scandir(folder / above))
        except OSError as error:
            raise ModelError(f"{folder / above} cannot be read ({error.strerror}): get the model again.") from error
        for entry in entries:
            count += 1
            if count > _MOST_FILES or depth > _DEEPEST:
                raise ModelError(f"{folder} holds far more files than a model: name the model's own folder.")
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{name}/", depth + 1))
            else:
                yield name


def _check_file(folder: Path, name: str, within: Path | None) -> None:
    """Raises `OSError`, `ValueError` or `ModelError` with the reason."""
    last = name.rsplit("/", 1)[-1]
    if last == "adapter_config.json":
        raise ModelError(f"{folder} holds an adapter of another model, which cannot be run by itself.")
    if not last.endswith((".json", ".txt", ".model", ".jinja", ".yaml")):
        locate(folder, name, within=within)
        return
    vocabulary = _VOCABULARIES.fullmatch(last) is not None
    if not last.endswith(".json"):
        open_inside(folder, name, _OTHER_LIMIT, within=within).close()
    elif vocabulary:
        data = read_inside(folder, name, _VOCABULARY_LIMIT, within=within)
        if data.count(b"[") + data.count(b"{") > _MOST_LISTS:
            raise ValueError(f"it holds more than {_MOST_LISTS:,} lists and objects")
        if b'"auto_map"' in data[:CONFIG_LIMIT]:
            raise ModelError(f"{folder} brings its own code along (auto_map in {shown(name)}), which is never run.")
    else:
        data = read_inside(folder, name, CONFIG_LIMIT, within=within)
        if not last.endswith(".index.json"):
            _check_values(folder, name, parse_json(_ENDLESS.sub(rb"\g<1>0", data)))


def _check_values(folder: Path, name: str, values: Any) -> None:
    """Raises `ModelError` or `ValueError` where a config asks for code or for what no machine has."""
    left: list[tuple[str, Any]] = [("", values)]
    while left:
        key, value = left.pop()
        if isinstance(value, dict):
            if code := next((each for each in _CODE if value.get(each)), None):
                raise ModelError(f"{folder} brings its own code along ({code} in {shown(name)}), which is never run.")
            left += value.items()
        elif isinstance(value, list):
            if len(value) > _LONGEST_LIST:
                raise ValueError(f"“{shown(key)}” has {len(value)} entries")
            left += ((key, each) for each in value)
        elif isinstance(value, str) and "attn_implementation" in key and "/" in value:
            raise ModelError(f"{folder} asks for code from elsewhere ({shown(value)}), which is never run.")
        elif type(value) is int and (key in _SOUND or not _FREE.search(key)):
            most = _SOUND.get(key, _MOST_LAYERS if _LAYERS.search(key) else _LARGEST)
            if abs(value) > most:
                raise ValueError(f"“{shown(key)}” is {value}, more than any model has")
