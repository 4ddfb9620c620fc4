"""How a DAWproject file holds devices and the values of their parameters.

Equalisers, compressors, limiters and gates are the format's own elements, as far as those go; every parameter that has
no place there, and every other device, is a parameter of its own. A parameter of this program's is known again by its
id, which stands in its comment.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.devices.registry import find_device
from engine.parameters import ON_OFF, ParameterSpec
from engine.playback.gains import gain_of
from engine.project.model import FADER, PANNING, SEND_LEVEL

VENDOR: Final = "Continuo"
ID_PREFIX: Final = "continuo."
"""Before the kind of a device in its `deviceID`."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How the values of a parameter are written: the schema's unit, and the functions there and back."""

    unit: str
    written: Callable[[float], float]
    read: Callable[[float], float]


def _factor(unit: str, factor: float) -> Scale:
    return Scale(unit, lambda value: value * factor, lambda value: value / factor)


def decibels_of(gain: float) -> float:
    """The decibels of a factor, the fader's least for silence."""
    return max(20 * math.log10(gain), FADER.minimum) if gain > 1e-5 else FADER.minimum


LINEAR_GAIN: Final = Scale("linear", gain_of, decibels_of)
PLACE: Final = Scale("normalized", lambda pan: (pan + 1) / 2, lambda place: 2 * place - 1)
DECIBEL: Final = _factor("decibel", 1.0)
_PLAIN: Final = _factor("linear", 1.0)
_SCALES: Final = {
    "dB": DECIBEL,
    "dBTP": DECIBEL,
    "Hz": _factor("hertz", 1.0),
    "s": _factor("seconds", 1.0),
    "ms": _factor("seconds", 1e-3),
    "%": _factor("percent", 1.0),
}


def scale_of(spec: ParameterSpec) -> Scale:
    """How the values of a parameter are written."""
    if spec.id in (FADER.id, SEND_LEVEL.id) and spec.law == "mixer":
        return LINEAR_GAIN
    return PLACE if spec is PANNING else _SCALES.get(spec.unit, _PLAIN)


def is_switch(spec: ParameterSpec) -> bool:
    """Whether a parameter is off or on."""
    return spec.choices == ON_OFF


@dataclass(frozen=True, slots=True)
class Form:
    """The element of a kind of device. places: the parameters' ids by the names of the elements in it, in their order.

    bands: whether it holds the bands of an equaliser before those.
    """

    tag: str
    places: Mapping[str, str]
    bands: bool = False


FORMS: Final = {
    "compressor": Form(
        "Compressor",
        {
            "Attack": "attack_ms",
            "OutputGain": "makeup_db",
            "Ratio": "ratio",
            "Release": "release_ms",
            "Threshold": "threshold_db",
        },
    ),
    "gate": Form(
        "NoiseGate",
        {"Attack": "attack_ms", "Range": "range_db", "Release": "release_ms", "Threshold": "threshold_db"},
    ),
    "limiter": Form("Limiter", {"Release": "release_ms", "Threshold": "ceiling_db"}),
    "eq": Form("Equalizer", {"OutputGain": "output_db"}, bands=True),
}
GENERIC: Final = Form("BuiltinDevice", {})
BAND_PLACES: Final = {"Freq": "frequency_hz", "Gain": "gain_db", "Q": "q", "Enabled": "on"}
"""The elements of a band and the ends of the ids of their parameters, `band1_q` and so on."""
BAND_COUNT: Final = 8
BAND_TYPES: Final = {
    "bell": "bell",
    "low shelf": "lowShelf",
    "high shelf": "highShelf",
    "low cut": "highPass",
    "high cut": "lowPass",
    "notch": "notch",
}
"""The schema's types of bands by the names of their shapes."""


def kind_of_element(tag: str) -> str:
    """The kind of device that one of the format's own elements is here; empty for other elements."""
    return next((kind for kind, form in FORMS.items() if form.tag == tag), "")


def spec_of(kind: str, parameter: str) -> ParameterSpec | None:
    """The parameter of a kind of device; None where this version has none."""
    device = find_device(kind)
    return device.parameter(parameter) if device else None
