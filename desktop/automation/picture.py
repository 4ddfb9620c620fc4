"""How a lane of automation is painted: its tiles, and over them what is chosen, hovered and dragged."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from desktop.automation.model import LaneModel
from desktop.automation.tiles import POINT, LaneTiles
from desktop.theme import Theme, with_alpha
from desktop.timeline.clip_layout import Spans
from engine.project.model import Track

LABEL_HEIGHT = 18


@dataclass(frozen=True, slots=True)
class Look:
    """What of a lane is marked."""

    focused: bool = False
    hover: int = -1  # index of a point
    dimmed: bool = False  # overridden by hand
    band: QRectF | None = None
    label: str = ""
    mouse: QPointF = field(default_factory=QPointF)


class LanePicture:
    """Paints lanes of one timeline."""

    def __init__(self, theme: Theme, spans: Spans) -> None:
        self._theme = theme
        self.tiles = LaneTiles(theme, spans)
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)

    def paint(self, painter: QPainter, model: LaneModel, track: Track | None, area: QRectF, look: Look) -> bool:
        """Paints what of a lane lies in `area`; says whether all is as it should be, see `LaneTiles.draw`."""
        theme = self._theme
        hue = theme.hue(track.colour) if track else theme.accent
        if look.dimmed:
            hue = theme.disabled
        whole = self.tiles.draw(painter, model, track, area, hue)
        self._points(painter, model, hue, look)
        if look.band is not None:
            painter.fillRect(look.band, with_alpha(theme.selection, 0.08))
            painter.setPen(QPen(with_alpha(theme.selection, 0.7), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(look.band)
        if look.label:
            self._label(painter, model, look)
        return whole

    def ring(self, painter: QPainter, model: LaneModel) -> None:
        """The ring of the lane that has the keyboard."""
        painter.setPen(QPen(self._theme.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(1, 1, model.viewport.width - 2, model.height - 3))

    def _points(self, painter: QPainter, model: LaneModel, hue: QColor, look: Look) -> None:
        """The chosen points and the one under the mouse, over the picture of all."""
        theme = self._theme
        count = len(model.points)
        marked = [index for index in {*model.chosen, look.hover} if 0 <= index < count]
        if not marked or model.spec is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in sorted(marked):
            chosen = index in model.chosen
            size = POINT + 1 if index == look.hover else POINT
            painter.setPen(QPen(theme.window if not chosen else theme.selection, 1.5 if chosen else 1))
            painter.setBrush(theme.accent if chosen else hue)
            painter.drawEllipse(QPointF(model.x(index), float(model.point_ys[index])), size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _label(self, painter: QPainter, model: LaneModel, look: Look) -> None:
        theme = self._theme
        width = self._metrics.horizontalAdvance(look.label) + 12
        x = min(max(look.mouse.x() + 14, 2), model.viewport.width - width - 2)
        y = min(max(look.mouse.y() - LABEL_HEIGHT - 4, 2), model.height - LABEL_HEIGHT - 3)
        box = QRectF(x, y, width, LABEL_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line_strong, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(self._font)
        painter.setPen(theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, look.label)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
