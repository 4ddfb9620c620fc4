"""What the window has for composing, built and connected in one place."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCursor

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.composer_bar import ComposerBar
from desktop.generation.composer_places import ComposerCard, FloatingComposer
from desktop.generation.composing import Composing, StartComposer, start_composer
from desktop.generation.controller import Generation
from desktop.icons import ROLE_ICONS, Icons
from desktop.theme import Theme
from desktop.timeline.view import TimelineView
from desktop.widgets.choices import Menu
from desktop.window_actions import Actions
from engine.inference.commission import Change
from engine.inference.compositions import ROLE_TITLES, role_of
from engine.jobs import Job
from engine.music.notes import Note
from engine.project.model import Track

ShowError = Callable[[str, str, Callable[[], object] | None], object]


class ComposerParts(QObject):
    """The `Composing`, its bar over an empty song, and the one at what is selected."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        generation: Generation,
        timeline: TimelineView,
        theme: Theme,
        icons: Icons,
        start: StartComposer = start_composer,
    ) -> None:
        super().__init__()
        self._document, self._generation, self._timeline = document, generation, timeline
        self._icons = icons
        self.composing = Composing(document, bridge, generation, start, self)
        self.card = ComposerCard(self.composing, generation, theme, icons)
        timeline.invitation.set_prompt(self.card)
        self.floating = FloatingComposer(document, self.composing, generation, timeline, theme, icons)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"compose": self.focus, "part_again": self._again, "fill": self._fill_selected}

    def connect_to(self, actions: Actions, show_error: ShowError, generate: Callable[[], object]) -> None:
        """Puts the parts into the window; `generate` asks the model of sound that is chosen."""
        self._show_error = show_error
        self._actions = actions
        self._timeline.menus.add_to_tracks(self._fill_entries)
        self.composing.failed.connect(self._on_failed)
        self.composing.composed.connect(self._show_composed)
        self.card.bar.left.connect(self._to_timeline)
        self.floating.left.connect(self._to_timeline)
        self.floating.bar.verbs.acted.connect(self._to_timeline)
        for bar in (self.card.bar, self.floating.bar):
            bar.generate_requested.connect(lambda bar=bar: self._generate(bar, generate))
            bar.fill_requested.connect(self._fill_selected)
            bar.verbs.verb_requested.connect(lambda name: actions[name].trigger())

    def focus(self) -> None:
        """Puts the keyboard into the bar, wherever it stands."""
        if not self._timeline.invitation.isHidden():
            self.card.bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.card.bar.line.selectAll()
        else:
            self.floating.call()

    def take_theme(self, theme: tuple[Note, ...]) -> None:
        """Lets these notes return in what is composed next, and puts the keyboard into the bar."""
        self._document.select(())
        self.composing.change(theme=theme)
        self.composing.choose(True)
        self.focus()

    def close(self) -> None:
        """Ends the composer; to be called when the jobs have been asked to stop."""
        self.composing.close()

    # inside

    def _generate(self, bar: ComposerBar, generate: Callable[[], object]) -> None:
        clip, part = self._generation.panel.subject, self.composing.subject
        if clip is not None and part is not None:
            self.composing.rework(clip, Change(prompt=self.composing.prompt), f"{part.title} from other words")
        elif bar.composes:
            self._to_timeline()  # the card goes away
            self.composing.compose()
        else:
            self._to_timeline()
            generate()

    def _again(self) -> None:
        clip, part = self._generation.panel.subject, self.composing.subject
        if clip is not None and part is not None:
            self.composing.rework(clip, Change(again=True), f"{part.title} again")
        else:
            self._document.failed.emit("Select one part that the composer wrote, to have it made again.")

    def _fill_selected(self) -> None:
        """Fills the selected track in its role, or lets one be chosen."""
        track_id = self._document.selection.track
        track = self._document.project.track(track_id) if track_id else None
        if track is None:
            self._document.failed.emit("Select the track that is to be filled.")
        elif role := role_of(track):
            self._fill(track.id, role)
        else:
            menu = self.roles_to_fill(track)
            header = self._timeline.headers.header(track.id)
            self._timeline.menus.open(menu, header.mapToGlobal(header.rect().center()) if header else QCursor.pos())

    def roles_to_fill(self, track: Track) -> Menu:
        """A menu of the parts that a track can be filled with."""
        menu = Menu(self._timeline)
        self._add_roles(menu, track)
        return menu

    def _fill_entries(self, menu: Menu, track: Track) -> None:
        """What the menu of a track has of this."""
        if role_of(track):
            menu.addAction(self._actions["fill"])
        self._add_roles(menu.submenu("Fill With"), track)

    def _add_roles(self, menu: Menu, track: Track) -> None:
        for role, title in ROLE_TITLES.items():
            menu.entry(title, partial(self._fill, track.id, role)).setIcon(self._icons.icon(ROLE_ICONS[role]))

    def _fill(self, track_id: str, role: str) -> None:
        self._to_timeline()
        self.composing.fill(track_id, role)

    def _to_timeline(self) -> None:
        self._timeline.setFocus()

    def _show_composed(self, clip_ids: list[str]) -> None:
        """What has come is in view."""
        project, viewport = self._document.project, self._timeline.viewport
        places = [place for clip_id in clip_ids if (place := project.find_clip(clip_id))]
        if not places:
            return
        if len(places) == sum(1 for _ in project.clips()):
            self._timeline.fit()
            return
        viewport.reveal(min(project.start_of(clip) for _, clip in places))
        rows = [row for track, _ in places if (row := self._timeline.canvas.rows.of(track.id))]
        if rows:
            viewport.reveal_y(rows[0].top, min(rows[-1].bottom, rows[0].top + viewport.height))

    def _on_failed(self, sentence: str, job: Job) -> None:
        self._show_error(sentence, "Try Again", lambda: self._document.jobs.retry(job))
