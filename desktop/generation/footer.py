"""The foot of the Generate tab: what would be made and the button for it, what is being made, and what went wrong."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.generation.model_choice import QUEUE
from desktop.icons import Icons
from desktop.jobs import state_text
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import set_role
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.jobs import Job, JobState


class Footer(QWidget):
    """Belongs to a `Generation`. Its height stays the same while something is being made."""

    models_requested = Signal()

    def __init__(
        self, document: Document, generation: Generation, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._generation = generation
        self._failed: Job | None = None
        self._others: set[str] = set()
        self.summary = ElidedLabel(role="small")
        self.button = Button("Generate")
        self.button.setProperty("role", "primary")
        set_tooltip(self.button, "Generate at the playhead  (Ctrl+Enter in the prompt)")
        self.button.clicked.connect(self.press)
        self._build_trouble(icons)
        self._build_progress(icons)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.trouble)
        column.addWidget(self._progress)
        column.addWidget(self.summary)
        column.addWidget(self.button)
        document.jobs.changed.connect(self._on_job)
        generation.failed.connect(self.show_failed)
        document.opened.connect(self.refresh)
        self.refresh()

    def _build_trouble(self, icons: Icons) -> None:
        """What keeps from generating, or made it fail, with a button that helps."""
        self.trouble = QFrame()
        self.sentence = Label()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.help = Button()
        self.help.setProperty("role", "field")
        set_tooltip(self.help, "What can be done about it")
        self.help.clicked.connect(self._help)
        self._dismiss = IconButton(icons, "x", "Dismiss this message", size=14)
        self._dismiss.clicked.connect(self.forget)
        help_row = QHBoxLayout()
        help_row.setContentsMargins(0, 0, 0, 0)
        help_row.addWidget(self.help)
        help_row.addStretch(1)
        help_row.addWidget(self._dismiss)
        trouble = QVBoxLayout(self.trouble)
        trouble.setContentsMargins(0, 0, 0, 4)
        trouble.setSpacing(6)
        trouble.addWidget(self.sentence)
        trouble.addLayout(help_row)

    def _build_progress(self, icons: Icons) -> None:
        """How what is being made goes on, with a cross that stops it."""
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.doing = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.cancel = IconButton(icons, "x", "Cancel", size=14)
        self.cancel.clicked.connect(self._cancel)
        progress = QHBoxLayout()
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(4)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.doing)
        texts.addWidget(self.bar)
        progress.addLayout(texts, 1)
        progress.addWidget(self.cancel)
        self._progress = QWidget()
        self._progress.setLayout(progress)

    @property
    def current(self) -> Job | None:
        """The job for the generator that runs, else the first that waits."""
        orders = self._generation.runner.orders
        return next((job for job in orders if job.state is JobState.RUNNING), orders[0] if orders else None)

    def press(self) -> None:
        """Generates, if that is possible now."""
        if self.button.isEnabled():
            self.forget()
            self._generation.generate()

    def set_quiet(self, other: str, quiet: bool) -> None:
        """Whether another button, which has that name here, is the one that is likely to be pressed."""
        (self._others.add if quiet else self._others.discard)(other)
        set_role(self.button, "" if self._others else "primary")

    def forget(self) -> None:
        """Takes the error away."""
        self._failed = None
        self.refresh()

    def show_failed(self, sentence: str, job: Job) -> None:
        """Shows why a job failed, and offers to try it again."""
        self._failed = job
        self.refresh()

    def refresh(self) -> None:
        """Shows what is."""
        generation = self._generation
        opened = self._document.folder is not None  # without a song none of it is seen: no model is looked for yet
        hindrance = generation.panel.hindrance() if opened else ""
        self.summary.setText(generation.panel.summary())
        self.button.setEnabled(opened and not hindrance)
        sentence = self._failed.error if self._failed else hindrance
        self.trouble.setVisible(bool(sentence))
        self.sentence.setText(sentence)
        set_role(self.sentence, "error" if self._failed else "")
        self.help.setText("Try Again" if self._failed else "Models")
        self.help.setVisible(self._failed is not None or (opened and not generation.models.installed))
        self._dismiss.setVisible(self._failed is not None)
        self._show_progress()

    def _show_progress(self) -> None:
        job = self.current
        self._progress.setVisible(job is not None)
        if job:
            waiting = len(self._generation.runner.orders) - 1
            self.doing.setText(f"{state_text(job)}{f' · {waiting} more' if waiting else ''}")
            self.bar.setValue(round(job.share * 1000))
            set_name(self.cancel, f"Cancel {job.title}")
            set_tooltip(self.cancel, f"Cancel {job.title}")

    def _on_job(self, job: Job) -> None:
        if self._document.jobs.queue_of(job) == QUEUE:
            self._show_progress()

    def _help(self) -> None:
        failed = self._failed
        self.forget()
        if failed:
            self._document.jobs.retry(failed)
        else:
            self.models_requested.emit()

    def _cancel(self) -> None:
        if job := self.current:
            self._document.jobs.cancel(job)
