"""MIDI ports: what there is, and those that are open, whatever is plugged in and out (`midi_drivers` reaches them)."""

import os
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from engine import ipc
from engine.jobs import Context
from engine.playback.midi_drivers import IGNORED, MidiDriver, OpenOutput, OpenPort, find_driver, nothing_plugged_in
from engine.playback.midi_events import MidiSettings

_LOOK_SECONDS = 1.0  # between two looks at what is plugged in
_SCAN_SECONDS = 10.0
_NUMBERS = re.compile(r" \d+:\d+$")  # of a client and its port, which change when a device is plugged in again


@dataclass(frozen=True, slots=True)
class MidiPort:
    """A port as the system names it, without numbers that change."""

    name: str
    is_input: bool
    is_output: bool


@dataclass(frozen=True, slots=True)
class ListMidiPorts:
    """Asks this module, run as a process, which ports there are."""


@dataclass(frozen=True, slots=True)
class MidiPortList:
    """What it answers. problem: a sentence on why there can be none; empty where all is well."""

    ports: tuple[MidiPort, ...]
    problem: str = ""


_QUESTIONS, _ANSWERS = ipc.Protocol(ListMidiPorts), ipc.Protocol(MidiPortList)


def list_midi_ports() -> MidiPortList:
    """The ports as they are now. Any thread; asks in a process of its own, because drivers may hang or abort."""
    with (
        suppress(OSError),  # TimeoutError is one, too
        ipc.Conversation(
            "engine.playback.midi_ports", ListMidiPorts(), name="midi ports", sends=_QUESTIONS, receives=_ANSWERS
        ) as scan,
    ):
        for answer in scan.messages(Context(), _SCAN_SECONDS):
            return answer
    return MidiPortList((), "The MIDI system of this machine does not answer.")


class MidiPorts:
    """The ports that are open, watched on a thread of its own.

    receive: (port, time, bytes of the message), on a thread of the driver. came, went: a port that the settings name,
    on the watching thread; `came` is not called for those that are there at the start.
    """

    def __init__(
        self,
        receive: Callable[[str, float, Sequence[int]], None],
        on_plugged: Callable[[str], None],
        on_unplugged: Callable[[str], None],
        problem: Callable[[str], None],
    ) -> None:
        self._receive, self._came, self._went, self._problem = receive, on_plugged, on_unplugged, problem
        self._settings: MidiSettings | None = None
        self._inputs: dict[str, OpenPort] = {}
        self._outputs: dict[str, OpenOutput] = {}
        self._gone: set[str] = set()  # ports that were open once
        self._refused: set[str] = set()
        self._driver: MidiDriver | None = None
        self._wake = threading.Event()
        self._stop = False
        self._thread: threading.Thread | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs that are open."""
        return tuple(self._inputs)

    def set_settings(self, settings: MidiSettings) -> None:
        """Opens the ports of these settings, now and whenever they come; any thread."""
        self._settings = settings
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi ports", daemon=True)
            self._thread.start()

    def send(self, data: Sequence[int]) -> None:
        """Sends a message to all outputs that are open; any thread."""
        for port in list(self._outputs.values()):
            with suppress(OSError, RuntimeError, ValueError):
                port.send(data)

    @property
    def sends(self) -> bool:
        """Whether an output is open."""
        return bool(self._outputs)

    def close(self) -> None:
        """Closes all ports."""
        self._stop = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2.0)
        for port in (*self._inputs.values(), *self._outputs.values()):
            with suppress(OSError, RuntimeError):
                port.close()

    def _run(self) -> None:
        while not self._stop:
            if self._driver is None and not nothing_plugged_in():
                self._driver, text = find_driver()
                if self._driver is None:
                    if self._settings is not None and (self._settings.inputs or self._settings.clock_outputs):
                        self._problem(text)
                    return
            if self._driver is not None:
                self._look(self._driver)
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()

    def _look(self, driver: MidiDriver) -> None:
        """Opens what has come, and closes what has gone or is not wanted any more."""
        settings = self._settings
        if settings is None:
            return
        try:
            ports = _ports(driver)
        except (OSError, RuntimeError, ValueError):
            ports = {}
        inputs = {name: port.input for name, port in ports.items() if port.input}
        outputs = {name: port.output for name, port in ports.items() if port.output}
        names = set(inputs) if settings.inputs is None else set(inputs) & set(settings.inputs)
        for name in [name for name in self._inputs if name not in names]:
            self._close(self._inputs, name)
            if name not in inputs:
                self._gone.add(name)
            self._went(name)
        for name in names - set(self._inputs):
            self._open_input(driver, name, inputs[name])
        for name in [name for name in self._outputs if name not in outputs or name not in settings.clock_outputs]:
            self._close(self._outputs, name)
        for name in set(settings.clock_outputs) & set(outputs) - set(self._outputs):
            with suppress(OSError, RuntimeError, ValueError):
                self._outputs[name] = driver.open_output(outputs[name])

    def _open_input(self, driver: MidiDriver, name: str, full: str) -> None:
        try:
            self._inputs[name] = driver.open_input(full, partial(self._take, name))
        except (OSError, RuntimeError, ValueError):
            if name not in self._refused:
                self._refused.add(name)
                self._problem(f"The MIDI device “{name}” cannot be opened: close other programs that use it.")
            return
        self._refused.discard(name)
        if name in self._gone:
            self._gone.discard(name)
            self._came(name)

    def _take(self, name: str, data: Sequence[int]) -> None:
        self._receive(name, perf_counter(), data)

    def _close(self, ports: dict[str, OpenPort] | dict[str, OpenOutput], name: str) -> None:
        port = ports.pop(name)
        closing = threading.Thread(target=_close_port, args=(port,), name="close midi port", daemon=True)
        closing.start()
        closing.join(1.0)  # where the driver hangs over a device that is gone, it is left to itself


def _close_port(port: OpenPort) -> None:
    with suppress(OSError, RuntimeError, ValueError):
        port.close()


@dataclass(frozen=True, slots=True)
class _Names:
    """The system's own names of a port; empty where it goes the other way only."""

    input: str = ""
    output: str = ""


def _ports(driver: MidiDriver) -> dict[str, _Names]:
    """The system's names by ours, which have no numbers. Our own ports and the system's loop are left out.

    Where two devices have one name, the second is called “NAME (2)”.
    """
    ports: dict[str, _Names] = {}
    for direction, names in zip(("input", "output"), driver.names(), strict=True):
        counts: dict[str, int] = {}
        for full in names:
            if full.startswith(IGNORED):
                continue
            plain = _NUMBERS.sub("", full)
            counts[plain] = counts.get(plain, 0) + 1
            name = plain if counts[plain] == 1 else f"{plain} ({counts[plain]})"
            ports[name] = replace(ports.get(name, _Names()), **{direction: full})
    return ports


def main() -> None:
    """Runs the process that `list_midi_ports` asks."""
    parent = ipc.Parent(sends=_ANSWERS, receives=_QUESTIONS)
    for _ in parent.messages():
        driver, problem = find_driver()
        names = _ports(driver) if driver else {}
        ports = tuple(MidiPort(name, bool(port.input), bool(port.output)) for name, port in names.items())
        parent.send(MidiPortList(ports, problem))
        os._exit(0)  # without the driver's own end, which may abort


if __name__ == "__main__":
    main()
