"""The one renderer: playback and bounce hear the same samples.

Each placement is read, multiplied by its gain (clip, take, track, pan and master in one factor), then by its fades;
placements that overlap on a track are added; the track's automation is applied; tracks are added in their order. A
sample that is not multiplied by anything but 1 comes out with the bits it had in its file, and where nothing is placed
there is exactly 0. A sample that is no number, or that no float can hold, is 0 from where it comes up, in a file or in
a sum: one bad sample silences no other, and nothing but numbers leaves here. All of it is worked out frame by frame
from the frame's number, so any block size gives the same samples, and any range equals that part of the whole.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from engine.playback.gains import AutomationCurve, apply_fade, apply_points
from engine.playback.plan import Placement, Plan, TrackPlan
from engine.playback.samples import MAX_OPEN_FILES, SampleReader
from engine.project.model import Fade, FadeShape

PIECE = 32768
"""Frames mixed at once: longer renders work in pieces of this, which stay in the processor's cache."""

_TILE = 512
_INT16 = np.float32(1 / 32768)
_SILENT = np.float32(-0.0)  # x + −0.0 keeps every x, also −0.0


class Stem(NamedTuple):
    """What a track adds to the mix over a stretch: (frames, 2), and the (first, last) frames in which clips lie.

    Outside of these it is exactly 0 and is not added at all.
    """

    sound: np.ndarray
    spans: tuple[tuple[int, int], ...]

    def part(self, first: int, last: int) -> "Stem":
        """Its frames `first` to `last` (exclusive)."""
        inside = ((max(a, first) - first, min(b, last) - first) for a, b in self.spans if a < last and b > first)
        return Stem(self.sound[first:last], tuple(inside))


