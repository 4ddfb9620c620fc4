"""The graph of a song's channels, for songs whose channels do more than play clips at their levels.

A channel is: clips (or what its members and sends give it) → devices → fader → pan → its group or the master; sends
branch off before or after the fader. Sound that passes devices with latency comes late; what meets it elsewhere is
delayed alike, and the whole runs ahead by the latency of the longest path, so that song frame s comes out as frame s.

Blocks are processed in the order of the song. From the same start, any block sizes give the same samples: devices keep
that law (`engine.devices.interface`), and all else is worked out frame by frame from the frame's number, in one order
of additions. Where a block does not go on from the last one, all devices start anew.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from engine.devices.interface import TEMPO, DeviceSpec, Processor, SupervisedProcessor, Value
from engine.devices.registry import find_device
from engine.playback.channel_levels import Fader, GridCurve, Run, Sound, apply_curve
from engine.playback.gains import AutomationCurve
from engine.playback.mixer import Mixer
from engine.playback.plan import NO_CHAIN, Chain, DevicePlan, LoopFrames, Plan, Routing, SendPlan, TrackPlan
from engine.playback.samples import MAX_OPEN_FILES
from engine.project.curves import CurveValues
from engine.project.model import Project
from engine.project.routing import channel_order
from engine.timing.tempo_curve import steady_tempo, tempos_at

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_MASTER = ""


class _Delay:
    """Delays sound by a number of frames."""

    def __init__(self, frames: int) -> None:
        self.line: Sound = np.zeros((frames, 2), np.float32)

    def push(self, block: Sound) -> Sound:
        """The block that comes out while `block` goes in."""
        if not len(self.line):
            return block
        both = np.concatenate((self.line, block))
        self.line = both[len(block) :].copy()  # never changed, so that a mark may hold it
        return both[: len(block)]


class _DeviceNode:
    """A device at work. `before` is the latency of the sound that comes in."""

    def __init__(self, plan: DevicePlan, spec: DeviceSpec, processor: Processor, before: int) -> None:
        self.plan, self.spec, self.processor, self.before = plan, spec, processor, before
        self.curves = {curve.parameter: CurveValues(curve.points, steps=curve.steps) for curve in plan.curves}
        self._grids = {name: GridCurve(values.at) for name, values in self.curves.items()}
        self.side = _Delay(0)
        self.tempo: float | GridCurve = 120.0

    def values(self, runs: Sequence[Run]) -> dict[str, Value]:
        """The device's parameters over a block."""
        values: dict[str, Value] = dict(self.plan.values)
        for name, curve in self.curves.items():
            constant = curve.constant(runs[0][1], runs[0][2]) if len(runs) == 1 else None
            values[name] = self._grids[name].at(runs) if constant is None else constant
        if self.spec.follows_tempo:
            values[TEMPO] = self.tempo if isinstance(self.tempo, float) else self.tempo.at(runs)
        return values

    def tail(self, tempo: float) -> int:
        """The device's tail, the longest of those that its automation leads to, for the slowest tempo."""
        values = dict(self.plan.values) | ({TEMPO: tempo} if self.spec.follows_tempo else {})
        cases = [values]
        for curve in self.plan.curves:
            cases += [{**values, curve.parameter: value} for value in sorted({point[1] for point in curve.points})]
        return max(self.processor.tail(case) for case in cases)


@dataclass(slots=True)
class _Edge:
    """What goes from one channel to another, and by how much it is delayed on the way."""

    to: str
    delay: _Delay
    send: SendPlan | None = None
    curve: AutomationCurve | None = None


class _Channel:
    """A track, group or return; the master is one without a track."""

    def __init__(self, track: TrackPlan | None, devices: list[_DeviceNode], arrival: int, latency: int) -> None:
        self.track, self.devices, self.arrival, self.latency = track, devices, arrival, latency
        self.plays = bool(track and track.placements)
        chain = track.chain or NO_CHAIN if track else NO_CHAIN
        self.fader = Fader(track, chain) if track else None
        self.own = _Delay(0)
        self.direct: _Edge | None = None
        self.sends: list[_Edge] = []


