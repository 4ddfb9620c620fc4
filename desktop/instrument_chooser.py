"""A small panel that lets a track be played on something else: a list that is searched by typing, heard at once."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.dialogs.files import ask_files
from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.choices import Button, list_entry
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import set_name, set_tooltip
from engine.ids import new_id
from engine.inference.voices import Voice, playing, voice_of, voices
from engine.project import edits
from engine.project.model import DEFAULT_INSTRUMENT, Instrument, Track

WIDTH, HEIGHT = 280, 420
BUNDLED = "Bundled SoundFont"


class InstrumentChooser(QFrame):
    """Changes the instrument of one track with every choice, all of them one undo step; Escape takes it back."""

    def __init__(self, document: Document, theme: Theme, track: Track, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("composer_options")
        set_name(self, f"Instrument of {track.name}")
        self.setFixedSize(WIDTH, HEIGHT)
        self._document, self._theme, self._track_id, self._step = document, theme, track.id, f"instrument {new_id()}"
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search: strings, kit, synth…")
        self.search.setClearButtonEnabled(True)
        set_name(self.search, "Search for an instrument")
        self.search.installEventFilter(self)
        self.list = QListWidget()
        set_name(self.list, "Instruments")
        self.list.setUniformItemSizes(False)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.soundfont = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideMiddle)
        self.other = Button("Other…")
        self.other.setProperty("role", "link")
        set_name(self.other, "Choose a SoundFont")
        set_tooltip(self.other, "Play the programs of a SoundFont of your own (.sf2, .sf3)")
        self.bundled = Button("Bundled")
        self.bundled.setProperty("role", "link")
        set_name(self.bundled, "Bundled SoundFont")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.soundfont, 1)
        row.addWidget(self.bundled)
        row.addWidget(self.other)
        column.addLayout(row)
        self._fill()
        self._show_soundfont()
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.close)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemActivated.connect(lambda _: self.close())
        self.other.clicked.connect(self._ask_soundfont)
        self.bundled.clicked.connect(self._play_bundled)

    def open_at(self, place: QPoint) -> None:
        """Opens with its upper left corner at `place` of the screen, or as near as it fits."""
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        x = min(max(place.x(), area.left()), area.right() - self.width())
        y = min(max(place.y(), area.top()), area.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.search.setFocus()
        if self.list.currentRow() >= 0:
            item = self.list.currentItem()
            self.list.scrollToItem(item, QListWidget.ScrollHint.PositionAtCenter)

    @property
    def shown_titles(self) -> list[str]:
        """The instruments that the search leaves, from above."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.text() for item in items if not item.isHidden() and _voice(item) is not None]

    def choose(self, voice: Voice) -> None:
        """Lets the track be played on `voice`; a part of the panel's one undo step."""
        track = self._document.project.track(self._track_id)
        if track is not None:
            self._apply(playing(track, voice), voice.title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the choice back; Enter keeps it."""
        if event.key() == Qt.Key.Key_Escape:
            if self._document.history.base(self._step) is not self._document.project:
                self._document.forget(self._step)
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while one types."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if step := steps.get(Qt.Key(event.key())):
                self._move(step)
                return True
        return super().eventFilter(watched, event)

    # inside

    def _apply(self, instrument: Instrument, title: str) -> None:
        self._document.apply(
            f"Instrument {title}", lambda p: edits.set_instrument(p, self._track_id, instrument), merge=self._step
        )

    def _fill(self) -> None:
        track = self._document.project.track(self._track_id)
        current = voice_of(track.instrument) if track is not None else None
        family = ""
        for voice in voices():
            if voice.family != family:
                family = voice.family
                heading = list_entry(family)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                heading.setForeground(self._theme.dim)
                heading.setFont(self._theme.font("small", bold=True))
                self.list.addItem(heading)
            item = list_entry(voice.title)
            item.setData(Qt.ItemDataRole.UserRole, voice)
            self.list.addItem(item)
            if voice is current:
                self.list.setCurrentItem(item)

    def _filter(self, text: str) -> None:
        heading, shown = None, False
        for row in range(self.list.count()):
            item = self.list.item(row)
            voice = _voice(item)
            if voice is None:
                if heading is not None:
                    heading.setHidden(not shown)
                heading, shown = item, False
            else:
                item.setHidden(not voice.matches(text))
                shown = shown or not item.isHidden()
        if heading is not None:
            heading.setHidden(not shown)

    def _move(self, step: int) -> None:
        rows = [row for row in range(self.list.count()) if not self.list.item(row).isHidden()]
        rows = [row for row in rows if _voice(self.list.item(row)) is not None]
        if not rows:
            return
        now = self.list.currentRow()
        ahead = [row for row in rows if (row - now) * step > 0]
        ordered = ahead if step > 0 else ahead[::-1]
        self.list.setCurrentRow(ordered[min(abs(step), len(ordered)) - 1] if ordered else rows[0 if step > 0 else -1])

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None and (voice := _voice(item)) is not None:
            self.choose(voice)
            self._show_soundfont()

    def _show_soundfont(self) -> None:
        track = self._document.project.track(self._track_id)
        instrument = track.instrument if track is not None else None
        path = instrument.soundfont if instrument is not None else ""
        own = instrument is not None and instrument.program is None
        self.soundfont.setText("Own synthesis" if own else Path(path).name if path else BUNDLED)
        self.bundled.setVisible(bool(path))

    def _play_bundled(self) -> None:
        play_soundfont(self._document, self._track_id, "", self._step)
        self._show_soundfont()

    def _ask_soundfont(self) -> None:
        parent, document, track_id = self.parentWidget() or self, self._document, self._track_id
        self.close()
        ask_files(
            parent, "Choose a SoundFont", str(Path.home()), ["SoundFonts (*.sf2 *.sf3)"],
            lambda paths: play_soundfont(document, track_id, str(paths[0])),
        )  # fmt: skip


def play_soundfont(document: Document, track_id: str, path: str, step: str | None = None) -> None:
    """Lets a track play its program of a SoundFont of the user's; of the bundled one if `path` is empty."""
    track = document.project.track(track_id)
    if track is not None:
        now = track.instrument or DEFAULT_INSTRUMENT
        program = now.program if now.program is not None else 0
        chosen = replace(now, soundfont=path, program=program)
        title = f"SoundFont {Path(path).name}" if path else BUNDLED
        document.apply(title, lambda p: edits.set_instrument(p, track_id, chosen), merge=step)


def _voice(item: QListWidgetItem) -> Voice | None:
    voice = item.data(Qt.ItemDataRole.UserRole)
    return voice if isinstance(voice, Voice) else None
