"""What words wish for, and what a wish becomes."""

import json
from dataclasses import replace
from itertools import pairwise, product

import pytest

from engine.compose import theme as themes
from engine.compose.arrange import again, composed
from engine.compose.genres import GENRES
from engine.compose.score import Part
from engine.compose.understanding import understood
from engine.compose.wish import KeptPart, SectionWish, Wish, parse_progression, parse_roles, parse_sections
from engine.errors import EngineError
from engine.music.glossary import bundled
from engine.music.keys import Key, parse_key
from engine.music.notes import Note
from engine.timing.signature import Signature


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("house at 124 BPM in F# minor", {"genre": "house", "tempo": 124.0, "key": Key(6, "minor")}),
        ("a sad waltz", {"mood": "sad", "signature": Signature(3, 4)}),
        ("lo-fi, 8 bars", {"genre": "hip hop", "bars": 8}),
        ("music for a boss battle", {"genre": "metal"}),
        ("D dorian funk with slap bass", {"genre": "funk", "key": Key(2, "dorian"), "instruments": (("slap bass",),)}),
        ("techno without bass", {"genre": "techno", "without": ("bass",), "instruments": ()}),
        ("a song in B flat major", {"key": Key(10, "major")}),
    ],
)
def test_words_are_understood(text: str, wanted: dict[str, object]) -> None:
    wish, notices = understood(text, bundled)
    assert {name: getattr(wish, name) for name in wanted} == wanted
    assert not notices


def test_everyday_words_mean_a_genre_or_a_mood_and_strange_ones_are_said() -> None:
    wish, notices = understood("for a car chase", bundled)
    assert (wish.mood, wish.genre) != (None, None)
    assert not notices
    wish, notices = understood("happy zorblaxian jazz", bundled)
    assert (wish.genre, wish.mood) == ("jazz", "happy")
    assert notices == ["Not understood: “zorblaxian”."]


def test_names_of_makers_mean_an_instrument_and_one_that_nobody_plays_is_said() -> None:
    wish, notices = understood("mellow rhodes and a hammond", bundled)
    assert wish.instruments == (("electric piano",), ("drawbar organ",))
    assert not notices
    assert {part.instrument for part in composed(wish).parts} == {"electric piano", "drawbar organ"}
    wish, notices = understood("folk with mandolin", bundled)
    assert notices == ["Not understood: “mandolin”."]
    assert wish.genre == "folk"


def test_chords_in_a_prompt_are_a_progression() -> None:
    wish, _ = understood("Am F C G, slow folk in A minor", bundled)
    assert [chord.symbol for chord in wish.chords] == ["Am", "F", "C", "G"]
    assert wish.genre == "folk"
    assert not understood("A sad song", bundled)[0].chords


def test_ordered_words_become_sections_in_which_ever_more_play() -> None:
    wish, _ = understood("soft piano, then drums come in, then strings", bundled, seed=5)
    assert len(wish.sections) == 3
    score = composed(wish)
    playing = [
        {p.family for p in score.parts if any(s.start <= n.start < s.end for n in p.notes)} for s in score.sections
    ]
    assert playing == [{"piano"}, {"piano", "drums"}, {"piano", "drums", "strings"}]


def test_symbols_are_read() -> None:
    assert [c.symbol for c in parse_progression("Am F#m7 | C/E", 4.0)] == ["Am", "F#m7", "C/E"]
    assert [(c.start, c.length) for c in parse_progression("Am F | C", 4.0)] == [(0, 2), (2, 2), (4, 4)]
    assert parse_key("Bb") == Key(10, "major")
    assert parse_key("F#m") == Key(6, "minor")
    assert parse_roles("drums, melody") == ("drums", "lead")
    assert parse_sections("intro 4, drop 8") == (SectionWish("intro", 4, 0.35), SectionWish("chorus", 8, 0.95))


@pytest.mark.parametrize(
    "make",
    [
        lambda: parse_progression("Am H", 4.0),
        lambda: parse_progression(" | ", 4.0),
        lambda: parse_key("H minor"),
        lambda: parse_roles("kazoo"),
        lambda: parse_roles(" "),
        lambda: parse_sections("foo 3"),
        lambda: parse_sections("verse 0"),
        lambda: Wish(bars=0),
        lambda: Wish(tempo=5.0),
        lambda: Wish(signature=Signature(5, 4)),
        lambda: Wish(roles=("kazoo",)),
        lambda: themes.normalised((), 4.0),
        lambda: composed(Wish(roles=("drums",), without=("drums",))),
    ],
)
def test_what_cannot_be_is_a_sentence(make: object) -> None:
    assert callable(make)
    with pytest.raises(EngineError, match=r"^[“A-Z].*[:,] .*\.$"):
        make()


@pytest.mark.parametrize("bars", [1, 3, 8, 16, 23, 40, 100])
def test_a_piece_has_exactly_the_bars_wished_for(bars: int) -> None:
    for genre in ("pop", "blues", "classical"):
        score = composed(Wish(genre=genre, bars=bars, seed=bars))
        assert score.length == pytest.approx(bars * score.bar)
        assert sum(s.length for s in score.sections) == pytest.approx(score.length)


