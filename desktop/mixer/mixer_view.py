"""All strips side by side, the master at the right."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from desktop.automation.follow import Followed
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.mixer.inserts import InsertList
from desktop.mixer.strip import MasterStrip, TrackStrip
from desktop.theme import Theme
from desktop.widgets.plain import Label
from engine.playback.state import PlayerState, TrackMeter
from engine.project import edits
from engine.project.model import FADER, MASTER, PANNING, SEND_LEVEL, Project, Target

SILENCE = TrackMeter(0.0, 0.0, 0.0, 0.0, False)


class MixerView(QWidget):
    """The mixer. Strips keep their identity while their track exists."""

    device_opened = Signal(str, str)
    """(channel, device id) of a device whose panel is wanted."""

    def __init__(self, document: Document, bridge: PlayerBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._bridge = bridge
        self._theme = theme
        self._strips: dict[str, TrackStrip] = {}
        self._selected: str | None = None
        self._row = QWidget()
        self._row.setProperty("role", "panel")
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._empty = Label("No tracks yet: write a prompt, drop audio on the timeline, or add a track with Ctrl+T.")
        self._empty.setProperty("role", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout.addWidget(self._empty, 1)
        self._layout.addStretch(1)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._row)
        self.master = MasterStrip(self._inserts(MASTER), theme)
        self.master.gain_edited.connect(self._set_master)
        self.master.reset_requested.connect(bridge.reset_clips)
        line = QFrame()
        line.setProperty("role", "vline")
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(line)
        outer.addWidget(self.master)
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._show_selection)
        bridge.meters_changed.connect(self._show_meters)
        self._rebuild(document.project)

    def show_followed(self, followed: Followed) -> None:
        """Lets faders and pans go with their automation."""
        project = self._document.project
        for control in (self.master.fader, self.master.gain):
            followed.show(control, MASTER, Target(FADER.id), project.master_gain_db)
        for track in project.tracks:
            if (strip := self._strips.get(track.id)) is not None:
                for control in (strip.fader, strip.gain):
                    followed.show(control, track.id, Target(FADER.id), track.gain_db)
                followed.show(strip.pan, track.id, Target(PANNING.id), track.pan)
                for send in track.sends:
                    if (field := strip.inserts.send_fields.get(send.to)) is not None:
                        followed.show(field, track.id, Target(SEND_LEVEL.id, send=send.to), send.gain_db)

    def strip(self, track_id: str) -> TrackStrip:
        """The strip of a track."""
        return self._strips[track_id]

    def _on_changed(self, old: Project, new: Project) -> None:
        if [track.id for track in old.tracks] != [track.id for track in new.tracks] or set(self._strips) != {
            track.id for track in new.tracks
        }:
            self._rebuild(new)
            return
        before = {track.id: track for track in old.tracks}
        rows_changed = self.master.inserts.show_channel()
        for track in new.tracks:
            if before[track.id] is not track:
                self._strips[track.id].show_track(track)
            rows_changed |= self._strips[track.id].inserts.show_channel()
        if rows_changed:
            self._order_tabs(new)
        self.master.show_gain(new.master_gain_db)

    def _rebuild(self, project: Project) -> None:
        alive = {track.id for track in project.tracks}
        for track_id in set(self._strips) - alive:
            strip = self._strips.pop(track_id)
            self._layout.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        for index, track in enumerate(project.tracks):
            strip_here = self._strips.get(track.id)
            if strip_here is None:
                strip_here = self._strips[track.id] = self._made(track.id, project)
            else:
                strip_here.show_track(track)
            strip_here.inserts.show_channel()
            if self._layout.indexOf(strip_here) != index:
                self._layout.insertWidget(index, strip_here)
        self.master.inserts.show_channel()
        self._order_tabs(project)
        self._empty.setVisible(not project.tracks)
        self._layout.setStretch(self._layout.count() - 1, 1 if project.tracks else 0)
        self.master.show_gain(project.master_gain_db)
        self._show_selection()

    def _order_tabs(self, project: Project) -> None:
        """Lets Tab go from strip to strip, each from top to bottom, and to the master at last."""
        controls = [control for track in project.tracks for control in self._strips[track.id].in_order]
        master = self.master
        last = (*master.inserts.in_order, master.fader, master.automation, master.gain)
        for first, second in pairwise([*controls, *last]):
            QWidget.setTabOrder(first, second)

    def _made(self, track_id: str, project: Project) -> TrackStrip:
        track = project.track(track_id)
        assert track is not None, "strips are made for tracks of the song"
        strip = TrackStrip(track, self._inserts(track_id), self._theme)
        strip.gain_edited.connect(partial(self._set_gain, track_id))
        strip.pan_edited.connect(partial(self._set_pan, track_id))
        strip.mute_requested.connect(partial(self._set_mute, track_id))
        strip.solo_requested.connect(partial(self._set_solo, track_id))
        strip.pressed.connect(partial(self._select, track_id))
        strip.reset_requested.connect(self._bridge.reset_clips)
        return strip

    def _inserts(self, channel: str) -> InsertList:
        inserts = InsertList(self._document, channel, self._theme)
        inserts.device_opened.connect(self.device_opened)
        return inserts

    def _select(self, track_id: str) -> None:
        self._document.select(self._document.selection.clips, track=track_id)

    def _set_gain(self, track_id: str, gain_db: float, gesture: str) -> None:
        self._document.apply(
            "Change gain", lambda p: edits.set_track(p, track_id, gain_db=gain_db), merge=f"gain {track_id} {gesture}"
        )

    def _set_pan(self, track_id: str, pan: float, gesture: str) -> None:
        self._document.apply(
            "Change pan", lambda p: edits.set_track(p, track_id, pan=pan), merge=f"pan {track_id} {gesture}"
        )

    def _set_mute(self, track_id: str, on: bool) -> None:
        self._document.apply("Mute" if on else "Unmute", lambda p: edits.set_track(p, track_id, mute=on))

    def _set_solo(self, track_id: str, on: bool) -> None:
        self._document.apply("Solo" if on else "Unsolo", lambda p: edits.set_track(p, track_id, solo=on))

    def _set_master(self, gain_db: float, gesture: str) -> None:
        self._document.apply(
            "Change master gain", lambda p: edits.set_master_gain(p, gain_db), merge=f"master {gesture}"
        )

    def _show_selection(self) -> None:
        before, self._selected = self._selected, self._document.selection.track
        for track_id, strip in self._strips.items():
            strip.show_selected(track_id == self._selected)
        if self._selected != before and (chosen := self._strips.get(self._selected or "")):
            # a strip made just now has no place yet
            self._layout.activate()
            self._area.ensureWidgetVisible(chosen, 0, 0)

    def _show_meters(self, state: PlayerState) -> None:
        if not self.isVisible():
            return
        self.master.show_state(state)
        for track_id, strip in self._strips.items():
            level = state.meters.get(track_id, SILENCE)
            strip.show_level(level[0:2], level[2:4], level.clipped)
            strip.inserts.show_reductions(state.reductions)
