"""Consolidate: the selected clips, or what of them lies in the selected time, become one audio clip a track."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.document import Document
from desktop.editing import Editing
from desktop.track_bouncing import TrackBouncing
from engine.errors import EditError
from engine.jobs import Context
from engine.project.model import Project, Source

if TYPE_CHECKING:
    from engine.playback.consolidation import Together

TITLE = "Consolidate"


class Consolidating(QObject):
    """Renders in the background; the clips are replaced in one undo step when all is there. UI thread only.

    Also offers what does the same to a whole track (`TrackBouncing`).
    """

    def __init__(self, document: Document, editing: Editing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._editing = document, editing
        self._tracks = TrackBouncing(document, editing, self)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"consolidate": self.consolidate, "flatten": self.flatten, **self._tracks.handlers()}

    def flatten(self) -> None:
        """Keeps only what is heard of the selected clips' takes; where one has a comp they become a file."""
        project = self._document.project
        pairs = [project.find_clip(clip_id) for clip_id in self._document.selection.clips]
        if any(pair and pair[1].comp for pair in pairs):
            self.consolidate()
        else:
            self._editing.flatten()

    def consolidate(self) -> None:
        """Consolidates what is selected."""
        from engine.playback.consolidation import render, together

        document, folder, region = self._document, self._document.folder, self._document.selection.region
        if folder is None:
            return
        cut, ids = self._editing.selected_parts()
        try:
            groups = together(document.project, cut, ids, region)
        except EditError as error:
            document.failed.emit(str(error))
            return
        if not groups:
            return

        def operation(context: Context) -> list[Source]:
            document.sounds.render_missing(cut, folder, context, set(ids))
            return [render(cut, folder, group, context) for group in groups]

        def done(sources: list[Source]) -> None:
            if document.folder == folder:
                self._replace(groups, sources)

        document.jobs.submit(TITLE, operation, done, document.job_failed)

    def _replace(self, groups: "list[Together]", sources: list[Source]) -> None:
        from engine.playback.consolidation import consolidated

        ids: list[str] = []

        def edit(project: Project) -> Project:
            for group, source in zip(groups, sources, strict=True):
                project, clip_id = consolidated(project, group, source, self._editing.place(group.start))
                ids.append(clip_id)
            return project

        if self._document.apply(TITLE, edit):
            self._document.select(ids)
