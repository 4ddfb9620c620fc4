"""Brings into view where the sound will be that has just been asked for."""

from math import ceil

from PySide6.QtCore import QObject

from desktop.document import Document
from desktop.timeline.canvas import Canvas
from desktop.timeline.placeholders import SPARE

LEAST_PX = 96
"""So much of it is in view, or all if it is narrower; else the view goes there."""


class RevealNew(QObject):
    """Follows what is on its way into the song. Files that are imported come where the user dropped them, in view."""

    def __init__(self, document: Document, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._document, self._canvas = document, canvas
        self._seen: frozenset[str] = frozenset()
        document.coming_changed.connect(self._on_coming)

    def _on_coming(self) -> None:
        canvas, coming = self._canvas, self._document.coming
        viewport, boxes, clock = canvas.viewport, canvas.placeholders, self._document.project.clock
        ends = [clock.frames(each.position) + each.length for each in coming]
        viewport.set_content(max(viewport.content_end, *ends, 0), boxes.content_height(canvas.rows))
        new = [each.id for each in coming if each.generated and not each.clip_id and each.id not in self._seen]
        self._seen = frozenset(each.id for each in coming)
        if not new:
            return
        each, box = next(pair for pair in boxes.boxes(canvas.rows) if pair[0].id == new[-1])
        top = round(box.top()) + viewport.top
        viewport.reveal_y(top, top + ceil(box.height()) + SPARE)  # with the composer bar below it
        start = clock.frames(each.position)
        if min(box.right(), viewport.width) - max(box.left(), 0.0) < min(box.width(), LEAST_PX):
            if box.width() < viewport.width:
                viewport.reveal(start + each.length)
            viewport.reveal(start)
