from collections.abc import Sequence
from fractions import Fraction

from engine.playback.midi_clock import Heard, MidiClock
from engine.timing.clock import Clock

RATE = 48000
CLOCK = Clock.steady(RATE, Fraction(120))  # 24 ticks in half a second


class Machine:
    """Follows a song that is heard from `frame` on, in steps of a millisecond."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, tuple[int, ...]]] = []
        self.now = 50.0
        self.clock = MidiClock(lambda data: self._take(data))

    def _take(self, data: Sequence[int]) -> None:
        self.sent.append((self.now, tuple(data)))

    def run(self, frame: float, seconds: float, *, moves: bool = True) -> None:
        start = self.now
        for number in range(round(seconds * 1000)):
            self.now = start + number / 1000
            self.clock.show(Heard(self.now, frame + (number * RATE / 1000 if moves else 0), moves, CLOCK))
            self.clock.step(self.now)
        self.now = start + seconds

    def bytes(self) -> list[tuple[int, ...]]:
        return [data for _, data in self.sent]


def test_ticks_are_where_the_song_is_heard() -> None:
    machine = Machine()
    machine.run(0, 1.0)
    assert machine.bytes()[:2] == [(0xF2, 0, 0), (0xFA,)]
    ticks = [time for time, data in machine.sent if data == (0xF8,)]
    assert len(ticks) == 48
    for number, time in enumerate(ticks):
        assert 0 <= time - (50.0 + number / 48) < 0.0011


def test_it_starts_on_the_next_sixteenth_and_stops() -> None:
    machine = Machine()
    machine.run(RATE * 2 + 100, 0.5)  # just after beat 4: the next sixteenth is number 17, 23.9 ms before 2.125 s
    assert machine.bytes()[:2] == [(0xF2, 17, 0), (0xFB,)]
    first = next(time for time, data in machine.sent if data == (0xF8,))
    assert 0 <= first - (50.0 + 0.125 - 100 / RATE) < 0.0011
    machine.run(0, 0.1, moves=False)
    assert machine.bytes()[-1] == (0xFC,)
    assert machine.bytes().count((0xFC,)) == 1


def test_a_jump_sends_the_other_machine_to_the_new_place() -> None:
    machine = Machine()
    machine.run(0, 1.0)
    machine.sent.clear()
    machine.run(RATE * 16, 0.2)  # beat 32: sixteenth 128
    assert machine.bytes()[:3] == [(0xFC,), (0xF2, 0, 1), (0xFB,)]


def test_nothing_is_sent_while_bars_are_counted_in() -> None:
    machine = Machine()
    machine.run(-RATE, 1.0)
    assert machine.bytes() == []
    machine.run(0, 0.1)
    assert machine.bytes()[:2] == [(0xF2, 0, 0), (0xFA,)]
