"""The stroke network in torch and in numpy, and its training on a few seconds."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from engine.analysis.sound import RATE
from engine.analysis.stroke_network import KINDS, OUTPUTS, band_powers, features, likelihoods
from engine.train.strokes import (
    Stretch,
    StrokeNetwork,
    best_thresholds,
    example,
    f_measures,
    loss_of,
    stored_stretch,
    stretch,
    trained,
    write,
    write_stretch,
)


def test_numpy_answers_as_torch_does(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = StrokeNetwork()
    sound = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    seen = features(band_powers(sound))
    with torch.no_grad():
        expected = torch.sigmoid(network(torch.from_numpy(seen)[None]))[0].numpy()
    np.testing.assert_allclose(likelihoods(sound, network.weights()), expected, atol=1e-5)
    write(tmp_path / "w.safetensors", network, np.full(len(KINDS), 0.4, np.float32))
    weights = load_file(tmp_path / "w.safetensors")
    assert {values.dtype for values in weights.values()} == {np.dtype(np.float16)}
    assert set(weights) == {*network.weights(), "thresholds"}


def test_right_answers_cost_less() -> None:
    strokes = torch.zeros(1, 50, len(KINDS))
    strokes[0, 20, 0] = 0.8
    odds = torch.full((1, 50, 2 * len(KINDS) + 1), -4.0)
    wrong = loss_of(odds, strokes, torch.ones(1))
    odds[0, 20, 0] = odds[0, :, -1] = 4.0
    odds[0, 20, len(KINDS)] = float(torch.logit(torch.tensor(0.8)))
    assert loss_of(odds, strokes, torch.ones(1)) < 0.5 * wrong


def _tiny() -> Stretch:
    """Bursts of power in the lowest and the highest bands, each a kind of its own."""
    rng = np.random.default_rng(0)
    drums, strokes = np.full((400, 72), 1e-6, np.float32), np.zeros((400, len(KINDS)), np.float32)
    for number, frame in enumerate(range(10, 390, 20)):
        bands, kind = (slice(0, 8), 0) if number % 2 else (slice(60, 72), 4)
        drums[frame : frame + 6, bands] += np.exp(-np.arange(6) / 2)[:, None].astype(np.float32)
        strokes[frame, kind] = 0.8
    return Stretch(drums, rng.uniform(0, 1e-3, (400, 72)).astype(np.float32), strokes)


def test_training_learns_what_bands_tell() -> None:
    tiny = _tiny()
    network = trained([tiny], 40, batch=1)
    with torch.no_grad():
        odds = network(torch.from_numpy(features(tiny.drums))[None])[0]
    strokes = torch.from_numpy(tiny.strokes)
    for kind in (0, 4):
        on, off = odds[strokes[:, kind] > 0, kind], odds[(strokes.sum(dim=1) == 0), kind]
        assert on.mean() > off.mean() + 1


def test_thresholds_are_those_with_which_strokes_are_heard_best() -> None:
    tiny = _tiny()
    kinds = list(KINDS)
    answers = np.zeros((len(tiny.strokes), OUTPUTS), np.float32)
    kick = np.flatnonzero(tiny.strokes[:, 0])
    answers[kick, 0] = 0.55  # the strokes that are there
    answers[kick[:-1] + 10, 0] = 0.47  # and others, a little less likely
    least = best_thresholds([answers], [tiny])
    assert least[0] == np.float32(0.5)
    assert f_measures([answers], [tiny], least)["kick"] == 1
    assert f_measures([answers], [tiny], np.full(len(kinds), 0.2, np.float32))["kick"] < 0.8


def test_examples_and_stretches_are_what_they_say() -> None:
    seen, strokes, music = example([_tiny()], 200, Random(2))
    assert seen.shape == (200, 72)
    assert strokes.shape == (200, len(KINDS))
    assert music in (0.0, 1.0)
    piece = stretch(3, seconds=2.0)
    assert piece.drums.shape == piece.rest.shape == (2 * RATE // 220 + 1, 72)
    assert ((piece.strokes >= 0) & (piece.strokes <= 1)).all()


def test_training_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.train.strokes._KEPT", 5)
    tiny, state = _tiny(), tmp_path / "state.pt"
    whole = trained([tiny], 10, batch=1, keep=state)
    done, *_ = torch.load(state, weights_only=True)
    assert done == 10

    examples = iter(range(10))  # a step takes one or two: it is stopped after the fifth

    def until_stopped(*arguments: Any) -> Any:
        if next(examples, None) is None:
            raise KeyboardInterrupt
        return example(*arguments)

    state.unlink()
    with monkeypatch.context() as change:
        change.setattr("engine.train.strokes.example", until_stopped)
        with pytest.raises(KeyboardInterrupt):
            trained([tiny], 10, batch=1, keep=state)
    assert state.exists()
    again = trained([tiny], 10, batch=1, keep=state)
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_stretches_of_drums_are_those_of_the_piece_and_are_kept(tmp_path: Path) -> None:
    bare = stretch(3, seconds=2.0, music=False)
    assert not bare.rest.any()
    np.testing.assert_array_equal(bare.strokes, stretch(3, seconds=2.0).strokes)
    write_stretch(tmp_path / "drums-00003.npz", bare)
    kept = stored_stretch(tmp_path, 3, music=False)
    np.testing.assert_array_equal(kept.drums, bare.drums)
    assert kept.rest.shape == bare.rest.shape
