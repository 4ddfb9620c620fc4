"""Effects of the user's own: declared by a file, at work in a process that may die, mended by a restart."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.devices.plugins import door
from engine.devices.plugins.declaration import PluginError, find_plugin, plugin_faults, read_declaration
from engine.devices.plugins.door import PluginProcessor
from engine.devices.registry import device_ids, find_device
from engine.playback.graph import Graph, warm_up
from engine.playback.plan import Chain, DevicePlan, Plan, TrackPlan
from engine.project import edits
from engine.project.files import create, load
from engine.project.model import new_project
from engine.project.routing import unknown_sentence

RATE, BLOCK, LATENCY = 48_000, 512, 64
VALUES = {"lift": 2.0, "fail": 0.0, "wait_ms": 0.0}
TOY = f"""
import time
import numpy as np

LABEL = "Toy"
KIND = "utility"
LATENCY = {LATENCY}
TAIL = 0.01
PARAMETERS = [
    {{"id": "lift", "label": "Lift", "minimum": 1, "maximum": 4, "default": 1}},
    {{"id": "fail", "label": "Fail", "choices": ["off", "on"]}},
    {{"id": "wait_ms", "label": "Wait", "unit": "ms", "maximum": 1000}},
]
PRESETS = {{"High": {{"lift": 4}}}}


