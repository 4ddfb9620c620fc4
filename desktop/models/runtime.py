"""Fetches the neural models' runtime from the window, where the program is packed."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.document import Document
from desktop.generation.model_choice import ModelChoice
from engine import runtime

QUEUE = "runtime"


class RuntimeInstall(QObject):
    """The action that installs the runtime: a job, which can be cancelled and begun again. UI thread only."""

    def __init__(self, document: Document, models: ModelChoice, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._models = document, models

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"install_runtime": self.install}

    def install(self) -> None:
        """Begins, or goes on; says so where there is nothing to do."""
        document = self._document
        if not runtime.is_packed() or runtime.is_ready():
            self._tell("Neural models have all that they need.")
        elif not document.jobs.running_in(QUEUE):
            from engine.runtime_setup import install  # which loads what talks to servers

            document.jobs.submit("Install the neural runtime", install, self._done, self._failed, queue=QUEUE)

    def _done(self, _: object) -> None:
        self._models.restart()
        self._tell("The neural runtime is installed: models can be used now.")

    def _failed(self, sentence: str) -> None:
        if sentence:
            self._document.failed.emit(sentence)

    def _tell(self, sentence: str) -> None:
        self._document.offered.emit(sentence, "", None)
