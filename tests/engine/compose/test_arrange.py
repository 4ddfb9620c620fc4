"""Pieces as values: the same seed gives the same piece, and what they claim is so."""

from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from engine.compose.arrange import compose
from engine.compose.genres import GENRES
from engine.compose.instruments import FAMILIES, INSTRUMENTS, KITS, PERCUSSION
from engine.compose.moods import MOODS
from engine.compose.rhythm import swung
from engine.compose.score import Part, Score, split
from engine.music.notes import Note
from engine.music.scales import SCALES

PIECES = [(genre, seed) for genre in GENRES for seed in range(3)]


@cache
def scores() -> list[Score]:
    """Three pieces of each genre, composed once: not where the tests are only collected."""
    return [compose(seed, genre=genre) for genre, seed in PIECES]


@pytest.fixture
def score(request: pytest.FixtureRequest) -> Score:
    """The piece whose genre and seed the test is given."""
    return scores()[PIECES.index(request.param)]


def test_the_same_seed_gives_the_same_piece_and_another_seed_another() -> None:
    assert compose(7) == compose(7)
    assert compose(7) != compose(8)
    assert len({compose(seed).genre for seed in range(60)}) >= 16


def test_there_are_at_least_sixteen_genres_and_each_can_be_asked_for() -> None:
    assert len(GENRES) >= 16
    for name in GENRES:
        assert compose(3, genre=name, mood="calm").genre == name
    assert compose(3, mood="epic").mood == "epic"


def test_held_out_seeds_are_two_of_fifty() -> None:
    counts = Counter(split(seed) for seed in range(1000))
    assert counts == {"train": 960, "validation": 20, "test": 20}
    assert split(100) == "validation"
    assert split(51) == "test"


@pytest.mark.parametrize("score", PIECES, ids=lambda piece: f"{piece[0]} {piece[1]}", indirect=True)
def test_a_piece_is_whole(score: Score) -> None:
    genre = GENRES[score.genre]
    slowest, fastest = genre.tempo
    assert 0.6 * slowest <= score.tempo <= fastest + 1
    assert score.mood in MOODS
    assert score.mode in SCALES
    assert 25 < score.seconds < 300
    assert score.sections[0].start == 0
    assert score.sections[-1].end == score.length
    for one, other in pairwise(score.sections):
        assert one.end == other.start
    assert score.chords[0].start == 0
    assert score.chords[-1].end == pytest.approx(score.length)
    assert len({part.name for part in score.parts}) == len(score.parts) >= 2
    for part in score.parts:
        assert part.family in FAMILIES
        assert list(part.notes) == sorted(part.notes, key=lambda note: (note.onset, note.pitch))
        for note in part.notes:
            assert 0 <= note.start < score.length + 0.5
            assert note.length > 0
            assert 0 <= note.pitch <= 127
            assert 1 <= note.velocity <= 127
        if part.drums:
            assert part.instrument in KITS | PERCUSSION
        else:
            instrument = INSTRUMENTS[part.instrument]
            assert all(instrument.low - 12 <= n.pitch <= instrument.high + 12 for n in part.notes)


@pytest.mark.parametrize("score", PIECES, ids=lambda piece: f"{piece[0]} {piece[1]}", indirect=True)
def test_no_section_is_without_pitch(score: Score) -> None:
    for section in score.sections:
        assert any(section.start - 0.3 <= n.start < section.end for p in score.parts if not p.drums for n in p.notes)


def test_parts_rarely_rub_by_a_semitone() -> None:
    total = rubbing = 0.0
    for score in scores():
        for clash, overlap in _overlaps(score):
            total += overlap
            rubbing += clash * overlap
    assert rubbing / total < 0.02


def test_melodies_rest_on_the_chord() -> None:
    on = off = 0
    for score in scores():
        lead = _part(score, "lead")
        if lead is None or score.swing or INSTRUMENTS[lead.instrument].family == "brass":
            continue
        for note in lead.notes:
            if note.length < 1.0:
                continue
            chord = next((c for c in score.chords if c.start <= note.start + 0.15 < c.end), score.chords[-1])
            on, off = (on + 1, off) if note.pitch % 12 in chord.pitch_classes else (on, off + 1)
    assert on / (on + off) > 0.9


