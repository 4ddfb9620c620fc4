"""What made the selected clip: prompt, model and its licence, seed and device; and the same again, bit for bit."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.document import Document
from desktop.inspector.recreate import Again, make_again
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_tooltip
from engine.inference.api import Inference
from engine.inference.compositions import composition_of
from engine.jobs import Context
from engine.licences import licence_text, non_commercial
from engine.project.model import Clip
from engine.project.recorded import was_recorded

if TYPE_CHECKING:
    from engine.inference.recomposing import Recomposed

QUEUE = "engine"


class OriginSection(QWidget):
    """A few lines of the inspector, for one generated clip at a time."""

    outcome_shown = Signal(object)
    """The widget below the buttons that says something now."""

    def __init__(
        self, document: Document, inference: Callable[[], Inference], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._inference, self._theme = document, inference, theme
        self._clip: Clip | None = None
        self._busy = False
        self._told: dict[str, tuple[str, bool]] = {}  # what came of making a take again, by the take's id
        self.title = Label("Made by")
        self.title.setProperty("role", "section")
        self.model = ElidedLabel()
        self.model.setFont(theme.font("medium", bold=True))
        self.licence = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.prompt = Label()
        self.prompt.setWordWrap(True)
        self.prompt.setAccessibleName("Prompt")
        self.prompt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 4, 0, 4)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(4)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.again = Button("Recreate Exactly")
        set_tooltip(
            self.again,
            "Make an exact copy of this take from its record, and compare the two: sound bit for bit, notes one by one",
        )
        self.again.clicked.connect(self._make_again)
        self.copy = Button("Copy as JSON")
        set_tooltip(self.copy, "Copy the whole record of how this take was made")
        self.copy.clicked.connect(self._copy)
        self.outcome = Label()
        self.outcome.setWordWrap(True)
        self.outcome.setProperty("role", "small")
        self.outcome.setAccessibleName("What came of recreating it")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        for button in (self.again, self.copy):
            button.setProperty("role", "field")
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.title, self.model, self.licence, self.prompt):
            column.addWidget(widget)
        column.addLayout(self._form)
        column.addLayout(buttons)
        column.addWidget(self.outcome)
        document.opened.connect(self._told.clear)

    def show_clip(self, clip: Clip | None) -> None:
        """Shows what made `clip`; nothing for None or one that was not generated."""
        same = clip is not None and self._clip is not None and clip.chosen is self._clip.chosen
        self._clip = clip
        record = clip.chosen.provenance if clip else None
        self.setVisible(record is not None)
        if record is not None and not same:
            self._show_record(record)
        self._show_state()

    def _show_record(self, record: Mapping[str, Any]) -> None:
        from engine.playback.credits import prompts

        texts = prompts(record)
        self.prompt.setText("\n→ ".join(texts) if texts else "Without a prompt")
        self.prompt.setProperty("role", "" if texts else "dim")
        recorded = was_recorded(record)
        for widget in (self.prompt, self.again, self.licence):
            widget.setVisible(not recorded)
        self.title.setText("Recorded from" if recorded else "Made by")
        name = record.get("device") if recorded else record.get("model_name") or record.get("model")
        self.model.setText(str(name or ("Unknown device" if recorded else "Unknown model")))
        licence = str(record.get("licence") or "")
        self.licence.setText(licence_text(licence))
        colour = self._theme.warning if non_commercial(licence) else self._theme.dim
        self.licence.setStyleSheet(f"color: {colour.name()};")
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in rows(record):
            label, text = Label(name), ElidedLabel(value)
            label.setProperty("role", "dim")
            text.setFont(self._theme.font())
            self._form.addRow(label, text)

    def _show_state(self) -> None:
        clip = self._clip
        if clip is None or clip.chosen.provenance is None:
            return
        source = self._document.project.sources.get(clip.chosen.source)
        if self._busy and self.again.hasFocus():
            self.copy.setFocus()  # a disabled button would send the keyboard to the window's start
        replayable = source is not None and not source.growing
        whole = "separated" not in clip.chosen.provenance  # a part of what its record makes is no copy of it
        self.again.setEnabled(not self._busy and whole and (replayable or composition_of(clip.chosen) is not None))
        text, good = self._told.get(clip.chosen.id, ("", True))
        self.outcome.setText("Recreating…" if self._busy else text)
        self.outcome.setStyleSheet(f"color: {(self._theme.accent if good else self._theme.warning).name()};")
        self.outcome.setVisible(bool(self.outcome.text()))

    def _make_again(self) -> None:
        document, clip = self._document, self._clip
        if clip is None or document.folder is None:
            return
        take, project, folder, inference = clip.chosen, document.project, document.folder, self._inference()

        def operation(context: Context) -> "Again | Recomposed":
            return make_again(inference, project, folder, take, context)

        def done(again: "Again | Recomposed") -> None:
            tell(again.text, again.identical)

        def tell(sentence: str, good: bool = False) -> None:
            self._busy = False
            if sentence:
                self._told[take.id] = (sentence, good)
            self._show_state()
            self.outcome_shown.emit(self.outcome)

        title = f"Recreate “{clip.name or 'the take'}”"
        self._busy = True
        document.jobs.submit(title, operation, done, tell, queue=QUEUE)
        self._show_state()

    def _copy(self) -> None:
        if self._clip and self._clip.chosen.provenance is not None:
            QGuiApplication.clipboard().setText(record_text(self._clip.chosen.provenance))


def rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else a record says, as names and values for reading."""
    if was_recorded(record):
        return _recorded_rows(record)
    chunks = record.get("chunks")
    first = chunks[0] if isinstance(chunks, list) and chunks and isinstance(chunks[0], Mapping) else {}
    facts: list[tuple[str, Any]] = [
        ("Seed", record.get("seed")),
        ("Steps", first.get("steps", record.get("steps"))),
        ("Guidance", first.get("guidance", record.get("guidance"))),
        ("Negative prompt", first.get("negative", record.get("negative")) or None),
        ("Read as", _read_as(record)),
        ("Held to", _held_to(record)),
        ("Reference", "a sound kept with the song" if first.get("audio_prompt") else None),
        ("Chunks", len(chunks) if isinstance(chunks, list) and len(chunks) > 1 else None),
        ("Device", record.get("device")),
        ("Weights", record.get("weights")),
        ("Program", f"Continuo {record['program']}" if record.get("program") else None),
    ]
    return [
        (name, f"{value:g}" if isinstance(value, float) else str(value)) for name, value in facts if value is not None
    ]


def _recorded_rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same of recorded sound."""
    inputs = record.get("inputs")
    date = str(record.get("date") or "")
    with suppress(ValueError):
        date = f"{datetime.fromisoformat(date):%Y-%m-%d, %H:%M}"
    rows = [("Input", " and ".join(map(str, inputs)) if isinstance(inputs, Sequence) else ""), ("Recorded", date)]
    return [(name, value) for name, value in rows if value]


def _read_as(record: Mapping[str, Any]) -> str | None:
    """The prompt in the words that the model knows, where these are others."""
    read, prompt = record.get("prompt_read_as"), record.get("prompt")
    return str(read) if read and read != prompt else None


def _held_to(record: Mapping[str, Any]) -> str | None:
    """The tempo and the key that were kept to, stated or heard."""
    tempo, key = record.get("held_tempo"), record.get("held_key")
    targets = [f"{tempo:g} BPM"] if isinstance(tempo, int | float) else []
    return ", ".join([*targets, str(key)] if key else targets) or None


def record_text(record: Mapping[str, Any]) -> str:
    """The whole record as JSON."""
    return json.dumps(dict(record), ensure_ascii=False, indent=2, default=str)
