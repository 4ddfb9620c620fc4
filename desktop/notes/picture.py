"""The picture of the notes and of the grid under them: one byte a device pixel, made by numpy.

A row of pitches is drawn in three ways (its body, the edges of the notes in it, the line under it), each one line of
bytes; the picture repeats them down the screen. So 20 000 notes cost as many writes as they have columns.
"""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from desktop.notes.colours import (
    BAR,
    BEAT,
    BESIDE,
    BESIDE_EDGE,
    BLACK,
    BODY,
    CHORD,
    CHOSEN,
    CHOSEN_EDGE,
    EDGE,
    GHOST,
    GHOST_EDGE,
    INSIDE,
    KINDS,
    LEVELS,
    LINE,
    REPEAT,
    REPEAT_EDGE,
    STEP,
    TONIC,
    WHITE,
)
from desktop.notes.rows import BLACK as BLACK_KEYS
from desktop.notes.rows import NoteRows
from engine.project.model import TRACK_HUES

MIN_EDGED = 6
"""Device pixels that a row needs for its notes to have edges above and below."""
MIN_OUTLINED = 4
"""Device pixels that a note must be long to have edges left and right."""


@dataclass(frozen=True)
class Layer:
    """Notes drawn alike: (n,) device columns from the view's left edge, rows, and colours of bodies and edges."""

    left: np.ndarray
    right: np.ndarray
    rows: np.ndarray
    body: np.ndarray
    edge: np.ndarray


@dataclass(frozen=True)
class Ground:
    """What lies under the notes. Columns are device pixels from the view's left edge.

    bars, beats, steps: columns of the grid's lines. inside: the columns between which the clip sounds. classes: the
    pitch classes of the scale, None without one; tonic: its first. chords: (first column, last column, pitch classes).
    """

    bars: np.ndarray
    beats: np.ndarray
    steps: np.ndarray
    inside: tuple[int, int]
    classes: frozenset[int] | None
    tonic: int
    chords: tuple[tuple[int, int, frozenset[int]], ...] = ()


def edge_table() -> np.ndarray:
    """(256,): for each colour of a body that of its edge."""
    edges = np.arange(256, dtype=np.uint8)
    for body, edge, count in (
        (BODY, EDGE, LEVELS),
        (CHOSEN, CHOSEN_EDGE, LEVELS),
        (GHOST, GHOST_EDGE, TRACK_HUES),
        (BESIDE, BESIDE_EDGE, TRACK_HUES),
        (REPEAT, REPEAT_EDGE, 1),
    ):
        edges[body : body + count] = np.arange(edge, edge + count)
    return edges


_EDGES = edge_table()


def paint(
    ground: Ground,
    layers: list[Layer],
    rows: NoteRows,
    size: tuple[int, int],
    top: int,
    row_height: int,
    table: np.ndarray | None = None,
) -> np.ndarray:
    """The picture (height, width): indices of colours, uint8, or what `table` has at them.

    Args:
        ground: the grid.
        layers: the notes, the topmost last.
        rows: what each row shows.
        size: (width, height) in device pixels.
        top: device pixels from the first row's top to the picture's.
        row_height: of a row, in device pixels.
        table: colours by their indices; they are looked up before the rows are repeated, which is much less to do.
    """
    width, height = size
    lines = np.arange(height) + top
    line_rows = lines // row_height
    first, last = int(line_rows[0]), min(int(line_rows[-1]) + 1, len(rows))
    count = max(last - first, 0)
    cells = np.empty((count + 1, width), np.uint8)  # the last one is shown below all rows
    cells[count] = LINE * KINDS
    _paint_ground(cells[:count], ground, rows.pitches[first:last], drums=rows.drums)
    separators = np.broadcast_to(_columns(ground, width) + LINE * KINDS, cells.shape)
    for layer in layers:
        _paint_notes(cells[:count], layer, first)
    inside = lines % row_height
    at = np.where(line_rows < last, line_rows - first, count)
    way = np.zeros(height, np.int64)
    if row_height >= MIN_EDGED:
        way[(inside == 0) | (inside == row_height - 2)] = 1
    if row_height > 2:
        way[inside == row_height - 1] = 2
    way[line_rows >= last] = 0
    ways = np.concatenate((cells, _EDGES[cells], separators))
    if table is not None:
        ways = table[ways]
    return np.ascontiguousarray(ways[way * (count + 1) + at])


def image(pixels: np.ndarray, dpr: float) -> QImage:
    """A picture of colours, uint32 (height, width), for Qt; the caller keeps `pixels` as long as it is shown."""
    height, width = pixels.shape
    picture = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(dpr)
    return picture


def _columns(ground: Ground, width: int) -> np.ndarray:
    columns = np.zeros(width, np.uint8)
    columns[ground.steps] = STEP
    columns[ground.beats] = BEAT
    columns[ground.bars] = BAR
    first, last = (min(max(edge, 0), width) for edge in ground.inside)
    columns[first:last] += INSIDE
    return columns


def _paint_ground(cells: np.ndarray, ground: Ground, pitches: tuple[int, ...], *, drums: bool) -> None:
    kinds = np.array([_kind(pitch, row, ground, drums) for row, pitch in enumerate(pitches)], np.uint8)
    columns = _columns(ground, cells.shape[1])
    np.add(kinds[:, None] * KINDS, columns[None, :], out=cells, casting="unsafe")
    for first, last, classes in ground.chords:
        part = columns[first:last]
        for row, pitch in enumerate(pitches):
            if pitch % 12 in classes:
                cells[row, first:last] = np.where(part >= INSIDE, CHORD + part % INSIDE, cells[row, first:last])


def _kind(pitch: int, row: int, ground: Ground, drums: bool) -> int:
    if drums:
        return WHITE if row % 2 else BLACK
    if ground.classes is None:
        return BLACK if pitch % 12 in BLACK_KEYS else WHITE
    if pitch % 12 == ground.tonic:
        return TONIC
    return WHITE if pitch % 12 in ground.classes else BLACK


def _paint_notes(cells: np.ndarray, layer: Layer, first_row: int) -> None:
    height, width = cells.shape
    rows = layer.rows - first_row
    visible = (layer.right > 0) & (layer.left < width) & (rows >= 0) & (rows < height) & (layer.rows >= 0)
    if not visible.any():
        return
    rows = rows[visible]
    left, right = layer.left[visible], layer.right[visible]
    begin, end = np.maximum(left, 0), np.minimum(right, width)
    lengths = end - begin
    flat = cells.reshape(-1)
    offsets = rows * width + begin
    starts = np.cumsum(lengths) - lengths
    places = np.repeat(offsets - starts, lengths) + np.arange(int(lengths.sum()))
    flat[places] = np.repeat(layer.body[visible], lengths)
    outlined = right - left >= MIN_OUTLINED
    edge = layer.edge[visible]
    at_left, at_right = outlined & (left >= 0), outlined & (right <= width)
    flat[offsets[at_left]] = edge[at_left]
    flat[(rows * width + end - 1)[at_right]] = edge[at_right]
