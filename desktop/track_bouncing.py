"""Bounce in Place and Freeze: the selected track's sound takes the place of its clips and devices."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from desktop.document import Document
from desktop.editing import Editing
from engine.errors import EditError
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Project, Source, Track

BOUNCE, FREEZE, UNFREEZE = "Bounce in place", "Freeze track", "Unfreeze track"


class TrackBouncing(QObject):
    """Renders in the background; the track changes in one undo step when all is there. UI thread only."""

    def __init__(self, document: Document, editing: Editing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._editing = document, editing

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"bounce_in_place": partial(self.render, freeze=False), "freeze_track": self.freeze}

    def freeze(self) -> None:
        """Freezes the selected track, or gives it back what it had."""
        track = self._track()
        if track is not None and track.frozen is not None:
            self._document.apply(UNFREEZE, lambda p: edits.unfreeze_track(p, track.id))
        else:
            self.render(freeze=True)

    def render(self, *, freeze: bool) -> None:
        """Renders the selected track and puts its sound in the place of its clips and devices."""
        from engine.playback.track_bounce import render_track, start_of_track

        document, folder, track = self._document, self._document.folder, self._track()
        if folder is None or track is None:
            return
        before = document.project
        try:
            start = start_of_track(before, track.id)
        except EditError as error:
            document.failed.emit(str(error))
            return

        def operation(context: Context) -> Source:
            document.sounds.render_missing(before, folder, context, {clip.id for _, clip in before.clips()})
            return render_track(before, folder, track.id, context)

        def edit(sound: Source, project: Project) -> Project:
            if project.track(track.id) != track or project.clock != before.clock:
                raise EditError(f"“{track.name}” was changed while it was rendered: try again.")
            return edits.bounce_in_place(project, track.id, sound, self._editing.place(start), freeze=freeze)

        def done(sound: Source) -> None:
            if document.folder == folder:
                document.apply(FREEZE if freeze else BOUNCE, partial(edit, sound))

        document.jobs.submit(f"{FREEZE if freeze else BOUNCE}: {track.name}", operation, done, document.job_failed)

    def _track(self) -> Track | None:
        selected = self._document.selection.track
        return self._document.project.track(selected) if selected else None
