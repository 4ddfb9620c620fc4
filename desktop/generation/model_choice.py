"""Which model is asked, what it can do, and the generator's process that runs it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal

from desktop.generation.installed_models import InstalledModels
from desktop.jobs import JobCentre
from desktop.settings import Settings
from engine.generate.catalog import DEFAULT
from engine.generate.interface import Capabilities
from engine.inference.api import Changed, Inference, Model, Status
from engine.inference.capability_cache import read_capabilities
from engine.jobs import Job, JobState

QUEUE = "engine"
"""The queue of the jobs that wait for the generator."""
_RESTART_SECONDS = 1.0


def start_inference(changed: Changed) -> Inference:
    """The generator in a process of its own, which starts with the first order."""
    from engine.inference.client import InferenceProcess

    return InferenceProcess(changed)


class ModelChoice(QObject):
    """The chosen model and the generator. All methods and signals belong to the UI thread; nothing here blocks."""

    model_changed = Signal(object)
    """Another `Model` was chosen."""
    models_changed = Signal()
    """A model may have been installed or removed."""
    capabilities_changed = Signal()
    """It is known now, or known otherwise, what the chosen model can do."""
    status_changed = Signal(object)
    """A `Status` of the generator's process."""
    failed = Signal(str, object)
    """A sentence for the user, and the `Job` that failed (`JobCentre.retry` tries it again)."""
    _reported = Signal(object)

    def __init__(
        self,
        jobs: JobCentre,
        settings: Settings,
        start: Callable[[Changed], Inference] = start_inference,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._store, self._start = jobs, settings, start
        self._inference: Inference | None = None
        self._closed = False
        self._capabilities = read_capabilities()
        self._loaded: set[Model] = set()  # since the start
        self._loading: Job | None = None
        self._refused: Model | None = None  # could not be loaded the last time
        self._status = Status(False, None)
        self.shelf = InstalledModels()
        self._model = Model(settings.text("generation/model") or DEFAULT, settings.text("generation/device") or None)
        self._reported.connect(self._on_status, Qt.ConnectionType.QueuedConnection)

    @property
    def inference(self) -> Inference:
        """The generator; what its methods wait for belongs into a job."""
        if self._inference is None:
            self._inference = self._start(self._reported.emit)
        return self._inference

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
        self.capabilities_changed.emit()

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
        return self.capabilities_of(self._model)

    def capabilities_of(self, model: Model) -> Capabilities | None:
        """What a model can do; None until it was loaded once."""
        return self._capabilities.get(model)

    def usable(self, model: Model | None) -> Model | None:
        """A model that a record names, on the device that is chosen now; None where it is not installed."""
        if model is None:
            return None
        here = replace(model, device=self._model.device)
        return here if self.shelf.has(here) else None

    def learn(self) -> None:
        """Loads the chosen model in the background, unless it was loaded, is on its way, or has just failed."""
        model = self._model
        if self._closed or model in self._loaded or model == self._refused:
            return
        if not self.installed or (self._loading and not self._loading.over):
            return

        def done(capabilities: Capabilities) -> None:
            self._learn(model, capabilities)

        def failed(sentence: str) -> None:
            self._refused = model
            if sentence and self._loading and self._loading.state is JobState.FAILED:
                self.failed.emit(sentence, self._loading)

        def again() -> None:
            self._refused = None
            self.learn()

        self._loading = self._jobs.submit(
            f"Load {self.shelf.name(model)}",
            lambda context: self.inference.capabilities(model, context),
            done,
            failed,
            queue=QUEUE,
            again=again,
        )

    def prepare(self) -> None:
        """Lets the generator's process start and read its libraries in, so that the first order need not wait."""
        if not self._closed:
            self.inference.prepare()

    def restart(self) -> None:
        """Ends the generator's process; the next order starts another one, and no model counts as refused."""
        inference, self._inference, self._refused = self._inference, None, None
        if inference:
            inference.close(_RESTART_SECONDS)

    def close(self, timeout: float = 3.0) -> None:
        """Ends the generator's process. Jobs must have been asked to stop before."""
        self._closed = True
        if self._inference:
            self._inference.close(timeout)

    # inside

    def _learn(self, model: Model, capabilities: Capabilities) -> None:
        self._loaded.add(model)
        unchanged = self._capabilities.get(model) == capabilities
        self._capabilities[model] = capabilities
        if model == self._model and not unchanged:
            self.capabilities_changed.emit()

    def _on_status(self, status: Status) -> None:
        self._status = status
        if status.loaded:
            self._learn(status.loaded.model, status.loaded.capabilities)
        self.status_changed.emit(status)
