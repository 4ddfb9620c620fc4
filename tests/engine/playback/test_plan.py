import io
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.playback.commands import COMMANDS, SetPlan
from engine.playback.mixer import Mixer
from engine.playback.plan import Placement, compile_plan
from engine.playback.updates import PlanUpdate
from engine.project.model import (
    AutomationPoint,
    Clip,
    Fade,
    FadeShape,
    LoopRegion,
    Project,
    Source,
    Track,
    audio_clip,
    audio_take,
)
from tests.engine.timing.test_tempo_map import exact_seconds, forty_changes
from tests.places import place_at


def add_source(project: Project, folder: Path, samples: np.ndarray, name: str = "kick") -> Project:
    """`project` with a 16-bit source of `samples` (frames,)."""
    path = folder / "audio" / f"{name}.wav"
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, project.rate, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    source = Source(name, f"audio/{name}.wav", name, project.rate, 1, len(samples), "PCM_16")
    return replace(project, sources={**project.sources, name: source})


def clip(id_: str, position: int | Fraction, length: int = 100, source: str = "kick", **fields: object) -> Clip:
    return audio_clip(id_, place_at(position), length, (audio_take(f"{id_}-take", source),), **fields)


@pytest.fixture
def song(tmp_path: Path) -> Project:
    impulse = np.zeros(100)
    impulse[0] = 16384
    project = add_source(Project("song", "Song", rate=44100), tmp_path, impulse)
    tracks = tuple(Track(f"t{i}", f"Track {i}", clips=(clip(f"c{i}", 1000 * i),)) for i in range(4))
    return replace(project, tracks=tracks)


@pytest.mark.parametrize("rate", [11025, 44100, 47999, 48000, 96001])
@pytest.mark.parametrize("tempo", [Fraction(120), Fraction(13007, 101), Fraction(97)])
def test_impulses_at_triplets_land_on_the_nearest_frame(tmp_path: Path, rate: int, tempo: Fraction) -> None:
    project = add_source(Project("song", "Song", rate=rate, tempo=tempo), tmp_path, np.array([32767, 0, 0]))
    places = [Fraction(k, 3) for k in range(7)] + [Fraction(41, 12), Fraction(1001, 7)]
    clips = tuple(clip(f"c{i}", place, 3) for i, place in enumerate(places))
    plan = compile_plan(replace(project, tracks=(Track("t", "T", clips=clips),)), tmp_path)
    with Mixer(plan) as mixer:
        heard = np.flatnonzero(mixer.render(0, plan.length)[:, 0])
    assert heard.tolist() == [int(place * 60 * rate / tempo + Fraction(1, 2)) for place in places]


@pytest.mark.parametrize("rate", [44100, 48000])
def test_impulses_in_a_song_with_forty_changes_land_on_their_frames(tmp_path: Path, rate: int) -> None:
    tempo_map = forty_changes()
    project = add_source(Project("song", "Song", rate=rate), tmp_path, np.array([32767, 0, 0]))
    beats = [Fraction(number, 3) for number in range(0, 3600, 5)]
    clips = tuple(clip(f"c{number}", beat, 3) for number, beat in enumerate(beats))
    project = replace(
        project,
        tracks=(Track("t", "T", clips=clips),),
        tempo=tempo_map.tempos[0].bpm,
        tempo_changes=tempo_map.tempos[1:],
        signature_changes=tempo_map.signatures[1:],
    )
    plan = compile_plan(project, tmp_path)
    with Mixer(plan) as mixer:
        heard = np.flatnonzero(mixer.render(0, plan.length)[:, 0])
    exact = [seconds * rate for seconds in exact_seconds(tempo_map, beats)]
    assert len(heard) == len(exact)
    for frame, place in zip(heard.tolist(), exact, strict=True):
        if isinstance(place, Fraction):
            assert frame == int(place + Fraction(1, 2))
        else:
            assert abs(frame - place) < 0.5 + 1e-4


def test_everything_of_a_clip_is_compiled(tmp_path: Path, song: Project) -> None:
    take = audio_take("take", "kick", shift=5, gain_db=-6.0)
    fades = {"fade_in": Fade(10, FadeShape.S_CURVE), "fade_out": Fade(20, FadeShape.EQUAL_POWER)}
    takes = (audio_take("other", "none"), take)
    looped = {"loop_length": 40, "loop_phase": 3, "reverse": True}
    full = audio_clip("c", place_at(Fraction(1)), 90, takes, 1, offset=7, gain_db=-6.0, **looped, **fades)
    points = (AutomationPoint(place_at(Fraction(1)), -6.0), AutomationPoint(place_at(30000), 0.0))
    track = Track("t", "T", gain_db=-96.0, pan=-1.0, clips=(full, clip("off", 9000, mute=True)), automation=points)
    project = replace(
        song, tracks=(track,), master_gain_db=-20.0, loop=LoopRegion(place_at(Fraction(1)), place_at(Fraction(2)), True)
    )
    plan = compile_plan(project, tmp_path)
    (compiled,) = plan.tracks
    (placement,) = compiled.placements
    assert placement == Placement(22050, 90, placement.file, 12, placement.gain, full.fade_in, full.fade_out,
                                  40, 3, True)  # fmt: skip
    assert placement.gain == pytest.approx(10 ** (-12 / 20))
    assert (compiled.gain, compiled.right, compiled.automation) == (0.0, 0.0, ((22050, -6.0), (30000, 0.0)))
    assert plan.master_gain == pytest.approx(0.1)
    assert (plan.loop.start, plan.loop.end, plan.loop.on) == (22050, 44100, True)
    assert plan.length == 22140


