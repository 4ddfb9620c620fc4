"""What is known of a song beside the project itself: its key and its sections, for the files that it is exported to."""

from collections.abc import Mapping
from pathlib import Path

from engine.analysis.fit import Fit
from engine.analysis.key import CLEAR_KEY, key_of
from engine.inference.compositions import key_of_song
from engine.inference.song_form import song_form
from engine.playback.file_tags import SongFacts
from engine.project.model import Project
from engine.timing.position import Position


def facts_of(project: Project, cover: Path | None = None, *, loop: bool = False) -> SongFacts:
    """The facts of a song: the key of its first composed piece, or what was heard in its takes, and its sections.

    cover: a picture's file; None: the one in the song's folder. loop: whether what is rendered goes round.
    """
    sections = tuple((Position.at_beat(each.start), each.name) for each in song_form(project).sections)
    return SongFacts(key_of_song(project) or _heard_key(project), sections, cover, loop)


def _heard_key(project: Project) -> str:
    chromas = []
    for track, clip in project.clips():
        record = (clip.chosen.provenance or {}).get("fit")
        if isinstance(record, Mapping) and not track.mute and not clip.mute:
            fit = Fit.from_json(record)
            if fit and fit.chroma:
                chromas.append(fit.chroma)
    key = key_of(chromas)
    return str(key) if key and key.confidence >= CLEAR_KEY else ""
