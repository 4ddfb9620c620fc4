"""The edit that gives a clip other notes (`engine.project.note_edits` makes them)."""

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.structure import clip_of, with_clip
from engine.project.model import NoteContent, NoteEvent, Project


def set_notes(p: Project, notes: Mapping[str, tuple[NoteEvent, ...]]) -> Project:
    """Gives the chosen takes of clips, by the clips' ids, these notes; what else they hold stays.

    Raises:
        EditError: a clip is not in the song any more, or plays no notes.
    """
    for clip_id, new in notes.items():
        content = _content_of(p, clip_id)
        if new is not content.notes:
            p = set_content(p, clip_id, replace(content, notes=new))
    return p


def set_content(p: Project, clip_id: str, content: NoteContent) -> Project:
    """Gives the chosen take of a clip other notes and curves.

    Raises:
        EditError: the clip is not in the song any more, plays no notes, or the curves are not in order.
    """
    if content is _content_of(p, clip_id):
        return p
    if fault := content.fault():
        raise EditError(f"The clip cannot be changed so: it {fault}.")
    track, clip = clip_of(p, clip_id)
    take = replace(clip.chosen, content=content)
    takes = (*clip.takes[: clip.take], take, *clip.takes[clip.take + 1 :])
    return with_clip(p, track, clip, replace(clip, takes=takes))


def _content_of(p: Project, clip_id: str) -> NoteContent:
    _, clip = clip_of(p, clip_id)
    content = clip.content
    if not isinstance(content, NoteContent):
        raise EditError(f"“{clip.name}” plays no notes: select a clip of notes.")
    return content
