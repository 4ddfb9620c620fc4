"""The delay: echoes in milliseconds or in notes of the song's tempo, straight or from side to side (ping-pong).

The first echo comes exactly the delay later, to the frame, with the sound's own bits at 100 % mix. A delay that changes
glides to its new length as a tape does. The low and high cut work on what is fed back.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp.processor import INAUDIBLE, EffectProcessor, lane, one_pole, power_of_two, runs
from engine.devices.interface import TEMPO, DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec, choice, switch

MILLISECONDS, NOTES = range(2)
NOTE_BEATS: Final[Mapping[str, float]] = {
    "1/32": 1 / 8, "1/16T": 1 / 6, "1/16": 1 / 4, "1/8T": 1 / 3, "1/16D": 3 / 8, "1/8": 1 / 2, "1/4T": 2 / 3,
    "1/8D": 3 / 4, "1/4": 1.0, "1/2T": 4 / 3, "1/4D": 3 / 2, "1/2": 2.0, "1/2D": 3.0, "1/1": 4.0,
}  # fmt: skip
"""Quarter notes by the name of a note; T is a triplet's, D is dotted."""
LONGEST_SECONDS: Final = 4.0
"""Longer notes at slow tempos are held to this."""
_GLIDE_MS = 60.0
_BEATS = np.array(tuple(NOTE_BEATS.values()))


class Delay(EffectProcessor):
    """See the module."""

    def __init__(self, rate: int, max_block: int) -> None:
        self._longest = round(LONGEST_SECONDS * rate)
        size = power_of_two(self._longest + 2)
        self._line = np.zeros(2 * size, np.float32)
        self._mask = size - 1
        self._echoes = np.zeros(5)  # the present delay, 0 before the first frame; filters of what is fed back
        self._glide = 1.0 - math.exp(-1000.0 / (_GLIDE_MS * rate))
        super().__init__(rate, max_block, (self._line, self._echoes))
        self._echo = kernel("echo")

    def delay_frames(self, parameters: Mapping[str, Value]) -> NDArray[np.float64]:
        """The delay in whole frames, one for each value."""
        p = parameters
        notes = _BEATS[np.asarray(np.round(p["note"]), int)] * 60.0 / np.asarray(p[TEMPO], float)
        seconds = np.where(np.asarray(p["timing"]) == NOTES, notes, np.multiply(p["time_ms"], 0.001))
        return np.clip(np.round(np.atleast_1d(seconds) * self.rate), 1.0, float(self._longest))

    def tail(self, parameters: Mapping[str, float]) -> int:
        """All echoes."""
        frames = int(self.delay_frames({TEMPO: 20.0, **parameters})[0])
        feedback = parameters["feedback"] / 100.0
        echoes = 1 + (math.ceil(math.log(INAUDIBLE) / math.log(feedback)) if feedback > INAUDIBLE else 0)
        return frames * echoes + round(_GLIDE_MS * 0.02 * self.rate)

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        lanes = (
            lane(self.delay_frames(p)),
            lane(np.multiply(p["feedback"], 0.01)),
            lane(one_pole(p["high_cut_hz"], self.rate)),
            lane(one_pole(p["low_cut_hz"], self.rate)),
            lane(np.multiply(p["mix"], 0.01)),
        )
        for first, last, (crossing,) in runs((p["ping_pong"],), frames):
            cut = [each for values, stride in lanes for each in (values[first:last] if stride else values, stride)]
            place = self._position + first
            state = (int(crossing), self._glide, self._echoes, place, last - first)
            self._echo(x[2 * first : 2 * last], self._line, self._mask, *cut, *state)


SPEC: Final = DeviceSpec(
    id="delay",
    label="Delay",
    kind="space",
    parameters=(
        choice("timing", "Timing", ("milliseconds", "notes"), NOTES),
        ParameterSpec("time_ms", "Time", "ms", 1.0, 4000.0, 350.0, "log"),
        choice("note", "Note", tuple(NOTE_BEATS), 7),
        ParameterSpec("feedback", "Feedback", "%", 0.0, 95.0, 35.0),
        switch("ping_pong", "Ping-pong"),
        ParameterSpec("low_cut_hz", "Low cut", "Hz", 20.0, 2000.0, 100.0, "log"),
        ParameterSpec("high_cut_hz", "High cut", "Hz", 500.0, 20000.0, 6000.0, "log"),
        ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 25.0),
    ),
    create=Delay,
    follows_tempo=True,
    presets={
        "Dotted eighths": {"note": 7, "feedback": 40, "mix": 25},
        "Ping-pong": {"note": 5, "ping_pong": 1, "feedback": 50, "mix": 30},
        "Slap": {"timing": MILLISECONDS, "time_ms": 95, "feedback": 5, "mix": 25, "high_cut_hz": 5000},
        "Dub": {"note": 8, "feedback": 72, "low_cut_hz": 250, "high_cut_hz": 2200, "mix": 35},
        "Return, quarter notes": {"note": 8, "mix": 100},
    },
)
