"""The 256 colours that the notes' picture is painted in."""

from PySide6.QtGui import QColor

from desktop.theme import Theme, mix
from engine.project.model import TRACK_HUES

WHITE, BLACK, TONIC, LINE = range(4)
"""Kinds of rows, and the line between two; with a scale, white rows are its tones."""
PLAIN, STEP, BEAT, BAR = range(4)
"""Kinds of columns of the grid."""
INSIDE = 4
"""Added where the clip sounds."""
KINDS = 8
"""Colours of each kind of row."""
LEVELS = 8
"""Of brightness: how hard a note is struck."""
BODY, EDGE, CHOSEN, CHOSEN_EDGE = (32 + LEVELS * index for index in range(4))
GHOST, GHOST_EDGE, BESIDE, BESIDE_EDGE = (64 + TRACK_HUES * index for index in range(4))
"""Notes of other tracks, and those of the other selected clips, by the hue of their track."""
REPEAT, REPEAT_EDGE = 104, 105
"""Notes that a loop plays again."""
CHORD = 106
"""Tones of the chord that sounds, by the kind of column."""
BESIDE_CHOSEN = 110
"""Chosen notes of the other selected clips, by the hue of their track."""
BESIDE_CHOSEN_EDGE = BESIDE_CHOSEN + TRACK_HUES


def row_colour(theme: Theme, kind: int, column: int, inside: bool) -> QColor:
    """The ground of a row at a kind of column."""
    white = mix(theme.window, theme.raised, 1.0)
    black = mix(theme.window, theme.panel, 0.55)
    ground = {WHITE: white, BLACK: black, TONIC: mix(white, theme.accent, 0.10), LINE: mix(black, theme.window, 0.4)}
    colour = ground[kind]
    if not inside:
        colour = mix(colour, theme.meter_well, 0.62)
    share = {PLAIN: 0.0, STEP: 0.35, BEAT: 0.8, BAR: 1.0}[column]
    line = mix(theme.line, theme.line_strong, 0.75) if column == BAR else theme.line
    return mix(colour, line, share if inside else share * 0.6)


def table(theme: Theme, hue: QColor) -> list[int]:
    """The colours by their index, for notes of this hue."""
    colours = [theme.window] * 256
    for kind in range(4):
        for column in range(4):
            for inside in (False, True):
                colours[kind * KINDS + INSIDE * inside + column] = row_colour(theme, kind, column, inside)
    for level in range(LEVELS):
        share = 0.42 + 0.58 * level / (LEVELS - 1)
        body = mix(theme.window, hue, share)
        colours[BODY + level] = body
        colours[EDGE + level] = mix(body, theme.shadow, 0.42)
        chosen = mix(mix(theme.window, hue, 0.6 + 0.4 * level / (LEVELS - 1)), theme.selection, 0.45)
        colours[CHOSEN + level] = chosen
        colours[CHOSEN_EDGE + level] = theme.selection
    ground = row_colour(theme, WHITE, PLAIN, inside=True)
    for index in range(TRACK_HUES):
        own = theme.hue(index)
        colours[GHOST + index] = mix(ground, own, 0.16)
        colours[GHOST_EDGE + index] = mix(ground, own, 0.34)
        colours[BESIDE_CHOSEN + index] = mix(mix(theme.window, own, 0.8), theme.selection, 0.45)
        colours[BESIDE + index] = mix(ground, own, 0.34)
        colours[BESIDE_EDGE + index] = mix(ground, own, 0.62)
    colours[BESIDE_CHOSEN_EDGE] = theme.selection
    colours[REPEAT] = mix(ground, hue, 0.22)
    colours[REPEAT_EDGE] = mix(ground, hue, 0.4)
    for column in range(4):
        colours[CHORD + column] = mix(row_colour(theme, WHITE, column, inside=True), theme.accent, 0.13)
    return [colour.rgb() for colour in colours]
