"""The page of the bottom panel on which a clip is edited: notes, or audio, as the selected clip holds."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.bridge import PlayerBridge
from desktop.clip_editor.editor import ClipEditor
from desktop.document import Document
from desktop.icons import Icons
from desktop.notes.editor import NoteEditor
from desktop.notes.warming import NoteWarming
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.timeline.peakstore import PeakStore
from engine.playback.note_sound import NotePlayer

_ENDS = (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonPress, QEvent.Type.DragEnter)


class Editors(QStackedWidget):
    """Shows the editor of the selected clip."""

    hint_changed = Signal(str)
    """What the mouse would do here, for the status line."""

    def __init__(
        self, document: Document, bridge: PlayerBridge, settings: Settings, peaks: PeakStore, warm: NotePlayer,
        theme: Theme, icons: Icons, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`warm` plays a part to nobody (see `NoteWarming`)."""
        super().__init__(parent)
        self._document = document
        self.notes = NoteEditor(document, bridge, settings, theme, icons)
        self.warming = NoteWarming(self.notes.session, warm)
        self.audio = ClipEditor(document, bridge, peaks, theme, icons)
        self._pages: tuple[NoteEditor | ClipEditor, ...] = (self.notes, self.audio)
        for page in self._pages:
            self.addWidget(page)
            page.hint_changed.connect(self.hint_changed)
        document.selection_changed.connect(self._on_selection)
        self._show_selected()

    def open(self, clip_id: str) -> None:
        """Edits a clip, with the keyboard."""
        if page := self._show(clip_id):
            page.open(clip_id)

    def take_keyboard(self) -> None:
        """Gives the editor that is shown the keyboard, if it has a clip."""
        for page in self._pages:
            if page is self.currentWidget() and page.session.clip is not None:
                page.canvas.setFocus()

    @property
    def focused(self) -> NoteEditor | ClipEditor | None:
        """The editor that has the keyboard."""
        return next((page for page in self._pages if page.has_keyboard), None)

    def _show(self, clip_id: str) -> NoteEditor | ClipEditor | None:
        """Shows the editor that edits what a clip holds; None where none does."""
        page = next((page for page in self._pages if page.session.show(clip_id)), None)
        if page is not None:
            self.setCurrentWidget(page)
        return page

    def _on_selection(self) -> None:
        """A clip that is pressed is edited once the button is let go: until then it may be dragged onto these notes."""
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton and self.isVisible():
            if application := QApplication.instance():
                application.installEventFilter(self)
        else:
            self._show_selected()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watches for the end of a press; a clip that is dragged out of the timeline is not edited by that."""
        if event.type() in _ENDS:
            if application := QApplication.instance():
                application.removeEventFilter(self)
            if event.type() == QEvent.Type.MouseButtonRelease:
                self._show_selected()
        return False

    def _show_selected(self) -> None:
        chosen = self._document.selection.clips
        if len(chosen) == 1:
            self._show(next(iter(chosen)))
