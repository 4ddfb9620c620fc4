"""Separate Drums: an audio clip becomes two tracks, drums and the rest, that add up to it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from desktop.audio_selection import selected_audio
from desktop.document import Document
from engine.errors import EditError
from engine.ids import new_id
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, Project, Source, audio_take

QUEUE = "listening"
NAMES = ("drums", "harmonic")
STEP = "Separate Drums"


class DrumSeparation(QObject):
    """Separates the selected audio clips. UI thread only."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"separate": self.separate_selected}

    def separate_selected(self) -> None:
        """Separates each selected clip of audio; clips of notes are left as they are."""
        for clip in selected_audio(self._document):
            self.separate(clip)

    def separate(self, clip: Clip) -> None:
        """Separates a clip as the song plays it now, before its gain and fades; one undo step."""
        document, project, folder = self._document, self._document.project, self._document.folder
        if folder is None:
            return

        def operation(context: Context) -> tuple[Source, ...]:
            from engine.inference.clip_audio import clip_sound
            from engine.inference.separation_client import separated
            from engine.project.storing import store_sound

            parts = separated(clip_sound(project, folder, clip, context=context), context)
            return tuple(
                store_sound(folder, part, f"{clip.name} {name}") for part, name in zip(parts, NAMES, strict=True)
            )

        def done(sources: tuple[Source, ...]) -> None:
            if document.folder == folder:
                document.apply(STEP, lambda p: _separated(p, clip, sources))

        document.jobs.submit(
            f"Separate the Drums of “{clip.name}”",
            operation,
            done,
            document.job_failed,
            queue=QUEUE,
            again=lambda: self.separate(clip),
        )


def _separated(p: Project, clip: Clip, sources: tuple[Source, ...]) -> Project:
    """The song with the parts on tracks below the clip's, set up as it is; the clip itself is muted.

    The parts lie where it lies by now, as long as it was when it was separated. Where it was generated, they say so.
    """
    place = p.find_clip(clip.id)
    if place is None:
        raise EditError(f"“{clip.name}” is no longer in the song: its parts have no place.")
    track, now = place
    at = p.tracks.index(track) + 1
    record = clip.chosen.provenance
    for source, name in reversed(list(zip(sources, NAMES, strict=True))):
        p = edits.duplicate_track(edits.add_source(p, source), track.id)
        own = replace(p.tracks[at], name=f"{track.name} {name}", clips=())
        p = replace(p, tracks=(*p.tracks[:at], own, *p.tracks[at + 1 :]))
        title = f"{now.name} {name}"
        provenance = {**record, "separated": name} if record is not None else None
        take = audio_take(new_id(), source.id, title, gain_db=clip.chosen.gain_db, provenance=provenance)
        part = replace(clip, id=new_id(), position=now.position, name=title, takes=(take,), take=0, comp=())
        p = edits.add_clip(p, own.id, part)
    return edits.set_clip(p, [clip.id], mute=True)
