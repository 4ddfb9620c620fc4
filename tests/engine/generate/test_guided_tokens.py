"""MeLoDy's tokens follow a guide: what is added to their logits, and through every task that draws them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.errors import ModelError
from engine.generate.interface import Request, Settings, Task
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models.latent_guidance import ToneReadout
from engine.models.token_guidance import BASS, CHROMA, ONSETS, WEIGHTS, WIDTH, TokenDescriptors
from engine.music.guide import Accent, ChordSpan, Guide, MelodyNote, SwellPoint, TimedPrompt
from tests.engine.generate.test_melody import sound

RATE = 25.0
MELODY = (MelodyNote(0.0, 0.4, 69), MelodyNote(0.4, 1.0, 64))
GUIDE = Guide(MELODY, (ChordSpan(0.0, 1.2, "Am"),), (Accent(0.2), Accent(0.6)))


def _centres() -> torch.Tensor:
    """Two tokens of each pitch class from A on, high and low alike; the second of each begins something."""
    centres = torch.zeros(24, WIDTH)
    for tone in range(12):
        for onset in range(2):
            row = centres[2 * tone + onset]
            row[CHROMA][tone] = WEIGHTS["chroma"]
            row[BASS][tone] = WEIGHTS["bass"]
            row[ONSETS] = float(onset)
    return centres


def test_a_note_is_what_its_tokens_gain_by_and_only_while_it_sounds() -> None:
    descriptors = TokenDescriptors.of_centres(_centres(), RATE)
    bias = descriptors.guide_bias(Guide(melody=MELODY), 5, 40)  # tokens of 0.2 s to 1.8 s
    best = bias.view(40, 12, 2).mean(-1).argmax(-1)  # from A on
    assert best[:5].tolist() == [0] * 5  # A until 0.4 s
    assert best[5:30].tolist() == [7] * 25  # E until 1.4 s
    assert not bias[30:].any()
    assert torch.allclose(bias[:30].mean(-1), torch.zeros(30), atol=1e-5)  # nobody gains where all gain


def test_a_chord_favours_its_notes_and_under_a_melody_its_bass() -> None:
    descriptors = TokenDescriptors.of_centres(_centres(), RATE)
    gains = descriptors.guide_bias(Guide(chords=(ChordSpan(0, 1, "Am"),)), 0, 1)[0].view(12, 2).mean(-1)
    assert set(gains.topk(3).indices.tolist()) == {0, 3, 7}  # A, C, E
    assert gains.argmax() == 0
    slash = descriptors.guide_bias(Guide(MELODY, (ChordSpan(0, 1, "C/G"),)), 0, 1)[0].view(12, 2).mean(-1)
    alone = descriptors.guide_bias(Guide(MELODY), 0, 1)[0].view(12, 2).mean(-1)
    assert (slash - alone)[10] == (slash - alone).max()  # G


def test_between_accents_only_they_begin_something() -> None:
    descriptors = TokenDescriptors.of_centres(_centres(), RATE)
    bias = descriptors.guide_bias(Guide(accents=(Accent(0.2), Accent(0.6, 0.25))), 0, 25)
    onset = (bias[:, 1] - bias[:, 0]).numpy()
    assert onset[5] > onset[15] > 0  # tokens of 0.2 s and 0.6 s
    assert (np.delete(onset[1:19], (4, 14)) < 0).all()
    assert not onset[20:].any()
    shares = TokenDescriptors.of_centres(_centres(), RATE).beat_share(Guide(accents=(Accent(0.2), Accent(0.6))), 0, 25)
    assert shares[:, 0].tolist() == [1.0] + [0.0] * 18 + [1.0] * 6  # the tempo's pulse is silent between them


def test_what_the_guide_does_not_reach_is_drawn_as_without_it(steerable: Melody) -> None:
    def drawn(guide: Guide) -> list[int]:
        request = Request(settings=Settings(prompt="techno, 128 BPM"), guide=guide)
        params = steerable._params(request, None, None)
        tokens = steerable.sampler.sample_tokens(
            steerable.sampler.empty(1).tokens, 0, 40, [5], params, lambda *_: None, 0.0
        )
        return tokens[0].tolist()

    free = drawn(Guide())
    late = drawn(Guide(melody=(MelodyNote(0.8, 0.8, 61),)))
    assert late[:20] == free[:20]
    assert late[20:] != free[20:]
    turned = drawn(Guide(words=(TimedPrompt(0.8, "a flute"),)))
    assert turned[:20] == free[:20]
    assert turned[20:] != free[20:]


def test_where_latents_follow_the_tokens_stay_as_they_are(steerable: Melody, monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = steerable.sampler
    weight = torch.randn(sampler.config.dpd.latent_width, 84, generator=torch.Generator().manual_seed(0))
    readout = ToneReadout(weight, torch.full((84,), -3.0), 55.0)
    monkeypatch.setitem(sampler.__dict__, "tone_readout", readout)
    tones = [tone for tone in range(27, 84) if tone % 12 == 0]  # A from 250 Hz on

    def made(guide: Guide) -> tuple[list[int], float]:
        params = steerable._params(Request(settings=Settings(prompt="techno, 128 BPM"), guide=guide), None, None)
        history, latents = sampler.append(sampler.empty(1), 20, [5], params)
        power = (2 * readout(latents[0])).exp()
        return history.tokens[0].tolist(), float((power[:, tones].sum(1) / power[:, 27:].sum(1)).mean())

    (free, before), (guided, after) = made(Guide()), made(Guide(melody=(MelodyNote(0.0, 2.0, 69),)))
    assert guided == free
    assert after > before + 0.2


@pytest.mark.parametrize("task", [task for task in Task if task is not Task.ACCOMPANY])
def test_every_task_that_draws_tokens_follows(steerable: Melody, task: Task) -> None:
    request = Request(task, Settings(prompt="techno"), 1.5, seed=4, source=sound(), start=20000, stop=50000)
    if task is Task.VARIATION:
        with pytest.raises(ModelError, match="follows only a swell"):
            steerable.generate(replace(request, guide=GUIDE), Context())
        request = replace(request, guide=Guide(swell=(SwellPoint(0, -12), SwellPoint(1, 0))))
        assert steerable.generate(request, Context()).takes[0].samples.any()
        return
    guided = steerable.generate(replace(request, guide=GUIDE), Context()).takes[0].samples
    assert np.isfinite(guided).all()
    assert not np.array_equal(guided, steerable.generate(request, Context()).takes[0].samples)
    assert np.array_equal(steerable.generate(replace(request, guide=GUIDE), Context()).takes[0].samples, guided)


def test_before_a_sound_the_guide_begins_where_the_new_part_does(steerable: Melody) -> None:
    """The new part's last second is right before the sound: only a guide of that second changes only that."""
    request = Request(Task.EXTEND_LEFT, Settings(prompt="techno"), 1.5, seed=4, source=sound())
    free, guided = (
        steerable.generate(replace(request, guide=guide), Context()).takes[0].samples
        for guide in (Guide(), Guide(melody=(MelodyNote(1.5, 1.0, 61),)))  # after the new part: never
    )
    assert np.array_equal(free, guided)


def test_a_stream_follows_from_its_first_chunk_on(steerable: Melody) -> None:
    settings = Settings(prompt="techno")

    def streamed(guide: Guide) -> list[np.ndarray]:
        session = steerable.open(Request(settings=settings, seed=3, guide=guide), Context())
        return [session.advance(settings, Context()).samples for _ in range(3)]

    free, guided, late = streamed(Guide()), streamed(GUIDE), streamed(Guide(melody=(MelodyNote(30.0, 1.0, 61),)))
    assert not np.array_equal(np.concatenate(free), np.concatenate(guided))
    assert all(np.array_equal(a, b) for a, b in zip(free, late, strict=True))


def test_without_tokens_that_tell_notes_it_is_said() -> None:
    plain = Melody.untrained("tiny", "cpu", threads=1)
    with pytest.raises(ModelError, match="does not follow a melody, chords or accents"):
        plain.generate(Request(guide=GUIDE), Context())
