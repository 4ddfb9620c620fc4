"""The row of the Generate panel that gives its words to a live take that is running."""

from dataclasses import replace

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop.generation.controller import Generation
from desktop.generation.live import LiveTakes
from desktop.generation.panel import GeneratePanel
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number
from engine.generate.interface import Settings

BLEND = ValueSpec("Share of the new prompt", 10, 100, 100, 10, 5, lambda v: f"{round(v)} % new", number, 0.5)


class LiveRow(QFrame):
    """Shown while a take runs; Ctrl+Enter in the prompt means it then."""

    def __init__(
        self, live: LiveTakes, generation: Generation, panel: GeneratePanel, theme: Theme, icons: Icons
    ) -> None:
        super().__init__(panel)
        self._live, self._generation, self._panel = live, generation, panel
        self.setProperty("role", "panel")
        dot = Label()
        dot.setPixmap(icons.pixmap("record", 16, theme.live))
        self._playing = ElidedLabel(role="small")
        self.blend = ValueField(
            BLEND, theme, width=QFontMetrics(theme.font("normal")).horizontalAdvance("100 % new") + 28
        )
        set_tooltip(self.blend, "How much of the new prompt; the rest is what plays now")
        self.blend.edited.connect(lambda value, _: self._show_blend(value))
        self.apply = Button("Apply to Live")
        self.apply.setProperty("role", "primary")
        set_tooltip(self.apply, "Let the live take go on with this  (Ctrl+Enter in the prompt)")
        self.apply.clicked.connect(self.press)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(dot)
        first.addWidget(self._playing, 1)
        second.addWidget(self.blend)
        second.addStretch(1)
        second.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(first)
        column.addLayout(second)
        layout = panel.layout()
        assert isinstance(layout, QVBoxLayout)
        self._above = QFrame()
        self._above.setProperty("role", "hline")
        layout.insertWidget(1, self._above)
        layout.insertWidget(2, self)
        for wish in (panel.prompt.generate_requested, panel.negative.returnPressed):
            wish.disconnect(panel.footer.press)
            wish.connect(self._enter)
        generation.panel.inputs_changed.connect(self.refresh)
        live.begun.connect(self.refresh)
        self.refresh()

    @property
    def wished(self) -> Settings | None:
        """What the take would be made with; None without a take."""
        old, new = self._live.settings, self._generation.panel.settings()
        if old is None:
            return None
        share = self.blend.value / 100
        if share >= 1 or old.prompt == new.prompt:
            return new
        return replace(new, blend=((old.prompt, round((1 - share) / share, 3)),))

    def press(self) -> None:
        """Gives the take what the panel says."""
        if inputs := self.wished:
            self._live.apply(inputs)
            self._generation.panel.say_tempo()
            self._generation.panel.remember(self._generation.panel.inputs.prompt)
            self.blend.set_value(BLEND.maximum)
            self.refresh()

    def refresh(self) -> None:
        """Shows what plays, and whether the panel says something else."""
        running, settings = self._live.running, self._live.settings
        self.setVisible(running)
        self._above.setVisible(running)
        self._panel.footer.set_quiet("live", running)
        if running and settings is not None:
            self._playing.setText(f"Live: {settings.prompt or 'no prompt'}")
            self.apply.setEnabled(self.wished != settings)

    def _show_blend(self, value: float) -> None:
        self.blend.set_value(value)
        self.refresh()

    def _enter(self) -> None:
        if self._live.running:
            self.press()
        else:
            self._panel.footer.press()
