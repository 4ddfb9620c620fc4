"""A score.json that was changed or damaged: each is a sentence that says where, or a score as good as any."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.compose.arrange import composed
from engine.compose.files import read_given, read_score
from engine.compose.score import score_values
from engine.compose.wish import KeptPart, Wish
from engine.errors import EngineError
from engine.music.notes import Note

WISH = Wish(genre="house", bars=2, seed=5, theme=(Note(0.0, 1.0, 60, 90), Note(1.0, 1.0, 64, 90)))
SCORE = composed(WISH)


def values() -> dict[str, Any]:
    """What `write_performance` writes of the piece."""
    return json.loads(json.dumps({"format": 1, "rolls": {}, "wish": WISH.to_dict(), "score": score_values(SCORE)}))


def _read(tmp_path: Path, text: str | bytes) -> str:
    """The sentence that a file gives; empty where it is a score."""
    path = tmp_path / "score.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    try:
        read_score(path)
    except EngineError as error:
        return str(error)
    return ""


def test_what_was_written_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "score.json").write_text(json.dumps(values()), "utf-8")
    assert read_score(tmp_path / "score.json") == (WISH, SCORE, {})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v["score"].update(tempo=float("nan")), "score, tempo is no number"),
        (lambda v: v["score"].update(tempo=10**400), "score, tempo is no number"),
        (lambda v: v["score"].update(tempo=7), "score, tempo is 7, which is not between 20 and 400"),
        (lambda v: v["score"]["parts"][0].update(instrument="kazoo"), "instrument is “kazoo”, which is unknown"),
        (lambda v: v["score"]["parts"][0].update(name="../../x"), "“../../x” is no name of a part"),
        (lambda v: v["score"]["parts"][1].update(name=v["score"]["parts"][0]["name"]), "the same name"),
        (lambda v: v["score"]["parts"][0]["notes"].insert(0, [0.0, 1.0, 300, 90]), "notes, 1, pitch is 300"),
        (lambda v: v["score"].pop("chords"), "score lacks its entry “chords”"),
        (lambda v: v["score"].update(chords=[]), "no chords"),
        (lambda v: v["score"]["signature"].update(denominator=0), "4/0 is not possible"),
        (lambda v: v["wish"].update(roles="drums"), "wish, roles is no list"),
        (lambda v: v["wish"].update(guide={"melody": 3}), "wish, guide is damaged"),
        (lambda v: v["wish"].update(bars=True), "wish, bars is no whole number"),
        (lambda v: v.update(rolls={"bass": -1}), "the roll of “bass”"),
        (lambda v: v.update(format=9), "newer version"),
        (lambda v: v.pop("format"), "its format"),
    ],
)
def test_the_sentence_says_where(change: Callable[[dict[str, Any]], object], says: str, tmp_path: Path) -> None:
    changed = values()
    change(changed)
    assert says in _read(tmp_path, json.dumps(changed))


@pytest.mark.parametrize("text", ["", "[]", "3", "[" * 100_000, '{"a": ', b"\xff\xfe", "null"])
def test_what_is_no_object_is_a_sentence(text: str | bytes, tmp_path: Path) -> None:
    assert "is no score that was written by" in _read(tmp_path, text)


def test_a_folder_and_a_damaged_place_of_a_given_sound_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is a folder"):
        read_score(tmp_path)
    (tmp_path / "score.json").write_text(json.dumps({**values(), "given": {"name": "../x", "origin": 0}}), "utf-8")
    with pytest.raises(EngineError, match="given sound"):
        read_given(tmp_path / "score.json")


def test_any_value_in_any_place_is_a_sentence_or_a_score(tmp_path: Path) -> None:
    rng = Random(1)
    strange: tuple[Any, ...] = (
        None,
        True,
        -1,
        0.5,
        1e308,
        float("inf"),
        10**400,
        "",
        "\ud800",
        "é\0",
        [],
        {},
        [[1]],
        {"a": 1},
    )
    whole = values()
    sentences = 0
    for _ in range(60):
        changed = deepcopy(whole)
        place: Any = changed
        while True:
            key = rng.choice(sorted(place)) if isinstance(place, dict) else rng.randrange(len(place))
            if not isinstance(place[key], dict | list) or not place[key] or rng.random() < 0.1:
                break
            place = place[key]
        place[key] = rng.choice(strange)
        sentence = _read(tmp_path, json.dumps(changed))
        sentence.encode("utf-8")
        sentences += bool(sentence)
    assert sentences > 30


def test_no_part_has_the_name_of_one_that_is_kept() -> None:
    kept = KeptPart("lead", "lead", "flute", WISH.theme)
    names = [part.name for part in composed(Wish(genre="funk", bars=2, seed=3, theme=WISH.theme, keep=(kept,))).parts]
    assert "lead 2" in names
    assert len(set(names)) == len(names)
