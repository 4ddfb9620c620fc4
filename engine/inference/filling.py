"""One more part for an empty stretch of a track, which fits what the song has there: tempo, bars, key, chords, melody.

A job calls `fill`; the edit that puts the part into the song is pure (`with_fill`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import numpy as np

from engine.analysis.chords import SoundingChord, chords_of_notes, find_chords, key_of_chords
from engine.analysis.grid import Grid
from engine.audio import Audio
from engine.compose.arrange import composed
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.midi_file import playable
from engine.compose.piece import Variant
from engine.compose.score import Score
from engine.compose.understanding import understood
from engine.compose.wish import MAX_BARS, SECTION_NAMES, KeptPart, SectionWish, Wish, felt_tempo
from engine.errors import EditError, EngineError
from engine.ids import new_id
from engine.inference.arranging import clip_name, cut_off, part_record
from engine.inference.clip_audio import clip_sound
from engine.inference.composer import ComposerProcess
from engine.inference.compositions import ROLE_TITLES, Composition, composition_of, key_of_song, role_of
from engine.inference.gaps import Gap
from engine.inference.placing import place_performance
from engine.inference.song_form import chords_between, song_form
from engine.jobs import Context
from engine.music.chords import Chord
from engine.music.glossary import bundled
from engine.music.keys import Key, parse_key
from engine.music.notes import Note
from engine.project import edits
from engine.project.edits.structure import unused
from engine.project.model import Clip, Project, Track
from engine.project.turns import notes_between
from engine.timing.signature import COMMON_TIME

GIVEN = "given"
"""The name of what the song has already, in the wish of a part that fills it."""
GAIN_DB = -12.0
"""The gain of a part in a song without a composed piece, so that several parts do not clip."""
_FULL = 0.8  # density at the least: a part that is asked for plays
_STRETCH = 8  # bars of a section where the song has none
_ENOUGH = 0.5  # share of the stretch that chords have to cover


@dataclass(frozen=True, slots=True)
class Filled:
    """A part that is ready to be put onto a track: its clip, and how the track is to play it."""

    track_id: str
    role: str
    played: Track
    clip: Clip
    scratch: Project
    notices: tuple[str, ...] = ()


def fill(
    composer: ComposerProcess,
    project: Project,
    folder: Path,
    track_id: str,
    role: str,
    gap: Gap,
    prompt: str,
    seed: int,
    context: Context,
) -> Filled:
    """Composes and plays a part in `role` for an empty stretch of a track; a job's, and the song stays as it is.

    Args:
        composer: plays it.
        project: the song as it is now.
        folder: its folder.
        track_id: the track; if it has an instrument, that plays.
        role: a key of `ROLE_TITLES`.
        gap: the stretch.
        prompt: names the style where the song holds no composed piece.
        seed: of the part.
        context: of the job.

    Raises:
        EngineError: the track is gone, the stretch too long, or there is no room for the part.
        Cancelled: the user cancelled.
    """
    track = project.track(track_id)
    if track is None:
        raise EngineError("The track that was to be filled is not in the song any more.")
    piece = _piece_near(project, gap)
    context.progress(0.05, "Listening to the song")
    wish, notices = wish_to_fill(project, folder, track_id, role, gap, prompt if piece is None else "", seed, context)
    label = _label(composed(wish), role)
    instrument = track.instrument.name if track.instrument is not None else ""
    instruments = KITS | PERCUSSION if role in ("drums", "percussion") else INSTRUMENTS
    variant = Variant(label, instrument=instrument if instrument in instruments else "")
    gain = piece.gain_db if piece is not None else GAIN_DB
    performance = composer.play_part(wish, variant, {}, gain, context)
    scratch = replace(project, tracks=(), sources={}, markers=())
    placed, _ = place_performance(scratch, folder, performance, gap.start, check=context.check)
    played, part = placed.tracks[-1], performance.score.parts[0]
    clip, words = played.clips[0], piece.prompt if piece is not None else prompt
    record = part_record(performance, part, new_id(), words, variant)
    content = clip.content.without_instrument()
    take = replace(clip.chosen, content=content, name=f"Seed {seed}", provenance=record)
    clip = replace(clip, takes=(take,), comp=(), name=clip_name(part, words))
    clip = cut_off(clip, gap.end - project.clock.frames(gap.start), project.rate)
    return Filled(track_id, role, played, clip, placed, notices)


def with_fill(p: Project, filled: Filled) -> Project:
    """The song with the part on its track, which takes over role and instrument where it has none.

    Raises:
        EditError: the track is gone, or something has come to lie there.
    """
    track = p.track(filled.track_id)
    if track is None:
        raise EditError("The track that was to be filled is not in the song any more.")
    clip = filled.clip
    first = p.clock.frames(clip.position)
    if any(p.start_of(each) < first + clip.length and first < p.end_of(each) for each in track.clips):
        raise EditError(f"Something lies on “{track.name}” there by now: select an empty stretch and fill that.")
    if not track.role:
        title = ROLE_TITLES[filled.role]
        names = [each.name for each in p.tracks]
        name = (title if title not in names else unused(title, 1, names)) if edits.has_default_name(track) else None
        p = edits.set_track(p, track.id, role=filled.role, name=name)
    if track.instrument is None:
        p = edits.set_track(p, track.id, instrument=filled.played.instrument)
    for source in filled.scratch.sources.values():
        p = edits.add_source(p, source)
    return edits.add_clip(p, track.id, clip)


def wish_to_fill(
    project: Project,
    folder: Path,
    track_id: str,
    role: str,
    gap: Gap,
    prompt: str,
    seed: int,
    context: Context | None = None,
) -> tuple[Wish, tuple[str, ...]]:
    """What is asked of the composer for a part that fits what the other tracks play there; also sentences on it.

    Raises:
        EngineError: the stretch is too long.
    """
    clock, notices = project.clock, []
    first, last = clock.beats(gap.start), clock.simple_beat_at(gap.end)
    signature = clock.bar_at(gap.start).signature
    metre = playable(signature)
    if metre is None:
        notices.append(f"The composer does not write in {signature}: it takes 4/4.")
        metre = COMMON_TIME
    bars = max(1, math.ceil((last - first) / metre.bar - Fraction(1, 1000)))
    if bars > MAX_BARS:
        raise EngineError(f"This stretch has {bars} bars: select at most {MAX_BARS} to be filled at once.")
    chords, heard_key = _harmony(project, folder, track_id, gap, float(metre.bar), context)
    melody = _melody(project, track_id, role, first, last)
    chord_parts = [KeptPart(GIVEN, GIVEN, "", (), chords)] if chords else []
    if melody and not chords:
        notices.append("No chords were found there: the part follows the melody.")
    piece, words = _piece_near(project, gap), Wish(seed=seed)
    if piece is None and prompt.strip():
        words, _ = understood(prompt, bundled, seed)
    mood = str(piece.wish.get("mood") or "") if piece is not None else words.mood
    return Wish(
        genre=piece.genre if piece is not None else words.genre,
        mood=mood or None,
        tempo=felt_tempo(float(clock.tempo_at(gap.start)), metre),
        key=_key(piece, project, heard_key, words.key),
        signature=metre,
        sections=_sections(project, first, bars, metre.bar, role),
        roles=(role,),
        keep=(*chord_parts, *melody),
        seed=seed,
    ), tuple(notices)


def _label(score: Score, role: str) -> str:
    """The name of the part that was composed in a role."""
    labels = [part.name for part in score.parts if part.role == role and not part.name.startswith(GIVEN)]
    if not labels:
        raise EngineError(f"There is no room for {ROLE_TITLES[role].lower()} here: select a longer stretch.")
    return labels[0]


def _piece_near(p: Project, gap: Gap) -> Composition | None:
    """What a composed clip says of its piece: one that sounds in the stretch, else the first of the song."""
    first, nearest = p.clock.frames(gap.start), None
    for _, clip in p.clips():
        composition = composition_of(clip.chosen)
        if composition is not None and p.start_of(clip) < gap.end and first < p.end_of(clip):
            return composition
        nearest = nearest or composition
    return nearest


def _key(piece: Composition | None, p: Project, analysed: Key | None, written: Key | None) -> Key | None:
    for name in (piece.key if piece is not None else "", key_of_song(p)):
        if name:
            try:
                return parse_key(name)
            except EngineError:  # a mode that the composer does not know
                continue
    return analysed or written


def _sections(p: Project, first: Fraction, bars: int, bar: Fraction, role: str) -> tuple[SectionWish, ...]:
    """The sections of the stretch, as the song has them; in all of them the part plays."""
    sections = song_form(p).sections
    names = []
    for number in range(bars):
        beat = first + number * bar
        name = next((each.name for each in sections if each.start <= beat < each.end), "")
        names.append(name if name in SECTION_NAMES else ("verse", "chorus")[number // _STRETCH % 2])
    return tuple(
        SectionWish(name, len(list(group)), max(SECTION_NAMES[name], _FULL), (role,)) for name, group in groupby(names)
    )


def _melody(p: Project, track_id: str, role: str, first: Fraction, last: Fraction) -> list[KeptPart]:
    """The melody that sounds in the stretch, which the part listens to."""
    if role in ("lead", "drums", "percussion"):
        return []
    for track in p.tracks:
        if track.id == track_id or track.mute or role_of(track) != "lead":
            continue
        if notes := _notes(p, track, first, last):
            instrument = track.instrument.name if track.instrument is not None else ""
            return [KeptPart(f"{GIVEN} lead", "lead", instrument if instrument in INSTRUMENTS else "flute", notes)]
    return []


def _notes(p: Project, track: Track, first: Fraction, last: Fraction) -> tuple[Note, ...]:
    notes = sorted(notes_between(p, track, first, last), key=lambda note: note.start)
    return tuple(Note(float(each.start - first), float(each.length), each.pitch, each.velocity) for each in notes)


def _harmony(
    p: Project, folder: Path, track_id: str, gap: Gap, bar: float, context: Context | None
) -> tuple[tuple[Chord, ...], Key | None]:
    """The chords from the start of the stretch on: the song's own, else heard in its notes, else in its audio."""
    first, last = p.clock.beats(gap.start), p.clock.simple_beat_at(gap.end)
    beats = float(last - first)
    own = chords_between(p, first, last)
    if sum(each.length for each in own) >= _ENOUGH * beats:
        return _without_gaps(own, beats), None
    pitched = [
        note
        for track in p.tracks
        if track.id != track_id and not track.mute and role_of(track) not in ("drums", "percussion")
        and not (track.instrument is not None and track.instrument.drums)
        for note in _notes(p, track, first, last)
    ]  # fmt: skip
    if pitched:
        harmony = chords_of_notes(pitched, bar, 60.0)  # at which a quarter note is a second
        return _without_gaps([beat_chord(each, 1.0) for each in harmony], beats), key_of_chords(harmony)
    harmony = _heard_in_audio(p, folder, track_id, gap, context)
    if not harmony:
        return (), None
    per_second = beats * p.rate / (gap.end - p.clock.frames(gap.start))
    return _without_gaps([beat_chord(each, per_second) for each in harmony], beats), key_of_chords(harmony)


