"""The 256 colours that row images are painted in: the ground, the grid, and each hue's clips in four conditions."""

from enum import IntEnum

from PySide6.QtGui import QColor

from desktop.theme import MIN_CONTRAST, Theme, contrast, mix


class Ground(IntEnum):
    """Colours behind the clips."""

    EMPTY = 0
    GRID_BEAT = 1
    GRID_BAR = 2
    SEPARATOR = 3
    LANE = 4
    LANE_BEAT = 5
    LANE_BAR = 6
    SELECTED = 7
    SELECTED_BEAT = 8
    SELECTED_BAR = 9


class Part(IntEnum):
    """Colours of a clip. The waveform's parts follow the body, each drawn inside the one before."""

    TITLE = 0
    BODY = 1
    PEAK = 2
    RMS = 3
    GAP = 4
    CENTRE = 5


class Condition(IntEnum):
    """How a clip's colours are changed."""

    SOUNDING = 0
    MUTED = 1
    UNCHOSEN = 2  # a take that another one is preferred to
    LIT = 3  # growing now


FIRST_CLIP_COLOUR = 16
HUES = 10
PARTS = len(Part)
UNCHOSEN_OPACITY = 0.55
PEAK_OPACITY = 0.6


def clip_colours(hue: int, condition: Condition) -> int:
    """The palette index of a clip's first colour; add a `Part`."""
    return FIRST_CLIP_COLOUR + (condition * HUES + hue % HUES) * PARTS


class Palette:
    """The colours worked out for one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        selected = mix(theme.window, theme.raised, 0.6)
        lane = mix(theme.window, theme.meter_well, 0.6)
        ground = {
            Ground.EMPTY: theme.window,
            Ground.GRID_BEAT: mix(theme.window, theme.grid_beat, 0.8),
            Ground.GRID_BAR: theme.grid_bar,
            Ground.SEPARATOR: theme.line,
            Ground.LANE: lane,
            Ground.LANE_BEAT: lane,
            Ground.LANE_BAR: mix(lane, theme.grid_bar, 0.6),
            Ground.SELECTED: selected,
            Ground.SELECTED_BEAT: mix(selected, theme.line, 0.5),
            Ground.SELECTED_BAR: mix(theme.grid_bar, theme.line_strong, 0.3),
        }
        colours = [theme.window] * 256
        for index, colour in ground.items():
            colours[index] = colour
        for condition in Condition:
            for hue in range(HUES):
                first = clip_colours(hue, condition)
                for part, colour in zip(Part, self._clip(hue, condition), strict=True):
                    colours[first + part] = colour
        self._colours = colours
        self.table = [colour.rgb() for colour in colours]
        self._text = {
            (hue, condition): readable(theme, self.colour(hue, condition, Part.TITLE))
            for condition in Condition
            for hue in range(HUES)
        }

    def colour(self, hue: int, condition: Condition, part: Part) -> QColor:
        """One colour of a clip."""
        return self._colours[clip_colours(hue, condition) + part]

    def text(self, hue: int, condition: Condition) -> QColor:
        """The colour of text on a clip's title."""
        return self._text[hue % HUES, condition]

    def ground(self, which: Ground) -> QColor:
        """One colour behind the clips."""
        return self._colours[which]

    def _clip(self, hue: int, condition: Condition) -> tuple[QColor, ...]:
        theme = self.theme
        own = theme.hue(hue)
        if condition is Condition.MUTED:
            own = mix(theme.line_strong, own, 0.22)
        title = mix(theme.window, own, 0.78)
        body = mix(theme.window, own, 0.22)
        bright = mix(own, theme.text, 0.18)
        if condition is Condition.MUTED:
            title, bright = mix(theme.window, own, 0.7), mix(theme.window, own, 0.95)
        if condition is Condition.UNCHOSEN:
            title, body, bright = (mix(theme.window, each, UNCHOSEN_OPACITY) for each in (title, body, bright))
        if condition is Condition.LIT:
            body = mix(theme.window, own, 0.3)
        peak = mix(body, bright, PEAK_OPACITY)
        return title, body, peak, bright, theme.window, mix(body, own, 0.35)


def readable(theme: Theme, ground: QColor) -> QColor:
    """The theme's text colour for `ground`, moved towards the theme's extremes until its contrast is enough."""
    text = theme.text_on(ground)
    extreme = theme.selection if text is theme.text else theme.shadow
    for share in (0.0, 0.5, 1.0):
        candidate = mix(text, extreme, share)
        if contrast(candidate, ground) >= MIN_CONTRAST:
            return candidate
    return extreme
