"""Pictures of real windows in the states worth looking at: `python -m tests.screenshots [FOLDER]`.

They are taken without a screen, from the demo song playing on the device that only keeps time, and from what the
bundled model makes of a prompt. Without a folder they replace the pictures in resources/screenshots; with a picture's
name after the folder only that one is taken.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop.app import Desk
    from engine.project.model import Clip

ROOT = Path(__file__).resolve().parent.parent
SCALED = "main-150"
"""The one picture that is taken at another scale, in a process of its own."""
GENERATED = ("empty", "generating", "takes", "spectrogram", "models", "live", "review")
COMPOSED = ("piano-roll", "drum-grid")
PROMPT = "slow piano, rain"
PATIENCE = 900.0  # s; a busy machine generates slowly
Save = Callable[[str, Any], None]
"""Saves a widget under a name, if its picture is wanted."""


def main() -> int:
    """Takes all pictures."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        if not only:
            environment = {**os.environ, "QT_SCALE_FACTOR": "1.5"}
            subprocess.run(
                [sys.executable, "-m", "tests.screenshots", str(target), SCALED], env=environment, check=True
            )
        os.environ["HOME"] = os.environ["USERPROFILE"] = home
        os.environ["CONTINUO_CONFIG"] = os.environ["CONTINUO_DATA"] = str(Path(home) / "own")
        take(Path(home), target, only)
    return 0


