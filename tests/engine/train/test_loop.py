"""The training loop on a network small enough to train in a second."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.train.loop import Batch, Metrics, Phase, Trainer, Training, learning_rate, step_seed
from engine.train.muon import is_block_matrix, orthogonalized


class Line:
    """Learns y = 2x - 1 with a dropout, so that the random state matters; a second phase learns its scale."""

    name = "line"
    averaged = ("net",)

    def __init__(self) -> None:
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(1, 16), nn.GELU(), nn.Dropout(0.1), nn.Linear(16, 1))
        self.modules: dict[str, nn.Module] = {"net": net, "scale": nn.Linear(1, 1, bias=False)}
        self.steps_seen: list[int] = []

    def phases(self) -> list[Phase]:
        return [Phase("fit", ("net",), self.fit), Phase("scale", ("scale",), self.scale, lr=0.5, starts=3)]

    def fit(self, batch: Batch) -> tuple[Tensor, Metrics]:
        loss = (self.modules["net"](batch["x"]) - batch["y"]).square().mean()
        return loss, {"rms": float(loss.detach()) ** 0.5}

    def scale(self, batch: Batch) -> tuple[Tensor, Metrics]:
        return (self.modules["scale"](batch["x"]) - batch["y"]).square().mean(), {}

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        index = first
        while True:
            self.steps_seen.append(index)
            x = torch.rand(size, 1, generator=torch.Generator().manual_seed(step_seed(seed, index, 0)))
            yield {"x": x, "y": 2 * x - 1}
            index += stride

    def validate(self, folder: Path, step: int) -> Metrics:
        x = torch.linspace(0, 1, 11)[:, None]
        return {"error": float((self.modules["net"](x) - 2 * x + 1).abs().mean())}


def settings(steps: int, **more: object) -> Training:
    base = {"steps": steps, "batch": 8, "lr": 1e-2, "warmup": 5, "validate_steps": 1000, "report_steps": 10}
    return Training.from_dict(base | more)


def test_learns_and_notes_its_curve(tmp_path: Path) -> None:
    reports = []
    trainer = Trainer(Line(), settings(300), tmp_path, device="cpu")
    figures = trainer.run(reports.append)
    assert figures["error"] < 0.1
    curve = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert curve[0]["step"] == 10
    assert curve[-1]["fit.loss"] < 0.2 * curve[0]["fit.loss"]
    assert "scale.loss" in curve[-1]
    assert reports[-1].validation == figures
    assert {path.name for path in tmp_path.iterdir()} == {"curve.jsonl", "state.json", "state-300.safetensors"}


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole = Trainer(Line(), settings(40), tmp_path / "whole", device="cpu")
    whole.run()
    first = Trainer(Line(), settings(40), tmp_path / "parts", device="cpu")
    data = first.recipe.batches(0, 0, 1, 8)
    for _ in range(17):  # as far as the last state that was written before the kill
        first._one_step(next(data))
        first.step += 1
    first.save()
    (tmp_path / "parts" / "curve.jsonl").write_text('{"step": 10}\n{"step": 20}\n{"st')
    second = Trainer(Line(), settings(40), tmp_path / "parts", device="cpu")
    assert second.step == 17
    assert (tmp_path / "parts" / "curve.jsonl").read_text() == '{"step": 10}\n'
    second.run()
    assert second.recipe.steps_seen[0] == 17
    for name, module in whole.recipe.modules.items():
        for key, value in module.state_dict().items():
            assert torch.equal(value, second.recipe.modules[name].state_dict()[key]), (name, key)
    for key, value in whole.averaged("net").items():
        assert torch.equal(value, second.averaged("net")[key]), key


class Deep(Line):
    """A line learnt through a block whose matrix Muon moves."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.modules["net"] = nn.Sequential(nn.Linear(1, 16), nn.GELU(), nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 1))


def test_muon_learns_and_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole = Trainer(Deep(), settings(150, optimizer="muon"), tmp_path / "whole", device="cpu")
    assert whole.run()["error"] < 0.1
    first = Trainer(Deep(), settings(150, optimizer="muon"), tmp_path / "parts", device="cpu")
    data = first.recipe.batches(0, 0, 1, 8)
    for _ in range(60):
        first._one_step(next(data))
        first.step += 1
    first.save()
    second = Trainer(Deep(), settings(150, optimizer="muon"), tmp_path / "parts", device="cpu")
    second.run()
    for key, value in whole.recipe.modules["net"].state_dict().items():
        assert torch.equal(value, second.recipe.modules["net"].state_dict()[key]), key


