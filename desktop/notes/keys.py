"""What the keyboard does while the notes have it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop.bridge import PlayerBridge
from desktop.notes.session import NONE, NoteSession
from desktop.notes.stage import NoteStage
from desktop.notes.verbs import Verbs
from desktop.view.pointing import ALT, CONTROL, SHIFT

OCTAVE = 12
VELOCITY_STEP = 8


class NoteKeys:
    """Turns keys into edits and moves of the cursor."""

    def __init__(self, session: NoteSession, stage: NoteStage, verbs: Verbs, bridge: PlayerBridge) -> None:
        self._session, self._stage, self._verbs, self._bridge = session, stage, verbs, bridge
        self._plain: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Space: bridge.toggle,
            Qt.Key.Key_L: bridge.toggle_loop,
            Qt.Key.Key_K: lambda: bridge.set_metronome(not bridge.metronome),
            Qt.Key.Key_Delete: verbs.delete,
            Qt.Key.Key_Backspace: verbs.delete,
            Qt.Key.Key_Return: verbs.toggle_at_cursor,
            Qt.Key.Key_Enter: verbs.toggle_at_cursor,
            Qt.Key.Key_Insert: verbs.toggle_at_cursor,
            Qt.Key.Key_Q: verbs.quantise,
            Qt.Key.Key_H: verbs.humanise,
            Qt.Key.Key_T: verbs.legato,
            Qt.Key.Key_S: verbs.split,
            Qt.Key.Key_A: verbs.accent,
            Qt.Key.Key_P: self._toggle_pencil,
            Qt.Key.Key_F: lambda: session.change(fold=not session.settings.fold),
            Qt.Key.Key_G: lambda: session.change(ghosts=not session.settings.ghosts),
            Qt.Key.Key_Home: lambda: self._to_end(first=True),
            Qt.Key.Key_PageUp: lambda: session.step_clip(-1),
            Qt.Key.Key_PageDown: lambda: session.step_clip(1),
            Qt.Key.Key_End: lambda: self._to_end(first=False),
        }
        self._with_shift: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Q: lambda: verbs.quantise(ends=True),
            Qt.Key.Key_H: verbs.straighten,
            Qt.Key.Key_A: verbs.flam,
            Qt.Key.Key_F: verbs.fill_bar,
            Qt.Key.Key_R: verbs.writing.again,
            Qt.Key.Key_V: verbs.writing.vary,
            Qt.Key.Key_G: verbs.writing.go_on,
            Qt.Key.Key_T: verbs.writing.choose_theme,
        }
        self._with_control: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_A: session.choose_all,
            Qt.Key.Key_D: verbs.duplicate,
            Qt.Key.Key_C: verbs.copy,
            Qt.Key.Key_X: verbs.cut,
            Qt.Key.Key_V: verbs.paste,
        }

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; says whether it meant something here."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & (SHIFT | CONTROL | ALT)
        if self._session.clip is None:
            return False
        if key in _ARROWS:
            self._arrow(*_ARROWS[key], modifiers)
            return True
        if key == Qt.Key.Key_Escape:
            if not self._session.chosen_count:
                return False
            self._session.choose(NONE)
            return True
        if modifiers == CONTROL | SHIFT and key == Qt.Key.Key_A:
            self._session.choose(NONE)
            return True
        tables: dict[Qt.KeyboardModifier, dict[Qt.Key, Callable[[], object]]]
        tables = {Qt.KeyboardModifier.NoModifier: self._plain, SHIFT: self._with_shift, CONTROL: self._with_control}
        run = tables.get(modifiers, {}).get(key)
        if run is None:
            return False
        run()
        return True

    # inside

    def _arrow(self, right: int, up: int, modifiers: Qt.KeyboardModifier) -> None:
        verbs, session = self._verbs, self._session
        shift = bool(modifiers & SHIFT)
        if modifiers & CONTROL:
            self._step_note(right or -up, add=shift)
        elif not session.chosen_count:
            self._move_cursor(right, up * (OCTAVE if shift and not session.is_drums else 1))
        elif modifiers & ALT and right:
            verbs.lengthen(right, fine=shift)
        elif modifiers & ALT:
            verbs.louder(up * (1 if shift else VELOCITY_STEP))
        elif right:
            verbs.nudge(right, fine=shift)
        elif shift and not session.is_drums:
            verbs.transpose(up * OCTAVE)
        else:
            verbs.step_rows(up)

    def _move_cursor(self, right: int, up: int) -> None:
        session, stage = self._session, self._stage
        beat, pitch = stage.cursor
        start, end = session.cell(session.frame(beat))
        if right > 0:
            beat = end
        elif right < 0:
            beat = start - session.step(start) if beat == start else start
            beat = session.cell(session.frame(max(beat, -session.origin)))[0]
        stage.set_cursor(beat, session.rows.stepped(pitch, up))

    def _step_note(self, direction: int, *, add: bool) -> None:
        """Chooses the note after (or before) the last one that is chosen, else the one next to the cursor."""
        session, stage = self._session, self._stage
        notes = session.notes
        order = sorted(range(len(notes)), key=lambda i: (notes[i].start, notes[i].pitch))
        if not order:
            return
        places = [place for place, i in enumerate(order) if i in session.chosen]
        if places:
            place = (places[-1] if direction > 0 else places[0]) + direction
        else:
            before = [i for i in order if notes[i].start < stage.cursor[0]]
            place = len(before) if direction > 0 else len(before) - 1
        note = order[min(max(place, 0), len(order) - 1)]
        if add:
            session.choose(session.chosen | {note}, session.chosen_beside())
        else:
            session.choose(frozenset({note}))
        stage.set_cursor(notes[note].start, notes[note].pitch)

    def _to_end(self, *, first: bool) -> None:
        start, end = self._session.bounds()
        frame = start if first else max(end - 1, start)
        self._stage.set_cursor(self._session.cell(frame)[0], self._stage.cursor[1])

    def _toggle_pencil(self) -> None:
        session = self._session
        session.change(**{"drum_pencil" if session.is_drums else "pencil": not session.pencil})


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
"""Steps to the right and up."""
