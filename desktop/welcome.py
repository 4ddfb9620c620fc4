"""The start page: begin a song, open one, or go on with a recent one."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import Icons
from desktop.settings import RecentSong, Settings
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import short_path
from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, elided, set_name, set_tooltip
from desktop.window_actions import Actions
from engine.jobs import Job

SHOWN = 8


class RecentRow(QAbstractButton):
    """A recent song: its name, and where it is."""

    forget_requested = Signal()

    def __init__(self, song: RecentSong, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.song = song
        self._theme = theme
        self.setFixedHeight(44)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_name(self, f"Open {song.folder.name}" + (", missing" if song.missing else ""))
        set_tooltip(self, str(song.folder) + ("\nNot there any more" if song.missing else ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self._theme
            if self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.raised)
                painter.drawRoundedRect(self.rect(), theme.radius, theme.radius)
            width = self.width() - 24
            painter.setFont(theme.font("medium", bold=True))
            painter.setPen(theme.dim if self.song.missing else theme.text)
            name = elided(painter.fontMetrics(), self.song.folder.name, Qt.TextElideMode.ElideMiddle, width - 72)
            painter.drawText(12, 4, width, 20, Qt.AlignmentFlag.AlignVCenter, name)
            if self.song.missing:
                painter.setFont(theme.font("small"))
                painter.setPen(theme.warning)
                painter.drawText(
                    12, 4, width, 20, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "missing"
                )
            painter.setFont(theme.font("small"))
            painter.setPen(theme.dim)
            place = elided(painter.fontMetrics(), short_path(self.song.folder), Qt.TextElideMode.ElideMiddle, width)
            painter.drawText(12, 22, width, 16, Qt.AlignmentFlag.AlignVCenter, place)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), theme.radius, theme.radius)


class WelcomePage(QWidget):
    """Shown while no song is open."""

    open_requested = Signal(object)
    """The `Path` of a song's folder."""
    missing_chosen = Signal(object)
    """The `Path` of a recent song that is not there any more."""

    def __init__(
        self, settings: Settings, actions: Actions, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._theme = theme
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        divider = QFrame()
        divider.setProperty("role", "vline")
        columns = QHBoxLayout()
        columns.setSpacing(32)
        columns.addLayout(self._beginnings(actions, icons))
        columns.addWidget(divider)
        columns.addLayout(self._recent_songs(), 1)
        inside = QWidget()
        inside.setFixedWidth(760)
        inside.setMaximumHeight(520)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for each in self._heading():
            column.addWidget(each)
        column.addSpacing(28)
        column.addLayout(columns, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(1)
        outer.addWidget(inside)
        outer.addStretch(1)
        self.setFocusProxy(self.buttons[0])
        self.refresh()

    def _heading(self) -> tuple[QWidget, QWidget]:
        """The program's name, and what it does."""
        title = Label("Continuo")
        font = self._theme.font("large", bold=True)
        font.setPixelSize(28)
        title.setFont(font)
        title.setStyleSheet("font-size: 28px; font-weight: 600;")
        line = Label(
            "Describe the music and Continuo makes it. Continue it live, arrange, mix and export, all offline."
        )
        line.setProperty("role", "dim")
        return title, line

    def _beginnings(self, actions: Actions, icons: Icons) -> QVBoxLayout:
        """The ways to begin, and how the work on one of them goes on."""
        theme = self._theme
        left = QVBoxLayout()
        left.setSpacing(8)
        self.buttons: list[QPushButton] = []
        for action_id, icon, text in (
            ("new", "plus", "New Song"),
            ("open", "folder-open", "Open Song…"),
            ("open_demo", "music-notes", "Open Demo Song"),
        ):
            button = Button(f"  {text}")
            primary = action_id == "new"
            button.setIcon(icons.icon(icon, theme.ink if primary else theme.text))
            button.setProperty("role", "primary" if primary else "")
            button.setFixedWidth(208)
            set_name(button, text)
            set_tooltip(button, actions[action_id].toolTip())
            button.clicked.connect(actions[action_id].trigger)
            button.setStyleSheet("text-align: left; min-height: 30px; max-height: 30px;")
            left.addWidget(button)
            self.buttons.append(button)
        hint = Label("or drop audio files anywhere\nto start a song with them")
        hint.setProperty("role", "small")
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setAccessibleName("Progress")
        self._doing = Label()
        self._doing.setProperty("role", "small")
        for each in (self._progress, self._doing):
            each.setFixedWidth(208)
            keeping = each.sizePolicy()
            keeping.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
            each.setSizePolicy(keeping)
            each.hide()
        left.addSpacing(8)
        left.addWidget(hint)
        left.addSpacing(16)
        left.addWidget(self._doing)
        left.addWidget(self._progress)
        left.addStretch(1)
        return left

    def _recent_songs(self) -> QVBoxLayout:
        heading = Label("Recent songs")
        heading.setProperty("role", "section")
        heading.setContentsMargins(12, 0, 0, 8)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(heading)
        right.addLayout(self._recent)
        right.addStretch(1)
        return right

    def refresh(self) -> None:
        """Reads the list of recent songs again."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item else None
            if widget:
                widget.deleteLater()
        songs = self._settings.recent()[:SHOWN]
        for song in songs:
            row = RecentRow(song, self._theme)
            row.clicked.connect(partial(self._choose, song))
            self._recent.addWidget(row)
        if not songs:
            empty = Label("Songs that you open will be listed here.")
            empty.setProperty("role", "dim")
            empty.setContentsMargins(12, 4, 0, 0)
            self._recent.addWidget(empty)

    def show_job(self, job: Job) -> None:
        """Shows how far a job is, while it runs. Looking for devices is nothing that one waits for."""
        if job.title == "List audio devices":
            return
        for each in (self._progress, self._doing):
            each.setVisible(not job.over)
        self._progress.setValue(round(job.share * 1000))
        self._doing.setText(f"{job.title}…")

    def _choose(self, song: RecentSong) -> None:
        if song.missing:
            self.missing_chosen.emit(song.folder)
        else:
            self.open_requested.emit(song.folder)
