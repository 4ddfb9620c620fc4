"""Channels with devices, sends, groups and lanes: what the graph renders, beside sums worked out by hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.devices.registry import register, unregister
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.gains import pan_gains
from engine.playback.graph import Graph, tails_of
from engine.playback.heard import heard_end
from engine.playback.mixer import Mixer
from engine.playback.plan import LoopFrames, Plan, compile_plan
from engine.playback.transport import Transport
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from engine.project.importing import import_audio
from engine.project.model import (
    MASTER,
    ChannelKind,
    CurvePoint,
    CurveShape,
    Project,
    Target,
    audio_clip,
    audio_take,
    new_project,
)
from tests.engine.playback.toy_devices import TOYS
from tests.places import place_at

RATE = 48000
FRAMES = 6000


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    for spec in TOYS:
        register(spec)
    yield
    for spec in TOYS:
        unregister(spec.id)


class Song:
    """Tracks a, b and c of noise, a return r and a group g, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "song"
        p = new_project("Song", rate=RATE)
        files.create(self.folder, p)
        self.sounds: dict[str, np.ndarray] = {}
        for seed, name in enumerate("abc"):
            sound = (np.random.default_rng(seed).standard_normal((FRAMES, 2)) * 0.1).astype(np.float32)
            path = folder / f"{name}.wav"
            soundfile.write(path, sound, RATE, "FLOAT")
            source = import_audio(self.folder, path, p.rate)
            p = edits.add_source(edits.add_track(p, name.upper(), track_id=name), source)
            p = edits.add_clip(p, name, audio_clip(f"{name}1", place_at(0), FRAMES, (audio_take("t", source.id),)))
            self.sounds[name] = sound
        p = edits.add_track(p, "Reverb", track_id="r", kind=ChannelKind.RETURN)
        self.project: Project = edits.add_track(p, "Band", track_id="g", kind=ChannelKind.GROUP)

    @property
    def plan(self) -> Plan:
        return compile_plan(self.project, self.folder)

    def device(self, channel: str, kind: str, device_id: str = "", **values: float) -> None:
        name = device_id or f"{channel or 'm'}-{kind}"
        self.project = edits.add_device(self.project, channel, kind, values, device_id=name)

    def lane(self, channel: str, target: Target, *points: tuple[int, float]) -> None:
        curve = [CurvePoint(place_at(frame), value) for frame, value in points]
        self.project = edits.set_lane(self.project, channel, target, curve)


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def render(plan: Plan, frames: int = FRAMES + 2000, block: int = 1024, start: int = 0) -> np.ndarray:
    graph = Graph(plan, max_block=block)
    try:
        parts = [
            graph.render(at, min(block, start + frames - at)).mix.copy() for at in range(start, start + frames, block)
        ]
    finally:
        graph.close()
    return np.concatenate(parts)


def padded(sound: np.ndarray, frames: int = FRAMES + 2000) -> np.ndarray:
    return np.concatenate((sound, np.zeros((frames - len(sound), 2)))).astype(np.float64)


def echoed(sound: np.ndarray, feedback: float, period: int = 300) -> np.ndarray:
    out = sound.astype(np.float64)
    for frame in range(period, len(out)):
        out[frame] += feedback * out[frame - period]
    return out


