"""What several tests of generating share."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.generate.melody import Melody


@pytest.fixture(scope="module")
def steerable() -> "Melody":
    """A tiny model with random weights whose tokens tell beats, chroma and bass, so that it can be steered by them."""
    import torch

    from engine.generate.melody import Melody
    from engine.models import system
    from engine.models.token_guidance import WIDTH

    tiny = system.PRESETS["tiny"]
    config = replace(tiny, ssl=replace(tiny.ssl, readout=WIDTH), streaming=replace(tiny.streaming, steering=1.0))
    state = torch.random.get_rng_state()
    torch.manual_seed(3)
    modules = system.build(config)
    torch.random.set_rng_state(state)
    return Melody(modules, config, model_id="steerable", preset="tiny", device_name="cpu", threads=1)
