"""The fields of the export dialog and the request they make."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.files import ask_folder, whole_path
from desktop.dialogs.frame import form, form_label, side_by_side
from desktop.export.clip_files import CREDENTIALS
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.transport.fields import parse_place
from desktop.widgets.choices import Button, CheckBox, ComboBox
from desktop.widgets.plain import set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number, signed
from engine.encoding import FileType
from engine.errors import EngineError, ExportError
from engine.inference.song_facts import facts_of
from engine.playback.bounce import DEFAULT_PATTERN, BounceRequest
from engine.playback.filenames import MAX_NAME_BYTES, safe_name
from engine.playback.heard import heard_end
from engine.playback.wavfile import SampleFormat
from engine.project.model import Project
from engine.tags.content_credentials import available
from engine.timing.clock import Clock
from engine.timing.position import SONG_START, Position

FORMATS = {
    SampleFormat.PCM_16: "16-bit",
    SampleFormat.PCM_24: "24-bit",
    SampleFormat.FLOAT: "32-bit float",
}
RATES = (44100, 48000, 88200, 96000, 192000)
WHOLE, LOOP, SELECTION, CUSTOM = "Whole song", "Loop region", "Selection", "From … to …"


TOKENS = {"[number]": "{index:02}", "[track]": "{track}", "[song]": "{song}"}
"""Parts of the stems' names as the window writes them, and as settings and the shell do; both are understood here."""
_FIELD = re.compile(r"\{(song|track|index(:0?\d)?)\}")


def stored_pattern(text: str) -> str:
    """The pattern that is written in the window as `text`."""
    for shown, stored in TOKENS.items():
        text = text.replace(shown, stored)
    return text


def shown_pattern(pattern: str) -> str:
    """`pattern` as the window writes it."""
    for shown, stored in TOKENS.items():
        pattern = pattern.replace(stored, shown)
    return pattern


@dataclass(frozen=True)
class Ranges:
    """The stretches on offer, as positions (start, end)."""

    loop: tuple[Position, Position]
    selection: tuple[Position, Position] | None


