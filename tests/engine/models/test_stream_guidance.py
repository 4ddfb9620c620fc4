"""What tokens in two streams tell of notes and beginnings, and how draws lean on it."""

import pytest
import torch

from engine.models.stream_tokens import BEGINNINGS, CONTENT, RISES, StreamTokenizer, StreamTokenizerConfig
from engine.models.token_guidance import Steering, TokenDescriptors
from engine.music.guide import Accent, ChordSpan, Guide, MelodyNote

HALF, PARTS = 16, BEGINNINGS // RISES
NOTHING = HALF + PARTS  # the token that begins nothing, after those that begin something in one part each


@pytest.fixture(scope="module")
def descriptors() -> TokenDescriptors:
    """Contents 0 to 11 are the pitch classes from C on, above the bass and in it; 12 to 15 are silence."""
    tokenizer = StreamTokenizer(StreamTokenizerConfig(vocabulary=2 * HALF))
    content, beginnings = torch.zeros(HALF, CONTENT), torch.zeros(HALF, PARTS, RISES)
    for tone in range(12):
        content[tone, tone] = content[tone, 12 + tone] = 1.0
    for part in range(PARTS):
        beginnings[part, part] = 1.0
    tokenizer.content.copy_(content)
    tokenizer.beginnings.copy_(beginnings.flatten(1))
    return TokenDescriptors.of_streams(tokenizer)


def test_a_note_leans_contents_only_over_whole_pairs(descriptors: TokenDescriptors) -> None:
    bias = descriptors.guide_bias(Guide(melody=(MelodyNote(0.4, 0.4, 64),)), 0, 60)  # E, from pair 10 to pair 20
    assert bias[20:40, :HALF].argmax(1).tolist() == [4] * 20
    assert not bias[:20].any()
    assert not bias[40:].any()
    assert not bias[:, HALF:].any()


def test_a_chord_leans_to_its_notes_and_most_to_its_root(descriptors: TokenDescriptors) -> None:
    bias = descriptors.guide_bias(Guide(chords=(ChordSpan(0, 1, "Am"),)), 0, 2)[0]
    assert set(bias[:HALF].topk(3).indices.tolist()) == {9, 0, 4}
    assert int(bias.argmax()) == 9


def test_a_key_leans_to_its_tonic_and_away_from_foreign_notes(descriptors: TokenDescriptors) -> None:
    bias = descriptors.logit_bias(Steering(key=(2, False)), 0.0, 2)[0]
    assert int(bias[:HALF].argmax()) == 2
    assert bias[:12][[3, 5, 8, 10, 0]].max() < bias[:12][[2, 4, 6, 7, 9, 11, 1]].min()
    assert not bias[HALF:].any()


def test_beats_begin_in_their_hundredth_of_a_second(descriptors: TokenDescriptors) -> None:
    bias = descriptors.logit_bias(Steering(tempo=120.0), 0.0, 120)  # a beat every half second
    gain = bias[:, HALF : HALF + PARTS] - bias[:, NOTHING, None]  # (tokens, parts)
    for beat in range(4):
        token, part = divmod(beat * 50, 4)  # of 10 ms
        assert gain[2 * token].argmax() == part
        assert torch.equal(gain[2 * token], gain[2 * token + 1])  # whichever of a pair is drawn
        assert gain[2 * token, part] > 5 * gain[2 * token].abs().sum() / 6
    assert not bias[:, :HALF].any()


def test_accents_begin_in_their_hundredth_of_a_second(descriptors: TokenDescriptors) -> None:
    bias = descriptors.guide_bias(Guide(accents=(Accent(0.215), Accent(0.635, 0.25))), 0, 60)
    gain = bias[:, HALF : HALF + PARTS] - bias[:, NOTHING, None]
    assert gain[10].argmax() == gain[11].argmax() == 1  # 0.20 to 0.24 s
    assert gain[30].argmax() == 3  # 0.60 to 0.64 s
    assert 0 < gain[30, 3] < gain[10, 1]
    assert (gain[12:30] < 0).all()
    assert not gain[44:].any()


def test_a_draw_that_goes_on_within_a_pair_leans_as_the_whole(descriptors: TokenDescriptors) -> None:
    steering, guide = Steering(97.0, (5, True), 0.7), Guide((MelodyNote(0.2, 1.0, 60),), (ChordSpan(0.5, 1.5, "F"),))
    whole = descriptors.logit_bias(steering, 0.3, 80, guide, 0) + descriptors.guide_bias(guide, 0, 80)
    for cut in (40, 41):
        beat, into = descriptors.advance(0.3, cut, 97.0), cut % 2
        later = descriptors.logit_bias(steering, beat, 80 - cut, guide, cut, into)
        later = later + descriptors.guide_bias(guide, cut, 80 - cut, into)
        assert torch.allclose(later, whole[cut:], atol=1e-4)


@pytest.mark.parametrize(("tempo", "late", "odd"), [(90.0, 0.25, 0), (128.0, 0.6, 0), (128.0, 0.6, 1)])
def test_the_beat_is_found_in_pairs(descriptors: TokenDescriptors, tempo: float, late: float, odd: int) -> None:
    count = 300
    tokens = torch.tensor([0, NOTHING] * (count // 2))
    beat = late  # beats after the start at which the first stroke falls
    while (at := int(beat * 60 / tempo * 100)) < 2 * count:
        tokens[at // PARTS * 2 + 1] = HALF + at % PARTS
        beat += 1.0
    found = descriptors.beat_after(tokens[odd:], tempo)
    true = (count / 50 * tempo / 60 - late) % 1
    assert abs((found - true + 0.5) % 1 - 0.5) < 0.05
