"""Tracks that generated music shall fit: chosen in the Generate tab, rendered, sent and kept with the take."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.listen_field import ALL, ALONE, NOTHING
from desktop.generation.more_takes import can_repeat
from desktop.theme import Theme
from engine.audio import Audio, write_audio
from engine.errors import ModelError
from engine.generate.interface import Capabilities, Request, Task
from engine.inference import provenance, storing
from engine.inference.api import Assignment, Changed, Loaded, Model, Order, Place, Status, Takes
from engine.inference.client import InferenceProcess
from engine.inference.messages import GeneratedTake, TakesGenerated
from engine.inference.provenance import sound_hash
from engine.inference.track_mix import tracks_sound
from engine.jobs import Context
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.model import new_project
from tests.desktop.generation.conftest import clips_of
from tests.places import place_at

RATE = 48000
LISTENER = Capabilities("layers", "Layers", "1", RATE, 2, 10.0, 1.0, frozenset(Task), (), "MIT", "cpu", listens=True)


class _Answering(InferenceProcess):
    """Keeps the orders, and answers each with silence as the process would; it is never started."""

    def __init__(self, changed: Changed) -> None:
        super().__init__(changed)
        self.orders: list[Order] = []

    def run(self, order: Order, context: Context) -> Takes:
        self.orders.append(order)
        request = order.request
        sounds = [] if request.context is None else [request.context]
        record = provenance.order_record("take", order.assignment, LISTENER, 1)
        takes = tuple(
            GeneratedTake("take", np.zeros((request.frames or 1, 2), np.float32), {**record, "loudness": None})
            for _ in range(request.takes)
        )
        return storing.store_takes(TakesGenerated(0, takes, (), 0.0), order.place, sounds, context)


@pytest.fixture
def asked() -> list[_Answering]:
    """The generator of the window, once it is there."""
    return []


@pytest.fixture
def desk(
    qapp: QApplication, theme: Theme, own_folders: Path, qtbot: QtBot, tmp_path: Path, asked: list[_Answering]
) -> Iterator[Desk]:
    """A song of two tracks, “One” at a level of 0.25 and “Two” at 0.5, and a model that listens."""
    heard: list[Changed] = []

    def start(changed: Changed) -> InferenceProcess:
        heard.append(changed)
        asked.append(_Answering(changed))
        return asked[-1]

    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=start) as desk:
        desk.window.show()
        desk.document.new(own_folders / "Song", new_project("Song", rate=RATE))
        for number, (name, level) in enumerate((("One", 0.25), ("Two", 0.5))):
            path = tmp_path / f"{name}.wav"
            write_audio(path, Audio(np.full((RATE, 2), level, np.float32), RATE))
            desk.document.apply("Add track", lambda p, name=name: edits.add_track(p, name, track_id=name.lower()))
            desk.document.import_files([path], name.lower(), place_at(0))
            qtbot.waitUntil(lambda count=number + 1: len(clips_of(desk)) == count, timeout=60_000)
        generation = desk.generating.generation
        generation.models.set_model(Model("layers", untrained=True))
        assert generation.models.inference.status() == Status(False, None)
        heard[0](Status(True, Loaded(generation.models.model, LISTENER, 1.0)))
        qtbot.waitUntil(lambda: generation.panel.listens, timeout=60_000)
        desk.document.select([])
        yield desk


def test_tracks_are_chosen_in_the_menu(desk: Desk) -> None:
    desk.right.open("Generate")
    field = desk.generating.panel.listen
    assert field.button.isVisible()
    assert field.button.text() == NOTHING
    titles = [action.text() for action in field.menu().actions()]
    assert titles[:3] == [NOTHING, ALONE, ALL]
    assert titles[-2:] == ["One", "Two"]
    for index, expected in ((-1, "Two"), (-2, "One, Two"), (-1, "One"), (2, ALL), (1, ALONE), (0, NOTHING)):
        field.menu().actions()[index].trigger()
        assert field.button.text() == expected
    desk.generating.generation.panel.change(listen=("one",))
    assert [action.isChecked() for action in field.menu().actions()] == [False, False, False, False, True, False]
    desk.document.apply("Rename", lambda p: replace(p, tracks=(replace(p.tracks[0], name="Drums"), *p.tracks[1:])))
    assert field.button.text() == "Drums"


def test_a_model_that_does_not_listen_has_no_such_field(desk: Desk, qtbot: QtBot) -> None:
    desk.right.open("Generate")
    panel, generation = desk.generating.panel, desk.generating.generation
    deaf = replace(LISTENER, listens=False)
    generation.panel.change(listen=("one",))
    generation.models.inference._set_status(Status(True, Loaded(generation.models.model, deaf, 1.0)))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not panel.listen.button.isVisible(), timeout=60_000)
    assert not generation.panel.listens


def test_the_order_hears_the_chosen_tracks_and_the_take_keeps_them(
    desk: Desk, asked: list[_Answering], qtbot: QtBot
) -> None:
    generation = desk.generating.generation
    generation.panel.change(listen=("two",), in_bars=False, seconds=0.5, takes=1, fit=False, prompt="a bass")
    generation.generate()
    qtbot.waitUntil(lambda: len(clips_of(desk)) == 3, timeout=60_000)
    request = asked[0].orders[0].request
    assert request.alone
    assert request.context is not None
    assert request.context.rate == RATE
    np.testing.assert_allclose(request.context.samples, np.full((RATE // 2, 2), 0.5), atol=1e-4)
    clip = next(clip for clip in clips_of(desk) if clip.chosen.provenance)
    record = clip.chosen.provenance
    assert record is not None
    assert record["request"]["context"] == sound_hash(request.context)
    assert can_repeat(clip)
    folder = desk.document.folder
    assert folder is not None
    sounds = storing.stored_prompts(folder, record, {})
    again = provenance.request_of(record, None, sounds)
    assert again.alone
    assert again.context is not None
    np.testing.assert_array_equal(again.context.samples, request.context.samples)
    with pytest.raises(ModelError, match="listened to are not kept"):
        provenance.request_of(record, None, {})


def test_all_others_are_what_is_heard_of_them(desk: Desk, tmp_path: Path) -> None:
    document = desk.document
    assert document.folder is not None
    both = tracks_sound(document.project, document.folder, ("one", "two"), 12000, 24000, Context())
    np.testing.assert_allclose(both.samples, np.full((24000, 2), 0.75), atol=1e-4)
    after = tracks_sound(document.project, document.folder, ("one",), RATE - 6000, 12000, Context())
    np.testing.assert_allclose(after.samples[:, 0], np.repeat([0.25, 0.0], 6000), atol=1e-4)


def test_records_of_orders_that_listen_to_nothing_are_as_they_were() -> None:
    place = Place(Path(), RATE)
    order = Order("x", Model("layers"), Request(seconds=1.0), place)
    record = provenance.order_record("take", Assignment("x", order.model, order.request, RATE), LISTENER, 1)
    assert "context" not in record["request"]
    assert not provenance.request_of(record, None, {}).alone
