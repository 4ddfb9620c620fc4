"""The Loudness tab: the spectrum of what is heard, and the loudness over time."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.docks.loudness_history import LoudnessRecorder
from desktop.docks.loudness_panel import LoudnessPanel
from desktop.docks.spectrum_panel import SpectrumPanel
from desktop.document import Document
from desktop.settings import Settings
from desktop.theme import Theme


class MeteringPanel(QWidget):
    """Spectrum and loudness side by side."""

    def __init__(
        self, document: Document, bridge: PlayerBridge, recorder: LoudnessRecorder, settings: Settings, theme: Theme
    ) -> None:
        super().__init__()
        self.spectrum = SpectrumPanel(document, bridge, theme)
        self.loudness = LoudnessPanel(recorder, settings, theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.spectrum, 1)
        row.addWidget(self.loudness, 1)
