"""Which notes are drawn where: the layers of the picture, from what the session shows and the view's place."""

from dataclasses import dataclass

import numpy as np

from desktop.notes.arrays import ARRAYS, NoteArrays, difference
from desktop.notes.colours import (
    BESIDE,
    BESIDE_CHOSEN,
    BESIDE_CHOSEN_EDGE,
    BESIDE_EDGE,
    BODY,
    CHOSEN,
    CHOSEN_EDGE,
    EDGE,
    GHOST,
    GHOST_EDGE,
    LEVELS,
    REPEAT,
    REPEAT_EDGE,
)
from desktop.notes.picture import Ground, Layer
from desktop.notes.session import NoteSession
from desktop.timeline.grid import line_columns, step_columns
from desktop.view.viewport import Viewport
from engine.project import note_edits
from engine.project.model import Clip, NoteContent
from engine.project.note_edits import Notes
from engine.timing.snap import Grid

MIN_NOTE = 3
"""Device pixels that a note is long, at least."""
MOST_TURNS = 64
"""Of a loop, that are drawn at once."""


@dataclass(frozen=True)
class Spans:
    """Notes on the screen: their device columns from the song's start, and their rows; −1 for those that have none."""

    left: np.ndarray
    right: np.ndarray
    rows: np.ndarray


def spans_of(session: NoteSession, viewport: Viewport, before: tuple[NoteArrays, Spans] | None = None) -> Spans:
    """The notes that are edited, in their order.

    before: the spans of other arrays of notes, made for the same view and rows, from which those of equal notes are
    taken over.
    """
    arrays = session.arrays
    if before is not None and len(before[0]) == len(arrays):
        first, last, _ = difference(_fields(before[0]), _fields(arrays))
        if last - first <= len(arrays) // 4:
            spans, part = before[1], arrays.take(np.arange(first, last))
            fresh = _spans_of(session, viewport, part)
            spans = Spans(spans.left.copy(), spans.right.copy(), spans.rows.copy())
            spans.left[first:last], spans.right[first:last], spans.rows[first:last] = (
                fresh.left,
                fresh.right,
                fresh.rows,
            )
            return spans
    return _spans_of(session, viewport, arrays)


def _fields(arrays: NoteArrays) -> tuple[np.ndarray, ...]:
    return arrays.starts, arrays.ends, arrays.pitches


def _spans_of(session: NoteSession, viewport: Viewport, arrays: NoteArrays) -> Spans:
    step = viewport.frames_per_device_px
    left = np.rint(session.frames(arrays.starts) / step).astype(np.int64)
    right = np.rint(session.frames(arrays.ends) / step).astype(np.int64)
    return Spans(left, np.maximum(right, left + MIN_NOTE), session.rows.lookup[arrays.pitches])


def layers_of(session: NoteSession, viewport: Viewport, spans: Spans) -> list[Layer]:
    """What is drawn: other clips, the turns of a loop, the notes, the chosen ones on top."""
    origin = viewport.left_device
    layers = [*_beside(session, viewport), *_turns(session, viewport, spans)]
    levels = levels_of(session.arrays)
    left, right = spans.left - origin, spans.right - origin
    layers.append(Layer(left, right, spans.rows, levels + np.uint8(BODY), levels + np.uint8(EDGE)))
    if session.chosen:
        at = session.chosen_indices
        layers.append(
            Layer(
                left[at], right[at], spans.rows[at], levels[at] + np.uint8(CHOSEN), levels[at] + np.uint8(CHOSEN_EDGE)
            )
        )
    return layers


def levels_of(arrays: NoteArrays) -> np.ndarray:
    """How bright each note is, from 0 on: uint8."""
    return arrays.velocities.astype(np.uint8) // np.uint8(128 // LEVELS)


