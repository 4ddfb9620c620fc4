"""What plays and records, over MIDI and from audio inputs, built and connected in one place."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMainWindow, QWidget

from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.dialogs.frame import shown_again
from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.recording.arming import Arming
from desktop.recording.audio_recording import AudioRecording
from desktop.recording.computer_piano import HELP, ComputerPiano
from desktop.recording.input_menu import InputMenu
from desktop.recording.inputs import TrackInputs
from desktop.recording.midi_learn import MidiLearn
from desktop.recording.recorder import Recorder
from desktop.recording.sampler import Sampler
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.timeline.headers import HeaderColumn
from desktop.window_actions import Actions

if TYPE_CHECKING:
    from desktop.editors import Editors
    from desktop.recording.step_input import StepInput

Say = Callable[[str], object]


class RecordingParts:
    """Arming, recording, step input, the computer's keys and learnt controllers."""

    def __init__(
        self, document: Document, bridge: PlayerBridge, settings: Settings, jobs: JobCentre, window: QMainWindow,
        theme: Theme,
    ) -> None:  # fmt: skip
        self._document, self._bridge, self._settings = document, bridge, settings
        self._jobs, self._window, self._theme = jobs, window, theme
        self.inputs = TrackInputs(settings)
        self.input_menu = InputMenu(document, self.inputs, window)
        self.arming = Arming(document, bridge, jobs, self.inputs)
        self.sound = AudioRecording(document, bridge)
        self.recorder = Recorder(document, bridge, self.arming, self.sound, settings)
        self.piano = ComputerPiano(bridge, window)
        self.learn = MidiLearn(document, bridge, settings)
        self.sampler = Sampler(document, self.arming, jobs)
        self.steps: Deferred[StepInput] | None = None
        self._headers: HeaderColumn | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        recorder = self.recorder
        return {
            "sampler": self.sampler.play_clip,
            "midi_settings": self.show_settings,
            "arm_track": self._arm_selected,
            "record": recorder.toggle,
            "count_in": lambda: recorder.set_count_in(not recorder.count_in),
            "punch": lambda: recorder.set_punch(not recorder.punch),
            "track_input": self._choose_input,
            "overdub": lambda: recorder.set_overdub(not recorder.overdub),
            "step_input": self._toggle_steps,
            "computer_piano": lambda: self.piano.set_on(not self.piano.on),
            "midi_learn": lambda: self.learn.set_learning(not self.learn.learning),
            "midi_forget": self.learn.forget,
        }

    def connect_to(
        self, actions: Actions, headers: HeaderColumn, editors: "Deferred[Editors]", show_error: Say, show_notice: Say,
        hint: Say,
    ) -> None:  # fmt: skip
        """Connects the parts with the window."""
        arming, recorder, piano = self.arming, self.recorder, self.piano
        self.steps = Deferred(lambda: self._step_input(editors(), show_notice))
        self._headers = headers
        headers.input_requested.connect(self.input_menu.show)
        headers.arm_requested.connect(lambda id_, on, beside: arming.arm(id_, on, beside_others=beside))
        arming.changed.connect(self._show_armed)
        arming.failed.connect(show_error)
        recorder.failed.connect(show_error)
        self.sound.failed.connect(show_error)
        self.sound.notice.connect(show_notice)
        recorder.changed.connect(actions["record"].setChecked)
        piano.changed.connect(lambda: actions["computer_piano"].setChecked(piano.on))
        piano.changed.connect(lambda: hint(self._piano_text()))
        self.learn.changed.connect(actions["midi_learn"].setChecked)
        self.learn.notice.connect(show_notice)
        self._bridge.midi_notice.connect(show_notice)
        actions["punch"].setChecked(recorder.punch)
        actions["count_in"].setChecked(recorder.count_in)
        actions["overdub"].setChecked(recorder.overdub)

    def start(self) -> None:
        """Opens the MIDI devices that were chosen last."""
        from desktop.chosen_devices import midi_settings

        self._bridge.set_midi(midi_settings(self._settings))

    def close(self) -> None:
        """Gives the computer's keys back."""
        self.piano.set_on(False)

    def show_settings(self) -> None:
        """Shows the MIDI settings."""
        from desktop.dialogs.midi_settings import MidiSettingsDialog

        if not shown_again(MidiSettingsDialog):
            MidiSettingsDialog(self._bridge, self._settings, self._jobs, self._theme, self._window).show()

    def _show_armed(self) -> None:
        """Lights the buttons of armed tracks, and shows from where they are recorded."""
        if self._headers is not None:
            sound, inputs = self.arming.sound_tracks, self.inputs
            texts = {id_: inputs.of(id_).label if id_ in sound else "Notes" for id_ in self.arming.tracks}
            self._headers.show_armed(texts)

    def _choose_input(self) -> None:
        """Shows the choice of the selected track's input, at its header."""
        track_id = self._document.selection.track
        if track_id is None or self._headers is None:
            return
        header = self._headers.header(track_id)
        place: QWidget = header if header is not None else self._headers
        self.input_menu.show(track_id, place.mapToGlobal(QPoint(16, 28)))

    def _arm_selected(self) -> None:
        if track := self._document.selection.track:
            self.arming.arm(track, track not in self.arming.tracks)

    def _toggle_steps(self) -> None:
        if self.steps is not None:
            steps = self.steps()
            steps.set_on(not steps.on)

    def _step_input(self, editors: "Editors", show_notice: Say) -> "StepInput":
        from desktop.recording.step_input import StepInput

        steps = StepInput(editors.notes.session, editors.notes.stage, self._bridge)
        steps.notice.connect(show_notice)
        return steps

    def _piano_text(self) -> str:
        piano = self.piano
        if not piano.on:
            return ""
        return f"Computer keyboard: octave C{piano.octave}, velocity {piano.velocity} · {HELP}"
