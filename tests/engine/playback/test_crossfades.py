"""Splits inside fades, and crossfades whose level is right for what they join: through the renderer, on real files."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import EditError
from engine.playback.crossfades import correlation, matched
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.project import edits, files
from engine.project.importing import import_audio
from engine.project.model import Clip, Fade, FadeShape, Project, Track, audio_clip, audio_take, new_project
from tests.places import place_at

RATE = 48000


class Song:
    """A song of one track, whose clips play the sounds that it is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "song"
        self.project = new_project("Song", rate=RATE)
        files.create(self.folder, self.project)

    def source(self, samples: np.ndarray) -> str:
        path = self.folder.parent / "material.wav"
        write_audio(path, Audio(samples.astype(np.float32), RATE))
        source = import_audio(self.folder, path, RATE)
        self.project = edits.add_source(self.project, source)
        return source.id

    def of(self, *clips: Clip) -> Project:
        return replace(self.project, tracks=(Track("t", "T", clips=clips),))

    def render(self, project: Project, frames: int | None = None) -> np.ndarray:
        with Mixer(compile_plan(project, self.folder)) as mixer:
            return mixer.render(0, project.length if frames is None else frames)


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def noise(frames: int, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, 2)) * 0.2).astype(np.float32)


def clip_of(source: str, id_: str = "c", **values: object) -> Clip:
    place = {"id": id_, "position": place_at(0), "length": 20_000}
    return audio_clip(**{**place, "takes": (audio_take("x", source),), **values})


