import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, read_audio, write_audio
from engine.compose.arrange import compose
from engine.compose.midi import midi_bytes
from engine.compose.score import split
from engine.errors import Cancelled, ModelError
from engine.jobs import Context
from engine.train.corpus.crops import CropRequest, crop, crops, piece_seed
from engine.train.corpus.folder import folder_crop, recordings
from engine.train.corpus.write import write

SMALL = CropRequest(seed=5, rate=24000, frames=48000, own=True)


def test_a_step_is_always_the_same_crop() -> None:
    one, other = crop(SMALL, 3), crop(SMALL, 3)
    assert np.array_equal(one.audio, other.audio)
    assert one.truth == other.truth
    later = next(iter(crops(SMALL, first_step=3)))
    assert np.array_equal(one.audio, later.audio)


def test_crops_have_the_asked_shape_and_differ() -> None:
    found = list(islice(crops(SMALL), 4))
    assert all(c.audio.shape == (1, 48000) and c.audio.dtype == np.float32 for c in found)
    assert all(np.abs(c.audio).max() > 0.003 for c in found)
    assert len({c.truth["piece"] for c in found}) == 4
    stereo = crop(CropRequest(seed=5, rate=48000, frames=24000, channels=2), 0)
    assert stereo.audio.shape == (2, 24000)
    json.dumps(stereo.truth)


def test_splits_share_no_piece() -> None:
    for name in ("train", "validation", "test"):
        assert all(split(piece_seed(seed, step, name)) == name for seed in range(3) for step in range(100))
    with pytest.raises(ValueError, match="no split"):
        piece_seed(0, 0, "other")


def test_truth_fits_the_piece() -> None:
    for step in range(5):
        truth = crop(SMALL, step).truth
        score = compose(truth["piece"], own=True)
        assert truth["genre"] == score.genre
        assert all(0 <= beat < 2 for beat in truth["beats"])
        gaps = np.diff(truth["beats"])
        assert np.allclose(gaps, 60 / score.tempo, atol=1e-5)
        assert set(np.round(truth["bars"], 4)) <= set(np.round(truth["beats"], 4))
        assert truth["chords"][0]["start"] == 0
        assert set(truth["families"]) <= {part.family for part in score.parts}
        assert set(truth["activity"]) == set(truth["families"])
        assert all(0 < share <= 1 for share in truth["activity"].values())
        assert all(0 <= frame < 48000 for frames in truth["onsets"].values() for frame in frames)
        assert truth["caption"] in truth["captions"]


def test_a_folder_of_recordings(tmp_path: Path) -> None:
    t = np.arange(44100 * 4) / 44100
    tone = (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    write_audio(tmp_path / "one.wav", Audio(np.stack([tone, tone], axis=1), 44100), "PCM_16")
    (tmp_path / "one.txt").write_text("a pure tone\na whistle\n", "utf-8")
    (tmp_path / "deep").mkdir()
    write_audio(tmp_path / "deep" / "two.flac", Audio(tone[:24000, None], 24000), "PCM_16", "FLAC")
    (tmp_path / "deep" / "two.json").write_text('{"caption": "short", "tags": ["tone"], "odd": 1}', "utf-8")
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    request = CropRequest(seed=1, rate=24000, frames=24000)
    assert [r.path.name for r in recordings(tmp_path)] == ["two.flac", "one.wav"]
    files = recordings(tmp_path, request.split)
    found = [folder_crop(files, request, step) for step in range(12)]
    again = folder_crop(recordings(tmp_path, request.split), request, 7)
    assert np.array_equal(found[7].audio, again.audio)
    assert all(c.audio.shape == (1, 24000) and c.audio.dtype == np.float32 for c in found)
    assert {c.truth["caption"] for c in found} == {"a pure tone", "a whistle", "short"}
    assert found[0].truth.keys() == crop(SMALL, 0).truth.keys()
    long = next(c for c in found if c.truth["caption"] != "short")
    spectrum = np.abs(np.fft.rfft(long.audio[0]))
    assert abs(spectrum.argmax() - 440) <= 1
    assert recordings(tmp_path, "validation")[1].first == 9 * 17640
    stereo = folder_crop(files, CropRequest(seed=1, frames=1000, channels=2), 0)
    assert stereo.audio.shape == (2, 1000)


def test_a_folder_without_sound_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        recordings(tmp_path / "none")
    with pytest.raises(ModelError, match="no audio file"):
        recordings(tmp_path)
    write_audio(tmp_path / "a.wav", Audio(np.zeros((1000, 1), np.float32), 24000))
    (tmp_path / "a.json").write_text("[", "utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        recordings(tmp_path)


def test_large_folders_hold_out_whole_files(tmp_path: Path) -> None:
    for number in range(60):
        write_audio(tmp_path / f"{number}.wav", Audio(np.zeros((100, 1), np.float32), 24000))
    parts = {name: {r.path.name for r in recordings(tmp_path, name)} for name in ("train", "validation", "test")}
    assert sum(map(len, parts.values())) == 60
    assert len(set().union(*parts.values())) == 60
    assert len(parts["train"]) > 40


def test_a_piece_on_disk(tmp_path: Path) -> None:
    shares: list[float] = []
    written = write(
        tmp_path, seed=3, minutes=0.1, rate=24000, own=True, context=Context(lambda share, text: shares.append(share))
    )
    assert len(written) == 1
    assert shares[-1] == 1.0
    mix = read_audio(written[0] / "mix.wav")
    truth = json.loads((written[0] / "truth.json").read_text("utf-8"))
    assert mix.samples.shape == (truth["frames"], 2)
    stems = [read_audio(path).samples for path in (written[0] / "stems").iterdir()]
    assert len(stems) == len(truth["parts"])
    assert np.abs(np.sum(stems, axis=0) - mix.samples).max() < 1e-4
    assert (written[0] / "score.mid").read_bytes()[:4] == b"MThd"
    assert truth["split"] == "train"
    stopped = Context()
    stopped.cancel()
    with pytest.raises(Cancelled):
        write(tmp_path, seed=4, minutes=1, own=True, context=stopped)


def test_midi_has_every_note() -> None:
    score = compose(6, genre="reggae")
    data = midi_bytes(score)
    notes, tempo, tracks = _read_midi(data)
    assert tracks == len(score.parts) + 1
    assert notes == sum(len(part.notes) for part in score.parts)
    assert tempo == pytest.approx(score.quarter_seconds * 1e6, abs=1)


def _read_midi(data: bytes) -> tuple[int, int, int]:
    """Note-ons, the tempo in microseconds, and the number of tracks, by a reader of its own."""
    tracks = int.from_bytes(data[10:12], "big")
    at, notes, tempo = 14, 0, 0
    for _ in range(tracks):
        assert data[at : at + 4] == b"MTrk"
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        while at < end:
            while data[at] & 0x80:
                at += 1
            at += 1
            status = data[at]
            if status == 0xFF:
                kind, length, at = data[at + 1], 0, at + 2
                while True:
                    length = length << 7 | data[at] & 0x7F
                    at += 1
                    if not data[at - 1] & 0x80:
                        break
                if kind == 0x51:
                    tempo = int.from_bytes(data[at : at + length], "big")
                at += length
            else:
                notes += status >> 4 == 9
                at += 2 if status >> 4 in (0xC, 0xD) else 3
        assert at == end
    return notes, tempo, tracks
