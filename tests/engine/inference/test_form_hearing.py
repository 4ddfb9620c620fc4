"""Chords and sections that were heard in a clip, in the lanes over the ruler."""

from fractions import Fraction

import pytest

from engine.inference.form_hearing_client import HeardForm, with_heard_form
from engine.project import edits
from engine.project.model import Clip, NamedSpan, Project, Source, audio_clip, audio_take, new_project
from engine.timing.position import Position

RATE = 48000


def song(start_beat: int, seconds: int) -> tuple[Project, Clip]:
    project = edits.add_source(new_project("song", rate=RATE), Source("s", "audio/s.wav", "s", RATE, 1, 60 * RATE))
    clip = audio_clip("c", Position.at_beat(start_beat), seconds * RATE, (audio_take("k", "s"),))
    return edits.add_clip(edits.add_track(project, "t", track_id="t"), "t", clip), clip


def texts(spans: tuple[NamedSpan, ...]) -> list[tuple[float, float, str]]:
    return [(float(span.start), float(span.end), span.text) for span in spans]


def test_chords_begin_on_quarter_notes_and_sections_on_bars() -> None:
    """At 120 BPM, of a clip that begins at beat 4 and lasts 8 s: 16 beats."""
    project, clip = song(4, 8)
    heard = HeardForm(
        ((0.02, 1.9, "Am"), (1.9, 4.1, "F"), (4.1, 4.2, "G"), (4.2, 6.0, "C"), (6.0, 8.3, "C")),
        ((0.0, 4.6, "Verse"), (4.6, 8.0, "Chorus")),
    )
    new = with_heard_form(project, clip, heard)
    assert texts(new.chords) == [(4, 8, "Am"), (8, 12, "F"), (12, 20, "C")]
    assert texts(new.sections) == [(4, 12, "Verse"), (12, 20, "Chorus")]


def test_what_lies_elsewhere_stays() -> None:
    project, clip = song(8, 4)
    project = edits.write_span(project, "chords", Fraction(0), Fraction(12), "Dm")
    project = edits.write_span(project, "sections", Fraction(16), Fraction(32), "Outro")
    new = with_heard_form(project, clip, HeardForm(((0.0, 4.0, "E"),), ((0.0, 4.0, "Verse"),)))
    assert texts(new.chords) == [(0, 8, "Dm"), (8, 16, "E")]
    assert texts(new.sections) == [(8, 16, "Verse"), (16, 32, "Outro")]


@pytest.mark.parametrize("heard", [HeardForm((), ()), HeardForm(((0.0, 0.1, "Am"),), ((0.0, 0.3, "Verse"),))])
def test_nothing_and_what_is_too_short_change_nothing(heard: HeardForm) -> None:
    project, clip = song(0, 4)
    assert with_heard_form(project, clip, heard) == project


def test_bars_of_another_signature_and_a_change_of_tempo() -> None:
    project, clip = song(0, 20)
    project = edits.set_signature(project, project.signature.__class__(3, 4))
    project = edits.add_tempo_point(project, Fraction(6), Fraction(60))
    heard = HeardForm(((0.0, 3.0, "Am"), (3.0, 6.0, "F")), ((0.0, 6.1, "Verse"), (6.1, 20.0, "Chorus")))
    new = with_heard_form(project, clip, heard)
    assert texts(new.chords) == [(0, 6, "Am"), (6, 9, "F")]
    assert [(float(span.start), span.text) for span in new.sections] == [(0, "Verse"), (9, "Chorus")]
