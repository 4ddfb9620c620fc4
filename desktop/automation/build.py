"""What of automation belongs to the whole window: moves by hand, values that follow, recording; in one block."""

from collections.abc import Callable
from functools import partial

from desktop.automation.follow import Followed
from desktop.automation.overrides import Overrides
from desktop.automation.recorder import AutomationRecorder, Mode
from desktop.bridge import PlayerBridge
from desktop.devices.panel import DevicePanel
from desktop.document import Document
from desktop.mixer.mixer_view import MixerView
from desktop.timeline.view import TimelineView
from desktop.widgets.choices import Menu
from engine.project.model import Track

TITLES = {Mode.READ: "Read", Mode.TOUCH: "Touch", Mode.LATCH: "Latch", Mode.WRITE: "Write"}


class AutomationParts:
    """Built once for a window."""

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        self._document = document
        self.overrides = Overrides(document, bridge)
        self.recorder = AutomationRecorder(document, bridge, self.overrides)
        self.followed = Followed(document, bridge, self.overrides)

    def connect_to(self, timeline: TimelineView, mixer: MixerView, devices: DevicePanel) -> None:
        """Lets headers, strips and panels show what is automated."""
        headers = timeline.headers
        for part in (headers, mixer, devices):
            self.followed.moved.connect(partial(part.show_followed, self.followed))
        self._document.changed.connect(lambda *_: self.followed.refresh())  # after mixer and panels have taken it
        timeline.canvas.rows_changed.connect(partial(headers.show_followed, self.followed))
        self.recorder.changed.connect(partial(headers.show_modes, self.recorder))
        headers.show_modes(self.recorder)
        timeline.menus.add_to_tracks(self._entries)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {"back_to_automation": self.overrides.back, "automation_mode": self._next_mode}

    def _next_mode(self) -> None:
        if track_id := self._document.selection.track:
            self.recorder.next_mode(track_id)

    def _entries(self, menu: Menu, track: Track) -> None:
        modes = menu.submenu("Automation Mode")
        for mode, title in TITLES.items():
            action = modes.entry(title, partial(self.recorder.set_mode, track.id, mode))
            action.setCheckable(True)
            action.setChecked(self.recorder.mode(track.id) is mode)
