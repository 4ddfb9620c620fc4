"""What every generator's audio passes through: level, ceiling, channels, and the crossfade to the source.

A system makes raw sound (`make`, `begin`); `Levelled` turns that into what the rest of the program gets. Before a
system is given a sound to work on, that is folded to the system's channels and brought to the level that models know,
so that a quiet, loud or inverted one is worked on like any other. What comes back is brought to the level around it
(see `levels`), meets the sound by a crossfade inside the new part (see `crossfade`), and stays under −1 dBTP.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import crossfade, levels, prompts
from engine.generate.interface import Capabilities, Chunk, Request, Result, Session, Settings, Task
from engine.generate.parameters import checked_own
from engine.generate.swell import swell_gains, swelled
from engine.jobs import Context
from engine.loudness import integrated_loudness, true_peak
from engine.mono import fit_channels, mono
from engine.music.guide import NO_GUIDE, PART_NAMES, Guide
from engine.peak_limiter import CEILING, Limiter, Samples, Values, limited

_LIMITED = 4  # how often a gain is raised by what the limiter took away
_LIFTED, _MOST_LIFT = 4, 6.0  # times that what goes on from a sound is measured, and dB that it is changed by
_ON_SOUND = (Task.CONTINUE, Task.EXTEND_LEFT, Task.INPAINT, Task.VARIATION)


class RawSession(Session, Protocol):
    """A stream before its level is set."""

    rate: int

    @property
    def next_seconds(self) -> float:
        """Longest duration of the next chunk in seconds, if it is the last."""
        ...


@dataclass(frozen=True)
class Around:
    """The source next to a new part, and how loud it is.

    left, right: powers of its steps towards the part, the nearest last. gain: what a model was given it with.
    """

    source: Audio | None = None
    left: Values = field(default_factory=lambda: np.zeros(0))
    right: Values = field(default_factory=lambda: np.zeros(0))
    gain: float = 1.0

    @property
    def level(self) -> tuple[float, float] | None:
        """The level next to the part and as a whole, on the one side that it has; None for silence."""
        return levels.side(self.left) or levels.side(self.right)

    def fitted(self, samples: Samples) -> Samples:
        """A system's samples at the sound's channels and, about, its level."""
        if self.source is None:
            return samples
        channels = self.source.samples.shape[1]
        if samples.shape[1] > channels:  # not by their signs, which a stream would have to remember
            samples = np.stack([samples[:, c::channels].mean(axis=1) for c in range(channels)], axis=1)
        return (fit_channels(samples, channels) / np.float32(self.gain)).astype(np.float32)


def check_listening(request: Request, capabilities: Capabilities) -> None:
    """Raises `ModelError` where a request wants to be fitted to other tracks by a model that does not listen."""
    if (request.context is not None or request.alone) and not capabilities.listens:
        raise ModelError(f"{capabilities.name} does not listen to other tracks: choose a model that does.")


def check_guide(request: Request, capabilities: Capabilities) -> None:
    """Raises `ModelError` where a guide says something that the model does not follow."""
    deaf = [PART_NAMES[part] for part in request.guide.parts if part not in capabilities.guides]
    if deaf:
        names = deaf[0] if len(deaf) == 1 else f"{', '.join(deaf[:-1])} or {deaf[-1]}"
        raise ModelError(
            f"{capabilities.name} does not follow {names}: leave that out of the guide, or choose a model that does."
        )


class Levelled(ABC):
    """A generator that sets the level of what `make` and `begin` return."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @abstractmethod
    def make(self, request: Request, context: Context) -> Result:
        """All of a checked request at once, raw: at the source's rate where there is one, with any channels."""

    @abstractmethod
    def begin(self, request: Request, context: Context) -> RawSession:
        """A raw stream from a checked request."""

    def checked(self, request: Request) -> Request:
        """The request, if it can be met; raises `ModelError`."""
        return prompts.checked(request)

    def check_stream(self, request: Request) -> None:
        """Raises `ModelError` where there can be no stream from `request`."""
        if request.task not in (Task.GENERATE, Task.GENERATE if request.source is None else Task.CONTINUE):
            raise ModelError(
                f"A stream cannot {request.task.value.replace('_', ' ')}: it starts, or continues a sound."
            )

    def generate(self, request: Request, context: Context) -> Result:
        """All of a request at once.

        Raises:
            ModelError: the request cannot be met, with the reason.
            Cancelled: the user cancelled.
        """
        request, capabilities = self.checked(request), self.capabilities
        checked_own(request.settings, capabilities.parameters, capabilities.name)
        check_listening(request, capabilities)
        check_guide(request, capabilities)
        channels = capabilities.channels
        inner, around = prepared(request, channels)
        result = self.make(inner, context)
        done = [finished(take, request, around) for take in result.takes]
        notices = [*result.notices, *_channel_notice(channels, around.source)]
        notices += [_NOT_NUMBERS] if any(each.wrong for each in done) else []
        return replace(
            result,
            takes=tuple(each.audio for each in done),
            notices=tuple(dict.fromkeys(notices)),
            provenance={**result.provenance, "levels": [each.record for each in done]},
        )

    def open(self, request: Request, context: Context) -> "LevelledSession":
        """A stream without end, from nothing or from the end of `request.source`.

        Raises:
            ModelError: the model cannot make one.
        """
        self.check_stream(request)
        task = Task.GENERATE if request.source is None else Task.CONTINUE
        request = prompts.checked(replace(request, task=task, takes=1))
        context.check()
        capabilities = self.capabilities
        checked_own(request.settings, capabilities.parameters, capabilities.name)
        check_listening(request, capabilities)
        check_guide(request, capabilities)
        inner, around = prepared(request, capabilities.channels)
        session = self.begin(inner, context)
        notices = _channel_notice(capabilities.channels, around.source)
        return LevelledSession(
            session, around, capabilities.channels, capabilities.chunk_seconds, tuple(notices), request
        )

    def stream(self, request: Request, context: Context) -> Iterator[Chunk]:
        """The chunks of a request, as they are made, cut to its exact length."""
        session = self.open(request, context)
        rate = session.rate
        total = request.frames if request.frames is not None else max(1, round(request.seconds * rate))
        done = 0
        while done < total:
            ahead = (total - done) / rate <= session.next_seconds
            chunk = session.advance(request.settings, context, last=ahead)
            chunk = replace(chunk, samples=chunk.samples[: total - done], last=done + len(chunk.samples) >= total)
            done += len(chunk.samples)
            context.progress(done / total)
            yield chunk


