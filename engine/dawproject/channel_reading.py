"""Reads the channels of a DAWproject file: faders, devices that this program has, sends, groups, their automation."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element

from engine.dawproject.device_forms import (
    BAND_COUNT,
    BAND_PLACES,
    BAND_TYPES,
    DECIBEL,
    FORMS,
    ID_PREFIX,
    LINEAR_GAIN,
    PLACE,
    VENDOR,
    decibels_of,
    kind_of_element,
    scale_of,
    spec_of,
)
from engine.devices.registry import find_device
from engine.parameters import ParameterSpec
from engine.project.model import FADER, PANNING, SEND_LEVEL, ChannelKind

POINTS: Final = ("RealPoint", "BoolPoint", "EnumPoint", "IntegerPoint")
_MAX_DEVICES = 64  # of a channel
_MAX_SENDS = 256
_DB_STEP = 1.5  # between points of a curve that runs straight in factors there and in decibels here
_MOST_STEPS = 32
_SLOPES = {2: 0, 4: 1, 6: 2, 8: 3}  # the choice of a slope by the order of its filter

Curve = tuple[tuple[float, float, bool], ...]
"""(beat, value in the parameter's own unit, whether it holds until the next point)."""


@dataclass(frozen=True, slots=True)
class DawDevice:
    """A device of a kind that this program has: the values of its parameters, and the curves of those that move."""

    kind: str
    enabled: bool = True
    values: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DawSend:
    """A send to the channel `to`."""

    to: str
    gain_db: float
    pre_fader: bool = False
    curve: Curve = ()


@dataclass(frozen=True, slots=True)
class DawChannel:
    """A channel of the mixer. id, destination: of the file; `destination` is what its sound goes to."""

    id: str = ""
    destination: str = ""
    kind: ChannelKind | None = ChannelKind.AUDIO  # None: one that the program does not have
    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    volume_curve: Curve = ()
    pan_curve: Curve = ()
    devices: tuple[DawDevice, ...] = ()
    sends: tuple[DawSend, ...] = ()


def finite(element: Element | None, key: str) -> float | None:
    """A number of an element; None where there is none."""
    text = element.get(key) if element is not None else None
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return {"true": 1.0, "false": 0.0}.get((text or "").strip().lower())
    return value if math.isfinite(value) else None


def is_on(element: Element | None, key: str, *, default: bool = False) -> bool:
    """A truth value of an element."""
    text = element.get(key) if element is not None else None
    return default if text is None else text.strip().lower() in ("true", "1")


NO_CHANNEL: Final = DawChannel()
"""What a track without a channel has."""


class ChannelReader:
    """Reads channels. automation: the points of each parameter by its id, with their times in beats."""

    def __init__(self, automation: Mapping[str, Element], note: Callable[[str], object]) -> None:
        self._automation, self._note = automation, note

    def read(self, track: Element, channel: Element | None) -> DawChannel:
        """The channel of a track."""
        if channel is None:
            return NO_CHANNEL
        volume, pan = channel.find("Volume"), channel.find("Pan")
        return DawChannel(
            channel.get("id", ""),
            channel.get("destination", ""),
            self._kind(track, channel),
            self._value(volume, FADER, 0.0),
            self._value(pan, PANNING, 0.0),
            is_on(channel.find("Mute"), "value"),
            is_on(channel, "solo"),
            self._curve(volume, FADER),
            self._curve(pan, PANNING),
            tuple(self._devices(channel)),
            tuple(self._sends(channel)),
        )

    @staticmethod
    def _kind(track: Element, channel: Element) -> ChannelKind | None:
        role = channel.get("role", "regular")
        if role == "vca":
            return None
        if role == "effect":
            return ChannelKind.RETURN
        return ChannelKind.GROUP if role == "submix" or track.find("Track") is not None else ChannelKind.AUDIO

    def _value(self, element: Element | None, spec: ParameterSpec, default: float) -> float:
        value = finite(element, "value")
        read = _reader(spec, element.get("unit")) if element is not None else None
        return default if value is None or read is None else spec.clamp(read(value))

    def _curve(self, element: Element | None, spec: ParameterSpec) -> Curve:
        """The automation of the parameter that is `element`."""
        lane = self._automation.get(element.get("id", "")) if element is not None else None
        if element is None or lane is None:
            return ()
        read = _reader(spec, lane.get("unit") or element.get("unit"))
        if read is None:
            self._note("automation in units that do not fit its parameter was left out")
            return ()
        points = []
        for point in lane:
            beat, value = finite(point, "time"), finite(point, "value")
            if point.tag in POINTS and beat is not None and value is not None:
                hold = point.tag != "RealPoint" or point.get("interpolation") == "hold" or spec.whole
                points.append((max(beat, 0.0), value, hold))
        points.sort(key=lambda each: each[0])
        in_factors = spec in (FADER, SEND_LEVEL) and read is LINEAR_GAIN.read
        straight = _in_decibels(points) if in_factors else points
        return tuple((beat, spec.clamp(read(value)), hold) for beat, value, hold in straight)

    def _sends(self, channel: Element) -> Iterator[DawSend]:
        seen: set[str] = set()
        for send in channel.findall("Sends/Send")[:_MAX_SENDS]:
            to, volume = send.get("destination", ""), send.find("Volume")
            if not to or to in seen or not is_on(send.find("Enable"), "value", default=True):
                continue
            seen.add(to)
            pre = send.get("type") == "pre"
            yield DawSend(to, self._value(volume, SEND_LEVEL, 0.0), pre, self._curve(volume, SEND_LEVEL))

    def _devices(self, channel: Element) -> Iterator[DawDevice]:
        for element in channel.findall("Devices/*")[:_MAX_DEVICES]:
            name = element.get("deviceID", "").removeprefix(ID_PREFIX)
            own = element.get("deviceVendor") == VENDOR and find_device(name) is not None
            kind = name if own else kind_of_element(element.tag)
            if not kind:
                self._note("devices that only other programs have were left out")
                continue
            if not own:
                self._note(
                    "equalisers, compressors, limiters and gates of other programs were taken over as far as the file "
                    "describes them"
                )
            yield self._device(element, kind, own)

    def _device(self, element: Element, kind: str, own: bool) -> DawDevice:
        values: dict[str, float] = {}
        curves: dict[str, Curve] = {}
        for parameter, place in self._own_places(element) if own else self._built_in_places(element, kind):
            spec = spec_of(kind, parameter)
            if spec is None or finite(place, "value") is None:
                continue
            values[parameter] = self._value(place, spec, spec.default)
            if curve := self._curve(place, spec):
                curves[parameter] = curve
        if kind == "eq":
            values.update(self._bands(element, own))
        return DawDevice(kind, is_on(element.find("Enabled"), "value", default=True), values, curves)

    @staticmethod
    def _own_places(element: Element) -> Iterator[tuple[str, Element]]:
        """The parameters of a device that this program wrote, by their ids."""
        for part in (*element.iterfind("Parameters/*"), *element.iterfind("Band/*"), *element):
            if (parameter := part.get("comment")) is not None:
                yield parameter, part

    def _built_in_places(self, element: Element, kind: str) -> Iterator[tuple[str, Element]]:
        """The parameters of one of the format's own devices."""
        for tag, parameter in FORMS[kind].places.items():
            if (place := element.find(tag)) is not None:
                yield parameter, place
        bands = element.findall("Band") if kind == "eq" else []
        if len(bands) > BAND_COUNT:
            self._note(f"equalisers with more than {BAND_COUNT} bands were cut short")
        for number, band in enumerate(bands[:BAND_COUNT], 1):
            for tag, part in BAND_PLACES.items():
                if (place := band.find(tag)) is not None:
                    yield f"band{number}_{part}", place

    def _bands(self, element: Element, own: bool) -> Iterator[tuple[str, float]]:
        """What the attributes of bands say: shape and slope; and which bands are there at all."""
        if own:
            return
        shapes = {kind: shape for shape, kind in BAND_TYPES.items()}
        bands = element.findall("Band")[:BAND_COUNT]
        for number in range(1, BAND_COUNT + 1):
            band = bands[number - 1] if number <= len(bands) else None
            shape = shapes.get(band.get("type", "")) if band is not None else None
            if band is None or shape is None:
                if band is not None:
                    self._note("bands of equalisers of a kind that this one lacks were left out")
                yield f"band{number}_on", 0.0
                continue
            spec = spec_of("eq", f"band{number}_shape")
            assert spec is not None
            yield spec.id, float(spec.choices.index(shape))
            yield f"band{number}_slope", float(_SLOPES.get(round(finite(band, "order") or 2), 0))
            if band.find("Enabled") is None:
                yield f"band{number}_on", 1.0


def _reader(spec: ParameterSpec, unit: str | None) -> Callable[[float], float] | None:
    """What brings values of the schema's `unit` into that of a parameter; None where the two do not fit."""
    scale = scale_of(spec)
    if unit in (None, scale.unit) or spec.choices:
        return scale.read
    if scale in (LINEAR_GAIN, DECIBEL):
        return float if unit == "decibel" else decibels_of if unit == "linear" else None
    if scale is PLACE:
        return float if unit == "linear" else None
    if scale.unit == "percent" and unit in ("linear", "normalized"):
        return lambda value: 100 * value
    return None


def _in_decibels(points: Iterable[tuple[float, float, bool]]) -> Iterator[tuple[float, float, bool]]:
    """Points of factors, with those between them that a curve needs to run in decibels as it runs in factors."""
    ordered = list(points)
    for (beat, value, hold), (after, target, _) in pairwise(ordered):
        yield beat, value, hold
        if hold or after <= beat:
            continue
        steps = min(math.ceil(abs(decibels_of(target) - decibels_of(value)) / _DB_STEP), _MOST_STEPS)
        for step in range(1, steps):
            share = step / steps
            yield beat + (after - beat) * share, value + (target - value) * share, False
    yield from ordered[-1:]
