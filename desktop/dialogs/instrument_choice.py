"""On which instrument a line is played: a list by families."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from desktop.dialogs.frame import Dialog
from desktop.theme import Theme
from desktop.widgets.choices import list_entry
from desktop.widgets.plain import Label, set_name
from engine.plain_text import one_line


class InstrumentChoice(Dialog):
    """Asks once; calls `play` with the name of the instrument. Escape closes it."""

    def __init__(
        self,
        clip: str,
        families: Mapping[str, str],
        play: Callable[[str], None],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """families: of the instruments by their names, in the order in which they are listed."""
        super().__init__("Play on Another Instrument", theme, parent)
        self._play = play
        heading = Label(one_line(clip))
        heading.setProperty("role", "heading")
        hint = Label("A single line keeps its pitch and loudness. It becomes a new take; the one that is there stays.")
        hint.setProperty("role", "dim")
        hint.setWordWrap(True)
        self.list = QListWidget()
        set_name(self.list, "Instruments")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fill(families)
        self.list.itemActivated.connect(self._answer)
        self.body.addWidget(heading)
        self.body.addWidget(hint)
        self.body.addWidget(self.list, 1)
        self.add_button("Cancel", self.close)
        self.play_button = self.add_button("Play", self._answer, primary=True)
        self.setMinimumSize(360, 560)
        self.list.setFocus()

    def choose(self, name: str) -> None:
        """Marks an instrument."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentRow(row)

    def _fill(self, families: Mapping[str, str]) -> None:
        family = ""
        for name, own in families.items():
            if own != family:
                family = own
                heading = list_entry(family.capitalize())
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                heading.setForeground(self.theme.dim)
                heading.setFont(self.theme.font("small", bold=True))
                self.list.addItem(heading)
            item = list_entry(name.capitalize())
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.list.setCurrentRow(1)

    def _answer(self, item: QListWidgetItem | None = None) -> None:
        name = (item or self.list.currentItem()).data(Qt.ItemDataRole.UserRole)
        if isinstance(name, str):
            self.close()
            self._play(name)
