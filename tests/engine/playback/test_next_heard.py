"""What is rendered first: what playback comes to first."""

from fractions import Fraction

from engine.playback.contents import next_heard
from engine.project import edits
from engine.project.model import Source, audio_clip, audio_take, new_project
from tests.places import place_at


def test_clips_at_the_playhead_come_first_and_those_behind_it_last() -> None:
    project = edits.add_track(new_project("Song", rate=1000, tempo=Fraction(60)), track_id="t")
    project = edits.add_source(project, Source("s", "audio/s.wav", "s", 1000, 1, 9000))
    for name, beat in (("far", 9), ("gone", 0), ("next", 6), ("now", 3)):
        clip = audio_clip(name, place_at(Fraction(beat)), 2000, (audio_take(name, "s"),))
        project = edits.add_clip(project, "t", clip)
    clips = [clip for _, clip in project.clips()]
    assert [clip.id for clip in next_heard(clips, project, 4000)] == ["now", "next", "far", "gone"]
    assert [clip.id for clip in next_heard(clips, project, 2000)] == ["now", "next", "far", "gone"]
