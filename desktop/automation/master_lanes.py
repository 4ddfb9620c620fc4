"""The lanes of the master's automation: a strip under the tracks, with the same time as they have."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.automation.lane import AutomationLane, LaneTools
from desktop.automation.lane_header import LaneHeader
from desktop.automation.overrides import Overrides
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.canvas import Canvas
from desktop.timeline.rows import AUTOMATION_PX
from desktop.view.playhead import PlayheadLine
from desktop.widgets.painting import painting
from engine.project.model import FADER, MASTER, Project, Target
from engine.project.routing import lanes_of, parameter_of, targets_of

MOST = 3
"""Lanes that are shown at once; a lane's menu chooses among all parameters."""


class _Column(QWidget):
    """One of the strip's two sides: its children lie one under the other, as wide as it is."""

    commands_run = True  # see desktop/keyboard.py

    def __init__(self, theme: Theme, canvas: Canvas, rows: Sequence[QWidget]) -> None:
        super().__init__()
        self._theme, self._canvas, self.rows = theme, canvas, rows

    def lay_out(self) -> None:
        """Puts the children that are shown into their places."""
        for row, widget in enumerate(self.rows):
            widget.setGeometry(0, 1 + row * AUTOMATION_PX, self.width(), AUTOMATION_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._canvas.pointer.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that a lane has no use for mean what they mean on the canvas."""
        if not self._canvas.pointer.key(event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._theme.panel)
            painter.fillRect(0, 0, self.width(), 1, self._theme.line_strong)


class MasterLanes(QObject):
    """Which lanes of the master are shown, and their widgets: `heads` at the left, `lanes` beside them."""

    hint_changed = Signal(str)
    shown_changed = Signal()
    """Other lanes are shown, or none."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        overrides: Overrides,
        canvas: Canvas,
        tools: LaneTools,
        theme: Theme,
    ) -> None:
        super().__init__(canvas)
        self._document, self._bridge, self._overrides = document, bridge, overrides
        self._canvas, self._tools, self._theme = canvas, tools, theme
        self.shown: tuple[Target, ...] = ()
        """The parameters whose lanes are shown, from the top; empty where they are folded."""
        self._own_lanes: list[AutomationLane] = []
        self._own_heads: list[LaneHeader] = []
        self.heads, self.lanes = _Column(theme, canvas, self._own_heads), _Column(theme, canvas, self._own_lanes)
        self._playhead = PlayheadLine(theme, canvas.viewport, self.lanes)
        for column in (self.heads, self.lanes):
            column.hide()
        document.changed.connect(self._on_changed)
        bridge.position_changed.connect(self._show_values)
        overrides.changed.connect(self._show_values)
        tools.pencil_changed.connect(self._show_pencil)

    def set_shown(self, targets: Iterable[Target]) -> None:
        """Shows the lanes of these parameters, as many as there is room for."""
        project = self._document.project
        existing = [each for each in dict.fromkeys(targets) if parameter_of(project, MASTER, each) is not None]
        before, self.shown = self.shown, tuple(existing[:MOST])
        self._place()
        if self.shown != before:
            self.shown_changed.emit()

    def toggle(self) -> None:
        """Shows what is automated of the master, its volume where nothing is, and takes the keyboard; or hides all."""
        had_focus = any(lane.hasFocus() for lane in self.lanes.rows)
        if self.shown:
            self.set_shown(())
            if had_focus:
                self._canvas.setFocus()
            return
        automated = [lane.target for lane in lanes_of(self._document.project, MASTER)]
        self.set_shown(automated or [Target(FADER.id)])
        if self.lanes.rows:
            self.lanes.rows[0].setFocus()

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self.set_shown(())
        elif self.shown:
            before = {lane.target for lane in lanes_of(old, MASTER)}
            fresh = [lane.target for lane in lanes_of(new, MASTER) if lane.target not in before]
            existing = [target for target in self.shown if parameter_of(new, MASTER, target) is not None]
            self.set_shown([*existing, *fresh] or [Target(FADER.id)])

    def _choose(self, number: int, target: Target) -> None:
        targets = list(self.shown)
        if target in targets:
            targets[targets.index(target)] = targets[number]
        targets[number] = target
        self.set_shown(targets)

    def _add(self) -> None:
        more = (each for each in targets_of(self._document.project, MASTER) if each not in self.shown)
        if len(self.shown) == MOST:
            self.hint_changed.emit(f"{MOST} lanes of the master are shown at once: choose another parameter in one.")
        elif (target := next(more, None)) is not None:
            self.set_shown((*self.shown, target))

    def _hide(self, number: int) -> None:
        self.set_shown(self.shown[:number] + self.shown[number + 1 :])

    def _place(self) -> None:
        while len(self.lanes.rows) < len(self.shown):
            self._make()
        for number, (lane, head) in enumerate(self._pairs()):
            seen = number < len(self.shown)
            if seen:
                lane.show_lane(MASTER, self.shown[number])
                head.show_lane(MASTER, self.shown[number])
            for widget in (lane, head):
                if widget.isHidden() == seen:
                    widget.setVisible(seen)
        for column in (self.heads, self.lanes):
            column.setFixedHeight(1 + len(self.shown) * AUTOMATION_PX)
            column.setVisible(bool(self.shown))
            column.lay_out()
        self._playhead.raise_()
        self._show_values()

    def _pairs(self) -> list[tuple[AutomationLane, LaneHeader]]:
        return list(zip(self._own_lanes, self._own_heads, strict=True))

    def _make(self) -> None:
        number = len(self.lanes.rows)
        lane, head = AutomationLane(self._tools, self.lanes), LaneHeader(self._document, self._theme, self.heads)
        lane.hint_changed.connect(self.hint_changed)
        lane.fold_requested.connect(self.toggle)
        head.add_requested.connect(self._add)
        head.pencil_requested.connect(self._tools.set_pencil)
        head.pencil.setChecked(self._tools.pencil)
        head.back_requested.connect(lambda: self._overrides.back([(MASTER, lane.model.target)]))
        for part in (lane, head):
            part.parameter_requested.connect(lambda target: self._choose(number, target))
            part.hide_requested.connect(lambda: self._hide(number))
        for part in (lane, head):
            part.hide()
        self._own_lanes.append(lane)
        self._own_heads.append(head)

    def _show_pencil(self, on: bool) -> None:
        for _, head in self._pairs():
            head.pencil.setChecked(on)

    def _show_values(self) -> None:
        """The values at the playhead, and what was moved by hand."""
        frame = self._bridge.position
        self._playhead.set_frame(frame)
        for lane, head in self._pairs()[: len(self.shown)]:
            if lane.model.spec is None:
                continue
            overridden = self._overrides.overridden(MASTER, lane.model.target)
            head.show_value(lane.model.own_value if overridden else lane.model.value_at(frame), overridden=overridden)
            if overridden != lane.dimmed:
                lane.dimmed = overridden
                lane.update()
