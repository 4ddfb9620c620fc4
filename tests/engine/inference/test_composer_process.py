"""The composer's process: real, with short pieces."""

import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.compose.arrange import composed
from engine.compose.orders import Failed, Finished, PlayNotes, Prepare, Sounded, Stopped, WarmNotes
from engine.compose.performance import performed_part
from engine.compose.piece import Performance, Variant
from engine.compose.render import play_alone
from engine.compose.score import score_values
from engine.compose.strip import Strip
from engine.compose.wish import Wish
from engine.compose.worker import Composing, arrangements
from engine.errors import AudioFileError, Cancelled, EngineError
from engine.inference.composer import ComposerProcess
from engine.jobs import Context
from engine.playback import note_sound
from engine.playback.note_sound import NotePlayer
from engine.project.model import Instrument, NoteContent, NoteEvent, Track
from engine.timing.clock import Clock
from tests.shared_composer import SharedComposer, shared_composer

WISH = Wish(genre="chiptune", seed=5, bars=2, roles=("drums", "lead"), tempo=160.0)
RATE = 16000


__all__ = ["shared_composer"]


@pytest.fixture
def composer(shared_composer: SharedComposer) -> ComposerProcess:
    return shared_composer.process


def test_a_piece_comes_with_its_stems_and_one_part_again_alone(composer: ComposerProcess) -> None:
    (piece,) = composer.compose(WISH, 1, Context(), rate=RATE)
    assert (set(piece.sound.stems), piece.wish, piece.score.tempo) == ({"drums", "lead"}, WISH, 160.0)
    assert piece.sound.rate == RATE
    assert all(np.abs(stem).max() > 0.01 for stem in piece.sound.stems.values())
    same = composer.play_part(WISH, Variant("lead"), {}, piece.score.gain_db, Context(), rate=RATE)
    assert np.array_equal(same.sound.stems["lead"], piece.sound.stems["lead"]), "as it was beside the others"
    again = composer.play_part(WISH, Variant("lead", roll=1), {}, piece.score.gain_db, Context(), rate=RATE)
    assert not np.array_equal(again.sound.stems["lead"], piece.sound.stems["lead"])
    here = performed_part(WISH, Variant("lead", roll=1), {}, piece.score.gain_db, rate=RATE)
    assert np.array_equal(here.sound.stems["lead"], again.sound.stems["lead"])


def test_notes_that_were_played_to_nobody_are_played_from_what_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    news: queue.Queue[object] = queue.Queue()
    composing = Composing(news.put)
    score = composed(WISH)
    values = score_values(replace(score, parts=score.parts[-1:]))

    def answers(question: object) -> list[object]:
        composing.ask(question)
        messages: list[object] = []
        while not messages or not isinstance(messages[-1], Finished | Failed | Stopped):
            messages.append(news.get(timeout=120))
        return messages

    warmed = answers(WarmNotes(1, values, RATE, None))
    assert warmed[-1] == Finished(1)
    assert not any(isinstance(each, Sounded) for each in warmed), "nobody hears it"
    worked = []
    monkeypatch.setattr(Strip, "advance", lambda *_: worked.append(1))
    played = answers(PlayNotes(2, values, RATE, None))
    sound = np.concatenate([each.samples for each in played if isinstance(each, Sounded)], axis=1)
    assert not worked, "nothing of it is worked out again"
    monkeypatch.undo()
    here = list(play_alone(score.parts[-1], replace(score, parts=score.parts[-1:]), RATE))
    assert np.array_equal(sound, np.concatenate(here, axis=1))
    composing.close()


def test_notes_that_are_waited_for_end_what_is_played_to_nobody() -> None:
    news: queue.Queue[object] = queue.Queue()
    composing = Composing(news.put)
    score = composed(replace(WISH, bars=64))
    values = score_values(replace(score, parts=score.parts[-1:]))
    short = composed(WISH)
    composing.ask(WarmNotes(1, values, 48000, None))
    composing.ask(PlayNotes(2, score_values(replace(short, parts=short.parts[-1:])), RATE, None))
    ends = [each for each in iter(lambda: news.get(timeout=120), Finished(2)) if isinstance(each, Stopped | Finished)]
    assert ends == [Stopped(1)]
    composing.close()


def test_the_process_outlives_an_order_that_it_ended_for_another(composer: ComposerProcess) -> None:
    score, short = composed(replace(WISH, bars=64)), composed(WISH)
    composer.play_notes(short.parts[-1], short, RATE, None)
    pid, asked = composer.pid, threading.Event()
    with ThreadPoolExecutor(1) as pool:
        warming = pool.submit(composer.warm_notes, score.parts[-1], score, 48000, None, asked.set)
        assert asked.wait(60)
        assert composer.play_notes(short.parts[-1], short, RATE, None)
        with suppress(Cancelled):  # it was done before
            warming.result(timeout=60)
    assert composer.play_notes(short.parts[-1], short, RATE, None)
    assert composer.pid == pid


def test_what_is_played_while_it_starts_can_be_played() -> None:
    news: queue.Queue[object] = queue.Queue()
    composing = Composing(news.put)
    composing.ask(Prepare(1))
    while not isinstance(last := news.get(timeout=120), Finished | Failed):
        pass
    composing.close()
    assert last == Finished(1)


