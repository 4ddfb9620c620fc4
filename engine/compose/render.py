"""Plays a score: every part dry, through its effects, into a mix that is the sum of its stems.

A whole piece or any stretch of it can be played. A stretch begins `PREROLL` seconds early and throws them away, so that
what still rings is there; it has exactly the notes of the whole, at exactly the same frames, but its loudness is set by
itself and it may differ a little where a sound rings for longer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.compose import drums, effects, synth
from engine.compose.score import Part, Score
from engine.compose.soundfont import Event, find_soundfont, open_soundfont
from engine.loudness import integrated_loudness

PREROLL = 1.5
TAIL = 2.0
"""Seconds after the last bar, in which everything dies away."""
_CEILING = 0.94


@dataclass(frozen=True)
class Rendering:
    """Sound of a score. Arrays are float32 (channels, frames)."""

    rate: int
    first: int  # frame of the piece at which it begins
    mix: np.ndarray
    stems: dict[str, np.ndarray] = field(default_factory=dict)  # by part name; empty if they were not asked for


def render(
    score: Score,
    *,
    rate: int = 48000,
    channels: int = 2,
    first: int = 0,
    frames: int | None = None,
    stems: bool = True,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Rendering:
    """Plays `score`.

    Args:
        score: what to play.
        rate: sampling rate in Hz.
        channels: 1 or 2.
        first: frame of the piece at which to begin.
        frames: how many frames to play; the rest of the piece and its reverberation if None.
        stems: also keep each part; mix is their sum up to rounding.
        soundfont: the SoundFont file, if not the one that `find_soundfont` finds.
        check: called before each part; may raise, to stop.

    Raises:
        ModelError: a part needs a SoundFont and there is none.
    """
    whole = frames is None
    if frames is None:
        frames = max(1, score.frame(score.length, rate) + int(TAIL * rate) - first)
    early = min(first, int(PREROLL * rate))
    begin, total = first - early, frames + early
    kicks = [e[0] for part in score.parts if part.role == "drums" for e in _events(part, score, rate, begin, total)
             if e[2] in (35, 36)]  # fmt: skip
    kept: dict[str, np.ndarray] = {}
    mix = np.zeros((channels, total), np.float32)
    send = np.zeros(total, np.float32)
    for part in score.parts:
        if check:
            check()
        events = _events(part, score, rate, begin, total)
        if not events:
            if stems:
                kept[part.name] = np.zeros((channels, frames), np.float32)
            continue
        placed, wet = _strip(part, score, _dry(part, events, total, rate, soundfont), kicks, rate, channels)
        if stems:
            if wet is not None:
                placed = placed + effects.reverberate(wet, score.reverb_seconds, rate, channels)
            kept[part.name] = placed[:, early:]
        elif wet is not None:
            send += wet
        mix += placed
    if not stems and send.any():
        mix += effects.reverberate(send, score.reverb_seconds, rate, channels)
    mix = mix[:, early:]
    curve = effects.compression(mix, score.glue, rate)
    mix *= curve
    target = score.loudness + (0.0 if whole else _relative_level(score, first / rate, frames / rate))
    # one channel is as loud as two that are equal
    measured = integrated_loudness(mix.T, rate) + (3.01 if channels == 1 else 0.0)
    gain = np.float32(10 ** (min(target - measured, 40.0) / 20)) if math.isfinite(measured) else np.float32(1)
    limit = effects.limiting(mix * gain, _CEILING, rate)
    mix *= gain * limit
    for stem in kept.values():
        stem *= curve * gain * limit
    return Rendering(rate, first, mix, kept)


def _events(part: Part, score: Score, rate: int, begin: int, total: int) -> list[Event]:
    """The part's notes that sound in `total` frames from `begin`, counted from there, sorted."""
    scale = score.quarter_seconds * rate
    end = (begin + total) / scale
    ringing = begin / scale
    result = []
    for start, length, pitch, velocity in part.notes:
        if start >= end:
            break
        if start + length <= ringing and start < ringing:
            continue
        frame = round(start * scale) - begin
        stop = max(frame + 1, round((start + length) * scale) - begin)
        if stop > 0:
            result.append((max(frame, 0), stop, pitch, velocity))
    result.sort()
    return result


def _dry(part: Part, events: list[Event], frames: int, rate: int, soundfont: str | Path | None) -> np.ndarray:
    if part.program is not None:
        font = open_soundfont(find_soundfont(soundfont))
        return effects.without_offset(font.play(events, part.program, part.drums, frames, rate), rate)
    return (drums.play if part.drums else synth.play)(part.patch, events, frames, rate)


def _strip(
    part: Part, score: Score, x: np.ndarray, kicks: list[int], rate: int, channels: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """A part's channel strip: what goes to the mix (channels, frames), and what goes to the room (frames,) or None."""
    x = effects.saturate(x * np.float32(10 ** (part.trim_db / 20)), part.drive)
    x = effects.tilt(x, part.tilt_db, rate)
    x = effects.chorus(x, part.chorus, rate)
    if part.echo:
        delay = round(0.75 * score.quarter_seconds * rate)
        x = x + np.float32(part.echo) * effects.echo(x, delay, 0.55)
    if part.duck and kicks:
        x = x * effects.ducking(kicks, part.duck, len(x), rate, 0.8 * score.quarter_seconds)
    x = x * np.float32(10 ** (part.level_db / 20))
    wet = x * np.float32(part.room) if part.room > 0.01 else None
    if channels == 1:
        return x[None], wet
    angle = (part.pan + 1) * np.pi / 4
    sides = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(np.sqrt(2))
    return sides * x, wet


def _relative_level(score: Score, start: float, seconds: float) -> float:
    """How much louder than the whole piece a stretch should be, in dB, by its notes."""
    scale = score.quarter_seconds
    first, last = start / scale, (start + seconds) / scale
    here = everywhere = 0.0
    for part in score.parts:
        weight = 10 ** (part.level_db / 10)
        for note in part.notes:
            force = weight * note.velocity**2 * (0.3 if part.drums else min(note.length, 4.0))
            everywhere += force
            if first <= note.start < last:
                here += force
    share = here / max(last - first, 1e-6) / max(everywhere / score.length, 1e-9)
    return float(np.clip(10 * np.log10(max(share, 1e-3)), -7.0, 2.0))
