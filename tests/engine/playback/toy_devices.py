"""Devices for tests, with laws so simple that a test can work out what they give."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.devices.interface import TEMPO, DeviceSpec, Value
from engine.parameters import ParameterSpec, choice

Sound = NDArray[np.float32]
GAIN = ParameterSpec("gain", "Gain", "", 0.0, 4.0, 1.0)
FEEDBACK = ParameterSpec("feedback", "Feedback", "", 0.0, 0.9, 0.5)
MODE = choice("mode", "Mode", ("keep", "invert"))


class Toy:
    latency = 0

    def tail(self, parameters: Mapping[str, float]) -> int:
        return 0

    def reset(self) -> None:
        return

    def mark(self) -> object:
        return None

    def rewind(self, mark: object) -> None:
        return


class Gain(Toy):
    """Multiplies by `gain`, and by −1 in the mode “invert”."""

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        gain = np.asarray(parameters["gain"]) * np.where(np.asarray(parameters["mode"]) > 0.5, -1.0, 1.0)
        return (block * gain.reshape(-1, 1)).astype(np.float32)


class Late(Toy):
    """Delays by 100 frames, and says so."""

    latency = 100

    def __init__(self) -> None:
        self.line = np.zeros((self.latency, 2), np.float32)

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        both = np.concatenate((self.line, block))
        self.line = both[len(block) :].copy()
        return both[: len(block)]

    def reset(self) -> None:
        self.line = np.zeros_like(self.line)

    def mark(self) -> object:
        return self.line

    def rewind(self, mark: object) -> None:
        assert isinstance(mark, np.ndarray)
        self.line = mark


class Echo(Toy):
    """y[n] = x[n] + feedback · y[n − 300]."""

    PERIOD = 300

    def __init__(self) -> None:
        self.line = np.zeros((self.PERIOD, 2), np.float32)

    def tail(self, parameters: Mapping[str, float]) -> int:
        feedback = parameters["feedback"]
        return int(self.PERIOD * (1 + np.log(1e-6) / np.log(feedback))) if feedback else 0

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        out = block.copy()
        gain = np.broadcast_to(np.asarray(parameters["feedback"], np.float32), len(block))[:, None]
        done = 0
        while done < len(block):
            part = slice(done, min(done + self.PERIOD, len(block)))
            count = part.stop - done
            out[part] += gain[part] * self.line[:count]
            self.line = np.concatenate((self.line[count:], out[part]))
            done = part.stop
        return out

    reset = Late.reset
    mark = Late.mark
    rewind = Late.rewind


class Duck(Toy):
    """Multiplies by 1 − |side chain|."""

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        control = block if sidechain is None else sidechain
        return block * (np.float32(1.0) - np.abs(control))


class Tempo(Toy):
    """Multiplies by the tempo in hundreds of BPM."""

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        return (block * (np.asarray(parameters[TEMPO]) / 100.0).reshape(-1, 1)).astype(np.float32)


TOYS = (
    DeviceSpec("toy_gain", "Toy gain", "utility", (GAIN, MODE), lambda rate, frames: Gain()),
    DeviceSpec("toy_late", "Toy late", "utility", (GAIN,), lambda rate, frames: Late()),
    DeviceSpec("toy_echo", "Toy echo", "space", (FEEDBACK,), lambda rate, frames: Echo()),
    DeviceSpec("toy_duck", "Toy duck", "dynamics", (GAIN,), lambda rate, frames: Duck(), sidechain=True),
    DeviceSpec("toy_tempo", "Toy tempo", "space", (GAIN,), lambda rate, frames: Tempo(), follows_tempo=True),
)