def test_mute_and_solo(tmp_path: Path, song: Project) -> None:
    def audible(**changes: dict[str, bool]) -> list[bool]:
        tracks = tuple(replace(track, **changes.get(track.id, {})) for track in song.tracks)
        return [track.audible for track in compile_plan(replace(song, tracks=tracks), tmp_path).tracks]

    assert audible() == [True] * 4
    assert audible(t1={"mute": True}) == [True, False, True, True]
    assert audible(t1={"solo": True}, t2={"solo": True, "mute": True}) == [False, True, False, False]


def test_what_did_not_change_stays_the_same_object(tmp_path: Path, song: Project) -> None:
    plan = compile_plan(song, tmp_path)
    tracks = list(song.tracks)
    tracks[1] = replace(tracks[1], gain_db=-3.0)
    tracks[2] = replace(tracks[2], clips=(*tracks[2].clips, clip("new", 7)))
    changed = compile_plan(replace(song, tracks=tuple(tracks)), tmp_path, plan)
    assert changed.tracks[0] is plan.tracks[0]
    assert changed.tracks[1] is not plan.tracks[1]
    assert changed.tracks[1].placements is plan.tracks[1].placements
    assert [placement.start for placement in changed.tracks[2].placements] == [7, 2000]
    assert changed.tracks[2].placements[1] is plan.tracks[2].placements[0]
    soloed = (replace(song.tracks[0], solo=True), *song.tracks[1:])
    solo = compile_plan(replace(song, tracks=soloed), tmp_path, plan)
    assert solo.tracks[3].placements is plan.tracks[3].placements


def test_cached_plans_equal_fresh_ones(tmp_path: Path, song: Project) -> None:
    plan = compile_plan(song, tmp_path)
    for project in (
        replace(song, tempo=Fraction(90)),
        replace(song, tracks=song.tracks[::-1]),
        replace(song, tracks=song.tracks[:2]),
        replace(song, tracks=(replace(song.tracks[0], clips=()), *song.tracks[1:])),
    ):
        plan = compile_plan(project, tmp_path, plan)
        assert plan == compile_plan(project, tmp_path)


def test_a_missing_source_is_silent_listed_and_found_again(tmp_path: Path, song: Project) -> None:
    file = tmp_path / "audio" / "kick.wav"
    data = file.read_bytes()
    file.unlink()
    plan = compile_plan(song, tmp_path)
    assert plan.missing == ("kick",)
    assert all(not track.placements for track in plan.tracks)
    assert plan.length == 3100
    file.write_bytes(data)
    again = compile_plan(song, tmp_path, plan)
    assert again.missing == ()
    assert again == compile_plan(song, tmp_path)


def test_a_growing_source_keeps_its_placements(tmp_path: Path, song: Project) -> None:
    (tmp_path / "growing").mkdir()
    (tmp_path / "growing" / "g.f32").write_bytes(bytes(400))
    source = Source("g", "growing/g.f32", "g", 44100, 1, 100, growing=True)
    track = Track("g", "G", clips=(clip("g", 0, 500, "g"),))
    project = replace(song, tracks=(track,), sources={"g": source})
    plan = compile_plan(project, tmp_path)
    grown = compile_plan(replace(project, sources={"g": replace(source, frames=200)}), tmp_path, plan)
    assert grown.tracks[0] is plan.tracks[0]
    assert grown.tracks[0].placements[0].file.growing


def test_plans_arrive_in_the_players_process_as_they_were(tmp_path: Path, song: Project) -> None:
    plan = compile_plan(song, tmp_path)
    assert plan.made is not None
    frame = b"".join(COMMANDS.encoded(SetPlan(PlanUpdate(1, plan, (), (), frozenset()))))
    again = COMMANDS.read(io.BytesIO(frame)).update.header
    assert again == plan
    assert again.made is None


def test_a_changed_source_is_looked_up_again(tmp_path: Path, song: Project) -> None:
    plan = compile_plan(song, tmp_path)
    other = add_source(song, tmp_path, np.zeros(50), "snare").sources["snare"]
    changed = replace(song, sources={"kick": replace(other, id="kick")})
    again = compile_plan(changed, tmp_path, plan)
    assert {placement.file.frames for track in again.tracks for placement in track.placements} == {50}
    assert again == compile_plan(changed, tmp_path)
