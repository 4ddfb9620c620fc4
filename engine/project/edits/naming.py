"""Names that are found by listening."""

import re

from engine.project.edits.clips import set_clip
from engine.project.edits.structure import tidy
from engine.project.edits.tracks import set_track
from engine.project.model import Project, Track

_DEFAULT = re.compile(r"Track \d+")


def has_default_name(track: Track) -> bool:
    """Whether a track is called as `add_track` calls it where nobody gives it a name."""
    return _DEFAULT.fullmatch(track.name) is not None


def name_heard(p: Project, clip_id: str, name: str) -> Project:
    """Names a clip, and its track where the user has not named that.

    A track is named with its only clip, while it has its default name or is called after its sound's file.
    """
    place = p.find_clip(clip_id)
    p = set_clip(p, [clip_id], name=name)
    if place is None or not tidy(name):
        return p
    track, clip = place
    source = p.sources.get(clip.chosen.source)
    files = {tidy(source.name), clip.chosen.name} if source else {clip.chosen.name}
    if len(track.clips) > 1 or not (has_default_name(track) or track.name in files):
        return p
    return set_track(p, track.id, name=name)
