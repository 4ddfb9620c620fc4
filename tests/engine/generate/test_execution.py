"""The ways to run the diffusion network: what a recording reads, what is compiled once, and what fails without harm."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.generate import execution
from engine.generate.execution import DenoiserRuntime, ExecutionMode
from engine.models import diffusion as d
from engine.models import graphs
from engine.models.dualpath import PRESETS, DualPath

torch.set_num_threads(1)
CPU = torch.device("cpu")
FRAMES, TOKENS, CHUNK = 30, 6, slice(20, 30)


@pytest.fixture(scope="module")
def network() -> DualPath:
    torch.manual_seed(0)
    config = replace(PRESETS["tiny"], hidden=16, blocks=3, segment=4, feed_forward=16, recurrent=8)
    return DualPath(config).eval().requires_grad_(False)


class Recorder:
    """As a CUDA graph does: the work runs again on the same tensors, and its result is always in one place."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, work: Callable[[], Tensor], device: torch.device) -> graphs.Replay:
        assert graphs.alone.locked()
        self.count += 1
        place = work().clone()

        def replay() -> Tensor:
            return place.copy_(work())

        return replay


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def no_compiler(*arguments: Any, **options: Any) -> Any:
    raise RuntimeError("There is no compiler.\nAnd more lines.")


