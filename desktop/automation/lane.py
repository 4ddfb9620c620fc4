"""A lane of automation under a track: a curve that the mouse and the keyboard change."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.automation.gestures import BoxPoints, DrawPoints, LaneGesture, MovePoints, MoveSegment, cell_of, snapped
from desktop.automation.model import LaneModel
from desktop.automation.parameters import channel_name, parameter_menu, target_name, value_text
from desktop.automation.picture import LanePicture, Look
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.rows import AUTOMATION_PX
from desktop.view.pointing import ALT, CONTROL, DRAG_PX, SHIFT, pans, turn_wheel
from desktop.widgets.choices import Menu
from desktop.widgets.inplace import InPlaceEditor
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name
from engine.ids import new_id
from engine.parameters import ParameterError, ParameterSpec
from engine.project import edits, lane_points
from engine.project.lane_points import Chosen, CopiedPoint, Points
from engine.project.model import CurvePoint, CurveShape, Target
from engine.timing.duration import Duration
from engine.timing.position import Position

REACH = 7.0
"""Px from a point within which it is taken hold of."""
NEAR_LINE = 5.0
KEY_TRAVEL, FINE_TRAVEL = 0.05, 0.01
FINE_SECONDS = Fraction(1, 1000)
HINT = (
    "Click: add a point · Drag a point or the line: move · Alt on the line: bend · Drag beside: select · "
    "Double-click: remove · Ctrl: without snapping · Shift: fine"
)
PENCIL_HINT = "Drag: draw a step in each grid cell · Ctrl: a free line · P: put the pencil away"
SHAPES = {
    CurveShape.LINEAR: "Straight",
    CurveShape.HOLD: "Step",
    CurveShape.SLOW: "Late",
    CurveShape.FAST: "Early",
    CurveShape.S_CURVE: "S-Curve",
}
_NONE = Qt.KeyboardModifier.NoModifier


class LaneTools(QObject):
    """What the lanes of a timeline share: the pencil, the points that were copied, how they are painted."""

    pencil_changed = Signal(bool)

    def __init__(self, document: Document, bridge: PlayerBridge, stage: Stage, picture: LanePicture) -> None:
        super().__init__()
        self.document, self.bridge, self.stage, self.picture = document, bridge, stage, picture
        self.pencil = False
        self.clipboard: tuple[CopiedPoint, ...] = ()

    def set_pencil(self, on: bool) -> None:
        """Takes the pencil, or puts it away."""
        if on != self.pencil:
            self.pencil = on
            self.pencil_changed.emit(on)


class AutomationLane(QWidget):
    """Lies over the canvas, shares its viewport, and shows one parameter of a channel."""

    hint_changed = Signal(str)
    fold_requested = Signal(str)
    """The id of the channel whose lanes are to be hidden."""
    parameter_requested = Signal(object)
    """The `Target` that the lane is to show."""
    hide_requested = Signal()

    def __init__(self, tools: LaneTools, parent: QWidget) -> None:
        super().__init__(parent)
        self._tools = tools
        self.model = LaneModel(tools.document, tools.stage.viewport, AUTOMATION_PX)
        self._pressed: tuple[QPointF, Qt.KeyboardModifier, int] | None = None
        self._gesture: LaneGesture | None = None
        self._hover, self._label, self._mouse = -1, "", QPointF()
        self._added = False  # whether the last click added a point, which a double-click then keeps
        self._step: tuple[str, Points] | None = None  # the merge key of a run of keys, and what it led to
        self.dimmed = False
        self._again = QTimer(self)  # what was stretched is painted in the next frame
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._paint_again)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        tools.stage.viewport.changed.connect(self.update)

    def show_lane(self, channel: str, target: Target) -> None:
        """Shows a parameter; the same one again where the song has changed."""
        if self.model.show(channel, target):
            self._gesture = self._pressed = self._step = None
            self._hover, self._label = -1, ""
        count = len(self.model.points)
        self.model.chosen = frozenset(index for index in self.model.chosen if index < count)
        project = self._tools.document.project
        set_name(self, f"{target_name(project, channel, target)} automation of {channel_name(project, channel)}")
        self._describe()
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        gesture = self._gesture
        label = gesture.label if gesture else self._label
        look = Look(self.hasFocus(), self._hover, self.dimmed, gesture.band if gesture else None, label, self._mouse)
        track = self._tools.document.project.track(self.model.channel)
        with painting(self) as painter:
            if not self._tools.picture.paint(painter, self.model, track, QRectF(event.rect()), look):
                self._again.start()
            if look.focused:
                self._tools.picture.ring(painter, self.model)

    def _paint_again(self) -> None:
        self._tools.picture.tiles.renew()
        self.update()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if pans(event.button(), event.modifiers()):
            event.ignore()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._select_track()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point, held = event.position(), self.point_at(event.position())
        self._pressed, self._added = (point, event.modifiers(), held), False
        model = self.model
        if held >= 0 and event.modifiers() & SHIFT:
            model.chosen = model.chosen ^ {held}
        elif held >= 0 and held not in model.chosen:
            model.chosen = frozenset({held})
        if self._tools.pencil and (gesture := self._gesture_at(point, event.modifiers(), held)):
            self._gesture = gesture
            gesture.drag(point, event.modifiers())
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._mouse = event.position()
        if self._gesture is None and self._pressed is not None:
            press, modifiers, held = self._pressed
            if (point - press).manhattanLength() >= DRAG_PX:
                self._gesture = self._gesture_at(press, modifiers, held)
        if self._gesture is not None:
            self._gesture.drag(point, event.modifiers())
            self.update()
        elif self._pressed is None:
            self._hover_at(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._gesture is not None:
            self._finish()
        elif pressed and event.button() == Qt.MouseButton.LeftButton and pressed[2] < 0 and not pressed[1] & SHIFT:
            self._add_at(event.position(), event.modifiers())
        self._hover_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Removes a point; one that the first of the two clicks has added stays."""
        grip = self.point_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and grip >= 0 and not self._added:
            self.model.chosen = frozenset({grip})
            self.remove_chosen()
        self._pressed = None

    def leaveEvent(self, event: QEvent) -> None:
        self._hover, self._label = -1, ""
        self.hint_changed.emit("")
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_wheel(self.model.viewport, event)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self._open_menu_by_key()
        else:
            self._open_menu(QPointF(event.pos()), event.globalPos())
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._step = None

    # what is under the mouse

    def point_at(self, place: QPointF) -> int:
        """The index of the point at a place; −1 for none."""
        model, best, distance = self.model, -1, REACH
        frames = model.frames
        reach = REACH * model.viewport.frames_per_px
        frame = model.viewport.left + place.x() * model.viewport.frames_per_px
        first, last = frames.searchsorted((frame - reach, frame + reach + 1)).tolist()
        for index in range(first, last):
            away = max(abs(model.x(index) - place.x()), abs(model.y(model.points[index].value) - place.y()))
            if away <= distance:
                best, distance = index, away
        return best

    def _on_line(self, place: QPointF) -> bool:
        model = self.model
        frame = model.viewport.left + place.x() * model.viewport.frames_per_px
        return bool(model.points) and abs(model.y(model.value_at(frame)) - place.y()) <= NEAR_LINE

    def _gesture_at(self, press: QPointF, modifiers: Qt.KeyboardModifier, held: int) -> LaneGesture | None:
        model, spec, stage = self.model, self.model.spec, self._tools.stage
        if spec is None:
            return None
        if self._tools.pencil:
            return DrawPoints(stage, model, spec, press)
        if held >= 0 and held in model.chosen:
            return MovePoints(stage, model, spec, press, held)
        if held < 0 and self._on_line(press):
            frame = model.viewport.left + press.x() * model.viewport.frames_per_px
            return MoveSegment(stage, model, spec, press, int(model.frames.searchsorted(frame, "right")) - 1)
        return BoxPoints(stage, model, spec, press)

    def _hover_at(self, point: QPointF) -> None:
        tools, model, spec = self._tools, self.model, self.model.spec
        hover, label = self.point_at(point), ""
        if spec is not None and (hover >= 0 or self._on_line(point)):
            frame = model.viewport.left + point.x() * model.viewport.frames_per_px
            label = value_text(spec, model.target, model.points[hover].value if hover >= 0 else model.value_at(frame))
        self.hint_changed.emit(PENCIL_HINT if tools.pencil else HINT)
        shape = Qt.CursorShape.CrossCursor
        if not tools.pencil and hover >= 0:
            shape = Qt.CursorShape.SizeAllCursor
        elif not tools.pencil and label:
            shape = Qt.CursorShape.SizeVerCursor
        self.setCursor(shape)
        if (hover, label) != (self._hover, self._label) or label:
            self._hover, self._label, self._mouse = hover, label, point
            self.update()

    def _finish(self) -> None:
        gesture, self._gesture = self._gesture, None
        model = self.model
        draft = model.draft
        if gesture is not None and draft is not None and gesture.name:
            model.apply(gesture.name, draft)
        model.draft = None
        self.show_lane(model.channel, model.target)

    def _select_track(self) -> None:
        if self.model.channel:
            self._tools.document.select(self._tools.document.selection.clips, track=self.model.channel)

    # edits

    def _add_at(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Adds a point at the mouse; on the line, one that leaves the line as it is."""
        model, spec = self.model, self.model.spec
        if spec is None:
            return
        position = snapped(self._tools.stage, model.viewport.frame(place.x()), modifiers)
        on_line = self._on_line(place)
        frame = model.clock.frames(position)
        value = model.value_at(frame) if on_line else spec.value_at(model.travel_of(place.y()))
        self._added = self.add_point(position, value)

    def add_point(self, position: Position, value: float) -> bool:
        """Adds a point, which goes on as the curve did there, and chooses it."""
        model, clock = self.model, self.model.clock
        frame = clock.frames(position)
        before = int(model.frames.searchsorted(frame, "right")) - 1
        shape = model.points[before].shape if before >= 0 else CurveShape.LINEAR
        points, chosen = lane_points.merged(model.points, [CurvePoint(position, value, shape)], clock)
        return self._change("Add automation point", points, chosen)

    def remove_chosen(self) -> None:
        """Removes the chosen points."""
        model = self.model
        if model.chosen:
            self._change("Remove automation points", lane_points.without(model.points, model.chosen), frozenset())

    def copy(self) -> None:
        """Copies the chosen points."""
        model, spec = self.model, self.model.spec
        if spec is not None and model.chosen:
            self._tools.clipboard = lane_points.copied(model.points, model.chosen, spec, model.clock)

    def cut(self) -> None:
        """Copies the chosen points, and removes them."""
        self.copy()
        self.remove_chosen()

    def paste(self, at: Position | None = None) -> None:
        """Puts the copied points at a place, the playhead's if none is given."""
        model, spec, clipboard = self.model, self.model.spec, self._tools.clipboard
        if spec is not None and clipboard:
            place = at or snapped(self._tools.stage, self._tools.bridge.position, _NONE)
            points, chosen = lane_points.pasted(model.points, clipboard, place, spec, model.clock)
            self._change("Paste automation points", points, chosen)

    def set_shape(self, shape: CurveShape) -> None:
        """Gives the stretches after the chosen points another shape."""
        model = self.model
        self._change("Shape of automation", lane_points.shaped(model.points, model.chosen, shape), model.chosen)

    def delete_lane(self) -> None:
        """Removes all points: the parameter is no longer automated."""
        self._change("Delete automation", (), frozenset())

    def _change(self, name: str, points: Points, chosen: Chosen, merge: str | None = None) -> bool:
        model, clock = self.model, self.model.clock
        frames = {clock.frames(points[index].position) for index in chosen}
        applied = model.apply(name, points, merge=merge)
        model.choose_at(frames)
        self.show_lane(model.channel, model.target)
        return applied

    # typed values

    def type_value(self) -> None:
        """Opens the field for the value of the chosen points, beside the first of them."""
        model, spec = self.model, self.model.spec
        if spec is None or not model.chosen:
            return
        index = min(model.chosen)
        x = min(max(round(model.x(index)) + 8, 4), max(self.width() - 100, 4))
        editor = InPlaceEditor(self, QRect(x, (self.height() - 24) // 2, 96, 24), f"Value of {self.accessibleName()}")
        editor.ended.connect(partial(self._take_typed, spec, model.chosen))
        editor.begin(value_text(spec, model.target, model.points[index].value))

    def _take_typed(self, spec: ParameterSpec, chosen: Chosen, text: str, take: bool) -> None:
        self.setFocus()
        if not take or not chosen <= set(range(len(self.model.points))):
            return
        try:
            value = parsed(spec, self.model.target, text)
        except (ParameterError, ValueError) as error:
            sentence = str(error) if isinstance(error, ParameterError) else f"“{text}” is no value: type a number."
            self._tools.document.failed.emit(sentence)
            return
        channel, target, indices = self.model.channel, self.model.target, sorted(chosen)
        self._tools.document.apply(
            "Type automation value",
            lambda p: edits.move_points(
                p, channel, target, indices, lambda point: CurvePoint(point.position, value, point.shape)
            ),
        )

    # the menu

    def menu(self, place: QPointF) -> Menu:
        """What can be done at a place."""
        model, tools = self.model, self._tools
        menu = Menu(self)
        grip = self.point_at(place)
        if grip >= 0 and grip not in model.chosen:
            model.chosen = frozenset({grip})
            self.update()
        position = snapped(tools.stage, model.viewport.frame(place.x()), _NONE)
        if model.chosen:
            menu.entry("Value…", self.type_value, keys="Enter")
            shapes = menu.submenu("Shape")
            for shape, title in SHAPES.items():
                action = shapes.entry(title, partial(self.set_shape, shape))
                action.setCheckable(True)
                action.setChecked(all(model.points[index].shape is shape for index in model.chosen))
            menu.entry("Remove Points" if len(model.chosen) > 1 else "Remove Point", self.remove_chosen, keys="Del")
            menu.addSeparator()
            menu.entry("Cut Points", self.cut, keys="Ctrl+X")
            menu.entry("Copy Points", self.copy, keys="Ctrl+C")
        else:
            menu.entry("Add Point Here", lambda: self.add_point(position, self._value_at(place)), keys="Click")
        menu.entry("Paste Points Here", lambda: self.paste(position), keys="Ctrl+V").setEnabled(bool(tools.clipboard))
        menu.entry("Select All Points", self._choose_all, keys="Ctrl+A").setEnabled(bool(model.points))
        menu.addSeparator()
        parameters = menu.submenu("Parameter")
        parameter_menu(parameters, tools.document.project, model.channel, self.parameter_requested.emit)
        pencil = menu.entry("Pencil", lambda: tools.set_pencil(not tools.pencil), keys="P")
        pencil.setCheckable(True)
        pencil.setChecked(tools.pencil)
        menu.addSeparator()
        menu.entry("Hide This Lane", self.hide_requested.emit)
        menu.entry("Delete Automation", self.delete_lane).setEnabled(bool(model.points))
        return menu

    def _value_at(self, place: QPointF) -> float:
        spec = self.model.spec
        return spec.value_at(self.model.travel_of(place.y())) if spec else 0.0

    def _open_menu(self, place: QPointF, at: QPoint) -> None:
        menu = self.menu(place)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _open_menu_by_key(self) -> None:
        model = self.model
        place = QPointF(self.width() / 2, self.height() / 2)
        if model.chosen:
            index = min(model.chosen)
            place = QPointF(model.x(index), model.y(model.points[index].value))
        self._open_menu(place, self.mapToGlobal(place.toPoint()))

    # the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & (SHIFT | CONTROL | ALT)
        if self._gesture is not None:
            if key == Qt.Key.Key_Escape:
                self.cancel()
            return
        tables: dict[Qt.KeyboardModifier, dict[Qt.Key, Callable[[], object]]]
        tables = {_NONE: self._plain(), CONTROL: self._with_control()}
        run = tables.get(modifiers, {}).get(key)
        if run is not None:
            run()
        elif key in _ARROWS and not modifiers & ALT:
            self._arrow(*_ARROWS[key], modifiers)
        else:
            super().keyPressEvent(event)

    def cancel(self) -> None:
        """Ends a drag with nothing changed."""
        if self._gesture is not None:
            self.model.chosen = self._gesture.chosen_before
        self._gesture = self._pressed = self.model.draft = None
        self.update()

    def _plain(self) -> dict[Qt.Key, Callable[[], object]]:
        tools, bridge = self._tools, self._tools.bridge
        table: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Space: bridge.toggle,
            Qt.Key.Key_L: bridge.toggle_loop,
            Qt.Key.Key_K: lambda: bridge.set_metronome(not bridge.metronome),
            Qt.Key.Key_A: lambda: self.fold_requested.emit(self.model.channel),
            Qt.Key.Key_P: lambda: tools.set_pencil(not tools.pencil),
            Qt.Key.Key_Delete: self.remove_chosen,
            Qt.Key.Key_Backspace: self.remove_chosen,
            Qt.Key.Key_Insert: self._add_at_playhead,
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Menu: self._open_menu_by_key,
        }
        if self.model.chosen:  # without, Escape gives the keyboard back
            table[Qt.Key.Key_Escape] = self._choose_none
        return table

    def _with_control(self) -> dict[Qt.Key, Callable[[], object]]:
        return {
            Qt.Key.Key_A: self._choose_all,
            Qt.Key.Key_C: self.copy,
            Qt.Key.Key_X: self.cut,
            Qt.Key.Key_V: self.paste,
        }

    def _choose_all(self) -> None:
        self.model.chosen = frozenset(range(len(self.model.points)))
        self._describe()
        self.update()

    def _choose_none(self) -> None:
        self.model.chosen = frozenset()
        self._describe()
        self.update()

    def _add_at_playhead(self) -> None:
        position = snapped(self._tools.stage, self._tools.bridge.position, _NONE)
        self.add_point(position, self.model.value_at(self.model.clock.frames(position)))

    def _enter(self) -> None:
        if not self.model.chosen:
            self._add_at_playhead()
        self.type_value()

    def _arrow(self, right: int, up: int, modifiers: Qt.KeyboardModifier) -> None:
        """Left and right go from point to point, with Ctrl they move the chosen ones; up and down change values."""
        model, spec, clock = self.model, self.model.spec, self.model.clock
        if spec is None or not model.points:
            return
        if right and not modifiers & CONTROL:
            self._step_point(right, add=bool(modifiers & SHIFT))
            return
        if not model.chosen:
            return
        by, travel = Duration.of_frames(0), 0.0
        if right:
            first = clock.frames(model.points[min(model.chosen)].position)
            cell = None if modifiers & SHIFT else cell_of(self._tools.stage, clock, first)
            step = max(round(clock.rate * FINE_SECONDS), 1)
            by = Duration.of_frames(right * step)
            if cell is not None:
                by = Duration.of_beats(right * (clock.beats(cell[1]) - clock.beats(cell[0])))
        else:
            travel = up * (FINE_TRAVEL if modifiers & SHIFT else KEY_TRAVEL)
            if spec.whole:
                travel = up / (spec.maximum - spec.minimum)
        if self._step is None or self._step[1] is not model.points:
            self._step = f"automation {new_id()}", model.points
        points, chosen = lane_points.moved(model.points, model.chosen, by, travel, spec, clock)
        self._change("Move automation points", points, chosen, self._step[0])
        self._step = self._step[0], model.points

    def _step_point(self, direction: int, *, add: bool) -> None:
        model = self.model
        if model.chosen:
            index = (max(model.chosen) if direction > 0 else min(model.chosen)) + direction
        else:
            before = int(model.frames.searchsorted(self._tools.bridge.position))
            index = before if direction > 0 else before - 1
        index = min(max(index, 0), len(model.points) - 1)
        model.chosen = model.chosen | {index} if add else frozenset({index})
        model.viewport.reveal(int(model.frames[index]))
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Tells assistive tools of the chosen point, else of the curve as a whole."""
        model, spec = self.model, self.model.spec
        if spec is None:
            return
        words = f"{len(model.points)} points" if model.points else "not automated"
        if model.chosen and max(model.chosen) < len(model.points):
            point = model.points[min(model.chosen)]
            place = model.clock.text(point.position)
            words = f"{value_text(spec, model.target, point.value)} at {place}, {SHAPES[point.shape].lower()}"
            if len(model.chosen) > 1:
                words = f"{len(model.chosen)} points from {words}"
        set_description(self, words)


def parsed(spec: ParameterSpec, target: Target, text: str) -> float:
    """The value that was typed for a parameter, as its control in the mixer reads it.

    Raises:
        ParameterError: it is none that the parameter can take.
        ValueError: there is no number in it.
    """
    from desktop.widgets.values import parse_decibels, parse_pan

    own = {"gain_db": parse_decibels, "send_db": parse_decibels, "pan": parse_pan}
    if not target.device and spec.id in own:
        return spec.clamp(own[spec.id](text))
    return spec.parse(text)


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
"""Steps to the right and up."""
