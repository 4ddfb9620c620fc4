"""Training of the decoder in layers: its data, its targets against independent references, and all of it at once."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from scipy.optimize import nnls

from engine.compose import drums
from engine.compose.arrange import compose
from engine.compose.render import render
from engine.errors import Cancelled, ModelError
from engine.generate.interface import Settings
from engine.generate.melody import Melody
from engine.models import checkpoint, diffusion, system
from engine.models.layers.player import LEAD, SHOT
from engine.models.layers.vae import PRESETS
from engine.train import data, excerpts, processes
from engine.train.layers import keeping, parcel, plan, strokes, students, vae
from engine.train.layers.bank import Bank, make_bank
from engine.train.layers.everything import Everything, Order
from engine.train.loop import Trainer, read_state
from tests.sharing import shared_folder

RATE, SECONDS = 48000, 2
HEADER = excerpts.PoolHeader(RATE, 6, SECONDS * RATE, "train", own=True, layers=True)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six channels of a few pieces, played by our own synthesis."""

    def fill(folder: Path) -> None:
        for split, count in (("train", 2), ("validation", 1)):
            data.render_pool(folder, replace(HEADER, split=split), count * SECONDS / 60, workers=0)

    return shared_folder(tmp_path_factory, "layers-pool", fill)


def test_an_excerpt_holds_mix_drums_and_some_parts(pool: Path) -> None:
    sounds = data.SoundPool(pool / "train")
    for number in range(len(sounds)):
        truth, wave = sounds.truth[number], sounds.cut([(number, 0)], SECONDS * RATE)[0].numpy()
        score = compose(truth["piece"], own=True)
        first = round(truth["start"] * RATE)
        whole = render(score, rate=RATE, first=first, frames=SECONDS * RATE)
        drums = sum(whole.stems[part.name] for part in score.parts if part.drums)
        target = sum(whole.stems[name] for name in truth["target"]["parts"])
        for channels, expected in ((slice(0, 2), whole.mix), (slice(2, 4), drums), (slice(4, 6), target)):
            np.testing.assert_allclose(wave[channels], np.clip(expected, -1, 1 - 2**-15), atol=2e-5)
        named = [part.drums for part in score.parts if part.name in truth["target"]["parts"]]
        heard = [p for p in score.parts if p.drums and p.name in truth["onsets"]]
        assert truth["target"]["drums"] == any(named)
        assert sum(named) in (0, len(heard))
        onsets = sorted(f for p in score.parts if p.drums for f in (score.onset_frames(p, RATE) - first).tolist())
        assert [row[0] for row in truth["strokes"]] == [f for f in onsets if 0 <= f < SECONDS * RATE]


