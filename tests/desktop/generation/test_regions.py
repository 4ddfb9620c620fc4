"""A part of a clip made anew with the generator's own process and a tiny model of random weights, and compared."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.inspector.recreate import make_again
from engine.audio import AudioReader
from engine.inference.clip_audio import clip_sound
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.files import load
from engine.project.model import Clip, Project
from tests.desktop.generation.conftest import PATIENCE
from tests.places import length_of, place_at

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is

START, STOP = 30_000, 54_000


class Stage:
    """A song with one imported clip of two seconds."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot
        clip_actions = desk.generating.clip_actions
        self.inpainting, self.review, self.document = clip_actions.inpainting, clip_actions.review, desk.document
        self.errors: list[str] = []
        self.document.failed.connect(self.errors.append)
        desk.generating.generation.failed.connect(lambda sentence, job: self.errors.append(sentence))

    @property
    def clip(self) -> Clip:
        return next(clip for _, clip in self.document.project.clips())

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(lambda: bool(self.errors) or condition(), timeout=PATIENCE)
        assert not self.errors

    def regenerate(self) -> None:
        start = self.document.project.start_of(self.clip)
        self.document.select([self.clip.id], region=(start + START, start + STOP))
        self.desk.actions["regenerate"].trigger()
        self.until(lambda: self.review.running)

    def sound(self, project: Project | None = None) -> np.ndarray:
        folder = self.document.folder
        assert folder is not None
        project = project or self.document.project
        clip = next(clip for _, clip in project.clips())
        return clip_sound(project, folder, clip).samples

    def bounced(self, name: str) -> np.ndarray:
        folder = self.document.folder
        assert folder is not None
        mix = folder.parent / f"{name}.wav"
        bounce(self.document.project, folder, BounceRequest(mix=mix, format=SampleFormat.FLOAT), Context())
        with AudioReader(mix) as reader:
            return np.concatenate(list(reader.blocks()))


@pytest.fixture
def stage(making: Desk, qtbot: QtBot) -> Stage:
    return Stage(making, qtbot)


def test_only_the_selected_part_changes(stage: Stage) -> None:
    document, review = stage.document, stage.review
    before, heard, mixed = document.project, stage.sound(), stage.bounced("before")
    stage.regenerate()
    assert (review.count, review.shown) == (2, 1)
    takes = []
    for number in (1, 2):
        review.show(number)
        new, mix = stage.sound(), stage.bounced(f"take {number}")
        assert new.shape == heard.shape
        np.testing.assert_array_equal(new[:START], heard[:START])
        np.testing.assert_array_equal(new[STOP:], heard[STOP:])
        assert not np.array_equal(new[START:STOP], heard[START:STOP])
        np.testing.assert_array_equal(mix[:START], mixed[:START])
        np.testing.assert_array_equal(mix[STOP:], mixed[STOP:])
        jumps = np.abs(np.diff(new, axis=0))
        usual = np.abs(np.diff(new[START + 2000 : STOP - 2000], axis=0)).max() + np.abs(np.diff(heard, axis=0)).max()
        assert max(jumps[START - 2 : START + 2].max(), jumps[STOP - 2 : STOP + 2].max()) <= usual
        takes.append(new)
    assert not np.array_equal(takes[0], takes[1])
    stage.desk.actions["compare"].trigger()
    assert (review.shown, np.array_equal(stage.sound(), heard)) == (0, True)
    stage.desk.actions["compare"].trigger()
    assert review.shown == 2
    for number in (1, 2):
        QTest.keyClick(stage.desk.timeline.canvas, str(number))
        assert review.shown == number, "a digit chooses a candidate"
    stage.desk.actions["accept"].trigger()
    assert not review.running
    np.testing.assert_array_equal(stage.sound(), takes[1])
    assert document.history.undo_name == "Regenerate part"
    document.undo()
    assert document.project is before
    document.redo()
    np.testing.assert_array_equal(stage.sound(), takes[1])
    assert len(document.project.sources) == 2, "what was not kept leaves the song"


