"""Recordings: keys to notes, rounds to takes, nothing lost, doubled or left hanging."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.playback.midi_events import MidiEvent
from engine.playback.recorded_notes import TICKS, Span, content_of, merged, rounds_played
from engine.project.model import BendPoint, ControlPoint, NoteContent, NoteEvent
from engine.timing.clock import Clock

RATE = 48000
BEAT = 24000
CLOCK = Clock.steady(RATE, Fraction(120))
ZERO = Fraction(0)


def event(frame: float, status: int, first: int, second: int, time: float | None = None) -> MidiEvent:
    return MidiEvent(frame / RATE if time is None else time, "keys", status, first, second, frame, True)


def on(frame: float, pitch: int, velocity: int = 100, time: float | None = None) -> MidiEvent:
    return event(frame, 0x90, pitch, velocity, time)


def off(frame: float, pitch: int, time: float | None = None) -> MidiEvent:
    return event(frame, 0x80, pitch, 0, time)


def test_notes_lie_within_a_millisecond_of_what_was_played() -> None:
    chance = random.Random(2)
    times = sorted(chance.random() * 30 for _ in range(200))
    events = []
    for number, time in enumerate(times):
        events += [on(time * RATE, number % 128), off(time * RATE + 1000, number % 128)]
    events.sort(key=lambda each: each.frame)
    span = Span(0, 40 * RATE)
    (only,) = rounds_played(events, span, CLOCK)
    notes = content_of(only, span, ZERO, CLOCK).notes
    assert len(notes) == 200
    for note, time in zip(notes, times, strict=True):
        assert abs(float(note.start) * 0.5 - time) < 0.001  # a beat lasts half a second


def test_rounds_of_a_loop_are_takes_and_held_notes_end_with_their_round() -> None:
    """Two bars' loop; round 0 has a note, round 1 none, round 2 one that is held into round 3."""
    length, span = 4 * BEAT, Span(BEAT, 5 * BEAT, rounds=True)
    events = [
        on(2 * BEAT, 60, time=10.0),
        off(3 * BEAT, 60, time=10.5),
        event(4 * BEAT, 0xB0, 64, 127, time=11.0),
        on(4.5 * BEAT, 62, time=10.0 + (2.5 * BEAT + 2 * length) / RATE),
        off(1.5 * BEAT, 62, time=10.0 + (-0.5 * BEAT + 3 * length) / RATE),
        on(2.0 * BEAT, 64, time=10.0 + 3 * length / RATE),
    ]
    rounds = rounds_played(events, span, CLOCK)
    contents = [content_of(each, span, Fraction(1), CLOCK) for each in rounds]
    assert [[(n.start, n.length, n.pitch) for n in each.notes] for each in contents] == [
        [(1, 1, 60)],
        [(Fraction(7, 2), Fraction(1, 2), 62)],
        [(1, 3, 64)],
    ]
    assert contents[0].sustain == (ControlPoint(3.0, 1.0),)
    assert contents[1].sustain == (ControlPoint(0.0, 1.0),)  # the pedal was still down


def test_curves_of_the_wheel_the_pedal_and_controllers() -> None:
    events = [
        on(0, 60),
        event(BEAT, 0xE0, 0x7F, 0x7F),
        event(2 * BEAT, 0xE0, 0, 0x40),
        event(BEAT, 0xB0, 1, 127),
        event(BEAT, 0xB0, 64, 127),
        event(2 * BEAT, 0xB0, 64, 0),
        event(BEAT, 0xB0, 11, 64),
        event(BEAT, 0xB0, 20, 5),
        off(3 * BEAT, 60),
    ]
    content = content_of(events, Span(0, 8 * BEAT), ZERO, CLOCK)
    assert content.bend == (BendPoint(1.0, 2.0), BendPoint(2.0, 0.0))
    assert content.modulation == (ControlPoint(1.0, 1.0),)
    assert content.sustain == (ControlPoint(1.0, 1.0), ControlPoint(2.0, 0.0))
    assert content.expression == (ControlPoint(1.0, pytest.approx((64 / 127) ** 2)),)


def test_a_note_a_little_early_is_on_the_first_beat_and_the_count_in_is_not_recorded() -> None:
    span = Span(4 * BEAT, 12 * BEAT)
    events = [on(2 * BEAT, 50), off(3 * BEAT, 50), on(4 * BEAT - 3000, 60), off(5 * BEAT, 60), on(6 * BEAT, 61)]
    (only,) = rounds_played(events, span, CLOCK)
    notes = content_of(only, span, Fraction(4), CLOCK).notes
    assert [(n.start, n.length, n.pitch) for n in notes] == [(0, 1, 60), (2, 6, 61)]


def test_nothing_was_played() -> None:
    assert rounds_played([], Span(0, BEAT), CLOCK) == []
    assert rounds_played([event(0, 0xB0, 1, 5)], Span(0, BEAT, True), CLOCK) == []


def test_overdubbing_keeps_what_was_there() -> None:
    old = NoteContent(
        (NoteEvent(ZERO, Fraction(1), 60),),
        modulation=(ControlPoint(0.0, 0.1), ControlPoint(2.0, 0.2), ControlPoint(5.0, 0.3)),
    )
    new = NoteContent(
        (NoteEvent(Fraction(1), Fraction(1), 64),), modulation=(ControlPoint(1.0, 0.9), ControlPoint(3.0, 0.8))
    )
    both = merged(old, new)
    assert both.notes == old.notes + new.notes
    assert [(point.beat, point.value) for point in both.modulation] == [(0.0, 0.1), (1.0, 0.9), (3.0, 0.8), (5.0, 0.3)]


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.integers(0, 4 * BEAT)), max_size=60), st.booleans())
def test_every_key_that_went_down_is_one_note_inside_its_round(keys: list[tuple[int, bool, int]], loops: bool) -> None:
    """Whatever the order of keys: as many notes as strokes, none longer than the round, none on top of itself."""
    span = Span(0, 8 * BEAT, loops)
    events, frame = [], 0
    for pitch, down, step in keys:
        frame += step
        place = frame % (8 * BEAT) if loops else frame
        events.append(on(place, pitch, time=frame / RATE) if down else off(place, pitch, time=frame / RATE))
    strokes = sum(each.starts and (loops or each.frame < span.last) for each in events)
    contents = [content_of(each, span, ZERO, CLOCK) for each in rounds_played(events, span, CLOCK)]
    notes = [note for content in contents for note in content.notes]
    assert len(notes) == strokes
    for content in contents:
        for index, note in enumerate(content.notes):
            assert note.start >= 0
            assert note.end <= 8 + Fraction(1, TICKS)
            later = [n for n in content.notes[index + 1 :] if n.pitch == note.pitch]
            assert all(note.end <= n.start + Fraction(1, TICKS) for n in later)
