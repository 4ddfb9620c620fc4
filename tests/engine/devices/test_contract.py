"""What every device promises: any block size, marks, automation, silence, numbers."""

import numpy as np
import pytest

from engine.devices.interface import Value
from engine.devices.registry import all_devices, find_device
from tests.engine.devices.devices import BLOCK, RATE, impulse, noise, processor, through, values

DEVICES = tuple(spec.id for spec in all_devices())
BUSY: dict[str, dict[str, float]] = {
    "eq": {"band1_on": 1, "band8_on": 1, "band3_gain_db": 9, "band5_gain_db": -6, "band7_gain_db": 4, "band1_slope": 3},
    "compressor": {"threshold_db": -30, "makeup_db": 6, "release_ms": 40, "mix": 70},
    "limiter": {"ceiling_db": -12, "release_ms": 10},
    "gate": {"threshold_db": -12, "release_ms": 10, "hold_ms": 2},
    "saturator": {"drive_db": 12, "shape": 1, "mix": 60},
    "delay": {"timing": 0, "time_ms": 7, "feedback": 60, "ping_pong": 1},
    "reverb": {"decay_s": 0.3, "size": 40, "predelay_ms": 3},
    "chorus": {"feedback": 40, "rate_hz": 3},
    "utility": {"gain_db": -3, "width": 150, "mono_below_on": 1, "invert_left": 1},
}
"""Settings at which each device has something to do."""


def moved(device: str, frames: int) -> dict[str, Value]:
    """Each parameter on its way between two values; switches and choices change in the middle."""
    spec = find_device(device)
    assert spec is not None
    result: dict[str, Value] = {}
    for parameter in spec.parameters:
        start = parameter.normalised(BUSY[device].get(parameter.id, parameter.default))
        path = np.linspace(start, 0.5 * start + 0.25, frames)
        result[parameter.id] = np.array([parameter.value_at(travel) for travel in path])
    return result


def test_there_are_nine_of_them():
    assert set(DEVICES) >= set(BUSY)
    assert len(BUSY) == 9


@pytest.mark.parametrize("device", BUSY)
def test_any_block_size_gives_the_same_samples(device):
    sound, side = noise(3000), noise(3000, 1)
    for parameters in (BUSY[device], moved(device, len(sound))):
        whole = through(device, sound, sidechain=side, **parameters)
        for block in (7, 64, 441):
            assert np.array_equal(through(device, sound, sidechain=side, block=block, **parameters), whole)
        few = through(device, sound[:40], sidechain=side[:40], block=1, **{n: _head(v) for n, v in parameters.items()})
        assert np.array_equal(few, whole[:40])


def _head(value: Value) -> Value:
    return value[:40] if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("device", BUSY)
def test_a_mark_brings_the_state_back_more_than_once(device):
    sound, chosen = noise(4000), values(device, **BUSY[device])
    effect = processor(device)
    effect.process(sound[:1500], chosen)
    mark = effect.mark()
    first = effect.process(sound[1500:], chosen).copy()
    effect.rewind(mark)
    assert np.array_equal(effect.process(sound[1500:], chosen), first)
    other = processor(device)
    other.rewind(mark)
    assert np.array_equal(other.process(sound[1500:], chosen), first)
    effect.reset()
    assert np.array_equal(effect.process(sound, chosen), through(device, sound, **BUSY[device]))


@pytest.mark.parametrize("device", BUSY)
def test_a_lane_of_equal_values_sounds_as_that_value(device):
    sound, chosen = noise(3000), values(device, **BUSY[device])
    lanes = {name: np.full(len(sound), value) for name, value in chosen.items()}
    assert np.array_equal(through(device, sound, **lanes), through(device, sound, **chosen))


@pytest.mark.parametrize("device", BUSY)
def test_after_its_tail_it_is_below_120_db_and_later_silent(device):
    chosen = values(device, **BUSY[device])
    effect = processor(device)
    loud = np.sign(noise(4000))
    tail = effect.tail({name: float(value) for name, value in chosen.items()}) + effect.latency  # type: ignore[arg-type]
    out = through(device, np.concatenate((loud, np.zeros((tail + 5000, 2), np.float32))), at=effect, **chosen)
    assert np.abs(out[len(loud) + tail :]).max() <= 1.5e-6
    for _ in range(40):
        last = effect.process(np.zeros((BLOCK, 2), np.float32), chosen)
    assert not last.any()


@pytest.mark.parametrize("device", BUSY)
def test_no_denormals_and_no_nan_come_out(device):
    sound = impulse(20000)
    sound[100] = (np.nan, np.inf)
    sound[200] = (3e38, -3e38)
    sound[300] = (1e-40, -1e-42)
    out = through(device, sound, **BUSY[device])
    assert np.isfinite(out).all()
    assert not ((out != 0) & (np.abs(out) < np.finfo(np.float32).tiny)).any()


@pytest.mark.parametrize("device", BUSY)
def test_the_block_stays_as_it_was_and_no_frames_are_none(device):
    sound = noise(500)
    before = sound.copy()
    effect = processor(device)
    effect.process(sound, values(device))
    assert np.array_equal(sound, before)
    assert effect.process(sound[:0], values(device)).shape == (0, 2)


@pytest.mark.parametrize("device", BUSY)
def test_every_preset_names_parameters_and_values_that_there_are(device):
    spec = find_device(device)
    assert spec is not None
    assert spec.presets
    for preset in spec.presets.values():
        for name, value in preset.items():
            parameter = spec.parameter(name)
            assert parameter is not None
            assert parameter.admits(value)


@pytest.mark.parametrize("device", BUSY)
@pytest.mark.parametrize("rate", [44100, 96000])
def test_other_rates(device, rate):
    out = through(device, noise(rate // 10), rate=rate, **BUSY[device])
    assert np.isfinite(out).all()
    assert out.any()
    assert rate != RATE
