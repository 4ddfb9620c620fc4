"""What is drawn over the row images: selection, handles, the time selection, ghosts, the snap line and labels."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop.theme import Theme, mix, with_alpha
from desktop.timeline.clip_decorations import MIN_TEXT_PX, PAD, PLATE_LEFT, ClipMarks
from desktop.timeline.gestures.gesture import Gesture
from desktop.timeline.hit_test import FADE_PX, LANES, Geometry, Hit, Zone
from desktop.timeline.palette import Part, readable
from desktop.timeline.row_painter import TITLE_PX, condition_of, hue_of
from desktop.timeline.rows import Row
from desktop.widgets.plain import elided
from desktop.widgets.values import decibels
from engine.project.model import Clip

LABEL_OFFSET = QPointF(14, -30)
BAR_HEIGHT = 22
DROP_PX = 160
"""Width of a dropped file's preview while its length is not known."""
NEW_TRACK_PX = 72
MAX_DROPPED = 24
MIN_ROUNDED_PX = 16
SELECTED_HEADER, HOVERED_HEADER = 0.5, 0.22
"""How much brighter the header of a selected clip is, and of the one that a press would take hold of."""


class Overlay:
    """Paints over the clips of one canvas; holds no state of the song.

    heard: the clip and the take that is listened to; heard_frame: the song's frame at which it stands.
    """

    def __init__(self, theme: Theme, geometry: Geometry, marks: ClipMarks) -> None:
        self._theme = theme
        self._geometry = geometry
        self._marks = marks
        self._metrics = QFontMetricsF(marks.font)
        self._advance = lru_cache(maxsize=4096)(self._metrics.horizontalAdvance)
        self.heard: tuple[str, int] | None = None
        self.heard_frame: int | None = None

    def selected(self, painter: QPainter, row: Row, clip: Clip, growing: frozenset[str]) -> None:
        """A selected clip: a light outline and a brighter header."""
        self.header(painter, row, clip, growing, SELECTED_HEADER)
        self._outline(painter, self._geometry.clip_rect(row, clip), self._theme.selection, 1)

    def focused(self, painter: QPainter, row: Row, clip: Clip) -> None:
        """The accent ring of the clip that has the keyboard, outside the outline of a selected one."""
        self._outline(painter, self._geometry.clip_rect(row, clip).adjusted(-2, -2, 2, 2), self._theme.accent, 1)

    def header(self, painter: QPainter, row: Row, clip: Clip, growing: frozenset[str], share: float) -> None:
        """The header of a clip, brighter by `share` (0 to 1), with its title inside the view."""
        rect, geometry = self._geometry.clip_rect(row, clip), self._geometry
        left = max(rect.left(), 0.0)
        spans = geometry.spans.of(row.track)
        covered = geometry.viewport.x(spans.uncovered(spans.index[clip.id]))  # what lies over it keeps its own title
        box = QRectF(left, rect.top(), min(rect.right(), covered) - left, min(TITLE_PX, rect.height()))
        if box.width() < 4:
            return
        condition = condition_of(row.track, clip, growing)
        title = self._marks.palette.colour(hue_of(row.track, clip), condition, Part.TITLE)
        bright = mix(title, self._theme.selection, share)
        painter.fillRect(box, bright)
        if box.width() >= MIN_TEXT_PX:
            ink = readable(self._theme, bright)
            self._marks.title(painter, row.track, clip, condition, left, box.width(), rect.top(), ink)

    @staticmethod
    def _outline(painter: QPainter, rect: QRectF, colour: QColor, inset: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2))
        box = rect.adjusted(inset, inset, -inset, -inset)
        if rect.width() < MIN_ROUNDED_PX:
            painter.drawRect(box)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(box, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def handles(self, painter: QPainter, row: Row, clip: Clip, zone: Zone | None) -> None:
        """The fade handles, the gain line, and the edge that the mouse would take hold of."""
        theme, geometry = self._theme, self._geometry
        body = geometry.body_rect(row, clip)
        painter.save()
        painter.setClipRect(geometry.clip_rect(row, clip))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if body.width() > 4 * FADE_PX:
            y = geometry.gain_y(row, clip)
            strong = zone is Zone.GAIN
            painter.setPen(QPen(with_alpha(theme.text, 0.95 if strong else 0.45), 1.5 if strong else 1))
            painter.drawLine(QPointF(body.left() + 1, round(y) + 0.5), QPointF(body.right() - 1, round(y) + 0.5))
            if strong:
                self._plate(painter, decibels(clip.gain_db), QPointF(body.center().x(), y - 20))
            for fade_in in (True, False):
                x = geometry.fade_x(clip, fade_in=fade_in)
                lit = zone is (Zone.FADE_IN if fade_in else Zone.FADE_OUT)
                box = QRectF(x if fade_in else x - FADE_PX, body.top() + 1, FADE_PX, FADE_PX)
                painter.setPen(QPen(theme.window, 1))
                painter.setBrush(theme.text if lit else with_alpha(theme.text, 0.75))
                painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        edge = {Zone.TRIM_START: body.left(), Zone.TRIM_END: body.right() - 3}.get(zone) if zone else None
        if edge is not None:
            painter.fillRect(QRectF(edge, body.top() - TITLE_PX, 3, body.height() + TITLE_PX), theme.text)
        if zone is Zone.LOOP:
            painter.fillRect(QRectF(body.right() - 3, body.top() - TITLE_PX, 3, TITLE_PX), theme.text)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.text, 1.5))
            painter.drawArc(QRectF(body.right() - 15, body.top() - 13, 9, 9), 40 * 16, 280 * 16)
        painter.restore()

    def pinned_title(self, painter: QPainter, row: Row, clip: Clip, growing: frozenset[str], end: float) -> None:
        """The title of a clip that begins left of the view, kept readable at the left edge, up to x = `end`."""
        rect = self._geometry.clip_rect(row, clip)
        if rect.left() >= -1 or end < 60 or not clip.name:
            return
        hue, condition = hue_of(row.track, clip), condition_of(row.track, clip, growing)
        palette = self._marks.palette
        text = self._marks.layout(self._marks.name_in(clip, int(min(end - 3 * PAD, 600)) & ~7))
        width = text.size().width() + PAD * 2
        # what the row image says at this place moves away under it
        hidden = max(width, rect.left() + self._advance(clip.name) + 80)
        painter.fillRect(
            QRectF(0, rect.top(), min(hidden, end - 2), TITLE_PX), palette.colour(hue, condition, Part.TITLE)
        )
        painter.setPen(palette.text(hue, condition))
        painter.drawStaticText(QPointF(PAD, rect.top() + 1), text)
        if row.lanes and len(clip.takes) > 1 and rect.left() < -8:
            for lane in range(len(clip.takes)):
                top = self._geometry.lane_rect(row, clip, lane).top()
                self._marks.take_name(painter, row.track, clip, lane, -PLATE_LEFT, rect.right(), top)

    def region(self, painter: QPainter, first: int, last: int, areas: list[QRectF], height: float) -> None:
        """The selected time: hatched over `areas`, with a grip at both ends."""
        theme, viewport = self._theme, self._geometry.viewport
        left, right = viewport.x(first), viewport.x(last)
        for area in areas:
            painter.fillRect(area, with_alpha(theme.accent, 0.12))
            self._marks.hatch(painter, area, with_alpha(theme.accent, 0.4), gap=7)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x, sign in ((left, 1), (right, -1)):
            if not -10 < x < viewport.width + 10:
                continue
            for area in areas:
                painter.fillRect(QRectF(x - 0.5, area.top(), 1, area.height()), theme.accent)
                grip = QRectF(x - 3 if sign < 0 else x - 1, area.center().y() - 9, 4, 18)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.accent)
                painter.drawRoundedRect(grip, 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def gesture(self, painter: QPainter, gesture: Gesture, mouse: QPointF, height: float) -> None:
        """Ghosts of what is dragged, the snap line, the rubber band and the label at the mouse."""
        theme, viewport = self._theme, self._geometry.viewport
        if gesture.shows_ghosts:
            painter.setPen(QPen(with_alpha(theme.dim, 0.9), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for first, last, top, row_height in gesture.ghosts:
                x = viewport.x(first)
                width = viewport.x(last) - x - 2
                painter.drawRect(QRectF(x + 0.5, top - viewport.top + 1.5, width, row_height - 4))
        if gesture.snap_frame is not None:
            x = viewport.x(gesture.snap_frame)
            painter.fillRect(QRectF(x, 0, 1, height), theme.accent)
        if gesture.band is not None:
            painter.fillRect(gesture.band, with_alpha(theme.accent, 0.1))
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(gesture.band.toRect())
        if gesture.label:
            self.label(painter, gesture.label, mouse, height)

    def label(self, painter: QPainter, text: str, mouse: QPointF, height: float) -> None:
        """A small plate with `text` beside the mouse, inside the view."""
        width = self._metrics.horizontalAdvance(text) + 16
        x = min(max(mouse.x() + LABEL_OFFSET.x(), 4), self._geometry.viewport.width - width - 4)
        y = min(max(mouse.y() + LABEL_OFFSET.y(), 4), height - BAR_HEIGHT - 4)
        self._plate(painter, text, QPointF(x + width / 2, y))

    def drop(
        self,
        painter: QPainter,
        files: list[tuple[str, int | None]],
        frame: int,
        row: Row | None,
        bottom: float,
        *,
        fits: bool = True,
    ) -> None:
        """Where dropped files (name, frames or None while that is not known) would land, as long as they are.

        row: the track's; None below the tracks. fits: on that track; else they get a new one below it.
        """
        theme, viewport = self._theme, self._geometry.viewport
        x = viewport.x(frame)
        top = bottom if row is None else self._geometry.row_top(row) + (0 if fits else row.full_height)
        if not fits:
            painter.fillRect(QRectF(0, top - 1, viewport.width, 2), theme.accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = x
        for index, (name, frames) in enumerate(files[:MAX_DROPPED]):
            height = row.height if row and fits else NEW_TRACK_PX
            # on a track the files follow one another, without one each gets a track
            width = DROP_PX if frames is None else max(viewport.x(frame + frames) - x, 3.0)
            box = QRectF(left, top + 1 + (0 if row else index * height), width, height - 3)
            left += width if row else 0
            painter.setPen(QPen(theme.accent, 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(with_alpha(theme.accent, 0.16))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            text = elided(self._metrics, name, Qt.TextElideMode.ElideMiddle, max(int(width) - 16, 0))
            plate = QRectF(box.left() + 4, box.top() + 4, self._metrics.horizontalAdvance(text) + 8, 16)
            if text:  # read over a clip of any colour
                painter.fillRect(plate, with_alpha(theme.window, 0.85))
            painter.setPen(theme.text)
            painter.drawText(plate.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(x, 0, 1, viewport.height), theme.accent)

    def listening(self, painter: QPainter, row: Row, clip: Clip) -> None:
        """Where the take that is listened to has got to, on its lane, or on the clip where lanes are folded."""
        if self.heard is None or self.heard_frame is None:
            return
        lane = self.heard[1]
        geometry = self._geometry
        shown = row.lanes and len(clip.takes) > 1
        rect = geometry.lane_rect(row, clip, lane) if shown else geometry.body_rect(row, clip)
        x = geometry.viewport.x(self.heard_frame)
        if rect.left() <= x <= rect.right():
            painter.fillRect(QRectF(rect.left(), rect.top(), x - rect.left(), rect.height()),
                             with_alpha(self._theme.accent, 0.14))  # fmt: skip
            painter.fillRect(QRectF(x - 0.5, rect.top(), 2, rect.height()), self._theme.accent)

    def take_hover(self, painter: QPainter, hit: Hit) -> None:
        """A thin outline round the take that a click would choose, and the button that lets it be heard."""
        if hit.zone not in LANES or not hit.row or not hit.clip or hit.lane is None:
            return
        theme = self._theme
        painter.setPen(QPen(with_alpha(theme.text, 0.7), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect = self._geometry.lane_rect(hit.row, hit.clip, hit.lane)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        button = self._geometry.listen_rect(hit.row, hit.clip, hit.lane)
        if button.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = hit.zone is Zone.LISTEN
        painter.setPen(QPen(theme.accent if lit else theme.line_strong, 1))
        painter.setBrush(theme.hover if lit else theme.raised)
        painter.drawEllipse(button.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.text)
        middle = button.center()
        if self.heard == (hit.clip.id, hit.lane):
            painter.drawRect(QRectF(middle.x() - 3.5, middle.y() - 3.5, 7, 7))
        else:
            painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in ((-3, -4.5), (-3, 4.5), (5, 0))]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _plate(self, painter: QPainter, text: str, top_centre: QPointF) -> None:
        width = self._metrics.horizontalAdvance(text) + 16
        box = QRectF(round(top_centre.x() - width / 2), round(top_centre.y()), width, BAR_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.line_strong, 1))
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(self._marks.font)
        painter.setPen(self._theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
