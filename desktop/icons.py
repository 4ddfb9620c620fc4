"""Icons of one stroke weight: Phosphor's regular cut, loaded by qtawesome, and a few of our own drawn alike."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme import Theme
from engine import paths

_PHOSPHOR = ("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json")
_SIZES = (16, 20, 24, 32, 40, 48)


class Icons:
    """Gives icons by Phosphor's names (`play`, `skip-back`) or the name of a file in `resources/icons`."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str, str], QIcon] = {}
        # only the one font that is used: qtawesome's own loader reads all of them
        from qtawesome.iconic_font import IconicFont

        self._font = IconicFont(_PHOSPHOR)

    def icon(self, name: str, colour: QColor | None = None, on: QColor | None = None) -> QIcon:
        """The icon `name` in `colour` (the text's), and in `on` (the accent) while its button is checked."""
        colour, on = colour or self._theme.text, on or self._theme.accent
        key = (name, colour.name(), on.name())
        if key not in self._made:
            file = paths.resources() / "icons" / f"{name}.svg"
            self._made[key] = self._drawn(str(file), colour, on) if file.is_file() else self._glyph(name, colour, on)
        return self._made[key]

    def pixmap(self, name: str, size: int, colour: QColor | None = None) -> QPixmap:
        """The icon `name` as a picture of `size` logical pixels."""
        return self.icon(name, colour).pixmap(QSize(size, size))

    def _glyph(self, name: str, colour: QColor, on: QColor) -> QIcon:
        return self._font.icon(f"ph.{name}", color=colour, color_on=on, color_disabled=self._theme.disabled)

    def _drawn(self, file: str, colour: QColor, on: QColor) -> QIcon:
        icon = QIcon()
        renderer = QSvgRenderer(file)
        for mode, state, ink in (
            (QIcon.Mode.Normal, QIcon.State.Off, colour),
            (QIcon.Mode.Normal, QIcon.State.On, on),
            (QIcon.Mode.Disabled, QIcon.State.Off, self._theme.disabled),
        ):
            for size in _SIZES:
                picture = QPixmap(size, size)
                picture.fill(Qt.GlobalColor.transparent)
                painter = QPainter(picture)
                # the font's glyphs leave a little room around them
                renderer.render(painter, QRectF(size * 0.04, size * 0.04, size * 0.92, size * 0.92))
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
                painter.fillRect(picture.rect(), ink)
                painter.end()
                icon.addPixmap(picture, mode, state)
        return icon
