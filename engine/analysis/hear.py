"""Everything that is heard in a sound of which nothing is known: tempo, beats, bars, key, chords, sections, words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.analysis.beat_tracking import BeatTrack, track_beats
from engine.analysis.chords import SoundingChord, chords_between, key_of_chords
from engine.analysis.key import find_key
from engine.analysis.sections import HeardSection, find_sections
from engine.analysis.sound import RATE, mono
from engine.analysis.timbre import timbre_of
from engine.analysis.tones import SILENT
from engine.analysis.words import HeardWord, find_words
from engine.audio import Audio
from engine.errors import EngineError

VERSION = 5
"""Of what is heard: what an older version heard is heard again."""

_SHORTEST = 0.5  # s
_BAR = 4  # beats of a bar where none are heard
_VOTES = 3  # sections that begin at the same place of a bar, from which that place is the bar's first beat


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard in a sound; times are seconds from its start.

    track: its beats and bars; None where it has none. key: its name, such as “A minor”; empty where it has no pitch.
    """

    track: BeatTrack | None
    key: str
    chords: tuple[SoundingChord, ...]
    sections: tuple[HeardSection, ...]
    words: tuple[HeardWord, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        track = self.track
        return {
            "tempo": round(track.tempo, 3) if track else None,
            "time_signature": track.signature if track else None,
            "steady": track.steady if track else None,
            "beats": [round(float(beat), 4) for beat in track.beats] if track else [],
            "downbeats": [round(float(beat), 4) for beat in track.downbeats] if track else [],
            "key": self.key,
            "chords": [chord.to_json() for chord in self.chords],
            "sections": [section.to_json() for section in self.sections],
            "words": [word.to_json() for word in self.words],
        }


def hear(
    audio: Audio, beats_per_bar: int | None = None, progress: Callable[[float, str], None] = lambda share, text: None
) -> Hearing:
    """Hears everything in a sound.

    Args:
        audio: the sound.
        beats_per_bar: felt beats of a bar, where they are known.
        progress: is told the share that is done, and what is done next; may raise where the user cancelled.

    Raises:
        EngineError: it is silent, or shorter than half a second.
    """
    if len(audio.samples) < _SHORTEST * audio.rate:
        raise EngineError("This sound is shorter than half a second: there is nothing to be heard in it.")
    if float(np.abs(audio.samples).max()) < SILENT:
        raise EngineError("This sound is silent: there is nothing to be heard in it.")
    progress(0.0, "Listening for beats")
    sound = mono(audio)
    seconds = len(sound) / RATE
    track = track_beats(sound, beats_per_bar)
    bar = track.bar if track else beats_per_bar or _BAR
    progress(0.5, "Listening for sections")
    timbre = timbre_of(sound)
    sections = find_sections(timbre, track.beats if track else np.zeros(0), bar, seconds)
    if track:
        track = _bars_at_sections(track, sections)
    progress(0.7, "Listening for chords")
    chords = chords_between(sound, track.beats if track else None, track.downbeats if track else None)
    key = find_key(Audio(sound[:, None], RATE)) or key_of_chords(chords)
    progress(0.95, "Looking for words")
    return Hearing(track, str(key) if key else "", chords, sections, find_words(timbre))


def _bars_at_sections(track: BeatTrack, sections: tuple[HeardSection, ...]) -> BeatTrack:
    """The track with bars that begin where most sections do."""
    places = [int(np.abs(track.beats - section.start).argmin()) % track.bar for section in sections[1:]]
    if len(places) < _VOTES:
        return track
    counts = np.bincount(places, minlength=track.bar)
    if counts.max() < max(_VOTES, 2 * len(places) / 3):
        return track
    return replace(track, downbeats=track.beats[int(counts.argmax()) :: track.bar])
