"""What part of the song is on the screen: frames along x, rows along y, exact to the device pixel.

All x and y here are device-independent pixels of the canvas unless a name says `device`. Edges are rounded to device
pixels from the song's start, so that what is drawn in tiles and what is drawn over them never drift apart while
scrolling.
"""

import math

from PySide6.QtCore import QObject, Signal

MIN_FRAMES_PER_PX = 1 / 32
MAX_FRAMES_PER_PX = float(1 << 19)
MARGIN = 1.06
"""How much wider than what it fits a fitted view is."""


class Viewport(QObject):
    """Scroll position, zoom and size of the canvas."""

    changed = Signal()
    zoomed = Signal()
    """The zoom changed; sent before `changed`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frames_per_px = 512.0
        self.left = 0.0  # frames
        self.top = 0  # px
        self.width = 800
        self.height = 400
        self.dpr = 1.0
        self.content_end = 0  # frame after the last thing in the song
        self.reach = 0  # frame of the playhead, which may be beyond
        self.content_height = 0  # px

    @property
    def frames_per_device_px(self) -> float:
        """Frames in one device pixel."""
        return self.frames_per_px / self.dpr

    @property
    def left_device(self) -> int:
        """Device pixels from the song's start to the left edge."""
        return round(self.left / self.frames_per_device_px)

    @property
    def top_device(self) -> int:
        """Device pixels from the first row's top to the upper edge."""
        return round(self.top * self.dpr)

    @property
    def right(self) -> float:
        """The frame at the right edge."""
        return self.left + self.width * self.frames_per_px

    def device_x(self, frame: float) -> int:
        """Device pixels from the song's start to `frame`."""
        return round(frame / self.frames_per_device_px)

    def x(self, frame: float) -> float:
        """Where `frame` is, on a whole device pixel."""
        return (self.device_x(frame) - self.left_device) / self.dpr

    def frame(self, x: float) -> int:
        """The frame at `x`, not before the song's start."""
        return max(0, round(self.left + x * self.frames_per_px))

    def resize(self, width: int, height: int, dpr: float) -> None:
        """Takes the canvas's new size."""
        if (width, height, dpr) != (self.width, self.height, self.dpr):
            rescaled = dpr != self.dpr
            self.width, self.height, self.dpr = max(width, 1), max(height, 1), dpr
            self._settle()
            if rescaled:
                self.zoomed.emit()
            self.changed.emit()

    def set_content(self, end: int, height: int) -> None:
        """Takes the song's length in frames and the rows' height in px."""
        if (end, height) != (self.content_end, self.content_height):
            self.content_end, self.content_height = end, height
            before = self.left, self.top
            self._settle()
            if (self.left, self.top) != before:
                self.changed.emit()

    @property
    def max_left(self) -> float:
        """How far to the right one can scroll, in frames: half a screen beyond the song, and never less than now."""
        return max(max(self.content_end, self.reach) - self.width * self.frames_per_px * 0.5, 0.0)

    @property
    def max_top(self) -> int:
        """How far down one can scroll, in px."""
        return max(self.content_height - self.height, 0)

    def scroll_to(self, left: float | None = None, top: int | None = None) -> None:
        """Puts frame `left` at the left edge and y `top` at the upper one, as far as the song reaches."""
        before = self.left, self.top
        self.left = before[0] if left is None else left
        self.top = before[1] if top is None else top
        self._settle()
        if (self.left, self.top) != before:
            self.changed.emit()

    def scroll_by(self, dx: float, dy: float) -> None:
        """Moves the view by px."""
        self.scroll_to(self.left + dx * self.frames_per_px, self.top + round(dy))

    def zoom(self, factor: float, anchor_x: float | None = None) -> None:
        """Shows `factor` times as many frames per px; what is at `anchor_x` (else the middle) stays there."""
        anchor = self.width / 2 if anchor_x is None else anchor_x
        under = self.left + anchor * self.frames_per_px
        self.set_zoom(self.frames_per_px * factor, under - anchor * _bound(self.frames_per_px * factor))

    def set_zoom(self, frames_per_px: float, left: float) -> None:
        """Sets zoom and left edge at once."""
        frames_per_px = _bound(frames_per_px)
        if (frames_per_px, left) != (self.frames_per_px, self.left):
            self.frames_per_px, self.left = frames_per_px, left
            self._settle()
            self.zoomed.emit()
            self.changed.emit()

    def fit(self, first: float, last: float) -> None:
        """Shows the frames from `first` to `last` with a little room around them."""
        span = max(last - first, 16.0) * MARGIN
        self.set_zoom(span / self.width, first - span * (1 - 1 / MARGIN) / 2)

    def reveal(self, frame: float, *, margin: float = 40) -> None:
        """Scrolls by as little as needed to have `frame` at least `margin` px inside the view."""
        room = min(margin, self.width / 4) * self.frames_per_px
        if frame < self.left + room:
            self.scroll_to(frame - room)
        elif frame > self.right - room:
            self.scroll_to(frame + room - self.width * self.frames_per_px)

    def reveal_y(self, top: int, bottom: int) -> None:
        """Scrolls by as little as needed to have the content between y `top` and `bottom` in view."""
        if top < self.top:
            self.scroll_to(top=top)
        elif bottom > self.top + self.height:
            self.scroll_to(top=min(bottom - self.height, top))

    def _settle(self) -> None:
        self.left = max(0.0, min(self.left, max(self.max_left, 0.0)))
        # on a whole device pixel, so that scrolling is a blit
        step = self.frames_per_device_px
        self.left = math.floor(self.left / step + 0.5) * step
        self.top = max(0, min(self.top, self.max_top))


def _bound(frames_per_px: float) -> float:
    return max(MIN_FRAMES_PER_PX, min(frames_per_px, MAX_FRAMES_PER_PX))
