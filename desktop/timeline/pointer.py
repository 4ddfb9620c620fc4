"""The mouse on the canvas: what is under it, which gesture it begins, and where the view goes meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.keyboard import is_editor
from desktop.timeline.contents import OPENED
from desktop.timeline.gestures.clips import FadeClips, GainClips, MoveClips, SlipClip, TrimClips
from desktop.timeline.gestures.comping import SwipeTake
from desktop.timeline.gestures.extend import ExtendClip
from desktop.timeline.gestures.gesture import Gesture
from desktop.timeline.gestures.selecting import Pan, RubberBand, SelectTime
from desktop.timeline.hit_test import CURSORS, HINTS, LANES, Hit, Zone
from desktop.timeline.keys import Keys
from desktop.timeline.prompt_changes import changes_of
from desktop.timeline.rows import Row
from desktop.timeline.surface import Surface
from desktop.view.pointing import (
    ALT,
    CONTROL,
    DRAG_PX,
    SHIFT,
    EdgePull,
    HeldKeys,
    is_far_outside,
    pans,
    takes_sound,
    turn_wheel,
)
from desktop.widgets.plain import set_tooltip
from engine.errors import EditError
from engine.project import edits
from engine.project.model import Clip

TICK_PX = 4


class Pointer:
    """Turns mouse events into gestures for one canvas."""

    def __init__(self, canvas: Surface, parent: QObject) -> None:
        """For the mouse on `canvas`; `parent` owns the timers."""
        self._canvas = canvas
        self.hover: Hit | None = None
        self.gesture: Gesture | None = None
        self._view = 0.0, 0  # left frame and upper y where the gesture began
        self.mouse = QPointF(-1, -1)
        self.keys = Keys(canvas, self.hit)
        self._pressed: tuple[Hit, QPointF, Qt.KeyboardModifier] | None = None
        self._held = HeldKeys()
        # what is dragged to the right may make the song longer
        self._pull = EdgePull(canvas.viewport, parent, self._drag, grows=True)

    def hit(self, point: QPointF) -> Hit:
        """What is at `point`."""
        canvas = self._canvas
        selection = canvas.document.selection
        active = selection.clips
        if self.hover and self.hover.clip:
            active = active | {self.hover.clip.id}
        row = canvas.stage.row_at(point.y())
        hit = canvas.places.hit(row, point, active, None)
        if selection.region and hit.row:
            over = any(area.adjusted(-4, 0, 4, 0).contains(point) for area in canvas.region_areas())
            if over:
                return canvas.places.hit(row, point, active, selection.region)
        return hit

    # events

    def press(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down."""
        canvas = self._canvas
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self.mouse = point
        if pans(button, modifiers):
            self._begin(Pan(canvas.stage, point))
            return
        hit = self.hit(point)
        if button == Qt.MouseButton.RightButton:
            self._select_for_menu(hit)
            canvas.menu_requested.emit(hit, canvas.mapToGlobal(point.toPoint()))
            return
        if button != Qt.MouseButton.LeftButton or canvas.placeholders.cancel_at(canvas.rows, point):
            return
        self._pressed = hit, point, modifiers
        selection = canvas.document.selection
        handle = hit.zone in (Zone.REGION_START, Zone.REGION_END)
        if hit.clip and not handle:
            if hit.zone not in LANES and not modifiers & (CONTROL | SHIFT) and hit.clip.id not in selection.clips:
                canvas.document.select([hit.clip.id], track=hit.row.track.id if hit.row else None)
            canvas.set_focus_clip(hit.clip.id, reveal=False)
        elif not handle and not modifiers & (CONTROL | SHIFT):
            canvas.document.select((), track=hit.row.track.id if hit.row else None)

    def move(self, point: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse moved."""
        self.mouse, self._held.modifiers = point, modifiers
        if isinstance(self.gesture, MoveClips | SwipeTake) and self._is_dragged_out(point, self.gesture.ids):
            ids, lane = self.gesture.ids, self.gesture.lane
            self.cancel()
            self._canvas.viewport.scroll_to(*self._view)  # on the way out it may have scrolled
            self._canvas.drag_out_requested.emit(ids, lane, modifiers)
            return
        if self.gesture:
            self._drag()
            return
        if self._pressed and buttons & Qt.MouseButton.LeftButton:
            hit, press, began_with = self._pressed
            if (point - press).manhattanLength() >= DRAG_PX and (gesture := self._gesture_for(hit, press, began_with)):
                self._begin(gesture)
                self._drag()
            return
        self._hover(point)

    def release(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went up."""
        pressed, self._pressed = self._pressed, None
        gesture = self.gesture
        if gesture:
            self._end()
            gesture.done()
            self._canvas.show_project(self._canvas.document.project)
        elif pressed and button == Qt.MouseButton.LeftButton:
            self._click(pressed[0], modifiers)
        self._hover(point)

    def double_click(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """Resets a gain, opens notes, renames another clip, or adds a track below the others."""
        if button != Qt.MouseButton.LeftButton:
            return
        canvas, hit = self._canvas, self.hit(point)
        if hit.zone is Zone.GAIN and hit.clip:
            clip_id = hit.clip.id
            canvas.document.apply("Clip gain", lambda p: edits.set_clip(p, [clip_id], gain_db=0.0))
        elif hit.zone in (Zone.FADE_IN, Zone.FADE_OUT) and hit.clip:
            clip_id = hit.clip.id
            change = edits.set_fade_in if hit.zone is Zone.FADE_IN else edits.set_fade_out
            canvas.document.apply("Remove fade", lambda p: change(p, clip_id, 0))
        elif hit.clip and hit.row and hit.zone not in LANES and self._opens(hit.row, hit.clip, point):
            canvas.open_requested.emit(hit.clip.id)
        elif hit.clip and hit.zone not in LANES:
            canvas.rename_requested.emit(hit.clip.id)
        elif hit.zone is Zone.OUTSIDE:
            canvas.document.apply("Add track", edits.add_track)

    def leave(self) -> None:
        """The mouse left the canvas."""
        if not self.gesture:
            self.hover = None
            self._canvas.hint_changed.emit("")
            self._canvas.update()

    def wheel(self, event: QWheelEvent) -> None:
        """Scrolls down; sideways with Shift; zooms at the mouse with Ctrl."""
        turn_wheel(self._canvas.viewport, event)
        if self.gesture:
            self._drag()
        else:
            self._hover(event.position())

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; says whether it meant something here. What an editor over the canvas leaves does not."""
        if is_editor(QApplication.focusWidget()):
            return False
        if event.key() == Qt.Key.Key_Escape and (self.gesture or self._pressed):
            self.cancel()
            return True
        if self.gesture:
            if self._held.pressed(event):
                self._drag()
            return True
        return self.keys.press(event)

    def key_released(self, event: QKeyEvent) -> None:
        """A key went up; letting go of a modifier changes what is being dragged."""
        if self.gesture and self._held.released(event):
            self._drag()

    def cancel(self) -> None:
        """Ends what is being dragged, with nothing changed."""
        gesture = self.gesture
        self._pressed = None
        if gesture:
            self._end()
            gesture.cancelled()
            self._canvas.show_project(self._canvas.document.project)
            self._hover(self.mouse)

    def song_changed(self) -> bool:
        """The document has a new song; says whether a drag goes on, now on that song."""
        self.hover = None
        if self.gesture:
            self._drag()
        return self.gesture is not None

    # inside

    def _opens(self, row: Row, clip: Clip, point: QPointF) -> bool:
        """Whether a double-click at `point` opens the editor of a clip: that on the title of audio renames it."""
        in_title = point.y() < self._canvas.places.body_rect(row, clip).top()
        return type(clip.content) in OPENED and not (in_title and clip.chosen.source)

    def _is_dragged_out(self, point: QPointF, ids: frozenset[str]) -> bool:
        """Whether clips at a place of the canvas leave the timeline as files.

        So far outside the window that no scrolling is meant; or, a clip of sound, over what takes sounds, such as a
        row of the drum grid.
        """
        place = self._canvas.mapToGlobal(point.toPoint())
        if is_far_outside(self._canvas.window(), place):
            return True
        if len(ids) != 1 or self._canvas.rect().contains(point.toPoint()) or not takes_sound(place):
            return False
        clip = self._canvas.document.project.find_clip(next(iter(ids)))
        return clip is not None and bool(clip[1].chosen.source)

    def _gesture_for(self, hit: Hit, press: QPointF, modifiers: Qt.KeyboardModifier) -> Gesture | None:
        stage, selection = self._canvas.stage, self._canvas.document.selection
        row, clip, zone = hit.row, hit.clip, hit.zone
        if zone in (Zone.REGION_START, Zone.REGION_END) and selection.region:
            fixed = selection.region[1] if zone is Zone.REGION_START else selection.region[0]
            return SelectTime(stage, press, selection.clips, selection.track, fixed)
        if row is None or clip is None:
            if row and modifiers & ALT:
                return SelectTime(stage, press, frozenset(), row.track.id)
            return RubberBand(stage, press, modifiers)
        if zone in LANES:
            return None if hit.lane is None else SwipeTake(stage, press, clip, hit.lane)
        if zone in (Zone.CLIP, Zone.RANGE) and modifiers & CONTROL:
            return SlipClip(stage, press, clip)
        if zone is Zone.RANGE and not modifiers & ALT:
            return SelectTime(stage, press, frozenset((clip.id,)), row.track.id)
        if zone in (Zone.TRIM_START, Zone.TRIM_END) and modifiers & ALT and stage.tools.extends:
            return ExtendClip(stage, press, row, clip, left=zone is Zone.TRIM_START)
        if zone in (Zone.TRIM_START, Zone.TRIM_END, Zone.LOOP):
            return TrimClips(stage, press, row, clip, zone, selection.clips)
        if zone in (Zone.FADE_IN, Zone.FADE_OUT):
            return FadeClips(stage, press, clip, selection.clips, fade_in=zone is Zone.FADE_IN)
        ids = selection.clips if clip.id in selection.clips else selection.clips | {clip.id}
        if zone is Zone.GAIN:
            return GainClips(stage, press, row, clip, ids)
        self._canvas.document.select(ids)
        return MoveClips(stage, press, row, clip, ids)

    def _click(self, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        canvas = self._canvas
        selection = canvas.document.selection
        if hit.zone in (Zone.REGION_START, Zone.REGION_END):
            return
        if hit.zone in LANES and hit.clip and hit.lane is not None:
            if hit.zone is Zone.LISTEN or modifiers & ALT:
                canvas.audition_requested.emit(hit.clip.id, hit.lane)
                return
            self.keys.choose_take(hit.clip.id, hit.lane)
        elif hit.clip and hit.row:
            track = hit.row.track.id
            if modifiers & CONTROL:
                canvas.document.select(selection.clips ^ {hit.clip.id}, track=track)
            elif modifiers & SHIFT:
                canvas.document.select(self.keys.up_to(hit.clip.id), track=track)
            elif selection.clips != {hit.clip.id} or selection.region:
                canvas.document.select([hit.clip.id], track=track)

    def _select_for_menu(self, hit: Hit) -> None:
        document = self._canvas.document
        if hit.clip and hit.row:
            if hit.clip.id not in document.selection.clips:
                document.select([hit.clip.id], track=hit.row.track.id)
            self._canvas.set_focus_clip(hit.clip.id, reveal=False)
        elif hit.row and hit.zone is Zone.EMPTY and not document.selection.region:
            document.select((), track=hit.row.track.id)

    def _begin(self, gesture: Gesture) -> None:
        self.gesture = gesture
        self._view = self._canvas.viewport.left, self._canvas.viewport.top
        self._canvas.setCursor(gesture.cursor)
        self._canvas.hint_changed.emit(gesture.hint)
        self._canvas.gesture_changed.emit()

    def _drag(self) -> None:
        gesture, canvas = self.gesture, self._canvas
        if gesture is None:
            return
        gesture.drag(self.mouse, self._held.modifiers)
        project = canvas.document.project
        if gesture.edit is not None:
            try:
                project = gesture.edit(project)
            except EditError as error:
                canvas.hint_changed.emit(str(error))
        canvas.show_project(project)
        canvas.update()
        if not isinstance(gesture, Pan):
            self._pull.follow(self.mouse)

    def _end(self) -> None:
        # what is under the mouse is said anew
        self.gesture = self.hover = None
        self._pull.stop()
        self._canvas.unsetCursor()
        self._canvas.gesture_changed.emit()
        self._canvas.update()

    def _hover(self, point: QPointF) -> None:
        canvas = self._canvas
        inside = canvas.rect().contains(point.toPoint())
        hit = self.hit(point) if inside else None
        before, self.hover = self.hover, hit
        if hit and (before is None or before.zone is not hit.zone):
            canvas.setCursor(QCursor(CURSORS[hit.zone]))
            canvas.hint_changed.emit(HINTS[hit.zone])
        set_tooltip(canvas, self._tip(hit, point.x()) if hit and hit.clip else "")
        old = (before.zone, before.clip.id if before.clip else None, before.lane) if before else None
        new = (hit.zone, hit.clip.id if hit.clip else None, hit.lane) if hit else None
        if old != new:
            canvas.update()

    def _tip(self, hit: Hit, x: float) -> str:
        """What a tick of a clip that was made live stands for, if the mouse is at one."""
        if hit.clip is None:
            return ""
        start, viewport = self._canvas.spans.start(hit.clip), self._canvas.viewport
        near = [words for frame, words in changes_of(hit.clip) if abs(viewport.x(start + frame) - x) <= TICK_PX]
        return f"From here on: {near[-1]}" if near else ""
