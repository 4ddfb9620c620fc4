"""Everyday words in the words of captions."""

import json
from pathlib import Path

import pytest

from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS
from engine.compose.words import FREE_WORDS, MOOD_WORDS
from engine.errors import ModelError
from engine.generate import registry
from engine.generate.melody import Melody
from engine.models import checkpoint, system
from engine.music import glossary
from engine.music.glossary import Glossary
from engine.music.scales import SCALES
from engine.train.glossary import HELD_OUT

SMALL = Glossary(
    ("sad, sorrowful", "rock", "calm"),
    frozenset({"piano", "slow", "drums"}),
    frozenset({"and", "a", "minor", "bpm"}),
    {
        "funeral": ((0, 4.0),),
        "beachy": ((2, 1.5),),
        "melancholy": ((0, 5.0), (2, 2.0)),
        "guitarist": ((1, 3.0),),
        "drumming": ((1, 2.0),),
    },
    "made up",
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("slow piano, A minor, 90 BPM", "slow piano, A minor, 90 BPM"),
        ("Funeral", "sad, sorrowful"),
        ("a funeral piano, 90 BPM", "a piano, 90 BPM, sad, sorrowful"),
        ("melancholic", "sad, sorrowful"),  # like melancholy
        ("drums", "drums"),  # known, however much it begins like another
        ("xyzzy piano", "xyzzy piano"),
        ("guitarists, funeral", "sad, sorrowful"),  # the stronger of two
        ("beachy piano", "beachy piano"),  # a guess does not overrule what is known
        ("a beachy, 90 BPM", "a, 90 BPM, calm"),
        ("", ""),
        ("!?", "!?"),
        ("funeral ´ß漢字 funeral,,, slow", "´ß漢字, slow, sad, sorrowful"),
    ],
)
def test_unknown_words_give_way_to_what_they_mean(text: str, read: str) -> None:
    assert SMALL.reworded(text) == read


def test_two_meanings_as_strong_are_both_said() -> None:
    both = Glossary(("rock", "calm"), frozenset(), frozenset(), {"beach": ((0, 3.0), (1, 2.9))})
    assert both.reworded("beach") == "rock, calm"
    assert both.reworded("Beach beach") == "rock, calm"


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    SMALL.save(tmp_path / glossary.FILE)
    assert glossary.read(tmp_path / glossary.FILE) == SMALL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"meanings": ["a"], "known": "", "idle": "", "words": {"b": "1:2"}, "source": ""}',
        '{"meanings": ["a"], "known": "", "idle": "", "words": {"b": "x"}, "source": ""}',
        '{"meanings": ["a"], "known": "", "idle": "", "words": {"b": 3}, "source": ""}',
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / glossary.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="install the model again"):
        glossary.read(tmp_path / glossary.FILE)


def test_a_model_keeps_it_and_its_version_tells(tmp_path: Path) -> None:
    config = system.PRESETS["tiny"]
    plain = checkpoint.save(tmp_path, system.build(config), config, model_id="t", name="T", preset="tiny")
    assert Melody.load(tmp_path, "cpu", threads=1).read("a funeral") == "a funeral"
    told = checkpoint.add_glossary(tmp_path, SMALL)
    assert checkpoint.describe(tmp_path) == told
    assert told.version != plain.version
    assert Melody.load(tmp_path, "cpu", threads=1).read("a funeral") == "a, sad, sorrowful"
    values = json.loads((tmp_path / glossary.FILE).read_text(encoding="utf-8"))
    (tmp_path / glossary.FILE).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ModelError, match="not the file that was saved"):
        Melody.load(tmp_path, "cpu", threads=1)
    (tmp_path / glossary.FILE).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Melody.load(tmp_path, "cpu", threads=1)


@pytest.fixture(scope="module")
def bundled() -> Glossary:
    folder = registry.find("melody-starter")
    found = checkpoint.read_glossary(folder, checkpoint.describe(folder))
    assert found is not None
    return found


def test_the_bundled_one_leaves_alone_what_captions_say(bundled: Glossary) -> None:
    named = [word for genre in GENRES.values() for word in genre.words]
    moods = [word for words in MOOD_WORDS.values() for word in words]
    played = [word for each in (INSTRUMENTS | KITS).values() for word in each.words]
    for text in (*named, *moods, *played, *(f"96 BPM, C# {mode}" for mode in SCALES)):
        assert bundled.reworded(text) == text


def test_the_evaluation_looks_up_its_words_as_new_ones(bundled: Glossary) -> None:
    stranger = bundled.without(HELD_OUT)
    assert not set(stranger.words) & FREE_WORDS
    assert len(bundled.words) > len(stranger.words) > 10_000
    assert stranger.reworded("funeral") != bundled.reworded("funeral") == "sad, sorrowful"
    assert SMALL.without(["funeral"]).reworded("a funeral piano") == "a funeral piano"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("jamaican rhythms", "reggae"),
        ("nightmare", "dark"),
        ("infants asleep", "lullaby"),
        ("sorrow", "sad"),
        ("chill", "calm"),
    ],
)
def test_the_bundled_one_knows_what_words_mean(bundled: Glossary, text: str, meant: str) -> None:
    assert meant in bundled.reworded(text)
