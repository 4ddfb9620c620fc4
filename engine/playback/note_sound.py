"""The sound of notes: their recipe (notes, instrument, tempo, rate), and the file that an instrument plays from it.

The sound begins with beat 0 of the content and ends when the last note has died away; the clip plays a stretch of it.
Where one tempo holds, clips with the same notes share one sound, wherever they lie.
"""

import hashlib
import math
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.errors import AudioFileError, ModelError, shown
from engine.paths import SOUNDFONT_VARIABLE
from engine.project.model import DEFAULT_INSTRUMENT, Clip, Instrument, NoteContent, Track
from engine.project.model.content import Stretch
from engine.project.model.note_turns import turns_differ, written_out
from engine.safe_files import fingerprint, is_regular
from engine.timing.clock import Clock
from engine.timing.signature import Signature

if TYPE_CHECKING:
    from engine.compose.score import Part, Score

_VERSION = 1
"""Of how notes become sound: a higher one makes all of it again."""

_DIGITS = 32
_VIBRATO = 5.5  # Hz, of the modulation wheel
_VIBRATO_DEPTH = 0.5  # semitones to either side at its full value
_VIBRATO_STEPS = 8  # of each period


class Timing(NamedTuple):
    """When the beats of a content sound.

    origin: the song's beat of its beat 0, where the tempo changes during it; None where one tempo holds. tempo: quarter
    notes a minute there, and signature: the time signature there.
    """

    origin: Fraction | None
    tempo: Fraction
    signature: Signature


def timing_of(content: NoteContent, start: int, clock: Clock) -> Timing:
    """When the beats of a content sound whose clip starts at frame `start` of the song."""
    origin = clock.simple_beat_at(content.origin(start))
    signature = clock.tempo_map.bar_at(origin).signature
    stretches = clock.tempo_map.stretches
    first = clock.tempo_map.stretch_at(origin)
    following = stretches[stretches.index(first) + 1 :]
    steady = not first.slope and (not following or following[0].beat >= origin + content.end)
    return Timing(None if steady and (origin >= 0 or len(stretches) == 1) else origin, first.bpm, signature)


def played(content: NoteContent, start: int, length: int, clock: Clock) -> NoteContent:
    """What a clip plays that starts at frame `start` and has `length` frames.

    A loop over which the tempo changes is played turn by turn, each at its own tempo; all else as it is.
    """
    return written_out(content, start, length, clock) if turns_differ(content, start, length, clock) else content


def part_played(content: NoteContent, start: int, length: int, clock: Clock) -> Stretch:
    """What a clip plays of the sound of what is `played`."""
    part = content.stretch
    return Stretch("", part.loop_phase) if turns_differ(content, start, length, clock) else part


def recipe_of(content: NoteContent, start: int, length: int, clock: Clock, track: Track) -> str:
    """The hash of all that decides how the notes of a clip sound; for the arguments see `played`."""
    instrument = instrument_of(content, track)
    timing = timing_of(content, start, clock)
    turns: tuple[int, ...] = ()
    if turns_differ(content, start, length, clock):
        timing = timing._replace(origin=clock.simple_beat_at(content.origin(start)))
        turns = (content.offset, content.loop_length, content.loop_phase, length)
    digest = hashlib.sha256()
    parts = [_VERSION, clock.rate, timing, instrument, track.role, os.environ.get(SOUNDFONT_VARIABLE, "")]
    if timing.origin is not None:
        parts.append(clock.tempo_map.tempos)
    if turns:
        parts.append(turns)
    if font := instrument.soundfont or os.environ.get(SOUNDFONT_VARIABLE):
        parts.append(fingerprint(Path(font).expanduser()))
    digest.update(repr(parts).encode("utf-8", "surrogatepass"))
    digest.update(_DIGESTS.of(content))
    return digest.hexdigest()[:_DIGITS]


