import copy
import json
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

from engine.playback.credits import Origin, folded, licence_lines, origins, prompts, unfolded
from engine.playback.offline_render import RenderRange
from engine.project import edits
from engine.project.model import Project, Source, audio_clip, audio_take, new_project
from tests.places import place_at


def live(chunks: int, *, prompts: tuple[str, ...] = ("calm piano",)) -> dict[str, Any]:
    """A live take's record as the inference writes it."""
    each = chunks // len(prompts)
    return {
        "kind": "live", "model": "melody-starter", "model_name": "MeLoDy starter", "weights": "abc", "licence": "MIT",
        "seed": 7, "prompt": prompts[0], "title": "Go on",
        "chunks": [
            {
                "start": index * 96000, "index": index, "noise_key": [7, index], "threads": 2, "batch": [0, 1],
                "prompt": prompts[min(index // each, len(prompts) - 1)], "blend": [], "negative": "", "steps": 10,
                "audio_prompt": None, "audio_weight": 1.0, "schedule": "linear", "guidance": 3.0, "temperature": 1.0,
                "top_k": 0, "top_p": 1.0,
            }
            for index in range(chunks)
        ],
    }  # fmt: skip


def test_hundreds_of_chunks_are_told_in_short_and_whole() -> None:
    record = live(600, prompts=("calm piano", "with drums"))
    assert unfolded(folded(record)) == record
    assert len(json.dumps(record)) > 100_000
    assert len(Origin("x", "x", record).json()) < 2000


def test_whatever_changes_comes_back() -> None:
    dice = random.Random(3)
    for _ in range(50):
        record = live(30)
        for chunk in record["chunks"]:
            if dice.random() < 0.3:
                chunk["start"] += dice.randrange(3)
            if dice.random() < 0.3:
                chunk["steps"] = dice.randrange(4, 8)
            if dice.random() < 0.1:
                del chunk["batch"]
            if dice.random() < 0.1:
                chunk["blend"] = [["x", 0.5]]
        before = copy.deepcopy(record)
        assert unfolded(json.loads(json.dumps(folded(record)))) == before
        assert record == before


def test_records_of_other_programs_stay_as_they_are() -> None:
    for record in ({"seed": 1}, {"chunks": "many"}, {"chunks": [1, 2]}, {"chunks": []}):
        assert folded(record) == record
    assert prompts({"prompt": "x"}) == ["x"]
    assert prompts({}) == []
    odd = {"chunks": [{"start": "?", "index": None}, {"start": "?", "index": None}]}
    assert unfolded(folded(odd)) == odd


def test_prompts_are_told_in_their_order() -> None:
    record = live(10, prompts=("a", "b"))
    assert prompts(record) == ["a", "b"]
    line = Origin("Keys: Pad @ 1.1", "Pad", record).line()
    assert line == "“a” → “b”, MeLoDy starter (MIT), seed 7, weights abc"


def test_only_what_sounds_counts() -> None:
    p: Project = edits.add_track(edits.add_track(new_project("S"), "A", track_id="a"), "B", track_id="b")
    p = edits.add_source(p, Source("s", "audio/s.wav", "s", 48000, 2, 480_000))
    for number, (track, beat) in enumerate((("a", 0), ("a", 40), ("b", 0))):
        take = audio_take(f"t{number}", "s", provenance={"seed": number})
        p = edits.add_clip(
            p, track, audio_clip(f"c{number}", place_at(Fraction(beat)), 48000, (take,), name=f"c{number}")
        )
    whole = RenderRange(0, 60 * 24000, 48000, 48000)
    assert [each.label for each in origins(p, None, whole)] == ["A: c0 @ 1.1", "A: c1 @ 11.1", "B: c2 @ 1.1"]
    assert [each.name for each in origins(p, p.track("a"), whole)] == ["c0", "c1"]
    assert [each.name for each in origins(p, None, replace(whole, end=48000))] == ["c0", "c2"]
    assert [each.name for each in origins(edits.set_track(p, "b", solo=True), None, whole)] == ["c2"]
    assert [each.name for each in origins(edits.set_clip(p, ["c0"], mute=True), None, whole)] == ["c1", "c2"]


def test_licences_are_listed_with_the_forbidding_ones_first() -> None:
    found = [
        Origin("x", name, {"model_name": model, "licence": licence})
        for name, model, licence in (
            ("One", "Free", "Apache-2.0"), ("Two", "Kept", "CC-BY-NC-4.0"), ("Three", "Free", "Apache-2.0"),
            ("Four", "Odd", ""),
        )
    ]  # fmt: skip
    assert licence_lines(found) == [
        "NOT FOR COMMERCIAL USE: “Two”, made by Kept (CC-BY-NC-4.0).",
        "NOT FOR COMMERCIAL USE: “Four”, made by Odd (licence unknown).",
        "Made by Free (Apache-2.0): “One”, “Three”.",
    ]
    assert licence_lines([]) == []
