"""Positions and durations as the timeline says them."""

from fractions import Fraction

from desktop.widgets.values import MINUS, clock_text
from engine.tempo import Clock, Position


def bar_text(clock: Clock, position: Position) -> str:
    """A position as "5.3", or "5.3.25" with hundredths of the beat where it is off the beat."""
    signature = clock.signature
    hundredths = round(clock.beats(position) / signature.beat * 100)
    beats, rest = divmod(hundredths, 100)
    bar, beat = divmod(beats, signature.numerator)
    return f"{bar + 1}.{beat + 1}" + (f".{rest:02d}" if rest else "")


def signed_seconds(frames: int, rate: int) -> str:
    """A difference as "+0:01.500"."""
    return f"{MINUS if frames < 0 else '+'}{clock_text(abs(frames) / rate)}"


def moved_text(clock: Clock, before: Position, after: Position) -> str:
    """A move as "5.3 → 6.1 (+0:01.500)"."""
    moved = clock.frames(after) - clock.frames(before)
    return f"{bar_text(clock, before)} → {bar_text(clock, after)} ({signed_seconds(moved, clock.rate)})"


def length_text(clock: Clock, frames: int) -> str:
    """A length in the signature's beats and in time, as "2 beats (0:01.000)"."""
    beats = clock.beats(frames) / clock.signature.beat
    nearest = round(beats)
    written = f"{nearest}" if nearest and abs(beats - nearest) < Fraction(1, 200) else f"{float(beats):.2f}"
    return f"{written} {'beat' if written == '1' else 'beats'} ({clock_text(frames / clock.rate)})"
