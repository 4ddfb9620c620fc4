"""Step input: notes that are played go in at the note editor's cursor, one grid step after another."""

from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from engine.ids import new_id
from engine.playback.midi_events import MidiReport
from engine.project import note_edits
from engine.project.model import NoteEvent

NO_CLIP = "Step input: open a clip of notes in the editor first."


class StepInput(QObject):
    """Keys that are down together become a chord; the cursor moves on when the last of them goes up. UI thread."""

    notice = Signal(str)
    """A sentence on what is missing."""

    def __init__(self, session: NoteSession, stage: NoteStage, bridge: PlayerBridge) -> None:
        super().__init__()
        self._session, self._stage, self._bridge = session, stage, bridge
        self.on = False
        self._down: set[tuple[str, int, int]] = set()
        self._chord: tuple[Fraction, Fraction] | None = None  # from and up to which its notes last
        self._step = ""
        bridge.midi_received.connect(self._take)

    def set_on(self, on: bool) -> None:
        """Switches it."""
        self.on = on
        self._down.clear()
        self._chord = None
        if on and self._session.clip is None:
            self.notice.emit(NO_CLIP)

    def _take(self, report: MidiReport) -> None:
        if not self.on or self._session.clip is None or self._bridge.playing:
            return
        for event in report.events:
            key = event.port, event.channel, event.first
            if event.starts:
                if not self._down:
                    self._chord = self._session.cell(self._session.frame(self._stage.cursor[0]))
                    self._step = f"step {new_id()}"
                self._down.add(key)
                self._add(event.first, event.second)
            elif event.ends and key in self._down:
                self._down.discard(key)
                if not self._down:
                    self._move_on()

    def _add(self, pitch: int, velocity: int) -> None:
        if self._chord is None:
            return
        session = self._session
        start, end = self._chord
        same = frozenset(i for i, n in enumerate(session.real_notes) if n.start == start and n.pitch == pitch)
        if same:  # the note that is there is played anew
            notes = note_edits.set_velocity(session.real_notes, same, velocity)
            session.apply("Step input", notes, same, self._step)
            return
        notes, chosen = note_edits.add(session.real_notes, NoteEvent(start, end - start, pitch, velocity))
        session.apply("Step input", notes, chosen, self._step)
        self._stage.set_cursor(start, pitch)

    def _move_on(self) -> None:
        if self._chord is not None:
            self._stage.set_cursor(self._chord[1], self._stage.cursor[1])
            self._chord = None
