"""The picture of the notes and of the grid under them: one byte a device pixel, made by numpy.

A row of pitches is drawn in three ways (its body, the edges of the notes in it, the line under it), each one line of
bytes; the picture repeats them down the screen. So 20 000 notes cost as many writes as they have columns, and a note
that is edited costs those of the rows that it leaves and comes to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from desktop.notes.arrays import difference
from desktop.notes.colours import (
    BAR,
    BEAT,
    BESIDE,
    BESIDE_CHOSEN,
    BESIDE_CHOSEN_EDGE,
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
    edges[BESIDE_CHOSEN : BESIDE_CHOSEN + TRACK_HUES] = BESIDE_CHOSEN_EDGE
    return edges


_EDGES = edge_table()


class NotePicture:
    """The picture of one view, kept between frames: of what is asked for, only rows that look otherwise are drawn anew.

    Its rows of colours are those of all pitches, so that scrolling down the screen only copies them.
    """

    def __init__(self) -> None:
        self.pixels = np.empty((0, 0), np.uint32)
        """(height, width): what `table` has at the indices of the colours."""
        self._cells = np.empty((0, 0), np.uint8)  # (rows, width)
        self._below = self._cells  # the same without notes
        self._line = self._cells  # (1, width): the line under each row
        self._ground: Ground | None = None
        self._rows: NoteRows | None = None
        self._layers: tuple[Layer, ...] = ()
        self._stale = np.empty(0, bool)  # rows of the cells that look otherwise by now
        self._look: tuple[int, int, tuple[int, int], np.ndarray, np.ndarray] | None = None

    def draw(
        self,
        ground: Ground,
        layers: Sequence[Layer],
        rows: NoteRows,
        size: tuple[int, int],
        top: int,
        row_height: int,
        table: np.ndarray,
        others: Iterable[int] = (),
    ) -> list[int]:
        """Makes `pixels` the picture, and returns which rows were drawn anew.

        Args:
            ground: the grid; an object that was given before is taken to look as it did.
            layers: the notes, the topmost last.
            rows: what each row shows.
            size: (width, height) in device pixels.
            top: device pixels from the first row's top to the picture's.
            row_height: of a row, in device pixels.
            table: (256,) uint32, the colours by their indices.
            others: rows that are drawn anew in any case.
        """
        width, height = size
        if self._cells.shape != (len(rows), width) or ground is not self._ground or rows is not self._rows:
            self._take_ground(ground, rows, width)
        else:
            self._stale |= _changed_rows(self._layers, layers, len(rows))
        self._layers = tuple(layers)
        in_view = np.zeros(len(rows), bool)
        in_view[max(top // row_height, 0) : (top + height - 1) // row_height + 1] = True
        changed = self._stale & in_view
        if changed.any():
            self._stale &= ~changed
            self._cells[changed] = self._below[changed]
            for layer in layers:
                _paint_notes(self._cells, layer, changed)
        look = top, row_height, size, table, self._line
        if self.pixels.shape != (height, width):
            self.pixels = np.empty((height, width), np.uint32)
        before = self._look
        if before is None or look[:3] != before[:3] or table is not before[3] or self._line is not before[4]:
            self._look, changed = look, in_view.copy()
            end = min(max(len(rows) * row_height - top, 0), height)
            self.pixels[end:] = table[LINE * KINDS]
        changed[[row for row in others if row < len(rows)]] = True
        changed &= in_view  # what is out of view is drawn when it comes into view
        self._show(changed, table, top, row_height)
        return np.flatnonzero(changed).tolist()

    def _take_ground(self, ground: Ground, rows: NoteRows, width: int) -> None:
        self._ground, self._rows = ground, rows
        self._below = np.empty((len(rows), width), np.uint8)
        _paint_ground(self._below, ground, rows.pitches, drums=rows.drums)
        self._cells = np.empty_like(self._below)
        self._stale = np.ones(len(rows), bool)
        self._line = _columns(ground, width)[None] + np.uint8(LINE * KINDS)

    def _show(self, changed: np.ndarray, table: np.ndarray, top: int, row_height: int) -> None:
        """Writes the lines of the rows that changed and are in view."""
        shown, height = np.flatnonzero(changed), len(self.pixels)
        if not len(shown):
            return
        cells = self._cells[shown]
        bodies, edges, line = table[cells], table[_EDGES[cells]], table[self._line[0]]
        edged, parted = row_height >= MIN_EDGED, row_height > 2
        pixels = self.pixels
        for index, row in enumerate(shown.tolist()):
            begin = row * row_height - top
            end = begin + row_height
            pixels[max(begin, 0) : end] = bodies[index]
            if edged:
                for y in (begin, end - 2):
                    if 0 <= y < height:
                        pixels[y] = edges[index]
            if parted and 0 <= end - 1 < height:
                pixels[end - 1] = line


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


def _changed_rows(before: Sequence[Layer], layers: Sequence[Layer], count: int) -> np.ndarray:
    """Which of `count` rows may look otherwise: bool (count,)."""
    changed = np.zeros(count + 1, bool)  # the last one is that of notes without a row
    if len(before) != len(layers):
        before, layers = (), (*before, *layers)
    for index, layer in enumerate(layers):
        old = before[index] if before else _NO_NOTES
        first, last, old_last = difference(_fields(old), _fields(layer))
        changed[layer.rows[first:last]] = True
        changed[old.rows[first:old_last]] = True
    return changed[:count]


def _paint_notes(cells: np.ndarray, layer: Layer, into: np.ndarray) -> None:
    """Paints the notes of a layer that lie in the rows `into` (bool, by row)."""
    width = cells.shape[1]
    chosen = np.flatnonzero(into[layer.rows] & (layer.rows >= 0))
    chosen = chosen[(layer.right[chosen] > 0) & (layer.left[chosen] < width)]
    if not len(chosen):
        return
    rows, left, right = layer.rows[chosen], layer.left[chosen], layer.right[chosen]
    begin, end = np.maximum(left, 0), np.minimum(right, width)
    lengths = end - begin
    flat = cells.reshape(-1)
    offsets = rows * width + begin
    starts = np.cumsum(lengths) - lengths
    places = np.repeat(offsets - starts, lengths) + np.arange(int(lengths.sum()))
    flat[places] = np.repeat(layer.body[chosen], lengths)
    outlined = right - left >= MIN_OUTLINED
    edge = layer.edge[chosen]
    at_left, at_right = outlined & (left >= 0), outlined & (right <= width)
    flat[offsets[at_left]] = edge[at_left]
    flat[(rows * width + end - 1)[at_right]] = edge[at_right]


def _fields(layer: Layer) -> tuple[np.ndarray, ...]:
    return layer.left, layer.right, layer.rows, layer.body


_NO_NOTES = Layer(*(np.empty(0, np.int64) for _ in range(3)), *(np.empty(0, np.uint8) for _ in range(2)))
