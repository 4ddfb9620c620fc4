"""Reads a Standard MIDI File, whoever wrote it: notes and curves by channel, tempos, time signatures, markers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.errors import EngineError, shown
from engine.music.general_midi import BEND_RANGE
from engine.music.midi_parsing import parsed_midi
from engine.project.model import BendPoint, ControlPoint, NoteEvent
from engine.project.model.ranges import MAX_BEATS, SEMITONES
from engine.timing.signature import Signature
from engine.timing.tempo_map import MAX_CHANGES, TEMPO, SignatureChange, TempoMap, TempoPoint

DRUM_CHANNEL = 9
"""Of drums, counted from 0."""

_MOST_NOTES = 200_000
_BANK, _MODULATION, _VOLUME, _PAN, _EXPRESSION, _SUSTAIN = 0, 1, 7, 10, 11, 64


@dataclass(frozen=True, slots=True)
class MidiPart:
    """The notes of one channel of one track. volume and pan: its first controllers 7 and 10; None where it has none."""

    name: str
    channel: int
    program: int
    notes: tuple[NoteEvent, ...]
    bend: tuple[BendPoint, ...] = ()
    modulation: tuple[ControlPoint, ...] = ()
    sustain: tuple[ControlPoint, ...] = ()
    expression: tuple[ControlPoint, ...] = ()
    volume: int | None = None
    pan: int | None = None

    @property
    def drums(self) -> bool:
        """Whether its pitches are drums."""
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True, slots=True)
class MidiSong:
    """What a file holds. notices: sentences on what could not be taken as it is."""

    parts: tuple[MidiPart, ...]
    tempo_map: TempoMap
    markers: tuple[tuple[Fraction, str], ...] = ()
    notices: tuple[str, ...] = ()


def read_song(path: Path) -> MidiSong:
    """Reads a MIDI file.

    Raises:
        EngineError: it is missing, damaged, too large, or no MIDI file.
    """
    file = parsed_midi(path)
    return _song(file.tracks, file.ticks_per_beat, shown(path.name))


def _song(tracks: Iterable[Any], ticks: int, name: str) -> MidiSong:
    tempos: dict[int, int] = {}
    signatures: dict[int, tuple[int, int]] = {}
    markers: list[tuple[Fraction, str]] = []
    parts: list[MidiPart] = []
    count = 0
    for track in tracks:
        reader = _TrackReader(ticks)
        at = 0
        for message in track:
            at += message.time
            match message.type:
                case "set_tempo" if message.tempo > 0:
                    tempos[at] = message.tempo
                case "time_signature":
                    signatures[at] = (message.numerator, message.denominator)
                case "marker" if message.text.strip():
                    markers.append((Fraction(at, ticks), decoded(message.text)))
                case _:
                    reader.take(message, at)
        if at > MAX_BEATS * ticks:
            raise EngineError(f"“{name}” is longer than a song can be: the file is damaged, or export a part of it.")
        count += reader.count
        if count > _MOST_NOTES:
            raise EngineError(f"“{name}” has more than {_MOST_NOTES:,} notes: export it in parts.")
        parts += reader.parts(at)
    notices: list[str] = []
    tempo_map = TempoMap(_tempos(tempos, ticks, notices), _signatures(signatures, ticks, notices))
    return MidiSong(tuple(parts), tempo_map, tuple(sorted(markers)), tuple(notices))


def decoded(text: str) -> str:
    """A text of a file as its writer meant it: UTF-8 where it is that, Latin-1 otherwise."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


@dataclass
class _Channel:
    """What was read of one channel of a track."""

    program: int | None = None
    notes: list[NoteEvent] = field(default_factory=list)
    sounding: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # by pitch: (tick, velocity), first first
    bend: list[BendPoint] = field(default_factory=list)
    curves: dict[int, list[ControlPoint]] = field(default_factory=dict)  # by controller
    first: dict[int, int] = field(default_factory=dict)  # first value of a controller
    bend_range: float = BEND_RANGE
    parameter: tuple[int, int] = (127, 127)  # registered parameter that data entry sets


