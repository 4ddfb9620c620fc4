"""Clips, and the takes under them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from engine.project.model.fade import NO_FADE, Fade
from engine.project.model.ranges import RECORD, TAKE_GAIN_DB, Frames, GainDb, Hue, Id, Length, Offset
from engine.timing.position import Position


@dataclass(frozen=True, slots=True)
class Take:
    """One of several sounds that lie under a clip; the clip plays the chosen one.

    `shift` (frames at the project rate) and `gain_db` line it up with the others. `provenance` says how a model made it
    (request, seed, model, version, hash of weights, chunks) in plain JSON values. Frame f of the take is frame
    `f + shift` of its source, played at the project rate.
    """

    id: Id
    source: Id  # Source.id
    name: str = ""
    shift: Offset = 0
    gain_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    provenance: Annotated[Mapping[str, Any] | None, RECORD] = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a source placed on a track.

    Frame t of the clip (0 ≤ t < `length`) sounds frame `offset + t` of its take; reversed, `offset + length − 1 − t`.
    If `loop_length` is not 0 the clip repeats a loop: with u = (`loop_phase` + t) mod `loop_length` it sounds
    `offset + u`; reversed, `offset + loop_length − 1 − u`. (0 ≤ `loop_phase` < `loop_length`, and 0 without a loop; a
    loop may be longer than the clip.) What lies outside the source is silence. Fades lie at the clip's ends and never
    overlap.
    """

    id: Id
    position: Position
    length: Length  # frames at the project rate
    takes: tuple[Take, ...]
    take: Frames = 0  # index of the chosen take
    name: str = ""
    offset: Offset = 0  # frames at the project rate, into the take
    gain_db: GainDb = 0.0
    fade_in: Fade = NO_FADE
    fade_out: Fade = NO_FADE
    loop_length: Frames = 0  # frames at the project rate; 0: no loop
    loop_phase: Frames = 0  # where in the loop the clip starts, frames
    reverse: bool = False
    mute: bool = False
    colour: Hue | None = None  # index of a track hue; None takes the track's

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        if self.take >= len(self.takes):
            return "chooses a take that it does not have"
        if self.fade_in.length + self.fade_out.length > self.length:
            return "is shorter than its fades"
        return "starts outside its loop" if self.loop_phase >= max(self.loop_length, 1) else ""

    @property
    def chosen(self) -> Take:
        """The take that sounds."""
        return self.takes[self.take]
