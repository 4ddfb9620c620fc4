"""Edits of the takes under a clip."""

from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.structure import check_sounds, clip_of, gain, with_clip
from engine.project.model import Clip, Project, Take
from engine.project.model.ranges import MAX_TEXT


def add_take(p: Project, clip_id: str, take: Take, *, choose: bool = False) -> Project:
    """Puts a take under a clip, as the last; with `choose` the clip plays it."""
    track, clip = clip_of(p, clip_id)
    check_sounds(p, (take,))
    if any(take.id == other.id for other in clip.takes):
        raise EditError("The clip has this take already.")
    takes = (*clip.takes, replace(take, content=take.content.like(clip.stretch)))
    return with_clip(p, track, clip, replace(clip, takes=takes, take=len(takes) - 1 if choose else clip.take))


def choose_take(p: Project, clip_id: str, index: int) -> Project:
    """Lets a clip play its take number `index` (from 0)."""
    track, clip = clip_of(p, clip_id)
    _check(clip, index)
    return p if index == clip.take else with_clip(p, track, clip, replace(clip, take=index))


def replace_take(p: Project, clip_id: str, take: Take) -> Project:
    """Puts `take` in the place of the take of the same id, such as one that was lined up or stretched."""
    track, clip = clip_of(p, clip_id)
    check_sounds(p, (take,))
    if all(take.id != other.id for other in clip.takes):
        raise EditError("The take is not there any more.")
    takes = tuple(
        replace(take, content=take.content.like(other.content.stretch)) if other.id == take.id else other
        for other in clip.takes
    )
    return p if takes == clip.takes else with_clip(p, track, clip, replace(clip, takes=takes))


def set_prompt(p: Project, clip_id: str, prompt: str | None) -> Project:
    """Writes a prompt for the take that a clip plays; None: its record's counts again."""
    track, clip = clip_of(p, clip_id)
    prompt = None if prompt is None else prompt[:MAX_TEXT]
    if prompt == clip.prompt:
        return p
    takes = tuple(replace(take, prompt=prompt) if index == clip.take else take for index, take in enumerate(clip.takes))
    return with_clip(p, track, clip, replace(clip, takes=takes))


def remove_take(p: Project, clip_id: str, index: int) -> Project:
    """Removes a take; if the clip plays it, it plays the next one instead."""
    track, clip = clip_of(p, clip_id)
    _check(clip, index)
    if len(clip.takes) == 1:
        raise EditError("A clip needs at least one take: delete the clip instead.")
    takes = clip.takes[:index] + clip.takes[index + 1 :]
    chosen = clip.take - 1 if index < clip.take else min(clip.take, len(takes) - 1)
    return with_clip(p, track, clip, replace(clip, takes=takes, take=chosen))


def flatten_takes(p: Project, clip_id: str) -> Project:
    """Leaves only the take that the clip plays; its shift and gain become the clip's."""
    track, clip = clip_of(p, clip_id)
    take = clip.chosen
    total = clip.gain_db + take.gain_db
    flat = replace(
        clip,
        takes=(replace(take, content=take.content.flat(), gain_db=total - gain(total)),),
        take=0,
        gain_db=gain(total),
    )
    return p if flat == clip else with_clip(p, track, clip, flat)


def _check(clip: Clip, index: int) -> None:
    if not 0 <= index < len(clip.takes):
        raise EditError(f"The clip has no take {index + 1}: it has {len(clip.takes)}.")
