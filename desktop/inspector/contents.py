"""What the inspector shows of each kind of content, below a clip's place, level and fades."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.theme import Theme
from engine.project.model import AudioContent, Clip, Content, Project


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

    line: the line under the name of the clips. has_stretch: whether a clip has an offset and can repeat or be reversed.
    build: makes further fields; None without any.
    """

    line: Callable[[Project, list[Clip]], str]
    has_stretch: bool = False
    build: Callable[[Document, Theme], ContentFields] | None = None


def source_line(project: Project, clips: list[Clip]) -> str:
    """The file that clips play: “Piano · 48 kHz stereo”."""
    sources = {clip.chosen.source for clip in clips}
    source = project.sources.get(next(iter(sources))) if len(sources) == 1 else None
    if source is None:
        return f"{len(sources)} audio files"
    channels = {1: "mono", 2: "stereo"}.get(source.channels, f"{source.channels} channels")
    return f"{source.name} · {source.rate / 1000:g} kHz {channels}"


PANELS: dict[type[Content], ContentPanel] = {AudioContent: ContentPanel(source_line, has_stretch=True)}
"""Kind of content: what shows it. A new kind adds itself."""

_DIFFERENT = ContentPanel(lambda _, clips: f"{len(clips)} clips of several kinds")


def panel_of(clips: list[Clip]) -> ContentPanel:
    """What shows these clips; only what they have in common where they hold several kinds of content."""
    kinds = {type(clip.content) for clip in clips}
    return PANELS.get(kinds.pop(), _DIFFERENT) if len(kinds) == 1 else _DIFFERENT
