"""Parameters that were moved by hand while they are automated: their lanes rest until one goes back to them."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.project import edits
from engine.project.model import MASTER, Lane, Project, Target, Track
from engine.project.routing import targets_of, value_of

Place = tuple[str, Target]
"""A channel and one of its parameters."""


class Overrides(QObject):
    """Which lanes rest. The song keeps them, and exports follow them; only what one hears and sees does not."""

    changed = Signal()

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        super().__init__()
        self._document, self._bridge = document, bridge
        self._resting: frozenset[Place] = frozenset()
        document.changed.connect(self._on_changed)

    @property
    def resting(self) -> frozenset[Place]:
        """The lanes that are not followed."""
        return self._resting

    def overridden(self, channel: str, target: Target) -> bool:
        """Whether a lane is not followed since its parameter was moved by hand."""
        return (channel, target) in self._resting

    def back(self, places: Iterable[Place] | None = None) -> None:
        """Lets these lanes be followed again; all of them without any named."""
        self._set(frozenset() if places is None else self._resting - set(places))

    def rest(self, places: Iterable[Place]) -> None:
        """Lets these lanes rest."""
        self._set(self._resting | set(places))

    # inside

    def _set(self, resting: frozenset[Place]) -> None:
        if resting != self._resting:
            self._resting = resting
            self._bridge.set_resting(resting)
            self.changed.emit()

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self._set(frozenset())
            return
        resting = {place for place in self._resting if _lane(new, *place) is not None}
        for place in moved_parameters(old, new):
            lane = _lane(new, *place)
            if lane is not None and lane is _lane(old, *place):
                resting.add(place)
        self._set(frozenset(resting))


def moved_parameters(old: Project, new: Project) -> Iterator[Place]:
    """The parameters, automated or not, whose own values differ between two values of a song."""
    for channel in _changed_channels(old, new):
        for target in targets_of(new, channel):
            was, now = value_of(old, channel, target), value_of(new, channel, target)
            if was is not None and now is not None and was != now:
                yield channel, target


def _changed_channels(old: Project, new: Project) -> Iterator[str]:
    """The channels of both that are not the same; a change of clips alone is none."""
    if old.tracks is not new.tracks:
        before = {track.id: track for track in old.tracks}
        for track in new.tracks:
            was = before.get(track.id)
            if was is not None and was is not track and _settings(was) != _settings(track):
                yield track.id
    if old.master_devices is not new.master_devices or old.master_gain_db != new.master_gain_db:
        yield MASTER


def _settings(track: Track) -> tuple[object, ...]:
    return track.gain_db, track.pan, track.sends, track.devices


def _lane(p: Project, channel: str, target: Target) -> Lane | None:
    if channel != MASTER and p.track(channel) is None:
        return None
    return edits.lane_of(p, channel, target)
