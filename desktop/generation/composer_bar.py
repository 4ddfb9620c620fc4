"""The composer bar: a prompt, who plays, how long, how many takes, and one button; over an empty song or at a place.

For a selected clip it shows that clip's own prompt and what can be done with it; else what new music is asked with.
"""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.generation.composer_options import ComposerOptions
from desktop.generation.composer_verbs import ComposerVerbs
from desktop.generation.composing import MAX_BARS, MAX_TAKES, Composing
from desktop.generation.controller import Generation
from desktop.icons import ROLE_ICONS, Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, Menu
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number
from engine.inference.compositions import ROLE_TITLES, role_of

PLACEHOLDER = "Describe the music: style, instruments, mood, key, tempo"
COMPOSER = "Composer"
NARROW_PX = 120
PROMPT_PX = 260
"""Where the prompt has less room, other fields give way to it and stand behind “More”."""


class ComposerBar(QWidget):
    """Shows and changes what a `Composing` asks for, or asks the model that was chosen in its place."""

    generate_requested = Signal()
    """The button, or Enter in the prompt: with the model that the bar shows."""
    fill_requested = Signal()
    """The empty stretch of the selected track shall get its part."""
    left = Signal()
    """Escape was pressed in it."""

    def __init__(
        self,
        composing: Composing,
        generation: Generation,
        theme: Theme,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._composing, self._generation, self._icons = composing, generation, icons
        self._room = 0
        self.setAccessibleName("Composer bar")
        self.roles = Button("Band")
        self.roles.setProperty("role", "field")
        set_name(self.roles, "Parts")
        self.roles.clicked.connect(self._choose_roles)
        self.line = QLineEdit()
        self.line.setFont(theme.font("medium"))
        self.line.setPlaceholderText(PLACEHOLDER)
        self.line.setAccessibleName("Prompt")
        self.line.setMinimumWidth(NARROW_PX)
        self.line.textEdited.connect(lambda text: generation.panel.change(prompt=text))
        self.line.returnPressed.connect(self._press)
        self.line.installEventFilter(self)
        self.bars = ValueField(bars_spec(), theme, width=84)
        set_name(self.bars, "Length in bars")
        set_tooltip(self.bars, "Length in bars; 0 is a whole piece of its style, with intro and ending")
        self.bars.edited.connect(lambda value, _: self._set_bars(round(value)))
        self.takes = ValueField(takes_spec(), theme, width=64)
        set_name(self.takes, "Takes")
        set_tooltip(self.takes, "How many arrangements are made, to choose among")
        self.takes.edited.connect(lambda value, _: self._set_takes(round(value)))
        self.model = Button(COMPOSER)
        self.model.setProperty("role", "link")
        set_name(self.model, "Model")
        set_tooltip(self.model, "Which model makes the music: the Composer writes parts as notes, others make sound")
        self.model.clicked.connect(self._choose_model)
        self.more = IconButton(icons, "sliders-horizontal", "Key, tempo, style, chords and sections", size=16)
        self.more.clicked.connect(self.open_options)
        self.button = Button("Generate")
        self.button.setProperty("role", "primary")
        set_name(self.button, "Generate")
        self.button.clicked.connect(self._press)
        self.fill = Button("Fill")
        self.fill.setProperty("role", "link")
        set_tooltip(self.fill, "Compose a part for the selected stretch of the track, to the song's chords")
        self.fill.clicked.connect(self.fill_requested)
        self.verbs = ComposerVerbs(composing, generation, theme, icons, self)
        self.note = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.note.setAccessibleName("What is understood of the prompt")
        self.options = ComposerOptions(composing, theme, self)
        self._lay_out()
        self.setFocusProxy(self.line)
        models, panel = generation.models, generation.panel
        for signal in (panel.inputs_changed, panel.capabilities_changed, models.model_changed, models.models_changed):
            signal.connect(self.refresh)
        composing.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.roles)
        row.addWidget(self.line, 1)
        for each in (self.bars, self.takes, self.model, self.more, self.verbs, self.fill, self.button):
            row.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.note)

    def set_room(self, pixels: int) -> None:
        """Leaves out what does not fit into so much width beside the prompt; it stands behind “More”."""
        if pixels != self._room:
            self._room = pixels
            self._show_fitting()

    def open_options(self) -> None:
        """Opens what else can be asked for, under its button."""
        if self.composes:
            self.options.open_at(self.more.mapToGlobal(QPoint(self.more.width(), self.more.height() + 4)))
        else:
            self._choose_model()

    @property
    def composes(self) -> bool:
        """Whether the composer is asked, not a model of sound."""
        return self._composing.chosen

    def refresh(self) -> None:
        """Shows what is asked for, and what is said of it."""
        composing, generation = self._composing, self._generation
        clip, part = generation.panel.subject, composing.subject
        prompt = " ".join(generation.panel.inputs.prompt.split())
        if " ".join(self.line.text().split()) != prompt:
            self.line.setText(prompt)
            if not self.line.hasFocus():
                self.line.setCursorPosition(0)
        self._show_roles()
        self.bars.set_value((composing.bars or 0) if self.composes else generation.panel.inputs.bars)
        self.takes.set_value(composing.takes if self.composes else generation.panel.inputs.takes)
        self.model.setText(COMPOSER if self.composes else generation.models.shelf.name(generation.panel.shown_model))
        hindrance = "" if self.composes or part else generation.panel.hindrance()
        self.button.setEnabled(not hindrance)
        self.button.setText("Generate" if clip is None else "Rewrite" if part else "Generate")
        tip = "Compose it at the playhead, or in the selected time  (Enter)"
        if self.composes and clip is None and composing.asked_again:
            tip = "Compose it again, as further takes of the same tracks; elsewhere in the song as new ones  (Enter)"
        if part:
            tip = f"Write the {part.title.lower()} anew from this prompt, to the same chords  (Enter)"
        set_tooltip(self.button, tip if self.composes or part else "Generate at the playhead  (Enter)")
        sentences = " ".join(each for each in (composing.notice, composing.summary) if each)
        note = sentences if self.composes else generation.panel.summary()
        if clip is not None:
            note = ""  # what is said is of the prompt for new music
        self.note.setText(hindrance or note)
        warns = bool(hindrance or (note and composing.notice and self.composes))
        if self.note.property("role") != ("warning" if warns else "small"):
            self.note.setProperty("role", "warning" if warns else "small")
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)
        self.verbs.refresh()
        self._show_fitting()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the composer know when its prompt is turned to."""
        if event.type() == QEvent.Type.FocusIn:
            self._composing.attend()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it; no key of a field in it means anything outside."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        event.accept()

    # inside

    def _press(self) -> None:
        if self.button.isEnabled():
            self.generate_requested.emit()

    def _set_bars(self, bars: int) -> None:
        if self.composes:
            self._composing.change(bars=bars or None)
        else:
            self._generation.panel.change(bars=max(bars, 1), in_bars=True)

    def _set_takes(self, takes: int) -> None:
        if self.composes:
            self._composing.set_takes(takes)
        else:
            self._generation.panel.change(takes=takes)

    def _show_roles(self) -> None:
        part, roles = self._composing.subject, self._composing.commission.roles
        if part:
            text, icon = part.title, ROLE_ICONS.get(part.role, "music-notes")
        elif len(roles) == 1:
            text, icon = ROLE_TITLES[roles[0]], ROLE_ICONS[roles[0]]
        else:
            text, icon = f"{len(roles)} parts" if roles else "Band", "music-notes"
        self.roles.setText(text)
        set_name(self.roles, f"Part: {part.title}" if part else "Parts")
        self.roles.setIcon(self._icons.icon(icon))
        names = ", ".join(ROLE_TITLES[role] for role in roles)
        tip = names or "The parts that the style or the prompt asks for; press to choose"
        set_tooltip(self.roles, f"The selected part: {part.title}. Press to add another part" if part else tip)

    def _show_fitting(self) -> None:
        clip, part = self._generation.panel.subject, self._composing.subject
        new = clip is None
        self.roles.setVisible(bool(part) or (new and self.composes))
        shown: list[QWidget] = [self.bars, self.takes, self.model] if new else []
        self.more.setVisible(new)
        self.verbs.setVisible(not new or self._composing.piece is not None)
        self.button.setVisible(new or bool(part))
        self.verbs.set_short(False)
        self._show_fill()
        fixed = [self.roles, self.more, self.verbs, self.fill, self.button]

        def width() -> int:
            present = [each for each in (*fixed, *shown) if not each.isHidden() or each in shown]
            return PROMPT_PX + sum(each.sizeHint().width() + 6 for each in present)

        if self._room:
            if width() > self._room:
                self.verbs.set_short(True)
            while shown and width() > self._room:
                shown.pop(0 if len(shown) == 1 else -1 if self.composes else 1)
        for each in (self.bars, self.takes, self.model):
            each.setVisible(each in shown)
        self.note.setVisible(bool(self.note.text()) or new)

    def _show_fill(self) -> None:
        track = self._composing.fillable
        self.fill.setVisible(track is not None)
        if track is not None:
            role = ROLE_TITLES.get(role_of(track), "")
            self.fill.setText(f"Fill {role}" if role else "Fill…")
            set_name(self.fill, f"Fill {role}".strip())
            part = role.lower() or "a part"
            set_tooltip(self.fill, f"Compose {part} for this stretch of “{track.name}”, to the song's chords")

    def _choose_roles(self) -> None:
        self._pop(self.roles, self.verbs.added_menu() if self._composing.subject else self.roles_menu())

    def roles_menu(self) -> Menu:
        """A menu in which the parts are ticked; nothing ticked leaves them to the style."""
        menu = Menu(self)
        roles = self._composing.commission.roles
        band = menu.entry("Band: as the style has it", lambda: self._composing.change(roles=()))
        band.setCheckable(True)
        band.setChecked(not roles)
        menu.addSeparator()
        for role, title in ROLE_TITLES.items():
            entry = menu.entry(title, partial(self._toggle_role, role))
            entry.setIcon(self._icons.icon(ROLE_ICONS[role]))
            entry.setCheckable(True)
            entry.setChecked(role in roles)
        return menu

    def _toggle_role(self, role: str) -> None:
        roles = self._composing.commission.roles
        chosen = [each for each in ROLE_TITLES if (each in roles) != (each == role)]
        self._composing.change(roles=tuple(chosen))

    def _choose_model(self) -> None:
        self._pop(self.model if self.model.isVisible() else self.more, self.model_menu())

    def model_menu(self) -> Menu:
        """A menu of the models that can be asked."""
        menu = Menu(self)
        entry = menu.entry(f"{COMPOSER}: notes, part by part", lambda: self._composing.choose(True))
        entry.setCheckable(True)
        entry.setChecked(self.composes)
        menu.addSeparator()
        generation = self._generation
        for info in generation.models.shelf.usable:
            entry = menu.entry(f"{info.name}: sound, as one clip", partial(self._take_model, info.id))
            entry.setCheckable(True)
            entry.setChecked(not self.composes and generation.panel.shown_model.name == info.id)
        return menu

    def _take_model(self, name: str) -> None:
        self._generation.panel.choose_model(replace(self._generation.panel.shown_model, name=name, untrained=False))
        self._composing.choose(False)

    def _pop(self, button: QPushButton | IconButton, menu: Menu) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))


def bars_spec() -> ValueSpec:
    """A length in bars; 0 is a whole piece."""

    def text(value: float) -> str:
        bars = round(value)
        return "Whole piece" if bars < 1 else f"{bars} bar" if bars == 1 else f"{bars} bars"

    def parse(text: str) -> float:
        return 0.0 if text.strip().lower().startswith("whole") else number(text)

    return ValueSpec("Length", 0, MAX_BARS, 16, 4, 1, text, parse, 0.125)


def takes_spec() -> ValueSpec:
    """A number of arrangements."""
    return ValueSpec(
        "Takes", 1, MAX_TAKES, 1, 1, 1, lambda value: f"{round(value)} take" + "s" * (round(value) != 1), number, 0.05
    )
