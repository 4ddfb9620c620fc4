"""What the note editor works on: the clip, which of its notes are chosen, the grid, and the steps that it does."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from desktop.notes.arrays import ARRAYS, NoteArrays
from desktop.notes.controllers import VELOCITY_LANE
from desktop.notes.rows import PITCHES, NoteRows, rows_for
from engine.errors import EngineError
from engine.inference.compositions import key_of_song, role_of
from engine.music.keys import Key, parse_key
from engine.project import edits, note_edits
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Track
from engine.project.note_edits import Chosen, Notes, Raster, Stretch
from engine.timing.snap import Grid, at_zoom, snap

FREE = 240
"""Parts of a quarter note on which notes lie that are dragged without snapping."""
NONE: Chosen = frozenset()


@dataclass(frozen=True, slots=True)
class NoteSettings:
    """How notes are shown and edited; the same for all clips.

    grid: what edits snap to. swing, strength: of quantising, from 0 to 1. ends: whether it moves ends too. scale:
    tonic and mode that are shaded, or None. lock: whether notes go only to its tones. fold: whether only pitches that
    sound have rows. ghosts: whether the notes of other tracks are seen. audible: whether a touched note is heard.
    pencil, drum_pencil: whether the mouse draws, melodies and drums. lane: what lies under the notes, the velocities
    or a curve (`CONTROLLERS`).
    """

    grid: Grid = Grid.SIXTEENTH
    swing: float = 0.0
    strength: float = 1.0
    ends: bool = False
    scale: tuple[int, str] | None = None
    lock: bool = False
    fold: bool = False
    ghosts: bool = False
    audible: bool = True
    pencil: bool = False
    drum_pencil: bool = True
    lane: str = VELOCITY_LANE


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of an open clip, and which of them an edit is for. origin: the song's beat of the content's beat 0."""

    clip_id: str
    notes: Notes
    chosen: Chosen
    origin: Fraction


Change = Callable[[Notes, Chosen], tuple[Notes, Chosen]]
"""From notes, and which of them are chosen, to the notes after an edit, and which of those are."""


