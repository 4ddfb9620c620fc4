"""What is painted of a clip of audio: its waveform with gain and envelope, by numpy; and its spectrogram, kept."""

import numpy as np
from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.clip_editor.session import AudioSession
from desktop.timeline.peakstore import PeakStore
from desktop.view.viewport import Viewport
from engine.jobs import Context, Job
from engine.playback.gains import gain_of
from engine.project.model import AudioContent, Clip
from engine.project.warping import warp_lines

QUEUE = "pictures"
MOST_COLUMNS, MOST_ROWS = 2000, 256
WAIT = 200  # ms after a change before the spectrogram is computed anew
MARGIN = 8192  # frames read beside the part in view


def waveform(
    session: AudioSession, viewport: Viewport, peaks: PeakStore, height: int, colours: tuple[QColor, QColor]
) -> QImage:
    """The waveform of the clip in view, as wide as the view and `height` px, transparent around it.

    colours: of the peaks, and of the RMS within them.
    """
    dpr = viewport.dpr
    width, rows = max(round(viewport.width * dpr), 1), max(round(height * dpr), 1)
    pixels = np.zeros((rows, width), np.uint32)
    clip = session.clip
    if clip is not None:
        per_px, first = viewport.frames_per_device_px, viewport.left
        begin = first + np.arange(width) * per_px - session.start  # of the clip, at each column
        inside = np.flatnonzero((begin + per_px > 0) & (begin < clip.length))
        if len(inside):
            low, high, rms = _levels(session, clip, peaks, np.clip(begin[inside], 0, clip.length - 1), per_px)
            centre, room = (rows - 1) / 2, (rows - 2) / 2
            y = np.arange(rows)[:, None]
            top, bottom = np.rint(centre - high * room), np.rint(centre - low * room)
            within = (y >= top) & (y <= np.maximum(bottom, top))
            deeper = (y >= np.rint(centre - rms * room)) & (y <= np.rint(centre + rms * room)) & within
            part = np.zeros((rows, len(inside)), np.uint32)
            part[within] = colours[0].rgba()
            part[deeper] = colours[1].rgba()
            pixels[:, inside] = part
    image = QImage(pixels.data, width, rows, 4 * width, QImage.Format.Format_ARGB32).copy()
    image.setDevicePixelRatio(dpr)
    return image


def _levels(
    session: AudioSession, clip: Clip, peaks: PeakStore, begin: np.ndarray, per_px: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lowest and highest sample and RMS of the columns (k,) that begin at frames of the clip, after its gains."""
    out = np.zeros((3, len(begin)), np.float32)
    for part in clip.take_parts:
        take = clip.takes[part.take]
        where = np.flatnonzero((begin >= part.first) & (begin < part.last))
        content = take.content
        if not len(where) or not isinstance(content, AudioContent):
            continue
        first = begin[where]
        last = np.minimum(first + per_px, clip.length)
        if cycle := content.loop_length:
            first = (first + content.loop_phase) % cycle
            last = np.minimum(first + per_px, cycle)
        if content.reverse:
            span = cycle or clip.length
            first, last = span - last, span - first
        first, last = first + content.first, last + content.first
        if content.warp:
            lines = warp_lines(content, session.start, clip.length, session.project.clock)
            inside = (first >= lines[0][0]) & (last <= lines[0][-1] + per_px)
            first, last = (np.where(inside, np.interp(each, *lines), -1e9) for each in (first, last))
        peak_values, _ = peaks.columns([take.source], np.zeros(len(where), int), first, np.maximum(last, first + 1e-3))
        low, high, rms = peak_values.min(axis=0)[0], peak_values.max(axis=0)[1], peak_values.mean(axis=0)[2]
        out[:, where] = np.stack((low, high, rms)) * gain_of(take.gain_db)
    gain = np.full(len(begin), clip.gain_db)
    if clip.envelope:
        points = clip.envelope
        gain += np.interp(begin, [point.frame for point in points], [point.gain_db for point in points])
    out *= 10 ** (gain / 20).astype(np.float32)
    return out[0], out[1], out[2]


class SpectrogramPicture(QObject):
    """The spectrogram of what is in view, computed in the background; until it is there, what was shown is drawn."""

    changed = Signal()

    def __init__(self, session: AudioSession, viewport: Viewport, table: list[int], parent: QObject) -> None:
        """`table`: the colours of the levels 0 to 255."""
        super().__init__(parent)
        self._session, self._viewport, self._table = session, viewport, table
        self._image: QImage | None = None
        self._clip_id = ""
        self._part = (0, 1)  # frames of the clip
        self._shown: object = None
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self._compute)

    @property
    def image(self) -> QImage | None:
        """The picture; None while there is none of this clip."""
        clip = self._session.clip
        return self._image if clip is not None and clip.id == self._clip_id else None

    def look(self, height: int) -> None:
        """What is in view may have changed; `height` px are there for it."""
        self._height = height
        if height > 8 and self._wanted() != self._shown:
            self._timer.start()

    def paint(self, painter: QPainter, top: float, height: float) -> None:
        """Paints it between `top` and `top + height`."""
        image = self.image
        if image is None:
            return
        viewport, start = self._viewport, self._session.start
        left, right = viewport.x(start + self._part[0]), viewport.x(start + self._part[1])
        painter.drawImage(QRectF(left, top, right - left, height), image)

    def _wanted(self) -> object:
        clip, viewport = self._session.clip, self._viewport
        if clip is None:
            return None
        first = max(round(viewport.left) - self._session.start, 0)
        last = min(round(viewport.right) - self._session.start, clip.length)
        return clip.id, clip.takes, clip.comp, clip.length, self._session.source, first, last, self._height

    def _compute(self) -> None:
        session, clip, wanted = self._session, self._session.clip, self._wanted()
        folder, project, document = session.document.folder, session.document.project, session.document
        if clip is None or folder is None or session.source is None or project is not session.project:
            return
        first = max(round(self._viewport.left) - session.start, 0)
        last = min(round(self._viewport.right) - session.start, clip.length)
        dpr = self._viewport.dpr
        columns = min(round((last - first) / self._viewport.frames_per_device_px), MOST_COLUMNS)
        rows = min(round(self._height * dpr), MOST_ROWS)
        if columns < 2 or rows < 2:
            return
        if self._job and not self._job.over:
            document.jobs.cancel(self._job)

        def operation(context: Context) -> np.ndarray:
            from engine.analysis.spectrogram import spectrogram
            from engine.inference.clip_audio import clip_sound

            document.sounds.render_missing(project, folder, context, [clip.id])
            begin = first - MARGIN
            sound = clip_sound(project, folder, clip, begin, last + MARGIN, context)
            part = (float(first - begin), float(last - begin))
            return spectrogram(sound.samples, sound.rate, columns, rows, context.progress, part=part)

        def done(values: np.ndarray) -> None:
            if wanted != self._wanted():
                return
            values = np.ascontiguousarray(values)
            image = QImage(
                values.data, values.shape[1], values.shape[0], values.shape[1], QImage.Format.Format_Indexed8
            )
            image.setColorTable(self._table)
            self._image = image.convertToFormat(QImage.Format.Format_RGB32)
            self._clip_id, self._part = clip.id, (first, last)
            self.changed.emit()

        self._shown = wanted
        self._job = document.jobs.submit(
            f"Spectrogram of “{clip.name}”", operation, done, lambda _: None, queue=QUEUE, passing=True
        )
