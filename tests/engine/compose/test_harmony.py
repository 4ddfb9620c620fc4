from itertools import pairwise
from random import Random

import pytest

from engine.compose.genres import GENRES
from engine.compose.harmony import chords, inverted, numeral, voicing, walk
from engine.music.chords import CHORDS, Chord, diatonic, nearest
from engine.music.keys import Key
from engine.music.scales import SCALES


def test_diatonic_chords_of_a_major_scale() -> None:
    triads = [diatonic(degree, "major", 3) for degree in range(7)]
    assert triads == ["maj", "min", "min", "maj", "maj", "min", "dim"]
    sevenths = [diatonic(degree, "major", 4) for degree in range(7)]
    assert sevenths == ["maj7", "m7", "m7", "maj7", "7", "m7", "m7b5"]


@pytest.mark.parametrize(
    ("token", "mode", "notes", "expected"),
    [
        ("1", "major", 3, (0, "maj", 0)),
        ("5", "minor", 3, (7, "min", 7)),
        ("5M", "minor", 3, (7, "maj", 7)),
        ("57", "minor", 3, (7, "7", 7)),
        ("b7M", "major", 3, (10, "maj", 10)),
        ("2", "major", 4, (2, "m7", 2)),
        ("1/3", "major", 3, (0, "maj", 4)),
        ("5M/t", "harmonic minor", 3, (7, "maj", 11)),
        ("7", "harmonic minor", 3, (7, "maj", 7)),
        ("6", "dorian", 3, (5, "maj", 5)),
    ],
)
def test_numerals(token: str, mode: str, notes: int, expected: tuple[int, str, int]) -> None:
    assert numeral(token, mode, notes) == expected


def test_a_token_that_is_no_numeral_is_refused() -> None:
    with pytest.raises(ValueError, match="8x"):
        numeral("8x", "major", 3)


def test_keys_are_spelled_after_their_signature() -> None:
    assert Key(9, "minor").name == "A minor"
    assert Key(3, "major").name == "Eb major"
    assert Key(1, "minor").name == "C# minor"
    assert Key(5, "dorian").name == "F dorian"


def test_nearest_takes_the_closest_pitch_of_a_class() -> None:
    assert nearest(61, (0, 4, 7)) == 60
    assert nearest(66, (0, 4, 7)) == 67


@pytest.mark.parametrize("minor", [False, True])
def test_a_functional_progression_starts_at_home_and_ends_on_a_half_cadence(minor: bool) -> None:
    for seed in range(50):
        tokens = walk(Random(seed), minor, 8)
        assert len(tokens) == 8
        assert tokens[0] == "1"
        assert tokens[-1] in ("5", "5M", "7")
        assert all(a != b for a, b in pairwise(tokens))
        for token in inverted(Random(seed), tokens, 1.0):
            numeral(token, "minor" if minor else "major", 4)


def test_every_progression_of_every_genre_can_be_read() -> None:
    for genre in GENRES.values():
        for tokens, modes in ((genre.major, ("major", "lydian", "mixolydian")), (genre.minor, set(SCALES))):
            for text in tokens:
                for token in [] if text == "walk" else text.split():
                    for mode in modes:
                        assert numeral(token, mode, genre.notes)[1] in CHORDS


def test_a_progression_fills_its_section() -> None:
    result = chords(["1", "4", "5"], [4.0], 8.0, 30.0, tonic=2, mode="major", notes=3)
    assert [c.symbol for c in result[:4]] == ["D", "G", "A", "D"]
    assert result[0].start == 8.0
    assert result[-1].end == 38.0
    assert all(a.end == b.start for a, b in pairwise(result))


def test_voices_move_little_and_keep_the_chord() -> None:
    previous: tuple[int, ...] = ()
    for root, quality in ((0, "maj"), (5, "maj"), (7, "7"), (9, "min"), (0, "maj7")):
        chord = Chord(0, 4, root, quality, root)
        notes = voicing(chord, 50, 76, previous)
        assert {n % 12 for n in notes} == set(chord.pitch_classes)
        assert 50 <= notes[0] <= notes[-1] <= 76
        if previous:
            assert abs(notes[-1] - previous[-1]) <= 5
        previous = notes


def test_a_rootless_voicing_leaves_the_root_to_the_bass() -> None:
    notes = voicing(Chord(0, 4, 0, "maj7", 0), 50, 76, rootless=True)
    assert {n % 12 for n in notes} == {4, 7, 11}
