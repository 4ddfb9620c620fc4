"""The row over the notes: what is edited, the pencil, snapping, quantising, the scale, and what else is seen."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.icons import Icons
from desktop.notes.session import NoteSession
from desktop.notes.verbs import Verb, Verbs
from desktop.status_line import GRID_NAMES
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, ComboBox, Menu
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number
from engine.music.keys import NOTES
from engine.music.scales import SCALES
from engine.plain_text import counted
from engine.timing.snap import Grid

HEIGHT = 34


def percent_spec(name: str, default: float) -> ValueSpec:
    """A share from 0 to 100 %."""
    return ValueSpec(name, 0.0, 100.0, default, 5.0, 1.0, lambda value: f"{value:.0f} %", number, 0.5)


class NoteToolbar(QFrame):
    """Shows and changes the settings of a session."""

    hint_changed = Signal(str)

    def __init__(
        self, session: NoteSession, verbs: Verbs, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._verbs = session, verbs
        self.setProperty("role", "bar")
        self.setFixedHeight(HEIGHT)
        self.title = ElidedLabel("", role="", mode=Qt.TextElideMode.ElideMiddle)
        self.title.setFont(theme.font(bold=True))
        self.title.setMinimumWidth(60)
        self.pencil = self._switch(icons, "pencil-simple", "Pencil: the mouse draws and erases", "P")
        self.fold = self._switch(icons, "rows", "Fold to the pitches that sound", "F")
        self.ghosts = self._switch(icons, "ghost", "Show the notes of other tracks", "G")
        self.audible = self._switch(icons, "speaker-high", "Hear the notes that are touched", "")
        self.lock = self._switch(icons, "lock-simple", "Lock to the scale: notes go only to its tones", "")
        self.grid = ComboBox()
        set_name(self.grid, "Snap of notes")
        set_tooltip(self.grid, "Where notes snap to; Adaptive follows the zoom; hold Shift to bypass")
        for grid in Grid:
            self.grid.addItem(GRID_NAMES.get(grid, grid.value), grid)
        self.grid.setMaxVisibleItems(len(Grid))
        self.quantise = Button("Quantise")
        self.quantise.setProperty("role", "field")
        set_tooltip(self.quantise, "Move the selected notes, or all, to the grid  (Q)")
        self.strength = ValueField(percent_spec("Quantise strength", 100.0), theme, width=58)
        self.swing = ValueField(percent_spec("Swing", 0.0), theme, width=50)
        self.tonic, self.mode = ComboBox(), ComboBox()
        set_name(self.tonic, "Tonic of the scale")
        set_name(self.mode, "Scale")
        set_tooltip(self.tonic, "The scale that is shaded: its tonic")
        set_tooltip(self.mode, "The scale that is shaded")
        self.tonic.addItem("–", -1)
        for pitch_class, name in enumerate(NOTES):
            self.tonic.addItem(name.replace("#", "♯").replace("b", "♭"), pitch_class)
        for mode in SCALES:
            self.mode.addItem(mode.capitalize(), mode)
        self.tonic.setMaxVisibleItems(13)
        self.more = Button("Edit")
        self.more.setProperty("role", "field")
        set_tooltip(self.more, "Everything that can be done to the notes")
        self.count = Label()
        self.count.setProperty("role", "small")
        self.count.setFont(theme.font("small"))
        self._lay_out()
        self._connect()
        self.show_clip()

    def _switch(self, icons: Icons, icon: str, name: str, keys: str) -> IconButton:
        button = IconButton(icons, icon, name, checkable=True, size=16)
        set_tooltip(button, f"{name}  ({keys})" if keys else name)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(6)

        def word(text: str) -> Label:
            label = Label(text)
            label.setProperty("role", "small")
            return label

        self._scale_parts: tuple[QWidget, ...] = (word("Scale"), self.tonic, self.mode, self.lock)
        parts: tuple[QWidget | int, ...] = (
            self.title, 8, self.pencil, 8, word("Snap"), self.grid, 8, self.quantise, self.strength, word("Swing"),
            self.swing, 8, *self._scale_parts, 8, self.fold, self.ghosts, self.audible, self.more,
        )  # fmt: skip
        for part in parts:
            if isinstance(part, int):
                row.addSpacing(part)
            else:
                row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count)

    def _connect(self) -> None:
        session = self._session
        self.pencil.clicked.connect(lambda on: session.change(**{"drum_pencil" if session.is_drums else "pencil": on}))
        self.fold.clicked.connect(lambda on: session.change(fold=on))
        self.ghosts.clicked.connect(lambda on: session.change(ghosts=on))
        self.audible.clicked.connect(lambda on: session.change(audible=on))
        self.lock.clicked.connect(lambda on: session.change(lock=on))
        self.grid.activated.connect(lambda _: session.change(grid=Grid(self.grid.currentData())))
        self.quantise.clicked.connect(lambda: self._verbs.quantise())
        self.strength.edited.connect(lambda value, _: session.change(strength=value / 100))
        self.swing.edited.connect(lambda value, _: session.change(swing=value / 100))
        self.tonic.activated.connect(lambda _: self._choose_scale())
        self.mode.activated.connect(lambda _: self._choose_scale())
        self.more.clicked.connect(lambda: self.open_menu(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        session.clip_changed.connect(self.show_clip)
        session.notes_changed.connect(self._show_count)
        session.chosen_changed.connect(self._show_count)
        session.settings_changed.connect(self._show_settings)
        session.document.selection_changed.connect(self._show_count)

    def open_menu(self, place: QPoint) -> None:
        """Shows what can be done to the notes."""
        menu = Menu(self)
        group = 0
        for verb in sorted(self._verbs.menu(), key=_group_of):
            if verb.group != group:
                menu.addSeparator()
                group = verb.group
            menu.entry(verb.text, verb.run, keys=verb.keys)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # what is shown

    def show_clip(self) -> None:
        """Shows what is edited."""
        clip, track, session = self._session.clip, self._session.track, self._session
        self.title.setText(f"{clip.name or track.name}" if clip and track else "No notes")
        for part in (*self._scale_parts,):
            part.setVisible(not session.is_drums)
        for widget in (
            self.pencil, self.grid, self.quantise, self.strength, self.swing, self.tonic, self.mode, self.lock,
            self.fold, self.ghosts, self.audible, self.more,
        ):  # fmt: skip
            widget.setEnabled(clip is not None)
        self._show_settings()
        self._show_count()

    def _show_settings(self) -> None:
        settings = self._session.settings
        self.pencil.setChecked(self._session.pencil)
        self.fold.setChecked(settings.fold)
        self.ghosts.setChecked(settings.ghosts)
        self.audible.setChecked(settings.audible)
        self.lock.setChecked(settings.lock)
        self.lock.setEnabled(settings.scale is not None and self._session.clip is not None)
        self.grid.setCurrentIndex(self.grid.findData(settings.grid))
        self.strength.set_value(settings.strength * 100)
        self.swing.set_value(settings.swing * 100)
        self.tonic.setCurrentIndex(self.tonic.findData(settings.scale[0] if settings.scale else -1))
        if settings.scale:
            self.mode.setCurrentIndex(self.mode.findData(settings.scale[1]))

    def _show_count(self) -> None:
        session = self._session
        clip, track = session.clip, session.track
        if clip and track:
            more = len(session.open_clips) - 1
            self.title.setText(f"{clip.name or track.name}{f'  + {more}' if more > 0 else ''}")
        chosen = session.chosen_count
        total = len(session.notes)
        if chosen > len(session.chosen):
            total += sum(len(session.notes_of(each)) for _, each, _ in session.beside())
        words = counted(total, "note") if clip else ""
        if chosen:
            words = f"{chosen:,} of {words}"
        self.count.setText(words)

    def _choose_scale(self) -> None:
        tonic = int(self.tonic.currentData())
        self._session.choose_scale((tonic, str(self.mode.currentData())) if tonic >= 0 else None)


def _group_of(verb: Verb) -> int:
    return verb.group
