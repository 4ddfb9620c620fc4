"""What the player's process is told; see `engine.playback.player.Player` for what each command does."""

from dataclasses import dataclass

from engine.ipc import Protocol
from engine.playback.device import DeviceSettings
from engine.playback.input_settings import InputSettings, InputTrack, LatencyReport, RecordingReport, RecordOrder
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiReport, MidiSettings
from engine.playback.state import PlayerMessage
from engine.playback.updates import PlanUpdate
from engine.project.sample_file import SampleFile


@dataclass(frozen=True, slots=True)
class Play:
    """Plays from song frame `frame`, None: from where it stands, after `count_in` bars of clicks."""

    frame: int | None = None
    count_in: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """Stops, and stays where it is."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Goes to song frame `frame`."""

    frame: int


@dataclass(frozen=True, slots=True)
class SetPlan:
    """Plays another song, or the song as it was changed."""

    update: PlanUpdate


@dataclass(frozen=True, slots=True)
class SetLoop:
    """Repeats the song frames `start` to `end` while `on`."""

    start: int
    end: int
    on: bool


@dataclass(frozen=True, slots=True)
class SetMetronome:
    """Switches the clicks."""

    on: bool
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class SetDevice:
    """Opens another device, or the same one again."""

    settings: DeviceSettings


@dataclass(frozen=True, slots=True)
class Audition:
    """Plays a file over whatever plays; None ends that. bar, origin: see `Transport.audition`."""

    file: SampleFile | None
    gain_db: float = 0.0
    bar: int = 0
    origin: int = 0


@dataclass(frozen=True, slots=True)
class SetMidi:
    """Uses these MIDI ports."""

    settings: MidiSettings


@dataclass(frozen=True, slots=True)
class SetLive:
    """Lets these tracks be played by what comes over MIDI."""

    tracks: tuple[LiveTrack, ...]


@dataclass(frozen=True, slots=True)
class PlayMidi:
    """Takes events as if they had come from a port."""

    events: tuple[MidiEvent, ...]


@dataclass(frozen=True, slots=True)
class SetInput:
    """Listens with these tracks to an input, which is open while there are any."""

    settings: InputSettings
    tracks: tuple[InputTrack, ...] = ()


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Records what comes in, wherever the song's frames of its span are heard."""

    order: RecordOrder


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Ends the recording with what is heard now."""


@dataclass(frozen=True, slots=True)
class MeasureLatency:
    """Plays a sound and looks for it in the input."""


@dataclass(frozen=True, slots=True)
class ResetClips:
    """Puts all clip lights out."""


@dataclass(frozen=True, slots=True)
class ResetLoudness:
    """Restarts integrated loudness and true peak."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Tells the spectrum of the master and of a track (empty: of none) while `on`."""

    track: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class RestartDevice:
    """Starts a plug-in anew that stopped."""

    device: str


@dataclass(frozen=True, slots=True)
class Quit:
    """Closes the device and ends the process."""


COMMANDS = Protocol(
    *(Play, Stop, Seek, SetPlan, SetLoop, SetMetronome, SetDevice),
    *(Audition, ResetClips, ResetLoudness, RestartDevice, Watch, Quit),
    *(SetMidi, SetLive, PlayMidi),
    *(SetInput, StartRecording, StopRecording, MeasureLatency),
)
"""From the window to the player."""
MESSAGES = Protocol(PlayerMessage, MidiReport, RecordingReport, LatencyReport)
"""From the player to the window."""