_NOT_NUMBERS = "The model made values that are no numbers: there is silence in their place."


def _channel_notice(model: int, source: Audio | None) -> list[str]:
    """A notice where a model has fewer channels than the source."""
    if source is None or model >= source.samples.shape[1]:
        return []
    sound, names = source.samples.shape[1], {1: "mono", 2: "stereo"}
    ours, theirs = names.get(model, f"{model} channels"), names.get(sound, f"{sound} channels")
    return [f"The model makes {ours}, the sound is {theirs}: the new part is the same on all its channels."]


# before a system


def prepared(request: Request, channels: int) -> tuple[Request, Around]:
    """The request with its source fitted to a model of so many channels, and what the new part is levelled against."""
    source = request.source
    if source is None or request.task not in _ON_SOUND:
        return request, Around()
    before, after = _beside(request)
    near = np.concatenate((before, after))
    samples = mono(source.samples, near) if channels == 1 else fit_channels(source.samples, channels)
    near = mono(near) if channels == 1 else fit_channels(near, channels)
    level = levels.gated(levels.powers_of(near, source.rate))
    gain = 10 ** ((levels.HEARD - level) / 20) if level > levels.SILENCE else 1.0
    around = Around(source, _side(before, source.rate), _side(after[::-1], source.rate), gain)
    return replace(request, source=Audio((samples * np.float32(gain)).astype(np.float32), source.rate)), around


