"""What menus, buttons and keys do to the chosen notes, or to all where none is chosen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from desktop.bridge import PlayerBridge
from desktop.notes.gestures import ACCENT
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.notes.writing import NoteWriting
from engine.inference.song_form import SongChord, song_form
from engine.music.chords import Chord
from engine.project import note_edits
from engine.project.model import NoteEvent
from engine.timing.snap import Grid

FINE = Fraction(1, 48)
"""Quarter notes of a fine step in time."""
USUAL = 96
"""How hard a note without an accent is struck."""


@dataclass(frozen=True)
class Verb:
    """An entry of the menu: its words, its keys as they are shown, and what it does."""

    text: str
    keys: str
    run: Callable[[], object]
    group: int = 0


class Verbs:
    """The edits of one editor."""

    def __init__(self, session: NoteSession, stage: NoteStage, bridge: PlayerBridge, writing: NoteWriting) -> None:
        self._session, self._stage, self._bridge, self.writing = session, stage, bridge, writing
        self._seed = 0
        self._read: object = None  # the tracks whose chords are known
        self._form: tuple[SongChord, ...] = ()

    def menu(self) -> list[Verb]:
        """The entries of the menu, in groups."""
        melodic = not self._session.is_drums
        chords = bool(self.chords())
        verbs = [
            Verb("Quantise", "Q", self.quantise),
            Verb("Quantise Starts and Ends", "Shift+Q", lambda: self.quantise(ends=True)),
            Verb("Humanise", "H", self.humanise),
            Verb("Take the Feel Away", "Shift+H", self.straighten),
            Verb("Legato", "T", self.legato, 1),
            Verb("Split at the Playhead", "S", self.split, 1),
            Verb("Duplicate", "Ctrl+D", self.duplicate, 1),
            Verb("Accent", "A", self.accent, 2),
            Verb("Delete", "Delete", self.delete, 3),
            Verb("Again: Other Notes", "Shift+R", self.writing.again, 5),
            Verb("Vary", "Shift+V", self.writing.vary, 5),
            Verb("Continue", "Shift+G", self.writing.go_on, 5),
        ]
        if not melodic:
            verbs += [Verb("Flam", "Shift+A", self.flam, 2), Verb("Fill This Bar", "Shift+F", self.fill_bar, 5)]
        if melodic:
            verbs += [
                Verb("Octave Up", "Shift+Up", lambda: self.transpose(12), 4),
                Verb("Octave Down", "Shift+Down", lambda: self.transpose(-12), 4),
            ]
            if self._session.settings.scale:
                verbs.append(Verb("Fit to Scale", "", self.fit_to_scale, 4))
            if chords:
                verbs.append(Verb("Fit to Chords", "", self.fit_to_chords, 4))
            verbs.append(Verb("Theme from This", "Shift+T", self.writing.choose_theme, 5))
        return verbs

    def chords(self) -> tuple[Chord, ...]:
        """The chords of the song, in the beats of the content; none where no composed clip tells them."""
        tracks, origin = self._session.project.tracks, self._session.origin
        if self._read is not tracks:
            self._read, self._form = tracks, song_form(self._session.project).chords
        return tuple(
            replace(each.chord, start=float(each.start - origin), length=float(each.end - each.start))
            for each in self._form
        )

    def chord_spans(self) -> tuple[tuple[float, float, frozenset[int]], ...]:
        """The chords as (first frame of the song, frame after the last, pitch classes)."""
        chords = self.chords()
        if not chords:
            return ()
        edges = self._session.frames(np.array([[chord.start, chord.end] for chord in chords]).reshape(-1))
        pairs = edges.reshape(-1, 2).tolist()
        return tuple(
            (first, last, frozenset(chord.pitch_classes)) for (first, last), chord in zip(pairs, chords, strict=True)
        )

    # timing

    def quantise(self, *, ends: bool = False) -> None:
        """Moves notes to the grid, as far as the strength says."""
        session = self._session
        if session.settings.grid is Grid.OFF:
            session.document.failed.emit("There is no grid to quantise to: choose one under Snap first.")
            return
        settings = session.settings
        ends = ends or settings.ends
        session.edit("Quantise", lambda n, c: note_edits.quantise(n, c, session.raster(), settings.strength, ends=ends))

    def humanise(self) -> None:
        """Plays notes a little beside the grid, and unevenly hard."""
        self._seed += 1
        self._session.edit("Humanise", lambda n, c: note_edits.humanise(n, c, self._seed))

    def straighten(self) -> None:
        """Plays notes where they are written."""
        self._session.edit("Take the feel away", note_edits.straighten)

    def legato(self) -> None:
        """Holds each note until the next one begins."""
        self._session.edit("Legato", note_edits.legato)

    def split(self) -> None:
        """Cuts notes at the playhead: the chosen ones, else all that sound there."""
        session = self._session
        beat = session.snapped(self._bridge.position, free=True)
        exact = session.beat(self._bridge.position)
        near = exact.limit_denominator(96)
        at = session.origin + (near if abs(near - exact) < Fraction(1, 2000) else beat)
        before = session.project
        session.create("Split notes", lambda n, c: note_edits.split(n, c, at - session.origin), every=True)
        if session.project is before:
            session.document.failed.emit("No selected note sounds at the playhead: move the playhead into one first.")

    def nudge(self, sign: int, *, fine: bool = False) -> None:
        """Moves the chosen notes by a step of the grid, or finely."""
        notes = self._session.chosen_notes()
        if notes:
            step = FINE if fine else self._session.step(notes[0].start)
            self._move(sign * step, 0, f"nudge {fine}")

    def lengthen(self, sign: int, *, fine: bool = False) -> None:
        """Makes the chosen notes longer by a step of the grid (shorter, if negative), or finely."""
        session = self._session
        if notes := session.chosen_notes():
            step = FINE if fine else session.step(notes[0].start)
            shortest = FINE if fine else step
            session.edit_in_place(
                "Stretch notes", lambda n, c: note_edits.resize_end(n, c, sign * step, shortest), self._merge("stretch")
            )

    def _move(self, beats: Fraction, semitones: int, merge: str) -> None:
        session = self._session
        beats, semitones = session.reach(beats, semitones)
        session.edit_in_place("Move notes", lambda n, c: note_edits.move(n, c, beats, semitones), self._merge(merge))
        self._stage.reveal_chosen()

    def _merge(self, kind: str) -> str:
        """What steps in a row of the same kind on the same notes share, so that they are one."""
        session = self._session
        chosen = [
            f"{part.clip_id} {len(part.chosen)} {','.join(map(str, sorted(part.chosen)[:64]))}"
            for part in session.parts()
        ]
        return f"notes {kind} {' '.join(chosen)}"

    # pitch

    def transpose(self, semitones: int) -> None:
        """Moves notes higher, or lower."""
        session = self._session
        _, semitones = session.reach(Fraction(0), semitones)
        session.edit_in_place("Transpose", lambda n, c: note_edits.transpose(n, c, semitones), self._merge("transpose"))
        self._stage.reveal_chosen()

    def step_rows(self, up: int) -> None:
        """Moves the chosen notes by rows; with a locked scale to its next tone."""
        session, rows = self._session, self._session.rows
        parts = session.parts()
        if not parts:
            return
        played = {part.notes[i].pitch for part in parts for i in part.chosen}
        indices = [rows.row_of(pitch) for pitch in played]
        up = min(max(up, max(indices) - (len(rows) - 1)), min(indices))
        scale = session.settings.scale
        classes = note_edits.scale_classes(*scale) if scale and session.settings.lock and not rows.drums else None

        def target(pitch: int) -> int:
            new = rows.stepped(pitch, up)
            while classes is not None and new % 12 not in classes and 0 < new < 127:
                new += 1 if up > 0 else -1
            return new

        pitches = {pitch: target(pitch) for pitch in played}
        session.edit_in_place("Transpose", lambda n, c: note_edits.repitch(n, c, pitches), self._merge("transpose"))
        self._stage.reveal_chosen()

    def fit_to_scale(self) -> None:
        """Moves notes to the nearest tone of the scale."""
        scale = self._session.settings.scale
        if scale:
            classes = note_edits.scale_classes(*scale)
            self._session.edit("Fit to scale", lambda n, c: note_edits.fit_to_scale(n, c, classes))

    def fit_to_chords(self) -> None:
        """Moves notes to tones of the chords; rhythm and contour stay."""
        self._session.edit("Fit to chords", lambda n, c: note_edits.fit_to_chords(n, c, self.chords()))

    # level

    def louder(self, levels: int) -> None:
        """Strikes the chosen notes harder, or softer."""
        change = lambda n, c: note_edits.add_velocity(n, c, levels)  # noqa: E731
        self._session.edit_in_place("Velocity", change, self._merge("velocity"))

    def accent(self) -> None:
        """Accents the chosen notes, or takes their accents away where all have one."""
        session = self._session
        parts = session.parts()
        if not parts:
            return
        accented = all(part.notes[i].velocity >= ACCENT for part in parts for i in part.chosen)
        velocity = USUAL if accented else ACCENT
        session.edit("Remove accent" if accented else "Accent", lambda n, c: note_edits.set_velocity(n, c, velocity))

    def flam(self) -> None:
        """Puts a soft early stroke before the chosen drums, or takes it away where all have one."""
        session = self._session
        if not session.is_drums:
            return
        parts = session.parts()
        bare = [part for part in parts if len(note_edits.flam(part.notes, part.chosen)) > len(part.notes)]

        def change(notes: note_edits.Notes, chosen: note_edits.Chosen) -> tuple[note_edits.Notes, note_edits.Chosen]:
            new = note_edits.flam(notes, chosen)
            if bare and len(new) < len(notes):
                return notes, chosen  # those of this clip have theirs already
            strokes = {id(notes[i]) for i in chosen}
            return new, frozenset(i for i, note in enumerate(new) if id(note) in strokes)

        session.create("Flam" if bare else "Remove flam", change)

    # the composer

    def fill_bar(self) -> None:
        """Lets the composer write a fill into the bar of the first selected drum, else into that of the cursor."""
        session = self._session
        if session.is_drums and session.clip is not None:
            notes = session.chosen_notes()
            self.writing.fill(notes[0].start if notes else self._stage.cursor[0])

    # there and gone

    def delete(self) -> None:
        """Removes the chosen notes."""
        session = self._session
        count = session.chosen_count
        name = "Delete note" if count == 1 else f"Delete {count} notes"
        session.create(name, lambda n, c: (note_edits.remove(n, c), frozenset()))

    def duplicate(self) -> None:
        """Repeats the chosen notes right behind themselves, after as many whole steps as all of them last."""
        session, parts = self._session, self._session.parts()
        if not parts:
            return
        first = min(part.origin + part.notes[i].start for part in parts for i in part.chosen)
        last = max(part.origin + part.notes[i].end for part in parts for i in part.chosen)
        step = session.step(first - session.origin)
        beats = -((first - last) // step) * step  # rounded up
        session.create("Duplicate notes", lambda n, c: note_edits.copy(n, c, beats))
        self._stage.reveal_chosen()

    def copy(self) -> bool:
        """Keeps the chosen notes for pasting; says whether there were any."""
        session = self._session
        notes = [
            replace(part.notes[i], start=part.notes[i].start + part.origin - session.origin)
            for part in session.parts()
            for i in part.chosen
        ]
        if notes:
            session.clipboard = tuple(sorted(notes, key=lambda note: (note.start, note.pitch)))
        return bool(notes)

    def cut(self) -> None:
        """Copies the chosen notes and removes them."""
        if self.copy():
            self.delete()

    def paste(self) -> None:
        """Puts the copied notes at the playhead, on the grid; at the cursor where the playhead is outside the clip."""
        session, copied = self._session, self._session.clipboard
        if not copied or session.clip is None:
            return
        first, last = session.bounds()
        inside = first <= self._bridge.position < last
        at = session.snapped(self._bridge.position) if inside else self._stage.cursor[0]
        later = at - copied[0].start
        notes, new = note_edits.add(session.real_notes, *(replace(n, start=n.start + later) for n in copied))
        session.apply("Paste notes", notes, new)
        self._stage.reveal_chosen()

    def toggle_at_cursor(self) -> None:
        """Adds a note of one step at the cursor, or removes the one that begins there; chooses none."""
        session, (beat, pitch) = self._session, self._stage.cursor
        if session.clip is None:
            return
        start, end = session.cell(session.frame(beat))
        notes = frozenset(
            i for i, note in enumerate(session.real_notes) if note.pitch == pitch and start <= note.start < end
        )
        if notes:
            session.apply("Delete note", note_edits.remove(session.real_notes, notes), frozenset())
        else:
            self._add(start, end - start, pitch)

    def _add(self, start: Fraction, length: Fraction, pitch: int) -> None:
        note = NoteEvent(start, length, pitch, self._stage.velocity)
        self._session.apply("Add note", note_edits.add(self._session.real_notes, note)[0], frozenset())
