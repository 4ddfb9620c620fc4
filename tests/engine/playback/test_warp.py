"""Audio that follows the tempo: what is rendered and played, measured on drum loops whose onsets are known."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.stretch import warped
from engine.audio import Audio
from engine.errors import EditError
from engine.playback.contents import prepare_clip, unprepared_clips
from engine.playback.plan import compile_plan
from engine.project import codec, edits
from engine.project.model import AudioContent, Clip, Project, WarpMarker, audio_clip, audio_take, new_project
from engine.project.pool import read_samples
from engine.project.storing import store_sound
from engine.timing.position import Position

RATE = 48000


def drums(bpm: float, beats: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Kick, snare and hats on eighths, float32 (frames, 2), and the frames of their onsets."""
    generator = np.random.default_rng(3)
    step = 30 / bpm * RATE
    sound, onsets = np.zeros(round(2 * beats * step)), []
    for number in range(2 * beats):
        frame = round(number * step)
        time = np.arange(min(len(sound) - frame, round(0.4 * RATE))) / RATE
        hit = 0.25 * generator.standard_normal(len(time)) * np.exp(-90 * time)
        if number % 4 == 0:
            hit += 0.9 * np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-40 * time)))) * np.exp(-12 * time)
        elif number % 4 == 2:
            hit += 0.5 * generator.standard_normal(len(time)) * np.exp(-25 * time)
        sound[frame : frame + len(time)] += hit * np.minimum(time / 0.0007, 1)
        onsets.append(frame)
    return np.repeat(0.6 * sound[:, None], 2, axis=1).astype(np.float32), np.array(onsets)


def attack(sound: np.ndarray, near: int) -> tuple[float, int]:
    """From 10 to 90 % of an attack near a frame, in ms, and the frame at which it passes 50 %."""
    first = max(near - round(0.06 * RATE), 0)
    span = np.sqrt(np.convolve(np.square(sound[first : near + round(0.03 * RATE), 0]), np.ones(48) / 48, "same"))
    top = int(np.flatnonzero(span >= 0.9 * span.max())[0])

    def passed(share: float) -> int:
        below = np.flatnonzero(span[:top] < share * span.max())
        return int(below[-1]) + 1 if len(below) else 0

    return (top - passed(0.1)) / RATE * 1000, first + passed(0.5)


@pytest.mark.parametrize(("ratio", "semitones"), [(0.88, 0), (1.12, 0), (1, -5), (1, 5), (1.12, -5), (0.88, 5)])
def test_drums_keep_their_attacks_and_their_places(ratio: float, semitones: int) -> None:
    sound, onsets = drums(100)
    length = round(len(sound) * ratio)
    result = warped(sound, RATE, [(0, 0), (len(sound), length)], semitones)
    assert len(result) == length
    for onset in onsets[1:]:
        before, middle = attack(sound, int(onset))
        after, moved = attack(result, round(onset * ratio))
        assert abs((moved - onset * ratio) - (middle - onset)) <= 0.005 * RATE
        assert after <= 1.3 * before


def test_a_transposed_sound_keeps_its_length_and_has_the_pitch() -> None:
    time = np.arange(RATE) / RATE
    sound = np.repeat(0.3 * np.sin(2 * np.pi * 440 * time)[:, None], 2, axis=1).astype(np.float32)
    result = warped(sound, RATE, [(0, 0), (RATE, RATE)], 3.5)
    spectrum = np.abs(np.fft.rfft(result[:, 0] * np.hanning(RATE)))
    assert len(result) == RATE
    assert abs(np.argmax(spectrum) - 440 * 2 ** (3.5 / 12)) <= 2  # Hz


def song(folder: Path, bpm: float = 92, tempo: int = 92) -> tuple[Project, str, np.ndarray]:
    """A song with one clip of drums at its start, the clip's id, and the frames of the onsets in the file."""
    sound, onsets = drums(bpm)
    source = store_sound(folder, Audio(sound, RATE), "Drums")
    project = edits.set_tempo(edits.add_track(new_project("Song", rate=RATE), "Drums"), Fraction(tempo))
    project = edits.add_source(project, source)
    clip = audio_clip("loop", Position.at_beat(Fraction(4)), len(sound), (audio_take("take", source.id),))
    return edits.add_clip(project, project.tracks[0].id, clip), "loop", onsets


def clip_of(project: Project) -> Clip:
    return project.tracks[0].clips[0]


def heard(project: Project, folder: Path) -> np.ndarray:
    """What the first clip plays, by numpy from its file."""
    clip = clip_of(project)
    prepare_clip(clip, project, folder)
    [placement] = compile_plan(project, folder).tracks[0].placements
    samples = read_samples(placement.file, 0, placement.file.frames)
    frames = np.arange(placement.length)
    if placement.loop_length:
        frames = (frames + placement.loop_phase) % placement.loop_length
    frames += placement.first
    inside = (frames >= 0) & (frames < len(samples))
    return np.where(inside[:, None], samples[np.clip(frames, 0, len(samples) - 1)], 0)


