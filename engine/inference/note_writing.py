"""What the composer makes of a selection of notes: other ones, a variation, what comes next, a fill, a theme.

Nothing is played here: the functions answer with notes for the clip they were taken from, and a job may call them. The
edit that puts them there is pure (`with_written`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from random import Random
from statistics import median

from engine.analysis.chords import chords_of_notes, key_of_chords
from engine.compose.arrange import composed
from engine.compose.rhythm import fill_bar
from engine.compose.theme import normalised
from engine.compose.wish import ROLES, KeptPart, Wish
from engine.errors import EditError, EngineError
from engine.inference.compositions import key_of_song, role_of
from engine.inference.filling import GIVEN, beat_chord, wish_to_fill
from engine.inference.gaps import Gap
from engine.inference.placing import content_of_part
from engine.jobs import Context
from engine.music.keys import best_key, parse_key
from engine.music.notes import Note
from engine.music.scales import SCALES
from engine.project import edits, note_edits
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Track
from engine.project.note_edits import Chosen, Notes
from engine.project.turns import notes_between
from engine.timing.position import Position

_TRIES = 12
_STEPS = (-3, -2, -1, 1, 2, 3)  # of the scale, by which a melody goes on
_GRID = 9600  # parts of a quarter note
_PHRASE = 4  # bars
_PERIOD = 4  # steps, the last of which a variation changes
_BASS_PITCH = 48  # the middle pitch below which notes are a bass
_KICK = 36  # its pitch; it goes on under a fill that has none
_TOGETHER = 0.25  # share of notes that begin with another one, from which on they are chords


@dataclass(frozen=True, slots=True)
class Written:
    """Notes for a clip, which are ready to be put into it.

    clip_id: the clip's. before: its notes as they were read. notes, chosen: all of its notes after it, and which of
    them are new. end: the song's beat up to which the clip has to last for them.
    """

    clip_id: str
    before: Notes
    notes: Notes
    chosen: Chosen
    end: Fraction


@dataclass(frozen=True, slots=True)
class NoteSelection:
    """Some notes of a clip of the song. chosen: their indices; none for all."""

    project: Project
    folder: Path
    clip_id: str
    chosen: Chosen

    @property
    def place(self) -> tuple[Track, Clip, NoteContent]:
        """The track, the clip and what it holds.

        Raises:
            EngineError: there is no such clip any more, or it holds no notes.
        """
        place = self.project.find_clip(self.clip_id)
        if place is None or not isinstance(place[1].content, NoteContent):
            raise EngineError("The clip whose notes were selected is not in the song any more.")
        return *place, place[1].content

    @property
    def notes(self) -> tuple[NoteEvent, ...]:
        """The selected notes in the order of their starts.

        Raises:
            EngineError: there are none.
        """
        notes = self.place[2].notes
        selected = [notes[index] for index in self.chosen] if self.chosen else list(notes)
        if not selected:
            raise EngineError("There are no notes here yet: draw or select some first.")
        return tuple(sorted(selected, key=lambda note: (note.start, note.pitch)))

    @property
    def origin(self) -> Fraction:
        """The song's beat of beat 0 of the clip's content."""
        _, clip, content = self.place
        clock = self.project.clock
        return clock.simple_beat_at(content.origin(clock.frames(clip.position)))

    @property
    def role(self) -> str:
        """Which part the notes are: as their track says, else as they look."""
        track = self.place[0]
        if (role := role_of(track)) in ROLES:
            return role
        if track.instrument is not None and track.instrument.drums:
            return "drums"
        notes = self.notes
        together = sum(one.start == other.start for one, other in pairwise(notes))
        if together > _TOGETHER * len(notes):
            return "chords"
        return "bass" if median(note.pitch for note in notes) < _BASS_PITCH else "lead"


def written_again(selection: NoteSelection, seed: int, context: Context) -> Written:
    """Other notes in the place of the selected ones, to the song's chords and key and in their range.

    Raises:
        EngineError: there are no notes, or nothing else can be written there.
    """
    notes = selection.notes
    first, last = _span(notes)
    return _replaced(selection, _nearest(selection, first, last, len(notes), seed, context, notes), last)


def written_variation(selection: NoteSelection, share: float, seed: int, context: Context) -> Written:
    """The selected notes with the last of every four bars (beats, where there are fewer) written anew.

    Args:
        selection: the notes.
        share: of each four bars or beats, which is changed.
        seed: of what is written.
        context: of the job.

    Raises:
        EngineError: there are no notes, or nothing else can be written there.
    """
    notes = selection.notes
    first, last = _span(notes)
    bar = selection.project.clock.bar_at(Position.at_beat(selection.origin + first)).signature.bar
    step = bar if last - first > 2 * bar else Fraction(1) if last - first > 2 else (last - first) / _PERIOD
    steps = _PERIOD - max(1, round(share * _PERIOD))

    def stays(note: NoteEvent) -> bool:
        return (note.start - first) // step % _PERIOD < steps

    changing = [note for note in notes if not stays(note)]
    other = _nearest(selection, first, last, len(changing), seed, context, changing, lambda note: not stays(note))
    return _replaced(selection, [*(note for note in notes if stays(note)), *other], last)


def written_on(selection: NoteSelection, seed: int, context: Context) -> Written:
    """The selected notes, and as many beats that go on from them, in the place of what is there.

    A melody goes on as a sequence: what was selected, on other steps of the scale, with another end. Drums go on with
    their groove, into a fill.

    Raises:
        EngineError: there are no notes, the clip repeats them, or nothing can be written there.
    """
    if selection.place[2].loop_length:
        raise EngineError("This clip repeats its notes: switch its loop off before you go on from them.")
    notes, role = selection.notes, selection.role
    first, end = _span(notes)
    bar = selection.project.clock.bar_at(Position.at_beat(selection.origin + first)).signature.bar
    if end - first > bar / 2:
        first = _bar_start(selection, first)
    step = bar if end - first > bar / 2 else Fraction(1)
    beats = ceil((end - first) / step) * step
    last = first + beats
    following = [replace(note, start=note.start + beats) for note in notes]
    if role == "lead":
        ending = last + beats * Fraction(3, 4)
        tail = [note for note in following if note.start >= ending]
        new = _nearest(selection, last, last + beats, len(tail), seed, context, tail, lambda n: n.start >= ending)
        new = [*_sequence(selection, [n for n in following if n.start < ending], seed), *new]
    elif role in ("drums", "percussion"):
        new = _with_fill(selection, following, last + beats - bar, seed) if beats >= bar else following
    else:
        new = _nearest(selection, last, last + beats, len(notes), seed, context, following)
    return _replaced(selection, new, last + beats, first=last)


def written_fill(selection: NoteSelection, beat: Fraction, seed: int) -> Written:
    """The drums of a clip with a fill in one bar, which the groove leads into. beat: of the content, within the bar.

    Raises:
        EngineError: the clip is gone.
    """
    notes = list(selection.place[2].notes)
    first = _bar_start(selection, beat)
    bar = selection.project.clock.bar_at(Position.at_beat(selection.origin + first)).signature.bar
    inside = [note for note in notes if first <= note.start < first + bar]
    for number in range(_TRIES):
        filled = _with_fill(selection, inside, first, seed + number)
        if _sounds(filled) != _sounds(inside):
            break
    return _replaced(selection, filled, first + bar, first=first)


def theme_of(selection: NoteSelection) -> tuple[Note, ...]:
    """The selected notes as a theme: their highest voice, from a bar line on, at most eight bars.

    Raises:
        EngineError: there are no notes.
    """
    origin = selection.origin
    bar = selection.project.clock.bar_at(Position.at_beat(origin + selection.notes[0].start))
    return normalised(
        [
            Note(float(origin + each.start - bar.start), float(each.length), each.pitch, each.velocity)
            for each in selection.notes
        ],
        float(bar.signature.bar),
    )


def with_written(p: Project, written: Written) -> Project:
    """The song with the notes in their clip, which is made longer where they need it.

    Raises:
        EditError: the clip is gone, or its notes were changed meanwhile.
    """
    place = p.find_clip(written.clip_id)
    content = place[1].content if place else None
    if place is None or not isinstance(content, NoteContent) or content.notes != written.before:
        raise EditError("The notes were changed while the composer wrote: ask it again.")
    p = edits.set_notes(p, {written.clip_id: written.notes})
    track, clip = place
    end = p.clock.frame_at(written.end)
    if not content.loop_length and end > p.end_of(clip):
        following = [p.start_of(each) for each in track.clips if p.start_of(each) >= p.end_of(clip)]
        end = min([end, *following])
        if end > p.end_of(clip):
            at = Position.at_beat(written.end) if end == p.clock.frame_at(written.end) else Position.at_frame(end)
            p = edits.trim_end(p, clip.id, at)
    return p


# inside


def _span(notes: Iterable[NoteEvent]) -> tuple[Fraction, Fraction]:
    """The beats of the content from which and up to which notes last."""
    notes = list(notes)
    return min(note.start for note in notes), max(note.end for note in notes)


def _bar_start(selection: NoteSelection, beat: Fraction) -> Fraction:
    """The content's beat of the bar line at or before a beat of it."""
    origin = selection.origin
    return selection.project.clock.bar_at(Position.at_beat(max(origin + beat, Fraction(0)))).start - origin