class Mixer:
    """Renders a plan. Belongs to one thread; more of them may read the same files at once.

    With `strict`, an unreadable file raises `AudioFileError`; otherwise it is silent and listed in `reader.failed`.
    """

    def __init__(self, plan: Plan, *, strict: bool = True, max_files: int = MAX_OPEN_FILES) -> None:
        self.reader = SampleReader(strict=strict, max_files=max_files)
        self._scratch = np.empty((2, 2 * PIECE), np.float32)
        self._gather = np.empty(0, np.uint8)
        self._voices: dict[str, Voice] = {}
        self._mends = False
        self.set_plan(plan)

    def __enter__(self) -> "Mixer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def plan(self) -> Plan:
        """What is rendered."""
        return self._plan

    def set_plan(self, plan: Plan) -> None:
        """Renders `plan` from now on. Its parts that are the same objects as before cost nothing."""
        old = self._voices
        self._plan = plan
        self._voices = {track.id: Voice(track, plan.master_gain, old.get(track.id)) for track in plan.tracks}
        self.reader.keep(set().union(*(voice.paths for voice in self._voices.values())))
        self._growing = [placement for voice in self._voices.values() if voice.sounds for placement in voice.growing]

    @property
    def voices(self) -> Mapping[str, "Voice"]:
        """The tracks made ready, by id and in the plan's order; the next plan brings another mapping."""
        return self._voices

    def close(self) -> None:
        """Closes its files."""
        self.reader.close()

    def render(
        self,
        start: int,
        frames: int,
        *,
        tracks: Collection[str] | None = None,
        out: np.ndarray | None = None,
        stems: Mapping[str, np.ndarray] | None = None,
    ) -> np.ndarray:
        """Song frames `start` … as float32 (frames, 2), with the master gain.

        Args:
            start: first frame; before 0 and after the end there is silence.
            frames: how many.
            tracks: ids of the tracks to mix; None mixes all. Those that are muted (or not soloed) stay silent.
            out: where to put the result, C-contiguous float32 (frames, 2).
            stems: by track id, where to put what that track adds to the mix, in the same form; added up in the order
                of the tracks, they are the mix. Only for tracks that are mixed.

        Raises:
            AudioFileError: a file cannot be read (only if strict).
        """
        mix = np.empty((frames, 2), np.float32) if out is None else out
        voices = [voice for id_, voice in self._voices.items() if tracks is None or id_ in tracks]
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, frames, PIECE):
                count = min(PIECE, frames - first)
                piece = mix[first : first + count].reshape(-1)
                self._mix_piece(voices, start + first, piece, stems or {}, first)
                if not _all_numbers(piece):
                    with self._mending():
                        self._mix_piece(voices, start + first, piece, stems or {}, first)
        return mix

    def render_stems(self, start: int, frames: int, out: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mix of the tracks in `out`, and each of them into its array (frames, 2), in one pass."""
        return self.render(start, frames, tracks=out.keys(), stems=out)

    def render_tracks(self, ids: Iterable[str], start: int, frames: int) -> list[Stem]:
        """Each track's share of song frames from `start` on, at most a `PIECE`; `add_up` mixes them."""
        with np.errstate(over="ignore", invalid="ignore"):
            return [self._render_track(self._voices[id_], start, frames) for id_ in ids]

    def _render_track(self, voice: "Voice", start: int, frames: int) -> Stem:
        spans = list(voice.spans(start, start + frames)) if voice.sounds else []
        if not spans:
            return _NO_STEM
        sound = np.empty((frames, 2), np.float32)
        flat = sound.reshape(-1)
        covered = tuple((first - start, last - start) for first, last, _ in spans)
        if covered != ((0, frames),):
            _clear_gaps(flat, covered)
        for (first, _, placements), (a, b) in zip(spans, covered, strict=True):
            self._render_span(voice, placements, first, flat[2 * a : 2 * b])
        if not (self._mends or _all_numbers(flat)):
            with self._mending():
                return self._render_track(voice, start, frames)
        return Stem(sound, covered)

    @contextmanager
    def _mending(self) -> Iterator[None]:
        """Replaces NaN and infinity by 0 wherever they arise; this looks at every sample."""
        self._mends = True
        try:
            yield
        finally:
            self._mends = False

    def ready(self, start: int, frames: int) -> int:
        """How many song frames from `start` on can be rendered before a growing file runs short."""
        for placement in self._growing:
            first, last = max(start, placement.start), min(start + frames, placement.end)
            if first >= last:
                continue
            for at, file_first, count, _ in file_runs(placement, first - placement.start, last - first):
                available = self.reader.frames(placement.file, file_first + count)
                if available < file_first + count:
                    lacking = at + max(available - file_first, 0) if not placement.reverse else at
                    frames = min(frames, first - start + lacking)
                    break
        return frames

    def sounds_across(self, frame: int) -> bool:
        """Whether a clip sounds on both sides of the border before `frame`, so that starting there would click."""
        return any(
            placement.start < frame < placement.end
            for voice in self._voices.values()
            if voice.sounds
            for placement in voice.between(frame - 1, frame + 1)
        )

    def _mix_piece(
        self, voices: Sequence["Voice"], start: int, mix: np.ndarray, stems: Mapping[str, np.ndarray], offset: int
    ) -> None:
        frames = len(mix) // 2
        mix.fill(_SILENT)
        covered: list[tuple[int, int]] = []
        for voice in voices:
            stem = stems.get(voice.id)
            into = None if stem is None else stem[offset : offset + frames].reshape(-1)
            spans = list(voice.spans(start, start + frames)) if voice.sounds else []
            for first, last, placements in spans:
                a, b = first - start, last - start
                sound = self._scratch[0, : 2 * (b - a)] if into is None else into[2 * a : 2 * b]
                self._render_span(voice, placements, first, sound)
                part = mix[2 * a : 2 * b]
                np.add(part, sound, out=part)
                if self._mends:
                    _mend(part)
                covered.append((a, b))
            if into is not None:
                _clear_gaps(into, [(first - start, last - start) for first, last, _ in spans])
        _clear_gaps(mix, covered)

    def _render_span(self, voice: "Voice", placements: list[Placement], start: int, sound: np.ndarray) -> None:
        """One track over a span in which the same placements sound throughout, into `sound` (2 · frames,)."""
        self._render_placement(voice, placements[0], start, sound)
        for placement in placements[1:]:
            more = self._scratch[1, : len(sound)]
            self._render_placement(voice, placement, start, more)
            np.add(sound, more, out=sound)
            if self._mends:
                _mend(sound)
        for curve in (voice.automation, voice.fader):
            if curve:
                curve.apply(sound, start)
                if self._mends:
                    _mend(sound)

    def _render_placement(self, voice: "Voice", placement: Placement, start: int, sound: np.ndarray) -> None:
        t, frames = start - placement.start, len(sound) // 2
        samples = self._fetch(placement, t, frames)
        left, right = np.float32(voice.left * placement.gain), np.float32(voice.right * placement.gain)
        if placement.file.dtype == "<i2":
            left, right = left * _INT16, right * _INT16
        _to_stereo(samples, placement.file.channels, left, right, sound)
        if t < placement.fade_in.length:
            part = sound[: 2 * (placement.fade_in.length - t)]
            apply_fade(part, t, placement.fade_in, falling=False)
        into_fade = t + frames - (placement.length - placement.fade_out.length)
        if into_fade > 0:
            count = min(into_fade, frames)
            part = sound[2 * (frames - count) :]
            apply_fade(part, into_fade - count, placement.fade_out, falling=True)
        if placement.join_in or placement.join_out:
            _apply_joins(placement, t, sound)
        if placement.envelope:
            apply_points(sound, t, placement.envelope)
        if self._mends:
            _mend(sound)

    def _fetch(self, placement: Placement, t: int, frames: int) -> np.ndarray:
        """Frames `t` … of a placement: (frames · channels,) in its file's type, silence where the file has none."""
        file, channels, reader = placement.file, placement.file.channels, self.reader
        if not placement.loop_length and not placement.reverse:
            first = placement.first + t
            if first >= 0 and first + frames <= reader.frames(file, first + frames):
                return reader.read(file, first, frames)
        dtype = np.dtype(file.dtype)
        size = frames * channels * dtype.itemsize
        if len(self._gather) < size:
            self._gather = np.empty(size, np.uint8)
        samples = self._gather[:size].view(dtype)
        filled = frames
        if 0 < placement.loop_length < frames:  # the rest repeats what the first loop holds
            filled = placement.loop_length
        whole = samples.reshape(frames, channels)
        for at, first, count, backwards in file_runs(placement, t, filled):
            a, b = max(first, 0), min(first + count, reader.frames(file, first + count))
            target = whole[at : at + count]
            if a > first or b < first + count:
                target[:] = 0
            if a < b:
                samples_read = reader.read(file, a, b - a).reshape(-1, channels)
                if backwards:
                    target[first + count - b : first + count - a] = samples_read[::-1]
                else:
                    target[a - first : b - first] = samples_read
        while filled < frames:
            count = min(filled, frames - filled)
            whole[filled : filled + count] = whole[:count]
            filled += count
        return samples


def _apply_joins(placement: Placement, t: int, sound: np.ndarray) -> None:
    """Lets a part of a comp cross over with its neighbours: `sound` (2 · frames,) from its frame `t` on, in place."""
    if t < placement.join_in:
        fade = Fade(placement.join_in, FadeShape.EQUAL_POWER)
        apply_fade(sound[: 2 * (placement.join_in - t)], t, fade, falling=False)
    frames = len(sound) // 2
    into = t + frames - (placement.length - placement.join_out)
    if placement.join_out and into > 0:
        count = min(into, frames)
        fade = Fade(placement.join_out, FadeShape.EQUAL_POWER)
        apply_fade(sound[2 * (frames - count) :], into - count, fade, falling=True)


_NO_STEM = Stem(np.empty((0, 2), np.float32), ())


def add_up(stems: Collection[Stem], out: np.ndarray) -> None:
    """Mixes the tracks' shares, in their order, into `out` (frames, 2): the same samples that `render` gives."""
    with np.errstate(over="ignore", invalid="ignore"):
        _add_up(stems, out, mends=False)
        if not _all_numbers(out.reshape(-1)):
            _add_up(stems, out, mends=True)


def _add_up(stems: Collection[Stem], mix: np.ndarray, *, mends: bool) -> None:
    mix.fill(_SILENT)
    covered: list[tuple[int, int]] = []
    for sound, spans in stems:
        for first, last in spans:
            part = mix[first:last]
            np.add(part, sound[first:last], out=part)
            if mends:
                _mend(part)
        covered += spans
    _clear_gaps(mix.reshape(-1), covered)


def _all_numbers(sound: np.ndarray) -> bool:
    """Whether no sample is NaN or infinite; False also for some that are very large."""
    return math.isfinite(float(np.dot(sound, sound)))


def _mend(sound: np.ndarray) -> None:
    sound[~np.isfinite(sound)] = 0.0


class Voice:
    """A track made ready for mixing."""

    def __init__(self, track: TrackPlan, master: float, old: "Voice | None") -> None:
        self.id = track.id
        self.placements = track.placements
        self.left = track.gain * track.left * master
        self.right = track.gain * track.right * master
        self.sounds = track.audible and track.gain * master > 0.0 and bool(track.placements)
        self._points = (track.automation, track.fader)
        self._last = 0  # the first placement that was looked at last
        self._starts: list[int]
        self._ends: list[int]  # the latest end so far
        self.automation: AutomationCurve | None
        self.paths: frozenset[str]
        self.growing: tuple[Placement, ...]  # those whose files grow
        if old and old.placements is track.placements:
            self._starts, self._ends, self.paths, self.growing = old._starts, old._ends, old.paths, old.growing
        else:
            self._starts = [placement.start for placement in track.placements]
            self._ends = list(accumulate((placement.end for placement in track.placements), max))
            self.paths = frozenset(placement.file.path for placement in track.placements)
            self.growing = tuple(placement for placement in track.placements if placement.file.growing)
        self.fader: AutomationCurve | None
        if old and old._points == self._points:
            self.automation, self.fader = old.automation, old.fader
        else:
            self.automation = AutomationCurve(track.automation) if track.automation else None
            self.fader = AutomationCurve(track.fader) if track.fader else None

    def same(self, other: "Voice | None", stretches: Sequence[tuple[int, int]]) -> bool:
        """Whether it sounds as `other` (None: as nothing) in these stretches of the song, (first, last) frames."""
        if other is None:
            return self.silent(stretches)
        as_loud = (self.sounds, self.left, self.right, self._points) == (
            other.sounds,
            other.left,
            other.right,
            other._points,
        )
        if as_loud and self.placements is other.placements:
            return True
        if as_loud and self.sounds:
            return all(self.between(*stretch) == other.between(*stretch) for stretch in stretches)
        return self.silent(stretches) and other.silent(stretches)

    def silent(self, stretches: Sequence[tuple[int, int]]) -> bool:
        """Whether nothing of it sounds in these stretches."""
        return not self.sounds or not any(self.between(*stretch) for stretch in stretches)

    def between(self, start: int, end: int) -> list[Placement]:
        """The placements that sound somewhere in `start` … `end`, in order."""
        if not self._ends or self._ends[-1] <= start:
            return []
        self._last = bisect_right(self._ends, start)
        candidates = self.placements[self._last : bisect_left(self._starts, end)]
        return [placement for placement in candidates if placement.end > start]

    def _alone(self, start: int, end: int) -> list[Placement] | None:
        """The placement that sounded alone last time, if it also sounds throughout `start` to `end`."""
        at, ends, starts = self._last, self._ends, self._starts
        if at >= len(ends) or starts[at] > start or ends[at] < end or (at and ends[at - 1] > start):
            return None
        if self.placements[at].end < end or (at + 1 < len(starts) and starts[at + 1] < end):
            return None
        return [self.placements[at]]

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int, list[Placement]]]:
        """(first, last, placements) of each stretch of `start` … `end` in which the same placements sound."""
        placements = self._alone(start, end) or self.between(start, end)
        if len(placements) == 1:
            yield max(start, placements[0].start), min(end, placements[0].end), placements
            return
        edges = {start, end} | {edge for placement in placements for edge in (placement.start, placement.end)}
        inside = sorted(edge for edge in edges if start <= edge <= end)
        for first, last in pairwise(inside):
            if here := [placement for placement in placements if placement.start <= first and placement.end >= last]:
                yield first, last, here


