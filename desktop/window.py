"""The main window: it lays the parts out, keeps its state, and takes what is dropped on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import keyboard
from desktop.actions import MENUS, of_menu
from desktop.docks.tab_dock import TabDock
from desktop.dropped import dropped_files
from desktop.keymap import Keymap
from desktop.settings import Settings
from desktop.status_line import StatusLine
from desktop.style import stylesheet
from desktop.theme import Theme
from desktop.widgets.buttons import pressed_by_enter
from desktop.widgets.choices import Menu
from desktop.widgets.message_bar import MessageBar
from desktop.widgets.plain import Label
from desktop.window_actions import Actions

if TYPE_CHECKING:
    from desktop.transport.top_bar import TopBar

ROW = 16  # px; what begins within such a step is read as one row
MIN_SIZE = QSize(900, 540)
"""What a screen of 1440 × 900 at 150 % has room for, less a task bar and the window's frame."""
LOW = 720
"""In a window that is not as high as this (px) the bottom panel takes less."""
UNSEEN_MS = 1000
"""A window that nobody sees, as one that starts minimised, does not wait longer for its first paint."""
USUAL_SIZE, FRAME = QSize(1440, 900), QSize(16, 48)
"""What a first window takes where the screen has room for it, and what its borders and title may add."""


class MainWindow(QMainWindow):
    """One song's window."""

    dropped = Signal(object)
    """A list of `Path` dropped outside the timeline."""
    full_screen_changed = Signal(bool)
    first_painted = Signal()
    """The window has been seen for the first time; or it has been shown for `UNSEEN_MS` without that."""
    close_requested = Signal()
    """The user wants to close the window: `close_now` does it, at once or when questions have been answered."""

    def __init__(self, settings: Settings, keymap: Keymap, theme: Theme) -> None:
        super().__init__()
        self._settings = settings
        self._keymap = keymap
        self._theme = theme
        self._may_close = self._in_close_event = self._low = self._painted = False
        self.setWindowTitle("Continuo")
        self.setMinimumSize(MIN_SIZE)
        self.setAcceptDrops(True)
        self.recent_menu = Menu(self, "Open Recent")

    def assemble(
        self,
        actions: Actions,
        top_bar: "TopBar",
        message_bar: MessageBar,
        welcome: QWidget,
        timeline: QWidget,
        right: TabDock,
        bottom: TabDock,
        status: StatusLine,
    ) -> None:
        """Lays the parts out and takes up the state of the last time."""
        self._timeline, self._welcome = timeline, welcome
        self.right, self.bottom = right, bottom
        self.message_bar, self.status = message_bar, status
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.addWidget(timeline)
        self._across.addWidget(right)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.addWidget(self._across)
        self._down.addWidget(bottom)
        for splitter in (self._across, self._down):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.setStretchFactor(0, 1)
            splitter.setStretchFactor(1, 0)
        right.setMinimumWidth(self._theme.sizes["right_dock"])  # its fields need so much
        self._across.setSizes([10_000, self._theme.sizes["right_dock"]])
        bottom.folded_changed.connect(self._on_fold)
        self.pages = QStackedWidget()
        self.pages.addWidget(welcome)
        self.pages.addWidget(self._down)
        self._opening = Label()
        self._opening.setProperty("role", "dim")
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages.addWidget(self._opening)
        ground = self.ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top_bar)
        column.addWidget(_line())
        column.addWidget(self.pages, 1)
        column.addWidget(_line())
        column.addWidget(status)
        self.setCentralWidget(ground)
        self._build_menus(actions)
        # on the finished window: parts that are laid out under a style are polished at each change of parent
        self.setStyleSheet(stylesheet(self._theme))
        self.restore()

    def show_song(self, opened: bool) -> None:
        """Shows the song's page, or the start page."""
        self.pages.setCurrentIndex(1 if opened else 0)
        home = self._timeline if opened else self._welcome
        self.setFocusProxy(home)
        home.setFocus()

    def show_opening(self, name: str) -> None:
        """Shows that the song `name` is being read."""
        self._opening.setText(f"Opening “{name}”…")
        self.pages.setCurrentWidget(self._opening)

    def restore(self) -> None:
        """Takes up size, place and docks of the last time."""
        if (geometry := self._settings.blob("window/geometry")) is None or not self.restoreGeometry(geometry):
            self.resize(first_size(self.screen().availableSize()))
        self._low = self.height() < LOW
        self._down.setSizes([10_000, self._dock_height])
        for key, splitter in (("window/across", self._across), ("window/down", self._down)):
            if (state := self._settings.blob(key)) is not None:
                splitter.restoreState(state)
        self.right.setVisible(self._settings.flag("window/right", True))
        self.bottom.setVisible(self._settings.flag("window/bottom", True))
        self.bottom.set_folded(self._settings.flag("window/folded"))
        if tab := self._settings.text("window/tab"):
            folded = self.bottom.folded
            self.bottom.open(tab)
            self.bottom.set_folded(folded)

    def toggle_full_screen(self) -> None:
        """Fills the screen, or goes back to the size and place, or the maximised window, of before."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def make_room_below(self, height: int) -> None:
        """Makes the bottom panel at least `height` px high, as far as half of the window allows."""
        above, below = self._down.sizes()
        panel_height = min(height, (above + below) * 3 // 5)
        if below < panel_height:
            self._down.setSizes([above + below - panel_height, panel_height])

    def keep(self) -> None:
        """Remembers size, place and docks."""
        put = self._settings.put
        put("window/geometry", self.saveGeometry())
        put("window/across", self._across.saveState())
        put("window/down", self._down.saveState())
        put("window/right", "true" if not self.right.isHidden() else "false")
        put("window/bottom", "true" if not self.bottom.isHidden() else "false")
        put("window/folded", "true" if self.bottom.folded else "false")
        put("window/tab", self.bottom.current)
        self._settings.flush()

    def close_now(self) -> None:
        """Closes without a question; what would be lost has been asked about."""
        self._may_close = True
        if not self._in_close_event:
            self.close()

    # events

    def event(self, event: QEvent) -> bool:
        """Keeps a key for the editor that has the focus, before any command of the window gets it."""
        pressed = event if event.type() == QEvent.Type.ShortcutOverride else None
        if isinstance(pressed, QKeyEvent) and keyboard.owns(QApplication.focusWidget(), pressed, self._keymap):
            event.accept()
            return True
        if event.type() == QEvent.Type.Paint and not self._painted:
            QTimer.singleShot(0, self, self._tell_painted)
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(UNSEEN_MS, self, self._tell_painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes at once if that has been allowed, while it is asked for or before."""
        self._in_close_event = True
        if not self._may_close:
            self.close_requested.emit()
        self._in_close_event = False
        event.setAccepted(self._may_close)
        if event.isAccepted():
            self.keep()
            self._may_close = False

    def changeEvent(self, event: QEvent) -> None:
        """Says when the window fills the screen, however it came to that."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.full_screen_changed.emit(self.isFullScreen())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the bottom panel its usual height where the window has become low, or high again."""
        super().resizeEvent(event)
        if (low := event.size().height() < LOW) != self._low:
            self._low = low
            self._on_fold(self.bottom.folded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the focus, since Space plays; in a line of text it ends the typing, as Escape does."""
        focused, home = self.focusWidget(), self.focusProxy()
        if pressed_by_enter(focused, event):
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QLineEdit)
        if home and (enter or event.key() == Qt.Key.Key_Escape):
            home.setFocus()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the window as one reads it: from the top bar down, each part from left to right."""
        ground, focused = self.centralWidget(), self.focusWidget()
        stops = list(_stops(ground)) if ground else []
        if not stops:
            return False
        index = 0 if next else -1
        if focused in stops:
            index = stops.index(focused) + (1 if next else -1)
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        stops[index % len(stops)].setFocus(reason)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.dropped.emit(files)

    # inside

    def _tell_painted(self) -> None:
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    @property
    def _dock_height(self) -> int:
        return self._theme.sizes["bottom_dock_low" if self._low else "bottom_dock"]

    def _on_fold(self, folded: bool) -> None:
        if not folded:
            total = sum(self._down.sizes())
            height = self._dock_height
            self._down.setSizes([max(total - height, 1), height])

    def _build_menus(self, actions: Actions) -> None:
        bar = self.menuBar()
        for menu_name in MENUS:
            menu = Menu(bar, menu_name)
            bar.addMenu(menu)
            menu.setToolTipsVisible(False)
            for index, group in enumerate(of_menu(menu_name)):
                if index:
                    menu.addSeparator()
                for spec in group:
                    menu.addAction(actions[spec.id])
                    if spec.id == "open":
                        menu.addMenu(self.recent_menu)


def first_size(room: QSize) -> QSize:
    """How large a window is that was never open before, on a screen with that much room for windows."""
    return USUAL_SIZE.boundedTo(room - FRAME).expandedTo(MIN_SIZE)


def _stops(part: QWidget) -> Iterator[QWidget]:
    """What Tab stops at inside `part`, row by row; a child's own children come right after it."""
    children = [child for child in part.children() if isinstance(child, QWidget)]
    shown = [child for child in children if child.isVisible() and not child.isWindow()]
    for child in sorted(shown, key=lambda child: (child.y() // ROW, child.x())):
        policy = child.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        if policy and child.isEnabled() and child.focusProxy() is None:
            yield child
        yield from _stops(child)


def _line() -> QWidget:
    line = QWidget()
    line.setProperty("role", "hline")
    line.setFixedHeight(1)
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return line
