"""Continue live with the generator's own process and a tiny model of random weights."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.generation.live_text import Mood
from desktop.timeline.prompt_changes import changes_of
from engine.errors import ExportError
from engine.inference.api import Model
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.project import edits
from tests.desktop.generation.conftest import LiveStage
from tests.places import place_at

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is


def test_an_imported_clip_goes_on(stage: LiveStage) -> None:
    desk = stage.desk
    button = desk.generating.panel.footer.button
    assert button.property("role") == "primary"
    stage.start()
    assert not button.property("role"), "the button that changes the take is the one"
    imported, live = stage.clips
    project = desk.document.project
    assert project.start_of(live) == project.end_of(imported)
    assert project.find_clip(live.id) is not None
    stage.until(lambda: desk.bridge.playing)
    assert desk.document.history.undo_name == "Continue live"
    steps = len(desk.document.history.entries)
    before = stage.frames
    stage.until(lambda: stage.frames > before)
    assert len(desk.document.history.entries) == steps, "growing is no step"
    assert stage.growing.length > stage.frames, "playback waits in what is still to come"
    stage.stop()
    assert button.property("role") == "primary"
    kept = stage.clips[1]
    source = desk.document.project.sources[kept.chosen.source]
    assert (source.growing, kept.length) == (False, source.frames)
    assert kept.chosen.provenance is not None
    assert kept.chosen.provenance["chunks"]
    desk.document.undo()
    assert [clip.id for clip in stage.clips] == [imported.id]
    desk.document.redo()
    assert stage.clips[1] == kept
    assert not stage.errors


def test_other_edits_are_undone_while_the_take_grows(stage: LiveStage) -> None:
    document = stage.desk.document
    stage.start()
    imported, live = stage.clips
    document.apply("Clip gain", lambda p: edits.set_clip(p, [imported.id], gain_db=-6.0))
    before = stage.frames
    stage.until(lambda: stage.frames > before)
    document.undo()
    assert stage.clips[0].gain_db == 0.0
    assert stage.frames > before, "undo takes nothing back of what was made"
    assert stage.growing.length > stage.frames
    document.redo()
    assert stage.clips[0].gain_db == -6.0
    document.apply("Delete", lambda p: edits.remove_clips(p, [live.id]))
    stage.until(lambda: stage.live.look is None)
    assert not any(source.growing for source in document.project.sources.values())
    document.undo()
    assert [clip.id for clip in stage.clips] == [imported.id, live.id]
    assert stage.clips[1].length == document.project.sources[stage.clips[1].chosen.source].frames


def test_a_new_prompt_is_marked_where_it_takes_effect(stage: LiveStage, qtbot: QtBot) -> None:
    desk = stage.desk
    stage.start()
    row = desk.clip_action_widgets.live_row
    assert not row.apply.isEnabled()
    desk.generating.show_panel()
    text = desk.generating.panel.prompt.text
    text.setPlainText("wild drums")
    assert row.apply.isEnabled()
    qtbot.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not row.apply.isEnabled()
    stage.until(lambda: bool(changes_of(stage.clips[1])))
    (frame, words) = changes_of(stage.clips[1])[0]
    assert 0 < frame <= stage.clips[1].length
    assert "“wild drums”" in words
    row.blend.edited.emit(50.0, "")
    text.setPlainText("slow piano")
    row.apply.click()
    assert stage.live.settings is not None
    assert stage.live.settings.blend == (("wild drums", 1.0),)
    qtbot.waitUntil(text.hasFocus)
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert stage.live.running, "in the prompt, Escape only leaves it"
    qtbot.waitUntil(desk.timeline.canvas.hasFocus)
    qtbot.keyClick(desk.timeline.canvas, Qt.Key.Key_Escape)
    stage.until(lambda: stage.live.look is None)
    assert changes_of(stage.clips[1])[0] == (frame, words), "the mark stays"


def test_nothing_is_exported_while_it_grows(stage: LiveStage, tmp_path: Path) -> None:
    document = stage.desk.document
    stage.start()
    folder = document.folder
    assert folder is not None
    with pytest.raises(ExportError, match="still being generated"):
        bounce(document.project, folder, BounceRequest(mix=tmp_path / "mix.wav"), Context())
    stage.stop()
    report = bounce(document.project, folder, BounceRequest(mix=tmp_path / "mix.wav"), Context())
    assert report.frames == document.project.length


def test_a_track_with_clips_further_on_is_not_run_into(stage: LiveStage) -> None:
    document = stage.desk.document
    document.apply("Duplicate", lambda p: edits.duplicate(p, [stage.clips[0].id]))
    told: list[str] = []
    stage.live.notice.connect(told.append)
    stage.start()
    track, _ = document.project.find_clip(stage.growing.id) or (None, None)
    assert track is not None
    assert track.name == "Drums live"
    assert document.project.tracks[1] is track
    assert len(told) == 1
    stage.stop()
    document.undo()
    assert [each.name for each in document.project.tracks] == ["Drums", "Bass"]


def test_closing_the_song_keeps_what_was_made(stage: LiveStage) -> None:
    desk = stage.desk
    stage.start()
    folder = desk.document.folder
    assert folder is not None
    clip = stage.growing.id
    gone: list[bool] = []
    stage.live.settle(lambda: gone.append(desk.document.save()))
    stage.until(lambda: bool(gone))
    assert gone == [True]
    desk.document.close()
    desk.document.open(folder)
    assert desk.document.home is not None
    assert desk.document.home.recovery is None
    kept = next(each for each in stage.clips if each.id == clip)
    assert kept.length == desk.document.project.sources[kept.chosen.source].frames


def test_too_slow_a_model_is_waited_for_and_says_so(stage: LiveStage) -> None:
    desk = stage.desk
    stage.generation.models.set_model(Model("too slow", "cpu"))
    notices: list[str] = []
    desk.bridge.held.connect(notices.append)
    stage.start()
    stage.until(lambda: bool(notices))
    assert notices == ["Playback waits for sound that is still being made, and goes on by itself."]
    look = stage.live.look
    assert look is not None
    assert look.mood is Mood.WARNING
    stage.until(lambda: (look := stage.live.look) is not None and look.state.startswith("Waiting"))
    stage.until(lambda: "waiting for sound" in desk.top_bar.engine_text)
    heard = desk.bridge.position
    stage.until(lambda: desk.bridge.position > heard)
    stage.stop()
    assert "waiting" not in desk.top_bar.engine_text


def test_a_live_take_is_made_again_bit_by_bit(stage: LiveStage) -> None:
    desk = stage.desk
    stage.start()
    first = stage.live.settings
    assert first is not None
    stage.live.apply(replace(first, prompt="wild drums"))
    stage.until(lambda: bool(changes_of(stage.clips[1])))
    stage.stop()
    desk.document.select([stage.clips[1].id])
    desk.right.open("Clip")
    section = desk.inspecting.origin()
    stage.until(section.again.isEnabled)
    section.again.click()
    stage.until(lambda: section.outcome.text().startswith("Recreated"))
    assert section.outcome.text() == "Recreated: identical, bit for bit."


def test_an_export_waits_for_what_grows(stage: LiveStage, tmp_path: Path) -> None:
    desk = stage.desk
    stage.generation.models.set_model(Model("stalling", "cpu"))
    stage.start()
    dialog = ExportDialog(desk.document, desk.settings, desk.theme, desk.window)
    dialog.show()
    dialog.options.folder.setText(str(tmp_path / "out"))
    live = stage.growing
    dialog.export_button.click()
    (job,) = desk.jobs.running_in("export")
    stage.until(lambda: "play on, or stop the live take" in job.text)
    stage.stop()
    stage.until(lambda: dialog.report is not None)
    assert dialog.report is not None
    ready = desk.document.project.sources[stage.clips[1].chosen.source].frames
    assert dialog.report.frames == desk.document.project.start_of(live) + min(ready, live.length)
    dialog.close()


def test_a_live_take_ends_at_the_clip_that_is_put_in_its_way(stage):
    """Nothing is pushed or covered: the take is kept up to there, and that is said."""
    told = []
    stage.live.notice.connect(told.append)
    stage.start()
    document = stage.desk.document
    end = document.project.end_of(stage.growing)
    other = replace(stage.clips[0], id="other", position=place_at(end + 2000))
    assert document.apply("in the way", lambda p: edits.add_clip(p, "drums", other))
    stage.until(lambda: not stage.live.running and stage.live.look is None)
    track = document.project.track("drums")
    spans = sorted((document.project.start_of(clip), document.project.end_of(clip)) for clip in track.clips)
    assert all(last <= first for (_, last), (first, _) in pairwise(spans))
    assert spans[-2][1] <= end + 2000
    assert any("reached the next clip" in sentence for sentence in told)
    assert stage.errors == []
