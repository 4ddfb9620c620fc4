"""Moves of faders and knobs while the song plays, written as points of automation."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from desktop.automation.overrides import Overrides, Place, moved_parameters
from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.project import edits, lane_points
from engine.project.model import Project
from engine.project.routing import lanes_of, parameter_of, value_of

TOLERANCE = 0.005
"""By how much of a control's travel the thinned curve may miss what was moved."""
RELEASE_SECONDS = 0.4
"""A control that no mouse button holds is let go of so long after its last move."""


class Mode(StrEnum):
    """What a track does with its automation while the song plays.

    Read: follows it. Touch: writes while a control is moved, then follows again. Latch: writes from the first move of
    a control until the end. Write: writes over all lanes of the track from the start.
    """

    READ = "read"
    TOUCH = "touch"
    LATCH = "latch"
    WRITE = "write"


@dataclass(slots=True)
class _Pass:
    """What was recorded of one parameter: (frame, value), and the frame up to which the last value holds."""

    place: Place
    samples: list[tuple[int, float]]
    last: int


class AutomationRecorder(QObject):
    """Records the tracks whose mode is not to read. What comes of one run of playback is one undo step."""

    changed = Signal()
    """A track has another mode."""

    def __init__(self, document: Document, bridge: PlayerBridge, overrides: Overrides) -> None:
        super().__init__()
        self._document, self._bridge, self._overrides = document, bridge, overrides
        self._modes: dict[str, Mode] = {}
        self._running: dict[Place, _Pass] = {}
        self._over: list[_Pass] = []
        self._since: Project | None = None  # the song before the first move
        self._frame = 0
        document.changed.connect(self._on_changed)
        bridge.playing_changed.connect(self._on_playing)
        bridge.position_changed.connect(self._on_position)

    def mode(self, channel: str) -> Mode:
        """The mode of a track."""
        return self._modes.get(channel, Mode.READ)

    def set_mode(self, channel: str, mode: Mode) -> None:
        """Gives a track another mode; what it has recorded so far in this run stays."""
        if mode is not self.mode(channel):
            self._modes[channel] = mode
            self.changed.emit()

    def next_mode(self, channel: str) -> None:
        """Gives a track the mode after its own."""
        modes = list(Mode)
        self.set_mode(channel, modes[(modes.index(self.mode(channel)) + 1) % len(modes)])

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self._modes.clear()
            self._drop()
            self.changed.emit()
            return
        if not self._bridge.playing:
            return
        recorded = False
        for place in moved_parameters(old, new):
            value = value_of(new, *place)
            if self.mode(place[0]) is not Mode.READ and value is not None:
                self._since = self._since or old
                self._sample(place, self._bridge.position, value)
                recorded = True
        if not recorded:
            self._since = None  # another edit came between: it stays a step of its own

    def _sample(self, place: Place, frame: int, value: float) -> None:
        running = self._running.setdefault(place, _Pass(place, [], frame))
        running.samples.append((max(frame, running.last), value))
        running.last = max(frame, running.last)

    def _on_playing(self, playing: bool) -> None:
        if not playing:
            self._finish()
            return
        project, self._frame = self._document.project, self._bridge.position
        for channel, mode in self._modes.items():
            if mode is Mode.WRITE and project.track(channel) is not None:
                places = [(channel, lane.target) for lane in lanes_of(project, channel)]
                self._overrides.rest(places)
                for place in places:
                    if (value := value_of(project, *place)) is not None:
                        self._sample(place, self._frame, value)

    def _on_position(self, frame: int) -> None:
        before, self._frame = self._frame, frame
        if not self._bridge.playing or not self._running:
            return
        if frame < before:  # the loop, or a jump: what follows is another stretch
            for place, running in list(self._running.items()):
                self._end(place, before)
                if self.mode(place[0]) is not Mode.TOUCH:
                    self._sample(place, frame, running.samples[-1][1])
            return
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        wait = round(RELEASE_SECONDS * self._document.project.rate)
        for place, running in list(self._running.items()):
            if self.mode(place[0]) is Mode.TOUCH and not pressed and frame - running.samples[-1][0] >= wait:
                self._end(place, running.samples[-1][0])
                self._overrides.back([place])

    def _end(self, place: Place, last: int) -> None:
        running = self._running.pop(place)
        running.last = max(running.last, last)
        self._over.append(running)

    def _drop(self) -> None:
        self._running.clear()
        self._over.clear()
        self._since = None

    def _finish(self) -> None:
        """Writes all that was recorded since playback began."""
        for place in list(self._running):
            touch = self.mode(place[0]) is Mode.TOUCH
            self._end(place, self._running[place].samples[-1][0] if touch else self._frame)
        passes, since = list(self._over), self._since
        self._drop()
        if not passes:
            return
        self._document.gather("Record automation", lambda p: _written(p, passes), since or self._document.project)
        self._overrides.back(each.place for each in passes)


def _written(p: Project, passes: list[_Pass]) -> Project:
    """The song with what was recorded in its lanes; what has gone meanwhile is left out."""
    for each in passes:
        channel, target = each.place
        spec = parameter_of(p, channel, target) if p.track(channel) is not None else None
        if spec is not None:
            lane = edits.lane_of(p, channel, target)
            points = lane.curve.points if lane else ()
            points = lane_points.recorded(points, each.samples, each.last, spec, p.clock, TOLERANCE)
            p = edits.set_lane(p, channel, target, points)
    return p
