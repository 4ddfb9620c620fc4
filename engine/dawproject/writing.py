"""Writes a song as a DAWproject file: tracks, clips, notes, fades, automation, tempo map, markers and the audio.

The elements are those of the published schema (Project.xsd, version 1.0). Places in the song are beats; what of a file
a clip plays is seconds. What the format has no place for is rendered into audio, or told in a sentence.
"""

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from engine import __version__
from engine.atomic_file import replacing
from engine.dawproject import SUFFIX
from engine.dawproject.audio_clips import AudioFiles, AudioPart
from engine.dawproject.contents import form_of
from engine.dawproject.note_clips import number, write_notes
from engine.disk import reason
from engine.errors import ExportError, shown
from engine.jobs import Context
from engine.plain_text import counted, one_line
from engine.playback.gains import gain_of
from engine.project.model import Clip, Fade, FadeShape, Project, Track
from engine.project.model.ranges import GAIN_DB
from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

_DB_STEP = 1.0  # between points of an automation that runs straight in decibels there and straight in factors here
_LOUDEST = 10 ** (GAIN_DB.high / 20)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written. notices: sentences on what is in it in another form than in the song."""

    path: Path
    notices: tuple[str, ...]


def write_dawproject(p: Project, folder: Path, path: Path, context: Context | None = None) -> Written:
    """Writes the song `p`, whose folder is `folder`, whole or not at all.

    Raises:
        ExportError: there is nothing to write, something is still being made, or the file cannot be written.
        AudioFileError: a file of the song is missing or damaged.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    if not any(True for _ in p.clips()):
        raise ExportError("The song is empty: there is nothing to export.")
    path = path if path.suffix else path.with_suffix(SUFFIX)
    with AudioFiles(p, folder) as audio:
        writer = _Writer(p, audio)
        document = writer.project(context)
        try:
            with replacing(path) as part, ZipFile(part, "w", ZIP_DEFLATED) as container:
                container.writestr("project.xml", _text(document))
                container.writestr("metadata.xml", _text(_metadata(p)))
                for place, (name, file) in enumerate(audio.files.items()):
                    context.progress(0.5 + 0.5 * place / len(audio.files), "Copying the audio")
                    container.write(file, name, ZIP_STORED)
        except OSError as error:
            raise ExportError(
                f"“{shown(path.name)}” cannot be written ({reason(error, path.parent, 0)}): choose another place."
            ) from error
    return Written(path, tuple(writer.notices()))


def _text(document: Element) -> bytes:
    ElementTree.indent(document)
    return ElementTree.tostring(document, encoding="UTF-8", xml_declaration=True)


def _metadata(p: Project) -> Element:
    root = Element("MetaData")
    SubElement(root, "Title").text = _plain(p.name)
    SubElement(root, "Comment").text = f"Made with Continuo {__version__}"
    return root


def _plain(text: str) -> str:
    """`text` as XML 1.0 can hold it, on one line."""
    return "".join(c for c in one_line(text) if ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE)


