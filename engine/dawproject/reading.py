"""Reads a DAWproject file into plain values: tracks with clips of notes and audio, the tempo map, markers.

Places and lengths in the song are beats, what a clip plays of a file is seconds. Nothing of the file is trusted: sizes
and counts are bounded, numbers are finite, and only files inside the container are named.
"""

import math
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, LargeZipFile, ZipFile

from engine.dawproject.channel_reading import NO_CHANNEL, POINTS, ChannelReader, DawChannel, is_on
from engine.errors import EngineError, shown
from engine.plain_text import counted, one_line
from engine.project.model import ChannelKind
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import MAX_CHANGES, MAX_TEMPO, MIN_TEMPO, SignatureChange, TempoMap, TempoPoint

_MAX_XML = 128 << 20  # bytes
_MAX_CLIPS, _MAX_NOTES, _MAX_TRACKS, _MAX_POINTS = 50_000, 1_000_000, 2_000, 200_000
_MAX_DEPTH = 16  # clips in clips
_MAX_BEAT = 1_000_000.0
_RATE = 192_000  # at which seconds are told from beats
_FINE = 15_360  # beats that a decimal number stands for have at most this denominator
FOLLOWS_TEMPO = "Follows the tempo"
"""The comment of warps that this program wrote: the clip is stretched even where it plays at its own speed."""
_SAME_SPEED = 1e-3  # of a stretched file's speed, up to which it plays at its own

Curve = tuple[tuple[float, float], ...]
"""(beat, value)."""


@dataclass(frozen=True, slots=True)
class DawNote:
    """A note: beats from the start of its content, MIDI key, velocity 1 to 127."""

    start: Fraction
    length: Fraction
    key: int
    velocity: int


@dataclass(frozen=True, slots=True)
class DawClip:
    """A clip: place and length in beats of the song.

    It plays `file` from `start` seconds on, or `notes` from beat `start` on. loop: (start, end) of what it repeats, in
    the same unit. fades: (in, out) in seconds.
    """

    beat: Fraction
    length: Fraction
    name: str = ""
    mute: bool = False
    fades: tuple[float, float] = (0.0, 0.0)
    file: str = ""
    start: float = 0.0
    loop: tuple[float, float] | None = None
    warps: Curve = ()  # seconds of `file`, from its start on; `start` and `loop` are beats of these then
    notes: tuple[DawNote, ...] = ()
    bend: Curve = ()  # semitones
    controllers: dict[int, Curve] = field(default_factory=dict)  # 0 to 1, by the MIDI controller's number


@dataclass(frozen=True, slots=True)
class DawTrack:
    """A track with its channel. group: id of the channel of the track that it lies in, where it lies in one."""

    name: str
    channel: DawChannel = NO_CHANNEL
    group: str = ""
    clips: tuple[DawClip, ...] = ()


@dataclass(frozen=True, slots=True)
class DawSong:
    """What a file holds. notices: sentences on what was not taken as it is."""

    tempo_map: TempoMap
    tracks: tuple[DawTrack, ...]
    markers: tuple[tuple[Fraction, str], ...] = ()
    master: DawChannel = NO_CHANNEL
    notices: tuple[str, ...] = ()


