"""How long the timeline takes for a frame with 64 clips of 200 notes, and an edit until its sound is there.

Run it with `python -m tests.benchmarks.timeline_notes`. It prints the figures and writes `results/timeline_notes.json`.
Frames are timed as in `tests.benchmarks.timeline`.
"""

import json
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import Qt

from engine.playback.contents import prepare_clip, unprepared_clips
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Project, Take, Track, new_project
from tests.benchmarks.timeline import RATE, RESULTS, Clockwork, Stage, application, stage
from tests.places import place_at

ROWS, CLIPS, NOTES = 8, 8, 200
BARS = 8


def build(_: Path) -> Project:
    """Eight tracks with eight clips of eight bars, each of 200 notes of its own."""
    tracks = []
    for row in range(ROWS):
        clips = []
        for index in range(CLIPS):
            notes = tuple(
                NoteEvent(
                    Fraction(4 * BARS * number, NOTES),
                    Fraction(1, 4),
                    40 + (7 * number * (row + 1) + 3 * index) % 40,
                    30 + number % 97,
                )
                for number in range(NOTES)
            )
            content = NoteContent(notes, loop_length=0)
            length = RATE // 2 * 4 * BARS
            place = place_at(Fraction(4 * BARS * index))
            clips.append(Clip(f"c{row}-{index}", place, length, (Take("t", content),), name=f"Clip {index}"))
        player = Instrument("synth pluck", None, "synth pluck") if row else Instrument("grand piano", 0)
        tracks.append(Track(f"k{row}", f"Track {row + 1}", row, clips=tuple(clips), instrument=player))
    return replace(new_project("Notes", rate=RATE), tracks=tuple(tracks))


def _frames(scene: Stage) -> dict[str, dict[str, float]]:
    view, turned = scene.view, scene.turn_wheel
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    clockwork = Clockwork()
    figures = {"machine": {"spin_ms": round(clockwork.usual * 1000, 3)}}
    view.fit()
    zooms = [lambda step=step: turned(0, 120, control, 200 + step * 7 % 900) for step in range(60)]
    zooms += [lambda step=step: turned(0, -120, control, 200 + step * 7 % 900) for step in range(60)]
    figures["zoom"] = clockwork.time(zooms)
    for name, frames_per_px in (("all", 2400.0), ("bars", 600.0), ("beats", 150.0)):
        view.viewport.set_zoom(frames_per_px, 0)
        scene.app.processEvents()
        across = [lambda: turned(0, -120, shift, 500)] * 80 + [lambda: turned(0, 120, shift, 500)] * 40
        figures[f"scroll_across_{name}"] = clockwork.time(across)
    return figures


def _edit_to_sound(scene: Stage) -> dict[str, dict[str, float]]:
    """Seconds from a moved note of eight bars to its new sound, off the player and the window's thread."""
    folder, project = scene.document.folder, scene.document.project
    assert folder is not None
    figures = {}
    for row, name in ((0, "soundfont"), (1, "own_patch")):
        times = []
        for step in range(5):
            clip = project.tracks[row].clips[0]
            content = clip.content
            assert isinstance(content, NoteContent)
            note = replace(content.notes[10], pitch=41 + step)
            new = replace(content, notes=(*content.notes[:10], note, *content.notes[11:]))
            project = edits.replace_take(project, clip.id, Take("t", new))
            began = perf_counter()
            for each in unprepared_clips(project, folder):
                prepare_clip(each, project, folder)
            times.append(perf_counter() - began)
        figures[f"edit_to_sound_{name}"] = {"median_s": round(sorted(times)[2], 3), "max_s": round(max(times), 3)}
    return figures


def main() -> None:
    """Measures, prints and writes."""
    app = application()
    with tempfile.TemporaryDirectory() as temporary, stage(app, Path(temporary) / "Song", build) as scene:
        figures = {**_frames(scene), **_edit_to_sound(scene)}
    for name, values in figures.items():
        print(f"{name:24}", "  ".join(f"{key} {value}" for key, value in values.items()))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "timeline_notes.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
