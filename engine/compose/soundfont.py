"""Plays parts with a General MIDI SoundFont, in this process, through TinySoundFont."""

import os
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import soxr

from engine.errors import ModelError

VARIABLE = "CONTINUO_SOUNDFONT"
"""The environment variable that names a SoundFont file (.sf2 or .sf3) to use instead of the first one found."""

_FOLDERS = (
    "/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts", "~/Library/Audio/Sounds/Banks", "~/.local/share/soundfonts",
    "~/AppData/Local/soundfonts", "C:/soundfonts",
)  # fmt: skip
_NAMES = ("FluidR3Mono_GM.sf3", "FluidR3_GM.sf3", "FluidR3_GM.sf2", "MuseScore_General.sf3", "default-GM.sf3")
_VOICES = 96
_OVERSAMPLED_BELOW = 32000  # SoundFonts are sampled at 44.1 kHz; below this they are played at twice the rate

# note: start frame, end frame, pitch, velocity
Event = tuple[int, int, int, int]


def find_soundfont(path: str | Path | None = None) -> Path:
    """The SoundFont to play with: `path`, or what `CONTINUO_SOUNDFONT` names, or the first one in the usual folders.

    Raises:
        ModelError: there is none; the sentence says how to install one.
    """
    named = path or os.environ.get(VARIABLE)
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            raise ModelError(f"The SoundFont {file} does not exist; name another one in {VARIABLE}.")
        return file
    for folder in _FOLDERS:
        for name in _NAMES:
            file = Path(folder).expanduser() / name
            if file.is_file():
                return file
    if sys.platform.startswith("linux"):
        how = "install one with `sudo apt install fluidr3mono-gm-soundfont`"
    else:
        how = f"put FluidR3Mono_GM.sf3 into {Path(_FOLDERS[5 if sys.platform == 'darwin' else 7]).expanduser()}"
    raise ModelError(f"No General MIDI SoundFont was found: {how}, or name a file in {VARIABLE}.")


class SoundFont:
    """A loaded SoundFont. Any thread may play; they take turns."""

    def __init__(self, path: Path) -> None:
        try:
            from tinysoundfont import _tinysoundfont as tsf
        except ImportError as error:
            raise ModelError(
                "The corpus plays SoundFonts with TinySoundFont: install it with "
                "`pip install --no-deps tinysoundfont==0.3.7`."
            ) from error
        self.path = path
        self._tsf = tsf
        try:
            self._font = tsf.SoundFont(str(path))
        except RuntimeError as error:
            raise ModelError(f"The file {path} is no SoundFont that can be read: {error}.") from error
        self._font.set_max_voices(_VOICES)
        self._rate = 0
        self._lock = threading.Lock()  # a font has one set of voices

    def play(self, events: Sequence[Event], program: int, drums: bool, frames: int, rate: int) -> np.ndarray:
        """Plays notes on one program.

        Args:
            events: (start, end, pitch, velocity) in frames from the beginning; each note starts exactly on its frame.
            program: General MIDI program from 0; of the drum bank if `drums`.
            drums: whether pitches are drums.
            frames: length of the result.
            rate: sampling rate in Hz.

        Returns:
            float32 (frames,), mono and dry.
        """
        factor = 2 if rate < _OVERSAMPLED_BELOW else 1
        out = np.zeros(frames * factor, np.float32)
        actions: list[tuple[int, int, int, int]] = []
        for start, end, pitch, velocity in events:
            if start < frames:
                actions.append((start * factor, 1, pitch, velocity))
                if end < frames:
                    actions.append((max(end, start + 1) * factor, 0, pitch, 0))
        actions.sort()
        with self._lock:
            self._select(program, drums, rate * factor)
            self._perform(actions, out)
        if factor == 1:
            return out
        return soxr.resample(out, rate * factor, rate, quality="MQ").astype(np.float32, copy=False)[:frames]

    def _select(self, program: int, drums: bool, rate: int) -> None:
        self._font.reset()
        if self._rate != rate:
            self._font.set_output(self._tsf.OutputMode.Mono, rate, 0.0)
            self._rate = rate
        self._font.channel_set_bank(0, 128 if drums else 0)
        self._font.channel_set_preset_number(0, program, drums)

    def _perform(self, actions: list[tuple[int, int, int, int]], out: np.ndarray) -> None:
        """Plays (frame, on, pitch, velocity), sorted, into `out`; after the last one, what rings."""
        font = self._font
        view = out.data.cast("B")
        at = 0
        for frame, on, pitch, velocity in actions:
            if frame > at:
                font.render(view[4 * at : 4 * frame], False)
                at = frame
            if on:
                font.channel_note_on(0, pitch, velocity / 127.0)
            else:
                font.channel_note_off(0, pitch)
        if actions and at < len(out):
            font.render(view[4 * at :], False)


@lru_cache(maxsize=2)
def open_soundfont(path: Path) -> SoundFont:
    """The SoundFont at `path`, loaded once in each process (1.5 s and 300 MB for FluidR3Mono)."""
    return SoundFont(path)
