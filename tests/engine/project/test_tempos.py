from fractions import Fraction
from typing import Any

import pytest

from engine.project import edits
from engine.project.model import Project, Source, Track, audio_clip, audio_take
from engine.project.tempos import change_lines, clips_off_tempo, tempo_of, tempo_sentence
from engine.timing.signature import Signature
from tests.places import place_at


def song(*records: dict[str, Any] | None) -> Project:
    clips = tuple(
        audio_clip(f"c{at}", place_at(Fraction(4 * at)), 96_000, (audio_take(f"t{at}", "s", provenance=record),))
        for at, record in enumerate(records)
    )
    sources = {"s": Source("s", "audio/s.wav", "s", 48000, 2, 960_000)}
    return Project("p", "Song", tracks=(Track("t", "Track", clips=clips),), sources=sources)


def test_changes_are_said_in_their_order_and_the_rest_is_counted() -> None:
    assert change_lines(song()) == []
    p = edits.add_tempo_point(song(), Fraction(8), Fraction(60))
    p = edits.add_tempo_point(p, Fraction(12), Fraction(92.5), ramp=True)
    p = edits.add_signature_change(p, 2, Signature(3, 4))
    assert change_lines(p) == [
        "Tempo changes: 60 BPM at bar:3.2, to 92.5 BPM at bar:4.3",
        "Time signatures: 3/4 from bar:2",
    ]
    assert change_lines(p, 1)[0] == "Tempo changes: 60 BPM at bar:3.2, and 1 more"


@pytest.mark.parametrize(
    ("record", "tempo"),
    [
        (None, None),
        ({"prompt": "piano"}, None),
        ({"prompt": "piano, 92 BPM"}, 92.0),
        ({"prompt": "piano, 92 BPM", "fit": {"stretched": {"tempo": 100.5}}}, 100.5),
        ({"prompt": 7, "fit": [], "x": None}, None),
        ({"fit": {"stretched": "x"}}, None),
    ],
)
def test_the_tempo_of_a_take_is_what_its_record_says(record: dict[str, Any] | None, tempo: float | None) -> None:
    assert tempo_of(audio_take("t", "s", provenance=record)) == tempo


def test_a_change_of_tempo_counts_the_clips_that_do_not_follow() -> None:
    p = song(None, {"prompt": "piano, 100 BPM"}, None)
    slower = edits.set_tempo(p, Fraction(100))
    off = clips_off_tempo(slower, lambda clip: Fraction(120))
    assert [clip.id for clip in off] == ["c0", "c2"], "one was made at the new tempo"
    assert clips_off_tempo(p, lambda clip: Fraction(120)) == [p.tracks[0].clips[1]]
    sentence = tempo_sentence(slower, len(off))
    assert "100 BPM" in sentence
    assert "2 clips" in sentence
    assert tempo_sentence(slower, 0) == ""
    assert "1 clip ends" in tempo_sentence(slower, 1, cut=1)
