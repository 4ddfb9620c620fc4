"""Judges of basses for given tracks, on tones and clicks whose truth is known."""

import numpy as np
import pytest

from engine.evaluate import stems
from engine.jobs import Context

RATE, STEP = stems.RATE, 0.125
SECONDS = 4.0


def _piece(roots: tuple[int, ...], places: tuple[int, ...], seed: int) -> stems.Fitting:
    """A bass that plays the chords' roots at some of each bar's sixteenths, over triads and clicks where it plays."""
    rng, frames = np.random.default_rng(seed), round(SECONDS * RATE)
    time = np.arange(round(0.11 * RATE)) / RATE
    fade = np.minimum(1, (0.11 - time) / 0.01) * np.minimum(1, time / 0.003)
    bass, rest = np.zeros(frames), np.zeros(frames)
    chords = []
    for bar, root in enumerate(roots):
        start = bar * 16 * STEP
        triad = tuple((root + tone) % 12 for tone in (0, 4, 7))
        chords.append((start, start + 16 * STEP, triad))
        span = slice(round(start * RATE), round((start + 16 * STEP) * RATE))
        t = np.arange(span.stop - span.start) / RATE
        rest[span] += sum(0.05 * np.sin(2 * np.pi * 440 * 2 ** ((60 + tone - 69) / 12) * t) for tone in triad)
        for place in places:
            first = round((start + place * STEP) * RATE)
            hertz = 440 * 2 ** ((36 + root - 69) / 12)
            bass[first : first + len(time)] += fade * sum(np.sin(2 * np.pi * k * hertz * time) / k for k in (1, 2, 3))
            rest[first : first + 960] += 0.3 * rng.standard_normal(960) * np.exp(-np.arange(960) / 200)
    both = np.stack((rest, rest), 1).astype(np.float32)
    return stems.Fitting((0.3 * bass).astype(np.float32), both, tuple(chords), (STEP, 0.0), "synth bass alone")


@pytest.fixture(scope="module")
def pieces() -> list[stems.Fitting]:
    return [_piece((0, 5), (0, 3, 6, 10), 1), _piece((2, 9), (0, 4, 8, 11), 2), _piece((7, 10), (1, 6, 9, 13), 3)]


def test_true_basses_fit_and_those_of_other_pieces_do_not(pieces: list[stems.Fitting]) -> None:
    true = [each.bass for each in pieces]
    assert stems.coherence(true, pieces) == pytest.approx(1)
    others = [stems.coherence([*true[turn:], *true[:turn]], pieces) for turn in (1, 2)]
    assert sum(others) == pytest.approx(0, abs=1e-9)
    assert max(others) < 0.6
    late = [np.roll(bass, round(0.5 * STEP * RATE)) for bass in true]
    assert 0.05 < stems.coherence(late, pieces) < 0.8  # the harmony is right, the rhythm is not


def test_notes_of_the_chord_and_onsets_on_the_grid_are_counted(pieces: list[stems.Fitting]) -> None:
    for each in pieces:
        assert stems.chord_agreement(each.bass, each.chords) > 0.8
        assert stems.on_grid(each.bass, each.grid) == 1
        assert stems.on_grid(np.roll(each.bass, round(0.5 * STEP * RATE)), each.grid) < 0.2
        assert 7 <= len(stems.onsets(each.bass)) <= 8  # one may lie at the edge
    assert stems.chord_agreement(pieces[0].bass, pieces[1].chords) < 0.3
    assert np.isnan(stems.on_grid(np.zeros(RATE, np.float32), (STEP, 0.0)))


def test_pieces_have_a_bass_beside_other_parts() -> None:
    (piece,) = stems.fittings(1, 2.0, own=True, context=Context())
    assert piece.bass.shape == (2 * RATE,)
    assert piece.context.shape == (2 * RATE, 2)
    assert 0 < piece.grid[0] < 0.5
    assert np.abs(piece.bass).max() > 1e-3 < np.abs(piece.context).max()
