"""The painted clip: warp markers, waveform with gain envelope, spectrogram, bars."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.clip_editor.keys import ClipKeys
from desktop.clip_editor.picture import SpectrogramPicture, waveform
from desktop.clip_editor.pointer import ClipPointer
from desktop.clip_editor.session import AudioSession
from desktop.clip_editor.stage import STRIP, ClipStage
from desktop.docks.spectrogram_panel import colour_table
from desktop.theme import Theme, mix, with_alpha
from desktop.timeline import grid
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.row_painter import hue_of
from desktop.view.time_canvas import TimeCanvas
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name
from engine.plain_text import counted

EMPTY = "Double-click a clip of audio or notes on the timeline, or press Enter on it, to edit it here."
POINT = 3.5  # px, half the width of a point


class ClipCanvas(TimeCanvas):
    """The clip of a session. It is an editor (see keyboard.py): keys that it has no use for do nothing."""

    pointer: ClipPointer

    def __init__(
        self,
        session: AudioSession,
        stage: ClipStage,
        pointer: ClipPointer,
        keys: ClipKeys,
        peaks: PeakStore,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._keys, self._peaks, self._theme = session, stage, keys, peaks, theme
        self.pointer, self.viewport = pointer, stage.viewport
        levels = colour_table(theme).astype(int)
        table = [(255 << 24 | red << 16 | green << 8 | blue) for red, green, blue in levels.tolist()]
        self.spectrogram = SpectrogramPicture(session, self.viewport, table, self)
        self._wave: tuple[object, QImage] | None = None
        self._font = theme.font("small")
        set_name(self, "Audio of the clip")
        self._describe()
        for changes in (session.changed, session.clip_changed, session.attacks_changed, self.viewport.changed):
            changes.connect(self._look)
        self.spectrogram.changed.connect(self.update)
        peaks.changed.connect(self._on_peaks)

    def sizeHint(self) -> QSize:
        return QSize(600, 240)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends a drag; keys move and change what is chosen."""
        if event.key() == Qt.Key.Key_Escape and self.pointer.cancel():
            return
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def showEvent(self, event: object) -> None:
        self._look()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, session, stage = self._theme, self._session, self._stage
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.window)
            place = session.place
            if place is None:
                painter.setPen(theme.dim)
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)
                return
            track, clip = place
            hue = theme.hue(hue_of(track, clip))
            start, end = (self.viewport.x(frame) for frame in (session.start, session.start + clip.length))
            top, height = stage.wave
            painter.fillRect(QRectF(0, 0, self.width(), STRIP), theme.panel)
            painter.fillRect(QRectF(start, top, end - start, height), mix(theme.window, hue, 0.1))
            self._lines(painter, top, height)
            painter.drawImage(QPointF(0, top), self._waveform(mix(theme.window, hue, 0.6), hue))
            self._joins(painter, top, height)
            low, room = stage.spectrum
            if room:
                painter.fillRect(QRectF(0, low, self.width(), 1), theme.line)
                painter.save()
                painter.setClipRect(QRectF(start, low + 1, end - start, room - 1))
                self.spectrogram.paint(painter, low + 1, room - 1)
                painter.restore()
            self._envelope(painter, start, end)
            self._markers(painter)
            painter.fillRect(QRectF(0, STRIP - 1, self.width(), 1), theme.line)

    # inside

    def _look(self) -> None:
        self.spectrogram.look(self._stage.spectrum[1] - 1 if self.isVisible() else 0)
        self._describe()
        self.update()

    def _on_peaks(self, source_id: str) -> None:
        clip = self._session.clip
        if clip is not None and any(take.source == source_id for take in clip.takes):
            self._wave = None
            self.update()

    def _describe(self) -> None:
        clip = self._session.clip
        if clip is None:
            set_description(self, EMPTY)
            return
        what = [counted(len(self._session.markers), "warp marker"), counted(len(clip.envelope), "gain point")]
        set_description(self, f"{clip.name}: {', '.join(what)}")

    def _waveform(self, peaks: object, rms: object) -> QImage:
        clip, view, session = self._session.clip, self.viewport, self._session
        key = (
            clip, session.start, view.left, view.frames_per_px, view.width, self._stage.wave, view.dpr,
            session.project.clock,
        )  # fmt: skip
        if self._wave is None or self._wave[0] != key:
            self._peaks.begin_frame()
            self._wave = key, waveform(session, view, self._peaks, self._stage.wave[1], (peaks, rms))  # type: ignore[arg-type]
        return self._wave[1]

    def _lines(self, painter: QPainter, top: int, height: int) -> None:
        """Bars and beats under the waveform."""
        view, dpr = self.viewport, self.viewport.dpr
        first = view.left_device
        columns = grid.line_columns(
            self._session.project.clock, view.frames_per_px, first, first + round(view.width * dpr),
            view.frames_per_device_px,
        )  # fmt: skip
        for lines, colour in zip(columns, (self._theme.grid_beat, self._theme.grid_bar), strict=True):
            for column in lines.tolist():
                painter.fillRect(QRectF(column / dpr, top, 1 / dpr, height), colour)

    def _joins(self, painter: QPainter, top: int, height: int) -> None:
        """Where the takes of a comp meet, and which they are."""
        clip, theme = self._session.clip, self._theme
        if clip is None or not clip.comp:
            return
        painter.setFont(self._font)
        painter.setPen(theme.dim)
        for part in clip.take_parts:
            x = self.viewport.x(self._session.start + part.first)
            painter.fillRect(QRectF(x, top, 1, height), theme.selection)
            painter.drawText(QPointF(x + 4, top + 12), clip.takes[part.take].name or f"Take {part.take + 1}")

    def _envelope(self, painter: QPainter, start: float, end: float) -> None:
        """The line of the gain envelope and its points."""
        session, stage, theme, clip = self._session, self._stage, self._theme, self._session.clip
        if clip is None:
            return
        places = [stage.point_place(point) for point in clip.envelope]
        first, last = (stage.level_y(stage.gain_at(frame)) for frame in (0, clip.length))
        inside = [place for place in places if start <= place.x() <= end]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = with_alpha(theme.text, 0.9 if places else 0.3)
        painter.setPen(QPen(line, 1.25, Qt.PenStyle.SolidLine if places else Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF([QPointF(start, first), *inside, QPointF(end, last)]))
        painter.setPen(QPen(theme.text, 1.25))
        for number, place in enumerate(places):
            if start - 1 <= place.x() <= end + 1:
                chosen = number == session.point
                painter.setBrush(theme.accent if chosen else theme.window)
                painter.drawEllipse(place, POINT + chosen, POINT + chosen)
        painter.restore()
        if self.pointer.label and self.pointer.dragging:
            painter.setFont(self._font)
            painter.setPen(theme.text)
            painter.drawText(QPointF(start + 6, sum(stage.wave) - 6), self.pointer.label)

    def _markers(self, painter: QPainter) -> None:
        """Attacks as ticks, warp markers as flags with lines through the waveform."""
        session, theme, view, time = self._session, self._theme, self.viewport, self._session.time
        if time is None:
            return
        height = self._stage.wave[1]
        shown = session.attacks
        if len(shown):
            low, high = sorted((time.source_frame(view.left), time.source_frame(view.right)))
            shown = shown[np.searchsorted(shown, low) : np.searchsorted(shown, high, "right")]
        if len(shown) <= view.width / 3:
            for attack in shown.tolist():
                painter.fillRect(QRectF(view.x(time.song_frame(attack)), STRIP - 5, 1, 4), theme.dim)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for marker in session.markers:
            x = view.x(time.song_frame(marker.frame))
            if not -8 <= x <= view.width + 8:
                continue
            colour = theme.accent if marker.frame == session.marker else theme.warning
            painter.fillRect(QRectF(x, STRIP, 1, height), with_alpha(colour, 0.7))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x - 5, 3), QPointF(x + 6, 3), QPointF(x + 6, 9), QPointF(x + 0.5, 15), QPointF(x - 5, 9)]
                )
            )
        painter.restore()
