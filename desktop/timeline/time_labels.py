"""Positions and durations as the timeline says them."""

from fractions import Fraction

from desktop.widgets.values import MINUS, clock_text
from engine.timing.clock import Clock
from engine.timing.position import Position


def bar_text(clock: Clock, position: Position) -> str:
    """A position as the transport counts it: "5.3", "5.3.2" with the sixteenth, "5.3.2.50" with hundredths of that.

    What is a quarter of the beat is called a sixteenth in any signature.
    """
    start = clock.bar_at(position)
    hundredths = round((clock.beats(position) - start.start) / start.signature.beat * 400)
    sixteenths, rest = divmod(hundredths, 100)
    beats, sixteenth = divmod(sixteenths, 4)
    bars, beat = divmod(beats, start.signature.numerator)
    text = f"{start.number + bars}.{beat + 1}"
    if sixteenth or rest:
        text += f".{sixteenth + 1}"
    return f"{text}.{rest:02d}" if rest else text


def next_beat(clock: Clock, frame: int, sign: int) -> int:
    """The frame of the next counted beat after `frame` (`sign` 1), or before it (−1); 0 at the song's start."""
    bar = clock.bar_at(Position.at_frame(frame))
    beat = bar.signature.beat
    if sign > 0:
        index = (clock.beat_at(frame) - bar.start) // beat + 1
    else:
        index = -((bar.start - clock.beat_at(frame)) // beat) - 1
        if index < 0 and bar.number > 1:
            beat = clock.signature_at(clock.bar_start(bar.number - 1)).beat
    return clock.frame_at(max(bar.start + index * beat, Fraction(0)))


def signed_seconds(frames: int, rate: int) -> str:
    """A difference as "+0:01.500"."""
    return f"{MINUS if frames < 0 else '+'}{clock_text(abs(frames) / rate)}"


def moved_text(clock: Clock, before: Position, after: Position) -> str:
    """A move as "5.3 → 6.1 (+0:01.500)"."""
    moved = clock.frames(after) - clock.frames(before)
    return f"{bar_text(clock, before)} → {bar_text(clock, after)} ({signed_seconds(moved, clock.rate)})"


def length_text(clock: Clock, start: int, frames: int) -> str:
    """The length of `frames` from frame `start` on in the signature's beats and in time, as "2 beats (0:01.000)"."""
    beats = (clock.beat_at(start + frames) - clock.beat_at(start)) / clock.signature_at(Position.at_frame(start)).beat
    nearest = round(beats)
    written = f"{nearest}" if nearest and abs(beats - nearest) < Fraction(1, 200) else f"{float(beats):.2f}"
    return f"{written} {'beat' if written == '1' else 'beats'} ({clock_text(frames / clock.rate)})"
