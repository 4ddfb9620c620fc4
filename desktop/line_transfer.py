"""Play on Another Instrument: the single line under a clip, its pitch and loudness kept, becomes a new take."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.audio_selection import selected_audio
from desktop.document import Document
from desktop.theme import Theme
from engine.errors import EditError
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take

if TYPE_CHECKING:
    from desktop.dialogs.instrument_choice import InstrumentChoice

QUEUE = "listening"
STEP = "Play on Another Instrument"


class LineTransfer(QObject):
    """Asks for an instrument, and has the selected clip played on it in the background. UI thread only."""

    def __init__(self, document: Document, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._theme, self._window = document, theme, window
        self._last = ""  # the instrument that was chosen last

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"play_on": self.ask_selected}

    def ask_selected(self) -> None:
        """Asks about the first selected clip of audio."""
        if clips := selected_audio(self._document):
            self.ask(clips[0])

    def ask(self, clip: Clip) -> "InstrumentChoice | None":
        """Opens the list of instruments."""
        from desktop.dialogs.instrument_choice import InstrumentChoice
        from engine.analysis.timbre_transfer import timbres

        take, source = clip.chosen, self._document.project.sources.get(clip.chosen.source)
        if self._document.folder is None or source is None:
            return None

        def play(instrument: str) -> None:
            self._last = instrument
            self.play(clip, take, source, instrument)

        families = {name: timbre.family for name, timbre in timbres().items()}
        dialog = InstrumentChoice(clip.name, families, play, self._theme, self._window)
        dialog.choose(self._last)
        dialog.show()
        return dialog

    def play(self, clip: Clip, take: Take, source: Source, instrument: str) -> None:
        """Plays the file of a take on an instrument: a take beside it, which is chosen; one undo step."""
        document, folder = self._document, self._document.folder
        if folder is None:
            return

        def operation(context: Context) -> Source:
            from engine.audio import read_finite
            from engine.inference.transfer_client import played_on
            from engine.project.sources import source_path
            from engine.project.storing import store_sound

            audio = read_finite(source_path(folder, source))
            return store_sound(folder, played_on(audio, instrument, context), f"{source.name} {instrument}")

        def done(new: Source) -> None:
            if document.folder == folder:
                document.apply(STEP, lambda p: with_played_take(p, clip, take, new, instrument))

        document.jobs.submit(
            f"Play “{clip.name}” on {instrument}",
            operation,
            done,
            document.job_failed,
            queue=QUEUE,
            again=lambda: self.play(clip, take, source, instrument),
        )


def with_played_take(p: Project, clip: Clip, take: Take, source: Source, instrument: str) -> Project:
    """The song in which the clip plays `source`, the line on another instrument."""
    if p.find_clip(clip.id) is None:
        raise EditError(f"“{clip.name}” is no longer in the song: its take on {instrument} has no place.")
    name = f"{take.name or clip.name} {instrument}"
    return edits.add_derived_take(p, clip.id, take, source, name, {"played_on": instrument})
