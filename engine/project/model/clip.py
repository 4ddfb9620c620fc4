"""Clips, and the takes under them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from engine.project.model.content import AudioContent, Content, Stretch
from engine.project.model.fade import NO_FADE, Fade
from engine.project.model.ranges import RECORD, TAKE_GAIN_DB, Frames, GainDb, Hue, Id, Length
from engine.timing.position import Position


@dataclass(frozen=True, slots=True)
class Take:
    """One of several contents that lie under a clip; the clip plays the chosen one.

    `gain_db` brings it to the level of the others. `provenance` says how a model made it (request, seed, model,
    version, hash of weights, chunks) in plain JSON values. `prompt` is what is to be asked for with it next, as it was
    written since; None: what its record says.
    """

    id: Id
    content: Content
    name: str = ""
    gain_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    provenance: Annotated[Mapping[str, Any] | None, RECORD] = None
    prompt: str | None = None

    @property
    def source(self) -> str:
        """The source that it plays; empty where it plays no file of the song."""
        return self.content.stretch.source

    @property
    def shift(self) -> int:
        """The frames by which it is lined up with the other takes."""
        return self.content.stretch.shift


@dataclass(frozen=True, slots=True)
class Clip:
    """A place on a track, and the takes that can be played there.

    What of a take is heard is the content's (`engine.project.model.content`). Fades lie at the clip's ends and never
    overlap.
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

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        if self.take >= len(self.takes):
            return "chooses a take that it does not have"
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
        return self.with_contents((take.content.trimmed(self.length, first, last) for take in self.takes), last - first)

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
