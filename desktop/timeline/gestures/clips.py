"""Dragging clips: move and copy, trim, loop, slip, fade and gain."""

from PySide6.QtCore import QPointF, Qt

from desktop.timeline.gestures.gesture import Gesture, Stage
from desktop.timeline.hit_test import Zone
from desktop.timeline.rows import Row
from desktop.timeline.time_labels import bar_text, length_text, moved_text, signed_seconds
from desktop.view.pointing import ALT, SHIFT
from desktop.widgets.scale import decibels_at, share_of
from desktop.widgets.values import decibels, signed
from engine.project import edits
from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB, Clip, Project
from engine.timing.duration import Duration
from engine.timing.position import Position


class MoveClips(Gesture):
    """Moves the selected clips, or with Alt copies of them."""

    title = "Move clip"
    cursor = Qt.CursorShape.ClosedHandCursor
    lane: int | None = None
    hint = "Shift: without snapping · Alt: copy · Out of the window: as a file, with Alt as WAV · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, row: Row, clip: Clip, ids: frozenset[str]) -> None:
        super().__init__(stage, press)
        self._clip = clip
        self._row = row
        self._ids = ids
        self._copying = False
        self._before = frozenset(each.id for _, each in stage.project.clips())
        rows = stage.rows()
        for track, each in stage.project.clips():
            if each.id in ids and (its_row := rows.of(track.id)):
                self.ghosts.append((stage.spans.start(each), stage.spans.end(each), its_row.top, its_row.height))

    @property
    def ids(self) -> frozenset[str]:
        """The clips that are moved."""
        return self._ids

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Follows the mouse; the clip that was taken hold of snaps, the others go with it."""
        stage, clock = self.stage, self.stage.project.clock
        start = stage.spans.start(self._clip)
        target = stage.snapped(start + self.frames_moved(point), modifiers, self._ids)
        rows = stage.rows()
        content_y = min(max(point.y() + stage.viewport.top, 0), max(rows.height - 1, 0))
        over = rows.at(content_y)
        down = (over.index if over else self._row.index) - self._row.index
        self._copying = bool(modifiers & ALT)
        self.mark(target, modifiers)
        self.label = moved_text(clock, self._clip.position, target)
        if target.in_frames or clock.frames(target) == start:
            delta = Duration.of_frames(clock.frames(target) - start)
        else:
            delta = Duration.of_beats(clock.beats(target) - clock.beats(self._clip.position))
        count = len(self._ids)
        self.title = ("Copy" if self._copying else "Move") + (" clip" if count == 1 else f" {count} clips")
        ids, copying, follows = self._ids, self._copying, stage.automation_follows
        if not delta.sign and not down and not copying:
            self.edit = None
            return

        def edit(project: Project) -> Project:
            if copying:
                return copy_clips(project, ids, delta, down)
            return edits.move_clips(project, ids, delta, tracks=down, automation=follows)

        self.edit = edit

    def done(self) -> None:
        """Makes it a step; copies become the selection."""
        super().done()
        if self.edit and self._copying:
            new = [clip.id for _, clip in self.stage.project.clips() if clip.id not in self._before]
            self.stage.document.select(new)


def copy_clips(project: Project, ids: frozenset[str], delta: Duration, down: int) -> Project:
    """`project` with copies of clips, `delta` later and `down` tracks lower, as far as the song reaches."""
    clock = project.clock
    rows = [(row, clip) for row, track in enumerate(project.tracks) for clip in track.clips if clip.id in ids]
    if not rows:
        return project
    top = min(row for row, _ in rows)
    lowest = max(row for row, _ in rows)
    down = min(max(down, -top), len(project.tracks) - 1 - lowest)
    first = min((clip.position for _, clip in rows), key=clock.frames)
    return edits.paste(project, rows, project.tracks[top + down].id, delta.end(first, clock))


class TrimClips(Gesture):
    """Drags one end of a clip; the same end of the other selected clips goes along."""

    cursor = Qt.CursorShape.SizeHorCursor
    hint = "Shift: without snapping · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, row: Row, clip: Clip, zone: Zone, ids: frozenset[str]) -> None:
        super().__init__(stage, press)
        self._clip = clip
        self._zone = zone
        self._ids = ids if clip.id in ids else frozenset((clip.id,))
        title = {Zone.TRIM_START: "Trim start", Zone.TRIM_END: "Trim end", Zone.LOOP: "Loop clip"}[zone]
        self.title = title if len(self._ids) == 1 else f"{title} of {len(self._ids)} clips"
        rows = stage.rows()
        for track, each in stage.project.clips():
            if each.id in self._ids and (its_row := rows.of(track.id)):
                self.ghosts.append((stage.spans.start(each), stage.spans.end(each), its_row.top, its_row.height))

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The end follows the mouse, from where it was."""
        stage, clock, clip = self.stage, self.stage.project.clock, self._clip
        start, end = stage.spans.start(clip), stage.spans.end(clip)
        at_start = self._zone is Zone.TRIM_START
        edge = start if at_start else end
        target = stage.snapped(edge + self.frames_moved(point), modifiers, self._ids)
        self.mark(target, modifiers)
        frame = clock.frames(target)
        length = max(end - frame if at_start else frame - start, 1)
        length_words = length_text(clock, min(frame, end) if at_start else start, length)
        moved_words = signed_seconds(frame - edge, clock.rate)
        self.label = f"{bar_text(clock, target)} · {length_words} ({moved_words})"
        change = {
            Zone.TRIM_START: edits.trim_start,
            Zone.TRIM_END: edits.trim_end,
            Zone.LOOP: edits.loop_to,
        }[self._zone]
        ids, moved = self._ids, frame - edge
        beats = None
        if at_start and not target.in_frames:
            beats = Duration.of_beats(clock.beats(target) - clock.beats(clip.position))

        def edit(project: Project) -> Project:
            for _, each in list(project.clips()):
                if each.id == clip.id:
                    place = target
                elif each.id not in ids:
                    continue
                elif beats is not None and not each.position.in_frames:
                    place = beats.end(each.position, project.clock)
                else:
                    place = Position.at_frame((project.start_of(each) if at_start else project.end_of(each)) + moved)
                project = change(project, each.id, place)
            return project

        self.edit = edit


