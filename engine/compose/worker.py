"""The composer's process: composes and plays what it is asked for, one order after another.

The SoundFont takes seconds to load and holds Python's lock meanwhile, so the window keeps it out of its own process.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from engine.compose.arrange import composed
from engine.compose.files import performance_values
from engine.compose.orders import (
    ANSWERS,
    QUESTIONS,
    AddPart,
    Cancel,
    Compose,
    Failed,
    Finished,
    Played,
    PlayNotes,
    PlayPart,
    Prepare,
    Progress,
    Sounded,
    Stopped,
    WarmNotes,
)
from engine.compose.performance import performed, performed_part
from engine.compose.piece import Performance, Variant
from engine.compose.render import BarCache, play_alone
from engine.compose.score import Score, score_from
from engine.compose.soundfont import find_soundfont, open_soundfont
from engine.compose.strip_cache import StripCache
from engine.compose.variants import with_role
from engine.compose.wish import Wish
from engine.errors import EngineError
from engine.ipc import Parent
from engine.jobs import Context, Job, JobState, Runner
from engine.music.keys import Key

_NICE = 5  # of what composes: the player goes first, and changed notes, which are waited for while it plays
_BAR_BYTES = 96 << 20  # of bars of notes that were played last
_STRIP_BYTES = 256 << 20  # of what their strips answered
_TRIES = 24  # seeds that are looked at for an arrangement with the same parts
_FAR = 7919  # between the seeds of takes, so that two orders in a row share none

_WARMING = Wish(genre="hip hop", bars=1, roles=("drums", "bass", "chords"), seed=1)
"""What is played while the process starts."""

Send = Callable[[Any], None]


class Composing:
    """Carries out questions. `ask` is called by one thread; two others do the work, each one order after the other."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._bars, self._strips = BarCache(_BAR_BYTES), StripCache(_STRIP_BYTES)
        self._jobs: dict[int, tuple[Runner, Job]] = {}
        self._warming: dict[int, tuple[Runner, Job]] = {}
        composing = Runner(self._changed, name="composing")
        playing = Runner(self._changed, name="playing")  # changed notes are heard while a piece is composed
        self._runners = (composing, playing)
        self._work: dict[type, tuple[Runner, Callable[[Any, Context], None]]] = {
            Prepare: (composing, self._prepare),
            Compose: (composing, self._compose),
            PlayPart: (composing, self._play),
            AddPart: (composing, self._add),
            PlayNotes: (playing, self._play_notes),
            WarmNotes: (playing, self._warm_notes),
        }

    def ask(self, question: Any) -> None:
        """Carries one of `QUESTIONS` out, or has it carried out."""
        if isinstance(question, Cancel):
            if question.number in self._jobs:
                runner, job = self._jobs[question.number]
                runner.cancel(job)
            return
        runner, work = self._work[type(question)]
        if isinstance(question, PlayNotes):
            for runner_of, warming in self._warming.values():
                runner_of.cancel(warming)
            self._warming.clear()
        job = runner.submit(str(question.number), lambda context: work(question, context))
        self._jobs[question.number] = runner, job
        if isinstance(question, WarmNotes):
            self._warming[question.number] = runner, job

    def close(self) -> None:
        """Ends everything."""
        for runner in self._runners:
            runner.close(1.0)

    def _changed(self, job: Job) -> None:
        number = int(job.title)
        if job.state is JobState.RUNNING:
            self._send(Progress(number, job.share, job.text))
        elif job.over:
            self._jobs.pop(number, None)
            if job.state is JobState.DONE:
                self._send(Finished(number))
            else:
                self._send(Stopped(number) if job.state is JobState.CANCELLED else Failed(number, job.error))

    def _prepare(self, question: Prepare, context: Context) -> None:
        """Loads the SoundFont, and plays a bar to nobody: what a first piece loads takes as long as playing it."""
        _stand_back()
        open_soundfont(find_soundfont())
        performed(_WARMING, check=context.check)

    def _compose(self, question: Compose, context: Context) -> None:
        _stand_back()
        wish = Wish.from_dict(dict(question.wish))
        takes, seed = question.takes, question.seed
        wishes = arrangements(wish, takes) if seed is None else further_arrangements(wish, takes, seed)
        for index, each in enumerate(wishes):
            context.progress(index / question.takes, "Composing" if index == 0 else f"Composing take {index + 1}")
            self._send(_sent(question.number, performed(each, rate=question.rate, check=context.check)))

    def _play(self, question: PlayPart, context: Context) -> None:
        _stand_back()
        context.progress(0.0, "Composing")
        self._send_part(question, Wish.from_dict(dict(question.wish)), question.variant, context)

    def _add(self, question: AddPart, context: Context) -> None:
        _stand_back()
        context.progress(0.0, "Composing")
        wish = Wish.from_dict(dict(question.wish))
        wish, label = with_role(wish, composed(wish), question.role)
        self._send_part(question, wish, Variant(label), context)

    def _play_notes(self, question: PlayNotes, context: Context) -> None:
        for block in self._blocks(question, context):
            self._send(Sounded(question.number, block))

    def _warm_notes(self, question: WarmNotes, context: Context) -> None:
        for _ in self._blocks(question, context):
            pass

    def _blocks(self, question: PlayNotes | WarmNotes, context: Context) -> Iterator[np.ndarray]:
        score = score_from(dict(question.score))
        part, rate, font = score.parts[0], question.rate, question.soundfont
        return play_alone(part, score, rate, font, context.check, self._bars, self._strips)

    def _send_part(self, question: PlayPart | AddPart, wish: Wish, variant: Variant, context: Context) -> None:
        performance = performed_part(
            wish, variant, question.rolls, question.gain_db, rate=question.rate, check=context.check
        )
        self._send(_sent(question.number, performance))


