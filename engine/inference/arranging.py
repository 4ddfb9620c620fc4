"""Composed pieces come into a song: a track for each part, all takes under one clip, each with its record.

Jobs call what stores sounds; the edits that put them into the song are pure (`with_arrangement`, `with_take`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine import __version__
from engine.compose.identity import ID, LICENCE, NAME, VERSION
from engine.compose.piece import Performance, Variant
from engine.compose.score import Part, Score, Section
from engine.errors import EditError
from engine.ids import new_id
from engine.inference.compositions import KIND, ROLE_TITLES, Composition, composition_of, parts_of
from engine.inference.placing import as_before, place_performance
from engine.inference.song_form import Form, form_record
from engine.music.notes import instrument_title
from engine.plain_text import counted
from engine.project import edits
from engine.project.edits.structure import unused
from engine.project.model import Clip, Fade, FadeShape, Project, Take, Track
from engine.timing.position import Position

_GRID = 9600  # parts of a quarter note on which sections lie
_CUT_SECONDS = 0.01  # of the fade where a part is cut off at the end of its last bar


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A piece ready to be put into a song: one track for each part, with one clip that has all takes.

    scratch: has the sounds, and the tempo and time signature that the song takes over where it `follows` the piece.
    start, end: the bars of the piece.
    """

    tracks: tuple[Track, ...]
    scratch: Project
    start: Position
    end: Position
    follows: bool

    @property
    def clip_ids(self) -> list[str]:
        """The clips of the parts, from above."""
        return [clip.id for track in self.tracks for clip in track.clips]


def arranged(
    project: Project,
    folder: Path,
    performances: Sequence[Performance],
    position: Position,
    *,
    prompt: str,
    bars: int | None,
    follow: bool,
    composition_id: str = "",
    asked: str = "",
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
        composition_id: of the piece that these parts belong to; a new one if empty.
        asked: the identity of the commission, as `Composition` has it.
        check: raises where the user cancelled.

    Raises:
        AudioFileError: the disk is full or failing.
        ProjectFileError: the song's folder for audio is a link to somewhere else.
    """
    score = performances[0].score
    scratch = replace(project, tracks=(), sources={}, markers=())
    if follow:
        scratch = edits.set_signature(edits.set_tempo(scratch, tempo_of(score)), score.signature)
    origin = _Origin(composition_id or new_id(), prompt, asked)
    start = scratch.clock.frames(position)
    end = position if bars is None else scratch.clock.after_bars(position, bars)
    length = scratch.clock.frames(end) - start
    tracks: list[Track] = []
    for number, performance in enumerate(performances):
        placed, ids = place_performance(replace(scratch, tracks=()), folder, performance, position, check=check)
        scratch = replace(scratch, sources=placed.sources)
        rows = {part.name: (track, part) for track, part in _rows(placed, performance.score, ids)}
        if not number:
            tracks = [_first(track, part, performance, origin, length) for track, part in rows.values()]
            continue
        labels = [part.name for _, part in _rows_of(tracks, score)]
        tracks = [
            _with_take(track, *rows[label], performance, origin, length)
            for track, label in zip(tracks, labels, strict=True)
        ]
    if bars is None:
        length = max(clip.length for track in tracks for clip in track.clips)
        end = scratch.clock.after_bars(position, round(score.length / score.bar))
    return Arrangement(
        tuple(tracks), scratch, position, end, follow
    )  # fmt: skip


def place_piece(
    p: Project,
    folder: Path,
    performance: Performance,
    position: Position,
    prompt: str,
    *,
    check: Callable[[], None] | None = None,
) -> tuple[Project, list[str]]:
    """`place_performance`, with a record in every take that was composed, as the parts of an arrangement have one.

    What the user gave (`Wish.keep`) was not composed: its takes have none, so that exports do not call it generated.
    """
    placed, clip_ids = place_performance(p, folder, performance, position, check=check)
    piece, given = new_id(), {part.name for part in performance.wish.keep}
    records = {
        clip_id: part_record(performance, part, piece, prompt, Variant(part.name, performance.rolls.get(part.name, 0)))
        for clip_id, part in zip(clip_ids, performance.score.parts, strict=True)
        if part.name not in given
    }
    tracks = tuple(
        replace(track, clips=tuple(_recorded(clip, records.get(clip.id)) for clip in track.clips))
        if any(clip.id in records for clip in track.clips)
        else track
        for track in placed.tracks
    )
    return replace(placed, tracks=tracks), clip_ids


def _recorded(clip: Clip, record: Mapping[str, Any] | None) -> Clip:
    """The clip with a record in its only take."""
    return clip if record is None else replace(clip, takes=(replace(clip.chosen, provenance=record),))


def with_arrangement(p: Project, arrangement: Arrangement, *, loop: bool = False) -> Project:
    """The song with the tracks of a piece below those that it has.

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
        p = edits.add_track(p, _free_name(p, track.name), track_id=track.id)
        row = p.tracks[-1]
        p = replace(p, tracks=(*p.tracks[:-1], replace(track, name=row.name, colour=row.colour)))
    p = replace(p, sources={**p.sources, **arrangement.scratch.sources})
    return edits.set_loop_region(p, start=arrangement.start, end=arrangement.end, on=True) if loop else p


def with_further_takes(p: Project, arrangement: Arrangement) -> Project:
    """The song with an arrangement's takes under the clips of the piece that it belongs to, which play the first.

    Raises:
        EditError: the parts of the piece do not lie there any more as they were made.
    """
    p = replace(p, sources={**p.sources, **arrangement.scratch.sources})
    for track in arrangement.tracks:
        takes = track.clips[0].takes
        composition = composition_of(takes[0])
        assert composition is not None
        clip = parts_of(p, composition.id).get(composition.label)
        if clip is None:
            raise EditError("The parts were changed meanwhile, so the new takes have no place: generate them again.")
        for number, take in enumerate(takes):
            p = edits.add_take(p, clip.id, take, choose=number == 0)
    return p


def new_take(
    project: Project,
    folder: Path,
    performance: Performance,
    variant: Variant,
    clip: Clip,
    composition: Composition,
    *,
    check: Callable[[], None] | None = None,
) -> tuple[Take, Project]:
    """A further take of a composed clip, and a project that holds its sources; any thread.

    It plays the same stretch as the clip's other takes. On the instrument of the chosen one it sounds as that does,
    also where an earlier version of the composer set its strip otherwise.
    """
    scratch = replace(project, tracks=(), sources={}, markers=())
    placed, _ = place_performance(scratch, folder, performance, clip.position, check=check)
    take = placed.tracks[-1].clips[0].chosen
    part = performance.score.parts[0]
    record = part_record(performance, part, composition.id, composition.prompt, variant, composition.asked)
    content = as_before(take.content.like(clip.stretch), clip, project)
    return replace(take, content=content, name=variant_name(variant, part), provenance=record), placed


def with_take(p: Project, clip_id: str, take: Take, sources: Project, name: str = "") -> Project:
    """The song with a further take of a clip, which plays it.

    Raises:
        EditError: the clip is not in the song any more.
    """
    for source in sources.sources.values():
        p = edits.add_source(p, source)
    p = edits.add_take(p, clip_id, take)
    pair = p.find_clip(clip_id)
    assert pair is not None
    p = edits.choose_take(p, clip_id, len(pair[1].takes) - 1)
    return edits.set_clip(p, [clip_id], name=name) if name else p


def _free_name(p: Project, name: str) -> str:
    names = [track.name for track in p.tracks]
    return name if name not in names else unused(name, 1, names)


def tempo_of(score: Score) -> Fraction:
    """The tempo of a piece in quarter notes a minute, as a song keeps it."""
    return Fraction(round(score.quarters_a_minute * 1000), 1000)


def part_record(
    performance: Performance, part: Part, composition_id: str, prompt: str, variant: Variant, asked: str = ""
) -> dict[str, Any]:
    """The record of a take of a composed part, in plain JSON values; `asked` as `Composition` has it."""
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
            "played_by": part.instrument,
            "role": part.role,
            "genre": score.genre,
            "key": score.key,
            "gain_db": score.gain_db,
            "rolls": dict(performance.rolls),
            "asked": asked,
            "labels": [each.name for each in score.parts],
            "form": form_record(Form(score.chords, sections_of_piece(score.sections))),
        },
    }


