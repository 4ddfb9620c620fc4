"""Has a sound listened to in a process of its own for its chords and sections, and writes them into the song."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engine.analysis.beats import beats_per_bar
from engine.analysis.questions import Hear, Heard
from engine.analysis.sound import RATE, mono
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, NamedSpan, Project
from engine.timing.position import Position
from engine.timing.signature import Signature

_BEAT = Fraction(1)  # quarter notes to which chords are rounded
Span = tuple[float, float, str]
"""From and to which second of a sound something lasts, and what it is called."""


@dataclass(frozen=True, slots=True)
class HeardForm:
    """What was heard in a sound, in the order of time. chords: symbols; empty where there is none. sections: names."""

    chords: tuple[Span, ...]
    sections: tuple[Span, ...]


def hear_form(audio: Audio, signature: Signature, context: Context | None = None) -> HeardForm:
    """Which chords and sections are heard in a sound; none in silence. Any thread.

    Raises:
        EngineError: it could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for chords and sections")
    sound = np.asarray(mono(audio), np.float32)
    answers = answers_to(
        Hear(RATE, beats_per_bar(signature), sound), context, doing="Listening for chords and sections"
    )
    reply = next((answer for answer in answers if isinstance(answer, Heard)), None)
    if reply is None:
        raise EngineError("The chords could not be listened to: the log has the details.")
    return HeardForm(_spans(reply.chord_times, reply.chords), _spans(reply.section_times, reply.sections))


def with_heard_form(p: Project, clip: Clip, heard: HeardForm) -> Project:
    """The song with what was heard in a clip in its lanes of chords and sections, under the clip and nowhere else.

    Chords begin on quarter notes, sections on bars.
    """
    clock, start = p.clock, p.start_of(clip)
    first, last = clock.simple_beat_at(start), clock.simple_beat_at(start + clip.length)

    def beat(second: float) -> Fraction:
        return clock.simple_beat_at(start + round(second * p.rate))

    def on_beat(second: float) -> Fraction:
        return min(max(round(beat(second) / _BEAT) * _BEAT, first), last)

    def on_bar(second: float) -> Fraction:
        near = clock.bar_and_beat(Position.at_beat(beat(second)))[0]
        bars = [clock.beats(clock.bar_start(bar)) for bar in (near, near + 1)]
        return min(max(min(bars, key=lambda each: abs(each - beat(second))), first), last)

    spans = [(on_beat(low), on_beat(high), name) for low, high, name in heard.chords]
    p = edits.write_spans(p, "chords", _lasting(spans))
    spans = [(on_bar(low), on_bar(high), name) for low, high, name in heard.sections]
    return edits.write_spans(p, "sections", _lasting(spans))


def _spans(times: np.ndarray, names: Sequence[str]) -> tuple[Span, ...]:
    return tuple((float(low), float(high), name) for (low, high), name in zip(times, names, strict=True))


def _lasting(spans: Sequence[tuple[Fraction, Fraction, str]]) -> Iterator[NamedSpan]:
    """The spans that last, those of one name that follow one another as one."""
    joined: list[NamedSpan] = []
    for low, high, name in spans:
        if low >= high:
            continue
        if joined and joined[-1].text == name and joined[-1].end == low:
            joined[-1] = NamedSpan(joined[-1].start, high, name)
        else:
            joined.append(NamedSpan(low, high, name))
    return iter(joined)
