"""Shows pages of the program's own, with pictures of its own: nothing else is ever read or opened."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

_WIDEST = 640  # px of a picture


class PageView(QTextBrowser):
    """A page of Markdown without HTML; links lead to other pages."""

    page_requested = Signal(str)
    """A link to the page of that name was followed."""

    commands_run = True  # nothing is typed into it

    def __init__(self, pictures: Path) -> None:
        super().__init__()
        self._pictures = pictures
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(self._follow)

    def show_page(self, markdown: str) -> None:
        """Shows a page from its top."""
        self.document().setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownNoHTML)
        self.verticalScrollBar().setValue(0)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the folder, by its plain name; nothing for any other address."""
        text = name.toString() if isinstance(name, QUrl) else name
        path = self._pictures / text
        if path.name != text or path.suffix != ".png" or not path.is_file():
            return None
        image = QImage(str(path))
        return image.scaledToWidth(_WIDEST) if image.width() > _WIDEST else image

    def _follow(self, address: QUrl) -> None:
        text = address.toString()
        if text.endswith(".md"):
            self.page_requested.emit(text.removesuffix(".md"))