class ExportOptions(QWidget):
    """All choices; `changed` whenever one is made."""

    changed = Signal()

    def __init__(self, project: Project, ranges: Ranges, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self._project = project
        self._ranges = ranges
        self._settings = settings
        self._theme = theme
        self.mix = CheckBox("Mix")
        self.stems = CheckBox("Stems, one file a track")
        self.mix.setChecked(settings.flag("export/mix", True))
        self.stems.setChecked(settings.flag("export/stems", False))
        self.folder = self._line("Folder", settings.text("export/folder", str(Path.home() / "Music")))
        self.name = self._line("Mix name", safe_name(project.name))
        self.pattern = self._line("Stem names", shown_pattern(settings.text("export/pattern", DEFAULT_PATTERN)))
        set_tooltip(self.pattern, "[number], [track] and [song] are filled in: “[number] [track]” makes “01 Drums”")
        self.tokens = [self._token(name) for name in ("Number", "Track", "Song")]
        self.browse = Button("Browse…")
        self.browse.setAutoDefault(False)
        self.browse.setProperty("role", "field")
        self.browse.clicked.connect(self._browse)
        self._build_choices()
        self._build_levels()
        self.report = CheckBox("Write the report beside the files")
        self.report.setChecked(settings.flag("export/report", False))
        self.credentials = CheckBox("Sign generated sound")
        self.credentials.setChecked(settings.flag(CREDENTIALS, True))
        self.credentials.setEnabled(available())
        for widget, text in (
            (self.mix, "One file of everything that can be heard"),
            (self.stems, "A file for each track, all from the same start and of the same length"),
            (self.browse, "Choose the folder"),
            (self.type, "The type of all files: WAV, FLAC and AIFF keep every sample, MP3 and Opus are small"),
            (self.format, "How samples are stored"),
            (self.rate, "Samples a second; another rate than the song's is resampled"),
            (self.range, "Which part of the song"),
            (self.use_lufs, "Bring the mix to this loudness; stems get the same gain"),
            (self.use_peak, "Keep the mix below this level; it comes before the loudness"),
            (self.report, "Files, levels and licences as text"),
            (self.credentials, "Content credentials (C2PA) in WAV, FLAC and MP3 files say what made their sound"),
        ):
            set_tooltip(widget, text)
        self._lay_out()
        for box in (self.mix, self.stems, self.dither, self.use_lufs, self.use_peak, self.report, self.credentials):
            box.toggled.connect(self._on_change)
        for field in (self.lufs, self.peak):
            field.edited.connect(self._on_change)
        for combo in (self.type, self.format, self.rate, self.range):
            combo.currentIndexChanged.connect(self._on_change)
        self._on_change()

    def _build_choices(self) -> None:
        """Format, rate and range of the files."""
        settings, project = self._settings, self._project
        self.type = self._box("Type of file")
        self.format, self.rate, self.range = self._box("Format"), self._box("Rate"), self._box("Range")
        for kind in FileType:
            self.type.addItem(kind.label, kind.value)
        self.type.setCurrentIndex(max(0, self.type.findData(settings.text("export/type", FileType.WAV.value))))
        for sample_format, text in FORMATS.items():
            self.format.addItem(text, sample_format.value)
        self.format.setCurrentIndex(max(0, self.format.findData(settings.text("export/format", "24"))))
        self.rate.addItem(f"Song’s ({project.rate / 1000:g} kHz)", None)
        for each in RATES:
            if each != project.rate:
                self.rate.addItem(f"{each / 1000:g} kHz", each)
        self.rate.setCurrentIndex(max(0, self.rate.findData(round(settings.number("export/rate", 0)) or None)))
        self.range.addItems([WHOLE, LOOP, *([SELECTION] if self._ranges.selection else []), CUSTOM])
        self.start, self.end = self._line("From", "1.1.1"), self._line("To", "")
        self.start.setPlaceholderText("1.1.1")
        self.end.setPlaceholderText("end of song")
        for line in (self.start, self.end):
            set_tooltip(line, "Bar and beat, such as 5.3, or a time, such as 1:30.5 or 2.5s")
        self.start.setFixedWidth(96)
        self.end.setFixedWidth(96)

    def _build_levels(self) -> None:
        """Dither, and how loud the mix shall be."""
        settings, theme = self._settings, self._theme
        self.dither = CheckBox("Dither")
        set_tooltip(self.dither, "Triangular dither where samples are rounded to 16 or 24 bits")
        self.dither.setChecked(settings.flag("export/dither", True))
        self.use_lufs, self.use_peak = CheckBox("Loudness target"), CheckBox("True-peak ceiling")
        self.use_lufs.setChecked(settings.flag("export/use_lufs"))
        self.use_peak.setChecked(settings.flag("export/use_peak"))
        self.lufs = ValueField(_level("Loudness target", "LUFS", -14.0), theme, width=96)
        self.peak = ValueField(_level("True-peak ceiling", "dBTP", -1.0), theme, width=96)
        self.lufs.set_value(settings.number("export/lufs", -14.0))
        self.peak.set_value(settings.number("export/peak", -1.0))

    def follow(self, project: Project, ranges: Ranges) -> None:
        """Takes up that the song, its loop region or the selection changed; a selection that is gone stays on offer."""
        self._project = project
        self._ranges = Ranges(ranges.loop, ranges.selection or self._ranges.selection)
        if self._ranges.selection and self.range.findText(SELECTION) < 0:
            self.range.insertItem(2, SELECTION)

    def request(self, *, overwrite: bool = False) -> BounceRequest:
        """What is asked for.

        Raises:
            EngineError: the folder, a name or the range cannot be used; the sentence says why.
        """
        start, end = self._span()
        folder = self._chosen_folder()
        return BounceRequest(
            # a dot in the name is no ending: the ending is always ours
            mix=folder / f"{self._mix_name()}{self.chosen_type.suffix}" if self.mix.isChecked() else None,
            stems=folder if self.stems.isChecked() else None,
            pattern=self._stem_pattern(),
            format=SampleFormat(self.format.currentData()),
            stem_type=self.chosen_type,
            rate=self.rate.currentData(),
            start=start,
            end=end,
            lufs=self.lufs.value if self.use_lufs.isChecked() else None,
            true_peak=self.peak.value if self.use_peak.isChecked() else None,
            dither=self.dither.isChecked(),
            overwrite=overwrite,
            report=self.report.isChecked(),
            credentials=self.credentials.isChecked(),
            facts=facts_of(self._project, loop=self.range.currentText() == LOOP),
        )

    @property
    def chosen_type(self) -> FileType:
        """The type of all files."""
        return FileType(self.type.currentData())

    def set_ceiling(self, dbtp: float) -> None:
        """Chooses a true-peak ceiling."""
        self.peak.set_value(dbtp)
        self.use_peak.setChecked(True)
        self._on_change()

    def set_format(self, sample_format: SampleFormat) -> None:
        """Chooses how samples are stored."""
        self.format.setCurrentIndex(self.format.findData(sample_format.value))

    def keep(self) -> None:
        """Remembers the choices for the next export."""
        put = self._settings.put
        put("export/folder", self.folder.text())
        put("export/pattern", stored_pattern(self.pattern.text()))
        put("export/type", self.type.currentData())
        put("export/format", self.format.currentData())
        put("export/rate", self.rate.currentData() or 0)
        put("export/lufs", self.lufs.value)
        put("export/peak", self.peak.value)
        for key, box in (
            ("mix", self.mix),
            ("stems", self.stems),
            ("dither", self.dither),
            ("use_lufs", self.use_lufs),
            ("use_peak", self.use_peak),
            ("report", self.report),
            ("credentials", self.credentials),
        ):
            put(f"export/{key}", "true" if box.isChecked() else "false")

    def _chosen_folder(self) -> Path:
        text = self.folder.text().strip()
        if not text:
            raise ExportError("No folder is chosen: choose with Browse… where the files shall go.")
        folder = whole_path(text)
        if not folder.is_absolute():
            raise ExportError(f"“{text}” is not a whole path: choose the folder with Browse….")
        return folder

    def _mix_name(self) -> str:
        name = self.name.text().strip()
        for kind in FileType:
            if name.lower().endswith(kind.suffix):
                name = name[: -len(kind.suffix)].strip()
                break
        if not self.mix.isChecked():
            return name
        if not name:
            raise ExportError("The mix has no name: type one.")
        if safe_name(name) != unicodedata.normalize("NFC", name):
            raise ExportError(
                f'“{name}” cannot be a file name everywhere: leave out / \\ : * ? " < > | and dots at its ends.'
            )
        if len(name.encode()) > MAX_NAME_BYTES:
            raise ExportError("The name of the mix is too long for a file: shorten it.")
        return name

    def _stem_pattern(self) -> str:
        pattern = stored_pattern(self.pattern.text().strip())
        if self.stems.isChecked() and not pattern:
            raise ExportError("The stems have no names: write some, such as [number] [track].")
        if self.stems.isChecked() and re.search("[{}]", _FIELD.sub("", pattern)):
            raise ExportError("The names of stems cannot hold { or }: write text, [number], [track] and [song].")
        return pattern or DEFAULT_PATTERN

    def _span(self) -> tuple[Position | None, Position | None]:
        chosen = self.range.currentText()
        if chosen == LOOP:
            return self._ranges.loop
        if chosen == SELECTION and self._ranges.selection:
            return self._ranges.selection
        if chosen == CUSTOM:
            clock = self._project.clock
            start_text, end_text = self.start.text().strip(), self.end.text().strip()
            start = _place(clock, start_text) if start_text else SONG_START
            end = _place(clock, end_text) if end_text else None
            if clock.frames(start) >= (heard_end(self._project) if end is None else clock.frames(end)):
                raise ExportError("There is nothing between From and To: move To further right.")
            return start, end
        return None, None

    def _lay_out(self) -> None:
        what = form()
        what.addRow(form_label("Files"), side_by_side(self.mix, self.stems))
        what.addRow(form_label("Folder"), side_by_side(self.folder, self.browse, stretch=False))
        what.addRow(form_label("Mix name"), self.name)
        what.addRow(form_label("Stem names"), self.pattern)
        what.addRow(form_label(""), side_by_side(*self.tokens))
        what.addRow(form_label("Type"), side_by_side(self.type))
        what.addRow(form_label("Format"), side_by_side(self.format, self.rate, self.dither))
        self._span_fields = side_by_side(self.start, form_label("to"), self.end)
        what.addRow(form_label("Range"), side_by_side(self.range))
        what.addRow(form_label(""), self._span_fields)
        what.addRow(form_label("Level"), side_by_side(self.use_lufs, self.lufs))
        what.addRow(form_label(""), side_by_side(self.use_peak, self.peak))
        what.addRow(form_label(""), self.report)
        what.addRow(form_label(""), self.credentials)
        self._form: QFormLayout = what
        self.type.setFixedWidth(264)
        self.format.setFixedWidth(112)
        self.rate.setFixedWidth(144)
        self.range.setFixedWidth(144)
        self.use_lufs.setFixedWidth(144)
        self.use_peak.setFixedWidth(144)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(what)
        column.addStretch(1)

    def _on_change(self, *_: object) -> None:
        self.name.setEnabled(self.mix.isChecked())
        for each in (self.pattern, *self.tokens):
            each.setEnabled(self.stems.isChecked())
        lossy = self.chosen_type.lossy
        self.format.setEnabled(not lossy)
        self.dither.setEnabled(not lossy and self.format.currentData() != SampleFormat.FLOAT.value)
        self.lufs.setEnabled(self.use_lufs.isChecked())
        self.peak.setEnabled(self.use_peak.isChecked())
        self._form.setRowVisible(self._span_fields, self.range.currentText() == CUSTOM)
        self.changed.emit()

    def _browse(self) -> None:
        ask_folder(self, "Folder for the Export", self.folder.text(), lambda folder: self.folder.setText(str(folder)))

    def _token(self, name: str) -> Button:
        """A button that puts a part of the stems' names where the cursor is."""
        button = Button(f"+ {name}")
        button.setAutoDefault(False)
        button.setProperty("role", "link")
        set_tooltip(button, f"Put the {name.lower()} into the names of the stems")
        button.clicked.connect(lambda: self.pattern.insert(f"[{name.lower()}]"))
        return button

    def _line(self, name: str, text: str) -> QLineEdit:
        line = QLineEdit(text)
        set_name(line, name)
        line.textChanged.connect(lambda *_: self.changed.emit())
        return line

    @staticmethod
    def _box(name: str) -> QComboBox:
        box = ComboBox()
        set_name(box, name)
        return box


def _place(clock: Clock, text: str) -> Position:
    try:
        return parse_place(clock, text)
    except EngineError as error:
        raise ExportError(
            f"“{text}” is no place in the song: write bar and beat, such as 5.3, or a time, such as 1:30.5 or 2.5s."
        ) from error


def _level(name: str, unit: str, default: float) -> ValueSpec:
    return ValueSpec(
        name, -70.0, 0.0, default, 0.5, 0.1, lambda value: f"{signed(value, 1)} {unit}", number, 0.1
    )  # fmt: skip
