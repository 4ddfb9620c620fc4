"""Controllers of a MIDI device move faders and pans: learnt by moving one, then the other."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.settings import Settings
from desktop.widgets.scale import decibels_at
from engine.playback.midi_events import CONTROL, EXPRESSION, MODULATION, SUSTAIN, MidiReport
from engine.project import edits
from engine.project.model import Project

_KEPT = 400
_PLAYED = (MODULATION, EXPRESSION, SUSTAIN)  # these belong to what is played
_MIDDLE = 0.005  # 63 and 64 of 127 are the middle
MASTER = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A fader or a pan; `track` is `MASTER` for the master's fader. parameter: "gain" or "pan"."""

    track: str
    parameter: str


class MidiLearn(QObject):
    """What a controller moves is remembered between runs, by the ids of the tracks. UI thread."""

    changed = Signal(bool)
    """Whether it waits for a fader and a controller."""
    notice = Signal(str)
    """A sentence on what to do, or what was learnt."""

    def __init__(self, document: Document, bridge: PlayerBridge, settings: Settings) -> None:
        super().__init__()
        self._document, self._settings = document, settings
        self.learning = False
        self._touched: Target | None = None
        self._targets: dict[tuple[str, int, int], Target] = {}
        self._moving = False
        self._restore()
        bridge.midi_received.connect(self._take)
        document.changed.connect(self._on_changed)

    def set_learning(self, on: bool) -> None:
        """Waits for a fader or a pan to be moved, and then a controller; or does not."""
        if on == self.learning:
            return
        self.learning, self._touched = on, None
        if on:
            self.notice.emit("MIDI learn: move a fader or a pan, then the controller that shall move it.")
        self.changed.emit(on)

    def forget(self) -> None:
        """Lets no controller move anything."""
        self._targets.clear()
        self._keep()

    @property
    def targets(self) -> dict[tuple[str, int, int], Target]:
        """By (port, channel, controller): what it moves."""
        return dict(self._targets)

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        """Notes which fader or pan the user moved last."""
        if not self.learning or self._moving or old.id != new.id:
            return
        if old.master_gain_db != new.master_gain_db:
            self._touched = Target(MASTER, "gain")
        before = {track.id: track for track in old.tracks}
        for track in new.tracks:
            was = before.get(track.id)
            if was is None or was is track:
                continue
            if was.gain_db != track.gain_db:
                self._touched = Target(track.id, "gain")
            elif was.pan != track.pan:
                self._touched = Target(track.id, "pan")

    def _take(self, report: MidiReport) -> None:
        latest: dict[tuple[str, int, int], int] = {}
        for event in report.events:
            if event.status & 0xF0 == CONTROL and event.first not in _PLAYED and event.first < 120:
                latest[event.port, event.channel, event.first] = event.second
        for key, value in latest.items():
            if self.learning and self._touched is not None:
                self._learn(key, self._touched)
            if (target := self._targets.get(key)) is not None:
                self._move(target, value / 127)

    def _learn(self, key: tuple[str, int, int], target: Target) -> None:
        self._targets = {other: each for other, each in self._targets.items() if each != target}
        self._targets[key] = target
        self._keep()
        track = self._document.project.track(target.track) if target.track else None
        name = f"the {target.parameter} of “{track.name}”" if track is not None else "the master’s fader"
        self.set_learning(False)
        self.notice.emit(f"Controller {key[2]} of “{key[0]}” moves {name}.")

    def _move(self, target: Target, share: float) -> None:
        project = self._document.project
        step = f"midi {target.track} {target.parameter}"
        self._moving = True
        if target.track == MASTER:
            self._document.apply("Master gain", lambda p: edits.set_master_gain(p, decibels_at(share)), merge=step)
        elif project.track(target.track) is not None:
            edit = self._edit_of(target, share)
            self._document.apply("Track gain" if target.parameter == "gain" else "Pan", edit, merge=step)
        self._moving = False

    @staticmethod
    def _edit_of(target: Target, share: float) -> Callable[[Project], Project]:
        if target.parameter == "gain":
            return lambda p: edits.set_track(p, target.track, gain_db=decibels_at(share))
        pan = 0.0 if abs(share - 0.5) < _MIDDLE else 2 * share - 1
        return lambda p: edits.set_track(p, target.track, pan=pan)

    def _restore(self) -> None:
        try:
            rows = json.loads(self._settings.text("midi/learnt", "[]"))
            for port, channel, controller, track, parameter in rows:
                if parameter in ("gain", "pan"):
                    self._targets[str(port), int(channel), int(controller)] = Target(str(track), str(parameter))
        except (ValueError, TypeError):
            self._targets.clear()

    def _keep(self) -> None:
        rows = [[*key, target.track, target.parameter] for key, target in list(self._targets.items())[-_KEPT:]]
        self._settings.put("midi/learnt", json.dumps(rows))
