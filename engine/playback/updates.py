"""Plans on their way to the player's process: only what changed is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.playback.plan import Plan, TrackPlan


@dataclass(frozen=True, slots=True)
class PlanUpdate:
    """A plan as its difference to the one sent before.

    `order` names all tracks; `tracks` holds those that changed, and of these the ones in `strips` without their
    placements, which stayed.
    """

    serial: int
    header: Plan  # without tracks
    order: tuple[str, ...]
    tracks: tuple[TrackPlan, ...]
    strips: frozenset[str]


def difference(old: Plan | None, new: Plan, serial: int) -> PlanUpdate:
    """What makes `new` out of `old` (None: out of nothing). Compares by identity."""
    before = {track.id: track for track in old.tracks} if old else {}
    tracks: list[TrackPlan] = []
    strips: set[str] = set()
    for track in new.tracks:
        before_track = before.get(track.id)
        if before_track is track:
            continue
        if before_track and before_track.placements is track.placements:
            strips.add(track.id)
            tracks.append(replace(track, placements=()))
        else:
            tracks.append(track)
    order = tuple(track.id for track in new.tracks)
    return PlanUpdate(serial, replace(new, tracks=(), made=None), order, tuple(tracks), frozenset(strips))


def updated(old: Mapping[str, TrackPlan], update: PlanUpdate) -> Plan:
    """The plan that `update` makes out of the tracks sent before, by id."""
    tracks = {**old}
    for track in update.tracks:
        tracks[track.id] = replace(track, placements=old[track.id].placements) if track.id in update.strips else track
    return replace(update.header, tracks=tuple(tracks[track_id] for track_id in update.order))
