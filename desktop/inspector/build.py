"""What the window has for looking into sounds: fit and origin of a clip, its spectrogram, and the models."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.docks.loudness_history import LoudnessRecorder
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.icons import Icons
from desktop.inspector.tempo_fit import Fitting
from desktop.keymap import Keymap
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from desktop.browser.caption_section import CaptionSection
    from desktop.docks.metering import MeteringPanel
    from desktop.docks.spectrogram_panel import SpectrogramPanel
    from desktop.inspector.clip_panel import ClipPanel
    from desktop.inspector.fit_section import FitSection
    from desktop.inspector.origin_section import OriginSection
    from desktop.models.panel import ModelsPanel


class InspectionParts(QObject):
    """Builds these parts and connects them to the generator."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        generation: Generation,
        fitting: Fitting,
        settings: Settings,
        keymap: Keymap,
        theme: Theme,
        icons: Icons,
        caption: "Deferred[CaptionSection]",
    ) -> None:
        """`caption` says what is heard in a clip, as a part of the Clip tab."""
        super().__init__()
        self._document, self._bridge, self._generation = document, bridge, generation
        self._settings, self._keymap, self._theme, self._icons = settings, keymap, theme, icons
        self._caption = caption
        self.fitting = fitting
        self.loudness = LoudnessRecorder(bridge, self)
        document.opened.connect(self.loudness.clear)
        self.clip_panel = Deferred(self._build_clip_panel)
        self._sections: tuple[FitSection, OriginSection] | None = None
        self.spectrogram = Deferred(self._build_spectrogram)
        self.metering = Deferred(self._build_metering)
        self.models = Deferred(self._build_models)

    def connect_to(self, right: TabDock, bottom: TabDock, messages: MessageBar) -> None:
        """Puts the parts into the window."""

        def connect_models(models: "ModelsPanel") -> None:
            models.failed.connect(messages.show_message)
            models.notice.connect(lambda sentence: messages.show_message(sentence, error=False))

        self.models.when_built(connect_models)
        right.add("Clip", self.clip_panel)
        right.add("Models", self.models)
        bottom.add("Spectrogram", self.spectrogram)
        bottom.add("Loudness", self.metering)

    def fit(self) -> "FitSection":
        """How the selected clip fits the song: a part of the Clip tab, which is built with it."""
        self.clip_panel()
        assert self._sections is not None
        return self._sections[0]

    def origin(self) -> "OriginSection":
        """What made the selected clip: a part of the Clip tab, which is built with it."""
        self.clip_panel()
        assert self._sections is not None
        return self._sections[1]

    def close(self) -> None:
        """Starts nothing more."""
        self.fitting.close()

    def _build_clip_panel(self) -> "ClipPanel":
        from desktop.inspector.clip_panel import ClipPanel
        from desktop.inspector.fit_section import FitSection
        from desktop.inspector.origin_section import OriginSection

        panel = ClipPanel(self._document, self._keymap, self._theme, self._icons)
        fit = FitSection(self._document, self.fitting, self._theme)
        origin = OriginSection(self._document, lambda: self._generation.models.inference, self._theme)
        self._sections = fit, origin
        for section in (fit, origin, self._caption()):
            panel.add_section(section, section.show_clip)
        panel.refresh()
        origin.outcome_shown.connect(panel.reveal, Qt.ConnectionType.QueuedConnection)  # when it has its place
        return panel

    def _build_spectrogram(self) -> "SpectrogramPanel":
        from desktop.docks.spectrogram_panel import SpectrogramPanel

        return SpectrogramPanel(self._document, self._bridge, self._theme)

    def _build_metering(self) -> "MeteringPanel":
        from desktop.docks.metering import MeteringPanel

        return MeteringPanel(self._document, self._bridge, self.loudness, self._settings, self._theme)

    def _build_models(self) -> "ModelsPanel":
        from desktop.models.panel import ModelsPanel

        return ModelsPanel(self._generation, self._document.jobs, self._settings, self._theme)
