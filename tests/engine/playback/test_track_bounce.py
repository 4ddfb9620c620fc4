"""A track bounced in place, or frozen: the song sounds as before, bit for bit; a frozen track gets back what it had."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.errors import EditError
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.track_bounce import render_track, start_of_track
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.files import create, load, save
from engine.project.importing import import_audio
from engine.project.model import CurvePoint, Project, Target, audio_clip, audio_take, new_project
from engine.timing.position import Position
from tests.places import place_at

RATE = 48000
Song = tuple[Path, Project]


@pytest.fixture
def song(tmp_path: Path) -> Song:
    """Noise on “Pad” through a compressor that “Kick” controls and an echo of 50 ms; fader and echo are automated."""
    folder = tmp_path / "Song"
    p = new_project("Song", rate=RATE)
    create(folder, p)
    rng = np.random.default_rng(8)
    for name, start in (("Pad", 5000), ("Kick", 0)):
        soundfile.write(
            tmp_path / f"{name}.wav", (rng.standard_normal((9000, 2)) * 0.1).astype(np.float32), RATE, "FLOAT"
        )
        source = import_audio(folder, tmp_path / f"{name}.wav", RATE)
        p = edits.add_source(edits.add_track(p, name, track_id=name.lower()), source)
        p = edits.add_clip(
            p, name.lower(), audio_clip(name, place_at(start), 9000, (audio_take(f"t{name}", source.id),))
        )
    p = edits.add_device(p, "pad", "compressor", {"threshold_db": -40}, device_id="comp")
    p = edits.set_device(p, "pad", "comp", sidechain="kick")
    p = edits.add_device(p, "pad", "delay", {"timing": 1, "time_ms": 50, "feedback": 10, "mix": 40}, device_id="echo")
    for target, values in ((Target("gain_db"), (0, -12)), (Target("mix", "echo"), (0, 60))):
        points = [CurvePoint(place_at(frame), value) for frame, value in zip((5000, 14000), values, strict=True)]
        p = edits.set_lane(p, "pad", target, points)
    return folder, edits.set_track(p, "pad", gain_db=-3.0, pan=0.25)


def sound_of(folder: Path, p: Project, name: str) -> np.ndarray:
    path = folder.parent / f"{name}.wav"
    bounce(p, folder, BounceRequest(mix=path, format=SampleFormat.FLOAT, credentials=False), Context())
    return soundfile.read(path, dtype="float32")[0]


@pytest.mark.parametrize("freeze", [False, True])
def test_the_song_sounds_as_before(song: Song, freeze: bool) -> None:
    folder, p = song
    before = sound_of(folder, p, "before")
    assert start_of_track(p, "pad") == 5000
    source = render_track(p, folder, "pad", Context())
    printed = edits.bounce_in_place(p, "pad", source, Position.at_frame(5000), freeze=freeze)
    track = printed.tracks[0]
    assert (len(track.clips), track.devices) == (1, ())
    assert [lane.target for lane in track.lanes] == [Target("gain_db")]
    assert (track.gain_db, track.pan) == (-3.0, 0.25)
    after = sound_of(folder, printed, "after")
    assert len(before) > 14000 + 4800  # the echo rings on behind the clip, and is in the new one
    np.testing.assert_array_equal(after[: len(before)], before)
    assert not after[len(before) :].any()
    if not freeze:
        assert track.frozen is None
        return
    save(folder, printed)
    assert load(folder) == printed
    given_back = edits.unfreeze_track(load(folder), "pad").tracks[0]
    assert replace(given_back, lanes=()) == replace(p.tracks[0], lanes=())
    assert set(given_back.lanes) == set(p.tracks[0].lanes)


def test_what_a_frozen_track_keeps_goes_with_the_song(song: Song) -> None:
    _, p = song
    source = next(iter(p.sources.values()))
    kick = p.sources[p.tracks[1].clips[0].chosen.source]
    p = edits.bounce_in_place(p, "pad", kick, Position.at_frame(5000), freeze=True)
    moved = replace(source, id="elsewhere")
    assert edits.relink_source(p, source.id, moved).tracks[0].frozen.clips[0].chosen.source == "elsewhere"
    copy = edits.duplicate_track(p, "pad").tracks[1]
    assert copy.frozen.clips[0].id != p.tracks[0].frozen.clips[0].id
    assert {lane.target.device for lane in copy.frozen.lanes} <= {device.id for device in copy.frozen.devices}
    alone = edits.unfreeze_track(edits.remove_tracks(p, ["kick"]), "pad")
    assert [device.sidechain for device in alone.tracks[0].devices] == ["", ""]


def test_tracks_that_cannot_be_rendered_are_refused_with_a_sentence(song: Song) -> None:
    _, p = song
    frozen = edits.bounce_in_place(p, "pad", next(iter(p.sources.values())), Position.at_frame(0), freeze=True)
    for project, words in ((frozen, "is frozen"), (edits.set_clip(p, ["Pad"], mute=True), "no clip that is heard")):
        with pytest.raises(EditError, match=words):
            start_of_track(project, "pad")
    with pytest.raises(EditError, match="is not frozen"):
        edits.unfreeze_track(p, "pad")
    with pytest.raises(EditError, match="is frozen"):
        edits.bounce_in_place(frozen, "pad", next(iter(p.sources.values())), Position.at_frame(0))


def test_the_shell_freezes_gives_back_and_bounces_in_place(song: Song, capsys: pytest.CaptureFixture[str]) -> None:
    folder, p = song
    save(folder, p)
    command = ["set", str(folder), "--track", "pad"]
    assert main([*command, "--unfreeze"]) == 1
    assert "is not frozen" in capsys.readouterr().err
    assert main([*command, "--freeze"]) == 0
    frozen = load(folder).tracks[0]
    assert (frozen.frozen is not None, len(frozen.clips), frozen.devices) == (True, 1, ())
    assert main([*command, "--freeze"]) == 1
    assert "is frozen: unfreeze it first" in capsys.readouterr().err
    assert main([*command, "--unfreeze"]) == 0
    assert load(folder).tracks[0].devices == p.tracks[0].devices
    assert main([*command, "--bounce-in-place"]) == 0
    (clip,) = load(folder).tracks[0].clips
    assert (load(folder).tracks[0].frozen, load(folder).start_of(clip)) == (None, 5000)
    assert main(["set", str(folder), "--track", "master", "--freeze"]) == 1
    assert main([*command, "--freeze", "--unfreeze"]) == 2