def sections_of_piece(sections: Sequence[Section]) -> tuple[tuple[Fraction, Fraction, str], ...]:
    """The sections of a piece as a `Form` has them."""
    return tuple(
        (Fraction(each.start).limit_denominator(_GRID), Fraction(each.length).limit_denominator(_GRID), each.name)
        for each in sections
    )


def line_of(score: Score) -> str:
    """What a piece is, in a line: “Hip hop · A minor · 84 BPM · 16 bars”."""
    bars = counted(round(score.length / score.bar), "bar")
    return f"{score.genre.capitalize()} · {score.key} · {score.tempo:g} BPM · {bars}"


def clip_name(part: Part, prompt: str) -> str:
    """What a composed clip is called: its instrument, and the words that it came from."""
    instrument = instrument_title(part.instrument)
    return f"{instrument} · {prompt}" if prompt else instrument


def variant_name(variant: Variant, part: Part) -> str:
    """What a take of a part is called: how it differs from the first."""
    words = [f"Again {variant.roll}"] if variant.roll else []
    words += [f"Variation {variant.variation}"] if variant.variation else []
    words += [instrument_title(part.instrument)] if variant.instrument else []
    return " · ".join(words) or "First"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where takes come from. piece: the id of their composition; prompt and asked: as `Composition` has them."""

    piece: str
    prompt: str
    asked: str

    def record(self, performance: Performance, part: Part) -> dict[str, Any]:
        """That of a take of a part."""
        variant = Variant(part.name, performance.rolls.get(part.name, 0))
        return part_record(performance, part, self.piece, self.prompt, variant, self.asked)


def _first(track: Track, part: Part, performance: Performance, origin: _Origin, length: int) -> Track:
    clip = track.clips[0]
    take = replace(clip.chosen, name=_take_name(performance), provenance=origin.record(performance, part))
    clip = replace(clip, takes=(take,), comp=(), name=clip_name(part, origin.prompt))
    clip = cut_off(clip, length, performance.sound.rate)
    return replace(track, name=ROLE_TITLES.get(part.role, track.name), clips=(clip,))


def _with_take(track: Track, other: Track, part: Part, performance: Performance, origin: _Origin, length: int) -> Track:
    clip, theirs = track.clips[0], other.clips[0]
    content = theirs.chosen.content
    if length and theirs.length > length:
        content = content.trimmed(theirs.length, 0, length)
    record = origin.record(performance, part)
    take = replace(theirs.chosen, content=content, name=_take_name(performance), provenance=record)
    return replace(track, clips=(replace(clip, takes=(*clip.takes, take)),))


def _take_name(performance: Performance) -> str:
    return f"Seed {performance.wish.seed}"


def cut_off(clip: Clip, length: int, rate: int) -> Clip:
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


def _plain(value: Any) -> Any:
    """Tuples as lists, as they are when a song was saved and opened again."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
