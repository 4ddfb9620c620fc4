"""The manual, read in a window of the program, offline."""

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QWidget

from desktop import manual_pages
from desktop.dialogs.frame import Dialog
from desktop.keymap import Keymap
from desktop.theme import Theme
from desktop.widgets.page_view import PageView
from engine import paths


class ManualDialog(Dialog):
    """The list of pages at the left, the page at the right."""

    def __init__(self, page: str, keymap: Keymap, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Manual", theme, parent)
        self._keymap = keymap
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages of the manual")
        self.pages.setFixedWidth(220)
        self.pages.setSpacing(2)
        for name in manual_pages.PAGES:
            self.pages.addItem(manual_pages.title(name))
        self.view = PageView(paths.resources() / "screenshots")
        self.view.setAccessibleName("Page of the manual")
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.pages)
        columns.addWidget(self.view, 1)
        self.body.addLayout(columns, 1)
        self.add_button("Close", self.close, primary=True)
        self.pages.currentRowChanged.connect(self._show_row)
        self.view.page_requested.connect(self.open_page)
        self.open_page(page)
        self.resize(960, 680)
        self.view.setFocus()

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return manual_pages.PAGES[self.pages.currentRow()]

    def open_page(self, name: str) -> None:
        """Shows the page of that name; the first where there is none."""
        self.pages.setCurrentRow(manual_pages.PAGES.index(name) if name in manual_pages.PAGES else 0)

    def _show_row(self, row: int) -> None:
        self.view.show_page(manual_pages.markdown(manual_pages.PAGES[row], self._keymap))
