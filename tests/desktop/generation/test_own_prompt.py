"""A prompt belongs to its clip: every verb is asked with the clip's own, and what is hidden never goes out."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.generation.clip_inputs import recorded_inputs
from desktop.generation.inpainting import Wish
from engine.errors import ModelError
from engine.project import edits
from engine.project.codec import from_json, to_json
from engine.project.model import Project, audio_clip, audio_take
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

HIDDEN = "a loud brass band"


def record(prompt: str, title: str, negative: str = "", **values: Any) -> dict[str, Any]:
    settings = {"prompt": prompt, "negative": negative, "audio_prompt": None, "blend": [], **values}
    return {
        "kind": "take",
        "title": title,
        "prompt": prompt,
        "asked_model": {"name": "melody-tiny", "device": "cuda", "untrained": True},
        "request": {"task": "generate", "source": None, "settings": settings},
    }


PIANO = record("slow piano, 120 BPM, A minor", "slow piano", "drums", steps=7, guidance=2.5)


@pytest.fixture
def clips(song: "Desk", wav: Path, qtbot: QtBot) -> "Desk":
    """An imported clip, a generated one of two takes, and another prompt in the tab for new music."""
    document, generation = song.document, song.generating.generation
    document.import_files([wav], "drums", place_at(Fraction(0)))
    qtbot.waitUntil(lambda: any(track.clips for track in document.project.tracks), timeout=20000)

    def lay(p: Project) -> Project:
        source = next(iter(p.sources))
        second = record("quick harp, 120 BPM", "quick harp")
        takes = (audio_take("one", source, provenance=PIANO), audio_take("two", source, provenance=second))
        return edits.add_clip(p, "bass", audio_clip("made", place_at(Fraction(8)), p.rate, takes, name="slow piano"))

    document.apply("lay", lay)
    document.select([])
    generation.panel.change(prompt=HIDDEN, negative="flute", values={"steps": 3}, fit=False)
    return song


def imported(desk: "Desk") -> str:
    return next(clip.id for _, clip in desk.document.project.clips() if clip.id != "made")


def asked(desk: "Desk", monkeypatch: pytest.MonkeyPatch, verb: Callable[[], object]) -> Wish:
    inputs: list[Wish] = []
    monkeypatch.setattr(desk.generating.clip_actions.inpainting, "_submit", inputs.append)
    verb()
    (wish,) = inputs
    return wish


@pytest.mark.parametrize("verb", ["regenerate", "extend_left", "extend_right", "vary", "make_loop"])
@pytest.mark.parametrize("tab", ["Generate", "Clip"])
def test_verbs_are_asked_with_the_clips_own_wishes(
    clips: "Desk", monkeypatch: pytest.MonkeyPatch, verb: str, tab: str
) -> None:
    desk = clips
    desk.right.open(tab)
    clip = desk.document.project.find_clip("made")
    assert clip
    start = desk.document.project.start_of(clip[1])
    region = (start + 1000, start + 20_000) if verb == "regenerate" else None
    desk.document.select(["made"], region=region)
    wish = asked(desk, monkeypatch, desk.actions[verb].trigger)
    told = wish.settings
    assert (told.prompt, told.negative, told.steps, told.guidance) == ("slow piano", "drums", 7, 2.5)
    assert (wish.model.name, wish.model.untrained, wish.prompt) == ("melody-tiny", True, "slow piano")


@pytest.mark.parametrize("verb", ["extend_right", "vary", "make_loop"])
def test_an_imported_clip_begins_with_an_empty_prompt(
    clips: "Desk", monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    desk = clips
    desk.document.select([imported(desk)])
    told = asked(desk, monkeypatch, desk.actions[verb].trigger).settings
    assert (told.prompt, told.negative, told.steps) == ("", "", None)
    assert told.audio_prompt is None


def test_continuing_live_uses_them_too(clips: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    live = clips.generating.clip_actions.live

    def refuse(*_: object) -> None:
        raise ModelError("The model is busy: try again.")

    monkeypatch.setattr(live, "_open", refuse)
    live.start("made")
    assert live.settings is not None
    assert (live.settings.prompt, live.settings.negative, live.settings.steps) == ("slow piano", "drums", 7)
    live.stop()


def test_the_tab_shows_the_selected_clips_prompt_and_keeps_what_is_written_there_with_it(
    clips: "Desk", monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, generation, box = clips, clips.generating.generation, clips.generating.panel.prompt
    assert (box.title.text(), box.text.toPlainText()) == ("Prompt", HIDDEN)
    desk.document.select(["made"])
    assert (box.title.text(), box.text.toPlainText()) == ("Prompt of “slow piano”", "slow piano")
    assert desk.generating.panel.negative.text() == "drums"
    box.text.setPlainText("slow piano and rain")
    desk.document.select([imported(desk)])
    assert box.text.toPlainText() == ""
    desk.document.select([])
    assert box.text.toPlainText() == HIDDEN
    desk.document.select(["made"])
    assert box.text.toPlainText() == "slow piano and rain"
    assert asked(desk, monkeypatch, desk.actions["vary"].trigger).settings.prompt == "slow piano and rain"
    desk.document.apply("Choose take", lambda p: edits.choose_take(p, "made", 1))
    assert box.text.toPlainText() == "quick harp"
    assert generation.panel.settings().prompt == "quick harp", "what is shown is what goes out"


def test_what_is_written_for_a_clip_is_saved_with_it_and_is_one_step(clips: "Desk") -> None:
    desk, box = clips, clips.generating.panel.prompt
    desk.document.select(["made"])
    for text in ("slow piano a", "slow piano an", "slow piano and rain"):
        box.text.setPlainText(text)
    assert desk.document.history.undo_name == "Change prompt"
    opened = from_json(to_json(desk.document.project))
    place = opened.find_clip("made")
    assert place is not None
    assert place[1].prompt == "slow piano and rain"
    assert [take.prompt for take in place[1].takes] == ["slow piano and rain", None], "it is the take's"
    desk.document.undo()
    assert box.text.toPlainText() == "slow piano"
    desk.document.redo()
    assert box.text.toPlainText() == "slow piano and rain"


def test_of_a_live_take_the_last_prompt_counts() -> None:
    chunks = [{"prompt": "slow piano", "steps": 4}, {"prompt": "strings", "steps": 9, "negative": "drums"}]
    live = {"kind": "live", "title": "slow piano", "prompt": "slow piano", "chunks": chunks}
    own = recorded_inputs(audio_take("t", "s", provenance=live), None)
    assert (own.prompt, own.negative, own.values) == ("strings", "drums", {"steps": 9})


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"prompt": 3},
        {"request": []},
        {"request": {"settings": {"prompt": None, "negative": 1}}},
        {"title": "Generated"},
    ],
)
def test_a_record_of_another_kind_is_no_prompt(odd: dict[str, Any]) -> None:
    own = recorded_inputs(audio_take("t", "s", provenance=odd), None)
    assert (own.prompt, own.negative, own.values, own.model) == ("", "", {}, None)


def test_extending_goes_no_further_than_the_next_clip(clips: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    desk, rate = clips, clips.document.project.rate
    source = next(iter(desk.document.project.sources))

    def neighbour(frame: int) -> Callable[[Project], Project]:
        clip = audio_clip("next", place_at(frame), rate, (audio_take("x", source),))
        return lambda p: edits.add_clip(p, "bass", clip)

    end = desk.document.project.end_of(desk.document.project.find_clip("made")[1])  # type: ignore[index]
    desk.document.apply("near", neighbour(end + 30_000))
    desk.document.select(["made"])
    wish = asked(desk, monkeypatch, desk.actions["extend_right"].trigger)
    assert wish.part.frames == 30_000
    desk.document.undo()
    desk.document.apply("beside", neighbour(end))
    desk.document.select(["made"])
    inpainting = desk.generating.clip_actions.inpainting
    monkeypatch.setattr(inpainting, "_submit", lambda wish: pytest.fail("there is no room"))
    desk.actions["extend_right"].trigger()
    assert "directly after" in desk.message_bar.text
