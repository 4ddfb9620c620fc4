"""Mutated audio files: each gives sound or one sentence, soon, in little memory, and touches nothing but the song.

The files are imported by a process of its own, which counts its processor time and its memory.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.test_decoding import ffmpeg, noise, sine, wav
from tests.seeds import FIRST

WORKER = """
import json, sys, time, traceback
from pathlib import Path
from engine.errors import AudioFileError
from engine.jobs import Context
from engine.memory import peak_bytes
from engine.project.importing import import_audio
from engine.project.pool import sample_file

song, folder = Path(sys.argv[1]), Path(sys.argv[2])
result = {"sounds": 0, "refused": 0, "noticed": 0, "broken": [], "slow": []}
for path in sorted(folder.iterdir()):
    begun = time.process_time()
    notices = []
    try:
        source = import_audio(song, path, 48000, Context(), notices.append)
        file = sample_file(song, source, 48000)
        assert file.frames == source.frames_at(48000) > 0
        result["sounds"] += 1
        result["noticed"] += bool(notices)
        (song / source.file).unlink(missing_ok=True)
        for cached in (song / "cache").glob("*"):
            cached.unlink()
    except AudioFileError as error:
        result["refused"] += 1
        assert str(path) in str(error) and ".part-" not in str(error), str(error)
    except BaseException:
        result["broken"].append(f"{path.name}: {traceback.format_exc()}")
    taken = time.process_time() - begun
    result["longest"] = max(result.get("longest", 0), taken)
    if taken > 2:
        result["slow"].append(f"{path.name}: {taken:.1f} s")