def test_giving_up_leaves_no_trace_but_edits_made_meanwhile_stay(stage: Stage) -> None:
    document, review = stage.document, stage.review
    before, steps = document.project, document.history.entries
    stage.regenerate()
    stage.desk.actions["discard"].trigger()
    assert document.project is before
    assert document.history.entries == steps
    stage.regenerate()
    document.apply("Clip gain", lambda p: edits.set_clip(p, [stage.clip.id], gain_db=-6.0))
    assert review.running
    review.give_up()
    assert stage.clip.gain_db == -6.0
    assert stage.clip.takes == next(clip for _, clip in before.clips()).takes
    assert document.project.sources == before.sources
    document.undo()
    assert document.project is before


def test_extending_adds_before_or_after_and_keeps_the_rest(stage: Stage) -> None:
    document, review, heard = stage.document, stage.review, stage.sound()
    document.apply("Move", lambda p: edits.move_clips(p, [stage.clip.id], length_of(Fraction(6))))
    place = stage.clip.position
    stage.inpainting.extend(stage.clip.id, 1, left=False)
    stage.until(lambda: review.running)
    np.testing.assert_array_equal(stage.sound()[: len(heard)], heard)
    bar = document.project.clock.frames(place_at(document.project.signature.bar))
    assert stage.clip.length == len(heard) + bar
    assert review.span == (stage.clip.id, document.project.start_of(stage.clip) + len(heard), document.project.length)
    review.accept()
    stage.inpainting.extend(stage.clip.id, 2, left=True)
    stage.until(lambda: review.running)
    assert document.project.start_of(stage.clip) == 0, "there is room for one bar and a half"
    before = document.project.clock.frames(place_at(place))
    assert stage.clip.length == before + len(heard) + bar
    np.testing.assert_array_equal(stage.sound()[before : before + len(heard)], heard)
    review.compare()
    assert (stage.clip.position, stage.clip.length) == (place, len(heard) + bar)
    review.compare()
    review.accept()
    assert [name for name, _ in document.history.entries][-2:] == ["Extend right", "Extend left"]
    stage.inpainting.extend(stage.clip.id, 1, left=True)
    assert len(stage.errors) == 1
    assert stage.errors[0].startswith("This clip begins where the song does")


def test_a_loop_closes_and_repeats(stage: Stage) -> None:
    heard = stage.sound()
    stage.inpainting.close_loop(stage.clip.id)
    stage.until(lambda: stage.review.running)
    new = stage.sound()
    changed = np.flatnonzero((new != heard).any(axis=1))
    assert len(heard) // 2 < changed[0], "only its end is made anew"
    assert stage.clip.loop_length == len(heard)
    stage.review.accept()
    stage.document.apply("Longer", lambda p: edits.loop_to(p, stage.clip.id, place_at(2 * len(heard))))
    twice = stage.sound()
    np.testing.assert_array_equal(twice[len(heard) :], new)
    steps = np.abs(np.diff(twice, axis=0)).max(axis=1)
    assert steps[len(heard) - 1] <= steps[: len(heard) - 1].max()


def test_a_variation_of_a_clip_that_plays_backwards_in_a_loop(stage: Stage) -> None:
    document, clip_id = stage.document, stage.clip.id

    def turned(p: Project) -> Project:
        return edits.loop_to(edits.reverse(p, [clip_id]), clip_id, place_at(150_000))

    document.apply("Loop backwards", turned)
    before = stage.clip
    stage.inpainting.vary(clip_id, 0.3)
    stage.until(lambda: stage.review.running)
    assert (stage.clip.length, stage.clip.loop_length, stage.clip.reverse) == (150_000, 96_000, False)
    sound = stage.sound()
    np.testing.assert_array_equal(sound[96_000:], sound[:54_000])
    stage.review.give_up()
    assert stage.clip is before


def test_a_part_of_a_looped_clip_changes_in_one_turn_only(stage: Stage) -> None:
    document, clip_id = stage.document, stage.clip.id
    document.apply("Loop", lambda p: edits.loop_to(p, clip_id, place_at(150_000)))
    heard = stage.sound()
    stage.regenerate()
    new = stage.sound()
    np.testing.assert_array_equal(new[:START], heard[:START])
    np.testing.assert_array_equal(new[STOP:], heard[STOP:])
    assert not np.array_equal(new[START:STOP], heard[START:STOP])


