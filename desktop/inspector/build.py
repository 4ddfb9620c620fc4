"""What the window has for looking into sounds: fit and origin of a clip, its spectrogram, and the models."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.docks.loudness_panel import LoudnessPanel
from desktop.docks.spectrogram_panel import SpectrogramPanel
from desktop.docks.spectrum_panel import SpectrumPanel
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.inspector.clip_panel import ClipPanel
from desktop.inspector.fit_section import FitSection
from desktop.inspector.origin_section import OriginSection
from desktop.inspector.tempo_fit import Fitting
from desktop.models.panel import ModelsPanel
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.message_bar import MessageBar


class InspectionParts(QObject):
    """Builds these parts and connects them to the generator."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        generation: Generation,
        fitting: Fitting,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._document = document
        self.fitting = fitting
        self.fit = FitSection(document, self.fitting, theme)
        self.origin = OriginSection(document, lambda: generation.models.inference, theme)
        self.spectrogram = SpectrogramPanel(document, bridge, theme)
        self.loudness = LoudnessPanel(bridge, settings, theme)
        self.spectrum = SpectrumPanel(document, bridge, theme)
        self._metering = QWidget()
        row = QHBoxLayout(self._metering)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.spectrum, 1)
        row.addWidget(self.loudness, 1)
        document.opened.connect(self.loudness.clear)
        self.models = ModelsPanel(generation, document.jobs, settings, theme)

    def connect_to(self, inspector: ClipPanel, right: TabDock, bottom: TabDock, messages: MessageBar) -> None:
        """Puts the parts into the window."""
        self.models.failed.connect(messages.show_message)
        self.models.notice.connect(lambda sentence: messages.show_message(sentence, error=False))
        inspector.add_section(self.fit, self.fit.show_clip)
        inspector.add_section(self.origin, self.origin.show_clip)
        self.origin.outcome_shown.connect(inspector.reveal, Qt.ConnectionType.QueuedConnection)  # when it has its place
        right.add("Models", self.models)
        bottom.add("Spectrogram", self.spectrogram)
        bottom.add("Loudness", self._metering)

    def close(self) -> None:
        """Starts nothing more."""
        self.fitting.close()
