"""Makes the demo song: its parts are synthesised, imported like recordings, and arranged with the user's edits."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.audio import Audio, write_audio
from engine.demo import parts
from engine.demo.parts import CHORUS, TEMPO, VERSE, Stereo
from engine.demo.voices import RATE
from engine.ids import new_id
from engine.jobs import Context
from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.importing import import_audio
from engine.project.model import AutomationPoint, Fade, FadeShape, Project, Source, audio_clip, audio_take, new_project
from engine.timing.duration import Duration
from engine.timing.position import SONG_START, Position

NAME = "Harbour Lights"
"""The demo song's name."""

SECTIONS = (("Intro", 1), ("Verse", 5), ("Lift", 13), ("Chorus", 17), ("Break", 25), ("Outro", 29), ("End", 33))
"""Name and first bar of each section."""

PARTS: dict[str, tuple[Callable[[], Stereo], str]] = {
    "Groove": (lambda: parts.groove(2, chorus=False), "PCM_16"),
    "Groove Chorus": (lambda: parts.groove(4, chorus=True), "PCM_16"),
    "Fill": (parts.fill, "PCM_16"),
    "Shaker": (parts.shakers, "PCM_16"),
    "Bass Verse": (lambda: parts.bass_line(VERSE, busy=False), "PCM_24"),
    "Bass Chorus": (lambda: parts.bass_line(CHORUS, busy=True), "PCM_24"),
    "Keys Verse": (lambda: parts.keys(VERSE, busy=False), "PCM_24"),
    "Keys Chorus": (lambda: parts.keys(CHORUS, busy=True), "PCM_24"),
    "Strings Verse": (lambda: parts.pad(VERSE, "verse"), "FLOAT"),
    "Strings Chorus": (lambda: parts.pad(CHORUS, "chorus"), "FLOAT"),
    "Plucks": (lambda: parts.arpeggio(CHORUS), "FLOAT"),
    "Lead Tune": (lambda: parts.melody(lambda beat, beats, note: (beat, beats, note), "plain"), "FLOAT"),
    "Lead Long": (lambda: parts.melody(_long, "long"), "FLOAT"),
    "Lead Low": (lambda: parts.melody(_low, "low"), "FLOAT"),
    "Crash": (parts.cymbal, "PCM_24"),
}
"""Each recording: how it is made, and the sample format in which it is imported."""

CUT = Fade(round(0.012 * RATE))
"""The fade-out of a clip that ends while its sound goes on."""

_MADE, _IMPORTED = 0.7, 0.95  # shares of the progress
_INT16, _INT24 = (1 << 15) - 1, (1 << 23) - 1


def _long(beat: float, beats: float, note: int) -> tuple[float, float, int] | None:
    return (beat, beats + 0.5, note) if beats >= 0.75 else None


def _low(beat: float, beats: float, note: int) -> tuple[float, float, int] | None:
    return (beat, beats * 0.6, note - 12)


def build_demo(folder: Path, context: Context | None = None) -> Project:
    """Makes the demo song in `folder`, which must not exist or be empty, saves it and returns it.

    Any thread; takes a few seconds, on all cores.

    Raises:
        ProjectFileError: the folder is not empty or cannot be written.
        AudioFileError: the disk is full.
        Cancelled: the user cancelled. Then, as after an error, the folder is as it was.
    """
    context = context or Context()
    project = new_project(NAME, rate=RATE, tempo=Fraction(TEMPO))
    existed = folder.exists()
    create(folder, project)
    done = False
    try:
        with ProjectFolder.open(folder) as opened, tempfile.TemporaryDirectory() as place:
            sources = _record(folder, Path(place), context)
            context.progress(_IMPORTED, "Arranging")
            project = arrange(project, sources)
            opened.save(project)
        context.progress(1.0, "Done")
        done = True
    finally:
        if not done:
            shutil.rmtree(folder, ignore_errors=True)
            if existed:
                folder.mkdir(exist_ok=True)
    return project


