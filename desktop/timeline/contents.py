"""What draws each kind of content on the timeline, over the waveform of its source and under the clip's title."""

from collections.abc import Callable

from PySide6.QtGui import QPainter

from desktop.timeline.clip_picture import ClipPicture
from desktop.timeline.note_drawing import draw_notes
from engine.project.model import AudioContent, Content, NoteContent

Draw = Callable[[QPainter, ClipPicture], None]


def draw_audio(painter: QPainter, picture: ClipPicture) -> None:
    """A missing file, the turns of a loop, how far a growing sound is, and where its prompt changed."""
    marks, clip, body, px = picture.marks, picture.clip, picture.body, picture.px_per_frame
    source = picture.project.sources.get(clip.chosen.source)
    if picture.is_missing:
        marks.missing(painter, clip, body)
    if clip.loop_length:
        marks.loop_notches(painter, picture.track, clip, body, px)
    if source and source.growing:
        marks.growing(painter, clip, source, picture.project.rate, body, px)
    marks.changes(painter, clip, body, px)


DRAWINGS: dict[type[Content], Draw] = {AudioContent: draw_audio, NoteContent: draw_notes}
"""Kind of content: what draws it. A new kind adds itself."""

OPENED: frozenset[type[Content]] = frozenset({AudioContent, NoteContent})
"""Kinds of content that an editor of their own opens. A new kind with one adds itself."""


DRAWINGS_OF_TAKES: dict[type[Content], Draw] = {NoteContent: draw_notes}
"""Kind of content: what draws it in the lane of a take, over the waveform of its source."""


def draw_take(painter: QPainter, picture: ClipPicture) -> None:
    """Draws what a take holds in its lane; nothing where its kind has no drawing there."""
    if draw := DRAWINGS_OF_TAKES.get(type(picture.clip.content)):
        draw(painter, picture)


def draw_content(painter: QPainter, picture: ClipPicture) -> None:
    """Draws what the chosen take of a clip holds; nothing where its kind has no drawing."""
    if draw := DRAWINGS.get(type(picture.clip.content)):
        draw(painter, picture)