def read_dawproject(path: Path) -> DawSong:
    """Reads the file at `path`.

    Raises:
        EngineError: it is missing, or no DAWproject file, or too large.
    """
    name = shown(path.name)
    try:
        with ZipFile(path) as container:
            info = container.getinfo("project.xml")
            if info.file_size > _MAX_XML:
                raise EngineError(f"“{name}” is too large to be read: its project holds more than 128 MB of text.")
            text = container.read(info)
            files = frozenset(container.namelist())
    except OSError as error:
        raise EngineError(f"“{name}” cannot be read ({error.strerror or error}).") from error
    except (
        BadZipFile,
        LargeZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise EngineError(f"“{name}” is damaged or no DAWproject file: it has no project that can be read.") from error
    except ArithmeticError as error:
        raise EngineError(f"“{name}” is damaged: its archive cannot be unpacked.") from error
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise EngineError(f"“{name}” defines entities of its own, which no DAWproject file needs: it is not read.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise EngineError(f"“{name}” is damaged: its project is no well-formed XML ({error}).") from error
    if root.tag != "Project":
        raise EngineError(f"“{name}” is no DAWproject file: it begins with “{one_line(root.tag)[:40]}”.")
    return _Reader(root, files, name).song()


def _value(
    element: Element | None, key: str, default: float = 0.0, low: float = -_MAX_BEAT, high: float = _MAX_BEAT
) -> float:
    """A finite number between `low` and `high`; `default` where there is none."""
    text = element.get(key) if element is not None else None
    try:
        number = float(text) if text is not None else default
    except ValueError:
        number = default
    return min(max(number, low), high) if math.isfinite(number) else default


def exact_beat(value: float) -> Fraction:
    """The beat that a decimal number stands for."""
    exact = Fraction(value)
    fine = exact.limit_denominator(_FINE)
    return fine if abs(fine - exact) < 1e-9 else exact.limit_denominator(10**9)


class _Reader:
    """Reads one document."""

    def __init__(self, root: Element, files: frozenset[str], name: str) -> None:
        self._root, self._files, self._name = root, files, name
        self._notices: dict[str, int] = {}
        self._clip_count = self._note_count = self._point_count = 0
        self._clock = Clock(_RATE, TempoMap((TempoPoint(Fraction(0), Fraction(120)),)))
        self._lanes: dict[str, Element] = {}  # points of automation by the parameter's id

    def song(self) -> DawSong:
        """All of it."""
        tempo_map = self._tempo_map()
        self._clock = Clock(_RATE, tempo_map)
        contents = self._contents()
        channels = ChannelReader(self._lanes, self._note)
        tracks, master = [], NO_CHANNEL
        for element, group in self._tracks():
            read = channels.read(element, element.find("Channel"))
            inner = element.find("Channel")
            if inner is not None and inner.get("role") == "master" and element.find("Track") is None:
                master = read
                continue
            clips = contents.get(element.get("id", ""), [])
            if inner is None and element.find("Track") is not None and not clips:
                continue  # a folder
            if read.kind is None and not clips:
                self._note("VCA faders are not taken over")
                continue
            if clips and read.kind is not ChannelKind.AUDIO:
                read = replace(read, kind=ChannelKind.AUDIO)
            tracks.append(DawTrack(one_line(element.get("name", ""))[:200], read, group, tuple(clips)))
            if len(tracks) > _MAX_TRACKS:
                raise EngineError(f"“{self._name}” has more than {_MAX_TRACKS:,} tracks: it is not read.")
        markers = [
            (exact_beat(self._beats(marker, "time", "beats", 0.0)), one_line(marker.get("name", ""))[:200])
            for marker in self._root.iterfind("Arrangement/Markers/Marker")
        ]
        return DawSong(tempo_map, tuple(tracks), tuple(markers[:10_000]), master, tuple(self._sentences()))

    def _note(self, what: str) -> None:
        self._notices[what] = self._notices.get(what, 0) + 1

    def _sentences(self) -> Iterator[str]:
        for what, times in self._notices.items():
            often = f" ({counted(times, 'time')})" if times > 1 else ""
            yield f"{what[0].upper()}{what[1:]}{often}."

    def _tracks(self) -> Iterator[tuple[Element, str]]:
        """All tracks in their order, each with the id of the channel of the one that it lies in."""
        structure = self._root.find("Structure")
        waiting = [(track, "") for track in reversed(structure.findall("Track"))] if structure is not None else []
        while waiting:
            track, group = waiting.pop()
            yield track, group
            channel = track.find("Channel")
            inner = channel.get("id", "") if channel is not None else group
            waiting += [(child, inner) for child in reversed(track.findall("Track"))]

    def _tempo_map(self) -> TempoMap:
        """The tempos and time signatures, those that the program cannot have brought within its limits."""
        root = self._root
        first = exact_beat(_value(root.find("Transport/Tempo"), "value", 120.0, float(MIN_TEMPO), float(MAX_TEMPO)))
        tempos = {Fraction(0): TempoPoint(Fraction(0), first)}
        ramp = False
        for point in root.findall("Arrangement/TempoAutomation/RealPoint")[:MAX_CHANGES]:
            beat = exact_beat(_value(point, "time", 0.0, 0.0))
            bpm = _value(point, "value", 120.0)
            if not MIN_TEMPO <= bpm <= MAX_TEMPO:
                self._note(f"tempos beyond {MIN_TEMPO} to {MAX_TEMPO} BPM were brought within")
            limited = exact_beat(min(max(bpm, float(MIN_TEMPO)), float(MAX_TEMPO)))
            tempos[beat] = TempoPoint(beat, limited, ramp and beat > 0)
            ramp = point.get("interpolation") == "linear"
        element = root.find("Transport/TimeSignature")
        changes = [SignatureChange(1, self._signature(element))]
        beat, bar = Fraction(0), 1
        for point in root.findall("Arrangement/TimeSignatureAutomation/TimeSignaturePoint")[:MAX_CHANGES]:
            at, signature = exact_beat(_value(point, "time", 0.0, 0.0)), self._signature(point)
            length = Fraction(4 * changes[-1].signature.numerator, changes[-1].signature.denominator)
            bars = max(round((at - beat) / length), 0)
            if beat + bars * length != at:
                self._note("time signatures that change within a bar were moved to the nearest bar")
            bar, beat = bar + bars, beat + bars * length
            if bar == changes[-1].bar:
                changes.pop()
            changes.append(SignatureChange(bar, signature))
        ordered = tuple(tempos[key] for key in sorted(tempos))
        try:
            return TempoMap(ordered, tuple(changes))
        except EngineError:
            self._note("the tempo map goes beyond what a song can have: its first tempo and time signature were taken")
            return TempoMap(ordered[:1], (SignatureChange(1, changes[0].signature),))

    def _signature(self, element: Element | None) -> Signature:
        numerator, denominator = (round(_value(element, key, 4.0)) for key in ("numerator", "denominator"))
        try:
            return Signature(numerator, denominator)
        except EngineError:
            self._note(f"the time signature {numerator}/{denominator} was taken for 4/4")
            return Signature(4, 4)

    def _contents(self) -> dict[str, list[DawClip]]:
        """The clips of each track, by its id; points of automation are put into `_lanes`."""
        contents: dict[str, list[DawClip]] = {}
        top = self._root.find("Arrangement/Lanes")
        waiting = [(top, "", "beats", 0)] if top is not None else []
        while waiting:
            element, track, unit, depth = waiting.pop()
            track, unit = element.get("track", track), element.get("timeUnit", unit)
            clips = contents.setdefault(track, [])
            if element.tag == "Lanes":
                if depth < _MAX_DEPTH:
                    waiting += [(child, track, unit, depth + 1) for child in reversed(element)]
            elif element.tag == "Clips":
                for clip in element.iterfind("Clip"):
                    clips += self._clip(clip, unit, 0)
            elif element.tag == "Notes":
                notes = self._notes(element, unit)
                end = max((note.start + note.length for note in notes), default=Fraction(0))
                if notes:
                    clips.append(self._counted(DawClip(Fraction(0), end, notes=notes)))
            elif element.tag == "Points":
                self._automation(element)
        return contents

    def _automation(self, element: Element) -> None:
        target = element.find("Target")
        parameter = target.get("parameter", "") if target is not None else ""
        points = [point for point in element if point.tag in POINTS]
        self._point_count += len(points)
        if self._point_count > _MAX_POINTS:
            raise EngineError(f"“{self._name}” has more than {_MAX_POINTS:,} points of automation: it is not read.")
        if parameter and points:
            if element.get("timeUnit", "beats") == "seconds":
                for point in points:
                    point.set("time", repr(self._beats(point, "time", "seconds", 0.0)))
            self._lanes[parameter] = element

    def _beats(self, element: Element, key: str, unit: str, default: float) -> float:
        """A place of the song in beats, whatever its unit."""
        value = _value(element, key, default, 0.0)
        return value if unit == "beats" else float(self._clock.beat_at(round(value * _RATE)))

    def _seconds(self, beat: Fraction) -> float:
        return self._clock.seconds(Position.at_beat(beat))

    def _counted(self, clip: DawClip) -> DawClip:
        self._clip_count += 1
        if self._clip_count > _MAX_CLIPS:
            raise EngineError(f"“{self._name}” has more than {_MAX_CLIPS:,} clips: it is not read.")
        return clip

    def _clip(self, element: Element, unit: str, depth: int) -> list[DawClip]:
        """What a clip comes to: itself, or the clips in it."""
        start = exact_beat(self._beats(element, "time", unit, 0.0))
        if unit == "beats":
            length = exact_beat(_value(element, "duration", 0.0, 0.0))
        else:
            end = _value(element, "time", 0.0, 0.0) + _value(element, "duration", 0.0, 0.0)
            length = self._clock.beat_at(round(end * _RATE)) - start
        if length <= 0:
            return []
        fade_unit = element.get("fadeTimeUnit", unit)
        fades = [_value(element, key, 0.0, 0.0) for key in ("fadeInTime", "fadeOutTime")]
        if fade_unit == "beats":
            fades = [self._seconds(start + exact_beat(fade)) - self._seconds(start) for fade in fades]
        outer = DawClip(
            start,
            length,
            one_line(element.get("name", ""))[:200],
            not is_on(element, "enable", default=True),
            (fades[0], fades[1]),
        )
        inner_unit = element.get("contentTimeUnit", unit)
        content = next((child for child in element if child.tag != "Clip"), None)
        if content is None or depth > _MAX_DEPTH:
            return []
        return [self._counted(clip) for clip in self._content(element, content, outer, inner_unit, depth)]

    def _content(self, element: Element, content: Element, outer: DawClip, unit: str, depth: int) -> list[DawClip]:
        """`outer` with what it plays; several where its content is clips."""
        play, loop = self._window(element, unit)
        if content.tag in ("Notes", "Lanes"):
            notes = self._noted(content, outer, play, loop, unit)
            inner = content.find("Clips") if content.tag == "Lanes" and not notes.notes else None
            return [notes] if inner is None else self._nested(inner, outer, play, loop, unit, depth)
        if content.tag == "Clips":
            return self._nested(content, outer, play, loop, content.get("timeUnit", unit), depth)
        if content.tag == "Warps":
            return self._warped(content, outer, play, loop, unit)
        if content.tag == "Audio":
            factor = 1.0
            if unit == "beats":  # of a file that is not stretched
                factor = self._seconds(outer.beat + 1) - self._seconds(outer.beat)
            return self._audio(content, outer, play * factor, (loop[0] * factor, loop[1] * factor) if loop else None)
        self._note(f"content of the kind “{one_line(content.tag)[:40]}” was left out")
        return []

    @staticmethod
    def _window(element: Element, unit: str) -> tuple[float, tuple[float, float] | None]:
        """Where in its content a clip begins, and what it repeats."""
        play = _value(element, "playStart", 0.0)
        if element.get("loopEnd") is None:
            return play, None
        first, last = _value(element, "loopStart", 0.0), _value(element, "loopEnd", 0.0)
        return play, (first, last) if last - first > 1e-3 else None

    def _audio(self, audio: Element, outer: DawClip, start: float, loop: tuple[float, float] | None) -> list[DawClip]:
        file = audio.find("File")
        path = file.get("path", "") if file is not None else ""
        if path not in self._files or (file is not None and is_on(file, "external")):
            self._note(f"the audio file “{one_line(path)[:80]}” is not in it and was left out")
            return []
        return [replace(outer, file=path, start=start, loop=loop)]

    def _warped(
        self, warps: Element, outer: DawClip, play: float, loop: tuple[float, float] | None, unit: str
    ) -> list[DawClip]:
        """A clip of a file with warps: places in its content are beats, those in the file seconds."""
        audio = warps.find("Audio")
        points = sorted((_value(warp, "time"), _value(warp, "contentTime")) for warp in warps.iterfind("Warp"))
        if audio is None or warps.get("contentTimeUnit", "seconds") != "seconds" or len(points) < 2:
            self._note("stretched clips of an unknown kind were left out")
            return []
        own = warps.get("timeUnit", unit)
        beat = self._seconds(outer.beat + 1) - self._seconds(outer.beat) if own == "beats" else 1.0
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points) if b[0] > a[0]]
        if own == "beats" and unit == "beats" and slopes and min(slopes) > 0:
            own_words = warps.get("comment") == FOLLOWS_TEMPO
            if own_words or any(abs(slope / beat - 1) > _SAME_SPEED for slope in slopes):
                first = points[0][0] - points[0][1] / slopes[0]  # the beat of the file's start
                window = (loop[0] - first, loop[1] - first) if loop else None
                clips = self._audio(audio, outer, play - first, window)
                return [replace(clip, warps=tuple((at - first, second) for at, second in points)) for clip in clips]
        elif any(abs(slope / beat - 1) > _SAME_SPEED for slope in slopes) or not slopes:
            self._note("stretched clips play at their own speed")

        def place(at: float) -> float:
            before = max((point for point in points if point[0] <= at), default=points[0])
            return before[1] + (at - before[0]) * beat

        return self._audio(audio, outer, place(play), (place(loop[0]), place(loop[1])) if loop else None)

    def _nested(
        self, clips: Element, outer: DawClip, play: float, loop: tuple[float, float] | None, unit: str, depth: int
    ) -> list[DawClip]:
        """The clips in a clip, where they lie in the song; each turn of a loop anew."""
        if unit != "beats":
            self._note("clips in clips whose places are seconds were left out")
            return []
        inner = [clip for element in clips.iterfind("Clip") for clip in self._clip(element, unit, depth + 1)]
        flat: list[DawClip] = []
        at, first = outer.beat, exact_beat(play)
        while at < outer.beat + outer.length:
            last = exact_beat(loop[1]) if loop else first + outer.length
            span = min(last - first, outer.beat + outer.length - at)
            if span <= 0:
                break
            for clip in inner:
                if (part := self._cut(clip, first, first + span)) is not None:
                    mute = clip.mute or outer.mute
                    flat.append(self._counted(replace(part, beat=at + part.beat - first, name=clip.name or outer.name,
                                                      mute=mute)))  # fmt: skip
            at, first = at + span, exact_beat(loop[0]) if loop else last
        if len(flat) == 1 and (flat[0].beat, flat[0].length) == (outer.beat, outer.length):
            fades = (max(outer.fades[0], flat[0].fades[0]), max(outer.fades[1], flat[0].fades[1]))
            flat = [replace(flat[0], fades=fades, name=outer.name or flat[0].name)]
        return flat

    def _cut(self, clip: DawClip, first: Fraction, last: Fraction) -> DawClip | None:
        """What of an inner clip lies between two beats of its outer content."""
        begin, end = max(clip.beat, first), min(clip.beat + clip.length, last)
        if begin >= end:
            return None
        late = begin - clip.beat
        in_seconds = clip.file and not clip.warps
        start = clip.start + (self._seconds(late) if in_seconds else float(late)) if late else clip.start
        if clip.loop and late:
            span = clip.loop[1] - clip.loop[0]
            start = clip.loop[0] + (start - clip.loop[0]) % span if start >= clip.loop[0] else start
        return replace(clip, beat=begin, length=end - begin, start=start)

    def _noted(
        self, content: Element, outer: DawClip, play: float, loop: tuple[float, float] | None, unit: str
    ) -> DawClip:
        """A clip of notes with the curves beside them."""
        if unit != "beats":
            self._note("notes in a clip that is measured in seconds are taken as beats")
        lanes = [content] if content.tag == "Notes" else list(content)
        notes: tuple[DawNote, ...] = ()
        bend: Curve = ()
        controllers: dict[int, Curve] = {}
        for lane in lanes:
            if lane.tag == "Notes":
                notes += self._notes(lane, lane.get("timeUnit", "beats"))
            elif lane.tag == "Points" and (target := lane.find("Target")) is not None:
                points = tuple(
                    sorted(
                        (_value(point, "time", 0.0, 0.0), _value(point, "value"))
                        for point in lane.iterfind("RealPoint")
                    )
                )
                self._point_count += len(points)
                if target.get("expression") == "transpose" and lane.get("unit") == "semitones":
                    bend = points
                elif target.get("expression") == "channelController":
                    controllers[round(_value(target, "controller", -1.0))] = points
                else:
                    self._note("expressions of notes other than transposition and controllers were left out")
        return replace(outer, start=play, loop=loop, notes=notes, bend=bend, controllers=controllers)

    def _notes(self, element: Element, unit: str) -> tuple[DawNote, ...]:
        notes = []
        for note in element.iterfind("Note"):
            start, length = exact_beat(_value(note, "time", 0.0, 0.0)), exact_beat(_value(note, "duration", 0.0, 0.0))
            key = round(_value(note, "key", -1.0))
            if not 0 <= key <= 127 or length <= 0:
                self._note("notes without length or beyond MIDI's keys were left out")
                continue
            velocity = min(max(round(_value(note, "vel", 0.8, 0.0, 1.0) * 127), 1), 127)
            notes.append(DawNote(start, length, key, velocity))
        self._note_count += len(notes)
        if self._note_count > _MAX_NOTES:
            raise EngineError(f"“{self._name}” has more than {_MAX_NOTES:,} notes: it is not read.")
        return tuple(notes)
