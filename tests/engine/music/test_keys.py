"""Keys that texts name."""

import pytest

from engine.music.keys import MAJOR, MINOR, key_in


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("lo-fi, 80 BPM, A minor", (9, True)),
        ("Bb major and then C minor", (10, False)),
        ("in F# dorian", (6, True)),
        ("E-flat major, slow", (3, False)),
        ("Cb major", (11, False)),
        ("D harmonic minor", (2, True)),
        ("G♯ phrygian, B♭ lydian", (8, True)),
    ],
)
def test_a_key_is_read(text: str, key: tuple[int, bool]) -> None:
    assert key_in(text) == key


@pytest.mark.parametrize("text", ["", "a major success", "rock in A", "H minor", "BASS major", "C# Minor league"])
def test_other_words_are_no_key(text: str) -> None:
    assert key_in(text) is None


def test_profiles_add_up_to_the_whole() -> None:
    assert sum(MAJOR) == pytest.approx(1, abs=0.01)
    assert sum(MINOR) == pytest.approx(1, abs=0.01)
