"""The composer's process: real, with short pieces."""

import numpy as np
import psutil
import pytest

from engine.compose.performance import performed_part
from engine.compose.variants import Variant
from engine.compose.wish import Wish
from engine.compose.worker import arrangements
from engine.errors import Cancelled, EngineError
from engine.jobs import Context
from engine.studio.composer import ComposerProcess
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
