"""Layers to sound, as they come: what is played in pieces is, put together, what playing them at once would give.

The state between two pieces is oscillators' phases, overlapping noise windows and strokes that still ring. It is a
value: `play` leaves it alone and returns the next one, so that a stream can go back to where it was.
"""

import math
from dataclasses import dataclass, fields
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.layers.analysis import LOWEST, OSCILLATORS, QUIET
from engine.models.layers.bands import (
    FAST_A_FRAME,
    FAST_BANDS,
    FAST_HOP,
    FAST_WINDOW,
    FRAME,
    RATE,
    SLOT,
    SLOW_BANDS,
    SLOW_HOP,
    SLOW_WINDOW,
    bands_of_bins,
    fast_powers,
    slow_powers,
)
from engine.models.noise import Stream, uniform

SHOT, LEAD = 24000, 48
"""Samples of a one-shot, and of them those before the stroke."""
AHEAD = 4
"""Frames that `play` must know of what follows: a slow noise window reaches half as far, and the strokes that leave
something out of it as far again."""
_SLOW_AHEAD = 2  # frames of slow noise that a piece plays ahead
_BEFORE = 2  # windows of noise before a stroke that hear it already
_ROWS = 4096  # of noise that windows draw from
_BLOCK = 25  # frames in which silent oscillators are left out
_GOLDEN = (math.sqrt(5) - 1) / 2
_FAST_SHARE, _SLOW_SHARE = 1.2, 2.0
"""How much of what strokes play is left out of the noise. A stroke is never quite the true one, so that at 1 some noise
stays under it: log-mel .248 instead of .238, and kicks flutter (envelope below 500 Hz .88 instead of .92)."""


@dataclass(frozen=True)
class Controls:
    """The layers of n frames.

    amplitude: of oscillators (B, 2n, 96). cents, pan: (B, n, 96); pan is side over mid.
    fast, slow: powers of noise (B, 2, 5n, FAST_BANDS) and (B, 2, n, SLOW_BANDS), that of strokes among it.
    struck: gain of each one-shot where it begins, 0 elsewhere (B, 2n, K). late: how far into its slot, 0 to 1; side:
        its side over mid (B, 2n).
    """

    amplitude: Tensor
    cents: Tensor
    pan: Tensor
    fast: Tensor
    slow: Tensor
    struck: Tensor
    late: Tensor
    side: Tensor

    @property
    def frames(self) -> int:
        """N."""
        return self.cents.shape[1]

    def between(self, first: int, last: int) -> "Controls":
        """The frames from `first` to `last` − 1, or as many of them as there are."""
        slots = slice(2 * first, 2 * last)
        return Controls(
            self.amplitude[:, slots],
            self.cents[:, first:last],
            self.pan[:, first:last],
            self.fast[:, :, FAST_A_FRAME * first : FAST_A_FRAME * last],
            self.slow[:, :, first:last],
            self.struck[:, slots],
            self.late[:, slots],
            self.side[:, slots],
        )


@dataclass(frozen=True)
class PlayerState:
    """What sounds on. Counts are of windows and slots that the piece before has already played ahead."""

    frame: int  # absolute, from which noise is drawn
    phase: Tensor  # (B, 96) float64
    before: tuple[Tensor, Tensor, Tensor]  # the last amplitude, step and pan (B, 96)
    fast: Tensor  # overlapping noise (B, 2, ≥ FAST_WINDOW)
    slow: Tensor  # (B, 2, ≥ SLOW_WINDOW)
    shots: Tensor  # (B, 2, SHOT + …)
    shot_fast: Tensor  # power of what rings (B, 2, …, FAST_BANDS)
    shot_slow: Tensor
    ahead: bool = False


