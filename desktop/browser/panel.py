"""The Browser tab: folders on the left, a search above, and the sounds that fit."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.browser.results import FoundSounds, SoundRow
from desktop.browser.sound_audition import SoundAudition
from desktop.browser.sound_library import SHOWN, SoundLibrary
from desktop.dialogs.files import ask_folder
from desktop.dropped import dropped_files
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, Menu, list_entry
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.analysis.library.database import Entry
    from engine.analysis.library.search import Match, TempoRange

_TYPING_MS = 250  # after which what was typed is searched
_INVITATION = "Add a folder of sounds, or drop one here. Takes of your songs come by themselves."
_NOTHING = "Nothing fits. Try other words, or leave key and tempo empty."


class BrowserPanel(QWidget):
    """Finds sounds, lets them be heard, and has them dragged or put into the song."""

    import_requested = Signal(list)
    """Paths of sounds that are to be put into the song at the playhead."""
    like_requested = Signal(object)
    """An `Entry` whose like is searched."""

    reference_requested = Signal(list)
    """Entries are to be the reference audio of what is generated."""

    def __init__(
        self, library: SoundLibrary, audition: SoundAudition, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.library, self.audition = library, audition
        self.was_shown = False
        """Whether anybody has looked at it: until then nothing is listened to."""
        self.setAcceptDrops(True)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._search)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._build_folders(icons))
        row.addLayout(self._build_search(theme, icons), 1)
        library.folders_changed.connect(self._show_folders)
        library.found.connect(self._show_matches)
        library.like_changed.connect(self._show_like)
        library.indexing_changed.connect(self._show_indexing)
        audition.heard_changed.connect(self._show_heard)

    # building

    def _build_folders(self, icons: Icons) -> QWidget:
        side = QWidget()
        side.setFixedWidth(200)
        title = Label("FOLDERS")
        title.setProperty("role", "section")
        add = IconButton(icons, "plus", "Add a folder of sounds", size=14)
        add.clicked.connect(self._ask_folder)
        self.add = add
        self.remove = IconButton(icons, "minus", "Remove the chosen folder from the list; its files stay", size=14)
        self.remove.clicked.connect(self._remove_folder)
        self.remove.setEnabled(False)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(title, 1)
        head.addWidget(self.remove)
        head.addWidget(add)
        self.folders = QListWidget()
        self.folders.setProperty("role", "flat")
        self.folders.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.folders.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        set_name(self.folders, "Folders of sounds")
        self.folders.currentRowChanged.connect(lambda place: self.remove.setEnabled(place >= 0))
        self.folders.installEventFilter(self)
        self.state = Label()
        self.state.setProperty("role", "small")
        self.state.setWordWrap(True)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.folders, 1)
        column.addWidget(self.state)
        return side

    def _build_search(self, theme: Theme, icons: Icons) -> QVBoxLayout:
        self.words = self._field("Dark techno with synth bass, 130 BPM, A minor…", "Words that a sound is searched by")
        self.key = self._field("Key", "Only sounds in this key")
        self.key.setFixedWidth(96)
        set_tooltip(self.key, "Only sounds in this key, such as “A minor” or “F#m”")
        self.tempo = self._field("Tempo", "Only sounds near this tempo")
        self.tempo.setFixedWidth(96)
        set_tooltip(self.tempo, "Only sounds near this tempo, its half or its double, such as “120”; or “80-100”")
        self.like = Button()
        set_name(self.like, "Back to searching by words")
        self.like.setProperty("role", "choice")
        set_tooltip(self.like, "Back to searching by words")
        self.like.clicked.connect(self._forget_like)
        self.like.hide()
        fields = QHBoxLayout()
        fields.setSpacing(8)
        fields.addWidget(self.like)
        for field in (self.words, self.key, self.tempo):
            fields.addWidget(field, 1 if field is self.words else 0)
        self.model = FoundSounds(self)
        self.list = QListView()
        self.list.setProperty("role", "flat")
        self.list.setModel(self.model)
        self.list.setItemDelegate(SoundRow(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.doubleClicked.connect(self._toggle_heard)
        self.list.installEventFilter(self)
        set_name(self.list, "Sounds that were found")
        self.empty = Label(_INVITATION)
        self.empty.setProperty("role", "dim")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame = QFrame()
        frame.setProperty("role", "well")
        self._stack = QStackedLayout(frame)
        self._stack.setContentsMargins(1, 1, 1, 1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(fields)
        column.addWidget(frame, 1)
        return column

    def _field(self, invitation: str, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(invitation)
        field.setClearButtonEnabled(True)
        for button in field.findChildren(QToolButton):
            set_name(button, f"Clear: {name}")
            set_tooltip(button, "Clear")
        set_name(field, name)
        field.textChanged.connect(lambda _: self._typing.start())
        field.returnPressed.connect(self._search)
        field.installEventFilter(self)
        return field

    # what happens

    def showEvent(self, event: QShowEvent) -> None:
        """Listens to what is new when the panel is opened for the first time."""
        super().showEvent(event)
        if not self.was_shown:
            self.was_shown = True
            self.library.update()
            self.library.search_again()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the rows and of the fields; Space stays with the player."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if watched is self.list and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self._import_chosen()
                else:
                    self._toggle_heard(self.list.currentIndex())
                return True
            if watched is self.list and key == Qt.Key.Key_Escape and self.audition.sounding_path:
                self.audition.end()
                return True
            if watched is self.folders and key == Qt.Key.Key_Delete:
                self._remove_folder()
                return True
            if watched is self.words and key == Qt.Key.Key_Down and self.model.rowCount():
                self.list.setFocus()
                if not self.list.currentIndex().isValid():
                    self.list.setCurrentIndex(self.model.index(0))
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes folders."""
        if event.source() is not self.list and any(path.is_dir() for path in dropped_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Adds the folders."""
        for path in dropped_files(event.mimeData()):
            if path.is_dir():
                self.library.add_folder(path)
        event.acceptProposedAction()

    def chosen(self) -> "list[Entry]":
        """The chosen sounds, from above."""
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        return [self.model.matches[row].entry for row in rows]

    def _ask_folder(self) -> None:
        ask_folder(self, "Add a folder of sounds", Path.home(), self.library.add_folder)

    def _remove_folder(self) -> None:
        place = self.folders.currentRow()
        if place >= 0:
            self.library.remove_folder(self.library.folders[place].path)

    def _search(self) -> None:
        self._typing.stop()
        try:
            tempo = _tempo_range(self.tempo.text())
            _check_key(self.key.text())
        except EngineError as error:
            self.state.setText(str(error))
            return
        self._show_state()
        self.library.search(self.words.text(), self.key.text(), tempo)

    def _forget_like(self) -> None:
        self.library.forget_like()
        self._search()
        self.words.setFocus()

    def _toggle_heard(self, index: QModelIndex) -> None:
        if index.isValid():
            self.audition.toggle(self.model.matches[index.row()].entry)

    def _import_chosen(self) -> None:
        if paths := [Path(entry.file.path) for entry in self.chosen()]:
            self.import_requested.emit(paths)

    def _open_menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if not index.isValid():
            return
        entry = self.model.matches[index.row()].entry
        menu = Menu(self)
        menu.entry("Listen", lambda: self.audition.toggle(entry), keys="Enter")
        menu.entry("Put at the Playhead", self._import_chosen, keys="Ctrl+Enter")
        menu.entry("Find Sounds Like This", lambda: self.like_requested.emit(entry))
        menu.entry("Use as Reference Audio", lambda: self.reference_requested.emit(self.chosen()))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(place))

    # what is shown

    def _show_folders(self) -> None:
        self.folders.clear()
        for folder in self.library.folders:
            item = list_entry(Path(folder.path).name or folder.path)
            set_tooltip(item, f"{folder.path}\n{folder.problem}" if folder.problem else folder.path)
            if folder.problem:
                item.setForeground(self.palette().placeholderText())
            self.folders.addItem(item)
        self._show_state()

    def _show_state(self) -> None:
        problem = next((folder.problem for folder in self.library.folders if folder.problem), "")
        count = self.model.rowCount()
        plural = "" if count == 1 else "s"
        self.state.setText(problem or (f"{count}{'+' if count == SHOWN else ''} sound{plural}" if count else ""))

    def _show_indexing(self, busy: bool) -> None:
        if busy:
            self.state.setText("Listening to what is new…")
        else:
            self._show_state()

    def _show_matches(self, matches: "list[Match]") -> None:
        chosen_paths = {entry.file.path for entry in self.chosen()}
        self.model.show_matches(matches)
        for row, match in enumerate(matches):
            if match.entry.file.path in chosen_paths:
                self.list.setCurrentIndex(self.model.index(row))
                break
        self.list.scrollToTop()
        searches = self.library.text or self.library.key or self.library.tempo or self.library.like
        self.empty.setText(_NOTHING if searches else _INVITATION)
        self._stack.setCurrentWidget(self.list if matches else self.empty)
        self._show_state()

    def _show_like(self, title: str) -> None:
        self.like.setText(f"Like {_shortened(title)}  ×")
        set_name(self.like, f"Sounds like {title}; press to search by words")
        self.like.setVisible(bool(title))
        if title:
            self.words.clear()
            self._typing.stop()  # what is shown is the answer to another question

    def _show_heard(self, path: str) -> None:
        self.model.sounding_path = path
        self.list.viewport().update()


def _shortened(title: str) -> str:
    return title if len(title) <= 24 else f"{title[:12]}…{title[-11:]}"


def _tempo_range(text: str) -> "TempoRange | None":
    """Bounds of tempos as typed.

    Raises:
        EngineError: it is no tempo.
    """
    from engine.analysis.library.search import TempoRange
    from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

    if not text.strip():
        return None
    low, dash, high = text.replace("–", "-").replace(",", ".").partition("-")
    try:
        bounds = float(low), float(high if dash else low)
    except ValueError:
        bounds = 0.0, 0.0
    if not MIN_TEMPO <= bounds[0] <= bounds[1] <= MAX_TEMPO:
        raise EngineError(f"“{text}” is no tempo: write 120, or 80-100.")
    return TempoRange(*bounds) if dash else TempoRange.near(bounds[0])


def _check_key(text: str) -> None:
    from engine.music.keys import parse_key

    if text.strip():
        parse_key(text)
