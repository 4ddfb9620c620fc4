"""Notes that are heard in tones made here, each of which is known."""

import numpy as np
import pytest

from engine.analysis.basic_pitch import FRAME_RATE, LOWEST, PITCHES, Activations
from engine.analysis.heard_note import HeardNote
from engine.analysis.low_line import LowLine, candidates, is_low_line, refined
from engine.analysis.notes import find_notes, notes_of
from engine.analysis.pitch_line import PitchLine, pitch_line
from engine.analysis.pulse import Onsets, onsets_of
from engine.audio import Audio
from engine.errors import EngineError

RATE = 22050


def _plucked(notes: list[tuple[float, int]], seconds: float) -> Audio:
    """Decaying tones of six harmonics, each 0.45 s long."""
    sound = np.zeros(round(seconds * RATE))
    time = np.arange(round(0.45 * RATE)) / RATE
    for start, pitch in notes:
        wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time
        tone = sum(np.sin(k * wave) / k**1.5 for k in range(1, 7))
        first = round(start * RATE)
        sound[first : first + len(time)] += 0.2 * tone * np.exp(-5 * time) * np.minimum(1, time / 0.004)
    return Audio(sound.astype(np.float32)[:, None], RATE)


def test_a_melody_and_chords_are_heard_note_by_note() -> None:
    notes = [(0.5, 60), (1.0, 62), (1.5, 64), (2.0, 55), (2.0, 59), (2.0, 62), (2.5, 57), (2.5, 60), (2.5, 64)]
    heard = [(note.start, note.pitch) for note in find_notes(_plucked(notes, 3.5))]
    hits = [any(pitch == other and abs(start - moment) <= 0.05 for moment, other in heard) for start, pitch in notes]
    assert sum(hits) >= 8
    assert len(heard) <= 10


def test_a_bass_that_repeats_its_notes_is_heard_note_by_note() -> None:
    """Tones that ring into one another; the network alone misses the three at 41 Hz."""
    played = [(0.25 + 0.3 * number, pitch) for number, pitch in enumerate((33, 33, 33, 33, 28, 28, 28, 45, 33, 33))]
    sound, time = np.zeros(4 * RATE), np.arange(round(0.45 * RATE)) / RATE
    loudness = np.exp(-4 * time) * np.minimum(1, time / 0.004) * np.minimum(1, (0.45 - time) / 0.1)
    for start, pitch in played:
        wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time
        first = round(start * RATE)
        sound[first : first + len(time)] += 0.2 * loudness * sum(np.sin(k * wave) / k for k in range(1, 7))
    heard = [(note.start, note.pitch) for note in find_notes(Audio(sound.astype(np.float32)[:, None], RATE))]
    assert [pitch for _, pitch in heard] == [pitch for _, pitch in played]
    assert [start for start, _ in heard] == pytest.approx([start for start, _ in played], abs=0.06)


def test_a_period_decides_on_a_low_pitch() -> None:
    """The network says an octave too high, and too low by a fifth."""
    audio = _plucked([(0.1, 33), (0.6, 40)], 1.5)
    activity = Activations(*(np.zeros((130, count), np.float32) for count in (PITCHES, PITCHES, 264)))
    notes = (HeardNote(0.1, 0.5, 45, 0.8), HeardNote(0.6, 1.0, 33, 0.8))
    heard = refined(LowLine(notes, activity, onsets_of(audio.samples[:, 0]), pitch_line(audio)))
    assert [note.pitch for note in heard] == [33, 40]
    assert [note.start for note in heard] == pytest.approx([0.1, 0.6], abs=0.03)


def test_a_bass_that_falls_to_its_pitch_has_that_pitch_though_it_ends_before() -> None:
    frames = 60
    hertz = np.full(frames, 51.9)
    hertz[20:36] = 51.9 * (1 + 0.5 * np.exp(-np.arange(16) / 10))  # 1.8 semitones above it at the end
    loudness = np.full(frames, -80.0)
    loudness[20:36] = -10.0
    line = PitchLine(hertz, loudness > -60, loudness, 1.0)
    activity = Activations(*(np.zeros((52, count), np.float32) for count in (PITCHES, PITCHES, 264)))
    onsets = Onsets(*(np.zeros(420, np.float32) for _ in range(3)))
    pitches = candidates(0.2, 0.36, LowLine((), activity, onsets, line))
    assert max(pitches, key=lambda each: each[1][0])[0] == 32


