"""A track's sound in place of what makes it: bounced in place for good, or frozen and given back."""

from dataclasses import replace

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.clips import add_clip
from engine.project.edits.sources import add_source
from engine.project.edits.structure import track_of, with_track
from engine.project.model import Clip, Frozen, Project, Source, audio_take
from engine.project.routing import routing_fault
from engine.timing.position import Position


def bounce_in_place(p: Project, track_id: str, sound: Source, position: Position, *, freeze: bool = False) -> Project:
    """Puts a track's sound behind its devices, which begins at `position`, in the place of its clips and devices.

    Fader, pan, sends and their lanes stay, and so does what is heard. With `freeze`, the track keeps what it had.
    """
    track = track_of(p, track_id)
    if track.frozen is not None:
        raise EditError(f"“{track.name}” is frozen: unfreeze it first.")
    own = tuple(lane for lane in track.lanes if not lane.target.device)
    of_devices = tuple(lane for lane in track.lanes if lane.target.device)
    frozen = Frozen(track.clips, track.devices, of_devices) if freeze else None
    p = with_track(p, replace(track, clips=(), devices=(), lanes=own, frozen=frozen))
    take = audio_take(new_id(), sound.id, track.name)
    name = f"{track.name}, frozen" if freeze else track.name
    clip = Clip(new_id(), position, sound.frames, (take,), name=name)
    return add_clip(add_source(p, sound), track_id, clip)


def unfreeze_track(p: Project, track_id: str) -> Project:
    """Gives a frozen track its clips, devices and their lanes back; what was done to its sound since is gone.

    Raises:
        EditError: it is not frozen, or sound would run in a circle.
    """
    track = track_of(p, track_id)
    if track.frozen is None:
        raise EditError(f"“{track.name}” is not frozen.")
    frozen = track.frozen
    devices = tuple(
        replace(device, sidechain="") if device.sidechain and p.track(device.sidechain) is None else device
        for device in frozen.devices
    )
    track = replace(
        track,
        clips=frozen.clips,
        devices=(*devices, *track.devices),
        lanes=(*track.lanes, *frozen.lanes),
        frozen=None,
    )
    p = with_track(p, track)
    if fault := routing_fault(p):
        raise EditError(f"This cannot be done: then {fault}. Change the side chain that came since.")
    return p