def test_takes_have_the_same_parts_and_form(composer: ComposerProcess) -> None:
    wishes = list(arrangements(Wish(genre="pop", bars=4, seed=9), 3))
    assert len({wish.seed for wish in wishes}) == 3
    pieces = composer.compose(WISH, 2, Context(), rate=RATE)
    assert [set(piece.sound.stems) for piece in pieces] == [{"drums", "lead"}] * 2
    assert len({(piece.score.key, piece.score.tempo, piece.score.length) for piece in pieces}) == 1
    assert pieces[0].score.parts != pieces[1].score.parts


def test_a_part_is_added(composer: ComposerProcess) -> None:
    piece = composer.add_part(WISH, "bass", {}, -3.0, Context(), rate=RATE)
    assert list(piece.sound.stems) == ["bass"]
    assert piece.wish.roles == ("drums", "lead", "bass")


def test_what_cannot_be_done_is_a_sentence(composer: ComposerProcess) -> None:
    with pytest.raises(EngineError, match="“harp” has nothing to play"):
        composer.play_part(WISH, Variant("harp"), {}, 0.0, Context())


def test_a_cancel_ends_the_order_and_the_next_one_is_carried_out(composer: ComposerProcess) -> None:
    context = Context()
    context.cancel()
    with pytest.raises(Cancelled):
        composer.compose(WISH, 1, context, rate=RATE)
    assert composer.play_part(WISH, Variant("lead"), {}, 0.0, Context(), rate=RATE).sound.stems


def test_a_process_that_dies_is_said_and_started_again() -> None:
    process = ComposerProcess()
    try:

        def end(share: float, text: str) -> None:
            if process.pid is not None:
                psutil.Process(process.pid).kill()

        with pytest.raises(EngineError, match="The composer stopped unexpectedly"):
            process.compose(WISH, 4, Context(end))
    finally:
        process.close()
    with pytest.raises(Cancelled):
        process.compose(WISH, 1, Context())


def notes_of(pitch: int, instrument: Instrument) -> tuple[NoteContent, Track]:
    content = NoteContent(tuple(NoteEvent(Fraction(beat), Fraction(1), pitch) for beat in range(4)))
    return content, Track("k", "Notes", role="lead", instrument=instrument)


def sound_of(content: NoteContent, track: Track, play: NotePlayer) -> np.ndarray:
    clock = Clock.steady(RATE, Fraction(120))
    return np.concatenate(list(note_sound.render(content, 0, 4 * RATE, clock, track, play=play)))


def test_notes_sound_as_they_do_here_while_a_piece_is_composed(composer: ComposerProcess) -> None:
    content, track = notes_of(69, Instrument("saw", None, "saw", room=0.2, echo=0.3))
    pieces: list[Performance] = []
    other = threading.Thread(target=lambda: pieces.extend(composer.compose(WISH, 1, Context(), rate=RATE)))
    other.start()
    there = sound_of(content, track, composer.play_notes)
    other.join()
    np.testing.assert_array_equal(there, sound_of(content, track, note_sound.play_here))
    assert len(pieces) == 1


def test_notes_that_cannot_be_played_are_a_sentence_and_a_cancel_ends_them(composer: ComposerProcess) -> None:
    content, track = notes_of(69, Instrument("theremin", None, "theremin"))
    with pytest.raises(AudioFileError, match="“Notes” cannot be played: there is no instrument “theremin”"):
        sound_of(content, track, composer.play_notes)

    def cancelled() -> None:
        raise Cancelled

    content, track = notes_of(69, Instrument("saw", None, "saw"))
    with pytest.raises(Cancelled):
        list(
            note_sound.render(
                content, 0, RATE, Clock.steady(RATE, Fraction(120)), track, cancelled, composer.play_notes
            )
        )
    assert sound_of(content, track, composer.play_notes).any()


def test_a_process_that_dies_while_it_plays_notes_is_started_again() -> None:
    content, track = notes_of(69, Instrument("saw", None, "saw"))
    process = ComposerProcess()
    killed: list[int] = []

    def kill() -> None:
        if not killed and process.pid is not None:
            killed.append(process.pid)
            psutil.Process(process.pid).kill()

    try:
        clock = Clock.steady(RATE, Fraction(120))
        blocks = list(note_sound.render(content, 0, RATE, clock, track, kill, process.play_notes))
        assert np.abs(np.concatenate(blocks)).max() > 0.01
        assert killed
        assert process.pid not in (None, *killed)
    finally:
        process.close()


def test_composing_gives_way_to_what_plays_changed_notes(composer: ComposerProcess) -> None:
    composer.compose(WISH, 1, Context(), rate=RATE)
    own, tasks = os.getpriority(os.PRIO_PROCESS, 0), Path(f"/proc/{composer.pid}/task")
    threads = [int(each.name) for each in tasks.iterdir()] if tasks.is_dir() else [composer.pid or 0]
    assert max(os.getpriority(os.PRIO_PROCESS, each) for each in threads) == max(own, 5)
    if tasks.is_dir():  # where a thread has a priority of its own, the others keep theirs
        assert psutil.Process(composer.pid).nice() == own
