"""What the side panels are built of: headings, rules and rows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget

from desktop.widgets.plain import Label

BAR = 10
"""px; how wide a scroll bar is."""


def set_role(widget: QWidget, role: str) -> None:
    """Gives the widget the look that the style sheet has for `role`."""
    if (widget.property("role") or "") != role:
        widget.setProperty("role", role)
        if widget.window().styleSheet():  # else the style comes to it with the window's style sheet
            widget.style().unpolish(widget)
            widget.style().polish(widget)


def section(text: str) -> QLabel:
    """The heading of a group of fields."""
    label = Label(text)
    label.setProperty("role", "section")
    return label


def rule() -> QFrame:
    """A line between groups."""
    line = QFrame()
    line.setProperty("role", "hline")
    return line


def panel_form(spacing: int = 12) -> QFormLayout:
    """A form of labels at the left and fields at their own size, `spacing` px apart."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(spacing)
    form.setVerticalSpacing(6)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    return form


def row(*widgets: QWidget, spacing: int = 8, fill: bool = False) -> QWidget:
    """Widgets side by side, from the left; with `fill` the last one takes the room that is left."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    if fill:
        layout.setStretchFactor(widgets[-1], 1)
    else:
        layout.addStretch(1)
    return holder


def scrolling(inside: QWidget) -> QScrollArea:
    """An area in which `inside` scrolls down; the bar stands in its right margin, so that it moves nothing."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    bar = area.verticalScrollBar()
    bar.setEnabled(False)  # what has no use is not drawn
    bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
    if layout := inside.layout():
        margins = layout.contentsMargins()
        margins.setRight(max(margins.right() - BAR, 0))
        layout.setContentsMargins(margins)
    area.setWidget(inside)
    return area
