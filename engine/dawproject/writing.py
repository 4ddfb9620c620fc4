"""Writes a song as a DAWproject file: tracks, clips, notes, fades, the mixer, automation, tempo map, markers, audio.

The elements are those of the published schema (Project.xsd, version 1.0). Places in the song are beats; what of a file
a clip plays is seconds. What the format has no place for is rendered into audio, or told in a sentence.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from engine import __version__
from engine.atomic_file import replacing
from engine.dawproject import SUFFIX
from engine.dawproject.audio_clips import AudioFiles, AudioPart
from engine.dawproject.channel_writing import ChannelWriter, plain
from engine.dawproject.contents import WarpWindow, form_of, warp_window
from engine.dawproject.note_clips import number, write_notes
from engine.dawproject.reading import FOLLOWS_TEMPO
from engine.disk import reason
from engine.errors import ExportError, shown
from engine.jobs import Context
from engine.plain_text import counted
from engine.project.model import ChannelKind, Clip, Fade, FadeShape, Project, Track
from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO


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
    SubElement(root, "Title").text = plain(p.name)
    SubElement(root, "Comment").text = f"Made with Continuo {__version__}"
    return root


class _Writer:
    """Builds the elements of one song."""

    def __init__(self, p: Project, audio: AudioFiles) -> None:
        self._p, self._audio = p, audio
        self._ids = count()
        self._notes = self._hidden_takes = self._curved = self._overlaps = self._warped = 0
        self._missing: list[str] = []
        self._channels = ChannelWriter(p, self._id)

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
        if self._warped:
            yield (
                f"{counted(self._warped, 'clip')} following the tempo: another program stretches them in its own way. "
                "Export stems to have their sound."
            )
        if self._overlaps:
            yield f"{counted(self._overlaps, 'clip')} overlapping others: some programs play only one of them there."
        if self._own_devices():
            yield (
                "Devices go with the values of their parameters: another program plays equalisers, compressors, "
                "limiters and gates with its own, and leaves out others. Export stems to have their sound."
            )
        if count := self._channels.sidechains:
            yield f"{counted(count, 'side chain')} left out: the format has no place for them."
        if count := sum(track.frozen is not None for track in self._p.tracks):
            yield f"{counted(count, 'frozen track')} written as the sound that is played."
        if self._p.chords or self._p.sections:
            yield "Chords and sections were left out: the format has no place for them."
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
        lanes = Element("Lanes", id=self._id(), timeUnit="beats")
        open_groups: list[tuple[str, Element]] = []
        for place, track in enumerate(p.tracks):
            context.progress(0.5 * place / len(p.tracks), "Reading the tracks")
            while open_groups and open_groups[-1][0] != track.group:
                open_groups.pop()  # a member that does not follow its group is told by its destination alone
            element = self._track(open_groups[-1][1] if open_groups else structure, track)
            if track.kind is ChannelKind.GROUP:
                open_groups.append((track.id, element))
            self._lanes(lanes, track, element.attrib["id"], context)
        master = SubElement(structure, "Track", id=self._id(), name="Master", contentType="audio notes", loaded="true")
        self._channels.write(master, None)
        if p.master_lanes:
            own = SubElement(lanes, "Lanes", id=self._id(), track=master.attrib["id"], timeUnit="beats")
            self._channels.lanes(own, None)
        arrangement = SubElement(root, "Arrangement", id=self._id())
        arrangement.append(lanes)
        if p.markers:
            markers = SubElement(arrangement, "Markers", id=self._id(), timeUnit="beats")
            for marker in p.markers:
                beat = number(p.clock.beats(marker.position))
                SubElement(markers, "Marker", name=plain(marker.name), time=beat)
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

    def _own_devices(self) -> bool:
        return bool(self._p.master_devices) or any(track.devices for track in self._p.tracks)

    def _track(self, parent: Element, track: Track) -> Element:
        """The track and its channel."""
        kinds = " ".join(sorted({form_of(clip.content).kind for clip in track.clips})) or "audio"
        if track.kind is ChannelKind.GROUP:
            kinds = "tracks"
        element = SubElement(parent, "Track", id=self._id(), name=plain(track.name), contentType=kinds, loaded="true")
        if track.instrument is not None:
            element.set("comment", plain(f"Instrument: {track.instrument.name}"))
        self._channels.write(element, track)
        return element

    def _lanes(self, lanes: Element, track: Track, track_id: str, context: Context) -> None:
        """What a track plays, and its automation."""
        own = SubElement(lanes, "Lanes", id=self._id(), track=track_id, timeUnit="beats")
        clips = SubElement(own, "Clips", id=self._id(), timeUnit="beats")
        ends = 0
        for clip in sorted(track.clips, key=self._p.start_of):
            self._overlaps += self._p.start_of(clip) < ends
            ends = max(ends, self._p.end_of(clip))
            self._clip(clips, track, clip, context)
        self._channels.lanes(own, track)

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
        window = None if part.rendered else warp_window(self._p, clip)
        if window:
            self._warped_clip(self._place(clips, clip, "beats"), clip, window, part)
            return
        element = self._place(clips, clip, "seconds")
        element.set("playStart", number(part.start))
        if part.loop:
            element.set("loopStart", number(part.loop[0]))
            element.set("loopEnd", number(part.loop[1]))
        self._fades(element, clip)
        self._audio_file(element, part)

    def _warped_clip(self, element: Element, clip: Clip, window: WarpWindow, part: AudioPart) -> None:
        """A clip that follows the tempo: beats of the song, and the seconds of the file that lie there."""
        element.set("playStart", number(window.start))
        if window.loop:
            element.set("loopStart", number(window.loop[0]))
            element.set("loopEnd", number(window.loop[1]))
        self._fades(element, clip)
        warps = SubElement(element, "Warps", id=self._id(), timeUnit="beats", contentTimeUnit="seconds")
        warps.set("comment", FOLLOWS_TEMPO)
        self._audio_file(warps, part)
        for marker in window.markers:
            SubElement(warps, "Warp", time=number(marker.beat), contentTime=number(marker.frame / self._p.rate))
        self._warped += 1

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
            element.set("name", plain(clip.name))
        if clip.mute:
            element.set("enable", "false")
        return element

    def _fades(self, element: Element, clip: Clip) -> None:
        fades: Sequence[tuple[str, Fade]] = (("fadeInTime", clip.fade_in), ("fadeOutTime", clip.fade_out))
        for name, fade in fades:
            if fade.length:
                element.set("fadeTimeUnit", "seconds")
                element.set(name, number(fade.length / self._p.rate))
                self._curved += fade.shape is not FadeShape.LINEAR

    def _audio_file(self, parent: Element, part: AudioPart) -> None:
        audio = SubElement(
            parent,
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
