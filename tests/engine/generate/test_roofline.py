"""The floors of a chunk: counts against arithmetic by hand, and a measured row that carries them."""

import pytest
import torch

from engine.generate import bench, roofline
from engine.generate.device import Place
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models import system
from engine.models.semantic_lm import SemanticLm
from engine.models.vaegan import VaeGan

GPU = Place(torch.device("cuda"), torch.bfloat16)


def test_the_paper_takes_six_teraflops_a_step_and_reads_its_weights_a_token() -> None:
    paper = system.PRESETS["paper"]
    with torch.device("meta"):
        vae = VaeGan(paper.vae)
    window = roofline.count(paper, vae, GPU, steps=20, guided=True, takes=1, chunk=False)
    # two branches of 80 segments of 64 places, a multiplication and an addition for each of 295 M weights
    assert window.dpd / 20 == pytest.approx(2 * 2 * 80 * 64 * 295e6, rel=0.1)
    with torch.device("meta"):
        lm = SemanticLm(paper.lm)
    weights = sum(p.numel() for p in lm.llama.model.layers.parameters() if p.ndim == 2) + 1024 * 1024
    cache = 24 * 2 * 1024 * (12 + 125)
    assert window.token_bytes == 2 * (weights + cache)
    assert window.tokens == 250
    chunk = roofline.count(paper, vae, GPU, steps=20, guided=True, takes=1, chunk=True)
    assert 0.85 * window.dpd < chunk.dpd < window.dpd  # the last block leaves out what is not wanted
    assert (chunk.tokens, chunk.vae) == (50, pytest.approx(window.vae / 5))
    eight = roofline.count(paper, vae, GPU, steps=20, guided=True, takes=8, chunk=False)
    assert (eight.dpd, eight.vae) == (pytest.approx(8 * window.dpd, rel=0.01), pytest.approx(8 * window.vae))
    least = roofline.seconds(window, roofline.Best(790e12, 4.8e12))
    assert least["dpd"] == pytest.approx(0.15, rel=0.1)
    assert least["lm"] == pytest.approx(250 * 0.0002, rel=0.2)
    assert 0 < least["vae"] < least["dpd"]


def test_a_measurement_says_how_near_each_part_is_to_its_floor() -> None:
    melody = Melody.untrained("tiny", "cpu", threads=1)
    told: list[tuple[float, str]] = []
    context = Context(lambda share, text: told.append((share, text)))
    for row in (bench.measure(melody, 2, chunks=1, seconds=0.0, context=context), bench.one_shot(melody, 2, takes=2)):
        assert set(row.floor_s) == set(row.floor_share) == {"lm", "dpd", "vae"}
        for part, share in row.floor_share.items():
            assert share == pytest.approx(row.floor_s[part] / row.parts[part])
            assert share > 0
        assert row.network == "eager"
        assert row.work["dpd_operations"] / row.work["operations_a_second"] == pytest.approx(row.floor_s["dpd"])
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {text for _, text in told} == {"Measuring"}
