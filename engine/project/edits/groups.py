"""Groups of clips, which are selected, moved, copied and deleted together."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.structure import change_clips
from engine.project.model import Project


def group_clips(p: Project, ids: Collection[str]) -> Project:
    """Makes these clips, on whatever tracks, one group; they leave those that they were in.

    Raises:
        EditError: there are less than two.
    """
    if len(set(ids)) < 2:
        raise EditError("Select two clips or more, then group them.")
    group = new_id()
    return change_clips(p, ids, lambda clip: replace(clip, group=group))


def ungroup_clips(p: Project, ids: Iterable[str]) -> Project:
    """Dissolves every group of which one of these clips is a part."""
    wanted = set(ids)
    groups = {clip.group for _, clip in p.clips() if clip.group and clip.id in wanted}
    if not groups:
        return p
    members = [clip.id for _, clip in p.clips() if clip.group in groups]
    return change_clips(p, members, lambda clip: replace(clip, group=""))


def groups_of(p: Project) -> dict[str, frozenset[str]]:
    """By the id of each clip that is in a group: the ids of all clips of that group."""
    members: dict[str, list[str]] = {}
    for _, clip in p.clips():
        if clip.group:
            members.setdefault(clip.group, []).append(clip.id)
    return {id_: frozenset(ids) for ids in members.values() for id_ in ids}
