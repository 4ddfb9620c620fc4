"""How a DAWproject file holds each kind of content; one that is not here is rendered into audio."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from engine.project.model import AudioContent, Content, NoteContent, Project


@dataclass(frozen=True, slots=True)
class ContentForm:
    """How one kind of content is written.

    kind: the schema's word for what it is, “audio” or “notes”. why_rendered: (song, a clip's content, its length in
    frames) → what of it has no place in the format, so that the clip is rendered; empty if all has.
    """

    kind: str
    why_rendered: Callable[[Project, Any, int], str]


def _audio(p: Project, content: AudioContent, length: int) -> str:
    source = p.sources[content.source]
    if content.reverse:
        return "it plays backwards"
    if content.first < 0 or content.first + content.loop_length > source.frames_at(p.rate):
        return "it begins or repeats with silence"
    return ""


_FORMS: dict[type[Content], ContentForm] = {
    AudioContent: ContentForm("audio", _audio),
    NoteContent: ContentForm("notes", lambda p, content, length: ""),
}
RENDERED: Final = ContentForm("audio", lambda p, content, length: "no other program knows what it holds")


def form_of(content: Content) -> ContentForm:
    """How `content` is written."""
    return _FORMS.get(type(content), RENDERED)
