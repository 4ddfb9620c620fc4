"""Chords of sounds and notes that are made here, each of which is known."""

from collections.abc import Sequence

import numpy as np
import pytest

from engine.analysis.chords import chords_of_notes, find_chords, key_of_chords
from engine.analysis.grid import find_grid
from engine.audio import Audio
from engine.errors import EngineError
from engine.music.notes import Note

RATE = 22050
TRIADS = {"Am": (57, 60, 64), "F": (53, 57, 60), "C": (48, 52, 55), "G": (55, 59, 62), "Dm7": (50, 53, 57, 60)}


def _played(symbols: Sequence[str], tempo: float, late: float = 0.0, drums: bool = True) -> Audio:
    """A bar of each chord: harmonic tones struck on every beat, a click beside, after so many s of silence."""
    beat = 60 / tempo
    sound = np.zeros(round((late + 4 * beat * len(symbols)) * RATE) + RATE)
    rng = np.random.default_rng(1)
    span = np.arange(round(0.95 * beat * RATE)) / RATE
    for bar, symbol in enumerate(symbols):
        for number in range(4):
            first = round((late + (4 * bar + number) * beat) * RATE)
            for pitch in TRIADS[symbol]:
                frequency = 440 * 2 ** ((pitch - 69) / 12)
                tone = sum(np.sin(2 * np.pi * k * frequency * span) / k**2 for k in (1, 2, 3, 4))
                sound[first : first + len(span)] += 0.1 * tone * np.exp(-2 * span) * np.minimum(1, span / 0.003)
            if drums:
                sound[first : first + 300] += 0.4 * rng.uniform(-1, 1, 300) * np.exp(-np.arange(300) / 60)
    return Audio(sound.astype(np.float32)[:, None], RATE)


@pytest.mark.parametrize(("tempo", "late"), [(96.0, 0.0), (121.3, 0.37)])
def test_a_sound_has_its_chords_where_they_sound(tempo: float, late: float) -> None:
    symbols = ["Am", "F", "C", "G"] * 2
    chords = find_chords(_played(symbols, tempo, late))
    assert [chord.symbol for chord in chords] == symbols
    bar = 4 * 60 / tempo
    for number, chord in enumerate(chords[1:], 1):
        assert chord.start == pytest.approx(late + number * bar, abs=0.02)
    assert all(0.5 < chord.confidence <= 1 for chord in chords)
    key = key_of_chords(chords)
    assert key is not None
    assert key.name in ("A minor", "C major")


def test_beats_and_bars_are_heard_where_they_are() -> None:
    grid = find_grid(_played(["Am", "F", "C", "G"] * 2, 121.3, 0.37))
    assert grid is not None
    assert grid.tempo == pytest.approx(121.3, rel=3e-4)
    assert grid.start == pytest.approx(0.37, abs=0.01)


def test_what_has_no_beat_still_has_chords() -> None:
    time = np.arange(4 * RATE) / RATE
    sound = np.concatenate(
        [sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * time) for p in TRIADS[symbol]) for symbol in ("Am", "F")]
    )
    chords = find_chords(Audio((0.1 * sound).astype(np.float32)[:, None], RATE), None)
    assert [chord.symbol for chord in chords] == ["Am", "F"]
    assert chords[1].start == pytest.approx(4.0, abs=0.5)


def test_notes_have_their_chords_and_drums_are_none() -> None:
    notes = [
        Note(4.0 * bar, 4.0, pitch, 80) for bar, name in enumerate(("Am", "Dm7", "G", "C")) for pitch in TRIADS[name]
    ]
    chords = chords_of_notes(notes, 4.0, 120.0)
    assert [(chord.symbol, chord.start, chord.end) for chord in chords] == [
        ("Am", 0, 2), ("Dm7", 2, 4), ("G", 4, 6), ("C", 6, 8),
    ]  # fmt: skip


def test_a_short_bass_is_the_root_of_what_is_struck_over_it() -> None:
    """G flat, B flat and D flat over E flat are no G flat major; a walking bass changes no chord."""
    chords = [Note(start, 0.4, pitch, 80) for start in range(8) for pitch in (66, 70, 73)]
    bass = [Note(start, 0.15, 39 + 12 * (start % 2), 90) for start in range(8)]
    assert [(each.chord.root, each.chord.quality) for each in chords_of_notes([*chords, *bass], 4.0, 120.0)] == [
        (3, "m7")
    ]
    triad = [Note(start, 4.0, pitch, 80) for start in (0, 4) for pitch in (60, 64, 67)]
    walking = [Note(float(beat), 0.9, pitch, 90) for beat, pitch in enumerate((36, 40, 43, 45, 36, 43, 40, 38))]
    assert [(each.chord.root, each.chord.quality) for each in chords_of_notes([*triad, *walking], 4.0, 120.0)] == [
        (0, "maj")
    ]


def test_bare_fifths_have_the_third_of_the_key() -> None:
    fifths = [(45, 52), (53, 60), (48, 55), (40, 47)]  # A, F, C, E without thirds
    notes = [Note(4.0 * bar, 4.0, pitch, 80) for bar, pair in enumerate(fifths) for pitch in pair]
    assert [chord.symbol for chord in chords_of_notes(notes, 4.0, 120.0)] == ["Am", "F", "C", "Em"]


def test_silence_and_snippets_are_a_sentence() -> None:
    for sound in (np.zeros((3 * RATE, 2), np.float32), np.ones((100, 1), np.float32)):
        with pytest.raises(EngineError, match=r"no chords to be heard\.$"):
            find_chords(Audio(sound, RATE))
    with pytest.raises(EngineError, match="no notes"):
        chords_of_notes([], 4.0, 120.0)


def test_noise_and_a_tone_have_no_steady_beat() -> None:
    noise = np.random.default_rng(3).standard_normal((10 * RATE, 1)).astype(np.float32) * 0.1
    tone = np.sin(np.arange(10 * RATE) * 0.06).astype(np.float32)[:, None] * 0.3
    assert find_grid(Audio(noise, RATE)) is None
    assert find_grid(Audio(tone, RATE)) is None
