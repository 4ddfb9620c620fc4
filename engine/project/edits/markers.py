"""Edits of markers."""

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.structure import clean, not_before_start, unused
from engine.project.model import Marker, Project
from engine.timing.position import Position


def add_marker(p: Project, position: Position, name: str | None = None) -> Project:
    """Puts a marker at `position`; without a name it is called “Marker N”."""
    names = (marker.name for marker in p.markers)
    name = unused("Marker", len(p.markers), names) if name is None else clean(name, "A marker")
    return _with(p, (*p.markers, Marker(new_id(), not_before_start(position), name)))


def move_marker(p: Project, marker_id: str, position: Position) -> Project:
    """Puts a marker elsewhere."""
    old = _marker(p, marker_id)
    new = replace(old, position=not_before_start(position))
    return p if new == old else _with(p, (new if marker is old else marker for marker in p.markers))


def rename_marker(p: Project, marker_id: str, name: str) -> Project:
    """Gives a marker another name."""
    old = _marker(p, marker_id)
    new = replace(old, name=clean(name, "A marker"))
    return p if new == old else _with(p, (new if marker is old else marker for marker in p.markers))


def remove_marker(p: Project, marker_id: str) -> Project:
    """Removes a marker."""
    old = _marker(p, marker_id)
    return _with(p, (marker for marker in p.markers if marker is not old))


def _marker(p: Project, marker_id: str) -> Marker:
    for marker in p.markers:
        if marker.id == marker_id:
            return marker
    raise EditError("This marker is no longer in the song: choose another marker.")


def _with(p: Project, markers: Iterable[Marker]) -> Project:
    clock = p.clock
    return replace(p, markers=tuple(sorted(markers, key=lambda marker: clock.frames(marker.position))))