def arrangements(wish: Wish, takes: int) -> Iterator[Wish]:
    """The wish, and others for further takes: in the same style, key and form, with the same parts.

    Raises:
        EngineError: the wish cannot be met, or nothing else with its parts was found.
    """
    yield wish
    if takes > 1:
        yield from further_arrangements(wish, takes - 1, wish.seed + _FAR)


def further_arrangements(wish: Wish, takes: int, seed: int) -> Iterator[Wish]:
    """Further takes of a wish, as `arrangements` has them; the first has this seed, or one soon after it.

    Raises:
        EngineError: the wish cannot be met, or nothing else with its parts was found.
    """
    first = composed(wish)
    shared = replace(
        wish,
        genre=first.genre,
        mood=first.mood,
        tempo=first.tempo,
        key=Key(first.tonic, first.mode),
        signature=first.signature,
    )
    labels = _labels(first)
    for take in range(takes):
        seeds = (seed + _FAR * take + number for number in range(_TRIES))
        candidates = (replace(shared, seed=seed, bars=_bars(first), sections=wish.sections) for seed in seeds)
        candidate = next((each for each in candidates if _labels(composed(each)) == labels), None)
        if candidate is None:
            raise EngineError("No further take with the same parts was found: name the parts, or ask for one take.")
        yield candidate


def _labels(score: Score) -> set[str]:
    return {part.name for part in score.parts}


def _bars(score: Score) -> int:
    return round(score.length / score.bar)


def _sent(number: int, performance: Performance) -> Played:
    return Played(number, performance_values(performance), performance.sound.stems, performance.sound.rate)


def _stand_back() -> None:
    """Lets this thread, and those that it starts, give way to others; where only whole processes can, `main` did."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), _NICE))


def main() -> None:
    """Runs the process."""
    parent = Parent(sends=ANSWERS, receives=QUESTIONS)
    if hasattr(os, "nice") and sys.platform != "linux":
        os.nice(_NICE)
    composing = Composing(parent.send)
    with suppress(KeyboardInterrupt):
        for question in parent.messages():
            composing.ask(question)
    composing.close()


if __name__ == "__main__":
    main()
