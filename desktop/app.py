"""The program: builds the parts, and connects them in one place."""

import logging
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from desktop import garbage, interface_size
from desktop.actions import Needs
from desktop.automation.build import AutomationParts
from desktop.bridge import PlayerBridge
from desktop.browser.build import BrowserParts
from desktop.clip_hearing import hearing_handlers
from desktop.consolidating import Consolidating
from desktop.devices.build import device_panel
from desktop.dialogs.frame import shown_again
from desktop.docks.history_panel import HistoryPanel
from desktop.docks.jobs_panel import JobsPanel
from desktop.docks.tab_dock import TabDock
from desktop.document import Document
from desktop.editing import Editing
from desktop.editor_parts import connect_editors, deferred_editors
from desktop.export.clip_files import ClipFiles, Kind
from desktop.export.clipboard import SystemClipboard
from desktop.generation.build import GenerationParts
from desktop.generation.clip_actions import ClipActionWidgets
from desktop.generation.composer_parts import ComposerParts
from desktop.generation.composing import ComposerStart, StartComposer, start_composer
from desktop.generation.model_choice import QUEUE, start_inference
from desktop.icons import Icons
from desktop.idle_memory import give_back_when_idle
from desktop.inspector.build import InspectionParts
from desktop.inspector.tempo_fit import Fitting
from desktop.jobs import JobCentre
from desktop.keymap import Keymap
from desktop.log import log_file, logging_to_file, reporting_errors
from desktop.mixer.mixer_view import MixerView
from desktop.models.runtime import RuntimeInstall
from desktop.recording.build import RecordingParts
from desktop.session_end import SessionEnd
from desktop.settings import Settings
from desktop.song_copies import SongCopies
from desktop.songs import Songs
from desktop.status_line import StatusLine
from desktop.theme import Theme, load_theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from desktop.transport.top_bar import TopBar
from desktop.welcome import WelcomePage
from desktop.widgets.elided_label import short_path
from desktop.widgets.message_bar import MessageBar
from desktop.widgets.plain import set_title, set_tooltip
from desktop.window import MainWindow
from desktop.window_actions import Actions
from engine.inference.api import Changed, Inference
from engine.jobs import Job
from engine.memory import keep_freed
from engine.project.model import Project
from engine.timing.position import Position
from engine.timing.snap import Grid

if TYPE_CHECKING:
    from desktop.clip_editor.editor import ClipEditor
    from desktop.notes.editor import NoteEditor
    from engine.playback.device import DeviceSettings

log = logging.getLogger(__name__)

COMPOSER_MS, PREPARE_MS = 300, 6000
"""The processes of the composer and of the generator start so long after the window, which they would slow down.

The composer comes first: a new song begins with it, and its sounds take seconds to load.
"""