def made(
    ours: DenoiserRuntime,
    mode: ExecutionMode,
    seed: int,
    out_frames: slice = CHUNK,
    guidance: float = 2.5,
    frames: int = FRAMES,
) -> Tensor:
    """Three steps of a window."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(2, frames, PRESETS["tiny"].latent_width, generator=generator)
    tokens = torch.randint(0, PRESETS["tiny"].vocabulary, (2, TOKENS), generator=generator)
    mask = torch.zeros(frames, dtype=torch.bool)
    mask[out_frames] = True
    with torch.inference_mode():
        return d.denoise(ours.bound(tokens, frames, guidance, mode), z, mask, d.schedule(3))


def test_a_recorded_window_is_the_same_bit_by_bit(network: DualPath, recorder: Recorder) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=no_compiler)
    for guidance in (2.5, 1.0, 4.0):
        for seed in range(3):
            for out_frames in (CHUNK, slice(0, FRAMES)):
                expected = made(ours, ExecutionMode.EAGER, seed, out_frames, guidance)
                assert torch.equal(made(ours, ExecutionMode.RECORDED, seed, out_frames, guidance), expected)
                assert ours.used is ExecutionMode.RECORDED
    assert recorder.count == 4  # two shapes with guidance, whatever its strength, and two without


def test_windows_of_other_lengths_are_not_recorded(network: DualPath, recorder: Recorder) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=no_compiler)
    assert torch.equal(
        made(ours, ExecutionMode.RECORDED, 0, slice(0, 10), frames=20),
        made(ours, ExecutionMode.EAGER, 0, slice(0, 10), frames=20),
    )
    assert recorder.count == 0


def test_few_recordings_are_kept(network: DualPath, recorder: Recorder) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=no_compiler)
    for stop in range(1, 12):
        made(ours, ExecutionMode.RECORDED, 0, slice(0, stop))
    assert len(ours._recordings) == execution._RECORDINGS
    ours.release()
    assert not ours._recordings


def test_what_is_compiled_is_compiled_once_and_computes_the_same(network: DualPath, recorder: Recorder) -> None:
    graphs_made = []

    def backend(module: torch.fx.GraphModule, inputs: list[Tensor]) -> Any:
        graphs_made.append(module)
        return module

    def compiler(function: Any, **options: Any) -> Any:
        return torch.compile(function, backend=backend, **options)

    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=compiler)
    assert ours.mode(2, 2.5) is ExecutionMode.RECORDED
    for _ in range(execution._WINDOWS_FIRST):
        ours.streamed(2, 2.5)
    assert ours._thread is not None
    ours._thread.join()
    assert ours.mode(2, 2.5) in (ExecutionMode.RECORDED, ExecutionMode.COMPILED)  # whichever is faster here
    assert ours.settle(2, 2.5) is ours.mode(2, 2.5)
    assert ours.mode(2, 2.5, "compiled") is ExecutionMode.COMPILED
    assert ours.mode(2, 2.5, "eager") is ExecutionMode.EAGER
    for out_frames in (CHUNK, slice(3, 7)):
        expected = made(ours, ExecutionMode.EAGER, 5, out_frames)
        compiled = made(ours, ExecutionMode.COMPILED, 5, out_frames)
        torch.testing.assert_close(compiled, expected, rtol=0, atol=1e-4)
        assert ours.used is ExecutionMode.COMPILED
        assert torch.equal(compiled[:, : out_frames.start], expected[:, : out_frames.start])  # kept frames
        assert torch.equal(made(ours, ExecutionMode.COMPILED, 5, out_frames), compiled)
    assert len(graphs_made) == 1  # for both of the inner blocks, all shapes and threads


def test_without_a_compiler_it_goes_on_and_says_so_once(
    network: DualPath, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=no_compiler)
    assert ours.settle(2, 2.5) is ExecutionMode.RECORDED
    assert ours.mode(2, 2.5, "compiled") is ExecutionMode.RECORDED
    for _ in range(2 * execution._WINDOWS_FIRST):
        ours.streamed(2, 2.5)
    assert ours._thread is None
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The diffusion network cannot be compiled and runs without: There is no compiler."]


def test_what_cannot_be_recorded_runs_eagerly_and_says_so_once(
    network: DualPath, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(work: Callable[[], Tensor], device: torch.device) -> graphs.Replay:
        raise RuntimeError("operation not permitted when stream is capturing\nCUDA kernel errors might be …")

    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=failing, compiler=no_compiler)
    for _ in range(2):
        assert torch.equal(made(ours, ExecutionMode.RECORDED, 0), made(ours, ExecutionMode.EAGER, 0))
        assert ours.used is ExecutionMode.EAGER
    assert ours.mode(2, 2.5, "recorded") is ExecutionMode.EAGER
    said = [record.getMessage() for record in caplog.records]
    assert [line.rpartition(": ")[2] for line in said] == ["operation not permitted when stream is capturing"]


def test_nothing_is_recorded_while_another_thread_compiles(network: DualPath, recorder: Recorder) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=recorder, compiler=no_compiler)
    expected = made(ours, ExecutionMode.EAGER, 0)
    with graphs.alone:
        assert torch.equal(made(ours, ExecutionMode.RECORDED, 0), expected)
        assert (ours.used, recorder.count) == (ExecutionMode.EAGER, 0)
    assert torch.equal(made(ours, ExecutionMode.RECORDED, 0), expected)
    assert (ours.used, recorder.count) == (ExecutionMode.RECORDED, 1)


def test_short_of_memory_a_step_runs_without_its_recording(network: DualPath, recorder: Recorder) -> None:
    short = [True]

    def scarce(work: Callable[[], Tensor], device: torch.device) -> graphs.Replay:
        if short:
            short.pop()
            raise torch.OutOfMemoryError("no memory")
        return recorder(work, device)

    ours = DenoiserRuntime(network, CPU, FRAMES, recorder=scarce, compiler=no_compiler)
    expected = made(ours, ExecutionMode.EAGER, 0)
    assert torch.equal(made(ours, ExecutionMode.RECORDED, 0), expected)
    assert torch.equal(made(ours, ExecutionMode.RECORDED, 0), expected)
    assert ours.used is ExecutionMode.RECORDED


def test_a_cpu_has_one_way(network: DualPath) -> None:
    ours = DenoiserRuntime(network, CPU, FRAMES)
    assert [ours.mode(1, 2.5, asked) for asked in (None, "eager", "recorded", "compiled")] == [ExecutionMode.EAGER] * 4
    for _ in range(2 * execution._WINDOWS_FIRST):
        ours.streamed(1, 2.5)
    assert ours._thread is None
    assert ours.settle(1, 2.5) is ExecutionMode.EAGER


def test_a_recorded_function_follows_its_input(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    ours = graphs.Recorded(torch.exp, recorder, CPU)
    for shape in ((3,), (3,), (4,), (3,)):
        x = torch.rand(shape)
        assert torch.equal(ours(x), x.exp())
    assert recorder.count == 3

    def failing(work: Callable[[], Tensor], device: torch.device) -> graphs.Replay:
        raise RuntimeError("cannot")

    plain = graphs.Recorded(torch.exp, failing, CPU)
    assert torch.equal(plain(x), x.exp())
    assert torch.equal(plain(x), x.exp())
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
