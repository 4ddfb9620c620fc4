"""The player seen from the window: facts as signals at the screen's pace, wishes as methods."""

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.audition_meter import AuditionMeter
from desktop.document import Document
from engine.errors import EditError, EngineError
from engine.playback.input_settings import InputSettings, InputTrack, RecordOrder
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiSettings
from engine.playback.recorded_audio import silenced
from engine.playback.recorded_notes import Span
from engine.playback.state import SILENT, PlayerState
from engine.project import edits
from engine.project.model import Project, Target
from engine.project.routing import without_lanes
from engine.project.sample_file import SampleFile
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.playback.device import DeviceSettings
    from engine.playback.plan import Plan
    from engine.playback.player import Player

log = logging.getLogger(__name__)

PLAYING_MS = 16
IDLE_MS = 60
PLAN_MS = 30
"""Least time between two plans: edits that come faster go to the player as one, the first of them at once."""

NOTICES = ("device", "rate")
"""Kinds of the player's messages that are no errors."""
PATIENCE = 1.0
"""Seconds after which the window shows what the player does, though it carried out what it was told."""


class _Wish:
    """What the player was told last. Until its report agrees, the window shows the wish."""

    def __init__(self, playing: bool, frame: int | None) -> None:
        self._playing = playing
        self._frame = frame
        self._until = monotonic() + PATIENCE

    def met_by(self, state: PlayerState, rate: int, *, behind: bool) -> bool:
        """Whether it is fulfilled in `state`, or was not within `PATIENCE` of when the player had carried it out."""
        near = self._frame is None or abs(state.position - self._frame) < rate / 2
        if behind:  # it starts, or opens a device
            self._until = monotonic() + PATIENCE
        return (state.playing == self._playing and near) or (not behind and monotonic() > self._until)


def quiet(state: PlayerState) -> PlayerState:
    """`state` with levels of silence; what was measured over time stays."""
    return replace(
        state,
        meters={},
        master_peak=(0.0, 0.0),
        master_rms=(0.0, 0.0),
        correlation=0.0,
        reductions={},
        spectrum=SILENT,
        channel_spectrum=SILENT,
    )


