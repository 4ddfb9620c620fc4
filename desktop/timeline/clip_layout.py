"""Where clips begin and end in frames, worked out once per clip and found by bisection."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from engine.project.model import Clip, Project, Track
from engine.timing.clock import Clock


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames `first` to `last` (exclusive), in which several clips sound: their indices, the topmost (latest) first."""

    first: int
    last: int
    clips: tuple[int, ...]


class TrackSpans:
    """The clips of one track, in the order of their starts, with their frames as lists and arrays."""

    def __init__(self, track: Track, starts: dict[str, int]) -> None:
        order = sorted(track.clips, key=lambda clip: starts[clip.id])
        self.track = track
        self.clips: list[Clip] = order
        self.starts = [starts[clip.id] for clip in order]
        self.ends = [start + clip.length for start, clip in zip(self.starts, order, strict=True)]
        self.last = max(self.ends, default=0)
        self.index = {clip.id: index for index, clip in enumerate(order)}
        self.stacks = _stacks(self.starts, self.ends)
        self._longest = max((clip.length for clip in order), default=0)
        self.start_array = np.array(self.starts, np.float64)
        self.length_array = np.array([clip.length for clip in order], np.float64)
        stretches = [clip.stretch for clip in order]
        self.offset_array = np.array([stretch.offset for stretch in stretches], np.float64)
        # a clip that does not loop has one loop as long as itself
        loops = [stretch.loop_length or max(clip.length, 1) for stretch, clip in zip(stretches, order, strict=True)]
        self.has_files = any(take.source for clip in order for take in clip.takes)
        """Whether a take of a clip plays a file."""
        self.loop_array = np.array(loops, np.float64)
        self.looped_array = np.array([stretch.loop_length > 0 for stretch in stretches], bool)
        self.phase_array = np.array([stretch.loop_phase for stretch in stretches], np.float64)
        self.reverse_array = np.array([stretch.reverse for stretch in stretches], bool)

    def visible(self, first: float, last: float) -> range:
        """Indices of the clips that may reach into the frames from `first` to `last`."""
        return range(bisect_left(self.starts, first - self._longest), bisect_right(self.starts, last))

    def uncovered(self, index: int) -> int:
        """The frame at which the next clip begins to cover this one, or at which this one ends."""
        return min(self.ends[index], self.starts[index + 1]) if index + 1 < len(self.starts) else self.ends[index]

    def stacks_between(self, first: float, last: float) -> list[Stack]:
        """The stacks that reach into the frames from `first` to `last`."""
        return [stack for stack in self.stacks if stack.first < last and stack.last > first]

    def at(self, frame: float) -> list[int]:
        """Indices of the clips that sound at `frame`, the topmost (latest) first."""
        hits = [index for index in self.visible(frame, frame) if self.starts[index] <= frame < self.ends[index]]
        return hits[::-1]


def _stacks(starts: list[int], ends: list[int]) -> list[Stack]:
    """Where clips, in the order of their starts, overlap."""
    if all(end <= start for end, start in zip(ends, starts[1:], strict=False)):
        return []
    stacks: list[Stack] = []
    open_now: list[int] = []
    edges = sorted(
        [(start, 1, index) for index, start in enumerate(starts)] + [(end, 0, index) for index, end in enumerate(ends)]
    )
    before = 0
    for frame, begins, index in edges:
        if len(open_now) > 1 and frame > before:
            stacks.append(Stack(before, frame, tuple(reversed(open_now))))
        before = frame
        if begins:
            open_now.append(index)
        elif index in open_now:
            open_now.remove(index)
    return stacks


class Spans:
    """The spans of all tracks of a project, kept by identity. UI thread only."""

    def __init__(self) -> None:
        self._clock: Clock | None = None
        self._tracks: dict[str, TrackSpans] = {}
        self._clips: dict[str, tuple[Clip, int]] = {}

    def take(self, project: Project) -> None:
        """Makes `project` the one looked at; a new tempo forgets everything."""
        clock = project.clock
        if clock != self._clock:
            self._clock = clock
            self._tracks.clear()
            self._clips.clear()
        if len(self._clips) > 4 * sum(len(track.clips) for track in project.tracks) + 1000:
            self._clips.clear()

    def start(self, clip: Clip) -> int:
        """The first frame of `clip`."""
        cached = self._clips.get(clip.id)
        if cached and (cached[0] is clip or cached[0].position is clip.position):
            return cached[1]
        if self._clock is None:
            raise LookupError("no project was taken yet")
        start = self._clock.frames(clip.position)
        self._clips[clip.id] = clip, start
        return start

    def end(self, clip: Clip) -> int:
        """The frame after the last of `clip`."""
        return self.start(clip) + clip.length

    def of(self, track: Track) -> TrackSpans:
        """The spans of `track`."""
        cached = self._tracks.get(track.id)
        if cached and cached.track is track:
            return cached
        if cached and cached.track.clips is track.clips:
            cached.track = track
            return cached
        spans = self._tracks[track.id] = TrackSpans(track, {clip.id: self.start(clip) for clip in track.clips})
        return spans
