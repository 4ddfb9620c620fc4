"""Composed pieces in a song: the edits that put them there, and the record by which each part is found and made again.

A piece is a *composition*: its parts lie on tracks of their own, and every take of a part keeps, in its record, the
wish of the piece and which variant of the part it is (`engine.compose.variants`). So a part can be made again, varied
or played by another instrument in any later session, while the others stay as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import __version__
from engine.compose.performance import Performance
from engine.compose.score import Part, Score
from engine.compose.variants import Variant
from engine.compose.wish import Wish
from engine.errors import EditError
from engine.generate.composer.generator import ID, LICENCE, NAME, VERSION
from engine.ids import new_id
from engine.project import edits
from engine.project.model import Clip, Fade, FadeShape, Project, Take, Track
from engine.studio.commission import ROLE_TITLES
from engine.studio.placing import place_performance
from engine.timing.position import Position

KIND = "composed"
"""What a record of a composed take says of its kind."""
_CUT_SECONDS = 0.01  # of the fade where a part is cut off at the end of its last bar


@dataclass(frozen=True, slots=True)
class Composition:
    """What a take of a composed part says of itself.

    id: of the piece; all of its parts have it. wish: what the take's arrangement was composed from. gain_db: of its
    stems. rolls: how often its parts had been made again. role, genre, key: of the part and the piece.
    """

    id: str
    wish: Wish
    variant: Variant
    role: str
    genre: str
    key: str
    gain_db: float
    rolls: Mapping[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The role, as the window calls it."""
        return ROLE_TITLES.get(self.role, self.role.capitalize())


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A piece ready to be put into a song: one track for each part, with one clip that has all takes.

    tempo: of quarter notes, where the song shall follow the piece; None where the piece follows the song.
    sections: (position, name) of each section.
    """

    tracks: tuple[Track, ...]
    scratch: Project
    sections: tuple[tuple[Position, str], ...]
    start: Position
    end: Position
    follows: bool

    @property
    def clip_ids(self) -> list[str]:
        """The clips of the parts, from above."""
        return [clip.id for track in self.tracks for clip in track.clips]


def composition_of(take: Take) -> Composition | None:
    """What a take's record says of its composition; None for any other sound, or where the record is damaged."""
    record = take.provenance
    values = record.get("composition") if record and record.get("kind") == KIND else None
    return _read(_Hashed(values)) if isinstance(values, Mapping) else None


def role_of(track: Track) -> str:
    """The role of the composed part on a track; empty where there is none."""
    for clip in track.clips:
        if found := composition_of(clip.chosen):
            return found.role
    return ""


def clips_of(project: Project, composition_id: str) -> Iterator[tuple[Track, Clip]]:
    """The clips that play parts of a piece."""
    for track, clip in project.clips():
        found = composition_of(clip.chosen)
        if found is not None and found.id == composition_id:
            yield track, clip


def rolls_of(project: Project, composition_id: str) -> dict[str, int]:
    """How often each part of a piece has been made again, as the song plays it now."""
    found = [composition_of(clip.chosen) for _, clip in clips_of(project, composition_id)]
    return {each.variant.label: each.variant.roll for each in found if each is not None}


def arranged(
    project: Project,
    folder: Path,
    performances: Sequence[Performance],
    position: Position,
    *,
    prompt: str,
    bars: int | None,
    follow: bool,
    check: Callable[[], None] | None = None,
) -> Arrangement:
    """Stores the sounds of a piece and lays its parts out; any thread, and the song stays as it is.

    Args:
        project: the song as it is now.
        folder: its folder.
        performances: the takes of the piece, with the same parts.
        position: where it starts.
        prompt: as the user wrote it.
        bars: how many bars the clips have; None for the whole sound.
        follow: whether the song takes over tempo and time signature of the piece.
        check: raises where the user cancelled.

    Raises:
        AudioFileError: the disk is full or failing.
        ProjectFileError: the song's folder for audio is a link to somewhere else.
    """
    score = performances[0].score
    scratch = replace(project, tracks=(), sources={}, markers=())
    if follow:
        scratch = edits.set_signature(edits.set_tempo(scratch, tempo_of(score)), score.signature)
    composition_id = new_id()
    start = scratch.clock.frames(position)
    end = position if bars is None else scratch.clock.after_bars(position, bars)
    length = scratch.clock.frames(end) - start
    tracks: list[Track] = []
    for number, performance in enumerate(performances):
        placed, ids = place_performance(replace(scratch, tracks=()), folder, performance, position, check=check)
        scratch = replace(scratch, sources=placed.sources)
        rows = {part.name: (track, part) for track, part in _rows(placed, performance.score, ids)}
        if not number:
            tracks = [_first(track, part, performance, composition_id, prompt, length) for track, part in rows.values()]
            continue
        labels = [part.name for _, part in _rows_of(tracks, score)]
        tracks = [
            _with_take(track, *rows[label], performance, composition_id, prompt, number, length)
            for track, label in zip(tracks, labels, strict=True)
        ]
    if bars is None:
        length = max(clip.length for track in tracks for clip in track.clips)
        end = scratch.clock.after_bars(position, round(score.length / score.bar))
    return Arrangement(
        tuple(tracks), scratch, _sections(scratch, score, position), position, end, follow
    )  # fmt: skip


