"""Comps of takes and gain envelopes: what is played, against numpy; what edits make of them; how they are stored."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import EditError
from engine.playback.contents import prepare_clip
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.project import codec, edits
from engine.project.model import Clip, GainPoint, Project, audio_clip, audio_take, new_project
from engine.project.model.content import Stretch
from engine.project.storing import store_sound
from engine.timing.position import Position

RATE, LENGTH, JOIN = 8000, 8000, 80  # 10 ms


@pytest.fixture(scope="module")
def takes() -> list[np.ndarray]:
    """Three takes of noise, float32 (frames, 2)."""
    return [np.random.default_rng(seed).uniform(-0.3, 0.3, (LENGTH, 2)).astype(np.float32) for seed in range(3)]


@pytest.fixture
def song(tmp_path: Path, takes: list[np.ndarray]) -> Project:
    """A song whose one clip, at frame 1000, has three takes."""
    project = edits.add_track(new_project("Song", rate=RATE), "Voice")
    sources = [store_sound(tmp_path, Audio(take, RATE), f"Take {n}") for n, take in enumerate(takes)]
    for source in sources:
        project = edits.add_source(project, source)
    under = tuple(audio_take(f"t{n}", source.id) for n, source in enumerate(sources))
    return edits.add_clip(project, project.tracks[0].id, audio_clip("c", Position.at_frame(1000), LENGTH, under))


def clip_of(project: Project) -> Clip:
    return project.tracks[0].clips[0]


def with_clip_of(project: Project, clip: Clip) -> Project:
    return replace(project, tracks=(replace(project.tracks[0], clips=(clip,)),))


def heard(project: Project, folder: Path, block: int = 4096) -> np.ndarray:
    for _, clip in project.clips():
        prepare_clip(clip, project, folder)
    with Mixer(compile_plan(project, folder)) as mixer:
        blocks = [mixer.render(frame, block).copy() for frame in range(1000, 1000 + LENGTH, block)]
    return np.concatenate(blocks)[:LENGTH]


def crossed(takes: list[np.ndarray], parts: list[tuple[int, int]]) -> np.ndarray:
    """What parts (first frame, take) sound, by hand: equal-power crossfades of `JOIN` frames around each join."""
    ends = [first for first, _ in parts[1:]] + [LENGTH]
    out = np.zeros((LENGTH, 2))
    for number, ((first, take), end) in enumerate(zip(parts, ends, strict=True)):
        gains = np.zeros(LENGTH)
        gains[first:end] = 1
        ramp = np.arange(JOIN) / JOIN * np.pi / 2
        if number:
            gains[first - JOIN // 2 : first + JOIN // 2] = np.sin(ramp)
        if end < LENGTH:
            gains[end - JOIN // 2 : end + JOIN // 2] = np.cos(ramp)
        out += takes[take] * gains[:, None]
    return out


def test_a_swipe_is_heard_at_any_block_size_and_undone_by_the_take(
    song: Project, takes: list[np.ndarray], tmp_path: Path
) -> None:
    comp = edits.comp_take(song, "c", 1, 2000, 5000)
    comp = edits.comp_take(comp, "c", 2, 4000, 6000)
    assert [(part.first, part.take) for part in clip_of(comp).comp] == [
        (0, "t0"),
        (2000, "t1"),
        (4000, "t2"),
        (6000, "t0"),
    ]
    expected = crossed(takes, [(0, 0), (2000, 1), (4000, 2), (6000, 0)])
    sound = heard(comp, tmp_path)
    assert np.abs(sound - expected).max() < 1e-6
    assert np.array_equal(sound, heard(comp, tmp_path, 137))
    assert edits.comp_take(comp, "c", 0, 2000, 6000) == song
    assert edits.choose_take(comp, "c", 0) == song
    with pytest.raises(EditError, match="no take 4"):
        edits.comp_take(song, "c", 3, 0, 10)


def test_a_comp_stays_where_it_is_heard(song: Project, takes: list[np.ndarray], tmp_path: Path) -> None:
    """Cut, split and joined, trimmed and opened again, moved in its fades: each part of the sound stays."""
    comp = edits.set_fade_in(edits.comp_take(song, "c", 1, 2000, 5000), "c", 3000)
    whole = heard(comp, tmp_path)
    ramp = np.minimum(np.arange(LENGTH) / 3000, 1)[:, None]
    assert np.abs(whole - crossed(takes, [(0, 0), (2000, 1), (5000, 0)]) * ramp).max() < 1e-6
    split = edits.split(comp, ["c"], Position.at_frame(1000 + 3500))
    assert np.abs(heard(split, tmp_path) - whole).max() < 1e-6
    assert edits.join(split, [clip.id for clip in split.tracks[0].clips]) == comp
    unfaded = edits.comp_take(song, "c", 1, 2000, 5000)
    trimmed = edits.trim_start(unfaded, "c", Position.at_frame(1000 + 2500))
    assert np.abs(heard(trimmed, tmp_path)[2500:] - heard(unfaded, tmp_path)[2500:]).max() < 1e-6
    assert edits.trim_start(trimmed, "c", Position.at_frame(1000)) == unfaded
    backwards = heard(edits.reverse(unfaded, ["c"]), tmp_path)
    assert np.abs(backwards[JOIN:-JOIN] - heard(unfaded, tmp_path)[::-1][JOIN:-JOIN])[: 3000 - 2 * JOIN].max() < 1e-6


def test_takes_that_go_and_flattening(song: Project) -> None:
    comp = edits.comp_take(song, "c", 1, 2000, 5000)
    flat = clip_of(edits.flatten_takes(comp, "c"))
    assert [take.id for take in flat.takes] == ["t0", "t1"]
    assert flat.comp == clip_of(comp).comp
    gone = clip_of(edits.remove_take(comp, "c", 1))
    assert (gone.comp, gone.chosen.id) == ((), "t0")


def test_an_envelope_is_exact_to_the_sample(song: Project, takes: list[np.ndarray], tmp_path: Path) -> None:
    points = [GainPoint(5000, 6.0), GainPoint(1000, 0.0), GainPoint(3000, -24.0)]
    shaped = edits.set_envelope(edits.comp_take(song, "c", 1, 2000, 4000), "c", points)
    decibels = np.interp(np.arange(LENGTH), [1000, 3000, 5000], [0, -24, 6])
    expected = crossed(takes, [(0, 0), (2000, 1), (4000, 0)]) * 10 ** (decibels / 20)[:, None]
    assert np.abs(heard(shaped, tmp_path) - expected).max() < 1e-5
    assert np.array_equal(heard(shaped, tmp_path), heard(shaped, tmp_path, 93))
    split = edits.split(shaped, ["c"], Position.at_frame(1000 + 2500))
    assert np.abs(heard(split, tmp_path) - heard(shaped, tmp_path)).max() < 1e-6
    assert edits.set_envelope(shaped, "c", ()) == edits.comp_take(song, "c", 1, 2000, 4000)


def test_both_follow_a_warped_clip_to_another_tempo(song: Project) -> None:
    at_start = replace(clip_of(song), position=Position.at_beat(Fraction(0)))
    song = replace(song, tracks=(replace(song.tracks[0], clips=(at_start,)),))
    project = edits.warp_clip(song, "c", Fraction(120))
    project = edits.set_envelope(edits.comp_take(project, "c", 1, 2000, 4000), "c", [GainPoint(6000, -3.0)])
    slower = edits.set_tempo(project, Fraction(60))
    assert clip_of(slower).length == 2 * LENGTH
    assert [part.first for part in clip_of(slower).comp] == [0, 4000, 8000]
    assert clip_of(slower).envelope == (GainPoint(12000, -3.0),)
    assert edits.set_tempo(slower, Fraction(120)) == project


def test_a_song_keeps_both_and_refuses_what_does_not_go_together(song: Project) -> None:
    shaped = edits.set_envelope(edits.comp_take(song, "c", 1, 2000, 4000), "c", [GainPoint(10, -3.0)])
    stored = codec.to_json(shaped)
    assert codec.from_json(json.loads(json.dumps(stored))) == shaped
    assert not {"comp", "envelope"} & codec.to_json(song)["tracks"][0]["clips"][0].keys()
    older = codec.to_json(song) | {"version": 5}
    assert codec.from_json(older) == song
    for comp, sentence in (
        ([{"first": 0, "take": "t9"}], "takes that it does not have"),
        ([{"first": 5, "take": "t0"}, {"first": 5, "take": "t1"}], "not one after another"),
    ):
        stored["tracks"][0]["clips"][0]["comp"] = comp
        with pytest.raises(Exception, match=sentence):
            codec.from_json(stored)


def test_a_clip_alone_of_one_take_has_no_comp(song: Project) -> None:
    clip = clip_of(edits.comp_take(song, "c", 1, 2000, 5000))
    assert [(part.first, part.last, part.take) for part in clip.take_parts] == [
        (0, 2000, 0),
        (2000, 5000, 1),
        (5000, 8000, 0),
    ]
    assert clip_of(edits.comp_take(song, "c", 2, 0, LENGTH)) == replace(clip_of(song), take=2)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_comp_of_a_looped_clip_is_heard_in_every_turn_where_it_was_swiped(
    song: Project, takes: list[np.ndarray], tmp_path: Path, reverse: bool
) -> None:
    looped = with_clip_of(song, clip_of(song).playing(Stretch("", 500, 0, 3000, 700, reverse)))
    alone = [heard(edits.choose_take(looped, "c", number), tmp_path) for number in range(2)]
    assert np.abs(alone[0] - alone[1]).max() > 0.1
    if not reverse:
        np.testing.assert_allclose(alone[1], takes[1][500 + (700 + np.arange(LENGTH)) % 3000], atol=1e-6)
    comp = edits.comp_take(looped, "c", 1, 2000, 5000)
    np.testing.assert_allclose(heard(comp, tmp_path), crossed(alone, [(0, 0), (2000, 1), (5000, 0)]), atol=1e-6)
    trimmed = edits.trim_start(comp, "c", Position.at_frame(1000 + 2500))
    assert np.abs(heard(trimmed, tmp_path)[2500:] - heard(comp, tmp_path)[2500:]).max() < 1e-6
