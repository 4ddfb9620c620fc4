"""Plays notes with a General MIDI SoundFont, in this process, through TinySoundFont."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import soxr

from engine.compose.attack import MEASURED, SHARPENED, sharpening
from engine.compose.soundfont_file import check_soundfont
from engine.errors import ModelError
from engine.music.general_midi import BEND_RANGE
from engine.paths import SOUNDFONT_VARIABLE, resources
from engine.safe_files import fingerprint

BUNDLED = "FluidR3Mono_GM.sf3"
_VOICES = 128
_OVERSAMPLED_BELOW = 32000  # SoundFonts are sampled at 44.1 kHz; below this they are played at twice the rate
_SILENCE = 2e-5  # of full scale, below which a tail has ended
_TAIL = 6.0  # seconds after the last note's end, at most

# note: start frame, end frame, pitch, velocity
Event = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Voice:
    """Notes that share a place between the loudspeakers and a tuning."""

    events: Sequence[Event]
    pan: float = 0.0  # -1 left to 1 right
    cents: float = 0.0
    bends: Sequence[tuple[int, float]] = ()  # (frame, semitones), sorted; each holds until the next


def find_soundfont(path: str | Path | None = None) -> Path:
    """The SoundFont to play with: `path`, or what `CONTINUO_SOUNDFONT` names, or the bundled one.

    Raises:
        ModelError: there is no such file; the sentence says what to do.
    """
    named = path or os.environ.get(SOUNDFONT_VARIABLE)
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            raise ModelError(f"The SoundFont {file} does not exist; name another one in {SOUNDFONT_VARIABLE}.")
        return file
    file = resources() / "soundfonts" / BUNDLED
    if not file.is_file():
        raise ModelError(
            f"The program's SoundFont {file} is missing: install Continuo again, or name a SoundFont in "
            f"{SOUNDFONT_VARIABLE}."
        )
    return file


class SoundFont:
    """A loaded SoundFont. Any thread may play; they take turns."""

    def __init__(self, path: Path) -> None:
        try:
            from tinysoundfont import _tinysoundfont as tsf
        except ImportError as error:
            raise ModelError(
                "The composer plays SoundFonts with TinySoundFont: install it with "
                "`pip install --no-deps tinysoundfont==0.3.7`."
            ) from error
        self.path = path
        self._tsf = tsf
        check_soundfont(path)  # a damaged file could end the process that loads it
        try:
            self._font = tsf.SoundFont(str(path))
        except RuntimeError as error:
            raise ModelError(f"The file {path} is no SoundFont that can be read: {error}.") from error
        self._font.set_max_voices(_VOICES)
        self._rate = 0
        self._sharper: dict[tuple[int, int, int, int], np.ndarray | None] = {}
        self._measured: dict[tuple[int, bytes], np.ndarray | None] = {}
        self._lock = threading.Lock()  # a font has one set of sounding notes

    def play(self, voices: Sequence[Voice], program: int, drums: bool, rate: int) -> np.ndarray:
        """Plays notes on one program, until the last one has died away.

        Args:
            voices: notes in frames from the beginning; each note starts exactly on its frame.
            program: General MIDI program from 0; of the drum bank if `drums`.
            drums: whether pitches are drums.
            rate: sampling rate in Hz.

        Returns:
            float32 (2, frames), dry: a note in the middle is as loud on each side as it would be in mono.
        """
        factor = 2 if rate < _OVERSAMPLED_BELOW else 1
        with self._lock:
            gains = self._sharpenings(voices, program, rate * factor) if drums else {}
            slow = frozenset(pitch for pitch, _ in gains)
            sound = self._voices(_of(voices, lambda pitch: pitch not in slow), program, drums, rate)
            for drum in sorted(slow):
                strokes = self._voices(_of(voices, drum.__eq__), program, drums, rate)
                for start, _, pitch, velocity in (event for voice in voices for event in voice.events):
                    if (gain := gains.get((pitch, velocity))) is not None and pitch == drum:
                        strokes[start * factor : start * factor + len(gain)] *= gain[:, None]
                sound, strokes = (sound, strokes) if len(sound) >= len(strokes) else (strokes, sound)
                sound[: len(strokes)] += strokes
        sound *= np.float32(np.sqrt(2))
        if factor == 2:
            sound = soxr.resample(sound, 2 * rate, rate, quality="MQ").astype(np.float32, copy=False)
        return np.ascontiguousarray(sound.T)

    def _voices(self, voices: Sequence[Voice], program: int, drums: bool, rate: int) -> np.ndarray:
        """The sound (frames, 2) of notes, at twice the rate if that is low."""
        factor = 2 if rate < _OVERSAMPLED_BELOW else 1
        actions: list[tuple[int, int, int, int, float]] = []
        for channel, voice in enumerate(voices):
            for start, end, pitch, velocity in voice.events:
                actions.append((start * factor, 2, channel, pitch, velocity / 127.0))
                actions.append((max(end, start + 1) * factor, 0, channel, pitch, 0.0))
            actions += [(frame * factor, 1, channel, 0, bend) for frame, bend in voice.bends]
        actions.sort()
        self._select(voices, program, drums, rate * factor)
        return self._perform(actions, rate * factor)

    def _sharpenings(self, voices: Sequence[Voice], program: int, rate: int) -> dict[tuple[int, int], np.ndarray]:
        """Of strokes (pitch, velocity) whose attack is slow: the gain from their first frame on."""
        strokes = {event[2:] for voice in voices for event in voice.events if event[2] in SHARPENED}
        gains = {}
        for pitch, velocity in sorted(strokes):
            key = (program, pitch, velocity, rate)
            if key not in self._sharper:
                self._select([Voice(())], program, True, rate)
                stroke = np.zeros((int(MEASURED * rate), 2), np.float32)
                self._font.channel_note_on(0, pitch, velocity / 127.0)
                self._font.render(stroke.reshape(-1).data.cast("B"), False)
                self._sharper[key] = self._sharpening(stroke.mean(axis=1), rate)
            if (gain := self._sharper[key]) is not None:
                gains[pitch, velocity] = gain
        return gains

    def _sharpening(self, stroke: np.ndarray, rate: int) -> np.ndarray | None:
        """As `sharpening`, worked out once for strokes that differ in loudness alone."""
        alike = (rate, np.round(stroke / max(float(np.abs(stroke).max()), 1e-9), 3).tobytes())
        if alike not in self._measured:
            self._measured[alike] = sharpening(stroke, rate)
        return self._measured[alike]

    def _select(self, voices: Sequence[Voice], program: int, drums: bool, rate: int) -> None:
        font = self._font
        font.reset()  # which lets what still sounds die away quickly: that is played to nobody
        if self._rate:
            font.render(np.zeros(2 * (self._rate // 16), np.float32).data.cast("B"), False)
        if self._rate != rate:
            font.set_output(self._tsf.OutputMode.StereoInterleaved, rate, 0.0)
            self._rate = rate
        for channel, voice in enumerate(voices):
            font.channel_set_bank(channel, 128 if drums else 0)
            font.channel_set_preset_number(channel, program, drums)
            font.channel_set_pan(channel, 0.5 + 0.5 * voice.pan)
            font.channel_set_tuning(channel, voice.cents / 100)
            font.channel_set_pitch_range(channel, BEND_RANGE)
            font.channel_set_pitch_wheel(channel, 8192)

    def _perform(self, actions: list[tuple[int, int, int, int, float]], rate: int) -> np.ndarray:
        """Plays (frame, kind, channel, pitch, value), sorted, and what rings after them: (frames, 2)."""
        font = self._font
        last = actions[-1][0] if actions else 0
        out = np.zeros((last + int(_TAIL * rate), 2), np.float32)
        view = out.reshape(-1).data.cast("B")
        at = 0
        for frame, kind, channel, pitch, value in actions:
            if frame > at:
                font.render(view[8 * at : 8 * frame], False)
                at = frame
            if kind == 2:
                font.channel_note_on(channel, pitch, value)
            elif kind == 1:
                wheel = round(8192 + 8191 * min(max(value / BEND_RANGE, -1.0), 1.0))
                font.channel_set_pitch_wheel(channel, wheel)
            else:
                font.channel_note_off(channel, pitch)
        step = rate // 8
        while at + step <= len(out):
            font.render(view[8 * at : 8 * (at + step)], False)
            at += step
            if np.abs(out[at - step : at]).max() < _SILENCE:
                break
        fade = min(step, at)
        out[at - fade : at] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        return out[:at]


def _of(voices: Sequence[Voice], plays: Callable[[int], bool]) -> list[Voice]:
    """The voices with those of their notes whose pitch `plays`."""
    return [replace(voice, events=[event for event in voice.events if plays(event[2])]) for voice in voices]


_OPENING = threading.Lock()


def open_soundfont(path: Path) -> SoundFont:
    """The SoundFont at `path`, loaded once in each process (1.5 s and 300 MB for FluidR3Mono).

    It is loaded again where another file lies at `path` now. Any thread; who asks while it is loaded waits for it.
    """
    with _OPENING:
        return _open(path, fingerprint(path))


@lru_cache(maxsize=2)
def _open(path: Path, _: tuple[int, int] | None) -> SoundFont:
    return SoundFont(path)