def close_to(actual: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def whole(song: Song) -> None:
    """Everything at once."""
    song.project = edits.set_group(song.project, ["a", "b"], "g")
    song.project = edits.set_send(song.project, "a", "r", -6.0)
    song.project = edits.set_send(song.project, "c", "r", -3.0, pre_fader=True)
    song.device("a", "toy_late")
    song.device("b", "toy_duck")
    song.project = edits.set_device(song.project, "b", "b-toy_duck", sidechain="a")
    song.device("r", "toy_echo", feedback=0.7)
    song.device("r", "toy_late")
    song.device("g", "toy_gain", gain=0.5)
    song.device(MASTER, "toy_late")
    song.device(MASTER, "toy_gain", gain=0.9)
    song.lane("g", Target("gain", device="g-toy_gain"), (100, 0.2), (3000, 2.0), (3001, 0.0), (5000, 1.0))
    song.lane("c", Target("gain_db"), (0, -20.0), (4000, 0.0))
    song.lane("c", Target("pan"), (1000, -1.0), (5000, 1.0))
    song.lane("a", Target("send_db", send="r"), (500, -40.0), (2500, 6.0))
    song.lane(MASTER, Target("gain_db"), (0, 0.0), (FRAMES, -6.0))


def test_a_song_without_devices_needs_no_graph(song: Song) -> None:
    assert not song.plan.has_graph
    song.lane("a", Target("gain_db"), (0, -6.0), (4000, 0.0))
    assert not song.plan.has_graph
    with Mixer(song.plan) as mixer:
        mix = mixer.render(0, FRAMES)
    gains = 10 ** (np.interp(np.arange(FRAMES), [0, 4000], [-6.0, 0.0]) / 20)
    close_to(mix, song.sounds["a"] * gains[:, None] + song.sounds["b"] + song.sounds["c"])
    song.project = edits.set_track(song.project, "a", gain_db=-60.0)
    with Mixer(song.plan) as mixer:
        np.testing.assert_array_equal(mixer.render(0, FRAMES), mix)  # the lane stands in the fader's place


def test_the_shapes_of_a_fader_lane(song: Song) -> None:
    points = [CurvePoint(place_at(0), -12.0, CurveShape.HOLD), CurvePoint(place_at(3000), 0.0, CurveShape.SLOW)]
    song.project = edits.set_lane(song.project, "a", Target("gain_db"), [*points, CurvePoint(place_at(5000), -20.0)])
    with Mixer(song.plan) as mixer:
        mix = mixer.render(0, FRAMES, tracks=("a",))
    x = np.clip((np.arange(FRAMES) - 3000) / 2000, 0.0, 1.0)
    db = np.where(np.arange(FRAMES) < 3000, -12.0, -20.0 * x**2)
    close_to(mix, song.sounds["a"] * 10 ** (db / 20)[:, None])


def test_inserts_in_their_order_before_the_fader(song: Song) -> None:
    song.project = edits.set_track(song.project, "a", gain_db=-6.0, pan=0.5)
    song.device("a", "toy_echo", feedback=0.5)
    song.device("a", "toy_gain", gain=2.0, mode=1.0)
    left, right = pan_gains(0.5)
    a = echoed(padded(song.sounds["a"]), 0.5) * -2.0 * 10 ** (-6 / 20) * np.array([left, right])
    close_to(render(song.plan), a + padded(song.sounds["b"] + song.sounds["c"]))
    song.project = edits.set_device(song.project, "a", "a-toy_echo", enabled=False)
    a = padded(song.sounds["a"]) * -2.0 * 10 ** (-6 / 20) * np.array([left, right])
    close_to(render(song.plan), a + padded(song.sounds["b"] + song.sounds["c"]))


def test_a_parallel_path_with_a_latent_device_nulls(song: Song) -> None:
    """a as it is, and a again through a return that is late and inverted: nothing is left, to the bit."""
    song.project = edits.set_track(edits.set_track(song.project, "b", mute=True), "c", mute=True)
    song.project = edits.set_send(song.project, "a", "r", 0.0)
    song.device("r", "toy_late")
    song.device("r", "toy_gain", gain=1.0, mode=1.0)
    assert not render(song.plan).any()
    song.device(MASTER, "toy_late", "m2")
    assert not render(song.plan).any()


def test_latency_is_compensated_to_the_frame(song: Song) -> None:
    song.device("a", "toy_late")
    song.device(MASTER, "toy_late")
    total = song.sounds["a"].astype(float) + song.sounds["b"] + song.sounds["c"]
    close_to(render(song.plan), padded(total))
    close_to(render(song.plan, 500, start=3000), total[3000:3500])


def test_sends_before_and_after_the_fader(song: Song) -> None:
    for name in "bc":
        song.project = edits.set_track(song.project, name, mute=True)
    song.device("r", "toy_gain", gain=2.0)
    song.project = edits.set_track(song.project, "a", gain_db=-20.0)
    song.project = edits.set_send(song.project, "a", "r", -6.0)
    a, send = padded(song.sounds["a"]), 10 ** (-6 / 20)
    close_to(render(song.plan), a * 0.1 + a * 0.1 * send * 2.0)
    song.project = edits.set_send(song.project, "a", "r", -6.0, pre_fader=True)
    close_to(render(song.plan), a * 0.1 + a * send * 2.0)


def test_groups_in_groups_and_solo_safe_returns(song: Song) -> None:
    p = edits.add_track(song.project, "All", track_id="h", kind=ChannelKind.GROUP)
    p = edits.set_group(edits.set_group(p, ["a", "b"], "g"), ["g"], "h")
    song.project = edits.set_send(edits.set_send(p, "a", "r", 0.0), "c", "r", 0.0)
    song.device("g", "toy_gain", gain=0.5)
    song.device("h", "toy_gain", gain=0.5)
    song.device("r", "toy_gain", gain=3.0)
    a, b, c = (padded(song.sounds[name]) for name in "abc")
    close_to(render(song.plan), (a + b) / 4 + c + 3 * (a + c))
    song.project = edits.set_track(song.project, "a", solo=True)
    close_to(render(song.plan), a / 4 + 3 * a)
    song.project = edits.set_track(edits.set_track(song.project, "a", solo=False), "r", solo=True)
    close_to(render(song.plan), 3 * (a + c))


def test_a_side_chain_meets_what_it_controls_in_time(song: Song) -> None:
    song.project = edits.set_track(edits.set_track(song.project, "a", mute=True), "c", mute=True)
    song.device("a", "toy_late")
    song.device("a", "toy_gain", gain=2.0)
    song.device("b", "toy_duck")
    b = padded(song.sounds["b"])
    close_to(render(song.plan), b * (1 - abs(b)))
    song.project = edits.set_device(song.project, "b", "b-toy_duck", sidechain="a")
    close_to(render(song.plan), b * (1 - abs(2 * padded(song.sounds["a"]))))


def test_lanes_of_devices_sends_pan_and_master_to_the_sample(song: Song) -> None:
    for name in "bc":
        song.project = edits.set_track(song.project, name, mute=True)
    song.device("a", "toy_late")
    song.device("a", "toy_gain")
    song.lane("a", Target("gain", device="a-toy_gain"), (100, 0.5), (3000, 2.0))
    song.lane("a", Target("mode", device="a-toy_gain"), (0, 0.0), (2000, 1.0), (2500, 0.0))
    song.lane("a", Target("pan"), (1000, -1.0), (5000, 1.0))
    song.project = edits.set_send(song.project, "a", "r", 0.0)
    song.device("r", "toy_gain", gain=1.0)
    song.lane("a", Target("send_db", send="r"), (0, -30.0), (4000, 0.0))
    song.lane(MASTER, Target("gain_db"), (0, 0.0), (FRAMES, -6.0))
    t = np.arange(FRAMES + 2000)
    gain = np.interp(t, [100, 3000], [0.5, 2.0]) * np.where((t >= 2000) & (t < 2500), -1, 1)
    angle = (np.interp(t, [1000, 5000], [-1.0, 1.0]) + 1) * np.pi / 4
    pan = np.sqrt(2) * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    send = 10 ** (np.interp(t, [0, 4000], [-30.0, 0.0]) / 20)
    master = 10 ** (np.interp(t, [0, FRAMES], [0.0, -6.0]) / 20)
    a = padded(song.sounds["a"]) * gain[:, None] * pan
    close_to(render(song.plan), (a + a * send[:, None]) * master[:, None])


def test_devices_are_told_the_tempo_at_every_frame(song: Song) -> None:
    for name in "bc":
        song.project = edits.set_track(song.project, name, mute=True)
    song.device("a", "toy_tempo")
    a = padded(song.sounds["a"])
    close_to(render(song.plan), a * 1.2)
    song.project = edits.add_tempo_point(song.project, Fraction(1, 8), Fraction(240), ramp=True)
    seconds = np.arange(len(a)) / RATE
    # the tempo grows by 960 BPM a beat, so by e^(16 t), up to 240
    tempo = np.minimum(120 * np.exp(960 / 60 * seconds), 240.0)
    close_to(render(song.plan), a * tempo[:, None] / 100)


@pytest.mark.parametrize("block", [1, 7, 64, 441, 4096])
def test_any_block_size_gives_the_same_samples(song: Song, block: int) -> None:
    whole(song)
    frames = 1500 if block == 1 else FRAMES + 2000
    expected = render(song.plan, frames)
    assert expected.any()
    np.testing.assert_array_equal(render(song.plan, frames, block), expected)


def test_threads_change_nothing(song: Song) -> None:
    whole(song)
    graph = Graph(song.plan, max_block=512, workers=3)
    parts = [graph.render(at, 512).mix for at in range(0, FRAMES, 512)]
    graph.close()
    mix = np.concatenate(parts)
    np.testing.assert_array_equal(mix, render(song.plan, len(mix)))


def test_marks_bring_every_state_back(song: Song) -> None:
    whole(song)
    graph = Graph(song.plan, max_block=512)
    for at in range(0, 2048, 512):
        graph.render(at, 512)
    mark = graph.mark()
    first = [graph.render(at, 512).mix.copy() for at in range(2048, 4096, 512)]
    graph.rewind(mark)
    again = [graph.render(at, 512).mix.copy() for at in range(2048, 4096, 512)]
    graph.close()
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(again))
    np.testing.assert_array_equal(np.concatenate(first), render(song.plan)[2048:4096])


