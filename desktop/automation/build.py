"""What of automation belongs to the whole window: moves by hand, values that follow, recording; in one block."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from desktop.automation.follow import Followed
from desktop.automation.kept_view import KeptView
from desktop.automation.master_lanes import MasterLanes
from desktop.automation.overrides import Overrides
from desktop.automation.recorder import AutomationRecorder, Mode
from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.document import Document
from desktop.mixer.mixer_view import MixerView
from desktop.mixer.strip import MasterStrip
from desktop.timeline.view import TimelineView
from desktop.widgets.choices import Menu
from engine.project.model import MASTER, Track

if TYPE_CHECKING:
    from desktop.devices.panel import DevicePanel

TITLES = {Mode.READ: "Read", Mode.TOUCH: "Touch", Mode.LATCH: "Latch", Mode.WRITE: "Write"}


class AutomationParts:
    """Built once for a window."""

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        self._document = document
        self.overrides = Overrides(document, bridge)
        self.recorder = AutomationRecorder(document, bridge, self.overrides)
        self.followed = Followed(document, bridge, self.overrides)
        self.kept = KeptView(document, self.recorder)
        self._master: MasterLanes | None = None

    def connect_to(self, timeline: TimelineView, mixer: MixerView, devices: "Deferred[DevicePanel]") -> None:
        """Lets headers, strips and panels show what is automated."""
        headers = timeline.headers
        for part in (headers, mixer):
            self.followed.moved.connect(partial(part.show_followed, self.followed))
        self._document.changed.connect(self.followed.refresh)  # after mixer and panels have taken it
        devices.when_built(self._follow_in)
        timeline.canvas.rows_changed.connect(partial(headers.show_followed, self.followed))
        self.recorder.changed.connect(partial(headers.show_modes, self.recorder))
        headers.show_modes(self.recorder)
        self._master = timeline.master_lanes
        strip = mixer.master
        strip.automation_requested.connect(self._master.toggle)
        strip.modes_requested.connect(self._open_modes)
        show_master = partial(self._show_master, strip)
        self.recorder.changed.connect(show_master)
        self._master.shown_changed.connect(show_master)
        self.kept.connect_to(timeline.automation, self._master)
        timeline.menus.add_to_tracks(self._entries)

    def _follow_in(self, panel: "DevicePanel") -> None:
        """Lets a panel that takes changes of the song as well go with the lanes."""
        self.followed.moved.connect(partial(panel.show_followed, self.followed))
        self._document.changed.disconnect(self.followed.refresh)
        self._document.changed.connect(self.followed.refresh)  # after the panel has taken it

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {
            "back_to_automation": self.overrides.back,
            "automation_mode": self._next_mode,
            "master_automation": self._toggle_master,
        }

    def _toggle_master(self) -> None:
        if self._master is not None:
            self._master.toggle()

    def _show_master(self, strip: MasterStrip) -> None:
        assert self._master is not None
        strip.show_automation(bool(self._master.shown), self.recorder.mode(MASTER))

    def _open_modes(self, at: QPoint) -> None:
        menu = Menu()
        self._add_modes(menu, MASTER)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _next_mode(self) -> None:
        if track_id := self._document.selection.track:
            self.recorder.next_mode(track_id)

    def _entries(self, menu: Menu, track: Track) -> None:
        self._add_modes(menu.submenu("Automation Mode"), track.id)

    def _add_modes(self, menu: Menu, channel: str) -> None:
        for mode, title in TITLES.items():
            action = menu.entry(title, partial(self.recorder.set_mode, channel, mode))
            action.setCheckable(True)
            action.setChecked(self.recorder.mode(channel) is mode)
