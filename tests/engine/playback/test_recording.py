"""Rounds of events come into a song: bars, takes, overdubs."""

from fractions import Fraction

from engine.playback.midi_events import MidiEvent
from engine.playback.recorded_notes import Span
from engine.playback.recording import record
from engine.project import edits
from engine.project.model import Clip, NoteContent, Project, new_project
from tests.places import place_at

RATE, BEAT = 48000, 24000  # at 120 BPM


def song() -> Project:
    return edits.add_track(new_project("Song"), "Keys", track_id="keys")


def key(beat: float, pitch: int, length: float = 0.5) -> tuple[MidiEvent, MidiEvent]:
    frame = beat * BEAT
    return (
        MidiEvent(frame / RATE, "k", 0x90, pitch, 100, frame, True),
        MidiEvent((frame + length * BEAT) / RATE, "k", 0x80, pitch, 0, frame + length * BEAT, True),
    )


def clips(p: Project) -> tuple[Clip, ...]:
    track = p.track("keys")
    assert track is not None
    return track.clips


def notes(clip: Clip, take: int | None = None) -> list[tuple[float, int]]:
    content = clip.takes[clip.take if take is None else take].content
    assert isinstance(content, NoteContent)
    return [(float(each.start), each.pitch) for each in content.notes]


def test_a_new_clip_lasts_whole_bars() -> None:
    p = record(song(), "keys", [[*key(5.5, 60), *key(9, 62)]], Span(5 * BEAT, 10 * BEAT))
    (clip,) = clips(p)
    assert clip.position.beat == 4
    assert clip.length == 8 * BEAT
    assert notes(clip) == [(1.5, 60), (5.0, 62)]


def test_rounds_are_takes_and_another_recording_adds_to_them() -> None:
    span = Span(4 * BEAT, 8 * BEAT, rounds=True)
    p = record(song(), "keys", [key(4, 60), key(5, 61)], span)
    (clip,) = clips(p)
    assert (clip.position.beat, clip.length, clip.take) == (4, 4 * BEAT, 1)
    assert (notes(clip, 0), notes(clip, 1)) == ([(0.0, 60)], [(1.0, 61)])
    (clip,) = clips(record(p, "keys", [key(6, 62)], span))
    assert [take.name for take in clip.takes] == ["Take 1", "Take 2", "Take 3"]
    assert notes(clip) == [(2.0, 62)]


def test_overdub_adds_to_the_clip_that_is_there_and_makes_it_longer() -> None:
    p = record(song(), "keys", [key(4, 60)], Span(4 * BEAT, 6 * BEAT))
    p = record(p, "keys", [[*key(5, 64), *key(9, 65)]], Span(4 * BEAT, 10 * BEAT), overdub=True)
    (clip,) = clips(p)
    assert notes(clip) == [(0.0, 60), (1.0, 64), (5.0, 65)]
    assert clip.length == 8 * BEAT
    p = record(p, "keys", [key(20, 70)], Span(20 * BEAT, 21 * BEAT), overdub=True)  # where no clip is
    assert [clip.position for clip in clips(p)] == [place_at(Fraction(4)), place_at(Fraction(20))]


def test_without_overdub_what_lies_under_the_new_clip_is_cut() -> None:
    p = record(song(), "keys", [key(0, 60)], Span(0, 16 * BEAT))
    p = record(p, "keys", [key(4, 62)], Span(4 * BEAT, 8 * BEAT))
    assert all(a.position.beat != b.position.beat for a, b in zip(clips(p), clips(p)[1:], strict=False))
    assert p.track("keys") is not None


def test_nothing_played_and_a_track_that_is_gone() -> None:
    p = song()
    assert record(p, "keys", [], Span(0, BEAT)) is p
    assert record(p, "gone", [key(0, 60)], Span(0, BEAT)) is p
