"""The rows of the browser: name, waveform, tempo, key, length and words of each sound that was found."""

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    QUrl,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme import Theme
from desktop.widgets.plain import elided, one_line, tip_text

if TYPE_CHECKING:
    from engine.analysis.library.search import Match

HEIGHT = 32
_WAVE, _TEMPO, _KEY, _LENGTH = 140, 76, 72, 60  # widths, px
_SMALL_WAVE = 72  # where there is little room
_NARROW = 620  # px below which words and length are left out
_Index = QModelIndex | QPersistentModelIndex


class FoundSounds(QAbstractListModel):
    """The sounds that a search found, best first; each can be dragged to wherever files are taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matches: list[Match] = []
        self.sounding_path = ""
        """The path of the sound that is heard."""

    def show_matches(self, matches: "list[Match]") -> None:
        """Takes other rows."""
        self.beginResetModel()
        self.matches = matches
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.matches)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match = self.matches[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(match.entry.file.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return one_line(", ".join(part for part in (match.entry.file.title, *facts(match)) if part))
        if role == Qt.ItemDataRole.ToolTipRole:
            where = f"A take of {match.entry.file.song}" if match.entry.file.song else match.entry.file.path
            return tip_text("\n".join([match.entry.file.title, ", ".join(filter(None, facts(match))), where]))
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(200, HEIGHT)
        return None

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: "list[QModelIndex]") -> QMimeData:  # type: ignore[override]
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(self.matches[index.row()].entry.file.path) for index in indexes])
        return mime

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


def facts(match: "Match") -> tuple[str, str, str, str]:
    """Tempo, key, length and words of a sound, each empty where it is not known."""
    portrait = match.entry.portrait
    if portrait is None:
        return "", "", "", ""
    minutes, seconds = divmod(portrait.seconds, 60)
    length = f"{int(minutes)}:{int(seconds):02d}" if minutes else f"{seconds:.1f} s"
    tempo = f"{portrait.tempo:.1f} BPM" if portrait.tempo else ""
    return tempo, portrait.key, length, ", ".join(portrait.words)


class SoundRow(QStyledItemDelegate):
    """Paints a row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        if not isinstance(model, FoundSounds):
            return
        match, theme = model.matches[index.row()], self._theme
        area: QRect = option.rect.adjusted(3, 1, -3, -1)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        sounding = model.sounding_path == match.entry.file.path
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.raised if chosen else theme.hover)
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.accent)
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        tempo, key, length, words = facts(match)
        inner = area.adjusted(12, 0, -12, 0)
        wide = area.width() >= _NARROW
        wave = QRect(inner.left(), inner.top() + 5, _WAVE if wide else _SMALL_WAVE, inner.height() - 10)
        self._paint_wave(painter, wave, match, sounding)
        right = inner.right() + 1
        painter.setFont(theme.font("small"))
        columns = ((length, _LENGTH), (key, _KEY), (tempo, _TEMPO))
        for text, width in columns if wide else columns[1:]:
            right -= width
            painter.setPen(theme.dim)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRect(right, inner.top(), width, inner.height()), int(flags), text)
        left = wave.right() + 12
        room = right - left - 12
        words_room = round(0.45 * room) if wide else 0
        if words_room:
            place = QRect(left + room - words_room, inner.top(), words_room, inner.height())
            self._write(painter, place, words, theme.dim, "small")
        colour = theme.accent if sounding else theme.text
        self._write(painter, QRect(left, inner.top(), room - words_room - 8, inner.height()), index.data(), colour)
        painter.restore()

    def _write(self, painter: QPainter, place: QRect, text: str, colour: object, size: str = "normal") -> None:
        font = self._theme.font(size)
        painter.setFont(font)
        painter.setPen(colour)
        mode = Qt.TextElideMode.ElideMiddle if size == "normal" else Qt.TextElideMode.ElideRight
        shown = elided(QFontMetrics(font), text, mode, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _paint_wave(self, painter: QPainter, place: QRect, match: "Match", sounding: bool) -> None:
        if match.entry.portrait is None:
            return
        peaks = match.entry.portrait.peaks
        largest = max(int(abs(peaks.astype(int)).max()), 1)
        middle, reach = place.center().y() + 0.5, place.height() / 2
        step = place.width() / len(peaks)
        low = [(place.left() + n * step, middle - reach * int(value) / largest) for n, value in enumerate(peaks[:, 0])]
        high = [(place.left() + n * step, middle - reach * int(value) / largest) for n, value in enumerate(peaks[:, 1])]
        painter.setPen(self._theme.accent if sounding else self._theme.dim)
        painter.setBrush(self._theme.accent if sounding else self._theme.dim)
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in (*high, *reversed(low))]))
