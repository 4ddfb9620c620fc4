"""A view that goes along with the playhead."""

from PySide6.QtCore import QObject

from desktop.bridge import PlayerBridge
from desktop.view.viewport import Viewport

FOLLOW_AT = 0.9
"""Share of the width at which following turns the page."""


class Follow(QObject):
    """Turns the page of a view, or scrolls it smoothly, while the song plays.

    It waits while the user looks elsewhere: until the playhead is in view again, or playing starts anew.
    """

    def __init__(self, viewport: Viewport, bridge: PlayerBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._viewport, self._bridge = viewport, bridge
        self.on = True
        self.smooth = False
        self._looking_away = self._turning = False
        viewport.changed.connect(self._on_viewport)
        bridge.playing_changed.connect(self.resume)

    def resume(self) -> None:
        """Follows again, wherever the user looks."""
        self._looking_away = False

    def go(self, frame: int) -> None:
        """The playhead is at `frame`."""
        if not (self.on and self._bridge.playing):
            return
        viewport = self._viewport
        x = viewport.x(frame)
        if self._looking_away and not 0 <= x <= viewport.width:
            return
        self._looking_away, self._turning = False, True
        if self.smooth:
            viewport.scroll_to(frame - viewport.width / 2 * viewport.frames_per_px)
        elif x > FOLLOW_AT * viewport.width or x < 0:
            viewport.scroll_to(frame - (1 - FOLLOW_AT) * viewport.width * viewport.frames_per_px)
        self._turning = False

    def _on_viewport(self) -> None:
        if self._bridge.playing and not self._turning:
            x = self._viewport.x(self._bridge.position)
            self._looking_away = not 0 <= x <= self._viewport.width
