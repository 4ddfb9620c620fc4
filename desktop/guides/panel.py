"""The tab with a guide: its lanes, where it comes from, and how much of it is heard in the take."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.dialogs.files import ask_file
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.dropped import dropped_files
from desktop.generation.panel_state import PanelState
from desktop.guides import drawing
from desktop.guides.lanes import HINT, TITLES, GuideLanes
from desktop.guides.state import GuideState
from desktop.theme import Theme
from desktop.widgets.choices import Button, Menu
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.jobs import Context
from engine.music.general_midi import MIDI_SUFFIXES
from engine.music.guide import Guide, GuidePart, MelodyNote, line_of
from engine.project.model import Clip
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.analysis.heard_note import HeardNote

QUEUE = "listening"
NOTHING = "Select a clip to draw what its next takes follow; without one, draw it for the next new music."
_TIMES = (".txt", ".csv", ".tsv", ".json")


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard of a clip: of which take, and its notes in seconds from the clip's start."""

    take: str
    notes: tuple[MelodyNote, ...]


class GuidePanel(QWidget):
    """Draws, reads and clears a guide; listens to the take for it. UI thread only."""

    def __init__(self, document: Document, panel: PanelState, theme: Theme, dock: TabDock) -> None:
        """`dock` has it as the tab “Guide”."""
        super().__init__()
        self._document, self._dock = document, dock
        self.state = GuideState(document, panel, self)
        self.lanes = GuideLanes(self.state, theme, self)
        self._heard: _Heard | None = None
        self.setAcceptDrops(True)
        set_name(self, "Guide")
        self.subject = Label()
        self.follows = Label()
        self.follows.setProperty("role", "dim")
        self.take_in = self._button("Take From", "A melody or accents out of a file, or what is heard in the clip")
        self.take_in.clicked.connect(lambda: self._open(self.sources_menu(), self.take_in))
        self.hear = self._button("Hear the Take", "Dots show which notes sound in the clip, to compare with the melody")
        self.hear.clicked.connect(self.listen)
        self.clear_button = self._button("Clear", "Remove the guide, or a part of it")
        self.clear_button.clicked.connect(lambda: self._open(self.clear_menu(), self.clear_button))
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 6)
        head.setSpacing(8)
        for widget in (self.subject, self.follows):
            head.addWidget(widget)
        head.addStretch(1)
        for button in (self.take_in, self.hear, self.clear_button):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.lanes, 1)
        set_tooltip(self.lanes, HINT)
        self.state.changed.connect(self._refresh)
        self.state.refused.connect(document.failed)
        document.selection_changed.connect(self._refresh)
        self._refresh()

    def open(self) -> None:
        """Shows the tab, with the keyboard in the lanes."""
        self._dock.show()
        self._dock.open("Guide")
        self.lanes.setFocus()

    def sources_menu(self) -> Menu:
        """Where a guide can come from."""
        menu, clip = Menu(self.take_in), self.state.clip
        menu.entry("Melody From File…", lambda: self._ask(GuidePart.MELODY))
        menu.entry("Accents From File…", lambda: self._ask(GuidePart.ACCENTS))
        menu.addSeparator()
        for part in (GuidePart.MELODY, GuidePart.CHORDS, GuidePart.ACCENTS):
            entry = menu.entry(f"{TITLES[part]} Heard in the Clip", _later(self.take_from_clip, part))
            entry.setEnabled(clip is not None)
        return menu

    def clear_menu(self) -> Menu:
        """What can be removed."""
        menu, guide = Menu(self.clear_button), self.state.guide
        menu.entry("All", lambda: self.state.write(Guide(), "Clear Guide")).setEnabled(bool(guide))
        menu.addSeparator()
        for part in GuidePart:
            entry = menu.entry(TITLES[part], _later(self.clear, part))
            entry.setEnabled(part in guide.parts)
        return menu

    def clear(self, part: GuidePart) -> None:
        """Removes one part."""
        self.state.write(self.state.guide.without((part,)), f"Clear {TITLES[part]}")

    def read_file(self, path: Path, part: GuidePart) -> None:
        """Reads a melody or accents from a file, at the song's tempo, in the background."""
        tempo = float(self._document.project.clock.tempo_at(self._place()))

        def operation(context: Context) -> Guide:
            from engine.generate import guide_files

            if part is GuidePart.ACCENTS:
                return Guide(accents=guide_files.read_accents(path, tempo))
            if path.suffix.lower() in MIDI_SUFFIXES:
                return Guide(melody=guide_files.read_melody(path, tempo).notes)
            from engine.audio import read_stereo
            from engine.inference.note_hearing_client import hear_notes

            return Guide(melody=_line(hear_notes(read_stereo(path), context).notes))

        self._submit(f"Read “{path.name}” for the guide", operation, part)

    def take_from_clip(self, part: GuidePart) -> None:
        """Hears a part in the selected clip and puts it into the guide."""
        clip, project, folder = self.state.clip, self._document.project, self._document.folder
        if clip is None or folder is None:
            return

        def operation(context: Context) -> Guide:
            from engine.generate import guide_files
            from engine.inference.clip_audio import clip_sound
            from engine.inference.note_hearing_client import hear_notes

            sound = clip_sound(project, folder, clip, context=context)
            if part is GuidePart.CHORDS:
                return Guide(chords=guide_files.chords_of(sound))
            if part is GuidePart.ACCENTS:
                return Guide(accents=guide_files.accents_of(sound))
            return Guide(melody=_line(hear_notes(sound, context).notes))

        self._submit(f"Hear {TITLES[part].lower()} in “{clip.name}”", operation, part)

    def listen(self) -> None:
        """Hears the notes of the clip's take, which become dots."""
        clip, project, folder = self.state.clip, self._document.project, self._document.folder
        if clip is None or folder is None:
            return

        def operation(context: Context) -> tuple[MelodyNote, ...]:
            from engine.inference.clip_audio import clip_sound
            from engine.inference.note_hearing_client import hear_notes

            notes = hear_notes(clip_sound(project, folder, clip, context=context), context).notes
            return tuple(MelodyNote(each.start, each.end - each.start, each.pitch) for each in notes)

        def done(notes: tuple[MelodyNote, ...]) -> None:
            self._heard = _Heard(clip.chosen.id, notes)
            self._refresh()

        self._run(f"Hear the notes of “{clip.name}”", operation, done)

    # inside

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(self._part_of(path) for path in dropped_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for path in dropped_files(event.mimeData()):
            if part := self._part_of(path):
                event.acceptProposedAction()
                self.read_file(path, part)

    @staticmethod
    def _part_of(path: Path) -> GuidePart | None:
        """What a file is taken for: times are accents, MIDI and sound a melody."""
        from engine.audio import suffixes

        suffix = path.suffix.lower()
        if suffix in _TIMES:
            return GuidePart.ACCENTS
        return GuidePart.MELODY if suffix in (*MIDI_SUFFIXES, *suffixes()) else None

    def _ask(self, part: GuidePart) -> None:
        ask_file(self, f"{TITLES[part]} From File", "", lambda path: self.read_file(path, part))

    def _submit(self, title: str, operation: Callable[[Context], Guide], part: GuidePart) -> None:
        clip = self.state.clip
        key = clip.id if clip is not None else None

        def done(found: Guide) -> None:
            shown = self.state.clip
            if (shown.id if shown is not None else None) != key:
                self._document.failed.emit(f"“{title}” is done, but another guide is shown by now: do it again.")
            elif not found:
                self._document.failed.emit(f"No {TITLES[part].lower()} is found there: choose another sound.")
            else:
                self.state.write(drawing.merged(self.state.guide, found), f"Take In {TITLES[part]}")

        self._run(title, operation, done)

    def _run(self, title: str, operation: Callable[[Context], object], done: Callable[[Any], None]) -> None:
        self._document.jobs.submit(title, operation, done, self._document.job_failed, queue=QUEUE)

    def _place(self) -> Position:
        return Position.at_frame(self.state.span.start)

    def _refresh(self) -> None:
        clip, guide = self.state.clip, self.state.guide
        self.subject.setText(clip.name if clip is not None else "New music")
        melody = self._heard if clip is not None and self._heard and self._heard.take == clip.chosen.id else None
        self.lanes.show_heard(melody.notes if melody else ())
        self.follows.setText(_told(guide, melody, clip))
        self.hear.setEnabled(clip is not None)
        self.clear_button.setEnabled(bool(guide))

    def _button(self, text: str, tip: str) -> Button:
        button = Button(text)
        set_name(button, text)
        set_tooltip(button, tip)
        return button

    @staticmethod
    def _open(menu: Menu, button: Button) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))


def _told(guide: Guide, heard: _Heard | None, clip: Clip | None) -> str:
    """What stands beside the subject."""
    share = drawing.followed_share(guide, heard.notes) if heard else None
    if share is not None:
        return f"{share:.0%} of the melody is heard in the take"
    return NOTHING if not guide and clip is None else HINT if not guide else ""


def _line(notes: "Iterable[HeardNote]") -> tuple[MelodyNote, ...]:
    """The highest voice of notes that were heard."""
    return line_of(MelodyNote(each.start, each.end - each.start, each.pitch) for each in notes)


def _later(press: Callable[[GuidePart], object], part: GuidePart) -> Callable[[], object]:
    return lambda: press(part)
