"""A model's folder as few files that are small enough to travel, and back.

A shard holds the next so many bytes of all files in a row, in the order of the index; `index.json` says what they are
and how they must hash.
"""

import hashlib
import json
from pathlib import Path

from engine.atomic_file import replacing
from engine.errors import ModelError

INDEX = "index.json"
SHARD = 15 * 2**20
MOST = 7
"""Shards beside the index."""


def pack(folder: Path, parcel: Path, *, shard: int = SHARD, most: int = MOST) -> list[Path]:
    """Writes all files of `folder` into `parcel`.

    Raises:
        ModelError: there are none, or they are more than `most` shards hold.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise ModelError(f"There is no model in {folder}.")
    total = sum(path.stat().st_size for path in files)
    if total > shard * most:
        raise ModelError(f"{folder} holds {total / 2**20:.0f} MiB, more than {most} files of {shard / 2**20:.0f} MiB.")
    parcel.mkdir(parents=True, exist_ok=True)
    index, content = [], bytearray()
    for path in files:
        data = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        index.append({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        content += data
    written = []
    for number in range(-(-len(content) // shard)):
        target = parcel / f"shard-{number}.bin"
        with replacing(target) as part:
            part.write_bytes(content[number * shard : (number + 1) * shard])
        written.append(target)
    with replacing(parcel / INDEX) as part:
        part.write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    return [*written, parcel / INDEX]


def unpack(parcel: Path, folder: Path) -> None:
    """Writes the files of a parcel into `folder`.

    Raises:
        ModelError: a shard is missing or damaged, or a file would lie outside the folder.
    """
    try:
        index = json.loads((parcel / INDEX).read_text(encoding="utf-8"))
        shards = sorted(parcel.glob("shard-*.bin"), key=lambda path: int(path.stem.removeprefix("shard-")))
        content, place = b"".join(path.read_bytes() for path in shards), 0
        for entry in index:
            data = content[place : place + int(entry["size"])]
            place += int(entry["size"])
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise ModelError(f"The parcel {parcel} is damaged: “{entry['name']}” is not what was packed.")
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / entry["name"]
            if not target.resolve().is_relative_to(folder.resolve()):
                raise ModelError(f"The parcel {parcel} names a file outside its folder: “{entry['name']}”.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with replacing(target) as part:
                part.write_bytes(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The parcel {parcel} cannot be read ({error}).") from error
