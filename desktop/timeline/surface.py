"""What the mouse and the keyboard know of the canvas that they work on."""

from typing import Protocol

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, SignalInstance
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.timeline.clip_layout import Spans
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.hit_test import Geometry
from desktop.timeline.placeholders import Placeholders
from desktop.timeline.rows import Rows
from desktop.view.viewport import Viewport
from engine.project.model import Project


class Surface(Protocol):
    """The members of `desktop.timeline.canvas.Canvas`, which describes them, that input is turned into."""

    document: Document
    viewport: Viewport
    rows: Rows
    spans: Spans
    places: Geometry
    stage: Stage
    placeholders: Placeholders
    focus_clip: str | None

    @property
    def hint_changed(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def menu_requested(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def rename_requested(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def drag_out_requested(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def open_requested(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def audition_requested(self) -> SignalInstance:
        """See `Canvas`."""

    @property
    def gesture_changed(self) -> SignalInstance:
        """See `Canvas`."""

    def set_focus_clip(self, clip_id: str | None, *, reveal: bool = True) -> None:
        """See `Canvas`."""

    def show_project(self, project: Project) -> None:
        """See `Canvas`."""

    def region_areas(self) -> list[QRectF]:
        """See `Canvas`."""

    def window(self) -> QWidget:
        """See `QWidget`."""

    def width(self) -> int:
        """See `QWidget`."""

    def height(self) -> int:
        """See `QWidget`."""

    def rect(self) -> QRect:
        """See `QWidget`."""

    def mapToGlobal(self, point: QPoint, /) -> QPoint:
        """See `QWidget`."""

    def setCursor(self, cursor: QCursor | Qt.CursorShape, /) -> None:
        """See `QWidget`."""

    def unsetCursor(self) -> None:
        """See `QWidget`."""

    def setFocus(self, reason: Qt.FocusReason, /) -> None:
        """See `QWidget`."""

    def setToolTip(self, text: str, /) -> None:
        """See `QWidget`."""

    def update(self) -> None:
        """See `QWidget`."""
