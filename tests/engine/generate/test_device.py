"""Which precision the networks run in: decided by the processor, or by a stopwatch that a busy machine cannot sway."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.generate import device

BF16 = {"amx_bf16": False, "avx512_bf16": True, "cpu_name": "Zen 5"}


@pytest.fixture(autouse=True)
def own_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path))
    device.bfloat16_pays.cache_clear()
    yield
    device.bfloat16_pays.cache_clear()


def clock(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> None:
    """A stopwatch that shows `seconds` more at every look, from the first on."""
    looks = iter(seconds)
    now = 0.0

    def look() -> float:
        nonlocal now
        now += next(looks)
        return now

    monkeypatch.setattr(device, "perf_counter", look)


def pairs(slow: float, fast: float, busy: int) -> list[float]:
    """Looks of 15 pairs, of which the first `busy` meet another process in their second half."""
    return [value for pair in range(15) for value in (0.0, slow, 20 * fast if pair < busy else fast)]


def test_a_processor_without_bfloat16_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(BF16, False), raising=False)
    clock(monkeypatch, [])
    assert not device.bfloat16_pays()


@pytest.mark.parametrize(("fast", "busy", "pays"), [(1.0, 0, True), (1.0, 7, True), (1.6, 0, False), (1.6, 7, False)])
def test_seven_disturbed_pairs_of_fifteen_change_nothing(
    monkeypatch: pytest.MonkeyPatch, fast: float, busy: int, pays: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: BF16, raising=False)
    clock(monkeypatch, pairs(2.0, fast, busy))
    assert device.bfloat16_pays() is pays


def test_the_answer_is_kept_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: BF16, raising=False)
    clock(monkeypatch, pairs(2.0, 1.0, 0))
    assert device.bfloat16_pays()
    answers = json.loads((tmp_path / "precision.json").read_text(encoding="utf-8"))
    assert [(name.split(",")[0], pays) for name, pays in answers.items()] == [("Zen 5", True)]
    device.bfloat16_pays.cache_clear()  # as a new process has it
    clock(monkeypatch, [])
    assert device.bfloat16_pays()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": 3}'])
def test_a_damaged_answer_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "precision.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: BF16, raising=False)
    clock(monkeypatch, pairs(2.0, 1.6, 0))
    assert not device.bfloat16_pays()
