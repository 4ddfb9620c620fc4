"""Where the composer bar stands: in the middle of an empty song, and below what is selected in any other."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.document import Document
from desktop.generation.composer_bar import ComposerBar
from desktop.generation.composing import Composing
from desktop.generation.controller import Generation
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline.canvas import Canvas
from desktop.timeline.floating_bar import FloatingBar
from desktop.timeline.row_painter import TITLE_PX
from desktop.timeline.view import TimelineView
from desktop.widgets.plain import Label
from engine.project.model import Clip

GAP = 4
NARROWEST, WIDE, WIDEST = 240, 760, 900
MARGIN = 8


class ComposerCard(QWidget):
    """The composer bar over an empty song, with a title."""

    def __init__(
        self, composing: Composing, generation: Generation, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.bar = ComposerBar(composing, generation, theme, icons)
        title = Label("What shall it sound like?")
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(self.bar)
        self.setFocusProxy(self.bar)

    def minimumSizeHint(self) -> QSize:
        """As wide as the prompt beside its button: the rest gives way."""
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out what does not fit beside the prompt."""
        super().resizeEvent(event)
        self.bar.set_room(self.width())


class FloatingComposer(FloatingBar):
    """The composer bar at a place of the song. It covers no title of a clip but where there is no other room."""

    left = Signal()

    def __init__(
        self, document: Document, composing: Composing, generation: Generation, timeline: TimelineView, theme: Theme,
        icons: Icons,
    ) -> None:  # fmt: skip
        super().__init__(theme, timeline.canvas, edge=theme.accent)
        self._document, self._generation, self._composing = document, generation, composing
        self._timeline = timeline
        self._called = False
        self._dismissed = False
        self.bar = ComposerBar(composing, generation, theme, icons)
        self.row.setContentsMargins(8, 6, 8, 6)
        self.row.addWidget(self.bar)
        self.setAccessibleName("Composer bar")
        self.setFocusProxy(self.bar)
        self.bar.left.connect(self.dismiss)
        canvas = timeline.canvas
        for signal in (timeline.viewport.changed, canvas.gesture_changed, canvas.rows_changed, composing.changed):
            signal.connect(self.follow)
        document.selection_changed.connect(self._on_selection)
        document.changed.connect(self.follow)
        document.coming_changed.connect(self.follow)
        document.opened.connect(self._on_opened)

    def call(self) -> None:
        """Shows itself, whatever is selected, with the keyboard in the prompt."""
        self._called, self._dismissed = True, False
        self.follow()
        if self.isVisible():
            self.bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.bar.line.selectAll()

    def dismiss(self) -> None:
        """Goes away until something else is selected."""
        self._called, self._dismissed = False, True
        self.hide()
        self.left.emit()

    def follow(self) -> None:
        """Stands where what is selected is now, or is hidden."""
        canvas = self._timeline.canvas
        area = None if canvas.pointer.gesture is not None or self._dismissed else self._area()
        if area is None:
            self.hide()
            return
        room = min(canvas.width() - 2 * MARGIN, WIDEST)
        self.bar.set_room(room - 18)
        self.show()
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.row.invalidate()
        height = self.row.sizeHint().height()
        width = min(max(self.row.sizeHint().width(), WIDE), room)
        left = min(max(area.left(), MARGIN), max(canvas.width() - width - MARGIN, MARGIN))
        top = self._free_top(QRectF(left, area.bottom() + GAP, width, height), area)
        self.setGeometry(round(left), round(top), round(width), height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No key of the bar is one of the canvas."""
        event.accept()

    # inside

    def _on_selection(self) -> None:
        self._dismissed = False
        if self._document.selection.clips or self._document.selection.region:
            self._called = False
        self.follow()

    def _on_opened(self) -> None:
        self._called = self._dismissed = False
        self.follow()

    def _area(self) -> QRectF | None:
        """What the bar belongs to: the lowest selected clip in view, the selected time, or the playhead when called."""
        document, canvas = self._document, self._timeline.canvas
        if document.folder is None or not self._timeline.invitation.isHidden():
            return None
        selection = document.selection
        if selection.clips:
            return self._clip_area(canvas, selection.clips)
        if selection.region:
            areas = canvas.region_areas()
            return areas[-1] if areas else None
        if self._called or (document.coming and self.isVisible()):
            bottom = min(canvas.rows.height - canvas.viewport.top, canvas.height() - 60)
            return QRectF(MARGIN, max(bottom, 0), 1, 1)
        return None

    def _clip_area(self, canvas: Canvas, chosen: frozenset[str]) -> QRectF | None:
        """The lowest of the selected clips in view, with its take lanes, where they are all one thing to the bar."""
        if len(chosen) > 1 and self._composing.piece is None:
            return None
        lowest: QRectF | None = None
        for row in canvas.rows.between(canvas.viewport.top, canvas.viewport.top + canvas.height()):
            for clip in row.track.clips:
                if clip.id in chosen:
                    rect = canvas.places.clip_rect(row, clip)
                    if rect.right() > 0 and rect.left() < canvas.width():
                        lowest = rect.adjusted(0, 0, 0, row.full_height - row.height)
        return lowest

    def _free_top(self, wanted: QRectF, area: QRectF) -> float:
        """The y nearest below (else above) `area` where the bar covers no title and nothing that is on its way."""
        canvas = self._timeline.canvas
        lowest = canvas.height() - wanted.height() - GAP
        titles = [
            rect for rect in self._titles(canvas) if rect.right() > wanted.left() and rect.left() < wanted.right()
        ]
        below = [wanted.top(), *(title.bottom() + 2 for title in titles if title.bottom() + 2 > wanted.top())]
        above = [area.top() - wanted.height() - GAP]
        above += [title.top() - wanted.height() - 2 for title in titles if title.top() < area.top()]
        over_itself = [title.top() - wanted.height() - 2 for title in titles if title.top() >= area.bottom()]
        for top in (*sorted(below), *sorted(above, reverse=True), *sorted(over_itself)):
            box = QRectF(wanted.left(), top, wanted.width(), wanted.height())
            if GAP <= top <= lowest and not any(box.intersects(title) for title in titles):
                return top
        return max(min(wanted.top(), lowest), GAP)

    def _titles(self, canvas: Canvas) -> list[QRectF]:
        """The title strips of the clips in view, and the boxes of what is on its way."""
        viewport, titles = canvas.viewport, [box for _, box in canvas.placeholders.boxes(canvas.rows)]
        for row in canvas.rows.between(viewport.top, viewport.top + canvas.height()):
            spans = canvas.spans.of(row.track)
            for index in spans.visible(viewport.left, viewport.right):
                clip: Clip = spans.clips[index]
                rect = canvas.places.clip_rect(row, clip)
                titles.append(QRectF(rect.left(), rect.top(), rect.width(), TITLE_PX))
        return titles
