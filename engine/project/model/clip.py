"""Clips, and the takes under them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any

from engine.project.model.content import AudioContent, Content, Stretch
from engine.project.model.fade import NO_FADE, Fade
from engine.project.model.ranges import RECORD, TAKE_GAIN_DB, Frames, GainDb, Hue, Id, Length, Offset
from engine.timing.position import Position


@dataclass(frozen=True, slots=True)
class Take:
    """One of several contents that lie under a clip; the clip plays the chosen one.

    `gain_db` brings it to the level of the others. `provenance` says how a model made it (request, seed, model,
    version, hash of weights, chunks) in plain JSON values. `prompt` is what is to be asked for with it next, as it was
    written since; None: what its record says. `guide` is the same of what is to be followed in time, as
    `engine.music.guide.Guide.to_values` writes it, in seconds from where the take's own sound begins.
    """

    id: Id
    content: Content
    name: str = ""
    gain_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    provenance: Annotated[Mapping[str, Any] | None, RECORD] = None
    prompt: str | None = None
    guide: Annotated[Mapping[str, Any] | None, RECORD] = None

    @property
    def source(self) -> str:
        """The source that it plays; empty where it plays no file of the song."""
        return self.content.stretch.source

    @property
    def shift(self) -> int:
        """The frames by which it is lined up with the other takes."""
        return self.content.stretch.shift


@dataclass(frozen=True, slots=True)
class CompPart:
    """From frame `first` of its clip on, the take of that id is heard, up to the next part of the comp."""

    first: Offset  # before 0 and after the clip's end where the clip was trimmed
    take: Id


@dataclass(frozen=True, slots=True)
class GainPoint:
    """A point of a clip's gain envelope: straight lines in dB lie between them, flat before and after them all."""

    frame: Offset  # of the clip; before 0 and after its end where it was trimmed
    gain_db: GainDb


@dataclass(frozen=True, slots=True)
class TakePart:
    """The frames `first` to `last` (exclusive) of a clip, in which its take number `take` is heard."""

    first: int
    last: int
    take: int