def with_arrangement(p: Project, arrangement: Arrangement, *, loop: bool = False) -> Project:
    """The song with the tracks of a piece below those that it has, and a marker for each of several sections.

    With `loop`, the loop region lies round the piece and is on.

    Raises:
        EditError: a track of the piece is there already.
    """
    if arrangement.follows:
        scratch = arrangement.scratch
        p = edits.set_signature(edits.set_tempo(p, scratch.tempo), scratch.signature)
    for track in arrangement.tracks:
        if p.track(track.id):
            raise EditError("These parts are in the song already.")
        p = edits.add_track(p, edits.free_track_name(p, track.name), track_id=track.id)
        row = p.tracks[-1]
        p = replace(p, tracks=(*p.tracks[:-1], replace(track, name=row.name, colour=row.colour)))
    p = replace(p, sources={**p.sources, **arrangement.scratch.sources})
    if len(arrangement.sections) > 1:
        taken = {p.clock.frames(marker.position) for marker in p.markers}
        for position, name in arrangement.sections:
            if p.clock.frames(position) not in taken:
                p = edits.add_marker(p, position, name)
    return edits.set_loop_region(p, start=arrangement.start, end=arrangement.end, on=True) if loop else p


def new_take(
    project: Project,
    folder: Path,
    performance: Performance,
    variant: Variant,
    clip: Clip,
    composition: Composition,
    name: str,
    *,
    check: Callable[[], None] | None = None,
) -> tuple[Take, Project]:
    """A further take of a composed clip, and a project that holds its sources; any thread.

    It plays the same stretch as the clip's other takes.
    """
    scratch = replace(project, tracks=(), sources={}, markers=())
    placed, _ = place_performance(scratch, folder, performance, clip.position, check=check)
    take = placed.tracks[-1].clips[0].chosen
    record = part_record(
        performance, performance.score.parts[0], composition.id, str((clip.chosen.provenance or {}).get("prompt", "")),
        variant,
    )  # fmt: skip
    content = take.content.like(clip.stretch)
    return replace(take, content=content, name=name, provenance=record), placed


def with_take(p: Project, clip_id: str, take: Take, sources: Project, name: str = "") -> Project:
    """The song with a further take of a clip, which plays it.

    Raises:
        EditError: the clip is not in the song any more.
    """
    for source in sources.sources.values():
        p = edits.add_source(p, source)
    p = edits.add_take(p, clip_id, take)
    found = p.find_clip(clip_id)
    assert found is not None
    p = edits.choose_take(p, clip_id, len(found[1].takes) - 1)
    return edits.set_clip(p, [clip_id], name=name) if name else p


def choose_arrangement(p: Project, composition_id: str, index: int) -> Project:
    """Lets every part of a piece play its take `index`, where it has that many."""
    for _, clip in list(clips_of(p, composition_id)):
        if index < len(clip.takes):
            p = edits.choose_take(p, clip.id, index)
    return p


def tempo_of(score: Score) -> Fraction:
    """The tempo of a piece in quarter notes a minute, as a song keeps it."""
    return Fraction(round(score.tempo * score.beat * 1000), 1000)


