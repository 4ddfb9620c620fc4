"""Background work: what runs, how far it is, and what went wrong."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import Icons
from desktop.jobs import JobCentre, state_text
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.jobs import Job, JobState


class _Row(QFrame):
    def __init__(self, job: Job, jobs: JobCentre, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(32)
        self._title = ElidedLabel(job.title)
        self._title.setFixedWidth(240)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        set_name(self._bar, f"Progress of {job.title}")
        self._state = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self._jobs = jobs
        self._cancel = IconButton(icons, "x", f"Cancel {job.title}", size=14)
        self._cancel.clicked.connect(lambda: jobs.cancel(job))
        self._retry = IconButton(icons, "arrow-clockwise", f"Try {job.title} again", size=14)
        self._retry.clicked.connect(lambda: jobs.retry(job))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addWidget(self._bar)
        row.addWidget(self._state, 1)
        row.addWidget(self._retry)
        row.addWidget(self._cancel)
        self.show_job(job)

    def show_job(self, job: Job) -> None:
        self._bar.setValue(round(job.share * 1000))
        self._bar.setVisible(not job.over)
        self._cancel.setVisible(not job.over)
        self._retry.setVisible(self._jobs.can_retry(job))
        self._state.setText(state_text(job))
        colour = self._theme.error if job.state is JobState.FAILED else self._theme.dim
        self._state.setStyleSheet(f"color: {colour.name()};")


class JobsPanel(QWidget):
    """The list of jobs, newest first."""

    def __init__(self, jobs: JobCentre, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._theme = theme
        self._icons = icons
        self._rows: dict[str, _Row] = {}
        self._empty = Label("Nothing is running. Generating, imports and exports show their progress here.")
        self._empty.setProperty("role", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clear = Button("Clear Finished")
        self.clear.setProperty("role", "link")
        set_tooltip(self.clear, "Take what is over off the list")
        self.clear.clicked.connect(jobs.clear_finished)
        self.clear.hide()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 4, 0, 4)
        self._list.setSpacing(0)
        self._list.addWidget(self._empty, 1)
        self._list.addStretch(0)
        inside = QWidget()
        inside.setProperty("role", "panel")
        inside.setLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 4)
        foot.addStretch(1)
        foot.addWidget(self.clear)
        column.addLayout(foot)
        jobs.changed.connect(self._show)
        jobs.dropped.connect(self._drop)

    def _show(self, job: Job) -> None:
        row = self._rows.get(job.id)
        if row is None:
            row = self._rows[job.id] = _Row(job, self._jobs, self._theme, self._icons)
            self._list.insertWidget(0, row)
            self._empty.hide()
            self._list.setStretch(self._list.count() - 1, 1)
        row.show_job(job)
        self._offer_clearing()

    def _offer_clearing(self) -> None:
        self.clear.setVisible(any(job.over for job in self._jobs.jobs))

    def _drop(self, job: Job) -> None:
        if row := self._rows.pop(job.id, None):
            row.hide()
            row.deleteLater()
        self._empty.setVisible(not self._rows)
        self._offer_clearing()