def test_a_new_plan_keeps_the_state_of_devices_that_stay(song: Song) -> None:
    song.device("a", "toy_echo", feedback=0.9)
    plan = song.plan
    graph = Graph(plan, max_block=500)
    for at in range(0, 2000, 500):
        graph.render(at, 500)
    song.project = edits.set_track(song.project, "b", gain_db=-96.0)
    song.device("c", "toy_gain", gain=0.0)
    graph.set_plan(compile_plan(song.project, song.folder, plan))
    mix = graph.render(2000, 500).mix
    graph.close()
    close_to(mix, echoed(padded(song.sounds["a"]), 0.9)[2000:2500])


def test_a_loop_is_played_on_without_a_break(song: Song) -> None:
    """What rings at the loop's end rings on at its start; sound that is late keeps to the loop, too."""
    song.device("a", "toy_echo", feedback=0.5)
    song.device("a", "toy_late")
    for name in "bc":
        song.project = edits.set_track(song.project, name, mute=True)
    loop = LoopFrames(1000, 1700, True)
    graph = Graph(song.plan, max_block=512)
    parts, at = [graph.render(0, 500, loop).mix, graph.render(500, 500, loop).mix], 1000
    for _ in range(20):
        count = min(333, loop.end - at)
        parts.append(graph.render(at, count, loop).mix)
        at = loop.start if at + count == loop.end else at + count
    graph.close()
    mix = np.concatenate(parts)
    a = song.sounds["a"]
    played = np.concatenate([a[:1700], *[a[1000:1700]] * 9])[: len(mix)]
    close_to(mix, echoed(played, 0.5))


