"""What is heard in the selected clip of audio, in words: a line of the inspector."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.browser.sound_library import SEARCHING, SoundLibrary
from desktop.document import Document
from desktop.widgets.choices import Button
from desktop.widgets.layouts import set_role
from desktop.widgets.plain import Label, set_tooltip
from engine.jobs import Context
from engine.project.model import Clip

if TYPE_CHECKING:
    from engine.analysis.library.portrait import Portrait

NOTHING = "Nothing clear"


class CaptionSection(QWidget):
    """The words that the library knows for a clip's file; a button has it listened to where it knows none."""

    def __init__(self, document: Document, library: SoundLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._library = document, library
        self._clip: Clip | None = None
        self._captions: dict[str, str] = {}  # by source; empty where nothing is known yet
        title = Label("Sounds like")
        title.setProperty("role", "section")
        self.text = Label()
        self.text.setWordWrap(True)
        self.text.setAccessibleName("Sounds like")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.describe = Button("Describe")
        self.describe.setProperty("role", "field")
        set_tooltip(self.describe, "Listen to the clip, and say in words what is heard")
        self.describe.clicked.connect(self._describe)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(self.text)
        column.addWidget(self.describe, 0, Qt.AlignmentFlag.AlignLeft)
        document.opened.connect(self._captions.clear)
        library.indexing_changed.connect(self._on_indexing)

    def show_clip(self, clip: Clip | None) -> None:
        """Shows what is heard in `clip`; nothing for None and for notes."""
        self._clip = clip if clip and clip.chosen.source in self._document.project.sources else None
        self.setVisible(self._clip is not None)
        if self._clip is None:
            return
        source = self._clip.chosen.source
        if source not in self._captions:
            self._captions[source] = ""
            self._look_up(source)
        self._show()

    def _show(self) -> None:
        if self._clip is None:
            return
        caption = self._captions.get(self._clip.chosen.source, "")
        self.text.setText(caption)
        set_role(self.text, "dim" if caption == NOTHING else "")
        self.text.setVisible(bool(caption))
        self.describe.setVisible(not caption)

    def _look_up(self, source_id: str) -> None:
        folder, project = self._document.folder, self._document.project
        source = project.sources[source_id]
        if folder is None or source.growing:
            return

        def operation(_: Context) -> str:
            from engine.analysis.library.database import Library, library_path
            from engine.project.sources import source_path

            if not library_path().exists():
                return ""
            with Library(library_path()) as library:
                entry = library.entry(str(source_path(folder, source)))
            return _words(entry.portrait) if entry and entry.portrait else ""

        def done(caption: str) -> None:
            if caption:
                self._keep(source_id, caption)

        self._document.jobs.submit("Look a sound up", operation, done, lambda _: None, queue=SEARCHING, passing=True)

    def _describe(self) -> None:
        clip, folder, project = self._clip, self._document.folder, self._document.project
        if clip is None or folder is None:
            return

        def operation(context: Context) -> str:
            from engine.inference.clip_audio import clip_sound
            from engine.inference.library import described

            return _words(described(clip_sound(project, folder, clip, context=context), context))

        def failed(sentence: str) -> None:
            self.describe.setEnabled(True)
            if sentence:
                self._document.failed.emit(sentence)

        def done(caption: str) -> None:
            self.describe.setEnabled(True)
            self._keep(clip.chosen.source, caption)

        self.describe.setEnabled(False)
        title = f"Listen to “{clip.name}”"
        self._document.jobs.submit(title, operation, done, failed, queue="listening")

    def _keep(self, source: str, caption: str) -> None:
        self._captions[source] = caption
        self._show()

    def _on_indexing(self, busy: bool) -> None:
        if not busy:
            for source in [source for source, caption in self._captions.items() if not caption]:
                del self._captions[source]
            self.show_clip(self._clip)


def _words(portrait: "Portrait") -> str:
    from engine.analysis.library.portrait import caption_of

    return caption_of(portrait) or NOTHING
