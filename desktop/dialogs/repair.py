"""Which faults of a recording are mended: what was found of each, and a switch."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.dialogs.frame import Dialog
from desktop.theme import Theme
from desktop.widgets.choices import CheckBox
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.plain_text import one_line

FAULTS = {
    "hum": ("Hum", "50 or 60 Hz of the mains, and their multiples"),
    "hiss": ("Hiss", "Steady noise of tape and amplifiers"),
    "clicks": ("Clicks", "Scratches and lost samples"),
    "clipping": ("Clipping", "Peaks that an input cut off"),
    "dc": ("DC offset", "A wave that does not lie around zero"),
}
"""The ids of `engine.analysis.repair.repairing.KINDS`: label and hint of each."""


class RepairDialog(Dialog):
    """Opens at once; what is found is shown when it is known. Calls `repair` with the ids that are switched on."""

    dismissed = Signal()
    """It was closed without an answer."""

    def __init__(
        self, name: str, repair: Callable[[tuple[str, ...]], None], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Repair", theme, parent)
        self._repair = repair
        self._answered = False
        heading, self.state = Label(one_line(name)), Label("Looking for faults …")
        heading.setProperty("role", "heading")
        self.state.setProperty("role", "dim")
        self.state.setWordWrap(True)
        self.body.addWidget(heading)
        self.body.addWidget(self.state)
        rows = QGridLayout()
        rows.setHorizontalSpacing(24)
        rows.setVerticalSpacing(8)
        rows.setColumnStretch(1, 1)
        self.switches: dict[str, CheckBox] = {}
        self.findings: dict[str, Label] = {}
        for row, (fault, (label, hint)) in enumerate(FAULTS.items()):
            switch, finding = CheckBox(label), Label("…")
            set_tooltip(switch, hint)
            set_name(switch, f"Repair {label}")
            switch.setEnabled(False)
            switch.toggled.connect(self._show_ready)
            finding.setProperty("role", "dim")
            finding.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            rows.addWidget(switch, row, 0)
            rows.addWidget(finding, row, 1)
            self.switches[fault], self.findings[fault] = switch, finding
        self.body.addLayout(rows)
        self.body.addStretch(1)
        self.add_button("Cancel", self.close)
        self.repair_button = self.add_button("Repair", self._answer, primary=True)
        self.repair_button.setEnabled(False)
        self.setMinimumWidth(440)

    def show_findings(self, texts: Mapping[str, str]) -> None:
        """Shows what was found, and switches on what can be mended."""
        for fault, switch in self.switches.items():
            text = texts.get(fault)
            self.findings[fault].setText(text or "None found")
            switch.setEnabled(text is not None)
            switch.setChecked(text is not None)
        self.state.setText(
            "The repaired sound becomes a new take; the one that is there stays."
            if texts
            else "Nothing was found that could be mended."
        )
        self._show_ready()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tells that nobody waits any longer."""
        if not self._answered:
            self._answered = True
            self.dismissed.emit()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes it."""
        self.close()

    def _show_ready(self) -> None:
        self.repair_button.setEnabled(any(switch.isChecked() for switch in self.switches.values()))

    def _answer(self) -> None:
        self._answered = True
        chosen = tuple(fault for fault, switch in self.switches.items() if switch.isChecked())
        self.close()
        self._repair(chosen)
