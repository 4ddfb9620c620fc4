"""The timeline as one widget: ruler, headers, canvas and scroll bars around one viewport."""

from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.automation.lanes import AutomationLanes
from desktop.automation.master_lanes import MasterLanes
from desktop.automation.overrides import Overrides
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline import accessible
from desktop.timeline.canvas import Canvas
from desktop.timeline.clip_tools import ClipTools, NoTools
from desktop.timeline.corner import Corner
from desktop.timeline.empty_state import EmptyState
from desktop.timeline.form_lanes import FormLabels, FormLanes
from desktop.timeline.headers import HeaderColumn
from desktop.timeline.hit_test import Hit
from desktop.timeline.menu_actions import ActionTable
from desktop.timeline.menus import Menus
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.region_bar import RegionBar
from desktop.timeline.reveal_new import RevealNew
from desktop.timeline.row_painter import TITLE_PX
from desktop.timeline.ruler import Ruler
from desktop.timeline.take_preview import TakePreview
from desktop.view.follow import Follow
from desktop.view.playhead import PlayheadLine
from desktop.view.scroll_bars import ScrollBars
from desktop.view.viewport import Viewport
from engine.playback.state import PlayerState
from engine.project import edits
from engine.project.model import Project
from engine.timing.position import Position
from engine.timing.snap import Grid

KEY_ZOOM = 1.5
STEP_DOWN = 36  # px


