"""What each track records: notes or sound, from which input, and whether that is heard; remembered between runs."""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from desktop.settings import Settings
from engine.playback.input_settings import InputSettings
from engine.project.model import ChannelKind, Track

_KEPT = 400  # tracks whose choice is remembered


class Kind(StrEnum):
    """What a track records. AUTO: sound where it holds sound, else notes."""

    AUTO = "auto"
    NOTES = "notes"
    AUDIO = "audio"


class Monitoring(StrEnum):
    """Whether an armed track's input is heard. AUTO: unless the song plays without being recorded."""

    OFF = "off"
    AUTO = "auto"
    ON = "on"


@dataclass(frozen=True)
class TrackInput:
    """One track's choice. `channels` are numbered from 0."""

    kind: Kind = Kind.AUTO
    channels: tuple[int, ...] = (0,)
    monitoring: Monitoring = Monitoring.OFF

    @property
    def label(self) -> str:
        """Its channels as they are shown: “In 1”, “In 1–2”."""
        return "In " + "–".join(str(channel + 1) for channel in self.channels)


class TrackInputs(QObject):
    """The choices by track, and the input device. UI thread."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._choices: dict[str, TrackInput] = {}
        self._restore()

    def of(self, track_id: str) -> TrackInput:
        """A track's choice."""
        return self._choices.get(track_id, TrackInput())

    def records_sound(self, track: Track) -> bool:
        """Whether a track is recorded from an audio input, rather than over MIDI."""
        kind = self.of(track.id).kind
        if track.kind is not ChannelKind.AUDIO or kind is Kind.NOTES:
            return False
        sound = any(clip.chosen.source for clip in track.clips)
        notes = track.instrument is not None or any(not clip.chosen.source for clip in track.clips)
        return kind is Kind.AUDIO or (sound and not notes)

    def choose(self, track_id: str, **values: object) -> None:
        """Changes a track's choice."""
        choice = replace(self.of(track_id), **values)  # type: ignore[arg-type]
        if choice != self.of(track_id):
            self._choices.pop(track_id, None)
            self._choices[track_id] = choice
            self._keep()
            self.changed.emit()

    @property
    def device(self) -> InputSettings:
        """The input device, with what was measured for it."""
        from desktop.chosen_devices import device_settings, input_device
        from engine.playback.latencies import correction_for

        name = input_device(self._settings)
        return InputSettings(name, correction_for(device_settings(self._settings), name))

    # inside

    def _restore(self) -> None:
        try:
            rows = json.loads(self._settings.text("record/inputs", "[]"))
            for track_id, kind, channels, monitoring in rows:
                numbers = tuple(int(channel) for channel in channels)
                if 1 <= len(numbers) <= 2 and all(0 <= channel < 64 for channel in numbers):
                    self._choices[str(track_id)] = TrackInput(Kind(kind), numbers, Monitoring(monitoring))
        except (ValueError, TypeError):
            self._choices.clear()

    def _keep(self) -> None:
        latest = list(self._choices.items())[-_KEPT:]
        rows = [[key, each.kind.value, list(each.channels), each.monitoring.value] for key, each in latest]
        self._settings.put("record/inputs", json.dumps(rows))
