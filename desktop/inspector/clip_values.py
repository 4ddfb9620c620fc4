"""How the inspector's fields read and change a clip."""

from collections.abc import Callable

from desktop.transport.fields import parse_place, place_text
from desktop.widgets.values import ValueSpec
from engine.errors import EngineError
from engine.project import edits
from engine.project.model import Clip, Project
from engine.timing.clock import Clock
from engine.timing.position import Position

LABEL = 64
"""px that the fields' labels have at least, so that all fields of the panel stand in line."""


def position_spec(clock: Callable[[], Clock]) -> ValueSpec:
    """A position in seconds, shown and read in bars of the song."""

    def show(seconds: float) -> str:
        return place_text(clock(), round(seconds * clock().rate))

    def read(text: str) -> float:
        try:
            return clock().frames(parse_place(clock(), text)) / clock().rate
        except EngineError as error:
            raise ValueError(str(error)) from None

    return ValueSpec("Position", 0.0, 360000.0, 0.0, 0.1, 0.01, show, read, 0.01)


def edit_length(project: Project, clip: Clip, seconds: float) -> Project:
    """The clip's end moved so that it lasts `seconds`."""
    end = project.start_of(clip) + max(1, round(seconds * project.rate))
    return edits.trim_end(project, clip.id, Position.at_frame(end))


def edit_offset(project: Project, clip: Clip, seconds: float) -> Project:
    """The clip's sound slipped so that it starts `seconds` into its take."""
    return edits.slip(project, clip.id, clip.offset - round(seconds * project.rate))
