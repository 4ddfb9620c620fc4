"""Parts follow the song's chords: the notes of clips go to tones of the chords that lie over them."""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.inference.compositions import role_of
from engine.inference.song_form import song_form
from engine.playback.note_sound import instrument_of
from engine.project import edits, note_edits
from engine.project.model import NoteContent, NoteEvent, Project
from engine.project.turns import turns_of

_PERCUSSIVE = ("drums", "percussion")


def fit_to_song(
    p: Project, *, clips: Collection[str] = (), first: Fraction = Fraction(0), last: Fraction | None = None
) -> Project:
    """The song with the notes of these clips, or of all, at tones of its chords; drums stay as they are.

    Rhythm and contour stay (`note_edits.fit_to_chords`). Only notes that begin from beat `first` to before `last` of
    the song change; a loop follows the chords over its first turn.

    Raises:
        EditError: the song has no chords, or nothing there has notes with a pitch.
    """
    chords = song_form(p).chords
    if not chords:
        raise EditError("The song has no chords: write them into the lane over the ruler first.")
    changed: dict[str, tuple[NoteEvent, ...]] = {}
    pitched = False
    for track, clip in p.clips():
        content = clip.content
        if (clips and clip.id not in clips) or not isinstance(content, NoteContent):
            continue
        if role_of(track) in _PERCUSSIVE or instrument_of(content, track).drums:
            continue
        turn = next(turns_of(p, clip), None)
        if turn is None:
            continue
        start, end = max(turn.first, first), turn.last if last is None else min(turn.last, last)
        chosen = frozenset(n for n, note in enumerate(content.notes) if start <= turn.origin + note.start < end)
        pitched = pitched or bool(chosen)
        over = [
            replace(each.chord, start=float(each.start - turn.origin), length=float(each.end - each.start))
            for each in chords
        ]
        notes = note_edits.fit_to_chords(content.notes, chosen, over)
        if notes is not content.notes:
            changed[clip.id] = notes
    if not pitched:
        raise EditError("There are no notes with a pitch under these chords: choose another place, or other clips.")
    return edits.set_notes(p, changed) if changed else p
