"""Cancelling inside a network's pass, at no cost to passes that nobody cancels.

Every step of a model checks for a cancel by itself. Where a step takes long, a thread beside it looks four times a
second and, once the user asked to stop, lets the next layer that is called raise `Cancelled`.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.utils.hooks import RemovableHandle

from engine.errors import Cancelled
from engine.jobs import Context

THREAD = "cancel"
_LOOK = 0.25  # seconds; two of them are what a cancel may take


class CancelHook:
    """Stops networks between two of their layers."""

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        """Watches every module of the networks."""
        self._networks = list(networks)

    @contextmanager
    def over(self, context: Context) -> Iterator[None]:
        """While this is open, a cancel of `context` takes effect."""
        done = threading.Event()
        stops: list[RemovableHandle] = []
        thread = threading.Thread(target=self._look, args=(context, done, stops), name=THREAD, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            for stop in stops:
                stop.remove()

    def _look(self, context: Context, done: threading.Event, stops: list[RemovableHandle]) -> None:
        while not done.wait(_LOOK):
            try:
                context.check()
            except Cancelled:
                stops += [
                    module.register_forward_pre_hook(_stop)
                    for network in self._networks
                    for module in network.modules()
                ]
                return


def _stop(module: nn.Module, arguments: Any) -> None:
    raise Cancelled
