"""What `continuo show` says of each kind of content."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from engine.plain_text import counted
from engine.project.model import AudioContent, Clip, Content, NoteContent


@dataclass(frozen=True, slots=True)
class ContentDescription:
    """How one kind of content is told.

    clip: a clip's content → what its JSON object says besides place, level and takes.
    take: a take's content → what its JSON object says besides id and name.
    words: (content, ids of missing sources) → what its line of text says in brackets.
    """

    clip: Callable[[Any], dict[str, Any]]
    take: Callable[[Any], dict[str, Any]]
    words: Callable[[Any, Container[str]], list[str]]


def _audio_clip(content: AudioContent) -> dict[str, Any]:
    following = {
        "warp": content.warp,
        "transpose": content.transpose,
        "fine_tune": content.fine_tune,
        "markers": [{"frame": marker.frame, "beat": float(marker.beat)} for marker in content.markers],
    }
    return {
        "offset": content.offset,
        "loop_length": content.loop_length,
        "reverse": content.reverse,
        "source": content.source,
        **(following if content.derived or content.markers else {}),
    }


def _audio_words(content: AudioContent, missing: Container[str]) -> list[str]:
    words = ["loop"] * bool(content.loop_length) + ["reversed"] * content.reverse
    words += ["warped"] * content.warp
    if content.semitones:
        words.append(f"{content.semitones:+g} semitones")
    return words + ["audio missing"] * (content.source in missing)


def _note_clip(content: NoteContent) -> dict[str, Any]:
    pitches = [note.pitch for note in content.notes]
    return {
        "notes": len(pitches),
        "lowest": min(pitches, default=None),
        "highest": max(pitches, default=None),
        "offset": content.offset,
        "loop_length": content.loop_length,
    }


def _note_words(content: NoteContent, _: Container[str]) -> list[str]:
    return [counted(len(content.notes), "note")] + ["loop"] * bool(content.loop_length)


DESCRIPTIONS: dict[type[Content], ContentDescription] = {
    AudioContent: ContentDescription(_audio_clip, lambda content: {"source": content.source}, _audio_words),
    NoteContent: ContentDescription(_note_clip, lambda content: {"notes": len(content.notes)}, _note_words),
}
"""Kind of content: how it is told. A new kind adds itself."""

_UNKNOWN = ContentDescription(lambda _: {}, lambda _: {}, lambda _, __: [])


def clip_fields(clip: Clip) -> dict[str, Any]:
    """What a clip's JSON object says of what it holds."""
    return description_of(clip.content).clip(clip.content)


def take_fields(content: Content) -> dict[str, Any]:
    """What a take's JSON object says of what it holds."""
    return description_of(content).take(content)


def clip_words(clip: Clip, missing: Container[str]) -> list[str]:
    """What a clip's line of text says of what it holds."""
    return description_of(clip.content).words(clip.content, missing)


def description_of(content: Content) -> ContentDescription:
    """How a content is told; a kind that is not in the table says nothing of itself."""
    return DESCRIPTIONS.get(type(content), _UNKNOWN)
