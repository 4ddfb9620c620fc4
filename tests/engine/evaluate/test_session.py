"""A whole evaluation of a tiny model with random weights, from its folder, and the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio import Audio, write_audio
from engine.cli import evaluate as command
from engine.cli import main
from engine.errors import Cancelled
from engine.evaluate import network_figures
from engine.evaluate.session import Evaluation, evaluate
from engine.evaluate.settings import PARTS, Sizes
from engine.evaluate.workshop import Workshop
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models import checkpoint, system

SMALL = Sizes(
    train=10,
    practised=10,
    held_out=8,
    recall=4,
    tokens=4,
    decoded=2,
    stage_pieces=1,
    stage_seconds=2.0,
    stage_drums=1,
    recorded=3,
    prompts=2,
    prompt_seconds=2.5,
    sounds=2,
    streams=1,
    stream_seconds=6.0,
    stream_windows=3,
    diversity_prompts=2,
    diversity_seeds=2,
    schedule_prompts=2,
    schedule_seeds=2,
    picture_prompts=1,
    picture_seeds=2,
    picture_seconds=2.0,
    picture_pairs=1,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    config = system.PRESETS["tiny"]
    torch.manual_seed(0)
    checkpoint.save(folder, system.build(config), config, model_id="tiny", name="Tiny", preset="tiny")
    return folder


def evaluated(model: Path, pool: Path, out: Path, *parts: str, draw: bool = False) -> Evaluation:
    context = Context()
    shop = Workshop(Melody.load(model, "cpu"), model, SMALL, out, sound=pool, context=context)
    return evaluate(shop, parts or tuple(PARTS), draw=out / "pictures" if draw else None, context=context)


def test_every_part_has_figures_and_the_same_ones_again(model: Path, pool: Path, tmp_path: Path) -> None:
    done = evaluated(model, pool, tmp_path, draw=True)
    elsewhere = ("recordings", "guides", "stems")  # what needs recordings, a guide or a model that hears other tracks
    assert [part.name for part in done.parts] == [name for name in PARTS if name not in elsewhere]
    assert all(part.figures for part in done.parts)
    found = {figure.key: figure for part in done.parts for figure in part.figures}
    assert found["chunked"].verdict == "reached"
    assert 0 <= found["tempo"].value <= 1
    assert found["tempo"].beside["real pieces"] <= 1
    for way in ("like", "after"):
        for what in ("tempo", "key", "related"):
            figure = found[f"{way}_{what}"]
            assert {"not held", "real pieces"} == set(figure.beside)
            assert 0 <= figure.value <= 1
    assert found["after_related"].value >= found["after_key"].value
    assert 0 <= found["ear_tempo"].value <= 1
    assert found["cross_entropy"].value > 1
    assert found["velocity_mse"].value > 0
    assert {f"frechet_{kind}_{steps}" for kind in ("linear", "uniform") for steps in (5, 10)} <= set(found)
    assert found["frechet_linear_5"].beside["± over 2 turns"] >= 0
    assert found["spectrum_uniform_10"].value > 0
    assert {"level_drift_6", "centroid_drift_6", "seam_flux"} <= set(found)
    drawn = [picture.path for picture in done.pictures]
    assert [path.name for path in drawn] == ["prompt-1.png", "continuation.png", "decoded-1.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
    assert (tmp_path / "pictures" / "continuation.wav").stat().st_size > 4 * 24000
    json.dumps(done.to_dict(), allow_nan=False)

    again = evaluated(model, pool, tmp_path / "again", "adherence", "frechet", "copying")
    assert [part.name for part in again.parts] == ["adherence", "frechet", "copying"]
    for part in again.parts:
        first = next(each for each in done.parts if each.name == part.name)
        assert [figure.to_dict() for figure in part.figures] == [figure.to_dict() for figure in first.figures]


def test_it_can_be_cancelled(model: Path, pool: Path, tmp_path: Path) -> None:
    context = Context(lambda share, text: context.cancel() if text.startswith("Generating") else None)
    shop = Workshop(Melody.load(model, "cpu"), model, SMALL, tmp_path, sound=pool, context=context)
    with pytest.raises(Cancelled):
        evaluate(shop, ("adherence",), context=context)


def test_the_command_prints_and_writes(
    model: Path, pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "QUICK", replace(SMALL, picture_prompts=0, picture_pairs=0))
    out = tmp_path / "out"
    asked = ["evaluate", "--model", str(model), "--device", "cpu", "--quick", "--sound", str(pool), "--out", str(out)]
    assert main([*asked, "--parts", "vae,copying", "--card"]) == 0
    printed = capsys.readouterr().out
    assert "≤ 0.35" in printed
    assert "goals reached" in printed
    written = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert [part["part"] for part in written["parts"]] == ["vae", "copying"]
    assert written["quick"] is True
    assert "| SI-SDR |" in (out / "evaluation.md").read_text("utf-8")
    assert "| SI-SDR |" in (model / "card.md").read_text("utf-8")
    with (model / "card.md").open("r+", encoding="utf-8") as card:
        text = card.read()
        card.seek(0)
        card.write("Ours.\n" + text)
    assert main([*asked, "--parts", "copying", "--card"]) == 0
    text = (model / "card.md").read_text("utf-8")
    assert text.startswith("Ours.")
    assert text.count("## Evaluation") == 1
    assert "| SI-SDR |" not in text
    capsys.readouterr()

    assert main([*asked, "--parts", "vae", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"][0]["figures"] == written["parts"][0]["figures"]
    assert main(["evaluate", "--parts", "vae,taste"]) == 2
    assert "no part “taste”" in capsys.readouterr().err


def test_what_was_generated_is_there_for_the_next_run(
    model: Path, pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluated(model, pool, tmp_path, "diversity")

    def fail(*_: object) -> None:
        raise AssertionError("generated once more")

    monkeypatch.setattr(Melody, "generate", fail)
    again = evaluated(model, pool, tmp_path, "diversity")
    assert [part.figures for part in again.parts] == [part.figures for part in first.parts]


def test_pictures_alone_and_in_the_card(
    model: Path, pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = replace(SMALL, picture_seeds=1)
    monkeypatch.setattr(command, "QUICK", few)
    monkeypatch.setattr(command, "FULL", few)
    (model / "card.md").write_text("Ours.\n\n## Spectrograms\n\nOld.\n\n## More\n\nTheirs.\n", encoding="utf-8")
    out = tmp_path / "out"
    asked = ["evaluate", "--model", str(model), "--device", "cpu", "--quick", "--sound", str(pool), "--out", str(out)]
    assert main([*asked, "--pictures", "--card"]) == 0
    assert "decoded-1.png" in capsys.readouterr().out
    assert not (out / "evaluation.json").exists()
    card = (model / "card.md").read_text("utf-8")
    assert card.startswith("Ours.")
    assert card.endswith("## More\n\nTheirs.\n")
    assert "Old." not in card
    assert "](pictures/prompt-1.png)" in card
    assert (model / "pictures" / "prompt-1.png").read_bytes().startswith(b"\x89PNG")


def test_real_recordings_are_measured(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "QUICK", SMALL)
    folder = tmp_path / "recordings"
    folder.mkdir()
    rng = np.random.default_rng(0)
    write_audio(folder / "noise.wav", Audio(0.1 * rng.standard_normal((40_000, 2)).astype(np.float32), 8000), "PCM_16")
    write_audio(folder / "silence.wav", Audio(np.zeros((40_000, 1), np.float32), 8000), "PCM_16")
    out = tmp_path / "out"
    asked = ["evaluate", "--model", str(model), "--device", "cpu", "--quick", "--out", str(out), "--recordings"]
    assert main([*asked, str(folder)]) == 0
    assert "3 crops of 2 recordings" in capsys.readouterr().out
    written = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert [part["part"] for part in written["parts"]] == ["recordings"]
    (folder / "noise.wav").unlink()
    assert main([*asked, str(folder)]) == 1
    assert "are silent" in capsys.readouterr().err


def test_random_weights_have_no_folder_to_encode_with(pool: Path, tmp_path: Path) -> None:
    context = Context()
    shop = Workshop(Melody.untrained("tiny", "cpu"), None, SMALL, tmp_path, sound=pool, context=context)
    assert [part.name for part in evaluate(shop, ("vae", "lm", "dpd"), context=context).parts] == ["vae"]


def test_a_model_that_hears_other_tracks_is_judged_by_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = system.PRESETS["layers-tiny"]
    torch.manual_seed(0)
    folder = tmp_path / "model"
    checkpoint.save(folder, system.build(config), config, model_id="tiny", name="Tiny", preset="layers-tiny")
    monkeypatch.setattr(network_figures, "_PART_SECONDS", 2.4)
    shop = Workshop(
        Melody.load(folder), folder, replace(SMALL, encoded=2), tmp_path / "out", own=True, context=Context()
    )
    lm, dpd = evaluate(shop, ("lm", "dpd"), context=Context()).parts
    assert [figure.key for figure in (*lm.figures, *dpd.figures)] == [
        "cross_entropy", "in_context", "velocity_mse", "in_context",
    ]  # fmt: skip
    assert lm.figures[1].beside.keys() == {"without their context", "in another's"}
    assert all(0 < figure.value < 20 for figure in (*lm.figures, *dpd.figures))
