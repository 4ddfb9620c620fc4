"""The status line: what the mouse would do here; snap and zoom at the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import ComboBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_tooltip
from desktop.window_actions import Actions
from engine.timing.snap import Grid

GRID_NAMES = {Grid.OFF: "Off", Grid.ADAPTIVE: "Adaptive", Grid.BAR: "Bar"}
IDLE = "Space plays · S splits at the playhead · F1 opens the manual"
NO_SONG = "Ctrl+N begins a song · Ctrl+O opens one · F1 opens the manual"


class StatusLine(QFrame):
    """One row of 22 pixels."""

    grid_chosen = Signal(object)
    """A `Grid`."""

    def __init__(self, theme: Theme, icons: Icons, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.sizes["status"] + 2)
        self._idle = IDLE
        self._hint = ElidedLabel(IDLE, role="small", mode=Qt.TextElideMode.ElideRight)
        self._hint.setFont(theme.font("small"))
        self.grid = ComboBox()
        self.grid.setAccessibleName("Snap")
        set_tooltip(self.grid, "Where edits snap to; Adaptive follows the zoom; hold Shift to bypass")
        self.grid.setFont(theme.font("small"))
        self.grid.setStyleSheet(
            "QComboBox { min-height: 16px; max-height: 16px; border: 1px solid transparent; background: transparent;"
            " font-size: 11px; padding: 0 4px; }"
        )
        for grid in Grid:
            self.grid.addItem(GRID_NAMES.get(grid, grid.value), grid)
        self.grid.setMaxVisibleItems(len(Grid))
        self.grid.activated.connect(lambda _: self.grid_chosen.emit(Grid(self.grid.currentData())))
        self.grid.setFixedWidth(84)
        self.grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        snap = Label("Snap")
        snap.setProperty("role", "small")
        self._of_song: list[QWidget] = [snap, self.grid]
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._hint, 1)
        row.addWidget(snap)
        row.addWidget(self.grid)
        for action_id, icon in (
            ("zoom_out", "magnifying-glass-minus"),
            ("fit", "arrows-out-line-horizontal"),
            ("zoom_in", "magnifying-glass-plus"),
        ):
            action = actions[action_id]
            button = IconButton(icons, icon, action.text(), action=action, size=14)
            button.setStyleSheet("min-width: 20px; min-height: 18px;")
            button.setFixedSize(24, 20)
            row.addWidget(button)
            self._of_song.append(button)

    @property
    def hint(self) -> str:
        """The text shown."""
        return self._hint.text()

    def show_hint(self, hint: str) -> None:
        """Shows `hint`; an empty one gives way to what always holds."""
        self._hint.setText(hint or self._idle)

    def show_song(self, opened: bool) -> None:
        """Shows what helps with a song, or without one."""
        self._idle = IDLE if opened else NO_SONG
        self._hint.setText(self._idle)
        for each in self._of_song:
            each.setVisible(opened)

    def show_grid(self, grid: Grid) -> None:
        """Shows the grid that is in force."""
        self.grid.setCurrentIndex(self.grid.findData(grid))