def _beside(request: Request) -> tuple[Samples, Samples]:
    """The samples before and after the new part that decide its level."""
    source = request.source
    assert source is not None
    samples, reach = source.samples, levels.REACH * source.rate // levels.STEPS
    if request.task is Task.CONTINUE:
        return samples[-reach:], samples[:0]
    if request.task is Task.EXTEND_LEFT:
        return samples[:0], samples[:reach]
    if request.task is Task.INPAINT:
        return samples[max(request.start - reach, 0) : request.start], samples[request.stop : request.stop + reach]
    return samples, samples[:0]


def _side(samples: Samples, rate: int) -> Values:
    """The powers of the steps that end where `samples` do."""
    frames = levels.step_frames(rate)
    whole = len(samples) // frames * frames if len(samples) > frames else len(samples)
    return levels.powers_of(samples[len(samples) - whole :], rate) if whole else np.zeros(0)


# behind a system, at once


@dataclass(frozen=True)
class Finished:
    """A sound as the program gets it. gains: in decibels, at its start and its end; wrong: values that were none."""

    audio: Audio
    gains: tuple[float, float]
    limited: float
    wrong: int

    @property
    def record(self) -> dict[str, Any]:
        """The gains in decibels, for the provenance."""
        return {"gain_db": [round(each, 2) for each in self.gains], "limited_db": round(self.limited, 2)}


def finished(take: Audio, request: Request, around: Around) -> Finished:
    """A take levelled, limited to the ceiling, and crossfaded with the source."""
    samples, wrong = levels.finite(np.asarray(take.samples, np.float32))
    samples, rate, task = around.fitted(samples), take.rate, request.task
    if task in (Task.CONTINUE, Task.EXTEND_LEFT):
        samples = samples[::-1] if task is Task.EXTEND_LEFT else samples
        guide = request.guide if task is Task.CONTINUE else request.guide.backwards(len(samples) / rate)
        samples_out, stream = _gone_on(samples, rate, around, guide)
        samples_out = samples_out[::-1] if task is Task.EXTEND_LEFT else samples_out
        return Finished(Audio(np.ascontiguousarray(samples_out), rate), stream.span, stream.limited, wrong)
    if task is Task.INPAINT:
        return _bridged(samples, request, around, wrong)
    return _alone(swelled(samples, rate, request.guide), rate, around, task is Task.LOOP, wrong)


def _gone_on(samples: Samples, rate: int, around: Around, guide: Guide) -> tuple[Samples, "_Stream"]:
    """What goes on from a sound, as loud as that as a whole: what a stream's gain misses by its end is made up for."""
    lift, level = 0.0, around.level
    for _ in range(_LIFTED):
        stream = _Stream(rate, samples.shape[1], around, 1.0, lift)
        levelled = stream.push(samples, last=True)
        missing = level[1] - levels.metered(levels.powers_of(levelled, rate)) if level else 0.0
        if not 0.1 < abs(missing) < 20:
            break
        lift = min(max(lift + missing, -_MOST_LIFT), _MOST_LIFT)
    if guide.swell:
        levelled = limited(swelled(levelled, rate, guide, joined=True), rate)
    return levelled, stream


def _alone(samples: Samples, rate: int, around: Around, circular: bool, wrong: int) -> Finished:
    """At −18 LUFS, or as loud as the sound that it is a variation of, by one gain."""
    samples = _straight(samples)
    loudness, peak = integrated_loudness(samples, rate), true_peak(samples, rate)
    gain = levels.lone_gain(loudness, peak)
    if around.level:
        gain = min(around.level[1] - levels.metered(levels.powers_of(samples, rate)), CEILING + 9.0 - peak)
        gain = gain if np.isfinite(gain) else 0.0
    levelled = samples
    for _ in range(_LIMITED):
        levelled = limited((samples * np.float32(10 ** (gain / 20))).astype(np.float32), rate, circular=circular)
        short = levels.LONE - integrated_loudness(levelled, rate) if not around.level else 0.0
        if not 0.05 < short < 3.0 or gain + short > CEILING + 9.0 - peak:
            break
        gain += short
    least = max(peak + gain - CEILING, 0.0)
    return Finished(Audio(levelled, rate), (gain, gain), -least if np.isfinite(least) else 0.0, wrong)


