"""What the window has for generating, built and connected in one place."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.generation.clip_actions import ClipActions
from desktop.generation.controller import Generation
from desktop.generation.model_choice import start_inference
from desktop.generation.more_takes import MoreTakes
from desktop.generation.panel import GeneratePanel
from desktop.icons import Icons
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.timeline.view import TimelineView
from desktop.widgets.message_bar import MessageBar
from engine.inference.api import Changed, Inference
from engine.jobs import Job
from engine.project.model import Project

if TYPE_CHECKING:
    from desktop.guides.panel import GuidePanel

ShowError = Callable[[str, str, Callable[[], object] | None], object]
"""Shows a sentence, the text of a button that helps (or ""), and does what the button is for."""


class GenerationParts(QObject):
    """The `Generation` with its panel, and what the menus do with takes."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        settings: Settings,
        theme: Theme,
        icons: Icons,
        key_of: Callable[[Project], str],
        start: Callable[[Changed], Inference] = start_inference,
    ) -> None:
        """`key_of` says the song's key, such as “A minor”; empty while it is not known."""
        super().__init__()
        self.generation = Generation(document, bridge, settings, start, key_of)
        self.more = MoreTakes(document, self.generation)
        self.panel = GeneratePanel(document, self.generation, theme, icons)
        self.clip_actions = ClipActions(document, bridge, self.generation)
        self._document, self._theme = document, theme

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {
            "guide": lambda: self.guide().open(),
            "generate": self.show_panel,
            "more_takes": self.more.make,
            **self.clip_actions.handlers(),
        }

    def guide_in(self, dock: TabDock) -> "Deferred[GuidePanel]":
        """The tab of the guide, in a dock."""

        def build() -> "GuidePanel":
            from desktop.guides.panel import GuidePanel

            return GuidePanel(self._document, self.generation.panel, self._theme, dock)

        self.guide = Deferred(build)
        dock.add("Guide", self.guide)
        return self.guide

    def connect_to(self, dock: TabDock, timeline: TimelineView, messages: MessageBar, show_error: ShowError) -> None:
        """Puts the parts into the window; `show_error` shows what failed, with a button that helps."""
        self._dock = dock
        self._show_error = show_error
        timeline.invitation.offered.connect(lambda offered: self.panel.footer.set_quiet("empty song", offered))
        self.panel.footer.set_quiet("empty song", not timeline.invitation.isHidden())
        self._timeline = timeline
        self._document.coming_changed.connect(self._show_first)
        self.panel.models_requested.connect(lambda: dock.open("Models"))
        self.generation.failed.connect(self._on_failed)
        self.generation.generated.connect(self._show_lanes)
        self.generation.notice.connect(lambda sentence: messages.show_message(sentence, error=False))

    def show_panel(self) -> None:
        """Opens the panel with the keyboard in the prompt."""
        self._dock.show()
        self._dock.open("Generate")
        self.panel.focus_prompt()

    def close(self) -> None:
        """Ends the generator; to be called when the jobs have been asked to stop."""
        self.generation.models.close()

    def _show_first(self) -> None:
        """The whole of the first sound that comes into an empty song is in view."""
        project, coming = self._document.project, self._document.coming
        if coming and not any(track.clips for track in project.tracks):
            end = max(project.clock.frames(each.position) + each.length for each in coming)
            viewport = self._timeline.viewport
            if end > viewport.right:
                viewport.fit(0, end)

    def _show_lanes(self, clip_id: str) -> None:
        """All takes of a clip are in view, if it is in view itself."""
        pair, viewport = self._document.project.find_clip(clip_id), self._timeline.viewport
        row = self._timeline.canvas.rows.of(pair[0].id) if pair else None
        if row is not None and viewport.top < row.top + row.full_height and row.top < viewport.top + viewport.height:
            viewport.reveal_y(row.top, row.top + row.full_height)

    def _on_failed(self, sentence: str, job: Job) -> None:
        """The panel says it where it is seen, unless trying again cannot help; else the bar does."""
        if self._document.moved or not self.panel.isVisible():
            self._show_error(sentence, "Try Again", lambda: self._document.jobs.retry(job))
