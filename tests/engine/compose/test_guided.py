"""Pieces that follow a guide: exactly where it says something, and freely elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.compose.arrange import composed
from engine.compose.score import Part, Score
from engine.compose.wish import Wish
from engine.music.chords import parse_chord
from engine.music.guide import Accent, ChordSpan, Guide, MelodyNote, SwellPoint
from engine.music.keys import Key

TEMPO = 100.0
QUARTER = 60 / TEMPO
MELODY = tuple(MelodyNote(1.2 + 0.45 * number, 0.4, pitch) for number, pitch in enumerate((69, 72, 76, 74, 72, 71)))
CHORDS = (ChordSpan(2.4, 2.4, "Am"), ChordSpan(4.8, 1.2, "F/C"), ChordSpan(6.0, 1.2, "E7"))
ACCENTS = tuple(Accent(time, strength) for time, strength in ((3.1, 1.0), (3.65, 0.5), (4.33, 1.0)))
SWELL = (SwellPoint(0.0, -12.0), SwellPoint(9.6, 0.0))
WISH = Wish(genre="pop", tempo=TEMPO, key=Key(9, "minor"), bars=8, seed=4, roles=("drums", "bass", "chords", "lead"))


def _part(score: Score, role: str) -> Part:
    return next(part for part in score.parts if part.role == role)


def _seconds(part: Part) -> list[tuple[float, float, int]]:
    return [(note.onset * QUARTER, note.length * QUARTER, note.pitch) for note in part.notes]


@pytest.mark.parametrize("genre", ["pop", "jazz", "techno"])
@pytest.mark.parametrize("roles", [("drums", "bass", "chords", "lead"), ("piano",), ("drums", "bass")])
def test_the_melody_is_played_as_it_is_and_nothing_beside_it(genre: str, roles: tuple[str, ...]) -> None:
    wish = replace(WISH, genre=genre, roles=() if roles == ("piano",) else roles, guide=Guide(melody=MELODY),
                   instruments=(("piano",),) if roles == ("piano",) else ())  # fmt: skip
    lead = _seconds(_part(composed(wish), "lead"))
    first, last = MELODY[0].start, MELODY[-1].end
    inside = [note for note in lead if first - 1e-6 <= note[0] < last]
    assert [note[2] for note in inside] == [note.pitch for note in MELODY]
    assert np.allclose([note[:2] for note in inside], [(note.start, note.length) for note in MELODY], atol=1e-6)
    assert all(start + length <= first + 1e-6 for start, length, _ in lead if start < first - 1e-6)


def test_beyond_the_melody_the_lead_is_free() -> None:
    own, guided = (_part(composed(replace(WISH, guide=guide)), "lead") for guide in (Guide(), Guide(melody=MELODY)))
    late = MELODY[-1].end + 0.5
    assert any(start > late for start, _, _ in _seconds(guided))
    assert len(guided.notes) != len(own.notes)


def test_chords_sound_where_they_are_said_and_the_piece_has_its_own_elsewhere() -> None:
    free, score = composed(WISH), composed(replace(WISH, guide=Guide(chords=CHORDS)))

    def at(piece: Score, seconds: float) -> tuple[int, str, int]:
        chord = next(each for each in piece.chords if each.start <= seconds / QUARTER < each.end)
        return chord.root, chord.quality, chord.bass

    for span in CHORDS:
        wanted = parse_chord(span.symbol)
        for seconds in np.linspace(span.start + 0.01, span.end - 0.01, 7):
            assert at(score, seconds) == (wanted.root, wanted.quality, wanted.bass)
    for seconds in (0.1, 2.3, 7.3, 12.0):
        assert at(score, seconds) == at(free, seconds)
    ends = [chord.end for chord in score.chords]
    assert np.allclose([chord.start for chord in score.chords[1:]], ends[:-1])  # no gap, nothing twice
    for part in score.parts:  # who plays chords plays those
        if part.role != "chords":
            continue
        for note in part.notes:
            seconds = note.start * QUARTER
            span = next((each for each in CHORDS if each.start <= seconds < each.end - 0.05), None)
            if span is not None:
                assert note.pitch % 12 in (*parse_chord(span.symbol).pitch_classes, parse_chord(span.symbol).bass)


@pytest.mark.parametrize(
    ("roles", "striking"), [(("drums", "bass", "chords"), "drums"), (("bass", "chords"), "chords")]
)
def test_accents_are_strokes_and_the_only_loud_ones_around(roles: tuple[str, ...], striking: str) -> None:
    part = _part(composed(replace(WISH, roles=roles, guide=Guide(accents=ACCENTS))), striking)
    times = np.array([accent.time for accent in ACCENTS])
    onsets = np.array([start for start, _, _ in _seconds(part)])
    for accent in ACCENTS:
        assert np.abs(onsets - accent.time).min() < 1e-6
    struck = [note for note in part.notes if np.abs(times - note.onset * QUARTER).min() < 1e-6]
    beside = [note for note in part.notes if 3.0 < note.onset * QUARTER < 4.4 and note not in struck]
    assert all(np.abs(times - note.onset * QUARTER).min() >= 0.1 for note in beside)
    assert max((note.velocity for note in beside), default=0) < max(note.velocity for note in struck) == 127


def test_the_swell_is_the_expression_of_every_part() -> None:
    score = composed(replace(WISH, guide=Guide(swell=SWELL)))
    plain = composed(WISH)
    for part, before in zip(score.parts, plain.parts, strict=True):
        assert part.notes == before.notes
        times = np.linspace(0, 9.6, 25) / QUARTER
        gains = np.interp(times, *zip(*part.expression, strict=True))
        own = np.interp(times, *zip(*before.expression, strict=True)) if before.expression else 1.0
        assert np.allclose(20 * np.log10(gains / own), np.linspace(-12, 0, 25), atol=0.1)


def test_a_wish_with_a_guide_is_kept_as_json_and_one_without_as_it_was() -> None:
    guide = Guide(MELODY, CHORDS, ACCENTS, SWELL)
    wish = replace(WISH, guide=guide)
    assert Wish.from_dict(json.loads(json.dumps(wish.to_dict()))) == wish
    assert "guide" not in WISH.to_dict()
    assert Wish.from_dict(json.loads(json.dumps(WISH.to_dict()))) == WISH
