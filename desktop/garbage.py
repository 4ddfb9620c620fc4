"""When Python looks for garbage: not while the program starts, which makes none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_while_starting() -> Iterator[None]:
    """Does not look: half a thousand modules are loaded, and looking through them takes a tenth of the start.

    It lasts until `start_is_over`, or to the end of the context.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def start_is_over() -> None:
    """Looks again, but not among what the start has made, which stays."""
    gc.freeze()
    gc.enable()