def listened(plan: Plan, frames: int, change: Callable[[Transport, int], None] = lambda *_: None) -> np.ndarray:
    """What a player of small blocks plays; `change` is called before each block with the frames heard so far."""
    transport = Transport(plan, buffer=7200, guard=1500)
    transport.play(0)
    parts, done = [], 0
    while done < frames:
        change(transport, done)
        while transport.fill():
            pass
        out = np.empty((441, 2), np.float32)
        transport.ring.pull(out)
        parts.append(out)
        done += 441
    transport.close()
    return np.concatenate(parts)


def test_playback_is_the_bounce(song: Song) -> None:
    whole(song)
    mix = song.folder.parent / "mix.wav"
    bounce(song.project, song.folder, BounceRequest(mix=mix, format=SampleFormat.FLOAT))
    bounced, _ = soundfile.read(mix, dtype="float32")
    heard = listened(song.plan, len(bounced) + 2000)
    first = int(np.flatnonzero(np.abs(heard).max(axis=1) > 0)[0]) - int(
        np.flatnonzero(np.abs(bounced).max(axis=1) > 0)[0]
    )
    np.testing.assert_array_equal(heard[first : first + len(bounced)], bounced[: len(heard) - first])


def test_a_change_while_playing_keeps_echoes_and_makes_no_click(song: Song) -> None:
    song.device("a", "toy_echo", feedback=0.9)
    song.project = edits.set_track(edits.set_track(song.project, "c", mute=True), "b", gain_db=-12.0)
    plan = song.plan
    changed = replace(
        plan, tracks=tuple(replace(track, gain=0.0) if track.id == "b" else track for track in plan.tracks)
    )

    def change(transport: Transport, done: int) -> None:
        if done == 441 * 3:
            transport.set_plan(changed)

    heard = listened(plan, FRAMES + 2000, change)
    before, after = render(plan), render(changed)
    first = int(np.flatnonzero(heard.any(axis=1))[0])
    heard = heard[first:]
    np.testing.assert_array_equal(heard[:1500], before[:1500])
    np.testing.assert_array_equal(heard[4500:5500], after[4500:5500])
    between = heard[1500:4500]
    low = np.minimum(before[1500:4500], after[1500:4500]) - 1e-6
    high = np.maximum(before[1500:4500], after[1500:4500]) + 1e-6
    assert ((between >= low) & (between <= high)).all(), "between the two there is nothing but a crossfade"


