"""The Generate tab and its takes, with the generator's own process and a tiny model of random weights."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.controller import Generation
from desktop.theme import Theme
from engine.analysis.fit import spare_frames
from engine.inference.api import Changed, Inference, Model
from engine.jobs import Job, JobState
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.model import Clip, new_project
from engine.project.pool import sample_file
from tests.places import place_at

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is

TINY = Model("melody-tiny", "cpu", untrained=True)
PATIENCE = 300_000
Start = Callable[[Changed], Inference]


@pytest.fixture
def desk(qapp: QApplication, theme: Theme, own_folders: Path, inference_start: Start) -> Iterator[Desk]:
    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=inference_start) as desk:
        desk.window.resize(1280, 800)
        desk.window.show()
        project = new_project("Song", rate=22050, tempo=Fraction("118.9"))
        (own_folders / "songs").mkdir()
        desk.document.new(own_folders / "songs" / "Song", project)
        yield desk


@pytest.fixture
def generation(desk: Desk) -> Generation:
    generation = desk.generating.generation
    generation.models.set_model(TINY)
    generation.panel.change(bars=1, takes=2, prompt="a slow waltz")
    return generation


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    return lambda condition: qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)


def clips(desk: Desk) -> list[Clip]:
    return [clip for _, clip in desk.document.project.clips()]


def test_the_prompt_over_an_empty_song_makes_takes_under_one_clip(
    desk: Desk, generation: Generation, qtbot: QtBot, until: Callable[..., None]
) -> None:
    desk.composer.composing.choose(False)  # the model that makes sound, not the composer
    line = desk.composer.card.bar
    assert line.isVisible()
    below = desk.generating.panel.footer.button
    assert not below.property("role"), "the button beside the line is the one"
    line.line.clear()
    qtbot.keyClicks(line.line, "warm pads")
    assert desk.generating.panel.prompt.text.toPlainText() == "warm pads"
    qtbot.keyClick(line.line, Qt.Key.Key_Return)
    (coming,) = desk.document.coming
    project = desk.document.project
    bar = project.clock.frames(place_at(project.signature.bar))
    assert (coming.generated, coming.name, coming.length, coming.track_id) == (True, "warm pads", bar, None)
    assert not desk.timeline.invitation.isVisible()
    assert below.property("role") == "primary"
    seen: list[int] = []
    desk.document.changed.connect(lambda _, new: seen.extend(len(clip.takes) for _, clip in new.clips()))
    until(lambda: len(seen) > 1 and not generation.runner.orders)
    assert seen == [1, 2], "the first take is there to be heard while the other one is made"
    assert desk.document.coming == ()
    (clip,) = clips(desk)
    project = desk.document.project
    assert (clip.name, clip.position, clip.length, len(clip.takes), clip.take) == (
        "warm pads",
        place_at(Fraction(0)),
        bar,
        2,
        0,
    )
    assert [take.name for take in clip.takes] == ["Seed 1", "Seed 2"]
    for index, take in enumerate(clip.takes):
        source = project.sources[take.source]
        frames = bar + spare_frames(float(project.tempo), 22050, bar)
        assert (source.rate, source.frames) == (22050, frames)
        assert sample_file(desk.document.folder, source, 22050).frames == frames
        assert take.provenance["prompt"] == "warm pads, 118.9 BPM"
        assert take.provenance["seed"] == 1 + index
    loud = [take.provenance["loudness"] + take.gain_db for take in clip.takes]
    assert loud[0] == pytest.approx(loud[1], abs=0.05)
    assert desk.document.selection.clips == {clip.id}
    assert desk.actions["undo"].text() == "Undo Generate “warm pads”"
    assert generation.panel.prompts == ["warm pads"]
    assert generation.panel.inputs.seed != 1
    desk.actions["undo"].trigger()
    assert desk.document.project.tracks == ()
    desk.actions["redo"].trigger()
    assert clips(desk) == [clip]
    assert desk.document.save()


def test_the_other_takes_come_wherever_the_clip_is_then(
    desk: Desk, generation: Generation, until: Callable[..., None]
) -> None:
    document = desk.document
    generation.panel.change(takes=3)
    job = generation.generate()
    until(lambda: clips(desk))
    (clip,) = clips(desk)
    document.apply("Rename", lambda p: edits.set_clip(p, [clip.id], name="Mine"))
    until(lambda: job.over)
    until(lambda: len(clips(desk)[0].takes) == 3)
    assert [take.provenance["seed"] for take in clips(desk)[0].takes] == [1, 2, 3]
    assert clips(desk)[0].name == "Mine"
    document.undo()
    assert (clips(desk)[0].name, len(clips(desk)[0].takes)) == ("a slow waltz", 3)
    document.undo()
    assert clips(desk) == []
    document.redo()
    assert len(clips(desk)[0].takes) == 3, "all takes are one step"


def test_what_is_cancelled_after_the_first_take_keeps_it(
    desk: Desk, generation: Generation, qtbot: QtBot, until: Callable[..., None]
) -> None:
    generation.panel.change(bars=2, takes=3)
    job = generation.generate()
    until(lambda: clips(desk))
    told: list[Job] = []
    desk.jobs.changed.connect(lambda each: told.append(each) if each.over else None)
    desk.jobs.cancel(job)
    until(lambda: job in told)
    assert job.state is JobState.CANCELLED
    assert len(clips(desk)[0].takes) == 1
    desk.jobs.retry(job)
    (again,) = generation.runner.orders
    canvas, (clip,) = desk.timeline.canvas, clips(desk)
    ((mark, box),) = canvas.placeholders.boxes(canvas.rows)
    assert (mark.name, mark.clip_id, mark.job) == ("2 more takes", clip.id, again), "only the others are made again"
    assert canvas.places.clip_rect(canvas.rows.of(mark.track_id), clip).contains(box)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(box.right()) - 9, round(box.top()) + 9))
    until(lambda: again.over)
    assert again.state is JobState.CANCELLED
    until(lambda: not desk.document.coming)


def test_fields_come_from_the_model(desk: Desk, generation: Generation, until: Callable[..., None]) -> None:
    panel = desk.generating.panel
    assert list(panel.fields) == ["steps", "guidance"]
    assert panel.fields["steps"].widget.text == "Auto"
    generation.models.learn()
    until(lambda: generation.models.capabilities)
    sounds, plain = ["audio_prompt", "audio_weight"], ["steps", "guidance", "schedule", "temperature", "top_k", "top_p"]
    assert list(panel.fields) == sounds + plain
    steps = panel.fields["steps"].widget
    default = next(each.default for each in generation.models.capabilities.parameters if each.name == "steps")
    assert steps.text == str(default)
    steps.edited.emit(2.0, "turn")
    assert generation.panel.settings().steps == 2
    assert generation.panel.settings().guidance is None
    assert not panel.fields["schedule"].widget.isVisible()
    panel.more.click()
    assert panel.fields["schedule"].widget.isVisible()


def test_keys_open_the_panel_and_generate(
    desk: Desk, generation: Generation, qtbot: QtBot, until: Callable[..., None]
) -> None:
    desk.right.open("Clip")
    desk.right.hide()
    desk.window.activateWindow()
    desk.timeline.setFocus()
    qtbot.keyClick(QApplication.focusWidget() or desk.timeline.canvas, Qt.Key.Key_G)
    text = desk.generating.panel.prompt.text
    assert (desk.right.current, text.hasFocus()) == ("Generate", True)
    qtbot.keyClicks(text, "drums")
    assert generation.panel.inputs.prompt == "drums", "what was there is written over"
    qtbot.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.document.coming) == 1
    # the queue goes on, and its place on the same track is not taken twice
    desk.generating.panel.footer.press()
    assert len(desk.document.coming) == 2
    until(lambda: len(clips(desk)) == 2)
    assert len(desk.document.project.tracks) == 2


def test_results_go_to_the_selected_track_if_it_is_free(
    desk: Desk, generation: Generation, until: Callable[..., None]
) -> None:
    desk.document.apply("Add track", lambda p: edits.add_track(p, "Keys", track_id="keys"))
    desk.document.select(track="keys")
    beat = desk.document.project.clock.frames(place_at(Fraction(1)))
    desk.bridge.seek(4 * beat + 300)
    generation.panel.change(takes=1)
    generation.generate()
    generation.generate()
    until(lambda: len(clips(desk)) == 2)
    first, second = desk.document.project.tracks
    assert (first.id, second.name) == ("keys", "a slow waltz")
    assert first.clips[0].position == second.clips[0].position == place_at(Fraction(4))


def test_more_takes_come_under_the_same_clip(desk: Desk, generation: Generation, until: Callable[..., None]) -> None:
    generation.generate()
    until(lambda: clips(desk) and not generation.runner.orders and not desk.document.coming)
    (clip,) = clips(desk)
    generation.panel.change(prompt="something else", takes=1)
    (clip,) = clips(desk)  # whose prompt that is
    desk.actions["more_takes"].trigger()
    (mark,) = desk.document.coming
    assert (mark.name, mark.clip_id) == ("1 more take", clip.id)
    until(lambda: len(clips(desk)[0].takes) == 3)
    assert desk.document.coming == ()
    (more,) = clips(desk)
    assert (more.id, more.take, more.takes[:2]) == (clip.id, 0, clip.takes)
    made = more.takes[2].provenance
    assert made["prompt"] == clip.chosen.provenance["prompt"]
    assert made["seed"] != clip.chosen.provenance["seed"]
    row = desk.timeline.canvas.rows.of(desk.document.project.tracks[0].id)
    assert row.lanes == 3
    desk.actions["undo"].trigger()
    assert clips(desk) == [clip]
    desk.actions["flatten"].trigger()
    assert len(clips(desk)[0].takes) == 1


def test_more_takes_are_like_the_same_sound(
    desk: Desk, generation: Generation, wav: Path, until: Callable[..., None]
) -> None:
    generation.panel.change(takes=1)
    generation.models.learn()
    generation.panel.sounds.take_file("audio_prompt", wav)
    until(lambda: generation.models.capabilities and not generation.panel.sounds.reading)
    assert generation.panel.settings().audio_prompt is not None
    generation.generate()
    until(lambda: clips(desk) and not generation.runner.orders)
    generation.panel.sounds.clear("audio_prompt")
    desk.actions["more_takes"].trigger()
    until(lambda: len(clips(desk)[0].takes) == 2)
    first, second = (take.provenance for take in clips(desk)[0].takes)
    ((name, source_id),) = first["sounds"].items()
    assert second["sounds"] == first["sounds"]
    assert second["request"]["settings"]["audio_prompt"] == first["request"]["settings"]["audio_prompt"] == name
    (desk.document.folder / "audio" / f"{source_id}.wav").unlink()
    desk.actions["more_takes"].trigger()
    until(lambda: "audio prompt that is not there" in desk.message_bar.text)
    assert not generation.runner.orders


def test_more_takes_of_what_was_not_generated_are_refused(
    desk: Desk, generation: Generation, wav: Path, until: Callable[..., None]
) -> None:
    desk.document.import_files([wav], None, place_at(0))
    until(lambda: clips(desk))
    desk.actions["more_takes"].trigger()
    assert "generated from a prompt" in desk.message_bar.text
    assert not generation.runner.orders


def test_cancel_from_the_placeholder_leaves_nothing(
    desk: Desk, generation: Generation, qtbot: QtBot, until: Callable[..., None]
) -> None:
    generation.panel.change(bars=16)
    job = generation.generate()
    until(lambda: job.state is JobState.RUNNING)
    canvas = desk.timeline.canvas
    ((_, box),) = canvas.placeholders.boxes(canvas.rows)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(box.right()) - 9, round(box.top()) + 10))
    until(lambda: job.over)
    assert job.state is JobState.CANCELLED
    until(lambda: not desk.document.coming)
    assert clips(desk) == []
    assert not desk.document.history.can_undo
    assert not desk.generating.panel.footer.trouble.isVisible()


def test_a_failure_is_said_where_it_is_seen_and_tried_again(
    desk: Desk, generation: Generation, until: Callable[..., None]
) -> None:
    footer = desk.generating.panel.footer
    generation.models.set_model(Model("hungry", "cpu", untrained=True))
    generation.generate()
    until(footer.trouble.isVisible)
    assert footer.help.text() == "Try Again"
    failed = desk.jobs.jobs[-1]
    assert failed.state is JobState.FAILED
    assert footer.sentence.text() == failed.error
    assert desk.document.coming == ()
    assert not desk.document.history.can_undo
    footer.help.click()
    assert failed not in desk.jobs.jobs
    assert len(desk.document.coming) == 1
    assert not footer.trouble.isVisible()
    # with the panel out of sight the bar says it
    desk.right.open("Clip")
    until(desk.message_bar.isVisible)
    assert desk.message_bar.text == desk.jobs.jobs[-1].error


def test_closing_the_song_asks_and_stops(desk: Desk, generation: Generation, until: Callable[..., None]) -> None:
    generation.panel.change(bars=16)
    job = generation.generate()
    desk.document.close()
    until(lambda: job.over)
    assert desk.document.coming == ()
    assert clips(desk) == []


def test_the_window_never_loads_the_models_libraries(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from desktop.app import Desk, dress
from desktop.theme import load_theme
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project.model import new_project
from engine.inference.api import Model

if __name__ == "__main__":
    app = QApplication([])
    theme = load_theme()
    dress(app, theme)
    with Desk(app, theme, device=DeviceSettings(device=NO_SOUND)) as desk:
        desk.window.show()
        desk.document.new(Path(sys.argv[1]) / "Song", new_project("Song", rate=22050))
        generation = desk.generating.generation
        generation.models.set_model(Model("melody-tiny", "cpu", untrained=True))
        generation.panel.change(prompt="a waltz", bars=1, takes=2)
        job = generation.generate()
        while desk.document.coming:
            QTest.qWait(20)
        assert len(desk.document.project.tracks) == 1, (job.state, job.error)
        desk.document.save()
    print([name for name in ("torch", "transformers", "diffusers") if name in sys.modules])
"""
    file = tmp_path / "window.py"
    file.write_text(script, encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, str(file), str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