def _sounds(notes: Iterable[NoteEvent]) -> set[tuple[Fraction, int]]:
    return {(note.start, note.pitch) for note in notes}


def _nearest(
    selection: NoteSelection,
    first: Fraction,
    last: Fraction,
    count: int,
    seed: int,
    context: Context,
    other_than: Iterable[NoteEvent],
    fits: Callable[[NoteEvent], bool] = lambda _: True,
) -> list[NoteEvent]:
    """New notes from beat `first` up to `last` of the content that `fits`, of some the ones nearest to `count`.

    Raises:
        EngineError: they would all be `other_than`'s, or none.
    """
    wish, candidates = _wish(selection, first, last, seed, context), list[list[NoteEvent]]()
    same = _sounds(other_than)
    for number in range(_TRIES):
        context.check()
        notes = _composed(selection, replace(wish, seed=seed + number), first, last)
        notes = [note for note in notes if fits(note)]
        if notes and _sounds(notes) != same:
            candidates.append(notes)
    if not candidates:
        raise EngineError("The composer found no other notes for so short a selection: select more of them.")
    return min(candidates, key=lambda notes: abs(len(notes) - count))


def _wish(selection: NoteSelection, first: Fraction, last: Fraction, seed: int, context: Context) -> Wish:
    """What is asked of the composer for the bars from beat `first` to `last` of the content."""
    project, origin = selection.project, selection.origin
    begin = _bar_start(selection, first)
    gap = Gap(Position.at_beat(origin + begin), project.clock.frame_at(origin + last))
    track = selection.place[0]
    wish, _ = wish_to_fill(project, selection.folder, track.id, selection.role, gap, "", seed, context)
    return _with_whole_phrases(_with_own_chords(selection, wish, begin, last))