result["mib"] = peak_bytes() / (1 << 20)
print(json.dumps(result))
"""

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def mutated(data: bytes, other: bytes, dice: np.random.Generator) -> bytes:
    """`data` with one to four of the things done to it that befall files, and that attackers do."""
    copy = bytearray(data)
    for _ in range(dice.integers(1, 5)):
        size = max(len(copy), 1)
        header = int(dice.integers(0, min(size, 200)))
        at = int(dice.integers(0, size)) if dice.random() < 0.5 else header
        match dice.integers(0, 9):
            case 0:
                copy[at : at + 1] = bytes([int(dice.integers(0, 256))])
            case 1:
                copy[at : at + 4] = int(dice.choice(EXTREMES)).to_bytes(4, "little" if dice.random() < 0.5 else "big")
            case 2:
                del copy[at:]
            case 3:
                del copy[at : at + int(dice.integers(1, 400))]
            case 4:
                copy[at:at] = dice.bytes(int(dice.integers(1, 400)))
            case 5:
                copy[at : at + 300] = bytes(min(300, size - at))
            case 6:
                copy[at:at] = copy[at // 2 : at // 2 + 2000]
            case 7:
                begin = int(dice.integers(0, len(other)))
                copy[at:at] = other[begin : begin + 3000]
            case _:
                for place in dice.integers(0, size, 8) if copy else ():
                    copy[place % len(copy)] = 0xFF
    return bytes(copy)


def samples_of(form: str, folder: Path) -> list[bytes]:
    """Sound files of one format, of several kinds."""
    folder.mkdir()
    short, wide = noise(12_000), noise(6_000, 6)
    if form == "wav":
        kinds = (("PCM_16", "WAV"), ("PCM_24", "WAVEX"), ("FLOAT", "RF64"), ("IMA_ADPCM", "WAV"), ("PCM_16", "W64"))
        paths = [wav(folder / f"{n}.wav", short, *kind) for n, kind in enumerate(kinds)]
        paths.append(wav(folder / "wide.wav", wide, "PCM_16", "WAVEX"))
    elif form == "aiff":
        kinds = (("PCM_16", "AIFF"), ("PCM_24", "AIFF"), ("FLOAT", "AIFF"), ("PCM_16", "CAF"), ("PCM_16", "AU"))
        paths = [wav(folder / f"{n}.aiff", short, *kind) for n, kind in enumerate(kinds)]
    elif form == "flac":
        paths = [wav(folder / f"{n}.flac", short, kind, "FLAC") for n, kind in enumerate(("PCM_16", "PCM_24"))]
        paths.append(wav(folder / "wide.flac", wide, "PCM_16", "FLAC"))
    elif form == "ogg":
        paths = [sine(folder / codec, 300, codec, seconds=0.4) for codec in ("libvorbis", "libopus", "flac")]
        chain = folder / "chain"
        chain.write_bytes(b"".join(path.read_bytes() for path in paths))
        paths.append(chain)
    else:
        source = wav(folder / "source.wav", noise(40_000))
        paths = []
        for n, options in enumerate(
            (("-q:a", "2"), ("-b:a", "64k", "-ar", "22050"), ("-b:a", "128k", "-write_xing", "0"))
        ):
            ffmpeg("-i", source, *options, folder / f"{n}.mp3")
            paths.append(folder / f"{n}.mp3")
    return [path.read_bytes() for path in paths]


def hostile() -> dict[str, bytes]:
    """Files made so that a reader that trusts them takes for ever, or all of the memory."""
    big = 2 << 20
    info = b"\x10\0\x10\0\0\0\0\0\0\0\x0b\xb8\x02\xf0\0\0\0\0" + bytes(16)
    flac = b"fLaC\x80\0\0\x22" + info
    page = b"OggS\0\0" + bytes(20) + b"\0"
    form = b"fmt " + (16).to_bytes(4, "little")
    wide = b"\3\0\0\4\x80\xbb\0\0" + bytes(4) + b"\0\x10\x20\0"
    slow = b"\3\0\2\0\xe8\3\0\0" + bytes(4) + b"\x08\0\x20\0"
    riff = b"RIFF\xff\xff\xff\xffWAVE"
    return {
        "ones.mp3": b"\xff" * big,
        "syncs.mp3": b"\xff\xfb\x90\x00" * (big // 4),
        "pictures.mp3": b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(big),
        "syncs.flac": flac + b"\xff\xf8\x19\x18" * (big // 4),
        "headers.flac": flac + bytes.fromhex("fff8c918008c") * (big // 6),
        "blocks.flac": b"fLaC" + b"\4\0\0\0" * (big // 4),
        "marks.ogg": b"OggS" * (big // 4),
        "links.ogg": (page[:5] + b"\2" + page[6:26] + b"\1\7\1vorbis") * 200_000,
        "chunks.wav": riff + form + slow + b"LIST\0\0\0\0" * (big // 8),
        "tails.wav": riff + form + wide + b"data\0\0\0\0\1" + b"LIST" * (big // 8),
        "wide.wav": riff + form + wide + b"data\xff\xff\xff\xff" + bytes(big),
        "slow.wav": riff + form + slow + b"data\xff\xff\xff\xff" + bytes(80_000),
        "names.aiff": b"FORM\xff\xff\xff\xffAIFF" + b"NAME\0\0\0\0" * (big // 8),
        "long.caf": b"caff\0\1\0\0desc" + b"\x7f" * big,
    }


def fuzz(form: str, count: int, place: Path, seed: int = 0) -> None:
    originals = samples_of(form, place / "originals")
    dice = np.random.default_rng(sum(form.encode()) + seed)
    files = {}
    for n in range(count):
        data, other = (originals[int(dice.integers(0, len(originals)))] for _ in range(2))
        files[f"{n:04}.{form}"] = mutated(data, other, dice)
    result = imported(form, files, place)
    assert result["sounds"] > count // 10


def imported(title: str, files: dict[str, bytes], place: Path) -> dict[str, Any]:
    """What came of importing `files`; fails if anything but sound or a sentence did."""
    folder, song = place / "mutated", place / "song"
    folder.mkdir()
    song.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}
    command = [sys.executable, "-c", WORKER, str(song), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    print(f"{title}: {len(files)} files, " + ", ".join(f"{key} {value}" for key, value in result.items()))
    assert not result["broken"], "\n".join(result["broken"][:3])
    assert not result["slow"]
    assert result["mib"] < 512
    assert result["sounds"] + result["refused"] == len(files)
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()} == before
    return result


FORMS = ["wav", "flac", "ogg", "mp3", "aiff"]


@pytest.mark.parametrize("form", FORMS)
def test_some_mutated_files_give_sound_or_a_sentence(form: str, tmp_path: Path) -> None:
    fuzz(form, 40, tmp_path)


def test_hostile_files_take_neither_time_nor_memory(tmp_path: Path) -> None:
    imported("hostile", hostile(), tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("form", FORMS)
def test_a_thousand_mutated_files_give_sound_or_a_sentence(form: str, tmp_path: Path) -> None:
    fuzz(form, 1000, tmp_path, FIRST)
