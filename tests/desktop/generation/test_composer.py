"""The composer bar in a real window, with the composer's real process and short pieces."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.audio_imports import Coming
from desktop.export.clip_files import Kind
from desktop.generation.composer_bar import ComposerBar
from desktop.theme import Theme
from desktop.timeline.row_painter import TITLE_PX
from engine.compose.wish import Wish
from engine.inference.api import Changed, Inference
from engine.inference.compositions import composition_of, role_of
from engine.inference.song_form import song_form
from engine.jobs import Job
from engine.music.guide import ChordSpan, Guide, MelodyNote
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.files import load
from engine.project.model import Clip, new_project
from engine.timing.signature import Signature
from tests.shared_composer import SharedComposer, shared_composer

__all__ = ["shared_composer"]

PATIENCE = 120_000
Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda condition: qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)


@pytest.fixture
def desk(
    qapp: QApplication,
    theme: Theme,
    own_folders: Path,
    inference_start: Callable[[Changed], Inference],
    shared_composer: SharedComposer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """A new song, in which short pieces of two parts are asked for."""
    from engine import paths

    monkeypatch.setattr(paths, "songs_dir", lambda: own_folders / "songs")
    device = DeviceSettings(device=NO_SOUND)
    with Desk(qapp, theme, device=device, inference=inference_start, composer=shared_composer.start) as desk:
        desk.window.resize(1440, 900)
        desk.window.show()
        desk.window.activateWindow()
        desk.actions["new"].trigger()
        desk.composer.composing.change(bars=2, roles=("bass", "lead"), seed=5)
        yield desk


@pytest.fixture
def piece(desk: Desk, until: Until) -> Desk:
    """The song with a piece in it, none of whose clips is selected."""
    type_and_enter(desk.composer.card.bar, "chiptune, D minor, 150 bpm")
    until(lambda: len(clips(desk)) == 2 and not desk.jobs.running_in("compose"))
    desk.document.select([])
    return desk


def clips(desk: Desk) -> list[Clip]:
    return [clip for _, clip in desk.document.project.clips()]


def type_and_enter(bar: ComposerBar, text: str) -> None:
    bar.line.setFocus()
    bar.line.selectAll()
    QTest.keyClicks(bar.line, text)
    QTest.keyClick(bar.line, Qt.Key.Key_Return)


def called_bar(desk: Desk) -> ComposerBar:
    desk.actions["compose"].trigger()
    return desk.composer.floating.bar


def lead_of(desk: Desk) -> Clip:
    return next(clip for track, clip in desk.document.project.clips() if role_of(track) == "lead")


def test_a_prompt_becomes_a_looped_piece_in_its_key_and_tempo_as_one_step(desk: Desk, until: Until) -> None:
    bar = desk.composer.card.bar
    until(lambda: QApplication.focusWidget() is bar.line)
    type_and_enter(bar, "chiptune, D minor, 150 bpm")
    assert [each.name for each in desk.document.coming] == ["Bass", "Melody"], "boxes where the parts will be"
    assert all(each.generated for each in desk.document.coming)
    assert QApplication.focusWidget() is desk.timeline.canvas
    until(lambda: clips(desk))
    project = desk.document.project
    assert [track.name for track in project.tracks] == ["Bass", "Melody"]
    assert project.tempo == 150
    assert {clip.length for clip in clips(desk)} == {8 * 60 * project.rate // 150}
    records = [composition_of(clip.chosen) for clip in clips(desk)]
    assert {record.key for record in records if record} == {"D minor"}
    assert desk.document.selection.clips == {clip.id for clip in clips(desk)}
    loop = project.loop
    assert (loop.on, project.clock.frames(loop.end)) == (True, clips(desk)[0].length)
    assert desk.document.coming == ()
    assert desk.actions["undo"].text() == "Undo Compose “chiptune, D minor, 150 bpm”"
    desk.actions["undo"].trigger()
    assert (desk.document.project.tracks, desk.document.project.tempo, desk.document.project.loop.on) == (
        (),
        120,
        False,
    )
    desk.actions["redo"].trigger()
    assert len(clips(desk)) == 2


def test_what_is_not_understood_is_said_beside_the_bar(desk: Desk, until: Until) -> None:
    composing, bar = desk.composer.composing, desk.composer.card.bar
    composing.prepare()
    QTest.keyClicks(bar.line, "funk in G major for qwzx")
    until(lambda: composing.notice)
    assert composing.notice == "Not understood: “qwzx”."
    assert composing.notice in bar.note.text()
    assert "Funk · G major" in bar.note.text()
    bar.line.clear()
    QTest.keyClicks(bar.line, "funk in G major")
    until(lambda: not composing.notice)
    composing.change(chords="Am H7")
    until(lambda: "H7" in composing.notice)


def test_keys_belong_to_the_bar_and_escape_leaves_it(piece: Desk, qtbot: QtBot) -> None:
    floating = piece.composer.floating
    assert not floating.isVisible()
    QTest.keyClick(piece.timeline.canvas, Qt.Key.Key_F)
    assert floating.isVisible()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is floating.bar.line)
    before = piece.document.project
    QTest.keyClicks(QApplication.focusWidget(), "slow 12 bars M")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home):
        QTest.keyClick(QApplication.focusWidget(), key)
    assert piece.document.project is before
    assert piece.document.selection.clips == frozenset()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not floating.isVisible()
    assert QApplication.focusWidget() is piece.timeline.canvas


def test_every_control_has_a_name_and_tab_reaches_it(piece: Desk, qtbot: QtBot) -> None:
    floating = piece.composer.floating
    piece.actions["compose"].trigger()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is floating.bar.line)
    seen = []
    for _ in range(20):
        focused = QApplication.focusWidget()
        assert focused is not None
        if not floating.isAncestorOf(focused):
            break
        assert focused.accessibleName(), focused
        seen.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    bar = floating.bar
    assert seen == [bar.line, bar.bars, bar.takes, bar.model, bar.more, bar.button]


def test_a_clip_has_its_own_prompt_and_role_in_the_bar(piece: Desk) -> None:
    floating = piece.composer.floating
    piece.document.select([lead_of(piece).id])
    assert floating.isVisible()
    assert floating.bar.line.text() == "chiptune, D minor, 150 bpm"
    assert (floating.bar.roles.text(), floating.bar.button.text()) == ("Melody", "Rewrite")
    QTest.keyClicks(floating.bar.line, "!")
    piece.document.select([clips(piece)[0].id])
    assert floating.bar.line.text() == "chiptune, D minor, 150 bpm"
    piece.document.select([lead_of(piece).id])
    assert floating.bar.line.text() == "!chiptune, D minor, 150 bpm"


def test_the_bar_covers_no_title_of_a_clip(piece: Desk) -> None:
    canvas, floating = piece.timeline.canvas, piece.composer.floating
    for clip in clips(piece):
        piece.document.select([clip.id])
        assert floating.isVisible()
        box = floating.geometry()
        assert canvas.rect().contains(box)
        for row in canvas.rows:
            for other in row.track.clips:
                rect = canvas.places.clip_rect(row, other)
                title = rect.toAlignedRect().adjusted(0, 0, 0, TITLE_PX - rect.toAlignedRect().height())
                assert not title.intersects(box)


def test_the_bar_covers_nothing_that_is_on_its_way(piece: Desk) -> None:
    canvas, floating, sounds = piece.timeline.canvas, piece.composer.floating, piece.document.sounds
    last = clips(piece)[-1]
    piece.document.select([last.id])
    before = floating.geometry()
    sounds.expect(
        Coming("new", "slow piano", None, last.position, Job("Generate", lambda context: None), last.length, True)
    )
    (box,) = [box.toAlignedRect() for _, box in canvas.placeholders.boxes(canvas.rows)]
    assert box.intersects(before), "it would stand there"
    assert floating.isVisible()
    assert not floating.geometry().intersects(box)
    sounds.arrived("new")
    assert floating.geometry() == before


def test_where_there_is_no_other_room_the_bar_covers_the_takes_of_its_own_clip(
    piece: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And neither the clip's title nor what is on its way right below it."""
    floating, clip = piece.composer.floating, QRectF(0, 0, 300, 160)
    title, coming = QRectF(0, 0, 300, TITLE_PX), QRectF(0, 162, 300, 60)
    monkeypatch.setattr(floating, "_titles", lambda _: [title, coming])
    monkeypatch.setattr(piece.timeline.canvas, "height", lambda: 230)
    top = floating._free_top(QRectF(0, clip.bottom() + 4, 300, 36), clip)
    assert title.bottom() < top
    assert top + 36 <= coming.top()


