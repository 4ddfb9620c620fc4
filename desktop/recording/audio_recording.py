"""Sound that is being recorded, as the song shows it: clips that grow, kept in the pool when the recording ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.errors import EngineError
from engine.ids import new_id
from engine.jobs import Context
from engine.plain_text import counted
from engine.playback import recorded_audio
from engine.playback.input_settings import RecordedTrack, RecordingReport, RecordOrder
from engine.playback.recorded_audio import Recorded
from engine.playback.recorded_notes import Span
from engine.project import edits
from engine.project.layout import GROWING
from engine.project.model import Project, Source
from engine.project.recorded import recorded_from

UPDATE_MS = 200
"""How often the song takes in what has come, at most."""
PATIENCE_MS = 4000
"""How long the player is waited for at the end; then what it wrote is kept without its last report."""
SPAN_END_MS = 1000
"""How long a recording may take to end by itself once the playhead has left its span: the way through the devices."""
DRIFT_MS = 2.0
"""From which on the drift of two devices is told."""
GROWTH = "recording"


@dataclass
class _Run:
    """One recording, from its order until its files are in the pool."""

    folder: Path
    rate: int
    span: Span
    tracks: tuple[tuple[str, RecordedTrack], ...]  # with the ids of the song's tracks
    date: str
    key: str = field(default_factory=new_id)  # of the order, and of its step in the history
    report: RecordingReport | None = None
    placed: bool = False
    over: bool = False
    waiting: list[Callable[[], object]] = field(default_factory=list)


class AudioRecording(QObject):
    """At most one recording at a time. UI thread; the files are sealed by a job."""

    ended = Signal()
    """Nothing more comes in: the user stopped it, its span is over, or the input is gone."""
    recorded = Signal(object)
    """The ids of the clips that a recording made."""
    sealed = Signal(str, str)
    """The ids of a growing source and of the finished one that is about to take its place."""
    failed = Signal(str)
    notice = Signal(str)

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        super().__init__()
        self._document, self._bridge = document, bridge
        self._run: _Run | None = None
        self._keeping: list[_Run] = []  # whose files are on their way into the pool
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(UPDATE_MS)
        self._update.timeout.connect(self._take_in)
        bridge.recording_reported.connect(self._on_report)
        document.changed.connect(self._on_song)

    @property
    def running(self) -> bool:
        """Whether a recording goes on."""
        return self._run is not None

    def begin(self, tracks: Sequence[tuple[str, str, tuple[int, ...]]], span: Span) -> bool:
        """Records (track id, name, channels) over `span`, which plays next or already; whether it was asked for."""
        document = self._document
        if document.folder is None or self._run is not None:
            return False
        orders = tuple((track_id, RecordedTrack(new_id(), channels, name)) for track_id, name, channels in tracks)
        date = datetime.now().astimezone().isoformat(timespec="seconds")
        run = self._run = _Run(document.folder.resolve(), document.project.rate, span, orders, date)
        self._bridge.silence(tuple(track_id for track_id, _ in orders), span)
        self._bridge.start_recording(
            RecordOrder(run.key, str(run.folder), span, tuple(track for _, track in orders), date)
        )
        return True

    def stop(self, then: Callable[[], object] = lambda: None) -> None:
        """Ends it with what is heard now; calls `then` when what was recorded is in the song."""
        run = self._run or next(reversed(self._keeping), None)
        if run is None:
            then()
            return
        run.waiting.append(then)
        if run.over:
            return
        self._bridge.stop_recording()
        QTimer.singleShot(PATIENCE_MS, self, lambda: self._finish(run))

    def expect_end(self) -> None:
        """Says that its span is over: it ends by itself when the last of that has come in, else soon is stopped."""
        run = self._run
        if run is not None:
            QTimer.singleShot(SPAN_END_MS, self, lambda: self.stop() if run is self._run else None)

    def settle(self, go_on: Callable[[], object]) -> None:
        """Ends it and then calls `go_on`."""
        self.stop(go_on)

    # while it goes on

    def _on_report(self, report: RecordingReport) -> None:
        run = self._run
        if run is None or report.key != run.key or run.over:
            return
        run.report = report
        if report.over:
            self._finish(run)
        elif not self._update.isActive():
            self._take_in()
            self._update.start()

    def _take_in(self) -> None:
        """Puts what has come until now into the song: first as one step of its history, then as part of that."""
        run, document = self._run, self._document
        if run is None or run.report is None or not run.report.frames:
            return
        if run.placed:
            document.amend(lambda p: self._grown(run, p))
            return
        run.placed = document.apply("Record", lambda p: self._placed(run, p), merge=run.key)
        document.history.close_step()
        document.set_growth(lambda p: self._grown(run, p), GROWTH)

    def _placed(self, run: _Run, p: Project) -> Project:
        report = run.report
        if report is None:
            return p
        for track_id, track in run.tracks:
            recorded = Recorded(
                track_id, _source(run, track, report.frames), report.runs,
                recorded_from(report.device, track.channels, run.date),
            )  # fmt: skip
            p = recorded_audio.place(p, recorded, run.span, over=run.over)
        return p

    def _grown(self, run: _Run, p: Project) -> Project:
        """Any value of the song with what has come of the recording; one without it stays as it is."""
        if not any(track.growing_id in p.sources for _, track in run.tracks):
            return p
        return self._placed(run, p)

    def _on_song(self, old: Project, new: Project) -> None:
        run = self._run
        if run is None or run.over:
            return
        if old.id != new.id:
            self._bridge.stop_recording()
            self._finish(run)
        elif run.placed and not any(track.growing_id in new.sources for _, track in run.tracks):
            self.stop()  # its step was undone

    # its end

    def _finish(self, run: _Run) -> None:
        """Puts the whole of it into the song, and its files into the pool."""
        if run is not self._run or run.over:
            return
        self._update.stop()
        run.over, self._run = True, None
        report, document = run.report, self._document
        if report is not None and not report.over:  # the player ended: what it wrote is there
            from engine.project.growing import GrowingFile

            file = GrowingFile(run.tracks[0][1].growing_id, run.rate, len(run.tracks[0][1].channels))
            report = run.report = replace(report, frames=max(file.frames(run.folder), report.frames))
        self.ended.emit()
        self._bridge.silence((), run.span)
        document.set_growth(None, GROWTH)
        same = document.folder is not None and document.folder.resolve() == run.folder
        if report is not None and report.error:
            self.failed.emit(report.error)
        if not same or report is None or not report.frames:
            self._over(run)
            return
        self._keeping.append(run)
        if run.placed:
            document.amend_all(lambda p: self._grown(run, p), since=run.key)
        else:
            run.placed = document.apply("Record", lambda p: self._placed(run, p), merge=run.key)
        self._tell(report)
        clips = [
            clip for _, track in run.tracks for clip in recorded_audio.clips_of(document.project, track.growing_id)
        ]
        self.recorded.emit(clips)
        document.jobs.submit(
            "Keep the recording", lambda context: _seal(run, context), lambda sources: self._kept(run, sources),
            lambda sentence: self._not_kept(run, sentence), queue="recording",
        )  # fmt: skip

    def _tell(self, report: RecordingReport) -> None:
        """Says what a user should know of how it went."""
        if report.overruns:
            times = counted(report.overruns, "time")
            self.notice.emit(
                f"Sound of the input was lost on its way {times}: raise the buffer size in Audio settings."
            )
        drift = report.drift / self._document.project.rate * 1000
        if abs(drift) > DRIFT_MS:
            self.notice.emit(
                f"The clocks of input and output ran apart by {abs(drift):.1f} ms: one device for both avoids that."
            )

    def _kept(self, run: _Run, sources: Sequence[tuple[str, Source]]) -> None:
        document = self._document
        if document.folder is not None and document.folder.resolve() == run.folder:
            for growing_id, source in sources:
                self.sealed.emit(growing_id, source.id)
                document.amend_all(lambda p, old=growing_id, new=source: _sealed(p, old, new))  # type: ignore[misc]
        self._over(run)

    def _not_kept(self, run: _Run, sentence: str) -> None:
        if sentence:
            self.failed.emit(
                f"{sentence} What was recorded is in the song’s “growing” folder and is kept when it is opened."
            )
        self._over(run)

    def _over(self, run: _Run) -> None:
        if run in self._keeping:
            self._keeping.remove(run)
        for then in run.waiting:
            then()


def _source(run: _Run, track: RecordedTrack, frames: int) -> Source:
    from engine.project.growing import GrowingFile

    file = GrowingFile(track.growing_id, run.rate, len(track.channels)).file
    return Source(track.growing_id, file, track.name, run.rate, len(track.channels), frames, "FLOAT", growing=True)


def _seal(run: _Run, context: Context) -> list[tuple[str, Source]]:
    """Puts the files into the pool; with the ids that they had while they grew."""
    from engine.project.growing import read_sidecar, seal_file

    sources = []
    for _, track in run.tracks:
        try:
            info = read_sidecar(run.folder / GROWING / f"{track.growing_id}.json")
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"The recording of “{track.name}” cannot be read ({error}).") from error
        sources.append((track.growing_id, seal_file(run.folder, info, context)))
    return sources


def _sealed(p: Project, growing_id: str, source: Source) -> Project:
    """Any value of the song with the finished file in the place of what grew."""
    old = p.sources.get(growing_id)
    return edits.seal_source(p, growing_id, source) if old is not None and old.growing else p
