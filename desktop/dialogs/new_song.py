"""The dialog for a new song."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs.files import ask_folder, whole_path
from desktop.dialogs.frame import Dialog, form, form_label, side_by_side
from desktop.theme import Theme
from desktop.transport.fields import signature_field, signature_of
from desktop.widgets.choices import Button, ComboBox
from desktop.widgets.elided_label import ElidedLabel, short_path
from desktop.widgets.plain import set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, exact_tempo, tempo_spec, tempo_text
from engine import paths
from engine.errors import EngineError
from engine.project.model import RATES, Project
from engine.project.starting import begin_song

MAX_NAME_BYTES = 200  # most systems allow 255
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


class NewSongDialog(Dialog):
    """Asks for name, place, rate, tempo and signature, then calls `create(folder, project)`."""

    def __init__(
        self,
        create: Callable[[Path, Project], None],
        theme: Theme,
        parent: QWidget | None = None,
        *,
        name: str = "",
        place: Path | None = None,
        rate: int = 48000,
    ) -> None:
        super().__init__("New Song", theme, parent)
        self._create = create
        place = place or paths.songs_dir()
        self.name = QLineEdit(name or free_name(place))
        self.name.setAccessibleName("Song name")
        self.place = QLineEdit(str(place))
        self.place.setAccessibleName("Place")
        set_tooltip(self.place, "The folder in which the song’s own folder is made")
        browse = Button("Browse…")
        browse.setAutoDefault(False)
        browse.setProperty("role", "field")
        browse.clicked.connect(self._browse)
        self.rate = ComboBox()
        self.rate.setAccessibleName("Sample rate")
        for each in RATES:
            self.rate.addItem(f"{each:,} Hz", each)
        self.rate.setCurrentIndex(self.rate.findData(rate if rate in RATES else 48000))
        base = tempo_spec()
        spec = ValueSpec(
            base.name, base.minimum, base.maximum, base.default, base.step, base.fine,
            lambda value: f"{tempo_text(value)} BPM", base.parse, base.per_pixel,
        )  # fmt: skip
        self.tempo = ValueField(spec, theme, width=112)
        self.signature = signature_field(theme, flat=False)
        self.signature.setFixedWidth(64)
        self._folder = ElidedLabel(role="small")
        fields = form()
        fields.addRow(form_label("Name"), self.name)
        fields.addRow(form_label("Place"), side_by_side(self.place, browse, stretch=False))
        fields.addRow(form_label(""), self._folder)
        fields.addRow(form_label("Sample rate"), side_by_side(self.rate))
        fields.addRow(form_label("Tempo"), side_by_side(self.tempo, self.signature))
        self.body.addLayout(fields)
        self.add_button("Cancel", self.close)
        self.create_button = self.add_button("Create Song", self._make, primary=True)
        self.name.textChanged.connect(self._check)
        self.place.textChanged.connect(self._check)
        self.setMinimumWidth(520)
        self.name.selectAll()
        self.name.setFocus()
        self._check()

    @property
    def folder(self) -> Path:
        """Where the song will be."""
        return whole_path(self.place.text()) / self.name.text().strip()

    def _check(self) -> None:
        name, place = self.name.text().strip(), self.place.text().strip()
        sentence = ""
        if _FORBIDDEN.search(name) or name.startswith(".") or name.endswith("."):
            sentence = 'This name cannot be a folder: leave out / \\ : * ? " < > | and dots at its ends.'
        elif _RESERVED.fullmatch(name):
            sentence = f"Windows keeps the name “{name}” for itself: choose another name."
        elif len(name.encode()) > MAX_NAME_BYTES:
            sentence = "This name is too long for a folder: shorten it."
        elif not place:
            sentence = "Say where the song shall be: choose a folder with Browse…."
        elif not whole_path(place).is_absolute():
            sentence = f"“{place}” is not a whole path: choose the place with Browse…."
        elif name and os.path.lexists(self.folder):
            sentence = f"There is something named “{name}” in that place already: choose another name."
        self._folder.setText(short_path(self.folder) if name else "")
        self.show_error(sentence)
        self.create_button.setEnabled(bool(name and not sentence and self.place.text().strip()))

    def _browse(self) -> None:
        ask_folder(self, "Place of the New Song", self.place.text(), lambda folder: self.place.setText(str(folder)))

    def _make(self) -> None:
        project = begin_song(
            self.name.text().strip(),
            rate=self.rate.currentData(),
            tempo=exact_tempo(self.tempo.value),
            signature=signature_of(self.signature.value),
        )
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._create(self.folder, project)
        except EngineError as error:
            self.show_error(str(error))
            return
        except OSError as error:
            self.show_error(
                f"The folder “{self.folder.parent}” cannot be used ({error.strerror or error}): choose another place."
            )
            return
        QTimer.singleShot(0, self.close)


def free_name(place: Path, stem: str = "Untitled", taken: Sequence[str] = ()) -> str:
    """A name that no folder in `place` has yet."""
    number, name = 1, stem
    while (place / name).exists() or name in taken:
        number += 1
        name = f"{stem} {number}"
    return name