def _straight(samples: Samples) -> Samples:
    """The samples without the DC offset of each channel."""
    offset = levels.Offset(samples.shape[1]).step(samples) if len(samples) else np.zeros(samples.shape[1])
    return np.asarray(samples - offset, np.float32) if offset.any() else samples


def _bridged(samples: Samples, request: Request, around: Around, wrong: int) -> Finished:
    """An inpainted part whose gain matches each side at its end."""
    source = around.source
    assert source is not None
    rate, borders = source.rate, levels.even_borders(len(samples), source.rate)
    samples = _straight(samples)
    if around.level:
        gains = levels.bridging_gains(levels.powers_of(samples, rate, borders), around.left, around.right)
    else:
        gains = np.full(len(borders), levels.lone_gain(integrated_loudness(samples, rate), true_peak(samples, rate)))
    levelled = (samples * levels.curve(gains, borders)).astype(np.float32)
    levelled = swelled(levelled, rate, request.guide)
    levelled = crossfade.join_after(source.samples[: request.start][-rate:], levelled, rate)
    levelled = crossfade.join_before(levelled, source.samples[request.stop :][:rate], rate)
    limiter = Limiter(rate, levelled.shape[1])
    levelled = limiter.push(levelled, last=True)
    return Finished(Audio(levelled, rate), (float(gains[0]), float(gains[-1])), limiter.least_db, wrong)


# behind a system, as a stream


@dataclass
class _Stream:
    """Raw sound that goes on, as it comes: level, join, ceiling. What it returns never depends on the pieces.

    seconds: how much of the sound sets the first gain; it is waited for. lift: decibels more from the third second on,
        none in the first. guide: whose swell is put on what is evened out.
    """

    rate: int
    channels: int
    around: Around
    seconds: float
    lift: float = 0.0
    guide: Guide = NO_GUIDE
    gains: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        lone = levels.LONE - 10 * float(np.log10(self.channels))  # of the mean over the channels
        near, whole = self.around.level or (lone, lone)
        self._step = levels.step_frames(self.rate)
        self._look = max(round(min(self.seconds, 1.0) * levels.STEPS), 1) * self._step
        self._follower = levels.Follower(near, whole)
        self._offset = levels.Offset(self.channels)
        self._powers = levels.Powers(self.rate, self.channels)
        self._limiter = Limiter(self.rate, self.channels)
        self._raw = np.zeros((0, self.channels), np.float32)
        self._from = np.zeros(self.channels)  # the offset at the last border
        self._joined = False
        self._swelled = 0  # frames

    def copied(self) -> "_Stream":
        """An independent copy."""
        other = copy.copy(self)
        other.gains = list(self.gains)
        other._follower, other._offset = self._follower.copied(), self._offset.copied()
        other._powers, other._limiter = self._powers.copied(), self._limiter.copied()
        return other

    @property
    def held_back(self) -> float:
        """Seconds that may be kept for the time being, after the first chunk."""
        return (self._step + self._limiter.held_back) / self.rate

    @property
    def span(self) -> tuple[float, float]:
        """The first gain and the last, in decibels."""
        return (self.gains[0], self.gains[-1]) if self.gains else (0.0, 0.0)

    @property
    def limited(self) -> float:
        """What the limiter took away at most, in decibels."""
        return self._limiter.least_db

    def push(self, samples: Samples, *, last: bool = False) -> Samples:
        """Takes (frames, channels), returns what is final."""
        self._raw = np.concatenate((self._raw, samples))
        if not self.gains:
            if len(self._raw) < self._look and not last:
                return self._raw[:0]
            first = self._raw[: self._look]
            self._from = self._offset.copied().step(first) if len(first) else self._from
            self.gains.append(self._follower.begin(levels.powers_of(first - self._from.astype(np.float32), self.rate)))
        blocks = [self._raw[:0]]
        while len(self._raw) >= self._step or (last and len(self._raw)):
            blocks.append(self._stepped(self._raw[: self._step]))
            self._raw = self._raw[self._step :]
        sound = np.concatenate(blocks)
        if not self._joined and len(sound):
            source = self.around.source
            if source is not None:
                neighbour = source.samples[-self.rate :] if len(self.around.left) else source.samples[: self.rate][::-1]
                sound = crossfade.join_after(neighbour, sound, self.rate)
            self._joined = True
        if self.guide.swell:
            joined = self.around.source is not None
            sound = sound * swell_gains(self.guide, self._swelled, len(sound), self.rate, joined=joined)
            self._swelled += len(sound)
        return self._limiter.push(sound, last=last)

    def _stepped(self, samples: Samples) -> Samples:
        frames, before = len(samples), self.gains[-1]
        to = self._offset.step(samples) if frames == self._step else self._from
        share = (np.arange(frames) / self._step)[:, None]
        offset = (1 - share) * self._from + share * to
        straight = (samples - offset).astype(np.float32) if np.any(offset) else samples
        self._from = to
        if frames == self._step:
            share_lifted = min(max((len(self.gains) - levels.NEAR) / levels.STEPS, 0.0), 1.0)
            self.gains.append(self._follower.step(self._powers.step(straight)) + share_lifted * self.lift)
        after = self.gains[-1] if frames == self._step else before
        factor = levels.curve((before, after), (0, frames))
        return (straight * factor).astype(np.float32)


