"""Where the song shows that an order is on its way: a box at its place, then a mark on the clip that more takes get."""

from desktop.audio_imports import Coming
from desktop.document import Document
from desktop.generation.insert_takes import Spot
from engine.ids import new_id
from engine.jobs import Job


class OrderPlaceholder:
    """What one order shows. UI thread only."""

    def __init__(self, document: Document, clip_id: str) -> None:
        """`clip_id`: the clip whose takes it makes, there already or not; empty if there is none."""
        self._document, self._clip_id = document, clip_id
        self._key = ""

    def at_spot(self, job: Job, spot: Spot) -> None:
        """A box where the clip will be."""
        self._expect(job, spot)

    def at_clip(self, job: Job, takes: int) -> None:
        """A mark on the clip, which gets so many more takes; none if it is not in the song, or gets no more."""
        pair = self._document.project.find_clip(self._clip_id)
        if pair and takes > 0:
            track, clip = pair
            name = "1 more take" if takes == 1 else f"{takes} more takes"
            self._expect(job, Spot(name, track.id, clip.position, clip.length), clip.id)

    def over(self) -> None:
        """Nothing is awaited any more."""
        if self._key:
            self._document.sounds.arrived(self._key)
            self._key = ""

    def _expect(self, job: Job, spot: Spot, clip_id: str = "") -> None:
        self.over()
        self._key = new_id()
        coming = Coming(
            self._key, spot.name, spot.track_id, spot.position, job, spot.length, generated=True, clip_id=clip_id
        )
        self._document.sounds.expect(coming)
