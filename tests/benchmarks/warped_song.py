"""How long it takes, after a change of tempo, until 100 clips that follow the tempo are heard right.

Run it with `python -m tests.benchmarks.warped_song`. Ten tracks play ten clips each, of eight beats at 92 BPM; the song
goes to 100 BPM while the playhead stands at its start. “here” is when all that sounds at the playhead is right, “all”
when everything is; until then the old sound plays. Once with 100 sounds of their own, once with ten loops that repeat.
"""

import json
import tempfile
from fractions import Fraction
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from engine.audio import Audio
from engine.playback.contents import next_heard, prepare_clip, unprepared_clips
from engine.playback.plan import compile_plan
from engine.project import edits
from engine.project.model import Project, audio_clip, audio_take, new_project
from engine.project.storing import store_sound
from engine.timing.position import Position
from tests.benchmarks.generator import RESULTS
from tests.engine.playback.test_warp import drums

RATE, TRACKS, CLIPS = 48000, 10, 10


def song(folder: Path, sounds: int) -> Project:
    """The song at 92 BPM, all of it rendered."""
    project = edits.set_tempo(new_project("Warped", rate=RATE), Fraction(92))
    loop, _ = drums(92, 8)
    sources = [
        store_sound(folder, Audio(np.roll(loop, 7 * n, axis=0).copy(), RATE), f"Loop {n}") for n in range(sounds)
    ]
    for source in sources:
        project = edits.add_source(project, source)
    for number in range(TRACKS * CLIPS):
        track, place = divmod(number, CLIPS)
        if not place:
            project = edits.add_track(project, f"Track {track}", track_id=f"t{track}")
        take = audio_take(f"k{number}", sources[number % sounds].id)
        clip = audio_clip(f"c{number}", Position.at_beat(Fraction(8 * place)), len(loop), (take,))
        project = edits.warp_clip(edits.add_clip(project, f"t{track}", clip), clip.id, Fraction(92))
    for clip in unprepared_clips(project, folder):
        prepare_clip(clip, project, folder)
    return project


def measure(sounds: int) -> dict[str, float]:
    """Seconds until what is at the playhead is right, and until all is; and the processor's."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project = song(folder, sounds)
        before = compile_plan(project, folder)
        began, worked = perf_counter(), process_time()
        faster = edits.set_tempo(project, Fraction(100))
        waiting = compile_plan(faster, folder, before)
        assert sum(len(track.placements) for track in waiting.tracks) == TRACKS * CLIPS, "the old sound plays on"
        here = here_worked = 0.0
        for clip in next_heard(unprepared_clips(faster, folder), faster, 0):
            if faster.start_of(clip) > 0 and not here:
                compile_plan(faster, folder, waiting)
                here, here_worked = perf_counter() - began, process_time() - worked
            prepare_clip(clip, faster, folder)
        compile_plan(faster, folder, waiting)
        figures = {
            "here": here,
            "here_cpu": here_worked,
            "all": perf_counter() - began,
            "all_cpu": process_time() - worked,
        }
        return {name: round(seconds, 2) for name, seconds in figures.items()}


def main() -> None:
    """Prints the figures and keeps them."""
    result = {f"{sounds} sounds": measure(sounds) for sounds in (100, 10)}
    print(json.dumps(result, indent=2))
    (RESULTS / "warped_song.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
