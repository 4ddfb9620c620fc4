"""The export dialog: choose, see what will be written, export, read the report."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.frame import Dialog, Question
from desktop.document import Document
from desktop.export.options import ExportOptions, Ranges
from desktop.export.report_view import ReportView
from desktop.jobs import state_text
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.choices import list_entry
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_tooltip
from desktop.widgets.values import signed
from engine.errors import EngineError, ExportError
from engine.jobs import Context, Job
from engine.playback.bounce import BounceRequest, bounce, files_of, report_file_of
from engine.playback.clipping import SAFE_PEAK, WouldClipError
from engine.playback.report import BounceReport
from engine.playback.wavfile import SampleFormat
from engine.timing.position import Position


def show_folder(folder: Path) -> bool:
    """Opens the system's file manager at `folder`; says whether there is one."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


FLOAT, CLIP = "Write 32-bit Float", "Clip"


class ExportDialog(Dialog):
    """Exports the song as it is when the button is pressed; the window stays usable meanwhile.

    What still grows in it is waited for.
    """

    def __init__(
        self,
        document: Document,
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        show_in_folder: Callable[[Path], object] = show_folder,
    ) -> None:
        super().__init__("Export", theme, parent)
        self._document = document
        self._show_in_folder = show_in_folder
        self._job: Job | None = None
        self._request = BounceRequest()
        self._clipping: WouldClipError | None = None  # why the last export refused
        self._failure = ""  # what went wrong with it, shown until something is chosen or tried again
        self._song_is_open = True
        self.options = ExportOptions(document.project, self._ranges(), settings, theme)
        self.files = QListWidget()
        self.files.setAccessibleName("Files that will be written")
        self.files.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._summary = Label()
        self._summary.setProperty("role", "section")
        self.report_view = ReportView(theme)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setFixedWidth(200)
        self.progress.setAccessibleName("Export progress")
        self._state = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self._lay_out()
        self._preview = QTimer(self)
        self._preview.setSingleShot(True)
        self._preview.setInterval(60)
        self._preview.timeout.connect(self._refresh)
        self.options.changed.connect(self._on_options)
        document.jobs.changed.connect(self._show_job)
        document.changed.connect(self._on_song)
        document.selection_changed.connect(self._on_song)
        document.opened.connect(self._on_another_song)
        self._folder: Path | None = None
        self._show_idle()
        self._refresh()

    def _lay_out(self) -> None:
        """The options at the left, at the right what will be written or was; progress and buttons below."""
        preview = QWidget()
        column = QVBoxLayout(preview)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._summary)
        column.addWidget(self.files, 1)
        self.side = QStackedWidget()
        self.side.addWidget(preview)
        self.side.addWidget(self.report_view)
        self.side.setMinimumWidth(360)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.options)
        columns.addWidget(self.side, 1)
        self.body.addLayout(columns, 1)
        self.foot.insertWidget(0, self.progress)
        self.foot.insertWidget(1, self._state, 100)
        self.folder_button = self.add_button("Show in Folder", self._open_folder)
        self.cancel_button = self.add_button("Close", self._cancel)
        self.export_button = self.add_button("Export", self._export, primary=True)
        set_tooltip(self.folder_button, "Open the folder with the files")
        set_tooltip(self.cancel_button, "Close, or stop an export that runs  (Esc)")
        set_tooltip(self.export_button, "Write the files  (Enter)")
        self.options.setFixedWidth(440)
        self.resize(900, 520)

    @property
    def report(self) -> BounceReport | None:
        """The report of the last export."""
        return self._job.result if self._job and isinstance(self._job.result, BounceReport) else None

    def reject(self) -> None:
        """Escape cancels what runs, or closes."""
        self._cancel()

    def _on_options(self) -> None:
        self._failure = ""
        self.side.setCurrentIndex(0)
        self._preview.start()

    def _on_song(self, *_: object) -> None:
        if self._song_is_open:
            self.options.follow(self._document.project, self._ranges())
            self._preview.start()

    def _on_another_song(self) -> None:
        """The dialog belongs to its song; it stays only as long as that one's export runs, and for its report."""
        self._song_is_open = False
        if not self._running:
            self.close()

    def _ranges(self) -> Ranges:
        loop, region = self._document.project.loop, self._document.selection.region
        selection = (Position.at_frame(region[0]), Position.at_frame(region[1])) if region else None
        return Ranges((loop.start, loop.end), selection)

    def _refresh(self) -> None:
        """Lists the files that would be written."""
        if self._running or not self._song_is_open:
            return
        self.files.clear()
        try:
            request = self.options.request()
            targets = self._targets(request)
        except EngineError as error:
            self.show_error(str(error))
            self._summary.setText("No files")
            self.export_button.setEnabled(False)
            return
        self.show_error(self._failure)
        self.export_button.setEnabled(True)
        existing = 0
        for path in targets:
            exists = path.exists()
            existing += exists
            item = list_entry(f"{path.name}{'   replaces a file' if exists else ''}", str(path))
            item.setForeground(self.theme.warning if exists else self.theme.text)
            self.files.addItem(item)
        self._summary.setText(f"{len(targets)} file{'s' * (len(targets) != 1)} will be written")
        self._folder = targets[0].parent

    def _targets(self, request: BounceRequest) -> list[Path]:
        """Every file that `request` would write, the mix first and the report last."""
        project = self._document.project
        targets = files_of(project, self._document.folder or Path(), request)
        report = [report_file_of(project, request, targets)] if request.report else []
        return [*targets.values(), *report]

    def _export(self) -> None:
        try:
            request = self.options.request()
            targets = self._targets(request)
        except EngineError as error:
            self.show_error(str(error))
            return
        existing = [path for path in targets if path.exists()]
        if not existing:
            self._start(request)
            return
        names = f"“{existing[0].name}”" if len(existing) == 1 else f"{len(existing)} files"
        Question(
            f"Replace {names}?",
            f"In {existing[0].parent}. What is there now is lost.",
            ("Replace", "Cancel"),
            lambda answer: self._start(self.options.request(overwrite=True)) if answer == "Replace" else None,
            self.theme,
            self,
            dangerous=True,
        ).show()

    def _start(self, request: BounceRequest) -> None:
        project, folder = self._document.project, self._document.folder
        if folder is None:
            return
        self.options.keep()
        self._fail("")
        self._request, self._clipping = request, None

        def operation(context: Context) -> BounceReport:
            target = request.stems or (request.mix.parent if request.mix else None)
            creates = target is not None and not target.exists()
            if target:
                try:
                    target.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise ExportError(
                        f"The folder “{target}” cannot be used ({error.strerror or error}): choose another folder."
                    ) from error
            self._document.sounds.render_missing(project, folder, context)
            try:
                return bounce(project, folder, replace(request, wait=True, refuse_early=True), context)
            except WouldClipError as error:
                self._clipping = error
                if target and creates:
                    with suppress(OSError):
                        target.rmdir()
                raise

        self._job = self._document.jobs.submit(
            f"Export {project.name}", operation, self._done, self._failed, queue="export"
        )
        self._show_running()

    @property
    def _running(self) -> bool:
        return self._job is not None and not self._job.over

    def _show_job(self, job: Job) -> None:
        if job is self._job and not job.over:
            self.progress.setValue(round(job.share * 1000))
            self._state.setText(state_text(job))

    def _done(self, report: BounceReport) -> None:
        self._show_idle()
        if self._song_is_open:
            self._document.sounds.add_damaged(report.damaged)
        self.report_view.show_report(report)
        self.side.setCurrentIndex(1)
        self._folder = report.files[0].path.parent
        self.folder_button.show()

    def _failed(self, sentence: str) -> None:
        self._show_idle()
        clipping, self._clipping = self._clipping, None
        if clipping and self._song_is_open:
            self._ask_about(clipping)
            return
        self._fail(sentence)
        if not sentence:
            self._state.setText("Cancelled; nothing was left behind.")
            self._state.show()

    def _fail(self, sentence: str) -> None:
        """Shows what went wrong; it stays when the list of files is made anew."""
        self._failure = sentence
        self.show_error(sentence)

    def _ask_about(self, clipping: WouldClipError) -> None:
        """Samples would be clipped: nothing was written yet, and the first button mends it."""
        stopped = "" if clipping.seconds is None else "The export stopped there. "
        lower = f"Lower to {signed(SAFE_PEAK, 0)} dBTP"
        Question(
            "This export would clip",
            f"{clipping.what}. {stopped}Nothing was written yet. Lowering applies one gain to mix and stems; "
            "32-bit float keeps every sample as it is.",
            (lower, FLOAT, CLIP, "Cancel"),
            partial(self._answered, lower),
            self.theme,
            self,
        ).show()

    def _answered(self, lower: str, answer: str) -> None:
        overwrite = self._request.overwrite
        if answer == lower:
            self.options.set_ceiling(SAFE_PEAK)
        elif answer == FLOAT:
            self.options.set_format(SampleFormat.FLOAT)
        elif answer != CLIP:
            return
        try:
            self._start(replace(self.options.request(overwrite=overwrite), clip=answer == CLIP))
        except EngineError as error:
            self.show_error(str(error))

    def _show_running(self) -> None:
        self.options.setEnabled(False)
        self.export_button.setEnabled(False)
        self.cancel_button.setText("Cancel")
        self.folder_button.hide()
        self.progress.setValue(0)
        self.progress.show()
        self._state.setText("Waiting")
        self._state.show()

    def _show_idle(self) -> None:
        self.options.setEnabled(self._song_is_open)
        self.export_button.setEnabled(self._song_is_open)
        self.cancel_button.setText("Close")
        self.cancel_button.setEnabled(True)
        self.folder_button.hide()
        self.progress.hide()
        self._state.hide()

    def _cancel(self) -> None:
        if self._running and self._job:
            self.cancel_button.setEnabled(False)
            self._document.jobs.cancel(self._job)
        else:
            super().reject()

    def _open_folder(self) -> None:
        if self._folder and self._show_in_folder(self._folder) is False:
            self._fail(f"No file manager could be opened. The files are in “{self._folder}”.")
