"""Drum strokes: peaks of likelihoods, and beats that are put together here from single strokes."""

import numpy as np
import pytest

from engine.analysis.heard_note import HeardNote
from engine.analysis.notes import find_notes
from engine.analysis.sound import RATE
from engine.analysis.stroke_network import FRAME_RATE, HOP, KINDS, OUTPUTS, band_powers
from engine.analysis.strokes import Drumming, HeardStroke, drumming_of, find_strokes, peaks_of
from engine.analysis.transcription import has_drums, has_music, transcribe
from engine.audio import Audio
from engine.errors import EngineError
from tests.drum_beats import HAT, KICK, SNARE, beat


def _agreement(playing: list[tuple[float, int]], true: list[tuple[float, int]]) -> float:
    """F-measure of onset and drum within 50 ms; each true stroke counts once."""
    left, hits = list(true), 0
    for at, pitch in playing:
        near = [each for each in left if each[1] == pitch and abs(each[0] - at) <= 0.05]
        if near:
            left.remove(near[0])
            hits += 1
    return 2 * hits / (len(playing) + len(true))


@pytest.mark.parametrize("kit", ["909", "electro"])
def test_a_beat_is_heard_stroke_by_stroke(kit: str) -> None:
    sound, strokes = beat(kit, RATE)
    drumming = find_strokes(Audio(sound[:, None], RATE))
    assert not has_music(drumming, find_notes(Audio(sound[:, None], RATE)))
    playing = [(stroke.start, stroke.pitch) for stroke in drumming.strokes]
    assert _agreement(playing, strokes) >= 0.7  # hats are heard with kicks, as they mostly are in music
    assert all(0 <= stroke.strength <= 1 for stroke in drumming.strokes)


def test_under_chords_drums_and_notes_are_both_heard() -> None:
    sound, strokes = beat("909", RATE)
    time = np.arange(len(sound)) / RATE
    fade = np.exp(-2 * (time % 1.0)) * np.minimum(1, (time % 1.0) / 0.01)
    chord = sum(np.sin(2 * np.pi * f * k * time) / k**1.5 for f in (261.63, 329.63, 392.0) for k in (1, 2, 3))
    playing = transcribe(Audio((sound + 0.06 * fade * chord).astype(np.float32)[:, None], RATE))
    drums = [(stroke.start, stroke.pitch) for stroke in playing.strokes if stroke.pitch in (KICK, SNARE, HAT)]
    assert _agreement(drums, strokes) >= 0.7
    assert {60, 64, 67} <= {note.pitch for note in playing.notes}


def test_tones_alone_have_no_strokes_and_silence_is_a_sentence() -> None:
    time = np.arange(3 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 330 * time) * np.exp(-3 * (time % 0.75)) * np.minimum(1, (time % 0.75) / 0.01)
    playing = transcribe(Audio(tone.astype(np.float32)[:, None], RATE))
    assert not playing.strokes
    assert {note.pitch for note in playing.notes} == {64}
    with pytest.raises(EngineError, match="silent"):
        transcribe(Audio(np.zeros((RATE, 1), np.float32), RATE))


def test_peaks_are_apart_and_lie_between_frames() -> None:
    likelihood = np.zeros(60, np.float32)
    likelihood[[10, 11, 12]] = 0.6, 0.9, 0.6
    likelihood[[30, 31]] = 0.8, 0.8
    likelihood[33] = 0.7  # 30 ms after a stronger one
    likelihood[50] = 0.4
    assert peaks_of(likelihood, 0.5) == pytest.approx([11, 30.5])
    assert peaks_of(np.full(1, 0.9, np.float32), 0.5) == [0]


def test_answers_become_strokes_with_their_kinds_and_force() -> None:
    answers = np.zeros((200, OUTPUTS), np.float32)
    kinds = list(KINDS)
    for frame, kind, force in ((20, "kick", 0.9), (60, "snare", 0.5), (60, "closed hat", 0.3), (100, "ride", 0.7)):
        answers[frame, kinds.index(kind)] = 0.95
        answers[frame, len(kinds) + kinds.index(kind)] = force
    sounding = np.ones(200, bool)
    drumming = drumming_of(answers, sounding)
    assert [stroke.pitch for stroke in drumming.strokes] == [36, 38, 42, 51]
    assert [stroke.strength for stroke in drumming.strokes] == pytest.approx([0.9, 0.5, 0.3, 0.7])
    assert drumming.strokes[0].start == pytest.approx(20 / FRAME_RATE)
    assert [stroke.likelihood for stroke in drumming.strokes] == pytest.approx([0.95] * 4)
    assert drumming.music == 0
    assert drumming.seconds == pytest.approx(200 / FRAME_RATE)
    answers[60, kinds.index("open hat")] = 0.7  # less sure than the closed one
    assert drumming_of(answers, sounding) == drumming
    answers[:100, -1] = 0.9
    sounding[100:] = False  # silence says nothing
    assert drumming_of(answers, sounding).music == pytest.approx(0.9)
    assert drumming_of(np.zeros((50, OUTPUTS), np.float32), np.zeros(50, bool)).strokes == ()


def test_notes_that_last_are_music_and_strokes_beside_them_are_drums() -> None:
    bass = tuple(HeardNote(0.5 * n, 0.5 * n + 0.4, 40, 0.8) for n in range(8))
    slaps = tuple(HeardStroke(note.start + 0.01, pitch, 0.8, 0.55) for note in bass for pitch in (36, 38))
    assert has_music(Drumming(slaps, 0.4, 4.0), bass)
    assert not has_drums(Drumming(slaps, 0.4, 4.0), bass)
    hats = tuple(HeardStroke(note.start + 0.25, 42, 0.8, 0.6) for note in bass)
    assert has_drums(Drumming(slaps + hats, 0.4, 4.0), bass)
    assert not has_music(Drumming(slaps + hats, 0.4, 4.0), bass[:2])
    assert has_music(Drumming(hats, 0.9, 4.0), bass[:3])
    assert not has_music(Drumming(hats, 0.9, 4.0), ())
    kicks = tuple(HeardStroke(0.25 + note.start, 36, 1.0, 1.0) for note in bass)
    assert not has_drums(Drumming(kicks, 0.9, 4.0), bass)


def test_bands_hold_the_power_of_a_tone_where_it_is() -> None:
    sound = np.zeros(2 * RATE, np.float32)
    sound[RATE:] = np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    powers = band_powers(sound)
    assert len(powers) == 2 * RATE // HOP + 1
    edges = np.geomspace(28, 1600, 38)
    assert edges[powers[150, :36].argmax() + 1] == pytest.approx(100, rel=0.1)
    assert powers[80].max() < 1e-6 * powers[150].max()
