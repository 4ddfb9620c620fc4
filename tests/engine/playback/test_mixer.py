import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import AudioFileError
from engine.playback.gains import pan_gains
from engine.playback.mixer import PIECE, Mixer
from engine.playback.plan import Placement, Plan, TrackPlan
from engine.project.model import Fade, FadeShape

RATE = 44100


def one(*placements: Placement, **track: object) -> Plan:
    return Plan(RATE, (TrackPlan("t", placements=placements, **track),))


def render(plan: Plan, start: int, frames: int) -> np.ndarray:
    with Mixer(plan) as mixer:
        return mixer.render(start, frames)


def ramp(frames: int) -> np.ndarray:
    return np.arange(1, frames + 1, dtype=np.float32)


@pytest.mark.parametrize("block", [1, 7, 64, 441, 4096])
def test_block_size_changes_nothing(busy_plan: Plan, block: int) -> None:
    whole = render(busy_plan, -50, 10200)
    with Mixer(busy_plan) as mixer:
        parts = [mixer.render(start, min(block, 10150 - start)) for start in range(-50, 10150, block)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_range_equals_that_part_of_the_whole(busy_plan: Plan) -> None:
    whole = render(busy_plan, 0, 10200)
    rng = np.random.default_rng(1)
    with Mixer(busy_plan) as mixer:
        for _ in range(40):
            start, end = sorted(rng.integers(0, 10200, 2))
            assert mixer.render(int(start), int(end - start)).tobytes() == whole[start:end].tobytes()


def test_pieces_join_without_a_seam(write_file) -> None:
    sound = np.random.default_rng(2).standard_normal((2 * PIECE + 100, 2)).astype(np.float32)
    out = render(one(Placement(5, len(sound), write_file(sound))), 0, len(sound) + 10)
    assert np.array_equal(out[5 : 5 + len(sound)], sound)
    assert not out[:5].any()
    assert not out[5 + len(sound) :].any()


def test_stems_add_up_to_the_mix(busy_plan: Plan) -> None:
    stems = {track.id: np.full((10200, 2), np.nan, np.float32) for track in busy_plan.tracks}
    with Mixer(busy_plan) as mixer:
        mix = mixer.render(0, 10200, stems=stems)
        total = np.zeros_like(mix)
        for stem in stems.values():
            total += stem
        assert np.array_equal(total, mix)
        assert np.array_equal(mixer.render_stems(0, 10200, stems), mix)
        alone = mixer.render(0, 10200, tracks=["b"])
    assert np.array_equal(alone, stems["b"])
    assert not stems["d"].any()
    assert not stems["e"].any()


@pytest.mark.parametrize("channels", [1, 2])
def test_unity_keeps_every_bit(write_file, channels: int) -> None:
    rng = np.random.default_rng(3)
    ints = rng.integers(-32768, 32768, (3000, 2)).astype(np.int16)[:, :channels]
    out = render(one(Placement(7, 3000, write_file(ints if channels == 2 else ints[:, 0]))), 7, 3000)
    assert np.array_equal(np.rint(out * 32768).astype(np.int64), np.broadcast_to(ints, (3000, 2)))
    floats = rng.standard_normal((3000, 2)).astype(np.float32)[:, :channels]
    floats[::5] = -0.0
    floats[1::5] = 1e-41  # below the smallest normal number
    out = render(one(Placement(7, 3000, write_file(floats if channels == 2 else floats[:, 0]))), 7, 3000)
    assert out.tobytes() == np.ascontiguousarray(np.broadcast_to(floats, (3000, 2))).tobytes()


def test_silence_is_exactly_zero(busy_plan: Plan) -> None:
    for start in (-300, 9100, 20000):
        assert render(busy_plan, start, 200).tobytes() == bytes(200 * 8)


def test_a_sine_and_its_inverse_are_silence(write_file) -> None:
    sine = np.sin(np.arange(5000) * 0.05).astype(np.float32)
    plan = one(Placement(10, 5000, write_file(sine), gain=0.37), Placement(10, 5000, write_file(-sine), gain=0.37))
    assert not render(plan, 0, 6000).any()


def test_impulse_lands_on_its_frame(write_file) -> None:
    impulse = np.zeros(100, np.float32)
    impulse[13] = 1.0
    file = write_file(impulse)
    for start in (0, 1, 12345, 2**40 + 7):
        out = render(one(Placement(start, 100, file)), start, 100)
        assert np.flatnonzero(out[:, 0]).tolist() == np.flatnonzero(out[:, 1]).tolist() == [13]


def test_offset_before_the_file_and_past_its_end_is_silence(write_file) -> None:
    file = write_file(ramp(100))
    out = render(one(Placement(0, 300, file, first=-50)), 0, 300)[:, 0]
    assert np.array_equal(out, np.concatenate([np.zeros(50), ramp(100), np.zeros(150)]))
    assert not render(one(Placement(0, 50, file, first=200)), 0, 50).any()


def test_reverse_and_loops(write_file) -> None:
    file = write_file(ramp(100))
    backwards = render(one(Placement(0, 40, file, first=10, reverse=True)), 0, 40)[:, 0]
    assert np.array_equal(backwards, ramp(100)[10:50][::-1])
    loop = render(one(Placement(0, 95, file, first=10, loop_length=30, loop_phase=4)), 0, 95)[:, 0]
    assert np.array_equal(loop, np.tile(ramp(100)[10:40], 4)[4:99])
    both = render(one(Placement(0, 95, file, first=10, loop_length=30, reverse=True)), 0, 95)[:, 0]
    assert np.array_equal(both, np.tile(ramp(100)[10:40][::-1], 4)[:95])
    longer = render(one(Placement(0, 20, file, first=10, loop_length=30, loop_phase=25)), 0, 20)[:, 0]
    assert np.array_equal(longer, np.tile(ramp(100)[10:40], 2)[25:45])
    outside = render(one(Placement(0, 80, file, first=-20, loop_length=40)), 0, 80)[:, 0]
    assert np.array_equal(outside, np.tile(np.concatenate([np.zeros(20), ramp(20)]), 2))


@pytest.mark.parametrize("shape", list(FadeShape))
def test_fade_ends_and_crossfades(write_file, shape: FadeShape) -> None:
    length, fade = 6000, 4999
    file = write_file(np.ones(length, np.float32))
    rising = render(one(Placement(0, length, file, fade_in=Fade(fade, shape))), 0, length)[:, 0]
    falling = render(one(Placement(0, length, file, fade_out=Fade(fade, shape))), 0, length)[:, 0]
    assert rising[0] == 0.0
    assert (rising[fade:] == 1.0).all()
    assert (np.diff(rising) >= 0).all()
    assert (falling[: length - fade + 1] == 1.0).all()
    assert (np.diff(falling) <= 0).all()
    assert 0 < falling[-1] < 0.001
    a, b = falling[-fade:], rising[:fade]
    if shape is FadeShape.EQUAL_POWER:
        assert np.allclose(a.astype(float) ** 2 + b.astype(float) ** 2, 1.0, atol=1e-6)
    else:
        assert (a + b == 1.0).all()
    x = np.arange(fade) / fade
    wanted = {"linear": x, "equal_power": np.sin(np.pi / 2 * x), "s_curve": 3 * x**2 - 2 * x**3}[shape]
    assert np.allclose(b, wanted, atol=1e-6)


def test_crossfade_of_equal_lengths_keeps_a_constant(write_file) -> None:
    file = write_file(np.ones(1000, np.float32))
    plan = one(Placement(0, 1000, file, fade_out=Fade(300)), Placement(700, 1000, file, fade_in=Fade(300)))
    assert (render(plan, 0, 1700) == 1.0).all()


def test_pan_law() -> None:
    assert pan_gains(0.0) == (1.0, 1.0)
    assert pan_gains(-1.0) == (math.sqrt(2), 0.0)
    assert pan_gains(1.0) == (0.0, math.sqrt(2))
    for pan in np.linspace(-1, 1, 41):
        left, right = pan_gains(float(pan))
        assert left**2 + right**2 == pytest.approx(2.0)
        assert left == pytest.approx(math.sqrt(2) * math.cos((pan + 1) * math.pi / 4), abs=1e-12)


def test_pan_of_mono_and_balance_of_stereo(write_file) -> None:
    left, right = pan_gains(0.4)
    mono, stereo = write_file(np.full(2000, 0.5, np.float32)), write_file(np.full((2000, 2), 0.5, np.float32))
    for file in (mono, stereo):
        out = render(one(Placement(0, 2000, file), left=left, right=right), 0, 2000)
        assert np.allclose(out, [[0.5 * left, 0.5 * right]], rtol=1e-7)


def test_automation_runs_straight_in_decibels(write_file) -> None:
    file = write_file(np.ones(20000, np.float32))
    points = ((1000, -6.0), (5001, -30.0), (8000, -30.0), (8000, 0.0), (9000, -96.0))
    out = render(one(Placement(0, 20000, file), automation=points), 0, 20000)
    frames = np.arange(8000)
    wanted = np.interp(frames, [1000, 5001], [-6.0, -30.0])
    assert np.allclose(20 * np.log10(out[:8000, 0]), wanted, atol=1e-4)
    assert out[8000, 0] == 1.0
    assert not out[9000:].any()
    assert np.array_equal(out[:, 0], out[:, 1])


def test_gains_multiply(write_file) -> None:
    file = write_file(np.full((100, 2), 16384, np.int16))
    plan = replace(one(Placement(0, 100, file, gain=0.5), gain=0.25), master_gain=2.0)
    assert (render(plan, 0, 100) == 0.125).all()


def test_set_plan_changes_what_is_rendered(busy_plan: Plan) -> None:
    tracks = (replace(busy_plan.tracks[0], gain=0.1), *busy_plan.tracks[2:], busy_plan.tracks[1])
    changed = replace(busy_plan, tracks=tracks)
    with Mixer(busy_plan) as mixer:
        mixer.render(0, 100)
        mixer.set_plan(changed)
        assert np.array_equal(mixer.render(0, 10200), render(changed, 0, 10200))


def test_a_lost_file_raises_or_is_silent_and_named(write_file) -> None:
    short, gone = write_file(ramp(100)), write_file(ramp(100))
    Path(gone.path).unlink()
    plan = one(Placement(0, 200, replace(short, frames=200)), Placement(300, 100, gone))
    with Mixer(plan, strict=False) as mixer:
        out = mixer.render(0, 400)[:, 0]
        assert np.array_equal(out, np.concatenate([ramp(100), np.zeros(300)]))
        assert mixer.reader.failed == {short.path, gone.path}
    with Mixer(plan) as mixer:
        with pytest.raises(AudioFileError, match="cut off"):
            mixer.render(0, 200)
        with pytest.raises(AudioFileError, match="cannot be read"):
            mixer.render(300, 10)


def test_more_files_than_are_kept_open(write_file) -> None:
    files = [write_file(np.full(10, i, np.float32)) for i in range(120)]
    plan = Plan(RATE, tuple(TrackPlan(str(i), placements=(Placement(0, 10, file),)) for i, file in enumerate(files)))
    assert (render(plan, 0, 10) == sum(range(120))).all()


def test_growing_file_is_followed(write_file) -> None:
    file = write_file(ramp(100), growing=True)
    plan = one(Placement(50, 1000, file, first=10))
    with Mixer(plan, strict=False) as mixer:
        assert mixer.ready(0, 40) == 40
        assert mixer.ready(0, 400) == 140
        assert mixer.ready(139, 10) == 1
        assert mixer.ready(140, 10) == 0
        assert mixer.ready(1050, 10) == 10
        with Path(file.path).open("ab") as growing:
            growing.write(ramp(200)[100:].tobytes())
        assert mixer.ready(140, 1000) == 100
        assert np.array_equal(mixer.render(50, 190)[:, 0], ramp(200)[10:])


def test_growing_file_backwards_needs_its_end(write_file) -> None:
    file = write_file(ramp(100), growing=True)
    with Mixer(one(Placement(50, 150, file, reverse=True))) as mixer:
        assert mixer.ready(0, 200) == 50
    with Mixer(one(Placement(50, 150, file, loop_length=80))) as mixer:
        assert mixer.ready(0, 300) == 300
    with Mixer(one(Placement(50, 150, file), audible=False)) as mixer:
        assert mixer.ready(0, 300) == 300


def test_sounds_across(busy_plan: Plan) -> None:
    with Mixer(busy_plan) as mixer:
        assert not mixer.sounds_across(0)
        assert mixer.sounds_across(1)
        assert mixer.sounds_across(3000)
        assert not mixer.sounds_across(10007)
