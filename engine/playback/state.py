"""What the player tells: its state through shared memory, and sentences through a pipe.

The state is written into one of two slots in turn, and a counter then points to it; each slot begins and ends with its
count, so a reader that was too slow sees it and reads again. Nobody waits for anybody.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from engine.playback.spectrum import BANDS, FLOOR_DB
from engine.shared_memory import SharedMemory

SILENT = np.full(BANDS, FLOOR_DB, np.float32)
"""A spectrum of silence."""
MAX_REDUCTIONS = 256
"""Devices whose gain reduction is reported."""
MAX_TRACKS = 1024
"""Tracks whose meters are reported; further ones play without."""

_HEADER = np.dtype(
    [
        ("first_stamp", "<u8"),
        ("commands", "<u8"),  # how many it has carried out
        ("plan", "<u8"),  # serial number of the plan whose tracks are metered
        ("time", "<f8"),  # perf_counter, which is the same clock in all processes
        ("position", "<f8"),
        ("rate", "<f8"),
        ("loop_start", "<i8"),
        ("loop_end", "<i8"),
        ("loops", "?"),
        ("playing", "?"),
        ("moving", "?"),
        ("holding", "?"),
        ("lost", "?"),
        ("silent", "?"),
        ("device", "S160"),
        ("clipped", "?"),
        ("underruns", "<u8"),
        ("buffered_ms", "<f4"),
        ("device_rate", "<u4"),
        ("peak", "<f4", 2),
        ("rms", "<f4", 2),
        ("correlation", "<f4"),
        ("lufs_m", "<f8"),
        ("lufs_s", "<f8"),
        ("lufs_i", "<f8"),
        ("true_peak_db", "<f8"),
        ("spectrum", "<f4", BANDS),
        ("channel_spectrum", "<f4", BANDS),
        ("tracks", "<u4"),
        ("reductions", "<u4"),
    ]
)
_REDUCTION = np.dtype([("device", "S64"), ("decibels", "<f4")])
_TRACK = np.dtype([("peak", "<f4", 2), ("rms", "<f4", 2), ("clipped", "<u4")])
_SLOT = np.dtype(
    [
        ("header", _HEADER),
        ("meters", _TRACK, MAX_TRACKS),
        ("reductions", _REDUCTION, MAX_REDUCTIONS),
        ("last_stamp", "<u8"),
    ]
)
_BLOCK = np.dtype([("count", "<u8"), ("slots", _SLOT, 2)])
_EXTRAPOLATE = 0.25  # seconds


class TrackMeter(NamedTuple):
    """Levels as linear gains, after the fader; `clipped` stays until `Player.reset_clips`."""

    peak_left: float
    peak_right: float
    rms_left: float
    rms_right: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class PlayerState:
    """The player at a moment. Levels are linear, loudness in LUFS, −∞ where there is nothing to measure."""

    playing: bool = False
    position: float = 0.0  # song frame that is heard
    commands: int = 0  # how many it has carried out since it was started
    holding: bool = False  # waits for a growing file
    lost: bool = False  # the device is gone
    silent: bool = False  # no device was found, so that nothing is heard
    device: str = ""  # what plays; "" while nothing does
    underruns: int = 0
    buffered_ms: float = 0.0
    device_rate: int = 0
    meters: Mapping[str, TrackMeter] = field(default_factory=dict)  # by track id
    master_peak: tuple[float, float] = (0.0, 0.0)
    master_rms: tuple[float, float] = (0.0, 0.0)
    clipped: bool = False
    correlation: float = 0.0  # of the master's channels, −1 to 1
    reductions: Mapping[str, float] = field(default_factory=dict)  # dB by device id, of devices that turn sound down
    lufs_m: float = -math.inf
    lufs_s: float = -math.inf
    lufs_i: float = -math.inf
    true_peak_db: float = -math.inf
    spectrum: np.ndarray = field(default_factory=lambda: SILENT, compare=False)
    """The master's levels in the bands of `spectrum.FREQUENCIES`, in dB, while they are watched (`Player.watch`)."""
    channel_spectrum: np.ndarray = field(default_factory=lambda: SILENT, compare=False)
    """The same of the watched track."""


@dataclass(frozen=True, slots=True)
class PlayerMessage:
    """Something the user should know.

    kind: "device", "input", "rate", "lost", "file", "hold", "died", "midi", "plugin". device: the plug-in's id in the
    song.
    """

    kind: str
    text: str
    device: str = ""


