"""The bar and the band at what was made anew: hear one or the other, keep it or give it up."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QWidget

from desktop.generation.review import Review
from desktop.theme import Theme, with_alpha
from desktop.timeline.floating_bar import FloatingBar
from desktop.timeline.row_painter import TITLE_PX
from desktop.timeline.view import TimelineView
from desktop.widgets.choices import Button
from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, set_name, set_tooltip

SHORT = 9  # candidates that are told by their number


class ReviewBand(QWidget):
    """Marks the stretch that was made anew; what is heard there is told by its colour and a letter."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.new = True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            colour = self._theme.accent if self.new else self._theme.text
            painter.fillRect(self.rect(), with_alpha(colour, 0.10))
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine if self.new else Qt.PenStyle.DotLine))
            right = self.width() - 1
            painter.drawLine(1, 0, 1, self.height())
            painter.drawLine(right, 0, right, self.height())


class ReviewBar(FloatingBar):
    """Stands at the band of `review` on the timeline."""

    def __init__(self, review: Review, timeline: TimelineView, theme: Theme) -> None:
        super().__init__(theme, timeline.canvas, edge=theme.accent)
        self._review, self._timeline = review, timeline
        self.setAccessibleName("Compare")
        self.band = ReviewBand(theme, timeline.canvas)
        self._title = Label()
        self._title.setFont(theme.font("small"))
        self._title.setProperty("role", "small")
        self.choices: list[QPushButton] = []
        self._group = QButtonGroup(self)
        self.accept = self.link("Accept", "Keep what is heard  (Shift+B)", "Accept what is heard")
        self.discard = self.link("Discard", "Leave the clip as it was  (Alt+B)", "Discard what was made")
        self.accept.clicked.connect(review.accept)
        self.discard.clicked.connect(review.give_up)
        line = QFrame()
        line.setProperty("role", "vline")
        line.setFixedHeight(16)
        self.row.setSpacing(2)
        self.row.addSpacing(4)
        self.row.addWidget(self._title)
        self.row.addSpacing(4)
        self.row.addWidget(line)
        self.row.addSpacing(2)
        self.row.addWidget(self.accept)
        self.row.addWidget(self.discard)
        review.changed.connect(self.refresh)
        timeline.viewport.changed.connect(self.follow)
        timeline.canvas.rows_changed.connect(self.follow)
        timeline.canvas.gesture_changed.connect(self.follow)

    def refresh(self) -> None:
        """Shows the candidates and which of them is heard."""
        review = self._review
        if review.running and len(self.choices) != review.count + 1:
            self._offer(review.count)
        self._title.setText(review.title)
        for number, button in enumerate(self.choices):
            button.setChecked(number == review.shown)
        self.band.new = review.shown > 0
        self.band.update()
        self.follow()

    def follow(self) -> None:
        """Stands at what can be seen of the stretch; hidden where nothing of it can."""
        area = self._area()
        self.band.setVisible(area is not None)
        if area is None:
            self.hide()
        else:
            self.band.setGeometry(area.toAlignedRect())
            self.place(area.adjusted(0, TITLE_PX, 0, 0), QRectF(self._timeline.canvas.rect()))
            self.raise_()

    def _offer(self, count: int) -> None:
        for button in self.choices:
            self._group.removeButton(button)
            self.row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.choices = []
        for number in range(count + 1):
            text = "A  Before" if number == 0 else "B  New" if count == 1 else f"B{number}"
            tip = "What there was" if number == 0 else f"What was made, {number} of {count}"
            keys = f"{number}; B goes" if 0 < number <= SHORT else "B goes"
            button = Button(text)
            button.setProperty("role", "choice")
            button.setCheckable(True)
            set_tooltip(button, f"{tip}  ({keys} from one to the other)")
            set_name(button, tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, chosen=number: self._review.show(chosen))
            self._group.addButton(button)
            self.row.insertWidget(3 + number, button)
            button.show()
            self.choices.append(button)

    def _area(self) -> QRectF | None:
        canvas, span = self._timeline.canvas, self._review.span
        if span is None or canvas.pointer.gesture:
            return None
        clip_id, first, last = span
        pair = canvas.project.find_clip(clip_id)
        row = canvas.rows.of(pair[0].id) if pair else None
        if pair is None or row is None:
            return None
        left, right = canvas.viewport.x(first), canvas.viewport.x(last)
        body = canvas.places.clip_rect(row, pair[1])
        area = QRectF(left, body.top(), max(right - left, 2), body.height()).intersected(QRectF(canvas.rect()))
        return area if area.width() > 0 and area.height() > 0 else None
