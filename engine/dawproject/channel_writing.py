"""Writes the channels of a song's mixer: faders, devices, sends, and the automation of all of their parameters."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from engine.dawproject.device_forms import (
    BAND_COUNT,
    BAND_PLACES,
    BAND_TYPES,
    FORMS,
    GENERIC,
    ID_PREFIX,
    LINEAR_GAIN,
    PLACE,
    VENDOR,
    Scale,
    is_switch,
    scale_of,
    spec_of,
)
from engine.dawproject.note_clips import number
from engine.devices.registry import find_device
from engine.parameters import ParameterSpec
from engine.plain_text import one_line
from engine.project.curves import CurveValues, frame_points
from engine.project.model import (
    FADER,
    MASTER,
    PANNING,
    SEND_LEVEL,
    ChannelKind,
    CurveShape,
    Device,
    Lane,
    Project,
    Target,
    Track,
)
from engine.project.routing import devices_of, lanes_of, parameter_of

_DB_STEP = 1.0  # between points of a curve in decibels that runs straight in factors there
_STEPS = 16  # between two points of any other curve that does not run straight there
_SLOPES = 12  # dB an octave of a step of `order` 2

Point = tuple[Fraction, float, str]
"""(beat, value as it is written, interpolation)."""


def plain(text: str) -> str:
    """`text` as XML 1.0 can hold it, on one line."""
    return "".join(c for c in one_line(text) if ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE)


def flag(on: bool) -> str:
    """A truth value of XML Schema."""
    return "true" if on else "false"


class ChannelWriter:
    """Writes channels, and remembers the ids of their parameters for their lanes."""

    def __init__(self, p: Project, new_id: Callable[[], str]) -> None:
        self._p, self._new_id = p, new_id
        self.ids = {each.id: new_id() for each in p.tracks} | {MASTER: new_id()}
        """The ids of the channels by those of their tracks."""
        self._parameters: dict[tuple[str, Target], str] = {}
        self.sidechains = 0
        """Devices whose side chain has no place in the format."""

    def write(self, parent: Element, track: Track | None) -> None:
        """Puts the channel of `track`, or the master's, into the element of its track."""
        p = self._p
        key = track.id if track else MASTER
        roles = {ChannelKind.AUDIO: "regular", ChannelKind.GROUP: "submix", ChannelKind.RETURN: "effect"}
        role = roles[track.kind] if track else "master"
        channel = SubElement(parent, "Channel", id=self.ids[key], role=role, audioChannels="2")
        if track:
            channel.set("destination", self.ids.get(track.group, self.ids[MASTER]))
            channel.set("solo", flag(track.solo))
        if devices := devices_of(p, key):
            element = SubElement(channel, "Devices")
            for device in devices:
                self._device(element, key, device)
        if track:
            SubElement(channel, "Mute", id=self._new_id(), name="Mute", value=flag(track.mute))
        pan = track.pan if track else 0.0
        self._real(channel, "Pan", key, Target(PANNING.id), PANNING.label, PLACE, pan, (-1.0, 1.0))
        if track and track.sends:
            sends = SubElement(channel, "Sends")
            for send in track.sends:
                kind = "pre" if send.pre_fader else "post"
                element = SubElement(sends, "Send", id=self._new_id(), destination=self.ids[send.to], type=kind)
                self._gain(element, key, Target(SEND_LEVEL.id, send=send.to), send.gain_db)
        self._gain(channel, key, Target(FADER.id), track.gain_db if track else p.master_gain_db)

    def _gain(self, parent: Element, channel: str, target: Target, decibels: float) -> None:
        self._real(parent, "Volume", channel, target, "Volume", LINEAR_GAIN, decibels, (FADER.minimum, FADER.maximum))

    def _real(
        self, parent: Element, tag: str, channel: str, target: Target, name: str, scale: Scale, value: float,
        ends: tuple[float, float],
    ) -> Element:  # fmt: skip
        key = self._parameters[channel, target] = self._new_id()
        low, high = (number(scale.written(end)) for end in ends)
        return SubElement(
            parent, tag, id=key, name=name, unit=scale.unit, value=number(scale.written(value)), min=low, max=high
        )

    def _device(self, parent: Element, channel: str, device: Device) -> None:
        spec, form = find_device(device.kind), FORMS.get(device.kind, GENERIC)
        element = SubElement(
            parent,
            form.tag,
            id=self._new_id(),
            name=spec.label if spec else plain(device.kind),
            deviceID=f"{ID_PREFIX}{device.kind}",
            deviceName=spec.label if spec else plain(device.kind),
            deviceRole="audioFX",
            deviceVendor=VENDOR,
        )
        self.sidechains += bool(device.sidechain)
        values = spec.values(device.values) if spec else {}
        bands = [f"band{band}" for band in range(1, BAND_COUNT + 1)] if form.bands else []
        placed = {*form.places.values(), *(f"{band}_{part}" for band in bands for part in BAND_PLACES.values())}
        if rest := [each for each in spec.parameters if each.id not in placed] if spec else []:
            parameters = SubElement(element, "Parameters")
            for each in rest:
                self._parameter(parameters, "", channel, device, each, values[each.id])
        SubElement(element, "Enabled", id=self._new_id(), name="Enabled", value=flag(device.enabled))
        for band in bands:
            shape, slope = (self._choice(device.kind, f"{band}_{part}", values) for part in ("shape", "slope"))
            order = 2 * int(slope.split()[0]) // _SLOPES if "cut" in shape else 2
            group = SubElement(element, "Band", type=BAND_TYPES[shape], order=str(order))
            self._placed(group, channel, device, {tag: f"{band}_{part}" for tag, part in BAND_PLACES.items()}, values)
        self._placed(element, channel, device, form.places, values)

    @staticmethod
    def _choice(kind: str, parameter: str, values: dict[str, float]) -> str:
        spec = spec_of(kind, parameter)
        assert spec is not None
        return spec.choices[round(values[parameter])]

    def _placed(
        self, parent: Element, channel: str, device: Device, places: Mapping[str, str], values: dict[str, float]
    ) -> None:
        """Parameters that are elements of the format's own."""
        for tag, parameter in places.items():
            spec = spec_of(device.kind, parameter)
            assert spec is not None
            self._parameter(parent, tag, channel, device, spec, values[parameter])

    def _parameter(
        self, parent: Element, tag: str, channel: str, device: Device, spec: ParameterSpec, value: float
    ) -> None:
        """A parameter of a device as the element `tag`, or as one of its list if that is empty."""
        target = Target(spec.id, device.id)
        if not spec.choices:
            element = self._real(
                parent, tag or "RealParameter", channel, target, spec.label, scale_of(spec), value,
                (spec.minimum, spec.maximum),
            )  # fmt: skip
        else:
            key = self._parameters[channel, target] = self._new_id()
            element = SubElement(parent, tag or ("BoolParameter" if is_switch(spec) else "EnumParameter"), id=key)
            element.set("name", spec.label)
            if is_switch(spec):
                element.set("value", flag(bool(value)))
            else:
                element.set("count", str(len(spec.choices)))
                element.set("labels", " ".join(choice.replace(" ", "_") for choice in spec.choices))
                element.set("value", str(round(value)))
        element.set("comment", spec.id)

    # lanes

    def lanes(self, parent: Element, track: Track | None) -> None:
        """Puts the automation of a channel into the lanes of its track."""
        channel = track.id if track else MASTER
        volume = [lane for lane in lanes_of(self._p, channel) if lane.target == Target(FADER.id)]
        for lane in lanes_of(self._p, channel):
            spec = parameter_of(self._p, channel, lane.target)
            if spec is None or not lane.curve.points or lane in volume:
                continue
            self._points(parent, channel, lane.target, spec, self._curve(lane, spec))
        if (volume and volume[0].curve.points) or (track and track.automation):
            self._points(parent, channel, Target(FADER.id), FADER, self._volume(volume, track))

    def _points(
        self, parent: Element, channel: str, target: Target, spec: ParameterSpec, curve: Iterable[Point]
    ) -> None:
        parameter = self._parameters.get((channel, target))
        if parameter is None:
            return
        element = SubElement(parent, "Points", id=self._new_id(), timeUnit="beats")
        if not spec.choices:
            element.set("unit", scale_of(spec).unit)
        SubElement(element, "Target", parameter=parameter)
        for beat, value, shape in curve:
            if is_switch(spec):
                SubElement(element, "BoolPoint", time=number(beat), value=flag(bool(round(value))))
            elif spec.choices:
                SubElement(element, "EnumPoint", time=number(beat), value=str(round(value)))
            else:
                SubElement(element, "RealPoint", time=number(beat), value=number(value), interpolation=shape)

    def _curve(self, lane: Lane, spec: ParameterSpec) -> Iterable[Point]:
        """The points of a lane, and as many between them as its shape needs: the format knows straight ones only."""
        clock, scale = self._p.clock, scale_of(spec)
        points = lane.curve.points
        values = CurveValues(frame_points(lane.curve, clock), steps=spec.whole)
        for point, after in pairwise((*points, points[-1])):
            shape = CurveShape.HOLD if spec.whole else point.shape
            beat, kind = clock.beats(point.position), "hold" if shape is CurveShape.HOLD else "linear"
            yield beat, scale.written(spec.clamp(point.value)), kind
            if after is point or shape is CurveShape.HOLD:
                continue
            first, last = clock.frames(point.position), clock.frames(after.position)
            change = abs(after.value - point.value)
            steps = (
                1
                if shape is CurveShape.LINEAR and not self._tempo_changes(beat, clock.beats(after.position))
                else _STEPS
            )
            if scale is LINEAR_GAIN:
                steps = max(steps, math.ceil(change / _DB_STEP))
            yield from (
                (clock.beat_at(frame), scale.written(spec.clamp(value)), "linear")
                for frame, value in self._between(values, first, last, steps)
            )

    def _volume(self, lanes: Sequence[Lane], track: Track | None) -> Iterable[Point]:
        """The level of a fader: its own or its lane's, with the gains that a song may have beside it."""
        extra = track.automation if track else ()
        if not extra:
            yield from self._curve(lanes[0], FADER)
            return
        clock = self._p.clock
        own = (
            frame_points(lanes[0].curve, clock) if lanes else ((0, track.gain_db if track else 0.0, CurveShape.LINEAR),)
        )
        level = CurveValues(own)
        beside = CurveValues([(clock.frames(point.position), point.gain_db) for point in extra])
        frames = sorted({frame for frame, *_ in own} | {clock.frames(point.position) for point in extra})

        def at(frame: float) -> float:
            place = np.array([float(frame)])
            return float(level.values(place)[0] + beside.values(place)[0])

        for first, last in pairwise((*frames, frames[-1])):
            yield clock.beat_at(first), LINEAR_GAIN.written(at(first)), "linear"
            steps = max(math.ceil(abs(at(last - 1) - at(first)) / _DB_STEP), _STEPS if last > first else 1)
            for step in range(1, steps):
                frame = first + (last - first) * step // steps
                yield clock.beat_at(frame), LINEAR_GAIN.written(at(frame)), "linear"
            if last - first > 1:  # a level that is held up to there
                yield clock.beat_at(last - 1), LINEAR_GAIN.written(at(last - 1)), "linear"

    @staticmethod
    def _between(values: CurveValues, first: int, last: int, steps: int) -> Iterable[tuple[int, float]]:
        frames = [first + (last - first) * step // steps for step in range(1, steps)]
        yield from zip(frames, values.values(np.array(frames, np.float64)), strict=True) if frames else ()

    def _tempo_changes(self, first: Fraction, last: Fraction) -> bool:
        """Whether what runs straight in seconds between two beats does not run straight in beats."""
        tempos = self._p.tempo_map.tempos
        return any(
            first < tempo.beat < last or (tempo.ramp and before.beat < last and tempo.beat > first)
            for before, tempo in pairwise((tempos[0], *tempos))
        )
