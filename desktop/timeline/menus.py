"""The context menus of clips, empty lanes, the ruler and the headers."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.hit_test import Hit, Zone
from desktop.timeline.menu_actions import ActionTable
from desktop.timeline.tempo_flags import TempoFlag, removed
from desktop.widgets.choices import Menu
from engine.inference.compositions import ROLE_TITLES
from engine.project import edits
from engine.project.model import Clip, FadeShape, Project, Track
from engine.project.recorded import was_generated

FADE_NAMES = {
    FadeShape.LINEAR: "Linear",
    FadeShape.EQUAL_POWER: "Equal Power",
    FadeShape.S_CURVE: "S-Curve",
}


TrackEntries = Callable[[Menu, Track], object]
"""Adds entries for a track to its menu."""


class Menus(QObject):
    """Builds and opens the menus; what the whole program can do comes from `actions`."""

    take_export_requested = Signal(str, int, str)
    """(clip id, index of a take, kind of file): a take is to be written into a file."""
    clip_name_requested = Signal(str)
    """The name of a clip (its id) is to be typed."""
    track_name_requested = Signal(str)
    marker_name_requested = Signal(str)
    marker_requested = Signal(object)
    """A `Position` where a marker is to be."""
    tempo_requested = Signal(object)
    """A `Position` where the tempo is to change."""
    signature_requested = Signal(object)
    change_editor_requested = Signal(object)
    """The `TempoFlag` of a change that is to be typed."""
    seek_requested = Signal(object)
    """The frame where the playhead is to be."""
    split_requested = Signal(object)
    """The frame where clips are to be split."""
    audition_requested = Signal(str, int)
    """A clip's id and which of its takes should be heard."""

    def __init__(self, document: Document, theme: Theme, stage: Stage, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._stage = stage
        self._parent = parent
        self.actions: ActionTable | None = None
        self._of_tracks: list[TrackEntries] = []

    def add_to_tracks(self, entries: TrackEntries) -> None:
        """Lets `entries` add what else can be done with a track to its menu."""
        self._of_tracks.append(entries)

    def open(self, menu: Menu, place: QPoint) -> None:
        """Shows a menu that goes away by itself."""
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def for_hit(self, hit: Hit) -> Menu:
        """The menu for a place on the canvas."""
        pair = self._document.project.find_clip(hit.clip.id) if hit.clip else None
        return self._of_clip(hit, *pair) if pair else self._of_lane(hit)

    def for_ruler(self, frame: int, marker_id: str | None) -> Menu:
        """The menu for a place in the ruler."""
        menu = Menu(self._parent)
        place = self._stage.snapped(frame, _none())
        if marker_id is not None:
            menu.entry("Rename Marker…", lambda: self.marker_name_requested.emit(marker_id))
            self._edit(menu, "Remove Marker", lambda p: edits.remove_marker(p, marker_id))
            menu.addSeparator()
        else:
            menu.entry("Add Marker Here", lambda: self.marker_requested.emit(place))
        menu.entry("Add Tempo Change Here", lambda: self.tempo_requested.emit(place))
        menu.entry("Add Time Signature Here", lambda: self.signature_requested.emit(place))
        menu.addSeparator()
        menu.entry("Move Playhead Here", lambda: self.seek_requested.emit(self._document.project.clock.frames(place)))
        self._edit(menu, "Start Loop Here", lambda p: edits.set_loop_region(p, start=place, on=True))
        self._edit(menu, "End Loop Here", lambda p: edits.set_loop_region(p, end=place, on=True))
        self._shared(menu, "loop", "loop_selection")
        menu.addSeparator()
        self._shared(menu, "zoom_in", "zoom_out", "fit")
        return menu

    def for_change(self, flag: TempoFlag) -> Menu:
        """The menu of a change of the tempo or the time signature."""
        menu = Menu(self._parent)
        what = "Time Signature" if flag.bpm is None else "Tempo Change"
        menu.entry(f"Edit {what}…", lambda: self.change_editor_requested.emit(flag))
        if flag.bpm is not None:
            ramp = not flag.ramp
            title = "Ramp to This Tempo" if ramp else "Step to This Tempo"
            self._edit(menu, title, lambda p: edits.set_ramp(p, flag.beat, ramp))
        menu.addSeparator()
        self._edit(menu, f"Remove {what}", lambda p: removed(p, flag))
        return menu

    def for_track(self, track_id: str) -> Menu:
        """The menu of a header."""
        menu = Menu(self._parent)
        track = self._document.project.track(track_id)
        if track is None:
            return menu
        menu.entry("Rename Track…", lambda: self.track_name_requested.emit(track_id), keys="F2")
        self._colours(menu, track.colour, lambda hue: lambda p: edits.set_track(p, track_id, colour=hue))
        menu.addSeparator()
        self._roles(menu, track)
        self._shared(menu, "instrument")
        for entries in self._of_tracks:
            entries(menu, track)
        menu.addSeparator()
        self._shared(menu, "mute_track", "solo_track", "freeze_track", "bounce_in_place")
        menu.addSeparator()
        self._edit(menu, "Reset Gain", lambda p: edits.set_track(p, track_id, gain_db=0.0))
        self._edit(menu, "Centre Pan", lambda p: edits.set_track(p, track_id, pan=0.0))
        heights = menu.submenu("Height")
        for name, height in (("Small", 36), ("Normal", 72), ("Large", 120), ("Huge", 200)):
            self._edit(heights, name, _height(track_id, height), "Track height")
        menu.addSeparator()
        self._shared(menu, "add_track", "duplicate_track", "track_up", "track_down", "remove_track")
        return menu

    # inside

    def _of_clip(self, hit: Hit, track: Track, clip: Clip) -> Menu:
        menu = Menu(self._parent)
        chosen = self._document.selection.clips or frozenset((clip.id,))
        if hit.lane is not None and hit.lane < len(clip.takes):
            return self._of_take(menu, clip, hit.lane)
        self._stage.tools.fill_menu(menu, clip, self.actions)
        self._shared(menu, "split")
        menu.entry("Split Here", lambda: self.split_requested.emit(hit.frame))
        self._shared(menu, "join", "crossfade")
        if edits.overlapping(self._document.project, chosen | {clip.id}):
            self._shared(menu, "trim_overlaps")
        menu.addSeparator()
        self._shared(menu, "cut", "copy", "paste", "duplicate")
        menu.addSeparator()
        menu.entry("Rename Clip…", lambda: self.clip_name_requested.emit(clip.id), keys="F2")
        self._colours(
            menu, clip.colour, lambda hue: lambda p: edits.set_clip(p, chosen, colour=hue), inherit="As the Track"
        )
        self._edit(menu, "Reset Gain", lambda p: edits.set_clip(p, chosen, gain_db=0.0))
        self._shared(menu, "mute_clip", "reverse", "loop_clip")
        menu.addSeparator()
        for name, current, change, field in (
            ("Fade-In Shape", clip.fade_in, edits.set_fade_in, "fade_in"),
            ("Fade-Out Shape", clip.fade_out, edits.set_fade_out, "fade_out"),
        ):
            shapes = menu.submenu(name)
            for shape, title in FADE_NAMES.items():
                action = self._edit(shapes, title, _fades(change, field, chosen, shape), name.replace("-", " "))
                action.setCheckable(True)
                action.setChecked(shape is current.shape)
        self._shared(menu, "no_fades")
        if len(clip.takes) > 1:
            takes = menu.submenu("Take")
            for index, take in enumerate(clip.takes):
                title = f"{index + 1}  {take.name or clip.name}"
                action = self._edit(takes, title, _take(clip.id, index), "Choose take")
                action.setCheckable(True)
                action.setChecked(index == clip.take)
            self._shared(menu, "flatten")
        if was_generated(clip.chosen.provenance):
            self._shared(menu, "more_takes")
        menu.addSeparator()
        if not clip.chosen.source:
            self._shared(menu, "fit_chords", "export_clip_midi")
        else:
            self._shared(menu, "convert_to_notes", "separate", "play_on", "repair", "find_like", "name_by_sound")
        self._shared(menu, "export_clip_wav")
        menu.addSeparator()
        self._shared(menu, "loop_selection", "delete", "ripple_delete")
        return menu

    def _of_take(self, menu: Menu, clip: Clip, index: int) -> Menu:
        key = str(index + 1) if index < 9 else ""
        self._edit(menu, f"Choose Take {index + 1}", _take(clip.id, index), "Choose take", keys=key)
        menu.entry("Listen to This Take", lambda: self.audition_requested.emit(clip.id, index), keys="Alt+Click")
        self._edit(menu, "Keep Only This Take", _only_take(clip.id, index), "Keep one take")
        self._edit(menu, "Remove This Take", lambda p: edits.remove_take(p, clip.id, index), "Remove take")
        menu.addSeparator()
        if not clip.takes[index].source:
            menu.entry("Export Take as MIDI…", lambda: self.take_export_requested.emit(clip.id, index, "mid"))
        menu.entry("Export Take as WAV…", lambda: self.take_export_requested.emit(clip.id, index, "wav"))
        if was_generated(clip.chosen.provenance):
            menu.addSeparator()
            self._shared(menu, "more_takes")
        return menu

    def _of_lane(self, hit: Hit) -> Menu:
        menu = Menu(self._parent)
        place = self._stage.snapped(hit.frame, _none())
        if hit.row is not None and self._document.clipboard and hit.zone is Zone.EMPTY:
            track_id = hit.row.track.id
            clips = [(each.track_offset, each.clip) for each in self._document.clipboard]
            self._edit(menu, "Paste Here", lambda p: edits.paste(p, clips, track_id, place), "Paste")
        self._shared(menu, "paste", "import")
        if hit.row is not None:
            self._shared(menu, "fill")
        menu.addSeparator()
        menu.entry("Add Marker Here", lambda: self.marker_requested.emit(place))
        menu.entry("Add Tempo Change Here", lambda: self.tempo_requested.emit(place))
        menu.entry("Add Time Signature Here", lambda: self.signature_requested.emit(place))
        menu.addSeparator()
        menu.entry("Move Playhead Here", lambda: self.seek_requested.emit(self._document.project.clock.frames(place)))
        self._shared(menu, "loop_selection")
        menu.addSeparator()
        self._shared(menu, "add_track", "select_all", "fit")
        return menu

    def _shared(self, menu: Menu, *ids: str) -> None:
        if self.actions is not None:
            for action_id in ids:
                menu.addAction(self.actions[action_id])

    def _edit(
        self, menu: Menu, title: str, edit: Callable[[Project], Project], name: str = "", *, keys: str = ""
    ) -> QAction:
        step = name or title.removesuffix(" Here").capitalize()
        return menu.entry(title, lambda: self._document.apply(step, edit), keys=keys)

    def _roles(self, menu: Menu, track: Track) -> None:
        roles = menu.submenu("Role")
        for role, title in {"": "None", **ROLE_TITLES}.items():
            action = self._edit(roles, title, _role(track.id, role), f"Role {title}" if role else "No role")
            action.setCheckable(True)
            action.setChecked(role == track.role)

    def _colours(
        self,
        menu: Menu,
        current: int | None,
        edit: Callable[[int | None], Callable[[Project], Project]],
        inherit: str = "",
    ) -> None:
        colours = menu.submenu("Colour")
        if inherit:
            action = self._edit(colours, inherit, edit(None), "Colour")
            action.setCheckable(True)
            action.setChecked(current is None)
        for index, hue in enumerate(self._theme.hues):
            picture = QPixmap(14, 14)
            picture.fill(hue)
            action = self._edit(colours, f"Colour {index + 1}", edit(index), "Colour")
            action.setIcon(QIcon(picture))
            if index == current:
                colours.setActiveAction(action)


def _none() -> Qt.KeyboardModifier:
    return Qt.KeyboardModifier.NoModifier


def _height(track_id: str, height: int) -> Callable[[Project], Project]:
    return lambda p: edits.set_track(p, track_id, height=height)


def _role(track_id: str, role: str) -> Callable[[Project], Project]:
    return lambda p: edits.set_track(p, track_id, role=role)


def _take(clip_id: str, index: int) -> Callable[[Project], Project]:
    return lambda p: edits.choose_take(p, clip_id, index)


def _only_take(clip_id: str, index: int) -> Callable[[Project], Project]:
    return lambda p: edits.flatten_takes(edits.choose_take(p, clip_id, index), clip_id)


def _fades(
    change: Callable[[Project, str, int, FadeShape | None], Project],
    field: str,
    ids: frozenset[str],
    shape: FadeShape,
) -> Callable[[Project], Project]:
    def edit(project: Project) -> Project:
        for _, clip in list(project.clips()):
            if clip.id in ids:
                project = change(project, clip.id, getattr(clip, field).length, shape)
        return project

    return edit
