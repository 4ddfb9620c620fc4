"""The selected clips of audio, for what listens to sound."""

from desktop.document import Document
from engine.project.model import Clip

NOTES = "This clip holds notes: choose a clip of audio."


def selected_audio(document: Document, otherwise: str = NOTES) -> list[Clip]:
    """The selected clips that play a file; where there are only others, the user is told `otherwise`."""
    chosen = [clip for _, clip in document.project.clips() if clip.id in document.selection.clips]
    clips = [clip for clip in chosen if clip.chosen.source]
    if chosen and not clips:
        document.failed.emit(otherwise)
    return clips
