"""The window's side of the generator: orders become jobs, and what they make comes into the song.

Loading and generating happen in the studio's process; jobs of the queue `engine` wait for it. Nothing here blocks.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import making, own_wishes, placing, wishes, words
from desktop.generation.awaited import Awaited
from desktop.generation.making import Arrivals, Match
from desktop.generation.own_wishes import OwnBook, OwnWishes
from desktop.generation.placing import Spot
from desktop.generation.prompt_sounds import PromptSounds
from desktop.generation.shelf import Shelf
from desktop.generation.wishes import Wishes
from desktop.settings import Settings
from engine.analysis.fit import spare_frames
from engine.errors import EngineError
from engine.generate.api import Capabilities, Request, Task
from engine.generate.api import Settings as ModelSettings
from engine.generate.catalog import DEFAULT
from engine.ids import new_id
from engine.jobs import Context, Job, JobState
from engine.project.model import Clip, Project
from engine.studio.api import Changed, Model, Order, Place, Status, Studio
from engine.studio.capability_cache import read_capabilities
from engine.timing.position import SONG_START, Position

QUEUE = "engine"
MAX_PROMPTS = 40
OWN = ("prompt", "negative", "values")
"""Wishes that a clip has of its own."""


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
    _early = Signal(object)

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
        self._learned = read_capabilities()
        self._met: set[Model] = set()  # were loaded since the start
        self._learning: Job | None = None
        self._refused: Model | None = None  # could not be loaded the last time
        self._status = Status(False, None)
        self.shelf = Shelf()
        self.sounds = PromptSounds(document, self)
        self.sounds.changed.connect(self.wishes_changed)
        self.key_of: Callable[[Project], str] = lambda project: ""
        """Says the song's key, such as “A minor”; empty while it is not known."""
        self._wishes = Wishes()
        self._model = Model(settings.text("generation/model") or DEFAULT, settings.text("generation/device") or None)
        self._own: list[Job] = []  # that make takes for the open song
        self._heard.connect(self._on_status, Qt.ConnectionType.QueuedConnection)
        self._early.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._book = OwnBook()
        self._subject: str | None = None  # the clip whose wishes are shown
        document.opened.connect(self._drop_orders)
        document.opened.connect(self._book.forget)
        document.selection_changed.connect(self._look_at_subject)
        document.changed.connect(self._on_song)
        document.opened.connect(self._begin_anew)

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
        """What the chosen model can do, as it was when it was loaded last; None until it was loaded once."""
        return self._learned.get(self._model)

    def learn(self) -> None:
        """Loads the chosen model in the background, unless it was loaded, is on its way, or has just failed."""
        model = self._model
        if self._closed or model in self._met or model == self._refused:
            return
        if not self.installed or (self._learning and not self._learning.over):
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

    def prepare(self) -> None:
        """Lets the generator's process start and read its libraries in, so that the first order need not wait."""
        if not self._closed:
            self.studio.prepare()

    def close(self, timeout: float = 3.0) -> None:
        """Ends the generator's process. Jobs must have been asked to stop before."""
        self._closed = True
        if self._studio:
            self._studio.close(timeout)

    # what is asked

    @property
    def subject(self) -> Clip | None:
        """The clip whose prompt, negative prompt, model and parameters the panel shows: the one that is selected."""
        found = self._document.project.find_clip(self._subject) if self._subject else None
        return found[1] if found else None

    @property
    def wishes(self) -> Wishes:
        """The values of the Generate panel: those for new music, or with those of the selected clip in their place."""
        clip = self.subject
        return self._wishes if clip is None else self.wishes_of(clip)

    def wishes_of(self, clip: Clip) -> Wishes:
        """What a clip is asked with: its own prompt, negative prompt and parameters."""
        own = self._own_of(clip)
        return replace(self._wishes, prompt=own.prompt, negative=own.negative, values=own.values)

    def model_of(self, clip: Clip) -> Model:
        """The model that a clip is asked of: its own, where that is installed, else the chosen one."""
        own = self._own_of(clip).model
        return self._usable(own) or self._model

    def settings_of(self, clip: Clip) -> ModelSettings:
        """What the model is told for a clip, but for the sound that it was to be like."""
        asked, known = self.wishes_of(clip), self._learned.get(self.model_of(clip))
        return wishes.model_settings(asked, self.sent_prompt(asked.prompt), known)

    def capabilities_of(self, clip: Clip) -> Capabilities | None:
        """What the model of a clip can do; None until it was loaded once."""
        return self._learned.get(self.model_of(clip))

    @property
    def shown_model(self) -> Model:
        """The model that the panel shows, and that is asked by its button."""
        clip = self.subject
        return self._model if clip is None else self.model_of(clip)

    @property
    def shown_capabilities(self) -> Capabilities | None:
        """What the shown model can do; None until it was loaded once."""
        return self._learned.get(self.shown_model)

    def choose_model(self, model: Model) -> None:
        """Chooses the model of what the panel shows."""
        clip = self.subject
        if clip is None:
            self.set_model(model)
        else:
            self._book.change(clip, self._own_of(clip), model=model)
            self.capabilities_changed.emit(self.shown_capabilities)
            self.wishes_changed.emit()

    def change(self, **values: Any) -> None:
        """Changes some of the wishes that the panel shows."""
        clip = self.subject
        own = {name: value for name, value in values.items() if name in OWN} if clip else {}
        if clip and own:
            before = self._own_of(clip)
            if self._book.change(clip, before, **own) != before:
                self.wishes_changed.emit()
        changed = wishes.limited(replace(self._wishes, **{key: values[key] for key in values if key not in own}))
        if changed != self._wishes:
            self._wishes = changed
            self.wishes_changed.emit()

    def set_value(self, name: str, value: Any) -> None:
        """Sets one of the model's parameters; None takes the model's own default."""
        values = {key: old for key, old in self.wishes.values.items() if key != name}
        self.change(values=values if value is None else {**values, name: value})

    def sent_prompt(self, prompt: str | None = None) -> str:
        """A prompt (the panel's) as it is sent: with the song's tempo and key, if the user wants that."""
        text = self.wishes.prompt if prompt is None else prompt
        if not self._wishes.fit:
            return " ".join(text.split())
        return words.sent_prompt(text, self._tempo, self.key_of(self._document.project))

    @property
    def _tempo(self) -> float:
        """The song's tempo at the playhead, where what is asked for will lie, in beats a minute."""
        return float(self._document.project.clock.tempo_at(Position.at_frame(self._bridge.position)))

    def say_tempo(self, prompt: str | None = None) -> None:
        """Tells the user where a prompt (the panel's) states another tempo than the song's, which takes its place."""
        if self._wishes.fit:
            text = self.wishes.prompt if prompt is None else prompt
            if sentence := words.tempo_notice(text, self._tempo):
                self.notice.emit(sentence)

    def settings(self, prompt: str | None = None) -> ModelSettings:
        """What the panel says, as the model is told it; with another prompt if one is given."""
        shown = self.wishes, self.sent_prompt(prompt), self.shown_capabilities
        return wishes.model_settings(*shown, self.sounds.sounds)

    def summary(self) -> str:
        """What would be made: "8 bars · 16.0 s · 3 takes"."""
        return wishes.summary(self._wishes, self._document.project)

    def hindrance(self) -> str:
        """A sentence on why nothing can be generated now; empty if it can."""
        missing, known = self.shelf.what_to_do(self.shown_model), self.shown_capabilities
        if not missing and self.sounds.reading:
            return "The sound that the music shall be like is being read."
        frames = self._wishes.frames(self._document.project, SONG_START)
        if not missing and known and frames > known.max_seconds * self._document.project.rate:
            return f"{known.name} makes at most {known.max_seconds:g} s at once: ask for less, and continue it then."
        return missing

    # orders

    def order(self, title: str, request: Request) -> Order:
        """An order to the shown model for the open song.

        Raises:
            EngineError: no song is open.
        """
        if self._document.folder is None:
            raise EngineError("No song is open: open one, or start a new one.")
        return Order(title, self.shown_model, request, Place(self._document.folder, self._document.project.rate))

    def submit(
        self,
        order: Order,
        done: Callable[[Arrivals], object],
        *,
        more: Callable[[Arrivals], object] | None = None,
        title: str = "",
        spot: Spot | None = None,
        clip_id: str = "",
        match: Match | None = None,
    ) -> Job:
        """Runs `order` as a job, with a placeholder at `spot`; then calls `done`, if its song is still open.

        When it fails, that is said with a way to try again. The takes' sounds can be played when `done` is called;
        takes that stand alone are equally loud, or as loud as `match` makes them. With `more`, `done` gets the first
        take as soon as that one is there, and `more` all of them, with their gains, when the others are. While further
        takes of the clip `clip_id` are made, that is marked on it. `title` is the job's, in place of the order's.
        """
        folder, takes = order.place.folder, order.request.takes
        awaited = Awaited(self._document, clip_id)
        in_two = more is not None and takes > 1
        early: list[Arrivals] = []

        def operation(context: Context) -> Arrivals:
            if not in_two:
                return making.make(self.studio, order, match, context)
            return making.make_first_apart(
                self.studio, order, early, lambda: self._early.emit(lambda: arrived(early[0], done)), match, context
            )

        def arrived(made: Arrivals, take_in: Callable[[Arrivals], object]) -> None:
            awaited.over()
            if self._document.folder == folder:
                take_in(made)
                for sentence in made.notices:
                    self.notice.emit(sentence)
                awaited.at_clip(submitted[-1], takes - len(made.takes))

        def ended(sentence: str) -> None:
            awaited.over()
            self._fail(sentence, submitted[-1])

        def start() -> None:
            if self._document.folder != folder:
                return
            take_in = more if more and in_two else done
            job = self._document.jobs.submit(
                title or order.title, operation, lambda made: arrived(made, take_in), ended, queue=QUEUE, again=start
            )
            submitted.append(job)
            self._own = [*(each for each in self._own if not each.over), job]
            if spot and not early:
                awaited.at_spot(job, spot)
            else:
                awaited.at_clip(job, takes - len(early))

        submitted: list[Job] = []
        start()
        return submitted[0]

    @property
    def orders(self) -> list[Job]:
        """The jobs for the generator that wait or run."""
        return self._document.jobs.running_in(QUEUE)

    def generate(self) -> Job | None:
        """Makes what the panel says, at the playhead, as takes under one new clip; None without a song."""
        document, wished = self._document, self.wishes
        project = document.project
        if document.folder is None:
            return None
        position = placing.playhead_place(project, self._bridge.position, fit=wished.fit and wished.in_bars)
        start, frames = project.clock.frames(position), wished.frames(project, position)
        track_id = placing.free_track(project, document.selection.track, start, start + frames, document.coming)
        prompt = " ".join(wished.prompt.split())
        self.say_tempo(prompt)
        spot = Spot(prompt or own_wishes.UNNAMED, track_id, position, frames)
        asked = frames + (self._spare(frames) if wished.fit else 0)
        request = Request(
            Task.GENERATE, self.settings(), asked / project.rate, asked, seed=wished.seed, takes=wished.takes
        )

        clip_id = new_id()

        def done(made: Arrivals) -> None:
            name = f"Generate “{words.short_name(spot.name)}”"
            if document.apply(name, lambda p: placing.place(p, spot, made.takes, clip_id), merge=clip_id):
                document.history.close_step()
                document.select([clip_id])
                self.generated.emit(clip_id)

        def more(made: Arrivals) -> None:
            document.amend_all(lambda p: placing.joined(p, clip_id, made.takes), since=clip_id)
            self.generated.emit(clip_id)

        title = f"Generate “{spot.name}”"
        job = self.submit(self.order(spot.name, request), done, more=more, title=title, spot=spot, clip_id=clip_id)
        self.remember(prompt)
        self._book.forget(
            self.subject
        )  # the clip that was shown keeps its own prompt; the new one has what was written
        if not wished.locked:
            self.change(seed=wishes.new_seed())
        return job

    def _spare(self, frames: int) -> int:
        """How much longer than its clip a take is made, so that lining it up leaves no gap at the end."""
        project, known = self._document.project, self.shown_capabilities
        spare = spare_frames(self._tempo, project.rate, frames)
        return max(min(spare, int(known.max_seconds * project.rate) - frames), 0) if known else spare

    @property
    def prompts(self) -> list[str]:
        """The prompts that were used, latest first."""
        return [line for line in self._store.text("generation/prompts").split("\n") if line]

    def remember(self, prompt: str) -> None:
        """Puts a prompt that was used before the others."""
        if prompt := " ".join(prompt.split()):
            kept = [prompt, *(each for each in self.prompts if each != prompt)]
            self._store.put("generation/prompts", "\n".join(kept[:MAX_PROMPTS]))
            self.wishes_changed.emit()

    # inside

    def _own_of(self, clip: Clip) -> OwnWishes:
        model = self._usable(own_wishes.model_of(clip.chosen)) or self._model
        return self._book.of(clip, self._learned.get(model))

    def _usable(self, model: Model | None) -> Model | None:
        """A model that a record names, on the device that is chosen now; None where it is not installed."""
        if model is None:
            return None
        here = replace(model, device=self._model.device)
        return here if self.shelf.has(here) else None

    def _look_at_subject(self) -> None:
        chosen = self._document.selection.clips
        subject = next(iter(chosen)) if len(chosen) == 1 else None
        if subject != self._subject:
            self._subject = subject
            self.capabilities_changed.emit(self.shown_capabilities)
            self.wishes_changed.emit()

    def _on_song(self, old: Project, new: Project) -> None:
        """Another take of the selected clip has another prompt."""
        if self._subject is None:
            return
        before, after = old.find_clip(self._subject), new.find_clip(self._subject)
        if before and after and (before[1].chosen is not after[1].chosen or before[1].name != after[1].name):
            self.wishes_changed.emit()

    def _deliver(self, take_in: Callable[[], object]) -> None:
        take_in()

    def _drop_orders(self) -> None:
        """What was asked for the song before is not made any more."""
        for job in self._own:
            self._document.jobs.cancel(job)
        self._own.clear()

    def _begin_anew(self) -> None:
        """Another song begins with the usual values: prompt, length and the rest are no settings of the program."""
        if self._wishes != Wishes():
            self._wishes = Wishes()
            self.wishes_changed.emit()

    def _learn(self, model: Model, capabilities: Capabilities) -> None:
        self._met.add(model)
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
