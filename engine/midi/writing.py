"""Writes the notes of a song as a Standard MIDI File: what its clips play, at the tempos of its map."""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.atomic_file import replacing
from engine.compose.instruments import INSTRUMENTS, KITS
from engine.disk import reason
from engine.errors import ExportError, shown
from engine.midi.reading import DRUM_CHANNEL
from engine.music.general_midi import BEND_RANGE
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Track
from engine.project.model.content import WHOLE_SOUND
from engine.project.model.ranges import GAIN_DB, SEMITONES
from engine.project.turns import Turn, notes_of, turns_of

TICKS = 960
"""Ticks of a quarter note, where all notes lie on one of them; otherwise as many as they need."""

_MOST_TICKS = 0x7FFF
_RAMP_STEPS = 4  # of a tempo ramp, in each quarter note
_MICROSECONDS = 60_000_000
_SLOWEST = 0xFFFFFF
_MOST_TURNS = 100_000  # of a loop

Event = tuple[int, int, Any]
"""(tick, order among those at the tick, message)."""


Section = tuple[Fraction, str]
"""The beat of the song at which a section begins, and its name."""


def write_midi(p: Project, path: Path, tracks: Sequence[Track] | None = None, sections: Sequence[Section] = ()) -> None:
    """Writes the notes of a song, or of some of its tracks, whole or not at all; sections become markers.

    Raises:
        ExportError: there are none, or the file cannot be written.
    """
    data = midi_bytes(p, tracks, sections)
    try:
        with replacing(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise ExportError(
            f"“{shown(path.name)}” cannot be written ({reason(error, path.parent, len(data))}): choose another place."
        ) from error


def midi_bytes(p: Project, tracks: Sequence[Track] | None = None, sections: Sequence[Section] = ()) -> bytes:
    """The file: a track of tempos, time signatures, sections and markers, then one for each track that has notes.

    Muted clips are left out. A loop is written out turn by turn, and what a clip cuts off a note is not in it.

    Raises:
        ExportError: there are no notes.
    """
    import mido

    sounding = [(track, list(_notes_of(p, track))) for track in (p.tracks if tracks is None else tracks)]
    sounding = [(track, notes) for track, notes in sounding if notes]
    if not sounding:
        raise ExportError("There are no notes here that could be written as MIDI: compose, draw or import some first.")
    ticks = _ticks(note for _, notes in sounding for note in notes)
    file = mido.MidiFile(type=1, ticks_per_beat=ticks, charset="utf-8")
    file.tracks.append(_joined(_conductor(p, ticks, sections)))
    channel = 0
    for track, notes in sounding:
        if track.instrument is not None and track.instrument.drums:
            number = DRUM_CHANNEL
        else:
            number = channel % 16
            channel += 2 if number + 1 == DRUM_CHANNEL else 1
        file.tracks.append(_joined(_track(p, track, notes, number, ticks)))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _notes_of(p: Project, track: Track) -> Iterator[NoteEvent]:
    """The notes that the clips of a track play, in beats of the song."""
    for clip in _merged(p, track):
        _turns(p, clip)
        yield from notes_of(p, clip)


def _merged(p: Project, track: Track) -> list[Clip]:
    """The clips that are heard and hold notes; those that a split has cut and nobody has moved are one again."""
    clips: list[Clip] = []
    for clip in track.clips:
        if clip.mute or not isinstance(clip.content, NoteContent):
            continue
        if clips and _goes_on(p, clips[-1], clip):
            clips[-1] = replace(clips[-1], length=p.end_of(clip) - p.start_of(clips[-1]))
        else:
            clips.append(clip)
    return clips


def _goes_on(p: Project, left: Clip, right: Clip) -> bool:
    """Whether a clip plays on where the one before it ends, as after a split; moved, they may be a frame apart."""
    one, other = _content(left), _content(right)
    if one.like(WHOLE_SOUND) != other.like(WHOLE_SOUND) or abs(p.end_of(left) - p.start_of(right)) > 1:
        return False
    if one.loop_length or other.loop_length:
        return one.runs_on(left.length, other, right.length)
    return abs(one.origin(p.start_of(left)) - other.origin(p.start_of(right))) <= 1


def _turns(p: Project, clip: Clip) -> Iterator[Turn]:
    """Each turn of the loop of a clip, or all of it.

    Raises:
        ExportError: the loop is so short that there are too many.
    """
    if clip.loop_length and clip.length // clip.loop_length > _MOST_TURNS:
        raise ExportError(f"The loop of “{clip.name}” is too short to be written out note by note: make it longer.")
    return turns_of(p, clip)


def _ticks(notes: Iterable[NoteEvent]) -> int:
    """Ticks of a quarter note on which all notes lie, if there are as many."""
    below = {number for note in notes for number in (note.start.denominator, note.length.denominator)}
    ticks = TICKS
    for number in sorted(below):
        exact = math.lcm(ticks, number)
        if exact <= _MOST_TICKS:
            ticks = exact
    return ticks


def _conductor(p: Project, ticks: int, sections: Sequence[Section]) -> Iterator[Event]:
    from mido import MetaMessage

    tempo_map = p.tempo_map
    yield 0, 0, MetaMessage("track_name", name=p.name)
    for stretch, after in zip(tempo_map.stretches, [*tempo_map.stretches[1:], None], strict=True):
        steps = 1
        if stretch.slope and after is not None:
            steps = max(math.ceil((after.beat - stretch.beat) * _RAMP_STEPS), 1)
        for step in range(steps):
            past = Fraction(step, _RAMP_STEPS) + (Fraction(1, 2 * _RAMP_STEPS) if stretch.slope else 0)
            tempo = round(_MICROSECONDS / (stretch.bpm + stretch.slope * past))
            at = stretch.beat + Fraction(step, _RAMP_STEPS)
            yield round(at * ticks), 1, MetaMessage("set_tempo", tempo=min(tempo, _SLOWEST))
    for bar in tempo_map.bars:
        signature = bar.signature
        yield (
            round(bar.start * ticks),
            2,
            MetaMessage("time_signature", numerator=signature.numerator, denominator=signature.denominator),
        )
    for beat, name in sections:
        yield round(beat * ticks), 3, MetaMessage("marker", text=name)
    for marker in p.markers:
        yield round(p.clock.beats(marker.position) * ticks), 3, MetaMessage("marker", text=marker.name)


def _track(p: Project, track: Track, notes: Sequence[NoteEvent], channel: int, ticks: int) -> Iterator[Event]:
    from mido import Message, MetaMessage

    yield 0, 0, MetaMessage("track_name", name=track.name)
    yield 0, 1, Message("program_change", channel=channel, program=program_of(track))
    if track.gain_db:
        volume = min(round(100 * 10 ** (track.gain_db / 40)), 127) if track.gain_db > GAIN_DB.low else 0
        yield 0, 1, Message("control_change", channel=channel, control=7, value=volume)
    if track.pan:
        pan = round(64 + 63 * track.pan) if track.pan > -1 else 0
        yield 0, 1, Message("control_change", channel=channel, control=10, value=pan)
    for note in notes:
        begin = max(round((note.start + Fraction(note.offset)) * ticks), 0)
        end = max(round((note.end + Fraction(note.offset)) * ticks), begin + 1)
        yield begin, 4, Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        yield end, 3, Message("note_off", channel=channel, note=note.pitch, velocity=0)
    yield from _curves(p, track, channel, ticks)


def _curves(p: Project, track: Track, channel: int, ticks: int) -> Iterator[Event]:
    """The controllers of what the clips play."""
    from mido import Message

    clips = _merged(p, track)
    most = max((abs(point.semitones) for clip in clips for point in _content(clip).bend), default=0.0)
    reach = BEND_RANGE if most <= BEND_RANGE else 12.0 if most <= 12 else SEMITONES.high
    if reach != BEND_RANGE:
        for control, value in ((101, 0), (100, 0), (6, round(reach)), (38, 0)):
            yield 0, 1, Message("control_change", channel=channel, control=control, value=value)
    for clip in clips:
        content = _content(clip)
        for origin, first, last in _turns(p, clip):

            def tick(beat: float, origin: Fraction = origin, first: Fraction = first, last: Fraction = last) -> int:
                at = origin + Fraction(beat)
                return max(round(max(at, first) * ticks), 0) if at < last else -1

            for bend in content.bend:
                wheel = min(max(round(bend.semitones / reach * 8192), -8192), 8191)
                if (at := tick(bend.beat)) >= 0:
                    yield at, 2, Message("pitchwheel", channel=channel, pitch=wheel)
            for control, curve, power in ((1, content.modulation, 1.0), (64, content.sustain, 1.0),
                                          (11, content.expression, 0.5)):  # fmt: skip
                for point in curve:
                    if (at := tick(point.beat)) >= 0:
                        value = round(127 * point.value**power)
                        yield at, 2, Message("control_change", channel=channel, control=control, value=value)


def _content(clip: Clip) -> NoteContent:
    assert isinstance(clip.content, NoteContent)
    return clip.content


def program_of(track: Track) -> int:
    """The General MIDI program that comes nearest to the instrument of a track."""
    instrument = track.instrument
    if instrument is None:
        return 0
    if instrument.program is not None:
        return instrument.program
    entry = KITS.get(instrument.name) if instrument.drums else INSTRUMENTS.get(instrument.name)
    return entry.program if entry else 0


def _joined(events: Iterable[Event]) -> Any:
    """A track of the events in their order, with the time between them."""
    import mido

    track, at = mido.MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - at))
        at = tick
    return track
