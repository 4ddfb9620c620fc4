import json
from pathlib import Path

import pytest

from desktop.models.listing import Entry, devices, entries, facts, size_text, speed_tip
from engine.generate.model_spec import ModelInfo

ROW = {
    "model": "m", "device": "CPU, 2 threads", "steps": 10, "realtime": 1.84, "machine_share": 0.6,
    "realtime_corrected": 3.07, "first_sound_s": 2.12, "peak_memory_mb": 512.0,
}  # fmt: skip


def test_the_starter_comes_first_and_every_known_model_is_there() -> None:
    found = entries()
    assert found[0].info.id == "melody-starter"
    assert found[0].own
    ids = [each.info.id for each in found]
    assert len(ids) == len(set(ids))
    assert {"melody-paper", "audioldm2-music", "musicgen-small"} <= set(ids)
    forbidden = {each.info.id for each in found if each.forbids}
    assert "musicgen-small" in forbidden
    assert "melody-starter" not in forbidden
    assert all("not for commercial use" in each.licence for each in found if each.forbids)
    stable = next(each for each in found if each.info.id == "stable-audio-open")
    assert "revenue" in stable.licence


def test_a_damaged_model_is_listed_with_its_problem(own_folders: Path) -> None:
    folder = own_folders / "data" / "models" / "broken"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps({"id": "broken"}))
    broken = next(each for each in entries() if each.info.id == "broken")
    assert not broken.installed
    assert "damaged" in broken.info.problem


def test_figures_are_told_for_reading() -> None:
    info = ModelInfo("m", "M", "", "MIT", (("lm", 30_000_000), ("vae", 10_000_000)), 80_000_000, Path("x"))
    entry = Entry(info, "", False, True)
    assert facts(entry, None, None) == [("Size", "80 MB"), ("Parameters", "40 M"), ("Memory", "about 160 MB")]
    told = dict(facts(entry, ROW, None))
    assert told["Memory"] == "537 MB at most"
    assert told["Speed here"] == "1.8 × real time"
    assert told["First sound"] == "after 2.1 s"
    assert dict(facts(entry, ROW, 100.0))["Memory"] == "105 MB in use"
    assert speed_tip(ROW) == (
        "Measured on CPU, 2 threads, 10 steps, with 60% of the machine to itself; alone it would be 3.1 ×"
    )


@pytest.mark.parametrize(("count", "text"), [(2_500, "2 kB"), (4_400_000_000, "4.4 GB"), (48_200_000, "48 MB")])
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text


def test_a_processor_is_always_there() -> None:
    assert devices()[:2] == ["", "cpu"]
