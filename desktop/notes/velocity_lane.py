"""The lane under the notes: how hard each is struck, as a stem that the mouse makes longer or shorter."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.notes.arrays import difference
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.theme import Theme, mix
from desktop.view.time_strip import TimeStrip
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name
from engine.project import note_edits
from engine.project.model.ranges import VELOCITY
from engine.project.note_edits import Chosen, Notes

HEIGHT = 60
TOP, BOTTOM = 7, 4  # px above 127 and below 0
HEAD = 5  # px
REACH = 5  # px from a stem within which it is taken hold of
ARGB = QImage.Format.Format_ARGB32_Premultiplied
Stems = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Device columns from the left edge, velocities, and 1 for the chosen ones; int64 (n,)."""
_NONE = np.empty(0, np.int64)
HINT = "Drag: velocity of the notes you go over · on a selected one: of all selected · Esc in the notes: cancel"


class VelocityLane(TimeStrip):
    """Lies under the canvas and shares its viewport."""

    def __init__(self, session: NoteSession, stage: NoteStage, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._stage, self._theme = session, stage, theme
        self._font = theme.font("small")
        self._pixels = np.empty((0, 0), np.uint32)
        self._picture: QImage | None = None  # of them
        self._table = np.empty(0, np.uint32)
        self._look: object = None
        self._drawn: Stems = (_NONE, _NONE, _NONE)
        self._base: Notes | None = None
        self._together: Chosen = frozenset()
        self._grip = QPointF()
        self._last = QPointF()
        self._label = ""
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_name(self, "Velocity of the notes")
        set_description(self, "With the keyboard: Alt+Up and Alt+Down in the notes")
        for changes in (
            session.notes_changed, session.chosen_changed, session.clip_changed, stage.viewport.changed,
        ):  # fmt: skip
            changes.connect(self.update)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with painting(self) as painter:
            painter.fillRect(self.rect(), mix(theme.window, theme.panel, 0.5))
            for share in (0.0, 0.5, 1.0):
                painter.fillRect(QRectF(0, self._y(round(127 * share)), self.width(), 1), theme.grid_beat)
            if self._session.clip is None:
                return
            painter.drawImage(QPointF(0, 0), self._stems())
            if self._label:
                painter.setFont(self._font)
                metrics = QFontMetricsF(self._font)
                width = metrics.horizontalAdvance(self._label) + 12
                box = QRectF(min(self._last.x() + 10, self.width() - width - 4), 4, width, 18)
                painter.fillRect(box, theme.raised)
                painter.setPen(theme.text)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._label)

    def _stems(self) -> QImage:
        """The stems as they are now; columns in which nothing changed stay as they were drawn before."""
        viewport, session, spans = self._stage.viewport, self._session, self._stage.spans
        width, height = round(self.width() * viewport.dpr), round(HEIGHT * viewport.dpr)
        look = viewport.left_device, viewport.frames_per_px, viewport.dpr, width, session.hue
        chosen = np.zeros(len(spans.left), np.int64)
        chosen[session.chosen_indices] = 1
        stems = spans.left - viewport.left_device, session.arrays.velocities, chosen
        if self._picture is None or look != self._look:
            self._pixels = np.empty((height, width), np.uint32)
            self._picture = QImage(self._pixels.data, width, height, 4 * width, ARGB)
            self._picture.setDevicePixelRatio(viewport.dpr)
            self._table = np.array(self._colours(), np.uint32)
            first, last = 0, width
        else:
            reach = math.ceil(HEAD * viewport.dpr)
            first, last = _changed_columns(self._drawn, stems)
            first, last = max(first - reach, 0), min(last + reach + 1, width)
        self._look, self._drawn = look, stems
        if first < last:
            self._paint_stems(first, last)
        return self._picture

    def _paint_stems(self, first: int, last: int) -> None:
        """Draws the columns from `first` to `last` anew."""
        dpr = self._stage.viewport.dpr
        columns, velocities, chosen = self._drawn
        height, width = len(self._pixels), last - first
        visible = np.flatnonzero((columns > first - HEAD * dpr) & (columns < last + HEAD * dpr))
        columns, chosen = columns[visible] - first, chosen[visible] > 0
        tops = np.rint((TOP + (127 - velocities[visible]) / 127 * (HEIGHT - TOP - BOTTOM)) * dpr).astype(np.int64)
        cells = np.zeros((height, width), np.uint8)
        lines = np.arange(height, dtype=np.int16)[:, None]
        stem, head = max(round(2 * dpr), 1), round(HEAD * dpr)
        for colour, mask in ((1, ~chosen), (2, chosen)):
            at, top = columns[mask], tops[mask]
            if not len(at):
                continue
            highest = np.full(width + 2 * stem, height, np.int64)
            inside = (at > -stem) & (at < width)
            for step in range(stem):
                np.minimum.at(highest, at[inside] + stem + step, top[inside])
            # where a later stem overlaps, the higher one is seen
            np.putmask(cells, lines >= highest[None, stem : stem + width].astype(np.int16), colour)
            np.putmask(cells, _heads(at, top, cells.shape, head, (head - stem) // 2), colour + 2)
        self._pixels[:, first:last] = self._table[cells]

    def _colours(self) -> list[int]:
        theme = self._theme
        hue = theme.hue(self._session.hue)
        colours: list[QColor] = [
            mix(theme.window, hue, 0.6),
            mix(hue, theme.selection, 0.5),
            hue,
            theme.selection,
        ]
        return [0, *(colour.rgba() for colour in colours)]

    def _y(self, velocity: int) -> float:
        return TOP + (127 - velocity) / 127 * (HEIGHT - TOP - BOTTOM)

    def _velocity(self, y: float) -> int:
        value = 127 - (y - TOP) / (HEIGHT - TOP - BOTTOM) * 127
        return int(VELOCITY.clamp(round(value)))

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        session = self._session
        if event.button() != Qt.MouseButton.LeftButton or session.clip is None:
            return
        self._grip = self._last = event.position()
        self._base = session.real_notes
        notes = self._between(self._grip.x(), self._grip.x())
        self._together = session.chosen if notes & session.chosen else frozenset()
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._base is not None:
            self._drag(event.position())
        else:
            self.hint_changed.emit(HINT)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._base is not None:
            self._base = None
            self._label = ""
            self._session.commit("Velocity")
            self.update()

    def cancel(self) -> bool:
        """Ends a drag with nothing changed; says whether there was one."""
        if self._base is None:
            return False
        self._base, self._label = None, ""
        self._session.preview(None)
        return True

    # inside

    def _between(self, first: float, last: float) -> Chosen:
        """The notes whose stems lie between two x, of those that are chosen where any is."""
        viewport, dpr = self._stage.viewport, self._stage.viewport.dpr
        low, high = sorted((first, last))
        columns = self._stage.spans.left - viewport.left_device
        near = np.flatnonzero((columns >= (low - REACH) * dpr) & (columns <= (high + REACH) * dpr))
        if len(near) and low == high:
            nearest = np.abs(columns[near] - low * dpr)
            near = near[nearest == nearest.min()]
        return frozenset(near.tolist())

    def _drag(self, point: QPointF) -> None:
        session, base = self._session, self._base
        if base is None:
            return
        if self._together:
            levels = self._velocity(point.y()) - self._velocity(self._grip.y())
            change = lambda n, c: (note_edits.add_velocity(n, c, levels), c)  # noqa: E731
            session.preview_parts(session.changed(session.parts(), change))
            self._label = f"{'+' if levels >= 0 else '−'}{abs(levels)}"
        else:
            velocity = self._velocity(point.y())
            over = self._between(self._last.x(), point.x())
            if session.chosen:
                over &= session.chosen
            session.preview(note_edits.set_velocity(session.notes, over, velocity))
            self._stage.velocity = velocity if over else self._stage.velocity
            self._label = str(velocity)
        self._last = point
        self.update()


def _changed_columns(before: Stems, stems: Stems) -> tuple[int, int]:
    """From the first to the last column at which a stem differs; the same twice where none does."""
    first, last, old_last = difference(before, stems)
    columns = np.concatenate((stems[0][first:last], before[0][first:old_last]))
    return (int(columns.min()), int(columns.max())) if len(columns) else (0, -(2**31))


def _heads(columns: np.ndarray, tops: np.ndarray, shape: tuple[int, ...], size: int, left: int) -> np.ndarray:
    """Which pixels of (height, width) lie in a square of `size` round the tops of stems; `left` of it left of them."""
    height, width = shape
    marked = np.zeros((height + 2 * size, width + 4 * size), bool)
    marked[tops + size, np.clip(columns + 2 * size, 0, width + 4 * size - 1)] = True
    wide = np.zeros_like(marked)
    for step in range(size):
        wide[:, step:] |= marked[:, : marked.shape[1] - step]
    heads = np.zeros((height, width), bool)
    for step in range(size):
        first = size + size // 2 - step
        heads |= wide[first : first + height, 2 * size + left : 2 * size + left + width]
    return heads
