"""Parts that are played along with a sound or with notes: what is heard there becomes a wish."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.analysis.chords import SoundingChord, chords_of_notes, find_chords, key_of_chords
from engine.analysis.grid import Grid, find_grid
from engine.audio import Audio, resample
from engine.compose.midi_file import MidiFile, kept_parts, playable
from engine.compose.performance import accompanied
from engine.compose.piece import RATE, GivenSound, Performance
from engine.compose.render import TAIL
from engine.compose.wish import MAX_BARS, KeptPart, SectionWish, Wish, felt_tempo
from engine.errors import EngineError
from engine.music.chords import Chord
from engine.timing.signature import COMMON_TIME, Signature

GIVEN = "given"
"""The name of the part that is accompanied."""
DEFAULT_ROLES = ("drums", "bass")
"""Who plays along where nothing else is said."""
USUAL_ROLES = ("drums", "bass", "chords")
"""Who plays where a piece is composed around a sound."""
_STRETCH = 8  # bars of a section
_LEAN = 1.2
"""How much likelier a tempo counts than its half, in logarithms, where parts are played along with a sound.

What has no drums yet is often heard at half its tempo: on 52 held-out pieces this lean makes the true tempos likeliest.
Beats that are twice as quick as meant also fall on every beat, those that are half as quick miss every second one.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What was heard in a sound: its beats and bars, and its chords."""

    grid: Grid
    signature: Signature
    chords: tuple[SoundingChord, ...]

    @property
    def origin(self) -> float:
        """S from the sound's start to a bar line with which a piece begins: the first one, or that before the sound."""
        return self.grid.start if self.grid.start < self.grid.beat / 2 else self.grid.start - self.grid.bar

    def bars(self, seconds: float) -> int:
        """Bars from `origin` on that so many s of the sound take."""
        return max(1, math.ceil((seconds - self.origin) / self.grid.bar - 0.05))


def listen(audio: Audio, *, tempo: float | None = None, signature: Signature | None = None) -> Setting:
    """Hears what has to be known of a sound in order to play along with it.

    Args:
        audio: the sound.
        tempo: felt beats a minute, where they are known.
        signature: heard if it is not known.

    Raises:
        EngineError: it is silent, too short, or has no steady beat.
    """
    if not len(audio.samples) or not float(np.abs(audio.samples).max()) > 0:
        raise EngineError("This sound is silent: there is nothing to play along with.")
    beats = max(1, round(float(signature.bar) / _beat(signature))) if signature else None
    grid = find_grid(audio, beats=beats, tempo=tempo, lean=_LEAN)
    if grid is None:
        raise EngineError(
            "No steady beat is heard in this sound, so nothing can be played along with it: name its tempo (--tempo)."
        )
    heard_signature = Signature(3 * grid.beats, 8) if grid.compound else Signature(grid.beats, 4)
    return Setting(grid, signature or heard_signature, find_chords(audio, grid))


def along_sound(
    wish: Wish, audio: Audio, bars: int | None = None, check: Callable[[], None] | None = None
) -> tuple[Performance, list[str]]:
    """Composes and plays parts to a sound, whose stem is the first; and what has to be said.

    Args:
        wish: what is wished for; its tempo and time signature, where they are known, are the sound's.
        audio: the sound.
        bars: from its first bar on; all that it has if None.
        check: raises where the user cancelled.

    Raises:
        EngineError: it is silent, has no steady beat, or too many bars.
    """
    setting = listen(audio, tempo=wish.tempo, signature=wish.signature)
    seconds = len(audio.samples) / audio.rate
    fitted = wish_for(wish, setting, seconds, bars)
    frames = round(seconds * RATE)
    if bars is not None:
        frames = round((setting.grid.start + bars * setting.grid.bar + TAIL) * RATE)
    notices = []
    if setting.origin < -1e-3:
        notices.append(f"The first bar of song.mid begins {-setting.origin:.3f} s before the file.")
    elif setting.origin > 1e-3:
        notices.append(f"The first bar of song.mid begins {setting.origin:.3f} s into the file.")
    return accompanied(fitted, given_sound(audio, setting, frames), check=check), notices


def wish_for(wish: Wish, setting: Setting, seconds: float, bars: int | None = None) -> Wish:
    """The wish for parts that fit a sound of so many s: in its tempo, key and chords, beside what is kept already.

    Raises:
        EngineError: the sound has too many bars.
    """
    count = bars + (setting.origin < -1e-6) if bars is not None else setting.bars(seconds)
    if count > MAX_BARS:
        raise EngineError(f"This sound has {count} bars: accompany at most {MAX_BARS} at once (--bars).")
    chords = _placed(setting, count)
    part = KeptPart(GIVEN, GIVEN, "", (), chords)
    return replace(
        _filled(wish, count),
        tempo=setting.grid.tempo,
        signature=setting.signature,
        key=wish.key or key_of_chords(setting.chords),
        chords=(),
        keep=(*wish.keep, part),
    )


