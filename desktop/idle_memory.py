"""Memory that edits and jobs have freed goes back to the system once nothing has changed for a while."""

from PySide6.QtCore import QTimer

from desktop.document import Document
from desktop.jobs import JobCentre
from engine.memory import give_back

REST_MS = 3000
"""Without an edit or news of a job for so long, what they have freed is not needed again soon."""
LATEST_MS = 20000
"""After the first news; a take that is continued live tells some every second, and what came before it is freed."""


def give_back_when_idle(document: Document, jobs: JobCentre) -> tuple[QTimer, QTimer]:
    """Begins to watch for rest after the start, and after each edit or job.

    What the window keeps for its pictures (`engine.memory.keep_freed`) it is given again as they are drawn.

    Returns:
        The timers of the rest and of the latest moment, which are the document's.
    """
    rest = QTimer(document, singleShot=True, interval=REST_MS)
    latest = QTimer(document, singleShot=True, interval=LATEST_MS)

    def wait() -> None:
        rest.start()
        if not latest.isActive():
            latest.start()

    def give() -> None:
        rest.stop()
        latest.stop()
        give_back()

    rest.timeout.connect(give)
    latest.timeout.connect(give)
    document.changed.connect(lambda *_: wait())
    document.opened.connect(wait)
    jobs.changed.connect(lambda _: wait())
    wait()
    return rest, latest
