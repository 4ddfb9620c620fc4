"""Cancelling inside a network's pass: a check before every block of every network, not only after every step."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from engine.jobs import Context


class Watch:
    """Raises `Cancelled` before the next block is computed, once the user asked to stop."""

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        """Watches every entry of every module list of the networks."""
        self._context: Context | None = None
        for network in networks:
            for inner in network.modules():
                if isinstance(inner, nn.ModuleList):
                    for block in inner:
                        block.register_forward_pre_hook(self._check)

    def _check(self, block: nn.Module, arguments: Any) -> None:
        if self._context is not None:
            self._context.check()

    @contextmanager
    def over(self, context: Context) -> Iterator[None]:
        """While this is open, a cancel of `context` takes effect."""
        self._context = context
        try:
            yield
        finally:
            self._context = None
