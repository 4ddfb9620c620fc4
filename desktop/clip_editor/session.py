"""What the audio editor works on: the selected clip of audio, its attacks, and the marker or point that is chosen."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from engine.errors import EngineError
from engine.jobs import Context
from engine.project import edits
from engine.project.clip_time import ClipTime
from engine.project.model import AudioContent, Clip, GainPoint, Project, Source, Track, WarpMarker
from engine.timing.position import Position
from engine.timing.snap import Grid, at_zoom, snap

QUEUE = "listen"
_LEAST = Fraction(1, 64)
"""Quarter notes between two markers at least."""


class AudioSession(QObject):
    """Follows the document's selection. UI thread only."""

    clip_changed = Signal()
    """Another clip is edited, or none."""
    changed = Signal()
    """The clip, what a drag would make of it, or what is chosen of it."""
    attacks_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.grid = Grid.SIXTEENTH
        """What edits snap to: the grid of the timeline."""
        self.frames_per_px = 512.0
        """The zoom of the view, which the adaptive grid follows."""
        self.marker: int | None = None
        """The frame of the source on which the chosen warp marker lies."""
        self.point: int | None = None
        """The index of the chosen point of the envelope."""
        self.attacks: np.ndarray = np.zeros(0, np.int64)
        """Frames of the source at which strong attacks begin."""
        self._listened = ""
        self._clip_id = ""
        self._preview: Project | None = None
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._on_selection)

    @property
    def project(self) -> Project:
        """The song, or what a drag would make of it."""
        return self._preview or self.document.project

    @property
    def place(self) -> tuple[Track, Clip] | None:
        """The track and the clip that is edited; None without one of audio."""
        place = self.project.find_clip(self._clip_id)
        return place if place and isinstance(place[1].content, AudioContent) else None

    @property
    def clip(self) -> Clip | None:
        """The clip that is edited."""
        place = self.place
        return place[1] if place else None

    @property
    def content(self) -> AudioContent | None:
        """What its chosen take holds."""
        content = self.clip.content if self.clip else None
        return content if isinstance(content, AudioContent) else None

    @property
    def source(self) -> Source | None:
        """What its chosen take plays."""
        return self.project.sources.get(self.clip.chosen.source) if self.clip else None

    @property
    def start(self) -> int:
        """The frame of the song at which the clip starts."""
        return self.project.start_of(self.clip) if self.clip else 0

    @property
    def time(self) -> ClipTime | None:
        """Where the frames of its source lie."""
        clip, content = self.clip, self.content
        if clip is None or content is None:
            return None
        return ClipTime(content, self.start, clip.length, self.project.clock)

    @property
    def markers(self) -> tuple[WarpMarker, ...]:
        """The warp markers that can be moved: none where the clip keeps its own speed."""
        content = self.content
        return content.markers if content and content.warp else ()

    def show(self, clip_id: str) -> bool:
        """Edits a clip; says whether it holds audio."""
        place = self.document.project.find_clip(clip_id)
        if place is None or not isinstance(place[1].content, AudioContent):
            return False
        if clip_id != self._clip_id:
            self._clip_id, self.marker, self.point, self._preview = clip_id, None, None, None
            self.attacks = np.zeros(0, np.int64)
            self.clip_changed.emit()
        self.changed.emit()
        return True

    def choose(self, *, marker: int | None = None, point: int | None = None) -> None:
        """Chooses a warp marker or a point of the envelope, or nothing."""
        if (marker, point) != (self.marker, self.point):
            self.marker, self.point = marker, point
            self.changed.emit()

    # edits

    def preview(self, edit: Callable[[Project], Project] | None) -> str:
        """Shows what an edit would make of the clip, or the song as it is; returns why that cannot be."""
        self._preview, sentence = None, ""
        if edit is not None:
            try:
                self._preview = edit(self.document.project)
            except EngineError as error:
                sentence = str(error)
        self.changed.emit()
        return sentence

    def apply(self, name: str, edit: Callable[[Project], Project], merge: str | None = None) -> bool:
        """Carries out an edit as a step of undo."""
        self._preview = None
        return self.document.apply(name, edit, merge=merge)

    def snapped(self, frame: float, *, free: bool) -> int:
        """The place of the grid nearest to a frame of the song; `free` of the grid, the frame itself."""
        whole = max(round(frame), 0)
        if free or self.grid is Grid.OFF:
            return whole
        clock = self.project.clock
        return clock.frames(snap(clock, whole, at_zoom(self.grid, clock, whole, self.frames_per_px)))

    def step(self, frame: int) -> int:
        """The frames of a step of the grid at a frame of the song."""
        clock = self.project.clock
        grid = Grid.SIXTEENTH if self.grid is Grid.OFF else at_zoom(self.grid, clock, frame, self.frames_per_px)
        step = grid.step(clock.signature_at(Position.at_frame(max(frame, 0)))) or 1
        return max(round(float(step) * clock.frames_per_beat_at(max(frame, 0))), 1)

    def add_marker(self, song_frame: float, reach: float) -> None:
        """Puts a warp marker at a frame of the song, on an attack no more than `reach` frames away if there is one."""
        time, clip_id = self.time, self._clip_id
        if time is None:
            return
        frame = round(time.source_frame(song_frame))
        if len(self.attacks):
            nearest = int(self.attacks[np.abs(self.attacks - frame).argmin()])
            if abs(time.song_frame(nearest) - song_frame) <= reach:
                frame = nearest
        if self.apply("Add warp marker", lambda p: edits.add_warp_marker(p, clip_id, frame)):
            self.choose(marker=frame)

    def marker_moved(self, frame: int, song_frame: float) -> Callable[[Project], Project] | None:
        """The edit that lets the marker on a frame of the source lie at a frame of the song; the first one stays."""
        time, clip_id = self.time, self._clip_id
        if time is None or not frame or (content := self.content) is None:
            return None
        beats = [marker.beat for marker in content.markers]
        at = next((number for number, marker in enumerate(content.markers) if marker.frame == frame), 0)
        if not at:
            return None
        beat = time.beat(song_frame)
        beat = max(beat, beats[at - 1] + _LEAST)
        if at + 1 < len(beats):
            beat = min(beat, beats[at + 1] - _LEAST)
        return lambda p: edits.move_warp_marker(p, clip_id, frame, beat)

    def remove_chosen(self) -> None:
        """Removes the chosen marker or point."""
        clip, clip_id, marker, point = self.clip, self._clip_id, self.marker, self.point
        if clip is None:
            return
        if marker is not None:
            self.apply("Remove warp marker", lambda p: edits.remove_warp_marker(p, clip_id, marker))
        elif point is not None and point < len(clip.envelope):
            points = [each for number, each in enumerate(clip.envelope) if number != point]
            self.apply("Remove gain point", lambda p: edits.set_envelope(p, clip_id, points))
        self.choose()

    def with_points(self, points: list[GainPoint]) -> Callable[[Project], Project]:
        """The edit that gives the clip an envelope of these points."""
        clip_id = self._clip_id
        return lambda p: edits.set_envelope(p, clip_id, points)

    def clear_envelope(self) -> None:
        """Takes the envelope away."""
        self.apply("Remove gain envelope", self.with_points([]))
        self.choose()

    def hear_beats(self) -> None:
        """Lets the clip follow the tempo by the beats that are heard in its sound; a step of undo when it is done."""
        clip, source, folder, rate = self.clip, self.source, self.document.folder, self.project.rate
        if clip is None or source is None or folder is None or source.growing:
            return
        expected, clip_id = float(self.project.clock.tempo_at(clip.position)), clip.id

        def operation(context: Context) -> tuple[WarpMarker, ...]:
            from engine.inference.marker_hearing_client import heard_markers

            return heard_markers(folder, source, rate, expected, context)

        def done(markers: tuple[WarpMarker, ...]) -> None:
            pair = self.document.project.find_clip(clip_id)
            if self.document.folder == folder and pair and pair[1].chosen.source == source.id:
                self.document.apply("Warp to heard beats", lambda p: edits.warp_clip(p, clip_id, markers=markers))

        self.document.jobs.submit(f"Beats of “{clip.name}”", operation, done, self.document.job_failed, queue=QUEUE)

    def hear_attacks(self) -> None:
        """Finds the attacks of the source in the background, once."""
        source, folder, rate = self.source, self.document.folder, self.project.rate
        if source is None or folder is None or source.growing or self._listened == source.id:
            return
        self._listened = source.id

        def operation(_: Context) -> np.ndarray:
            from engine.inference.marker_hearing_client import attacks_in

            return attacks_in(folder, source, rate)

        def done(attacks: np.ndarray) -> None:
            if self.source is not None and self.source.id == source.id:
                self.attacks = attacks
                self.attacks_changed.emit()

        self.document.jobs.submit(
            f"Attacks of “{source.name}”", operation, done, lambda _: None, queue=QUEUE, passing=True
        )

    # what happens around it

    def _on_changed(self, old: Project, new: Project) -> None:
        if self._clip_id:
            self._preview = None
            if new.find_clip(self._clip_id) is None:
                self._clip_id = ""
                self.clip_changed.emit()
            self.changed.emit()

    def _on_selection(self) -> None:
        chosen = self.document.selection.clips
        if len(chosen) == 1:
            self.show(next(iter(chosen)))
