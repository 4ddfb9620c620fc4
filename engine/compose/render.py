"""Plays a score: every part through its own strip into a stem; the mix is the sum of the stems.

A part is played bar by bar: the notes that belong to a bar sound until they have died away, and bars add up. So a
piece that grows (`PartStream`) gives the same samples as the finished score (`stem`). A stretch of a piece begins with
the bars whose notes still sound there.

`render_stems` is what the composer hands out: stems with static gains alone. `render` masters the sum, too, with the
glue, the ducking and the limiter of a finished record: what models are trained on.
"""

import copy
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.compose import drums, effects, imaging, synth
from engine.compose.piece import Rendering
from engine.compose.rhythm import EARLIEST
from engine.compose.score import Part, Score
from engine.compose.soundfont import Event, find_soundfont, open_soundfont
from engine.compose.strip import AT_ONCE, BLOCK, Strip
from engine.compose.strip_cache import CachedStrip, StripCache
from engine.errors import ModelError
from engine.loudness import integrated_loudness
from engine.music.notes import Note
from engine.safe_files import fingerprint

PREROLL = 1.5
TAIL = 2.0
"""Seconds after the last bar of a stretch, in which nearly everything dies away."""
_RELEASE = 0.5  # seconds in which a last note ends, before its room does
_ROOM_FALLS = 1.1  # of the time in which a room falls by 60 dB: its response ends then (`effects.room_response`)
_CEILING = 0.94
_RESERVE = 4  # seconds in which most last notes die away
_LONGEST_TAIL = 20.0  # seconds after a part's last note
_THREADS = 2


class BarCache:
    """The dry sound of bars that were played last, so that a part with one changed bar is soon played again.

    Any thread.
    """

    def __init__(self, most: int) -> None:
        """Holds `most` bytes."""
        self._most, self._bytes = most, 0
        self._sounds: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, play: Callable[[], np.ndarray]) -> np.ndarray:
        """The sound under `key`, played now if it is not there. Nobody writes into it."""
        with self._lock:
            if (sound := self._sounds.get(key)) is not None:
                self._sounds.move_to_end(key)
                return sound
        sound = play()
        sound.flags.writeable = False
        with self._lock:
            if key not in self._sounds:
                self._sounds[key] = sound
                self._bytes += sound.nbytes
            while self._bytes > self._most:
                self._bytes -= self._sounds.popitem(last=False)[1].nbytes
        return sound


