"""The picture of the notes: bytes at the columns and rows that were worked out by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from desktop.notes.arrays import ArrayStore, measured
from desktop.notes.colours import BAR, BLACK, BODY, CHORD, EDGE, INSIDE, KINDS, LINE, TONIC, WHITE
from desktop.notes.picture import Ground, Layer, NotePicture
from desktop.notes.rows import NoteRows
from engine.project.model import NoteEvent
from tests.desktop.notes.conftest import Player

NO_COLUMNS = np.array([], np.int64)


def ground(**values: object) -> Ground:
    plain = {
        "bars": NO_COLUMNS, "beats": NO_COLUMNS, "steps": NO_COLUMNS, "inside": (0, 40), "classes": None, "tonic": -1,
    }  # fmt: skip
    return Ground(**{**plain, **values})  # type: ignore[arg-type]


def layer(left: int, right: int, row: int) -> Layer:
    return Layer(
        np.array([left]), np.array([right]), np.array([row]),
        np.array([BODY + 3], np.uint8), np.array([EDGE + 3], np.uint8),
    )  # fmt: skip


def paint(
    ground: Ground, layers: list[Layer], rows: NoteRows, size: tuple[int, int], top: int, height: int
) -> np.ndarray:
    """The indices of the colours."""
    picture = NotePicture()
    picture.draw(ground, layers, rows, size, top, height, np.arange(256, dtype=np.uint32))
    return picture.pixels


def test_a_note_has_a_body_edges_and_a_line_below() -> None:
    rows = NoteRows((62, 61, 60))
    pixels = paint(ground(bars=np.array([20])), [layer(5, 12, 1)], rows, (40, 40), 0, 10)
    white, black = WHITE * KINDS + INSIDE, BLACK * KINDS + INSIDE
    assert pixels.shape == (40, 40)
    note = pixels[10:20]
    assert (note[1:8, 6:11] == BODY + 3).all()
    for edge in (note[0, 5:12], note[8, 5:12], note[1:8, 5], note[1:8, 11]):
        assert (edge == EDGE + 3).all()
    assert (note[9, :20] == LINE * KINDS + INSIDE).all()
    assert (pixels[1:8, :20] == white).all(), "D is a white key"
    assert (note[1:8, :5] == black).all(), "C sharp is a black one"
    assert (pixels[1:8, 20] == white + BAR).all()
    assert (pixels[30:] == LINE * KINDS).all(), "nothing lies below the rows"


def test_what_is_kept_between_frames_looks_as_drawn_anew() -> None:
    chance = np.random.default_rng(3)
    rows = NoteRows(tuple(range(80, 40, -1)))
    table = np.arange(256, dtype=np.uint32)
    grounds = ground(), ground(bars=np.array([7]))
    kept = NotePicture()

    def notes(count: int) -> Layer:
        left = chance.integers(-10, 70, count)
        length = chance.integers(1, 20, count)
        body = (BODY + chance.integers(0, 8, count)).astype(np.uint8)
        return Layer(left, left + length, chance.integers(-1, 40, count), body, body + np.uint8(EDGE - BODY))

    layers = [notes(60), notes(5)]
    look = [grounds[0], (70, 150), 0, 10]
    for _ in range(200):
        match chance.integers(0, 7):
            case 0:
                layers[1] = notes(int(chance.integers(0, 6)))
            case 1:
                look[2] = int(chance.integers(0, 260))
            case 2:
                look[3] = int(chance.integers(3, 14))
            case 3:
                look[0] = grounds[int(chance.integers(0, 2))]
            case 4:
                look[1] = 70, int(chance.integers(40, 500))
            case 5:
                layers[0] = (
                    Layer(*(field[1:] for field in vars(layers[0]).values())) if len(layers[0].rows) else notes(60)
                )
            case _:
                rows_of = layers[0].rows.copy()
                rows_of[: len(rows_of) // 20] = chance.integers(-1, 40)
                layers[0] = replace(layers[0], rows=rows_of)
        anew = NotePicture()
        shade, size, top, height = look
        for picture in (kept, anew):
            picture.draw(shade, layers, rows, size, top, height, table, [int(chance.integers(0, 60))])
        np.testing.assert_array_equal(kept.pixels, anew.pixels)


def test_notes_that_reach_out_of_the_view_are_cut() -> None:
    rows = NoteRows((60,))
    pixels = paint(ground(), [layer(-5, 3, 0), layer(38, 50, 0), layer(60, 70, 0)], rows, (40, 10), 0, 10)
    assert (pixels[4, :2] == BODY + 3).all()
    assert pixels[4, 2] == EDGE + 3
    assert pixels[4, 38] == EDGE + 3
    assert pixels[4, 39] == BODY + 3


def test_scale_chords_and_the_clip_s_bounds_shade_rows() -> None:
    rows = NoteRows((61, 60, 57))
    shades = ground(classes=frozenset({9, 0}), tonic=9, inside=(10, 40), chords=((20, 30, frozenset({0})),))
    pixels = paint(shades, [], rows, (40, 30), 0, 10)
    assert [int(pixels[y, 15]) for y in (4, 14, 24)] == [kind * KINDS + INSIDE for kind in (BLACK, WHITE, TONIC)]
    assert pixels[14, 5] == WHITE * KINDS
    assert (pixels[14, 20:30] == CHORD).all()
    assert pixels[4, 25] == BLACK * KINDS + INSIDE


def test_arrays_of_edited_notes_are_those_measured_anew() -> None:
    notes = tuple(NoteEvent(Fraction(i, 3), Fraction(1, 4), 40 + i % 40, 1 + i, 0.01 * i) for i in range(60))
    store = ArrayStore()
    store.of(notes)
    changed = (*notes[:10], NoteEvent(Fraction(7), Fraction(2), 99, 5), *notes[11:])
    for new in (changed, notes[5:], (*notes[:3], *notes[9:], NoteEvent(Fraction(1), Fraction(1), 1))):
        arrays, anew = store.of(new, notes), measured(new)
        for name in ("starts", "ends", "offsets", "pitches", "velocities"):
            np.testing.assert_array_equal(getattr(arrays, name), getattr(anew, name))
        assert store.of(new) is arrays
    assert store.of(notes).pitches[10] == 50, "the arrays of the notes before stay as they were"


def test_between_the_stems_of_velocities_nothing_is_drawn(player: Player) -> None:
    picture = player.editor.lane._stems()
    colours = {picture.pixel(x, y) for x in range(picture.width()) for y in (0, picture.height() - 1)}
    assert 0 in colours, "transparent, and adding no light"
    assert all(colour == 0 or colour >> 24 == 255 for colour in colours)
