"""Keeps with the song which lanes are unfolded and which mode each channel has; opening it shows them again."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from desktop.automation.lanes import AutomationLanes
from desktop.automation.master_lanes import MasterLanes
from desktop.automation.recorder import AutomationRecorder, Mode
from desktop.document import Document
from engine.project.model import MASTER, Project
from engine.project.view_state import ViewState, read_view, write_view

_MODES = {mode.value for mode in Mode}
WAIT_MS = 500
"""After a change, before it is written."""


class KeptView(QObject):
    """Belongs to one window."""

    def __init__(self, document: Document, recorder: AutomationRecorder) -> None:
        super().__init__()
        self._document, self._recorder = document, recorder
        self._lanes: AutomationLanes | None = None
        self._master: MasterLanes | None = None
        self._song = document.project.id
        """The id of the song whose view is kept: the one that is open, once all of it is shown."""
        self._due: tuple[Path, ViewState] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.write)
        document.changed.connect(self._on_changed)
        recorder.changed.connect(self._note)

    def connect_to(self, lanes: AutomationLanes, master: MasterLanes) -> None:
        """Keeps what these show."""
        self._lanes, self._master = lanes, master
        self._document.changed.connect(self._show)  # after the recorder and the lanes have left the song before
        lanes.shown_changed.connect(self._note)
        master.shown_changed.connect(self._note)

    def write(self) -> None:
        """Writes what changed last, if it is not written yet."""
        self._timer.stop()
        if self._due is not None:
            write_view(*self._due)
            self._due = None

    # inside

    def _note(self) -> None:
        project, folder = self._document.project, self._document.folder
        if folder is None or project.id != self._song or self._lanes is None or self._master is None:
            return
        lanes = {track.id: self._lanes.shown(track.id) for track in project.tracks} | {MASTER: self._master.shown}
        modes = {channel: self._recorder.mode(channel) for channel in lanes}
        view = ViewState(
            {channel: targets for channel, targets in lanes.items() if targets},
            {channel: mode.value for channel, mode in modes.items() if mode is not Mode.READ},
        )
        self._due = folder, view
        self._timer.start()

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self.write()

    def _show(self, old: Project, project: Project) -> None:
        folder = self._document.folder
        if old.id == project.id or self._lanes is None or self._master is None:
            return
        self._song = project.id
        if folder is None:
            return
        view = read_view(folder)
        for channel, targets in view.lanes.items():
            if channel != MASTER:
                self._lanes.set_shown(channel, targets)
        self._master.set_shown(view.lanes.get(MASTER, ()))
        for channel, mode in view.modes.items():
            if mode in _MODES and (channel == MASTER or project.track(channel)):
                self._recorder.set_mode(channel, Mode(mode))
