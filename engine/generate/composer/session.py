"""A composed stream without end: an ever longer form, played step by step; a new wish is heard from the next step.

A step is a bar, or a felt beat if asked.

What was streamed is its notes: `ComposerSession.takes` are the scores of what was played, one for every wish, and
`played` renders them to the same samples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from engine.compose.arrange import composed
from engine.compose.render import TAIL, PartStream, bars_of
from engine.compose.rhythm import EARLIEST
from engine.compose.score import Part, Score
from engine.compose.strip import BLOCK
from engine.compose.wish import Wish, parse_sections
from engine.generate.interface import Chunk, Settings
from engine.jobs import Context
from engine.music.guide import LONGEST

_ERAS = (
    "verse 8, chorus 8, verse 8, chorus 8",
    "bridge 8, verse 8, chorus 8, chorus 8",
    "break 4, build 4, chorus 8, verse 8, chorus 8",
)
"""The form, era after era, for ever."""
_HELD = 1e-3  # quarter notes before the end of an era, until which a curve stays where it was
_THEMES = 3  # sets of tunes that take turns, so that what was heard returns


@dataclass(frozen=True, slots=True)
class SealedTake:
    """What was played for one wish: its score as far as it was heard, and the frame of its first beat.

    step: quarter notes after which one could have changed the wish.
    """

    score: Score
    origin: int
    step: float


@dataclass(frozen=True, slots=True)
class _State:
    """Where a stream stands; immutable but for the streams, which are copied."""

    wish: Wish
    prompt: str
    era: Score
    eras: int
    step: float  # quarter notes
    at: int  # step of the era, the next one
    before: float  # quarter notes of the eras before
    origin: int
    streams: tuple[tuple[str, PartStream], ...]
    ringing: tuple[PartStream, ...]  # of wishes before
    takes: tuple[SealedTake, ...]  # of wishes before
    notes: tuple[Score, ...]  # the eras of this wish, each at its place
    frame: int  # the next one that comes out
    index: int


class ComposerSession:
    """A stream in progress; see `interface.Session`."""

    def __init__(
        self,
        wish: Wish,
        prompt: str,
        rate: int,
        read: Callable[[str], tuple[Wish, list[str]]],
        *,
        by_beat: bool = False,
    ) -> None:
        """`read` understands a new prompt, which is heard from the next bar, or `by_beat` from the next beat."""
        self.rate = rate
        self._read, self._by_beat = read, by_beat
        self._notices: list[str] = []
        era = _shifted(_composed(wish, 0, 0.0), 0.0)
        self._state = _State(wish, prompt, era, 0, self._step(era), 0, 0.0, 0, (), (), (), (era,), 0, 0)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know."""
        return tuple(dict.fromkeys(self._notices))

    def note(self, sentences: Sequence[str]) -> None:
        """Keeps what the user should know."""
        self._notices += sentences

    @property
    def next_seconds(self) -> float:
        """Longest duration of the next chunk in seconds, if it is the last."""
        era = self._state.era
        return era.bar * era.quarter_seconds + TAIL + 2 * BLOCK / self.rate

    @property
    def takes(self) -> tuple[SealedTake, ...]:
        """The scores of what was played so far."""
        state = self._state
        return (*state.takes, SealedTake(_sealed(state), state.origin, state.step))

    def _step(self, era: Score) -> float:
        return era.beat if self._by_beat else era.bar

    def mark(self) -> object:
        """The present state."""
        return _copied(self._state)

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        assert isinstance(mark, _State)
        self._state = _copied(mark)

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        """The next step; after an error or a cancel the stream stands where it stood."""
        began = perf_counter()
        context.check()
        state = _copied(self._state)
        if settings.prompt != state.prompt:
            state = self._turned(state, settings.prompt)
        state, ready = self._pushed(state)
        if last:
            ready += int(TAIL * self.rate)
        ready = max(ready // BLOCK * BLOCK, state.frame)
        if last:
            ready += BLOCK
        streams = [*state.ringing, *(stream for _, stream in state.streams)]
        samples = np.zeros((2, ready - state.frame), np.float32)
        for stream in streams:
            context.check()
            at = 0
            for block in stream.pull(ready):
                samples[:, at : at + BLOCK] += block
                at += BLOCK
        chunk = Chunk(
            state.index, state.frame, np.ascontiguousarray(samples.T), self.rate, settings, 1, perf_counter() - began,
            {"compose": perf_counter() - began}, last,
        )  # fmt: skip
        ringing = tuple(stream for stream in state.ringing if not stream.over)
        self._state = replace(state, frame=ready, index=state.index + 1, ringing=ringing)
        return chunk

    def _turned(self, state: _State, prompt: str) -> _State:
        """The state with a new wish from the step that comes next."""
        wish, notices = self._read(prompt)
        self._notices += notices
        wish = replace(wish, seed=state.wish.seed)
        quarter = state.era.quarter_seconds * self.rate
        origin = state.origin + round((state.before + state.at * state.step) * quarter)
        era = _shifted(_composed(wish, 0, origin / self.rate), 0.0)
        ringing = (*state.ringing, *(stream for _, stream in state.streams))
        for stream in ringing:
            stream.close()
        takes = (*state.takes, SealedTake(_sealed(state), state.origin, state.step))
        return _State(
            wish, prompt, era, 0, self._step(era), 0, 0.0, origin, (), ringing, takes, (era,), state.frame, state.index
        )  # fmt: skip

    def _pushed(self, state: _State) -> tuple[_State, int]:
        """The state after the notes of one more step, and the frame up to which everything is known."""
        era, step = state.era, state.step
        if state.at >= round(era.length / step):
            eras = state.eras + 1
            begin = state.before + era.length
            seconds = state.origin / self.rate + begin * era.quarter_seconds
            following = _shifted(_composed(state.wish, eras, seconds), begin)
            state = replace(
                state, era=following, eras=eras, at=0, before=state.before + era.length,
                notes=(*state.notes, following),
            )  # fmt: skip
            era = following
        streams = dict(state.streams)
        count = round((state.before + era.length) / step)
        for part in era.parts:
            if part.name not in streams:
                streams[part.name] = PartStream(part, era, self.rate, first=state.frame, origin=state.origin)
            notes = bars_of(part, step, count)[round(state.before / step) + state.at]
            streams[part.name].push(notes, _after(state.notes, part))
        state = replace(state, streams=tuple(streams.items()), at=state.at + 1)
        done = state.before + state.at * step - EARLIEST
        return state, state.origin + int(done * era.quarter_seconds * self.rate)


def played(takes: Sequence[SealedTake], rate: int, frames: int) -> np.ndarray:
    """The sound of sealed takes, (2, frames): the samples that were streamed."""
    out = np.zeros((2, -(-frames // BLOCK) * BLOCK), np.float32)
    streams = []
    for number, take in enumerate(takes):
        score = take.score
        count = max(1, round(score.length / take.step))
        for part in score.parts:
            stream = PartStream(part, score, rate, first=_first(part, take, rate), origin=take.origin)
            for notes in bars_of(part, take.step, count):
                stream.push(notes, part)
            if number < len(takes) - 1:
                stream.close()
            streams.append((_first(part, take, rate), stream))
    for first, stream in streams:
        at = first // BLOCK * BLOCK
        for block in stream.pull(out.shape[1]):
            out[:, at : at + BLOCK] += block
            at += BLOCK
    return out[:, :frames]


def _first(part: Part, take: SealedTake, rate: int) -> int:
    """A frame at the start of the take, from which the part's strip runs."""
    return max(0, take.origin - round(EARLIEST * take.score.quarter_seconds * rate)) // BLOCK * BLOCK


def _composed(wish: Wish, era: int, seconds: float) -> Score:
    """An era that begins so many seconds after the stream's beginning, from which the wish's guide counts."""
    wish = replace(wish, guide=wish.guide.between(seconds, LONGEST)) if seconds > 0 and wish.guide else wish
    sections = parse_sections(_ERAS[era % len(_ERAS)])
    names = ("drums", "percussion", "bass", "chords", "pad", "arp", "lead", "counter")
    rolls = dict.fromkeys(names, era % _THEMES)
    return composed(replace(wish, sections=wish.sections if era == 0 and wish.sections else sections), rolls=rolls)


def _shifted(score: Score, by: float) -> Score:
    """The score, later by so many quarter notes."""

    def held(curve: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        return (
            (*curve, (score.length - _HELD, curve[-1][1])) if curve and curve[-1][0] < score.length - _HELD else curve
        )

    def later(part: Part) -> Part:
        return replace(
            part,
            notes=tuple(note._replace(start=note.start + by) for note in part.notes),
            bends=tuple((time + by, value) for time, value in part.bends),
            expression=tuple((time + by, value) for time, value in held(part.expression)),
            pedal=tuple((down + by, up + by) for down, up in part.pedal),
        )

    return replace(
        score,
        parts=tuple(later(part) for part in score.parts),
        chords=tuple(replace(chord, start=chord.start + by) for chord in score.chords),
        sections=tuple(replace(section, start=section.start + by) for section in score.sections),
    )


def _after(eras: Sequence[Score], part: Part) -> Part:
    """A part of the last era with the curves of the one before, from whose end its own go on."""
    before = next((each for each in eras[-2].parts if each.name == part.name), None) if len(eras) > 1 else None
    if before is None:
        return part
    return replace(part, bends=before.bends + part.bends, expression=before.expression + part.expression)


def _sealed(state: _State) -> Score:
    """One score of all steps of this wish that were played."""
    end = state.before + state.at * state.step
    parts: dict[str, Part] = {}
    for score in state.notes:
        for part in score.parts:
            before = parts.get(part.name)
            parts[part.name] = (
                part
                if before is None
                else replace(
                    before,
                    notes=before.notes + part.notes,
                    bends=before.bends + part.bends,
                    expression=before.expression + part.expression,
                    pedal=before.pedal + part.pedal,
                )
            )
    played = tuple(replace(each, notes=tuple(n for n in each.notes if n.start < end - 1e-6)) for each in parts.values())
    return replace(
        state.notes[0],
        parts=played,
        chords=tuple(chord for score in state.notes for chord in score.chords if chord.start < end - 1e-6),
        sections=tuple(section for score in state.notes for section in score.sections if section.start < end - 1e-6),
        length=max(end, state.era.bar),
    )


def _copied(state: _State) -> _State:
    streams = tuple((name, stream.copied()) for name, stream in state.streams)
    return replace(state, streams=streams, ringing=tuple(stream.copied() for stream in state.ringing))
