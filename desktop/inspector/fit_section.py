"""How the selected clip fits the song: its tempo and beat, its key, and whether it is stretched to the grid."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.document import Document
from desktop.inspector.tempo_fit import Fitting, stretched_from
from desktop.theme import Theme
from desktop.widgets.choices import Button, CheckBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import set_role
from desktop.widgets.plain import Label, set_tooltip
from engine.analysis.fit import Fit
from engine.project.model import Clip
from engine.project.recorded import was_generated


class FitSection(QWidget):
    """A few lines of the inspector, for one clip at a time."""

    def __init__(self, document: Document, fitting: Fitting, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._fitting = document, fitting
        self._clip: Clip | None = None
        title = Label("Fit")
        title.setProperty("role", "section")
        self.text = ElidedLabel()
        self._fonts = {True: theme.font("medium", bold=True), False: theme.font()}
        self.key = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.stretch = CheckBox("Stretch to the grid")
        set_tooltip(self.stretch, "Bring the sound to the song's tempo, at the same pitch, with its beats on the grid")
        self.stretch.clicked.connect(self._set_stretched)
        self.measure = Button("Measure Beat and Key")
        self.measure.setProperty("role", "field")
        set_tooltip(self.measure, "Listen to the clip and compare it with the song's tempo")
        self.measure.clicked.connect(self._measure)
        set_tooltip(self, "Its tempo → the song's, and how late its beats came: a generated take is moved by that")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (title, self.text, self.key, self.stretch):
            column.addWidget(widget)
        column.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignLeft)
        fitting.changed.connect(self.refresh)

    def show_clip(self, clip: Clip | None) -> None:
        """Shows how `clip` fits; nothing for None."""
        self._clip = clip
        self.refresh()

    def refresh(self) -> None:
        """Shows the clip as it is now."""
        clip = self._clip
        self.setVisible(clip is not None)
        if clip is None:
            return
        fit = self._fitting.fit_of(clip)
        waiting = self._fitting.listening_to(clip)
        stretched = stretched_from(clip.chosen) is not None
        none = "Could not be measured" if self._fitting.failed_for(clip) else "Not measured yet"
        self.text.setText(fit_text(fit, stretched) if fit else "Listening…" if waiting else none)
        self.text.setFont(self._fonts[fit is not None])
        set_role(self.text, "" if fit else "dim")
        self.measure.setText("Measure Again" if self._fitting.failed_for(clip) else "Measure Beat and Key")
        self.key.setText(fit.key_text if fit else "")
        self.key.setVisible(fit is not None)
        if waiting:
            self.measure.clearFocus()
        self.measure.setVisible(fit is None and not waiting)
        generated = was_generated(clip.chosen.provenance)
        with QSignalBlocker(self.stretch):
            self.stretch.setVisible(fit is not None and generated and (stretched or fit.can_stretch))
            self.stretch.setChecked(stretched)

    def _set_stretched(self, on: bool) -> None:
        if self._clip:
            self._fitting.set_stretched(self._clip, on)
            self.refresh()

    def _measure(self) -> None:
        if self._clip:
            self._fitting.listen_to(self._clip)


def fit_text(fit: Fit, stretched: bool) -> str:
    """What was heard: "118.9 → 120.0 BPM, +12 ms"."""
    if stretched and fit.measured_tempo is not None:
        return f"{fit.measured_tempo:.1f} → {fit.tempo:.1f} BPM, stretched"
    return fit.text
