"""The inserts and sends of a channel, on its strip."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.buttons import LetterButton
from desktop.widgets.choices import Menu
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_description, set_name, set_tooltip
from desktop.widgets.reduction import SEEN_DB, paint_reduction, reduction_text
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, gain_spec, signed
from engine import paths
from engine.devices.plugins.declaration import plugin_faults
from engine.devices.registry import all_devices, find_device
from engine.ids import new_id
from engine.project import edits
from engine.project.model import MASTER, ChannelKind, Device, Project, Send
from engine.project.routing import devices_of

ROW = 18  # px
SEEN = 2  # rows; more of them scroll
SEND_DB = -12.0
"""The level of a new send."""


class InsertRow(QWidget):
    """A device on a strip: its name, and a dot that tells and switches whether it is on.

    Enter or a double-click opens it, B or a click on the dot switches it, Delete removes it, a drag or Alt with an
    arrow moves it.
    """

    open_requested = Signal()
    switch_requested = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)
    """By how many places."""
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = ""
        self._enabled = True
        self._grip: float | None = None
        self._reduction = 0.0
        self.setFixedHeight(ROW)
        self.setFont(theme.font("small"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_device(self, name: str, enabled: bool, channel: str) -> None:
        """Shows a device."""
        self._name, self._enabled = name, enabled
        set_name(self, f"{name} on {channel}")
        set_description(self, "on" if enabled else "off")
        set_tooltip(self, f"{name}: double-click opens it, the dot switches it, a drag moves it")
        self.update()

    def show_reduction(self, decibels: float) -> None:
        """Shows by how many decibels the device turns the sound down, as a bar at its foot."""
        if round(decibels, 1) != round(self._reduction, 1):
            self._reduction = decibels
            state = "on" if self._enabled else "off"
            set_description(self, f"{state}, {reduction_text(decibels)}" if decibels >= SEEN_DB else state)
            self.update()

    @property
    def reduction_db(self) -> float:
        """The gain reduction that is shown."""
        return self._reduction

    def sizeHint(self) -> QSize:
        """As wide as the strip."""
        return QSize(60, ROW)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
        elif event.position().x() < ROW:
            self.switch_requested.emit()
        else:
            self._grip = event.position().y()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grip, self._grip = self._grip, None
        if grip is not None and (places := round((event.position().y() - grip) / ROW)):
            self.move_requested.emit(places)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= ROW:
            self._grip = None
            self.open_requested.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit()
        elif key == Qt.Key.Key_B:
            self.switch_requested.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_requested.emit(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(painter.RenderHint.Antialiasing)
            theme = self._theme
            painter.setPen(QPen(theme.accent if self.hasFocus() else theme.line, 1))
            painter.setBrush(theme.hover if self.underMouse() else theme.raised)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(QPen(theme.accent if self._enabled else theme.disabled, 1.5))
            painter.setBrush(theme.accent if self._enabled else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRect(6, ROW // 2 - 3, 6, 6))
            painter.setPen(theme.text if self._enabled else theme.disabled)
            room = self.rect().adjusted(ROW, 0, -3, 0)
            text = elided(self.fontMetrics(), self._name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            foot = QRectF(3, ROW - 4, self.width() - 6, 2)
            paint_reduction(painter, foot, self._reduction, theme.warning)


class InsertList(QWidget):
    """The devices and sends of one channel; no room where there are none.

    `add` is the button that adds more, which the strip places.
    """

    device_opened = Signal(str, str)
    """(channel, device id)"""

    def __init__(self, document: Document, channel: str, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self._channel = channel
        self._theme = theme
        self._shown: object = None
        self.rows: list[QWidget] = []
        self._device_rows: dict[str, InsertRow] = {}
        self.send_fields: dict[str, ValueField] = {}
        """The levels of the sends, by the id of the return."""
        self.add = LetterButton("+", "Add a device or send", theme, theme.accent)
        self.add.setCheckable(False)
        self.add.setParent(self)
        self.add.setFixedSize(20, 20)
        self.add.clicked.connect(lambda: self.menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft())))
        self._list = QWidget()
        self._layout = QVBoxLayout(self._list)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._layout.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._list)
        self._area = area
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 0, 3, 0)
        column.setSpacing(1)
        column.addWidget(area, 1)
        self.show_channel()

    @property
    def in_order(self) -> tuple[QWidget, ...]:
        """Its controls in the order in which Tab goes."""
        return *self.rows, self.add

    def show_channel(self) -> bool:
        """Shows the channel's devices and sends; says whether there are other rows now."""
        project = self._document.project
        track = project.track(self._channel)
        if track is None and self._channel != MASTER:
            return False
        name = track.name if track else "Master"
        devices, sends = devices_of(project, self._channel), track.sends if track else ()
        returns = tuple(each.name for send in sends if (each := project.track(send.to)))
        set_name(self.add, f"Add a device or send to {name}")
        if (name, devices, sends, returns) == self._shown:
            return False
        self._shown = (name, devices, sends, returns)
        focus = next((n for n, row in enumerate(self.rows) if row.hasFocus()), None)
        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._device_rows = {device.id: self._device_row(device, name) for device in devices}
        self.rows = list(self._device_rows.values())
        self.send_fields = {send.to: self._send_row(send, name) for send in sends}
        self.rows += self.send_fields.values()
        for index, row in enumerate(self.rows):
            self._layout.insertWidget(index, row)
        if focus is not None and self.rows:
            self.rows[min(focus, len(self.rows) - 1)].setFocus()
        if not self.rows:
            self.hide()
        elif self.parentWidget():  # without one it would be a window
            self.show()
        self.setMaximumHeight(min(len(self.rows), SEEN) * (ROW + 1))
        self.setMinimumHeight(self.maximumHeight())
        return True

    def show_reductions(self, reductions: Mapping[str, float]) -> None:
        """Shows gain reductions in decibels by device id."""
        for device_id, row in self._device_rows.items():
            row.show_reduction(reductions.get(device_id, 0.0))

    def menu(self) -> Menu:
        """What can be added: devices by kind; sends, and the group that the channel goes to."""
        menu = Menu(self)
        kinds: dict[str, Menu] = {}
        for spec in sorted(all_devices(), key=lambda spec: (spec.kind, spec.label)):
            if spec.kind not in kinds:
                kinds[spec.kind] = menu.submenu(spec.kind.capitalize())
            kinds[spec.kind].entry(spec.label, partial(self._add, spec.id, spec.label))
        for sentence in plugin_faults():
            menu.entry(sentence.partition(" (")[0] + "…", partial(self._document.failed.emit, sentence))
        menu.entry("Plug-in Folder…", self._open_plugins)
        project = self._document.project
        track = project.track(self._channel)
        if track is not None:
            menu.addSeparator()
            if track.kind is not ChannelKind.RETURN:
                sends = menu.submenu("Send to")
                for other in (each for each in project.tracks if each.kind is ChannelKind.RETURN):
                    sends.entry(other.name, partial(self._send, other.id))
                sends.entry("New Return", partial(self._send, ""))
            groups = menu.submenu("Group")
            groups.entry("None", partial(self._group, ""))
            for other in (each for each in project.tracks if each.kind is ChannelKind.GROUP and each is not track):
                groups.entry(other.name, partial(self._group, other.id))
            groups.entry("New Group", partial(self._group, None))
        return menu

    # inside

    def _device_row(self, device: Device, channel: str) -> InsertRow:
        spec = find_device(device.kind)
        row = InsertRow(self._theme)
        row.show_device(spec.label if spec else device.kind, device.enabled and spec is not None, channel)
        row.open_requested.connect(partial(self.device_opened.emit, self._channel, device.id))
        row.switch_requested.connect(partial(self._switch, device.id))
        row.remove_requested.connect(partial(self._remove, device.id))
        row.move_requested.connect(partial(self._move, device.id))
        row.menu_requested.connect(partial(self._device_menu, device.id))
        return row

    def _send_row(self, send: Send, channel: str) -> ValueField:
        target = self._document.project.track(send.to)
        name = target.name if target else "?"
        plain = gain_spec(f"Send of {channel} to {name}")

        def text(value: float) -> str:
            short = name if len(name) <= 6 else f"{name[:5]}…"
            return f"{short} {signed(value, 1)}"

        spec = ValueSpec(
            plain.name,
            plain.minimum,
            plain.maximum,
            SEND_DB,
            plain.step,
            plain.fine,
            text,
            plain.parse,
            plain.per_pixel,
        )
        field = ValueField(spec, self._theme, size="small", width=78)
        field.setFixedHeight(ROW)
        field.set_value(send.gain_db)
        field.edited.connect(partial(self._set_send, send.to))
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        field.customContextMenuRequested.connect(lambda at: self._send_menu(send, field.mapToGlobal(at)))
        return field

    def _add(self, kind: str, label: str) -> None:
        device_id = new_id()
        if self._document.apply(
            f"Add {label}", lambda p: edits.add_device(p, self._channel, kind, device_id=device_id)
        ):
            self.device_opened.emit(self._channel, device_id)

    def _open_plugins(self) -> None:
        """Opens the folder of the user's own effects, which is made if need be."""
        folder = paths.plugins_dir()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._document.failed.emit(f"The folder of plug-ins cannot be made ({folder}): {error.strerror or error}.")
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._document.failed.emit(f"No program opens folders here: plug-ins lie in {folder}.")

    def _switch(self, device_id: str) -> None:
        device = next(each for each in devices_of(self._document.project, self._channel) if each.id == device_id)
        on = not device.enabled
        self._document.apply(
            "Switch device on" if on else "Switch device off",
            lambda p: edits.set_device(p, self._channel, device_id, enabled=on),
        )

    def _remove(self, device_id: str) -> None:
        self._document.apply("Remove device", lambda p: edits.remove_device(p, self._channel, device_id))

    def _move(self, device_id: str, places: int) -> None:
        devices = [each.id for each in devices_of(self._document.project, self._channel)]
        index = min(max(devices.index(device_id) + places, 0), len(devices) - 1)
        self._document.apply("Move device", lambda p: edits.move_device(p, self._channel, device_id, index))

    def _device_menu(self, device_id: str, at: QPoint) -> None:
        self.device_menu(device_id).popup(at)

    def device_menu(self, device_id: str) -> Menu:
        """What can be done with a device of the channel."""
        device = next(each for each in devices_of(self._document.project, self._channel) if each.id == device_id)
        spec = find_device(device.kind)
        menu = Menu(self)
        menu.entry("Open", partial(self.device_opened.emit, self._channel, device_id), keys="Enter")
        menu.entry("Switch Off" if device.enabled else "Switch On", partial(self._switch, device_id), keys="B")
        menu.entry("Move Up", partial(self._move, device_id, -1), keys="Alt+Up")
        menu.entry("Move Down", partial(self._move, device_id, 1), keys="Alt+Down")
        if spec is not None and spec.sidechain:
            sources = menu.submenu("Side Chain")
            sources.entry("Its own input", partial(self._set_sidechain, device_id, ""))
            for track in self._document.project.tracks:
                if track.id != self._channel:
                    sources.entry(track.name, partial(self._set_sidechain, device_id, track.id))
        menu.addSeparator()
        menu.entry("Remove", partial(self._remove, device_id), keys="Del")
        return menu

    def _set_sidechain(self, device_id: str, track_id: str) -> None:
        self._document.apply(
            "Choose side chain", lambda p: edits.set_device(p, self._channel, device_id, sidechain=track_id)
        )

    def _send(self, to: str) -> None:
        target = to or new_id()

        def edit(project: Project) -> Project:
            if not to:
                count = sum(each.kind is ChannelKind.RETURN for each in project.tracks) + 1
                project = edits.add_track(project, f"Return {count}", track_id=target, kind=ChannelKind.RETURN)
            return edits.set_send(project, self._channel, target, SEND_DB)

        self._document.apply("Add send", edit)

    def _group(self, group: str | None) -> None:
        target = new_id() if group is None else group

        def edit(project: Project) -> Project:
            if group is None:
                count = sum(each.kind is ChannelKind.GROUP for each in project.tracks) + 1
                project = edits.add_track(project, f"Group {count}", track_id=target, kind=ChannelKind.GROUP)
            return edits.set_group(project, [self._channel], target)

        self._document.apply("Change group", edit)

    def _set_send(self, to: str, gain_db: float, gesture: str) -> None:
        self._document.apply(
            "Change send",
            lambda p: edits.set_send(p, self._channel, to, gain_db),
            merge=f"send {self._channel} {to} {gesture}",
        )

    def _send_menu(self, send: Send, at: QPoint) -> None:
        menu = Menu(self)
        pre = not send.pre_fader
        menu.entry(
            "Before the Fader" if pre else "After the Fader",
            lambda: self._document.apply(
                "Change send", lambda p: edits.set_send(p, self._channel, send.to, send.gain_db, pre_fader=pre)
            ),
        )
        menu.entry(
            "Remove",
            lambda: self._document.apply("Remove send", lambda p: edits.remove_send(p, self._channel, send.to)),
        )
        menu.popup(at)
