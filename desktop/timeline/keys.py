"""The keys that depend on which clip has the focus: moving it, nudging, choosing takes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from desktop.timeline.contents import OPENED
from desktop.timeline.hit_test import Hit
from desktop.timeline.surface import Surface
from desktop.view.pointing import ALT, CONTROL, SHIFT
from engine.project import edits
from engine.project.model import Clip, Project, Track
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.snap import Grid

FINE_NUDGE_SECONDS = Fraction(1, 1000)


class Keys:
    """What the keyboard does while the canvas has it."""

    def __init__(self, canvas: Surface, hit: Callable[[QPointF], Hit]) -> None:
        """For the keys of `canvas`; `hit` says what is at a point of it."""
        self._canvas, self._hit = canvas, hit
        # the merge key of a row of nudges, and how far they went in all
        self._nudged: tuple[str, Duration] = "", Duration.of_frames(0)

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; says whether it meant something here."""
        key, modifiers = event.key(), event.modifiers()
        canvas = self._canvas
        selection = canvas.document.selection
        if modifiers & ALT:
            return False
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            sign = 1 if key == Qt.Key.Key_Right else -1
            if modifiers & CONTROL:
                self._step_on_track(sign)
            elif selection.clips:
                self.nudge(sign, fine=bool(modifiers & SHIFT))
            else:
                canvas.viewport.scroll_by(sign * 48, 0)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step_track(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape:
            if canvas.stage.tools.stop_live():
                return True
            canvas.audition_requested.emit("", -1)
            canvas.document.select(())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and canvas.focus_clip:
            self._choose_focused(add=bool(modifiers & (CONTROL | SHIFT)))
            if not modifiers & (CONTROL | SHIFT):
                self._open_focused()
        elif key == Qt.Key.Key_F2 and canvas.focus_clip:
            canvas.rename_requested.emit(canvas.focus_clip)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and not modifiers & (CONTROL | SHIFT):
            index = key - Qt.Key.Key_1
            return canvas.stage.tools.choose_candidate(index + 1) or self._take_by_number(index)
        elif key == Qt.Key.Key_Menu and (pair := self._focused()):
            self._open_menu(*pair)
        else:
            return False
        return True

    def step_focus(self, forward: bool) -> bool:
        """Moves the focus to the next (or previous) clip in reading order; False at the ends."""
        canvas = self._canvas
        order = self.reading_order()
        if not order:
            return False
        if canvas.focus_clip is None or canvas.focus_clip not in order:
            at = 0 if forward else len(order) - 1
        else:
            at = order.index(canvas.focus_clip) + (1 if forward else -1)
        if not 0 <= at < len(order):
            canvas.set_focus_clip(None)
            return False
        self._focus_and_select(order[at])
        return True

    def reading_order(self) -> list[str]:
        """The clips' ids, track by track, each in the order of starts."""
        canvas = self._canvas
        return [clip.id for row in canvas.rows for clip in canvas.spans.of(row.track).clips]

    def up_to(self, clip_id: str) -> list[str]:
        """The selection with all clips between it and `clip_id`, in time and over the tracks."""
        canvas = self._canvas
        project, spans = canvas.document.project, canvas.spans
        chosen = canvas.document.selection.clips | {clip_id}
        places = [(row, clip) for row, track in enumerate(project.tracks) for clip in track.clips if clip.id in chosen]
        top, bottom = min(row for row, _ in places), max(row for row, _ in places)
        first = min(spans.start(clip) for _, clip in places)
        last = max(spans.end(clip) for _, clip in places)
        return [
            clip.id
            for track in project.tracks[top : bottom + 1]
            for clip in track.clips
            if spans.start(clip) >= first and spans.end(clip) <= last
        ]

    def nudge(self, sign: int, *, fine: bool = False) -> None:
        """Moves the selected clips by a step of the grid, or by a millisecond."""
        canvas = self._canvas
        ids = canvas.document.selection.clips
        grid = Grid.SIXTEENTH if canvas.stage.grid is Grid.OFF else canvas.stage.grid
        project = canvas.document.project
        first = min((project.start_of(clip) for _, clip in project.clips() if clip.id in ids), default=0)
        step = grid.step(project.clock.signature_at(Position.at_frame(first))) or Fraction(1)
        delta = Duration.of_beats(sign * step)
        if fine or canvas.stage.grid is Grid.OFF:
            delta = Duration.of_frames(sign * max(round(project.rate * FINE_NUDGE_SECONDS), 1))
        key = f"nudge {hash((ids, delta.in_frames)):x}"
        base = canvas.document.history.base(key)
        goes_on = base is not project and self._nudged[0] == key
        total = delta + self._nudged[1] if goes_on else delta
        total = total.kept_after_start((clip.position for _, clip in base.clips() if clip.id in ids), base.clock)
        self._nudged = key, total
        follows = canvas.stage.automation_follows
        canvas.document.apply(
            "Nudge", lambda p: edits.move_clips(p, ids, total, automation=follows), merge=key, anew=True
        )
        if canvas.focus_clip:
            canvas.set_focus_clip(canvas.focus_clip)

    def choose_take(self, clip_id: str, index: int) -> None:
        """Lets a clip play take `index`."""
        document = self._canvas.document
        if document.apply("Choose take", lambda p: edits.choose_take(p, clip_id, index)):
            document.select([clip_id], take=(clip_id, index))

    # inside

    def _focused(self) -> tuple[Track, Clip] | None:
        canvas = self._canvas
        return canvas.document.project.find_clip(canvas.focus_clip) if canvas.focus_clip else None

    def _choose_focused(self, *, add: bool) -> None:
        canvas = self._canvas
        pair = self._focused()
        if pair is None:
            return
        chosen = canvas.document.selection.clips
        canvas.document.select(chosen ^ {pair[1].id} if add else [pair[1].id], track=pair[0].id)

    def _open_focused(self) -> None:
        pair = self._focused()
        if pair and type(pair[1].content) in OPENED:
            self._canvas.open_requested.emit(pair[1].id)

    def _take_by_number(self, index: int) -> bool:
        document = self._canvas.document
        ids = document.selection.clips or (frozenset((self._canvas.focus_clip,)) if self._canvas.focus_clip else ())
        project = document.project
        able = [
            clip.id for _, clip in project.clips() if clip.id in ids and len(clip.takes) > 1 and index < len(clip.takes)
        ]
        if not able:
            return False

        region = document.selection.region

        def edit(p: Project) -> Project:
            for clip_id in able:
                pair = p.find_clip(clip_id)
                if region and pair:
                    start, length = p.start_of(pair[1]), pair[1].length
                    if region[0] < start + length and region[1] > start:
                        p = edits.comp_take(p, clip_id, index, region[0] - start, region[1] - start)
                else:
                    p = edits.choose_take(p, clip_id, index)
            return p

        document.apply("Comp take" if region else "Choose take", edit)
        return True

    def _step_track(self, sign: int) -> None:
        canvas = self._canvas
        tracks = canvas.document.project.tracks
        if not tracks:
            return
        selected = canvas.document.selection.track
        at = next((row for row, track in enumerate(tracks) if track.id == selected), -1 if sign > 0 else len(tracks))
        at = min(max(at + sign, 0), len(tracks) - 1)
        track = tracks[at]
        row = canvas.rows.of(track.id)
        if row:
            canvas.viewport.reveal_y(row.top, row.bottom)
        pair = self._focused()
        nearest = self._nearest(track, canvas.spans.start(pair[1])) if pair else None
        if nearest:
            self._focus_and_select(nearest.id)
        else:
            canvas.document.select((), track=track.id)

    def _nearest(self, track: Track, frame: int) -> Clip | None:
        return min(track.clips, key=lambda clip: abs(self._canvas.spans.start(clip) - frame), default=None)

    def _step_on_track(self, sign: int) -> None:
        pair = self._focused()
        if pair is None:
            self.step_focus(sign > 0)
            return
        clips = self._canvas.spans.of(pair[0]).clips
        at = next(index for index, clip in enumerate(clips) if clip.id == pair[1].id) + sign
        if 0 <= at < len(clips):
            self._focus_and_select(clips[at].id)

    def _focus_and_select(self, clip_id: str) -> None:
        canvas = self._canvas
        pair = canvas.document.project.find_clip(clip_id)
        canvas.set_focus_clip(clip_id)
        if pair:
            canvas.document.select([clip_id], track=pair[0].id)

    def _open_menu(self, track: Track, clip: Clip) -> None:
        canvas = self._canvas
        row = canvas.rows.of(track.id)
        if row:
            rect = canvas.places.clip_rect(row, clip)
            point = rect.topLeft().toPoint()
            point.setX(max(point.x(), 0) + 8)
            point.setY(point.y() + 20)
            hit = self._hit(point.toPointF())
            canvas.menu_requested.emit(hit, canvas.mapToGlobal(point))