def test_again_makes_one_part_and_leaves_the_others(piece: Desk, until: Until) -> None:
    bass, lead = clips(piece)[0], lead_of(piece)
    piece.document.select([lead.id])
    piece.composer.floating.bar.verbs.again.click()
    assert [each.clip_id for each in piece.document.coming] == [lead.id], "marked on the clip"
    until(lambda: len(lead_of(piece).takes) == 2)
    after = lead_of(piece)
    assert (after.take, after.length, after.takes[0]) == (1, lead.length, lead.takes[0])
    assert after.takes[1].content != after.takes[0].content
    assert clips(piece)[0] is bass
    assert piece.actions["undo"].text() == "Undo Melody again"
    piece.actions["undo"].trigger()
    assert lead_of(piece) == lead


def test_vary_other_instrument_and_other_words(piece: Desk, until: Until) -> None:
    verbs = piece.composer.floating.bar.verbs
    piece.document.select([lead_of(piece).id])
    next(each for each in verbs.vary_menu().actions() if each.text().startswith("Strong")).trigger()
    until(lambda: len(lead_of(piece).takes) == 2)
    varied = composition_of(lead_of(piece).chosen)
    assert varied is not None
    assert (varied.variation, varied.share) == (1, 0.75)
    entry = verbs.instruments_menu().actions()[0]
    entry.trigger()
    until(lambda: len(lead_of(piece).takes) == 3)
    played = composition_of(lead_of(piece).chosen)
    assert played is not None
    assert played.played_by.lower() == entry.text().lower()
    assert (played.variation, played.roll) == (1, 0), "it goes on from what was heard"
    assert lead_of(piece).name.lower().startswith(played.played_by)
    type_and_enter(piece.composer.floating.bar, "violin solo")
    until(lambda: len(lead_of(piece).takes) == 4)
    written = composition_of(lead_of(piece).chosen)
    assert written is not None
    assert (written.prompt, written.played_by, written.key) == ("violin solo", "violin", "D minor")


