"""What can be done with a selected clip, as buttons in the composer bar: its own part, or its sound."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.generation.composing import Composing
from desktop.generation.controller import Generation
from desktop.icons import ROLE_ICONS, Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button, Menu
from desktop.widgets.plain import set_name, set_tooltip
from engine.inference.commission import Change
from engine.inference.compositions import ROLE_TITLES, Composition
from engine.music.notes import instrument_title
from engine.project.model import Clip

SHARES = (("Subtle", 0.25), ("Medium", 0.5), ("Strong", 0.75))
LONGEST_MENU = 24  # instruments
_LETTERS = "ABCDEFGHI"  # of arrangements


class ComposerVerbs(QWidget):
    """Buttons for the clip that the bar shows; `verb_requested` names what is done with a clip of sound."""

    acted = Signal()
    """A part is worked on, or all play other takes: what comes of it is chosen by the timeline's keys."""
    verb_requested = Signal(str)
    """The id of an action of the window: “vary”, “extend_right”, “make_loop”, “continue_live”, “regenerate”."""

    def __init__(
        self, composing: Composing, generation: Generation, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._composing, self._generation, self._icons = composing, generation, icons
        self._short = False
        self.again = self._button("Again", "Other notes for this part; all others stay as they are", self._again)
        self.vary = self._button("Vary", "Other notes in some of its bars", self._vary)
        self.instrument = self._button("Instrument", "The same notes on another instrument", self._instrument)
        self.sound: dict[str, Button] = {
            name: self._button(text, tip, partial(self.verb_requested.emit, name))
            for name, text, tip in (
                ("vary", "Vary", "The clip, a little different"),
                ("extend_right", "Extend", "Four more bars after the clip"),
                ("make_loop", "Loop", "Its end leads into its start"),
            )
        }
        self.live = self._button(
            "Continue", "Go on from its end while it plays, with the model of sound that is chosen",
            partial(self.verb_requested.emit, "continue_live"),
        )  # fmt: skip
        self.arrangements = self._button("A", "Which take all parts play together", self._arrangements)
        self.menu = IconButton(icons, "dots-three-vertical", "More to do with this clip", size=16)
        self.menu.clicked.connect(lambda: self._pop(self.menu, self.whole_menu()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for each in (
            self.again, self.vary, self.instrument, *self.sound.values(), self.live, self.arrangements, self.menu,
        ):  # fmt: skip
            row.addWidget(each)

    def set_short(self, short: bool) -> None:
        """Leaves all but the first verb to the menu where there is little room."""
        self._short = short
        self.refresh()

    def refresh(self) -> None:
        """Shows the verbs of the selected clip."""
        composing = self._composing
        part, clip = composing.subject, self._generation.panel.subject
        piece = composing.piece
        count = composing.arrangements(piece) if piece else 0
        self.again.setVisible(part is not None)
        for each in (self.vary, self.instrument):
            each.setVisible(part is not None and not self._short)
        for each in self.sound.values():
            each.setVisible(clip is not None and part is None and not self._short)
        self.live.setVisible(clip is not None and (not self._short or part is None))
        self.arrangements.setVisible(count > 1)
        if piece is not None:
            played = composing.arrangement(piece)
            alike = played is not None and played < len(_LETTERS)
            self.arrangements.setText(f"All: {_LETTERS[played or 0]}" if alike else "All parts")
        self.menu.setVisible(clip is not None or piece is not None)
        self.live.setVisible(clip is not None and (not self._short or part is None))

    def instruments_menu(self) -> Menu:
        """The instruments that can play the selected part."""
        menu = Menu(self)
        self._fill_instruments(menu)
        return menu

    def vary_menu(self) -> Menu:
        """How much of the selected part shall be other notes."""
        menu = Menu(self)
        self._fill_vary(menu)
        return menu

    def arrangements_menu(self) -> Menu:
        """The takes that all parts can play together."""
        menu = Menu(self)
        self._fill_arrangements(menu)
        return menu

    def whole_menu(self) -> Menu:
        """Everything that can be done with the clip."""
        menu = Menu(self)
        part, piece = self._composing.subject, self._composing.piece
        if part is not None:
            menu.entry("Again", self._again)
            self._fill_vary(menu.submenu("Vary"))
            self._fill_instruments(menu.submenu("Other Instrument"))
            menu.addSeparator()
        if piece is not None:
            self._fill_added(menu.submenu("Add Part"))
            if self._composing.arrangements(piece) > 1:
                self._fill_arrangements(menu.submenu("All Parts Play"))
            menu.addSeparator()
        if self._generation.panel.subject is not None:
            for name, text in (
                ("continue_live", "Continue Live"), ("extend_right", "Extend by 4 Bars"), ("vary", "Vary the Sound"),
                ("make_loop", "Make Seamless"),
            ):  # fmt: skip
                menu.entry(text, partial(self.verb_requested.emit, name))
            models = menu.submenu("Model of Sound")
            for info in self._generation.models.shelf.usable:
                if info.id != "composer":
                    entry = models.entry(info.name, partial(self._take_model, info.id))
                    entry.setCheckable(True)
                    entry.setChecked(self._generation.panel.shown_model.name == info.id)
        return menu

    def added_menu(self) -> Menu:
        """The parts that the piece lacks."""
        menu = Menu(self)
        self._fill_added(menu)
        return menu

    # inside

    def _button(self, text: str, tip: str, press: Callable[[], object]) -> Button:
        button = Button(text)
        button.setProperty("role", "link")
        set_tooltip(button, tip)
        set_name(button, text)
        button.clicked.connect(lambda: press())
        return button

    def _clip(self) -> Clip | None:
        return self._generation.panel.subject

    def _again(self) -> None:
        if (clip := self._clip()) and (part := self._composing.subject):
            self._composing.rework(clip, Change(again=True), f"{part.title} again")
            self.acted.emit()

    def _vary(self) -> None:
        self._pop(self.vary, self.vary_menu())

    def _fill_vary(self, menu: Menu) -> None:
        for name, share in SHARES:
            menu.entry(f"{name}: {round(share * 4)} of every 4 bars", partial(self._varied, share))

    def _varied(self, share: float) -> None:
        if (clip := self._clip()) and (part := self._composing.subject):
            self._composing.rework(clip, Change(share=share), f"Vary {part.title.lower()}")
            self.acted.emit()

    def _instrument(self) -> None:
        self._pop(self.instrument, self.instruments_menu())

    def _fill_instruments(self, menu: Menu) -> None:
        from engine.inference.reworking import instruments_of

        clip = self._clip()
        for name in instruments_of(clip)[:LONGEST_MENU] if clip else ():
            menu.entry(instrument_title(name), partial(self._played_on, name))

    def _played_on(self, instrument: str) -> None:
        if (clip := self._clip()) and (part := self._composing.subject):
            self._composing.rework(clip, Change(instrument=instrument), f"{part.title} on {instrument}")
            self.acted.emit()

    def _fill_added(self, menu: Menu) -> None:
        piece = self._composing.piece
        for role in self._composing.missing_roles(piece) if piece is not None else ():
            entry = menu.entry(f"Add {ROLE_TITLES[role]}", partial(self._add, role))
            entry.setIcon(self._icons.icon(ROLE_ICONS[role]))

    def _add(self, role: str) -> None:
        if clip := self._composing.piece_clip:
            self._composing.add_part(clip, role)
            self.acted.emit()

    def _arrangements(self) -> None:
        self._pop(self.arrangements, self.arrangements_menu())

    def _fill_arrangements(self, menu: Menu) -> None:
        piece = self._composing.piece
        if piece is not None:
            played = self._composing.arrangement(piece)
            for index, letter in enumerate(_LETTERS[: self._composing.arrangements(piece)]):
                keys = "" if self._clip() else str(index + 1)  # else they are the clip's alone
                entry = menu.entry(f"Arrangement {letter}", partial(self._arranged, piece, index), keys=keys)
                entry.setCheckable(True)
                entry.setChecked(index == played)

    def _arranged(self, piece: Composition, index: int) -> None:
        """Lets all parts play a take; the keys 1 to 9 then choose among the same, and Space plays."""
        self._composing.choose_arrangement(piece, index)
        self.acted.emit()

    def _take_model(self, name: str) -> None:
        self._generation.panel.choose_model(replace(self._generation.panel.shown_model, name=name, untrained=False))

    def _pop(self, button: QWidget, menu: Menu) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))
