"""What else the composer can be told, in a small panel under the bar's button: key, tempo, style, chords, sections."""

from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLineEdit, QVBoxLayout, QWidget

from desktop.generation.composing import MAX_BARS, Composing
from desktop.generation.panel_inputs import MAX_SEED
from desktop.theme import Theme
from desktop.widgets.choices import Button, ComboBox
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number
from engine.plain_text import counted

AUTO = "Auto"
LEVELS = (("Low", 0.2), ("Medium", 0.5), ("High", 0.85))
WIDTH = 320  # px


class ComposerOptions(QFrame):
    """A panel that closes when one presses elsewhere."""

    def __init__(self, composing: Composing, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._composing = composing
        self._filled = False
        self.setObjectName("composer_options")
        self.setAccessibleName("More for the composer")
        self.setFixedWidth(WIDTH)
        self.key = self._text("Key", "A minor", "Such as A minor, F# major or D dorian", "key")
        self.tempo = ValueField(_tempo_spec(), theme)
        self.tempo.setAccessibleName("Tempo")
        set_tooltip(self.tempo, "Beats a minute of a first piece; a song that has music keeps its own")
        self.tempo.edited.connect(lambda value, _: composing.change(tempo=value if value >= 20 else None))
        self.genre = self._choice("Style", "genre", "The style, where the prompt shall not say it")
        self.mood = self._choice("Mood", "mood", "The mood, where the prompt shall not say it")
        self.energy = self._level("Energy", "energy", "How forceful it is")
        self.density = self._level("Density", "density", "How many parts play at a time")
        self.chords = self._text("Chords", "Am F C G", "One a bar, repeated; with bar lines as Am F | C G", "chords")
        self.sections = self._text("Sections", "intro 4, verse 8", "Names with their bars, in order", "sections")
        self.bars = ValueField(_bars_spec(), theme)
        self.bars.setAccessibleName("Length in bars")
        self.bars.edited.connect(lambda value, _: composing.change(bars=round(value) or None))
        self.theme = Button("")
        self.theme.setProperty("role", "field")
        set_name(self.theme, "Theme")
        set_tooltip(self.theme, "Notes that return in what is composed; press to let them go")
        self.theme.clicked.connect(lambda: composing.change(theme=()))
        self.seed = ValueField(_seed_spec(), theme)
        self.seed.setAccessibleName("Seed")
        set_tooltip(self.seed, "The same words and the same seed in the same song give the same piece")
        self.seed.edited.connect(lambda value, _: composing.change(seed=round(value)))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        for text, field in (
            ("Key", self.key), ("Tempo", self.tempo), ("Style", self.genre), ("Mood", self.mood),
            ("Energy", self.energy), ("Density", self.density), ("Chords", self.chords),
            ("Sections", self.sections), ("Theme", self.theme), ("Length", self.bars), ("Seed", self.seed),
        ):  # fmt: skip
            label = Label(text)
            label.setProperty("role", "dim")
            form.addRow(label, field)
        self.note = Label()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.note)
        composing.changed.connect(self.refresh)
        self.refresh()

    def open_at(self, corner: QPoint) -> None:
        """Opens with its upper right corner at `corner` of the screen, or as near as it fits."""
        self._fill()
        self.refresh()
        self.adjustSize()
        place = corner - QPoint(self.width(), 0)
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        x = min(max(place.x(), area.left()), area.right() - self.width())
        y = min(max(place.y(), area.top()), area.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.key.setFocus()

    def refresh(self) -> None:
        """Shows what is asked for."""
        commission = self._composing.commission
        for line, text in (
            (self.key, commission.key),
            (self.chords, commission.chords),
            (self.sections, commission.sections),
        ):
            if line.text() != text and not line.hasFocus():
                with QSignalBlocker(line):
                    line.setText(text)
        self.tempo.set_value(commission.tempo or 19.0)
        self.bars.set_value(commission.bars or 0)
        self.seed.set_value(commission.seed)
        for box, value in (
            (self.genre, commission.genre), (self.mood, commission.mood), (self.energy, commission.energy),
            (self.density, commission.density),
        ):  # fmt: skip
            box.setCurrentIndex(max(box.findData(value or None), 0))
        count = len(commission.theme)
        self.theme.setText(f"{counted(count, 'note')} ✕" if count else "None")
        self.theme.setEnabled(bool(count))
        self.note.setText(self._composing.notice)
        self.note.setVisible(bool(self._composing.notice))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape close it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close()
        else:
            super().keyPressEvent(event)

    # inside

    def _fill(self) -> None:
        """The names of styles and moods, which are read when they are first asked for."""
        if self._filled:
            return
        from engine.inference.wishing import GENRE_NAMES, MOOD_NAMES

        self._filled = True
        for box, names in ((self.genre, GENRE_NAMES), (self.mood, MOOD_NAMES)):
            for name in names:
                box.addItem(name[:1].upper() + name[1:], name)

    def _text(self, name: str, example: str, tip: str, field: str) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(f"{AUTO}, or {example}")
        set_name(line, name)
        set_tooltip(line, tip)
        line.textEdited.connect(lambda text: self._composing.change(**{field: text}))
        return line

    def _choice(self, name: str, field: str, tip: str) -> ComboBox:
        box = ComboBox()
        set_tooltip(box, tip)
        set_name(box, name)
        box.addItem(AUTO, None)
        box.activated.connect(lambda _: self._composing.change(**{field: box.currentData() or ""}))
        return box

    def _level(self, name: str, field: str, tip: str) -> ComboBox:
        box = ComboBox()
        set_tooltip(box, tip)
        set_name(box, name)
        box.addItem(AUTO, None)
        for text, value in LEVELS:
            box.addItem(text, value)
        box.activated.connect(lambda _: self._composing.change(**{field: box.currentData()}))
        return box


def _tempo_spec() -> ValueSpec:
    def text(value: float) -> str:
        return AUTO if value < 20 else f"{value:g} BPM"

    def parse(text: str) -> float:
        return 19.0 if text.strip().lower().startswith("a") else number(text)

    return ValueSpec("Tempo", 19, 300, 19, 1, 0.5, text, parse, 0.25)


def _bars_spec() -> ValueSpec:
    return ValueSpec(
        "Length", 0, MAX_BARS, 16, 4, 1, lambda value: "Whole piece" if value < 1 else f"{round(value)} bars", number,
        0.125,
    )  # fmt: skip


def _seed_spec() -> ValueSpec:
    return ValueSpec("Seed", 0, MAX_SEED, 1, 1, 1, lambda value: f"{round(value)}", number, 1.0)