def test_a_part_is_added_to_the_piece(piece: Desk, until: Until) -> None:
    verbs = piece.composer.floating.bar.verbs
    piece.document.select([lead_of(piece).id])
    titles = [each.text() for each in verbs.added_menu().actions()]
    assert "Add Melody" not in titles
    next(each for each in verbs.added_menu().actions() if each.text() == "Add Drums").trigger()
    until(lambda: len(clips(piece)) == 3)
    assert [role_of(track) for track in piece.document.project.tracks] == ["bass", "lead", "drums"]
    drums = clips(piece)[2]
    assert drums.length == clips(piece)[0].length
    ids = {found.id for clip in clips(piece) if (found := composition_of(clip.chosen))}
    assert len(ids) == 1


def test_whole_arrangements_are_compared_by_one_choice(desk: Desk, until: Until) -> None:
    composing = desk.composer.composing
    composing.set_takes(2)
    type_and_enter(desk.composer.card.bar, "chiptune")
    until(lambda: clips(desk) and not desk.jobs.running_in("compose"))
    assert [len(clip.takes) for clip in clips(desk)] == [2, 2]
    verbs = desk.composer.floating.bar.verbs
    desk.document.select([lead_of(desk).id])
    assert verbs.arrangements.isVisible()
    verbs.arrangements_menu().actions()[1].trigger()
    assert [clip.take for clip in clips(desk)] == [1, 1]
    seeds = [Wish.from_dict(dict(found.wish)).seed for clip in clips(desk) if (found := composition_of(clip.chosen))]
    assert len(set(seeds)) == 1
    desk.document.select([clip.id for clip in clips(desk)])
    QTest.keyClick(desk.timeline.canvas, Qt.Key.Key_1)
    assert [clip.take for clip in clips(desk)] == [0, 0]