def test_seeking_starts_devices_anew(song: Song) -> None:
    song.device("a", "toy_echo", feedback=0.9)
    for name in "bc":
        song.project = edits.set_track(song.project, name, mute=True)

    def change(transport: Transport, done: int) -> None:
        if done == 441 * 6:
            transport.seek(FRAMES)  # after all clips

    heard = listened(song.plan, 9000, change)
    assert not heard[-2000:].any()


def test_stems_add_up_to_the_mix_before_the_masters_devices(song: Song) -> None:
    whole(song)
    out = song.folder.parent / "out"
    request = BounceRequest(mix=out / "mix.wav", stems=out, format=SampleFormat.FLOAT, pattern="{track}")
    report = bounce(song.project, song.folder, request)
    assert "The stems add up to the mix before the master's devices (Toy late, Toy gain)." in report.notes
    assert [line for line in report.left_out if "stem of its group" in line] == [
        "“A” is in the stem of its group, “Band”.",
        "“B” is in the stem of its group, “Band”.",
    ]
    names = sorted(file.path.stem for file in report.files if file.track)
    assert names == ["Band", "C", "Reverb"]
    stems = sum(soundfile.read(out / f"{name}.wav")[0] for name in names)
    bare = song.project
    for device in bare.master_devices:
        bare = edits.remove_device(bare, MASTER, device.id)
    request = BounceRequest(mix=out / "bare.wav", format=SampleFormat.FLOAT, end=place_at(report.frames))
    bounce(bare, song.folder, request)
    np.testing.assert_allclose(stems, soundfile.read(out / "bare.wav")[0], atol=1e-6)


