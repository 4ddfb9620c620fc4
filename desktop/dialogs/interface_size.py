"""How large everything is drawn."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from desktop import interface_size
from desktop.dialogs.frame import Dialog, form, form_label, side_by_side
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.choices import ComboBox
from desktop.widgets.plain import Label, set_name


class InterfaceSizeDialog(Dialog):
    """The choice is kept at once and holds from the next start on, since Qt reads it once."""

    def __init__(self, settings: Settings, smallest: QSize, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Interface Size", theme, parent)
        self._settings = settings
        self.size_box = ComboBox()
        set_name(self.size_box, "Interface size")
        self.size_box.setFixedWidth(144)
        chosen = interface_size.chosen(settings)
        room = (parent.screen() if parent else self.screen()).availableGeometry().size()
        for percent in sorted({*interface_size.fitting(room, smallest), chosen}):
            self.size_box.addItem(f"{percent} %" + (" (usual)" if percent == 100 else ""), percent)
        self.size_box.setCurrentIndex(self.size_box.findData(chosen))
        self.size_box.activated.connect(self._choose)
        hint = Label(
            "Beside the scaling of the system. Sizes at which the window would not fit this screen are left out."
        )
        hint.setProperty("role", "small")
        hint.setWordWrap(True)
        self.state = Label()
        self.state.setProperty("role", "dim")
        self.state.setWordWrap(True)
        self.state.setMinimumHeight(self.state.fontMetrics().lineSpacing() * 2)
        fields = form()
        fields.addRow(form_label("Size"), side_by_side(self.size_box))
        fields.addRow(form_label(""), hint)
        fields.addRow(form_label(""), self.state)
        self.body.addLayout(fields)
        self.add_button("Close", self.close, primary=True)
        self.setMinimumWidth(440)
        self._show_state()

    def _choose(self) -> None:
        self._settings.put(interface_size.SETTING, self.size_box.currentData())
        self._settings.flush()
        self._show_state()

    def _show_state(self) -> None:
        chosen, now = interface_size.chosen(self._settings), interface_size.now()
        same = chosen == now
        self.state.setText("" if same else f"Now {now} %. {chosen} % from the next start of Continuo on.")