class Desk:
    """Everything of one window. `close` gives all of it back; it is a context."""

    def __init__(
        self,
        app: QApplication,
        theme: Theme,
        *,
        device: "DeviceSettings | None" = None,
        inference: Callable[[Changed], Inference] = start_inference,
        composer: StartComposer = start_composer,
    ) -> None:
        self._app = app
        self.theme = theme
        self._device = device
        self._keep_unsaved = False
        self.settings = Settings()
        self.icons = Icons(theme)
        self.jobs = JobCentre()
        self._composer_process = ComposerStart(composer)
        self.document = Document(self.jobs, self._composer_process.play_notes)
        self.bridge = PlayerBridge(self.document)
        self.keymap = Keymap(self.settings)
        self.window = MainWindow(self.settings, self.keymap, theme)
        fitting = Fitting(self.document, lambda: bool(self.jobs.running_in(QUEUE)))
        self.generating = GenerationParts(
            self.document, self.bridge, self.settings, theme, self.icons, fitting.key_name, inference
        )
        clip_actions = self.generating.clip_actions
        self.songs = Songs(self.document, self.settings, theme, self.window, clip_actions.live)
        self.song_copies = SongCopies(self.document, self.settings, self.window, clip_actions.live)
        self.editing = Editing(self.document, self.bridge)
        self.consolidating = Consolidating(self.document, self.editing, self.window)
        self.peaks = PeakStore(self.document)
        self.automation = AutomationParts(self.document, self.bridge)
        self.timeline = TimelineView(
            self.document, theme, self.peaks, self.bridge, self.icons, clip_actions,
            overrides=self.automation.overrides,
        )  # fmt: skip
        self.composer = ComposerParts(
            self.document,
            self.bridge,
            self.generating.generation,
            self.timeline,
            theme,
            self.icons,
            self._composer_process,
        )
        self.browser = BrowserParts(self.document, self.bridge, theme, self.icons)
        self.clip_files = ClipFiles(self.document, self.settings, self.window)
        self.clipboard = SystemClipboard(self.document, self.editing, self.clip_files, self.window)
        self.recording = RecordingParts(self.document, self.bridge, self.settings, self.jobs, self.window, theme)
        self.songs.settle_before_leaving(self.recording.sound.settle)
        self.recording.sound.sealed.connect(self.peaks.keep_picture)
        self.actions = Actions(self.window, self.icons, self.keymap, self._handlers())
        self._build_panels(theme, fitting)
        self.message_bar.lie_over(self.window.ground, self.timeline.canvas, self.timeline, self.window.pages)
        self._connect()
        self._refresh()
        self.window.show_song(False)
        self.status.show_song(False)

    def _build_panels(self, theme: Theme, fitting: Fitting) -> None:
        """Builds what stands round the timeline, and puts all of it into the window."""
        self.top_bar = TopBar(self.document, self.bridge, theme, self.icons, self.actions)
        self.message_bar = MessageBar(theme, self.icons)
        self.welcome = WelcomePage(self.settings, self.actions, theme, self.icons)
        self.inspecting = InspectionParts(
            self.document, self.bridge, self.generating.generation, fitting, self.settings, self.keymap, theme,
            self.icons, self.browser.caption,
        )  # fmt: skip
        self.right = TabDock("side panel", theme, self.icons, folds=False)
        self.right.add("Generate", self.generating.panel)
        self.mixer = MixerView(self.document, self.bridge, theme)
        self.bottom = TabDock("bottom panel", theme, self.icons, folds=True)
        self.bottom.add("Mixer", self.mixer)
        self.devices = device_panel(self.document, self.bridge, theme, self._show_notice)
        self.bottom.add("Device", self.devices)
        self.editors = deferred_editors(
            self.document, self.bridge, self.settings, self.timeline, self._composer_process.warm_notes, theme,
            self.icons,
        )  # fmt: skip
        self.bottom.add("Editor", self.editors)
        self.browser.connect_to(self.bottom, self._import_at_playhead)
        self.guide = self.generating.guide_in(self.bottom)
        self.bottom.add("Jobs", JobsPanel(self.jobs, theme, self.icons))
        self.bottom.add("History", HistoryPanel(self.document, theme))
        self.inspecting.connect_to(self.right, self.bottom, self.message_bar)
        self._show_keys()
        self.keymap.changed.connect(self._show_keys)
        self.status = StatusLine(theme, self.icons, self.actions)
        self.clip_action_widgets = ClipActionWidgets(
            self.generating.clip_actions, self.document, self.generating.generation, self.window, self.timeline,
            self.top_bar, self.generating.panel, self.actions["regenerate"], theme, self.icons,
        )  # fmt: skip
        self.generating.connect_to(self.right, self.timeline, self.message_bar, self.show_error)
        self.window.assemble(
            self.actions, self.top_bar, self.message_bar, self.welcome, self.timeline, self.right, self.bottom,
            self.status,
        )  # fmt: skip

    def _connect(self) -> None:
        document, bridge, window, songs, timeline = self.document, self.bridge, self.window, self.songs, self.timeline
        window.close_requested.connect(lambda: songs.before_closing(window.close_now))
        self.session_end = SessionEnd(document, songs, window)
        self.session_end.connect_to(self._app)
        window.dropped.connect(songs.dropped)
        document.opened.connect(self._on_opened)
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._refresh)
        document.saved_changed.connect(lambda _: self._title())
        document.failed.connect(self.show_error)
        document.offered.connect(self._show_notice)
        document.sources_changed.connect(bridge.refresh)
        bridge.message.connect(self._on_player_message)
        bridge.notice.connect(lambda text: self._on_player_message(text, error=False))
        bridge.device_back.connect(lambda: self.message_bar.withdraw("audio"))
        bridge.metronome_changed.connect(self.actions["metronome"].setChecked)
        self.jobs.changed.connect(self._on_job)
        self.browser.connect_to_panel(self.generating.generation.panel, lambda: self._open_tab("Generate", self.right))
        self.composer.connect_to(self.actions, self.show_error, self.generating.panel.footer.press)
        live, review = self.generating.clip_actions.live, self.generating.clip_actions.review
        live.sealed.connect(timeline.canvas.peaks.keep_picture)
        live.failed.connect(self.show_error)
        live.notice.connect(lambda sentence: self.message_bar.show_message(sentence, error=False))
        live.begun.connect(self._refresh)
        review.changed.connect(self._refresh)
        bridge.held.connect(self._say_held)
        songs.message.connect(self.message_bar.show_message)
        songs.notice.connect(self._show_notice)
        songs.import_requested.connect(self._import_at_playhead)
        songs.opening.connect(self._on_opening)
        songs.recent_changed.connect(self.welcome.refresh)
        self.welcome.open_requested.connect(songs.open)
        self.welcome.missing_chosen.connect(songs.tell_missing)
        self.top_bar.audio_settings_requested.connect(self.show_audio_settings)
        self.top_bar.failed.connect(self.show_error)
        self.top_bar.tapping.hint_changed.connect(self.status.show_hint)
        window.full_screen_changed.connect(self.actions["full_screen"].setChecked)
        self.mixer.device_opened.connect(self._open_device)
        self.automation.connect_to(timeline, self.mixer, self.devices)
        self.top_bar.tempo_change.notice.connect(self._tell_tempo)
        bridge.returns = self.settings.flag("transport/return")
        timeline.canvas.stage.automation_follows = self.settings.flag("automation/follows_clips")
        bridge.position_changed.connect(document.sounds.set_playhead)
        document.sounds.warp_loops = self.settings.flag("import/warp_loops", True)
        window.recent_menu.aboutToShow.connect(self._fill_recent)
        document.copied.connect(self._refresh)
        give_back_when_idle(document, self.jobs)
        self.clipboard.changed.connect(self._refresh)
        self._connect_timeline()

    def _connect_timeline(self) -> None:
        timeline = self.timeline
        self.recording.connect_to(
            self.actions, timeline.headers, self.editors, self.show_error,
            lambda sentence: self.message_bar.show_message(sentence, error=False), self.status.show_hint,
        )  # fmt: skip
        self.recording.recorder.shown.connect(timeline.canvas.show_recorded)
        timeline.hint_changed.connect(self.status.show_hint)
        timeline.import_requested.connect(self.document.import_files)
        self.clip_files.connect_to(timeline.drag_out_requested, timeline.track_drag_out_requested)
        timeline.form_shown.connect(self.actions["song_form"].setChecked)
        timeline.take_export_requested.connect(
            lambda clip_id, take, kind: self.clip_files.ask([clip_id], Kind(kind), take)
        )
        timeline.open_requested.connect(self._open_clip)
        connect_editors(self.editors, self.status, self.composer.take_theme)
        self.status.grid_chosen.connect(timeline.set_grid)
        timeline.grid_changed.connect(self.status.show_grid)
        timeline.grid_changed.connect(lambda grid: self.settings.put("timeline/grid", grid.value))
        if (grid := self.settings.text("timeline/grid")) in set(Grid):
            timeline.set_grid(Grid(grid))
        timeline.export_requested.connect(lambda *_: self.show_export())
        timeline.set_actions(self.actions)
        timeline.marker_requested.connect(self.editing.add_marker_at)
        self.editing.track_added.connect(timeline.rename_track)
        self.editing.marker_added.connect(timeline.rename_marker)
        self.status.show_grid(timeline.grid)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        window, bridge, timeline = self.window, self.bridge, self.timeline
        return {
            **self.songs.handlers(),
            **self.song_copies.handlers(),
            **self.editing.handlers(),
            **self.consolidating.handlers(),
            **self.generating.handlers(),
            **self.composer.handlers(),
            **self.clip_files.handlers(),
            **self.clipboard.handlers(),
            **RuntimeInstall(self.document, self.generating.generation.models, self.window).handlers(),
            **hearing_handlers(self.document, self.theme, self.window),
            **self.browser.handlers(),
            **self.recording.handlers(),
            **self.automation.handlers(),
            "export": self.show_export,
            "export_midi": self.show_export_midi,
            "export_dawproject": self.show_export_dawproject,
            "audio_settings": self.show_audio_settings,
            "quit": window.close,
            "play": bridge.toggle,
            "start": lambda: self._go(0),
            "end": lambda: self._go(self.document.project.length),
            "loop": bridge.toggle_loop,
            "metronome": lambda: bridge.set_metronome(not bridge.metronome),
            "follow": lambda: timeline.set_follow(not timeline.follow),
            "automation_follows": lambda: self._set_follows(not timeline.canvas.stage.automation_follows),
            "warp_imports": self._toggle_warp_loops,
            "return_on_stop": lambda: self._set_returns(not bridge.returns),
            "reset_meters": self._reset_meters,
            "zoom_in": lambda: self._zoomed().zoom_in(),
            "zoom_out": lambda: self._zoomed().zoom_out(),
            "fit": lambda: self._zoomed().fit(),
            "zoom_selection": lambda: self._zoomed().fit_selection(),
            "tap_tempo": lambda: self.top_bar.tapping.tap(),
            "full_screen": window.toggle_full_screen,
            "automation": timeline.toggle_automation,
            "instrument": timeline.choose_instrument,
            "song_form": lambda: timeline.set_shows_form(not timeline.shows_form),
            "mixer": lambda: self._open_tab("Mixer"),
            "device": lambda: self._open_tab("Device"),
            "notes": self._show_editor,
            "jobs": lambda: self._open_tab("Jobs"),
            "history": lambda: self._open_tab("History"),
            "spectrogram": lambda: self._open_tab("Spectrogram"),
            "loudness": lambda: self._open_tab("Loudness"),
            "models": lambda: self._open_tab("Models", self.right),
            "bottom_dock": lambda: self._toggle(self.bottom),
            "right_dock": lambda: self._toggle(self.right),
            "interface_size": self._interface_size,
            "manual": self._manual,
            "shortcuts": self._shortcuts,
            "show_log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file()))),
            "about": self._about,
        }

    # life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start_audio(self) -> None:
        """Starts the player on the device that was chosen last."""
        from desktop.chosen_devices import device_settings

        self.bridge.start(self._device or device_settings(self.settings))
        self.recording.start()

    def end(self) -> None:
        """Prepares for an end without a question, as the system may ask for it: unsaved changes will be recovered."""
        self._keep_unsaved = True
        self.window.keep()

    def close(self) -> None:
        """Ends the player, the jobs and the window; unsaved changes are gone, unless `end` was called."""
        self.recording.close()
        self.clipboard.close()
        self.inspecting.close()
        self.bridge.close()
        self.jobs.close()
        self.generating.close()
        self.composer.close()
        self._composer_process.close()
        self.document.close(keep_unsaved=self._keep_unsaved)
        self.settings.flush()
        self.window.hide()
        self.window.deleteLater()

    def _show_keys(self) -> None:
        """Says in the tabs' tooltips what opens each, as the keys are now."""
        tip = self.keymap.tip
        for name, action in (("Generate", "generate"), ("Models", "models")):
            self.right.set_tip(name, tip(action))
        for name in ("Mixer", "Device", "Guide", "Jobs", "History", "Spectrogram", "Loudness"):
            self.bottom.set_tip(name, tip(name.lower()))
        self.bottom.set_tip("Editor", tip("notes"))

    def show_error(self, sentence: str, button: str = "", help: Callable[[], object] | None = None) -> None:
        """Shows a sentence and a button that helps; where the song's folder has gone, that and what helps then."""
        if self.document.moved:
            self.songs.tell_moved()
        else:
            self.message_bar.show_message(sentence, button, help)

    def show_unexpected(self, sentence: str) -> None:
        """Shows that something broke inside, with a way to save."""
        if self.document.folder is not None and not self.document.saved:
            self.message_bar.show_message(sentence, "Save", self.document.save)
        else:
            self.message_bar.show_message(sentence, "Show Log", self.actions["show_log"].trigger)

    def show_export(self) -> None:
        """Shows the export dialog."""
        from desktop.export.dialog import ExportDialog

        if not shown_again(ExportDialog):
            ExportDialog(self.document, self.settings, self.theme, self.window).show()

    def show_export_midi(self) -> None:
        """Asks for a MIDI file and writes the notes of the song into it."""
        from desktop.export.song_files import MIDI, ask_export_song

        ask_export_song(self.document, MIDI, self.settings, self.window)

    def show_export_dawproject(self) -> None:
        """Asks for a DAWproject file and writes the song into it."""
        from desktop.export.song_files import DAWPROJECT, ask_export_song

        ask_export_song(self.document, DAWPROJECT, self.settings, self.window)

    def show_audio_settings(self) -> None:
        """Shows the audio settings."""
        from desktop.dialogs.audio_settings import AudioSettingsDialog
        from desktop.dialogs.tone import TestTone

        if shown_again(AudioSettingsDialog):
            return
        tone = TestTone(self.bridge, self.document.project.rate)
        dialog = AudioSettingsDialog(self.bridge, self.settings, self.jobs, tone.play, self.theme, self.window)
        dialog.input_changed.connect(self.recording.inputs.changed)
        dialog.show()

    def _manual(self) -> None:
        from desktop.dialogs.manual import ManualDialog
        from desktop.manual_pages import page_for

        if not shown_again(ManualDialog):
            ManualDialog(page_for(QApplication.focusWidget()), self.keymap, self.theme, self.window).show()

    def _shortcuts(self) -> None:
        from desktop.dialogs.shortcuts import ShortcutsDialog

        if not shown_again(ShortcutsDialog):
            ShortcutsDialog(self.keymap, self.theme, self.window).show()

    def _interface_size(self) -> None:
        from desktop.dialogs.interface_size import InterfaceSizeDialog

        if not shown_again(InterfaceSizeDialog):
            InterfaceSizeDialog(self.settings, self.window.minimumSize(), self.theme, self.window).show()

    def _about(self) -> None:
        from desktop.dialogs.about import AboutDialog

        if not shown_again(AboutDialog):
            AboutDialog(self.theme, self.window).show()

    def _show_notice(self, sentence: str, button: str, help: Callable[[], object] | None) -> None:
        self.message_bar.show_message(sentence, button, help, error=False)

    def _tell_tempo(self, sentence: str, button: str, help: Callable[[], object] | None) -> None:
        """Shows what a change of tempo did, or takes that away again."""
        if sentence:
            self.message_bar.show_message(sentence, button, help, error=False, topic="tempo")
        else:
            self.message_bar.withdraw("tempo")

    def _say_held(self, sentence: str) -> None:
        """Says why playback waits; a live take says itself that it is waited for."""
        if self.generating.clip_actions.live.look is None:
            self.message_bar.show_message(sentence, error=False)

    def _on_player_message(self, sentence: str, *, error: bool = True) -> None:
        self.message_bar.show_message(sentence, "Audio Settings", self.show_audio_settings, error=error, topic="audio")

    def _on_opened(self) -> None:
        opened = self.document.folder is not None
        self.message_bar.hide()
        self._reset_meters()  # what was measured belongs to the song before
        if not opened:
            self.welcome.refresh()
        self.window.show_song(opened)
        self.status.show_song(opened)
        if opened:
            QTimer.singleShot(0, self.timeline.fit)
            if not any(track.clips for track in self.document.project.tracks):
                self.composer.card.setFocus()

    def _on_opening(self, name: str) -> None:
        if name:
            self._app.setOverrideCursor(Qt.CursorShape.WaitCursor)
            self.window.show_opening(name)
            self.window.setEnabled(False)  # what would be done to the song before would be lost
        elif self._app.overrideCursor() is not None:
            self._app.restoreOverrideCursor()
            self.window.setEnabled(True)
            self.window.show_song(self.document.folder is not None)

    def _on_changed(self, old: Project, new: Project) -> None:
        self._refresh()

    def _on_job(self, job: Job) -> None:
        self.welcome.show_job(job)
        running = len(self.jobs.running)
        self.bottom.set_title("Jobs", f"Jobs {running}" if running else "Jobs")

    def _refresh(self) -> None:
        document = self.document
        selection, history = document.selection, document.history
        self.actions.enable(
            need
            for need, present in (
                (Needs.SONG, document.folder is not None),
                (Needs.TRACK, selection.track is not None),
                (Needs.CLIPS, bool(selection.clips)),
                (Needs.TWO_CLIPS, len(selection.clips) > 1),
                (Needs.CLIPBOARD, document.folder is not None and self.clipboard.can_paste),
                (Needs.UNDO, history.can_undo),
                (Needs.REDO, history.can_redo),
                (Needs.MISSING, document.folder is not None),
                *self.generating.clip_actions.needs(),
            )
            if present
        )
        self.actions.set_undo_names(history.undo_name, history.redo_name)
        self.actions["loop"].setChecked(document.project.loop.on)
        self.actions["metronome"].setChecked(self.bridge.metronome)
        self.actions["follow"].setChecked(self.timeline.follow)
        self.actions["song_form"].setChecked(self.timeline.shows_form)
        self.actions["automation_follows"].setChecked(self.timeline.canvas.stage.automation_follows)
        self.actions["warp_imports"].setChecked(self.document.sounds.warp_loops)
        self.actions["return_on_stop"].setChecked(self.bridge.returns)
        self.actions["bottom_dock"].setChecked(not self.bottom.isHidden())
        self.actions["right_dock"].setChecked(not self.right.isHidden())
        self.actions["full_screen"].setChecked(self.window.isFullScreen())
        self._title()

    def _title(self) -> None:
        document = self.document
        if document.folder is None:
            self.window.setWindowTitle("Continuo")
            return
        set_title(self.window, document.project.name, after=" – Continuo")
        self.window.setWindowModified(not document.saved)

    def _toggle(self, dock: TabDock) -> None:
        dock.setVisible(dock.isHidden())
        self._refresh()

    def _open_tab(self, name: str, dock: TabDock | None = None) -> None:
        (dock or self.bottom).show()
        (dock or self.bottom).open(name)
        self._refresh()

    def _open_device(self, channel: str, device_id: str) -> None:
        """Shows the panel of a device."""
        self._open_tab("Device")
        self.window.make_room_below(self.theme.sizes["note_editor"])
        self.devices().open(channel, device_id)
        self.automation.followed.refresh()

    def _open_clip(self, clip_id: str) -> None:
        """Shows the editor of a clip, and gives it the keyboard."""
        self._show_editor()
        self.editors().open(clip_id)

    def _show_editor(self) -> None:
        self._open_tab("Editor")
        self.window.make_room_below(self.theme.sizes["note_editor"])
        self.editors().take_keyboard()

    def _zoomed(self) -> "TimelineView | NoteEditor | ClipEditor":
        """What zooming is about: the clip's editor while it has the keyboard, else the timeline."""
        editors = self.editors.built
        return (editors.focused if editors else None) or self.timeline

    def _go(self, frame: int) -> None:
        self.bridge.seek(frame)
        self.timeline.scroll_to(frame)

    def _set_follows(self, on: bool) -> None:
        self.timeline.canvas.stage.automation_follows = on
        self.settings.put("automation/follows_clips", "true" if on else "false")
        self._refresh()

    def _toggle_warp_loops(self) -> None:
        sounds = self.document.sounds
        sounds.warp_loops = not sounds.warp_loops
        self.settings.put("import/warp_loops", "true" if sounds.warp_loops else "false")
        self._refresh()

    def _set_returns(self, on: bool) -> None:
        self.bridge.returns = on
        self.settings.put("transport/return", "true" if on else "false")
        self._refresh()

    def _reset_meters(self) -> None:
        self.bridge.reset_clips()
        self.bridge.reset_loudness()
        self.inspecting.loudness.clear()

    def _import_at_playhead(self, files: list[Path]) -> None:
        self.document.import_files(files, self.document.selection.track, Position.at_frame(self.bridge.position))

    def _fill_recent(self) -> None:
        menu = self.window.recent_menu
        menu.clear()
        songs = self.settings.recent()
        names = [song.folder.name for song in songs]
        for song in songs:
            name = song.folder.name
            if names.count(name) > 1:
                name += f"  –  {short_path(song.folder.parent)}"
            action = menu.entry(name, partial(self.songs.open, song.folder))
            set_tooltip(action, str(song.folder))
            action.setEnabled(not song.missing)
        if menu.isEmpty():
            menu.entry("No songs yet", lambda: None).setEnabled(False)


