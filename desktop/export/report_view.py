"""What an export made, as figures and a table."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import Theme
from desktop.widgets.choices import cell
from desktop.widgets.plain import Label
from desktop.widgets.values import clock_text, signed
from engine.plain_text import counted
from engine.playback.credits import FORBIDDEN
from engine.playback.report import BounceReport


class ReportView(QWidget):
    """The figures of the mix, then a row for each file."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.heading = Label()
        self.heading.setProperty("role", "heading")
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(16)
        self._figures.setVerticalSpacing(4)
        self._notes = Label()
        self._notes.setWordWrap(True)
        self._notes.setProperty("role", "dim")
        self.damage, self._forbidden, self._licences = Label(), Label(), Label()
        for label in (self.damage, self._forbidden, self._licences):
            label.setWordWrap(True)
        for label in (self.damage, self._forbidden):
            label.setStyleSheet(f"color: {theme.warning.name()};")
        self._licences.setProperty("role", "dim")
        self.table = QTableWidget(0, 4)
        for column, name in enumerate(("File", "Peak", "Clipped", "Samples")):
            title = cell(name)
            side = Qt.AlignmentFlag.AlignRight if column in (1, 2) else Qt.AlignmentFlag.AlignLeft
            title.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.table.setHorizontalHeaderItem(column, title)
        self.table.setAccessibleName("Files written")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setAccessibleName("Rows")
        self.table.horizontalHeader().setAccessibleName("Columns")
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.table.verticalHeader().setDefaultSectionSize(24)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(12)
        column_layout.addWidget(self.heading)
        column_layout.addLayout(self._figures)
        column_layout.addWidget(self.damage)
        column_layout.addWidget(self._notes)
        column_layout.addWidget(self._forbidden)
        column_layout.addWidget(self._licences)
        column_layout.addWidget(self.table, 1)

    def show_report(self, report: BounceReport) -> None:
        """Shows `report`."""
        count = len(report.files)
        self.heading.setText(f"{count} file{'s' * (count != 1)} written in {clock_text(report.took, 1)}")
        while self._figures.count():
            item = self._figures.takeAt(0)
            widget = item.widget() if item else None
            if widget:
                widget.deleteLater()
        mix = report.mix
        figures = (
            ("Integrated", level(mix.integrated, "LUFS")),
            ("True peak", level(mix.true_peak_db, "dBTP")),
            ("Range", f"{mix.range:.1f} LU"),
            ("Peak", level(mix.peak_db, "dBFS")),
            ("Length", clock_text(report.seconds)),
            ("Clipped", counted(report.clipped, "sample")),
        )
        for index, (name, text) in enumerate(figures):
            row, column = divmod(index, 2)
            label, value = Label(name), Label(text)
            label.setProperty("role", "dim")
            value.setFont(self._theme.font("medium", bold=True))
            self._figures.addWidget(label, row, column * 2)
            self._figures.addWidget(value, row, column * 2 + 1)
        self._figures.setColumnStretch(1, 1)
        self._figures.setColumnStretch(3, 1)
        self.damage.setText(report.damage)
        self.damage.setVisible(bool(report.damage))
        notes = [report.target, *(f"Left out: {each}" for each in report.left_out), *report.notes]
        self._notes.setText("\n".join(note for note in notes if note))
        self._notes.setVisible(bool(self._notes.text()))
        forbidden = [line for line in report.licences if line.startswith(FORBIDDEN)]
        for label, lines in (
            (self._forbidden, forbidden),
            (self._licences, [line for line in report.licences if line not in forbidden]),
        ):
            label.setText("\n".join(lines))
            label.setVisible(bool(lines))
        self.table.setRowCount(count)
        for row, file in enumerate(report.files):
            samples = "exact" if file.exact else "dithered" if file.dithered else "rounded"
            samples = "encoded" if file.type.lossy else samples
            for column, text in enumerate(
                (file.path.name, level(file.peak_db, "dB"), str(file.clipped) if file.clipped else "–", samples)
            ):
                entry = cell(text, str(file.path))
                if column in (1, 2):  # figures, so that their units stand below each other
                    entry.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if column == 2 and file.clipped:
                    entry.setForeground(self._theme.error)
                self.table.setItem(row, column, entry)


def level(decibels: float, unit: str) -> str:
    """A level with its unit; silence is "−∞"."""
    return f"{signed(decibels, 1)} {unit}" if math.isfinite(decibels) else f"−∞ {unit}"
