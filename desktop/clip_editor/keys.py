"""Keys of the audio editor: they walk through warp markers or points of the envelope, move, add and remove them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop.bridge import PlayerBridge
from desktop.clip_editor.pointer import ATTACK_PX
from desktop.clip_editor.session import AudioSession
from desktop.clip_editor.stage import ClipStage
from desktop.view.pointing import ALT, CONTROL, SHIFT
from engine.project import edits
from engine.project.model import GainPoint
from engine.project.model.ranges import GAIN_DB

_LEVEL, _FINE_LEVEL = 1.0, 0.1  # dB that a key moves a point


class ClipKeys:
    """Left and Right move the playhead by the grid, with Alt what is chosen; Ctrl goes to the next marker or point."""

    def __init__(self, session: AudioSession, stage: ClipStage, bridge: PlayerBridge) -> None:
        self._session, self._stage, self._bridge = session, stage, bridge

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; says whether it meant something."""
        session, key, modifiers = self._session, event.key(), event.modifiers()
        if session.clip is None:
            return False
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            sign = 1 if key == Qt.Key.Key_Right else -1
            if modifiers & CONTROL:
                self._walk(sign)
            elif modifiers & ALT:
                self._nudge(sign, fine=bool(modifiers & SHIFT))
            else:
                self._step(sign, fine=bool(modifiers & SHIFT))
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and session.point is not None:
            self._lift((1 if key == Qt.Key.Key_Up else -1) * (_FINE_LEVEL if modifiers & SHIFT else _LEVEL))
            return True
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            session.remove_chosen()
            return True
        if key == Qt.Key.Key_W:
            session.add_marker(self._bridge.position, ATTACK_PX * self._stage.viewport.frames_per_px)
            return True
        if key == Qt.Key.Key_E:
            self._add_point()
            return True
        return False

    def _step(self, sign: int, *, fine: bool) -> None:
        frame, viewport = self._bridge.position, self._stage.viewport
        step = max(round(viewport.frames_per_px), 1) if fine else self._session.step(frame)
        target = max(frame + sign * step, 0)
        self._bridge.seek(target if fine else self._session.snapped(target, free=False))
        viewport.reveal(target)

    def _walk(self, sign: int) -> None:
        """Chooses the next marker, or the next point where a point is chosen or there is no marker."""
        session, clip, time = self._session, self._session.clip, self._session.time
        if clip is None or time is None:
            return
        if clip.envelope and (session.point is not None or not session.markers):
            at = (session.point if session.point is not None else -1 if sign > 0 else len(clip.envelope)) + sign
            at = min(max(at, 0), len(clip.envelope) - 1)
            session.choose(point=at)
            self._stage.viewport.reveal(session.start + clip.envelope[at].frame)
        elif session.markers:
            frames = [marker.frame for marker in session.markers]
            at = (frames.index(session.marker) if session.marker in frames else -1 if sign > 0 else len(frames)) + sign
            marker = frames[min(max(at, 0), len(frames) - 1)]
            session.choose(marker=marker)
            self._stage.viewport.reveal(time.song_frame(marker))

    def _nudge(self, sign: int, *, fine: bool) -> None:
        session, clip, time, viewport = self._session, self._session.clip, self._session.time, self._stage.viewport
        if clip is None or time is None:
            return
        if session.marker is not None:
            frame = round(time.song_frame(session.marker))
            step = max(round(viewport.frames_per_px), 1) if fine else session.step(frame)
            edit = session.marker_moved(session.marker, frame + sign * step)
            if edit:
                session.apply("Move warp marker", edit)
        elif session.point is not None and session.point < len(clip.envelope):
            point = clip.envelope[session.point]
            step = max(round(viewport.frames_per_px), 1) if fine else session.step(session.start + point.frame)
            self._move_point(max(point.frame + sign * step, 0), point.gain_db)

    def _lift(self, decibels: float) -> None:
        clip, number = self._session.clip, self._session.point
        if clip is not None and number is not None and number < len(clip.envelope):
            point = clip.envelope[number]
            self._move_point(point.frame, min(max(point.gain_db + decibels, GAIN_DB.low), GAIN_DB.high))

    def _move_point(self, frame: int, gain_db: float) -> None:
        session, clip, number = self._session, self._session.clip, self._session.point
        if clip is None or number is None:
            return
        rest = [point for index, point in enumerate(clip.envelope) if index != number]
        new = GainPoint(frame, round(gain_db, 1))
        points = sorted((*(point for point in rest if point.frame != frame), new), key=lambda point: point.frame)
        if session.apply("Gain envelope", session.with_points(points)):
            session.choose(point=points.index(new))

    def _add_point(self) -> None:
        session, clip = self._session, self._session.clip
        if clip is None:
            return
        frame = min(max(self._bridge.position - session.start, 0), clip.length)
        new = GainPoint(frame, round(self._stage.gain_at(frame), 1))
        points = sorted((*(point for point in clip.envelope if point.frame != frame), new), key=lambda each: each.frame)
        if session.apply("Add gain point", lambda p: edits.set_envelope(p, clip.id, points)):
            session.choose(point=points.index(new))