def test_a_change_of_the_optimizer_begins_with_new_moments(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Trainer(Deep(), settings(20), tmp_path, device="cpu").run()
    changed = Trainer(Deep(), settings(30, optimizer="muon"), tmp_path, device="cpu")
    assert "moments begin anew" in caplog.text
    assert changed.step == 20
    changed.run()
    caplog.clear()
    assert Trainer(Deep(), settings(30, optimizer="muon"), tmp_path, device="cpu").step == 30
    assert not caplog.text


def test_muon_makes_all_directions_of_a_step_alike() -> None:
    generator = torch.Generator().manual_seed(0)
    for shape in ((24, 24), (48, 16), (16, 48)):
        matrix = torch.randn(shape, generator=generator) @ torch.diag(torch.logspace(0, -2, shape[1]))
        values = torch.linalg.svdvals(orthogonalized(matrix))[: min(shape) // 2]
        assert values.min() > 0.5
        assert values.max() < 1.3


def test_muon_leaves_the_first_and_last_layers_to_adamw() -> None:
    net = nn.ModuleDict({
        "embedding": nn.Embedding(8, 4), "blocks": nn.ModuleList([nn.Linear(4, 4)]), "project_out": nn.Linear(4, 4),
    })  # fmt: skip
    assert [name for name, each in net.named_parameters() if is_block_matrix(name, each)] == ["blocks.0.weight"]


def test_validation_sees_the_averaged_weights_and_puts_the_others_back(tmp_path: Path) -> None:
    trainer = Trainer(Line(), settings(20), tmp_path, device="cpu")
    trainer.run()
    net = trainer.recipe.modules["net"]
    before = {key: value.clone() for key, value in net.state_dict().items()}
    seen = {}
    trainer.recipe.validate = lambda folder, step: seen.update(w=net.state_dict()["0.weight"].clone()) or {}  # type: ignore[method-assign]
    trainer.validate()
    assert torch.equal(seen["w"], trainer.averaged("net")["0.weight"])
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
    assert net.training


def test_minutes_stop_a_run_and_leave_a_state(tmp_path: Path) -> None:
    trainer = Trainer(Line(), settings(10**9, minutes=0.01), tmp_path, device="cpu")
    figures = trainer.run()
    assert figures["error"] >= 0
    assert 0 < trainer.step < 10**9
    last = json.loads((tmp_path / "curve.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last["step"] == trainer.step
    assert last["validation.error"] == figures["error"]
    assert Trainer(Line(), settings(10**9), tmp_path, device="cpu").step == trainer.step


def test_a_gradient_that_is_not_finite_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    trainer = Trainer(Line(), settings(5), tmp_path, device="cpu")
    before = trainer.recipe.modules["net"].state_dict()["0.weight"].clone()
    trainer._one_step({"x": torch.full((8, 1), float("nan")), "y": torch.zeros(8, 1)})
    assert torch.equal(before, trainer.recipe.modules["net"].state_dict()["0.weight"])
    assert "not finite" in caplog.text


def test_bad_settings_and_states_are_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no optimizer “sgd”"):
        Training.from_dict({"optimizer": "sgd"})
    with pytest.raises(ModelError, match="learning_rate is no training setting"):
        Training.from_dict({"learning_rate": 1})
    Trainer(Line(), settings(5), tmp_path, device="cpu").save()
    other = Line()
    other.name = "curve"
    with pytest.raises(ModelError, match="not of “curve”"):
        Trainer(other, settings(5), tmp_path, device="cpu")
    (tmp_path / "state-0.safetensors").write_bytes(b"\x00\x00")
    with pytest.raises(ModelError, match="cannot be read"):
        Trainer(Line(), settings(5), tmp_path, device="cpu")


def test_the_rate_warms_up_and_falls() -> None:
    run = settings(100, warmup=10, final_lr=0.1)
    rates = [learning_rate(run, step) for step in range(101)]
    assert rates[0] == pytest.approx(run.lr / 10)
    assert max(rates) == pytest.approx(run.lr)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(run.lr / 10)


def test_step_seeds_differ() -> None:
    assert len({step_seed(a, b, c) for a in range(8) for b in range(64) for c in range(4)}) == 8 * 64 * 4


TWO = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import torch
from test_loop import Line, settings
from engine.train.loop import Trainer
torch.set_num_threads(1)
trainer = Trainer(Line(), settings(12), Path(sys.argv[1]), device="cpu")
trainer.run()
rank = trainer.accelerator.process_index
assert trainer.accelerator.num_processes == 2
assert trainer.recipe.steps_seen[:3] == [rank, rank + 2, rank + 4], trainer.recipe.steps_seen
weight = trainer._plain["net"][0].weight.detach()
assert all(torch.equal(weight, other) for other in trainer.accelerator.gather(weight[None]))
trainer.accelerator.wait_for_everyone()
trainer.accelerator.end_training()
"""


def test_two_processes_share_the_data_and_agree(tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    script.write_text(TWO)
    arguments = ["--standalone", "--nnodes=1", "--nproc-per-node=2", str(script), str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *arguments, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=150,
        env=os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "run" / "state-12.safetensors").exists()
