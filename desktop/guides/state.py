"""The guide that is shown: of the selected clip, in the song's history, or for new music."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from desktop.generation.panel_state import PanelState
from engine.music.guide import Guide
from engine.project import edits
from engine.project.model import Clip, Project


@dataclass(frozen=True, slots=True)
class Span:
    """What the guide lies over. start: frame of the song; seconds: its length."""

    start: int
    seconds: float


class GuideState(QObject):
    """Reads and writes the shown guide. UI thread only."""

    changed = Signal()
    """Another guide is shown, or it lies over another span."""

    refused = Signal(str)
    """A sentence on why something typed is none."""

    def __init__(self, document: Document, panel: PanelState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._panel = document, panel
        self._shown: tuple[Guide, Span] | None = None
        panel.inputs_changed.connect(self._look)
        document.changed.connect(self._look)
        document.selection_changed.connect(self._look)

    @property
    def clip(self) -> Clip | None:
        """The clip whose guide is shown; None: that of new music."""
        return self._panel.subject

    @property
    def project(self) -> Project:
        """The song."""
        return self._document.project

    @property
    def guide(self) -> Guide:
        """The shown guide, in seconds from the beginning of the clip, or of the new music."""
        return self._panel.shown_guide

    @property
    def span(self) -> Span:
        """What it lies over; what is said after its end holds for what goes on from there."""
        clip, project = self.clip, self.project
        if clip is not None:
            return Span(project.clock.frames(clip.position), clip.length / project.rate)
        start = self._panel.place_of_new
        return Span(project.clock.frames(start), self._panel.inputs.frames(project, start) / project.rate)

    def write(self, guide: Guide, name: str, merge: str | None = None) -> None:
        """Shows another guide; for a clip as a step of the song's history, with others of the same `merge` as one."""
        clip = self.clip
        if guide == self.guide:
            return
        if clip is None:
            self._panel.change(guide=guide)
            return
        values = self._panel.stored_guide(clip, guide).to_values()
        step = f"{merge} {clip.id}" if merge else None
        self._document.apply(name, lambda p: edits.set_guide(p, clip.id, values), merge=step)

    def _look(self) -> None:
        shown = self.guide, self.span
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()