class _Digests:
    """The hashes of the contents asked for last, found by identity."""

    KEPT = 4096

    def __init__(self) -> None:
        self._found: OrderedDict[int, tuple[tuple[object, ...], bytes]] = OrderedDict()

    def of(self, content: NoteContent) -> bytes:
        """The hash of a content's notes and curves."""
        values = (content.notes, content.bend, content.modulation, content.sustain, content.expression)
        key = id(content.notes)
        sound = self._found.get(key)
        if sound and all(a is b for a, b in zip(sound[0], values, strict=True)):
            return sound[1]
        plain = [[astuple(item) for item in value] for value in values]
        digest = hashlib.sha256(repr(plain).encode()).digest()
        self._found[key] = (values, digest)
        while len(self._found) > self.KEPT:
            self._found.popitem(last=False)
        return digest


_DIGESTS = _Digests()


NotePlayer = Callable[["Part", "Score", int, Path | None, Callable[[], None] | None], Iterable[np.ndarray]]
"""Plays one part alone: part, score, Hz, SoundFont if not the usual one, check → blocks (2, frames) of its sound.

`engine.compose.render.play_alone` does it here; the composer's process does it beside the window.
"""


def play_here(
    part: "Part", score: "Score", rate: int, soundfont: Path | None, check: Callable[[], None] | None
) -> Iterable[np.ndarray]:
    """Plays a part in this process."""
    from engine.compose.render import play_alone

    return play_alone(part, score, rate, soundfont, check)


def render(
    content: NoteContent,
    start: int,
    length: int,
    clock: Clock,
    track: Track,
    check: Callable[[], None] | None = None,
    play: NotePlayer = play_here,
) -> Iterator[np.ndarray]:
    """The sound of the notes, block by block, float32 (frames, 2); begins at beat 0 of what is `played`.

    Args:
        content: the notes.
        start: the frame of the song at which their clip starts.
        length: the frames of their clip.
        clock: the song's.
        track: whose instrument plays.
        check: called between the bars; raises where the user cancelled.
        play: what plays them.

    Raises:
        AudioFileError: the instrument cannot be played; the sentence says why.
    """
    instrument = instrument_of(content, track)
    part, score = _score(played(content, start, length, clock), start, clock, track, instrument)
    try:
        for block in play(part, score, clock.rate, _soundfont(instrument), check):
            yield block.T
    except ModelError as error:
        raise AudioFileError(f"The notes on “{track.name}” cannot be played: {error}") from error


def instrument_of(content: NoteContent, track: Track) -> Instrument:
    """What plays the notes of a clip on `track`."""
    return content.instrument or track.instrument or DEFAULT_INSTRUMENT


def names_soundfont(clip: Clip, track: Track) -> bool:
    """Whether what a clip plays depends on a file of the user's that may change."""
    contents = (take.content for take in clip.takes)
    fonts = (instrument_of(each, track).soundfont for each in contents if isinstance(each, NoteContent))
    return SOUNDFONT_VARIABLE in os.environ or any(fonts)


def _soundfont(instrument: Instrument) -> Path | None:
    """The user's SoundFont that an instrument names; None for the bundled one.

    Raises:
        AudioFileError: there is no such file.
    """
    if not instrument.soundfont:
        return None
    path = Path(instrument.soundfont).expanduser()
    if path.suffix.lower() not in (".sf2", ".sf3") or not is_regular(path):
        raise AudioFileError(
            f"The SoundFont “{shown(path)}” of “{instrument.name}” is missing: put it back, or choose another "
            "instrument."
        )
    return path