KINDS = {
    "straight": {"offset": 500},
    "reversed": {"offset": 500, "reverse": True},
    "looped": {"loop_length": 3001, "loop_phase": 77},
    "looped and reversed": {"loop_length": 3001, "loop_phase": 77, "reverse": True},
    "in beats": {"position": place_at(Fraction(1, 3))},
    "with gains": {"gain_db": -3.3, "takes_gain": 2.0},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", list(FadeShape))
def test_a_split_inside_a_fade_nulls_and_a_join_undoes_it(song: Song, shape: FadeShape, kind: str) -> None:
    values = dict(KINDS[kind])
    gain = values.pop("takes_gain", 0.0)
    source = song.source(noise(30_000))
    correlated = 0.4 if shape is FadeShape.EQUAL_POWER else 0.0
    clip = clip_of(
        source, fade_in=Fade(9001, shape, correlation=correlated), fade_out=Fade(7003, shape), name="A", **values
    )
    p = song.of(replace(clip, takes=(replace(clip.takes[0], gain_db=gain),)))
    whole = song.render(p)
    start = p.start_of(clip)
    assert np.abs(np.diff(whole[start : start + 9001, 0])).max() > 0.1
    for at in (1, 4000, 4096, 9000, 9001, 12_997, 12_998, 16_000, 19_999):
        q = edits.split(p, ["c"], place_at(start + at))
        np.testing.assert_array_equal(song.render(q, len(whole)), whole)
        ids = [each.id for each in q.tracks[0].clips]
        assert edits.join(q, ids) == p
    q = p
    for at in (2000, 15_000, 6000, 17_500, 2001, 10_000, 18_000):  # again and again, in any order
        q = edits.split(q, [each.id for each in q.tracks[0].clips], place_at(start + at))
    assert len(q.tracks[0].clips) == 8
    np.testing.assert_array_equal(song.render(q, len(whole)), whole)
    assert edits.join(q, [each.id for each in q.tracks[0].clips]) == p


def test_a_split_inside_a_crossfade_nulls(song: Song) -> None:
    one, other = song.source(noise(30_000)), song.source(noise(30_000, 2))
    p = song.of(clip_of(one, "a"), clip_of(other, "b", position=place_at(15_000), offset=9000))
    p = edits.crossfade(p, "a", "b")
    whole = song.render(p)
    q = edits.split(p, ["a", "b"], place_at(17_000))
    assert len(q.tracks[0].clips) == 4
    np.testing.assert_array_equal(song.render(q), whole)


def test_halves_of_a_fade_are_saved_and_read(song: Song, tmp_path: Path) -> None:
    source = song.source(noise(30_000))
    p = song.of(clip_of(source, fade_in=Fade(9001, FadeShape.EQUAL_POWER, correlation=0.25), fade_out=Fade(7003)))
    p = edits.split(edits.split(p, ["c"], place_at(4000)), ["c"], place_at(2000))
    files.save(song.folder, p)
    assert files.load(song.folder) == p


def test_dragging_the_cut_edge_of_a_half_follows_the_fade(song: Song) -> None:
    p = song.of(clip_of(song.source(np.ones((30_000, 2))), fade_in=Fade(8000), fade_out=Fade(8000)))
    whole = song.render(p)[:, 0]
    left, right = edits.split(p, ["c"], place_at(4000)).tracks[0].clips
    for end in (1, 3000, 6000, 8000, 11_000):
        q = edits.trim_end(song.of(left), "c", place_at(end))
        np.testing.assert_array_equal(song.render(q)[:, 0], whole[:end])
    for start in (7999, 6000, 2000, 0):
        q = edits.trim_start(song.of(right), right.id, place_at(start))
        np.testing.assert_array_equal(song.render(q)[start:, 0], whole[start:])
    left, right = edits.split(p, ["c"], place_at(14_000)).tracks[0].clips
    for end in (12_001, 13_000, 17_000, 20_000):
        q = edits.trim_end(song.of(left), "c", place_at(end))
        np.testing.assert_array_equal(song.render(q)[:, 0], whole[:end])
    for start in (19_000, 13_000, 12_001):
        q = edits.trim_start(song.of(right), right.id, place_at(start))
        np.testing.assert_array_equal(song.render(q)[start:, 0], whole[start:])


def test_dragging_the_other_edge_of_a_half_leaves_no_step(song: Song) -> None:
    """Its own end is still where the fade begins or ends, and inside it the gain never jumps."""
    p = song.of(clip_of(song.source(np.ones((30_000, 2))), offset=5000, position=place_at(5000), fade_in=Fade(8000)))
    left, _ = edits.split(p, ["c"], place_at(9000)).tracks[0].clips
    for start in (2000, 8000):
        gains = song.render(edits.trim_start(song.of(left), "c", place_at(start)))[start:, 0]
        assert gains[0] == 0.0
        assert gains[-1] == pytest.approx(0.5, abs=1e-3)
        assert np.diff(gains).max() < 2e-3
    faded = edits.set_fade_out(song.of(left), "c", 1000)
    assert faded.tracks[0].clips[0].fade_out.length == 0  # the half is a fade from end to end
    p = song.of(clip_of(song.source(np.ones((30_000, 2))), fade_out=Fade(8000)))
    _, right = edits.split(p, ["c"], place_at(16_000)).tracks[0].clips
    gains = song.render(edits.trim_end(song.of(right), right.id, place_at(23_000)))[16_000:, 0]
    assert gains[0] == 0.5
    assert 0.0 < gains[-1] < 1e-3
    assert np.abs(np.diff(gains)).max() < 2e-3


def test_what_is_no_longer_one_fade_is_not_joined(song: Song) -> None:
    p = song.of(clip_of(song.source(noise(30_000)), fade_in=Fade(8000)))
    q = edits.split(p, ["c"], place_at(4000))
    left, right = q.tracks[0].clips
    for change in (
        lambda: edits.set_fade_in(q, right.id, 0),
        lambda: edits.set_fade_in(q, left.id, 0),
        lambda: edits.set_fade_in(q, right.id, 4000, FadeShape.S_CURVE),
        lambda: edits.set_fade_out(q, right.id, 100) and edits.set_fade_in(q, right.id, 3999),
    ):
        with pytest.raises(EditError, match="fades where these clips meet"):
            edits.join(change(), [left.id, right.id])


@pytest.mark.parametrize(
    "values", [{"offset": 3000}, {"offset": 3000, "reverse": True}, {"loop_length": 4001, "loop_phase": 5}]
)
@pytest.mark.parametrize("length", [1, 1000, 6001])
def test_the_default_crossfade_between_halves_of_one_sound_is_not_heard(
    song: Song, values: dict[str, object], length: int
) -> None:
    p = song.of(clip_of(song.source(noise(30_000)), **values))
    q = edits.split(p, ["c"], place_at(10_000))
    left, right = q.tracks[0].clips
    q = edits.crossfade(q, left.id, right.id, length=length)
    assert q.tracks[0].clips[0].fade_out == Fade(length)
    np.testing.assert_allclose(song.render(q), song.render(p), atol=1e-7)
    np.testing.assert_allclose(song.render(matched(q, song.folder, left.id, right.id)), song.render(p), atol=1e-7)


def mixture(share: float, frames: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    """Two noises of equal power whose correlation is `share`."""
    common, own = noise(frames), noise(frames, 2)
    return common, (share * common + np.sqrt(1 - share**2) * own).astype(np.float32)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.8, 0.95, 1.0])