class NoteSession(QObject):
    """Follows the document's selection: of the selected clips of notes one is edited, the others are open beside it.

    Notes are chosen in all open clips of one kind, melodic or drums, and edits change all of them as one step.
    """

    clip_changed = Signal()
    """Another clip is edited, or none."""
    notes_changed = Signal()
    """The notes, or what a drag would make of them, the clip's place or its look."""
    chosen_changed = Signal()
    settings_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.settings = NoteSettings()
        self._clip_id = ""
        self._place: tuple[Track, Clip] | None = None
        self._notes: Notes = ()
        self._measured: Notes | None = None
        self._preview: Notes | None = None
        self._chosen: Chosen = NONE
        self._beside: dict[str, tuple[Notes, Chosen]] = {}  # by clip: its notes, and which of them are chosen
        self._beside_preview: dict[str, Notes] = {}
        self._told = False  # whether a change of the song was announced here
        self._chosen_array: tuple[Chosen, np.ndarray] | None = None
        self._origin = Fraction(0)
        self._rows = NoteRows(())
        self._scale_chosen = False
        self.frames_per_px = 512.0
        """The zoom of the view, which the adaptive grid follows."""
        self.clipboard: Notes = ()
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._on_selection)

    # what is edited

    @property
    def project(self) -> Project:
        """The song."""
        return self.document.project

    @property
    def clip(self) -> Clip | None:
        """The clip whose notes are edited."""
        return self._place[1] if self._place else None

    @property
    def track(self) -> Track | None:
        """The track that it is on."""
        return self._place[0] if self._place else None

    @property
    def hue(self) -> int:
        """The hue of the clip, else of its track."""
        if self._place is None:
            return 0
        track, clip = self._place
        return track.colour if clip.colour is None else clip.colour

    @property
    def content(self) -> NoteContent | None:
        """What the clip holds."""
        content = self.clip.content if self.clip else None
        return content if isinstance(content, NoteContent) else None

    @property
    def notes(self) -> Notes:
        """The notes, or what a drag would make of them."""
        return self._notes if self._preview is None else self._preview

    @property
    def real_notes(self) -> Notes:
        """The notes of the song, without the drag."""
        return self._notes

    @property
    def chosen(self) -> Chosen:
        """The indices of the chosen ones of `notes`."""
        return self._chosen

    @property
    def chosen_count(self) -> int:
        """How many notes are chosen, those of the clips beside among them."""
        return len(self._chosen) + sum(len(chosen) for _, chosen in self._beside.values())

    def chosen_of(self, clip_id: str) -> Chosen:
        """Which notes of an open clip are chosen."""
        return self._chosen if clip_id == self._clip_id else self._beside.get(clip_id, ((), NONE))[1]

    def notes_of(self, clip: Clip) -> Notes:
        """The notes of an open clip, or what a drag would make of them."""
        content = clip.content
        notes = content.notes if isinstance(content, NoteContent) else ()
        return self.notes if clip.id == self._clip_id else self._beside_preview.get(clip.id, notes)

    def beside(self) -> list[tuple[Track, Clip, NoteContent]]:
        """The other open clips whose notes are chosen and edited together with those of the edited one."""
        return [
            (track, clip, clip.content)
            for track, clip, selected in self.others()
            if selected and isinstance(clip.content, NoteContent) and not self._is_other_kind(track)
        ]

    def parts(self) -> list[Part]:
        """The open clips of which notes are chosen, the edited one first."""
        return [part for part in self._all_parts() if part.chosen]

    def every_part(self) -> list[Part]:
        """All notes of all open clips."""
        parts = self._all_parts()
        return [replace(part, chosen=frozenset(range(len(part.notes)))) for part in parts if part.notes]

    def _all_parts(self) -> list[Part]:
        parts = [Part(self._clip_id, self._notes, self._chosen, self._origin)] if self._place else []
        for _, clip, content in self.beside():
            origin = self._origin_of(clip, content)
            parts.append(Part(clip.id, content.notes, self.chosen_of(clip.id), origin))
        return parts

    @property
    def chosen_indices(self) -> np.ndarray:
        """The same in their order: int64."""
        if self._chosen_array is None or self._chosen_array[0] is not self._chosen:
            indices = np.sort(np.fromiter(self._chosen, np.int64, len(self._chosen)))
            self._chosen_array = self._chosen, indices
        return self._chosen_array[1]

    @property
    def is_drums(self) -> bool:
        """Whether the notes are the pieces of a drum kit."""
        if self.track is None:
            return False
        content = self.content
        instrument = (content.instrument if content else None) or self.track.instrument
        return bool(instrument and instrument.drums) or role_of(self.track) in ("drums", "percussion")

    @property
    def pencil(self) -> bool:
        """Whether the mouse draws."""
        return self.settings.drum_pencil if self.is_drums else self.settings.pencil

    @property
    def arrays(self) -> NoteArrays:
        """The notes as arrays."""
        notes = self.notes
        arrays = ARRAYS.of(notes, self._measured)
        self._measured = notes
        return arrays

    @property
    def rows(self) -> NoteRows:
        """The rows on which the notes lie."""
        return self._rows

    def show(self, clip_id: str, *, keep: bool = False) -> bool:
        """Edits the notes of a clip; says whether it has any. With `keep` what is chosen in the open clips stays so."""
        place = self.project.find_clip(clip_id)
        if place is None or not isinstance(place[1].content, NoteContent):
            return False
        if clip_id != self._clip_id:
            beside = dict(self._beside) if keep else {}
            if keep and self._chosen:
                beside[self._clip_id] = self._notes, self._chosen
            chosen = beside.pop(clip_id, ((), NONE))[1]
            self._clip_id = clip_id
            self._chosen, self._preview, self._beside_preview = chosen, None, {}
            self._take()
            self._take_key()
            self._beside = beside
            self._drop_closed()
            self.clip_changed.emit()
            if keep:
                self.chosen_changed.emit()
        return True

    def _drop_closed(self) -> None:
        """What is chosen in clips that are not open any more, or play notes of the other kind, is so no more."""
        if self._beside:
            ids_beside = {clip.id for _, clip, _ in self.beside()}
            self._beside = {clip_id: entry for clip_id, entry in self._beside.items() if clip_id in ids_beside}

    def others(self) -> list[tuple[Track, Clip, bool]]:
        """Clips of notes that are seen beside the edited one, and whether each is selected."""
        selected = self.document.selection.clips
        ghosts = self.settings.ghosts
        return [
            (track, clip, clip.id in selected)
            for track, clip in self.project.clips()
            if clip.id != self._clip_id
            and (clip.id in selected or (ghosts and not self._is_other_kind(track)))
            and isinstance(clip.content, NoteContent)
        ]

    @property
    def open_clips(self) -> list[str]:
        """The ids of the clips of notes that are open, in the order of the song: the edited and the selected ones."""
        beside = {clip.id for _, clip, selected in self.others() if selected}
        return [clip.id for _, clip in self.project.clips() if clip.id in beside or clip.id == self._clip_id]

    def step_clip(self, direction: int) -> bool:
        """Edits the open clip after (before, if negative) the edited one; says whether there is another one."""
        clips = self.open_clips
        if len(clips) < 2 or self._clip_id not in clips:
            return False
        return self.show(clips[(clips.index(self._clip_id) + direction) % len(clips)], keep=True)

    def _is_other_kind(self, track: Track) -> bool:
        """Whether a track's notes are drums while those that are edited are not, or the other way round."""
        instrument = track.instrument
        drums = bool(instrument and instrument.drums) or role_of(track) in ("drums", "percussion")
        return drums != self.is_drums

    # places

    @property
    def origin(self) -> Fraction:
        """The song's beat of the content's beat 0."""
        return self._origin

    def frames(self, beats: np.ndarray) -> np.ndarray:
        """The song's frames of beats of the content, float64."""
        return self.project.clock.approximate_frames(float(self._origin) + beats)

    def frame(self, beat: Fraction) -> int:
        """The song's frame of a beat of the content."""
        return self.project.clock.frame_at(self._origin + beat)

    def beat(self, frame: float) -> Fraction:
        """The content's beat at a frame of the song."""
        return self.project.clock.beat_at(max(round(frame), 0)) - self._origin

    def bounds(self) -> tuple[int, int]:
        """The song's frames from which and up to which the clip sounds."""
        if self.clip is None:
            return 0, 0
        return self.project.start_of(self.clip), self.project.end_of(self.clip)

    @property
    def grid(self) -> Grid:
        """The grid by which keys move: a sixteenth where nothing snaps."""
        return Grid.SIXTEENTH if self.settings.grid is Grid.OFF else self.snap_grid

    @property
    def snap_grid(self) -> Grid:
        """What edits snap to at the zoom of now."""
        return at_zoom(self.settings.grid, self.project.clock, self.bounds()[0], self.frames_per_px)

    def step(self, beat: Fraction) -> Fraction:
        """The distance of the grid at a beat of the content."""
        signature = self.project.clock.tempo_map.bar_at(max(self._origin + beat, Fraction(0))).signature
        return self.grid.step(signature) or Fraction(1, 4)

    def snapped(self, frame: float, *, free: bool = False) -> Fraction:
        """The place of the grid nearest to a frame of the song, as a beat of the content; `free` of the grid."""
        clock = self.project.clock
        if free or self.settings.grid is Grid.OFF:
            beat = Fraction(round(self.beat(frame) * FREE), FREE)
        else:
            beat = clock.beats(snap(clock, max(round(frame), 0), self.snap_grid)) - self._origin
        return max(beat, Fraction(0))

    def cell(self, frame: float, *, free: bool = False) -> tuple[Fraction, Fraction]:
        """The beats of the content from which and up to which the grid's step around a frame lasts."""
        beat = self.beat(frame)
        if free or self.settings.grid is Grid.OFF:
            start = max(Fraction(round(beat * FREE), FREE), Fraction(0))
            return start, start + self.step(start)
        song = max(self._origin + beat, Fraction(0))
        bar = self.project.clock.tempo_map.bar_at(song)
        step = self.grid.step(bar.signature) or Fraction(1, 4)
        start = bar.start + (song - bar.start) // step * step
        end = min(start + step, bar.end)
        return max(start - self._origin, Fraction(0)), end - self._origin

    def raster(self) -> Raster:
        """The places that notes are quantised to."""
        tempo_map = self.project.clock.tempo_map
        stretches = tuple(
            Stretch(bar.start - self._origin, bar.signature.bar, self.grid.step(bar.signature) or Fraction(1, 4))
            for bar in tempo_map.bars
        )
        return Raster(stretches, self.settings.swing)

    # edits

    def apply(
        self,
        name: str,
        notes: Notes,
        chosen: Chosen | None = None,
        merge: str | None = None,
        beside: Mapping[str, tuple[Notes, Chosen]] | None = None,
    ) -> None:
        """Makes `notes` the clip's as the undo step `name`, and chooses those of them at `chosen`.

        beside: the same for other open clips, by their ids.
        """
        self._preview, self._beside_preview = None, {}
        others = dict(beside or {})
        if chosen is not None:
            self._chosen = chosen
            self._beside = {clip_id: entry for clip_id, entry in others.items() if entry[1]}
        if notes is self._notes and not others:
            self.notes_changed.emit()
        else:
            ARRAYS.of(notes, self._measured)
            self._notes = self._measured = notes
            every = {self._clip_id: notes, **{clip_id: entry[0] for clip_id, entry in others.items()}}
            before, self._told = self.project, False
            if not self.document.apply(name, lambda p: edits.set_notes(p, every), merge) or self.project is before:
                self._take()
                self.notes_changed.emit()
            elif self._told:
                return  # what is chosen as well
        if chosen is not None:
            self.chosen_changed.emit()

    def edit(self, name: str, change: Callable[[Notes, Chosen], Notes]) -> None:
        """Does `change` to the chosen notes, or to all of all open clips where none is chosen, as one step.

        `change` may ask for what depends on where the clip lies, such as the raster.
        """
        parts = self.parts()
        self._do(name, parts or self.every_part(), lambda n, c: (change(n, c), c), choose=bool(parts))

    def edit_in_place(self, name: str, change: Callable[[Notes, Chosen], Notes], merge: str) -> None:
        """Does `change` to the chosen notes, and keeps them so; steps in a row with the same `merge` become one."""
        self._do(name, self.parts(), lambda n, c: (change(n, c), c), merge=merge)

    def create(self, name: str, change: Change, *, every: bool = False) -> None:
        """The same for a change that makes notes: they are chosen then. every: without any chosen ones, of all."""
        parts = self.parts()
        self._do(name, parts or (self.every_part() if every else []), change, choose=bool(parts))

    def _do(
        self, name: str, parts: Sequence[Part], change: Change, merge: str | None = None, *, choose: bool = True
    ) -> None:
        if not parts:
            return
        changed = self.changed(parts, change)
        notes, chosen = changed.pop(self._clip_id, (self._notes, NONE))
        if choose:
            self.apply(name, notes, chosen, merge, changed)
        else:
            current = {part.clip_id: part.notes for part in parts}
            differing = {clip_id: entry for clip_id, entry in changed.items() if entry[0] is not current[clip_id]}
            self.apply(name, notes, None, merge, differing)

    def changed(self, parts: Sequence[Part], change: Change) -> dict[str, tuple[Notes, Chosen]]:
        """What `change` makes of notes of open clips, by their ids, on tones of the scale where it is locked."""
        origin, results = self._origin, dict[str, tuple[Notes, Chosen]]()
        try:
            for part in parts:
                self._origin = part.origin
                notes, chosen = change(part.notes, part.chosen)
                results[part.clip_id] = self._locked(notes, chosen, part.notes), chosen
        finally:
            self._origin = origin
        return results

    def reach(self, beats: Fraction, semitones: int) -> tuple[Fraction, int]:
        """How far of `beats` and `semitones` all chosen notes can go together."""
        for part in self.parts():
            beats, semitones = note_edits.reach(part.notes, part.chosen, beats, semitones)
        return beats, semitones

    def _origin_of(self, clip: Clip, content: NoteContent) -> Fraction:
        clock = self.project.clock
        return clock.simple_beat_at(content.origin(clock.frames(clip.position)))

    def set_curve(self, name: str, field: str, points: tuple[Any, ...], merge: str | None = None) -> None:
        """Makes `points` the curve `field` of the clip, as the undo step `name`."""
        content, clip_id = self.content, self._clip_id
        if content is not None and points != getattr(content, field):
            new = replace(content, **{field: points})  # type: ignore[arg-type]
            self.document.apply(name, lambda p: edits.set_content(p, clip_id, new), merge)

    def preview(self, notes: Notes | None, chosen: Chosen | None = None) -> None:
        """Shows what a drag would make of the notes; None: those of the song."""
        if notes is not None and chosen is not None:
            notes = self._locked(notes, chosen)
        changes = notes is not self._preview or bool(self._beside_preview)
        self._preview, self._beside_preview = notes, {}
        if chosen is not None and (chosen != self._chosen or self._beside):
            self._chosen, self._beside = chosen, {}
            self.chosen_changed.emit()
        if changes:
            self.notes_changed.emit()

    def preview_parts(self, changed: Mapping[str, tuple[Notes, Chosen]]) -> None:
        """Shows what a drag would make of the notes of several open clips, as `changed` answers it."""
        others = dict(changed)
        notes, chosen = others.pop(self._clip_id, (self._notes, NONE))
        beside = {clip_id: (notes_beside, c) for clip_id, (notes_beside, c) in others.items() if c}
        chooses = chosen != self._chosen or {i: c for i, (_, c) in beside.items()} != {
            i: c for i, (_, c) in self._beside.items()
        }
        self._preview, self._beside_preview = notes, {clip_id: entry[0] for clip_id, entry in others.items()}
        self._chosen, self._beside = chosen, beside
        if chooses:
            self.chosen_changed.emit()
        self.notes_changed.emit()

    def commit(self, name: str) -> None:
        """Makes what is previewed the clips' notes, as the undo step `name`."""
        if self._preview is not None:
            beside = {clip_id: (notes, self.chosen_of(clip_id)) for clip_id, notes in self._beside_preview.items()}
            self.apply(name, self._preview, self._chosen, beside=beside)

    def _locked(self, notes: Notes, chosen: Chosen, before: Notes | None = None) -> Notes:
        """The notes on tones of the scale where it is locked; drums have none. before: those of another clip."""
        scale = self.settings.scale
        if scale is None or not self.settings.lock or self.is_drums:
            return notes
        before = self._notes if before is None else before
        moved = frozenset(i for i in chosen if i >= len(before) or notes[i].pitch != before[i].pitch)
        return note_edits.fit_to_scale(notes, moved, note_edits.scale_classes(*scale))

    # choosing

    def choose(self, chosen: Chosen, beside: Mapping[str, Chosen] | None = None) -> None:
        """Chooses exactly these of the edited clip, and of other open ones, by their ids."""
        notes = {clip.id: content.notes for _, clip, content in self.beside()} if beside else {}
        others = {i: (notes[i], those) for i, those in (beside or {}).items() if those and i in notes}
        if chosen != self._chosen or others != self._beside:
            self._chosen, self._beside = chosen, others
            self.chosen_changed.emit()

    def chosen_beside(self) -> dict[str, Chosen]:
        """Which notes of the other open clips are chosen, by the clips' ids."""
        return {clip_id: chosen for clip_id, (_, chosen) in self._beside.items()}

    def choose_all(self) -> None:
        """Chooses all notes of all open clips."""
        every = {part.clip_id: part.chosen for part in self.every_part()}
        self.choose(every.pop(self._clip_id, NONE), every)

    def choose_pitch(self, pitch: int, *, add: bool = False) -> None:
        """Chooses all notes of a pitch in all open clips; with `add` beside those that are chosen already."""
        every = {
            part.clip_id: frozenset(np.flatnonzero(ARRAYS.of(part.notes).pitches == pitch).tolist())
            | (self.chosen_of(part.clip_id) if add else NONE)
            for part in self.every_part()
        }
        self.choose(every.pop(self._clip_id, NONE), every)

    def chosen_notes(self) -> list[NoteEvent]:
        """The chosen notes in the order of their starts."""
        notes = self.notes
        return sorted((notes[i] for i in self._chosen), key=lambda note: (note.start, note.pitch))

    def change(self, **values: object) -> None:
        """Gives settings other values."""
        settings = replace(self.settings, **values)  # type: ignore[arg-type]
        if settings != self.settings:
            self.settings = settings
            self._make_rows()
            self.settings_changed.emit()

    def choose_scale(self, scale: tuple[int, str] | None) -> None:
        """Shades a scale, or none; from now on the song's key is not asked."""
        self._scale_chosen = True
        self.change(scale=scale)

    def forget_scale(self) -> None:
        """Lets the key of the song say which scale is shaded."""
        self._scale_chosen = False
        self._take_key()

    def _take_key(self) -> None:
        if self._scale_chosen:
            return
        scale = None
        if name := key_of_song(self.project):
            with suppress(EngineError):
                key = parse_key(name)
                scale = key.tonic, key.mode
        self.change(scale=scale)

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self._clip_id = ""
        before, notes, chosen = self._place, self._notes, self._chosen
        self._take()
        if self._place is None:
            self._clip_id = ""
            if before is not None:
                self.clip_changed.emit()
            return
        self._follow_beside()
        if before is not None and before[1].id == self._place[1].id and notes is not self._notes:
            # undo brings back notes as the same objects, or as others in the same places
            same = {id(notes[i]) for i in chosen if i < len(notes)}
            if len(self._notes) != len(notes):
                self._chosen = frozenset(i for i, note in enumerate(self._notes) if id(note) in same)
            self._preview, self._beside_preview = None, {}
        elsewhere = len(self.document.selection.clips) > 1 and old.tracks is not new.tracks
        if elsewhere or (
            before is not self._place and (before is None or before[1] is not self._place[1] or _moved(old, new))
        ):
            self.notes_changed.emit()
            self.chosen_changed.emit()
            self._told = True

    def _follow_beside(self) -> None:
        """What is chosen in the clips beside stays so where they have other notes now."""
        if not self._beside:
            return
        followed = {}
        for _, clip, content in self.beside():
            before, chosen = self._beside.get(clip.id, ((), NONE))
            if content.notes is not before and len(content.notes) != len(before):
                same = {id(before[i]) for i in chosen}
                chosen = frozenset(i for i, note in enumerate(content.notes) if id(note) in same)
            if chosen:
                followed[clip.id] = content.notes, chosen
        self._beside = followed

    def _on_selection(self) -> None:
        """Takes up the first selected clip of notes, unless the one that is edited is among the selected."""
        selected = self.document.selection.clips
        if selected and self._clip_id not in selected:
            for _, clip in self.project.clips():
                if clip.id in selected and isinstance(clip.content, NoteContent):
                    self.show(clip.id)
                    break
        chosen = self.chosen_count
        self._drop_closed()
        self.notes_changed.emit()
        if self.chosen_count != chosen:
            self.chosen_changed.emit()

    def _take(self) -> None:
        place = self.project.find_clip(self._clip_id) if self._clip_id else None
        content = place[1].content if place else None
        if place is None or not isinstance(content, NoteContent):
            self._place, self._notes, self._chosen, self._preview = None, (), NONE, None
            self._beside, self._beside_preview = {}, {}
            return
        self._place, self._notes = place, content.notes
        self._origin = self._origin_of(place[1], content)
        self._make_rows()

    def _make_rows(self) -> None:
        pitches = frozenset(np.flatnonzero(np.bincount(self.arrays.pitches, minlength=PITCHES)).tolist())
        scale = self.settings.scale
        key = Key(*scale) if scale is not None else None
        rows = rows_for(pitches, drums=self.is_drums, fold=self.settings.fold, key=key)
        if rows != self._rows:
            self._rows = rows


def _moved(old: Project, new: Project) -> bool:
    return old.tempo_map is not new.tempo_map or old.signature != new.signature