class LevelledSession:
    """A stream in progress; see `interface.Session`."""

    def __init__(
        self,
        session: RawSession,
        around: Around,
        channels: int,
        chunk_seconds: float,
        notices: Sequence[str],
        request: Request,
    ) -> None:
        """`request` is what the stream began with; its guide holds until a prompt of another kind is sent."""
        self._session, self._around, self._notices = session, around, tuple(notices)
        self.rate = session.rate
        source = around.source
        width = channels if source is None else source.samples.shape[1]
        self._guide, self._prompt = request.guide, request.settings.prompt
        self._stream = _Stream(self.rate, width, around, chunk_seconds / 2, guide=request.guide)
        self._start = self._raw = 0

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know."""
        return tuple(dict.fromkeys((*self._notices, *self._session.notices)))

    @property
    def next_seconds(self) -> float:
        """Longest duration of the next chunk in seconds, if it is the last."""
        return self._session.next_seconds + self._stream.held_back

    def mark(self) -> object:
        """A copy of the present state, for `rewind`."""
        return self._session.mark(), self._stream.copied(), self._start, self._raw

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        assert isinstance(mark, tuple)
        inner, stream, self._start, self._raw = mark
        self._stream = stream.copied()
        self._session.rewind(inner)

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        """The next chunk. After an error or a cancel the stream's state is unchanged.

        The guide's prompts take the place of the one that the stream began with, until the settings have another.
        """
        if settings.prompt == self._prompt:
            settings = replace(settings, prompt=self._guide.prompt_at(self._raw / self.rate, self._prompt))
        chunk = self._session.advance(settings, context, last=last)
        self._raw += len(chunk.samples)
        samples, wrong = levels.finite(chunk.samples)
        if wrong and _NOT_NUMBERS not in self._notices:
            self._notices += (_NOT_NUMBERS,)
        before = len(self._stream.gains)
        levelled = self._stream.push(self._around.fitted(samples), last=last)
        start, self._start = self._start, self._start + len(levelled)
        gains = self._stream.gains[max(before - 1, 0) :] or [0.0]
        return replace(chunk, start=start, samples=levelled, gains_db=(gains[0], gains[-1]))
