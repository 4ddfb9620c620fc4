"""Tapping the song's tempo: by a key, the menu or the button in the top bar."""

from collections.abc import Callable
from fractions import Fraction
from time import perf_counter

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.transport.tempo_change import TempoChange
from engine.ids import new_id
from engine.timing.tapping import FEWEST, TapTempo


class Tapping(QObject):
    """Sets the tempo that holds at the playhead, or where it was at the first tap. UI thread only.

    All taps in a row are one undo step.
    """

    hint_changed = Signal(str)
    """How the tapping goes, for the status line."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        change: TempoChange,
        now: Callable[[], float] = perf_counter,
        parent: QObject | None = None,
    ) -> None:
        """`now` tells the time in s."""
        super().__init__(parent)
        self._document, self._bridge, self._change, self._now = document, bridge, change, now
        self._taps = TapTempo()
        self._gesture, self._beat = "", Fraction(0)
        document.opened.connect(self._forget)

    def tap(self) -> None:
        """Counts a tap; from the fourth on the tempo is set."""
        if self._document.folder is None:
            return
        tempo = self._taps.tap(self._now())
        if self._taps.count == 1:
            self._gesture = f"tap tempo {new_id()}"
            self._beat = self._document.project.clock.beat_at(self._bridge.position)
        if tempo is None:
            self.hint_changed.emit(f"Tap on, once a quarter note: {self._taps.count} of {FEWEST}")
            return
        self._change.set(tempo, self._gesture, beat=self._beat)
        self.hint_changed.emit(f"Tapped: {float(tempo):.1f} BPM")

    def _forget(self) -> None:
        self._taps = TapTempo()
