import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from engine.audio import read_audio, read_info
from engine.errors import AudioFileError, Cancelled
from engine.jobs import Context
from engine.project.growing import GrowingFile, GrowingWriter, list_growing, seal_file
from engine.project.pool import read_samples, sample_file
from tests.sealing import sealed

RATE = 44100


def sound(frames: int, channels: int) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-2, 2, (frames, channels)).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
def test_readers_follow(tmp_path: Path, channels: int) -> None:
    samples = sound(5000, channels)
    writer = GrowingWriter(tmp_path, "g", RATE, channels)
    done = 0
    for frames in (0, 1, 999, 4000):
        writer.append(samples[done : done + frames])
        done += frames
        assert writer.frames == writer.source.frames == done
        file = sample_file(tmp_path, writer.source, RATE)
        assert file.growing
        assert_array_equal(read_samples(file, 0, done), samples[:done])
    writer.discard()
    assert not list((tmp_path / "growing").iterdir())


@pytest.mark.parametrize("channels", [1, 2])
def test_sealed_into_the_pool(tmp_path: Path, channels: int) -> None:
    samples = sound(4321, channels)
    provenance = {"prompt": "Käse", "seed": 3}
    writer = GrowingWriter(tmp_path, "g", RATE, channels, provenance, name="Take 1")
    writer.append(samples)
    source = sealed(writer)
    path = tmp_path / source.file
    assert source.id == path.stem == hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert (source.name, source.frames, source.channels, source.growing) == ("Take 1", 4321, channels, False)
    info = read_info(path)
    assert (info.format, info.subtype, info.rate, info.channels, info.frames) == ("WAV", "FLOAT", RATE, channels, 4321)
    assert_array_equal(read_audio(path).samples, samples)
    # it can be played at once, and the raw file stays for those who still map it
    assert_array_equal(read_samples(sample_file(tmp_path, source, RATE), 0, 4321), samples)
    (left,) = list_growing(tmp_path)
    assert (left.id, left.sealed, left.provenance) == ("g", source.id, provenance)


def test_same_sound_same_source(tmp_path: Path) -> None:
    ids = set()
    for name in ("g1", "g2"):
        writer = GrowingWriter(tmp_path, name, RATE, 2)
        writer.append(sound(100, 2))
        ids.add(sealed(writer).id)
    assert len(ids) == 1


def test_what_is_no_number_becomes_silence(tmp_path: Path) -> None:
    writer = GrowingWriter(tmp_path, "g", RATE, 1)
    writer.append(np.array([0.5, np.nan, np.inf, -np.inf], np.float32))
    source = sealed(writer)
    assert read_audio(tmp_path / source.file).samples[:, 0].tolist() == [0.5, 0, 0, 0]


def test_wrong_use(tmp_path: Path) -> None:
    writer = GrowingWriter(tmp_path, "g", RATE, 2)
    with pytest.raises(ValueError, match="2 channels"):
        writer.append(np.zeros((10, 1), np.float32))
    with pytest.raises(AudioFileError):
        GrowingWriter(tmp_path, "g", RATE, 1)
    (info,) = list_growing(tmp_path)
    assert info.channels == 2
    with pytest.raises(AudioFileError, match="no sound to keep"):
        sealed(writer)


def test_cancelled_seal_can_be_done_again(tmp_path: Path) -> None:
    writer = GrowingWriter(tmp_path, "g", RATE, 2)
    writer.append(sound(1000, 2))
    context = Context()
    context.cancel()
    with pytest.raises(Cancelled):
        sealed(writer, context)
    assert not list((tmp_path / "audio").iterdir())
    assert sealed(writer).frames == 1000


def test_only_whole_frames_are_sealed(tmp_path: Path) -> None:
    """A crash may stop in the middle of a frame."""
    writer = GrowingWriter(tmp_path, "g", RATE, 2)
    writer.append(sound(10, 2))
    sealed(writer)
    raw = tmp_path / "growing/g.f32"
    with raw.open("ab") as file:
        file.write(b"\0\0\0\0\0")
    assert seal_file(tmp_path, GrowingFile("g", RATE, 2, "")).frames == 10


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff", b'{"id": "../x", "rate": 48000, "channels": 2}'])
def test_damaged_sidecar_is_left_alone(tmp_path: Path, note: bytes) -> None:
    writer = GrowingWriter(tmp_path, "g", RATE, 2)
    (tmp_path / "growing/g.json").write_bytes(note)
    assert list_growing(tmp_path) == []
    writer.discard()


def test_provenance_may_change_on_the_way(tmp_path: Path) -> None:
    writer = GrowingWriter(tmp_path, "g", RATE, 1, {"chunks": []})
    writer.append(np.ones(5, np.float32))
    writer.describe({"chunks": [{"at": 0}]})
    assert json.loads((tmp_path / "growing/g.json").read_text())["provenance"] == {"chunks": [{"at": 0}]}
    (info,) = list_growing(tmp_path)
    assert info.frames(tmp_path) == 5
    writer.discard()


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from engine.errors import AudioFileError
from engine.project.growing import GrowingWriter, seal_file

writer = GrowingWriter(Path(sys.argv[1]), "g", 48000, 2)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 150 + 3, resource.RLIM_INFINITY))
block = np.ones((100, 2), np.float32)
writer.append(block)
try:
    writer.append(block)
except AudioFileError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
assert writer.frames == 100 and (Path(sys.argv[1]) / "growing/g.f32").stat().st_size == 800
writer.append(block)
writer.close()
print(seal_file(writer.folder, writer.info).frames)
"""


if sys.platform != "win32":  # it has no limit on the size of files

    def test_full_disk_keeps_whole_frames(tmp_path: Path) -> None:
        ran = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
        sentence, frames = ran.stdout.splitlines()
        assert "check that the disk has room" in sentence
        assert frames == "200"
