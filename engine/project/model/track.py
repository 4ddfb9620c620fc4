"""Tracks and their automation."""

from dataclasses import dataclass
from typing import Annotated, Final

from engine.project.model.channel import ChannelKind, Device, Lane, Send
from engine.project.model.clip import Clip
from engine.project.model.instrument import Instrument
from engine.project.model.ranges import PAN, STORED_HEIGHT, Form, GainDb, Hue, Id
from engine.timing.position import Position

ROLES: Final = ("drums", "percussion", "bass", "chords", "pad", "arp", "lead", "counter")
"""What a part does in a piece."""


def _role(text: str) -> str:
    if text and text not in ROLES:
        raise ValueError(f"is not one of {', '.join(ROLES)}")
    return text


@dataclass(frozen=True, slots=True)
class AutomationPoint:
    """The track's extra gain, beside its fader, at a position; between points it runs straight in decibels."""

    position: Position
    gain_db: GainDb


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a frozen track had, and gets back: the sound that it plays was made from this."""

    clips: tuple[Clip, ...] = ()
    devices: tuple[Device, ...] = ()
    lanes: tuple[Lane, ...] = ()  # of the devices


@dataclass(frozen=True, slots=True)
class Track:
    """A channel of the mixer and the clips on it; clips that overlap are added.

    role: what it does in the piece, one of `ROLES` or empty. instrument: what plays its notes.
    kind: a group and a return have no clips. devices: in the order in which sound runs through them.
    group: id of the group that its sound goes to; empty: the master. lanes: automation of its parameters.
    frozen: what the clip of a frozen track was made from.
    """

    id: Id
    name: str
    colour: Hue = 0  # index of a track hue
    gain_db: GainDb = 0.0
    pan: Annotated[float, PAN] = 0.0
    mute: bool = False
    solo: bool = False
    clips: tuple[Clip, ...] = ()
    automation: tuple[AutomationPoint, ...] = ()
    height: Annotated[int, STORED_HEIGHT] = 72  # px in the timeline
    role: Annotated[str, Form(_role)] = ""
    instrument: Instrument | None = None
    kind: ChannelKind = ChannelKind.AUDIO
    devices: tuple[Device, ...] = ()
    sends: tuple[Send, ...] = ()
    group: str = ""
    lanes: tuple[Lane, ...] = ()
    frozen: Frozen | None = None

    def clip(self, clip_id: str) -> Clip | None:
        """The clip with that id, if it is on this track."""
        return next((clip for clip in self.clips if clip.id == clip_id), None)
