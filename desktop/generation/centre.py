"""The window's side of the generator: orders become jobs, and what they make comes into the song.

Loading and generating happen in the studio's process; jobs of the queue `engine` wait for it. Nothing here blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import levels, placing, wishes, words
from desktop.generation.placing import Arrival, Spot
from desktop.generation.shelf import Shelf
from desktop.generation.wishes import Wishes
from desktop.settings import Settings
from desktop.sounds import Coming
from engine.analysis.fit import spare_frames
from engine.errors import EngineError
from engine.generate.api import Capabilities, Request, Task
from engine.generate.api import Settings as ModelSettings
from engine.generate.known import DEFAULT
from engine.ids import new_id
from engine.jobs import Context, Job, JobState
from engine.project.model import Project
from engine.project.pool import prepare
from engine.studio.api import Changed, Model, Order, Place, Status, Studio

QUEUE = "engine"
MAX_PROMPTS = 40
ONE_BY_ONE = (Task.GENERATE, Task.VARIATION, Task.LOOP)
"""Tasks whose takes stand alone, so that their levels may be matched."""


@dataclass(frozen=True)
class Arrivals:
    """What an order made, ready to be put into the song. notices: whole sentences for the user."""

    takes: tuple[Arrival, ...]
    notices: tuple[str, ...] = ()
    seconds_spent: float = 0.0


Match = Callable[[list[Arrival], Context], list[Arrival]]
"""Sets the takes' gains, on the job's thread."""


def start_studio(changed: Changed) -> Studio:
    """The generator in a process of its own, which starts with the first order."""
    from engine.studio.client import StudioProcess

    return StudioProcess(changed)


class Generation(QObject):
    """Asks the generator, and keeps what is asked. All methods and signals belong to the UI thread."""

    model_changed = Signal(object)
    """Another `Model` was chosen."""
    models_changed = Signal()
    """A model may have been installed or removed."""
    capabilities_changed = Signal(object)
    """What the chosen model can do (`Capabilities`); None while that is not known."""
    status_changed = Signal(object)
    """A `Status` of the generator's process."""
    wishes_changed = Signal()
    failed = Signal(str, object)
    """A sentence for the user, and the `Job` that failed (`JobCentre.retry` tries it again)."""
    notice = Signal(str)
    """A sentence for the user: something to know about a result."""
    generated = Signal(str)
    """The id of a clip that has just got takes."""
    _heard = Signal(object)

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        settings: Settings,
        start: Callable[[Changed], Studio] = start_studio,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._bridge = bridge
        self._store = settings
        self._start = start
        self._studio: Studio | None = None
        self._closed = False
        self._learned: dict[Model, Capabilities] = {}
        self._learning: Job | None = None
        self._refused: Model | None = None  # could not be loaded the last time
        self._status = Status(False, None)
        self.shelf = Shelf()
        self.key_of: Callable[[Project], str] = lambda project: ""
        """Says the song's key, such as “A minor”; empty while it is not known."""
        self._wishes = wishes.read_wishes(settings.text("generation/wishes"))
        self._model = Model(settings.text("generation/model") or DEFAULT, settings.text("generation/device") or None)
        self._heard.connect(self._on_status, Qt.ConnectionType.QueuedConnection)

    # the generator

    @property
    def studio(self) -> Studio:
        """The generator; what its methods wait for belongs into a job."""
        if self._studio is None:
            self._studio = self._start(self._heard.emit)
        return self._studio

    @property
    def status(self) -> Status:
        """What the generator does, as far as is known."""
        return self._status

    @property
    def model(self) -> Model:
        """The model that is asked."""
        return self._model

    def set_model(self, model: Model) -> None:
        """Chooses the model that is asked from now on."""
        if model == self._model:
            return
        self._model, self._refused = model, None
        self._store.put("generation/model", model.name)
        self._store.put("generation/device", model.device or "")
        self.model_changed.emit(model)
        self.capabilities_changed.emit(self.capabilities)

    @property
    def installed(self) -> bool:
        """Whether the weights of the chosen model are there."""
        return self.shelf.has(self._model)

    def look_for_models(self) -> None:
        """Reads anew which models are installed."""
        self.shelf.forget()
        self.models_changed.emit()

    @property
    def capabilities(self) -> Capabilities | None:
        """What the chosen model can do; None until it was loaded once."""
        return self._learned.get(self._model)

    def learn(self) -> None:
        """Loads the chosen model in the background, unless it is known, on its way, or has just failed."""
        if self._closed or self.capabilities or not self.installed or (self._learning and not self._learning.over):
            return
        model = self._model
        if model == self._refused:
            return

        def done(found: Capabilities) -> None:
            self._learn(model, found)

        def failed(sentence: str) -> None:
            self._refused = model
            self._fail(sentence, self._learning)

        def again() -> None:
            self._refused = None
            self.learn()

        self._learning = self._document.jobs.submit(
            f"Load {self.shelf.name(model)}",
            lambda context: self.studio.capabilities(model, context),
            done,
            failed,
            queue=QUEUE,
            again=again,
        )

    def close(self, timeout: float = 3.0) -> None:
        """Ends the generator's process. Jobs must have been asked to stop before."""
        self._closed = True
        if self._studio:
            self._studio.close(timeout)

    # what is asked

    @property
    def wishes(self) -> Wishes:
        """The values of the Generate panel."""
        return self._wishes

    def change(self, **values: Any) -> None:
        """Changes some of the wishes, and remembers them."""
        changed = wishes.limited(replace(self._wishes, **values))
        if changed != self._wishes:
            self._wishes = changed
            self._store.put("generation/wishes", changed.text())
            self.wishes_changed.emit()

    def set_value(self, name: str, value: Any) -> None:
        """Sets one of the model's parameters; None takes the model's own default."""
        values = {key: old for key, old in self._wishes.values.items() if key != name}
        self.change(values=values if value is None else {**values, name: value})

    def sent_prompt(self, prompt: str | None = None) -> str:
        """A prompt (the panel's) as it is sent: with the song's tempo and key, if the user wants that."""
        text = self._wishes.prompt if prompt is None else prompt
        if not self._wishes.fit:
            return " ".join(text.split())
        return words.sent_prompt(text, self._document.project, self.key_of(self._document.project))

    def settings(self, prompt: str | None = None) -> ModelSettings:
        """What the panel says, as the model is told it; with another prompt if one is given."""
        return wishes.model_settings(self._wishes, self.sent_prompt(prompt), self.capabilities)

    def summary(self) -> str:
        """What would be made: "8 bars · 16.0 s · 3 takes"."""
        wished, project = self._wishes, self._document.project
        frames = wished.frames(project, Fraction(0))
        bars = wishes.bars_of(frames, project)
        return " · ".join(
            (
                f"{float(bars):.3g} {'bar' if bars == 1 else 'bars'}",
                f"{frames / project.rate:.1f} s",
                f"{wished.takes} {'take' if wished.takes == 1 else 'takes'}",
            )
        )

    def hindrance(self) -> str:
        """A sentence on why nothing can be generated now; empty if it can."""
        missing, known = self.shelf.what_to_do(self._model), self.capabilities
        frames = self._wishes.frames(self._document.project, Fraction(0))
        if not missing and known and frames > known.max_seconds * self._document.project.rate:
            return f"{known.name} makes at most {known.max_seconds:g} s at once: ask for less, and continue it then."
        return missing

    # orders

    def order(self, title: str, request: Request) -> Order:
        """An order to the chosen model for the open song.

        Raises:
            EngineError: no song is open.
        """
        if self._document.folder is None:
            raise EngineError("No song is open: open one, or start a new one.")
        return Order(title, self._model, request, Place(self._document.folder, self._document.project.rate))

    def submit(
        self,
        order: Order,
        done: Callable[[Arrivals], object],
        failed: Callable[[str], object] | None = None,
        *,
        title: str = "",
        spot: Spot | None = None,
        match: Match | None = None,
    ) -> Job:
        """Runs `order` as a job, with a placeholder at `spot`; then calls `done`, if its song is still open.

        When it fails, `failed(sentence)` is called (an empty sentence if the user cancelled), or else the sentence is
        shown with a way to try again. The takes' sounds can be played when `done` is called; takes that stand alone are
        equally loud, or as loud as `match` makes them. `title` is the job's, in place of the order's.
        """
        key = new_id()
        folder = order.place.folder

        def operation(context: Context) -> Arrivals:
            return self._make(order, match, context)

        def arrived(made: Arrivals) -> None:
            self._document.sounds.arrived(key)
            if self._document.folder == folder:
                done(made)
                for sentence in made.notices:
                    self.notice.emit(sentence)

        def ended(sentence: str) -> None:
            self._document.sounds.arrived(key)
            if failed:
                failed(sentence)
            else:
                self._fail(sentence, job)

        def again() -> None:
            if self._document.folder == folder:
                self.submit(order, done, failed, title=title, spot=spot, match=match)

        job = self._document.jobs.submit(title or order.title, operation, arrived, ended, queue=QUEUE, again=again)
        if spot:
            coming = Coming(key, spot.name, spot.track_id, spot.position, job, spot.length, generated=True)
            self._document.sounds.expect(coming)
        return job

    @property
    def orders(self) -> list[Job]:
        """The jobs for the generator that wait or run."""
        return self._document.jobs.running_in(QUEUE)

    def generate(self) -> Job | None:
        """Makes what the panel says, at the playhead, as takes under one new clip; None without a song."""
        document, wished = self._document, self._wishes
        project = document.project
        if document.folder is None:
            return None
        position = placing.playhead_place(project, self._bridge.position, fit=wished.fit and wished.in_bars)
        start, frames = project.clock.frames(position), wished.frames(project, position)
        track_id = placing.free_track(project, document.selection.track, start, start + frames, document.coming)
        prompt = " ".join(wished.prompt.split())
        spot = Spot(prompt or "Generated", track_id, position, frames)
        asked = frames + (self._spare(frames) if wished.fit else 0)
        request = Request(
            Task.GENERATE, self.settings(), asked / project.rate, asked, seed=wished.seed, takes=wished.takes
        )

        def done(made: Arrivals) -> None:
            clip_id = new_id()
            name = f"Generate “{words.short_name(spot.name)}”"
            if document.apply(name, lambda p: placing.place(p, spot, made.takes, clip_id)):
                document.select([clip_id])
                self.generated.emit(clip_id)

        job = self.submit(self.order(spot.name, request), done, title=f"Generate “{spot.name}”", spot=spot)
        self._remember(prompt)
        if not wished.locked:
            self.change(seed=wishes.new_seed())
        return job

    def _spare(self, frames: int) -> int:
        """How much longer than its clip a take is made, so that lining it up leaves no gap at the end."""
        project, known = self._document.project, self.capabilities
        spare = spare_frames(float(project.tempo), project.rate, frames)
        return max(min(spare, int(known.max_seconds * project.rate) - frames), 0) if known else spare

    @property
    def prompts(self) -> list[str]:
        """The prompts that were used, latest first."""
        return [line for line in self._store.text("generation/prompts").split("\n") if line]

    # inside

    def _make(self, order: Order, match: Match | None, context: Context) -> Arrivals:
        """Runs on the job's thread."""
        takes = self.studio.run(order, context)
        request, place = order.request, order.place
        arrivals = [placing.arrival(made, f"Seed {request.seed + index}") for index, made in enumerate(takes.takes)]
        context.progress(1.0, "Matching levels")
        for each in arrivals:
            prepare(place.folder, each.source, place.rate)
        if match is None and request.task in ONE_BY_ONE:
            match = partial(equally_loud, place.folder, place.rate)
        if match:
            arrivals = match(arrivals, context)
        return Arrivals(tuple(arrivals), takes.notices, takes.seconds_spent)

    def _remember(self, prompt: str) -> None:
        if prompt:
            kept = [prompt, *(each for each in self.prompts if each != prompt)]
            self._store.put("generation/prompts", "\n".join(kept[:MAX_PROMPTS]))

    def _learn(self, model: Model, capabilities: Capabilities) -> None:
        known = self._learned.get(model) == capabilities
        self._learned[model] = capabilities
        if model == self._model and not known:
            self.capabilities_changed.emit(capabilities)

    def _on_status(self, status: Status) -> None:
        self._status = status
        if status.loaded:
            self._learn(status.loaded.model, status.loaded.capabilities)
        self.status_changed.emit(status)

    def _fail(self, sentence: str, job: Job | None) -> None:
        if sentence and job and job.state is JobState.FAILED:
            self.failed.emit(sentence, job)


def level(arrival: Arrival, folder: Path, rate: int, context: Context) -> levels.Level:
    """How loud a take is, as the generator said or as it is measured here. Not for the UI thread."""
    return levels.level_of(arrival.take.provenance) or levels.measure(folder, arrival.source, rate, context)


def equally_loud(folder: Path, rate: int, arrivals: list[Arrival], context: Context) -> list[Arrival]:
    """The takes with gains that make them equally loud. Not for the UI thread."""
    if len(arrivals) < 2:
        return arrivals
    gains = levels.matching_gains([level(each, folder, rate, context) for each in arrivals])
    return [placing.with_gain(each, gain) for each, gain in zip(arrivals, gains, strict=True)]