def test_bounces_include_what_still_rings(song: Song) -> None:
    song.device("r", "toy_echo", feedback=0.7)
    song.project = edits.set_send(song.project, "a", "r", -6.0)
    tails = tails_of(song.project)
    assert (tails["a"], tails["b"]) == (int(300 * (1 + np.log(1e-6) / np.log(0.7))), 0)
    assert heard_end(song.project, tails) == FRAMES + tails["a"]
    mix = song.folder.parent / "mix.wav"
    report = bounce(song.project, song.folder, BounceRequest(mix=mix, format=SampleFormat.FLOAT))
    assert report.frames == FRAMES + tails["a"]
    samples, _ = soundfile.read(mix)
    assert np.abs(samples[-300:]).max() < 2e-6
    assert np.abs(samples[FRAMES : FRAMES + 300]).max() > 0.01


def test_a_range_is_a_part_of_the_whole(song: Song) -> None:
    whole(song)
    out = song.folder.parent
    bounce(song.project, song.folder, BounceRequest(mix=out / "all.wav", format=SampleFormat.FLOAT))
    request = BounceRequest(mix=out / "part.wav", format=SampleFormat.FLOAT, start=place_at(3100), end=place_at(5000))
    bounce(song.project, song.folder, request)
    part = soundfile.read(out / "part.wav")[0]
    np.testing.assert_allclose(part, soundfile.read(out / "all.wav")[0][3100:5000], atol=1e-6)


def test_an_unknown_device_is_bypassed_and_said(song: Song) -> None:
    whole_song = song.project
    song.device("a", "toy_gain", gain=0.0)
    unregister("toy_gain")
    close_to(render(song.plan), render(compile_plan(whole_song, song.folder)))
    report = bounce(song.project, song.folder, BounceRequest(mix=song.folder.parent / "mix.wav"))
    assert any("“toy_gain” is unknown to this version" in note for note in report.notes)


def test_numbers_only(song: Song) -> None:
    for name in "abc":
        song.device(name, "toy_gain", gain=4.0)
        for number in range(6):
            song.device(name, "toy_echo", f"{name}{number}", feedback=0.9)
    with np.errstate(over="ignore"):
        mix = render(song.plan)
    assert np.isfinite(mix).all()


def test_meters_of_groups_and_returns(song: Song) -> None:
    whole(song)
    transport = Transport(song.plan, buffer=7200, guard=1500)
    transport.play(0)
    while transport.fill():
        pass
    loudest = np.max([item.values[:, 0] for item in transport.measured], axis=0)
    transport.close()
    names = [track.id for track in transport.mixer.plan.tracks]
    assert all(level > 0 for level in loudest), dict(zip(names, loudest, strict=True))


def test_gain_reductions_lie_beside_the_sound_that_they_belong_to(song: Song, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "level.wav", np.full((RATE, 2), 0.5, np.float32), RATE, "FLOAT")
    source = import_audio(song.folder, tmp_path / "level.wav", RATE)
    song.project = edits.add_source(song.project, source)
    clip = audio_clip("level", place_at(8192), 24576, (audio_take("t", source.id),))
    song.project = edits.add_clip(edits.remove_clips(song.project, ["a1", "b1", "c1"]), "a", clip)
    song.device("a", "compressor", "comp", threshold_db=-30, ratio=4, attack_ms=0.1, release_ms=5, knee_db=0)
    song.device("b", "toy_gain", "plain")
    transport = Transport(song.plan, buffer=49152, guard=1500)
    transport.play(0)
    while transport.fill():
        pass
    measured = list(transport.measured)
    transport.close()
    reductions = {item.end: item.reductions for item in measured}
    assert all(set(each) == {"comp"} for each in reductions.values())
    steady = 0.75 * (30 + 20 * np.log10(0.5))  # three quarters of what lies over the threshold
    for end, each in reductions.items():
        if end <= 8192:
            assert each["comp"] == 0.0
        elif 12000 < end <= 32768:
            assert each["comp"] == pytest.approx(steady, abs=0.01)
        elif end > 40000:
            assert each["comp"] < 0.01
    assert max(reductions) > 40000
