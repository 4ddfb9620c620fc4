"""A clip as what draws its content is told of it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from desktop.timeline.clip_decorations import ClipMarks
from engine.project.model import Clip, Project, Track


@dataclass(frozen=True, slots=True)
class ClipPicture:
    """Where a clip is drawn. body: under its title, in px; px_per_frame: px of a frame at the project rate."""

    project: Project
    track: Track
    clip: Clip
    body: QRectF
    px_per_frame: float
    marks: ClipMarks
    is_missing: bool  # the file that it plays is not there
    unchosen: bool = False  # it is drawn as a take that another one is preferred to
