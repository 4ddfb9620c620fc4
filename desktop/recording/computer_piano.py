"""The computer's keys as a piano, where no MIDI keyboard is at hand."""

from time import perf_counter

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop import keyboard
from desktop.bridge import PlayerBridge
from engine.playback.midi_events import COMPUTER_KEYBOARD, NOTE_OFF, NOTE_ON, MidiEvent

_WHITE_AND_BLACK = "AWSEDFTGYHUJKOLP"
KEYS = {Qt.Key(ord(letter)): semitones for semitones, letter in enumerate(_WHITE_AND_BLACK)}
"""Which keys play, and how many semitones above C: the two rows from A on, as in other programs."""
OCTAVES = {Qt.Key.Key_Z: -1, Qt.Key.Key_X: 1}
VELOCITIES = {Qt.Key.Key_C: -16, Qt.Key.Key_V: 16}
LOWEST, HIGHEST = 0, 9
HELP = "A to P play, with the black keys on the row above; Z and X go an octave down and up, C and V softer and louder"


class ComputerPiano(QObject):
    """While it is on, it takes these keys before the window's commands do; a focused editor keeps its own."""

    changed = Signal()
    """It was switched, or plays in another octave or with another velocity."""

    def __init__(self, bridge: PlayerBridge, window: QMainWindow) -> None:
        super().__init__(window)
        self._bridge, self._window = bridge, window
        self.on = False
        self.octave = 4
        """Of its C: 60 is the C of octave 4."""
        self.velocity = 100
        self._down: dict[int, int] = {}  # by key: the pitch that it plays

    def set_on(self, on: bool) -> None:
        """Switches it."""
        application = QApplication.instance()
        if on == self.on or application is None:
            return
        self.on = on
        if on:
            application.installEventFilter(self)
        else:
            application.removeEventFilter(self)
            self.release()
        self.changed.emit()

    def release(self) -> None:
        """Ends the notes of keys that are down."""
        for pitch in self._down.values():
            self._play(NOTE_OFF, pitch, 0)
        self._down.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress or kind == QEvent.Type.KeyRelease or kind == QEvent.Type.ShortcutOverride:
            return isinstance(event, QKeyEvent) and self._key(event, kind)
        if kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self.release()
        return False

    # inside

    def _key(self, event: QKeyEvent, kind: QEvent.Type) -> bool:
        """Plays a key, unless it is another's; says whether nobody else may have it."""
        key = Qt.Key(event.key())
        if kind == QEvent.Type.KeyRelease:
            if event.isAutoRepeat() or key not in self._down:
                return key in self._down
            self._play(NOTE_OFF, self._down.pop(key), 0)
            return True
        ours = key in KEYS or key in OCTAVES or key in VELOCITIES
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not ours or modifiers != Qt.KeyboardModifier.NoModifier or self._belongs_elsewhere():
            return False
        event.accept()
        if kind == QEvent.Type.ShortcutOverride or event.isAutoRepeat():
            return True  # the press itself follows
        if key in KEYS:
            self._press(key, 12 * (self.octave + 1) + KEYS[key])
        else:
            self.octave = min(max(self.octave + OCTAVES.get(key, 0), LOWEST), HIGHEST)
            self.velocity = min(max(self.velocity + VELOCITIES.get(key, 0), 4), 127)
            self.changed.emit()
        return True

    def _belongs_elsewhere(self) -> bool:
        focused = QApplication.focusWidget()
        return keyboard.is_editor(focused) or (focused is not None and focused.window() is not self._window)

    def _press(self, key: Qt.Key, pitch: int) -> None:
        if pitch > 127 or key in self._down:
            return
        self._down[key] = pitch
        self._play(NOTE_ON, pitch, self.velocity)

    def _play(self, status: int, pitch: int, velocity: int) -> None:
        self._bridge.play_midi(MidiEvent(perf_counter(), COMPUTER_KEYBOARD, status, pitch, velocity))
