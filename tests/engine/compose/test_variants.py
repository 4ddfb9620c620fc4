"""Parts that are made again, varied, played by another instrument, or added to a piece."""

from dataclasses import replace

import pytest

from engine.compose.arrange import composed
from engine.compose.instruments import INSTRUMENTS
from engine.compose.piece import Variant
from engine.compose.score import Part, Score
from engine.compose.variants import instruments_for, next_roll, variant_score, with_role
from engine.compose.wish import Wish
from engine.errors import EngineError

WISH = Wish(genre="pop", seed=3, bars=8, roles=("drums", "bass", "chords", "lead"))


def part_of(score: Score, label: str) -> Part:
    return next(part for part in score.parts if part.name == label)


@pytest.mark.parametrize("label", WISH.roles)
def test_a_variant_without_a_difference_is_the_part_itself(label: str) -> None:
    alone = variant_score(WISH, Variant(label), {})
    assert alone.parts == (part_of(composed(WISH), label),)
    assert replace(alone, parts=()) == replace(composed(WISH), parts=())


def test_a_part_made_again_is_another_one_and_the_same_each_time() -> None:
    first, again = (variant_score(WISH, Variant("lead", roll=roll), {}).parts[0] for roll in (0, 1))
    assert again.notes != first.notes
    assert again == variant_score(WISH, Variant("lead", roll=1), {}).parts[0]


def test_made_again_a_short_part_is_another_one() -> None:
    wish = Wish(genre="chiptune", seed=5, bars=1, roles=("drums", "lead"), tempo=160.0)
    roll = next_roll(wish, Variant("lead"), {})
    before, after = (variant_score(wish, Variant("lead", roll=each), {}).parts[0] for each in (0, roll))
    assert after.notes != before.notes
    alike = [variant_score(wish, Variant("lead", roll=each), {}).parts[0].notes for each in range(roll)]
    assert alike == [before.notes] * roll


@pytest.mark.parametrize(("share", "changed"), [(0.25, {3}), (0.5, {2, 3}), (0.75, {1, 2, 3})])
def test_a_variation_changes_the_last_bars_of_every_four(share: float, changed: set[int]) -> None:
    first = part_of(composed(WISH), "chords")
    varied = variant_score(WISH, Variant("chords", variation=1, share=share), {}).parts[0]
    for bar in range(8):
        before, after = (
            [note for note in part.notes if bar * 4 <= note.start < bar * 4 + 4] for part in (first, varied)
        )
        if bar % 4 not in changed:
            assert after == before
    assert varied.notes != first.notes
    assert list(varied.notes) == sorted(varied.notes, key=lambda note: note.onset)


def test_another_instrument_plays_the_same_rhythm_within_its_range() -> None:
    first = part_of(composed(WISH), "lead")
    flute = variant_score(WISH, Variant("lead", instrument="flute"), {}).parts[0]
    cello = variant_score(WISH, Variant("lead", instrument="cello"), {}).parts[0]
    for part in (flute, cello):
        assert [(note.start, note.length) for note in part.notes] == [(n.start, n.length) for n in first.notes]
        assert {(a.pitch - b.pitch) % 12 for a, b in zip(part.notes, first.notes, strict=True)} == {0}
        instrument = INSTRUMENTS[part.instrument]
        assert all(instrument.low <= note.pitch <= instrument.high for note in part.notes)
    assert (flute.instrument, cello.instrument) == ("flute", "cello")
    assert cello.program == 42, "General MIDI's cello, counted from 0"


def test_a_drum_kit_cannot_play_a_melody() -> None:
    with pytest.raises(EngineError, match="“jazz kit” cannot play lead"):
        variant_score(WISH, Variant("lead", instrument="jazz kit"), {})
    with pytest.raises(EngineError, match="“tuba” has nothing to play"):
        variant_score(WISH, Variant("tuba"), {})


def test_instruments_begin_with_those_of_the_genre() -> None:
    assert instruments_for("jazz", "bass")[0] == "upright bass"
    assert all("kit" in name for name in instruments_for("rock", "drums"))
    with pytest.raises(EngineError, match="Nothing is known of “triangle”"):
        instruments_for("jazz", "triangle")


def test_a_further_part_fits_the_piece() -> None:
    score = composed(WISH)
    wish, label = with_role(WISH, score, "pad")
    grown = composed(wish)
    assert label == "pad"
    assert part_of(grown, "pad").notes
    shared = ("genre", "mood", "tempo", "signature", "tonic", "mode", "chords", "sections")
    assert all(getattr(grown, name) == getattr(score, name) for name in shared)
    with pytest.raises(EngineError, match="has bass already"):
        with_role(WISH, score, "bass")