def chords_from_start(chords: Sequence[SoundingChord], grid: Grid, seconds: float) -> tuple[Chord, ...]:
    """Chords in quarter notes from the sound's start on, which counts as a bar line; beats count as quarter notes."""
    placed = [(float(round(each.start / grid.beat)), each.chord) for each in chords]
    return _without_gaps(placed, max(1.0, float(round(seconds / grid.beat))))


def given_sound(audio: Audio, setting: Setting, frames: int) -> GivenSound:
    """The sound at `RATE` in stereo, with exactly so many frames."""
    samples = np.asarray(audio.samples, np.float32)
    samples = samples if samples.shape[1] == 2 else np.repeat(samples.mean(axis=1, keepdims=True), 2, axis=1)
    samples = resample(np.ascontiguousarray(samples), audio.rate, RATE)[:frames]
    samples = np.pad(samples, ((0, frames - len(samples)), (0, 0)))
    return GivenSound(GIVEN, np.ascontiguousarray(samples.T), round(setting.origin * RATE))


def wish_with_notes(wish: Wish, file: MidiFile, bars: int | None = None) -> tuple[Wish, list[str]]:
    """The wish for parts that fit the notes of a MIDI file, which are kept; and what has to be said.

    Raises:
        EngineError: it has no notes, or too many bars.
    """
    parts = kept_parts(file)
    if not parts:
        raise EngineError("This MIDI file has no notes: there is nothing to play along with.")
    notices = []
    signature = wish.signature or playable(file.signature)
    if signature is None:
        notices.append(f"The file is in {file.signature}, which the composer does not write in: it takes 4/4.")
        signature = COMMON_TIME
    bar = float(signature.bar)
    last = max(note.start for part in parts for note in part.notes)
    count = bars or max(1, int((last + 1e-6) // bar) + 1)
    if count > MAX_BARS:
        raise EngineError(f"This file has {count} bars: accompany at most {MAX_BARS} at once (--bars).")
    pitched = [note for part in parts if part.role not in ("drums", "percussion") for note in part.notes]
    if pitched:
        harmony = chords_of_notes(pitched, bar, 60.0, _beat(signature))
        chords = _without_gaps([(each.start, each.chord) for each in harmony], count * bar)
        parts = tuple(replace(part, chords=chords if number == 0 else ()) for number, part in enumerate(parts))
        wish = replace(wish, key=wish.key or key_of_chords(harmony))
    tempo = wish.tempo or round(felt_tempo(file.tempo, signature), 3)
    return replace(_filled(wish, count), tempo=tempo, signature=signature, chords=(), keep=parts), notices


def _filled(wish: Wish, bars: int) -> Wish:
    """The wish with sections in which everybody plays, of so many bars in all."""
    sections = []
    for first in range(0, bars, _STRETCH):
        name, density = ("verse", 0.75) if first // _STRETCH % 2 == 0 else ("chorus", 0.95)
        sections.append(SectionWish(name, min(_STRETCH, bars - first), density))
    return replace(
        wish, sections=tuple(sections), bars=None, roles=wish.roles or (() if wish.instruments else DEFAULT_ROLES)
    )


def _beat(signature: Signature) -> float:
    """Quarter notes of a felt beat."""
    return 1 / felt_tempo(1.0, signature)


def _placed(setting: Setting, bars: int) -> tuple[Chord, ...]:
    """The chords in quarter notes from the first bar of so many on."""
    beat = _beat(setting.signature)
    placed = [
        (round((each.start - setting.origin) / setting.grid.beat) * beat, each.chord)
        for each in setting.chords
        if each.start - setting.origin < (bars * setting.grid.beats - 0.5) * setting.grid.beat
    ]
    return _without_gaps(placed, bars * float(setting.signature.bar))


def _without_gaps(placed: Sequence[tuple[float, Chord]], end: float) -> tuple[Chord, ...]:
    """Chords from given places (quarter notes) on, each until the next, from 0 to `end`."""
    placed = [each for each in placed if each[0] < end - 1e-6]
    if not placed:
        return ()
    starts = [0.0, *(max(start, 0.0) for start, _ in placed[1:])]
    ends = [*starts[1:], end]
    return tuple(
        replace(chord, start=start, length=after - start)
        for start, after, (_, chord) in zip(starts, ends, placed, strict=True)
        if after > start + 1e-6
    )