def dress(app: QApplication, theme: Theme) -> None:
    """Gives the application its look, before anything is shown; the style sheet is the window's, and its dialogs'."""
    app.setStyle("Fusion")
    theme.load_fonts()
    app.setFont(theme.font())
    app.setPalette(theme.palette())


def run(song: Path | None = None, *, demo: bool = False, new: bool = False) -> int:
    """Opens the window and stays until it is closed; returns the status.

    It opens `song` if one is given, or the demo song, or a new one.
    """
    existing = QApplication.instance()
    if existing is None:
        interface_size.apply(Settings())
    keep_freed()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Continuo")
    app.setApplicationDisplayName("Continuo")
    theme = load_theme()
    dress(app, theme)
    with logging_to_file(), Desk(app, theme) as desk, reporting_errors(desk.show_unexpected):
        signal.signal(signal.SIGINT, lambda *_: desk.window.close())

        def end(*_: object) -> None:
            desk.end()
            app.exit(0)  # quit would ask every window first

        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                signal.signal(number, end)
        awake = QTimer()  # Python handles a signal only when some of it runs
        awake.timeout.connect(lambda: None)
        awake.start(500)
        # the window can be used before the player's process runs
        desk.window.first_painted.connect(desk.start_audio)
        desk.window.first_painted.connect(garbage.start_is_over)
        desk.window.show()
        QTimer.singleShot(COMPOSER_MS, desk.composer.composing.prepare)
        QTimer.singleShot(PREPARE_MS, desk.generating.generation.models.prepare)
        if song is not None:
            QTimer.singleShot(0, lambda: desk.songs.open(song))
        elif demo:
            QTimer.singleShot(0, desk.songs.open_demo)
        elif new:
            QTimer.singleShot(0, desk.songs.new)
        return app.exec()
