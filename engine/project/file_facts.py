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
from engine.timing.sound_tempo import are_near
from engine.timing.tempo_map import TEMPO

_NEAR = 0.01  # share of a tempo by which the beats in a loop may contradict it
MOST_MARKERS = 500
"""Cue points of files that come in together that become markers."""


@dataclass(frozen=True, slots=True)
class PlacedSounds:
    """The song with sounds in it. clip_ids: of their clips, in order. notices: sentences on what their files say.

    tempo: that a file says, in quarter notes a minute, where the song has kept its own, another one. warped: the ids of
    clips that were stretched to the song's tempo, which is not their own.
    """

    project: Project
    clip_ids: tuple[str, ...]
    notices: tuple[str, ...] = ()
    tempo: Fraction | None = None
    warped: tuple[str, ...] = ()


def place_sounds(
    p: Project, sounds: Sequence[Source], tags: Mapping[str, AudioTags], position: Position,
    *, track_id: str | None = None, warp: bool = False, heard: Mapping[str, Fraction] | None = None,
) -> PlacedSounds:  # fmt: skip
    """Puts a clip of each of `sounds` into the song as `edits.add_sounds` does, and heeds what their files say.

    tags: by the ids of the sources. Cue points become markers. A loop takes its tempo along into a song without any
    clip, at its start; else a tempo that differs is told, to be offered. warp: loops whose files say their tempo, and
    those whose tempo was `heard` (by the ids of their sources), follow the song's.
    """
    empty = not any(True for _ in p.clips()) and p.clock.frames(position) == 0
    tagged = next(((each, tags[each.id]) for each in sounds if each.id in tags and tags[each.id].tempo), None)
    tempo = _tempo(tagged[1]) if tagged else None
    notices: list[str] = []
    offered: Fraction | None = None
    if tagged and tempo and tempo != p.clock.tempo_at(position):
        takes = empty and tagged[1].loop is not None and not p.tempo_changes
        if takes:
            p = edits.set_tempo(p, tempo)
        elif not (warp and tagged[1].loop):
            offered = tempo
        if takes or offered:
            notices.append(_sentence(tagged[0], tempo, tagged[1].key, p.clock.tempo_at(position), taken=takes))
    loops = _loop_tempos(sounds, tags, heard or {}, p.clock.tempo_at(position)) if warp else {}
    p, ids = edits.add_sounds(p, sounds, position, track_id=track_id, tempos=loops)
    warped = _warped(p, ids, loops)
    notices += _warp_sentences(p, ids, loops, warped)
    p, left_out = _with_markers(p, ids, sounds, tags)
    if left_out:
        notices.append(f"{counted(left_out, 'cue point')} of the files did not become markers: they are too many.")
    return PlacedSounds(p, tuple(ids), tuple(notices), offered, warped)


def _loop_tempos(
    sounds: Sequence[Source], tags: Mapping[str, AudioTags], heard: Mapping[str, Fraction], own: Fraction
) -> dict[str, Fraction]:
    """The tempos of the loops among `sounds`, by their ids: as their files say, else as they were heard.

    One that is that of the song, `own`, but for a frame or two is that to the frame, so that nothing is stretched.
    """
    tempos: dict[str, Fraction] = {}
    for source in sounds:
        loop = tags[source.id].loop if source.id in tags else None
        if loop is None:
            if source.id in heard:
                tempos[source.id] = heard[source.id]
            continue
        turn = loop.frames or source.frames
        exact = Fraction(loop.beats * 60 * source.rate, turn) if loop.beats and turn else Fraction(0)
        stated = _to_thousandths(loop.tempo)
        tempos[source.id] = exact if are_near(exact, stated, _NEAR) else stated  # beats in a turn say it more exactly
    return {source_id: own if are_near(tempo, own) else tempo for source_id, tempo in tempos.items() if tempo in TEMPO}


def _warped(p: Project, ids: Sequence[str], loops: Mapping[str, Fraction]) -> tuple[str, ...]:
    """The clips that have another length than their sound, since they follow the song's tempo."""
    clips = [place[1] for clip_id in ids if (place := p.find_clip(clip_id))]
    return tuple(
        clip.id
        for clip in clips
        if clip.content.follows_tempo and not are_near(loops[clip.chosen.source], p.clock.tempo_at(clip.position))
    )


def _warp_sentences(p: Project, ids: Sequence[str], loops: Mapping[str, Fraction], warped: Sequence[str]) -> list[str]:
    """What the user should know of loops that were stretched, or could not be."""
    clips = {clip_id: place[1] for clip_id in ids if (place := p.find_clip(clip_id))}
    sentences = []
    if warped:
        clip = clips[warped[0]]
        own, now = (float(each) for each in (loops[clip.chosen.source], p.clock.tempo_at(clip.position)))
        more = f", and so do {len(warped) - 1} more" if len(warped) > 1 else ""
        sentences.append(f"“{shown(clip.name)}” has {own:.4g} BPM and follows the song's {now:.4g}{more}.")
    for clip in clips.values():
        if clip.chosen.source in loops and not clip.content.follows_tempo:
            says = f"“{shown(clip.name)}” has {float(loops[clip.chosen.source]):.4g} BPM"
            sentences.append(f"{says}, which is too far from the song's: it keeps its own speed.")
    return sentences


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
    new_markers: dict[tuple[int, str], None] = {}
    for clip_id, source in zip(ids, sounds, strict=True):
        place = p.find_clip(clip_id)
        cues = tags[source.id].cues if source.id in tags else ()
        if place is None or not source.rate:
            continue
        start, length = p.start_of(place[1]), place[1].length
        for cue in cues:
            frame = round(cue.frame * p.rate / source.rate * Fraction(length, source.frames_at(p.rate)))
            if 0 <= frame <= length:
                new_markers.setdefault((start + frame, tidy(cue.name)))
    new = [each for each in new_markers if each not in present]
    count = len(p.markers)
    markers = [
        Marker(new_id(), Position.at_frame(frame), name or f"Marker {count + number}")
        for number, (frame, name) in enumerate(new[:MOST_MARKERS], 1)
    ]
    if not markers:
        return p, 0
    markers = sorted((*p.markers, *markers), key=lambda each: clock.frames(each.position))
    return replace(p, markers=tuple(markers)), len(new) - len(new[:MOST_MARKERS])
