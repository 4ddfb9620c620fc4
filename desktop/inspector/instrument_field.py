"""What plays the notes of the selected clips, and the way to another instrument."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.music.notes import instrument_title
from engine.project.model import DEFAULT_INSTRUMENT, Clip, Project


class InstrumentField:
    """A button with the instrument's name; it opens the list of instruments for the track of the clips."""

    def __init__(self, document: Document, theme: Theme) -> None:
        self._document, self._theme = document, theme
        self._tracks: list[str] = []
        self.widget = QWidget()
        label = Label("Instrument")
        label.setProperty("role", "dim")
        self.button = Button("")
        self.button.setProperty("role", "field")
        self.button.clicked.connect(self._open)
        line = QHBoxLayout(self.widget)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(12)
        line.addWidget(label)
        line.addWidget(self.button)
        line.addStretch(1)

    def show_clips(self, project: Project, clips: list[Clip]) -> None:
        """Shows what plays these clips."""
        chosen = {clip.id for clip in clips}
        tracks = [track for track in project.tracks if any(clip.id in chosen for clip in track.clips)]
        self._tracks = [track.id for track in tracks]
        names = {(track.instrument or DEFAULT_INSTRUMENT).name for track in tracks}
        self.button.setText(instrument_title(names.pop()) if len(names) == 1 else "Several")
        self.button.setEnabled(len(tracks) == 1)
        set_name(self.button, f"Instrument {self.button.text()}")
        set_tooltip(self.button, "Choose what plays the notes of this track  (Ctrl+Shift+I)")

    def _open(self) -> None:
        from desktop.instrument_chooser import InstrumentChooser

        track = self._document.project.track(self._tracks[0]) if self._tracks else None
        if track is not None:
            place = self.button.mapToGlobal(QPoint(0, self.button.height() + 2))
            InstrumentChooser(self._document, self._theme, track, self.widget.window()).open_at(place)
