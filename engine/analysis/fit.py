"""How a sound fits a song: its tempo and beats against the song's, and its key.

A `Fit` says by how much the sound has to be shifted so that its beats fall on the song's, and what the user reads about
it: “118.9 → 120.0 BPM, +12 ms”.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.analysis.beats import CLEAR, find_beats
from engine.analysis.key import CLEAR_KEY, Key, chroma, key_of
from engine.analysis.pulse import REACH
from engine.audio import Audio
from engine.timing.signature import COMMON_TIME, Signature

_EARLIEST = 1 / 8  # of a beat
MAX_STRETCH = 0.25
"""By how much of its tempo a sound may be stretched."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was heard in a sound, for a song of `tempo` (quarter notes a minute).

    measured_tempo: None where no beat was found.
    shift_frames: by how many frames (at the sound's rate) its beats come after the song's, from −⅛ to ⅞ of a beat. A
        take is lined up by starting to play that much into it; rather than silence in front, its start is left out.
    rate: Hz. beat: s between its beats. confidence: of the beat, 0 to 1.
    key, chroma: see `engine.analysis.key`.
    """

    tempo: float
    measured_tempo: float | None
    shift_frames: int
    rate: int
    beat: float
    confidence: float
    key: Key | None = None
    chroma: tuple[float, ...] | None = None

    @property
    def clear(self) -> bool:
        """Whether there is a beat that can be trusted."""
        return self.measured_tempo is not None and self.confidence >= CLEAR

    @property
    def on_tempo(self) -> bool:
        """Whether it goes at the song's tempo, or nearly."""
        return self.clear and abs(self.ratio - 1) <= REACH

    @property
    def ratio(self) -> float:
        """Its tempo over the song's: how many times as long it has to last."""
        return self.measured_tempo / self.tempo if self.measured_tempo else 1.0

    @property
    def can_stretch(self) -> bool:
        """Whether stretching it to the song's tempo makes sense."""
        return self.clear and abs(self.ratio - 1) <= MAX_STRETCH

    @property
    def text(self) -> str:
        """What was heard, and by how much its beats come after (+) or before (−) the song's."""
        if not self.clear or self.measured_tempo is None:
            return "No clear beat"
        late = round(self.shift_frames * 1000 / self.rate)
        return f"{self.measured_tempo:.1f} → {self.tempo:.1f} BPM, {'−' if late < 0 else '+'}{abs(late)} ms"

    @property
    def key_text(self) -> str:
        """Its key, or that it is not clear."""
        return str(self.key) if self.key and self.key.confidence >= CLEAR_KEY else "No clear key"

    def in_song(self, tempo: float, grid: float, rate: int | None = None) -> "Fit":
        """The same sound heard in a song of another tempo, or elsewhere in it; what was heard has to be at grid 0.

        Args:
            tempo: the song's.
            grid: s from the sound's start to any beat of the song.
            rate: Hz in which to count frames.
        """
        rate = rate or self.rate
        late = self.shift_frames / self.rate - grid
        if self.beat > 0:
            late = _wrapped(late, self.beat)
        return replace(self, tempo=tempo, shift_frames=round(late * rate), rate=rate)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, as a take's provenance keeps it."""
        return {
            "tempo": round(self.tempo, 3),
            "measured_tempo": round(self.measured_tempo, 3) if self.measured_tempo is not None else None,
            "shift_frames": self.shift_frames,
            "rate": self.rate,
            "beat": round(self.beat, 6),
            "confidence": round(self.confidence, 3),
            "key": [self.key.tonic, self.key.minor, self.key.confidence] if self.key else None,
            "chroma": [round(part, 4) for part in self.chroma] if self.chroma else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Fit | None":
        """What `to_json` gave; None where it is damaged."""
        try:
            measured, key, notes = values["measured_tempo"], values["key"], values["chroma"]
            return cls(
                float(values["tempo"]),
                float(measured) if measured is not None else None,
                int(values["shift_frames"]),
                int(values["rate"]),
                float(values["beat"]),
                float(values["confidence"]),
                Key(int(key[0]) % 12, bool(key[1]), float(key[2])) if key else None,
                tuple(float(part) for part in notes) if notes else None,
            )
        except (KeyError, TypeError, ValueError, IndexError):
            return None


def fit(audio: Audio, tempo: float, signature: Signature = COMMON_TIME, *, grid: float = 0.0) -> Fit:
    """Listens to `audio` for a song at `tempo` (quarter notes a minute).

    Needs about a twentieth of the sound's length.

    Args:
        audio: the sound.
        tempo: the song's.
        signature: the song's.
        grid: s from the sound's start to any beat of the song.
    """
    beats = find_beats(audio, tempo, signature)
    notes = chroma(audio)
    key = key_of([notes]) if notes is not None else None
    if beats is None:
        return Fit(tempo, None, 0, audio.rate, 0.0, 0.0, key, notes)
    measured = Fit(
        tempo, beats.tempo, round(beats.phase * audio.rate), audio.rate, beats.beat, beats.confidence, key, notes
    )
    return measured.in_song(tempo, grid)


def spare_frames(tempo: float, rate: int, frames: int) -> int:
    """How many frames beyond `frames` to ask a generator for, so that a shift and a stretch leave no gap at the end."""
    return round(frames * REACH + rate * 60 / tempo)


def _wrapped(late: float, beat: float) -> float:
    """`late` as a place from −⅛ to ⅞ of a beat."""
    return (late + beat * _EARLIEST) % beat - beat * _EARLIEST
