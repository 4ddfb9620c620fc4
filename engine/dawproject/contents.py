"""How a DAWproject file holds each kind of content, and what a clip read from one holds.

A kind of content that is not here is rendered into audio.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from engine.dawproject.reading import Curve, DawClip
from engine.project.model import (
    AudioContent,
    BendPoint,
    Content,
    ControlPoint,
    NoteContent,
    NoteEvent,
    Project,
    Source,
)
from engine.project.model.ranges import MAX_BEATS, NOTE_LENGTH, SEMITONES, SHARE


@dataclass(frozen=True, slots=True)
class ContentForm:
    """How one kind of content is written.

    kind: the schema's word for what it is, “audio” or “notes”. why_rendered: (song, a clip's content, its length in
    frames) → what of it has no place in the format, so that the clip is rendered; empty if all has.
    """

    kind: str
    why_rendered: Callable[[Project, Any, int], str]


def _audio(p: Project, content: AudioContent, length: int) -> str:
    source = p.sources[content.source]
    if content.derived:
        return "it is warped or transposed"
    if content.reverse:
        return "it plays backwards"
    if content.first < 0 or content.first + content.loop_length > source.frames_at(p.rate):
        return "it begins or repeats with silence"
    return ""


_FORMS: dict[type[Content], ContentForm] = {
    AudioContent: ContentForm("audio", _audio),
    NoteContent: ContentForm("notes", lambda p, content, length: ""),
}
_MODULATION, _EXPRESSION, _SUSTAIN = 1, 11, 64  # MIDI controllers
RENDERED: Final = ContentForm("audio", lambda p, content, length: "no other program knows what it holds")


def form_of(content: Content) -> ContentForm:
    """How `content` is written."""
    return _FORMS.get(type(content), RENDERED)


def file_content(clip: DawClip, source: Source, rate: int) -> Content:
    """What a clip that was read plays of `source`, in a song at `rate` Hz."""
    start = round(clip.start * rate)
    if clip.loop is None:
        return AudioContent(source.id, offset=start)
    first, last = (round(end * rate) for end in clip.loop)
    span = max(last - first, 1)
    return AudioContent(source.id, offset=first, loop_length=span, loop_phase=(start - first) % span)


def note_content(p: Project, clip: DawClip, origin: Fraction) -> Content:
    """The notes of a clip that was read from a file whose start lies at beat `origin` of the song `p`."""
    begin = origin + clip.beat
    first = p.clock.frame_at(begin)

    def frames(beats: float) -> int:
        return (
            p.clock.frame_at(begin + Fraction(beats)) - first
            if beats >= 0
            else -round(-beats * p.clock.frames_per_beat_at(first))
        )

    notes = tuple(
        NoteEvent(note.start, max(note.length, NOTE_LENGTH.low), note.key, note.velocity)
        for note in sorted(clip.notes, key=lambda note: (note.start, note.key))
        if note.start < MAX_BEATS
    )
    content = NoteContent(
        notes,
        offset=frames(clip.start),
        bend=tuple(BendPoint(beat, SEMITONES.clamp(value)) for beat, value in clip.bend),
        modulation=_curve(clip.controllers.get(_MODULATION, ()), 1.0),
        sustain=_curve(clip.controllers.get(_SUSTAIN, ()), 1.0),
        expression=_curve(clip.controllers.get(_EXPRESSION, ()), 2.0),
    )
    if clip.loop is None:
        return content
    start, end = (frames(edge) for edge in clip.loop)
    span = max(end - start, 1)
    return replace(content, offset=start, loop_length=span, loop_phase=(content.offset - start) % span)


def _curve(points: Curve, power: float) -> tuple[ControlPoint, ...]:
    return tuple(ControlPoint(beat, SHARE.clamp(value) ** power) for beat, value in points)
