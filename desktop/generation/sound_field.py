"""The field of a parameter that is a sound: what was chosen, a menu to choose from, and a cross."""

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics

from desktop.dialogs.files import ask_file
from desktop.generation.prompt_sounds import PromptSounds
from desktop.icons import Icons
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, Menu
from desktop.widgets.layouts import row
from desktop.widgets.plain import elided, set_name, set_tooltip
from engine.generate.interface import Parameter

NOTHING = "Choose Audio…"
TIP = "Reference audio: the music becomes like it"
WIDTH = 168  # px


class SoundField:
    """The widget of one parameter of the kind “audio”."""

    def __init__(self, parameter: Parameter, sounds: PromptSounds, icons: Icons) -> None:
        self.parameter, self._sounds = parameter, sounds
        self.button = Button(NOTHING)
        self.button.setProperty("role", "field")
        set_name(self.button, parameter.label)
        self.button.setFixedWidth(WIDTH)
        self.button.clicked.connect(self._offer)
        self.cross = IconButton(icons, "x", "Use no reference", size=14)
        self.cross.clicked.connect(lambda: sounds.clear(parameter.name))
        self.widget = row(self.button, self.cross, spacing=4)
        self.show_value(None)

    def show_value(self, value: Any) -> None:
        """Shows what is chosen; the sounds know it, so `value` is not looked at."""
        chosen = self._sounds.chosen(self.parameter.name)
        text = NOTHING
        if chosen:
            text = chosen.name if chosen.sound is not None else f"Reading {chosen.name}"
        room = WIDTH - 24
        shown = elided(QFontMetrics(self.button.font()), text, Qt.TextElideMode.ElideMiddle, room)
        self.button.setText(shown)
        set_tooltip(
            self.button,
            f"{text}: the reference for what is made" if chosen else TIP,
        )
        self.cross.setVisible(chosen is not None)

    def menu(self) -> Menu:
        """What can be chosen."""
        name, sounds = self.parameter.name, self._sounds
        menu = Menu(self.button)
        menu.entry("Selected Clip or Time", lambda: sounds.take_selection(name))
        menu.entry("File…", self._ask)
        menu.entry("Nearest Sounds of the Library", lambda: sounds.nearest_requested.emit(name))
        chosen = sounds.chosen(name)
        if chosen and len(chosen.files) > 1:
            menu.addSeparator()
            for file in chosen.files:
                menu.entry(f"Leave Out “{file.title}”", partial(sounds.leave_out, name, file))
        return menu

    def _ask(self) -> None:
        name = self.parameter.name
        ask_file(
            self.button,
            TIP,
            "",
            lambda path: self._sounds.take_file(name, path),
        )

    def _offer(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 2)))
