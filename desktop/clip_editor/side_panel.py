"""Beside a clip of audio: how it follows the tempo, its pitch, its gain, and the takes under it."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.clip_editor.session import AudioSession
from desktop.icons import Icons
from desktop.inspector.clip_values import LABEL
from desktop.inspector.takes import TakeList
from desktop.inspector.warp_fields import WarpFields
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import panel_form, row, rule, scrolling
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec
from engine.project import edits
from engine.project.model import Project

WIDTH = 272  # px


class SidePanel(QWidget):
    """Shows the session's clip."""

    def __init__(self, session: AudioSession, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedWidth(WIDTH)
        self.title = ElidedLabel()
        self.warp = WarpFields(session.document, theme)
        self.hear = Button("Hear Beats")
        set_tooltip(self.hear, "Put warp markers where the beats of the sound are heard, and follow the tempo")
        self.gain = ValueField(gain_spec("Clip gain"), theme, width=112)
        self.clear = Button("Remove Envelope")
        set_tooltip(self.clear, "Take the gain envelope off the clip")
        self.takes = TakeList(theme, icons)
        for button in (self.hear, self.clear):
            button.setProperty("role", "field")
        form = panel_form()
        label = Label("Gain")
        label.setProperty("role", "dim")
        label.setMinimumWidth(LABEL)
        form.addRow(label, self.gain)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.warp.widget)
        column.addWidget(row(self.hear, self.clear))
        column.addLayout(form)
        column.addWidget(rule())
        column.addWidget(self.takes)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = scrolling(inside)
        set_name(area, "Warp, pitch, gain and takes of the clip")
        outer.addWidget(area)
        self.hear.clicked.connect(session.hear_beats)
        self.clear.clicked.connect(session.clear_envelope)
        self.gain.edited.connect(
            lambda value, key: self._edit("Clip gain", lambda p, c: edits.set_clip(p, [c], gain_db=value), key)
        )
        self.takes.chosen.connect(lambda index: self._edit("Choose take", lambda p, c: edits.choose_take(p, c, index)))
        self.takes.remove_requested.connect(
            lambda index: self._edit("Remove take", lambda p, c: edits.remove_take(p, c, index))
        )
        self.takes.keep_only_requested.connect(
            lambda index: self._edit(
                "Keep one take", lambda p, c: edits.flatten_takes(edits.choose_take(p, c, index), c)
            )
        )
        session.changed.connect(self.refresh)
        session.clip_changed.connect(self.refresh)
        self._shown: object = None
        self.refresh()

    def refresh(self) -> None:
        """Shows the clip as it is in the song."""
        session = self._session
        clip, project = session.clip, session.project
        shown = (clip, project.sources, project.tempo_map)
        self.setEnabled(clip is not None)
        if clip is None or shown == self._shown:
            return
        self._shown = shown
        self.title.setText(clip.name)
        self.warp.show_clips(project, [clip])
        self.gain.set_value(clip.gain_db)
        self.clear.setEnabled(bool(clip.envelope))
        self.takes.show_clip(project, clip)

    def _edit(self, name: str, edit: Callable[[Project, str], Project], gesture: str | None = None) -> None:
        clip = self._session.clip
        if clip is not None:
            clip_id = clip.id
            self._session.apply(name, lambda p: edit(p, clip_id), f"{name} {gesture}" if gesture else None)
