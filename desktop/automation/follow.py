"""The values of automated parameters at the playhead, for faders and knobs that go with their lanes."""

from PySide6.QtCore import QObject, Signal

from desktop.automation.overrides import Overrides
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.widgets.control import ValueControl
from engine.project import edits
from engine.project.curves import CurveValues, frame_points
from engine.project.model import MASTER, Lane, Target
from engine.project.routing import parameter_of
from engine.timing.clock import Clock


class Followed(QObject):
    """What lanes say at the playhead."""

    moved = Signal()
    """Automated parameters may have other values now."""

    def __init__(self, document: Document, bridge: PlayerBridge, overrides: Overrides) -> None:
        super().__init__()
        self._document, self._bridge, self._overrides = document, bridge, overrides
        self._curves: dict[tuple[str, Target], tuple[Lane, Clock, CurveValues]] = {}
        bridge.position_changed.connect(self._on_position)
        overrides.changed.connect(self.moved)

    def refresh(self, *_: object) -> None:
        """The song has changed, and what shows it shows its own values: they follow anew."""
        self.moved.emit()

    def value(self, channel: str, target: Target) -> float | None:
        """The value of a parameter at the playhead; None where it has no lane that is followed."""
        project = self._document.project
        if self._overrides.overridden(channel, target) or (channel != MASTER and project.track(channel) is None):
            return None
        lane = edits.lane_of(project, channel, target)
        spec = parameter_of(project, channel, target) if lane else None
        if lane is None or spec is None:
            return None
        curve = self._curves.get((channel, target))
        if curve is None or curve[0] is not lane or curve[1] is not project.clock:
            values = CurveValues(frame_points(lane.curve, project.clock), steps=spec.whole)
            curve = self._curves[channel, target] = lane, project.clock, values
        return float(curve[2].at(self._bridge.position, 1)[0])

    def show(self, control: ValueControl, channel: str, target: Target, own: float) -> None:
        """Lets a control show a parameter: as its lane has it, or else its own value, and whether it is automated."""
        value = self.value(channel, target)
        control.show_automation(followed=value is not None, resting=self._overrides.overridden(channel, target))
        control.set_value(own if value is None else value)

    def _on_position(self, frame: int) -> None:
        project = self._document.project
        if project.master_lanes or any(track.lanes for track in project.tracks):
            self.moved.emit()