@lru_cache(maxsize=4)
def _noise_rows(bins: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        draw = torch.randn(_ROWS, bins, 2, generator=torch.Generator().manual_seed(bins))
        return torch.view_as_complex(draw).to(device)


def _rows(first: int, count: int, seed: int, device: torch.device) -> Tensor:
    """Which rows of noise the absolute windows from `first` on take: mid and side (2, count)."""
    draws = [torch.from_numpy(uniform(seed + each, Stream.BAND_NOISE, first, count)) for each in (0, 1)]
    return (torch.stack(draws) * _ROWS).long().to(device)


@lru_cache(maxsize=4)
def _fast_spread(device: torch.device) -> tuple[Tensor, Tensor, int]:
    """Bins a band; log gains of bands to those of bins, linear between centres; and the first bin."""
    table = bands_of_bins(FAST_WINDOW, torch.device("cpu"))
    bins = table.sum(0)
    places = torch.arange(len(table)).float()
    centres = (table * places[:, None]).sum(0) / bins
    first = int(table.sum(1).nonzero()[0, 0])
    right = torch.searchsorted(centres, places[first:].contiguous()).clamp(1, len(centres) - 1)
    share = ((places[first:] - centres[right - 1]) / (centres[right] - centres[right - 1])).clamp(0, 1)
    with torch.inference_mode(False):
        spread = F.one_hot(right - 1, FAST_BANDS) * (1 - share)[:, None] + F.one_hot(right, FAST_BANDS) * share[:, None]
        return bins.to(device), spread.T.contiguous().to(device), first


def _segments(before: Tensor, values: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """Values (B, n, k) that stand for the middles of their steps, as lines over half steps: starts and ends."""
    whole = torch.cat((before[:, None], values, after[:, None]), 1)
    edges = (whole[:, :-1] + whole[:, 1:]) / 2  # (B, n + 1, k)
    starts = torch.stack((edges[:, :-1], values), 2).flatten(1, 2)
    ends = torch.stack((values, edges[:, 1:]), 2).flatten(1, 2)
    return starts, ends


def _left(whole: Tensor, played: Tensor, share: float) -> Tensor:
    """What is left of powers (B, 2, n, bands) without `share` of what is played; −30 dB stay, as float error would."""
    return torch.maximum(whole - share * played[:, :, : whole.shape[2]], 1e-3 * whole)


class LayerPlayer:
    """Plays controls with a bank of one-shots (K, SHOT). Reading is safe from any thread."""

    def __init__(self, shots: Tensor) -> None:
        self.shots = shots.float()
        # (K, windows, bands), from `_BEFORE` windows before the one-shot on
        self._fast = fast_powers(F.pad(self.shots, (_BEFORE * FAST_HOP, -SHOT % FRAME)))
        self._slow = slow_powers(F.pad(self.shots, (_BEFORE * SLOW_HOP, -SHOT % FRAME)))

    def start(self, batch: int, frame: int = 0) -> PlayerState:
        """Silence before the absolute frame `frame`."""
        device = self.shots.device
        phase = 2 * math.pi * (torch.arange(OSCILLATORS, dtype=torch.float64) * _GOLDEN % 1)
        nothing = torch.zeros(batch, OSCILLATORS, device=device)

        def silence(*shape: int) -> Tensor:
            return torch.zeros(batch, 2, *shape, device=device)

        return PlayerState(
            frame,
            phase.to(device).expand(batch, -1),
            (nothing, nothing, nothing),
            silence(FAST_WINDOW),
            silence(SLOW_WINDOW),
            silence(SHOT + AHEAD * FRAME),  # a stroke that is played ahead begins after the piece
            silence(self._fast.shape[1] + AHEAD * FAST_A_FRAME, FAST_BANDS),
            silence(self._slow.shape[1] + AHEAD, SLOW_BANDS),
        )

    def play(self, controls: Controls, count: int, state: PlayerState) -> tuple[Tensor, PlayerState]:
        """The sound of the first `count` frames, mid and side (B, 2, count · 480), and what sounds on.

        controls: those frames and the `AHEAD` that follow; fewer only where a stream ends.
        """
        last = controls.frames < count + AHEAD
        state = self._grown(state, count)
        shots, shot_fast, shot_slow = self._strike(controls, count, state, last)
        tones, phase, before = self._oscillate(controls, count, state)
        fast_count = FAST_A_FRAME * count + (0 if last else 1)
        slow_count = min(count + _SLOW_AHEAD, controls.frames)
        fast = self._fast_noise(_left(controls.fast[:, :, :fast_count], shot_fast, _FAST_SHARE), state)
        slow = self._slow_noise(_left(controls.slow[:, :, :slow_count], shot_slow, _SLOW_SHARE), state)
        length = count * FRAME
        wave = tones + shots[..., :length] + fast[..., :length] + slow[..., :length]
        after = PlayerState(
            state.frame + count,
            phase,
            before,
            fast[..., length:],
            slow[..., length:],
            shots[..., length:],
            shot_fast[:, :, FAST_A_FRAME * count :],
            shot_slow[:, :, count:],
            ahead=not last,
        )
        return wave, after

    @staticmethod
    def _grown(state: PlayerState, count: int) -> PlayerState:
        """The state with room for `count` more frames."""
        steps = {"fast": FRAME, "slow": FRAME, "shots": FRAME, "shot_fast": FAST_A_FRAME, "shot_slow": 1}
        values = {field.name: getattr(state, field.name) for field in fields(state)}
        for name, step in steps.items():
            tensor: Tensor = values[name]
            room = count * step
            size = (tensor.shape[0], tensor.shape[1], room, *tensor.shape[3:])
            values[name] = torch.cat((tensor, tensor.new_zeros(size)), dim=2)
        return PlayerState(**values)

    def _strike(self, c: Controls, count: int, state: PlayerState, last: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Adds the strokes that begin now: their sound, and their power to what the noise leaves out."""
        shots, fast, slow = state.shots.clone(), state.shot_fast.clone(), state.shot_slow.clone()
        sounded = 1 if state.ahead else 0  # slots that the piece before struck already
        counted = 2 * AHEAD if state.ahead else 0
        until = 2 * count + (0 if last else 1)
        places = (c.struck > 0).nonzero().tolist()
        if not places:
            return shots, fast, slow
        gains, lates, sides = c.struck.tolist(), c.late.tolist(), c.side.tolist()
        for row, slot, which in places:
            gain, side = gains[row][slot][which], sides[row][slot]
            start = slot * SLOT + math.floor(lates[row][slot] * SLOT + 0.5) - LEAD
            if sounded <= slot < until:
                cut = max(0, -start)
                size = min(SHOT, shots.shape[-1] - start)
                sound = gain * self.shots[which, cut:size]
                shots[row, 0, start + cut : start + size] += sound
                shots[row, 1, start + cut : start + size] += side * sound
            if slot >= counted:
                for table, ring, hop in ((self._fast, fast, FAST_HOP), (self._slow, slow, SLOW_HOP)):
                    begin = (start + hop // 2) // hop - _BEFORE
                    early = max(0, -begin)
                    begin += early
                    rows = gain**2 * table[which][early : early + ring.shape[2] - begin]
                    ring[row, 0, begin : begin + len(rows)] += rows
                    ring[row, 1, begin : begin + len(rows)] += side**2 * rows
        return shots, fast, slow

    def _oscillate(
        self, c: Controls, count: int, state: PlayerState
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor, Tensor]]:
        device, half = c.cents.device, FRAME // 2
        semitones = torch.arange(OSCILLATORS, device=device) + LOWEST - 69
        step = 2 * math.pi * 440 / RATE * 2 ** ((semitones + c.cents / 100) / 12)  # radians a sample
        amplitude, pan = (c.amplitude - 2 * QUIET).clamp_min(0), c.pan
        begins = not bool(state.before[1].any())
        lines = []
        earlier = state.before
        for values, size, last in zip((amplitude, step, pan), (2 * count, count, count), earlier, strict=True):
            first = values[:, 0] if begins else last
            following = values[:, size] if values.shape[1] > size else values[:, size - 1]
            lines.append(_segments(first, values[:, :size], following))
        (amp0, amp1), (step0, step1), (pan0, pan1) = lines
        turned = (half * (step0.double() + step1.double()) / 2).cumsum(1)  # after each half frame
        phases = state.phase[:, None] + F.pad(turned, (0, 0, 1, 0))  # (B, 2 · count + 1, 96)
        wave = torch.zeros(len(step), 2, count * FRAME, device=device)
        i = torch.arange(half, device=device, dtype=torch.float32)
        j = (torch.arange(SLOT // 2, device=device) + 0.5) / (SLOT // 2)
        for row in range(len(step)):
            for block in range(0, count, _BLOCK):
                end = min(block + _BLOCK, count)
                fine, coarse = slice(4 * block, 4 * end), slice(2 * block, 2 * end)
                loud = (amp0[row, fine] + amp1[row, fine]).amax(0) > 0
                k = loud.nonzero()[:, 0]
                if not len(k):
                    continue
                a0, a1 = amp0[row, fine][:, k, None], amp1[row, fine][:, k, None]
                s0, s1 = step0[row, coarse][:, k, None], step1[row, coarse][:, k, None]
                p0, p1 = pan0[row, coarse][:, k, None], pan1[row, coarse][:, k, None]
                angle = (phases[row, :-1][coarse][:, k, None] % (2 * math.pi)).float()
                radians = angle + s0 * i + (s1 - s0) * (i * i / (2 * half))  # (n, k, half frame)
                level = torch.lerp(a0, a1, j).view(-1, 2, len(k), SLOT // 2).transpose(1, 2).reshape(radians.shape)
                sound = radians.cos_().mul_(level)
                place = slice(block * FRAME, end * FRAME)
                wave[row, 0, place] = sound.sum(1).flatten()
                wave[row, 1, place] = (sound * torch.lerp(p0, p1, (i + 0.5) / half)).sum(1).flatten()
        before = (amplitude[:, 2 * count - 1], step[:, count - 1], pan[:, count - 1])
        return wave, phases[:, -1] % (2 * math.pi), before

    @staticmethod
    def _added(parts: Tensor, hop: int, first: int, ring: Tensor) -> Tensor:
        """Adds windows (B, 2, n, size), the first at sample `first` of the ring; what lies before it is lost."""
        ring = ring.clone()
        count, size = parts.shape[2:]
        for shift in range(0, size, hop):  # windows a multiple of their size apart do not overlap
            piece = parts[..., shift : shift + hop].flatten(2)
            start = first + shift
            cut = max(0, -start)
            room = ring.shape[-1] - max(start, 0)
            piece = piece[..., cut : cut + room]
            ring[..., start + cut : start + cut + piece.shape[-1]] += piece
        assert count >= 0
        return ring

    def _fast_noise(self, powers: Tensor, state: PlayerState) -> Tensor:
        done = 1 if state.ahead else 0
        powers = powers[:, :, done:]
        count, device = powers.shape[2], powers.device
        if not count:
            return state.fast
        bins, spread, lowest = _fast_spread(device)
        gains = ((powers / bins).clamp_min(1e-13).log() / 2 @ spread).exp() * (FAST_WINDOW / 2)
        gains = gains * (powers.amax(-1, keepdim=True) > 0)
        first = state.frame * FAST_A_FRAME + done
        noise = _noise_rows(FAST_WINDOW // 2 + 1 - lowest, device)[_rows(first, count, 0, device)]
        frames = torch.fft.irfft(F.pad(noise * gains, (lowest, 0)), FAST_WINDOW)
        window = torch.sin(math.pi / FAST_WINDOW * (torch.arange(FAST_WINDOW, device=device) + 0.5))
        return self._added(frames * window, FAST_HOP, done * FAST_HOP - FAST_HOP // 2, state.fast)

    def _slow_noise(self, powers: Tensor, state: PlayerState) -> Tensor:
        done = _SLOW_AHEAD if state.ahead else 0
        powers = powers[:, :, done:]
        count, device = powers.shape[2], powers.device
        if not count:
            return state.slow
        table = bands_of_bins(SLOW_WINDOW, device)
        used = int(table.sum(1).sum())
        gains = ((powers / table.sum(0)).sqrt() @ table[:used].T) * (SLOW_WINDOW / 2 / math.sqrt(2))
        noise = _noise_rows(used, device)[_rows(state.frame + done, count, 2, device)]
        frames = torch.fft.irfft(noise * gains, SLOW_WINDOW)
        window = torch.sin(math.pi / SLOW_WINDOW * (torch.arange(SLOW_WINDOW, device=device) + 0.5))
        start = done * SLOW_HOP - (SLOW_WINDOW - SLOW_HOP) // 2
        return self._added(frames * window, SLOW_HOP, start, state.slow)
