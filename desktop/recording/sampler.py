"""A clip becomes an instrument: a new track, armed, whose notes play the clip's sound."""

from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.recording.arming import Arming
from engine.ids import new_id
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Instrument, Project


class Sampler:
    """UI thread."""

    def __init__(self, document: Document, arming: Arming, jobs: JobCentre) -> None:
        self._document, self._arming, self._jobs = document, arming, jobs

    def play_clip(self) -> None:
        """Makes an instrument of the first selected clip, in the background."""
        document = self._document
        project, folder = document.project, document.folder
        clip = next((clip for _, clip in project.clips() if clip.id in document.selection.clips), None)
        if clip is None or folder is None:
            return
        name = clip.name or "Sampler"

        def make(context: Context) -> Instrument:
            from engine.inference.sampler import instrument_of_clip

            return instrument_of_clip(project, folder, clip, context)

        def done(instrument: Instrument) -> None:
            track_id = new_id()

            def edit(p: Project) -> Project:
                return edits.set_instrument(edits.add_track(p, name, track_id=track_id), track_id, instrument)

            if document.project.id == project.id and document.apply(f"Play {name} as an instrument", edit):
                document.select((), track=track_id)
                self._arming.arm(track_id)

        self._jobs.submit(
            f"Make an instrument of {name}",
            make,
            done,
            lambda sentence: document.failed.emit(sentence) if sentence else None,
        )
