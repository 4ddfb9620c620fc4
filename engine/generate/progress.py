"""Progress and cancel of nested work, as the callbacks that the sampling loops take."""

from engine.jobs import Context
from engine.models.diffusion import Callback


def within(context: Context, low: float, high: float, text: str = "") -> Callback:
    """A callback that reports the span from `low` to `high` of a job, and raises `Cancelled` when the user stops it."""

    def callback(done: int, steps: int) -> None:
        context.progress(low + (high - low) * done / max(steps, 1), text)

    return callback
