"""Runs orders to the generator as jobs, and shows on the timeline that they are on their way."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from desktop.document import Document
from desktop.generation import run_order
from desktop.generation.insert_takes import Spot
from desktop.generation.model_choice import QUEUE, ModelChoice
from desktop.generation.order_placeholder import OrderPlaceholder
from desktop.generation.run_order import Arrivals, Listen, Match
from engine.errors import EngineError
from engine.generate.interface import Request
from engine.inference.api import Model, Order, Place
from engine.jobs import Context, Job, JobState


class OrderRunner(QObject):
    """Runs orders for the open song. All methods and signals belong to the UI thread."""

    failed = Signal(str, object)
    """A sentence for the user, and the `Job` that failed (`JobCentre.retry` tries it again)."""
    notice = Signal(str)
    """A sentence for the user: something to know about a result."""
    _early = Signal(object)

    def __init__(self, document: Document, models: ModelChoice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._models = document, models
        self._jobs: list[Job] = []  # that make takes for the open song
        self._early.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        document.opened.connect(self._drop_orders)

    def order(self, title: str, request: Request, model: Model) -> Order:
        """An order to `model` for the open song.

        Raises:
            EngineError: no song is open.
        """
        if self._document.folder is None:
            raise EngineError("No song is open: open one, or start a new one.")
        return Order(title, model, request, Place(self._document.folder, self._document.project.rate))

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
        listen: Listen | None = None,
    ) -> Job:
        """Runs `order` as a job, with a placeholder at `spot`; then calls `done`, if its song is still open.

        When it fails, that is said with a way to try again. The takes' sounds can be played when `done` is called;
        takes that stand alone are equally loud, or as loud as `match` makes them. With `more`, `done` gets the first
        take as soon as that one is there, and `more` all of them, with their gains, when the others are. While further
        takes of the clip `clip_id` are made, that is marked on it. `title` is the job's, in place of the order's.
        `listen` renders the tracks that the music shall fit.
        """
        folder, takes = order.place.folder, order.request.takes
        placeholder = OrderPlaceholder(self._document, clip_id)
        in_two = more is not None and takes > 1
        early: list[Arrivals] = []

        def operation(context: Context) -> Arrivals:
            inference, whole = self._models.inference, run_order.listening(order, listen, context)
            if not in_two:
                return run_order.make(inference, whole, match, context)
            return run_order.make_first_apart(inference, whole, early, deliver_first, match, context)

        def deliver_first() -> None:
            self._early.emit(lambda: arrived(early[0], done))

        def arrived(arrivals: Arrivals, take_in: Callable[[Arrivals], object]) -> None:
            placeholder.over()
            if self._document.folder == folder:
                take_in(arrivals)
                for sentence in arrivals.notices:
                    self.notice.emit(sentence)
                placeholder.at_clip(submitted[-1], takes - len(arrivals.takes))

        def ended(sentence: str) -> None:
            placeholder.over()
            self._fail(sentence, submitted[-1])

        def start() -> None:
            if self._document.folder != folder:
                return
            take_in = more if more and in_two else done
            finish = partial(arrived, take_in=take_in)
            job = self._document.jobs.submit(title or order.title, operation, finish, ended, queue=QUEUE, again=start)
            submitted.append(job)
            self._jobs = [*(each for each in self._jobs if not each.over), job]
            if spot and not early:
                placeholder.at_spot(job, spot)
            else:
                placeholder.at_clip(job, takes - len(early))

        submitted: list[Job] = []
        start()
        return submitted[0]

    @property
    def orders(self) -> list[Job]:
        """The jobs for the generator that wait or run."""
        return self._document.jobs.running_in(QUEUE)

    # inside

    def _deliver(self, take_in: Callable[[], object]) -> None:
        take_in()

    def _drop_orders(self) -> None:
        """What was asked for the song before is not made any more."""
        for job in self._jobs:
            self._document.jobs.cancel(job)
        self._jobs.clear()

    def _fail(self, sentence: str, job: Job | None) -> None:
        if sentence and job and job.state is JobState.FAILED:
            self.failed.emit(sentence, job)
