"""Lets a note be heard when it is put down or taken hold of, on the instrument of its track."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from desktop.bridge import PlayerBridge
from desktop.notes.session import NoteSession
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Take
from engine.project.sample_file import SampleFile

Render = Callable[[Clip, Project, Callable[[SampleFile], None]], object]
"""Makes the sound of a clip of a song in the background, and hands its file over."""

LENGTH = Fraction(1, 2)
"""Quarter notes that a note is held."""
LEVELS = (50, 80, 105, 125)
"""How hard notes are struck that are heard: the nearest to their own, so that few sounds are made and kept."""


class NoteAudition:
    """Belongs to one editor. While the song plays, and where no player runs, nothing is heard."""

    def __init__(self, session: NoteSession, bridge: PlayerBridge, render: Render) -> None:
        self._session, self._bridge, self._render = session, bridge, render
        self._wish = 0

    def hear(self, pitch: int, velocity: int) -> None:
        """Lets a note be heard; one that was asked for before, and is not there yet, is heard no more."""
        session, bridge = self._session, self._bridge
        clip, track, content = session.clip, session.track, session.content
        if not session.settings.audible or bridge.playing or not bridge.started or not (clip and track and content):
            return
        level = min(LEVELS, key=lambda each: abs(each - velocity))
        note = NoteContent((NoteEvent(Fraction(0), LENGTH, pitch, level),), instrument=content.instrument)
        alone = replace(clip, takes=(Take("heard", note),), take=0, comp=())
        project = replace(session.project, tracks=(replace(track, clips=(alone,)),))
        self._wish += 1
        wish, track_id, gain = self._wish, track.id, clip.gain_db

        def done(file: SampleFile) -> None:
            if wish == self._wish and not bridge.playing:
                bridge.audition(file, gain, track_id)

        self._render(alone, project, done)
