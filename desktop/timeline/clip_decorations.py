"""What is drawn on a clip over its waveform: its title, fades, loop notches, and what is wrong with it."""

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QStaticText

from desktop.theme import Theme, with_alpha
from desktop.timeline.palette import Condition, Palette, Part, readable
from desktop.timeline.prompt_changes import changes_of
from desktop.timeline.row_painter import TITLE_PX, hue_of
from desktop.widgets.plain import one_line, static_text
from desktop.widgets.scale import share_of
from desktop.widgets.values import decibels
from engine.playback.gains import fade_gains
from engine.project.model import Clip, Fade, Source, Track
from engine.project.recorded import was_generated

MIN_TEXT_PX = 34
PAD = 5
PLATE_LEFT = 3
CURVE_POINTS = 20


class ClipMarks:
    """Draws titles and line work; keeps laid-out text. UI thread only."""

    def __init__(self, theme: Theme, palette: Palette) -> None:
        self.theme = theme
        self.palette = palette
        self.font = theme.font("small")
        self.bold = theme.font("small", bold=True)
        self._metrics = QFontMetricsF(self.font)
        self.layout = lru_cache(maxsize=8192)(self._layout)
        self.elide = lru_cache(maxsize=8192)(self._elide)
        self._width_of = lru_cache(maxsize=4096)(self._measure)

    def title(
        self,
        painter: QPainter,
        track: Track,
        clip: Clip,
        condition: Condition,
        left: float,
        width: float,
        top: float,
        ink: QColor | None = None,
    ) -> None:
        """The title of a clip whose strip starts at (`left`, `top`) and is `width` px wide."""
        ink = ink or self.palette.text(hue_of(track, clip), condition)
        painter.setPen(ink)
        x, room = left + PAD, width - 2 * PAD - 1
        if was_generated(clip.chosen.provenance) and room > 20:
            draw_spark(painter, QPointF(x + 4, top + TITLE_PX / 2), 4.5, ink)
            x, room = x + 12, room - 12
        if clip.reverse and room > 20:
            _draw_triangles(painter, x, top + TITLE_PX / 2, ink)
            x, room = x + 14, room - 14
        note = self.note(clip)
        if note:
            needed = self.layout(note).size().width()
            if room > needed + 40:
                painter.drawStaticText(QPointF(x + room - needed, top + 1), self.layout(note))
                room -= needed + 8
        if room > 8:
            painter.drawStaticText(QPointF(x, top + 1), self.layout(self.name_in(clip, int(room) & ~7)))

    def name_in(self, clip: Clip, room: int) -> str:
        """The clip's name, or "muted" and the name, in `room` px; the word stays when the name does not fit."""
        if not clip.mute:
            return self.elide(clip.name, room)
        word = "muted · "
        needed = self._metrics.horizontalAdvance(word)
        if room < needed + 24:
            return self.elide("muted", room)
        return word + self.elide(clip.name, int(room - needed))

    def note(self, clip: Clip) -> str:
        """What is said at the right end of the title."""
        if not clip.gain_db and len(clip.takes) == 1:
            return ""
        words = []
        if clip.gain_db:
            words.append(decibels(clip.gain_db))
        if len(clip.takes) > 1:
            words.append("comp" if clip.comp else f"take {clip.take + 1}/{len(clip.takes)}")
        return " · ".join(words)

    def take_name(
        self, painter: QPainter, track: Track, clip: Clip, lane: int, left: float, width: float, top: float
    ) -> None:
        """The name of a take at the upper left of its lane, on a small plate."""
        chosen = lane == clip.take
        condition = Condition.SOUNDING if chosen else Condition.UNCHOSEN
        plate = self.palette.colour(hue_of(track, clip), condition, Part.TITLE if chosen else Part.BODY)
        text = self.layout(self.elide(f"{lane + 1}  {clip.takes[lane].name or clip.name}", int(width - 14) & ~7))
        box = QRectF(left + PLATE_LEFT, top + 3, text.size().width() + 8, 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(box, 2, 2)
        painter.setPen(readable(self.theme, plate))
        painter.drawStaticText(QPointF(box.x() + 4, box.y()), text)

    def fades(self, painter: QPainter, clip: Clip, body: QRectF, px_per_frame: float) -> None:
        """Both fades: what they take away is darkened, their curves are drawn."""
        for fade, rising in ((clip.fade_in, True), (clip.fade_out, False)):
            width = fade.length * px_per_frame
            if width < 2:
                continue
            edge = body.left() if rising else body.right()
            sign = 1 if rising else -1
            if not _shows(painter, min(edge, edge + sign * width), max(edge, edge + sign * width)):
                continue
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # only what is on the picture: a fade may be a thousand screens wide
            ends = (-8 - edge) * sign / width, (_width(painter) + 8 - edge) * sign / width
            first, last = max(min(ends), 0.0), min(max(ends), 1.0)
            curve, shade = _fade_curve(fade, first, last, sign * width, body.height())
            painter.fillPath(shade.translated(edge, body.bottom()), with_alpha(self.theme.window, 0.62))
            painter.setPen(QPen(with_alpha(self.theme.text, 0.75), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(curve.translated(edge, body.bottom()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def loop_notches(self, painter: QPainter, track: Track, clip: Clip, body: QRectF, px_per_frame: float) -> None:
        """A notch and a thin line wherever the loop starts again."""
        step = clip.loop_length * px_per_frame
        if not clip.loop_length or step < 5:
            return
        colour = self.palette.colour(hue_of(track, clip), Condition.SOUNDING, Part.TITLE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = body.left() + step - clip.loop_phase * px_per_frame
        if x < -10:
            x += (-x - 10) // step * step
        end = min(body.right() - 1, _width(painter) + 10)
        while x < end:
            painter.fillRect(QRectF(round(x), body.top(), 1, body.height()), self.theme.window)
            for y, sign in ((body.top(), 1), (body.bottom(), -1)):
                notch = QPolygonF([QPointF(x - 4, y), QPointF(x + 4, y), QPointF(x, y + sign * 5)])
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour if sign > 0 else self.theme.window)
                painter.drawPolygon(notch)
            x += step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def missing(self, painter: QPainter, clip: Clip, body: QRectF) -> None:
        """Hatching and the word, for a clip whose audio file is not there."""
        self.hatch(painter, body, with_alpha(self.theme.warning, 0.35))
        if body.width() > 60 and body.height() > 14:
            painter.setFont(self.bold)
            text = "missing"
            width = QFontMetricsF(self.bold).horizontalAdvance(text) + 10
            plate = QRectF(body.left() + PAD, body.center().y() - 8, width, 16)
            painter.fillRect(plate, self.theme.window)
            painter.setPen(self.theme.warning)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
            painter.setFont(self.font)

    def lies_under(self, painter: QPainter, track: Track, clip: Clip, condition: Condition, area: QRectF) -> None:
        """Hatching over the part of a clip that another lies over, and the clip's name where there is room for it."""
        self.hatch(painter, area, with_alpha(self.theme.window, 0.45), gap=6)
        if area.width() < MIN_TEXT_PX + 2 * PAD or area.height() < 24:
            return
        text = self.layout(self.elide(clip.name, int(min(area.width() - 3 * PAD, 240)) & ~7))
        plate = self.palette.colour(hue_of(track, clip), condition, Part.TITLE)
        box = QRectF(max(area.left(), 0) + PLATE_LEFT, area.top() + 1, text.size().width() + 8, 14)
        painter.fillRect(box, plate)
        painter.setPen(readable(self.theme, plate))
        painter.drawStaticText(QPointF(box.x() + 4, box.y()), text)

    def hatch(self, painter: QPainter, area: QRectF, colour: QColor, *, gap: float = 8) -> None:
        """Diagonal lines over `area`, at fixed places of the song so that they do not crawl."""
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1))
        height = area.height()
        x = area.left() - height
        if x < -2 * height:
            x += (-x - 2 * height) // gap * gap
        end = min(area.right(), _width(painter))
        while x < end:
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x + height, area.top()))
            x += gap
        painter.restore()

    def growing(self, painter: QPainter, clip: Clip, source: Source, rate: int, body: QRectF, px: float) -> None:
        """The live edge at what is ready, and the ghost of what is to come."""
        theme = self.theme
        recorded = source.frames_at(rate) - clip.offset - clip.chosen.shift
        if recorded > clip.length:
            return
        ready = max(recorded, 0)
        edge = min(body.left() + ready * px, body.right() - 1)
        if edge < body.right() - 2:
            ghost = QRectF(edge, body.top(), body.right() - edge, body.height())
            painter.fillRect(ghost, with_alpha(theme.window, 0.55))
            self.hatch(painter, ghost, with_alpha(theme.live, 0.45))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.live)
        painter.drawRect(QRectF(edge - 1, body.top(), 2, body.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawEllipse(QPointF(edge, body.top() + 6), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def joins(self, painter: QPainter, clip: Clip, body: QRectF, px: float) -> None:
        """A line where one take of a comp goes over into the next."""
        for part in clip.take_parts[1:]:
            x = round(body.left() + part.first * px)
            if _shows(painter, x - 1, x + 1):
                painter.fillRect(QRectF(x, body.top(), 1, body.height()), with_alpha(self.theme.window, 0.8))

    def envelope(self, painter: QPainter, clip: Clip, body: QRectF, px: float) -> None:
        """The line of a clip's gain envelope: 0 dB as high as the clip's gain line has it."""
        points = clip.envelope
        frames = [0, *(point.frame for point in points if 0 < point.frame < clip.length), clip.length]
        levels = np.interp(frames, [point.frame for point in points], [point.gain_db for point in points])
        line = QPolygonF(
            [
                QPointF(body.left() + frame * px, body.bottom() - share_of(float(level)) * body.height())
                for frame, level in zip(frames, levels, strict=True)
            ]
        )
        painter.save()
        painter.setClipRect(body, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(with_alpha(self.theme.text, 0.8), 1))
        painter.drawPolyline(line)
        painter.restore()

    def changes(self, painter: QPainter, clip: Clip, body: QRectF, px: float) -> None:
        """Ticks where the prompt changed while the clip was made."""
        for frame, _ in changes_of(clip):
            x = round(body.left() + frame * px)
            if body.left() < x < body.right() and _shows(painter, x - 3, x + 3):
                painter.fillRect(QRectF(x, body.top(), 1, body.height()), self.theme.accent)
                painter.fillRect(QRectF(x - 2, body.bottom() - 5, 5, 5), self.theme.accent)

    def _layout(self, text: str) -> QStaticText:
        laid_out = static_text(text)
        laid_out.prepare(font=self.font)
        return laid_out

    def _elide(self, text: str, room: int) -> str:
        """`text`, or its beginning and end with dots between, no wider than `room`."""
        text = one_line(text)
        widths = [self._width_of(letter) for letter in text]
        total = sum(widths)
        if total <= room:
            return text
        left = room - self._width_of("…")
        head, tail = 0, len(text)
        while head < tail:
            at_head = head <= len(text) - tail
            width = widths[head] if at_head else widths[tail - 1]
            if width > left:
                break
            left -= width
            head, tail = (head + 1, tail) if at_head else (head, tail - 1)
        return f"{text[:head].rstrip()}…{text[tail:].lstrip()}" if head else ""

    def _measure(self, letter: str) -> float:
        return self._metrics.horizontalAdvance(letter)


@lru_cache(maxsize=512)
def _fade_curve(fade: Fade, first: float, last: float, width: float, height: float) -> tuple[QPolygonF, QPainterPath]:
    """The curve of a fade between two shares of it, and what lies over it.

    In px from the lower corner of the clip at which it lies; a fade-out has a negative width.
    """
    shares = np.linspace(first, last, CURVE_POINTS + 1)
    hidden = fade.first if width > 0 else fade.total - fade.end  # what a split cut off at the edge
    gains = fade_gains(fade.shape, fade.correlation, (hidden + shares * fade.length) / fade.total)
    points = [
        QPointF(width * share, -height * gain) for share, gain in zip(shares.tolist(), gains.tolist(), strict=True)
    ]
    shade = QPainterPath()
    shade.addPolygon(QPolygonF([QPointF(points[0].x(), -height), *points, QPointF(points[-1].x(), -height)]))
    shade.closeSubpath()
    return QPolygonF(points), shade


def _width(painter: QPainter) -> float:
    """Width in px of the picture that is painted on."""
    device = painter.device()
    return device.width() / device.devicePixelRatio()


def _shows(painter: QPainter, left: float, right: float) -> bool:
    return right > 0 and left < _width(painter)


def draw_spark(painter: QPainter, centre: QPointF, radius: float, colour: QColor) -> None:
    """The four-pointed star that marks what the engine made."""
    points = []
    for step in range(8):
        reach = radius if step % 2 == 0 else radius * 0.32
        angle = math.pi / 4 * step
        points.append(centre + QPointF(reach * math.sin(angle), -reach * math.cos(angle)))
    _filled(painter, QPolygonF(points), colour)


def _draw_triangles(painter: QPainter, x: float, y: float, colour: QColor) -> None:
    for shift in (0, 5):
        _filled(
            painter,
            QPolygonF([QPointF(x + shift, y), QPointF(x + shift + 5, y - 3.5), QPointF(x + shift + 5, y + 3.5)]),
            colour,
        )


def _filled(painter: QPainter, polygon: QPolygonF, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(polygon)
    painter.restore()
