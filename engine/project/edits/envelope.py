"""Edits of a clip's gain envelope."""

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.structure import clip_of, gain, with_clip
from engine.project.model import GainPoint, Project

MOST_POINTS = 4096
"""Points of one envelope."""


def set_envelope(p: Project, clip_id: str, points: Sequence[GainPoint]) -> Project:
    """Gives a clip a gain envelope; without points it has none. Of points on one frame the last counts.

    Raises:
        EditError: there are too many points.
    """
    track, clip = clip_of(p, clip_id)
    by_frame = {point.frame: replace(point, gain_db=gain(point.gain_db)) for point in points}
    if len(by_frame) > MOST_POINTS:
        raise EditError(f"A gain envelope holds up to {MOST_POINTS:,} points: use fewer.")
    envelope = tuple(by_frame[frame] for frame in sorted(by_frame))
    return p if envelope == clip.envelope else with_clip(p, track, clip, replace(clip, envelope=envelope))
