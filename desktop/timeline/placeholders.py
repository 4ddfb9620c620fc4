"""Sounds on their way into the song: boxes where they will be, with progress and a cross that cancels."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from desktop.audio_imports import Coming
from desktop.document import Document
from desktop.jobs import state_text
from desktop.theme import Theme, with_alpha
from desktop.timeline.clip_decorations import draw_spark
from desktop.timeline.hit_test import Geometry
from desktop.timeline.rows import Rows
from desktop.widgets.plain import elided

WIDTH, GAP = 176, 8
NEW_TRACK_HEIGHT = 72
SPARE = 72  # px under the last track, in which the composer bar has room
CROSS_PX = 18
LEAST_NAME = 24  # px; in less a name says nothing
MARK = QSizeF(216, 18)
"""Of the mark on a clip that gets more takes."""


class Placeholders:
    """Draws what is on its way over the canvas."""

    def __init__(self, document: Document, theme: Theme, places: Geometry) -> None:
        self._document = document
        self._theme = theme
        self._places = places
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)

    def boxes(self, rows: Rows) -> list[tuple[Coming, QRectF]]:
        """Every sound with its box, below the tracks one under the other where it gets a track of its own.

        On a track those of known length lie where they will be, the others side by side. Further takes of a clip have a
        mark at its lower edge.
        """
        clock, viewport = self._document.project.clock, self._places.viewport
        side: dict[str, int] = {}
        below = 0
        boxes = []
        for each in self._document.coming:
            if each.clip_id:
                boxes += [(each, box) for box in self._mark(each, rows)]
                continue
            start = clock.frames(each.position)
            x = viewport.x(start)
            width = max(viewport.x(start + each.length) - x - 1, CROSS_PX) if each.length else WIDTH
            row = rows.of(each.track_id) if each.track_id else None
            if row is None:
                top = rows.height - viewport.top + below * NEW_TRACK_HEIGHT
                box = QRectF(x, top + 1, width, NEW_TRACK_HEIGHT - 3)
                below += 1
            elif each.length:
                box = QRectF(x, self._places.row_top(row) + 1, width, row.height - 3)
            else:
                number = side.get(row.track.id, 0)
                side[row.track.id] = number + 1
                box = QRectF(x + number * (WIDTH + GAP), self._places.row_top(row) + 1, WIDTH, row.height - 3)
            boxes.append((each, box))
        return boxes

    def content_height(self, rows: Rows) -> int:
        """How high (px) the tracks are, with room for those to come and some more."""
        shown = {row.track.id for row in rows}
        new = sum(not each.clip_id and each.track_id not in shown for each in self._document.coming)
        return rows.height + new * NEW_TRACK_HEIGHT + SPARE

    def cancel_at(self, rows: Rows, point: QPointF) -> bool:
        """Cancels the one whose cross is at `point`; says whether there was one."""
        for each, box in self.boxes(rows):
            if _cross(self._shown(box)).contains(point):
                self._document.jobs.cancel(each.job)
                return True
        return False

    def paint(self, painter: QPainter, rows: Rows) -> None:
        """Draws all of them."""
        if not self._document.coming:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        for each, box in self.boxes(rows):
            if box.right() > 0 and box.left() < self._places.viewport.width:
                if each.clip_id:
                    self._paint_mark(painter, each, box)
                else:
                    self._paint(painter, each, box)
        painter.restore()

    def _mark(self, each: Coming, rows: Rows) -> list[QRectF]:
        """The box of a mark in the part of its clip that is in view; none without that."""
        pair = self._document.project.find_clip(each.clip_id)
        row = rows.of(pair[0].id) if pair else None
        if pair is None or row is None:
            return []
        clip = self._places.clip_rect(row, pair[1])
        left, right = max(clip.left(), 0.0) + 4, min(clip.right(), float(self._places.viewport.width)) - 4
        size = QSizeF(min(MARK.width(), right - left), MARK.height())
        return [QRectF(QPointF(left, clip.bottom() - MARK.height() - 4), size)] if size.width() >= CROSS_PX else []

    def _paint_mark(self, painter: QPainter, each: Coming, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.line_strong, 1))
        painter.setBrush(with_alpha(theme.raised, 0.92))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        self._paint_cross(painter, box)
        room = box.width() - CROSS_PX - 12
        if room > LEAST_NAME:
            text = elided(self._metrics, f"{each.name} · {state_text(each.job)}", Qt.TextElideMode.ElideRight, room)
            painter.setPen(theme.text)
            painter.drawText(QPointF(box.left() + 6, box.top() + 12.5), text)
        painter.fillRect(
            QRectF(box.left() + 2, box.bottom() - 2.5, (box.width() - 4) * each.job.share, 1.5), theme.accent
        )

    def _paint_cross(self, painter: QPainter, shown: QRectF) -> None:
        cross = _cross(shown).adjusted(6, 6, -5, -5)
        painter.setPen(QPen(self._theme.dim, 1.5))
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _shown(self, box: QRectF) -> QRectF:
        """The part of a box that is in view, at least as wide as its cross."""
        left, right = max(box.left(), 0.0), min(box.right(), float(self._places.viewport.width))
        return QRectF(left, box.top(), max(right - left, CROSS_PX), box.height())

    def _paint(self, painter: QPainter, each: Coming, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.accent if each.generated else theme.line_strong, 1, Qt.PenStyle.DashLine))
        painter.setBrush(with_alpha(theme.raised, 0.92))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        shown = self._shown(box)
        self._paint_cross(painter, shown)
        left, room = shown.left() + 7, shown.width() - CROSS_PX - 14
        if each.generated and room > 20:
            draw_spark(painter, QPointF(left + 4, box.top() + 10), 4.5, theme.accent)
            left, room = left + 12, room - 12
        painter.setPen(theme.text)
        if room > LEAST_NAME:
            name = elided(self._metrics, each.name, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(QPointF(left, box.top() + 14), name)
        if box.height() > 40:
            painter.setPen(theme.dim)
            doing = state_text(each.job) if each.generated else f"Importing · {each.job.share:.0%}"
            doing = elided(self._metrics, doing, Qt.TextElideMode.ElideRight, shown.width() - 14)
            painter.drawText(QPointF(shown.left() + 7, box.top() + 30), doing)
        bar = QRectF(shown.left() + 7, box.bottom() - 8, max(shown.width() - 14, 0), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.meter_well)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setBrush(theme.accent)
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * each.job.share, 3), 1.5, 1.5)


def _cross(box: QRectF) -> QRectF:
    return QRectF(box.right() - CROSS_PX, box.top() + 1, CROSS_PX, CROSS_PX)
