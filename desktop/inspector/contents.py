"""What the inspector shows of each kind of content, below a clip's place, level and fades."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.inspector.instrument_field import InstrumentField
from desktop.inspector.warp_fields import WarpFields
from desktop.theme import Theme
from engine.music.notes import note_name
from engine.plain_text import counted
from engine.project.model import DEFAULT_INSTRUMENT, AudioContent, Clip, Content, NoteContent, Project


class ContentFields(Protocol):
    """Fields of a kind of content; shows the selected clips, all of which hold that kind."""

    @property
    def widget(self) -> QWidget:
        """What is put into the inspector."""

    def show_clips(self, project: Project, clips: list[Clip]) -> None:
        """Shows these clips, of which there is at least one."""


@dataclass(frozen=True, slots=True)
class ContentPanel:
    """How one kind of content is shown.

    line: the line under the name of the clips. has_stretch: whether a clip has an offset and can repeat; can_reverse:
    whether it can be reversed. build: makes further fields; None without any.
    """

    line: Callable[[Project, list[Clip]], str]
    has_stretch: bool = False
    can_reverse: bool = False
    build: Callable[[Document, Theme], ContentFields] | None = None


def source_line(project: Project, clips: list[Clip]) -> str:
    """The file that clips play: “Piano · 48 kHz stereo”."""
    sources = {clip.chosen.source for clip in clips}
    source = project.sources.get(next(iter(sources))) if len(sources) == 1 else None
    if source is None:
        return f"{len(sources)} audio files"
    channels = {1: "mono", 2: "stereo"}.get(source.channels, f"{source.channels} channels")
    return f"{source.name} · {source.rate / 1000:g} kHz {channels}"


def notes_line(project: Project, clips: list[Clip]) -> str:
    """What notes clips hold, and what plays them: “24 notes · C2 – G5 · French horn”."""
    contents = [clip.content for clip in clips if isinstance(clip.content, NoteContent)]
    pitches = [note.pitch for content in contents for note in content.notes]
    words = [counted(len(pitches), "note")]
    if pitches:
        low, high = note_name(min(pitches)), note_name(max(pitches))
        words.append(low if low == high else f"{low} – {high}")
    instruments = {
        name for clip, content in zip(clips, contents, strict=True) if (name := _player(project, clip, content))
    }
    words.append(instruments.pop() if len(instruments) == 1 else f"{len(instruments)} instruments")
    return " · ".join(words)


def _player(project: Project, clip: Clip, content: NoteContent) -> str:
    place = project.find_clip(clip.id)
    instrument = content.instrument or (place[0].instrument if place else None) or DEFAULT_INSTRUMENT
    return instrument.name


PANELS: dict[type[Content], ContentPanel] = {
    AudioContent: ContentPanel(source_line, has_stretch=True, can_reverse=True, build=WarpFields),
    NoteContent: ContentPanel(notes_line, has_stretch=True, build=InstrumentField),
}
"""Kind of content: what shows it. A new kind adds itself."""

_DIFFERENT = ContentPanel(lambda _, clips: f"{len(clips)} clips of several kinds")


def panel_of(clips: list[Clip]) -> ContentPanel:
    """What shows these clips; only what they have in common where they hold several kinds of content."""
    kinds = {type(clip.content) for clip in clips}
    return PANELS.get(kinds.pop(), _DIFFERENT) if len(kinds) == 1 else _DIFFERENT
