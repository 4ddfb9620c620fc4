"""What reaches MIDI ports: python-rtmidi's calls, and nothing at all before something is plugged in."""

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.playback import midi_drivers, midi_ports
from engine.playback.midi_events import MidiSettings

KERNEL = """Client info
  cur  clients : 2
  peak clients : 3
  max  clients : 192

Client   0 : "System" [Kernel Legacy]
  Port   0 : "Timer" (Rwe-) [In/Out]
  Port   1 : "Announce" (R-e-) [In]
Client  14 : "Midi Through" [Kernel]
  Port   0 : "Midi Through Port-0" (RWe-)
"""
KEYBOARD = """Client  20 : "Keystation 49" [Kernel]
  Port   0 : "Keystation 49 MIDI 1" (RWeX)
"""


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The kernel's text on its sequencer."""
    text, device = tmp_path / "clients", tmp_path / "seq"
    text.write_text(KERNEL, encoding="utf-8")
    device.touch()
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(midi_drivers, "_SEQUENCER", device)
    monkeypatch.setattr(midi_drivers, "_CLIENTS", text)
    return text


def test_the_kernel_says_whether_something_is_plugged_in(clients: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert midi_drivers.nothing_plugged_in()
    clients.write_text(KERNEL + 'Client 128 : "RtMidiIn Client" [User Legacy]\n', encoding="utf-8")
    assert midi_drivers.nothing_plugged_in()
    clients.write_text(KERNEL + KEYBOARD, encoding="utf-8")
    assert not midi_drivers.nothing_plugged_in()
    clients.write_text("a text of another kind\n", encoding="utf-8")
    assert not midi_drivers.nothing_plugged_in()
    clients.unlink()
    assert not midi_drivers.nothing_plugged_in()
    clients.write_text(KERNEL, encoding="utf-8")
    monkeypatch.setenv("MIDO_BACKEND", "tests.engine.playback.socket_midi")
    assert not midi_drivers.nothing_plugged_in()


class System:
    """Stands for python-rtmidi: inputs and outputs by name, and what was sent to each."""

    API_UNSPECIFIED = 0

    def __init__(self) -> None:
        self.inputs, self.outputs = ["Keystation 49:Keystation 49 MIDI 1 20:0"], ["Box:Box MIDI 1 24:0"]
        self.callbacks: list[Callable[[tuple[list[int], float], object], None]] = []
        self.sent: list[list[int]] = []
        self.open = 0
        self.MidiIn, self.MidiOut = self._kind(self.inputs), self._kind(self.outputs)

    def _kind(self, names: list[str]) -> Callable[..., Any]:
        def end(rtapi: int) -> Any:
            assert rtapi == self.API_UNSPECIFIED
            self.open += 1
            return SimpleNamespace(
                get_ports=lambda: list(names),
                open_port=lambda number: names[number],
                ignore_types=lambda **_: None,
                set_callback=self.callbacks.append,
                cancel_callback=self.callbacks.clear,
                send_message=self.sent.append,
                close_port=lambda: None,
                delete=self._delete,
            )

        return end

    def _delete(self) -> None:
        self.open -= 1


def test_ports_of_the_system_send_receive_and_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    monkeypatch.setitem(sys.modules, "rtmidi", system)
    driver = midi_drivers.RtMidiDriver()
    inputs, outputs = driver.names()
    assert (inputs, outputs) == (system.inputs, system.outputs)
    assert system.open == 0
    heard: list[Sequence[int]] = []
    keyboard, box = driver.open_input(inputs[0], heard.append), driver.open_output(outputs[0])
    system.callbacks[0](([0x90, 60, 100], 0.1), None)
    box.send((0xF8,))
    assert (heard, system.sent) == ([[0x90, 60, 100]], [[0xF8]])
    keyboard.close()
    box.close()
    assert (system.open, system.callbacks) == (0, [])
    with pytest.raises(ValueError, match="not in list"):
        driver.open_output("a device that is gone")
    assert system.open == 0
    with pytest.raises(ValueError, match="unknown API SUN"):
        midi_drivers.RtMidiDriver("SUN")


def test_no_driver_is_imported_before_a_keyboard_is_plugged_in(clients: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, looked, opened = System(), threading.Event(), threading.Event()
    monkeypatch.setitem(sys.modules, "rtmidi", system)

    def look() -> bool:
        looked.set()
        return midi_drivers.nothing_plugged_in()

    monkeypatch.setattr(midi_ports, "nothing_plugged_in", look)
    find = midi_drivers.find_driver

    def found() -> tuple[midi_drivers.MidiDriver | None, str]:
        opened.set()
        return find()

    monkeypatch.setattr(midi_ports, "find_driver", found)
    heard: list[tuple[str, Sequence[int]]] = []
    said: list[str] = []
    take = said.append
    ports = midi_ports.MidiPorts(lambda name, _, data: heard.append((name, data)), take, take, take)
    try:
        ports.set_settings(MidiSettings())
        assert looked.wait(30)
        assert not opened.is_set()
        clients.write_text(KERNEL + KEYBOARD, encoding="utf-8")
        ports.set_settings(MidiSettings())  # looks at once
        assert opened.wait(30)
        while not system.callbacks:
            ports.set_settings(MidiSettings())
        system.callbacks[0](([0x90, 60, 100], 0.1), None)
        assert heard == [("Keystation 49:Keystation 49 MIDI 1", [0x90, 60, 100])]
    finally:
        ports.close()
    assert (system.open, said) == (0, [])
