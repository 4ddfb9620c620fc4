"""What audio files say of themselves, in a song that they come into: cue points, tempo and key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.errors import shown
from engine.ids import new_id
from engine.plain_text import counted
from engine.project import edits
from engine.project.edits.structure import tidy
from engine.project.model import Marker, Project, Source
from engine.tags.reading import AudioTags
from engine.timing.position import Position

MOST_MARKERS = 500
"""Cue points of files that come in together that become markers."""


@dataclass(frozen=True, slots=True)
class PlacedSounds:
    """The song with sounds in it. clip_ids: of their clips, in order. notices: sentences on what their files say.

    tempo: that a file says, in quarter notes a minute, where the song has kept its own, another one.
    """

    project: Project
    clip_ids: tuple[str, ...]
    notices: tuple[str, ...] = ()
    tempo: Fraction | None = None


def place_sounds(
    p: Project, sounds: Sequence[Source], tags: Mapping[str, AudioTags], position: Position,
    *, track_id: str | None = None,
) -> PlacedSounds:  # fmt: skip
    """Puts a clip of each of `sounds` into the song as `edits.add_sounds` does, and heeds what their files say.

    tags: by the ids of the sources. Cue points become markers. A loop takes its tempo along into a song without any
    clip, at its start; else a tempo that differs is told, to be offered.
    """
    empty = not any(True for _ in p.clips()) and p.clock.frames(position) == 0
    tagged = next(((each, tags[each.id]) for each in sounds if each.id in tags and tags[each.id].tempo), None)
    tempo = _tempo(tagged[1]) if tagged else None
    notices: list[str] = []
    offered: Fraction | None = None
    if tagged and tempo and tempo != p.clock.tempo_at(position):
        takes = empty and tagged[1].loop is not None and not p.tempo_changes
        notices.append(_sentence(tagged[0], tempo, tagged[1].key, p.clock.tempo_at(position), taken=takes))
        if takes:
            p = edits.set_tempo(p, tempo)
        else:
            offered = tempo
    p, ids = edits.add_sounds(p, sounds, position, track_id=track_id)
    p, left_out = _with_markers(p, ids, sounds, tags)
    if left_out:
        notices.append(f"{counted(left_out, 'cue point')} of the files did not become markers: they are too many.")
    return PlacedSounds(p, tuple(ids), tuple(notices), offered)


def with_tempo(p: Project, tempo: Fraction, position: Position) -> Project:
    """The song with that tempo from `position` on; what is there keeps its bars."""
    beat = p.clock.beats(position)
    return edits.add_tempo_point(p, beat, tempo) if beat else edits.set_tempo(p, tempo)


def _tempo(tags: AudioTags) -> Fraction | None:
    return _to_thousandths(tags.tempo) if tags.tempo else None


def _to_thousandths(number: float) -> Fraction:
    return Fraction(round(1000 * number), 1000)


def _sentence(source: Source, tempo: Fraction, key: str, own: Fraction, *, taken: bool) -> str:
    also = f" and {tidy(key)}" if key else ""
    says = f"“{shown(source.name)}” says {float(tempo):g} BPM{also}"
    return f"{says}; the song took its tempo." if taken else f"{says}; the song has {float(own):g} BPM."


def _with_markers(
    p: Project, ids: Sequence[str], sounds: Sequence[Source], tags: Mapping[str, AudioTags]
) -> tuple[Project, int]:
    """The song with the cue points of the files as markers, each once, and how many are left out."""
    clock = p.clock
    present = {(clock.frames(each.position), each.name) for each in p.markers}
    wanted: dict[tuple[int, str], None] = {}
    for clip_id, source in zip(ids, sounds, strict=True):
        place = p.find_clip(clip_id)
        cues = tags[source.id].cues if source.id in tags else ()
        if place is None or not source.rate:
            continue
        start, length = p.start_of(place[1]), place[1].length
        for cue in cues:
            frame = round(cue.frame * p.rate / source.rate)
            if 0 <= frame <= length:
                wanted.setdefault((start + frame, tidy(cue.name)))
    new = [each for each in wanted if each not in present]
    count = len(p.markers)
    markers = [
        Marker(new_id(), Position.at_frame(frame), name or f"Marker {count + number}")
        for number, (frame, name) in enumerate(new[:MOST_MARKERS], 1)
    ]
    if not markers:
        return p, 0
    markers = sorted((*p.markers, *markers), key=lambda each: clock.frames(each.position))
    return replace(p, markers=tuple(markers)), len(new) - len(new[:MOST_MARKERS])