def take(home: Path, target: Path, only: str) -> None:
    """Opens the window and saves the pictures in `target`; just the one called `only` if given."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from desktop.app import Desk, dress
    from desktop.theme import load_theme
    from engine import paths
    from engine.demo.arrangement import build_demo
    from engine.playback.device import NO_SOUND, DeviceSettings

    app = QApplication(["continuo"])
    theme = load_theme()
    dress(app, theme)
    songs = home / "Music"
    songs.mkdir()
    paths.songs_dir = lambda: songs  # the pictures show no one's own folders

    def save(name: str, widget: QWidget) -> None:
        if name == only or (not only and name != SCALED):
            QTest.qWait(150)
            widget.grab().save(str(target / f"{name}.png"))

    with Desk(app, theme, device=DeviceSettings(device=NO_SOUND)) as desk:
        window = desk.window
        window.resize(1440, 900)
        window.show()
        demo = songs / "Harbour Lights"
        build_demo(demo)
        desk.settings.add_recent(songs / "Moved Away")
        desk.settings.add_recent(demo)
        desk.welcome.refresh()
        desk.start_audio()
        save("start", window)
        if not only or only in GENERATED:
            generated(desk, songs / "First Steps", save)
        if only in GENERATED:
            return
        if not only or only in COMPOSED:
            composed(desk, songs / "Late Train", save)
        if only in COMPOSED:
            return
        desk.songs.open(demo)
        until(lambda: not desk.jobs.running)
        arranged(desk, save, scaled=only == SCALED)
        if only != SCALED:
            mixed(desk, save)
            found(desk, songs, save)
            asked(desk, save)
            crowded(desk, save)
            desk.document.save()


def arranged(desk: "Desk", save: Save, *, scaled: bool) -> None:
    """The demo song as it plays, from afar and near, with an error, and in a small window; `scaled` the first alone."""
    window, document, bridge = desk.window, desk.document, desk.bridge
    rate = document.project.rate
    desk.bottom.open("Mixer")
    document.select([], track=document.project.tracks[0].id)
    bridge.seek(rate * 33)
    bridge.play()
    until(lambda: bridge.position > rate * 36)
    save("main", window)
    save(SCALED, window)
    if scaled:
        return
    bridge.stop()
    track, clip = next((t, c) for t, c in document.project.clips() if len(c.takes) > 1)
    document.select([clip.id], track=track.id)
    bridge.seek(document.project.start_of(clip))
    desk.timeline.viewport.fit(document.project.start_of(clip), document.project.start_of(clip) + 2 * rate)
    save("one-bar", window)
    desk.timeline.fit()
    sentence = "The audio device “USB Audio” is gone, so playback stopped: connect it and play, or choose another."
    desk.message_bar.show_message(sentence, "Audio Settings", desk.show_audio_settings)
    save("error", window)
    desk.message_bar.hide()
    window.resize(1024, 640)
    save("small", window)
    window.resize(1440, 900)


def mixed(desk: "Desk", save: Save) -> None:
    """The mixer with effects, a return and a group, and the panels of two effects."""
    from engine.project import edits
    from engine.project.model import MASTER, ChannelKind, Project

    document, first = desk.document, desk.document.project

    def effects(p: Project) -> Project:
        tracks = [track.id for track in p.tracks]
        p = edits.add_track(p, "Reverb", track_id="reverb", kind=ChannelKind.RETURN)
        p = edits.add_track(p, "Band", track_id="band", kind=ChannelKind.GROUP)
        bands = {"band1_on": 1.0, "band4_gain_db": 4.0, "band4_frequency_hz": 900.0, "band6_gain_db": -3.0}
        p = edits.add_device(p, tracks[0], "eq", bands, device_id="eq")
        p = edits.add_device(p, tracks[0], "compressor", {"threshold_db": -24.0, "ratio": 3.0}, device_id="compressor")
        p = edits.add_device(p, tracks[1], "saturator")
        p = edits.add_device(p, "reverb", "reverb")
        p = edits.add_device(p, MASTER, "limiter")
        p = edits.set_group(edits.set_send(p, tracks[1], "reverb", -12.0), tracks[1:3], "band")
        return edits.set_send(p, tracks[0], "reverb", -18.0)

    document.apply("Effects", effects)
    desk.bottom.open("Mixer")
    bridge = desk.bridge
    bridge.seek(document.project.rate * 33)
    bridge.play()
    until(lambda: bridge.position > document.project.rate * 35)
    save("mixer", desk.window)
    for device, name in (("eq", "equaliser"), ("compressor", "compressor")):
        desk.mixer.device_opened.emit(document.project.tracks[0].id, device)
        save(name, desk.window)
    desk.bottom.open("Mixer")
    automated(desk)
    save("automation", desk.window)
    bridge.stop()
    document.apply("Back", lambda _: first)


def found(desk: "Desk", songs: Path, save: Save) -> None:
    """A clip of sound in its editor, a guide over it, and the browser with sounds that were found."""
    from engine.cli import main as shell
    from engine.music.guide import Accent, ChordSpan, Guide, MelodyNote, SwellPoint, TimedPrompt

    document, project = desk.document, desk.document.project
    assert document.folder is not None
    track, clip = max(project.clips(), key=lambda place: len(place[1].takes))
    document.select([clip.id], track=track.id)
    desk.timeline.open_requested.emit(clip.id)
    desk.bridge.seek(project.start_of(clip) + project.rate)
    save("audio-editor", desk.window)

    desk.actions["guide"].trigger()
    beat = 60 / float(project.tempo)
    pitches = (69, 72, 76, 74, 72, 71, 67, 69, 72, 76, 81, 79, 76, 74, 72, 69)
    melody = tuple(MelodyNote(2 * n * beat, 1.5 * beat, pitch) for n, pitch in enumerate(pitches))
    chords = tuple(ChordSpan(8 * n * beat, 8 * beat, symbol) for n, symbol in enumerate(("Am", "F", "C", "G")))
    accents = tuple(Accent(n * beat, 1.0 if n % 4 == 0 else 0.5) for n in range(0, 32, 2))
    swell = SwellPoint(0.0, -12.0), SwellPoint(16 * beat, 0.0), SwellPoint(32 * beat, -9.0)
    words = TimedPrompt(0.0, "soft piano"), TimedPrompt(16 * beat, "strings and drums")
    desk.guide().state.write(Guide(melody, chords, accents, swell, words), "Draw a guide")
    save("guide", desk.window)
    document.undo()

    sounds = songs.parent / "Samples"
    document.save()
    if shell(["bounce", str(document.folder), "--stems", str(sounds)]):
        raise RuntimeError("the stems could not be written")
    desk.browser.library.add_folder(sounds)
    desk.actions["browser"].trigger()
    until(lambda: not desk.jobs.running)
    results: list[object] = []
    desk.browser.library.found.connect(results.append)
    desk.browser.panel().words.setText("drums and percussion")
    until(lambda: results)
    save("browser", desk.window)


def automated(desk: "Desk") -> None:
    """Draws two lanes under the selected track, and unfolds them."""
    from engine.project import edits
    from engine.project.model import CurvePoint, CurveShape, Project, Target
    from engine.timing.position import Position

    document = desk.document
    track = document.project.tracks[0].id

    def lanes(p: Project) -> Project:
        def point(bar: int, value: float, shape: CurveShape = CurveShape.LINEAR) -> CurvePoint:
            return CurvePoint(Position.at_beat(4 * (bar - 1)), value, shape)

        volume = [
            point(5, -18.0),
            point(9, -4.2),
            point(13, -4.2, CurveShape.S_CURVE),
            point(17, -1.0),
            point(33, -9.0),
        ]
        send = [point(5, -40.0, CurveShape.SLOW), point(13, -6.0, CurveShape.HOLD), point(17, -24.0), point(29, -12.0)]
        p = edits.set_lane(p, track, Target("gain_db"), volume)
        return edits.set_lane(p, track, Target("send_db", send="reverb"), send)

    document.apply("Lanes", lanes)
    document.select([], track=track)
    desk.actions["automation"].trigger()


def asked(desk: "Desk", save: Save) -> None:
    """The dialogs, and an export with its report."""
    from desktop.dialogs.audio_settings import AudioSettingsDialog
    from desktop.dialogs.new_song import NewSongDialog
    from desktop.dialogs.shortcuts import ShortcutsDialog
    from desktop.export.dialog import ExportDialog

    desk.actions["export"].trigger()
    export = shown(ExportDialog)
    export.options.folder.setText("~/Music/Harbour Lights Stems")
    export.options.stems.setChecked(True)
    export.options.use_lufs.setChecked(True)
    export.options.use_peak.setChecked(True)
    save("export", export)
    export.export_button.click()
    until(lambda: export.side.currentIndex() == 1)
    save("export-report", export)
    export.close()
    for action, kind in (
        ("new_options", NewSongDialog),
        ("audio_settings", AudioSettingsDialog),
        ("shortcuts", ShortcutsDialog),
    ):
        desk.actions[action].trigger()
        dialog = shown(kind)
        if isinstance(dialog, NewSongDialog):
            dialog.place.setText("~/Music")
        until(lambda: not desk.jobs.running)
        save(action.replace("_", "-"), dialog)
        dialog.close()


def crowded(desk: "Desk", save: Save) -> None:
    """A song of 24 tracks."""
    from engine.project import edits

    document, bridge, rate = desk.document, desk.bridge, desk.document.project.rate

    def many(project: Any) -> Any:
        for track in list(project.tracks) * 2:
            project = edits.duplicate_track(project, track.id)
        return edits.set_master_gain(project, -10.5)  # three times as loud

    document.apply("Duplicate tracks", many)
    desk.timeline.fit()
    bridge.seek(rate * 30)
    bridge.play()
    until(lambda: bridge.position > rate * 33)
    save("24-tracks", desk.window)
    bridge.stop()


def shown(kind: type) -> Any:
    """The visible window of that kind."""
    from PySide6.QtWidgets import QApplication

    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible())


def generated(desk: "Desk", folder: Path, save: Save) -> None:
    """What the generator makes in a new song: takes, a live take whose prompt changes, a part made anew."""
    from engine.project.model import new_project

    window, document, bridge, timeline = desk.window, desk.document, desk.bridge, desk.timeline
    generation, clip_actions = desk.generating.generation, desk.generating.clip_actions
    rate = 48000

    def clip() -> "Clip":
        return next(clip for _, clip in document.project.clips())

    document.new(folder, new_project("First Steps", tempo=Fraction(84), rate=rate))
    generation.panel.change(prompt=PROMPT, seed=1, locked=True)
    save("empty", window)
    job = generation.generate()
    assert job
    until(lambda: job.over or job.share > 0.3)
    save("generating", window)
    until(lambda: job.over)
    if job.error:
        raise RuntimeError(job.error)
    until(lambda: "fit" in (clip().chosen.provenance or {}))
    desk.right.open("Clip")
    timeline.viewport.fit(0, round(1.2 * document.project.length))
    save("takes", window)
    desk.actions["spectrogram"].trigger()
    until(lambda: not desk.inspecting.spectrogram().message)
    save("spectrogram", window)
    desk.actions["models"].trigger()
    until(lambda: all(card.height() > 60 for card in desk.inspecting.models().cards.values()))
    save("models", window)

    first = clip()
    generation.panel.change(prompt="warm strings")
    desk.right.open("Generate")
    desk.bottom.open("Mixer")
    document.select([first.id])
    timeline.viewport.fit(0, 2 * document.project.length)
    desk.actions["continue_live"].trigger()
    end = first.length
    until(lambda: bridge.position > end + 2 * rate)
    clip_actions.live.apply(generation.panel.settings("a brighter piano, drums"))
    until(lambda: bridge.position > end + 8 * rate)
    save("live", window)
    clip_actions.live.stop()
    until(lambda: clip_actions.live.look is None)
    bridge.stop()

    timeline.viewport.fit(0, first.length)
    document.select([first.id], region=(first.length // 4, first.length // 2))
    desk.actions["regenerate"].trigger()
    until(lambda: clip_actions.review.running)
    save("review", window)
    clip_actions.review.give_up()
    generation.panel.change(prompt="", locked=False)
    document.save()
    document.close()


def composed(desk: "Desk", folder: Path, save: Save) -> None:
    """What the composer writes in a new song, in the note editor: a melody over its chords, and the drums."""
    from engine.inference.compositions import role_of
    from engine.project.model import new_project

    document, notes = desk.document, desk.editors().notes
    document.new(folder, new_project("Late Train", rate=48000))
    composing = desk.composer.composing
    desk.generating.generation.panel.change(prompt="lo-fi hip hop, A minor, 84 BPM")
    composing.change(bars=8, roles=("drums", "bass", "chords", "lead"), seed=4)
    composing.compose()
    until(lambda: document.project.tracks and not desk.jobs.running_in("compose"))
    desk.timeline.fit()
    for role, name in (("lead", "piano-roll"), ("drums", "drum-grid")):
        track = next(track for track in document.project.tracks if role_of(track) == role)
        document.select([track.clips[0].id], track=track.id)
        desk.timeline.open_requested.emit(track.clips[0].id)
        notes.session.change(ghosts=role == "lead")
        desk.bridge.seek(document.project.clock.frame_at(Fraction(5)))
        save(name, desk.window)
    document.save()
    document.close()


def until(done: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Lets the window go on until `done`."""
    from PySide6.QtTest import QTest

    for _ in range(int(seconds * 20)):
        if done():
            return
        QTest.qWait(50)
    raise TimeoutError("the window did not get there")


if __name__ == "__main__":
    sys.exit(main())
