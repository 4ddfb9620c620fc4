"""Tracks that are armed: what comes over MIDI, or from an audio input, is heard and recorded onto them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.recording.inputs import Monitoring, TrackInputs
from engine.jobs import Context
from engine.playback.gains import gain_of, pan_gains
from engine.playback.input_settings import InputSettings, InputTrack
from engine.playback.midi_events import LiveTrack
from engine.project.model import DEFAULT_INSTRUMENT, Instrument, Project, Track

if TYPE_CHECKING:
    from engine.playback.live_instrument import LiveSound

QUEUE = "instruments"


class Arming(QObject):
    """Keeps the player's live instruments and inputs in step with the armed tracks. UI thread."""

    changed = Signal()
    failed = Signal(str)
    """A sentence: why an instrument cannot be played."""

    def __init__(self, document: Document, bridge: PlayerBridge, jobs: JobCentre, inputs: TrackInputs) -> None:
        super().__init__()
        self._document, self._bridge, self._jobs = document, bridge, jobs
        self.inputs = inputs
        """What each track records."""
        self._recording = False
        self._listening: tuple[InputSettings, tuple[InputTrack, ...]] | None = None
        self._armed: tuple[str, ...] = ()
        self._sounds: dict[Instrument, LiveSound] = {}
        self._coming: set[Instrument] = set()
        self._sent: tuple[LiveTrack, ...] = ()
        document.changed.connect(self._on_changed)
        bridge.started_anew.connect(self._send)
        bridge.playing_changed.connect(lambda _: self._send_inputs())
        inputs.changed.connect(self._on_inputs)

    @property
    def tracks(self) -> tuple[str, ...]:
        """The ids of the armed tracks."""
        return self._armed

    @property
    def playable(self) -> bool:
        """Whether the instrument of every track that is armed for notes is ready."""
        notes = [track_id for track_id in self._armed if track_id not in self.sound_tracks]
        return bool(notes) and len(self._sent) == len(notes)

    @property
    def sound_tracks(self) -> tuple[str, ...]:
        """The ids of those that are armed for sound."""
        tracks = [self._document.project.track(track_id) for track_id in self._armed]
        return tuple(track.id for track in tracks if track is not None and self.inputs.records_sound(track))

    def set_recording(self, on: bool) -> None:
        """Says whether a recording goes on, during which the inputs are monitored."""
        self._recording = on
        self._send_inputs()

    def arm(self, track_id: str, on: bool = True, *, beside_others: bool = False) -> None:
        """Arms a track alone, or beside those that are armed; or disarms it."""
        if on:
            armed = (*self._armed, track_id) if beside_others else (track_id,)
        else:
            armed = tuple(each for each in self._armed if each != track_id)
        armed = tuple(dict.fromkeys(armed))
        if armed != self._armed:
            self._armed = armed
            self._send()
            self.changed.emit()

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if not self._armed:
            return
        present = {track.id for track in new.tracks} if old.id == new.id else set()
        if not present.issuperset(self._armed):
            self._armed = tuple(each for each in self._armed if each in present)
            self.changed.emit()
        self._send()

    def _send(self) -> None:
        """Tells the player what is played live, once its sounds are made."""
        project = self._document.project
        soloed = any(track.solo for track in project.tracks)
        live = []
        sound = self.sound_tracks
        for track_id in self._armed:
            track = project.track(track_id)
            if track is None or track_id in sound:
                continue
            instrument = track.instrument or DEFAULT_INSTRUMENT
            played = self._sounds.get(instrument)
            if played is None:
                self._make(instrument, track)
                continue
            left, right = _gains(project, track, soloed)
            live.append(LiveTrack(track_id, str(played.file), left * played.left, right * played.right))
        if tuple(live) != self._sent:
            self._sent = tuple(live)
            self._bridge.set_live(self._sent)
        self._send_inputs()

    def _on_inputs(self) -> None:
        self._send()
        self.changed.emit()

    def _send_inputs(self) -> None:
        """Tells the player which tracks listen to the input, and which of them are heard."""
        project = self._document.project
        soloed = any(track.solo for track in project.tracks)
        listening = []
        for track_id in self.sound_tracks:
            track, choice = project.track(track_id), self.inputs.of(track_id)
            if track is None:
                continue
            left, right = _gains(project, track, soloed)
            by_itself = self._recording or not self._bridge.playing
            monitored = choice.monitoring is Monitoring.ON or (choice.monitoring is Monitoring.AUTO and by_itself)
            listening.append(InputTrack(track_id, choice.channels, monitored, left, right))
        input_setting = self.inputs.device, tuple(listening)
        if input_setting != self._listening and (listening or self._listening):
            self._listening = input_setting
            self._bridge.set_input(*input_setting)

    def _make(self, instrument: Instrument, track: Track) -> None:
        if instrument in self._coming:
            return
        self._coming.add(instrument)

        def make(_: Context) -> "LiveSound":
            from engine.playback.live_instrument import live_sound

            return live_sound(instrument)

        def done(sound: "LiveSound") -> None:
            self._coming.discard(instrument)
            self._sounds[instrument] = sound
            self._send()
            self.changed.emit()

        def failed(sentence: str) -> None:
            self._coming.discard(instrument)
            if sentence:
                self.failed.emit(f"“{track.name}” cannot be played live: {sentence}")

        title = f"Get {track.name} ready to be played"
        self._jobs.submit(title, make, done, failed, queue=QUEUE, passing=True)


def _gains(project: Project, track: Track, soloed: bool) -> tuple[float, float]:
    """The gains (left, right) of a track's channel and the master."""
    audible = not track.mute and (track.solo or not soloed)
    gain = gain_of(track.gain_db) * gain_of(project.master_gain_db) * audible
    left, right = pan_gains(track.pan)
    return gain * left, gain * right
