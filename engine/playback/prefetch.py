"""Reads the next seconds of every file in advance, so that the page cache holds them when they are rendered.

A disk may take longer than the buffer to find a place; the thread that renders must never wait for it.
"""

import threading
from collections.abc import Callable

from engine.playback.mixer import file_runs
from engine.playback.plan import Placement, TrackPlan
from engine.playback.samples import SampleReader
from engine.playback.transport import Transport

AHEAD_SECONDS = 4.0
_PERIOD = 0.25  # seconds
_PIECE = 1 << 16  # frames read at once


class Prefetch:
    """A thread that follows a transport while it plays."""

    def __init__(self, transport: Callable[[], Transport]) -> None:
        self._transport = transport
        self.reader = SampleReader(strict=False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prefetch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join()
        self.reader.close()

    def _run(self) -> None:
        read: dict[str, tuple[Placement, ...]] = {}  # by track, what was read as far as `reached`
        reached = 0
        while not self._stop.wait(_PERIOD):
            transport = self._transport()
            if not transport.playing:
                read.clear()
                self.reader.close()
                continue
            song, ahead = transport.song, round(AHEAD_SECONDS * transport.rate)
            if not song <= reached <= song + ahead:
                read.clear()
            for track in transport.mixer.plan.tracks:
                if track.audible:
                    start = reached if read.get(track.id) is track.placements else song
                    self._read_track(track, start, song + ahead)
                    read[track.id] = track.placements
            reached = song + ahead

    def _read_track(self, track: TrackPlan, start: int, end: int) -> None:
        """Reads the files of a track that sound from song frame `start` to `end`."""
        for placement in track.placements:
            if placement.start >= end:
                break
            self._read(placement, max(start, placement.start), min(end, placement.end))

    def _read(self, placement: Placement, start: int, end: int) -> None:
        """Reads the part of a placement's file that sounds from song frame `start` to `end`."""
        if start >= end:
            return
        count = end - start if not placement.loop_length else min(end - start, placement.loop_length)
        for _, first, frames, _ in file_runs(placement, start - placement.start, count):
            available = self.reader.frames(placement.file, first + frames)
            for piece in range(max(first, 0), min(first + frames, available), _PIECE):
                if self._stop.is_set():
                    return
                self.reader.read(placement.file, piece, min(_PIECE, available - piece, first + frames - piece))
