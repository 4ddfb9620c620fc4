"""The registry finds devices by their files and imports none before it is asked for."""

import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from engine.devices.interface import DeviceSpec
from engine.devices.registry import all_devices, device_ids, find_device, register, unregister
from engine.parameters import ParameterSpec


class Silence:
    latency = 0

    def tail(self, parameters: object) -> int:
        return 0

    def process(self, block: NDArray[np.float32], parameters: object, sidechain: object = None) -> NDArray[np.float32]:
        return np.zeros_like(block)

    def reset(self) -> None:
        return

    def mark(self) -> object:
        return None

    def rewind(self, mark: object) -> None:
        return


DEPTH = ParameterSpec("depth", "Depth", "%", 0.0, 100.0, 50.0)
TOY = DeviceSpec("toy_silence", "Silence", "utility", (DEPTH,), lambda rate, max_block: Silence())


def test_a_device_from_outside() -> None:
    assert find_device("toy_silence") is None
    register(TOY)
    try:
        assert find_device("toy_silence") is TOY
        assert "toy_silence" in device_ids()
        assert TOY in all_devices()
    finally:
        unregister("toy_silence")
    assert find_device("toy_silence") is None


def test_every_file_is_the_device_of_its_name() -> None:
    for spec in all_devices():
        assert spec.id in device_ids()
        assert spec.label
        assert spec.parameters
        ids = [parameter.id for parameter in spec.parameters]
        assert len(set(ids)) == len(ids)
        for name, values in spec.presets.items():
            for parameter_id, value in values.items():
                parameter = spec.parameter(parameter_id)
                assert parameter, (name, parameter_id)
                assert parameter.admits(value), (name, parameter_id)


def test_values_are_complete_and_within_their_ranges() -> None:
    assert TOY.values({}) == {"depth": 50.0}
    assert TOY.values({"depth": 400.0, "other": 1.0}) == {"depth": 100.0}


def test_the_registry_imports_no_kernels() -> None:
    code = (
        "import sys, engine.devices.registry as r; r.all_devices();"
        "print([m for m in ('numba', 'scipy', 'llvmlite', 'torch') if m in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"
