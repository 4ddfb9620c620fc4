"""Tracks that are armed: what comes over MIDI plays their instruments, and is recorded onto them."""

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.jobs import JobCentre
from engine.playback.gains import gain_of, pan_gains
from engine.playback.live_instrument import LiveSound, live_sound
from engine.playback.midi_events import LiveTrack
from engine.project.model import DEFAULT_INSTRUMENT, Instrument, Project, Track

QUEUE = "instruments"


class Arming(QObject):
    """Keeps the player's live instruments in step with the armed tracks. UI thread."""

    changed = Signal()
    failed = Signal(str)
    """A sentence: why an instrument cannot be played."""

    def __init__(self, document: Document, bridge: PlayerBridge, jobs: JobCentre) -> None:
        super().__init__()
        self._document, self._bridge, self._jobs = document, bridge, jobs
        self._armed: tuple[str, ...] = ()
        self._sounds: dict[Instrument, LiveSound] = {}
        self._coming: set[Instrument] = set()
        self._sent: tuple[LiveTrack, ...] = ()
        document.changed.connect(self._on_changed)
        bridge.started_anew.connect(self._send)

    @property
    def tracks(self) -> tuple[str, ...]:
        """The ids of the armed tracks."""
        return self._armed

    @property
    def playable(self) -> bool:
        """Whether every armed track's instrument is ready."""
        return bool(self._armed) and len(self._sent) == len(self._armed)

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
        for track_id in self._armed:
            track = project.track(track_id)
            if track is None:
                continue
            instrument = track.instrument or DEFAULT_INSTRUMENT
            sound = self._sounds.get(instrument)
            if sound is None:
                self._make(instrument, track)
                continue
            audible = not track.mute and (track.solo or not soloed)
            gain = gain_of(track.gain_db) * gain_of(project.master_gain_db) * audible
            left, right = pan_gains(track.pan)
            live.append(LiveTrack(track_id, str(sound.file), gain * left * sound.left, gain * right * sound.right))
        if tuple(live) != self._sent:
            self._sent = tuple(live)
            self._bridge.set_live(self._sent)

    def _make(self, instrument: Instrument, track: Track) -> None:
        if instrument in self._coming:
            return
        self._coming.add(instrument)

        def done(sound: LiveSound) -> None:
            self._coming.discard(instrument)
            self._sounds[instrument] = sound
            self._send()
            self.changed.emit()

        def failed(sentence: str) -> None:
            self._coming.discard(instrument)
            if sentence:
                self.failed.emit(f"“{track.name}” cannot be played live: {sentence}")

        title = f"Get {track.name} ready to be played"
        self._jobs.submit(title, lambda _: live_sound(instrument), done, failed, queue=QUEUE, passing=True)