def test_the_same_asked_for_again_comes_as_further_takes_of_the_same_tracks(piece: Desk, until: Until) -> None:
    composing, before = piece.composer.composing, piece.document.project
    assert composing.asked_again, "at the playhead, which is still where the piece begins"
    type_and_enter(called_bar(piece), "chiptune,  D minor, 150 bpm")
    assert {each.clip_id for each in piece.document.coming} == {clip.id for clip in clips(piece)}, "marked on the clips"
    until(lambda: not piece.jobs.running_in("compose") and len(clips(piece)[0].takes) == 2)
    after = clips(piece)
    assert [track.id for track in piece.document.project.tracks] == [track.id for track in before.tracks]
    assert [(clip.take, len(clip.takes)) for clip in after] == [(1, 2), (1, 2)]
    assert all(clip.takes[0].content != clip.takes[1].content for clip in after)
    records = [composition_of(take) for clip in after for take in clip.takes]
    assert {(each.id, each.key, each.genre) for each in records if each} == {
        (each.id, "D minor", "chiptune") for each in records[:1] if each
    }
    assert piece.document.selection.clips == {clip.id for clip in after}
    assert piece.actions["undo"].text() == "Undo Compose “chiptune, D minor, 150 bpm” again"
    menu = piece.composer.floating.bar.verbs.arrangements_menu()
    assert [entry.isChecked() for entry in menu.actions()] == [False, True]
    shown = piece.composer.floating.bar.verbs.arrangements
    until(lambda: shown.text() == "All: B")
    menu.actions()[0].trigger()
    assert [clip.take for clip in clips(piece)] == [0, 0]
    until(lambda: shown.text() == "All: A")
    piece.actions["undo"].trigger()
    until(lambda: shown.text() == "All: B")
    piece.actions["undo"].trigger()
    until(lambda: not shown.isVisible())
    assert piece.document.project.tracks == before.tracks


def test_other_words_another_place_or_other_parts_are_new_tracks(piece: Desk) -> None:
    composing, bar = piece.composer.composing, called_bar(piece)
    assert bar.line.text() == "chiptune, D minor, 150 bpm"
    assert composing.asked_again
    assert "further takes" in bar.button.toolTip()
    QTest.keyClicks(bar.line, "!")
    assert not composing.asked_again
    assert "further takes" not in bar.button.toolTip()
    bar.line.selectAll()
    QTest.keyClicks(bar.line, "Chiptune, D minor, 150 bpm ")
    assert composing.asked_again, "capitals and spaces are no matter"
    composing.change(roles=("bass",))
    assert not composing.asked_again
    composing.change(roles=("bass", "lead"))
    length = clips(piece)[0].length
    piece.document.select([], region=(length, 2 * length))
    assert not composing.asked_again, "two other bars"
    piece.document.select([], region=(0, length))
    assert composing.asked_again, "its own two"
    piece.document.select([])
    piece.document.apply("Delete", lambda p: edits.remove_clips(p, [lead_of(piece).id]))
    assert not composing.asked_again, "not all its parts are there"


def test_a_second_piece_fits_the_song_and_the_selected_time(piece: Desk, until: Until) -> None:
    project = piece.document.project
    clock = project.clock
    first, last = clock.frames(clock.bar_start(5)), clock.frames(clock.bar_start(6))
    piece.document.select([], region=(first, last))
    assert piece.composer.floating.isVisible()
    piece.composer.composing.change(roles=("bass",))
    type_and_enter(piece.composer.floating.bar, "jazz, 90 bpm")
    until(lambda: len(clips(piece)) == 3)
    clip = clips(piece)[2]
    project = piece.document.project
    assert (project.tempo, project.start_of(clip), project.end_of(clip)) == (150, first, last)
    found = composition_of(clip.chosen)
    assert found is not None
    assert (found.key, found.genre) == ("D minor", "jazz")
    assert "The song’s 150 BPM" in piece.composer.composing.notice