class PlayerBridge(QObject):
    """Keeps the player's plan in step with the document. All methods and signals belong to the UI thread."""

    position_changed = Signal(int)
    """The frame that is heard now, or the playhead's frame when stopped."""
    playing_changed = Signal(bool)
    located = Signal(int)
    """The playhead was sent to a frame by name, which should come into view."""
    meters_changed = Signal(object)
    """A `PlayerState`."""
    metronome_changed = Signal(bool)
    message = Signal(str)
    """A sentence for the user: something is wrong."""
    notice = Signal(str)
    """A sentence for the user: something to know."""
    device_back = Signal()
    """Sound is heard again after no device was there: what was said of that is over."""
    held = Signal(str)
    """A sentence for the user: playback waits for sound that is being made."""
    midi_notice = Signal(str)
    """A sentence for the user: a MIDI device has gone, or is back."""
    plugin_stopped = Signal(str, str)
    """A sentence for the user, and the id of the plug-in's device: it stopped, or is late."""
    midi_received = Signal(object)
    """A `MidiReport`: what came over MIDI."""
    recording_reported = Signal(object)
    """A `RecordingReport`: how a recording of sound goes."""
    latency_measured = Signal(object)
    """A `LatencyReport`."""
    started_anew = Signal()
    """The player runs, and has to be told what is played live."""

    def __init__(self, document: Document, player: "Player | None" = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._made = player
        self._started = False
        self._plan: Plan | None = None
        self._position = 0
        self._playing = False
        self._watchers: dict[str, str] = {}
        self._watched = (False, "")
        self._metronome = False
        self._deviceless = False
        self._auditioned: AuditionMeter | None = None
        self._looped: tuple[int, int] | None = None  # instead of the song's loop
        self._began = 0  # where playing began
        self.returns = False
        """Whether the playhead goes back to where playing began when the user stops."""
        self.open_ended = False
        """Whether playing goes on after the song's end, as while one records."""
        self._live: tuple[LiveTrack, ...] = ()
        self._inputs: tuple[InputTrack, ...] = ()
        self._silenced: tuple[tuple[str, ...], Span] | None = None  # tracks that are being recorded
        self._wish: _Wish | None = None
        self._preview: Callable[[Project], Project] | None = None
        self._resting: frozenset[tuple[str, Target]] = frozenset()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._recompile = QTimer(self)
        self._recompile.setSingleShot(True)
        self._recompile.timeout.connect(self._send_plan)
        self._sent_at = 0.0
        document.changed.connect(self._on_changed)

    # facts

    @property
    def position(self) -> int:
        """The playhead's frame."""
        return self._position

    @property
    def playing(self) -> bool:
        """Whether the song plays."""
        return self._playing

    @property
    def metronome(self) -> bool:
        """Whether the metronome is heard."""
        return self._metronome

    @property
    def state(self) -> PlayerState | None:
        """The player's latest report; None before it runs."""
        return self.player.state if self._started else None

    @property
    def song_rate(self) -> int:
        """The rate of the song, in hertz."""
        return self._document.project.rate

    @property
    def started(self) -> bool:
        """Whether the player runs."""
        return self._started

    # wishes

    def start(self, device: "DeviceSettings | None" = None) -> None:
        """Starts the player's process; without success a message says why, and `start` may be called again."""
        if self._started:
            return
        try:
            if device is not None:
                self.player.set_device(device)
            self.player.start()
        except EngineError as error:
            self.message.emit(str(error))
            return
        self._started = True
        self.player.set_metronome(self._metronome)
        self._send_plan()
        self._timer.start(IDLE_MS)
        self.started_anew.emit()

    def close(self) -> None:
        """Ends the player's process."""
        self._timer.stop()
        self._recompile.stop()
        if self._started:
            self._started = False
            self.player.close()

    def play(self, count_in: int = 0) -> None:
        """Plays from the playhead, or from the song's start where nothing would be heard after it.

        Before that, `count_in` bars are counted.
        """
        if not self._started or self._document.folder is None:
            return
        if self._recompile.isActive():
            self._send_plan()
        if self._has_ended(self._position):
            self._move_to(0)
            self.located.emit(0)
        self._began = self._position
        self.player.play(self._position, count_in)
        self._wish = _Wish(True, None if count_in else self._position)
        self._set_playing(True)

    def stop(self) -> None:
        """Stops; the playhead stays where it was heard last."""
        if self._started:
            self.player.stop()
            self._wish = _Wish(False, None)
        self._set_playing(False)

    def toggle(self) -> None:
        """Plays or stops; with `returns` the playhead then goes back to where playing began."""
        if not self._playing:
            self.play()
        elif self.returns:
            self._return()
        else:
            self.stop()

    def _return(self) -> None:
        """Stops, with the playhead and the view where playing began."""
        self.stop()
        self.locate(self._began)

    def _has_ended(self, frame: int) -> bool:
        """Whether the song is over at `frame`: after it nothing sounds, repeats, grows or counts."""
        project = self._document.project
        end = project.length
        if not end or frame < end or self._metronome or self.open_ended or (self._looped and frame < self._looped[1]):
            return False
        if project.loop.on and frame < project.clock.frames(project.loop.end):
            return False
        return not any(source.growing for source in project.sources.values())

    def seek(self, frame: int) -> None:
        """Moves the playhead; playing goes on from there."""
        frame = max(0, int(frame))
        if self._started:
            self.player.seek(frame)
            self._wish = _Wish(self._playing, frame)
        self._move_to(frame)

    def locate(self, frame: int) -> None:
        """Moves the playhead to a place that may be out of view."""
        self.seek(frame)
        self.located.emit(self._position)

    def toggle_loop(self) -> None:
        """Switches the loop region on or off; part of the song."""
        on = not self._document.project.loop.on
        self._document.apply(
            "Loop on" if on else "Loop off", lambda project: edits.set_loop_region(project, on=on), merge="loop"
        )

    def set_metronome(self, on: bool) -> None:
        """Lets the metronome be heard or not; it is never exported."""
        if on == self._metronome:
            return
        self._metronome = on
        if self._started:
            self.player.set_metronome(on)
        self.metronome_changed.emit(on)

    def set_device(self, device: "DeviceSettings") -> None:
        """Plays on another device or with other buffers."""
        if not self._started:
            self.start(device)
            return
        try:
            self.player.set_device(device)
        except EngineError as error:
            self.message.emit(str(error))

    def find_device(self) -> None:
        """Looks for the device again if it is gone; playing goes on with the next press."""
        if self._started:
            self.player.find_device()

    def set_midi(self, settings: MidiSettings) -> None:
        """Uses these MIDI ports, now and whenever they are plugged in."""
        self.player.set_midi(settings)

    def set_live(self, tracks: tuple[LiveTrack, ...]) -> None:
        """Lets these tracks be played by what comes over MIDI."""
        self._live = tracks
        self.player.set_live(tracks)
        self._set_pace()

    def set_input(self, settings: InputSettings, tracks: tuple[InputTrack, ...]) -> None:
        """Lets these tracks listen to an input, which is open while there are any."""
        self._inputs = tracks
        self.player.set_input(settings, tracks)
        self._set_pace()

    def start_recording(self, order: RecordOrder) -> None:
        """Records sound from now on; `recording_reported` says how it goes."""
        self.player.start_recording(order)

    def stop_recording(self) -> None:
        """Ends the recording with what is heard now; a last report follows."""
        self.player.stop_recording()

    def measure_latency(self, settings: InputSettings) -> None:
        """Plays a sound and looks for it in an input; `latency_measured` says what was found."""
        self.player.set_input(settings, self._inputs)
        self.player.measure_latency()

    def silence(self, track_ids: tuple[str, ...], span: Span) -> None:
        """Plays none of the clips of these tracks that reach into `span`, as they are being recorded there."""
        self._silenced = (track_ids, span) if track_ids else None
        self._recompile_soon()

    def play_midi(self, *events: MidiEvent) -> None:
        """Plays events as if they had come from a MIDI device."""
        if self._started:
            self.player.play_midi(events)

    def reset_clips(self) -> None:
        """Puts all clip lights out."""
        if self._started:
            self.player.reset_clips()

    def watch(self, who: str, on: bool, track: str = "") -> None:
        """Lets the spectra of the master and of a track be measured while any of those that ask wants them.

        `who` asks; the track of the last one that wants any counts.
        """
        self._watchers.pop(who, None)
        if on:
            self._watchers[who] = track
        tracks = [each for each in self._watchers.values() if each]
        watched = (bool(self._watchers), tracks[-1] if tracks else "")
        if watched != self._watched:
            self._watched = watched
            self.player.watch(*watched)

    @property
    def watched_track(self) -> str:
        """The id of the track whose spectrum is measured; empty for none."""
        return self._watched[1]

    def restart_device(self, device_id: str) -> None:
        """Starts a plug-in anew that stopped."""
        if self._started:
            self.player.restart_device(device_id)

    def reset_loudness(self) -> None:
        """Starts the loudness measurement anew."""
        if self._started:
            self.player.reset_loudness()

    def refresh(self) -> None:
        """Sends the song once more, such as when audio that was missing has come."""
        self._plan = None
        self._recompile_soon()

    def audition(
        self, file: SampleFile | None, gain_db: float = 0.0, track_id: str = "", *, in_time: bool = False
    ) -> None:
        """Plays a file over whatever plays, and shows it on the meters of a track and the master; None ends that.

        With `in_time`, a file that begins with a bar keeps to the bars of the song where that plays.
        """
        if self._started:
            project = self._document.project
            self._auditioned = AuditionMeter(file, project.rate, gain_db, track_id) if file else None
            bar = origin = 0
            if file and in_time:
                clock = project.clock
                number, _, _ = clock.bar_and_beat(Position.at_frame(self.position))
                origin = clock.frames(clock.bar_start(number))
                bar = clock.frames(clock.bar_start(number + 1)) - origin
            self.player.audition(file, gain_db, bar, origin)
            self._set_pace()

    @property
    def audition_frame(self) -> int | None:
        """The frame of the auditioned file that is heard; None when there is none, or it is over."""
        return self._auditioned.position if self._auditioned else None

    def loop_over(self, first: int, last: int) -> None:
        """Plays the frames from `first` to `last` over and over, whatever the song's loop, until `loop_as_song`."""
        if not self._started or self._document.folder is None:
            return
        self._looped = first, last
        self._send_loop()
        if not (self._playing and first <= self._position < last):
            self.seek(first)
            if not self._playing:
                self.play()

    def loop_as_song(self) -> None:
        """Ends `loop_over`: playback repeats what the song says."""
        if self._looped is not None:
            self._looped = None
            self._send_loop()

    def preview(self, edit: Callable[[Project], Project] | None) -> None:
        """Plays what `edit` would make of the song, which itself stays as it is; None ends that."""
        if edit is not self._preview:
            self._preview = edit
            self._recompile_soon()

    def set_resting(self, lanes: frozenset[tuple[str, Target]]) -> None:
        """Plays without the automation of these parameters, (channel, target): they are as they were set by hand."""
        if lanes != self._resting:
            self._resting = lanes
            self._recompile_soon()

    @property
    def player(self) -> "Player":
        """The player itself; it is made when it is first needed."""
        if self._made is None:
            from engine.playback.player import Player

            self._made = Player()
        return self._made

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self.stop()
            self._plan = self._preview = self._auditioned = None
            self._looped = None
            self._began = 0
            self.seek(0)
        self._recompile_soon()

    def _recompile_soon(self) -> None:
        """Sends the song to the player once this turn is over, or when the plan before is `PLAN_MS` old."""
        if not self._recompile.isActive():
            since = round(1000 * (monotonic() - self._sent_at))
            self._recompile.start(max(PLAN_MS - since, 0))

    def _send_plan(self) -> None:
        self._recompile.stop()
        self._sent_at = monotonic()
        folder = self._document.folder
        if not self._started:
            return
        from engine.playback.plan import compile_plan

        project = without_lanes(self._previewed(self._document.project), self._resting)
        if self._silenced:
            project = silenced(project, *self._silenced)
        try:
            if folder is not None:
                self._plan = compile_plan(project, folder, self._plan)
                self.player.set_plan(self._plan)
                if self._looped:
                    self._send_loop()
        except EngineError as error:
            self.message.emit(str(error))

    def _previewed(self, project: Project) -> Project:
        try:
            return self._preview(project) if self._preview else project
        except EditError:
            self._preview = None  # what it would change is not there any more
            return project

    def note_device(self, state: PlayerState) -> None:
        """Says when there is a device again, by one report after the other."""
        deviceless = state.lost or state.silent
        if self._deviceless and not deviceless:
            self.device_back.emit()
        self._deviceless = deviceless

    def _look(self) -> None:
        state = self.player.state
        for note in self.player.messages():
            if note.kind == "plugin":
                self.plugin_stopped.emit(note.text, note.device)
                continue
            signal = {"hold": self.held, "midi": self.midi_notice}.get(
                note.kind, self.notice if note.kind in NOTICES else self.message
            )
            signal.emit(note.text)
        self.note_device(state)
        for report in self.player.midi():
            self.midi_received.emit(report)
            for wish in report.transport:
                self._obey(wish)
        for recording in self.player.recordings():
            self.recording_reported.emit(recording)
        for latency in self.player.latencies():
            self.latency_measured.emit(latency)
        if self._wish and self._wish.met_by(state, self._document.project.rate, behind=self.player.behind(state)):
            self._wish = None
        if self._wish is None:
            self._set_playing(state.playing)
            if state.playing:
                self._move_to(max(int(state.position), 0))  # before 0 while bars are counted in
                if self._has_ended(self._position):
                    self._return()
        shown = state if state.playing or self._live or self._inputs else quiet(state)
        if self._auditioned:
            if not state.playing:
                shown = self._auditioned.shown(shown)
            if self._auditioned.position is None:
                self._auditioned = None
                self._set_pace()
        self.meters_changed.emit(shown)

    def _obey(self, wish: str) -> None:
        """Does what another machine asks for over MIDI."""
        if wish == "stop":
            self.stop()
        elif not self._playing:
            if wish == "start":
                self.locate(0)
            self.play()

    def _send_loop(self) -> None:
        if not self._started:
            return
        project = self._document.project
        clock, loop = project.clock, project.loop
        if self._looped:
            self.player.set_loop(*self._looped, True)
        else:
            self.player.set_loop(clock.frames(loop.start), clock.frames(loop.end), loop.on)

    def _set_pace(self) -> None:
        """How often the player is looked at."""
        if self._started:
            active = self._playing or self._auditioned or self._live or self._inputs
            self._timer.setInterval(PLAYING_MS if active else IDLE_MS)

    def _move_to(self, frame: int) -> None:
        if frame != self._position:
            self._position = frame
            self.position_changed.emit(frame)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self._set_pace()
            self.playing_changed.emit(playing)
