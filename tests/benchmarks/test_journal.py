"""What the journal of edits costs the thread that edits, and what it writes, in a song of 64 × 200 clips."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pytest

from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.journal import Journal
from engine.project.model import Source, Track, audio_clip, audio_take, new_project
from tests.places import place_at

EDITS = 200


@pytest.mark.benchmark
def test_the_cost_of_an_edit(tmp_path: Path) -> None:
    clips = tuple(audio_clip(f"{n}", place_at(n * 5000), 4000, (audio_take(f"t{n}", "s"),)) for n in range(200))
    tracks = tuple(
        Track(f"k{t}", f"t{t}", clips=tuple(replace(clip, id=f"k{t}-{clip.id}") for clip in clips)) for t in range(64)
    )
    source = Source("s", "audio/s.wav", "s", 48000, 1, 5000)
    create(tmp_path / "song", replace(new_project("x"), tracks=tracks, sources={"s": source}))
    with ProjectFolder.open(tmp_path / "song") as home:
        home.start_journal()
        journal = Journal(home.journal, home.autosave)
        project, costs = home.project, []
        for number in range(EDITS):
            project = edits.set_clip(project, [f"k{number % 64}-7"], gain_db=-float(number % 20))
            began = perf_counter()
            journal.submit(project)
            costs.append(perf_counter() - began)
            sleep(0.05)
        journal.close()
        size = home.journal.size
    print(
        f"\n{EDITS} edits, 20 a second: {1000 * float(np.median(costs)):.3f} ms each on the editing thread (median), "
        f"{1000 * max(costs):.3f} ms at most; {size / EDITS:.0f} bytes an edit"
    )
    assert size > 0
