import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from desktop.app import Desk
from desktop.inspector.origin_section import record_text, rows
from engine.audio import Audio
from engine.generate.interface import Request, Settings, Task
from engine.inference.api import Model, Order, Place
from engine.project import edits
from tests.places import length_of, place_at

pytestmark = pytest.mark.timeout(600)  # a process of its own loads torch, however busy the machine is
TINY = Model("melody-tiny", "cpu", untrained=True)
RECORD = {
    "kind": "live", "task": "continue", "prompt": "calm", "seed": 5, "model_name": "Odd", "licence": "CC-BY-NC-4.0",
    "device": "CPU", "weights": "abc",
    "chunks": [{"prompt": "calm", "steps": 10, "guidance": 2.5}, {"prompt": "wild", "steps": 8, "guidance": 2.5}],
}  # fmt: skip


def test_an_origin_is_shown_with_its_licence(stage: Any, made: Callable[[float, float], Audio]) -> None:
    origin = stage.desk.inspecting.origin()
    stage.add(made(120.0, 0.0), **RECORD)
    assert origin.isVisible()
    assert origin.prompt.text() == "calm\n→ wild"
    assert origin.model.text() == "Odd"
    assert origin.licence.text() == "CC-BY-NC-4.0, not for commercial use"
    assert stage.desk.theme.warning.name() in origin.licence.styleSheet()
    origin.copy.click()
    assert json.loads(QGuiApplication.clipboard().text()) == RECORD
    stage.desk.document.select([])
    assert not origin.isVisible()


def test_imported_clips_have_no_origin(stage: Any, made: Callable[[float, float], Audio]) -> None:
    stage.add(made(120.0, 0.0))
    assert not stage.desk.inspecting.origin().isVisible()
    assert stage.desk.inspecting.fit().isVisible()


def test_a_record_is_told_in_rows() -> None:
    assert rows(RECORD)[:5] == [
        ("Seed", "5"), ("Steps", "10"), ("Guidance", "2.5"), ("Chunks", "2"), ("Device", "CPU")
    ]  # fmt: skip
    assert rows({}) == []
    like = {**RECORD, "chunks": [{**RECORD["chunks"][0], "audio_prompt": "0123"}]}
    assert ("Reference", "a sound kept with the song") in rows(like)
    assert json.loads(record_text({"seed": 1})) == {"seed": 1}


@pytest.mark.parametrize(
    ("record", "row"),
    [
        ({"held_tempo": 97.2, "held_key": "D minor"}, ("Held to", "97.2 BPM, D minor")),
        ({"held_tempo": 120.0, "held_key": None}, ("Held to", "120 BPM")),
        ({"held_tempo": None, "held_key": "C major"}, ("Held to", "C major")),
        ({"held_tempo": None, "held_key": None}, None),
        ({"prompt": "a funeral", "prompt_read_as": "sad"}, ("Read as", "sad")),
        ({"prompt": "sad", "prompt_read_as": "sad"}, None),
    ],
)
def test_what_a_take_kept_to_and_how_its_words_were_read(record: dict[str, Any], row: tuple[str, str] | None) -> None:
    assert rows(record) == ([row] if row else [])


def test_a_record_of_another_program_is_refused_with_a_sentence(stage: Any, made: Any) -> None:
    origin = stage.desk.inspecting.origin()
    stage.desk.window.resize(1024, 640)
    stage.add(made(120.0, 0.0), **RECORD)
    assert origin.again.visibleRegion().isEmpty(), "it is further down"
    origin.again.click()
    stage.until(lambda: origin.again.isEnabled())
    outcome = origin.outcome
    stage.qtbot.waitUntil(lambda: outcome.visibleRegion().boundingRect() == outcome.rect(), timeout=20_000)
    assert "no record of how it was made" in origin.outcome.text()


def test_a_take_is_made_again_bit_for_bit(stage: Any) -> None:
    desk: Desk = stage.desk
    order(stage, Request(settings=Settings("a slow waltz"), frames=48000, seed=3, takes=2))
    origin = desk.inspecting.origin()
    desk.document.select([desk.document.project.tracks[0].clips[0].id])
    origin.again.click()
    assert not origin.again.isEnabled()
    assert origin.outcome.text() == "Recreating…"
    stage.until(lambda: origin.again.isEnabled())
    assert origin.outcome.text() == "Recreated: identical, bit for bit."

    _, clip = next(iter(desk.document.project.clips()))
    other = {**clip.chosen.provenance, "seed": 4, "request": {**clip.chosen.provenance["request"], "seed": 4}}
    desk.document.apply("Forge", lambda p: edits.replace_take(p, clip.id, replace(clip.chosen, provenance=other)))
    origin.again.click()
    stage.until(lambda: origin.again.isEnabled())
    assert "not the same" in origin.outcome.text()


def test_a_continuation_is_made_again_from_the_clip_that_it_continued(stage: Any, made: Any) -> None:
    from engine.inference.clip_audio import clip_sound

    desk: Desk = stage.desk
    stage.add(made(120.0, 0.0), length=2 * 48000)
    sound = clip_sound(desk.document.project, desk.document.folder, stage.clip)
    order(stage, Request(Task.CONTINUE, Settings("go on"), frames=48000, seed=3, source=sound), track="bass")
    clip = desk.document.project.track("bass").clips[0]  # type: ignore[union-attr]
    origin = desk.inspecting.origin()
    desk.document.select([clip.id])
    desk.document.apply("Move", lambda p: edits.move_clips(p, ["c"], length_of(480)))
    origin.again.click()
    stage.until(lambda: origin.again.isEnabled())
    assert origin.outcome.text() == "Recreated: identical, bit for bit."
    desk.document.apply("Remove", lambda p: edits.remove_clips(p, ["c"]))
    origin.again.click()
    stage.until(lambda: origin.again.isEnabled())
    assert "not in the song any more" in origin.outcome.text()


def order(stage: Any, request: Request, track: str = "drums") -> None:
    """Puts what the tiny model makes of a request onto a track, as the window does."""
    from desktop.generation import insert_takes
    from desktop.generation.insert_takes import Spot

    desk: Desk = stage.desk
    generation = desk.generating.generation
    generation.models.set_model(TINY)
    folder, rate = desk.document.folder, desk.document.project.rate
    assert folder
    arrived: list[bool] = []

    def done(made: Any) -> None:
        spot = Spot("Made", track, place_at(0), request.frames or 0)
        desk.document.apply("Generate", lambda p: insert_takes.place(p, spot, made.takes, f"made {track}"))
        arrived.append(True)

    job = generation.runner.submit(Order("Generate", TINY, request, Place(folder, rate)), done)
    stage.until(lambda: bool(arrived) or bool(job.error))
    assert arrived, job.error
