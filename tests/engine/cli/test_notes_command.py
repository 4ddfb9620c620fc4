"""`continuo notes` on a file that is made here, read back by mido."""

import json
from pathlib import Path

import mido
import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.cli import main
from tests.drum_beats import KICK, SNARE, beat

RATE = 22050


def test_the_notes_of_a_sound_become_a_midi_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    time = np.arange(RATE // 2) / RATE
    decay = 0.4 * np.exp(-4 * time) * np.minimum(1, time / 0.004)
    tones = [decay * (np.sin(2 * np.pi * f * time) + np.sin(4 * np.pi * f * time) / 2) for f in (261.63, 329.63, 392.0)]
    sound = np.concatenate([np.zeros(RATE // 2), *tones, np.zeros(RATE // 2)]).astype(np.float32)
    write_audio(tmp_path / "line.wav", Audio(sound[:, None], RATE), "PCM_24")
    out = tmp_path / "line.mid"
    assert main(["notes", str(tmp_path / "line.wav"), "--out", str(out), "--tempo", "90", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert main(["notes", str(tmp_path / "line.wav"), "--out", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert record["tempo"] == 90
    now, starts = 0.0, []
    for message in mido.MidiFile(out):
        now += message.time
        if message.type == "note_on" and message.velocity:
            starts.append((now, message.note))
    assert [pitch for _, pitch in starts] == [60, 64, 67]
    assert [start for start, _ in starts] == pytest.approx([0.5, 1.0, 1.5], abs=0.05)
    assert [note["start"] for note in record["notes"]] == pytest.approx([start for start, _ in starts], abs=2e-3)


def test_what_has_no_notes_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_audio(tmp_path / "silence.wav", Audio(np.zeros((RATE, 1), np.float32), RATE), "PCM_16")
    assert main(["notes", str(tmp_path / "silence.wav"), "--out", str(tmp_path / "x.mid")]) == 1
    assert "no notes to be heard" in capsys.readouterr().err
    assert not (tmp_path / "x.mid").exists()


def test_drums_become_a_track_on_the_drum_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound, strokes = beat("909", RATE)
    write_audio(tmp_path / "beat.wav", Audio(sound[:, None], RATE), "PCM_24")
    out = tmp_path / "beat.mid"
    assert main(["notes", str(tmp_path / "beat.wav"), "--out", str(out), "--tempo", "120", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["notes"] == []
    now = 0.0
    starts: dict[int, list[float]] = {KICK: [], SNARE: []}
    for message in mido.MidiFile(out):
        now += message.time
        if message.type == "note_on" and message.velocity:
            assert message.channel == 9
            starts.setdefault(message.note, []).append(now)
    assert starts[KICK] == pytest.approx([at for at, pitch in strokes if pitch == KICK], abs=0.05)
    for at in (at for at, pitch in strokes if pitch == SNARE):
        assert any(abs(start - at) <= 0.05 for start in starts[SNARE])