class Plugin:
    def __init__(self, rate, max_block):
        self.line = np.zeros((LATENCY, 2), np.float32)

    def process(self, block, parameters):
        print("what a library says goes nowhere near the samples")
        if np.any(parameters["fail"]):
            raise ValueError("it was told to fail")
        time.sleep(float(np.max(parameters["wait_ms"])) / 1000)
        both = np.concatenate((self.line, block * np.asarray(parameters["lift"], np.float32).reshape(-1, 1)))
        self.line = both[len(block) :]
        return both[: len(block)]
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of plug-ins, with a toy in it."""
    folder = tmp_path / "plug-ins"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setenv("CONTINUO_PLUGINS", str(folder))
    return folder


@pytest.fixture
def processor(plugins: Path) -> Iterator[PluginProcessor]:
    spec = find_device("plugin_toy")
    assert spec is not None
    made = spec.create(RATE, BLOCK)
    assert isinstance(made, PluginProcessor)
    yield made
    made.close()


def noise(frames: int = BLOCK) -> np.ndarray:
    return np.random.default_rng(3).uniform(-0.5, 0.5, (frames, 2)).astype(np.float32)


def late_by(frames: int, sound: np.ndarray) -> np.ndarray:
    return np.concatenate((np.zeros((frames, 2), np.float32), sound))[: len(sound)]


def until(processor: PluginProcessor, is_so: Callable[[np.ndarray], Any]) -> None:
    """Plays until a block is as it should be; what real time plays meanwhile is dry."""
    for _ in range(100_000):
        if is_so(processor.process(np.ones((BLOCK, 2), np.float32), VALUES)):
            return
    raise AssertionError("it never was")


def test_a_file_declares_an_effect_without_being_run(plugins: Path) -> None:
    (plugins / "odd.py").write_text("raise SystemExit\nLABEL = 'Odd'\nclass Plugin: pass\n", encoding="utf-8")
    (plugins / "2 words.py").write_text(TOY, encoding="utf-8")
    assert {"plugin_toy", "plugin_odd", "eq"} <= set(device_ids())
    spec = find_device("plugin_toy")
    assert spec is not None
    assert (spec.label, spec.kind, spec.parameter("lift").maximum) == ("Toy", "utility", 4.0)  # type: ignore[union-attr]
    assert spec.presets["High"] == {"lift": 4.0}
    assert find_plugin("plugin_toy") is spec
    (plugins / "toy.py").write_text(TOY.replace('"Toy"', '"Another"'), encoding="utf-8")
    assert find_plugin("plugin_toy").label == "Another"  # type: ignore[union-attr]
    for name in ("plugin_none", "plugin_../toy", "plugin_2 words", "plugin_"):
        assert find_device(name) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("class Plugin", "class Other", "no class “Plugin”"),
        ("LATENCY = 64", "LATENCY = -1", "LATENCY is no whole number from 0"),
        ("TAIL = 0.01", "TAIL = 1e9", "TAIL is no number from 0 to 60"),
        ('LABEL = "Toy"', "LABEL = 3", "LABEL is no str"),
        ('"maximum": 4', '"maximum": 0', "does not hold its default"),
        ('"maximum": 4', '"maximum": float("inf")', "cannot be read"),
        ('"id": "fail"', '"id": "lift"', "two parameters of one id"),
        ('"id": "fail"', '"id": "a b"', "no name of letters"),
        ('{"High": {"lift": 4}}', '{"High": {"height": 4}}', "PRESETS is no dict"),
        ("import time", "import (", "cannot be read"),
        ("import time", "\0", "cannot be read"),
    ],
)
def test_a_file_that_declares_none_is_told_in_a_sentence(
    plugins: Path, old: str, new: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert old in TOY
    (plugins / "bad.py").write_text(TOY.replace(old, new), encoding="utf-8")
    with pytest.raises(PluginError, match=why):
        read_declaration(plugins / "bad.py")
    assert find_device("plugin_bad") is None
    assert [sentence for sentence in plugin_faults() if why.strip() in sentence] == list(plugin_faults())
    assert len(caplog.records) == 1


def test_it_is_at_work_in_blocks_of_any_size_and_goes_back_to_what_was_noted(processor: PluginProcessor) -> None:
    sound = noise(2 * BLOCK)
    expected = late_by(LATENCY, 2.0 * sound)
    np.testing.assert_array_equal(processor.process(sound[:BLOCK], VALUES), expected[:BLOCK])
    mark = processor.mark()
    for _ in range(2):
        lift = {**VALUES, "lift": np.full(7, 2.0)}
        parts = [processor.process(sound[BLOCK : BLOCK + 7], lift), processor.process(sound[BLOCK + 7 :], VALUES)]
        np.testing.assert_array_equal(np.concatenate(parts), expected[BLOCK:])
        processor.rewind(mark)
    processor.reset()
    np.testing.assert_array_equal(processor.process(sound[:BLOCK], VALUES), expected[:BLOCK])


def test_killed_at_random_the_sound_passes_dry_and_a_restart_brings_it_back(
    processor: PluginProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_LEAST_SECONDS", 30.0)  # that a busy machine is late is another matter
    random = np.random.default_rng(5)
    processor.begin_in_real_time()
    for _ in range(3):
        until(processor, lambda block: (block == 2.0).all())
        killed_at, heard = int(random.integers(1, 20)), []
        for number in range(killed_at + 20):
            if number == killed_at:
                os.kill(processor.process_id or 0, signal.SIGKILL)
            heard.append(processor.process(np.ones((BLOCK, 2), np.float32), VALUES))
        assert all((block == 2.0).all() for block in heard[:killed_at])
        assert all((block == 1.0).all() or (block == 2.0).all() for block in heard)
        assert (heard[-1] == 1.0).all()
        assert processor.notices() == ["The plug-in “Toy” stopped. Sound passes without it until it is restarted."]
        assert processor.process_id is None
        processor.restart()


def test_late_it_passes_dry_and_goes_on_after_its_answer(processor: PluginProcessor) -> None:
    processor.begin_in_real_time()
    until(processor, lambda block: (block == 2.0).all())
    late = processor.process(np.ones((BLOCK, 2), np.float32), {**VALUES, "wait_ms": 300.0})
    np.testing.assert_array_equal(late, 1.0)
    assert processor.late
    assert "is late" in processor.notices()[0]
    until(processor, lambda block: (block == 2.0).all())
    failed = processor.process(np.ones((BLOCK, 2), np.float32), {**VALUES, "fail": 1.0})
    np.testing.assert_array_equal(failed, 1.0)
    until(processor, lambda block: processor.process_id is None)
    assert "stopped (ValueError: it was told to fail). Sound passes" in " ".join(processor.notices())


def test_nothing_is_started_to_warm_up(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PluginProcessor, "__init__", lambda *_, **__: pytest.fail("one was made"))
    warm_up((), (DevicePlan("d", "plugin_toy", VALUES),), RATE)


def test_songs_use_it_and_keep_its_settings_where_it_is_missing(
    plugins: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    song, mix, sound = tmp_path / "song", tmp_path / "mix.wav", noise(RATE // 4)
    soundfile.write(tmp_path / "in.wav", sound, RATE, subtype="FLOAT")
    create(song, edits.add_track(new_project("Song", rate=RATE), "In"))
    assert main(["import", str(song), str(tmp_path / "in.wav"), "--track", "In", "--at", "0f"]) == 0
    assert main(["set", str(song), "--track", "In", "--insert", "plugin_toy lift=2"]) == 0
    assert main(["set", str(song), "--track", "In", "--insert", "plugin_toy lift=9"]) == 1
    assert main(["automate", str(song), "--track", "In", "--parameter", "lift", "--points", "0s=1 0.25s=3"]) == 0
    capsys.readouterr()
    assert main(["devices", "--json"]) == 0
    assert "plugin_toy" in [each["id"] for each in json.loads(capsys.readouterr().out)]
    bounce = ["bounce", str(song), "--mix", str(mix), "--format", "32f"]
    assert main(bounce) == 0
    samples, _ = soundfile.read(mix)
    lift = np.interp(np.arange(len(sound)), [0, RATE // 4], [1.0, 3.0])[:, None]
    np.testing.assert_allclose(samples[: len(sound)], sound * lift, atol=1e-5)

    mix.unlink()
    assert main(["automate", str(song), "--track", "In", "--parameter", "fail", "--points", "0s=on"]) == 0
    assert main(bounce) == 1
    assert "The plug-in “Toy” stopped (ValueError: it was told to fail): mend it" in capsys.readouterr().err
    assert not mix.exists()

    (plugins / "toy.py").unlink()
    assert main(bounce) == 0
    assert "The plug-in “toy” is not in the folder of plug-ins" in capsys.readouterr().out
    np.testing.assert_allclose(soundfile.read(mix)[0][: len(sound)], sound, atol=1e-6)
    before = load(song).tracks[0].devices
    (plugins / "bad.py").write_text("LABEL = 3", encoding="utf-8")
    assert main(["devices", "--json"]) == 0
    assert "The plug-in “bad.py” declares no effect" in capsys.readouterr().err
    assert "The plug-in “toy” is not in the folder" in unknown_sentence(load(song))
    assert main(["set", str(song), "--track", "In", "--gain-db", "-1"]) == 0
    assert (load(song).tracks[0].devices, before[0].values) == (before, {"lift": 2.0})


def test_a_graph_tells_of_it_restarts_it_and_ends_it_with_its_device(
    plugins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_LEAST_SECONDS", 30.0)
    devices = (DevicePlan("d", "plugin_toy", VALUES),)
    plan = Plan(RATE, (TrackPlan("t", chain=Chain(devices=devices)),))
    graph = Graph(plan, max_block=BLOCK, strict=False)
    assert graph.latency == LATENCY
    (processor,) = graph._supervised.values()
    assert isinstance(processor, PluginProcessor)
    first = processor.process_id
    assert first is not None, "it is started before it is played"
    until(processor, lambda block: (block == 2.0).all())
    os.kill(first, signal.SIGKILL)
    graph.render(0, BLOCK)
    graph.render(BLOCK, BLOCK)
    ((device, sentence),) = graph.notices()
    assert (device, sentence.endswith("until it is restarted.")) == ("d", True)
    graph.restart("d")
    assert processor.process_id not in (None, first)
    graph.set_plan(replace(plan, tracks=(TrackPlan("t"),)))
    assert processor.process_id is None
    graph.close()
