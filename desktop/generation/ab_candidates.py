"""What a clip would be with a part of it made anew, as edits that leave alone what else is done to it meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import EditError
from engine.generate.interface import Task
from engine.inference.splice import Part, straight
from engine.project import edits
from engine.project.edits.overlaps import with_extent
from engine.project.edits.structure import clip_of, fitted, later
from engine.project.model import Clip, CompPart, Project, Source, Stretch, Take, audio_take


@dataclass(frozen=True, slots=True)
class Voice:
    """What a clip plays: the fields that making a part anew changes. `earlier`: frames by which it begins earlier."""

    takes: tuple[Take, ...]
    take: int
    offset: int
    length: int
    loop_length: int
    loop_phase: int
    reverse: bool
    earlier: int = 0
    comp: tuple[CompPart, ...] = ()

    def fits(self, clip: Clip) -> bool:
        """Whether `clip` plays this, wherever it lies and however its takes are named, described and lined up."""
        return voice_of(clip)._key() == self._key()

    def _key(self) -> tuple[object, ...]:
        takes = tuple((take.id, take.source) for take in self.takes)
        loop = self.loop_length, self.loop_phase
        return takes, self.take, self.offset, self.length, loop, self.reverse, self.comp


def voice_of(clip: Clip) -> Voice:
    """What `clip` plays now."""
    return Voice(
        clip.takes, clip.take, clip.offset, clip.length, clip.loop_length, clip.loop_phase, clip.reverse,
        comp=clip.comp,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way in which the clip could sound: its file and what the clip plays of it."""

    source: Source
    voice: Voice


def candidate(
    clip: Clip,
    part: Part,
    source: Source,
    begins: int,
    name: str,
    provenance: Mapping[str, Any],
    gain_db: float,
    guide: Mapping[str, Any] | None = None,
) -> Candidate:
    """`clip` with the sound of `source`, of which it plays frame `begins` first, with a take at `gain_db`.

    guide: what the clip is to follow, as the take keeps it (`Take.guide`).

    The new take lies in the chosen one's lane. A clip that plays backwards or repeats a loop leaves its other takes.
    """
    old = voice_of(clip)
    grown = part.frames if part.task in (Task.CONTINUE, Task.EXTEND_LEFT) else 0
    earlier = grown if part.task is Task.EXTEND_LEFT else 0
    take = audio_take(f"{clip.id}-{source.id}", source.id, name, begins, gain_db, provenance)
    take = replace(take, guide=guide)
    if straight(clip) and not part.closing:
        straight_take = replace(take, content=take.content.of_source(source.id, begins - clip.offset))
        takes = (*clip.takes[: clip.take], straight_take, *clip.takes[clip.take + 1 :])
        return Candidate(source, replace(old, takes=takes, length=clip.length + grown, earlier=earlier))
    looped = clip.loop_length
    if part.closing:
        looped = looped or clip.length
    elif part.task is not Task.VARIATION:
        looped = 0
    phase = clip.loop_phase if looped else 0
    return Candidate(source, Voice((take,), 0, 0, clip.length + grown, looped, phase, False, earlier))


def spoken(p: Project, clip_id: str, old: Voice, new: Voice) -> Project:
    """The song in which the clip plays `new` where it played `old`; one without it stays as it is.

    What the clip newly covers is cut away from other clips.
    """
    pair = p.find_clip(clip_id)
    if pair is None or not old.fits(pair[1]) or old == new:
        return p
    track, clip = pair
    part = Stretch("", new.offset, 0, new.loop_length, new.loop_phase, new.reverse)
    changed = replace(clip, takes=new.takes, take=new.take, comp=new.comp).playing(part, new.length)
    if new.earlier != old.earlier:
        changed = replace(changed, position=later(p.clock, clip.position, old.earlier - new.earlier))
    return with_extent(p, track, clip, fitted(changed))


def begun(p: Project, clip_id: str, before: Voice, candidates: Sequence[Candidate]) -> Project:
    """The song in which the clip plays the first of `candidates`, with the sounds of all.

    Raises:
        EditError: the clip is gone, or plays something else than it did when the candidates were asked for.
    """
    _, clip = clip_of(p, clip_id)
    if not before.fits(clip):
        raise EditError(
            f"“{clip.name}” was changed while a part of it was regenerated: undo the change, or regenerate it again."
        )
    for each in candidates:
        p = edits.add_source(p, each.source)
    return spoken(p, clip_id, before, candidates[0].voice)


def settled(p: Project, clip_id: str, voices: Sequence[Voice], choice: Voice, sources: Sequence[str]) -> Project:
    """Any value of the song in which the clip plays one of `voices`, with `kept` in its place.

    Of `sources` only those stay that a clip plays.
    """
    for voice in voices:
        p = spoken(p, clip_id, voice, choice)
    used = {take.source for _, clip in p.clips() for take in clip.takes}
    if not any(key in p.sources and key not in used for key in sources):
        return p
    return replace(p, sources={key: value for key, value in p.sources.items() if key in used or key not in sources})