def _score(
    content: NoteContent, start: int, clock: Clock, track: Track, instrument: Instrument
) -> "tuple[Part, Score]":
    """The notes as a part of a score with one tempo: where the song's changes, times are bent so that frames agree."""
    from engine.compose.score import Part, Score
    from engine.music.notes import Note

    timing = timing_of(content, start, clock)
    quarter = 60.0 / float(timing.tempo)  # seconds
    placed = _placed(timing, content.origin(start), clock, quarter)
    notes = []
    for note in content.notes:
        onset = float(note.start)
        if timing.origin is None:
            notes.append(Note(onset, float(note.length), note.pitch, note.velocity, note.offset))
        else:
            begin, played = placed(onset), placed(onset + note.offset)
            length = placed(float(note.end) + note.offset) - played
            notes.append(Note(begin, length, note.pitch, note.velocity, played - begin))
    part = Part(
        name="notes",
        role=_played_role(track.role, instrument),
        instrument=instrument.name,
        family="",
        program=instrument.program,
        patch=instrument.patch,
        notes=tuple(sorted(notes, key=lambda note: note.onset)),
        level_db=instrument.level_db,
        trim_db=instrument.trim_db,
        pan=instrument.pan,
        room=instrument.room,
        echo=instrument.echo,
        chorus=instrument.chorus,
        drive=instrument.drive,
        tilt_db=instrument.tilt_db,
        image=instrument.image,
        width=instrument.width,
        bends=_bends(content, placed, quarter),
        expression=tuple((placed(point.beat), point.value) for point in content.expression),
        pedal=tuple((placed(down), placed(up)) for down, up in _pedal(content)),
    )
    last = max((note.end for note in notes), default=0.0)
    score = Score(
        0, "", "", float(timing.tempo), timing.signature, 0, "major", 0.0, 0.5, (), (), (part,), last,
        reverb_seconds=instrument.room_seconds, gain_db=instrument.gain_db,
    )  # fmt: skip
    return part, replace(score, tempo=float(timing.tempo) / score.beat)  # a score's tempo counts felt beats


def _placed(timing: Timing, origin: int, clock: Clock, quarter: float) -> Callable[[float], float]:
    """From a beat of the content to where it lies in quarter notes of one tempo."""
    first = timing.origin
    if first is None:
        return lambda beat: beat
    per_quarter = quarter * clock.rate

    def placed(beat: float) -> float:
        return (clock.frame_at(first + Fraction(beat).limit_denominator(1 << 20)) - origin) / per_quarter

    return placed


def _played_role(role: str, instrument: Instrument) -> str:
    """The role by which a part is played: that of drums exactly where the instrument is a kit."""
    percussive = role in ("drums", "percussion")
    if instrument.drums:
        return role if percussive else "drums"
    return "" if percussive else role


def _pedal(content: NoteContent) -> Iterator[tuple[float, float]]:
    """When the sustain pedal is down, in beats: (from, to)."""
    down: float | None = None
    for point in content.sustain:
        if point.value >= 0.5 and down is None:
            down = point.beat
        elif point.value < 0.5 and down is not None:
            yield down, point.beat
            down = None
    if down is not None:
        yield down, max(float(content.end), down) + 1.0


def _bends(content: NoteContent, placed: Callable[[float], float], quarter: float) -> tuple[tuple[float, float], ...]:
    """The bends with the vibrato of the modulation wheel: (quarter notes, semitones), each until the next."""
    bends = [(placed(point.beat), point.semitones) for point in content.bend]
    if not any(point.value for point in content.modulation):
        return tuple(bends)
    waves = list(_vibrato(content, placed, quarter))
    times = sorted({time for time, _ in bends} | {time for time, _ in waves})
    bent, waved = _held(bends, times), _held(waves, times)
    return tuple((time, a + b) for time, a, b in zip(times, bent, waved, strict=True))


def _vibrato(content: NoteContent, placed: Callable[[float], float], quarter: float) -> Iterator[tuple[float, float]]:
    step = 1 / (_VIBRATO * _VIBRATO_STEPS * quarter)  # quarter notes
    end = placed(float(content.end))
    for point, after in zip(content.modulation, [*content.modulation[1:], None], strict=True):
        begin, until = placed(point.beat), min(placed(after.beat), end) if after else end
        if not point.value:
            yield begin, 0.0
            continue
        for number in range(max(math.ceil((until - begin) / step), 1)):
            phase = 2 * math.pi * number / _VIBRATO_STEPS
            yield begin + number * step, _VIBRATO_DEPTH * point.value * math.sin(phase)


def _held(points: list[tuple[float, float]], times: list[float]) -> list[float]:
    """The values at `times` of points, each of which holds until the next; 0 before the first."""
    spans, index, value = [], 0, 0.0
    for time in times:
        while index < len(points) and points[index][0] <= time:
            value = points[index][1]
            index += 1
        spans.append(value)
    return spans
