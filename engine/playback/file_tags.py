"""What exported files say about themselves: names, origin, tempo, key, cues and loops."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.music.keys import parse_key
from engine.playback.credits import Origin, origins
from engine.playback.heard import heard_clips
from engine.playback.offline_render import RenderRange
from engine.playback.report import Levels
from engine.playback.wavfile import LoudnessTags, WavTags
from engine.project.model import Project
from engine.tags.facts import Cover, cover_in, read_cover
from engine.tags.wave_chunks import Cue, LoopFacts
from engine.tags.xmp import SourceType
from engine.timing.position import Position

_WHOLE_BEATS = 0.01
"""Beats by which a loop may miss a whole number of them."""

_ALGORITHMS = ("composer",)
"""Ids of the models that were not trained."""


@dataclass(frozen=True, slots=True)
class SongFacts:
    """What is known of a song beside the project itself. key: such as “A minor”; empty where it is not known.

    sections: where each section begins, and its name. cover: a picture's file; None: the one in the song's folder.
    loop: whether what is rendered goes round, so that its files say how.
    """

    key: str = ""
    sections: tuple[tuple[Position, str], ...] = ()
    cover: Path | None = None
    loop: bool = False


NO_FACTS = SongFacts()
"""Nothing is known."""


def cover_of(facts: SongFacts, folder: Path) -> Cover | None:
    """The cover of a song's exports; None where it has none.

    Raises:
        ExportError: it cannot be used.
    """
    return read_cover(facts.cover) if facts.cover else cover_in(folder)


def song_tags(
    project: Project, track_id: str | None, render_range: RenderRange, facts: SongFacts, cover: Cover | None
) -> WavTags:
    """What the file of a track, or of the mix (None), says about itself."""
    track = project.track(track_id) if track_id else None
    credits = origins(project, track, render_range)
    source_type = source_type_of_clips(credits, _heard_count(project, track_id, render_range))
    return WavTags(
        name=f"{project.name} - {track.name}" if track else project.name,
        project=project.name,
        description=f"{project.name}: {track.name if track else 'mix'}, {float(project.tempo):g} BPM, "
        f"{project.signature}",
        originator_reference=f"{project.id}{track.id if track else 'mix'}",
        time_reference=render_range.out_start,
        provenance={each.label: each.json() for each in credits},
        credits={each.label: each.line() for each in credits},
        tempo=None if project.tempo_changes else float(project.tempo),
        key=facts.key,
        cover=cover,
        cues=cues_of(project, render_range, facts),
        loop=loop_of(project, render_range, facts) if facts.loop else None,
        source_type=source_type.uri if source_type else "",
    )


def loudness_tags(levels: Levels) -> LoudnessTags:
    """The levels of a mix as its file says them."""
    return LoudnessTags(
        levels.integrated, levels.range, levels.true_peak_db, levels.max_momentary, levels.max_short_term
    )


def cues_of(project: Project, render_range: RenderRange, facts: SongFacts) -> tuple[Cue, ...]:
    """The markers and sections of a song that lie in what is rendered, in frames of the file, each once."""
    clock = project.clock
    places = [(each.position, each.name) for each in project.markers] + list(facts.sections)
    cues: dict[tuple[int, str], Cue] = {}
    for position, name in places:
        frame = clock.frames(position)
        if render_range.start <= frame < render_range.end:
            at = round((frame - render_range.start) * render_range.out_rate / project.rate)
            if at < render_range.out_frames:
                cues.setdefault((at, name), Cue(at, name))
    return tuple(sorted(cues.values(), key=lambda cue: cue.frame))


def loop_of(project: Project, render_range: RenderRange, facts: SongFacts) -> LoopFacts | None:
    """How what is rendered goes round; None where its tempo changes or it has no whole number of beats."""
    clock = project.clock
    start, end = Position.at_frame(render_range.start), Position.at_frame(render_range.end)
    first = clock.beats(start)
    beats = round(clock.beats(end) - first)
    one = clock.frames(Position.at_beat(first + 1)) - render_range.start
    missing = abs(clock.frames(Position.at_beat(first + beats)) - render_range.end)
    if beats < 1 or missing > _WHOLE_BEATS * one or clock.tempo_at(start) != clock.tempo_at(end):
        return None
    try:
        root = parse_key(facts.key).tonic if facts.key else None
    except EngineError:
        root = None
    signature = clock.bar_at(start).signature
    bar = (signature.numerator, signature.denominator)
    return LoopFacts(float(clock.tempo_at(start)), beats, bar, root, render_range.out_frames)


def source_type_of_clips(credits: Sequence[Origin], heard: int) -> SourceType | None:
    """How a sound was made in which `heard` clips are heard, `credits` of them generated; None where none was."""
    if not credits:
        return None
    trained = any(each.record.get("model") not in _ALGORITHMS for each in credits)
    whole = len(credits) >= heard and all((each.record.get("model") not in _ALGORITHMS) == trained for each in credits)
    if trained:
        return SourceType.TRAINED if whole else SourceType.WITH_TRAINED
    return SourceType.ALGORITHM if whole else SourceType.WITH_ALGORITHM


def _heard_count(project: Project, track_id: str | None, render_range: RenderRange) -> int:
    """How many clips are heard in what is rendered."""
    return sum(
        (track_id is None or track.id == track_id)
        and (start := project.start_of(clip)) < render_range.end
        and start + clip.length > render_range.start
        for track, clip in heard_clips(project)
    )
