"""What is done with a clip that is there: continue it live, make parts of it anew and compare; built for one window."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from desktop.actions import Needs
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.generation.inpainting import Inpainting
from desktop.generation.live import LiveTakes
from desktop.generation.live_controls import LiveControls
from desktop.generation.live_row import LiveRow
from desktop.generation.panel import GeneratePanel
from desktop.generation.review import Review
from desktop.generation.review_bar import ReviewBar
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline.menu_actions import ActionTable
from desktop.timeline.view import TimelineView
from desktop.transport.top_bar import TopBar
from desktop.widgets.choices import Menu
from desktop.window import MainWindow
from engine.project.model import Clip

BARS = (1, 2, 4, 8)
STRENGTHS = (("Subtle", 0.3), ("Medium", 0.5), ("Strong", 0.75))
USUAL_BARS, USUAL_STRENGTH = 4, 0.5


class ClipActions(QObject):
    """Live takes, parts made anew and their review. UI thread only."""

    def __init__(self, document: Document, bridge: PlayerBridge, generation: Generation) -> None:
        super().__init__()
        self._document = document
        self.live = LiveTakes(document, bridge, generation, self)
        self.inpainting = Inpainting(document, generation, self)
        self.review = Review(document, bridge, self)
        self.inpainting.answered.connect(self.review.take)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        inpainting, review = self.inpainting, self.review
        return {
            "continue_live": self.live.toggle,
            "regenerate": inpainting.regenerate,
            "extend_left": lambda: self._on_clip(partial(inpainting.extend, bars=USUAL_BARS, left=True)),
            "extend_right": lambda: self._on_clip(partial(inpainting.extend, bars=USUAL_BARS, left=False)),
            "vary": lambda: self._on_clip(partial(inpainting.vary, strength=USUAL_STRENGTH)),
            "make_loop": lambda: self._on_clip(inpainting.close_loop),
            "compare": review.compare,
            "accept": review.accept,
            "discard": review.give_up,
        }

    def needs(self) -> Iterator[tuple[Needs, bool]]:
        """Which of the actions' needs are met."""
        yield Needs.CLIP_OR_LIVE, bool(self._document.selection.clips) or self.live.running
        yield Needs.PART, self.inpainting.target() is not None
        yield Needs.REVIEW, self.review.running

    # the timeline's tools, see `ClipTools`

    extends = True

    def extend(self, clip_id: str, frames: int, left: bool) -> None:
        """Makes so many frames more of a clip: before its start, or after its end."""
        self.inpainting.extend_by(clip_id, frames, left)

    def fill_menu(self, menu: Menu, clip: Clip, actions: ActionTable | None) -> None:
        """Adds to a clip's menu what the generator can do with it."""
        inpainting = self.inpainting
        for action_id in ("continue_live", "regenerate"):
            if actions:
                menu.addAction(actions[action_id])
        for title, left in (("Extend Left", True), ("Extend Right", False)):
            bars = menu.submenu(title)
            for count in BARS:
                text = f"{count} Bar{'s' if count > 1 else ''}"
                bars.entry(text, partial(inpainting.extend, clip.id, count, left=left))
        strengths = menu.submenu("Variation")
        for title, strength in STRENGTHS:
            strengths.entry(title, partial(inpainting.vary, clip.id, strength))
        menu.entry("Make Seamless", partial(inpainting.close_loop, clip.id))
        menu.addSeparator()

    def choose_candidate(self, number: int) -> bool:
        """Chooses among the candidates of a review, by a digit; False where none runs."""
        return self.review.choose(number)

    def stop_live(self) -> bool:
        """Ends the live take, as Escape does; False where none runs."""
        running = self.live.running
        if running:
            self.live.stop()
        return running

    # inside

    def _on_clip(self, ask: Callable[[str], object]) -> None:
        """Asks for the first selected clip."""
        chosen = self._document.selection.clips
        first = next((clip.id for _, clip in self._document.project.clips() if clip.id in chosen), None)
        if first is not None:
            ask(first)


class ClipActionWidgets(QObject):
    """What the window shows of the actions: the live take, the prompt for it, and the review."""

    def __init__(
        self,
        clip_actions: ClipActions,
        document: Document,
        generation: Generation,
        window: MainWindow,
        timeline: TimelineView,
        top_bar: TopBar,
        panel: GeneratePanel,
        regenerate: QAction,
        theme: Theme,
        icons: Icons,
    ) -> None:
        """`regenerate`: the program's action, which the bar of a selected region offers as a button."""
        super().__init__(window)
        self._inpainting = clip_actions.inpainting
        self.controls = LiveControls(clip_actions.live, clip_actions, window, timeline, top_bar, theme, icons)
        self.live_row = LiveRow(clip_actions.live, generation, panel, theme, icons)
        self.review_bar = ReviewBar(clip_actions.review, timeline, theme)
        self._regenerate = timeline.region_bar.add("Regenerate", regenerate.toolTip())
        self._regenerate.clicked.connect(clip_actions.inpainting.regenerate)
        document.selection_changed.connect(self._show_regenerate)

    def _show_regenerate(self) -> None:
        self._regenerate.setEnabled(self._inpainting.target() is not None)
