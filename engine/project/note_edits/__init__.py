"""Edits of the notes of a content: functions from notes, and which of them are chosen, to the notes after it.

`Notes` are the notes of a `NoteContent`, `Chosen` the indices of some. All functions are pure. A note that is not
chosen, or that the edit does not change, stays the same object at the same index; what is new is appended. Where
nothing changes the answer is `notes` itself. Values stay within the ranges of `NoteEvent`: a group that is moved keeps
its shape and stops where its first note would leave them. Beats are quarter notes from the content's beat 0.
"""

from engine.project.note_edits.changing import (
    Chosen,
    Notes,
    add,
    add_velocity,
    copy,
    duplicate,
    move,
    reach,
    remove,
    repitch,
    resize_end,
    resize_start,
    set_velocity,
    split,
    transpose,
)
from engine.project.note_edits.pitches import fit_to_chords, fit_to_scale, scale_classes
from engine.project.note_edits.timing import Raster, Stretch, flam, humanise, legato, quantise, straighten

__all__ = [
    "Chosen",
    "Notes",
    "Raster",
    "Stretch",
    "add",
    "add_velocity",
    "copy",
    "duplicate",
    "fit_to_chords",
    "fit_to_scale",
    "flam",
    "humanise",
    "legato",
    "move",
    "quantise",
    "reach",
    "remove",
    "repitch",
    "resize_end",
    "resize_start",
    "scale_classes",
    "set_velocity",
    "split",
    "straighten",
    "transpose",
]