def test_a_crossfade_keeps_the_level_whatever_the_sounds_share(song: Song, share: float) -> None:
    one, other = (song.source(sound) for sound in mixture(share))
    length = 48_000
    p = song.of(
        clip_of(one, "a", length=length + 1), clip_of(other, "b", length=length + 1, position=place_at(1), offset=1)
    )
    p = matched(edits.crossfade(p, "a", "b"), song.folder, "a", "b")
    sound = song.render(p).astype(float)
    steady = np.sqrt(np.mean(noise(60_000).astype(float) ** 2))
    for first in range(0, length, 8000):  # a sixth of a second each
        level = np.sqrt(np.mean(sound[first : first + 8000] ** 2))
        assert 20 * np.log10(level / steady) == pytest.approx(0.0, abs=0.25)


def test_the_measured_correlation_is_that_of_numpy(song: Song) -> None:
    one, other = mixture(0.6)
    p = song.of(
        clip_of(song.source(one), "a", fade_out=Fade(900), gain_db=-20.0),
        clip_of(song.source(other), "b", position=place_at(5000), offset=5000, mute=True),
    )
    expected = np.corrcoef(one[5000:20_000].ravel(), other[5000:20_000].ravel())[0, 1]
    left, right = p.tracks[0].clips
    assert correlation(p, song.folder, left, right) == pytest.approx(expected, abs=1e-3)
    assert correlation(p, song.folder, left, replace(right, position=place_at(30_000))) == 0.0
    inverted = song.source(-one)
    assert correlation(song.of(), song.folder, left, clip_of(inverted, "d")) == 0.0
    silent = song.source(np.zeros((30_000, 2)))
    assert correlation(song.of(), song.folder, left, clip_of(silent, "e")) == 0.0


def test_one_sound_recorded_twice_counts_as_one(song: Song) -> None:
    """Another file with the same samples, a little louder and with a little hiss: equal gains, no bump."""
    one = noise(60_000)
    other = one * 1.02 + noise(60_000, 9) * 0.01
    p = song.of(
        clip_of(song.source(one), "a"), clip_of(song.source(other), "b", position=place_at(10_000), offset=10_000)
    )
    p = edits.crossfade(p, "a", "b")
    assert p.tracks[0].clips[0].fade_out.shape is FadeShape.EQUAL_POWER  # nothing tells before the sound is read
    p = matched(p, song.folder, "a", "b")
    assert [p.tracks[0].clips[0].fade_out, p.tracks[0].clips[1].fade_in] == [Fade(10_000), Fade(10_000)]
    middle = song.render(p)[13_000:17_000].astype(float)
    assert 20 * np.log10(np.std(middle) / np.std(one[13_000:17_000])) == pytest.approx(0.1, abs=0.1)