class _Writer:
    """Builds the elements of one song."""

    def __init__(self, p: Project, audio: AudioFiles) -> None:
        self._p, self._audio = p, audio
        self._ids = count()
        self._notes = self._hidden_takes = self._curved = self._overlaps = 0
        self._missing: list[str] = []

    def notices(self) -> Iterable[str]:
        """Sentences on what is in the file in another form than in the song."""
        if self._notes:
            yield (
                f"{counted(self._notes, 'clip')} of notes: another program plays them with its own instruments. Export "
                "stems as well to have their sound."
            )
        if self._audio.rendered:
            yield f"Rendered into audio: {'; '.join(self._audio.rendered)}."
        if self._hidden_takes:
            yield (
                f"{counted(self._hidden_takes, 'take')} that is not chosen was left out."
                if (self._hidden_takes == 1)
                else f"{counted(self._hidden_takes, 'take')} that are not chosen were left out."
            )
        if self._curved:
            yield f"{counted(self._curved, 'fade')} with a curve: the format knows the length of a fade only."
        if self._overlaps:
            yield f"{counted(self._overlaps, 'clip')} overlapping others: some programs play only one of them there."
        devices = sum(len(track.devices) for track in self._p.tracks) + len(self._p.master_devices)
        routes = any(track.sends or track.group for track in self._p.tracks)
        if devices or routes or self._p.master_lanes or any(track.lanes for track in self._p.tracks):
            yield "Devices, sends, groups and lanes of automation were left out: export stems to have their sound."
        for name in self._missing:
            yield f"The audio of “{name}” is not in the song, so the clip was left out."

    def project(self, context: Context) -> Element:
        """The whole document."""
        p = self._p
        root = Element("Project", version="1.0")
        SubElement(root, "Application", name="Continuo", version=__version__)
        transport = SubElement(root, "Transport")
        tempo = self._real(transport, "Tempo", "Tempo", "bpm", float(p.tempo), float(MIN_TEMPO), float(MAX_TEMPO))
        signature = SubElement(
            transport,
            "TimeSignature",
            id=self._id(),
            name="Time Signature",
            numerator=str(p.signature.numerator),
            denominator=str(p.signature.denominator),
        )
        structure = SubElement(root, "Structure")
        master = self._id()
        lanes = Element("Lanes", id=self._id(), timeUnit="beats")
        for place, track in enumerate(p.tracks):
            context.progress(0.5 * place / len(p.tracks), "Reading the tracks")
            track_id, volume = self._track(structure, track, master)
            self._lanes(lanes, track, track_id, volume, context)
        self._channel(SubElement(structure, "Track", id=self._id(), name="Master", contentType="audio notes",
                                 loaded="true"), master, "master", p.master_gain_db, 0.0)  # fmt: skip
        arrangement = SubElement(root, "Arrangement", id=self._id())
        arrangement.append(lanes)
        if p.markers:
            markers = SubElement(arrangement, "Markers", id=self._id(), timeUnit="beats")
            for marker in p.markers:
                beat = number(p.clock.beats(marker.position))
                SubElement(markers, "Marker", name=_plain(marker.name), time=beat)
        self._tempo_map(arrangement, tempo, signature.attrib["id"])
        return root

    def _id(self) -> str:
        return f"id{next(self._ids)}"

    def _real(self, parent: Element, tag: str, name: str, unit: str, value: float, low: float, high: float) -> str:
        """A parameter; returns its id."""
        key = self._id()
        SubElement(
            parent, tag, id=key, name=name, unit=unit, value=number(value), min=number(low), max=number(high)
        )  # fmt: skip
        return key

    def _track(self, structure: Element, track: Track, master: str) -> tuple[str, str]:
        """The track and its channel; the ids of the track and of its volume."""
        kinds = " ".join(sorted({form_of(clip.content).kind for clip in track.clips})) or "audio"
        key = self._id()
        element = SubElement(structure, "Track", id=key, name=_plain(track.name), contentType=kinds, loaded="true")
        if track.instrument is not None:
            element.set("comment", _plain(f"Instrument: {track.instrument.name}"))
        volume = self._channel(element, self._id(), "regular", track.gain_db, track.pan)
        channel = element[0]
        channel.set("destination", master)
        channel.set("solo", _flag(track.solo))
        mute = Element("Mute", id=self._id(), name="Mute", value=_flag(track.mute))
        channel.insert(0, mute)
        return key, volume

    def _channel(self, track: Element, key: str, role: str, gain_db: float, pan: float) -> str:
        """A channel of the mixer; the id of its volume."""
        channel = SubElement(track, "Channel", id=key, role=role, audioChannels="2")
        self._real(channel, "Pan", "Pan", "normalized", (pan + 1) / 2, 0.0, 1.0)
        return self._real(channel, "Volume", "Volume", "linear", gain_of(gain_db), 0.0, _LOUDEST)

    def _lanes(self, lanes: Element, track: Track, track_id: str, volume: str, context: Context) -> None:
        """What a track plays, and the automation of its volume."""
        own = SubElement(lanes, "Lanes", id=self._id(), track=track_id, timeUnit="beats")
        clips = SubElement(own, "Clips", id=self._id(), timeUnit="beats")
        ends = 0
        for clip in sorted(track.clips, key=self._p.start_of):
            self._overlaps += self._p.start_of(clip) < ends
            ends = max(ends, self._p.end_of(clip))
            self._clip(clips, track, clip, context)
        if track.automation:
            points = SubElement(own, "Points", id=self._id(), timeUnit="beats", unit="linear")
            SubElement(points, "Target", parameter=volume)
            for beat, gain_db in self._automation(track):
                gain = gain_of(track.gain_db) * gain_of(gain_db)
                SubElement(points, "RealPoint", time=number(beat), value=number(gain), interpolation="linear")

    def _automation(self, track: Track) -> Iterable[tuple[Fraction, float]]:
        """The points of a track's automation, and as many between them as its curve in decibels needs."""
        places = [(self._p.clock.beats(point.position), point.gain_db) for point in track.automation]
        for (beat, gain_db), (next_beat, next_db) in pairwise(places):
            steps = max(math.ceil(abs(next_db - gain_db) / _DB_STEP), 1)
            for step in range(steps):
                share = Fraction(step, steps)
                yield beat + (next_beat - beat) * share, gain_db + (next_db - gain_db) * float(share)
        yield places[-1]

    def _clip(self, clips: Element, track: Track, clip: Clip, context: Context) -> None:
        self._hidden_takes += len(clip.takes) - 1
        if form_of(clip.content).kind == "notes":
            self._notes += 1
            write_notes(self._place(clips, clip, "beats"), self._p, clip, self._id)
            return
        part = self._audio.of(track, clip, context)
        if part is None:
            self._missing.append(clip.name or "unnamed")
            return
        self._audio_clip(self._place(clips, clip, "seconds"), clip, part)

    def _place(self, clips: Element, clip: Clip, unit: str) -> Element:
        """The clip with its place, without what it plays."""
        clock = self._p.clock
        start = clock.beats(clip.position)
        duration = clock.beat_at(self._p.end_of(clip)) - start
        element = SubElement(
            clips,
            "Clip",
            time=number(start),
            duration=number(duration),
            contentTimeUnit=unit,
            playStart="0",
        )
        if clip.name:
            element.set("name", _plain(clip.name))
        if clip.mute:
            element.set("enable", "false")
        return element

    def _audio_clip(self, element: Element, clip: Clip, part: AudioPart) -> None:
        element.set("playStart", number(part.start))
        if part.loop:
            element.set("loopStart", number(part.loop[0]))
            element.set("loopEnd", number(part.loop[1]))
        fades: Sequence[tuple[str, Fade]] = (("fadeInTime", clip.fade_in), ("fadeOutTime", clip.fade_out))
        for name, fade in fades:
            if fade.length:
                element.set("fadeTimeUnit", "seconds")
                element.set(name, number(fade.length / self._p.rate))
                self._curved += fade.shape is not FadeShape.LINEAR
        audio = SubElement(
            element,
            "Audio",
            id=self._id(),
            timeUnit="seconds",
            channels=str(part.channels),
            sampleRate=str(part.rate),
            duration=number(part.seconds),
        )
        SubElement(audio, "File", path=part.path)

    def _tempo_map(self, arrangement: Element, tempo: str, signature: str) -> None:
        """Changes of the tempo and of the time signature, with what holds at the song's start."""
        p = self._p
        if p.tempo_changes:
            points = SubElement(arrangement, "TempoAutomation", id=self._id(), timeUnit="beats", unit="bpm")
            SubElement(points, "Target", parameter=tempo)
            tempos = p.tempo_map.tempos
            for point, after in zip(tempos, [*tempos[1:], None], strict=True):
                shape = "linear" if after is not None and after.ramp else "hold"
                SubElement(points, "RealPoint", time=number(point.beat), value=number(point.bpm), interpolation=shape)
        if p.signature_changes:
            points = SubElement(arrangement, "TimeSignatureAutomation", id=self._id(), timeUnit="beats")
            SubElement(points, "Target", parameter=signature)
            for bar in p.tempo_map.bars:
                SubElement(
                    points,
                    "TimeSignaturePoint",
                    time=number(bar.start),
                    numerator=str(bar.signature.numerator),
                    denominator=str(bar.signature.denominator),
                )


def _flag(on: bool) -> str:
    return "true" if on else "false"
