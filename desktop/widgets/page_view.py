"""Shows pages of the program's own, with pictures of its own: nothing else is ever read or opened."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser

_WIDEST = 520  # px of a picture
_MARGIN, _ABOVE_HEADING, _BELOW = 20, 14, 10  # px
_LINE_PERCENT = 125
_PICTURE = "\ufffc"  # what stands for one in the text


class PageView(QTextBrowser):
    """A page of Markdown without HTML; links lead to other pages."""

    page_requested = Signal(str)
    """A link to the page of that name was followed."""

    commands_run = True  # nothing is typed into it

    def __init__(self, pictures: Path) -> None:
        super().__init__()
        self._pictures = pictures
        self.document().setDocumentMargin(_MARGIN)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(self._follow)

    def show_page(self, markdown: str) -> None:
        """Shows a page from its top."""
        self.document().setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownNoHTML)
        block = self.document().begin()
        while block.isValid():
            cursor, form = QTextCursor(block), block.blockFormat()
            form.setTopMargin(_ABOVE_HEADING if form.headingLevel() > 1 else 0)
            form.setBottomMargin(_BELOW)
            if block.text() != _PICTURE:
                form.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.setBlockFormat(form)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.ensureCursorVisible()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the folder, by its plain name; nothing for any other address."""
        text = name.toString() if isinstance(name, QUrl) else name
        path = self._pictures / text
        if path.name != text or path.suffix != ".png" or not path.is_file():
            return None
        image = QImage(str(path))
        return (
            image.scaledToWidth(_WIDEST, Qt.TransformationMode.SmoothTransformation)
            if image.width() > _WIDEST
            else image
        )

    def _follow(self, address: QUrl) -> None:
        text = address.toString()
        if text.endswith(".md"):
            self.page_requested.emit(text.removesuffix(".md"))
