"""A clip of audio that follows the tempo is sound still: it leaves as WAV and can be heard as notes."""

from fractions import Fraction

from desktop.export.clip_files import Kind, usual_kind
from engine.project import edits
from engine.project.model import Source, audio_clip, audio_take, new_project
from tests.places import place_at

RATE = 48000


def test_a_warped_clip_is_dragged_as_sound() -> None:
    project = edits.add_track(new_project("Song", tempo=Fraction(120)), track_id="t")
    project = edits.add_source(project, Source("s", "audio/s.wav", "s", RATE, 1, RATE))
    clip = audio_clip("c", place_at(0), RATE, (audio_take("take", "s"),))
    project = edits.add_clip(project, "t", clip)
    assert usual_kind(project, {"c"}) is Kind.WAV
    project = edits.warp_clip(project, "c", Fraction(100))
    assert project.tracks[0].clips[0].content.follows_tempo
    assert usual_kind(project, {"c"}) is Kind.WAV
