"""The browser's parts, and how they hang together."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.audio_selection import selected_audio
from desktop.bridge import PlayerBridge
from desktop.browser.sound_audition import SoundAudition
from desktop.browser.sound_library import SoundLibrary
from desktop.deferred import Deferred
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.generation.panel_inputs import parameters
from desktop.generation.panel_state import PanelState
from desktop.generation.prompt_sounds import LibraryFile, PromptSounds
from desktop.icons import Icons
from desktop.theme import Theme
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip

if TYPE_CHECKING:
    from desktop.browser.caption_section import CaptionSection
    from desktop.browser.panel import BrowserPanel
    from engine.analysis.library.database import Entry
    from engine.analysis.library.portrait import Portrait
    from engine.analysis.library.search import Match

TAB = "Browser"
NEAREST = 3
"""How many sounds of the library become reference audio."""
NAMING = "listening"
"""The queue of the job that listens to a clip for its name."""


class BrowserParts(QObject):
    """Finding sounds, and naming clips by what is heard. UI thread only."""

    def __init__(
        self, document: Document, bridge: PlayerBridge, theme: Theme, icons: Icons, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.library = SoundLibrary(document, self)
        self.audition = SoundAudition(document, bridge, self)
        self._theme, self._icons = theme, icons
        self.panel = Deferred(self._build_panel)
        self.panel.when_built(lambda panel: panel.like_requested.connect(self._find_like_file))
        self.caption = Deferred(self._build_caption)
        document.opened.connect(self._on_opened)

    def _build_caption(self) -> "CaptionSection":
        from desktop.browser.caption_section import CaptionSection

        return CaptionSection(self._document, self.library)

    def _build_panel(self) -> "BrowserPanel":
        from desktop.browser.panel import BrowserPanel

        return BrowserPanel(self.library, self.audition, self._theme, self._icons)

    def connect_to(self, dock: TabDock, put: Callable[[list[Path]], object]) -> None:
        """Puts the panel into a dock, and takes what puts files into the song at the playhead."""
        dock.add(TAB, self.panel)
        self._dock = dock
        self.panel.when_built(lambda panel: panel.import_requested.connect(put))

    def connect_to_panel(self, panel: PanelState, show: Callable[[], object]) -> None:
        """Lets sounds become the reference audio of the Generate panel, which `show` brings to view."""
        sounds = panel.sounds
        sounds.nearest_requested.connect(
            lambda parameter: self.refer_to_nearest(sounds, parameter, panel.inputs.prompt)
        )

        def refer(entries: "list[Entry]") -> None:
            show()
            parameter = next((each for each in parameters(panel.shown_capabilities) if each.kind == "audio"), None)
            if parameter is None:
                self._document.failed.emit("The chosen model takes no reference audio: choose another one.")
                return
            sounds.take_files(parameter.name, [LibraryFile(Path(each.file.path), each.file.title) for each in entries])

        self.panel.when_built(lambda browser: browser.reference_requested.connect(refer))

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"browser": self.open, "find_like": self.find_like_clip, "name_by_sound": self.name_clips}

    def open(self) -> None:
        """Shows the panel, with the search field ready to be written in."""
        self._dock.open(TAB)
        self.panel().words.setFocus()

    def find_like_clip(self) -> None:
        """Searches for sounds like the first selected clip of audio."""
        clip = next(iter(selected_audio(self._document)), None)
        folder, project = self._document.folder, self._document.project
        if clip is None or folder is None:
            return

        def describe(context: Context) -> "Portrait":
            from engine.inference.clip_audio import clip_sound
            from engine.inference.library import described

            return described(clip_sound(project, folder, clip, context=context), context)

        self._dock.open(TAB)
        self.library.search_like(clip.name, describe)

    def refer_to_nearest(self, sounds: PromptSounds, parameter: str, words: str) -> None:
        """Makes the sounds that fit `words` best the reference audio."""
        if not words.strip():
            self._document.failed.emit("Write a prompt first: the sounds that fit it best become the reference audio.")
            return

        def found(matches: "list[Match]") -> None:
            if not matches:
                self._document.failed.emit("The library is empty: add a folder of sounds in the Browser first.")
                return
            sounds.take_files(
                parameter, [LibraryFile(Path(match.entry.file.path), match.entry.file.title) for match in matches]
            )

        self.library.find_nearest(words, NEAREST, found)

    def name_clips(self) -> None:
        """Names the selected clips of audio, and their tracks (`name_heard`), by what is heard, each an undo step."""
        for clip in selected_audio(self._document):
            self._name(clip)

    def _name(self, clip: Clip) -> None:
        document = self._document
        folder, project = document.folder, document.project
        if folder is None:
            return

        def operation(context: Context) -> str:
            from engine.analysis.library.portrait import caption_of
            from engine.inference.clip_audio import clip_sound
            from engine.inference.library import described

            return caption_of(described(clip_sound(project, folder, clip, context=context), context))

        def done(caption: str) -> None:
            if not caption:
                document.failed.emit(f"Nothing in “{clip.name}” is clear enough to be named by.")
            elif document.folder == folder and document.project.find_clip(clip.id):
                document.apply("Name by what is heard", lambda p: edits.name_heard(p, clip.id, caption))

        title = f"Listen to “{clip.name}”"
        document.jobs.submit(title, operation, done, document.job_failed, queue=NAMING, again=lambda: self._name(clip))

    def _on_opened(self, *_: object) -> None:
        if (panel := self.panel.built) and panel.was_shown:
            self.library.update()

    def _find_like_file(self, entry: "Entry") -> None:
        portrait = entry.portrait
        if portrait is not None:
            self.library.search_like(entry.file.title, lambda _: portrait, entry.file.path)