def file_runs(placement: Placement, t: int, frames: int) -> Iterator[tuple[int, int, int, bool]]:
    """(index in the result, first file frame, frames, reversed) of the file's parts that frames from `t` on play."""
    cycle = placement.loop_length
    at = 0
    while at < frames:
        u, period, count = t + at, placement.length, frames - at
        if cycle:
            u, period = (placement.loop_phase + t + at) % cycle, cycle
            count = min(count, cycle - u)
        if placement.reverse:
            yield at, placement.first + period - u - count, count, True
        else:
            yield at, placement.first + u, count, False
        at += count


def _to_stereo(samples: np.ndarray, channels: int, left: np.float32, right: np.float32, sound: np.ndarray) -> None:
    """`samples` times (left, right) into interleaved stereo `sound`; a factor of 1 keeps every bit."""
    if channels == 1:
        pairs = sound.reshape(-1, 2)
        _scale(samples, left, pairs[:, 0])
        if left == right:
            pairs[:, 1] = pairs[:, 0]
        else:
            _scale(samples, right, pairs[:, 1])
    elif left == right:
        _scale(samples, left, sound)
    else:
        whole = len(samples) // (2 * _TILE) * (2 * _TILE)
        tile = _tile(left, right)
        rows = sound[:whole].reshape(-1, 2 * _TILE)
        np.multiply(samples[:whole].reshape(-1, 2 * _TILE), tile, out=rows, dtype=np.float32)
        rest = len(samples) - whole
        np.multiply(samples[whole:], tile[:rest], out=sound[whole:], dtype=np.float32)


def _scale(samples: np.ndarray, gain: np.float32, out: np.ndarray) -> None:
    if gain == 1.0:
        np.copyto(out, samples)
    else:
        np.multiply(samples, gain, out=out, dtype=np.float32)


@lru_cache(maxsize=1024)
def _tile(left: np.float32, right: np.float32) -> np.ndarray:
    return np.tile(np.array([left, right], np.float32), _TILE)


def _clear_gaps(sound: np.ndarray, covered: Iterable[tuple[int, int]]) -> None:
    """Zeroes all frames outside the (first, last) ranges of `covered`."""
    reached = 0
    for first, last in sorted(covered):
        if first > reached:
            sound[2 * reached : 2 * first] = 0.0
        reached = max(reached, last)
    sound[2 * reached :] = 0.0
