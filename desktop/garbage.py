"""When Python looks for garbage: not while the program starts, which makes none."""

import gc


def wait_for_start() -> None:
    """Stops looking: half a thousand modules are loaded, and looking through them takes a tenth of the start."""
    gc.disable()


def start_is_over() -> None:
    """Looks again, but not among what the start has made, which stays."""
    gc.freeze()
    gc.enable()