def test_key_tempo_metre_roles_and_chords_are_as_wished() -> None:
    chords = parse_progression("Am F C G", 4.0)
    wish = Wish(tempo=97.5, key=Key(9, "minor"), roles=("drums", "bass", "chords", "lead"), chords=chords, bars=8)
    for seed in range(4):
        score = composed(replace(wish, seed=seed))
        assert (score.tempo, score.key) == (97.5, "A minor")
        assert [part.role for part in score.parts] == ["drums", "bass", "chords", "lead"]
        assert [chord.symbol for chord in score.chords] == ["Am", "F", "C", "G"] * 2
        bass = next(part for part in score.parts if part.role == "bass")
        downbeats = {round(note.start): note.pitch % 12 for note in bass.notes if note.start % 4 == 0}
        roots = [9, 5, 0, 7] * 2
        played = [place for place in range(8) if 4 * place in downbeats]
        assert len(played) > 4
        assert all(downbeats[4 * place] == roots[place] for place in played)


def test_named_instruments_play_and_no_others() -> None:
    score = composed(understood("flute, harp and cello", bundled)[0])
    assert {part.instrument for part in score.parts} == {"flute", "harp", "cello"}


@pytest.mark.parametrize("genre", ["pop", "jazz", "techno", "classical"])
def test_a_part_made_again_leaves_the_others_alone(genre: str) -> None:
    wish = Wish(genre=genre, bars=16, seed=2)
    score = composed(wish)
    for part in score.parts:
        changed = again(score, wish, part.name, {part.name: 1})
        for before, after in zip(score.parts, changed.parts, strict=True):
            if before.name == part.name:
                assert before.notes != after.notes
                assert before.instrument == after.instrument
            else:
                assert before == after


def test_a_part_that_is_not_there_cannot_be_made_again() -> None:
    wish = Wish(genre="pop", bars=4)
    with pytest.raises(EngineError, match="no part “kazoo”: choose drums"):
        again(composed(wish), wish, "kazoo", {})


THEME = tuple(
    Note(*each, 90) for each in ((0, 1, 64), (1, 0.5, 67), (1.5, 0.5, 69), (2, 1, 71), (3, 1, 67), (4, 2, 66))
)


def _found(part: Part, theme: tuple[Note, ...], start: float, end: float) -> bool:
    """Whether a theme is among the notes of a phrase with at most one edit of its intervals, in any transposition."""
    wanted = [b.pitch - a.pitch for a, b in pairwise(theme)]
    pitches = [note.pitch for note in sorted(part.notes) if start - 1e-6 <= note.start < end - 1e-6]
    heard = [b - a for a, b in pairwise(pitches)]
    windows = (heard[i : i + len(wanted)] for i in range(len(heard) - len(wanted) + 1))
    return any(sum(x != y for x, y in zip(window, wanted, strict=True)) <= 1 for window in windows)


def test_a_theme_returns_and_does_not_come_by_chance() -> None:
    theme = themes.normalised(THEME, 4.0)
    shares = []
    for given in (theme, ()):
        found = total = 0
        for genre, seed in product(("pop", "cinematic", "jazz", "chiptune", "folk", "house"), range(4)):
            wish = Wish(genre=genre, theme=given, bars=16, signature=Signature(), seed=seed, roles=("lead", "chords"))
            lead = next(part for part in composed(wish).parts if part.role == "lead")
            for first in range(0, 16, 4):
                total += 1
                found += _found(lead, theme, 4.0 * first, 4.0 * first + 16)
        shares.append(found / total)
    assert shares[0] >= 0.5
    assert shares[1] <= 0.05


def test_what_is_kept_stays_and_the_rest_fits_it() -> None:
    bars = ((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))
    notes = tuple(Note(4.0 * bar, 4.0, pitch, 80) for bar, chord in enumerate(bars) for pitch in chord)
    score = composed(Wish(genre="pop", keep=(KeptPart("chords", "chords", "grand piano", notes),), seed=3))
    assert next(part for part in score.parts if part.role == "chords").notes == notes
    assert score.length == 16
    assert [chord.symbol for chord in score.chords] == ["Am", "F", "C", "G"]
    assert sum(part.role == "chords" for part in score.parts) == 1
    assert len(score.parts) > 1


def test_two_seeds_share_no_phrase_of_melody() -> None:
    for genre in GENRES:
        phrases: dict[tuple[tuple[float, int], ...], int] = {}
        for seed in range(4):
            score = composed(Wish(genre=genre, bars=16, seed=seed, roles=("lead", "chords")))
            lead = next((part for part in score.parts if part.role == "lead"), None)
            for first in range(0, 16, 4):
                low = first * score.bar
                line = [n for n in sorted(lead.notes) if low <= n.start < low + 4 * score.bar] if lead else []
                if len(line) >= 5:
                    key = tuple((round(n.start - low, 3), n.pitch - line[0].pitch) for n in line)
                    assert phrases.setdefault(key, seed) == seed, genre


def test_a_wish_survives_json() -> None:
    wish = Wish(
        genre="pop",
        key=Key(2, "dorian"),
        signature=Signature(6, 8),
        theme=THEME,
        chords=parse_progression("Dm G", 3.0),
        sections=parse_sections("intro 4, verse 8"),
        keep=(KeptPart("bass", "bass", "sub bass", THEME),),
        instruments=(("harp",),),
        seed=7,
    )
    assert Wish.from_dict(json.loads(json.dumps(wish.to_dict()))) == wish