@dataclass(frozen=True, slots=True)
class _Mark:
    running: bool
    fed: int
    cursor: int
    segments: tuple[tuple[int, int], ...]
    processors: Mapping[str, object]
    delays: Mapping[str, Sound]


@dataclass(slots=True)
class Block:
    """A rendered block.

    mix: what comes out of the master. stems: by track id, what channels that feed the master add to it, with the
    master's fader but without its devices; added up they are the mix before those. post: all channels that are heard,
    after their faders, before their sound meets what is later than it; valid until the next block.
    """

    mix: Sound
    stems: dict[str, Sound] = field(default_factory=dict)
    post: dict[str, Sound] = field(default_factory=dict)


def _threads(count: int) -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # here, since the player needs none

    return ThreadPoolExecutor(count, thread_name_prefix="graph")


class Graph:
    """Renders a plan with channels, block after block. One thread at a time; `workers` of its own share the work."""

    def __init__(
        self,
        plan: Plan,
        *,
        max_block: int,
        strict: bool = True,
        max_files: int = MAX_OPEN_FILES,
        workers: int = 1,
        stems: Sequence[str] = (),
    ) -> None:
        """`max_block`: the most frames of a block. `stems`: ids of the tracks whose stems blocks have."""
        self.max_block = max_block
        self._strict = strict
        self._stem_ids = tuple(stems)
        self._mixers = [Mixer(Plan(plan.rate), strict=strict, max_files=max_files) for _ in range(workers)]
        self._free: SimpleQueue[Mixer] = SimpleQueue()
        for mixer in self._mixers:
            self._free.put(mixer)
        self._pool = _threads(workers) if workers > 1 else None
        self._processors: dict[str, tuple[str, Processor]] = {}
        self._supervised: dict[str, SupervisedProcessor] = {}
        self._delays: dict[str, _Delay] = {}
        self._fed = 0
        self._cursor = 0
        self._segments: deque[tuple[int, int]] = deque([(0, 0)])
        self._running = False
        self.latency = 0
        """Frames by which the input runs ahead of what comes out."""
        self._build(plan)

    def close(self) -> None:
        """Closes its files and ends its threads."""
        if self._pool:
            self._pool.shutdown(wait=True)
        for mixer in self._mixers:
            mixer.close()
        for processor in self._supervised.values():
            processor.close()

    def notices(self) -> list[tuple[str, str]]:
        """(device id, sentence) of devices that stopped or were late since the last call."""
        return [(id_, text) for id_, processor in self._supervised.items() for text in processor.notices()]

    def restart(self, device_id: str) -> None:
        """Starts a device anew that stopped."""
        if processor := self._supervised.get(device_id):
            processor.restart()

    @property
    def failed(self) -> set[str]:
        """Paths of files that could not be read."""
        return set().union(*(mixer.reader.failed for mixer in self._mixers))

    def set_plan(self, plan: Plan) -> None:
        """Renders `plan` from now on; devices that stay go on from where they are."""
        at, latency = self._expected(), self.latency
        self._build(plan)
        if self._running and latency != self.latency:
            self._start(at)

    def render(self, start: int, frames: int, loop: LoopFrames | None = None) -> Block:
        """Song frames `start` … `start + frames`, at most `max_block`.

        With `loop`, the song is played as a transport does that repeats it. Where `start` does not follow on what was
        rendered last, all devices start anew.
        """
        if not self._running or start != self._expected():
            self.reset()
            self._start(start, loop)
        return self._feed(frames, loop)

    def reset(self) -> None:
        """Lets all devices forget what they heard."""
        for _, processor in self._processors.values():
            processor.reset()
        for delay in self._delays.values():
            delay.line = np.zeros_like(delay.line)
        self._running = False

    def mark(self) -> object:
        """The present state."""
        processors = {key: processor.mark() for key, (_, processor) in self._processors.items()}
        delays = {key: delay.line for key, delay in self._delays.items() if len(delay.line)}
        return _Mark(self._running, self._fed, self._cursor, tuple(self._segments), processors, delays)

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned; devices that have come since start anew."""
        assert isinstance(mark, _Mark)
        self._running = mark.running
        self._fed, self._cursor, self._segments = mark.fed, mark.cursor, deque(mark.segments)
        for key, (_, processor) in self._processors.items():
            if key in mark.processors:
                processor.rewind(mark.processors[key])
            else:
                processor.reset()
        for key, delay in self._delays.items():
            line = mark.delays.get(key)
            delay.line = line if line is not None and len(line) == len(delay.line) else np.zeros_like(delay.line)

    def reductions(self) -> dict[str, float]:
        """By device id: how many decibels each device that tells it turns the sound down now."""
        reductions = (
            (id_, getattr(processor, "reduction_db", None)) for id_, (_, processor) in self._processors.items()
        )
        return {id_: decibels for id_, decibels in reductions if decibels is not None}

    def tails(self) -> dict[str, int]:
        """By track id: frames for which its sound rings on, through all that it passes."""
        tempo = float(min(point.bpm for point in self._plan.tempo_map.tempos))
        own = {id_: sum(device.tail(tempo) for device in channel.devices) for id_, channel in self._channels.items()}
        tails = {_MASTER: own[_MASTER]}
        for id_ in reversed(self._order):
            channel = self._channels[id_]
            edges = [*([channel.direct] if channel.direct else []), *channel.sends]
            tails[id_] = own[id_] + max((tails[edge.to] for edge in edges), default=0)
        return tails

    def preroll(self, start: int) -> int:
        """Frames before `start` from which on the song must be rendered so that it sounds there as in the whole."""
        if any(device.spec.kind == "modulation" for channel in self._all() for device in channel.devices):
            return start  # a modulation's place in its cycle depends on all that came before
        tails = self.tails()
        return min(start, max((tails[id_] for id_ in self._order), default=tails[_MASTER]) + self.latency)

    def _all(self) -> Iterator[_Channel]:
        return iter(self._channels.values())

    def _build(self, plan: Plan) -> None:
        """Lays out channels, latencies and delays; processors and delays that stay keep their state."""
        self._plan = plan
        tracks = {track.id: track for track in plan.tracks}
        chains = {id_: track.chain or NO_CHAIN for id_, track in tracks.items()}
        self._order = channel_order([_Routed(id_, chain) for id_, chain in chains.items()])
        self._taps = {device.sidechain for chain in chains.values() for device in chain.devices}
        self._taps |= {device.sidechain for device in plan.master_devices}
        old_processors, old_delays, before = self._processors, self._delays, self._supervised
        self._processors, self._delays, self._supervised = {}, {}, {}
        self._channels: dict[str, _Channel] = {}
        arriving: dict[str, list[str]] = {id_: [] for id_ in (*tracks, _MASTER)}
        for id_, track in tracks.items():
            if track.audible:
                arriving[chains[id_].group].append(id_)
            for send in chains[id_].sends:
                arriving[send.to].append(id_)
        for id_ in (*self._order, _MASTER):
            plans = chains[id_].devices if id_ else plan.master_devices
            devices = [self._device(each, plan.rate, old_processors) for each in plans]
            arrival = max((self._channels[source].latency for source in arriving[id_]), default=0)
            passed = 0
            for device in devices:
                if device.plan.sidechain:
                    arrival = max(arrival, self._channels[device.plan.sidechain].latency - passed)
                passed += device.processor.latency
            passed = arrival
            for device in devices:
                device.before = passed
                if source := device.plan.sidechain:
                    late = passed - self._channels[source].latency
                    device.side = self._delay(f"side {device.plan.id}", late, old_delays)
                passed += device.processor.latency
            self._channels[id_] = _Channel(tracks.get(id_), devices, arrival, passed)
        self.latency = self._channels[_MASTER].latency
        for id_ in self._order:
            self._connect(id_, chains[id_], old_delays)
        for id_ in self._stem_ids:
            self._delay(f"stem {id_}", self.latency - self._channels[id_].latency, old_delays)
        self._levels = _levels(self._order, self._channels, arriving, self._taps)
        self._master_curve = AutomationCurve(plan.master_fader) if plan.master_fader else None
        active = {id_ for level in self._levels for id_ in level} | {_MASTER}
        for id_, channel in self._channels.items():
            if id_ not in active:
                for device in channel.devices:
                    device.processor.reset()  # what is not heard does not go on, so it has nothing to go on from
        unit = replace(plan, tracks=tuple(self._source(track) for track in plan.tracks), master_gain=1.0)
        for mixer in self._mixers:
            mixer.set_plan(unit)
        for id_, processor in before.items():
            if self._supervised.get(id_) is not processor:
                processor.close()

    def _device(self, plan: DevicePlan, rate: int, old: Mapping[str, tuple[str, Processor]]) -> _DeviceNode:
        spec = find_device(plan.kind)
        assert spec is not None  # the plan holds known devices only
        kind, processor = old.get(plan.id, ("", None))
        if processor is None or kind != plan.kind:
            processor = spec.create(rate, self.max_block)
        self._processors[plan.id] = (plan.kind, processor)
        if spec.own_process and isinstance(processor, SupervisedProcessor):
            if not self._strict:
                processor.begin_in_real_time()
            self._supervised[plan.id] = processor
        node = _DeviceNode(plan, spec, processor, 0)
        if spec.follows_tempo:
            node.tempo = self._tempo(rate)
        return node

    def _tempo(self, rate: int) -> float | GridCurve:
        tempo_map = self._plan.tempo_map
        tempo = steady_tempo(tempo_map)
        return GridCurve(partial(tempos_at, tempo_map, rate)) if tempo is None else tempo

    def _delay(self, key: str, frames: int, old: Mapping[str, _Delay]) -> _Delay:
        before = old.get(key)
        delay = before if before and len(before.line) == frames else _Delay(frames)
        self._delays[key] = delay
        return delay

    def _connect(self, id_: str, chain: Chain, old: Mapping[str, _Delay]) -> None:
        channel = self._channels[id_]
        channel.own = self._delay(f"own {id_}", channel.arrival, old)
        track = channel.track
        assert track is not None
        if track.audible:
            late = self._channels[chain.group].arrival - channel.latency
            channel.direct = _Edge(chain.group, self._delay(f"{id_} {chain.group}", late, old))
        for send in chain.sends:
            late = self._channels[send.to].arrival - channel.latency
            curve = AutomationCurve(send.curve) if send.curve else None
            channel.sends.append(_Edge(send.to, self._delay(f"{id_} to {send.to}", late, old), send, curve))

    def _source(self, track: TrackPlan) -> TrackPlan:
        """What the mixer plays for a channel: a plain track at its level, the clips alone of any other."""
        if self._is_plain(track):
            return track
        channel = self._channels[track.id]
        needed = bool(channel.direct or channel.sends) or track.id in self._taps
        return replace(track, gain=1.0, left=1.0, right=1.0, automation=(), fader=(), audible=needed)

    def _is_plain(self, track: TrackPlan) -> bool:
        return track.chain is None and track.id not in self._taps

    def _expected(self) -> int:
        """The song frame that comes out next."""
        return self._runs(self.latency, 1)[0][1]

    def _start(self, song: int, loop: LoopFrames | None = None) -> None:
        """Starts to play at `song`: feeds what has to run ahead."""
        self._cursor = song
        self._segments = deque([(self._fed, song)])
        self._running = True
        left = self.latency
        while left:
            count = min(left, self.max_block)
            self._feed(count, loop)
            left -= count

    def _runs(self, latency: int, frames: int) -> list[Run]:
        """The song frames of the sound that is `latency` frames late, over the next `frames` frames."""
        first = self._fed - latency
        runs: list[Run] = []
        ends = [*(stream for stream, _ in self._segments), self._fed + frames + 1][1:]
        for number, ((stream, song), end) in enumerate(zip(self._segments, ends, strict=True)):
            a = first if number == 0 else max(first, stream)
            b = min(first + frames, end)
            if a < b:
                runs.append((a - first, song + a - stream, b - a))
        return runs

    def _feed(self, frames: int, loop: LoopFrames | None) -> Block:
        """Processes the next block of input."""
        inputs: list[Run] = []
        fed, cursor = self._fed, self._cursor
        done = 0
        while done < frames:
            count = frames - done
            if loop and loop.on and cursor < loop.end and loop.end > loop.start:
                count = min(count, loop.end - cursor)
            inputs.append((done, cursor, count))
            done, cursor = done + count, cursor + count
            if loop and loop.on and cursor == loop.end:
                cursor = loop.start
                self._segments.append((fed + done, cursor))
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            block = self._process(inputs, frames)
        self._fed, self._cursor = fed + frames, cursor
        while len(self._segments) > 1 and self._segments[1][0] <= self._fed - self.latency:
            self._segments.popleft()
        return block

    def _process(self, inputs: Sequence[Run], frames: int) -> Block:
        buses: dict[str, Sound] = {}
        taps: dict[str, Sound] = {}
        block = Block(np.empty(0, np.float32))
        for level in self._levels:

            def one(id_: str) -> tuple[Sound | None, Sound | None]:
                return self._channel_sound(self._channels[id_], inputs, buses.get(id_), taps, frames)

            sounds = list(self._pool.map(one, level) if self._pool and len(level) > 1 else map(one, level))
            for id_, (pre, post) in zip(level, sounds, strict=True):
                channel = self._channels[id_]
                if id_ in self._taps and pre is not None:
                    taps[id_] = pre
                self._pass_on(channel, pre, post, buses, frames)
                if channel.direct and post is not None:
                    block.post[id_] = post
        for id_ in self._stem_ids:
            block.stems[id_] = self._stem(id_, block.post.get(id_), frames)
        master = self._channels[_MASTER]
        mix = buses.get(_MASTER)
        mix = np.zeros((frames, 2), np.float32) if mix is None else _numbers(mix)
        block.mix = self._faded(self._effects(master, mix, taps, frames), frames)
        return block

    def _channel_sound(
        self, channel: _Channel, inputs: Sequence[Run], bus: Sound | None, taps: Mapping[str, Sound], frames: int
    ) -> tuple[Sound | None, Sound | None]:
        """A channel's sound before and after its fader; None where there is nothing at all."""
        track = channel.track
        assert track is not None
        sound = None if bus is None else _numbers(bus)
        if channel.plays:
            clips = self._clips(track.id, inputs, frames)
            if self._is_plain(track):
                return None, clips
            if channel.arrival:
                clips = channel.own.push(np.zeros((frames, 2), np.float32) if clips is None else clips)
            if clips is not None:
                sound = clips if sound is None else sound + clips
        if channel.devices:
            sound = self._effects(channel, np.zeros((frames, 2), np.float32) if sound is None else sound, taps, frames)
        if sound is None:
            return None, None
        assert channel.fader is not None
        return sound, channel.fader.apply(sound, self._runs(channel.latency, frames))

    def _clips(self, id_: str, inputs: Sequence[Run], frames: int) -> Sound | None:
        """What a track's clips sound like over a block; None where none of them does."""
        mixer = self._free.get()
        try:
            whole: Sound | None = None
            for at, song, count in inputs:
                (stem,) = mixer.render_tracks((id_,), song, count)
                if not stem.spans:
                    continue
                if count == frames:
                    return stem.sound
                if whole is None:
                    whole = np.zeros((frames, 2), np.float32)
                whole[at : at + count] = stem.sound
            return whole
        finally:
            self._free.put(mixer)

    def _effects(self, channel: _Channel, sound: Sound, taps: Mapping[str, Sound], frames: int) -> Sound:
        """The sound after the channel's devices."""
        for device in channel.devices:
            side = None
            if device.plan.sidechain:
                tap = taps.get(device.plan.sidechain)
                side = device.side.push(np.zeros((frames, 2), np.float32) if tap is None else tap)
            values = device.values(self._runs(device.before, frames))
            sound = device.processor.process(sound, values, side)
        return sound

    def _pass_on(
        self, channel: _Channel, pre: Sound | None, post: Sound | None, buses: dict[str, Sound], frames: int
    ) -> None:
        """Adds a channel's sound to the buses of the channels that it goes to."""
        edges = [*([channel.direct] if channel.direct else []), *channel.sends]
        for edge in edges:
            sound = pre if edge.send and edge.send.pre_fader else post
            if edge.send and sound is not None:
                sound = self._sent(edge, channel, sound, frames)
            if len(edge.delay.line):
                sound = edge.delay.push(np.zeros((frames, 2), np.float32) if sound is None else sound)
            if sound is None:
                continue
            bus = buses.get(edge.to)
            if bus is None:
                buses[edge.to] = sound.copy()
            else:
                np.add(bus, sound, out=bus)

    def _sent(self, edge: _Edge, channel: _Channel, sound: Sound, frames: int) -> Sound:
        assert edge.send is not None
        if edge.curve:
            sound = sound.copy()
            apply_curve(edge.curve, sound, self._runs(channel.latency, frames))
            return sound
        return sound if edge.send.gain == 1.0 else sound * np.float32(edge.send.gain)

    def _stem(self, id_: str, sound: Sound | None, frames: int) -> Sound:
        """What a channel adds to the mix before the master's devices, as late as the mix, with the master's fader."""
        channel = self._channels[id_]
        if sound is None or channel.direct is None or channel.direct.to != _MASTER:
            sound = np.zeros((frames, 2), np.float32)
        return self._faded(self._delays[f"stem {id_}"].push(sound), frames)

    def _faded(self, mix: Sound, frames: int) -> Sound:
        """The sound after the master's fader, in an array of its own."""
        if self._master_curve:
            mix = mix.copy()
            apply_curve(self._master_curve, mix, self._runs(self.latency, frames))
            return mix
        return mix * np.float32(self._plan.master_gain)


