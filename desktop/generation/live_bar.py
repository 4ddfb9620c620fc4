"""The bar at the clip that grows: how the take is doing, and the button that ends it."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics

from desktop.generation.live import LiveTakes
from desktop.generation.live_text import Mood
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline.floating_bar import FloatingBar
from desktop.timeline.view import TimelineView
from desktop.widgets.plain import Label, set_tooltip

LONGEST = "Waiting for sound…"


class LiveBar(FloatingBar):
    """Follows the growing clip of `live` on the timeline."""

    def __init__(self, live: LiveTakes, timeline: TimelineView, theme: Theme, icons: Icons) -> None:
        super().__init__(theme, timeline.canvas, edge=theme.live)
        self._live, self._timeline = live, timeline
        self.setAccessibleName("Live take")
        self._dot = Label()
        self._dot.setPixmap(icons.pixmap("record", 14, theme.live))
        self._state = Label()
        self._state.setFont(theme.font("small"))
        self._state.setFixedWidth(QFontMetrics(theme.font("small")).horizontalAdvance(LONGEST) + 4)
        self.stop = self.link("Stop", "Stop, and keep what was made  (Esc or Shift+G)", "Stop the live take")
        self.stop.clicked.connect(lambda: live.stop())
        self.row.addWidget(self._dot)
        self.row.addSpacing(4)
        self.row.addWidget(self._state)
        self.row.addWidget(self.stop)
        live.changed.connect(self.show_look)
        timeline.viewport.changed.connect(self.follow)
        timeline.canvas.rows_changed.connect(self.follow)
        timeline.canvas.gesture_changed.connect(self.follow)

    @property
    def text(self) -> str:
        """The state shown."""
        return self._state.text()

    def show_look(self) -> None:
        """Shows how the take is doing, where its clip is."""
        look = self._live.look
        if look is not None:
            colour = self._theme.warning if look.mood is Mood.WARNING else self._theme.text
            if self._state.text() != look.state:
                self._state.setText(look.state)
                self._state.setStyleSheet(f"color: {colour.name()};")
            set_tooltip(self._state, look.sentence)
        self.stop.setEnabled(self._live.running)
        self.follow()

    def follow(self) -> None:
        """Stands at what can be seen of the clip; hidden where nothing of it can."""
        area = self._area()
        if area is None:
            self.hide()
        else:
            self.place(area, QRectF(self._timeline.canvas.rect()), left=True)
            self.raise_()

    def _area(self) -> QRectF | None:
        canvas, clip_id = self._timeline.canvas, self._live.clip
        pair = canvas.project.find_clip(clip_id) if clip_id and self._live.look else None
        row = canvas.rows.of(pair[0].id) if pair else None
        if pair is None or row is None or canvas.pointer.gesture:
            return None
        visible = canvas.places.body_rect(row, pair[1]).intersected(QRectF(canvas.rect()))
        return visible if visible.width() > 0 and visible.height() > 0 else None
