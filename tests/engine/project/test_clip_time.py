"""Where frames of a clip's sound lie in the song, by hand; markers from beats; markers set, moved and removed."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.clip_time import ClipTime, markers_of_beats
from engine.project.model import AudioContent, Project, Source, WarpMarker, audio_clip, audio_take, new_project
from engine.timing.position import Position

RATE = 48000


@pytest.fixture
def song() -> Project:
    """A song at 120 BPM whose clip starts at beat 4; its sound lasts eight beats of 96 BPM, and follows the tempo."""
    frames = 8 * 30000
    project = edits.add_track(new_project("Song", rate=RATE), track_id="t")
    project = edits.add_source(project, Source("s", "audio/s.wav", "s", RATE, 1, frames))
    clip = audio_clip("c", Position.at_beat(Fraction(4)), frames, (audio_take("take", "s"),))
    return edits.warp_clip(edits.add_clip(project, "t", clip), "c", Fraction(96))


def content_of(p: Project) -> AudioContent:
    content = p.tracks[0].clips[0].content
    assert isinstance(content, AudioContent)
    return content


def time_of(p: Project) -> ClipTime:
    clip = p.tracks[0].clips[0]
    return ClipTime(content_of(p), p.start_of(clip), clip.length, p.clock)


def test_places_of_a_warped_clip(song: Project) -> None:
    time = time_of(song)
    start = 4 * 24000
    for beat in range(8):  # 30000 frames of the source are 24000 of the song
        assert time.song_frame(beat * 30000) == pytest.approx(start + beat * 24000, abs=1)
        assert time.source_frame(start + beat * 24000) == pytest.approx(beat * 30000, abs=1)
        assert time.beat(start + beat * 24000) == beat
    trimmed = edits.trim_start(song, "c", Position.at_beat(Fraction(6)))
    assert time_of(trimmed).song_frame(90000) == pytest.approx(7 * 24000, abs=1)
    plain = edits.unwarp_clips(song, ["c"])
    assert time_of(plain).song_frame(30000) == start + 30000


def test_a_marker_is_set_moved_and_removed(song: Project) -> None:
    marked = edits.add_warp_marker(song, "c", 120000)
    assert content_of(marked).markers[1] == WarpMarker(120000, Fraction(4))
    moved = edits.move_warp_marker(marked, "c", 120000, Fraction(9, 2))
    assert time_of(moved).song_frame(120000) == pytest.approx((4 + 4.5) * 24000, abs=1)
    assert time_of(moved).song_frame(60000) == pytest.approx((4 + 2.25) * 24000, abs=1)
    assert moved.tracks[0].clips[0].length == song.tracks[0].clips[0].length
    assert edits.remove_warp_marker(moved, "c", 120000) == song
    with pytest.raises(EditError, match="ends"):
        edits.remove_warp_marker(moved, "c", 0)
    with pytest.raises(EditError, match="follow one another"):
        edits.move_warp_marker(marked, "c", 120000, Fraction(9))
    with pytest.raises(EditError, match="warp it first"):
        edits.add_warp_marker(edits.unwarp_clips(song, ["c"]), "c", 5)


def test_markers_of_heard_beats() -> None:
    steady = markers_of_beats(np.arange(8) * 0.5, 120.0, 4 * RATE, RATE, steady=True)
    assert steady == (WarpMarker(0, Fraction(0)), WarpMarker(4 * RATE, Fraction(8)))
    moments = np.array([0.25, 0.75, 1.35, 1.95])  # the first beat lies half a beat after the start
    free = markers_of_beats(moments, 120.0, 2 * RATE, RATE, steady=False)
    assert [(marker.frame, marker.beat) for marker in free[:5]] == [
        (0, 0),
        (12000, Fraction(1, 2)),
        (36000, Fraction(3, 2)),
        (64800, Fraction(5, 2)),
        (93600, Fraction(7, 2)),
    ]
    assert free[-1].frame == 2 * RATE
    assert float(free[-1].beat) == pytest.approx(3.5 + 0.05 / 0.6, abs=1e-3)


def test_a_loop_shows_its_first_turn(song: Project) -> None:
    looped = edits.loop_to(song, "c", Position.at_beat(Fraction(20)))
    clip = looped.tracks[0].clips[0]
    assert clip.loop_length
    later = replace(content_of(looped), loop_phase=24000)
    time = ClipTime(later, looped.start_of(clip), clip.length, looped.clock)
    assert time.song_frame(60000) == pytest.approx(looped.start_of(clip) + 24000, abs=1)