class SlipClip(Gesture):
    """Moves the sound under a clip that stays where it is."""

    title = "Slip clip"
    cursor = Qt.CursorShape.SizeHorCursor
    hint = "The clip stays, its sound moves · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, clip: Clip) -> None:
        super().__init__(stage, press)
        self._clip = clip

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The sound follows the mouse."""
        frames = round(self.frames_moved(point))
        self.label = f"Slip {signed_seconds(frames, self.stage.project.rate)}"
        self.edit = lambda project: edits.slip(project, self._clip.id, frames)


class FadeClips(Gesture):
    """Drags the inner end of a fade; the other selected clips get one of the same length."""

    hint = "Shift: without snapping · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, clip: Clip, ids: frozenset[str], *, fade_in: bool) -> None:
        super().__init__(stage, press)
        self._clip = clip
        self._ids = ids if clip.id in ids else frozenset((clip.id,))
        self._fade_in = fade_in
        self.title = "Fade in" if fade_in else "Fade out"
        self.cursor = Qt.CursorShape.SizeBDiagCursor if fade_in else Qt.CursorShape.SizeFDiagCursor

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The fade reaches to the mouse."""
        stage, clip = self.stage, self._clip
        start, end = stage.spans.start(clip), stage.spans.end(clip)
        inner = start + clip.fade_in.length if self._fade_in else end - clip.fade_out.length
        frame = inner + self.frames_moved(point)
        # a fade is set freely; it catches on the grid only when near
        target = stage.snapped(frame, modifiers, frozenset((clip.id,)))
        near = abs(stage.project.clock.frames(target) - frame) <= 6 * stage.viewport.frames_per_px
        at = stage.project.clock.frames(target) if near else round(frame)
        self.snap_frame = at if near and stage.is_snapping(modifiers) else None
        length = max(0, at - start if self._fade_in else end - at)
        fade = clip.fade_in if self._fade_in else clip.fade_out
        length = min(length, clip.length - (clip.fade_out if self._fade_in else clip.fade_in).length)
        first = start if self._fade_in else end - length
        self.label = f"{self.title} {length_text(stage.project.clock, first, length)} · {fade.shape.replace('_', ' ')}"
        change = edits.set_fade_in if self._fade_in else edits.set_fade_out
        ids = self._ids

        def edit(project: Project) -> Project:
            for _, each in list(project.clips()):
                if each.id in ids:
                    project = change(project, each.id, length)
            return project

        self.edit = edit


class GainClips(Gesture):
    """Drags the gain line; all selected clips change by as much."""

    title = "Clip gain"
    cursor = Qt.CursorShape.SizeVerCursor
    hint = "Shift: fine · Double-click: 0 dB · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, row: Row, clip: Clip, ids: frozenset[str]) -> None:
        super().__init__(stage, press)
        self._clip = clip
        self._height = max(stage.geometry.body_rect(row, clip).height(), 1)
        self._ids = ids if clip.id in ids else frozenset((clip.id,))
        self._share = share_of(clip.gain_db)
        self._last_y = press.y()

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The line follows the mouse; with Shift by a fifth as much."""
        self._share += (self._last_y - point.y()) / self._height * (0.2 if modifiers & SHIFT else 1)
        self._last_y = point.y()
        gain = round(min(max(decibels_at(min(max(self._share, 0.0), 1.0)), MIN_GAIN_DB), MAX_GAIN_DB), 1)
        if abs(gain) < 0.25 and not modifiers & SHIFT:
            gain = 0.0
        change = gain - self._clip.gain_db
        self.label = f"{decibels(gain)} ({'+' if change >= 0 else ''}{signed(change, 1)} dB)"
        ids = self._ids

        def edit(project: Project) -> Project:
            for _, clip in list(project.clips()):
                if clip.id in ids:
                    own = gain if gain <= MIN_GAIN_DB else clip.gain_db + change
                    project = edits.set_clip(project, [clip.id], gain_db=own)
            return project

        self.edit = edit