def test_a_warped_clip_stays_on_the_grid_when_the_tempo_changes(tmp_path: Path) -> None:
    project, clip_id, onsets = song(tmp_path)
    project = edits.set_tempo(edits.warp_clip(project, clip_id, Fraction(92)), Fraction(100))
    assert clip_of(project).length == round(8 * 60 / 100 * RATE)
    assert project.start_of(clip_of(project)) == round(4 * 0.6 * RATE)
    sound = heard(project, tmp_path)
    for number, _ in enumerate(onsets[1:], 1):
        place = round(number * 0.3 * RATE)
        assert abs(attack(sound, place)[1] - place) <= 0.005 * RATE
    again = edits.warp_clip(song(tmp_path)[0], clip_id, Fraction(92))
    assert clip_of(edits.set_tempo(project, Fraction(92))) == clip_of(again)


def test_a_clip_of_another_tempo_is_warped_to_the_songs(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path, bpm=110, tempo=100)
    project = edits.warp_clip(project, clip_id, Fraction(110))
    assert abs(clip_of(project).length - 8 * 0.6 * RATE) <= 2
    assert abs(len(heard(project, tmp_path)) - 8 * 0.6 * RATE) <= 2
    back = edits.unwarp_clips(project, [clip_id])
    assert abs(clip_of(back).length - round(8 * 60 / 110 * RATE)) <= 1
    assert not clip_of(back).content.derived


def test_a_warped_clip_follows_a_change_of_tempo_under_it(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path, tempo=92)
    project = edits.warp_clip(project, clip_id, Fraction(92))
    project = edits.add_tempo_point(project, Fraction(8), Fraction(104))
    sound = heard(project, tmp_path)
    clock, start = project.clock, project.start_of(clip_of(project))
    for eighth in range(1, 16):
        place = clock.frame_at(4 + Fraction(eighth, 2)) - start
        assert abs(attack(sound, place)[1] - place) <= 0.005 * RATE
    assert clip_of(project).length == clock.frame_at(Fraction(12)) - start


def test_a_warped_loop_follows_a_ramp_turn_by_turn(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path, tempo=92)
    project = edits.warp_clip(project, clip_id, Fraction(92))
    clip = clip_of(project)
    project = edits.loop_to(project, clip_id, Position.at_beat(Fraction(20)))
    project = edits.add_tempo_point(project, Fraction(16), Fraction(100), ramp=True)
    assert clip_of(project).loop_length == pytest.approx(clip.length, rel=0.1)
    sound, clock = heard(project, tmp_path), project.clock
    start = project.start_of(clip_of(project))
    assert len(sound) == clip_of(project).length
    for eighth in range(1, 30):
        place = clock.frame_at(4 + Fraction(eighth, 2)) - start
        assert abs(attack(sound, place)[1] - place) <= 0.005 * RATE


def test_markers_move_a_beat(tmp_path: Path) -> None:
    project, clip_id, onsets = song(tmp_path, tempo=100, bpm=100)
    project = edits.warp_clip(project, clip_id, Fraction(100))
    first, last = clip_of(project).content.markers
    middle = WarpMarker(int(onsets[8]), Fraction(17, 4))  # a quarter of a beat late
    project = edits.set_markers(project, clip_id, (first, middle, last))
    place = round(4.25 * 0.6 * RATE)
    assert abs(attack(heard(project, tmp_path), place)[1] - place) <= 0.005 * RATE
    with pytest.raises(EditError, match="follow one another"):
        edits.set_markers(project, clip_id, (first, replace(middle, beat=Fraction(9)), last))


def test_the_old_sound_goes_on_until_the_new_one_is_rendered(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path)
    before = compile_plan(project, tmp_path)
    changed = edits.set_pitch(project, [clip_id], transpose=-2)
    waiting = compile_plan(changed, tmp_path, before)
    assert waiting.tracks[0].placements == before.tracks[0].placements
    assert [clip.id for clip in unprepared_clips(changed, tmp_path)] == [clip_id]
    prepare_clip(clip_of(changed), changed, tmp_path)
    ready = compile_plan(changed, tmp_path, waiting)
    assert ready.tracks[0].placements[0].file != before.tracks[0].placements[0].file
    assert not unprepared_clips(changed, tmp_path)


def test_a_song_keeps_warp_and_pitch_and_says_nothing_without(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path)
    plain = str(codec.to_json(project))
    assert not any(word in plain for word in ("warp", "transpose", "fine_tune"))
    project = edits.set_pitch(edits.warp_clip(project, clip_id, Fraction(92)), [clip_id], transpose=3, fine_tune=-20)
    content = clip_of(codec.from_json(codec.to_json(project))).content
    assert content == clip_of(project).content
    assert isinstance(content, AudioContent)
    assert content.semitones == pytest.approx(2.8)


def test_a_split_warped_clip_plays_on_and_joins(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path)
    project = edits.set_tempo(edits.warp_clip(project, clip_id, Fraction(92)), Fraction(100))
    whole = heard(project, tmp_path)
    split = edits.split(project, [clip_id], Position.at_beat(Fraction(8)))
    left, right = split.tracks[0].clips
    plan = compile_plan(split, tmp_path)
    assert [each.file for each in plan.tracks[0].placements] == [plan.tracks[0].placements[0].file] * 2
    assert plan.tracks[0].placements[1].first == left.length
    assert len(whole) == left.length + right.length


def test_what_cannot_be_warped_is_told(tmp_path: Path) -> None:
    project, clip_id, _ = song(tmp_path)
    with pytest.raises(EditError, match="tempo of this clip is not known"):
        edits.warp_clip(project, clip_id)
    with pytest.raises(EditError, match="too far"):
        edits.warp_clip(project, clip_id, Fraction(399))
