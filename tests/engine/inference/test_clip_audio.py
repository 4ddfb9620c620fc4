"""What a clip sounds, for a model: as the player plays it, without gain and fades."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import AudioFileError
from engine.inference.clip_audio import clip_sound
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.project.importing import import_audio
from engine.project.model import Clip, Fade, Project, Track, audio_clip, audio_take, new_project
from tests.places import place_at

RATE = 48000


def project_with(folder: Path, channels: int, subtype: str, rate: int = RATE, **clip: object) -> tuple[Project, Clip]:
    noise = np.random.default_rng(5).uniform(-0.5, 0.5, (rate // 4, channels)).astype(np.float32)
    for room in ("audio", "cache"):
        (folder / room).mkdir(exist_ok=True)
    write_audio(folder / "in.wav", Audio(noise, rate), subtype)
    source = import_audio(folder, folder / "in.wav", RATE)
    take = audio_take("t", source.id, shift=17)
    values = {"length": 9000, "offset": 100, **clip}
    made = audio_clip("c", place_at(Fraction(0)), takes=(audio_take("t", "gone", shift=17), take), take=1, **values)  # type: ignore[arg-type]
    project = replace(new_project("song", rate=RATE), sources={source.id: source})
    return replace(project, tracks=(Track("k", "track", clips=(made,)),)), made


CLIPS = [
    {},
    {"reverse": True},
    {"loop_length": 2500, "loop_phase": 700},
    {"loop_length": 2500, "loop_phase": 700, "reverse": True},
    {"offset": -300, "length": 13000},
]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize(("channels", "subtype"), [(1, "PCM_16"), (2, "FLOAT"), (2, "PCM_24")])
def test_it_is_what_the_player_plays(tmp_path: Path, clip: dict[str, object], channels: int, subtype: str) -> None:
    project, made = project_with(tmp_path, channels, subtype, **clip)
    with Mixer(compile_plan(project, tmp_path)) as mixer:
        heard = mixer.render(0, made.length)
    sound = clip_sound(project, tmp_path, made)
    assert sound.samples.shape == (made.length, channels)
    assert sound.rate == RATE
    assert np.array_equal(np.broadcast_to(sound.samples, heard.shape), heard)
    part = clip_sound(project, tmp_path, made, -50, 4001).samples
    assert not part[:50].any()
    assert np.array_equal(part[50:], sound.samples[:4001])
    assert not clip_sound(project, tmp_path, made, made.length, made.length + 10).samples.any()
    assert len(clip_sound(project, tmp_path, made, 10, 10).samples) == 0


def test_gain_mute_and_fades_are_left_out(tmp_path: Path) -> None:
    project, made = project_with(tmp_path, 2, "FLOAT")
    plain = clip_sound(project, tmp_path, made).samples
    changed = replace(made, gain_db=-9.0, mute=True, fade_in=Fade(500), fade_out=Fade(500))
    assert np.array_equal(clip_sound(project, tmp_path, changed).samples, plain)


def test_another_rate_is_decoded_when_it_is_not_ready(tmp_path: Path) -> None:
    project, made = project_with(tmp_path, 1, "PCM_16", rate=32000)
    ready = clip_sound(project, tmp_path, made).samples
    for path in (tmp_path / "cache").glob("*.f32"):
        path.unlink()
    assert np.array_equal(clip_sound(project, tmp_path, made).samples, ready)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    project, made = project_with(tmp_path, 1, "PCM_16")
    (tmp_path / project.sources[made.chosen.source].file).unlink()
    with pytest.raises(AudioFileError, match="missing"):
        clip_sound(project, tmp_path, made)
