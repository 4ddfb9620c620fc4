"""The audio input in the player: when it is open, which tracks listen, what is recorded and measured."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from engine.playback.device import Output, Streams
from engine.playback.input_settings import InputSettings, InputTrack, LatencyReport, RecordingReport, RecordOrder
from engine.playback.state import PlayerMessage
from engine.playback.transport import Transport

if TYPE_CHECKING:
    from engine.playback.capture import Capture

Say = Callable[[PlayerMessage | RecordingReport | LatencyReport], None]


class AudioInput:
    """Belongs to the thread that renders; the devices' threads use `take` and `capture`."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.settings = InputSettings()
        self.capture: Capture | None = None
        """What takes in sound, while an input is open."""
        self._tracks: tuple[InputTrack, ...] = ()
        self._measuring = False
        self._error = ""

    @property
    def wanted(self) -> bool:
        """Whether an input should be open."""
        return bool(self._tracks) or self._measuring

    @property
    def recording(self) -> bool:
        """Whether a recording goes on."""
        return self.capture is not None and self.capture.recording

    def set(self, settings: InputSettings, tracks: tuple[InputTrack, ...]) -> bool:
        """Uses another input, or lets other tracks listen; whether the devices have to be opened anew for that."""
        other = settings != self.settings
        self.settings, self._tracks = settings, tracks
        if self.capture is not None:
            self.capture.set_tracks(tracks)
        return self.wanted and (other or self.capture is None)

    def take(self, block: np.ndarray, overflowed: bool) -> None:
        """What the input's stream calls."""
        if (capture := self.capture) is not None:
            capture.take(block, overflowed)

    def opened(self, streams: Streams, transport: Transport) -> None:
        """Takes in what the streams' input gives; says so where there is none."""
        output, source, correction = streams.output, streams.input, self.settings.correction
        self._error = streams.error
        if source is None:
            self._say(PlayerMessage("input", streams.error))
            if self._measuring:
                self._tell(LatencyReport(error=streams.error))
            return
        from engine.playback.capture import Capture  # here, since most songs are played without an input

        self.capture = Capture(source, output.rate, output.latency, transport.rate, correction, self._tell)
        self.capture.set_tracks(self._tracks)

    def start(self, order: RecordOrder) -> None:
        """Records, or says why it cannot."""
        if self.capture is None:
            error = self._error or "No audio input is open: arm a track for audio, then record again."
            self._say(RecordingReport(order.key, over=True, error=error))
            return
        self.capture.start(order)

    def stop(self, ring: float) -> None:
        """Ends the recording with what the ring's frame `ring` plays."""
        if self.capture is not None:
            self.capture.stop(ring)

    def expect_measurement(self) -> bool:
        """Notes that a measurement comes; whether the devices have to be opened for it."""
        self._measuring = True
        return self.capture is None

    def measure(self) -> None:
        """Measures, or says why it cannot."""
        if self.capture is not None:
            self.capture.measure()
        elif self._measuring:
            self._tell(LatencyReport(error="No audio device is open: choose one that is there, then measure again."))

    def check(self, output: Output | None) -> None:
        """Ends what an input recorded that is gone."""
        capture = self.capture
        if capture is None or not capture.source.lost or (output is not None and output.lost):
            return
        text = f"The audio input “{capture.source.name}” is gone: connect it, or choose another in Audio settings."
        self.close(f"{text} What was recorded is kept.")
        self._say(PlayerMessage("input", text))

    def close(self, reason: str = "The audio device was changed, so the recording ended; it is kept.") -> None:
        """Closes it; a recording ends with that reason and is kept."""
        capture, self.capture = self.capture, None
        if capture is not None:
            capture.close(reason)
            capture.source.close()

    def _tell(self, report: RecordingReport | LatencyReport) -> None:
        if isinstance(report, LatencyReport):
            self._measuring = False
        self._say(report)
