"""Which lanes of automation are shown under which tracks, and the widgets that show those in view."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QObject, QRect, Signal

from desktop.automation.lane import AutomationLane, LaneTools
from desktop.automation.lane_header import LaneHeader
from desktop.automation.overrides import Overrides
from desktop.automation.picture import LanePicture
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.canvas import Canvas
from desktop.timeline.headers import HeaderColumn
from desktop.timeline.rows import AUTOMATION_PX, Row
from engine.project.model import FADER, Project, Target
from engine.project.routing import lanes_of, parameter_of, targets_of


class AutomationLanes(QObject):
    """The lanes of one timeline. What is shown is a matter of the window, not of the song."""

    hint_changed = Signal(str)
    shown_changed = Signal()
    """Other tracks show their lanes."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        overrides: Overrides,
        canvas: Canvas,
        headers: HeaderColumn,
        theme: Theme,
    ) -> None:
        super().__init__(canvas)
        self._document, self._bridge, self._overrides = document, bridge, overrides
        self._canvas, self._headers, self._theme = canvas, headers, theme
        self.tools = LaneTools(document, bridge, canvas.stage, LanePicture(theme, canvas.spans))
        self._shown: dict[str, tuple[Target, ...]] = {}
        self.lanes: list[AutomationLane] = []
        self.heads: list[LaneHeader] = []
        self._places: list[tuple[str, int]] = []  # (track id, number of the lane) of the widgets in use
        self._tops: list[int] = []
        canvas.rows_changed.connect(self._place)
        canvas.viewport.changed.connect(self._on_viewport)
        document.changed.connect(self._on_changed)
        bridge.position_changed.connect(self._show_values)
        overrides.changed.connect(self._show_values)
        headers.automation_requested.connect(self.set_unfolded)
        self.tools.pencil_changed.connect(self._show_pencil)

    # which are shown

    def shown(self, track_id: str) -> tuple[Target, ...]:
        """The parameters whose lanes are shown under a track; empty where they are folded."""
        return self._shown.get(track_id, ())

    def set_unfolded(self, track_id: str, unfolded: bool) -> None:
        """Shows what is automated of a track, its volume where nothing is; or hides all its lanes."""
        project = self._document.project
        if unfolded and project.track(track_id) is not None:
            targets = tuple(lane.target for lane in lanes_of(project, track_id))
            self._set(track_id, tuple(each for each in targets if parameter_of(project, track_id, each)))
            if not self.shown(track_id):
                self._set(track_id, (Target(FADER.id),))
        else:
            self._set(track_id, ())

    def set_shown(self, track_id: str, targets: Iterable[Target]) -> None:
        """Shows the lanes of these parameters of a track, as far as it has them."""
        project = self._document.project
        if project.track(track_id) is not None:
            existing = (each for each in dict.fromkeys(targets) if parameter_of(project, track_id, each) is not None)
            self._set(track_id, tuple(existing))

    def toggle(self, track_id: str) -> None:
        """Shows the lanes of a track, and gives the first of them the keyboard; or hides them."""
        had_focus = any(lane.hasFocus() for lane in self._of(track_id))
        self.set_unfolded(track_id, not self.shown(track_id))
        row = self._canvas.rows.of(track_id)
        if row is not None and self.shown(track_id):
            self._canvas.viewport.reveal_y(row.clips_bottom, row.bottom)
            for lane in self._of(track_id):
                lane.setFocus()
                return
        elif had_focus:
            self._canvas.setFocus()

    def choose(self, track_id: str, number: int, target: Target) -> None:
        """Lets lane `number` of a track show another parameter; one that is shown already changes places with it."""
        targets = list(self.shown(track_id))
        if target in targets:
            targets[targets.index(target)] = targets[number]
        targets[number] = target
        self._set(track_id, tuple(targets))

    def reveal(self, track_id: str, target: Target) -> None:
        """Shows the lane of a parameter beside those that are shown."""
        if target not in self.shown(track_id):
            self._set(track_id, (*self.shown(track_id), target))

    def add(self, track_id: str) -> None:
        """Shows the next parameter that has no lane yet, the volume first."""
        targets = self.shown(track_id)
        more = next((each for each in targets_of(self._document.project, track_id) if each not in targets), None)
        if more is not None:
            self._set(track_id, (*targets, more))

    def hide(self, track_id: str, number: int) -> None:
        """Hides one lane; its automation stays."""
        targets = self.shown(track_id)
        self._set(track_id, targets[:number] + targets[number + 1 :])

    # inside

    def _set(self, track_id: str, targets: tuple[Target, ...]) -> None:
        if targets == self.shown(track_id):
            return
        if targets:
            self._shown[track_id] = targets
        else:
            self._shown.pop(track_id, None)
        self._count()
        self._place()
        self.shown_changed.emit()

    def _count(self) -> None:
        counts = {track_id: len(targets) for track_id, targets in self._shown.items()}
        self._canvas.set_lane_counts(counts)
        self._headers.show_unfolded(counts)

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self._shown.clear()
        for track_id, targets in list(self._shown.items()):
            if new.track(track_id) is None:
                del self._shown[track_id]
                continue
            rest = [target for target in targets if parameter_of(new, track_id, target) is not None]
            before = {lane.target for lane in lanes_of(old, track_id)} if old.track(track_id) else set()
            fresh = [lane.target for lane in lanes_of(new, track_id) if lane.target not in before]
            rest += [target for target in fresh if target not in rest]
            self._shown[track_id] = tuple(rest) or (Target(FADER.id),)
        self._count()
        self._place()

    def _rows(self) -> list[Row]:
        viewport = self._canvas.viewport
        rows = self._canvas.rows.between(viewport.top, viewport.top + max(self._canvas.height(), 1))
        return [row for row in rows if row.automation]

    def _in_view(self) -> Iterator[tuple[Row, int, int]]:
        """(row, number of the lane, top in px of the canvas) of the lanes in view."""
        viewport = self._canvas.viewport
        for row in self._rows():
            for number in range(row.automation):
                top = row.clips_bottom + number * AUTOMATION_PX - viewport.top
                if -AUTOMATION_PX < top < self._canvas.height():
                    yield row, number, top

    def _on_viewport(self) -> None:
        if self._shown:
            self._place()

    def _place(self) -> None:
        """Puts widgets where lanes are in view; each keeps its lane while that stays in view."""
        tops = {(row.track.id, number): top for row, number, top in self._in_view()}
        if not tops and not any(self._places):
            return
        free = [index for index, place in enumerate(self._places) if place not in tops]
        used = {place: index for index, place in enumerate(self._places) if place in tops}
        for place, top in tops.items():
            index = used[place] if place in used else free.pop() if free else self._make()
            self._places[index] = place
            target = self.shown(place[0])[place[1]] if place[1] < len(self.shown(place[0])) else None
            if target is None:
                continue
            lane, head = self.lanes[index], self.heads[index]
            lane.show_lane(place[0], target)
            head.show_lane(place[0], target)
            for widget, width in ((lane, self._canvas.width()), (head, self._headers.width())):
                area = QRect(0, top, width, AUTOMATION_PX)
                if widget.geometry() != area:
                    widget.setGeometry(area)
                if widget.isHidden():
                    widget.show()
                    if widget is head:
                        head.raise_()
        for index in free:
            self._places[index] = "", -1
            if self.lanes[index].hasFocus():
                self._canvas.setFocus()
            self.lanes[index].hide()
            self.heads[index].hide()
        self._show_values()

    def _of(self, track_id: str) -> Iterable[AutomationLane]:
        """The lanes of a track that are in view, from the top."""
        order = sorted((place[1], index) for index, place in enumerate(self._places) if place[0] == track_id)
        return [self.lanes[index] for _, index in order]

    def _make(self) -> int:
        index = len(self.lanes)
        lane, head = AutomationLane(self.tools, self._canvas), LaneHeader(self._document, self._theme, self._headers)
        lane.lower()  # the playhead and what else lies over the canvas stay above it
        lane.hide()
        head.hide()
        lane.hint_changed.connect(self.hint_changed)
        lane.fold_requested.connect(self.toggle)
        head.add_requested.connect(lambda: self.add(self._places[index][0]))
        head.pencil_requested.connect(self.tools.set_pencil)
        head.pencil.setChecked(self.tools.pencil)
        head.back_requested.connect(lambda: self._overrides.back([(lane.model.channel, lane.model.target)]))
        for part in (lane, head):
            part.parameter_requested.connect(lambda target: self.choose(*self._places[index], target))
            part.hide_requested.connect(lambda: self.hide(*self._places[index]))
        self.lanes.append(lane)
        self.heads.append(head)
        self._places.append(("", -1))
        return index

    def _show_pencil(self, on: bool) -> None:
        for head in self.heads:
            head.pencil.setChecked(on)

    def _show_values(self) -> None:
        """The values at the playhead, and what was moved by hand."""
        frame = self._bridge.position
        for place, lane, head in zip(self._places, self.lanes, self.heads, strict=True):
            if not place[0] or lane.model.spec is None:
                continue
            model = lane.model
            overridden = self._overrides.overridden(model.channel, model.target)
            head.show_value(model.own_value if overridden else model.value_at(frame), overridden=overridden)
            if overridden != lane.dimmed:
                lane.dimmed = overridden
                lane.update()
