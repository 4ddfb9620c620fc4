"""The Editor tab, built and connected in one place."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.document import Document
from desktop.icons import Icons
from desktop.settings import Settings
from desktop.status_line import StatusLine
from desktop.theme import Theme
from desktop.timeline.view import TimelineView
from engine.music.notes import Note

if TYPE_CHECKING:
    from desktop.editors import Editors
    from engine.playback.note_sound import NotePlayer


def deferred_editors(
    document: Document, bridge: PlayerBridge, settings: Settings, timeline: TimelineView, warm: "NotePlayer",
    theme: Theme, icons: Icons,
) -> "Deferred[Editors]":  # fmt: skip
    """The editors of clips, which snap to the timeline's grid; `warm` plays a part to nobody (see `NoteWarming`)."""

    def build() -> "Editors":
        from desktop.editors import Editors

        editors = Editors(document, bridge, settings, timeline.canvas.peaks, warm, theme, icons)
        editors.audio.set_grid(timeline.grid)
        timeline.grid_changed.connect(editors.audio.set_grid)
        return editors

    return Deferred(build)


def connect_editors(
    editors: "Deferred[Editors]", status: StatusLine, take_theme: Callable[[tuple[Note, ...]], object]
) -> None:
    """Shows hints in the status line; `take_theme` takes notes that shall return in what is composed."""

    def connect(built: "Editors") -> None:
        built.hint_changed.connect(status.show_hint)
        built.notes.writing.theme_chosen.connect(take_theme)

    editors.when_built(connect)