def ground_of(
    session: NoteSession, viewport: Viewport, chords: tuple[tuple[float, float, frozenset[int]], ...]
) -> Ground:
    """The grid, the rows' shades, and where the clip sounds; chords in frames of the song."""
    clock, step = session.project.clock, viewport.frames_per_device_px
    first = viewport.left_device
    last = first + round(viewport.width * viewport.dpr)
    thin, strong = line_columns(clock, viewport.frames_per_px, first, last, step)
    steps = step_columns(clock, session.snap_grid, first, last, step)
    bounds = session.bounds()
    scale = session.settings.scale
    shaded = tuple(
        (max(viewport.device_x(begin) - first, 0), min(viewport.device_x(end) - first, last - first), classes)
        for begin, end, classes in chords
    )
    return Ground(
        bars=strong,
        beats=thin if not len(steps) else _beats(session, first, last, step),
        steps=steps,
        inside=(viewport.device_x(bounds[0]) - first, viewport.device_x(bounds[1]) - first),
        classes=note_edits.scale_classes(*scale) if scale else None,
        tonic=scale[0] if scale else -1,
        chords=tuple(chord for chord in shaded if chord[1] > chord[0]),
    )


def _beats(session: NoteSession, first: int, last: int, step: float) -> np.ndarray:
    return step_columns(session.project.clock, Grid.QUARTER, first, last, step)


def spans_beside(session: NoteSession, viewport: Viewport, clip: Clip, content: NoteContent, notes: Notes) -> Spans:
    """The notes of another clip, in their order; those that begin outside of it have no row."""
    clock, step, start = session.project.clock, viewport.frames_per_device_px, session.project.start_of(clip)
    arrays = ARRAYS.of(notes, content.notes)
    beat = float(clock.beat_at(content.origin(start)))
    begins = clock.approximate_frames(beat + arrays.starts)
    left = np.rint(begins / step).astype(np.int64)
    right = np.rint(clock.approximate_frames(beat + arrays.ends) / step).astype(np.int64)
    inside = (begins >= start - 0.5) & (begins < start + clip.length)
    return Spans(left, np.maximum(right, left + MIN_NOTE), np.where(inside, session.rows.lookup[arrays.pitches], -1))


def _beside(session: NoteSession, viewport: Viewport) -> list[Layer]:
    """The notes of other clips that reach into the view."""
    project, origin = session.project, viewport.left_device
    layers = []
    for track, clip, selected in session.others():
        start, content = project.start_of(clip), clip.content
        if start + clip.length < viewport.left or start > viewport.right or not isinstance(content, NoteContent):
            continue
        notes = session.notes_of(clip) if selected else content.notes
        if not notes:
            continue
        spans = spans_beside(session, viewport, clip, content, notes)
        left, right = spans.left - origin, spans.right - origin
        hue = track.colour if clip.colour is None else clip.colour
        body, edge = (BESIDE, BESIDE_EDGE) if selected else (GHOST, GHOST_EDGE)
        layers.append(_alike(left, right, spans.rows, body + hue, edge + hue))
        if chosen := session.chosen_of(clip.id):
            at = np.sort(np.fromiter(chosen, np.int64, len(chosen)))
            layers.append(_alike(left[at], right[at], spans.rows[at], BESIDE_CHOSEN + hue, BESIDE_CHOSEN_EDGE))
    return layers


def _alike(left: np.ndarray, right: np.ndarray, rows: np.ndarray, body: int, edge: int) -> Layer:
    """Notes in the same two colours."""
    return Layer(left, right, rows, np.full(len(left), body, np.uint8), np.full(len(left), edge, np.uint8))


def _turns(session: NoteSession, viewport: Viewport, spans: Spans) -> list[Layer]:
    """The notes again wherever the clip's loop plays them once more."""
    content, clip = session.content, session.clip
    if content is None or clip is None or not content.loop_length:
        return []
    start, end = session.bounds()
    step, origin = viewport.frames_per_device_px, viewport.left_device
    first_turn = content.origin(start) + content.offset
    inside = (spans.left * step >= first_turn - step) & (spans.left * step < first_turn + content.loop_length)
    layers = []
    turn = max(int((viewport.left - first_turn) // content.loop_length), 1)
    for number in range(turn, turn + MOST_TURNS):
        shift = number * content.loop_length
        if first_turn + shift >= min(end, viewport.right):
            break
        columns = round(shift / step) - origin
        limit = round(end / step) - origin
        left = np.minimum(spans.left[inside] + columns, limit)
        right = np.minimum(spans.right[inside] + columns, limit)
        layers.append(_alike(left, right, np.where(left < limit, spans.rows[inside], -1), REPEAT, REPEAT_EDGE))
    return layers
