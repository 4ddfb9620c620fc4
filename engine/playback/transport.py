"""The transport: renders the song ahead into a ring, and makes changes audible soon and without clicks.

The ring holds up to `buffer` frames that are not yet due. A change does not wait for them: it takes effect at a cut a
little ahead of what the device has taken (`guard` frames: two of its blocks and some time to render). From the cut on,
what lies in the ring is faded over into what is rendered anew, and the rest of the ring is replaced piece by piece; it
stays playable meanwhile, so a change never empties the buffer. Only tracks that the change touches there are rendered
(see `stems`), and a change of nothing that lies in the ring leaves it as it is. Jumps (play, stop, seek) drop the rest
instead: old sound at a new place would be wrong. So a fader is heard about `guard` frames after it moved, however long
the buffer.

Each frame of the ring is mapped to the song's frame that it plays, so the position reported is the one that is heard,
and a cut goes on exactly there, through loops too.

Where a growing file lacks what is needed, playback holds: it fades out, waits, and goes on from the frame where it
stopped as soon as there is half a second or the end of the clip.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from engine.playback.graph import Graph
from engine.playback.meters import measure
from engine.playback.metronome import CountIn, Metronome
from engine.playback.mixer import Mixer, Voice, add_up
from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.ring import Ring
from engine.playback.stems import NO_LEVELS, Kept, Stems
from engine.project.sample_file import SampleFile
from engine.timing.clock import Clock

MIN_LOOP_SECONDS = 0.01
"""Shorter loop regions are not repeated."""

_FADE_SECONDS = 0.008
_RESUME_SECONDS = 0.5  # what must be there before a held playback goes on
_OPEN_FILES = 1024  # a song's files are all kept open if the system allows it
_MARKS = 16  # states of the devices that are noted within a buffer, at most
_LEAD = 2  # quanta that are rendered before a change is made


@dataclass(frozen=True, slots=True)
class Segment:
    """From ring frame `out` on, the song is at `song` and moves, or stands still there (stopped, or `holding`)."""

    out: int
    song: int
    moving: bool
    holding: bool = False

    def at(self, out: int) -> int:
        """The song's frame at ring frame `out`."""
        return self.song + (out - self.out if self.moving else 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """Meters of ring frames `start` to `end`: (tracks, 4), see `meters.measure`, before the master gain.

    reductions: by device id, how many decibels it turns sound down at their end.
    """

    start: int
    end: int
    tracks: tuple[TrackPlan, ...]
    values: np.ndarray
    reductions: Mapping[str, float] = field(default_factory=dict)


class Transport:
    """Belongs to the thread that renders; only `ring.pull` is called by another."""

    def __init__(self, plan: Plan, *, buffer: int, guard: int) -> None:
        """`buffer` and `guard` in frames at the plan's rate."""
        self.rate = plan.rate
        self._quantum = self.quantum = 1024 * max(1, round(plan.rate / 48000))
        self.fade = round(_FADE_SECONDS * plan.rate)
        self.mixer = Mixer(plan, strict=False, max_files=_OPEN_FILES)
        self.loop = plan.loop
        self.playing = False
        self.measured: deque[Measured] = deque()
        self.watched = ""
        """The id of the track whose sound the ring's `channel` has; empty for none."""
        self._metronome: Metronome | None = None
        self._metronome_gain = 1.0
        self._count_in: CountIn | None = None
        self._audition: tuple[Mixer, int] | None = None  # and the ring frame at which it starts
        self._song = 0
        self._holding = False
        self._stems = Stems()
        self._graph: Graph | None = None
        self._marks: deque[tuple[int, object]] = deque()  # (ring frame, the graph's state before it is rendered)
        self._set_graph(plan)
        self.ring = Ring(1)
        self._segments = deque([Segment(0, 0, False)])
        self.set_buffer(buffer, guard)

    def set_buffer(self, buffer: int, guard: int) -> None:
        """Restarts with an empty ring from the position heard now; the device must not be pulling."""
        self._rewind(self.ring.read)
        self.buffer, self.guard = buffer, guard
        self.ring = Ring(self.rate + buffer + guard + 16 * self._quantum)  # the last second can be looked back at
        self.ring.idle = not self.playing
        self.head = 0  # the next ring frame to render
        self._floor = 0  # no cut before this
        self._segments = deque([Segment(0, self._song, self.playing and not self._holding, self._holding)])
        self.measured.clear()
        self._stems.clear()
        self._marks.clear()
        self._stop_audition()

    def close(self) -> None:
        """Closes its files."""
        self.mixer.close()
        if self._graph:
            self._graph.close()
        self._stop_audition()

    @property
    def song(self) -> int:
        """The song's frame that is rendered next."""
        return self._song

    @property
    def failed(self) -> set[str]:
        """Paths of files that could not be read."""
        return self.mixer.reader.failed | (self._graph.failed if self._graph else set())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What the ring's frames play, those of the last second among them."""
        return tuple(self._segments)

    @property
    def full(self) -> bool:
        """Whether the ring is full and every change is rendered."""
        return self.head >= self.ring.read + self.buffer

    def fill(self) -> bool:
        """Renders one more piece unless the ring is full; returns whether it did."""
        if self.full:
            return False
        if self.ring.read > self.head:  # the device has overtaken what was to be replaced
            self._skip(self.ring.read + self.guard - self.head)
        self._advance()
        return True

    def at(self, out: int) -> Segment:
        """The segment of ring frame `out`, which was played less than a second ago or is in the ring."""
        segments = self._segments
        return next((segment for segment in reversed(segments) if segment.out <= out), segments[0])

    def play(self, frame: int | None = None, count_in: int = 0) -> None:
        """Plays from song frame `frame`, or from where it stands, after `count_in` bars of clicks."""
        if self.playing and frame is None:
            return

        def apply() -> None:
            self.playing, self._holding = True, False
            if self._graph:
                self._graph.reset()
            if frame is not None:
                self._song = frame
            self._count_in = None
            if count_in:
                plan = self.mixer.plan
                self._count_in = CountIn(Clock(plan.rate, plan.tempo_map), self._song, count_in)
                self._song = self._count_in.start

        self._change(apply, jump=True)

    def stop(self) -> None:
        """Stops where it is."""

        def apply() -> None:
            self.playing = self._holding = False

        if self.playing:
            self._change(apply, jump=True)

    def seek(self, frame: int) -> None:
        """Goes to song frame `frame`, playing on if it plays."""

        def apply() -> None:
            self._song, self._holding, self._count_in = frame, False, None

        self._change(apply, jump=True)

    def set_plan(self, plan: Plan) -> None:
        """Plays `plan` (of the same rate) from now on."""
        before, voices = self.mixer.plan, self.mixer.voices
        ticks = plan.tempo_map != before.tempo_map
        loops = plan.loop != before.loop and plan.loop != self.loop

        def apply() -> None:
            if plan.loop != before.loop:
                self.loop = plan.loop
            if self._metronome and ticks:
                self._metronome = Metronome(Clock(plan.rate, plan.tempo_map))
            self.mixer.set_plan(plan)

        if not self.playing:
            apply()
            self._set_graph(plan)
            self._stems.clear()
            return
        if self._graph or plan.has_graph:
            self._change_graph(before, plan, apply)
            return
        cut = self._cut()
        apply()
        touched = self._touched(voices, cut)
        self._stems.forget(touched)
        order = [track.id for track in before.tracks] != [track.id for track in plan.tracks]
        holding = any(segment.holding for segment in self._segments)
        if touched or order or holding or loops or (ticks and self._metronome):
            self._rewind(cut)
            self._replace(cut)

    def _change_graph(self, before: Plan, plan: Plan, apply: Callable[[], None]) -> None:
        """Goes from one plan to another of which one holds devices: from the cut on all is rendered anew."""
        holding = any(segment.holding for segment in self._segments)
        if _sounds_as(plan, before) and not holding and not self._metronome:
            apply()
            self._set_graph(plan)
            return
        cut = self._cut()
        self._rewind(cut)
        apply()
        self._set_graph(plan)
        self._stems.clear()
        self._replace(cut)

    def _set_graph(self, plan: Plan) -> None:
        """Lets the graph render `plan`, if it needs one; devices that stay go on from where they are."""
        if not plan.has_graph:
            if self._graph:
                self._graph.close()
            self._graph = None
            self._marks.clear()
        elif self._graph:
            self._graph.set_plan(plan)
        else:
            self._graph = Graph(plan, max_block=2 * self._quantum, strict=False, max_files=_OPEN_FILES)

        self.quantum = 2 * self._quantum if self._graph else self._quantum  # devices cost less in longer blocks

    def _touched(self, before: Mapping[str, Voice], cut: int) -> set[str]:
        """The tracks that differ from `before` in the parts of the song that lie in the ring from `cut` on."""
        after = self.mixer.voices
        ends = [*(segment.out for segment in self._segments), self.head][1:]
        stretches = [
            (segment.at(max(segment.out, cut)), segment.at(end))
            for segment, end in zip(self._segments, ends, strict=True)
            if segment.moving and end > cut
        ]
        touched = {id_ for id_, voice in before.items() if id_ not in after and not voice.silent(stretches)}
        for id_, voice in after.items():
            if not voice.same(before.get(id_), stretches):
                touched.add(id_)
        return touched

    def device_notices(self) -> list[tuple[str, str]]:
        """(device id, sentence) of devices that stopped or were late since the last call."""
        return self._graph.notices() if self._graph else []

    def restart_device(self, device_id: str) -> None:
        """Starts a device anew that stopped."""
        if self._graph:
            self._graph.restart(device_id)

    def set_loop(self, loop: LoopFrames) -> None:
        """Repeats `loop` until the next plan brings another."""

        def apply() -> None:
            self.loop = loop

        self._change(apply)

    def set_metronome(self, on: bool, gain: float = 1.0) -> None:
        """Switches the clicks, `gain` linear."""

        def apply() -> None:
            plan = self.mixer.plan
            self._metronome = Metronome(Clock(plan.rate, plan.tempo_map)) if on else None
            self._metronome_gain = gain

        self._change(apply)

    def audition(self, file: SampleFile | None, gain: float = 1.0, bar: int = 0, origin: int = 0) -> None:
        """Plays `file` from its start, `gain` linear, over whatever plays, unmetered; None ends that.

        With `bar`, the length of the song's bars in frames, of which one begins at its frame `origin`, a file that
        begins with a bar is in time while the song plays: it starts as far in as the song is in its own bar.
        """

        def apply() -> None:
            self._stop_audition()
            if file:
                first = (self._song - origin) % bar if bar and self.playing else 0
                start = self.head - (first if first < file.frames else 0)
                track = TrackPlan("", placements=(Placement(0, file.frames, file, gain=gain),))
                self._audition = (Mixer(Plan(self.rate, (track,)), strict=False), start)

        self._change(apply, also_stopped=True)

    def _change(self, apply: Callable[[], None], *, jump: bool = False, also_stopped: bool = False) -> None:
        if not (self.playing or jump or also_stopped):
            apply()
            return
        cut = self._cut()
        self._rewind(cut)
        apply()
        if jump:
            self._stems.clear()
        self._replace(cut, jump=jump)

    def _cut(self) -> int:
        """The earliest ring frame at which a change can start; the crossfade's old side is rendered up to there."""
        cut = max(self.ring.read + self.guard, self._floor)
        while self.head < cut + self.fade:
            self._advance()
        if self._graph and self.playing:  # devices go on from states that were noted
            while (at := next((out for out, _ in self._marks if out >= cut), None)) is None:
                self._advance()
            while self.head < at + self.fade:
                self._advance()
            return at
        return cut

    def _replace(self, cut: int, *, jump: bool = False) -> None:
        """Renders again from `cut`, where the head is, and crossfades into that from what lies in the ring."""
        ring, fade = self.ring, self.fade
        rises = not jump or (self.playing and self.mixer.sounds_across(self._song))
        out, tap = np.empty((2, (_LEAD + 1) * self.quantum, 2), np.float32)
        done = 0
        while done < _LEAD * self.quantum:
            part = slice(done, done + self._next_frames())
            self._render(out[part], tap[part])
            done = part.stop
        out, tap = out[:done], tap[:done]
        at = max(cut, min(ring.read + self.guard // 2, ring.write))  # rendering may have taken long
        if (late := at - cut) > 0:
            if jump or late > len(out) - fade:
                self._shift(cut, late)
            else:
                out, tap = out[late:], tap[late:]
        count = max(min(fade, ring.write - at), 0)
        up = np.arange(count, dtype=np.float32)[:, None] / np.float32(fade)
        for new, memory in ((out, ring.out), (tap, ring.tap)):
            if rises:
                new[:count] *= up
            new[:count] += ring.get(memory, at, count) * (1 - up)
        ring.put(at, out, tap)
        ring.write = self.head if jump else max(ring.write, self.head)
        self._floor = at

    def _rewind(self, cut: int) -> None:
        """Goes back to rendering ring frame `cut`."""
        segments = self._segments
        while len(segments) > 1 and segments[-1].out > cut:
            segments.pop()
        while self.measured and self.measured[-1].start >= cut:
            self.measured.pop()
        self._song, self._holding = segments[-1].at(cut), segments[-1].holding
        self.head = cut
        marks = self._marks
        while marks and marks[-1][0] > cut:
            marks.pop()
        if self._graph and marks and marks[-1][0] == cut:
            self._graph.rewind(marks[-1][1])

    def _shift(self, cut: int, frames: int) -> None:
        """Delays what was rendered from ring frame `cut` on by `frames`."""
        later = [replace(segment, out=segment.out + frames) for segment in self._segments if segment.out >= cut]
        self._segments = deque([segment for segment in self._segments if segment.out < cut] + later)
        self.measured = deque(
            replace(item, start=item.start + frames, end=item.end + frames) if item.start >= cut else item
            for item in self.measured
        )
        self._stems.clear()
        self._marks = deque((out + frames if out >= cut else out, mark) for out, mark in self._marks)
        self.head += frames

    def _skip(self, frames: int) -> None:
        """Skips the next ring frames, which keep what they hold, and advances the song."""
        if self.playing and not self._holding:
            self._song += frames
            if self._loops(self._song - frames) and self._song >= self.loop.end:
                length = self.loop.end - self.loop.start
                self._song = self.loop.start + (self._song - self.loop.start) % length
        self.head += frames

    def _next_frames(self) -> int:
        """Frames to render at once: a quantum, or the rest of a chunk whose stems are kept."""
        edge = self._stems.edge(self.head)
        return self.quantum if edge is None else edge - self.head

    def _advance(self) -> None:
        """Renders the next piece, at most a quantum, into the ring."""
        out, tap = np.empty((2, self._next_frames(), 2), np.float32)
        at = self.head
        self._render(out, tap)
        self.ring.put(at, out, tap)
        self.ring.write = max(self.ring.write, self.head)
        self._stems.drop_before(self.ring.read)
        while len(self._segments) > 1 and self._segments[1].out < self.ring.read - self.rate:
            self._segments.popleft()

    def _render(self, out: np.ndarray, tap: np.ndarray) -> None:
        """The next frames, at most a quantum: what the device plays, and the song alone."""
        if self.playing:
            self._note_state()
            parts = self._render_song(tap)
        else:
            parts = []
            tap.fill(0.0)
            self._mark(0, moving=False)
        out[:] = tap
        for first, song, count in parts:
            if (clicks := self._count_in if self._counts_in(song) else self._metronome) is not None:
                clicks.add(out[first : first + count], song, self._metronome_gain)
        if self._audition:
            mixer, start = self._audition
            out += mixer.render(self.head - start, len(out))
        self.head += len(out)
        self.ring.idle = not self.playing and self._audition is None

    def _note_state(self) -> None:
        """Notes the state of the devices before the next frames, for a change that may come to be heard there."""
        marks = self._marks
        if self._graph is None:
            return
        while marks and marks[-1][0] >= self.head:
            marks.pop()
        while len(marks) > 1 and marks[1][0] <= self.ring.read:
            marks.popleft()
        if not marks or self.head - marks[-1][0] >= self.buffer // _MARKS:
            marks.append((self.head, self._graph.mark()))

    def _render_song(self, tap: np.ndarray) -> list[tuple[int, int, int]]:
        """Renders the song's next frames; returns (first frame, song frame, frames) of each stretch of it."""
        values = np.zeros((len(self.mixer.plan.tracks), 4), np.float32)
        parts: list[tuple[int, int, int]] = []
        done = 0
        while done < len(tap):
            song, count = self._song, len(tap) - done
            to_end = self.loop.end - song if self._loops(song) else None
            count = count if to_end is None else min(count, to_end)
            if self._count_in and self._counts_in(song):
                count = min(count, self._count_in.end - song)
            needed = max(count + self.fade, round(_RESUME_SECONDS * self.rate) if self._holding else 0)
            needed += self._graph.latency if self._graph else 0
            needed = needed if to_end is None else min(needed, to_end)
            ready = self.mixer.ready(song, needed)
            if ready < needed:
                self._wait(tap[done:], ready, done)
                break
            part = tap[done : done + count]
            if self._counts_in(song):
                part.fill(0.0)
            else:
                self._mix(part, self.head + done, values, count / len(tap))
            if self._holding:
                self._holding = False
                fade = min(self.fade, count)
                part[:fade] *= np.arange(fade, dtype=np.float32)[:, None] / np.float32(fade)
            self._mark(done, moving=True)
            parts.append((done, song, count))
            self._song += count
            done += count
            if count == to_end:
                self._song, self._count_in = self.loop.start, None
        reductions = self._graph.reductions() if self._graph else {}
        self.measured.append(Measured(self.head, self.head + len(tap), self.mixer.plan.tracks, values, reductions))
        return parts

    def _wait(self, part: np.ndarray, ready: int, done: int) -> None:
        """Fills `part` while a growing file runs short, fading out the frames that it has."""
        part.fill(0.0)
        if not self._holding and (count := min(self.fade, ready, len(part))):
            if self._graph:
                mark = self._graph.mark()
                part[:count] = self._graph.render(self._song, count, self._repeated).mix
                self._graph.rewind(mark)
            else:
                self.mixer.render(self._song, count, out=part[:count])
            part[:count] *= np.arange(count, 0, -1, dtype=np.float32)[:, None] / np.float32(count)
        self._holding = True
        self._mark(done, moving=False)

    def _mix(self, part: np.ndarray, out: int, values: np.ndarray, share: float) -> None:
        """Renders the song's next frames, those of ring frame `out`, into `part`.

        What each track's meter sees is added to `values`. Tracks whose stems are known there are not rendered; the
        stems of all are known from then on.
        """
        plan, frames = self.mixer.plan, len(part)
        if self._graph:
            block = self._graph.render(self._song, frames, self._repeated)
            part[:] = block.mix
            self._watch(out, block.post.get(self.watched), frames)
            for row, track in enumerate(plan.tracks):
                if (sound := block.post.get(track.id)) is not None:
                    levels_of_track = np.array(measure(sound))
                    np.maximum(values[row, :2], levels_of_track[:2], out=values[row, :2])
                    values[row, 2:] += levels_of_track[2:] * share
            return
        chunk = self._stems.chunk(out, self._song, frames)
        unknown = [track.id for track in plan.tracks if track.id not in chunk.tracks]
        for id_, stem in zip(unknown, self.mixer.render_tracks(unknown, self._song, frames), strict=True):
            chunk.tracks[id_] = Kept(stem, measure(stem.sound) if stem.spans else NO_LEVELS)
        tracks = chunk.tracks
        add_up([tracks[track.id].stem for track in plan.tracks], part)
        self._stems.put(chunk)
        watched = tracks.get(self.watched)
        self._watch(out, watched.stem.sound if watched and watched.stem.spans else None, frames)
        if values.size:
            scale = 1.0 / plan.master_gain if plan.master_gain else 0.0
            levels = np.array([tracks[track.id].levels for track in plan.tracks])
            np.maximum(values[:, :2], levels[:, :2] * scale, out=values[:, :2])
            values[:, 2:] += levels[:, 2:] * (scale * scale * share)

    def _watch(self, out: int, sound: np.ndarray | None, frames: int) -> None:
        """Puts the sound of the watched track, None for silence, to ring frame `out`."""
        if self.watched:
            self.ring.put_channel(out, np.zeros((frames, 2), np.float32) if sound is None else sound)

    def _counts_in(self, song: int) -> bool:
        return self._count_in is not None and song < self._count_in.end

    @property
    def _repeated(self) -> LoopFrames | None:
        """The loop that is being played; None where playback goes straight on."""
        return self.loop if self._loops(self._song) else None

    def _loops(self, song: int) -> bool:
        loop = self.loop
        return loop.on and song < loop.end and loop.end - loop.start >= MIN_LOOP_SECONDS * self.rate

    def _mark(self, done: int, *, moving: bool) -> None:
        """Records the song position `done` frames after the head."""
        out, last = self.head + done, self._segments[-1]
        if (last.moving, last.holding, last.at(out)) == (moving, self._holding, self._song):
            return
        if last.out == out:
            self._segments.pop()
        self._segments.append(Segment(out, self._song, moving, self._holding))

    def _stop_audition(self) -> None:
        if self._audition:
            self._audition[0].close()
        self._audition = None


def _sounds_as(plan: Plan, other: Plan) -> bool:
    """Whether two plans sound alike wherever they are played."""

    def heard(track: TrackPlan) -> tuple[object, ...]:
        levels = (track.gain, track.left, track.right, track.automation, track.fader)
        return (track.id, track.audible, levels, track.chain)

    return (
        (plan.master_gain, plan.master_fader, plan.master_devices, plan.tempo_map, plan.loop)
        == (other.master_gain, other.master_fader, other.master_devices, other.tempo_map, other.loop)
        and [heard(track) for track in plan.tracks] == [heard(track) for track in other.tracks]
        and all(a.placements is b.placements for a, b in zip(plan.tracks, other.tracks, strict=True))
    )