def test_higher_music_is_no_low_line() -> None:
    notes = tuple(HeardNote(float(n), n + 0.5, pitch, 0.9) for n, pitch in enumerate((40, 43, 60, 64, 67)))
    assert not is_low_line(notes)
    assert is_low_line(notes[:2])
    assert not is_low_line(())


def test_onsets_begin_notes_and_harmonics_are_none() -> None:
    sounding, onsets = np.zeros((100, PITCHES), np.float32), np.zeros((100, PITCHES), np.float32)
    for pitch, first, last, strength in ((60, 20, 40, 0.9), (60, 40, 60, 0.8), (72, 21, 40, 0.6), (67, 70, 72, 0.9)):
        sounding[first:last, pitch - LOWEST] = strength
        onsets[first, pitch - LOWEST] = 0.95
    notes = notes_of(Activations(sounding, onsets, np.zeros((100, 264), np.float32)))
    # 72 is the octave of 60, and 67 lasts two frames only
    assert [note.pitch for note in notes] == [60, 60]
    assert [note.start for note in notes] == pytest.approx([20 / FRAME_RATE, 40 / FRAME_RATE], abs=0.02)
    assert [note.end for note in notes] == pytest.approx([40 / FRAME_RATE, 60 / FRAME_RATE], abs=0.02)
    assert [note.strength for note in notes] == pytest.approx([0.9, 0.8])


def test_a_long_note_without_an_onset_is_one() -> None:
    sounding = np.zeros((100, PITCHES), np.float32)
    sounding[10:80, 50] = 0.7
    (note,) = notes_of(Activations(sounding, np.zeros_like(sounding), np.zeros((100, 264), np.float32)))
    assert note.pitch == 50 + LOWEST
    assert note.end == pytest.approx(80 / FRAME_RATE)


def test_a_short_note_needs_a_faint_onset() -> None:
    sounding, onsets = np.zeros((100, PITCHES), np.float32), np.zeros((100, PITCHES), np.float32)
    sounding[10:25, 50] = sounding[50:65, 50] = 0.7
    onsets[51, 50] = 0.55
    (note,) = notes_of(Activations(sounding, onsets, np.zeros((100, 264), np.float32)))
    assert note.start == pytest.approx(50 / FRAME_RATE, abs=0.02)


def test_silence_is_a_sentence() -> None:
    with pytest.raises(EngineError, match="silent"):
        find_notes(Audio(np.zeros((RATE, 2), np.float32), RATE))


def test_slow_attacks_begin_where_their_pitch_rises_and_shared_pitches_are_struck_again() -> None:
    sounding, onsets = np.zeros((250, PITCHES), np.float32), np.zeros((250, PITCHES), np.float32)
    rise = np.linspace(0.17, 0.7, 12)
    for pitch, first, last in ((60, 20, 220), (64, 20, 110), (67, 20, 110), (65, 120, 220), (69, 120, 220)):
        sounding[first:last, pitch - LOWEST] = 0.7
        sounding[first : first + 12, pitch - LOWEST] = rise
    onsets[121, 60 - LOWEST] = 0.4  # of the pitch that both chords have
    accents = np.zeros(250, bool)
    notes = notes_of(Activations(sounding, onsets, np.zeros((250, 264), np.float32)), accents)
    assert [note.pitch for note in notes] == [60, 64, 67, 60, 65, 69]
    assert [note.start * FRAME_RATE for note in notes] == pytest.approx([20] * 3 + [120] * 3)
    onsets[121] = 0.1
    assert len(notes_of(Activations(sounding, onsets, np.zeros((250, 264), np.float32)), accents)) == 5


def test_a_held_tone_that_swells_alone_is_one_note() -> None:
    """C, E and G sound on; the network sees E begin again half way, first alone and then with G."""
    for again, count in (((64,), 3), ((64, 67), 5)):
        activity = Activations(*(np.zeros((200, rows), np.float32) for rows in (PITCHES, PITCHES, 264)))
        for pitch in (60, 64, 67):
            activity.notes[20:180, pitch - LOWEST] = 0.8
            activity.onsets[20, pitch - LOWEST] = 0.9
        for pitch in again:
            activity.onsets[100, pitch - LOWEST] = 0.9
        assert len(notes_of(activity)) == count
