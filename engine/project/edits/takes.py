"""Edits of the takes under a clip."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.sources import add_source
from engine.project.edits.structure import check_sounds, clip_of, gain, with_clip
from engine.project.model import Clip, CompPart, Project, Source, Take
from engine.project.model.ranges import MAX_TEXT


def add_take(p: Project, clip_id: str, take: Take, *, choose: bool = False) -> Project:
    """Puts a take under a clip, as the last; with `choose` the clip plays it."""
    track, clip = clip_of(p, clip_id)
    check_sounds(p, (take,))
    if any(take.id == other.id for other in clip.takes):
        raise EditError("The clip has this take already.")
    takes = (*clip.takes, replace(take, content=take.content.like(clip.stretch)))
    new = replace(clip, takes=takes)
    return with_clip(p, track, clip, replace(new, take=len(takes) - 1, comp=()) if choose else new)


def add_derived_take(
    p: Project, clip_id: str, take: Take, source: Source, name: str, note: Mapping[str, Any]
) -> Project:
    """Lets a clip play `source`, which was made of the file of one of its takes, as that plays it; the take stays.

    Args:
        p: the song.
        clip_id: which clip.
        take: whose file it was.
        source: what was made of it.
        name: of the new take.
        note: what its record says besides, where the take was generated or recorded.
    """
    record = {**take.provenance, **note} if take.provenance is not None else None
    content = take.content.relinked(take.source, source.id)
    new = replace(take, id=new_id(), content=content, name=name, provenance=record)
    return add_take(add_source(p, source), clip_id, new, choose=True)


def choose_take(p: Project, clip_id: str, index: int) -> Project:
    """Lets a clip play its take number `index` (from 0), all of it."""
    track, clip = clip_of(p, clip_id)
    _check(clip, index)
    same = index == clip.take and not clip.comp
    return p if same else with_clip(p, track, clip, replace(clip, take=index, comp=()))


def comp_take(p: Project, clip_id: str, index: int, first: int, last: int) -> Project:
    """Lets a clip play its take number `index` (from 0) in its frames `first` to `last`, and what it did elsewhere.

    Raises:
        EditError: the clip has no such take, or the frames are not inside it.
    """
    track, clip = clip_of(p, clip_id)
    _check(clip, index)
    first, last = max(first, 0), min(last, clip.length)
    if last <= first:
        raise EditError("Swipe over a part of the clip to choose the take there.")
    parts = clip.comp or (CompPart(0, clip.chosen.id),)
    behind = next(part.take for part in reversed(parts) if part.first <= last or part is parts[0])
    before = [part for part in parts if part.first < first] or [replace(parts[0], first=0)] * (first > 0)
    after = [part for part in parts if part.first > last]
    if last < clip.length or after:
        after = [CompPart(last, behind), *after]
    new = _with_comp(clip, [*before, CompPart(first, clip.takes[index].id), *after])
    return p if new == clip else with_clip(p, track, clip, new)


def _with_comp(clip: Clip, parts: Iterable[CompPart]) -> Clip:
    """The clip with a comp of these parts; with one take alone it has none."""
    comp: list[CompPart] = []
    for part in parts:
        if not comp or comp[-1].take != part.take:
            comp.append(part)
    if len(comp) > 1:
        return replace(clip, comp=tuple(comp))
    index = next(number for number, take in enumerate(clip.takes) if not comp or take.id == comp[0].take)
    return replace(clip, comp=(), take=index if comp else clip.take)


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


def set_guide(p: Project, clip_id: str, guide: Mapping[str, Any] | None) -> Project:
    """Draws a guide for the take that a clip plays, as plain values; None: its record's counts again."""
    track, clip = clip_of(p, clip_id)
    if guide == clip.chosen.guide:
        return p
    takes = tuple(replace(take, guide=guide) if index == clip.take else take for index, take in enumerate(clip.takes))
    return with_clip(p, track, clip, replace(clip, takes=takes))


def remove_take(p: Project, clip_id: str, index: int) -> Project:
    """Removes a take; if the clip plays it, it plays the next one instead."""
    track, clip = clip_of(p, clip_id)
    _check(clip, index)
    if len(clip.takes) == 1:
        raise EditError("A clip needs at least one take: delete the clip instead.")
    takes = clip.takes[:index] + clip.takes[index + 1 :]
    chosen = clip.take - 1 if index < clip.take else min(clip.take, len(takes) - 1)
    gone = clip.takes[index].id
    new = replace(clip, takes=takes, take=chosen, comp=())
    return with_clip(p, track, clip, _with_comp(new, (part for part in clip.comp if part.take != gone)))


def flatten_takes(p: Project, clip_id: str) -> Project:
    """Leaves only the take that the clip plays; its shift and gain become the clip's. Of a comp all its takes stay."""
    track, clip = clip_of(p, clip_id)
    if clip.comp:
        used = {part.take for part in clip.take_parts}
        remaining = tuple(take for number, take in enumerate(clip.takes) if number in used)
        chosen = remaining.index(clip.chosen) if clip.take in used else 0
        parts = [part for part in clip.comp if any(part.take == take.id for take in remaining)]
        flat = _with_comp(replace(clip, takes=remaining, take=chosen, comp=()), parts)
        return p if flat == clip else with_clip(p, track, clip, flat)
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
