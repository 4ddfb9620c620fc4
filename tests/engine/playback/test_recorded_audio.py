from dataclasses import replace

from engine.playback.input_settings import Run
from engine.playback.recorded_audio import Recorded, clips_of, place, silenced
from engine.playback.recorded_notes import Span
from engine.project import edits
from engine.project.model import Project, Source, new_project
from engine.project.recorded import recorded_from

RECORD = recorded_from("Mixer", (0,), "2026-01-02T03:04:05")


def source(frames: int, name: str = "one") -> Source:
    return Source(name, f"growing/{name}.f32", "Voice", 48000, 1, frames, "FLOAT", growing=True)


def recorded(frames: int, *runs: tuple[int, int], name: str = "one") -> Recorded:
    return Recorded("voice", source(frames, name), tuple(Run(*run) for run in runs), RECORD)


def song() -> Project:
    return edits.add_track(new_project("Song", rate=48000), "Voice", track_id="voice")


def placed(p: Project) -> list[tuple[int, int, int, int]]:
    """(start, length, number of takes, frame of the file that sounds first) of each clip."""
    clips = [clip for _, clip in p.clips()]
    return [(p.start_of(clip), clip.length, len(clip.takes), clip.stretch.first) for clip in clips]


def test_a_clip_grows_and_trims_what_lies_under_it() -> None:
    p = place(song(), recorded(1000, (0, 500)), Span(0, 1 << 40))
    assert placed(p) == [(500, 1000, 1, 0)]
    again = place(p, recorded(600, (0, 1200), name="two"), Span(0, 1 << 40))
    assert placed(again) == [(500, 700, 1, 0), (1200, 600, 1, 0)]
    longer = place(again, recorded(900, (0, 1200), name="two"), Span(0, 1 << 40), over=True)
    assert placed(longer) == [(500, 700, 1, 0), (1200, 900, 1, 0)]
    assert longer.sources["two"].frames == 900
    (_, clip) = longer.find_clip(clips_of(longer, "two")[0]) or (None, None)
    assert clip is not None
    assert (clip.name, clip.chosen.provenance) == ("Voice", RECORD)


def test_a_playhead_that_was_moved_makes_another_clip() -> None:
    p = place(song(), recorded(1000, (0, 5000), (400, 90000)), Span(0, 1 << 40))
    assert placed(p) == [(5000, 400, 1, 0), (90000, 600, 1, 400)]


def test_rounds_of_a_loop_are_takes_of_one_clip_the_last_chosen() -> None:
    span = Span(10000, 34000, rounds=True)
    p = place(song(), recorded(60000, (0, 12000), (22000, 10000), (46000, 10000)), span)
    ((start, length, takes, first),) = placed(p)
    assert (start, length, takes, first) == (10000, 24000, 3, 46000)
    (clip,) = [clip for _, clip in p.clips()]
    assert [take.shift for take in clip.takes] == [-2000, 22000, 46000]  # the first began 2000 frames late
    assert [take.name for take in clip.takes] == ["Take 1", "Take 2", "Take 3"]
    over = place(p, recorded(46500, (0, 12000), (22000, 10000), (46000, 10000)), span, over=True)
    assert placed(over) == [(10000, 24000, 2, 22000)]  # 500 frames are no round
    more = place(over, recorded(24000, (0, 10000), name="two"), span, over=True)
    assert placed(more) == [(10000, 24000, 3, 0)]
    (clip,) = [clip for _, clip in more.clips()]
    assert [take.name for take in clip.takes] == ["Take 1", "Take 2", "Take 3"]


def test_after_the_end_a_clip_with_rounds_keeps_its_length() -> None:
    span = Span(0, 24000, rounds=True)
    p = place(song(), recorded(30000, (0, 0), (24000, 0)), span)
    sealed = replace(source(36000, "sealed"), file="audio/sealed.wav", growing=False)
    assert placed(edits.seal_source(p, "one", sealed)) == [(0, 24000, 2, 24000)]
    single = place(song(), recorded(30000, (0, 0)), Span(0, 1 << 40))
    assert placed(edits.seal_source(single, "one", sealed)) == [(0, 36000, 1, 0)]


def test_the_track_is_silent_from_where_it_is_recorded() -> None:
    p = place(song(), recorded(1000, (0, 0)), Span(0, 1 << 40))
    p = place(p, recorded(1000, (0, 4000), name="two"), Span(0, 1 << 40))
    assert placed(silenced(p, ["voice"], Span(1000, 1 << 40))) == [(0, 1000, 1, 0)]
    assert silenced(p, [], Span(0, 10)).tracks == p.tracks


def test_a_track_that_is_gone_changes_nothing() -> None:
    empty = new_project("Song", rate=48000)
    assert place(empty, recorded(1000, (0, 0)), Span(0, 1 << 40)) is empty
