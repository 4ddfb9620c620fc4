"""What a user agrees to before a model is fetched: its size and its licence."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from desktop.dialogs.frame import Dialog
from desktop.models.listing import size_text
from desktop.theme import Theme
from desktop.widgets.choices import CheckBox
from desktop.widgets.plain import Label

if TYPE_CHECKING:
    from engine.generate.install import Plan


class ConsentDialog(Dialog):
    """Asks once; `agreed` is called when the user agreed. Nothing has been fetched until then."""

    def __init__(self, plan: "Plan", agreed: Callable[[], object], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(f"Add {plan.name}", theme, parent, modal=True)
        self._agreed = agreed
        title = Label(f"Add {plan.name}?")
        title.setProperty("role", "title")
        self.body.addWidget(title)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        left = plan.bytes - plan.present
        fetched = size_text(left) + (f" of {size_text(plan.bytes)}, the rest is there already" if plan.present else "")
        for name, value in (
            ("From", plan.repo or str(plan.folder)),
            ("To fetch", fetched if plan.asks_consent else "nothing, it stays where it is"),
            ("Memory", f"about {size_text(plan.memory_needed)}"),
            ("Licence", plan.licence + (f" ({plan.terms})" if plan.terms else "")),
        ):
            label, text = Label(name), Label(value)
            label.setProperty("role", "dim")
            text.setWordWrap(True)
            form.addRow(label, text)
        self.body.addLayout(form)
        if not plan.commercial:
            warning = Label("What this model makes must not be used commercially. Its clips and exports are marked.")
            warning.setWordWrap(True)
            warning.setStyleSheet(f"color: {theme.warning.name()};")
            self.body.addWidget(warning)
        self.consent = CheckBox("I accept this licence")
        self.consent.toggled.connect(self._consented)
        self.body.addWidget(self.consent)
        self.add_button("Cancel", self.close)
        self.fetch = self.add_button(f"Fetch {size_text(left)}" if left else "Add", self._agree, primary=True)
        self.fetch.setEnabled(False)
        self.setMinimumWidth(440)

    def _consented(self, on: bool) -> None:
        self.fetch.setEnabled(on)

    def _agree(self) -> None:
        self._agreed()
        self.close()
