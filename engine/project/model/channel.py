"""What a channel of the mixer has beside its fader: effects, sends, and lanes of automation.

Tracks, groups, returns and the master are channels. Sound runs through a channel's devices in their order, then
through its fader and its pan, and on to its group or the master; sends branch off before or after the fader.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from engine.parameters import ParameterSpec
from engine.project.model.ranges import DEVICE_VALUE, GAIN_DB, NUMBERS, PAN, GainDb, Id
from engine.timing.position import Position

MASTER: Final = ""
"""Names the master where the id of a channel is asked for."""

FADER: Final = ParameterSpec("gain_db", "Volume", "dB", GAIN_DB.low, GAIN_DB.high, 0.0, "mixer")
PANNING: Final = ParameterSpec("pan", "Pan", "", PAN.low, PAN.high, 0.0)
SEND_LEVEL: Final = ParameterSpec("send_db", "Send", "dB", GAIN_DB.low, GAIN_DB.high, 0.0, "mixer")


class ChannelKind(StrEnum):
    """What feeds a track's channel: its clips, the tracks of its group, or sends."""

    AUDIO = "audio"
    GROUP = "group"
    RETURN = "return"


class CurveShape(StrEnum):
    """How a curve runs from a point to the next one; x is the share of the way in time.

    Linear: x. Hold: 0, the next value comes with its point. Slow: x², late. Fast: 1 − (1 − x)², early. S-curve:
    3x² − 2x³.
    """

    LINEAR = "linear"
    HOLD = "hold"
    SLOW = "slow"
    FAST = "fast"
    S_CURVE = "s_curve"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A value at a place in the song, and how the curve goes on from there."""

    position: Position
    value: Annotated[float, DEVICE_VALUE]
    shape: CurveShape = CurveShape.LINEAR


@dataclass(frozen=True, slots=True)
class Curve:
    """A value over time: flat before its first and after its last point. Of points in one place the last counts."""

    points: tuple[CurvePoint, ...] = ()  # in the order of their positions


@dataclass(frozen=True, slots=True)
class Target:
    """A parameter of a channel: its own (`gain_db`, `pan`), one of a device, or the level of a send (`send_db`)."""

    parameter: Id
    device: str = ""  # Device.id
    send: str = ""  # Send.to


@dataclass(frozen=True, slots=True)
class Lane:
    """The automation of one parameter, whose own value it takes the place of. A channel has one lane a target."""

    target: Target
    curve: Curve = Curve()


@dataclass(frozen=True, slots=True)
class Device:
    """An effect of a channel. One whose kind this version does not know is kept and bypassed.

    values: by parameter id, in the parameter's unit; what is not there has its default.
    sidechain: id of the track whose sound, after its devices and before its fader, controls it; empty: its own input.
    """

    id: Id
    kind: Id  # DeviceSpec.id
    enabled: bool = True
    values: Annotated[Mapping[str, float], NUMBERS] = field(default_factory=dict)
    sidechain: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """A branch of a channel's sound to a return."""

    to: Id  # of the return
    gain_db: GainDb = 0.0
    pre_fader: bool = False
