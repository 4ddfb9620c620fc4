"""The process of one plug-in: runs the user's file, and processes block after block until its input ends."""

import copy
import runpy
import sys
from typing import Any

import numpy as np

from engine.devices.plugins import messages
from engine.ipc import Parent


class _Host:
    """The plug-in with its noted states."""

    def __init__(self, path: str, rate: int, max_block: int) -> None:
        self._plugin: Any = runpy.run_path(path, run_name="plugin")["Plugin"](rate, max_block)
        self._marks: dict[int, dict[str, Any]] = {0: self._state()}

    def _state(self) -> dict[str, Any]:
        return copy.deepcopy(vars(self._plugin))

    def process(self, order: messages.Process) -> messages.Processed:
        """The order's block, processed and checked."""
        for number in [each for each in self._marks if 0 < each < order.oldest]:
            del self._marks[number]
        sound = np.asarray(self._plugin.process(order.sound, {**order.values, **order.lanes}))
        if sound.shape != order.sound.shape:
            raise ValueError(f"it returned a block of {sound.shape} for one of {order.sound.shape}")
        sound = np.ascontiguousarray(sound, np.float32)
        return messages.Processed(order.number, np.where(np.isfinite(sound), sound, np.float32(0)))

    def mark(self, order: messages.Mark) -> None:
        """Notes the state."""
        self._marks[order.number] = self._state()

    def rewind(self, order: messages.Rewind) -> None:
        """Restores a state."""
        state = copy.deepcopy(self._marks.get(order.number, self._marks[0]))
        vars(self._plugin).clear()
        vars(self._plugin).update(state)


def main() -> None:
    """Arguments: the file, the rate in Hz, the most frames of a block. What the plug-in raises ends the process."""
    parent = Parent(sends=messages.FROM_PLUGIN, receives=messages.TO_PLUGIN)
    host = _Host(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    parent.send(messages.Ready())
    for order in parent.messages():
        if isinstance(order, messages.Process):
            parent.send(host.process(order))
        elif isinstance(order, messages.Mark):
            host.mark(order)
        else:
            host.rewind(order)


if __name__ == "__main__":
    main()
