"""Whether the selected clips of audio follow the tempo, the tempo of their sound, and their pitch."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.document import Document
from desktop.inspector.clip_values import LABEL
from desktop.theme import Theme
from desktop.widgets.choices import CheckBox
from desktop.widgets.layouts import panel_form, rule
from desktop.widgets.plain import Label, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, exact_tempo, number, signed, tempo_spec
from engine.project import edits
from engine.project.model import FINE_TUNE, TRANSPOSE, Clip, Project
from engine.project.tempos import tempo_of
from engine.project.warping import source_tempo

_WIDTH = 112  # px, as the fields above


class WarpFields:
    """A switch and three numbers; a value in which the clips differ shows as a dash."""

    def __init__(self, document: Document, theme: Theme) -> None:
        self._document = document
        self._clips: list[Clip] = []
        self.widget = QWidget()
        self.warp = CheckBox("Follow the tempo")
        set_tooltip(self.warp, "Stretch the sound, at the same pitch, so that it keeps its bars and beats at any tempo")
        self.tempo = ValueField(tempo_spec("Tempo of the sound"), theme, width=_WIDTH)
        set_tooltip(self.tempo, "How many quarter notes a minute the sound itself has")
        self.transpose = ValueField(_semitones(), theme, width=_WIDTH)
        self.fine_tune = ValueField(_cents(), theme, width=_WIDTH)
        form = panel_form()
        for text, field in (("Tempo", self.tempo), ("Transpose", self.transpose), ("Fine tune", self.fine_tune)):
            label = Label(text)
            label.setProperty("role", "dim")
            label.setFixedHeight(24)
            label.setMinimumWidth(LABEL)
            form.addRow(label, field)
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(rule())
        column.addWidget(self.warp)
        column.addLayout(form)
        self.warp.clicked.connect(self._set_warp)
        self.tempo.edited.connect(self._set_tempo)
        self.transpose.edited.connect(
            lambda value, key: self._edit(
                "Transpose clip", key, lambda p: edits.set_pitch(p, self._ids, transpose=round(value))
            )
        )
        self.fine_tune.edited.connect(
            lambda value, key: self._edit(
                "Fine-tune clip", key, lambda p: edits.set_pitch(p, self._ids, fine_tune=value)
            )
        )

    @property
    def _ids(self) -> list[str]:
        return [clip.id for clip in self._clips]

    def show_clips(self, project: Project, clips: list[Clip]) -> None:
        """Shows these clips of audio."""
        self._clips = clips
        whole = all(
            (source := project.sources.get(clip.chosen.source)) is not None and not source.growing for clip in clips
        )
        self.widget.setEnabled(whole)
        with QSignalBlocker(self.warp):
            self.warp.setChecked(all(clip.content.follows_tempo for clip in clips))
        _show(self.tempo, (float(_tempo(project, clip)) for clip in clips))
        _show(self.transpose, (float(getattr(clip.content, "transpose", 0)) for clip in clips))
        _show(self.fine_tune, (getattr(clip.content, "fine_tune", 0.0) for clip in clips))

    def _set_warp(self, on: bool) -> None:
        clips = list(self._clips)

        def edit(project: Project) -> Project:
            for clip in clips:
                if on and not clip.content.follows_tempo:
                    markers = getattr(clip.content, "markers", ())
                    tempo = None if markers else _tempo(project, clip)
                    project = edits.warp_clip(project, clip.id, tempo)
                elif not on:
                    project = edits.unwarp_clips(project, [clip.id])
            return project

        self._edit("Follow the tempo" if on else "Keep its own tempo", None, edit)

    def _set_tempo(self, value: float, gesture: str) -> None:
        tempo, ids = exact_tempo(value), self._ids

        def edit(project: Project) -> Project:
            for clip_id in ids:
                project = edits.warp_clip(project, clip_id, tempo)
            return project

        self._edit("Change the tempo of the sound", gesture, edit)

    def _edit(self, name: str, gesture: str | None, edit: Callable[[Project], Project]) -> None:
        self._document.apply(name, edit, merge=f"{name} {gesture}" if gesture else None)
        clips = [pair[1] for clip_id in self._ids if (pair := self._document.project.find_clip(clip_id))]
        self.show_clips(self._document.project, clips)


def _tempo(project: Project, clip: Clip) -> Fraction:
    """The tempo of a clip's sound: what its markers say, else what its record does, else that of the song there."""
    marked = source_tempo(clip.content, project.rate)
    recorded = tempo_of(clip.chosen)
    if marked is not None:
        return marked
    return exact_tempo(recorded) if recorded else project.clock.tempo_at(clip.position)


def _show(field: ValueField, values: Iterable[float]) -> None:
    some = list(values)
    if len(set(some)) == 1:
        field.set_value(some[0])
    else:
        field.set_mixed(some[0])


def _semitones() -> ValueSpec:
    def text(value: float) -> str:
        return f"{'+' if value > 0 else ''}{signed(value, 0)} st"

    low, high = float(TRANSPOSE.low), float(TRANSPOSE.high)
    return ValueSpec("Transpose", low, high, 0.0, 1.0, 1.0, text, lambda text: float(round(number(text))), 0.1)


def _cents() -> ValueSpec:
    def text(value: float) -> str:
        return f"{'+' if value > 0 else ''}{signed(value, 0)} ct"

    return ValueSpec("Fine tune", FINE_TUNE.low, FINE_TUNE.high, 0.0, 1.0, 1.0, text, number, 0.5)
