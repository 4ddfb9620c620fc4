"""Clips of a song by themselves."""

from fractions import Fraction

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.excerpt import excerpt, from_start
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Take, new_project
from engine.timing.position import Position
from engine.timing.signature import Signature

RATE = 48000


def take(name: str, pitch: int) -> Take:
    return Take(name, NoteContent((NoteEvent(Fraction(0), Fraction(1), pitch),)))


def song() -> Project:
    """At 120 BPM in 4/4, from bar 3 on at 60 in 3/4: a clip in bar 2 and one in bar 3."""
    project = edits.add_track(edits.add_track(new_project("Song", rate=RATE), "Bass"), "Lead")
    bass, lead = project.tracks
    early = Clip("early", Position.at_beat(Fraction(4)), 2 * RATE, (take("a", 40), take("b", 41)), mute=True)
    project = edits.add_clip(project, bass.id, early)
    project = edits.add_clip(project, lead.id, Clip("late", Position.at_beat(Fraction(8)), 2 * RATE, (take("c", 72),)))
    project = edits.set_track(project, lead.id, gain_db=-12.0, pan=0.5, mute=True)
    project = edits.add_tempo_point(project, Fraction(8), Fraction(60))
    return edits.add_signature_change(project, 3, Signature(3, 4))


def test_an_excerpt_has_the_clips_alone_at_full_level() -> None:
    alone = excerpt(song(), ["late"])
    (track,) = alone.tracks
    assert (track.gain_db, track.pan, track.mute, track.name) == (0.0, 0.0, False, "Lead")
    assert [clip.id for clip in track.clips] == ["late"]
    assert alone.start_of(track.clips[0]) == song().start_of(track.clips[0])


def test_a_muted_clip_is_heard_and_a_take_can_be_named() -> None:
    (track,) = excerpt(song(), ["early"], take=1).tracks
    assert (track.clips[0].mute, track.clips[0].chosen.id) == (False, "b")
    (track,) = excerpt(song(), ["early"], take=7).tracks
    assert track.clips[0].chosen.id == "a"


def test_what_is_gone_is_a_sentence() -> None:
    with pytest.raises(EditError, match="not in the song any more"):
        excerpt(song(), ["nothing"])


def test_from_the_start_on_it_has_the_tempos_and_bars_of_its_place() -> None:
    late = from_start(excerpt(song(), ["late"]))
    assert (late.tempo, late.signature, late.tempo_changes, late.signature_changes) == (60, Signature(3, 4), (), ())
    assert late.start_of(late.tracks[0].clips[0]) == 0
    both = from_start(excerpt(song(), ["early", "late"]))
    assert (both.tempo, both.signature) == (120, Signature(4, 4))
    assert [(each.beat, each.bpm) for each in both.tempo_changes] == [(4, 60)]
    assert [(each.bar, each.signature) for each in both.signature_changes] == [(2, Signature(3, 4))]
    assert [both.start_of(clip) for _, clip in both.clips()] == [0, 2 * RATE]