def test_least_squares_are_those_of_lawson_and_hanson() -> None:
    rng = np.random.default_rng(0)
    shapes, wanted = rng.random((20, 4, 30)), rng.random((20, 30)) - 0.2
    ours = strokes.least_squares(torch.from_numpy(shapes), torch.from_numpy(wanted), rounds=200).numpy()
    theirs = np.stack([nnls(a.T, b)[0] for a, b in zip(shapes, wanted, strict=True)])
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_strokes_are_found_with_their_gains_and_places() -> None:
    generator = torch.Generator().manual_seed(1)
    envelope = torch.exp(-torch.arange(SHOT - LEAD) / 2000)
    shots = torch.zeros(3, SHOT)
    for number, tilt in enumerate((0.0, 0.9, -0.9)):  # white, dark and bright noise
        noise = torch.randn(SHOT - LEAD, generator=generator)
        shots[number, LEAD:] = envelope * (noise + tilt * noise.roll(1))
    frames = 24000
    drums = torch.zeros(1, 2, frames + 5760)
    truth = [[4900, 0, 0.5], [12060, 1, 0.2], [12060, 2, 0.3]]
    for at, which, gain in truth:
        first = int(at) - LEAD
        drums[0, 0, first : first + SHOT] += gain * shots[int(which), : drums.shape[-1] - first]
    drums[:, 1] = 0.25 * drums[:, 0]
    bank = Bank(shots, {"kit:36": 0, "kit:38": 1, "kit:42": 2, ":36": 0})
    found = strokes.clusters([[12060, 42, 90, "kit"], [4900, 36, 90, "other"], [12060, 38, 90, "kit"]], bank)
    assert found.at.tolist() == [4900, 12060]
    row = torch.zeros(2, dtype=torch.int64)
    made = strokes.stroke_targets(
        drums, row, torch.from_numpy(found.at), torch.from_numpy(found.members), shots, frames // 240
    )
    for at, which, gain in truth:
        assert float(made.gain[0, int(at) // 240, int(which)]) == pytest.approx(gain, rel=0.35)
    assert int((made.gain > 0).sum()) == 3
    assert float(made.late[0, 12060 // 240]) == pytest.approx((12060 % 240) / 240)
    assert float(made.side[0, 12060 // 240]) == pytest.approx(0.25, abs=1e-3)


def test_a_one_shot_is_a_lone_stroke_however_close_the_others_are() -> None:
    kits = ("909", "808", "rock")
    rows = [[at, pitch, 90, f"None/{kit}"] for kit in kits for at, pitch in ((0, 36), (40, 42), (600, 38), (900, 42))]
    bank = make_bank([{"strokes": rows}], 9)
    kicks, hats = ([bank.which(f"None/{kit}", pitch) for kit in kits] for pitch in (36, 42))
    assert len({*kicks, *hats}) == 6  # nothing became one with anything that it is not like
    for kit, kick in zip(kits, kicks, strict=True):
        true = drums.hit(kit, 36, 48000)[: SHOT - 48]
        like = float(np.corrcoef(bank.shots[kick, 48:].numpy()[:12000], true[:12000])[0, 1])
        assert like > 0.999
        assert float(bank.shots[kick, 4800:9600].abs().max()) > 0.01  # it rings on under the hat that follows it
    fewer = make_bank([{"strokes": rows}], 4)
    assert fewer.which("None/808", 42) == fewer.which("None/909", 42)  # closed hats are likest
    assert fewer.which("unknown", 36) >= 0 > fewer.which("None/808", 49)


def test_one_batch_is_learnt(pool: Path, tmp_path: Path) -> None:
    bank = make_bank(data.SoundPool(pool / "train").truth, PRESETS["layers-tiny"].strokes)
    assert bank.kinds
    assert float(bank.shots[0].abs().max()) > 0.1
    sets = [vae.Excerpts(pool / split, bank) for split in ("train", "validation")]
    losses = vae.LOSSES["layers-tiny"]
    recipe = vae.LayersRecipe(PRESETS["layers-tiny"], losses, sets[0], sets[1], bank)
    batch = next(recipe.batches(0, 0, 1, 2))
    torch.manual_seed(0)
    adam = torch.optim.Adam(recipe.vae.parameters(), lr=1e-2)
    first = last = 0.0
    x, t, true = recipe._analysed(batch)
    for step in range(25):
        said = recipe.vae.decoder(recipe.vae.encoder(x)[0])
        parts = vae.layer_losses(said, t, true)
        total = torch.stack([getattr(losses, name) * value for name, value in parts.items()]).sum()
        adam.zero_grad()
        total.backward()
        adam.step()
        first, last = (float(total.detach()) if step == 0 else first), float(total.detach())
    assert last < 0.8 * first


def test_features_that_were_stored_are_those_of_the_sound(pool: Path, tmp_path: Path) -> None:
    for name in ("pool.json", "sound.i16", "truth.jsonl"):
        (tmp_path / name).write_bytes((pool / "validation" / name).read_bytes())
    vae.store_features(tmp_path)
    bank = Bank(torch.zeros(6, SHOT), {})
    stored, sound = vae.Excerpts(tmp_path, bank), vae.Excerpts(pool / "validation", bank)
    frames, start = 19200, 48000
    ours = stored.batch([(0, start)], [0], frames)["features"].float()
    wave = sound.pool.cut([(0, 0)], SECONDS * RATE)
    mix, drums = vae.chosen(wave, torch.tensor([0]), torch.tensor([True]))
    whole = torch.cat((vae.encoder_input(mix), vae.targets(mix, drums)), -1)[:, start // 480 : (start + frames) // 480]
    torch.testing.assert_close(ours, whole, rtol=2e-3, atol=2e-2)


def _order(folder: Path) -> Order:
    return Order("layers-tiny", folder, 10.0, device="cpu", workers=0, own=True, seconds=SECONDS, colours=0.0)


def _planned(folder: Path, pool: Path) -> None:
    """A run whose sound is rendered, and whose steps are few."""
    for split in ("train", "validation"):
        (folder / "sound" / split).mkdir(parents=True)
        for name in ("pool.json", "sound.i16", "truth.jsonl"):
            (folder / "sound" / split / name).write_bytes((pool / split / name).read_bytes())
    plan.Plan(excerpts=2, first=1, held_out=1, a_step=0.5, vae=3, lm=2, dpd=2).save(folder)


class _KilledError(BaseException):
    """Ends a run as a kill does: nothing of it is caught, nothing is saved."""


def _until(asked: int, error: type[BaseException] | None) -> Callable[[], bool]:
    """Says “stop” when it is asked so many times, or raises."""
    left = iter(range(asked))

    def stop() -> bool:
        over = next(left, None) is None
        if over and error:
            raise error
        return over

    return stop


@pytest.fixture(scope="module")
def whole(pool: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was never stopped."""
    folder = tmp_path_factory.mktemp("whole")
    _planned(folder, pool)
    Everything(_order(folder), lambda text: None).run()
    return folder


def _hashes(folder: Path) -> dict[str, str]:
    return {part: entry.sha256 for part, entry in checkpoint.describe(folder / "model").parts.items()}


@pytest.mark.timeout(600)
def test_everything_is_trained_and_a_run_that_was_stopped_or_killed_is_the_same_run(
    pool: Path, whole: Path, tmp_path: Path
) -> None:
    # one whole training and one in pieces: seconds, for it is the one test of what `train all` promises
    folder, stopped, patience = tmp_path / "pieces", 0, 4
    _planned(folder, pool)
    while True:
        stop = _until(patience, _KilledError if stopped % 2 else None)
        try:
            Everything(_order(folder), lambda text: None, stop).run()
            break
        except (Cancelled, _KilledError):
            stopped, patience = stopped + 1, patience + 1
    assert stopped >= 2
    assert _hashes(folder) == _hashes(whole)
    facts = json.loads((folder / "model" / "training-all.json").read_text())
    assert facts["steps"] == {"vae": 3, "lm": 2, "dpd": 2}
    card = (folder / "model" / "card.md").read_text()
    for text in (
        "| vae | 33,540 | 3 steps of 4 |",
        "k-means",
        "48 kHz, stereo",
        "composed and played itself.",
        "## lm",
    ):
        assert text in card
    kept, elsewhere = tmp_path / "kept", tmp_path / "elsewhere"
    (folder / "dpd.published").unlink()  # as if it were still in training
    assert keeping.keep(folder, kept) == ("dpd", 2)
    keeping.restore(kept, elsewhere)
    run = Everything(_order(elsewhere), lambda text: None)
    run._open_model()
    run._take_finished()
    ours, theirs = (checkpoint.describe(each / "model").parts for each in (elsewhere, folder))
    assert [ours[name] for name in ("vae", "ssl", "lm")] == [theirs[name] for name in ("vae", "ssl", "lm")]
    assert read_state(elsewhere / "dpd")[0]["step"] == 2


def test_students_need_no_guidance_and_few_steps(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(students, "_ROUNDS", 3)
    monkeypatch.setattr(students, "MOST_STEPS", 2)
    plan.Plan(excerpts=2, first=1, held_out=1, lm=40, dpd=12).save(tmp_path)
    order = replace(
        _order(tmp_path), start=whole / "model", earlier=whole, students=True, guidance=3.0, token_guidance=10.0
    )
    figures = Everything(order, lambda text: None).run()
    for part in ("lm", "dpd"):
        assert figures[f"{part}.from_guided"] < figures[f"{part}.unguided_from_guided"]
    assert figures["angles.end_of_2"] < figures["angles.end_of_2_usual"]
    model = Melody.load(tmp_path / "model")
    streaming = model.config.streaming
    assert (streaming.guidance, streaming.token_guidance, streaming.steps) == (1.0, 1.0, 2)
    params = model.params(Settings())
    assert params.omegas == streaming.angles[1:] != tuple(diffusion.schedule(2))
    assert sum(params.omegas) == pytest.approx(np.pi / 2, abs=1e-5)
    card = (tmp_path / "model" / "card.md").read_text()
    assert "| lm | 23,872 | 40 steps of 8 as a student |" in card
    assert "2 steps of fitted angles without guidance" in card
    theirs = checkpoint.describe(whole / "model")
    assert model.capabilities.version != theirs.version
    assert system.to_dict(theirs.config)["streaming"].keys().isdisjoint({"angles"})
    with pytest.raises(ModelError, match="trained"):
        Everything(replace(order, start=None), lambda text: None)


def test_the_guided_distribution_is_the_product_of_experts() -> None:
    given, without = torch.tensor([2.0, 0.0, 1.0]), torch.tensor([0.5, 0.5, 0.0])
    p, q = given.softmax(0), without.softmax(0)
    wanted = p**3 * q**-2
    torch.testing.assert_close(students.guided(given, without, 3.0).exp(), wanted / wanted.sum())


def test_a_decoder_in_progress_is_kept_and_goes_on_elsewhere(pool: Path, tmp_path: Path) -> None:
    first, kept, second = tmp_path / "first", tmp_path / "kept", tmp_path / "second"
    _planned(first, pool)
    bank = make_bank(data.SoundPool(pool / "train").truth, PRESETS["layers-tiny"].strokes)
    bank.save(first / "bank.npz")
    sets = [vae.Excerpts(pool / split, bank) for split in ("train", "validation")]
    recipe = vae.LayersRecipe(PRESETS["layers-tiny"], vae.LOSSES["layers-tiny"], sets[0], sets[1], bank)
    Trainer(recipe, replace(vae.TRAINING["layers-tiny"], steps=2, batch=1), first / "vae", device="cpu").run()
    assert keeping.keep(first, kept) == ("vae", 2)
    assert sum(path.stat().st_size for path in kept.iterdir()) < 0.3 * sum(
        path.stat().st_size for path in (first / "vae").iterdir()
    )
    keeping.restore(kept, second)
    assert plan.Plan.load(second) == plan.Plan.load(first)
    again = Bank.load(second / "bank.npz")
    assert again.kinds == bank.kinds
    torch.testing.assert_close(again.shots, bank.shots, rtol=1e-3, atol=1e-3)
    trainer = Trainer(recipe, replace(vae.TRAINING["layers-tiny"], steps=3, batch=1), second / "vae", device="cpu")
    assert trainer.step == 2
    _, state = read_state(first / "vae")
    for key, value in trainer.averaged("vae").items():
        torch.testing.assert_close(value, state[f"average/vae/{key}"], rtol=1e-3, atol=1e-3)
    trainer.run()
    assert trainer.step == 3
    (kept / keeping.FACTS).write_text("{}")
    with pytest.raises(ModelError, match="cannot be read"):
        keeping.restore(kept, tmp_path / "third")
    with pytest.raises(ModelError, match="training state"):
        keeping.keep(tmp_path / "nothing", kept)


def _shell_command(folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "engine.cli", "train", "all", "--preset", "tiny", "--minutes", "10", "--out", str(folder),
        "--device", "cpu", "--workers", "0", "--own", "--excerpt", "4", "--colours", "0.5",
    ]  # fmt: skip


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_run_that_is_killed_ten_times_at_random_ends_with_the_same_weights(tmp_path: Path) -> None:
    rng, hashes, whole = Random(7), [], 0.0
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for name, kills in (("whole", 0), ("killed", 10)):
        folder = tmp_path / name
        folder.mkdir()
        plan.Plan(excerpts=6, first=3, held_out=2, a_step=0.02, vae=150, lm=60, dpd=60).save(folder)
        began = time.monotonic()
        while kills:
            process = subprocess.Popen(_shell_command(folder), env=environment, stderr=subprocess.DEVNULL)
            try:
                process.wait(rng.uniform(3, max(4.0, whole / 4)))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills -= 1
            else:
                break
        assert kills == 0
        subprocess.run(_shell_command(folder), env=environment, check=True)
        whole = time.monotonic() - began
        parts = checkpoint.describe(folder / "model").parts
        hashes.append({part: entry.sha256 for part, entry in parts.items()})
    assert hashes[0] == hashes[1]


def test_a_step_waits_for_the_sound_that_its_number_asks_for(pool: Path) -> None:
    sounds = vae.Excerpts(pool / "train", Bank(torch.zeros(6, SHOT), {}))
    available = vae.Availability(sounds, first=1, a_step=0.5, total=2)
    assert [available(step) for step in range(5)] == [1, 1, 2, 2, 2]
    with pytest.raises(TimeoutError, match="3 excerpts"):
        vae.Availability(sounds, first=3, total=3, patience=0.0)(0)


def test_where_nobody_renders_beside_the_training_a_step_makes_what_it_lacks(pool: Path, tmp_path: Path) -> None:
    for name in ("pool.json", "sound.i16", "truth.jsonl"):
        (tmp_path / name).write_bytes((pool / "train" / name).read_bytes())
    vae.store_features(tmp_path, upto=1)
    sounds, asked = vae.Excerpts(tmp_path, Bank(torch.zeros(6, SHOT), {})), []
    assert len(sounds) == 1  # of the two that are rendered one is analysed

    def make(wanted: int) -> None:
        asked.append(wanted)
        vae.store_features(tmp_path, upto=wanted)

    available = vae.Availability(sounds, first=1, a_step=0.5, total=2, patience=0.0, make=make)
    assert [available(step) for step in range(4)] == [1, 1, 2, 2]
    assert asked == [2]
    assert len(sounds) == 2


def test_bfloat16_is_left_to_processors_that_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for capability, has in (("AVX2", False), ("DEFAULT", False), ("AVX512", True), ("AVX512_BF16", True)):
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda said=capability: said)
        assert processes.computes_in_bfloat16(cpu) is has
    assert processes.computes_in_bfloat16(torch.device("cuda"))


def test_a_plan_divides_what_there_is() -> None:
    gpu = plan.Speeds(render=0.6, analyse=0.0, encode=0.05, workers=15, beside=True)
    # 0.36 of 540 s for rendering at 25 excerpts a second
    assert plan.excerpts_for(540, plan.SHARES, gpu, 10_000) == min(
        int(540 * 0.36 / 0.04), int(540 * 0.12 / 0.05 / (13 / 12))
    )
    assert plan.excerpts_for(540, plan.SHARES, gpu, 700) == 700
    cpu = plan.Speeds(render=1.0, analyse=3.0, encode=6.0, workers=2, beside=False)
    assert plan.excerpts_for(3600, plan.SHARES, cpu, 10_000) == int(3600 * 0.12 / 6.0 / (13 / 12))
    assert plan.steps_for(100, 0.5) == 200


def test_a_model_travels_in_small_files(tmp_path: Path) -> None:
    source = tmp_path / "model"
    (source / "inner").mkdir(parents=True)
    (source / "a.bin").write_bytes(bytes(range(256)) * 10)
    (source / "inner" / "b.txt").write_text("words")
    files = parcel.pack(source, tmp_path / "parcel", shard=1000, most=3)
    assert [file.stat().st_size for file in files[:-1]] == [1000, 1000, 565]
    parcel.unpack(tmp_path / "parcel", tmp_path / "again")
    assert (tmp_path / "again" / "a.bin").read_bytes() == bytes(range(256)) * 10
    assert (tmp_path / "again" / "inner" / "b.txt").read_text() == "words"
    with pytest.raises(ModelError, match="no model in"):
        parcel.pack(tmp_path / "nothing", tmp_path / "other")
    with pytest.raises(ModelError, match="more than 2 files"):
        parcel.pack(source, tmp_path / "other", shard=1000, most=2)
    files[1].write_bytes(b"x" * 1000)
    with pytest.raises(ModelError, match="damaged"):
        parcel.unpack(tmp_path / "parcel", tmp_path / "third")
    index = json.loads((tmp_path / "parcel" / parcel.INDEX).read_text())
    parcel.pack(source, tmp_path / "parcel", shard=1000, most=3)
    index[0]["name"] = "../outside"
    (tmp_path / "parcel" / parcel.INDEX).write_text(json.dumps(index))
    with pytest.raises(ModelError, match="outside its folder"):
        parcel.unpack(tmp_path / "parcel", tmp_path / "fourth")


def test_trainer_takes_the_recipe(pool: Path, tmp_path: Path) -> None:
    bank = Bank(torch.zeros(6, SHOT), {})
    sets = [vae.Excerpts(pool / split, bank) for split in ("train", "validation")]
    recipe = vae.LayersRecipe(PRESETS["layers-tiny"], vae.LOSSES["layers-tiny"], sets[0], sets[1], bank)
    settings = replace(vae.TRAINING["layers-tiny"], steps=2, batch=1)
    figures = Trainer(recipe, settings, tmp_path, device="cpu").run()
    assert figures["amplitude"] > 0
    assert 0 <= figures["stroke_f1"] <= 1