@dataclass(frozen=True, slots=True)
class Clip:
    """A place on a track, and the takes that can be played there.

    What of a take is heard is the content's (`engine.project.model.content`). Fades lie at the clip's ends and never
    overlap. With a `comp` it plays parts of several takes, which cross over where they meet; the first part reaches
    back to the clip's start. `envelope` is a gain over its time, beside `gain_db`.
    """

    id: Id
    position: Position
    length: Length  # frames at the project rate
    takes: tuple[Take, ...]
    take: Frames = 0  # index of the chosen take
    name: str = ""
    gain_db: GainDb = 0.0
    fade_in: Fade = NO_FADE
    fade_out: Fade = NO_FADE
    mute: bool = False
    colour: Hue | None = None  # index of a track hue; None takes the track's
    comp: tuple[CompPart, ...] = ()
    envelope: tuple[GainPoint, ...] = ()
    group: str = ""  # clips of one group are selected together; empty: none

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        if self.take >= len(self.takes):
            return "chooses a take that it does not have"
        ids = {take.id for take in self.takes}
        if any(part.take not in ids for part in self.comp):
            return "has a comp of takes that it does not have"
        if any(after.first <= before.first for before, after in pairwise(self.comp)):
            return "has a comp whose parts are not one after another"
        if any(after.frame <= before.frame for before, after in pairwise(self.envelope)):
            return "has an envelope whose points are not one after another"
        return "is shorter than its fades" if self.fade_in.length + self.fade_out.length > self.length else ""

    @property
    def chosen(self) -> Take:
        """The take that sounds."""
        return self.takes[self.take]

    @property
    def prompt(self) -> str | None:
        """What the user has written for the take that sounds; None: what its record says."""
        return self.takes[self.take].prompt

    @property
    def content(self) -> Content:
        """What the chosen take holds."""
        return self.takes[self.take].content

    @property
    def stretch(self) -> Stretch:
        """What the chosen take plays of its sound."""
        return self.takes[self.take].content.stretch

    @property
    def offset(self) -> int:
        """The frame of its sound at which the stretch begins, before the take's shift."""
        return self.takes[self.take].content.stretch.offset

    @property
    def loop_length(self) -> int:
        """The frames that it repeats; 0 where it plays straight on."""
        return self.takes[self.take].content.stretch.loop_length

    @property
    def loop_phase(self) -> int:
        """Where in its loop it begins."""
        return self.takes[self.take].content.stretch.loop_phase

    @property
    def reverse(self) -> bool:
        """Whether it plays backwards."""
        return self.takes[self.take].content.stretch.reverse

    @property
    def take_parts(self) -> tuple[TakePart, ...]:
        """Which take is heard where, in order, from its start to its end."""
        if not self.comp:
            return (TakePart(0, self.length, self.take),)
        numbers = {take.id: number for number, take in enumerate(self.takes)}
        ends = [part.first for part in self.comp[1:]] + [self.length]
        parts: list[TakePart] = []
        for number, (part, end) in enumerate(zip(self.comp, ends, strict=True)):
            first, last = max(part.first, 0) if number else 0, min(end, self.length)
            if last <= first:
                continue
            if parts and parts[-1].take == numbers[part.take]:
                first = parts.pop().first
            parts.append(TakePart(first, last, numbers[part.take]))
        return tuple(parts)

    def with_marks(self, place: Callable[[int], int]) -> "Clip":
        """The clip with its comp and its envelope at other frames, which `place` says; those that meet become one."""
        if not self.comp and not self.envelope:
            return self
        comp = {place(part.first): replace(part, first=place(part.first)) for part in self.comp}
        envelope = {place(point.frame): replace(point, frame=place(point.frame)) for point in self.envelope}
        return replace(self, comp=tuple(comp.values()), envelope=tuple(envelope.values()))

    def stretched(self, contents: Iterable[Content], length: int) -> "Clip":
        """As `with_contents` where the same is heard in another time: comp and envelope go along."""
        clip = self.with_marks(lambda frame: round(frame * length / self.length)) if length != self.length else self
        return clip.with_contents(contents, length)

    def with_contents(self, contents: Iterable[Content], length: int | None = None) -> "Clip":
        """The clip with these contents, one for each take, and another length if one is given."""
        takes = tuple(
            take if content is take.content else replace(take, content=content)
            for take, content in zip(self.takes, contents, strict=True)
        )
        return replace(self, takes=takes, length=self.length if length is None else length)

    def trimmed(self, first: int, last: int) -> "Clip":
        """What covers the frames `first` to `last` of it, every take cut alike; its position and fades stay."""
        if (first, last) == (0, self.length):
            return self
        clip = self.with_marks(lambda frame: frame - first) if first else self
        return clip.with_contents((take.content.trimmed(self.length, first, last) for take in self.takes), last - first)

    def playing(self, part: Stretch, length: int | None = None) -> "Clip":
        """The clip with the offset, loop and direction of `part` in all takes that can play so."""
        return self.with_contents((take.content.like(part) for take in self.takes), length)


def audio_take(
    id: str,
    source: str,
    name: str = "",
    shift: int = 0,
    gain_db: float = 0.0,
    provenance: Mapping[str, Any] | None = None,
) -> Take:
    """A take of a source."""
    return Take(id, AudioContent(source, shift=shift), name, gain_db, provenance)


def audio_clip(
    id: str,
    position: Position,
    length: int,
    takes: tuple[Take, ...],
    take: int = 0,
    name: str = "",
    offset: int = 0,
    gain_db: float = 0.0,
    fade_in: Fade = NO_FADE,
    fade_out: Fade = NO_FADE,
    loop_length: int = 0,
    loop_phase: int = 0,
    reverse: bool = False,
    mute: bool = False,
    colour: int | None = None,
) -> Clip:
    """A clip whose takes all play the same stretch of their sources."""
    clip = Clip(id, position, length, takes, take, name, gain_db, fade_in, fade_out, mute, colour)
    return clip.playing(Stretch("", offset, 0, loop_length, loop_phase, reverse))
