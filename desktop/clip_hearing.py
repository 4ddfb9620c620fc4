"""What listens to selected clips of audio: notes, chords, sections, drums apart, lines on other instruments, repair."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.drum_separation import DrumSeparation
from desktop.form_hearing import FormHearing
from desktop.line_transfer import LineTransfer
from desktop.note_conversion import NoteConversion
from desktop.repairing import Repairing
from desktop.theme import Theme


def hearing_handlers(document: Document, theme: Theme, parent: QWidget) -> dict[str, Callable[[], object]]:
    """The handlers by the ids of their actions."""
    return {
        **NoteConversion(document, parent).handlers(),
        **FormHearing(document, parent).handlers(),
        **DrumSeparation(document, parent).handlers(),
        **LineTransfer(document, theme, parent).handlers(),
        **Repairing(document, theme, parent).handlers(),
    }
