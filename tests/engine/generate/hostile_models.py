"""Folders of models as a hostile hand would leave them, made by mutation from tiny real ones.

`mutated` takes a folder that works and does one thing to it, drawn by the seed. Nothing outside the folder is written.
"""

import json
import os
import random
import shutil
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

HUGE = (10**9, 10**12, 10**18, 2**31, 2**62, 10**30, -1, -(10**9), 0)
ODD: tuple[Any, ...] = (
    None, True, "", "x", "../../etc/passwd", [], {}, [[]], {"a": {"b": []}}, -1.5, 1e308, float("nan"), float("inf"),
    [10**9] * 4, "\u202e\x1b[31m", "9" * 5000, [None], ["os", "system"],
)  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in JSON, objects and lists among them."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += leaves(inner, (*path, key))
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Puts `new` at a place."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def files(folder: Path, *endings: str) -> list[Path]:
    """The folder's files with such endings."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(endings))


def json_value(folder: Path, draw: random.Random) -> str:
    """A number beyond all measure, or a value of another type, somewhere in a config."""
    names = [path for path in files(folder, ".json") if path.stat().st_size < 100_000]
    path = draw.choice(names)
    values = json.loads(path.read_text())
    places = leaves(values)
    if not places:
        return many_values(folder, draw)
    numbers = [place for place in places if type(at(values, place)) is int]
    new = draw.choice(HUGE) if numbers and draw.random() < 0.6 else draw.choice(ODD)
    place = draw.choice(numbers if new in HUGE and numbers else places)
    put(values, place, new)
    path.write_text(json.dumps(values))
    return f"{path.name}: {place} = {str(new)[:40]!r}"


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """What is at a place."""
    for key in path:
        value = value[key]
    return value


def many_values(folder: Path, draw: random.Random) -> str:
    """Half of all values of a config exchanged."""
    path = draw.choice([path for path in files(folder, ".json") if path.stat().st_size < 100_000])
    values = json.loads(path.read_text())
    for place in leaves(values):
        if len(place) == 1 and draw.random() < 0.5:
            put(values, place, draw.choice((*HUGE, *ODD)))
    path.write_text(json.dumps(values))
    return f"{path.name}: many"


def json_text(folder: Path, draw: random.Random) -> str:
    """A text that is a trap for whoever parses it."""
    path = draw.choice(files(folder, ".json"))
    name, text = draw.choice(
        (
            ("deep", b"[" * 200_000),
            ("deep objects", b'{"a":' * 100_000),
            ("60 MB", b"[" + b"{}," * 20_000_000 + b"{}]"),
            ("60 MB of text", b'{"a": "' + b"x" * 60_000_000 + b'"}'),
            ("doubled", b'{"a": 1, "a": 2}'),
            ("no UTF-8", b"\xff\xfe\x00"),
            ("empty", b""),
            ("null", b"null"),
            ("a list", b"[]"),
            ("NaN", b'{"hidden_size": NaN, "num_layers": Infinity}'),
            ("a long number", b'{"hidden_size": ' + b"9" * 100_000 + b"}"),
        )
    )
    path.write_bytes(text)
    return f"{path.name}: {name}"


def no_file(folder: Path, draw: random.Random) -> str:
    """A pipe, a socket, a device, or a link that leads out, in the place of a file."""
    path = draw.choice(files(folder, ".json", ".safetensors", ".txt"))
    kind = draw.choice(("pipe", "socket", "/dev/zero", "/etc/passwd", "folder", "loop", "beyond", "inner"))
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            short = f"/proc/self/fd/{(handle := os.open(path.parent, os.O_RDONLY))}/{path.name}"
            server.bind(short)
            os.close(handle)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"loop": path.name, "beyond": "../" * 8 + "etc/passwd", "inner": "."}.get(kind, kind))
    return f"{path.name}: {kind}"


def header(folder: Path, draw: random.Random) -> str:
    """Weights whose header lies."""
    path = draw.choice(files(folder, ".safetensors"))
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    values, rest = json.loads(data[8 : 8 + length]), data[8 + length :]
    names = [name for name in values if name != "__metadata__"]
    first, other = values[draw.choice(names)], values[draw.choice(names)]
    kind = draw.choice(("length", "offsets", "shape", "huge", "dtype", "missing", "extra", "renamed", "cut", "odd"))
    if kind == "length":
        path.write_bytes(struct.pack("<Q", draw.choice((0, 7, 2**63, 2**32, len(data) * 2))) + data[8:])
        return f"{path.name}: {kind}"
    if kind == "offsets":
        first["data_offsets"] = draw.choice((other["data_offsets"], [0, 2**60], [10, 0], [-5, 5], [0]))
    elif kind == "shape":
        first["shape"] = draw.choice(([-1], [2**40, 2**40], first["shape"] + [1], [[1]], "x", [1.5]))
    elif kind == "huge":
        first["shape"], first["data_offsets"] = [10**10], [0, 4 * 10**10]
    elif kind == "dtype":
        first["dtype"] = draw.choice(("F64", "I8", "BOOL", "X99", "", 7))
    elif kind == "missing":
        values.pop(draw.choice(names))
    elif kind == "extra":
        values["extra.weight"] = {"dtype": "F32", "shape": [0], "data_offsets": [len(rest), len(rest)]}
    elif kind == "renamed":
        values = {f"x.{name}" if name != "__metadata__" else name: value for name, value in values.items()}
    elif kind == "odd":
        values[names[0]] = draw.choice(ODD)
    text = json.dumps(values).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + (rest[: len(rest) // 2] if kind == "cut" else rest))
    return f"{path.name}: {kind}"


def not_finite(folder: Path, draw: random.Random) -> str:
    """Weights that are no numbers."""
    path = draw.choice(files(folder, ".safetensors"))
    data = bytearray(path.read_bytes())
    (length,) = struct.unpack("<Q", data[:8])
    data[8 + length :] = b"\xff" * (len(data) - 8 - length)  # NaN in every type of floating point
    path.write_bytes(data)
    return f"{path.name}: not finite"


def shards(folder: Path, draw: random.Random) -> str:
    """A list of pieces that lie elsewhere, or nowhere."""
    path = draw.choice(files(folder, ".safetensors"))
    place = draw.choice(("../../../etc/passwd", "/etc/passwd", "..", "", 7, ["x"], "nowhere.safetensors", "a\\b"))
    index = path.with_name(path.name + ".index.json")
    index.write_text(json.dumps({"metadata": {}, "weight_map": {"a": place}}))
    return f"{index.name}: {place!r}"


def code(folder: Path, draw: random.Random) -> str:
    """Code in the folder that a config asks for; it would leave a file behind."""
    trap = f"import pathlib\npathlib.Path({str(folder.parent / 'RAN')!r}).touch()\n"
    for path in (folder / "trap.py", *(inner / "trap.py" for inner in folder.iterdir() if inner.is_dir())):
        path.write_text(trap)
    path = draw.choice([path for path in files(folder, ".json") if path.stat().st_size < 100_000])
    values = json.loads(path.read_text())
    if isinstance(values, dict):
        classes = ("AutoConfig", "AutoModel", "AutoTokenizer", "AutoFeatureExtractor")
        values["auto_map"] = dict.fromkeys(classes, "trap.Trap")
        if path.name == "model_index.json":
            values["_class_name"] = draw.choice((["trap", "Trap"], values["_class_name"]))
            values[draw.choice([name for name in values if not name.startswith("_")])] = ["trap", "Trap"]
        path.write_text(json.dumps(values))
    return f"{path.name}: code"


def pickles(folder: Path, draw: random.Random) -> str:
    """Weights in another form, that runs code when it is opened."""
    path = draw.choice(files(folder, ".safetensors"))
    trap = b"cpathlib\nPath\n(V" + str(folder.parent / "RAN").encode() + b"\ntR."
    path.with_name(draw.choice(("pytorch_model.bin", "diffusion_pytorch_model.bin", "model.pt"))).write_bytes(trap)
    path.unlink()
    return f"{path.name}: pickled"


def noise(folder: Path, draw: random.Random) -> str:
    """A file with bytes changed, or cut off."""
    path = draw.choice(files(folder, ".json", ".safetensors", ".txt"))
    data = bytearray(path.read_bytes()) or bytearray(b"x")
    for _ in range(draw.choice((1, 20))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    path.write_bytes(data[: draw.choice((len(data), len(data) // 2))])
    return f"{path.name}: noise"


def tokenizer(folder: Path, draw: random.Random) -> str:
    """A tokenizer that is a trap."""
    names = [path for path in files(folder, ".json", ".txt") if "token" in str(path) or "vocab" in path.name]
    if not names:
        return json_text(folder, draw)
    path = draw.choice(names)
    model = {"type": "BPE", "vocab": {"a": 2**32 - 1}, "merges": ["a a"] * 5}
    text = draw.choice(
        (
            json.dumps({"version": "1.0", "model": model}).encode(),
            json.dumps({"version": "9.9", "model": 7}).encode(),
            json.dumps({"model_max_length": -5, "tokenizer_class": "os.system", "added_tokens_decoder": 7}).encode(),
            b'{"version": "1.0", "model": ' + b"[" * 100_000,
            b"\0" * 1000,
            b"[" * 70_000_000,
        )
    )
    path.write_bytes(text)
    return f"{path.name}: tokenizer"


MUTATIONS: tuple[Callable[[Path, random.Random], str], ...] = (
    json_value, json_value, json_value, many_values, json_text, no_file, no_file, header, header, not_finite, shards,
    code, pickles, noise, tokenizer,
)  # fmt: skip


def mutated(origin: Path, folder: Path, seed: int) -> str:
    """Copies a folder that works and does something to the copy; says what."""
    shutil.copytree(origin, folder)
    draw = random.Random(seed)
    return draw.choice(MUTATIONS)(folder, draw)
