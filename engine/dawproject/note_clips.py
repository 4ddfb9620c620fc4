"""Notes in a DAWproject file: each turn of a loop written out, with the curves of controllers beside them."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from engine.project.model import Clip, NoteContent, NoteEvent, Project
from engine.project.turns import notes_of, turns_of

_CONTROLLERS = (("modulation", 1, 1.0), ("sustain", 64, 1.0), ("expression", 11, 0.5))
"""Curves of notes, the MIDI controllers that they are, and the power of their value that a controller has."""


def write_notes(element: Element, p: Project, clip: Clip, new_id: Callable[[], str]) -> None:
    """Puts what `clip`, a clip of notes, plays into its `element`; times are beats from the clip's start."""
    content = clip.content
    assert isinstance(content, NoteContent)
    begin = p.clock.beats(clip.position)
    curves = [each for each in _CONTROLLERS if getattr(content, each[0])]
    parent = element
    if curves or content.bend:
        parent = SubElement(element, "Lanes", id=new_id(), timeUnit="beats")
    notes = SubElement(parent, "Notes", id=new_id(), timeUnit="beats")
    for note in notes_of(p, clip):
        _note(notes, note, begin)
    turns = list(turns_of(p, clip)) if parent is not element else []

    def points(unit: str, target: dict[str, str], curve: Sequence[tuple[float, float]], shape: str) -> None:
        lane = SubElement(parent, "Points", id=new_id(), timeUnit="beats", unit=unit)
        SubElement(lane, "Target", target)
        for beat, value in _in_turns(curve, turns, begin):
            SubElement(lane, "RealPoint", time=number(beat), value=number(value), interpolation=shape)

    if content.bend:
        bends = [(point.beat, point.semitones) for point in content.bend]
        points("semitones", {"expression": "transpose"}, bends, "hold")
    for name, controller, power in curves:
        values = [(point.beat, point.value**power) for point in getattr(content, name)]
        target = {"expression": "channelController", "channel": "0", "controller": str(controller)}
        points("normalized", target, values, "hold" if name == "sustain" else "linear")


def _note(notes: Element, note: NoteEvent, begin: Fraction) -> None:
    velocity = number(note.velocity / 127)
    SubElement(
        notes,
        "Note",
        time=number(max(float(note.start - begin) + note.offset, 0.0)),
        duration=number(note.length),
        channel="0",
        key=str(note.pitch),
        vel=velocity,
        rel=velocity,
    )


def _in_turns(
    points: Sequence[tuple[float, float]], turns: Iterable[tuple[Fraction, Fraction, Fraction]], begin: Fraction
) -> Iterable[tuple[float, float]]:
    """The points of a curve in every turn of its clip's loop, in beats of the clip."""
    for origin, first, last in turns:
        for beat, value in points:
            place = float(origin) + beat
            if place < last:
                yield max(place, float(first)) - float(begin), value


def number(value: float | Fraction) -> str:
    """A number as XML Schema's double: whole ones without a point."""
    return repr(int(value)) if value == int(value) else repr(float(value))
