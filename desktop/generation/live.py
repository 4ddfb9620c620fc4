"""Continue live: one clip that grows while it plays, from its start to what is kept of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import live_clip
from desktop.generation.controller import Generation
from desktop.generation.live_text import LiveLook, look_of
from desktop.generation.panel_inputs import new_seed
from engine.errors import EditError, ModelError
from engine.generate.interface import Request, Settings, Task
from engine.generate.live_stream import LiveState
from engine.ids import new_id
from engine.inference.api import Inference, Live, LiveNews, Made, Model, Order, Place
from engine.jobs import Context, Job
from engine.music.guide import LONGEST, Guide
from engine.playback.state import PlayerState
from engine.project.model import Clip, Project
from engine.timing.duration import Duration
from engine.timing.position import Position

QUEUE = "live"
UPDATE_MS = 250
"""How often the song takes in what has grown, at most."""
PLAYHEAD_MS = 100
LEAD = Duration.of_beats(4)
"""Playback begins this long before the live take, if the clip is that long."""
RESUME_SECONDS = 0.5
"""How much has to be there before a playback that waits goes on."""
END_SECONDS = 2.5
"""How long the window waits for a take to be kept before it closes; after that, recovery keeps it."""

STEP = "Continue live"


@dataclass
class _Run:
    """One live take, from the wish to its end."""

    folder: Path
    after: str
    start: int  # song frame of its first frame
    settings: Settings
    guide: Guide  # from there on
    clip_id: str = field(default_factory=new_id)
    key: str = field(default_factory=new_id)  # of its step in the history
    live: Live | None = None
    news: LiveNews | None = None
    chunk: int = 0  # frames of a chunk at the project's rate
    provenance: Mapping[str, Any] = field(default_factory=dict)
    job: Job | None = None
    ending: bool = False
    heard: bool = False  # playback has been led to it
    waiting: list[Callable[[], object]] = field(default_factory=list)


class LiveTakes(QObject):
    """At most one live take at a time. UI thread only; the waiting is done in the job queue `live`."""

    changed = Signal()
    """A live take began, ended, or does otherwise than before; see `look`."""
    begun = Signal()
    """A live take began or ended."""
    sealed = Signal(str, str)
    """The ids of the growing source and of the finished one that is about to take its place."""
    failed = Signal(str)
    """A sentence for the user: the take has ended against the user's will."""
    notice = Signal(str)
    """A sentence for the user: something to know."""
    _news_received = Signal(object, object)

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        generation: Generation,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._generation = document, bridge, generation
        self._run: _Run | None = None
        self._holding = False
        self._taken = 0.0  # seconds that the player has read ahead of what is heard
        self._underruns = 0
        self._before = 0  # underruns before the take
        self._update = _timer(self, UPDATE_MS, self._take_in, single=True)
        self._follow = _timer(self, PLAYHEAD_MS, self._tell_playhead)
        self._news_received.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        document.changed.connect(self._on_song)
        bridge.meters_changed.connect(self._on_player)

    # what is shown

    @property
    def running(self) -> bool:
        """Whether a take is being made or prepared."""
        return self._run is not None and not self._run.ending

    @property
    def settings(self) -> Settings | None:
        """What the take is made with now; None without one."""
        return self._run.settings if self._run else None

    @property
    def clip(self) -> str | None:
        """The id of the growing clip, once it is there."""
        return self._run.clip_id if self._run and self._run.news else None

    @property
    def look(self) -> LiveLook | None:
        """How the take is doing, in words and figures; None without one."""
        run = self._run
        if run is None:
            return None
        text = run.job.text if run.job and not run.job.over else ""
        return look_of(
            run.news, self._frame() or 0, self._document.project.rate, self._underruns - self._before,
            holding=self._holding, preparing=text, ending=run.ending,
        )  # fmt: skip

    # what the user asks for

    def toggle(self) -> None:
        """Continues the selected clip, or stops the take that is running."""
        if self.running:
            self.stop()
            return
        project, chosen = self._document.project, self._document.selection.clips
        clips = [clip for _, clip in project.clips() if clip.id in chosen]
        if clips:
            self.start(max(clips, key=project.end_of).id)

    def start(self, clip_id: str) -> None:
        """Begins a take that goes on from a clip's end."""
        document, project = self._document, self._document.project
        if self._run is not None or document.folder is None:
            return
        try:
            clip = live_clip.check_continuable(project, clip_id)
        except EditError as error:
            self.failed.emit(str(error))
            return
        generation = self._generation
        settings, prompt = generation.panel.settings_of(clip), generation.panel.inputs_of(clip).prompt
        guide = generation.panel.guide_of(clip).between(clip.length / project.rate, LONGEST)
        run = self._run = _Run(document.folder, clip_id, project.end_of(clip), settings, guide)
        self._before = self._underruns
        generation.panel.remember(prompt)
        generation.panel.say_tempo(prompt)
        title = " ".join(prompt.split()) or f"{clip.name} live"
        operation = partial(
            self._open, run, project, clip, generation.models.inference, generation.panel.model_of(clip), title
        )
        run.job = document.jobs.submit(
            f"Continue “{clip.name}” live", operation, partial(self._opened, run), partial(self._not_opened, run),
            queue=QUEUE,
        )  # fmt: skip
        self.begun.emit()
        self.changed.emit()

    def apply(self, settings: Settings) -> None:
        """Another prompt, guidance, blend or number of steps, for what is not due yet."""
        if self._run and self._run.live and settings != self._run.settings:
            self._run.settings = settings
            self._run.live.set_settings(settings)
            self.changed.emit()

    def stop(self, then: Callable[[], object] = lambda: None) -> None:
        """Ends the take and keeps what was made; calls `then` when that is over, at once if there is no take."""
        run = self._run
        if run is None:
            then()
            return
        run.waiting.append(then)
        if run.ending:
            return
        run.ending = True
        self._follow.stop()
        self._document.set_growth(None)
        if run.news is not None:
            growing = run.news.source.id
            self._document.amend_all(lambda p: live_clip.stopped(p, growing), since=run.key)
        if run.live is not None:
            self._end(run)
        elif run.job is not None:
            self._document.jobs.cancel(run.job)
        self.changed.emit()

    def settle(self, go_on: Callable[[], object]) -> None:
        """Ends the take and then calls `go_on`, which does not wait for it longer than `END_SECONDS`."""
        if self._run is None:
            go_on()
            return
        called = False

        def once() -> None:
            nonlocal called
            if not called:
                called = True
                go_on()

        self.stop(once)
        QTimer.singleShot(round(END_SECONDS * 1000), self, once)

    # the take's beginning: on the job's thread, then on the UI thread

    def _open(
        self, run: _Run, project: Project, clip: Clip, inference: Inference, model: Model, title: str, context: Context
    ) -> tuple[Live, float]:
        from engine.inference.clip_audio import clip_sound

        capabilities = inference.capabilities(model, context)
        if Task.CONTINUE not in capabilities.tasks:
            raise ModelError(
                f"{capabilities.name} cannot continue a sound: choose another model in the Generate panel."
            )
        first = max(clip.length - round(capabilities.window_seconds * project.rate), 0)
        self._document.sounds.render_missing(project, run.folder, context, [clip.id])
        sound = clip_sound(project, run.folder, clip, first, context=context)
        request = Request(Task.CONTINUE, run.settings, source=sound, seed=new_seed(), guide=run.guide)
        order = Order(title, model, request, Place(run.folder, project.rate))
        live = inference.live(order, partial(self._news_received.emit, run), context)
        return live, capabilities.chunk_seconds

    def _opened(self, run: _Run, opened: tuple[Live, float]) -> None:
        run.live, seconds = opened
        run.chunk = round(seconds * self._document.project.rate)
        if run is not self._run or run.ending:
            self._end(run)
            return
        self._place(run, run.live.news)

    def _place(self, run: _Run, news: LiveNews) -> None:
        """Puts the clip into the song, as the one step that the whole take is."""
        project = self._document.project
        run.news, run.provenance = news, _provenance(run, news)
        ready = news.source.frames + max(news.reserved, run.chunk)
        try:
            own_track = new_id() if live_clip.needs_track(project, run.after) else ""
            growing_song = live_clip.started(
                project, run.after, run.clip_id, news.source, ready, own_track=own_track, provenance=run.provenance
            )
        except EditError as error:
            self.failed.emit(f"{error} The live take was stopped.")
            self.stop()
            return
        self._document.apply(STEP, lambda _: growing_song, merge=run.key)
        self._document.history.close_step()
        self._document.set_growth(partial(_grown, run))
        pair = growing_song.find_clip(run.clip_id)
        run.start = growing_song.start_of(pair[1]) if pair else run.start
        if own_track:
            self.notice.emit("There are clips further on this track, so the live take grows on a track of its own.")
        self._follow.start()
        self._on_news(run, news)

    def _not_opened(self, run: _Run, sentence: str) -> None:
        if sentence:
            self.failed.emit(sentence)
        self._over(run)

    # while it grows

    def _on_news(self, run: _Run, news: LiveNews) -> None:
        if run is not self._run or run.news is None:
            return
        run.news = news
        if news.report.state is LiveState.FAILED and not run.ending:
            stays = " What was made of the live take stays in the song." if news.source.frames else ""
            self.failed.emit(f"{news.report.error}{stays}")
            self.stop()
            return
        if not self._update.isActive():
            self._take_in()
            self._update.start()
        self.changed.emit()

    def _take_in(self) -> None:
        run = self._run
        if run is None or run.news is None or run.ending:
            return
        if len(run.news.chunks) != len(run.provenance.get("chunks", ())):
            run.provenance = _provenance(run, run.news)
        self._document.amend(partial(_grown, run))
        self._lead_playback(run)
        if live_clip.blocked(self._document.project, run.news.source.id):
            self.notice.emit("The live take has reached the next clip on its track, so it ends there and is kept.")
            self.stop()

    def _lead_playback(self, run: _Run) -> None:
        """Once there is something to hear, playback comes by shortly before it, if it does not by itself."""
        if run.heard or run.news is None or not run.news.source.frames:
            return
        run.heard = True
        bridge, project = self._bridge, self._document.project
        pair = project.find_clip(run.clip_id)
        start = project.start_of(pair[1]) if pair else run.start
        if bridge.playing and bridge.position <= start:
            return
        before = project.find_clip(run.after)
        earliest = project.start_of(before[1]) if before else 0
        lead = max(project.clock.frames(LEAD.start(Position.at_frame(start), project.clock)), earliest, 0)
        if not bridge.playing or bridge.position > start:
            bridge.locate(min(lead, start))
        if not bridge.playing:
            bridge.play()

    def _frame(self) -> int | None:
        run, project = self._run, self._document.project
        if run is None or run.news is None:
            return None
        pair = live_clip.clip_playing(project, run.news.source.id)
        return live_clip.heard_frame(project, pair[1], self._bridge.position) if pair else None

    def _tell_playhead(self) -> None:
        run = self._run
        frame = self._frame()
        if run and run.live and run.news and frame is not None:
            # what the player has taken already is due, though it is heard later
            played_frames = round(self._taken * self._document.project.rate) if frame else 0
            run.live.set_playhead(min(frame + played_frames, max(run.news.source.frames, frame)))
        self.changed.emit()

    def _on_player(self, state: PlayerState) -> None:
        self._holding, self._underruns = state.holding, state.underruns
        self._taken = (RESUME_SECONDS if state.holding else 0.0) + state.buffered_ms / 1000 if state.playing else 0.0

    def _on_song(self, old: Project, new: Project) -> None:
        run = self._run
        if run is None or run.news is None:
            return
        if old.id != new.id:
            self._document.set_growth(None)
            self.stop()
        elif not run.ending and live_clip.clip_playing(new, run.news.source.id) is None:
            self.stop()

    # the take's end

    def _end(self, run: _Run) -> None:
        live = run.live
        assert live is not None
        self._document.jobs.submit(
            "Keep the live take", lambda context: live.stop(), partial(self._kept, run), partial(self._not_kept, run),
            queue=QUEUE,
        )  # fmt: skip

    def _kept(self, run: _Run, take: Made | None) -> None:
        self._document.set_growth(None)
        if run.news is not None and run.folder == self._document.folder:
            growing = run.news.source.id
            if take is None:
                self._document.forget(run.key)
                self._document.amend_all(lambda p: live_clip.removed(p, growing))
            else:
                sealed = replace(take.source, name=run.news.source.name)
                self.sealed.emit(growing, sealed.id)
                self._document.amend_all(lambda p: live_clip.ended(p, growing, sealed, take.provenance))
                self._document.sources_changed.emit()
        self._over(run)

    def _not_kept(self, run: _Run, sentence: str) -> None:
        if sentence:
            self.failed.emit(
                f"{sentence} What was made is in the song’s “growing” folder and is kept when it is opened."
            )
        self._document.set_growth(None)
        self._over(run)

    def _over(self, run: _Run) -> None:
        if self._run is run:
            self._run = None
            self._follow.stop()
            self._update.stop()
        for then in run.waiting:
            then()
        self.begun.emit()
        self.changed.emit()


def _grown(run: _Run, p: Project) -> Project:
    news = run.news
    if news is None:
        return p
    ahead = max(news.reserved, run.chunk)
    return live_clip.grown(p, news.source.id, news.source.frames, ahead, run.provenance)


def _provenance(run: _Run, news: LiveNews) -> dict[str, Any]:
    return {"prompt": run.settings.prompt, "task": Task.CONTINUE.value, "chunks": [dict(each) for each in news.chunks]}


def _timer(parent: QObject, interval: int, call: Callable[[], object], *, single: bool = False) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval)
    timer.setSingleShot(single)
    timer.timeout.connect(call)
    return timer