def test_a_song_whose_tempo_was_set_keeps_it(desk: Desk, until: Until) -> None:
    from engine.project import edits

    desk.document.apply("Signature", lambda p: edits.set_signature(p, Signature(3, 4)))
    type_and_enter(desk.composer.card.bar, "chiptune, 150 bpm")
    until(lambda: clips(desk))
    project = desk.document.project
    assert (project.tempo, project.signature) == (120, Signature(3, 4))
    assert {clip.length for clip in clips(desk)} == {6 * 60 * project.rate // 120}


def test_a_cancel_leaves_nothing_and_the_next_order_is_carried_out(desk: Desk, until: Until) -> None:
    type_and_enter(desk.composer.card.bar, "chiptune")
    (job,) = desk.jobs.running_in("compose")
    desk.jobs.cancel(job)
    until(lambda: job.over and not desk.document.coming)
    assert (clips(desk), desk.document.history.can_undo) == ([], False)
    assert desk.composer.card.isVisible()
    type_and_enter(desk.composer.card.bar, "chiptune")
    until(lambda: clips(desk))


def test_what_cannot_be_composed_is_a_sentence_with_a_way_to_try_again(desk: Desk, until: Until) -> None:
    desk.composer.composing.change(sections="verse and chorus")
    type_and_enter(desk.composer.card.bar, "chiptune")
    until(lambda: desk.message_bar.isVisible())
    assert "“verse and chorus” is no section" in desk.message_bar.text
    assert desk.document.coming == ()


def test_the_options_are_those_of_the_wish(desk: Desk, until: Until) -> None:
    bar = desk.composer.card.bar
    bar.open_options()
    options = bar.options
    assert options.isVisible()
    QTest.keyClicks(options.key, "F# dorian")
    options.genre.setCurrentIndex(options.genre.findData("rock"))
    options.genre.activated.emit(options.genre.currentIndex())
    QTest.keyClick(options, Qt.Key.Key_Escape)
    assert not options.isVisible()
    assert (desk.composer.composing.commission.key, desk.composer.composing.commission.genre) == ("F# dorian", "rock")
    type_and_enter(bar, "")
    until(lambda: clips(desk))
    found = composition_of(clips(desk)[0].chosen)
    assert found is not None
    assert (found.key, found.genre) == ("F# dorian", "rock")


def test_a_saved_part_can_be_made_again_after_opening(piece: Desk, until: Until) -> None:
    folder = piece.document.folder
    assert folder is not None
    assert piece.document.save()
    piece.songs.close()
    assert composition_of(next(load(folder).clips())[1].chosen)
    piece.songs.open(folder)
    until(lambda: clips(piece))
    piece.document.select([lead_of(piece).id])
    piece.actions["part_again"].trigger()
    until(lambda: len(lead_of(piece).takes) == 2)


def test_the_model_is_named_and_can_be_another(desk: Desk) -> None:
    bar = desk.composer.card.bar
    assert bar.model.text() == "Composer"
    others = [entry for entry in bar.model_menu().actions() if entry.isCheckable() and not entry.isChecked()]
    assert others
    others[-1].trigger()
    assert not bar.composes
    assert bar.model.text() == others[-1].text().partition(":")[0]
    assert not bar.roles.isVisible()
    bar.model_menu().actions()[0].trigger()
    assert bar.model.text() == "Composer"


def test_a_clip_of_sound_offers_verbs_of_sound(desk: Desk, wav: Path, until: Until) -> None:
    from tests.places import place_at

    desk.document.import_files([wav], None, place_at(0))
    until(lambda: clips(desk))
    desk.document.select([clips(desk)[0].id])
    verbs = desk.composer.floating.bar.verbs
    assert not verbs.again.isVisible()
    assert [each.text() for each in (*verbs.sound.values(), verbs.live) if each.isVisible()] == [
        "Vary", "Extend", "Loop", "Continue",
    ]  # fmt: skip


def test_another_song_drops_what_was_asked_for(desk: Desk, own_folders: Path, until: Until) -> None:
    type_and_enter(desk.composer.card.bar, "chiptune")
    (job,) = desk.jobs.running_in("compose")
    desk.document.new(own_folders / "Other", new_project("Other"))
    until(lambda: job.over)
    assert clips(desk) == []
    assert (desk.composer.composing.commission.roles, desk.composer.composing.takes) == ((), 1)


def test_an_empty_track_is_filled_in_its_role_by_one_step(piece: Desk, until: Until) -> None:
    piece.actions["add_track"].trigger()
    track = piece.document.project.tracks[-1]
    piece.document.select([], track=track.id)
    menu = piece.timeline.menus.for_track(track.id)
    roles = next(each for each in menu.actions() if each.text() == "Fill With").menu()
    assert isinstance(roles, QMenu)
    assert piece.actions["fill"] not in menu.actions(), "no role yet"
    next(each for each in roles.actions() if each.text() == "Pad").trigger()
    assert [each.name for each in piece.document.coming] == ["Pad"]
    until(lambda: piece.document.project.tracks[-1].clips)
    filled = piece.document.project.tracks[-1]
    assert (filled.name, filled.role) == ("Pad", "pad")
    found = composition_of(filled.clips[0].chosen)
    assert found is not None
    assert (found.key, found.genre) == ("D minor", "chiptune")
    assert (piece.document.project.start_of(filled.clips[0]), filled.clips[0].length) == (0, clips(piece)[0].length)
    assert piece.document.selection.clips == {filled.clips[0].id}
    assert piece.actions["undo"].text() == "Undo Fill with pad"
    piece.actions["undo"].trigger()
    assert piece.document.project.tracks[-1] == track


def test_the_selected_time_of_a_track_is_filled_from_the_bar(piece: Desk, until: Until) -> None:
    bass = piece.document.project.tracks[0]
    clock = piece.document.project.clock
    first, last = clock.frames(clock.bar_start(4)), clock.frames(clock.bar_start(5))
    bar = piece.composer.floating.bar
    piece.document.select([], track=bass.id, region=(first, last))
    assert bar.fill.isVisible()
    assert bar.fill.text() == "Fill Bass"
    bar.fill.click()
    until(lambda: len(piece.document.project.tracks[0].clips) == 2)
    project = piece.document.project
    clip = project.tracks[0].clips[1]
    assert (project.start_of(clip), project.end_of(clip)) == (first, last)
    assert project.tracks[0].instrument == bass.instrument
    piece.document.select([], track=bass.id, region=(0, first))
    piece.document.select([clip.id], track=bass.id)
    assert not bar.fill.isVisible()


def test_a_full_track_says_that_there_is_nothing_to_fill(piece: Desk) -> None:
    piece.document.select([], track=piece.document.project.tracks[0].id)
    piece.actions["fill"].trigger()
    assert "There is no empty bar to fill" in piece.message_bar.text


def test_an_export_has_missing_notes_played_by_the_composers_process(
    piece: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import soundfile

    until(lambda: not piece.jobs.running)
    folder = piece.document.folder
    assert folder
    for path in folder.rglob("derived-*"):
        path.unlink()
    monkeypatch.setattr("engine.compose.render.play_alone", lambda *_: pytest.fail("played in the window's process"))
    sentences: list[str] = []
    piece.document.failed.connect(sentences.append)
    piece.clip_files.write([lead_of(piece).id], Kind.WAV, tmp_path / "lead.wav")
    until(lambda: (tmp_path / "lead.wav").is_file() and not piece.jobs.running)
    assert sentences == []
    samples, _ = soundfile.read(tmp_path / "lead.wav")
    assert len(samples) == lead_of(piece).length
    assert abs(samples).max() > 0.01


def test_a_piece_follows_the_guide_of_new_music_to_the_tick(desk: Desk, until: Until) -> None:
    """At the song's 120 BPM a quarter note lasts half a second."""
    melody = tuple(
        MelodyNote(0.5 * number, 0.5, pitch) for number, pitch in enumerate((72, 76, 79, 74, 77, 81, 76, 72))
    )
    chords = ChordSpan(0.0, 2.0, "C"), ChordSpan(2.0, 2.0, "Dm")
    desk.guide().state.write(Guide(melody=melody, chords=chords), "Draw")
    composing = desk.composer.composing
    composing.prepare()
    desk.generating.generation.panel.change(prompt="chiptune, 150 bpm")
    until(lambda: "follows a melody and chords" in composing.summary)
    composing.compose()
    until(lambda: len(clips(desk)) == 2 and not desk.jobs.running_in("compose"))
    assert desk.document.project.tempo == 120, "the guide was drawn over its bars"
    lead = next(clip for track, clip in desk.document.project.clips() if role_of(track) == "lead")
    notes = [(note.start, note.length, note.pitch) for note in lead.content.notes]
    assert notes == [(Fraction(number), Fraction(1), note.pitch) for number, note in enumerate(melody)]
    assert [chord.symbol for chord in song_form(desk.document.project).chords][:2] == ["C", "Dm"]
