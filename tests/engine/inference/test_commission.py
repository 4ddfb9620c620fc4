"""What is asked for in the window becomes a wish."""

from itertools import pairwise

import pytest

from engine.compose.arrange import composed
from engine.errors import EngineError
from engine.inference.commission import Commission, Setting
from engine.inference.wishing import summary_of, wish_of
from engine.music.keys import Key
from engine.music.notes import Note
from engine.timing.signature import Signature


def test_words_say_key_tempo_and_length_of_a_first_piece() -> None:
    wish, sentences = wish_of(Commission("lo-fi hip hop, A minor, 84 bpm", bars=16, seed=7))
    assert (wish.genre, wish.key, wish.tempo, wish.bars, wish.seed) == ("hip hop", Key(9, "minor"), 84.0, 16, 7)
    assert wish.roles == ("drums", "bass", "chords", "lead")
    assert sentences == ()
    score = composed(wish)
    assert (score.key, score.tempo, score.length) == ("A minor", 84.0, 64.0)


def test_what_is_not_understood_is_said() -> None:
    _, sentences = wish_of(Commission("funk for qwzx"))
    assert sentences == ("Not understood: “qwzx”.",)


def test_a_song_keeps_its_tempo_signature_and_key() -> None:
    setting = Setting(96.0, Signature(3, 4), Key(2, "major"))
    wish, sentences = wish_of(Commission("slow waltz, 70 bpm", bars=4), setting)
    assert (wish.tempo, wish.signature, wish.key) == (96.0, Signature(3, 4), Key(2, "major"))
    assert sentences == ("The song’s 96 BPM take the place of the 70 in the prompt.",)


def test_a_felt_beat_of_six_eight_is_a_dotted_quarter() -> None:
    wish, _ = wish_of(Commission("ballad", bars=4), Setting(90.0, Signature(6, 8)))
    assert wish.tempo == 60.0
    assert composed(wish).quarter_seconds == pytest.approx(60 / 90)


def test_a_signature_that_the_composer_does_not_write_in_is_said() -> None:
    wish, sentences = wish_of(Commission("pop"), Setting(120.0, Signature(7, 8)))
    assert wish.signature == Signature(4, 4)
    assert sentences == ("The composer does not write in 7/8: it takes 4/4.",)


def test_fields_win_over_words() -> None:
    asked = Commission(
        "happy jazz in C major", key="Eb minor", genre="rock", mood="dark", energy=0.9, roles=("lead", "bass"),
        chords="Ebm Cb", bars=8,
    )  # fmt: skip
    wish, _ = wish_of(asked)
    assert (wish.genre, wish.mood, wish.key, wish.energy) == ("rock", "dark", Key(3, "minor"), 0.9)
    assert wish.roles == ("bass", "lead")
    assert {chord.root for chord in composed(wish).chords} == {3, 11}


def test_sections_say_the_length() -> None:
    wish, _ = wish_of(Commission("pop", bars=16, sections="intro 2, verse 4"))
    score = composed(wish)
    assert [(section.name, section.length / score.bar) for section in score.sections] == [("intro", 2), ("verse", 4)]


def test_ordered_words_share_the_bars() -> None:
    wish, _ = wish_of(Commission("soft piano, then drums come in, then strings", bars=10))
    assert sum(section.bars for section in wish.sections) == 10
    assert composed(wish).length == 40.0


def test_instruments_that_are_named_play_alone() -> None:
    wish, _ = wish_of(Commission("flute and harp", bars=4))
    families = {part.family for part in composed(wish).parts}
    assert families == {"woodwind", "plucked"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Commission(key="H moll"), "“H moll” is no key"),
        (Commission(chords="Am Xyz"), "Xyz"),
        (Commission(sections="verse"), "“verse” is no section"),
        (Commission(bars=0), "0 bars"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(asked: Commission, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        wish_of(asked)


def test_a_theme_returns_in_what_is_composed() -> None:
    theme = tuple(Note(float(beat), 1.0, pitch, 90) for beat, pitch in enumerate((60, 64, 67, 65)))
    wish, _ = wish_of(Commission("folk, C major", ("lead", "chords"), bars=8, theme=theme))
    assert "theme of 4 notes" in summary_of(wish)
    lead = next(part for part in composed(wish).parts if part.role == "lead")
    steps = [b.pitch - a.pitch for a, b in pairwise(lead.notes)]
    assert [4, 3, -2] in [steps[first : first + 3] for first in range(len(steps))]
