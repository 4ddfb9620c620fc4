"""The Generate tab: what to make, with fields that come from the model, and one button that makes it."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.generation.fields import FIELD, ParameterField, count_spec
from desktop.generation.footer import Footer
from desktop.generation.listen_field import ListenField
from desktop.generation.panel_inputs import (
    MAX_BARS,
    MAX_SECONDS,
    MAX_SEED,
    MAX_TAKES,
    new_seed,
    parameters,
    takes_negative,
)
from desktop.generation.prompt_box import PromptBox
from desktop.generation.sound_field import SoundField
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, CheckBox, ComboBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import panel_form, row, rule, scrolling, section
from desktop.widgets.plain import Label, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number
from engine.generate.interface import Parameter
from engine.inference.api import Model
from engine.project.model import Project

MAIN = ("words", "audio_prompt", "steps", "guidance")
"""Parameters that stand in the open; the others are folded away."""
LABEL = 76  # px


class GeneratePanel(QWidget):
    """Shows and changes the inputs of a `Generation`."""

    models_requested = Signal()
    """The user wants to see which models there are."""

    def __init__(
        self, document: Document, generation: Generation, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._generation = generation
        self._theme = theme
        self._icons = icons
        self.fields: dict[str, ParameterField | SoundField] = {}
        self._build()
        self._wire()
        self.show_parameters()
        self.refresh()

    def focus_prompt(self) -> None:
        """Puts the keyboard into the prompt, with all of it selected."""
        self.prompt.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.prompt.text.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """What was installed meanwhile is there."""
        super().showEvent(event)
        self._generation.models.look_for_models()

    # building

    def _build(self) -> None:
        theme, icons, generation = self._theme, self._icons, self._generation
        self.prompt = PromptBox(generation, theme, icons)
        self.sent = ElidedLabel(role="small")
        self.fit = CheckBox("Fit the song")
        set_tooltip(self.fit, "The prompt gets the song's tempo and key; what comes of it is lined up with the beat")
        self.negative = QLineEdit()
        self.negative.setAccessibleName("Negative prompt")
        self.negative.setPlaceholderText("What to leave out: vocals, drums")
        self.model = ComboBox()
        self.model.setAccessibleName("Model")
        set_tooltip(self.model, "Which model makes the music; the Models tab has more")
        self.bars = ValueField(count_spec("Length", "bar", "bars", 1, MAX_BARS, 4), theme, width=FIELD)
        self.seconds = ValueField(
            ValueSpec("Length", 0.5, MAX_SECONDS, 10.0, 1.0, 0.1, lambda v: f"{v:.1f} s", number, 0.1),
            theme,
            width=FIELD,
        )
        self.unit = ComboBox()
        self.unit.setAccessibleName("Unit of the length")
        set_tooltip(self.unit, "Whole bars fit the song; seconds need not")
        self.unit.addItem("Bars", True)
        self.unit.addItem("Seconds", False)
        self.takes = ValueField(count_spec("Takes", "take", "takes", 1, MAX_TAKES, 3), theme, width=FIELD)
        self.seed = ValueField(count_spec("Seed", "", "", 0, MAX_SEED, 1), theme, width=FIELD)
        self.lock = IconButton(icons, "lock-simple-open", "Keep this seed", checkable=True, size=16)
        self.dice = IconButton(icons, "dice-five", "Another seed", size=16)
        self.more = Button("Advanced")
        self.more.setProperty("role", "link")
        set_tooltip(self.more, "All that the model can be told")
        self.more.setCheckable(True)
        self.listen = ListenField(self._document, generation.panel)
        self.footer = Footer(self._document, generation, theme, icons)
        self._lay_out()

    def _lay_out(self) -> None:
        self._main, self._advanced = panel_form(8), panel_form(8)
        self._folded = QWidget()
        self._folded.setLayout(self._advanced)
        self._folded.hide()
        length = self._length = panel_form(8)
        length.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        length.addRow(_label("Length"), row(self.bars, self.seconds, self.unit, fill=True))
        length.addRow(_label("Takes"), row(self.takes))
        length.addRow(_label("Seed"), row(self.seed, self.lock, self.dice, spacing=4))
        length.addRow(_label("Listen to"), row(self.listen.button))
        self._negative_title = section("Negative prompt")
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.prompt)
        column.addWidget(self.sent)
        column.addWidget(self.fit)
        column.addWidget(self._negative_title)
        column.addWidget(self.negative)
        column.addWidget(rule())
        column.addLayout(length)
        column.addWidget(rule())
        column.addWidget(section("Model"))
        column.addWidget(self.model)
        column.addLayout(self._main)
        column.addWidget(row(self.more))
        column.addWidget(self._folded)
        column.addStretch(1)
        self.area = scrolling(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addWidget(rule())
        whole.addWidget(self.footer)

    def _wire(self) -> None:
        generation = self._generation
        self.prompt.generate_requested.connect(self.footer.press)
        self.fit.clicked.connect(lambda on: generation.panel.change(fit=bool(on)))
        self.negative.textEdited.connect(lambda text: generation.panel.change(negative=text))
        self.negative.returnPressed.connect(self.footer.press)
        self.model.activated.connect(self._choose_model)
        self.bars.edited.connect(lambda value, _: generation.panel.change(bars=round(value)))
        self.seconds.edited.connect(lambda value, _: generation.panel.change(seconds=round(value, 1)))
        self.unit.activated.connect(lambda _: self._set_unit(bool(self.unit.currentData())))
        self.takes.edited.connect(lambda value, _: generation.panel.change(takes=round(value)))
        self.seed.edited.connect(lambda value, _: generation.panel.change(seed=round(value), locked=True))
        self.lock.clicked.connect(lambda on: generation.panel.change(locked=bool(on)))
        self.dice.clicked.connect(lambda: generation.panel.change(seed=new_seed()))
        self.more.toggled.connect(self._unfold)
        self._unfold(False)
        self.footer.models_requested.connect(self.models_requested)
        generation.panel.inputs_changed.connect(self.refresh)
        generation.models.model_changed.connect(lambda _: self.refresh())
        generation.models.models_changed.connect(self.refresh)
        generation.panel.capabilities_changed.connect(self._on_capabilities)
        self._document.changed.connect(self._on_changed)

    # showing

    def refresh(self) -> None:
        """Shows the inputs as they are."""
        generation, inputs = self._generation, self._generation.panel.inputs
        self.show_parameters()
        self.sent.setText(f"Full prompt: {generation.panel.sent_prompt()}" if generation.panel.sent_prompt() else "")
        self.fit.setChecked(inputs.fit)
        if self.negative.text() != inputs.negative:
            self.negative.setText(inputs.negative)
        self.bars.setVisible(inputs.in_bars)
        self.seconds.setVisible(not inputs.in_bars)
        self.bars.set_value(inputs.bars)
        self.seconds.set_value(inputs.seconds)
        self.unit.setCurrentIndex(self.unit.findData(inputs.in_bars))
        self.takes.set_value(inputs.takes)
        self.seed.set_value(inputs.seed)
        self.lock.setChecked(inputs.locked)
        lock = "The seed stays: press for a new one each time" if inputs.locked else "Keep this seed"
        self.lock.setIcon(self._icons.icon("lock-simple" if inputs.locked else "lock-simple-open"))
        set_tooltip(self.lock, lock)
        self.listen.refresh()
        for name, field in self.fields.items():
            field.show_value(inputs.values.get(name))
        if self.isVisible() or self._document.folder is not None:  # else they are looked for when it is shown
            self._show_models()
        self.footer.refresh()

    def show_parameters(self) -> None:
        """Makes the fields that the model declares."""
        generation = self._generation
        capabilities = generation.panel.shown_capabilities
        shown = parameters(capabilities)
        negative = takes_negative(capabilities)
        self._length.setRowVisible(self._length.rowCount() - 1, generation.panel.listens)
        self._negative_title.setVisible(negative)
        self.negative.setVisible(negative)
        if [field.parameter for field in self.fields.values()] == list(shown):
            return
        for form in (self._main, self._advanced):
            while form.rowCount():
                form.removeRow(0)
        self.fields = {each.name: self._field(each) for each in shown}
        self.more.setVisible(any(name not in MAIN for name in self.fields))
        self._folded.setVisible(self.more.isChecked() and not self.more.isHidden())

    def _on_capabilities(self) -> None:
        self.show_parameters()
        self.footer.refresh()

    def _field(self, parameter: Parameter) -> ParameterField | SoundField:
        field: ParameterField | SoundField
        if parameter.kind == "audio":
            field = SoundField(parameter, self._generation.panel.sounds, self._icons)
        else:
            field = ParameterField(parameter, self._theme, self._generation.panel.set_value)
        field.show_value(self._generation.panel.inputs.values.get(parameter.name))
        form = self._main if parameter.name in MAIN else self._advanced
        if parameter.kind == "text":
            form.addRow(section(parameter.label))
            form.addRow(field.widget)
        else:
            form.addRow(_label(parameter.label), row(field.widget))
        return field

    def _show_models(self) -> None:
        chosen = self._generation.panel.shown_model
        names = [(info.id, info.name) for info in self._generation.models.shelf.usable]
        if chosen.name not in dict(names):
            names.append((chosen.name, self._generation.models.shelf.name(chosen)))
        with QSignalBlocker(self.model):
            if [self.model.itemData(index) for index in range(self.model.count())] != [name for name, _ in names]:
                self.model.clear()
                for name, title in names:
                    self.model.addItem(title, name)
            self.model.setCurrentIndex(self.model.findData(chosen.name))

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.clock != new.clock or old.id != new.id:
            self.refresh()
        elif old.tracks is not new.tracks:
            self.listen.refresh()

    # changing

    def _choose_model(self) -> None:
        name = self.model.currentData()
        if name != self._generation.panel.shown_model.name:
            self._generation.panel.choose_model(Model(name, self._generation.models.model.device))
            self._generation.models.learn()

    def _set_unit(self, in_bars: bool) -> None:
        """The other unit, at about the length that was."""
        inputs, project = self._generation.panel.inputs, self._document.project
        if in_bars == inputs.in_bars:
            return
        bar = project.clock.seconds(project.clock.bar_start(2))
        if in_bars:
            self._generation.panel.change(in_bars=True, bars=max(1, round(inputs.seconds / bar)))
        else:
            self._generation.panel.change(in_bars=False, seconds=round(inputs.bars * bar, 1))

    def _unfold(self, on: bool) -> None:
        self.more.setIcon(self._icons.icon("caret-down" if on else "caret-right", self._theme.accent))
        self._folded.setVisible(on)
        if on:
            QTimer.singleShot(0, self._reveal_advanced)

    def _reveal_advanced(self) -> None:
        """Scrolls so far that the unfolded fields are seen."""
        bar = self.area.verticalScrollBar()
        bottom = self._folded.mapTo(self._inside, self._folded.rect().bottomLeft()).y() + 12
        bar.setValue(max(bar.value(), bottom - self.area.viewport().height()))


def _label(text: str) -> QLabel:
    label = Label(text)
    label.setProperty("role", "dim")
    label.setFixedSize(LABEL, 24)
    return label
