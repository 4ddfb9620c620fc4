"""The audio and MIDI devices that were chosen last, as the settings keep them."""

import json

from desktop.settings import Settings
from engine.playback.device import DeviceSettings
from engine.playback.midi_events import MidiSettings

_DEFAULTS = DeviceSettings()


def device_settings(settings: Settings) -> DeviceSettings:
    """The device as it was chosen last; the system's if never."""
    return DeviceSettings(
        device=settings.text("audio/device") or None,
        rate=round(settings.number("audio/rate", 0)) or None,
        block=round(settings.number("audio/block", _DEFAULTS.block)),
        buffer_ms=round(settings.number("audio/buffer_ms", _DEFAULTS.buffer_ms)),
    )


def input_device(settings: Settings) -> str | None:
    """The input that was chosen last; None is the system's."""
    return settings.text("audio/input") or None


def midi_settings(settings: Settings) -> MidiSettings:
    """What was chosen last: all inputs, every channel and no clock where nothing was."""
    channel = round(settings.number("midi/channel", 0))
    return MidiSettings(
        inputs=_names(settings.text("midi/inputs")),
        channel=channel if 0 <= channel <= 16 else 0,
        clock_outputs=_names(settings.text("midi/clock")) or (),
    )


def _names(text: str) -> tuple[str, ...] | None:
    """The names of a list as it is kept; None where none is."""
    try:
        names = json.loads(text) if text else None
    except ValueError:
        return None
    return tuple(str(name) for name in names) if isinstance(names, list) else None
