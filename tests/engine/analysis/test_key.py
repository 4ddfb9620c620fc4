from collections.abc import Callable

import numpy as np
import pytest

from engine.analysis.key import CLEAR_KEY, Key, chroma, find_key, key_of
from engine.audio import Audio
from engine.music.scales import SCALES
from engine.train.corpus.crops import CropRequest, crop

Chords = Callable[..., Audio]
MAJOR = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))  # I IV V I
MINOR = ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))


@pytest.mark.parametrize("steps", [0, 3, 10])
@pytest.mark.parametrize("minor", [False, True])
def test_a_cadence_has_its_key(chords: Chords, steps: int, minor: bool) -> None:
    cadence = [tuple(note + steps for note in chord) for chord in (MINOR if minor else MAJOR)]
    key = find_key(chords(*cadence))
    assert key is not None
    assert (key.tonic, key.minor) == ((9 + steps) % 12, minor)
    assert key.confidence >= CLEAR_KEY


def test_keys_are_written_as_musicians_do() -> None:
    assert str(Key(9, True, 1.0)) == "A minor"
    assert str(Key(3, False, 1.0)) == "Eb major"


def test_silence_and_snippets_have_no_key(chords: Chords) -> None:
    assert find_key(Audio(np.zeros((48000, 2), np.float32), 48000)) is None
    assert chroma(Audio(np.zeros((0, 1), np.float32), 48000)) is None
    assert key_of([]) is None


def test_noise_has_no_clear_key() -> None:
    noise = Audio(0.1 * np.random.default_rng(1).standard_normal((6 * 48000, 1)).astype(np.float32), 48000)
    key = find_key(noise)
    assert key is None or key.confidence < CLEAR_KEY


def test_several_sounds_have_one_key(chords: Chords) -> None:
    parts = [chroma(chords(chord, chord)) for chord in MINOR]
    key = key_of([part for part in parts if part is not None])
    assert key is not None
    assert str(key) == "A minor"


def test_most_pieces_with_a_clear_key_have_theirs() -> None:
    request = CropRequest(seed=7, frames=24000 * 12, own=True, split="validation")
    exact = right = heard = 0
    for step in range(21):
        piece = crop(request, step)
        key = find_key(Audio(piece.audio.T.copy(), request.rate))
        if key is None or key.confidence < CLEAR_KEY:
            continue
        minor = SCALES[piece.truth["mode"]][2] == 3
        notes = {(piece.truth["tonic"] + step) % 12 for step in SCALES[piece.truth["mode"]]}
        relative = notes == {(key.tonic + step) % 12 for step in SCALES["minor" if key.minor else "major"]}
        heard += 1
        same = key.tonic == piece.truth["tonic"] and key.minor == minor
        exact, right = exact + same, right + (same or relative)
    assert heard >= 9
    assert exact / heard >= 0.6
    assert right / heard >= 0.75, "the relative key has the same notes"
