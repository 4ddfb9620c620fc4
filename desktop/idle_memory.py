"""Memory that edits and jobs have freed goes back to the system once nothing has changed for a while."""

from PySide6.QtCore import QTimer

from desktop.document import Document
from desktop.jobs import JobCentre
from engine.memory import give_back

REST_MS = 3000
"""Without an edit or news of a job for so long, what they have freed is not needed again soon."""


def give_back_when_idle(document: Document, jobs: JobCentre) -> QTimer:
    """Begins to watch for rest after the start, and after each edit or job; the timer of it, which is the document's.

    What the window keeps for its pictures (`engine.memory.keep_freed`) it is given again as they are drawn.
    """
    rest = QTimer(document, singleShot=True, interval=REST_MS)
    rest.timeout.connect(give_back)
    document.changed.connect(lambda *_: rest.start())
    document.opened.connect(rest.start)
    jobs.changed.connect(lambda _: rest.start())
    rest.start()
    return rest
