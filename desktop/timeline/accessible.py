"""The clips as a list for assistive tools: name, place, state, and which of them has the focus."""

from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QApplication

from desktop.timeline.canvas import Canvas
from desktop.timeline.time_labels import bar_text, length_text
from desktop.widgets.plain import set_description
from engine.project.model import Clip, Project, Track
from engine.project.recorded import was_generated

_INSTALLED = "continuo-timeline-accessible"


def describe(project: Project, track: Track, clip: Clip) -> str:
    """A clip in words: "Bass on Drums, 5.1, 8 beats (0:04.000), muted"."""
    clock = project.clock
    words = [
        f"{clip.name or 'Clip'} on {track.name}",
        bar_text(clock, clip.position),
        length_text(clock, clock.frames(clip.position), clip.length),
    ]
    if len(clip.takes) > 1:
        words.append(f"comp of {len(clip.takes)} takes" if clip.comp else f"take {clip.take + 1} of {len(clip.takes)}")
    words += [word for word, applies in _states(project, clip) if applies]
    return ", ".join(words)


def _states(project: Project, clip: Clip) -> list[tuple[str, bool]]:
    source = project.sources.get(clip.chosen.source)
    return [
        ("muted", clip.mute),
        ("reversed", clip.reverse),
        ("looped", bool(clip.loop_length)),
        ("generated", was_generated(clip.chosen.provenance)),
        ("growing", bool(source and source.growing)),
    ]


class ClipItem(QAccessibleInterface):
    """One clip in the list."""

    def __init__(self, canvas: Canvas, clip_id: str) -> None:
        super().__init__()
        self._canvas = canvas
        self._clip_id = clip_id

    def _found(self) -> tuple[Track, Clip] | None:
        return self._canvas.project.find_clip(self._clip_id)

    def isValid(self) -> bool:
        """Whether the clip is still there."""
        return self._found() is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        """It has no widget."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        """The window that it is in."""
        return self._canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The list."""
        return QAccessible.queryAccessibleInterface(self._canvas)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """It has no parts."""
        return None

    def childCount(self) -> int:
        """It has no parts."""
        return 0

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """It has no parts."""
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """It has no parts."""
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        """The clip in words."""
        pair = self._found()
        if pair is None or kind != QAccessible.Text.Name:
            return ""
        return describe(self._canvas.project, *pair)

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed in the inspector."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        pair = self._found()
        row = self._canvas.rows.of(pair[0].id) if pair else None
        if pair is None or row is None:
            return QRect()
        area = self._canvas.places.clip_rect(row, pair[1]).toRect()
        return QRect(self._canvas.mapToGlobal(area.topLeft()), area.size())

    def role(self) -> QAccessible.Role:
        """An item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Whether it is selected and has the focus."""
        state: Any = QAccessible.State()
        state.selectable = state.focusable = True
        state.selected = self._clip_id in self._canvas.document.selection.clips
        state.focused = self._clip_id == self._canvas.focus_clip and self._canvas.hasFocus()
        return state

    def relations(self, match: Any = None) -> list[Any]:
        """None."""
        return []


class ClipList(QAccessibleWidget):
    """The canvas as a list of clips in reading order."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.List)
        self._canvas = canvas
        self._items: dict[str, ClipItem] = {}

    def _order(self) -> list[str]:
        return self._canvas.pointer.keys.reading_order()

    def childCount(self) -> int:
        """The number of clips."""
        return sum(len(track.clips) for track in self._canvas.project.tracks)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Clip `index`."""
        order = self._order()
        if not 0 <= index < len(order):
            return None
        return self._items.setdefault(order[index], ClipItem(self._canvas, order[index]))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Which clip it is."""
        return self._order().index(child._clip_id) if isinstance(child, ClipItem) and child.isValid() else -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The clip that the keyboard is on."""
        order = self._order()
        focus = self._canvas.focus_clip
        return self.child(order.index(focus)) if focus in order else None

    def text(self, kind: QAccessible.Text) -> str:
        """Its name, and the focused clip in words."""
        if kind == QAccessible.Text.Name:
            return self._canvas.accessibleName()
        if kind == QAccessible.Text.Description:
            return self._canvas.accessibleDescription()
        return ""


def install(canvas: Canvas) -> None:
    """Lets assistive tools see `canvas` as a list of clips."""
    app = QApplication.instance()
    if app is not None and not app.property(_INSTALLED):
        app.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_make)
    canvas.focus_moved.connect(lambda clip_id: _tell(canvas, clip_id))


def _make(key: str, item: QObject | None) -> QAccessibleInterface | None:
    if not isinstance(item, Canvas):
        return None
    # Qt keeps the interface as long as the widget; so must Python
    children = item.property("accessible-list")
    if children is None:
        children = ClipList(item)
        item.setProperty("accessible-list", children)
    return children


def _tell(canvas: Canvas, clip_id: str) -> None:
    pair = canvas.project.find_clip(clip_id) if clip_id else None
    set_description(canvas, describe(canvas.project, *pair) if pair else "")
    if not QAccessible.isActive():
        return
    event = QAccessibleEvent(canvas, QAccessible.Event.Focus)
    order = canvas.pointer.keys.reading_order()
    if clip_id in order:
        event.setChild(order.index(clip_id))
    QAccessible.updateAccessibility(event)
