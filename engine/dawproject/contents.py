"""How a DAWproject file holds each kind of content, and what a clip read from one holds.

A kind of content that is not here is rendered into audio.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from engine.dawproject.reading import Curve, DawClip, exact_beat
from engine.project.model import (
    AudioContent,
    BendPoint,
    Clip,
    Content,
    ControlPoint,
    NoteContent,
    NoteEvent,
    Project,
    Source,
    WarpMarker,
)
from engine.project.model.ranges import MAX_BEATS, NOTE_LENGTH, SEMITONES, SHARE
from engine.project.model.warp import MAX_MARKERS, beat_of_frame


@dataclass(frozen=True, slots=True)
class ContentForm:
    """How one kind of content is written.

    kind: the schema's word for what it is, “audio” or “notes”. why_rendered: (song, a clip with it) → what of it has no
    place in the format, so that the clip is rendered; empty if all has.
    """

    kind: str
    why_rendered: Callable[[Project, Clip], str]


def _audio(p: Project, clip: Clip) -> str:
    content = clip.content
    assert isinstance(content, AudioContent)
    source = p.sources[content.source]
    if content.semitones:
        return "it is transposed"
    if content.reverse:
        return "it plays backwards"
    frames = source.frames_at(p.rate)
    if window := warp_window(p, clip):
        fits = window.fits(frames)
    else:
        fits = content.first >= 0 and content.first + content.loop_length <= frames
    return "" if fits else "it begins or repeats with silence"


@dataclass(frozen=True, slots=True)
class WarpWindow:
    """What a warped clip plays, in beats from the first frame of its sound. loop: (start, end) of what it repeats."""

    start: Fraction
    loop: tuple[Fraction, Fraction] | None
    markers: tuple[WarpMarker, ...]

    def fits(self, frames: int) -> bool:
        """Whether all that it repeats lies in a sound of `frames` frames."""
        return self.start >= 0 and (self.loop is None or self.loop[1] <= beat_of_frame(self.markers, frames))


def warp_window(p: Project, clip: Clip) -> WarpWindow | None:
    """What `clip` plays, if it follows the tempo and holds audio."""
    content, clock, start = clip.content, p.clock, p.start_of(clip)
    if not isinstance(content, AudioContent) or not content.warp:
        return None
    origin = start - content.first - content.loop_phase
    first = clock.simple_beat_at(origin)

    def beat(frame: int) -> Fraction:
        return clock.simple_beat_at(origin + frame) - first

    loop = (beat(content.first), beat(content.first + content.loop_length)) if content.loop_length else None
    return WarpWindow(clock.simple_beat_at(start) - first, loop, content.markers)


_FORMS: dict[type[Content], ContentForm] = {
    AudioContent: ContentForm("audio", _audio),
    NoteContent: ContentForm("notes", lambda p, clip: ""),
}
_MODULATION, _EXPRESSION, _SUSTAIN = 1, 11, 64  # MIDI controllers
RENDERED: Final = ContentForm("audio", lambda p, clip: "no other program knows what it holds")


def form_of(content: Content) -> ContentForm:
    """How `content` is written."""
    return _FORMS.get(type(content), RENDERED)


def file_content(p: Project, clip: DawClip, source: Source, origin: Fraction) -> Content:
    """What a clip that was read plays of `source`, from a file whose start lies at beat `origin` of the song `p`."""
    rate = p.rate
    if clip.warps and (markers := _markers(clip.warps, rate)):
        return _warped(p, clip, source, origin, markers)
    start = round(clip.start * rate)
    if clip.loop is None:
        return AudioContent(source.id, offset=start)
    first, last = (round(end * rate) for end in clip.loop)
    span = max(last - first, 1)
    return AudioContent(source.id, offset=first, loop_length=span, loop_phase=(start - first) % span)


def _markers(warps: Sequence[tuple[float, float]], rate: int) -> tuple[WarpMarker, ...]:
    """Markers at (beat, second) of a sound, the first of them at its first frame; empty where they are none."""
    markers = [WarpMarker(0, Fraction(0))]
    for beat, second in warps:
        frame, place = round(second * rate), exact_beat(beat)
        if frame > markers[-1].frame and place > markers[-1].beat and len(markers) < MAX_MARKERS:
            markers.append(WarpMarker(frame, place))
    return tuple(markers) if len(markers) > 1 and markers[-1].beat <= MAX_BEATS else ()


def _warped(
    p: Project, clip: DawClip, source: Source, origin: Fraction, markers: tuple[WarpMarker, ...]
) -> AudioContent:
    clock, begin = p.clock, origin + clip.beat
    first_beat = begin - exact_beat(clip.start)
    first = clock.frame_at(first_beat)

    def frame(beat: float) -> int:
        return clock.frame_at(first_beat + exact_beat(beat)) - first

    content = AudioContent(source.id, offset=clock.frame_at(begin) - first, warp=True, markers=markers)
    if clip.loop is None:
        return content
    offset = frame(clip.loop[0])
    span = max(frame(clip.loop[1]) - offset, 1)
    return replace(content, offset=offset, loop_length=span, loop_phase=(content.offset - offset) % span)


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
