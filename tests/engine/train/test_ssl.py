"""What the tokenizer's features are taught to tell, and what is clustered of them."""

from dataclasses import replace
from pathlib import Path

import torch

from engine.models.token_guidance import WIDTH
from engine.models.tokens import PRESETS, SemanticTokenizer
from engine.train import descriptors, ssl
from engine.train.data import SoundPool
from engine.train.loop import Trainer, Training
from engine.train.ssl import LOSSES, SslRecipe, tune

torch.set_num_threads(1)


def note(hertz: float, samples: int = 24000) -> torch.Tensor:
    return 0.2 * torch.sin(2 * torch.pi * hertz * torch.arange(samples) / 24000)[None]


def test_descriptors_tell_notes_basses_levels_and_onsets() -> None:
    a, low_d = descriptors.descriptors(note(440), 960), descriptors.descriptors(note(73.42), 960)
    assert a.shape == (1, 25, WIDTH)
    assert int(a[0, 12, :12].argmax()) == 0  # from A up
    assert int(low_d[0, 12, 12:24].argmax()) == 5
    quiet = descriptors.descriptors(0.1 * note(440), 960)
    level = 24 + descriptors.BANDS
    assert (a[0, 12, level] > quiet[0, 12, level]).item()
    torch.testing.assert_close(a[0, 12, :12], quiet[0, 12, :12], atol=0.3, rtol=0)
    begins = torch.cat((torch.zeros(1, 9600), note(440, 9600)), dim=1)
    assert int(descriptors.descriptors(begins, 960)[0, :, level + 1].argmax()) == 10


def test_silence_has_descriptors() -> None:
    assert descriptors.descriptors(torch.zeros(2, 4800), 960).isfinite().all()


def test_a_tuned_front_tells_semitones_apart() -> None:
    tokenizer = SemanticTokenizer(PRESETS["starter"])
    first = tokenizer.ssl.feature_extractor.conv_layers[0].conv
    tune(first, 24000)
    assert not first.weight.requires_grad
    loudest = []
    for semitone in (24, 25, 36, 48):
        heard = first(note(65.4 * 2 ** (semitone / 12))[:, None]).detach()[0]  # (front width, N)
        size = heard.view(-1, 2, heard.shape[-1]).square().sum(1).mean(-1)
        loudest.append(int(size.argmax()))
    assert loudest == [24, 25, 36, 48]


def test_the_readout_learns_and_is_clustered(sound_pool: Path, tmp_path: Path) -> None:
    config = replace(PRESETS["tiny"], readout=WIDTH)
    pools = SoundPool(sound_pool / "train"), SoundPool(sound_pool / "validation")
    recipe = SslRecipe(config, LOSSES["tiny"], *pools)
    trainer = Trainer(recipe, Training(steps=40, batch=2, lr=1e-2, warmup=1), tmp_path, device="cpu")
    batch = next(iter(recipe.batches(0, 0, 1, 2)))
    told = [trainer._one_step(batch)["ssl.describe"] for _ in range(40)]
    assert told[-1] < 0.75 * told[0]
    tokenizer = recipe.published({"ssl": recipe._network.state_dict()})
    assert isinstance(tokenizer, SemanticTokenizer)
    assert tokenizer.centres.shape == (config.vocabulary, WIDTH)
    assert tokenizer.features(torch.zeros(1, 9600)).shape == (1, 10, WIDTH)
    again = SslRecipe(config, ssl.LOSSES["tiny"], *pools)
    again.start_from(tokenizer)
    assert torch.equal(again._network.readout.weight, tokenizer.readout.weight)
