"""The one way to open a painter: what goes wrong while it is open is reported, and never leaves the paint."""

import sys
from types import TracebackType

from PySide6.QtGui import QPaintDevice, QPainter


class painting:  # noqa: N801 - used as a function is: `with painting(self) as painter`
    """A painter on `device`, ended at the end of the block whatever happens in it.

    Qt ends the process when a painter is still open after a paint. An exception in the block therefore goes to
    `sys.excepthook`, which shows and logs it (see `desktop/log.py`); the rest of the picture is missing, and the
    program goes on.
    """

    def __init__(self, device: QPaintDevice) -> None:
        self._painter = QPainter(device)

    def __enter__(self) -> QPainter:
        return self._painter

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._painter.end()
        if kind is None or error is None or not issubclass(kind, Exception):
            return False
        sys.excepthook(kind, error, trace)
        return True