def _with_whole_phrases(wish: Wish) -> Wish:
    """The wish with its last section up to a whole phrase: a shorter one would be but its last note."""
    bars = sum(section.bars for section in wish.sections)
    *sections, last = wish.sections
    return replace(wish, sections=(*sections, replace(last, bars=last.bars - bars % -_PHRASE)))


def _composed(selection: NoteSelection, wish: Wish, first: Fraction, last: Fraction) -> list[NoteEvent]:
    """The notes of a wish from beat `first` up to `last` of the content, in the range of the selected ones."""
    begin, role = _bar_start(selection, first), selection.role
    part = next((each for each in composed(wish).parts if each.role == role and not each.name.startswith(GIVEN)), None)
    if part is None:
        return []
    moved = (replace(note, start=note.start + begin) for note in content_of_part(part).notes)
    inside = {(note.start, note.pitch): note for note in moved if first <= note.start < last}
    notes = [replace(note, length=min(note.length, last - note.start)) for note in inside.values()]
    return notes if role in ("drums", "percussion") else _in_range(notes, selection.notes)


def _sequence(selection: NoteSelection, notes: list[NoteEvent], seed: int) -> list[NoteEvent]:
    """The notes some steps of the scale higher or lower."""
    weights = [0.0] * 12
    for note in selection.notes:
        weights[note.pitch % 12] += float(note.length)
    key = best_key(weights)
    if name := key_of_song(selection.project):
        with suppress(EngineError):  # a mode of a newer version
            key = parse_key(name)
    scale = [pitch for pitch in range(128) if (pitch - key.tonic) % 12 in SCALES[key.mode]]
    steps = Random(seed).choice(_STEPS)

    def moved(pitch: int) -> int:
        place = bisect_right(scale, pitch) - 1
        between = pitch - scale[max(place, 0)]
        return min(max(scale[min(max(place + steps, 0), len(scale) - 1)] + between, 0), 127)

    return [replace(note, pitch=moved(note.pitch)) for note in notes]


