"""Files on their way into the song: boxes where they will be, with progress and a cross that cancels."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from desktop.document import Document
from desktop.sounds import Import
from desktop.theme import Theme, with_alpha
from desktop.timeline.hits import Geometry
from desktop.timeline.rows import Rows

WIDTH, GAP = 176, 8
NEW_TRACK_HEIGHT = 72
CROSS_PX = 18


class Placeholders:
    """Draws the document's imports over the canvas."""

    def __init__(self, document: Document, theme: Theme, places: Geometry) -> None:
        self._document = document
        self._theme = theme
        self._places = places
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)

    def boxes(self, rows: Rows) -> list[tuple[Import, QRectF]]:
        """Every import with its box: on its track side by side, or below the tracks one under the other."""
        clock, viewport = self._document.project.clock, self._places.viewport
        side: dict[str, int] = {}
        below = 0
        found = []
        for each in self._document.imports:
            x = viewport.x(clock.frames(each.position))
            row = rows.of(each.track_id) if each.track_id else None
            if row is None:
                top = rows.height - viewport.top + below * NEW_TRACK_HEIGHT
                box = QRectF(x, top + 1, WIDTH, NEW_TRACK_HEIGHT - 3)
                below += 1
            else:
                number = side.get(row.track.id, 0)
                side[row.track.id] = number + 1
                box = QRectF(x + number * (WIDTH + GAP), self._places.row_top(row) + 1, WIDTH, row.height - 3)
            found.append((each, box))
        return found

    def cancel_at(self, rows: Rows, point: QPointF) -> bool:
        """Cancels the import whose cross is at `point`; says whether there was one."""
        for each, box in self.boxes(rows):
            if _cross(box).contains(point):
                self._document.jobs.cancel(each.job)
                return True
        return False

    def paint(self, painter: QPainter, rows: Rows) -> None:
        """Draws all of them."""
        if not self._document.imports:
            return
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        for each, box in self.boxes(rows):
            painter.setPen(QPen(theme.line_strong, 1, Qt.PenStyle.DashLine))
            painter.setBrush(with_alpha(theme.raised, 0.92))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(theme.text)
            name = self._metrics.elidedText(each.name, Qt.TextElideMode.ElideMiddle, box.width() - CROSS_PX - 14)
            painter.drawText(QPointF(box.left() + 7, box.top() + 14), name)
            if box.height() > 40:
                painter.setPen(theme.dim)
                painter.drawText(QPointF(box.left() + 7, box.top() + 30), f"Importing · {each.job.share:.0%}")
            bar = QRectF(box.left() + 7, box.bottom() - 8, box.width() - 14, 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.meter_well)
            painter.drawRoundedRect(bar, 1.5, 1.5)
            painter.setBrush(theme.accent)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * each.job.share, 3), 1.5, 1.5)
            cross = _cross(box).adjusted(6, 6, -5, -5)
            painter.setPen(QPen(theme.dim, 1.5))
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        painter.restore()


def _cross(box: QRectF) -> QRectF:
    return QRectF(box.right() - CROSS_PX, box.top() + 1, CROSS_PX, CROSS_PX)