class PartStream:
    """A part that is played while it is being written: notes go in bar by bar, blocks of the stem come out.

    The bars come in order; a note belongs to the bar in which its grid place lies.
    """

    def __init__(
        self,
        part: Part,
        score: Score,
        rate: int,
        soundfont: str | Path | None = None,
        first: int = 0,
        origin: int = 0,
        bars: BarCache | None = None,
        strips: StripCache | None = None,
    ) -> None:
        """Begins at the block that holds frame `first` of the whole; the score's own first beat is at `origin`.

        What `bars` holds is not played again, and what `strips` hold does not go through the strip again.
        """
        self._part, self._rate, self._soundfont, self._bars = part, rate, soundfont, bars
        self._quarter = score.quarter_seconds * rate
        self._origin = origin
        self._strip: Strip | CachedStrip = Strip(
            part, quarter_seconds=score.quarter_seconds, room_seconds=score.reverb_seconds, gain_db=score.gain_db,
            rate=rate,
        )  # fmt: skip
        if strips is not None:
            plain = replace(part, notes=(), bends=(), pedal=())  # which decide what goes in
            key = plain, score.quarter_seconds, score.reverb_seconds, score.gain_db, rate
            self._strip = strips.strip(key, self._strip)
        self._at = first // BLOCK * BLOCK  # the first frame that has not come out yet
        self._dry = np.zeros((2, 0), np.float32)  # from that frame on
        self._last = self._at  # where the last note has died away
        self._closed = False

    def copied(self) -> "PartStream":
        """One that goes its own way from here."""
        other = copy.copy(self)
        other._dry, other._strip = self._dry.copy(), self._strip.copied()
        return other

    def close(self) -> None:
        """No more notes will come: when the last one has died away, silence comes out."""
        self._closed = True

    @property
    def end(self) -> int:
        """The frame from which on only silence comes out, if no more notes come."""
        return self._last + self._strip.memory

    @property
    def over(self) -> bool:
        """Whether only silence will come out."""
        return self._closed and self._at >= self.end

    def reserve(self, frames: int) -> None:
        """Makes room for so many frames to come, which is sooner done at once than as they come."""
        missing = frames - self._dry.shape[1]
        if missing > 0:
            self._dry = np.concatenate((self._dry, np.zeros((2, missing), np.float32)), axis=1)

    def push(self, notes: Sequence[Note], part: Part | None = None) -> None:
        """Takes the notes of the next bar, and the part with its curves up to the end of that bar."""
        if part is not None:
            self._part = part
            self._strip.follow(part)
        if not notes:
            return
        events, begin = self._events(notes)
        sound = self._dry_sound(events, begin)
        self._last = max(self._last, begin + sound.shape[1])
        start = begin - self._at
        if start < 0:  # cut off by where a stretch begins
            sound, start = sound[:, -start:], 0
        end = start + sound.shape[1]
        if end > self._dry.shape[1]:
            grown = np.zeros((2, max(end, 2 * self._dry.shape[1])), np.float32)
            grown[:, : self._dry.shape[1]] = self._dry
            self._dry = grown
        self._dry[:, start:end] += sound

    def pull(self, frame: int) -> Iterator[np.ndarray]:
        """The blocks (2, BLOCK) of the stem that end at `frame` of the piece or before."""
        while (count := (frame - self._at) // BLOCK) > 0:
            if self.over:
                self._at += BLOCK
                yield np.zeros((2, BLOCK), np.float32)
                continue
            if self._closed:
                count = min(count, -(-(self.end - self._at) // BLOCK))
            size = min(count, AT_ONCE) * BLOCK
            dry = self._dry[:, :size]
            if dry.shape[1] < size:
                dry = np.concatenate((dry, np.zeros((2, size - dry.shape[1]), np.float32)), axis=1)
            sound = self._strip.advance(dry, self._at - self._origin)
            self._dry = self._dry[:, size:]
            self._at += size
            for start in range(0, size, BLOCK):
                yield sound[:, start : start + BLOCK]

    def _events(self, notes: Sequence[Note]) -> tuple[list[Event], int]:
        """The notes in frames from the first one's, and that one's frame."""
        scale = self._quarter
        pedal = self._part.pedal
        events = []
        for note in notes:
            frame, end = self._origin + round(note.onset * scale), note.end
            for down, up in pedal:
                if down - 0.06 <= note.start < up and end < up:
                    end = up
                    break
            events.append((frame, max(frame + 1, self._origin + round(end * scale)), note.pitch, note.velocity))
        begin = min(event[0] for event in events)
        return sorted((start - begin, end - begin, pitch, force) for start, end, pitch, force in events), begin

    def _dry_sound(self, events: list[Event], begin: int) -> np.ndarray:
        part = self._part
        bends = self._bends(begin, max(event[1] for event in events))
        if self._bars is None:
            return self._played(events, bends)
        font = find_soundfont(self._soundfont) if part.program is not None else None
        key = (
            part.program, part.patch, part.drums, part.image, part.pan, part.width, self._rate, font,
            font and fingerprint(font), tuple(events), tuple(bends),
        )  # fmt: skip
        return self._bars.get(key, lambda: self._played(events, bends))

    def _played(self, events: list[Event], bends: list[tuple[int, float]]) -> np.ndarray:
        part, rate = self._part, self._rate
        voices = imaging.voices(part.image, events, part.pan, part.width, bends, rate)
        if part.program is not None:
            sound = open_soundfont(find_soundfont(self._soundfont)).play(voices, part.program, part.drums, rate)
        else:
            sound = (drums.perform if part.drums else synth.perform)(part.patch, voices, rate)
        return sound * np.float32(imaging.gain(part.image))

    def _bends(self, begin: int, last: int) -> list[tuple[int, float]]:
        placed = [(self._origin + round(time * self._quarter) - begin, value) for time, value in self._part.bends]
        before = [value for frame, value in placed if frame <= 0]
        inside = [(frame, value) for frame, value in placed if 0 < frame < last]
        return [(0, before[-1] if before else 0.0), *inside] if inside or (before and before[-1]) else []


def bars_of(part: Part, bar: float, count: int) -> list[list[Note]]:
    """The part's notes by the bar that each belongs to; those after the last bar belong to that."""
    bars: list[list[Note]] = [[] for _ in range(count)]
    for note in part.notes:
        bars[min(max(int((note.start + 1e-6) // bar), 0), count - 1)].append(note)
    return bars


def stem(
    part: Part, score: Score, *, rate: int, first: int = 0, frames: int, soundfont: str | Path | None = None
) -> np.ndarray:
    """The sound of one part alone, float32 (2, frames) from frame `first` of the piece on."""
    count = max(1, math.ceil(score.length / score.bar - 1e-6))
    quarter = score.quarter_seconds * rate
    begin = max(0, first - int(PREROLL * rate)) // BLOCK * BLOCK if first else 0
    sounding = [note.start for note in part.notes if note.end * quarter > begin and note.onset * quarter <= begin]
    early = min([begin / quarter, *sounding]) - EARLIEST if first else 0.0
    stream = PartStream(part, score, rate, soundfont, begin)
    last = first + frames
    blocks: list[np.ndarray] = []
    for number, notes in enumerate(bars_of(part, score.bar, count)):
        start = number * score.bar
        if start + score.bar <= early or (start - EARLIEST) * quarter > last:
            continue
        stream.push(notes)
    blocks.extend(stream.pull(-(-last // BLOCK) * BLOCK))
    whole = np.concatenate(blocks, axis=1)
    return whole[:, first - begin : last - begin]


def play_alone(
    part: Part,
    score: Score,
    rate: int,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
    bars: BarCache | None = None,
    strips: StripCache | None = None,
) -> Iterator[np.ndarray]:
    """The blocks (2, BLOCK) of one part from the piece's first beat until its last note has died away.

    Args:
        part: what to play.
        score: its tempo, room and gain.
        rate: sampling rate in Hz.
        soundfont: as `render_stems` takes it.
        check: called between the bars and blocks; may raise, to stop.
        bars: holds the bars that were played before, and those that are played now.
        strips: holds what their strips answered.

    Raises:
        ModelError: the part needs a SoundFont and there is none, or there is no such instrument.
    """
    count = max(1, math.ceil(score.length / score.bar - 1e-6))
    try:
        stream = PartStream(part, score, rate, soundfont, bars=bars, strips=strips)
        stream.reserve(round(score.seconds * rate) + _RESERVE * rate)
        for notes in bars_of(part, score.bar, count):
            if check:
                check()
            stream.push(notes)
    except (KeyError, ValueError) as error:
        raise ModelError(
            f"there is no instrument “{part.instrument}” ({part.patch}): choose another one for the track."
        ) from error
    stream.close()
    last = max(min(round(score.seconds * rate) + int(_LONGEST_TAIL * rate), stream.end), 1)
    blocks = -(-last // BLOCK)
    for first in range(0, blocks, AT_ONCE):
        if check:
            check()
        yield from stream.pull(min(first + AT_ONCE, blocks) * BLOCK)


def ring_seconds(score: Score) -> float:
    """Seconds after the last bar until the room of a piece is quiet. The same for every part, made again or not."""
    return max(TAIL, _RELEASE + _ROOM_FALLS * score.reverb_seconds)


def length_of(score: Score, rate: int) -> int:
    """Frames of the whole piece with its last reverberation."""
    return max(1, score.frame(score.length, rate) + int(ring_seconds(score) * rate))


def render_stems(
    score: Score,
    *,
    rate: int = 48000,
    first: int = 0,
    frames: int | None = None,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Rendering:
    """Plays every part by itself, in stereo; the mix is the stems' sum.

    Args:
        score: what to play.
        rate: sampling rate in Hz.
        first: frame of the piece at which to begin.
        frames: how many frames to play; the rest of the piece and its reverberation if None.
        soundfont: the SoundFont file, if not the one that `find_soundfont` finds.
        check: called before each part; may raise, to stop.

    Raises:
        ModelError: a part needs a SoundFont and there is none.
    """
    if frames is None:
        frames = length_of(score, rate) - first

    def play(part: Part) -> np.ndarray:
        if check:
            check()
        return stem(part, score, rate=rate, first=first, frames=frames, soundfont=soundfont)

    if any(part.program is not None for part in score.parts):
        open_soundfont(find_soundfont(soundfont))
    with ThreadPoolExecutor(_THREADS) as pool:
        sounds = list(pool.map(play, score.parts))
    mix = np.zeros((2, frames), np.float32)
    for sound in sounds:
        mix += sound
    return Rendering(rate, first, mix, dict(zip([part.name for part in score.parts], sounds, strict=True)))


def render(
    score: Score,
    *,
    rate: int = 48000,
    channels: int = 2,
    first: int = 0,
    frames: int | None = None,
    stems: bool = True,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Rendering:
    """Plays `score` as a finished record; arguments as for `render_stems`.

    Args:
        score: what to play.
        rate: sampling rate in Hz.
        channels: 1 or 2.
        first: frame of the piece at which to begin.
        frames: how many frames to play; the rest of the piece and its reverberation if None.
        stems: also keep each part; the mix is their sum up to rounding.
        soundfont: the SoundFont file, if not the one that `find_soundfont` finds.
        check: called before each part; may raise, to stop.

    Raises:
        ModelError: a part needs a SoundFont and there is none.
    """
    whole = frames is None
    sounds = render_stems(score, rate=rate, first=first, frames=frames, soundfont=soundfont, check=check).stems
    frames = next(iter(sounds.values())).shape[1] if sounds else frames or 1
    kicks = _kicks(score, rate, first, frames)
    parts: dict[str, np.ndarray] = {}
    mix = np.zeros((channels, frames), np.float32)
    for part in score.parts:
        sound = sounds[part.name]
        if part.duck and kicks:
            sound = sound * effects.ducking(kicks, part.duck, frames, rate, 0.8 * score.quarter_seconds)
        if channels == 1:
            sound = sound.mean(axis=0, keepdims=True)
        mix += sound
        if stems:
            parts[part.name] = sound
    curve = effects.compression(mix, score.glue, rate)
    mix *= curve
    target = score.loudness + (0.0 if whole else _relative_level(score, first / rate, frames / rate))
    # one channel is as loud as two that are equal
    measured = integrated_loudness(mix.T, rate) + (3.01 if channels == 1 else 0.0)
    gain = np.float32(10 ** (min(target - measured, 40.0) / 20)) if math.isfinite(measured) else np.float32(1)
    limit = effects.limiting(mix * gain, _CEILING, rate)
    mix *= gain * limit
    for name in parts:
        parts[name] = parts[name] * (curve * gain * limit)
    return Rendering(rate, first, mix, parts)


def _kicks(score: Score, rate: int, first: int, frames: int) -> list[int]:
    """Frames of the kicks from `first` on."""
    strokes = (note for part in score.parts if part.role == "drums" for note in part.notes if note.pitch in (35, 36))
    placed = (score.frame(note.onset, rate) - first for note in strokes)
    return sorted(frame for frame in placed if 0 <= frame < frames)


def _relative_level(score: Score, start: float, seconds: float) -> float:
    """How much louder than the whole piece a stretch should be, in dB, by its notes."""
    scale = score.quarter_seconds
    first, last = start / scale, (start + seconds) / scale
    here = everywhere = 0.0
    for part in score.parts:
        weight = 10 ** (part.level_db / 10)
        for note in part.notes:
            force = weight * note.velocity**2 * (0.3 if part.drums else min(note.length, 4.0))
            everywhere += force
            if first <= note.onset < last:
                here += force
    share = here / max(last - first, 1e-6) / max(everywhere / score.length, 1e-9)
    return float(np.clip(10 * np.log10(max(share, 1e-3)), -7.0, 2.0))