def _with_own_chords(selection: NoteSelection, wish: Wish, first: Fraction, last: Fraction) -> Wish:
    """The wish with the chords and the key of the track's own notes, where the rest of the song says none."""
    if wish.keep or selection.role in ("drums", "percussion"):
        return wish
    origin, bar = selection.origin, float(wish.signature.bar) if wish.signature else 4.0
    own = [
        Note(float(each.start - origin - first), float(each.length), each.pitch, each.velocity)
        for each in notes_between(selection.project, selection.place[0], origin + first, origin + last)
    ]
    harmony = chords_of_notes(sorted(own), bar, 60.0) if own else ()
    if not harmony:
        return wish
    wish = wish if wish.key else replace(wish, key=key_of_chords(harmony))
    if selection.role == "lead":
        return wish  # a tune alone says its key; its chords are as free as before
    chords = tuple(beat_chord(each, 1.0) for each in harmony)
    return replace(wish, keep=(KeptPart(GIVEN, GIVEN, "", (), chords),))


def _in_range(notes: list[NoteEvent], like: tuple[NoteEvent, ...]) -> list[NoteEvent]:
    """The notes moved by whole octaves to where those that they take the place of lie."""
    if not notes:
        return notes
    shift = 12 * round((median(n.pitch for n in like) - median(n.pitch for n in notes)) / 12)
    while max(n.pitch for n in notes) + shift > 127:
        shift -= 12
    while min(n.pitch for n in notes) + shift < 0:
        shift += 12
    return [replace(note, pitch=note.pitch + shift) for note in notes]


def _with_fill(selection: NoteSelection, notes: list[NoteEvent], first: Fraction, seed: int) -> list[NoteEvent]:
    """The notes with a fill in the bar at `first`: from its first stroke on they give way to it, but for the kick."""
    bar = selection.project.clock.bar_at(Position.at_beat(selection.origin + first)).signature.bar
    strokes = fill_bar(Random(seed), float(bar))
    start = first + _exact(min(stroke.start for stroke in strokes if stroke.pitch != _KICK))
    end = first + bar
    kicks = any(stroke.pitch == _KICK for stroke in strokes)
    left = [n for n in notes if not start <= n.start < end or (n.pitch == _KICK and not kicks)]
    if kicks:
        left = [n for n in left if n.pitch != _KICK or not first <= n.start < end]
    return left + [
        NoteEvent(first + _exact(stroke.start), _exact(stroke.length), stroke.pitch, stroke.velocity)
        for stroke in strokes
    ]


def _exact(beats: float) -> Fraction:
    return Fraction(beats).limit_denominator(_GRID)


def _replaced(selection: NoteSelection, new: list[NoteEvent], end: Fraction, first: Fraction | None = None) -> Written:
    """The clip's notes with new ones in the place of the selected ones, or of all from beat `first` up to `end`."""
    before = selection.place[2].notes
    gone: Callable[[int, NoteEvent], bool]
    if first is not None:
        gone = lambda _, note: first <= note.start < end  # noqa: E731
    elif selection.chosen:
        gone = lambda index, _: index in selection.chosen  # noqa: E731
    else:
        gone = lambda *_: True  # noqa: E731
    staying = {id(note) for note in new}
    removed = frozenset(i for i, note in enumerate(before) if gone(i, note) and id(note) not in staying)
    left = note_edits.remove(before, removed)
    remaining = {id(note) for note in left}
    notes, added = note_edits.add(left, *sorted((n for n in new if id(n) not in remaining), key=_place_of))
    chosen = added | {index for index, note in enumerate(notes) if id(note) in staying}
    return Written(selection.clip_id, before, notes, frozenset(chosen), selection.origin + end)


def _place_of(note: NoteEvent) -> tuple[Fraction, int]:
    return note.start, note.pitch
