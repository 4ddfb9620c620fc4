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
        track, clip = clip_of(p, clip_id)
        content = clip.content
        if not isinstance(content, NoteContent):
            raise EditError(f"“{clip.name}” plays no notes: select a clip of notes.")
        if new is content.notes:
            continue
        take = replace(clip.chosen, content=replace(content, notes=new))
        takes = (*clip.takes[: clip.take], take, *clip.takes[clip.take + 1 :])
        p = with_clip(p, track, clip, replace(clip, takes=takes))
    return p
