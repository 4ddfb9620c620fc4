"""Ten minutes of 50 MIDI events a second through the player's process: what is lost, doubled or left hanging.

Run it with `python -m tests.benchmarks.midi [SECONDS]`. A keyboard of the tests' own (`socket_midi`) plays, is
unplugged with keys down every so often, and plugged in again. It prints the figures and writes `results/midi.json`.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np

from engine.compose.soundfont_file import KeyZone, Sample, program_of_samples, write_program
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiSettings
from engine.playback.plan import Plan, TrackPlan
from engine.playback.player import Player
from tests.benchmarks.timeline import RESULTS
from tests.engine.playback.socket_midi import Keyboard

SECONDS, PER_SECOND, PLUGGED = 600.0, 50, 20.0
RATE = 48000


def main() -> int:
    """Plays, counts and prints; returns how many events were lost, doubled or left hanging."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory(prefix="midi", dir="/tmp") as name:
        os.environ.update(MIDO_BACKEND="tests.engine.playback.socket_midi", SOCKET_MIDI=name)
        font = Path(name) / "font.sf2"
        wave = np.where(np.arange(24000) % 100 < 50, 8000, -8000).astype(np.int16)
        write_program(font, program_of_samples("square", [KeyZone(Sample(wave, RATE, loop=(0, 24000)))], 0.01))
        figures = _play(Path(name), font, seconds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "midi.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    return int(figures["lost"] + figures["doubled"] + figures["hanging"])


def _play(folder: Path, font: Path, seconds: float) -> dict[str, float]:
    chance, keyboard = random.Random(4), Keyboard(folder, "Keys")
    sent: Counter[tuple[int, int]] = Counter()  # by (pitch, velocity)
    heard: list[MidiEvent] = []
    ports: list[tuple[str, ...]] = [()]
    pulls = 0

    with Player(DeviceSettings(NO_SOUND)) as player:

        def listen(wanted: tuple[str, ...] | None = None, patience: float = 10.0) -> None:
            until = time.monotonic() + patience
            while True:
                for report in player.midi():
                    heard.extend(report.events)
                    ports.append(report.ports)
                if wanted is None or ports[-1] == wanted or time.monotonic() > until:
                    return
                time.sleep(0.01)

        player.set_plan(Plan(RATE, (TrackPlan("keys"),), length=RATE))
        player.set_live((LiveTrack("keys", str(font)),))
        player.set_midi(MidiSettings())
        keyboard.plug()
        listen(("Keys",))
        start, plugged, number, down = time.monotonic(), time.monotonic(), 0, []
        while time.monotonic() - start < seconds:
            if time.monotonic() - plugged > PLUGGED and down:
                keyboard.unplug()
                listen(())
                keyboard.plug()
                listen(("Keys",))
                down, plugged, pulls = [], time.monotonic(), pulls + 1
            if down and (len(down) > 8 or chance.random() < 0.5):
                keyboard.send(0x80, down.pop(chance.randrange(len(down))), 0)
            else:
                pitch = next(p for p in iter(lambda: chance.randrange(36, 84), -1) if p not in down)
                velocity = 1 + number % 127
                keyboard.send(0x90, pitch, velocity)
                sent[pitch, velocity] += 1
                down.append(pitch)
            number += 1
            listen()
            time.sleep(max(start + number / PER_SECOND - time.monotonic(), 0))
        for pitch in down:
            keyboard.send(0x80, pitch, 0)
        patience = time.monotonic() + 10  # the meter falls slowly
        while (peak := player.state.meters["keys"].peak_left) > 0.001 and time.monotonic() < patience:
            time.sleep(0.05)
        listen()
        underruns = player.state.underruns
    with suppress(OSError):
        keyboard.close()
    came = Counter((event.first, event.second) for event in heard if event.starts)
    keys = Counter(event.first for event in heard if event.starts)
    keys.subtract(event.first for event in heard if event.ends)
    return {
        "seconds": seconds,
        "events": number,
        "unplugged": pulls,
        "lost": sum((sent - came).values()),
        "doubled": sum((came - sent).values()),
        "hanging": sum(abs(count) for count in keys.values()) + (peak > 0.001),
        "underruns": underruns,
    }


if __name__ == "__main__":
    sys.exit(main())
