"""The menu of a track's input: notes or sound, which channels, and whether they are heard."""

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.recording.inputs import Kind, Monitoring, TrackInputs
from desktop.widgets.choices import Menu

CHANNELS = 8
"""Inputs that are offered, one by one and in pairs."""
MONITORING = {
    Monitoring.OFF: "Off",
    Monitoring.AUTO: "Auto: Unless the Song Only Plays",
    Monitoring.ON: "On",
}


class InputMenu(QObject):
    """UI thread."""

    def __init__(self, document: Document, inputs: TrackInputs, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._inputs, self._parent = document, inputs, parent

    def show(self, track_id: str, place: QPoint) -> None:
        """Shows the menu of a track at a place of the screen."""
        if menu := self.menu(track_id):
            menu.popup(place)

    def menu(self, track_id: str) -> Menu | None:
        """The menu of a track; None where it is gone."""
        track = self._document.project.track(track_id)
        if track is None:
            return None
        menu, choice, inputs = Menu(self._parent), self._inputs.of(track_id), self._inputs
        sound = inputs.records_sound(track)

        def add(to: Menu, title: str, checked: bool, **values: object) -> None:
            action = to.entry(title, lambda: inputs.choose(track_id, **values))
            action.setCheckable(True)
            action.setChecked(checked)

        add(menu, "Automatic: by What the Track Holds", choice.kind is Kind.AUTO, kind=Kind.AUTO)
        add(menu, "Notes over MIDI", choice.kind is Kind.NOTES, kind=Kind.NOTES)
        menu.addSeparator()
        for first in range(0, CHANNELS, 2):
            for channels in ((first,), (first + 1,), (first, first + 1)):
                numbers = "–".join(str(channel + 1) for channel in channels)
                title = f"Input {numbers}" if len(channels) == 1 else f"Inputs {numbers}, Stereo"
                add(menu, title, sound and choice.channels == channels, kind=Kind.AUDIO, channels=channels)
        menu.addSeparator()
        monitoring = menu.submenu("Monitoring")
        for mode, title in MONITORING.items():
            add(monitoring, title, choice.monitoring is mode, monitoring=mode)
        return menu
