"""The inspector: what the selected clips are, all of them changed at once."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.document import Document
from desktop.icons import Icons
from desktop.inspector.clip_values import LABEL, edit_length, edit_offset, position_spec
from desktop.inspector.contents import ContentFields, ContentPanel, panel_of
from desktop.inspector.takes import TakeList
from desktop.keymap import Keymap
from desktop.theme import Theme
from desktop.widgets.choices import CheckBox, ComboBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import panel_form, row, rule, scrolling, section
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.swatches import Swatches
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec, seconds_spec
from engine.project import edits
from engine.project.model import Clip, FadeShape, Project, Track
from engine.timing.duration import Duration

SHAPES = {FadeShape.LINEAR: "Linear", FadeShape.EQUAL_POWER: "Equal power", FadeShape.S_CURVE: "S-curve"}
FIELD = 112  # px
"""One width for all fields, so that their edges line up."""


class ClipPanel(QWidget):
    """Shows and edits the selected clips; a value in which they differ shows as a dash."""

    def __init__(
        self, document: Document, keymap: Keymap, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._clips: list[tuple[Track, Clip]] = []
        self._showing: list[Callable[[Clip | None], None]] = []
        self._contents: dict[ContentPanel, ContentFields] = {}
        self._keymap = keymap
        self._build(icons)
        document.selection_changed.connect(self.refresh)
        document.changed.connect(self._on_changed)
        self.refresh()

    def _build(self, icons: Icons) -> None:
        theme = self._theme
        self.name = QLineEdit()
        self.name.setAccessibleName("Clip name")
        self.name.editingFinished.connect(self._rename)
        self._source = ElidedLabel(role="small")
        self.position = ValueField(position_spec(lambda: self._document.project.clock), theme, width=FIELD)
        self.length = ValueField(seconds_spec("Length", minimum=0.001), theme, width=FIELD)
        self.offset = ValueField(seconds_spec("Offset", minimum=-36000.0), theme, width=FIELD)
        self.gain = ValueField(gain_spec("Clip gain"), theme, width=FIELD)
        self.fade_in = ValueField(seconds_spec("Fade in"), theme, width=FIELD)
        self.fade_out = ValueField(seconds_spec("Fade out"), theme, width=FIELD)
        self.shape_in, self.shape_out = self._shapes("Fade in shape"), self._shapes("Fade out shape")
        self.loop, self.reverse, self.mute = CheckBox("Repeat"), CheckBox("Reverse"), CheckBox("Mute")
        self._show_keys()
        self._keymap.changed.connect(self._show_keys)
        self.colour = Swatches("Clip colour", theme, inherit=True)
        self.takes = TakeList(theme, icons)
        self._wire()
        self._lay_out()

    def _show_keys(self) -> None:
        for switch, action in ((self.loop, "loop_clip"), (self.reverse, "reverse"), (self.mute, "mute_clip")):
            set_tooltip(switch, self._keymap.tip(action))

    def _lay_out(self) -> None:
        form = panel_form()
        for label, *fields in (
            ("Position", self.position),
            ("Length", self.length),
            ("Offset", self.offset),
            ("Gain", self.gain),
            ("Fade in", self.fade_in, self.shape_in),
            ("Fade out", self.fade_out, self.shape_out),
        ):
            form.addRow(_dim(label), row(*fields))
        self._form, self._offset_row = form, 2
        switches = row(self.loop, self.reverse, self.mute, spacing=16)
        self._takes_title = section("Takes")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.name)
        column.addWidget(self._source)
        column.addWidget(rule())
        column.addLayout(form)
        column.addWidget(rule())
        self._content_column = QVBoxLayout()
        column.addWidget(switches)
        column.addLayout(self._content_column)
        column.addWidget(section("Colour"))
        column.addWidget(self.colour)
        column.addWidget(self._takes_title)
        column.addWidget(self.takes)
        self._sections = QVBoxLayout()
        self._sections.setContentsMargins(0, 6, 0, 0)
        self._sections.setSpacing(16)
        column.addLayout(self._sections)
        column.addStretch(1)
        area = self._area = scrolling(inside)
        empty = Label("Select a clip to see and change\nits values here.")
        empty.setProperty("role", "dim")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(area)

    def add_section(self, section: QWidget, show: Callable[[Clip | None], None]) -> None:
        """Adds a part below; `show` is called with the selected clip, or None unless it is exactly one."""
        self._sections.addWidget(section)
        self._showing.append(show)
        self.refresh()

    def reveal(self, part: QWidget) -> None:
        """Scrolls so that `part` of a section is seen, also when its lines are broken only then."""
        for wait in (0, 1):
            QTimer.singleShot(wait, part, lambda: self._area.ensureWidgetVisible(part, 0, 12))

    def _wire(self) -> None:
        self.position.edited.connect(self._set_position)
        self.length.edited.connect(
            lambda value, key: self._each("Change length", key, lambda p, c: edit_length(p, c, value), anew=True)
        )
        self.offset.edited.connect(
            lambda value, key: self._each("Change offset", key, lambda p, c: edit_offset(p, c, value))
        )
        self.gain.edited.connect(self._set_gain)
        self.fade_in.edited.connect(
            lambda value, key: self._each(
                "Change fade-in", key, lambda p, c: edits.set_fade_in(p, c.id, round(value * p.rate))
            )
        )
        self.fade_out.edited.connect(
            lambda value, key: self._each(
                "Change fade-out", key, lambda p, c: edits.set_fade_out(p, c.id, round(value * p.rate))
            )
        )
        self.shape_in.activated.connect(partial(self._set_shape, self.shape_in, start=True))
        self.shape_out.activated.connect(partial(self._set_shape, self.shape_out, start=False))
        self.loop.clicked.connect(self._set_loop)
        self.reverse.clicked.connect(self._set_reverse)
        self.mute.clicked.connect(
            lambda on: self._edit(
                "Mute clip" if on else "Unmute clip", None, lambda p: edits.set_clip(p, self._ids, mute=bool(on))
            )
        )
        self.colour.chosen.connect(
            lambda hue: self._edit("Change clip colour", None, lambda p: edits.set_clip(p, self._ids, colour=hue))
        )
        self.takes.chosen.connect(
            lambda index: self._edit("Choose take", None, lambda p: edits.choose_take(p, self._only.id, index))
        )
        self.takes.keep_only_requested.connect(
            lambda index: self._edit(
                "Keep one take",
                None,
                lambda p: edits.flatten_takes(edits.choose_take(p, self._only.id, index), self._only.id),
            )
        )
        self.takes.remove_requested.connect(
            lambda index: self._edit("Remove take", None, lambda p: edits.remove_take(p, self._only.id, index))
        )

    def _shapes(self, name: str) -> QComboBox:
        box = ComboBox()
        set_name(box, name)
        set_tooltip(box, f"{name}: how the level runs")
        for shape, text in SHAPES.items():
            box.addItem(text, shape)
        box.setFixedWidth(FIELD)
        return box

    # showing

    def _on_changed(self, old: Project, new: Project) -> None:
        now = self._selected_after(old, new)
        if (
            old.clock == new.clock
            and len(now) == len(self._clips)
            and all(one[1] is other[1] for one, other in zip(now, self._clips, strict=True))
        ):
            self._clips = now
            return
        self._show_clips(now)

    def refresh(self) -> None:
        """Shows the selected clips as they are."""
        self._show_clips(self._selected(self._document.project))

    def _show_clips(self, selected: list[tuple[Track, Clip]]) -> None:
        project = self._document.project
        self._clips = selected
        self._stack.setCurrentIndex(1 if self._clips else 0)
        for show in self._showing:
            show(selected[0][1] if len(selected) == 1 else None)
        if not self._clips:
            return
        clips = [clip for _, clip in self._clips]
        rate = project.rate
        names = {clip.name for clip in clips}
        with QSignalBlocker(self.name):
            self.name.setText(names.pop() if len(names) == 1 else "")
            self.name.setPlaceholderText(f"{len(clips)} clips")
            self.name.setModified(False)
        self._show_content(project, clips)
        self._show(self.position, sorted(project.start_of(clip) / rate for clip in clips))
        self._show(self.length, (clip.length / rate for clip in clips))
        self._show(self.offset, (clip.offset / rate for clip in clips))
        self._show(self.gain, (clip.gain_db for clip in clips))
        self._show(self.fade_in, (clip.fade_in.length / rate for clip in clips))
        self._show(self.fade_out, (clip.fade_out.length / rate for clip in clips))
        self._show_shape(self.shape_in, {clip.fade_in.shape for clip in clips})
        self._show_shape(self.shape_out, {clip.fade_out.shape for clip in clips})
        self._check(self.loop, [clip.loop_length > 0 for clip in clips])
        self._check(self.reverse, [clip.reverse for clip in clips])
        self._check(self.mute, [clip.mute for clip in clips])
        colours = {clip.colour for clip in clips}
        self.colour.set_current(next(iter(colours)), known=len(colours) == 1)
        several = len(clips) == 1 and len(clips[0].takes) > 1
        focused = QApplication.focusWidget()
        if not several and focused is not None and self.takes.isAncestorOf(focused):
            self.window().setFocus()  # hidden, it would send the keyboard to the window's start
        self._takes_title.setVisible(several)
        self.takes.setVisible(several)
        if several:
            self.takes.show_clip(project, clips[0])

    def _show_content(self, project: Project, clips: list[Clip]) -> None:
        """Shows what the kind of content that all of `clips` hold has of its own."""
        panel = panel_of(clips)
        self._source.setText(panel.line(project, clips))
        self._form.setRowVisible(self._offset_row, panel.has_stretch)
        self.loop.setVisible(panel.has_stretch)
        self.reverse.setVisible(panel.can_reverse)
        if panel.build and panel not in self._contents:
            fields = self._contents[panel] = panel.build(self._document, self._theme)
            self._content_column.addWidget(fields.widget)
        for other, fields in self._contents.items():
            fields.widget.setVisible(other is panel)
        if panel in self._contents:
            self._contents[panel].show_clips(project, clips)

    @staticmethod
    def _show(field: ValueField, values: Iterable[float]) -> None:
        distinct = list(values)
        if len(set(distinct)) == 1:
            field.set_value(distinct[0])
        else:
            field.set_mixed(distinct[0])

    @staticmethod
    def _show_shape(box: QComboBox, shapes: set[FadeShape]) -> None:
        box.setCurrentIndex(box.findData(next(iter(shapes))) if len(shapes) == 1 else -1)

    @staticmethod
    def _check(box: QCheckBox, states: list[bool]) -> None:
        box.setTristate(any(states) and not all(states))
        box.setCheckState(
            Qt.CheckState.Checked
            if all(states)
            else Qt.CheckState.PartiallyChecked
            if any(states)
            else Qt.CheckState.Unchecked
        )

    def _selected_after(self, old: Project, new: Project) -> list[tuple[Track, Clip]]:
        """The selected clips, found by looking only at tracks that changed."""
        chosen = self._document.selection.clips
        if not chosen:
            return []
        same = {id(track) for track in old.tracks} & {id(track) for track in new.tracks}
        unchanged = [pair for pair in self._clips if id(pair[0]) in same and pair[1].id in chosen]
        changed = (track for track in new.tracks if id(track) not in same)
        return unchanged + [(track, clip) for track in changed for clip in track.clips if clip.id in chosen]

    def _selected(self, project: Project) -> list[tuple[Track, Clip]]:
        chosen = self._document.selection.clips
        return [(track, clip) for track, clip in project.clips() if clip.id in chosen] if chosen else []

    # editing

    @property
    def _ids(self) -> list[str]:
        return [clip.id for _, clip in self._clips]

    @property
    def _only(self) -> Clip:
        return self._clips[0][1]

    def _edit(self, name: str, gesture: str | None, edit: Callable[[Project], Project], *, anew: bool = False) -> None:
        if not self._document.apply(name, edit, merge=f"{name} {gesture}" if gesture else None, anew=anew):
            self.refresh()

    def _each(
        self, name: str, gesture: str | None, edit: Callable[[Project, Clip], Project], *, anew: bool = False
    ) -> None:
        ids = self._ids

        def all_of_them(project: Project) -> Project:
            for clip_id in ids:
                pair = project.find_clip(clip_id)
                if pair:
                    project = edit(project, pair[1])
            return project

        self._edit(name, gesture, all_of_them, anew=anew)
        self.refresh()

    def _rename(self) -> None:
        if self.name.isModified() and self.name.text().strip() and self._clips:
            self.name.setModified(False)
            text = self.name.text().strip()
            self._edit("Rename clip", None, lambda p: edits.set_clip(p, self._ids, name=text))

    def _set_gain(self, value: float, gesture: str) -> None:
        """What is typed is everyone's gain; turning keeps the differences."""
        typed, delta = self.gain.typed, value - self._only.gain_db
        groups: dict[float, list[str]] = {}
        for _, clip in self._clips:
            gain = value if typed else self.gain.spec.clamp(clip.gain_db + delta)
            groups.setdefault(gain, []).append(clip.id)

        def edit(project: Project) -> Project:
            for gain, ids in groups.items():
                project = edits.set_clip(project, ids, gain_db=gain)
            return project

        self._edit("Change clip gain", gesture, edit)
        self.refresh()

    def _set_position(self, value: float, gesture: str) -> None:
        ids = self._ids

        def edit(project: Project) -> Project:
            first = min(project.start_of(clip) for _, clip in project.clips() if clip.id in ids)
            return edits.move_clips(project, ids, Duration.of_frames(round(value * project.rate) - first))

        self._edit("Move clips", gesture, edit, anew=True)

    def _set_shape(self, box: QComboBox, _: int, *, start: bool) -> None:
        shape = FadeShape(box.currentData())
        if start:
            self._each("Change fade-in", None, lambda p, c: edits.set_fade_in(p, c.id, c.fade_in.length, shape))
        else:
            self._each("Change fade-out", None, lambda p, c: edits.set_fade_out(p, c.id, c.fade_out.length, shape))

    def _set_loop(self, on: bool) -> None:
        self._each(
            "Repeat clip" if on else "Do not repeat clip",
            None,
            lambda p, c: edits.set_loop(p, c.id, c.length if on else 0),
        )

    def _set_reverse(self, on: bool) -> None:
        turned = [clip.id for _, clip in self._clips if clip.reverse != bool(on)]
        self._edit("Reverse clip", None, lambda p: edits.reverse(p, turned))


def _dim(text: str) -> QLabel:
    label = Label(text)
    label.setProperty("role", "dim")
    label.setFixedHeight(24)
    label.setMinimumWidth(LABEL)
    return label
