"""Guides: what they refuse, what of them lies in a stretch, how they are written and read."""

import json

import numpy as np
import pytest

from engine.errors import EngineError
from engine.music.guide import (
    Accent,
    ChordSpan,
    Guide,
    GuidePart,
    MelodyNote,
    SwellPoint,
    TimedPrompt,
    guide_of,
    line_of,
    parse_chords,
    parse_prompts,
    parse_swell,
)

WHOLE = Guide(
    (MelodyNote(0.5, 0.5, 69), MelodyNote(1.0, 1.0, 72), MelodyNote(5.0, 1.0, 64)),
    (ChordSpan(0.0, 2.0, "Am"), ChordSpan(2.0, 2.0, "F/C")),
    (Accent(0.25, 0.5), Accent(3.0)),
    (SwellPoint(0.0, -12.0), SwellPoint(4.0, 0.0)),
    (TimedPrompt(2.0, "with drums"),),
)


def test_a_guide_is_written_as_json_and_read_as_it_was() -> None:
    assert guide_of(json.loads(json.dumps(WHOLE.to_values()))) == WHOLE
    assert Guide().to_values() == {}
    assert not Guide()
    assert WHOLE.parts == tuple(GuidePart)


@pytest.mark.parametrize(
    "values", [{"melody": [[0, 1, "x"]]}, {"tune": []}, {"swell": [[0]]}, {"melody": [[0, 1, True]]}]
)
def test_damaged_values_are_refused(values: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        guide_of(values)


@pytest.mark.parametrize(
    "parts",
    [
        {"melody": (MelodyNote(0, 1, 128),)},
        {"melody": (MelodyNote(0, 1, 60), MelodyNote(0.5, 1, 62))},
        {"melody": (MelodyNote(1, 1, 60), MelodyNote(0, 1, 62))},
        {"melody": (MelodyNote(-1, 1, 60),)},
        {"melody": (MelodyNote(float("nan"), 1, 60),)},
        {"chords": (ChordSpan(0, 1, "H"),)},
        {"accents": (Accent(0, 0.0),)},
        {"swell": (SwellPoint(0, 40.0),)},
        {"words": (TimedPrompt(4000.0, "late"),)},
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_sentence(parts: dict[str, object]) -> None:
    with pytest.raises(EngineError, match=r"[.:] ?.*\.$"):
        Guide(**parts)  # type: ignore[arg-type]


def test_a_stretch_has_what_lies_in_it_from_its_own_beginning_on() -> None:
    part = WHOLE.between(1.5, 3.5)
    assert part.melody == (MelodyNote(0.0, 0.5, 72),)
    assert part.chords == (ChordSpan(0.0, 0.5, "Am"), ChordSpan(0.5, 1.5, "F/C"))
    assert part.accents == (Accent(1.5),)
    assert part.swell == (SwellPoint(0.0, -7.5), SwellPoint(2.0, -1.5))  # a straight line of 3 dB a second
    assert part.words == (TimedPrompt(0.5, "with drums"),)
    assert WHOLE.between(3.0, 4.0).words == (TimedPrompt(0.0, "with drums"),)


def test_a_pause_of_two_seconds_belongs_to_the_melody_and_a_longer_one_is_free() -> None:
    assert WHOLE.melody_spans() == ((0.5, 2.0), (5.0, 6.0))
    near = Guide((MelodyNote(0, 1, 60), MelodyNote(3.0, 1, 62)))
    assert near.melody_spans() == ((0, 4.0),)


def test_the_swell_stays_at_its_ends_and_turns_around_in_time() -> None:
    assert np.allclose(WHOLE.swell_db(np.array([-1.0, 1.0, 9.0])), [-12, -9, 0])
    assert WHOLE.backwards(4.0) == Guide(swell=(SwellPoint(0.0, 0.0), SwellPoint(4.0, -12.0)))


def test_prompts_take_each_others_place() -> None:
    assert [WHOLE.prompt_at(time, "piano") for time in (0.0, 1.6, 1.7, 8.0)] == ["piano"] * 2 + ["with drums"] * 2


def test_the_line_of_chords_is_their_highest_voice() -> None:
    notes = [MelodyNote(0, 2, 48), MelodyNote(0, 1, 64), MelodyNote(0.01, 1, 60), MelodyNote(0.9, 1, 67),
             MelodyNote(1.2, 0.3, 50)]  # fmt: skip
    assert line_of(notes) == (MelodyNote(0, 0.9, 64), MelodyNote(0.9, 1, 67))


def test_texts_of_the_shell() -> None:
    assert parse_swell("8:0, 0:-12") == (SwellPoint(0, -12), SwellPoint(8, 0))
    assert parse_prompts(["8: drums: loud"]) == (TimedPrompt(8, "drums: loud"),)
    assert parse_chords("Am F", 5.0, 2.0) == (
        ChordSpan(0, 2, "Am"), ChordSpan(2, 2, "F"), ChordSpan(4, 1, "Am"))  # fmt: skip
    assert parse_chords("Am | F", 6.0) == (ChordSpan(0, 3, "Am"), ChordSpan(3, 3, "F"))
    assert parse_chords("1:Am 2.5:F", 4.0) == (ChordSpan(1, 1.5, "Am"), ChordSpan(2.5, 1.5, "F"))


@pytest.mark.parametrize(
    ("read", "text"),
    [(parse_swell, "loud"), (parse_swell, ""), (lambda text: parse_chords(text, 4.0), "Am x:F"),
     (lambda text: parse_chords(text, 4.0), " "), (lambda text: parse_prompts([text]), "drums")],
)  # fmt: skip
def test_texts_that_are_none_get_a_sentence_with_an_example(read: object, text: str) -> None:
    with pytest.raises(EngineError, match=r"such as|write"):
        read(text)  # type: ignore[operator]
