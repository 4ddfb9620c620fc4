"""What the player is told of MIDI, and what it tells: settings, instruments that are played live, events."""

from dataclasses import dataclass

COMPUTER_KEYBOARD = "Computer keyboard"
"""The name under which notes come that the window's own keys play."""


@dataclass(frozen=True, slots=True)
class MidiSettings:
    """Which ports are used. `inputs` None: all that there are. `channel` from 1 to 16; 0: all of them.

    clock_outputs: the ports that are sent MIDI clock, start, stop and place.
    """

    inputs: tuple[str, ...] | None = None
    channel: int = 0
    clock_outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveTrack:
    """A track that is played live: the SoundFont that holds its instrument alone, and the gains of its channel."""

    track_id: str
    file: str
    left: float = 1.0
    right: float = 1.0


@dataclass(frozen=True, slots=True)
class MidiEvent:
    """A message of one channel, as its bytes. `time` is when it came (perf_counter).

    `frame` is the song's frame that was heard then; it `moves` while the song plays. Before 0 lies a count-in.
    """

    time: float
    port: str
    status: int
    first: int
    second: int
    frame: float = 0.0
    moves: bool = False

    @property
    def channel(self) -> int:
        """Its channel, from 1 to 16."""
        return (self.status & 0x0F) + 1

    @property
    def starts(self) -> bool:
        """Whether a note begins."""
        return self.status & 0xF0 == NOTE_ON and self.second > 0

    @property
    def ends(self) -> bool:
        """Whether a note ends."""
        return self.status & 0xF0 == NOTE_OFF or (self.status & 0xF0 == NOTE_ON and self.second == 0)

    @property
    def bend(self) -> float:
        """Of a pitch wheel: from −1 to 1."""
        return max((self.first | self.second << 7) - 8192, -8191) / 8191


NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, CHANNEL_PRESSURE, WHEEL = 0x80, 0x90, 0xB0, 0xC0, 0xD0, 0xE0
"""Kinds of messages: the upper half of their first byte."""
MODULATION, EXPRESSION, SUSTAIN, SOUNDS_OFF, NOTES_OFF = 1, 11, 64, 120, 123
"""Controllers."""


@dataclass(frozen=True, slots=True)
class MidiReport:
    """What came since the last report: events in the order in which they came, and wishes for the transport.

    transport: "start", "continue" and "stop". ports: the inputs that are open.
    """

    events: tuple[MidiEvent, ...] = ()
    transport: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