def part_record(
    performance: Performance, part: Part, composition_id: str, prompt: str, variant: Variant
) -> dict[str, Any]:
    """The record of a take of a composed part, in plain JSON values."""
    wish, score = performance.wish, performance.score
    return {
        "kind": KIND,
        "program": __version__,
        "model": ID,
        "model_name": NAME,
        "weights": VERSION,
        "licence": LICENCE,
        "device": "cpu",
        "title": clip_name(part, prompt),
        "task": "generate",
        "prompt": prompt,
        "typed_prompt": prompt,
        "seed": wish.seed,
        "composition": {
            "id": composition_id,
            "wish": _plain(wish.to_dict()),
            "variant": asdict(variant),
            "role": part.role,
            "genre": score.genre,
            "key": score.key,
            "gain_db": score.gain_db,
            "rolls": dict(performance.rolls),
        },
    }


def clip_name(part: Part, prompt: str) -> str:
    """What a composed clip is called: its instrument, and the words that it came from."""
    instrument = part.instrument[:1].upper() + part.instrument[1:]
    return f"{instrument} · {prompt}" if prompt else instrument


def _first(
    track: Track, part: Part, performance: Performance, composition_id: str, prompt: str, length: int
) -> Track:
    clip = track.clips[0]
    variant = Variant(part.name, performance.rolls.get(part.name, 0))
    take = replace(
        clip.chosen, name=_take_name(performance), provenance=part_record(performance, part, composition_id, prompt, variant)
    )
    clip = replace(clip, takes=(take,), name=clip_name(part, prompt))
    clip = _cut(clip, length, performance.sound.rate)
    return replace(track, name=ROLE_TITLES.get(part.role, track.name), clips=(clip,))


def _with_take(
    track: Track, other: Track, part: Part, performance: Performance, composition_id: str, prompt: str, number: int,
    length: int,
) -> Track:  # fmt: skip
    clip, theirs = track.clips[0], other.clips[0]
    variant = Variant(part.name, performance.rolls.get(part.name, 0))
    content = theirs.chosen.content
    if length and theirs.length > length:
        content = content.trimmed(theirs.length, 0, length)
    take = replace(
        theirs.chosen, content=content, name=_take_name(performance),
        provenance=part_record(performance, part, composition_id, prompt, variant),
    )  # fmt: skip
    return replace(track, clips=(replace(clip, takes=(*clip.takes, take)),))


def _take_name(performance: Performance) -> str:
    return f"Seed {performance.wish.seed}"


def _cut(clip: Clip, length: int, rate: int) -> Clip:
    """The clip up to the end of its last bar, where it fades out so fast that nothing clicks."""
    if not length or clip.length <= length:
        return clip
    fade = Fade(min(round(_CUT_SECONDS * rate), length), FadeShape.S_CURVE)
    return replace(clip.trimmed(0, length), fade_out=fade)


def _rows(placed: Project, score: Score, ids: Sequence[str]) -> list[tuple[Track, Part]]:
    """The placed tracks with the parts that they play."""
    tracks = [next(track for track in placed.tracks if track.clip(clip_id)) for clip_id in ids]
    return list(zip(tracks, score.parts, strict=True))


def _rows_of(tracks: Sequence[Track], score: Score) -> list[tuple[Track, Part]]:
    return list(zip(tracks, score.parts, strict=True))


def _sections(p: Project, score: Score, position: Position) -> tuple[tuple[Position, str], ...]:
    first = p.clock.beats(position)
    return tuple(
        (Position.at_beat(first + Fraction(section.start)), section.name.capitalize()) for section in score.sections
    )


def _plain(value: Any) -> Any:
    """Tuples as lists, as they are when a song was saved and opened again."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


class _Hashed:
    """A mapping that is found again by its identity: records never change."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __hash__(self) -> int:
        return id(self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and other.values is self.values


@lru_cache(maxsize=512)
def _read(record: _Hashed) -> Composition | None:
    """Reads a record once: it keeps the mapping alive, so that its identity is not another's."""
    values = record.values
    try:
        variant = values["variant"]
        return Composition(
            id=str(values["id"]),
            wish=Wish.from_dict(dict(values["wish"])),
            variant=Variant(
                str(variant["label"]), int(variant["roll"]), int(variant["variation"]), float(variant["share"]),
                str(variant["instrument"]),
            ),
            role=str(values["role"]),
            genre=str(values["genre"]),
            key=str(values["key"]),
            gain_db=float(values["gain_db"]),
            rolls={str(name): int(count) for name, count in values["rolls"].items()},
        )  # fmt: skip
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