def test_motifs_return() -> None:
    """In most pieces with a melody, some bar's contour and rhythm is heard at least three times."""
    returning = counted = 0
    for score in scores():
        lead = _part(score, "lead")
        if lead is None or len(lead.notes) < 24:
            continue
        counted += 1
        bars: Counter[tuple[tuple[float, int], ...]] = Counter()
        for index in range(round(score.length / score.bar)):
            inside = [n for n in lead.notes if index * score.bar - 0.2 <= n.start < (index + 1) * score.bar - 0.2]
            if len(inside) >= 2:
                first = inside[0]
                steps = tuple(
                    (round(2 * (n.start - index * score.bar)) / 2, _sign(n.pitch - first.pitch)) for n in inside
                )
                bars[steps] += 1
        returning += bool(bars) and max(bars.values()) >= 3
    assert returning / counted > 0.85


def test_backbeats_of_pop_are_on_two_and_four() -> None:
    for seed in range(5):
        score = compose(seed, genre="pop")
        drums = _part(score, "drums")
        assert drums is not None
        chorus = next(s for s in score.sections if s.name == "chorus")
        beats = Counter(
            round(n.start - chorus.start) % 4
            for n in drums.notes
            if n.pitch == 38 and n.velocity > 80 and chorus.start - 0.1 <= n.start < chorus.start + 8 - 0.1
        )
        assert beats[1] >= 2
        assert beats[3] >= 2
        assert beats[0] == 0


def test_house_has_four_kicks_to_the_bar() -> None:
    score = compose(2, genre="house")
    drums = _part(score, "drums")
    assert drums is not None
    chorus = next(s for s in score.sections if s.name == "chorus")
    kicks = [
        n.start - chorus.start
        for n in drums.notes
        if n.pitch == 36 and chorus.start - 0.1 < n.start < chorus.start + 3.9
    ]
    assert [round(k) for k in kicks if abs(k - round(k)) < 0.05][:4] == [0, 1, 2, 3]


def test_swing_delays_the_off_beat_by_up_to_a_triplet() -> None:
    assert swung(1.5, 1.0, 0.5) == pytest.approx(1 + 2 / 3)
    assert swung(1.5, 0.0, 0.5) == 1.5
    assert swung(2.0, 0.7, 0.5) == 2.0
    assert swung(1.25, 1.0, 0.25) == pytest.approx(1 + 1 / 3)


def test_without_a_soundfont_every_part_has_a_patch() -> None:
    assert all(part.program is None for seed in range(10) for part in compose(seed, own=True).parts)


def test_a_piece_can_be_cut_short() -> None:
    score = compose(5, genre="rock", bars=10)
    assert score.length <= 24 * score.bar
    assert score.length < compose(5, genre="rock").length


def test_compound_time_is_felt_in_dotted_quarters() -> None:
    score = next(s for s in (compose(seed, genre="lullaby") for seed in range(40)) if str(s.signature) == "6/8")
    assert score.beat == 1.5
    assert score.bar == 3.0
    assert score.beats()[1] == pytest.approx(60 / score.tempo)
    assert score.quarter_seconds == pytest.approx(40 / score.tempo)


def _part(score: Score, role: str) -> Part | None:
    return next((part for part in score.parts if part.role == role), None)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _overlaps(score: Score) -> list[tuple[bool, float]]:
    """(rubs by a minor second or ninth, seconds) of any two notes of different parts that sound together for 0.2 s."""
    notes = sorted((n, p.name) for p in score.parts if not p.drums for n in p.notes)
    sounding: list[tuple[Note, str]] = []
    result = []
    for note, name in notes:
        sounding = [(n, p) for n, p in sounding if n.start + n.length > note.start]
        for other, part in sounding:
            end = min(note.start + note.length, other.start + other.length)
            overlap = (end - note.start) * score.quarter_seconds
            if part != name and overlap >= 0.2:
                result.append((abs(note.pitch - other.pitch) in (1, 13), overlap))
        sounding.append((note, name))
    return result