class TimelineView(QWidget):
    """Shows a document's song. Signals are facts (`hint_changed`) or wishes (`import_requested`)."""

    hint_changed = Signal(str)
    """What the mouse would do here, for the status line."""
    import_requested = Signal(object, object, object)
    """(paths, track id or None, position)"""
    export_requested = Signal(int, int)
    """The selected stretch of time (first frame, frame after the last) should be exported."""
    marker_requested = Signal(object)
    """A `Position` where a marker should be."""
    grid_changed = Signal(object)
    form_shown = Signal(bool)
    """Sections and chords have come into view, or are hidden."""
    track_drag_out_requested = Signal(str)
    """(track id): the track is dragged out of the window."""
    drag_out_requested = Signal(object, object, object)
    """(ids of clips, index of a take or None, modifiers): they are dragged out of the window."""
    take_export_requested = Signal(str, int, str)
    """(clip id, index of a take, kind of file)"""
    open_requested = Signal(str)
    """The id of a clip whose content should be edited."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        peaks: PeakStore,
        bridge: PlayerBridge,
        icons: Icons | None = None,
        tools: ClipTools | None = None,
        parent: QWidget | None = None,
        overrides: Overrides | None = None,
    ) -> None:
        """Without `icons` headers show no roles; without `tools` clips are edited and nothing else.

        `overrides`: which automation rests; the view's own if none are given.
        """
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._bridge = bridge
        self._form_choice: bool | None = None
        self._unzoomed: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._listening = TakePreview(document, bridge)
        self.viewport = Viewport(self)
        self._follow = Follow(self.viewport, bridge, self)
        self.canvas = Canvas(document, theme, peaks, self.viewport, tools or NoTools())
        self.ruler = Ruler(document, theme, self.canvas.stage, bridge)
        self.headers = HeaderColumn(document, theme, self.canvas, icons)
        overrides = overrides or Overrides(document, bridge)
        self.automation = AutomationLanes(document, bridge, overrides, self.canvas, self.headers, theme)
        self.master_lanes = MasterLanes(document, bridge, overrides, self.canvas, self.automation.tools, theme)
        self.corner = Corner(document, theme)
        self.form_lanes = FormLanes(document, theme, self.viewport, bridge)
        self.form_labels = FormLabels(theme)
        self.playhead = PlayheadLine(theme, self.viewport, self.canvas)
        self.invitation = EmptyState(theme, self.canvas)
        self.region_bar = RegionBar(theme, self.canvas)
        self.menus = Menus(document, theme, self.canvas.stage, self)
        self._bars = ScrollBars(self.viewport, "Scroll the song", "Scroll the tracks", self)
        self._lay_out()
        self.setFocusProxy(self.canvas)
        ground = self.palette()
        ground.setColor(self.backgroundRole(), theme.window)
        self.setPalette(ground)
        self.setAutoFillBackground(True)
        self._arrivals = RevealNew(document, self.canvas)
        accessible.install(self.canvas)
        self._connect()
        self._show_bars()
        self._show_invitation()
        self._show_form()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.form_labels, 0, 0)
        grid.addWidget(self.form_lanes, 0, 1, 1, 2)
        grid.addWidget(self.corner, 1, 0)
        grid.addWidget(self.ruler, 1, 1, 1, 2)
        grid.addWidget(self.headers, 2, 0)
        grid.addWidget(self.canvas, 2, 1)
        grid.addWidget(self._bars.down, 2, 2)
        grid.addWidget(self.master_lanes.heads, 3, 0)
        grid.addWidget(self.master_lanes.lanes, 3, 1)
        grid.addWidget(self._bars.across, 4, 1)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)

    # what the window asks for

    @property
    def grid(self) -> Grid:
        """What edits snap to."""
        return self.canvas.stage.chosen_grid

    def set_grid(self, grid: Grid) -> None:
        """Sets what edits snap to."""
        if grid is not self.canvas.stage.chosen_grid:
            self.canvas.stage.chosen_grid = grid
            self.grid_changed.emit(grid)

    @property
    def shows_form(self) -> bool:
        """Whether sections and chords are shown over the ruler."""
        return not self.form_lanes.isHidden()

    def set_shows_form(self, shows: bool | None) -> None:
        """Shows sections and chords, or hides them; None shows them where the song has any."""
        self._form_choice = shows
        self._show_form()

    @property
    def follow(self) -> bool:
        """Whether the view goes along with the playhead."""
        return self._follow.on

    def set_follow(self, follow: bool, *, smooth: bool | None = None) -> None:
        """Lets the view go along, page by page or smoothly."""
        self._follow.on = follow
        self._follow.resume()
        if smooth is not None:
            self._follow.smooth = smooth

    def set_actions(self, actions: ActionTable) -> None:
        """Takes the program's actions for menus and for the invitation of an empty song."""
        self.menus.actions = actions
        self.invitation.set_actions([actions["import"], actions["open_demo"]])
        self.corner.set_action(actions["add_track"])

    def zoom_in(self) -> None:
        """Shows less of the song, around the playhead if it is in view."""
        self.viewport.zoom(1 / KEY_ZOOM, self._zoom_centre())

    def zoom_out(self) -> None:
        """Shows more of the song."""
        self.viewport.zoom(KEY_ZOOM, self._zoom_centre())

    def fit(self) -> None:
        """Shows the whole song; four bars of an empty one."""
        clock = self._document.project.clock
        self.viewport.fit(0, self._document.project.length or clock.frames(clock.bar_start(5)))

    def fit_selection(self) -> None:
        """Shows the selected time, or the selected clips, as large as they fit; once more to go back from there."""
        viewport, project, selection = self.viewport, self._document.project, self._document.selection
        here = (viewport.frames_per_px, viewport.left)
        if self._unzoomed and self._unzoomed[0] == here:
            viewport.set_zoom(*self._unzoomed[1])
            self._unzoomed = None
            return
        clips = [clip for _, clip in project.clips() if clip.id in selection.clips]
        region = selection.region
        if region is None and clips:
            region = min(map(project.start_of, clips)), max(map(project.end_of, clips))
        if region is None:
            self.hint_changed.emit("Select clips or time first, to see them as large as they fit.")
            return
        viewport.fit(*region)
        self._unzoomed = (viewport.frames_per_px, viewport.left), here

    def scroll_to(self, frame: int) -> None:
        """Brings `frame` into view."""
        self.viewport.reveal(frame)

    def split_at(self, frame: int) -> None:
        """Splits the selected clips at `frame`, snapped to the grid; else the clips that lie there."""
        project, spans = self._document.project, self.canvas.spans
        place = self.canvas.stage.snapped(frame, Qt.KeyboardModifier.NoModifier)
        at = project.clock.frames(place)
        under = [clip.id for _, clip in project.clips() if spans.start(clip) < at < spans.end(clip)]
        chosen = self._document.selection.clips
        ids = [clip_id for clip_id in under if clip_id in chosen] or under
        self._document.apply("Split clip", lambda p: edits.split(p, ids, place))

    def rename_clip(self, clip_id: str) -> None:
        """Opens the field for a clip's name, over its title."""
        pair = self._document.project.find_clip(clip_id)
        row = self.canvas.rows.of(pair[0].id) if pair else None
        if pair is None or row is None:
            return
        rect = self.canvas.places.clip_rect(row, pair[1])
        left = max(rect.left(), 0)
        width = min(max(rect.right() - left, 120), 400)
        NameEditor(
            self.canvas,
            QRect(round(left), round(rect.top()) - 2, round(width), TITLE_PX + 6),
            pair[1].name,
            "Name of the clip",
            self._theme.font("small"),
            lambda text: self._document.apply("Rename clip", lambda p: edits.set_clip(p, [clip_id], name=text)),
        )

    def rename_track(self, track_id: str, step: str = "") -> None:
        """Opens the field for a track's name; a new track's name belongs to the undo step `step`."""
        if row := self.canvas.rows.of(track_id):
            self.viewport.reveal_y(row.top, row.bottom)
        if header := self.headers.header(track_id):
            header.rename(step)

    def toggle_automation(self) -> None:
        """Shows or hides the lanes of automation of the selected track."""
        if track_id := self._document.selection.track:
            self.automation.toggle(track_id)

    def choose_instrument(self) -> None:
        """Opens the list of instruments for the selected track, beside its header."""
        from desktop.instrument_chooser import InstrumentChooser

        track_id = self._document.selection.track
        track = self._document.project.track(track_id) if track_id else None
        if track is None:
            return
        row = self.canvas.rows.of(track.id)
        if row is not None:
            self.viewport.reveal_y(row.top, row.bottom)
        header = self.headers.header(track.id)
        place = header.mapToGlobal(QPoint(header.width(), 0)) if header else self.mapToGlobal(QPoint(0, 0))
        InstrumentChooser(self._document, self._theme, track, self).open_at(place)

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_children()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.canvas.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that a header has no use for mean what they mean on the canvas."""
        if self.canvas.hasFocus() or not self.canvas.pointer.key(event):
            super().keyPressEvent(event)

    # inside

    def _connect(self) -> None:
        canvas, ruler, headers, menus, document = self.canvas, self.ruler, self.headers, self.menus, self._document
        for part in (canvas, ruler, headers, self.corner, self.form_lanes, self.automation, self.master_lanes):
            part.hint_changed.connect(self.hint_changed)
        canvas.import_requested.connect(self.import_requested)
        canvas.menu_requested.connect(self._open_menu)
        canvas.rename_requested.connect(self.rename_clip)
        canvas.open_requested.connect(self.open_requested)
        canvas.audition_requested.connect(self._audition)
        canvas.drag_out_requested.connect(self.drag_out_requested)
        menus.take_export_requested.connect(self.take_export_requested)
        canvas.gesture_changed.connect(self._place_children)
        ruler.menu_requested.connect(lambda frame, marker, at: menus.open(menus.for_ruler(frame, marker), at))
        headers.drag_out_requested.connect(self.track_drag_out_requested)
        headers.instrument_requested.connect(self.choose_instrument)
        headers.menu_requested.connect(lambda track_id, at: menus.open(menus.for_track(track_id), at))
        ruler.change_menu_requested.connect(lambda flag, at: menus.open(menus.for_change(flag), at))
        menus.change_editor_requested.connect(ruler.edit_change)
        menus.tempo_requested.connect(lambda place: ruler.edit_change(*ruler.tempo_flags.add_tempo(place)))
        menus.signature_requested.connect(lambda place: ruler.edit_change(*ruler.tempo_flags.add_signature(place)))
        ruler.wheel_turned.connect(self._wheel)
        self.form_lanes.wheel_turned.connect(self._wheel)
        self.form_lanes.menu_requested.connect(menus.open)
        self.form_lanes.form_changed.connect(self._show_form)
        headers.wheel_turned.connect(self._wheel)
        menus.clip_name_requested.connect(self.rename_clip)
        menus.track_name_requested.connect(self.rename_track)
        menus.marker_name_requested.connect(self.rename_marker)
        menus.marker_requested.connect(self.marker_requested)
        menus.seek_requested.connect(self._bridge.seek)
        menus.split_requested.connect(self.split_at)
        menus.audition_requested.connect(self._audition)
        self._bridge.position_changed.connect(self._on_position)
        self._bridge.located.connect(self._on_located)
        self._bridge.playing_changed.connect(self._on_playing)
        self._bridge.meters_changed.connect(self._on_meters)
        self.viewport.changed.connect(self._show_bars)
        self.viewport.changed.connect(self._place_children)
        document.changed.connect(self._on_changed)
        document.coming_changed.connect(self._show_invitation)
        document.selection_changed.connect(self._place_children)
        self.region_bar.loop_requested.connect(self._loop_region)
        self.region_bar.export_requested.connect(self._export_region)

    def _show_form(self) -> None:
        form = self.form_lanes.form
        shows = bool(form.chords or form.sections) if self._form_choice is None else self._form_choice
        if shows != self.shows_form:
            self.form_lanes.setVisible(shows)
            self.form_labels.setVisible(shows)
            self.form_shown.emit(shows)

    def _on_changed(self, old: Project, new: Project) -> None:
        self._listening.song_changed()
        self._show_bars()
        if old.tracks is not new.tracks:
            self._show_invitation()
        self._place_children()

    def _on_position(self, frame: int) -> None:
        self.playhead.set_frame(frame)
        self.viewport.reach = frame
        if not self.canvas.pointer.gesture:
            self._follow.go(frame)

    def _on_playing(self, playing: bool) -> None:
        self._listening.playing_changed(playing)
        self._show_heard()

    def _on_located(self, frame: int) -> None:
        self._follow.resume()
        self.viewport.reveal(frame)

    def _on_meters(self, state: PlayerState) -> None:
        self._show_heard()
        self.headers.show_state(state)

    def _open_menu(self, hit: Hit, place: QPoint) -> None:
        self.menus.open(self.menus.for_hit(hit), place)

    def rename_marker(self, marker_id: str, step: str = "") -> None:
        """Opens the field for a marker's name; a new marker's name belongs to the undo step `step`."""
        for marker in self._document.project.markers:
            if marker.id == marker_id:
                self.ruler.rename(marker, step)

    def _wheel(self, event: QWheelEvent) -> None:
        self.canvas.pointer.wheel(event)

    def _zoom_centre(self) -> float | None:
        x = self.viewport.x(self._bridge.position)
        return x if 0 <= x <= self.viewport.width else None

    def _audition(self, clip_id: str, index: int) -> None:
        if sentence := self._listening.wish(clip_id, index):
            self.hint_changed.emit(sentence)
        self._show_heard()

    def _show_heard(self) -> None:
        overlay, now = self.canvas.overlay, (self._listening.heard, self._listening.frame)
        if (overlay.heard, overlay.heard_frame) != now:
            if overlay.heard and not now[0]:
                self.hint_changed.emit("")  # what was said of listening is over
            overlay.heard, overlay.heard_frame = now
            self.canvas.update()

    def _loop_region(self) -> None:
        region = self._document.selection.region
        if region:
            clock = self._document.project.clock
            first, last = (Position.at_beat(clock.beat_at(frame)) for frame in region)
            self._document.apply("Loop selection", lambda p: edits.set_loop_region(p, start=first, end=last, on=True))

    def _export_region(self) -> None:
        if region := self._document.selection.region:
            self.export_requested.emit(*region)

    # scroll bars and what lies over the canvas

    def _show_bars(self) -> None:
        self._bars.show(STEP_DOWN)

    def _show_invitation(self) -> None:
        document = self._document
        empty = not document.coming and not any(track.clips for track in document.project.tracks)
        # in a window that is not in front, too; None where nothing has had the focus
        focused = cast("QWidget | None", self.window().focusWidget())
        if not empty and focused is not None and self.invitation.isAncestorOf(focused):
            self.canvas.setFocus()
        self.invitation.setVisible(empty)
        self.invitation.offered.emit(empty)

    def _place_children(self) -> None:
        canvas = self.canvas
        self.playhead.place()
        if not self.invitation.isHidden():
            top = max(canvas.rows.height - self.viewport.top, 0)
            self.invitation.place(QRectF(0, top, canvas.width(), canvas.height() - top))
        areas = canvas.region_areas()
        showing = bool(areas) and canvas.pointer.gesture is None
        self.region_bar.setVisible(showing)
        if showing:
            self.region_bar.place(areas[0], QRectF(canvas.rect()))