def _record(folder: Path, place: Path, context: Context) -> dict[str, Source]:
    """Plays every part into a file and imports it, as the user would."""

    def play(name: str) -> Path:
        context.check()
        make, subtype = PARTS[name]
        path = place / f"{name}.wav"
        write_audio(path, Audio(_stepped(make(), subtype), RATE), subtype)
        return path

    sources = {}
    with ThreadPoolExecutor(thread_name_prefix="demo") as pool:
        for done, (name, path) in enumerate(zip(PARTS, pool.map(play, PARTS), strict=True)):
            context.progress(_MADE * done / len(PARTS), f"Playing {name}")
            sources[name] = import_audio(folder, path, RATE, context=None)
    return sources


def _stepped(sound: Stereo, subtype: str) -> np.ndarray:
    """`sound` in the integers that `AudioWriter.write` takes for `subtype`."""
    if subtype == "PCM_16":
        return np.rint(sound * _INT16).astype(np.int16)
    if subtype == "PCM_24":
        return np.rint(sound.astype(np.float64) * _INT24).astype(np.int32) << 8
    return sound


def arrange(project: Project, sources: dict[str, Source]) -> Project:
    """The song, of recordings with the names of `PARTS`."""
    song = _Arranger(project, sources)
    song.drums()
    song.bass_and_keys()
    song.strings()
    song.lead_and_effects()
    p = song.project
    for name, bar in SECTIONS:
        p = edits.add_marker(p, p.clock.bar_start(bar), name)
    p = edits.set_loop_region(p, start=p.clock.bar_start(17), end=p.clock.bar_start(25), on=False)
    return edits.set_master_gain(p, -1.0)


