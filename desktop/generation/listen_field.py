"""The field that says which tracks the music shall fit, for models that listen to others."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics

from desktop.document import Document
from desktop.generation.panel_inputs import ALL_TRACKS, PanelInputs
from desktop.generation.panel_state import PanelState
from desktop.widgets.choices import Button, Menu
from desktop.widgets.plain import elided, set_name, set_tooltip
from engine.project.model import ChannelKind, Project

NOTHING, ALONE, ALL = "Nothing: a Whole Mix", "Nothing: a Part Alone", "All Other Tracks"
TIP = "Which tracks the music shall fit: what is made plays along with them"
WIDTH = 168  # px


class ListenField:
    """A button with a menu of the song's tracks, each of which can be chosen and taken away."""

    def __init__(self, document: Document, panel: PanelState) -> None:
        self._document, self._panel = document, panel
        self.button = Button(NOTHING)
        self.button.setProperty("role", "field")
        set_name(self.button, "Listen to")
        self.button.setFixedWidth(WIDTH)
        self.button.clicked.connect(self._offer)
        self.refresh()

    def refresh(self) -> None:
        """Shows what is chosen."""
        text = shown(self._panel.inputs, self._document.project)
        metrics = QFontMetrics(self.button.font())
        self.button.setText(elided(metrics, text, Qt.TextElideMode.ElideRight, WIDTH - 24))
        set_tooltip(self.button, f"{text}. {TIP}")

    def menu(self) -> Menu:
        """What can be chosen."""
        menu, inputs, panel = Menu(self.button), self._panel.inputs, self._panel
        for title, listen, alone in ((NOTHING, (), False), (ALONE, (), True), (ALL, ALL_TRACKS, False)):
            entry = menu.entry(title, partial(panel.change, listen=listen, alone=alone))
            entry.setCheckable(True)
            entry.setChecked(inputs.listen == listen and (bool(listen) or inputs.alone == alone))
        tracks = [track for track in self._document.project.tracks if track.kind is ChannelKind.AUDIO]
        if tracks:
            menu.addSeparator()
        for track in tracks:
            entry = menu.entry(track.name, partial(self._turn, track.id))
            entry.setCheckable(True)
            entry.setChecked(track.id in inputs.listen)
        return menu

    def _turn(self, track_id: str) -> None:
        """Listens to a track as well, or to it no more."""
        chosen = tuple(each for each in self._panel.inputs.listen if each not in ALL_TRACKS)
        listen = tuple(each for each in chosen if each != track_id) if track_id in chosen else (*chosen, track_id)
        self._panel.change(listen=listen, alone=False)

    def _offer(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 2)))


def shown(inputs: PanelInputs, project: Project) -> str:
    """What is chosen, in words: “Drums, Bass”."""
    if inputs.listen == ALL_TRACKS:
        return ALL
    names = [track.name for track in project.tracks if track.id in inputs.listen]
    return ", ".join(names) if names else ALONE if inputs.alone else NOTHING
