"""What is done with a clip that is there: continue it live, make parts of it anew and compare; built for one window."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject

from desktop.actions import Actions, Needs
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.anew import Anew
from desktop.generation.centre import Generation
from desktop.generation.live import LiveTakes
from desktop.generation.live_controls import LiveControls
from desktop.generation.live_row import LiveRow
from desktop.generation.panel import GeneratePanel
from desktop.generation.review import Review
from desktop.generation.review_bar import ReviewBar
from desktop.icons import Icons
from desktop.songs import Songs
from desktop.theme import Theme
from desktop.timeline.view import TimelineView
from desktop.transport.top_bar import TopBar
from desktop.widgets.choices import Menu
from desktop.widgets.message_bar import MessageBar
from desktop.window import MainWindow
from engine.project.model import Clip

BARS = (1, 2, 4, 8)
STRENGTHS = (("Subtle", 0.3), ("Medium", 0.5), ("Strong", 0.75))
USUAL_BARS, USUAL_STRENGTH = 4, 0.5


class Flows(QObject):
    """Live takes, parts made anew and their review. UI thread only."""

    def __init__(self, document: Document, bridge: PlayerBridge, generation: Generation) -> None:
        super().__init__()
        self._document, self._generation = document, generation
        self.live = LiveTakes(document, bridge, generation, self)
        self.anew = Anew(document, generation, self)
        self.review = Review(document, bridge, self)
        self.anew.answered.connect(self.review.take)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        anew, review = self.anew, self.review
        return {
            "continue_live": self.live.toggle,
            "regenerate": anew.regenerate,
            "extend_left": lambda: self._on_clip(partial(anew.extend, bars=USUAL_BARS, left=True)),
            "extend_right": lambda: self._on_clip(partial(anew.extend, bars=USUAL_BARS, left=False)),
            "vary": lambda: self._on_clip(partial(anew.vary, strength=USUAL_STRENGTH)),
            "make_loop": lambda: self._on_clip(anew.close_loop),
            "compare": review.compare,
            "accept": review.accept,
            "discard": review.give_up,
        }

    def needs(self) -> Iterator[tuple[Needs, bool]]:
        """Which of the actions' needs are met."""
        yield Needs.CLIP_OR_LIVE, bool(self._document.selection.clips) or self.live.running
        yield Needs.PART, self.anew.target() is not None
        yield Needs.REVIEW, self.review.running

    def connect_to(
        self,
        window: MainWindow,
        bridge: PlayerBridge,
        timeline: TimelineView,
        top_bar: TopBar,
        messages: MessageBar,
        songs: Songs,
        actions: Actions,
        theme: Theme,
        icons: Icons,
        panel: GeneratePanel,
        refresh: Callable[[], object],
        show_error: Callable[[str], object],
    ) -> None:
        """Puts the parts into the window; `refresh` looks at the actions' needs again."""
        self._actions, self._messages = actions, messages
        self.controls = LiveControls(self.live, window, timeline, top_bar, theme, icons)
        self.live_row = LiveRow(self.live, self._generation, panel, theme, icons)
        self.review_bar = ReviewBar(self.review, timeline, theme)
        self._regenerate = timeline.region_bar.add("Regenerate", actions["regenerate"].toolTip())
        self._regenerate.clicked.connect(self.anew.regenerate)
        timeline.menus.making = self._fill
        timeline.canvas.pointer.keys.number = self.review.choose
        timeline.canvas.stage.extend = self.anew.extend_by
        songs.settle = self.live.settle
        songs.making_live = lambda: self.live.running
        self.live.sealed.connect(timeline.canvas.peaks.keep_picture)
        self.live.failed.connect(show_error)
        self.live.notice.connect(lambda sentence: messages.show_message(sentence, error=False))
        bridge.held.connect(self._say_held)
        self._document.selection_changed.connect(self._show_needs)
        self.live.begun.connect(refresh)
        self.review.changed.connect(refresh)

    # inside

    def _show_needs(self) -> None:
        self._regenerate.setEnabled(self.anew.target() is not None)

    def _say_held(self, sentence: str) -> None:
        """A live take says itself that it is waited for."""
        if self.live.look is None:
            self._messages.show_message(sentence, error=False)

    def _on_clip(self, ask: Callable[[str], object]) -> None:
        """Asks for the first selected clip."""
        chosen = self._document.selection.clips
        first = next((clip.id for _, clip in self._document.project.clips() if clip.id in chosen), None)
        if first is not None:
            ask(first)

    def _fill(self, menu: Menu, clip: Clip) -> None:
        """What a clip's own menu offers."""
        anew = self.anew
        menu.addAction(self._actions["continue_live"])
        menu.addAction(self._actions["regenerate"])
        for title, left in (("Extend Left", True), ("Extend Right", False)):
            bars = menu.submenu(title)
            for count in BARS:
                text = f"{count} Bar{'s' if count > 1 else ''}"
                bars.entry(text, partial(anew.extend, clip.id, count, left=left))
        strengths = menu.submenu("Variation")
        for title, strength in STRENGTHS:
            strengths.entry(title, partial(anew.vary, clip.id, strength))
        menu.entry("Make Seamless", partial(anew.close_loop, clip.id))
        menu.addSeparator()
