"""Models for the generator process that are too slow, hang, fail, or hold much memory.

Each is the tiny one, and its name says what is odd about it.
"""

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from engine.generate.interface import Capabilities, Chunk, Request, Result, Settings
from engine.generate.melody import Melody
from engine.jobs import Context

PAUSES = {"slow": 0.15, "too slow": 0.6}
"""Seconds a step takes longer."""

CHUNKS = {"stalling": 1}
"""Chunks of a stream after which no more come until it is cancelled."""

BALLAST = 300 << 20


class OddSession:
    def __init__(self, session: Any, pause: float, most: float) -> None:
        self._session, self._pause, self._left = session, pause, most
        self.mark, self.rewind = session.mark, session.rewind

    @property
    def notices(self) -> tuple[str, ...]:
        return self._session.notices

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        while self._left <= 0:
            context.check()
            time.sleep(0.02)
        self._left -= 1
        chunk: Chunk = self._session.advance(settings, context, last=last)
        pause = self._pause * chunk.steps
        time.sleep(pause)
        return replace(chunk, seconds_spent=chunk.seconds_spent + pause)


class OddModel:
    def __init__(self, name: str) -> None:
        self._melody, self._name = Melody.untrained("tiny", "cpu"), name
        self._ballast = np.ones(BALLAST, np.uint8) if name == "large" else None

    @property
    def capabilities(self) -> Capabilities:
        return self._melody.capabilities

    def generate(self, request: Request, context: Context) -> Result:
        if self._name == "hanging":
            context.progress(0.1, "hangs")
            time.sleep(1000)
        if self._name == "holding":
            held = np.ones(BALLAST, np.uint8)
            context.progress(0.1, "holds")
            while held.any():
                context.check()
                time.sleep(0.01)
        if self._name == "failing":
            raise RuntimeError("a tensor of the wrong shape")
        if self._name == "hungry":
            raise MemoryError
        return self._melody.generate(request, context)

    def open(self, request: Request, context: Context) -> OddSession:
        session = self._melody.open(request, context)
        return OddSession(session, PAUSES.get(self._name, 0.0), CHUNKS.get(self._name, math.inf))


def open_model(name: str, device: str | None, untrained: bool) -> OddModel:
    return OddModel(name)
