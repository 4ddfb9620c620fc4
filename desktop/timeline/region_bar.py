"""The small bar at a selected stretch of time: what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.theme import Theme
from desktop.timeline.floating_bar import FloatingBar


class RegionBar(FloatingBar):
    """Loop and Export; `add` puts more in front."""

    loop_requested = Signal()
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName("Selected time")
        self.loop = self.add("Loop Playback", "Play the selected time round and round", last=True)
        self.export = self.add("Export…", "Export the selected time", last=True)
        self.loop.clicked.connect(self.loop_requested)
        self.export.clicked.connect(self.export_requested)

    def add(self, text: str, tip: str, *, last: bool = False) -> QPushButton:
        """A further button, before the others unless `last`."""
        button = self.link(text, tip, f"{text.removesuffix('…')} the selected time")
        if last:
            self.row.addWidget(button)
        else:
            self.row.insertWidget(0, button)
        return button
