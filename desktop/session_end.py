"""The end of the user's session: what the system asks of a program before it logs out, restarts or shuts down."""

import sys
from typing import Protocol

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QSessionManager

from desktop.document import Document
from desktop.songs import Songs
from desktop.window import MainWindow


class Manager(Protocol):
    """What is used of Qt's `QSessionManager`."""

    def allowsInteraction(self) -> bool:
        """Asks whether the user may be asked now; `release` gives that back."""

    def release(self) -> None:
        """Ends the asking."""

    def cancel(self) -> None:
        """Asks the system not to end the session."""

    def setRestartCommand(self, command: list[str], /) -> None:
        """The command that opens the window when the session is taken up again."""


class SessionEnd(QObject):
    """Answers the system. UI thread only.

    What is not saved is written first, as for a crash, since the system may end the program at any time from then on.
    Where the user may be asked, the window then closes as it does by its own button, or the session goes on.
    """

    def __init__(self, document: Document, songs: Songs, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._songs, self._window = document, songs, window

    def connect_to(self, app: QGuiApplication) -> None:
        """Answers what that application is asked."""
        direct = Qt.ConnectionType.DirectConnection  # the answer is given within the signal
        app.commitDataRequest.connect(self._commit, direct)
        app.saveStateRequest.connect(self._save_state, direct)

    def commit(self, manager: Manager) -> None:
        """The session is about to end: nothing may be lost."""
        self._document.keep_unsaved()
        self._window.keep()
        if not manager.allowsInteraction():
            return
        loop, agreed = QEventLoop(), list[bool]()

        def decided(agrees: bool) -> None:
            agreed.append(agrees)
            loop.quit()

        self._songs.before_closing(lambda: decided(True), lambda: decided(False))
        if not agreed:
            loop.exec()
        manager.release()
        if agreed == [True]:
            QTimer.singleShot(0, self._window, self._window.close_now)
        else:
            manager.cancel()

    def save_state(self, manager: Manager) -> None:
        """The session is written down, to be taken up again: the song opens again then."""
        self._document.keep_unsaved()
        folder = self._document.folder
        song = [str(folder)] if folder else []
        manager.setRestartCommand([sys.executable, "-m", "desktop", *song])

    def _commit(self, manager: QSessionManager) -> None:
        self.commit(manager)

    def _save_state(self, manager: QSessionManager) -> None:
        self.save_state(manager)
