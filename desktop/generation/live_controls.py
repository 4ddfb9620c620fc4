"""Where the window shows a live take and takes the wish to end it: its bar, the top bar, and Escape."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.generation.live import LiveTakes
from desktop.generation.live_bar import LiveBar
from desktop.generation.live_text import Mood
from desktop.icons import Icons
from desktop.keyboard import is_editor
from desktop.theme import Theme
from desktop.timeline.clip_tools import ClipTools
from desktop.timeline.view import TimelineView
from desktop.transport.top_bar import TopBar


class LiveControls(QObject):
    """Connects `live` with the parts of one window."""

    def __init__(
        self,
        live: LiveTakes,
        tools: ClipTools,
        window: QWidget,
        timeline: TimelineView,
        top_bar: TopBar,
        theme: Theme,
        icons: Icons,
    ) -> None:
        super().__init__(window)
        self._live, self._tools, self._window, self._top_bar, self._theme = live, tools, window, top_bar, theme
        self.bar = LiveBar(live, timeline, theme, icons)
        window.installEventFilter(self)
        live.changed.connect(self._show)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape that nothing else in the window had a use for ends the take; in an editor it only leaves that."""
        if watched is self._window and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            editing = is_editor(QApplication.focusWidget())
            return event.key() == Qt.Key.Key_Escape and not editing and self._tools.stop_live()
        return False

    def _show(self) -> None:
        look = self._live.look
        if look is None:
            self._top_bar.show_live("", "", None)
            return
        colours = {Mood.CALM: self._theme.dim, Mood.GOOD: self._theme.live, Mood.WARNING: self._theme.warning}
        self._top_bar.show_live(look.figures, look.sentence, colours[look.mood])