class _Arranger:
    """Puts the recordings onto tracks."""

    def __init__(self, project: Project, sources: dict[str, Source]) -> None:
        self.project = project
        self.sources = sources
        for source in sources.values():
            self.project = edits.add_source(self.project, source)

    def track(self, name: str, gain_db: float, pan: float = 0.0) -> str:
        self.project = edits.add_track(self.project, name)
        track_id = self.project.tracks[-1].id
        self.project = edits.set_track(self.project, track_id, gain_db=gain_db, pan=pan)
        return track_id

    def frames(self, bars: float) -> int:
        return Duration.of_beats(Fraction(bars) * 4).frames(SONG_START, self.project.clock)

    def clip(
        self,
        track: str,
        recording: str,
        bar: float,
        bars: float | None = None,
        *,
        loop_length: int = 0,
        gain_db: float = 0.0,
        name: str = "",
    ) -> str:
        """A clip of `recording` from `bar` (from 1) on, for `bars` bars or as long as it is; returns its id."""
        source = self.sources[recording]
        position = Position.at_beat(Fraction(bar - 1) * 4)
        length = source.frames_at(RATE)
        if bars is not None:
            length = Duration.of_beats(Fraction(bars) * 4).frames(position, self.project.clock)
        takes = (audio_take(new_id(), source.id),)
        clip = audio_clip(
            new_id(),
            position,
            length,
            takes,
            name=name or recording,
            fade_out=CUT,
            loop_length=loop_length,
            gain_db=gain_db,
        )
        self.project = edits.add_clip(self.project, track, clip, layered=True)  # what rings on is heard beside the next
        return clip.id

    def ring(self, track: str, recording: str, bar: float, bars: float) -> None:
        """A clip of a whole `recording` of so many bars that rings on for half a bar."""
        self.fades(self.clip(track, recording, bar, bars + 0.5), fade_out=0.5)

    def loop(self, track: str, recording: str, bar: float, bars: float, gain_db: float = 0.0) -> str:
        """A clip that repeats the whole of `recording`."""
        frames = self.sources[recording].frames_at(RATE)
        return self.clip(track, recording, bar, bars, loop_length=frames, gain_db=gain_db)

    def fades(self, clip: str, fade_in: float = 0.0, fade_out: float = 0.0) -> None:
        """Fades of so many bars."""
        p = edits.set_fade_in(self.project, clip, self.frames(fade_in), FadeShape.S_CURVE)
        self.project = edits.set_fade_out(p, clip, self.frames(fade_out), FadeShape.EQUAL_POWER)

    def drums(self) -> None:
        track = self.track("Drums", -4.2)
        self.loop(track, "Groove", 5, 8)
        self.loop(track, "Groove", 13, 3)
        self.clip(track, "Fill", 16, 1)
        self.loop(track, "Groove Chorus", 17, 8)
        self.loop(track, "Groove", 29, 3)
        self.clip(track, "Fill", 32)
        self.fades(self.clip(track, "Groove Chorus", 33, 0.25), fade_out=0.125)
        track = self.track("Shaker", -3.0, -0.2)
        self.fades(self.loop(track, "Shaker", 3, 14), fade_in=2)
        self.loop(track, "Shaker", 17, 8, gain_db=1.5)
        self.fades(self.loop(track, "Shaker", 25, 6), fade_out=2)

    def bass_and_keys(self) -> None:
        track = self.track("Bass", -4.0)
        self.ring(track, "Bass Verse", 5, 8)
        self.clip(track, "Bass Verse", 13, 4)
        self.ring(track, "Bass Chorus", 17, 8)
        self.clip(track, "Bass Verse", 29, 4)
        self.fades(self.clip(track, "Bass Verse", 33, 0.1875), fade_out=0.0625)
        track = self.track("Keys", -4.0, 0.15)
        self.fades(self.clip(track, "Keys Verse", 1, 4), fade_in=1)
        self.ring(track, "Keys Verse", 5, 8)
        first = self.clip(track, "Keys Verse", 13, 4)
        second = self.clip(track, "Keys Chorus", 17, 8.5)
        self.project = edits.crossfade(self.project, first, second, length=self.frames(0.125))
        self.project = edits.set_fade_out(self.project, second, self.frames(0.5), FadeShape.EQUAL_POWER)
        self.clip(track, "Keys Verse", 25, 4)
        self.clip(track, "Keys Verse", 29, 4)
        self.fades(self.clip(track, "Keys Verse", 33, 1.5), fade_out=1.25)

    def strings(self) -> None:
        track = self.track("Strings", -4.5, -0.1)
        verse = self.clip(track, "Strings Verse", 1, 8)
        self.fades(verse, fade_in=2)
        lift = self.clip(track, "Strings Verse", 9, 8)
        chorus = self.clip(track, "Strings Chorus", 17, 8)
        outro = self.clip(track, "Strings Verse", 25, 8)
        end = self.clip(track, "Strings Verse", 33, 2)
        for left, right in ((verse, lift), (lift, chorus), (chorus, outro), (outro, end)):
            self.project = edits.crossfade(self.project, left, right, length=self.frames(0.5))
        self.project = edits.set_fade_out(self.project, end, self.frames(1.5), FadeShape.EQUAL_POWER)
        points = ((1, 0.0), (5, -5.0), (13, -5.0), (17, 1.0), (25, 0.0), (33, -1.0))
        swell = [AutomationPoint(Position.at_beat((bar - 1) * 4), gain) for bar, gain in points]
        self.project = edits.set_automation(self.project, track, swell)
        track = self.track("Plucks", -4.0, 0.3)
        self.fades(self.clip(track, "Plucks", 17, 8), fade_in=1)
        self.fades(self.clip(track, "Plucks", 25, 4), fade_out=3)

    def lead_and_effects(self) -> None:
        track = self.track("Lead", -3.5)
        lead = self.clip(track, "Lead Tune", 17)
        p = self.project
        p = edits.add_take(p, lead, audio_take(new_id(), self.sources["Lead Long"].id, "Long notes"))
        p = edits.add_take(p, lead, audio_take(new_id(), self.sources["Lead Low"].id, "An octave down"))
        self.project = edits.set_clip(p, [lead], name="Lead")
        self.fades(lead, fade_out=0.5)
        track = self.track("Effects", -5.0)
        length = self.sources["Crash"].frames_at(RATE)
        for bar in (5, 17, 33):
            swell = self.clip(track, "Crash", 1, name="Reversed crash")
            place = self.project.clock.bar_start(bar)
            start = Position.at_frame(self.project.clock.frames(place) - length)
            p = edits.place_clip(self.project, swell, start)
            self.project = edits.reverse(p, [swell])
            self.clip(track, "Crash", bar, gain_db=-2.0)
