"""Records notes and sound onto the armed tracks: count-in, punch, overdub, a take for each round of the loop."""

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.recording.arming import Arming
from desktop.recording.audio_recording import AudioRecording
from desktop.settings import Settings
from engine.playback.midi_events import MidiEvent, MidiReport
from engine.playback.recorded_notes import Span, rounds_played
from engine.playback.recording import clip_recorded, record
from engine.project import edits
from engine.project.model import Project
from engine.timing.position import Position

PUNCHED_OUT = "The playhead lies behind the loop region, which is recorded while Punch is on: move it before its end."
STILL_ENDING = "What was recorded before is still coming in: record again in a moment."
NOTHING_ARMED = "No track is armed: press R on the track that you want to record, then record."

SHOW_MS = 100
"""How often what is being recorded is shown."""
SHOW_SHARE = 0.05
"""Of the window's time, which that takes at most."""


class Recorder(QObject):
    """One recording at a time; it ends when playback does. UI thread."""

    changed = Signal(bool)
    """Whether it records."""
    failed = Signal(str)
    """A sentence: why it does not."""
    shown = Signal(object)
    """The song with the notes that have been recorded by now, which it does not hold yet; None: as it is."""

    def __init__(
        self, document: Document, bridge: PlayerBridge, arming: Arming, sound: AudioRecording, settings: Settings
    ) -> None:
        super().__init__()
        self._document, self._bridge, self._arming, self._settings = document, bridge, arming, settings
        self._sound = sound
        self.punch = settings.flag("record/punch")
        """Whether only what lies in the loop region is recorded."""
        self.count_in = settings.flag("record/count_in", True)
        """Whether a bar is counted before a recording begins."""
        self.overdub = settings.flag("record/overdub")
        """Whether notes are added to the clip that is there."""
        self._span: Span | None = None
        self._events: list[MidiEvent] = []
        self._show = QTimer(self)
        self._show.timeout.connect(self._show_notes)
        bridge.midi_received.connect(self._take)
        bridge.playing_changed.connect(self._on_playing)
        bridge.position_changed.connect(self._on_position)
        sound.ended.connect(self._on_sound_ended)
        sound.recorded.connect(lambda clips: document.select(clips))
        document.changed.connect(self._on_changed)

    @property
    def recording(self) -> bool:
        """Whether it records, or counts in."""
        return self._span is not None

    def set_count_in(self, on: bool) -> None:
        """Counts a bar in before a recording, or not; remembered."""
        self.count_in = on
        self._settings.put("record/count_in", "true" if on else "false")

    def set_punch(self, on: bool) -> None:
        """Records only what lies in the loop region, or all; remembered."""
        self.punch = on
        self._settings.put("record/punch", "true" if on else "false")

    def set_overdub(self, on: bool) -> None:
        """Adds to the clip that is there, or makes a new one; remembered."""
        self.overdub = on
        self._settings.put("record/overdub", "true" if on else "false")

    def toggle(self) -> None:
        """Begins to record at the playhead, or ends; playback goes on where it ran before."""
        if self._span is not None:
            self._finish()
            return
        document, bridge = self._document, self._bridge
        if document.folder is None:
            self.changed.emit(False)
            return
        if not self._arming.tracks:
            chosen = document.selection.track
            track = document.project.track(chosen) if chosen else None
            if track is None:
                self._refuse(NOTHING_ARMED)
                return
            self._arming.arm(track.id)
        span = self._span_from(bridge.position)
        if span.last <= bridge.position:
            self._refuse(PUNCHED_OUT)
            return
        if not bridge.started:
            self._refuse("The player does not run, so nothing can be recorded: play to start it again.")
            return
        if self._sound.running:
            self._refuse(STILL_ENDING)
            return
        self._events.clear()
        self._span = span
        self._show.start(SHOW_MS)
        bridge.open_ended = True
        self._arming.set_recording(True)
        sounding = [track for id_ in self._arming.sound_tracks if (track := document.project.track(id_)) is not None]
        if sounding:
            inputs = self._arming.inputs
            self._sound.begin([(track.id, track.name, inputs.of(track.id).channels) for track in sounding], span)
        if not bridge.playing:
            bridge.play(count_in=1 if self.count_in else 0)
        self.changed.emit(True)

    # inside

    def _refuse(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self.changed.emit(False)

    def _span_from(self, position: int) -> Span:
        """From the playhead on; the loop, where the playhead lies in it, or where it is to be punched into."""
        project = self._document.project
        loop, clock = project.loop, project.clock
        first, last = clock.frames(loop.start), clock.frames(loop.end)
        if self.punch and last > first:
            return Span(first, last, rounds=loop.on)
        if loop.on and first <= position < last:
            return Span(first, last, rounds=True)
        return Span(position, 1 << 40)

    def _take(self, report: MidiReport) -> None:
        if self._span is not None:
            self._events += report.events

    def _on_playing(self, playing: bool) -> None:
        if not playing and self._span is not None:
            self._finish()

    def _on_position(self, position: int) -> None:
        span = self._span
        if span is not None and not span.rounds and position >= span.last:
            self._finish(punched_out=True)

    def _on_sound_ended(self) -> None:
        """The input has gone, or there was none: what is played over MIDI is kept as well."""
        if self._span is not None:
            self._finish()

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id and self._span is not None:
            self._span = None
            self._events.clear()
            self._end_showing()
            self._bridge.open_ended = False
            self._arming.set_recording(False)
            self.changed.emit(False)

    def _finish(self, *, punched_out: bool = False) -> None:
        span, events = self._span, tuple(self._events)
        assert span is not None
        self._span = None
        self._events.clear()
        self._end_showing()
        self._bridge.open_ended = False
        if punched_out:
            self._sound.expect_end()
        else:
            self._sound.stop()
        self._arming.set_recording(False)
        if not span.rounds:
            end = max(
                min(self._bridge.position, span.last), round(max((event.frame for event in events), default=0)) + 1
            )
            span = Span(span.first, max(end, span.first + 1))
        document, before, overdub, tracks = self._document, self._document.project, self.overdub, self._note_tracks()
        rounds = rounds_played(events, span, before.clock)

        def edit(project: Project) -> Project:
            for track_id in tracks:
                project = record(project, track_id, rounds, span, overdub=overdub)
            return project

        if rounds and tracks and document.apply("Record", edit) and (clip := clip_recorded(before, document.project)):
            document.select([clip], track=tracks[0])
        self.changed.emit(False)

    def _note_tracks(self) -> list[str]:
        """The ids of the armed tracks that record notes."""
        sounding = self._arming.sound_tracks
        return [track_id for track_id in self._arming.tracks if track_id not in sounding]

    def _show_notes(self) -> None:
        """Shows what would be in the song if the recording ended now: a new clip reaches up to the playhead."""
        span, tracks, project = self._span, self._note_tracks(), self._document.project
        if span is None or not self._events or not tracks:
            return
        began, position = perf_counter(), self._bridge.position
        if not span.rounds:
            reached = round(max(event.frame for event in self._events)) + 1
            span = Span(span.first, max(min(position, span.last), reached, span.first + 1))
        if rounds := rounds_played(tuple(self._events), span, project.clock):
            for track_id in tracks:
                before = project
                project = record(project, track_id, rounds, span, overdub=self.overdub)
                if not span.rounds and not self.overdub:
                    project = edits.trim_end(project, clip_recorded(before, project), Position.at_frame(span.last))
            self.shown.emit(project)
        self._show.setInterval(max(SHOW_MS, round(1000 * (perf_counter() - began) / SHOW_SHARE)))

    def _end_showing(self) -> None:
        self._show.stop()
        self.shown.emit(None)