def test_cancelling_leaves_nothing(stage: Stage) -> None:
    document, before = stage.document, stage.document.project
    start = document.project.start_of(stage.clip)
    document.select([stage.clip.id], region=(start + START, start + STOP))
    job = stage.inpainting.regenerate()
    assert job is not None
    assert [(each.position, each.length) for each in document.coming] == [(place_at(start + START), STOP - START)]
    document.jobs.cancel(job)
    stage.until(lambda: not document.coming)
    assert document.project is before
    assert not stage.review.running


def test_a_clip_changed_meanwhile_is_left_as_it_is(stage: Stage) -> None:
    document = stage.document
    start = document.project.start_of(stage.clip)
    document.select([stage.clip.id], region=(start + START, start + STOP))
    stage.desk.actions["regenerate"].trigger()
    document.apply("Reverse", lambda p: edits.reverse(p, [stage.clip.id]))
    changed = document.project
    stage.qtbot.waitUntil(lambda: bool(stage.errors), timeout=PATIENCE)
    assert "was changed while a part of it was regenerated" in stage.errors[0]
    assert document.project is changed
    stage.errors.clear()
    document.undo()
    stage.regenerate()
    document.undo()
    assert not stage.review.running, "undo is giving up"


def test_what_is_learned_of_a_take_meanwhile_stays_with_it(stage: Stage) -> None:
    document, review = stage.document, stage.review
    stage.regenerate()
    learned = {"fit": {"bpm": 120.0}}

    def learn(p: Project) -> Project:
        return edits.replace_take(p, stage.clip.id, replace(stage.clip.chosen, provenance=learned))

    document.amend(learn)
    assert review.running
    review.compare()
    assert stage.clip.chosen.provenance is None
    review.compare()
    review.accept()
    assert stage.clip.chosen.provenance == learned


def test_dragging_an_edge_out_with_alt_asks_for_more(stage: Stage) -> None:
    canvas = stage.desk.timeline.canvas
    found = stage.document.project.find_clip(stage.clip.id)
    assert found is not None
    row = canvas.rows.of(found[0].id)
    assert row is not None
    rect = canvas.places.clip_rect(row, stage.clip)
    alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
    edge = QPointF(rect.right() - 2, rect.bottom() - 8)
    canvas.pointer.press(edge, left, alt)
    canvas.pointer.move(edge + QPointF(rect.width() / 2, 0), left, alt)
    assert canvas.pointer.gesture is not None
    assert canvas.pointer.gesture.label.endswith("to be made")
    assert canvas.pointer.gesture.shows_ghosts
    canvas.pointer.release(edge + QPointF(rect.width() / 2, 0), left, alt)
    assert stage.document.coming
    heard = stage.sound()
    stage.until(lambda: stage.review.running)
    assert stage.clip.length > len(heard)
    np.testing.assert_array_equal(stage.sound()[: len(heard)], heard)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda stage: stage.regenerate(), id="region"),
        pytest.param(lambda stage: stage.inpainting.extend_by(stage.clip.id, 30_000, False), id="right"),
        pytest.param(lambda stage: stage.inpainting.extend_by(stage.clip.id, 30_000, True), id="left"),
        pytest.param(lambda stage: stage.inpainting.vary(stage.clip.id, 0.5), id="variation"),
        pytest.param(lambda stage: stage.inpainting.close_loop(stage.clip.id), id="loop"),
    ],
)
def test_what_was_put_together_is_made_again_bit_by_bit(stage: Stage, ask: Callable[[Stage], object]) -> None:
    document = stage.document
    document.apply("Trim", lambda p: edits.trim_start(p, stage.clip.id, place_at(7000)))
    ask(stage)
    stage.until(lambda: stage.review.running)
    stage.review.show(2)
    stage.desk.actions["accept"].trigger()
    assert document.save()
    folder = document.folder
    assert folder is not None
    project, take = load(folder), stage.clip.chosen
    (folder / project.sources[take.source].file).unlink()
    again = make_again(stage.desk.generating.generation.models.inference, project, folder, take, Context())
    assert again.identical
    assert again.source.id == take.source
    assert (folder / again.source.file).is_file()