def _heard_in_audio(
    p: Project, folder: Path, track_id: str, gap: Gap, context: Context | None
) -> tuple[SoundingChord, ...]:
    """The chords of the audio clips that sound in the stretch; nothing where there are none to be heard."""
    start = p.clock.frames(gap.start)
    mix = np.zeros(gap.end - start, np.float32)
    has_sound = False
    for track in p.tracks:
        if track.id == track_id or track.mute or role_of(track) in ("drums", "percussion"):
            continue
        for clip in track.clips:
            at = p.start_of(clip)
            first, last = max(at, start), min(at + clip.length, gap.end)
            if clip.mute or first >= last or not clip.chosen.source:
                continue
            sound = clip_sound(p, folder, clip, first - at, last - at, context)
            mix[first - start : last - start] += sound.samples.mean(axis=1)
            has_sound = True
    if not has_sound:
        return ()
    signature = p.clock.bar_at(gap.start).signature
    tempo = felt_tempo(float(p.clock.tempo_at(gap.start)), signature)
    beat = 1 / felt_tempo(1.0, signature)
    grid = Grid(tempo, 0.0, max(1, round(float(signature.bar) / beat)), 1.0)
    steady = not p.tempo_changes
    try:
        return find_chords(Audio(mix[:, None], p.rate), grid if steady else None)
    except EngineError:  # silence, or too little of it
        return ()


def beat_chord(chord: SoundingChord, per_second: float) -> Chord:
    """A chord with its place in quarter notes."""
    start = round(chord.start * per_second * 4) / 4
    return replace(chord.chord, start=start, length=max(round(chord.end * per_second * 4) / 4 - start, 0.25))


def _without_gaps(placed: Sequence[Chord], end: float) -> tuple[Chord, ...]:
    """Chords each until the next, from 0 to `end` (quarter notes)."""
    placed = [each for each in placed if each.start < end - 1e-6]
    starts = [0.0, *(each.start for each in placed[1:])]
    ends = [*starts[1:], end]
    return tuple(
        replace(chord, start=start, length=after - start)
        for start, after, chord in zip(starts, ends, placed, strict=True)
        if after > start + 1e-6
    )