@dataclass(frozen=True, slots=True)
class _Routed:
    """What `channel_order` asks of a channel."""

    id: str
    chain: Chain

    @property
    def devices(self) -> tuple[DevicePlan, ...]:
        return self.chain.devices

    @property
    def sends(self) -> tuple[SendPlan, ...]:
        return self.chain.sends

    @property
    def group(self) -> str:
        return self.chain.group


def _levels(
    order: Sequence[str], channels: Mapping[str, _Channel], arriving: Mapping[str, Sequence[str]], taps: set[str]
) -> list[list[str]]:
    """The channels in groups that do not need each other, each after those that it needs."""
    depth: dict[str, int] = {}
    for id_ in order:
        sources = [
            *arriving[id_],
            *(device.plan.sidechain for device in channels[id_].devices if device.plan.sidechain),
        ]
        depth[id_] = 1 + max((depth[source] for source in sources), default=-1)
    levels: list[list[str]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for id_ in order:
        channel = channels[id_]
        if channel.direct or channel.sends or id_ in taps:
            levels[depth[id_]].append(id_)
    return levels


def _numbers(sound: Sound) -> Sound:
    """The sound with 0 for what a sum has made too large to be a number."""
    flat = sound.reshape(-1)
    if not np.isfinite(np.dot(flat, flat)):
        sound = np.where(np.isfinite(sound), sound, np.float32(0))
    return sound


def warm_up(tracks: Sequence[TrackPlan], master: Sequence[DevicePlan], rate: int) -> None:
    """Loads what the devices of tracks and of the master need, so that a graph is built quickly then. Any thread."""
    chains = [track.chain.devices for track in tracks if track.chain]
    for kind in sorted({device.kind for devices in (*chains, master) for device in devices}):
        if (kind, rate) not in _WARM and (spec := find_device(kind)) and not spec.own_process:
            spec.create(rate, 64)
            _WARM.add((kind, rate))


_WARM: set[tuple[str, int]] = set()
"""Kinds of devices, and rates, of which a processor has been made in this process."""


def tails_of(project: Project) -> dict[str, int]:
    """By track id: frames for which its sound rings on through the song's devices; empty where there are none."""
    clock = project.clock
    routing = Routing(project, clock)
    tracks = tuple(
        TrackPlan(track.id, audible=routing.audible(track), chain=routing.chain(track)) for track in project.tracks
    )
    devices = routing.devices(project.master_devices, project.master_lanes)
    plan = Plan(project.rate, tracks, tempo_map=clock.tempo_map, master_devices=devices)
    if not devices and not any(track.chain and track.chain.devices for track in tracks):
        return {}
    graph = Graph(plan, max_block=1024)
    try:
        return graph.tails()
    finally:
        graph.close()
