"""What the player is told of audio inputs, and what it tells: settings, tracks that listen, recordings."""

from dataclasses import dataclass

from engine.playback.recorded_notes import Span


@dataclass(frozen=True, slots=True)
class InputSettings:
    """Which device is recorded. `device` is its label or name, None the system's default.

    correction: seconds that a measurement found beside the latencies that the device reports.
    """

    device: str | None = None
    correction: float = 0.0


@dataclass(frozen=True, slots=True)
class InputTrack:
    """A track that listens to channels of the input, one or two of them, numbered from 0.

    monitored: whether they are heard, with the gains of the track's channel.
    """

    track_id: str
    channels: tuple[int, ...] = (0,)
    monitored: bool = False
    left: float = 1.0
    right: float = 1.0


@dataclass(frozen=True, slots=True)
class RecordedTrack:
    """A file of the song's folder that takes in channels of the input: `growing/<growing_id>.f32`."""

    growing_id: str
    channels: tuple[int, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class RecordOrder:
    """What to record: the frames of `span` as they are heard, each track into its own file. `key` names the order.

    date: when it began, in ISO 8601, for the record of where the sound comes from.
    """

    key: str
    folder: str
    span: Span
    tracks: tuple[RecordedTrack, ...]
    date: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """From frame `file` of a recording on, it holds what was heard from song frame `song` on."""

    file: int
    song: int


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """How a recording goes. All its files have the same `frames`.

    device: what it came from. over: whether nothing more comes. error: a sentence, why it ended or never began.
    overruns: how often sound was lost on its way; silence stands for it. drift: frames by which the clock of an input
    that is another device ran ahead of the output's until now.
    """

    key: str
    frames: int = 0
    runs: tuple[Run, ...] = ()
    device: str = ""
    over: bool = False
    error: str = ""
    overruns: int = 0
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class LatencyReport:
    """What a measurement of the way from the output to the input found.

    frames: of the device at `rate`, the whole way. correction: seconds of it that the devices do not report.
    error: a sentence, where nothing was found.
    """

    frames: int = 0
    rate: int = 0
    correction: float = 0.0
    device: str = ""
    error: str = ""
