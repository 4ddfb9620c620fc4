"""Files and clips of audio dropped onto notes: on a row of the drum grid as its pad, else as the instrument."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.dropped import dropped_files
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.view.pointing import let_take_sound
from engine.audio import suffixes
from engine.ids import new_id
from engine.jobs import Context, Job
from engine.project import edits
from engine.project.model import DEFAULT_INSTRUMENT, Instrument

_MOVES = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class SampleDrops(QObject):
    """Watches the widgets whose rows are those of a stage. UI thread."""

    hint_changed = Signal(str)
    row_entered = Signal(int)
    """The pitch under a file that is being dragged; −1 when it is gone."""

    def __init__(self, session: NoteSession, stage: NoteStage, widgets: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._stage = session, stage
        for widget in widgets:
            let_take_sound(widget)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes what is dragged over the rows."""
        if event.type() == QEvent.Type.DragLeave:
            self._leave()
            return True
        if not isinstance(event, QDropEvent) or self._session.clip is None:
            return False
        files = [path for path in dropped_files(event.mimeData()) if path.suffix.lower() in suffixes()]
        if len(files) != 1:
            return False
        pitch = self._stage.pitch_at(event.position().y())
        event.acceptProposedAction()
        if event.type() in _MOVES:
            name = self._session.rows.name(pitch)
            on = (
                f"play it as “{name}”"
                if self._session.is_drums
                else f"play it as the instrument, at its pitch on {name}"
            )
            self.hint_changed.emit(f"Drop: {on}")
            self.row_entered.emit(pitch)
        else:
            self._leave()
            self.drop(files[0], pitch)
        return True

    def drop(self, path: Path, pitch: int) -> Job | None:
        """Lets a row of the drum grid, or the track, be played by a file; one undo step."""
        from engine.inference.sampler import instrument_of_file, with_pad

        session, track = self._session, self._session.track
        if track is None:
            return None
        document, row = session.document, session.rows.name(pitch)
        content = session.content
        kit = (content.instrument if content else None) or track.instrument or DEFAULT_INSTRUMENT
        make: Callable[[Context], Instrument]
        if session.is_drums:
            title, make = f"“{path.stem}” as {row}", lambda context: with_pad(kit, path, pitch, context)
        else:
            title, make = f"Play “{path.stem}”", lambda context: instrument_of_file(path, pitch, context)
        step, track_id = new_id(), track.id

        def done(instrument: Instrument) -> None:
            if document.project.track(track_id) is None:
                return
            if document.apply(title, lambda p: edits.set_instrument(p, track_id, instrument), merge=step):
                document.history.close_step()

        return document.jobs.submit(title, make, done, document.job_failed)

    def _leave(self) -> None:
        self.hint_changed.emit("")
        self.row_entered.emit(-1)
