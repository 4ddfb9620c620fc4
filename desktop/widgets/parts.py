"""What the side panels are built of: headings, rules and rows."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget


def section(text: str) -> QLabel:
    """The heading of a group of fields."""
    label = QLabel(text)
    label.setProperty("role", "section")
    return label


def rule() -> QFrame:
    """A line between groups."""
    line = QFrame()
    line.setProperty("role", "hline")
    return line


def row(*widgets: QWidget, spacing: int = 8) -> QWidget:
    """Widgets side by side, from the left."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return holder
