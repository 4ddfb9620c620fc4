"""What tokens tell, and the lean towards tempo and key."""

import numpy as np
import pytest
import torch

from engine.models.token_guidance import BASS, CHROMA, LOWEST, ONSETS, WIDTH, Steering, TokenDescriptors
from engine.music.keys import MAJOR, MINOR

RATE = 25.0
KEYS = [(tonic, minor) for minor in (False, True) for tonic in range(12)]
STRUCK, HELD = 24, 25  # tokens after the 24 whose notes are those of a key


@pytest.fixture(scope="module")
def token_descriptors() -> TokenDescriptors:
    centres = torch.zeros(26, WIDTH)
    for token, (tonic, minor) in enumerate(KEYS):
        profile = torch.tensor(MINOR if minor else MAJOR).roll(tonic - LOWEST)
        centres[token, CHROMA] = centres[token, BASS] = profile - profile.mean()
    centres[STRUCK, ONSETS], centres[HELD, ONSETS] = 1.0, -1.0
    return TokenDescriptors.of_centres(centres, RATE)


@pytest.mark.parametrize("token", range(24))
def test_notes_of_a_key_are_leant_to_most_in_that_key(token_descriptors: TokenDescriptors, token: int) -> None:
    made = token_descriptors.logit_bias(Steering(key=KEYS[token]), 0.0, 3)
    assert made.shape == (3, 26)
    assert made.argmax(1).tolist() == [token] * 3
    opposite = KEYS.index(((KEYS[token][0] + 6) % 12, KEYS[token][1]))
    assert float(made[0, opposite]) < float(made[0, HELD])


def test_harmony_is_at_home_for_half_a_phrase_and_away_for_the_other(token_descriptors: TokenDescriptors) -> None:
    for key in ((0, False), (9, True)):
        own, dominant, foreign = (KEYS.index(((key[0] + by) % 12, key[1])) for by in (0, 7, 6))
        made = token_descriptors.logit_bias(Steering(150.0, key), 0.0, 160)  # ten tokens a beat: a phrase
        made -= token_descriptors.logit_bias(Steering(150.0), 0.0, 160)
        more = made[:, own] - made[:, dominant]
        assert (more[:80] > 0).all()
        assert float(more[80:].max()) < 0.5 * float(more[:80].min())
        assert (made[:, dominant] > made[:, foreign]).all()


def test_onsets_are_leant_to_on_beats_and_away_from_between_them(token_descriptors: TokenDescriptors) -> None:
    made = token_descriptors.logit_bias(Steering(tempo=100.0), 0.0, 60)  # a beat every 15 tokens, halfway every 7.5
    gain = (made[:, STRUCK] - made[:, HELD]).tolist()
    assert min(gain[k] for k in (0, 15, 30, 45)) > max(gain[k] for k in (7, 22, 37, 52)) > max(gain[1:7])
    assert max(gain[1:7]) < 0
    assert abs(sum(gain)) < 1e-3 * max(gain) * 60


def test_beats_that_fall_within_tokens_keep_their_time(token_descriptors: TokenDescriptors) -> None:
    tempo = 133.7
    made = token_descriptors.logit_bias(Steering(tempo=tempo), 0.25, 2000)
    gain = made[:, STRUCK] - made[:, HELD]
    found = (gain > gain.max() - 1e-3).nonzero()[:, 0].numpy()
    assert np.array_equal(found, np.floor((np.arange(1, len(found) + 1) - 0.25) * 60 / tempo * RATE))


def test_the_lean_goes_on_where_it_was_left(token_descriptors: TokenDescriptors) -> None:
    steering = Steering(97.0, (2, True), 0.6)
    whole = token_descriptors.logit_bias(steering, 0.1, 90)
    later = token_descriptors.logit_bias(steering, token_descriptors.advance(0.1, 40, 97.0), 50)
    assert torch.equal(torch.cat((token_descriptors.logit_bias(steering, 0.1, 40), later)), whole)
    assert torch.allclose(whole, 0.6 * token_descriptors.logit_bias(Steering(97.0, (2, True)), 0.1, 90))
    assert not token_descriptors.logit_bias(Steering(), 0.0, 5).any()


@pytest.mark.parametrize(("tempo", "late"), [(120.0, 0.0), (97.0, 0.4), (171.0, 0.77)])
def test_the_beat_is_found_in_what_was_played(token_descriptors: TokenDescriptors, tempo: float, late: float) -> None:
    step = token_descriptors.beats(1, tempo)
    struck = np.diff(np.ceil(late + step * np.arange(151))) > 0
    tokens = torch.from_numpy(np.where(struck, STRUCK, HELD))
    wanted = (late + 150 * step) % 1
    away = abs(token_descriptors.beat_after(tokens, tempo) - wanted)
    assert min(away, 1 - away) <= step / 2 + 1 / 48
    assert token_descriptors.beat_after(tokens[:0], tempo) == 0.0
