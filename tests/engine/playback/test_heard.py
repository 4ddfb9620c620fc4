"""The length of an export is the length of what is heard: each way of not being heard, through whole bounces."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import ExportError
from engine.ids import new_id
from engine.playback.heard import heard_end, sounding_length
from engine.project import edits
from engine.project.model import AutomationPoint, Source, audio_clip, audio_take, new_project
from tests.engine.playback.test_bounce import Song, noise
from tests.places import place_at

HEARD = 10_000


@pytest.fixture
def song(tmp_path: Path) -> Song:
    """A track of 10 000 frames that is heard, and a longer one that each test silences in its own way."""
    song = Song(tmp_path)
    song.add(noise(HEARD, 1), "Short")
    song.add(noise(30_000, 2), "Long")
    return song


def lengths(song: Song) -> set[int]:
    return {soundfile.info(path).frames for path in song.out.rglob("*.wav")}


def muted_track(song: Song) -> None:
    song.change(1, mute=True)


def another_soloed(song: Song) -> None:
    song.change(0, solo=True)


def fader_down(song: Song) -> None:
    song.change(1, gain_db=-96.0)


def muted_clip(song: Song) -> None:
    song.project = edits.set_clip(song.project, [song.project.tracks[1].clips[0].id], mute=True)


def clip_without_gain(song: Song) -> None:
    song.project = edits.set_clip(song.project, [song.project.tracks[1].clips[0].id], gain_db=-96.0)


def take_without_gain(song: Song) -> None:
    _change(song, lambda clip: replace(clip, takes=(replace(clip.takes[0], gain_db=-96.0),)))


def automation_down(song: Song) -> None:
    _automate(song, (0, -96.0))


def automation_down_at_last(song: Song) -> None:
    _automate(song, (0, 0.0), (8000, -96.0), (9000, -96.0))


def moved_off_its_sound(song: Song) -> None:
    _change(song, lambda clip: clip.playing(replace(clip.stretch, offset=30_000)))


def muted_clip_behind_one_that_is_heard(song: Song) -> None:
    clip = song.project.tracks[1].clips[0]
    other = replace(clip, id=new_id(), position=place_at(40_000), mute=True)
    track = replace(song.project.tracks[1], clips=(replace(clip, length=5000), other))
    song.project = replace(song.project, tracks=(song.project.tracks[0], track))


def _change(song: Song, change: object) -> None:
    track = song.project.tracks[1]
    track = replace(track, clips=tuple(map(change, track.clips)))  # type: ignore[arg-type]
    song.project = replace(song.project, tracks=(song.project.tracks[0], track))


def _automate(song: Song, *points: tuple[int, float]) -> None:
    track = replace(
        song.project.tracks[1], automation=tuple(AutomationPoint(place_at(frame), gain) for frame, gain in points)
    )
    song.project = replace(song.project, tracks=(song.project.tracks[0], track))


WAYS = [muted_track, another_soloed, fader_down, muted_clip, clip_without_gain, take_without_gain, automation_down,
        automation_down_at_last, moved_off_its_sound, muted_clip_behind_one_that_is_heard]  # fmt: skip


@pytest.mark.parametrize("silence", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("rate", [None, 44100])
def test_what_is_not_heard_adds_no_silence(song: Song, silence: object, rate: int | None) -> None:
    silence(song)  # type: ignore[operator]
    song.bounce(stems=song.out / "stems", rate=rate)
    assert lengths(song) == {HEARD if rate is None else -(-HEARD * rate // 48000)}
    assert np.abs(song.mix()[-50:]).max() > 0.01  # sound up to the end


@pytest.mark.parametrize("silence", WAYS, ids=lambda way: way.__name__)
def test_a_range_that_is_asked_for_keeps_its_length(song: Song, silence: object) -> None:
    silence(song)  # type: ignore[operator]
    song.bounce(stems=song.out / "stems", start=place_at(100), end=place_at(45_000))
    assert lengths(song) == {44_900}


def test_a_stem_alone_is_as_long_as_the_mix(song: Song) -> None:
    song.bounce(mix=None, stems=song.out / "stems", tracks=(song.project.tracks[0].id,))
    assert lengths(song) == {30_000}


def test_silence_in_a_sound_belongs_to_it(song: Song) -> None:
    song.add(np.concatenate([noise(1000, 1), np.zeros((39_000, 2), np.float32)]), "Rest")
    song.bounce()
    assert lengths(song) == {40_000}


def test_a_clip_beyond_its_sound_ends_with_it(song: Song) -> None:
    _change(song, lambda clip: replace(clip, length=90_000))
    song.bounce()
    assert lengths(song) == {30_000}


def test_when_nothing_is_heard_it_is_said(song: Song) -> None:
    fader_down(song)
    song.change(0, gain_db=-96.0)
    with pytest.raises(ExportError, match="No track can be heard"):
        song.bounce()
    song.change(0, gain_db=0.0)
    with pytest.raises(ExportError, match="after the start"):
        song.bounce(start=place_at(HEARD))
    song.project = edits.set_master_gain(song.project, -96.0)
    with pytest.raises(ExportError, match="The master is all the way down"):
        song.bounce()
    assert not song.out.exists()


def test_a_track_of_which_nothing_is_heard_is_a_silent_stem_of_that_length(song: Song) -> None:
    fader_down(song)
    report = song.bounce(stems=song.out / "stems")
    assert [len(stem) for stem in song.stems()] == [HEARD, HEARD]
    assert not song.stems()[1].any()
    assert report.left_out == ()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("loop", [0, 7, 40])
def test_the_sounding_length_is_that_of_a_walk_over_the_frames(reverse: bool, loop: int) -> None:
    """Every frame of a clip by the rule of the model: the last that lies inside the source, plus one."""
    project = new_project("S")
    project = replace(project, sources={"s": Source("s", "audio/s.wav", "s", 48000, 1, 20)})
    for offset in (-30, -7, -3, 0, 5, 13, 19, 20, 40):
        for length in (1, 3, 12, 25, 60):
            for phase in {0, loop // 2, max(loop - 1, 0)}:
                take, place = audio_take("t", "s", shift=2), place_at(0)
                loops = {"loop_length": loop, "loop_phase": phase}
                clip = audio_clip("c", place, length, (take,), offset=offset, reverse=reverse, **loops)
                last = 0
                for t in range(length):
                    u, period = ((phase + t) % loop, loop) if loop else (t, length)
                    frame = offset + 2 + (period - 1 - u if reverse else u)
                    last = t + 1 if 0 <= frame < 20 else last
                assert sounding_length(project, clip) == last, (offset, length, phase)


def test_the_end_of_an_empty_song() -> None:
    assert heard_end(new_project("S")) == 0
