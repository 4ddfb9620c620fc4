"""The table of stages, on sounds whose faults are put in by hand."""

import numpy as np
import pytest

from engine.evaluate import stages
from engine.jobs import Context

RATE = stages.RATE


def _piece() -> stages.Piece:
    """Four seconds of clicks that rise at once over a detuned chord, wider than a point."""
    rng, time = np.random.default_rng(0), np.arange(4 * RATE) / RATE
    strokes = tuple(9600 + 14400 * number for number in range(12))
    drums = np.zeros(len(time))
    for stroke in strokes:
        drums[stroke : stroke + 9600] = np.exp(-np.arange(9600) / 1500)
    drums *= 0.3 * rng.standard_normal(len(time))
    chord = sum(0.05 * np.sin(2 * np.pi * 440 * 2 ** ((step + 0.2) / 12) * time) for step in (0, 3, 7))
    side = 0.02 * rng.standard_normal(len(time))
    sound = np.stack((drums + chord + side, drums + chord - side), 1).astype(np.float32)
    return stages.Piece(sound, np.stack((drums, drums), 1).astype(np.float32), strokes, "clicks")


def test_each_fault_shows_in_its_own_row() -> None:
    piece = _piece()
    time = np.arange(len(piece.sound)) / RATE
    hum = 0.02 * sum(np.sin(2 * np.pi * 50 * k * time) for k in range(1, 25))
    tones = 0.2 * sum(np.sin(2 * np.pi * 440 * 2 ** (step / 12) * time) for step in (0, 3, 7, 12))
    blurred = np.apply_along_axis(lambda x: np.convolve(x, np.hanning(1440) / 720, "same"), 0, piece.sound**2)
    noise = np.random.default_rng(1).standard_normal(len(time))
    faults = {
        "same": piece.sound,
        "mono": piece.sound.mean(1, keepdims=True).repeat(2, 1),
        "hum": piece.sound + hum[:, None],
        "organ": piece.sound + tones[:, None],
        "smeared": np.sqrt(np.maximum(blurred, 0)) * noise[:, None],
    }
    rows = {}
    for name, sound in faults.items():
        rows[name] = stages.Row()
        stages.measured(rows[name], sound.astype(np.float32), piece, 50.0, same=True)
    same = rows["same"]
    assert same.median("log_mel") == pytest.approx(0, abs=1e-6)
    assert same.median("envelope_high") == pytest.approx(1)
    assert rows["mono"].median("side") < -90 < same.median("side")
    assert rows["hum"].median("comb") > same.median("comb") + 10
    assert rows["organ"].median("grid") > same.median("grid") + 0.4
    assert rows["smeared"].median("attack_high") > same.median("attack_high") + 4


def test_goals_follow_from_the_corpus() -> None:
    rows = {stage: stages.Row() for stage in stages.STAGES}
    for stage, lift in zip(stages.STAGES, (0.0, 1.0, 2.0, 3.0), strict=True):
        for name, value in (("attack_low", 10.0), ("comb", 3.0), ("grid", 0.5), ("side", -12.0), ("level_range", 2.0),
                            ("recurrence", 0.5), ("attack_high", 3.0)):  # fmt: skip
            rows[stage].add(name, value + lift)
    found = {figure.key: figure for figure in stages.table(rows)}
    assert found["decoder_attack_low"].goal is not None
    assert found["decoder_attack_low"].goal.most == 11.5
    assert found["decoder_attack_low"].verdict == "reached"
    assert found["decoder_comb"].verdict == "missed"
    assert found["decoder_attack_high"].beside == {"corpus": 3.0}
    assert found["from_words_level_range"].value == 5.0
    assert found["from_words_level_range"].verdict == "missed"
    assert "decoder_log_mel" not in found


def test_pieces_are_held_out_and_know_their_strokes() -> None:
    (piece,) = stages.pieces(1, 2.0, own=True, context=Context())
    assert piece.sound.shape == piece.drums.shape == (2 * RATE, 2)
    assert all(0 <= stroke < 2 * RATE for stroke in piece.strokes)
    assert bool(piece.strokes) == bool(np.abs(piece.drums).max() > 1e-3)
