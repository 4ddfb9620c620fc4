"""Beats of changing tempo, sections and words of sounds that are made here, each of which is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.beat_tracking import track_beats
from engine.analysis.hear import hear
from engine.analysis.hearing_cache import cached
from engine.analysis.section_names import likely_names
from engine.analysis.sections import find_sections
from engine.analysis.sound import RATE
from engine.analysis.timbre import FRAME_RATE, timbre_of
from engine.analysis.words import WordModel, find_words, word_features
from engine.audio import Audio
from engine.errors import EngineError

CHORDS = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
Curve = Callable[[np.ndarray], np.ndarray]


def _played(tempo: Curve, seconds: float, chords: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """A chord and a click on every beat, a soft click between them, a new chord in every bar: (sound, beats in s)."""
    times = np.arange(0, seconds, 0.001)
    phase = np.cumsum(tempo(times) / 60_000)
    beats = np.interp(np.arange(1, int(phase[-1]) + 1), phase, times)
    sound = np.zeros(round((seconds + 1) * RATE))
    noise = np.random.default_rng(0).uniform(-1, 1, 300)
    for number, beat in enumerate(beats):
        length = float(beats[number + 1] - beat) if number + 1 < len(beats) else 0.4
        span = np.arange(round(0.9 * length * RATE)) / RATE
        first = round(beat * RATE)
        if chords:
            for pitch in CHORDS[number // 4 % 4]:
                wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * span
                tone = np.sin(wave) + np.sin(2 * wave) / 4
                sound[first : first + len(span)] += 0.1 * tone * np.exp(-2 * span) * np.minimum(1, span / 0.003)
        sound[first : first + 300] += 0.3 * noise * np.exp(-np.arange(300) / 60)
        between = first + round(length / 2 * RATE)
        sound[between : between + 200] += 0.1 * noise[:200] * np.exp(-np.arange(200) / 40)
    return sound.astype(np.float32), beats


def _agreement(heard: np.ndarray, true: np.ndarray, tolerance: float) -> float:
    """F-measure of moments."""
    hits = sum(bool((np.abs(true - moment) <= tolerance).any()) for moment in heard)
    return 2 * hits / (len(heard) + len(true))


@pytest.mark.parametrize(
    ("tempo", "steady"),
    [
        (lambda time: 0 * time + 118.3, True),
        (lambda time: 100 + 1.5 * time, False),  # 30 BPM faster after 20 s
        (lambda time: np.where(time < 10, 96.0, 120.0), False),
    ],
    ids=["steady", "accelerating", "a step"],
)
def test_beats_and_bars_follow_the_tempo(tempo: Curve, steady: bool) -> None:
    sound, beats = _played(tempo, 20.0)
    track = track_beats(sound)
    assert track is not None
    assert track.steady is steady
    assert _agreement(track.beats, beats, 0.05) > 0.9
    assert _agreement(track.downbeats, beats[::4], 0.05) > 0.8
    assert set(track.downbeats) <= set(track.beats)


def test_noise_and_a_tone_have_no_beat() -> None:
    noise = np.random.default_rng(3).standard_normal(10 * RATE).astype(np.float32) * 0.1
    assert track_beats(noise) is None
    assert track_beats(np.sin(np.arange(5 * RATE) * 0.06).astype(np.float32)) is None


def test_sections_begin_where_the_sound_changes_and_share_letters_where_it_returns() -> None:
    beat = 0.5
    time = np.arange(round(32 * beat * RATE)) / RATE  # 8 bars

    def stretch(low: float, high: float, level: float) -> np.ndarray:
        pulse = np.exp(-8 * (time % beat))
        return level * pulse * (np.sin(2 * np.pi * low * time) + 0.5 * np.sin(2 * np.pi * high * time))

    quiet, loud = stretch(220, 1100, 0.1), stretch(110, 3300, 0.4)
    sound = np.concatenate([quiet, loud, quiet, loud]).astype(np.float32)
    seconds = len(sound) / RATE
    sections = find_sections(timbre_of(sound), np.arange(0, seconds - 0.01, beat), 4, seconds)
    assert [section.start for section in sections] == pytest.approx([0, 16, 32, 48], abs=0.05)
    assert sections[-1].end == pytest.approx(seconds)
    assert [section.letter for section in sections] == ["A", "B", "A", "B"]
    assert [section.name for section in sections] == ["verse", "chorus"] * 2


def test_names_of_sections_follow_one_another_as_in_songs() -> None:
    song = [(0, -38, 4), (1, -31, 8), (2, -28, 8), (1, -31, 8), (2, -28, 8), (3, -32, 4), (2, -28, 8), (0, -38, 4)]
    assert likely_names(*zip(*song, strict=True)) == [
        "intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro",
    ]  # fmt: skip
    club = [(0, -54, 6), (1, -36, 22), (0, -52, 5), (2, -34, 28), (3, -47, 20)]
    assert likely_names(*zip(*club, strict=True)) == ["intro", "verse", "break", "chorus", "outro"]
    assert likely_names([0, 1, 0, 1], [-38, -28, -38, -28], [8] * 4) == ["verse", "chorus"] * 2


def test_a_short_sound_is_one_section() -> None:
    sound = np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32)
    (section,) = find_sections(timbre_of(sound), np.zeros(0), 4, 3.0)
    assert (section.start, section.end, section.name) == (0.0, 3.0, "whole")


def test_timbre_has_the_levels_and_the_pitch_class_of_a_tone() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE).astype(np.float32)
    timbre = timbre_of(tone)
    assert len(timbre.levels) == 2 * RATE // 512 + 1
    assert pytest.approx(43.07, abs=0.01) == FRAME_RATE
    assert int(timbre.chroma[20:60].sum(axis=0).argmax()) == 9
    assert float(timbre.levels.max()) == 0.0
    assert float(timbre.gains[5:-5].max()) < 0.2


def test_words_follow_from_the_weights() -> None:
    sound = np.random.default_rng(2).standard_normal(11 * RATE).astype(np.float32)
    features = word_features(timbre_of(sound))
    size = features.shape[1]
    weights = np.zeros((size + 1, 5))
    weights[-1] = [2.0, -2.0, 0.0, np.log(3.0), 5.0]
    words = ("drums", "piano", "sad", "happy", "rock")
    kinds = ("instrument", "instrument", "mood", "mood", "genre")
    heard = find_words(timbre_of(sound), WordModel(weights, np.zeros(size), np.ones(size), words, kinds))
    assert [(each.word, each.kind) for each in heard] == [("drums", "instrument"), ("happy", "mood"), ("rock", "genre")]
    assert [each.confidence for each in heard] == pytest.approx([1 / (1 + np.exp(-2)), 0.75, 1.0])


def test_a_whole_sound_is_heard() -> None:
    sound, beats = _played(lambda time: 0 * time + 96.0, 24.0)
    shares: list[float] = []
    record = hear(Audio(sound[:, None], RATE), progress=lambda share, _: shares.append(share)).to_json()
    assert record["tempo"] == pytest.approx(96.0, rel=1e-3)
    assert _agreement(np.array(record["downbeats"]), beats[::4], 0.05) > 0.9
    assert record["key"] in ("A minor", "C major")
    assert [chord["symbol"] for chord in record["chords"]][:4] == ["Am", "F", "C", "G"]
    assert record["sections"][0]["start"] == 0
    assert {word["kind"] for word in record["words"]} >= {"mood", "genre"}
    assert shares == sorted(shares)


def test_silence_and_snippets_are_a_sentence() -> None:
    for sound in (np.zeros((3 * RATE, 2), np.float32), np.ones((100, 1), np.float32)):
        with pytest.raises(EngineError, match=r"nothing to be heard in it\.$"):
            hear(Audio(sound, RATE))


def test_a_sound_is_listened_to_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "cache"))
    file, calls = tmp_path / "sound", []

    def listen() -> dict[str, object]:
        calls.append(1)
        return {"tempo": float(len(calls))}

    file.write_bytes(b"one")
    assert cached(file, "4", listen) == cached(file, "4", listen) == {"tempo": 1.0}
    assert cached(file, "3", listen) == {"tempo": 2.0}
    file.write_bytes(b"two")
    assert cached(file, "4", listen) == {"tempo": 3.0}
    for entry in (tmp_path / "cache" / "hearing").iterdir():
        entry.write_text("{damaged", "utf-8")
    assert cached(file, "4", listen) == {"tempo": 4.0}
