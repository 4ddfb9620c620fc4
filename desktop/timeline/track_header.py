"""One track's header: colour, name, mute, solo, gain, pan and level."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from desktop.automation.follow import Followed
from desktop.automation.recorder import Mode
from desktop.document import Document
from desktop.icons import ROLE_ICONS, Icons
from desktop.theme import Theme
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.rows import MAX_HEIGHT, MIN_HEIGHT, Row
from desktop.view.pointing import is_far_outside
from desktop.widgets.buttons import LetterButton, WordButton
from desktop.widgets.meter import Meter
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_name, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec, pan_spec
from engine.ids import new_id
from engine.inference.compositions import ROLE_TITLES, role_of
from engine.music.notes import instrument_title
from engine.playback.state import TrackMeter
from engine.project import edits
from engine.project.model import FADER, PANNING, Target, Track

COLOUR_PX = 4
LEFT = 12
EDGE_PX = 5
ROLE_PX = 16
FROZEN = "frozen"
"""Stands in the place of a role: the track is frozen."""
FULL_FROM = 60
"""Height from which gain and pan are shown."""
SILENCE = TrackMeter(0.0, 0.0, 0.0, 0.0, False)


class TrackHeader(QWidget):
    """Shows one row's track; it may show another one later."""

    commands_run = True  # see keyboard.py

    hint_changed = Signal(str)
    menu_requested = Signal(str, object)
    instrument_requested = Signal()
    """Another instrument for this track, which is selected."""
    arm_requested = Signal(str, bool, bool)
    """(track id, whether to arm it, whether beside the others): record arm."""
    automation_requested = Signal(str, bool)
    """(track id, whether its lanes of automation are to be shown)"""
    input_requested = Signal(str, object)
    """(track id, global position): what this track records."""
    fold_requested = Signal(str, bool)
    dragged = Signal(str, object)
    """(track id, global position): the header is being moved."""
    drag_out_requested = Signal(str)
    """(track id): the header was dragged out of the window."""
    dropped = Signal(str, object)
    """(track id, global position), or None where the drag was cancelled."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget, icons: Icons | None = None) -> None:
        super().__init__(parent)
        self._icons, self._role = icons, ""
        self._document = document
        self._theme = theme
        self._track: Track | None = None
        self._look: object = None  # what of it is painted
        self._height = 0
        self._takes = 1
        self._folded = False
        self._selected = False
        self._silent = self._frozen = False
        self._press: tuple[QPointF, int] | None = None  # where, and the height if the edge was pressed
        self._moving = False
        self._gesture = ""
        self._font = theme.font("normal", bold=True)
        self._metrics = QFontMetricsF(self._font)
        self._fitted = "", 0, ""  # the name, the room for it, and what of it is shown there
        self.mute = LetterButton("M", "Mute", theme, theme.warning, self)
        self.solo = LetterButton("S", "Solo", theme, theme.solo, self)
        self.arm = LetterButton("R", "Arm", theme, theme.live, self)
        self.automation = LetterButton("A", "Automation", theme, theme.accent, self)
        self.input = WordButton("Input", theme, self)
        self.input.setFixedSize(60, 20)
        self.input.hide()
        self.input.clicked.connect(self._on_input)
        self.gain = ValueField(gain_spec(), theme, flat=True, size="small", width=64, parent=self)
        self.pan = ValueField(pan_spec(), theme, flat=True, size="small", width=48, parent=self)
        self.meter = Meter("Track", theme, horizontal=True, parent=self)
        self.meter.setFixedHeight(7)
        self.meter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.mute.clicked.connect(lambda on: self._set("Mute" if on else "Unmute", mute=on))
        self.solo.clicked.connect(lambda on: self._set("Solo" if on else "Unsolo", solo=on))
        self.arm.clicked.connect(self._on_arm)
        self.automation.clicked.connect(lambda on: self.automation_requested.emit(self.track_id, on))
        self.gain.edited.connect(lambda value, gesture: self._set("Track gain", gesture, gain_db=value))
        self.pan.edited.connect(lambda value, gesture: self._set("Pan", gesture, pan=value))
        self.setTabOrder(self.mute, self.solo)
        self.setTabOrder(self.solo, self.arm)
        self.setTabOrder(self.arm, self.gain)
        self.setTabOrder(self.gain, self.input)
        self.setTabOrder(self.input, self.automation)
        self.setTabOrder(self.automation, self.pan)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def track_id(self) -> str:
        """The id of the track shown."""
        return self._track.id if self._track else ""

    def show_row(self, row: Row, takes: int, folded: bool) -> None:
        """Shows a row's track."""
        track = row.track
        if self._track is track and (self._height, self._takes, self._folded) == (row.height, takes, folded):
            return
        renamed = self._track is None or self._track.name != track.name
        other = self._track is None or self._track.id != track.id
        self._track, self._takes, self._folded = track, takes, folded
        self._role = (FROZEN if track.frozen else role_of(track)) if self._icons else ""
        frozen = track.frozen is not None
        renamed |= frozen != self._frozen
        self._frozen = frozen
        if row.height != self._height:
            self._height = row.height
            self._lay_out()
        self.gain.set_value(track.gain_db)
        self.pan.set_value(track.pan)
        self.mute.setChecked(track.mute)
        self.solo.setChecked(track.solo)
        if other:
            self.meter.set_levels(*SILENCE)
        if renamed:
            for control, word in ((self.gain, "gain"), (self.pan, "pan"), (self.meter, "level")):
                set_name(control, f"{track.name} {word}")
            set_name(self.mute, f"Mute {track.name}")
            set_name(self.solo, f"Solo {track.name}")
            set_name(self.arm, f"Arm {track.name}")
            set_name(self.automation, f"Automation of {track.name}")
            set_tooltip(self.automation, "Show the lanes of automation of this track  (A)")
            set_tooltip(self.arm, "Play and record this track · Ctrl+click: beside others")
            set_name(self.input, f"Input of {track.name}")
            set_tooltip(self.input, "What this track records, and whether its input is heard")
            set_name(self, f"Track {track.name}, frozen" if frozen else f"Track {track.name}")
        look = track.name, track.colour, self._role, row.height, takes, folded
        if look != self._look:
            self._look = look
            self.update()

    def show_selected(self, selected: bool) -> None:
        """Marks the selected track."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    def show_armed(self, source: str | None) -> None:
        """Lights the button of a track that is played and recorded, and shows from where; None: it is not armed."""
        self.arm.setChecked(source is not None)
        self.input.setText(source or "")
        self._show_input()

    def show_automation(self, unfolded: bool) -> None:
        """Lights the button of a track whose lanes of automation are shown."""
        self.automation.setChecked(unfolded)

    def show_mode(self, mode: Mode) -> None:
        """Shows on that button whether moves are written as automation."""
        letter = "A" if mode is Mode.READ else mode.value[0].upper()
        if letter != self.automation.text():
            self.automation.setText(letter)
            name = self._track.name if self._track else ""
            set_name(self.automation, f"Automation of {name}" if mode is Mode.READ else f"Automation of {name}, {mode}")

    def show_followed(self, followed: Followed) -> None:
        """Lets gain and pan go with their automation."""
        if self._track is not None:
            followed.show(self.gain, self._track.id, Target(FADER.id), self._track.gain_db)
            followed.show(self.pan, self._track.id, Target(PANNING.id), self._track.pan)

    def show_silent(self, silent: bool) -> None:
        """Dims the name of a track that is muted, or not heard because others are soloed."""
        if silent != self._silent:
            self._silent = silent
            self.update()

    def show_level(self, meter: TrackMeter | None) -> None:
        """Shows the track's level."""
        self.meter.set_levels(*(meter or SILENCE))

    def rename(self, step: str = "") -> None:
        """Opens the field for the track's name, which becomes part of the undo step `step` if one is given."""
        track = self._track
        if track is None:
            return
        NameEditor(
            self,
            QRect(LEFT - 4, 4, self.mute.x() - LEFT, 24),
            track.name,
            "Name of the track",
            self._font,
            lambda text: self._document.apply(
                "Add track" if step else "Rename track", lambda p: edits.set_track(p, track.id, name=text), step or None
            ),
        )

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme, track = self._theme, self._track
            ground = theme.raised if self._selected else theme.panel
            painter.fillRect(self.rect(), ground)
            if track is None:
                return
            hue = theme.hue(track.colour)
            painter.fillRect(QRectF(0, 0, COLOUR_PX, self.height() - 1), hue)
            painter.setFont(self._font)
            painter.setPen(theme.dim if self._silent else theme.text)
            room = self.mute.x() - LEFT - 6
            left = LEFT
            if self._takes > 1:
                self._paint_caret(painter)
                left, room = LEFT + 14, room - 14
            if self._role and self._icons:
                name = "snowflake" if self._frozen else ROLE_ICONS.get(self._role, "music-notes")
                icon = self._icons.pixmap(name, ROLE_PX, hue)
                painter.drawPixmap(QPointF(left, 8), icon)
                left, room = left + ROLE_PX + 6, room - ROLE_PX - 6
            if (track.name, room) != self._fitted[:2]:
                name = elided(self._metrics, track.name, Qt.TextElideMode.ElideMiddle, room)
                self._fitted = track.name, room, name
            name = self._fitted[2]
            painter.drawText(QRectF(left, 5, room, 22), Qt.AlignmentFlag.AlignVCenter, name)
            if self._takes > 1 and not self._folded and self.height() > self._height + 16:
                painter.setFont(theme.font("small"))
                painter.setPen(theme.dim)
                painter.drawText(
                    QPointF(LEFT, self._height + 16), f"{self._takes} takes · keys 1 to {min(self._takes, 9)}"
                )
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.line)
            painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), theme.line)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(theme.accent, 2))
                painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -2, -2))

    def _paint_caret(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.dim)
        x, y = LEFT + 4.0, 16.0
        if self._folded:
            points = [QPointF(x - 2, y - 4), QPointF(x - 2, y + 4), QPointF(x + 3, y)]
        else:
            points = [QPointF(x - 4, y - 2), QPointF(x + 4, y - 2), QPointF(x, y + 3)]
        painter.drawPolygon(QPolygonF(points))
        painter.restore()

    # the mouse and the keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._track is None:
            return
        self._document.select(self._document.selection.clips, track=self._track.id)
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(self._track.id, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            if self._takes > 1 and event.position().x() < LEFT + 14 and 4 < event.position().y() < 28:
                self.fold_requested.emit(self._track.id, not self._folded)
                return
            if self._icon_rect().contains(event.position()) and not self._frozen:
                self.instrument_requested.emit()
                return
            self._gesture = new_id()
            self._press = event.position(), self._height if self._on_edge(event.position()) else 0
            self._moving = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None or self._track is None:
            self._hover(event.position())
            return
        press, height = self._press
        moved = event.position().y() - press.y()
        if height:
            new = min(max(round(height + moved), MIN_HEIGHT), MAX_HEIGHT)
            self._set("Track height", self._gesture, height=new)
        elif self._moving or abs(moved) > 5:
            place = event.globalPosition().toPoint()
            if is_far_outside(self.window(), place):
                self._press, self._moving = None, False
                self.dropped.emit(self._track.id, None)
                self.drag_out_requested.emit(self._track.id)
                return
            self._moving = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self._track.id, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._moving and self._track:
            self.dropped.emit(self._track.id, event.globalPosition().toPoint())
        self._press, self._moving = None, False
        self._hover(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        if self._track is None:
            return
        if self._on_edge(event.position()):
            self._set("Track height", height=72)
        elif event.position().y() < 28:
            self.rename()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._press is not None:
            if self._moving:
                self.dropped.emit(self.track_id, None)
            elif self._press[1]:
                self._set("Track height", self._gesture, height=self._press[1])
            self._press, self._moving = None, False
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() == Qt.Key.Key_Menu:
            self.menu_requested.emit(self.track_id, self.mapToGlobal(QPoint(LEFT, 24)))
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hint_changed.emit("")

    def event(self, event: QEvent) -> bool:
        """The name's tooltip, where it does not fit."""
        if event.type() == QEvent.Type.ToolTip and self._track:
            if isinstance(event, QHelpEvent) and self._icon_rect().contains(QPointF(event.pos())):
                set_tooltip(self, self._player())
                return super().event(event)
            fits = self._metrics.horizontalAdvance(self._track.name) <= self.mute.x() - LEFT - 6
            set_tooltip(self, "" if fits else self._track.name)
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    # inside

    def _icon_rect(self) -> QRectF:
        """Where the icon of the role is; empty without one."""
        if not self._role or not self._icons:
            return QRectF()
        return QRectF(LEFT + (14 if self._takes > 1 else 0) - 2, 6, ROLE_PX + 4, ROLE_PX + 4)

    def _on_arm(self, on: bool) -> None:
        beside = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
        self.arm_requested.emit(self.track_id, on, beside)

    def _on_input(self) -> None:
        self.input_requested.emit(self.track_id, self.input.mapToGlobal(QPoint(0, self.input.height())))

    def _player(self) -> str:
        """What the icon says: the role, and what plays; or that the track is frozen."""
        if self._frozen:
            return "Frozen: its sound stands for its clips and devices; Unfreeze in its menu gives them back"
        track = self._track
        role = ROLE_TITLES.get(self._role, self._role.capitalize())
        instrument = track.instrument if track is not None else None
        plays = f" · {instrument_title(instrument.name)}" if instrument is not None else ""
        return f"{role}{plays}: press to choose the instrument"

    def _lay_out(self) -> None:
        right = self.width() - 9
        self.arm.move(right - 24, 6)
        self.solo.move(right - 50, 6)
        self.mute.move(right - 76, 6)
        full = self._height >= FULL_FROM
        self.gain.setVisible(full)
        self.automation.setVisible(full)
        self.pan.setVisible(full)
        self._show_input()
        self.input.move(LEFT + 58, 31)
        self.gain.move(LEFT - 8, 29)
        self.automation.move(right - 76, 31)
        self.pan.move(right - 48, 29)
        top = self._height - 14 if full else self._height - 10
        self.meter.setGeometry(LEFT, top, right - LEFT, 7 if full else 6)

    def _show_input(self) -> None:
        self.input.setVisible(self._height >= FULL_FROM and self.arm.isChecked())

    def _on_edge(self, point: QPointF) -> bool:
        return abs(point.y() - (self._height - 1)) <= EDGE_PX and point.y() <= self._height

    def _hover(self, point: QPointF) -> None:
        if self._icon_rect().contains(point) and not self._frozen:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.hint_changed.emit("Click: choose the instrument")
        elif self._on_edge(point):
            self.setCursor(Qt.CursorShape.SizeVerCursor)
            self.hint_changed.emit("Drag: height of the track · Double-click: usual height")
        else:
            self.unsetCursor()
            self.hint_changed.emit("Click: select the track · Double-click the name: rename · Drag: reorder")

    def _set(self, name: str, merge: str | None = None, **values: object) -> None:
        track_id = self.track_id
        if not self._document.apply(name, lambda p: edits.set_track(p, track_id, **values), merge=merge):  # type: ignore[arg-type]
            track = self._document.project.track(track_id)
            if track:
                self.gain.set_value(track.gain_db)
                self.pan.set_value(track.pan)
