"""Errors whose text is a sentence for the user: what happened, where, and what to do."""

import os
from pathlib import Path


def shown(path: Path | str) -> str:
    """A file's name or path as text that can be shown and saved, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


class EngineError(Exception):
    """Base of all errors that the user may see; `str(error)` is a whole sentence."""


class EditError(EngineError):
    """An edit that the project does not allow."""


class ProjectFileError(EngineError):
    """A project folder that cannot be read, written, opened or locked."""


class AudioFileError(EngineError):
    """An audio file that cannot be read or written."""


class DeviceError(EngineError):
    """An audio device that is missing, lost, or refuses its settings."""


class ExportError(EngineError):
    """A bounce that cannot be made as asked."""


class ModelError(EngineError):
    """A model that is missing, damaged, or cannot do what was asked."""


class Cancelled(EngineError):  # noqa: N818 - it is an outcome, not a fault
    """The user cancelled the job; nothing half-made is left behind."""

    def __init__(self, message: str = "Cancelled.") -> None:
        super().__init__(message)
