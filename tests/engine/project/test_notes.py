"""Notes in clips: stored, cut, moved, looped, and kept on their beats when the tempo changes."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EditError, ProjectFileError
from engine.project import edits
from engine.project.codec import Encoder, decode
from engine.project.model import (
    BendPoint,
    Clip,
    ControlPoint,
    Instrument,
    NoteContent,
    NoteEvent,
    Project,
    Take,
    new_project,
)
from engine.timing.clock import Clock
from tests.places import length_of, place_at

RATE = 48000
BEAT = 24000  # frames at 120 BPM
NOTES = (
    NoteEvent(Fraction(0), Fraction(1), 60, 90),
    NoteEvent(Fraction(4, 3), Fraction(1, 3), 64, 127, 0.02),
    NoteEvent(Fraction(7, 2), Fraction(1, 2), 127, 1),
)


def song(content: NoteContent | None = None, tempo: Fraction = Fraction(120)) -> Project:
    """A clip of four beats at beat 4."""
    p = edits.add_track(new_project("Song", rate=RATE, tempo=tempo), "Piano", track_id="k")
    clip = Clip("c", place_at(Fraction(4)), p.clock.frame_at(Fraction(4)), (Take("t", content or NoteContent(NOTES)),))
    return edits.add_clip(p, "k", clip)


def only(p: Project) -> Clip:
    ((_, clip),) = p.clips()
    return clip


def test_notes_curves_role_and_instrument_are_stored_and_read_back() -> None:
    curves = NoteContent(
        NOTES,
        offset=-100,
        loop_length=BEAT,
        loop_phase=5,
        bend=(BendPoint(0.5, -1.25),),
        modulation=(ControlPoint(0.0, 0.0), ControlPoint(1.5, 1.0)),
        sustain=(ControlPoint(0.0, 1.0),),
        expression=(ControlPoint(2.0, 0.5),),
    )
    instrument = Instrument("tape", None, "epiano", trim_db=-3.5, soundfont="/fonts/a.sf2", room=0.25, width=1.1)
    p = edits.set_track(song(curves), "k", role="lead", instrument=instrument)
    data = Encoder().encode(p)
    assert decode(data) == p
    content = json.loads(data)["tracks"][0]["clips"][0]["takes"][0]["content"]
    assert content["notes"][1] == {"start": "4/3", "length": "1/3", "pitch": 64, "velocity": 127, "offset": 0.02}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"pitch": 127', '"pitch": 128', "“pitch” in note event 3 of “content” of take 1 of clip 1 of track 1 is not"),
        ('"velocity": 1}', '"velocity": 0}', "“velocity” .* is not a whole number from 1 to 127"),
        ('"length": "1/3"', '"length": "0"', "“length” .* is not a fraction"),
        ('"start": "4/3"', '"start": "-1"', "“start” .* is not a fraction"),
        ('"start": "4/3"', '"start": 1.5', "“start” .* is not a fraction"),
        ('"offset": 0.02', '"offset": 99', "“offset” .* is not a number from -16 to 16"),
        ('"pitch": 64', '"pitches": 64', "unknown entry 'pitches'"),
        ('"role": "lead"', '"role": "singer"', "“role” in track 1 is not one of drums"),
        ('"program": 5', '"program": 128', "“program” in “instrument” of track 1 is not a whole number from 0 to 127"),
    ],
)
def test_what_no_note_can_be_is_refused(old: str, new: str, sentence: str) -> None:
    p = edits.set_track(song(), "k", role="lead", instrument=Instrument(program=5))
    text = Encoder().encode(p).decode()
    assert old in text
    with pytest.raises(ProjectFileError, match=sentence):
        decode(text.replace(old, new).encode())


def test_a_curve_that_runs_back_is_refused() -> None:
    p = song(NoteContent(NOTES, bend=(BendPoint(1.0, 0.0), BendPoint(0.0, 1.0))))
    with pytest.raises(ProjectFileError, match="curve whose points are not one after another"):
        Encoder().encode(p)


def test_clips_of_notes_are_cut_joined_and_slipped_like_audio() -> None:
    p = song()
    halves = edits.split(p, ["c"], place_at(Fraction(6)))
    left, right = halves.tracks[0].clips
    assert (left.content, left.length) == (NoteContent(NOTES), 2 * BEAT)
    assert (right.content, right.length) == (NoteContent(NOTES, offset=2 * BEAT), 2 * BEAT)
    joined = only(edits.join(halves, [left.id, right.id]))
    assert (joined.content, joined.length) == (NoteContent(NOTES), 4 * BEAT)
    earlier = only(edits.trim_start(p, "c", place_at(Fraction(3))))
    assert (earlier.content, earlier.length) == (NoteContent(NOTES, offset=-BEAT), 5 * BEAT), "silence lies before"
    assert only(edits.slip(p, "c", BEAT)).content == NoteContent(NOTES, offset=-BEAT)
    moved = only(edits.move_clips(p, ["c"], length_of(BEAT)))
    assert moved.takes is only(p).takes
    with pytest.raises(EditError, match="cannot be played backwards"):
        edits.reverse(p, ["c"])


def test_a_clip_of_notes_repeats_a_loop() -> None:
    p = edits.loop_to(song(), "c", place_at(Fraction(16)))
    clip = only(p)
    assert (clip.content, clip.length) == (NoteContent(NOTES, loop_length=4 * BEAT), 12 * BEAT)
    _, right = edits.split(p, ["c"], place_at(Fraction(9))).tracks[0].clips
    assert right.content == NoteContent(NOTES, loop_length=4 * BEAT, loop_phase=BEAT)


@pytest.mark.parametrize("tempo", [Fraction(60), Fraction(117), Fraction(241, 2), Fraction(400)])
def test_notes_follow_the_tempo(tempo: Fraction) -> None:
    p = edits.split(song(), ["c"], place_at(Fraction(5)))
    p = edits.set_fade_out(p, p.tracks[0].clips[0].id, BEAT)
    changed = edits.set_tempo(p, tempo)
    left, right = changed.tracks[0].clips
    frames = [round(RATE * 60 * beat / tempo) for beat in (4, 5, 8)]
    assert (changed.start_of(left), left.length) == (frames[0], frames[1] - frames[0])
    assert (changed.start_of(right), right.length) == (frames[1], frames[2] - frames[1])
    assert right.content.stretch.offset == frames[1] - frames[0]
    assert left.fade_out.length == min(BEAT, left.length)
    assert edits.set_tempo(changed, Fraction(120)).tracks[0].clips[1] == p.tracks[0].clips[1], "and back again"


def test_a_loop_follows_a_tempo_and_an_audio_clip_does_not() -> None:
    p = edits.loop_to(song(), "c", place_at(Fraction(16)))
    clip = only(edits.set_tempo(p, Fraction(60)))
    assert (clip.content, clip.length) == (NoteContent(NOTES, loop_length=8 * BEAT), 24 * BEAT)


def test_notes_that_are_kept_in_time_lie_on_other_beats() -> None:
    clip = only(edits.set_tempo(song(), Fraction(60), in_time=True))
    content = clip.content
    assert isinstance(content, NoteContent)
    assert clip.length == 4 * BEAT
    assert [(note.start, note.length) for note in content.notes] == [
        (Fraction(0), Fraction(1, 2)),
        (Fraction(2, 3), Fraction(1, 6)),
        (Fraction(7, 4), Fraction(1, 4)),
    ]
    assert content.notes[1].offset == pytest.approx(0.01)


@given(
    beat=st.fractions(0, 400, max_denominator=96),
    tempo=st.fractions(20, 400, max_denominator=1000),
    rate=st.sampled_from([44100, 48000, 96000]),
)
def test_a_place_on_the_grid_is_found_again_from_its_frame(beat: Fraction, tempo: Fraction, rate: int) -> None:
    assert Clock.steady(rate, tempo).simple_beat_at(Clock.steady(rate, tempo).frame_at(beat)) == beat
