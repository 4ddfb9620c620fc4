"""Asks `engine.generate.hub_process`, a process of its own, so that a cancel never waits for the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import ipc
from engine.errors import ModelError
from engine.jobs import Context

SILENCE = 90.0  # seconds without a word after which the other process is given up
_KEPT = "Start again; what came is kept."


@dataclass(frozen=True, slots=True)
class HubRequest:
    """A question to the hub. action: “look”, “fetch”, “undo” or “drop”."""

    action: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HubProgress:
    """How many bytes are there."""

    bytes: int


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """What came of it."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HubRefusal:
    """Why nothing came of it."""

    reason: str


REQUESTS = ipc.Protocol(HubRequest)
"""To the process that speaks with the hub."""
ANSWERS = ipc.Protocol(HubProgress, HubAnswer, HubRefusal)
"""From it; the last two end it."""


def ask(
    what: str, context: Context, on_bytes: Callable[[int], None] = lambda count: None, **values: Any
) -> Mapping[str, Any]:
    """The hub's answer.

    Args:
        what: “look”, “fetch”, “undo” or “drop”.
        context: cancels it, within 0.2 s; what was fetched by then is kept for the next time.
        on_bytes: called with how many bytes are there.
        values: what else the request says.

    Raises:
        ModelError: with the reason.
        Cancelled: the context was cancelled.
    """
    request = HubRequest(what, values)
    try:
        with ipc.Conversation(
            "engine.generate.hub_process",
            request,
            name="hub",
            sends=REQUESTS,
            receives=ANSWERS,
            one_thread=False,
            quiet=True,
        ) as hub:
            for message in hub.messages(context, SILENCE):
                if isinstance(message, HubProgress):
                    on_bytes(message.bytes)
                elif isinstance(message, HubRefusal):
                    raise ModelError(message.reason)
                else:
                    answer: Mapping[str, Any] = message.values
                    return answer
            raise ModelError(ipc.died("What speaks with the hub", _KEPT, hub.exit_status))
    except TimeoutError:
        raise ModelError(f"The hub does not answer any more. {_KEPT}") from None
    except OSError as error:
        raise ModelError("What speaks with the hub could not be started: install the program again.") from error