class _TrackReader:
    """Reads the events of one track."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        self._channels: dict[int, _Channel] = {}
        self._name = ""
        self.count = 0

    def take(self, message: Any, at: int) -> None:
        """Reads one message at tick `at`."""
        if message.type == "track_name":
            self._name = self._name or decoded(message.name)
            return
        if message.is_meta or not hasattr(message, "channel"):
            return
        channel = self._channels.setdefault(message.channel, _Channel())
        match message.type:
            case "program_change":
                channel.program = message.program if channel.program is None else channel.program
            case "note_on" if message.velocity > 0:
                channel.sounding.setdefault(message.note, []).append((at, message.velocity))
                self.count += 1
            case "note_on" | "note_off":
                self._end(channel, message.note, at)
            case "pitchwheel":
                semitones = SEMITONES.clamp(message.pitch / 8192 * channel.bend_range)
                _put(channel.bend, BendPoint(at / self._ticks, semitones))
            case "control_change":
                self._control(channel, message.control, message.value, at)

    def parts(self, end: int) -> Iterator[MidiPart]:
        """The channels that have notes; what still sounds ends with the track, at tick `end`."""
        for number in sorted(self._channels):
            channel = self._channels[number]
            for pitch, sounding in channel.sounding.items():
                while sounding:
                    self._end(channel, pitch, end)
            if not channel.notes:
                continue
            curves = channel.curves
            yield MidiPart(
                self._name,
                number,
                channel.program or 0,
                tuple(sorted(channel.notes, key=lambda note: (note.start, note.pitch, note.length, note.velocity))),
                tuple(channel.bend),
                tuple(curves.get(_MODULATION, ())),
                tuple(curves.get(_SUSTAIN, ())),
                tuple(curves.get(_EXPRESSION, ())),
                channel.first.get(_VOLUME),
                channel.first.get(_PAN),
            )

    def _end(self, channel: _Channel, pitch: int, at: int) -> None:
        if sounding := channel.sounding.get(pitch):
            start, velocity = sounding.pop(0)
            length = Fraction(max(at - start, 1), self._ticks)
            channel.notes.append(NoteEvent(Fraction(start, self._ticks), length, pitch, velocity))

    def _control(self, channel: _Channel, control: int, value: int, at: int) -> None:
        channel.first.setdefault(control, value)
        beat = at / self._ticks
        match control:
            case 101:
                channel.parameter = (value, channel.parameter[1])
            case 100:
                channel.parameter = (channel.parameter[0], value)
            case 6 if channel.parameter == (0, 0):
                channel.bend_range = float(value)
            case 1 | 64:
                _put(channel.curves.setdefault(control, []), ControlPoint(beat, value / 127))
            case 11:
                _put(channel.curves.setdefault(control, []), ControlPoint(beat, (value / 127) ** 2))


def _put(curve: list[Any], point: Any) -> None:
    """Adds a point; of several at one beat the last one counts."""
    if curve and curve[-1].beat == point.beat:
        curve.pop()
    curve.append(point)


def _tempos(by_tick: dict[int, int], ticks: int, notices: list[str]) -> tuple[TempoPoint, ...]:
    points = [TempoPoint(Fraction(0), Fraction(120))]
    beyond = False
    for at in sorted(by_tick):
        exact = Fraction(60_000_000, by_tick[at])
        bpm = TEMPO.clamp(exact)
        beyond = beyond or bpm != exact
        if not at:
            points = [TempoPoint(Fraction(0), bpm)]
        elif bpm != points[-1].bpm and len(points) <= MAX_CHANGES:
            points.append(TempoPoint(Fraction(at, ticks), bpm))
    if beyond:
        notices.append(f"A tempo of the file lies outside {float(TEMPO.low):g} to {float(TEMPO.high):g} BPM.")
    return tuple(points)


def _signatures(by_tick: dict[int, tuple[int, int]], ticks: int, notices: list[str]) -> tuple[SignatureChange, ...]:
    """The changes, each at the start of a bar: one inside a bar takes hold with the next."""
    changes = [SignatureChange(1, Signature())]
    start, inside = Fraction(0), False  # of the first bar of the last change
    for at in sorted(by_tick):
        try:
            signature = Signature(*by_tick[at])
        except EngineError:
            notices.append(f"The time signature {by_tick[at][0]}/{by_tick[at][1]} of the file is not possible here.")
            continue
        last = changes[-1]
        bars, rest = divmod(Fraction(at, ticks) - start, last.signature.bar)
        inside = inside or bool(rest)
        bar = last.bar + int(bars) + bool(rest)
        if signature == last.signature or len(changes) > MAX_CHANGES:
            continue
        start += (bar - last.bar) * last.signature.bar
        if bar == last.bar:
            changes[-1] = SignatureChange(bar, signature)
        else:
            changes.append(SignatureChange(bar, signature))
    if inside:
        notices.append("A time signature of the file changes inside a bar: it takes hold with the next bar.")
    return tuple(changes)
