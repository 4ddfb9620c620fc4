from random import Random

from engine.compose.arrange import compose
from engine.compose.captions import captions, tags
from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.moods import MOODS
from engine.compose.words import (
    ENERGY_WORDS,
    FAMILY_WORDS,
    FREE_PROMPTS,
    FREE_WORDS,
    MOOD_WORDS,
    SECTION_WORDS,
    TEMPO_WORDS,
    content_words,
)


def test_no_word_of_the_vocabulary_is_held_out() -> None:
    texts = [text for genre in GENRES.values() for text in (genre.name, *genre.words, *genre.uses)]
    texts += [text for i in (INSTRUMENTS | KITS | PERCUSSION).values() for text in i.words]
    texts += list(INSTRUMENTS | KITS | PERCUSSION)
    for table in (MOOD_WORDS, SECTION_WORDS, FAMILY_WORDS):
        texts += [text for words in table.values() for text in words]
    for _, words in TEMPO_WORDS + ENERGY_WORDS:
        texts += words
    vocabulary = set().union(*map(content_words, texts))
    assert not vocabulary & FREE_WORDS


def test_no_caption_uses_a_held_out_word() -> None:
    for seed in range(300):
        score = compose(seed, bars=8)
        rng = Random(seed)
        for caption in captions(score, rng, 30, section=score.sections[-1]):
            assert not content_words(caption) & FREE_WORDS, caption
        assert not set().union(*map(content_words, tags(score))) & FREE_WORDS


def test_there_are_a_hundred_free_prompts_for_every_genre_and_mood() -> None:
    assert len(FREE_PROMPTS) >= 100
    meant = set().union(*FREE_PROMPTS.values())
    assert {name for kind, name in meant if kind == "genre"} == set(GENRES)
    assert {name for kind, name in meant if kind == "mood"} == set(MOODS)
    assert all(content_words(prompt) for prompt in FREE_PROMPTS)


def test_captions_are_many_and_repeatable() -> None:
    score = compose(12, genre="jazz")
    texts = captions(score, Random(0), 40)
    assert texts == captions(score, Random(0), 40)
    assert len(set(texts)) > 35
    assert all("{" not in text and "  " not in text and text == text.strip() for text in texts)


def test_captions_are_true() -> None:
    score = compose(12, genre="techno", mood="dark")
    bpm = f"{round(score.tempo)}"
    for text in captions(score, Random(1), 60):
        numbers = [
            word.strip(".,") for word in text.split() if word.strip(".,").isdigit() and len(word.strip(".,")) == 3
        ]
        assert all(number in (bpm, "808", "909") for number in numbers), text
        assert " a e" not in text


def test_only_who_is_heard_is_named() -> None:
    score = compose(3, genre="rock")
    drums = [part for part in score.parts if part.role == "drums"]
    for text in captions(score, Random(2), 40, parts=drums):
        assert "bass" not in text.lower()
    assert "bass" not in tags(score, drums)
    assert captions(score, Random(3), 5, parts=[])


def test_tags_state_the_facts() -> None:
    score = compose(12, genre="reggae", mood="happy")
    found = tags(score)
    for fact in ("reggae", "happy", score.key, f"{score.tempo:g} bpm", "4/4"):
        assert fact in found
    assert len(found) == len(set(found))
