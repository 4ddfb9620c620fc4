"""The two scroll bars of a view of time."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QScrollBar

from desktop.view.viewport import Viewport
from desktop.widgets.plain import set_name

STEPS = 1 << 20
"""Steps of the bar across: frames of a long song are more than an integer of Qt holds."""
STEP_PX = 48


class ScrollBars(QObject):
    """Shows where a viewport is, and moves it. A bar that could not move anything is hidden, its room is kept."""

    used = Signal()
    """A bar was moved by hand; sent before the view moves."""

    def __init__(self, viewport: Viewport, across_name: str, down_name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._setting = False
        self.across, self.down = QScrollBar(Qt.Orientation.Horizontal), QScrollBar(Qt.Orientation.Vertical)
        set_name(self.across, across_name)
        set_name(self.down, down_name)
        for bar in (self.across, self.down):
            policy = bar.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            bar.setSizePolicy(policy)
        self.across.valueChanged.connect(self._on_across)
        self.down.valueChanged.connect(self._on_down)

    def show(self, step_down: int, *, visible: bool = True) -> None:
        """Shows the viewport as it is now; `step_down` is how many px an arrow of the bar scrolls down."""
        viewport = self._viewport
        self._setting = True
        span = max(self._span, 1.0)
        page = min(viewport.width * viewport.frames_per_px / span, 1.0)
        self.across.setPageStep(max(round(page * STEPS), 1))
        self.across.setRange(0, round(viewport.max_left / span * STEPS))
        self.across.setSingleStep(max(round(STEP_PX * viewport.frames_per_px / span * STEPS), 1))
        self.across.setValue(round(viewport.left / span * STEPS))
        self.down.setPageStep(viewport.height)
        self.down.setRange(0, viewport.max_top)
        self.down.setSingleStep(step_down)
        self.down.setValue(viewport.top)
        for bar in (self.across, self.down):
            bar.setVisible(visible and bar.maximum() > 0)
        self._setting = False

    @property
    def _span(self) -> float:
        """The frames that the bar across goes through, the last view of them included."""
        return self._viewport.max_left + self._viewport.width * self._viewport.frames_per_px

    def _on_across(self, value: int) -> None:
        if not self._setting:
            self.used.emit()
            self._viewport.scroll_to(value / STEPS * self._span)

    def _on_down(self, value: int) -> None:
        if not self._setting:
            self.used.emit()
            self._viewport.scroll_to(top=value)
