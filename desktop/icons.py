"""Icons of one stroke weight: the regular cut of the bundled Phosphor font, and a few of our own drawn alike."""

import json
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme import Theme
from desktop.widgets.painting import painting
from engine import paths

_SIZES = (14, 16, 18, 24)
"""Logical pixels of the icons in use."""

ROLE_ICONS = {
    "drums": "role-drums", "percussion": "dots-six", "bass": "role-bass", "chords": "role-chords", "pad": "cloud",
    "arp": "role-arp", "lead": "music-note", "counter": "music-notes",
}  # fmt: skip
"""The icons of the composer's roles (`engine.inference.compositions.ROLE_TITLES`)."""


class Icons:
    """Gives icons by Phosphor's names (`play`, `skip-back`) or the name of a file in `resources/icons`.

    Icons are pictures: a QIconEngine written in Python outlives its interpreter when Qt caches the icon.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str, str], QIcon] = {}
        self._fonts: dict[int, QFont] = {}
        fonts = paths.resources() / "fonts"
        loaded = QFontDatabase.addApplicationFont(str(fonts / "Phosphor.ttf"))
        families = QFontDatabase.applicationFontFamilies(loaded)
        self._family = families[0] if families else ""
        # pictures for the screens there are: an icon on one that comes later is scaled
        scales = {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}
        self._sizes = sorted({round(size * scale) for size in _SIZES for scale in scales})
        self._glyphs: dict[str, int] = json.loads((fonts / "Phosphor-names.json").read_text(encoding="utf-8"))

    def icon(self, name: str, colour: QColor | None = None, on: QColor | None = None) -> QIcon:
        """The icon `name` in `colour` (the text's), and in `on` (the accent) while its button is checked."""
        colour, on = colour or self._theme.text, on or self._theme.accent
        key = (name, colour.name(), on.name())
        if key not in self._made:
            file = paths.resources() / "icons" / f"{name}.svg"
            draw: Callable[[QPainter, int], None]
            if file.is_file():
                renderer = QSvgRenderer(str(file))
                # the font's glyphs leave a little room around them
                draw = lambda painter, size: renderer.render(  # noqa: E731
                    painter, QRectF(size * 0.04, size * 0.04, size * 0.92, size * 0.92)
                )
            else:
                draw = partial(self._draw_glyph, chr(self._glyphs[name]))
            self._made[key] = self._painted(draw, colour, on)
        return self._made[key]

    def pixmap(self, name: str, size: int, colour: QColor | None = None) -> QPixmap:
        """The icon `name` as a picture of `size` logical pixels."""
        return self.icon(name, colour).pixmap(QSize(size, size))

    def _draw_glyph(self, glyph: str, painter: QPainter, size: int) -> None:
        if size not in self._fonts:
            self._fonts[size] = QFont(self._family)
            self._fonts[size].setPixelSize(size)
        painter.setFont(self._fonts[size])
        painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, glyph)

    def _painted(self, draw: Callable[[QPainter, int], None], colour: QColor, on: QColor) -> QIcon:
        """All sizes side by side in one picture, which is coloured and cut up for each state."""
        icon = QIcon()
        places = [QRect(sum(self._sizes[:number]), 0, size, size) for number, size in enumerate(self._sizes)]
        shapes = QPixmap(sum(self._sizes), self._sizes[-1])
        shapes.fill(Qt.GlobalColor.transparent)
        with painting(shapes) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in places:
                painter.resetTransform()
                painter.setClipRect(place)
                painter.translate(place.topLeft())
                draw(painter, place.width())
        for mode, state, ink in (
            (QIcon.Mode.Normal, QIcon.State.Off, colour),
            (QIcon.Mode.Normal, QIcon.State.On, on),
            (QIcon.Mode.Disabled, QIcon.State.Off, self._theme.disabled),
        ):
            pictures = QPixmap(shapes)
            with painting(pictures) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
                painter.fillRect(pictures.rect(), ink)
            for place in places:
                icon.addPixmap(pictures.copy(place), mode, state)
        return icon
