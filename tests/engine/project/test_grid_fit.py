"""A take that is stretched to the grid: its beats lie on the song's, wherever its clip lies, at any tempo."""

from fractions import Fraction

import numpy as np
import pytest

from engine.playback import warped_sound
from engine.project import edits
from engine.project.model import AudioContent, Clip, Project, Source, audio_take, new_project
from engine.project.warping import SteadyBeats, on_grid, places_of, source_on_grid
from engine.timing.position import Position

RATE = 48000
SOUND = Source("s", "audio/s.wav", "s", RATE, 1, 12 * RATE)


def song(*points: tuple[int, int, bool], tempo: int = 120) -> Project:
    """(quarter note, BPM, whether it is reached along a ramp)."""
    project = edits.set_tempo(new_project("song", rate=RATE), Fraction(tempo))
    for beat, bpm, ramp in points:
        project = edits.add_tempo_point(project, Fraction(beat), Fraction(bpm), ramp=ramp)
    return edits.add_source(project, SOUND)


def off_beat(project: Project, clip_start: int, content: AudioContent, heard: SteadyBeats, length: int) -> list[float]:
    """By how many frames each beat of the sound lies after one of the song, of those that the clip plays."""
    places = np.array(places_of(content, clip_start, length, project.clock), float)
    beats = np.arange(heard.first, heard.frames, heard.quarter * float(heard.step))
    frames = np.interp(beats, places[:, 0], places[:, 1]) - content.first + clip_start
    inside = frames[(frames >= clip_start) & (frames < clip_start + length)]
    song_beats = np.array([project.clock.frame_at(Fraction(beat) * heard.step) for beat in range(80)], float)
    return [float(frame - song_beats[np.argmin(np.abs(song_beats - frame))]) for frame in inside]


@pytest.mark.parametrize(
    ("points", "start", "bpm", "late"),
    [
        ((), 0, 118.9, 0.012),
        ((), 30_000, 121.7, -0.03),
        ((), 96_000, 100.0, 0.4),
        (((16, 132, True),), 0, 122.0, 0.1),
        (((32, 100, True),), 24_000, 110.0, 0.0),
        (((8, 126, False),), 48_000, 119.0, 0.2),
        (((4, 111, False),), 200_001, 113.3, 0.33),
    ],
)
def test_beats_of_the_sound_come_to_lie_on_those_of_the_song(
    points: tuple[tuple[int, int, bool], ...], start: int, bpm: float, late: float
) -> None:
    project = song(*points)
    quarter = RATE * 60 / bpm
    heard = SteadyBeats(SOUND.frames, round(late * RATE) % round(quarter), quarter, Fraction(1))
    content = source_on_grid(SOUND, start, project.clock, heard)
    assert content.limited, "generated sound stays under its ceiling"
    apart = off_beat(project, start, content, heard, 8 * RATE)
    assert len(apart) >= 12
    assert max(map(abs, apart)) <= 2
    assert -quarter / 8 - 2 <= content.first <= quarter * 7 / 8 * 1.2 + 2, (
        "what it begins with is left out by a beat at most"
    )


def test_a_dotted_beat_lies_on_dotted_beats() -> None:
    project = song()
    heard = SteadyBeats(SOUND.frames, 7_000, RATE * 60 / 117, Fraction(3, 2))
    content = source_on_grid(SOUND, 0, project.clock, heard)
    assert max(map(abs, off_beat(project, 0, content, heard, 8 * RATE))) <= 2


def placed(project: Project, start: int, length: int, content: AudioContent) -> Project:
    take = audio_take("t", "s", provenance={"task": "generate"})
    own = audio_take("u", "s")
    clip = Clip("c", Position.at_frame(start), length, (take, own)).with_contents([content, own.content])
    return edits.add_clip(edits.add_track(project, "k", track_id="k"), "k", clip)


@pytest.mark.parametrize("loop", [0, 2 * RATE])
def test_a_clip_keeps_its_place_its_length_and_its_other_takes(loop: int) -> None:
    project = placed(song(), 48_000, 5 * RATE, AudioContent("s", 3 * RATE, shift=500, loop_length=loop))
    heard = SteadyBeats(SOUND.frames, 1_000, RATE * 60 / 114, Fraction(1))
    new = edits.warp_take_to_grid(project, "c", heard.first, heard.quarter, heard.step)
    (_, before), (_, after) = next(project.clips()), next(new.clips())
    assert (after.position, after.length, after.takes[1]) == (before.position, before.length, before.takes[1])
    content = after.content
    assert isinstance(content, AudioContent)
    assert (content.offset, content.loop_length, content.limited) == (3 * RATE, loop, True)
    assert content.first == pytest.approx((3 * RATE + 500) * 114 / 120 + RATE / 4 * 0.75, abs=RATE / 4 * 1.01)
    turn = min(loop or 5 * RATE, 5 * RATE)
    assert max(map(abs, off_beat(new, 48_000, content, heard, turn))) <= 2


def test_a_warped_take_is_brought_to_the_grid_from_where_it_is() -> None:
    """Its beats were said wrongly by hand: what it begins with stays."""
    heard = SteadyBeats(SOUND.frames, 0, RATE * 60 / 118, Fraction(1))
    project = placed(song(), 0, 6 * RATE, AudioContent("s", 2 * RATE))
    project = edits.warp_clip(project, "c", Fraction(90))
    new = edits.warp_take_to_grid(project, "c", heard.first, heard.quarter, heard.step)
    content = next(new.clips())[1].content
    assert isinstance(content, AudioContent)
    assert content.first == pytest.approx(2 * RATE * 118 / 120 + RATE / 4 * 0.75, abs=RATE / 4 * 1.01)
    assert max(map(abs, off_beat(new, 0, content, heard, 4 * RATE))) <= 2


def test_a_limited_sound_stays_under_its_ceiling_and_has_a_recipe_of_its_own() -> None:
    project = song()
    heard = SteadyBeats(2 * RATE, 0, RATE * 60 / 110, Fraction(1))
    loud = np.random.default_rng(3).uniform(-0.95, 0.95, (2 * RATE, 1)).astype(np.float32)
    free = on_grid(AudioContent("s"), 0, project.clock, heard, begin=0)
    limited = source_on_grid(SOUND, 0, project.clock, heard)
    sounds = [
        np.concatenate(list(warped_sound.render(each, 0, RATE, project.clock, loud, lambda: None)))
        for each in (free, limited)
    ]
    peaks = [float(np.abs(each).max()) for each in sounds]
    assert peaks[0] > 1 > 10 ** (-1 / 20) >= peaks[1]
    recipes = {warped_sound.recipe_of(each, 0, RATE, project.clock) for each in (free, limited)}
    assert len(recipes) == 2