class StateBlock:
    """The shared memory: made by the main process, opened by the player."""

    def __init__(self, name: str | None = None) -> None:
        """Makes a block, or opens the one called `name`."""
        self._memory = SharedMemory(_BLOCK.itemsize, name)
        self._block = np.ndarray((), _BLOCK, self._memory.buffer)

    @property
    def name(self) -> str:
        """What the player opens the block by; it is started with the descriptors `inherited`."""
        return self._memory.name

    @property
    def inherited(self) -> tuple[int, ...]:
        """See `name`."""
        return self._memory.inherited

    def write(
        self,
        header: Mapping[str, object],
        peak: np.ndarray,
        rms: np.ndarray,
        clipped: np.ndarray,
        reductions: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Publishes a state: fields of the header, meters of the tracks in the plan's order, and gain reductions."""
        count = int(self._block["count"]) + 1
        slot = self._block["slots"][count % 2]
        slot["header"]["first_stamp"] = count
        tracks = min(len(peak), MAX_TRACKS)
        for name, value in header.items():
            slot["header"][name] = value
        slot["header"]["tracks"] = tracks
        meters = slot["meters"]
        meters["peak"][:tracks], meters["rms"][:tracks], meters["clipped"][:tracks] = (
            peak[:tracks],
            rms[:tracks],
            clipped[:tracks],
        )
        shown = list(reductions.items())[:MAX_REDUCTIONS]
        slot["header"]["reductions"] = len(shown)
        for row, (device, decibels) in enumerate(shown):
            slot["reductions"][row] = device.encode()[:64], decibels
        slot["last_stamp"] = count
        self._block["count"] = count

    def read(self, now: float, tracks: Mapping[int, tuple[str, ...]]) -> PlayerState | None:
        """The latest state, its position carried on to `now` (perf_counter); None before there is one.

        `tracks` gives the ids of the tracks of each plan by serial number.
        """
        for _ in range(100):
            count = int(self._block["count"])
            if not count:
                return None
            slot = self._block["slots"][count % 2].copy()
            if slot["header"]["first_stamp"] == slot["last_stamp"] == count:
                return _state(slot, now, tracks)
        return None

    def close(self) -> None:
        """Gives the memory back."""
        del self._block
        self._memory.close()


def _state(slot: np.void, now: float, tracks: Mapping[int, tuple[str, ...]]) -> PlayerState:
    header = slot["header"]
    position = float(header["position"])
    if header["moving"]:
        before = position
        position += min(max(now - float(header["time"]), 0.0), _EXTRAPOLATE) * float(header["rate"])
        start, end = int(header["loop_start"]), int(header["loop_end"])
        if header["loops"] and before < end <= position and end > start:
            position = start + (position - start) % (end - start)
    ids = tracks.get(int(header["plan"]), ())
    meters = slot["meters"][: min(int(header["tracks"]), len(ids))]
    rows = zip(ids, meters["peak"].tolist(), meters["rms"].tolist(), meters["clipped"].tolist(), strict=False)
    return PlayerState(
        playing=bool(header["playing"]),
        position=position,
        commands=int(header["commands"]),
        holding=bool(header["holding"]),
        lost=bool(header["lost"]),
        silent=bool(header["silent"]),
        device=bytes(header["device"]).decode("utf-8", "ignore"),
        underruns=int(header["underruns"]),
        buffered_ms=float(header["buffered_ms"]),
        device_rate=int(header["device_rate"]),
        meters={
            track: TrackMeter(peak[0], peak[1], rms[0], rms[1], bool(clipped)) for track, peak, rms, clipped in rows
        },
        master_peak=(float(header["peak"][0]), float(header["peak"][1])),
        master_rms=(float(header["rms"][0]), float(header["rms"][1])),
        clipped=bool(header["clipped"]),
        correlation=float(header["correlation"]),
        reductions={
            bytes(row["device"]).decode("utf-8", "ignore"): float(row["decibels"])
            for row in slot["reductions"][: int(header["reductions"])]
        },
        lufs_m=float(header["lufs_m"]),
        lufs_s=float(header["lufs_s"]),
        lufs_i=float(header["lufs_i"]),
        true_peak_db=float(header["true_peak_db"]),
        spectrum=header["spectrum"].copy(),
        channel_spectrum=header["channel_spectrum"].copy(),
    )
