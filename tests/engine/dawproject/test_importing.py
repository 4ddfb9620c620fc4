"""DAWproject files read back, those that other programs write, and those that are damaged or hostile."""

import io
import random
import re
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.dawproject.importing import import_sounds, place_dawproject
from engine.dawproject.reading import DawSong, read_dawproject
from engine.dawproject.writing import write_dawproject
from engine.devices.registry import device_ids, find_device
from engine.errors import EngineError
from engine.ids import new_id
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from engine.project.curves import CurveValues, frame_points
from engine.project.edits.structure import with_clip
from engine.project.model import (
    MASTER,
    AudioContent,
    AutomationPoint,
    BendPoint,
    ChannelKind,
    Clip,
    ControlPoint,
    CurvePoint,
    CurveShape,
    Fade,
    NoteContent,
    NoteEvent,
    Project,
    Take,
    new_project,
)
from engine.project.routing import devices_of, lanes_of, parameter_of, targets_of
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.engine.dawproject.test_writing import PROJECT
from tests.engine.playback.test_bounce import Song
from tests.measures import db
from tests.places import place_at

RATE = 48000


def noise(frames: int, seed: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((frames, 2))).astype(np.float32)


def imported(path: Path, folder: Path, rate: int = RATE) -> tuple[Project, tuple[str, ...], DawSong]:
    """An empty song with the file in it."""
    project = new_project("Back", rate=rate)
    files.create(folder, project)
    song = read_dawproject(path)
    notices: list[str] = []
    sources = import_sounds(folder, path, song, rate, None, notices.append)
    placed = place_dawproject(project, song, sources)
    return placed.project, (*notices, *placed.notices), song


def bounced(project: Project, folder: Path, out: Path) -> np.ndarray:
    bounce(project, folder, BounceRequest(mix=out, format=SampleFormat.FLOAT, overwrite=True))
    return soundfile.read(out, dtype="float64", always_2d=True)[0]


def random_song(folder: Path, seed: int) -> Song:
    """Audio and notes of all that the format carries, at a tempo map of its own."""
    rng = random.Random(seed)
    song = Song(folder)
    tempos = tuple(
        TempoPoint(Fraction(beat), Fraction(rng.randint(60, 180)), rng.random() < 0.5)
        for beat in sorted(rng.sample(range(1, 40), rng.randint(0, 3)))
    )
    signatures = tuple(
        SignatureChange(bar, rng.choice([Signature(3, 4), Signature(7, 8), Signature(4, 4)]))
        for bar in sorted(rng.sample(range(2, 9), rng.randint(0, 2)))
    )
    song.project = replace(
        song.project, tempo=Fraction(rng.randint(70, 160)), tempo_changes=tempos, signature_changes=signatures
    )
    for number in range(rng.randint(1, 3)):
        frames = rng.randint(20000, 60000)
        first = rng.randint(0, 9000)
        values: dict[str, object] = {"offset": first, "length": rng.randint(2000, frames - first)}
        if rng.random() < 0.4:
            loop = rng.randint(500, frames - first)
            values |= {"loop_length": loop, "loop_phase": rng.randrange(loop), "length": rng.randint(1000, 90000)}
        if rng.random() < 0.5:
            values |= {"fade_in": Fade(rng.randint(1, 400)), "fade_out": Fade(rng.randint(1, 400))}
        beat = Position.at_beat(Fraction(rng.randint(0, 64), rng.choice([1, 2, 3, 4])))
        song.add(noise(frames, seed * 10 + number), f"Track {number}", position=beat, **values)
        song.change(number, gain_db=round(rng.uniform(-20, 6), 3), pan=rng.choice([0.0, 0.25, -1.0]))
    p = song.project
    if rng.random() < 0.7:
        notes = tuple(
            NoteEvent(Fraction(n, 3), Fraction(rng.randint(1, 6), 4), rng.randint(30, 90), rng.randint(1, 127))
            for n in range(rng.randint(1, 12))
        )
        content = NoteContent(
            notes,
            bend=(BendPoint(0.5, -2.0),) if rng.random() < 0.5 else (),
            sustain=(ControlPoint(0.25, 1.0), ControlPoint(1.0, 0.0)) if rng.random() < 0.5 else (),
        )
        p = edits.add_track(p, "Keys")
        start = p.clock.frame_at(Fraction(2))
        length = p.clock.frame_at(Fraction(14)) - start
        clip = Clip(new_id(), Position.at_beat(Fraction(2)), length, (Take(new_id(), content),), name="Notes")
        p = edits.add_clip(p, p.tracks[-1].id, clip)
    p = edits.add_marker(p, Position.at_beat(Fraction(rng.randint(0, 30))), "Ünder <way> & on")
    song.project = replace(p, master_gain_db=-3.0)
    return song


def summary(p: Project) -> list[object]:
    """All that the format carries exactly."""
    clock = p.clock
    tracks = []
    for track in p.tracks:
        clips = []
        for clip in track.clips:
            content = clip.content
            what: object
            if isinstance(content, NoteContent):
                what = (
                    tuple((note.start, note.length, note.pitch, note.velocity) for note in content.notes),
                    content.bend,
                    content.sustain,
                )
            else:
                assert isinstance(content, AudioContent)
                what = (content.first, content.loop_length, content.loop_phase, content.source)
            ends = (p.start_of(clip), clip.length, clip.fade_in.length, clip.fade_out.length, clip.mute, clip.name)
            clips.append((ends, what))
        tracks.append((track.name, round(track.gain_db, 6), round(track.pan, 9), track.mute, track.solo, clips))
    markers = [(clock.beats(marker.position), marker.name) for marker in p.markers]
    return [p.tempo_map.tempos, p.tempo_map.signatures, markers, p.master_gain_db, tracks]


@pytest.mark.parametrize("seed", range(8))
def test_a_song_comes_back_as_it_was(tmp_path: Path, seed: int) -> None:
    song = random_song(tmp_path, seed)
    path = tmp_path / "song.dawproject"
    write_dawproject(song.project, song.folder, path)
    back, _, _ = imported(path, tmp_path / "back")
    assert summary(back) == summary(song.project)
    audio = [edits.remove_clips(p, [c.id for _, c in p.clips() if isinstance(c.content, NoteContent)])
             for p in (song.project, back)]  # fmt: skip
    heard = [
        bounced(p, folder, tmp_path / "mix.wav")
        for p, folder in zip(audio, (song.folder, tmp_path / "back"), strict=True)
    ]
    assert len(heard[0]) == len(heard[1])
    assert db(heard[0] - heard[1]) < db(heard[0]) - 120


def with_mixer(song: Song, rng: random.Random) -> None:
    """Gives a song a group, a return, sends, devices of all kinds, and lanes of all shapes."""
    p = song.project
    members = [track.id for track in p.tracks]
    p = edits.add_track(p, "Band", index=rng.choice([0, len(members)]), kind=ChannelKind.GROUP, track_id="band")
    p = edits.add_track(p, "Hall", kind=ChannelKind.RETURN, track_id="hall")
    for track in members:
        if rng.random() < 0.6:
            p = edits.set_group(p, [track], "band")
        if rng.random() < 0.6:
            p = edits.set_send(p, track, "hall", round(rng.uniform(-30, 6), 2), pre_fader=rng.random() < 0.5)
    for channel in (*members, "band", "hall", MASTER):
        for kind in rng.sample(device_ids(), rng.randint(0, 3)):
            spec = find_device(kind)
            assert spec is not None
            chosen = rng.sample(spec.parameters, min(5, len(spec.parameters)))
            p = edits.add_device(p, channel, kind, {each.id: each.value_at(rng.random()) for each in chosen})
            device = devices_of(p, channel)[-1]
            p = edits.set_device(p, channel, device.id, enabled=rng.random() < 0.8)
        targets = list(targets_of(p, channel))
        for target in rng.sample(targets, min(2, len(targets)) if rng.random() < 0.7 else 0):
            spec = parameter_of(p, channel, target)
            assert spec is not None
            beats = sorted(rng.sample(range(60), rng.randint(1, 4)))
            points = [
                CurvePoint(Position.at_beat(Fraction(beat, 2)), spec.value_at(rng.random()), rng.choice([*CurveShape]))
                for beat in beats
            ]
            p = edits.set_lane(p, channel, target, points)
    song.project = p


def mixer(p: Project) -> list[object]:
    """What of a song's mixer the format carries exactly."""
    names = {track.id: track.name for track in p.tracks}
    rows: list[object] = []
    for channel in (*names, MASTER):
        devices = []
        for device in devices_of(p, channel):
            spec = find_device(device.kind)
            assert spec is not None
            devices.append((device.kind, device.enabled, {key: round(value, 6) for key, value in
                                                          spec.values(device.values).items()}))  # fmt: skip
        track = p.track(channel)
        routes: object = None
        if track is not None:
            sends = [(names[send.to], round(send.gain_db, 6), send.pre_fader) for send in track.sends]
            routes = (track.name, track.kind, names.get(track.group), sends)
        rows.append((routes, devices))
    return rows


def levels(p: Project) -> dict[object, np.ndarray]:
    """Every automated parameter at a thousand places, as its control's travel."""
    curves: dict[object, np.ndarray] = {}
    for number, channel in enumerate((*(track.id for track in p.tracks), MASTER)):
        for lane in lanes_of(p, channel):
            spec = parameter_of(p, channel, lane.target)
            assert spec is not None
            ids = [device.id for device in devices_of(p, channel)]
            place = ids.index(lane.target.device) if lane.target.device else -1
            values = CurveValues(frame_points(lane.curve, p.clock), steps=spec.whole)
            t = np.linspace(0, 40 * RATE, 1000)
            key = (number, lane.target.parameter, place, bool(lane.target.send))
            curves[key] = (values.values(t) - spec.minimum) / (spec.maximum - spec.minimum)
    return curves


@pytest.mark.parametrize("seed", range(8))
def test_the_mixer_comes_back(tmp_path: Path, seed: int) -> None:
    song = random_song(tmp_path, seed)
    with_mixer(song, random.Random(seed))
    path = tmp_path / "song.dawproject"
    write_dawproject(song.project, song.folder, path)
    PROJECT.validate(zipfile.ZipFile(path).read("project.xml").decode())
    back, _, _ = imported(path, tmp_path / "back")
    assert mixer(back) == mixer(song.project)
    before, after = levels(song.project), levels(back)
    assert before.keys() == after.keys()
    for key, curve in before.items():
        # straight lines between 16 points of a curve, and a point at the nearest frame
        assert np.quantile(np.abs(after[key] - curve), 0.98) < 0.01, key


def test_automation_comes_back(tmp_path: Path) -> None:
    song = Song(tmp_path)
    song.add(noise(96000, 1), "Long")
    points = [
        AutomationPoint(Position.at_beat(Fraction(beat)), gain) for beat, gain in ((0, -20.0), (2, 3.0), (4, -9.5))
    ]
    p = edits.set_automation(song.project, song.project.tracks[0].id, points)
    song.project = edits.set_track(p, p.tracks[0].id, gain_db=-4.0)
    write_dawproject(song.project, song.folder, tmp_path / "a.dawproject")
    back, _, _ = imported(tmp_path / "a.dawproject", tmp_path / "back")
    one, two = (
        bounced(song.project, song.folder, tmp_path / "m.wav"),
        bounced(back, tmp_path / "back", tmp_path / "n.wav"),
    )
    assert db(one - two) < db(one) - 100


AUDIO = '<Audio channels="2" duration="2.0" sampleRate="48000"><File path="audio/a.wav"/></Audio>'


def foreign(tmp_path: Path, lanes: str, *, structure: str = "", more: str = "", tempo: float = 120.0) -> Path:
    """A file as another program writes it, with one track of two seconds of sound."""
    path = tmp_path / "foreign.dawproject"
    wav = io.BytesIO()
    soundfile.write(wav, noise(96000, 5), RATE, format="WAV", subtype="FLOAT")
    structure = structure or (
        '<Track id="t" name="One" contentType="audio"><Channel id="c" role="regular">'
        '<Volume id="v" unit="linear" value="0.5"/></Channel></Track>'
    )
    text = f"""<?xml version="1.0" encoding="UTF-8"?><Project version="1.0"><Application name="Other" version="5"/>
    <Transport><Tempo unit="bpm" value="{tempo}"/><TimeSignature numerator="4" denominator="4"/></Transport>
    <Structure>{structure}</Structure>
    <Arrangement><Lanes timeUnit="beats"><Lanes track="t">{lanes}</Lanes></Lanes>{more}</Arrangement></Project>"""
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("project.xml", text)
        container.writestr("audio/a.wav", wav.getvalue())
    return path


def places(p: Project) -> list[tuple[int, int, int]]:
    return [(p.start_of(clip), clip.length, clip.stretch.first) for _, clip in p.clips()]


def test_clips_in_clips_with_warps_at_their_own_speed(tmp_path: Path) -> None:
    """As Bitwig Studio writes audio: a clip with a clip with warps; the outer one is cut and repeats."""
    inner = f"""<Clips><Clip time="0" duration="4" contentTimeUnit="beats" playStart="0">
    <Warps contentTimeUnit="seconds" timeUnit="beats">{AUDIO}
    <Warp time="0" contentTime="0"/><Warp time="4" contentTime="2"/></Warps></Clip></Clips>"""
    lanes = f"""<Clips><Clip time="2" duration="5" contentTimeUnit="beats" playStart="1" loopStart="0" loopEnd="4">
    {inner}</Clip></Clips>"""
    p, notices, _ = imported(foreign(tmp_path, lanes), tmp_path / "back")
    beat = RATE // 2
    assert places(p) == [(2 * beat, 3 * beat, beat), (5 * beat, 2 * beat, 0)]
    assert p.tracks[0].gain_db == pytest.approx(-6.0206, abs=1e-3)
    assert notices == ()


def test_stretched_audio_follows_the_tempo(tmp_path: Path) -> None:
    lanes = f"""<Clips><Clip time="0" duration="4"><Warps contentTimeUnit="seconds" timeUnit="beats">{AUDIO}
    <Warp time="0" contentTime="0.5"/><Warp time="4" contentTime="2"/></Warps></Clip></Clips>"""
    p, notices, _ = imported(foreign(tmp_path, lanes), tmp_path / "back")
    (clip,) = p.tracks[0].clips
    assert isinstance(clip.content, AudioContent)
    assert clip.content.warp
    markers = [(marker.frame, float(marker.beat)) for marker in clip.content.markers]
    assert markers == [(0, 0.0), (24000, pytest.approx(4 / 3)), (96000, pytest.approx(16 / 3))]
    assert places(p) == [(0, 96000, 32000)]  # frames of the stretched sound
    assert notices == ()


@pytest.mark.parametrize("seed", range(6))
def test_clips_that_follow_the_tempo_come_back(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    song = Song(tmp_path)
    tempo, own = (rng.randint(80, 150), rng.randint(80, 150)) if seed else (120, 120)
    changes = (TempoPoint(Fraction(6), Fraction(rng.randint(80, 150))),) if seed % 3 == 2 else ()
    song.project = replace(song.project, tempo=Fraction(tempo), tempo_changes=changes)
    for number in range(2):
        clip = song.add(noise(8 * RATE, seed + number), f"Loop {number}", position=Position.at_beat(Fraction(number)))
        p = edits.warp_clip(song.project, clip.id, Fraction(own))
        track = p.tracks[number]
        (old,) = track.clips
        assert isinstance(old.content, AudioContent)
        start, beats = p.start_of(old), Fraction(rng.randint(4, 24), 4)
        first, last = (p.clock.frame_at(number + beats * share) - start for share in (Fraction(1, 4), Fraction(1)))
        looped = replace(old.content, offset=first, loop_length=last - first, loop_phase=(last - first) // 3)
        content = rng.choice([looped, replace(old.content, offset=first)])
        song.project = with_clip(p, track, old, replace(old, length=last, takes=(Take(new_id(), content),)))
    path = tmp_path / "song.dawproject"
    result = write_dawproject(song.project, song.folder, path)
    assert any("following the tempo" in notice for notice in result.notices)
    PROJECT.validate(zipfile.ZipFile(path).read("project.xml").decode())
    back, _, _ = imported(path, tmp_path / "back")
    for (_, before), (_, after) in zip(song.project.clips(), back.clips(), strict=True):
        one, two = before.content, after.content
        assert isinstance(one, AudioContent)
        assert isinstance(two, AudioContent)
        assert (one.warp, one.markers) == (two.warp, two.markers)
        assert (before.length, one.first, one.loop_length) == (after.length, two.first, two.loop_length)
        assert abs(one.loop_phase - two.loop_phase) <= 1


def test_seconds_units_groups_and_places_outside(tmp_path: Path) -> None:
    structure = """<Track id="g" name="Group" contentType="tracks"><Channel id="gc" role="submix"/>
    <Track id="t" name="In it"><Channel id="c" role="regular"><Devices>
    <Device deviceName="X" deviceRole="audioFX"/></Devices>
    <Mute value="true"/><Pan unit="normalized" value="0"/><Volume unit="decibel" value="-7"/></Channel>
    </Track></Track>"""
    lanes = f"""<Clips timeUnit="seconds"><Clip time="1.5" duration="0.5" fadeInTime="0.1" enable="false">{AUDIO}</Clip>
    <Clip time="3" duration="1"><Audio channels="1" duration="1" sampleRate="48000"><File path="/etc/passwd"
    external="true"/></Audio></Clip></Clips>"""
    p, notices, _ = imported(foreign(tmp_path, lanes, structure=structure, tempo=90.0), tmp_path / "back")
    group, track = p.tracks
    assert (group.name, group.kind, track.group) == ("Group", ChannelKind.GROUP, group.id)
    assert (track.name, track.gain_db, track.pan, track.mute) == ("In it", -7.0, -1.0, True)
    assert places(p) == [(72000, 24000, 0)]
    (clip,) = track.clips
    assert (clip.mute, clip.fade_in.length) == (True, 4800)
    text = " ".join(notices)
    for words in ("evices that only other programs have", "“/etc/passwd” is not in it"):
        assert words in text


def test_a_song_with_clips_keeps_its_tempo(tmp_path: Path) -> None:
    song = Song(tmp_path)
    song.add(noise(4800, 1), "Mine")
    path = foreign(tmp_path, f'<Clips><Clip time="4" duration="2">{AUDIO}</Clip></Clips>', tempo=60.0)
    daw = read_dawproject(path)
    sources = import_sounds(song.folder, path, daw, RATE)
    placed = place_dawproject(song.project, daw, sources, place_at(RATE))
    assert placed.project.tempo == 120
    assert placed.project.start_of(placed.project.tracks[1].clips[0]) == 3 * RATE
    assert any("tempo of its own" in notice for notice in placed.notices)


def test_the_shell_brings_it_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = foreign(tmp_path, f'<Clips><Clip time="0" duration="2">{AUDIO}</Clip></Clips>')
    folder = tmp_path / "song"
    files.create(folder, new_project("Song"))
    assert main(["import", str(folder), str(path)]) == 0
    assert len(capsys.readouterr().out.split()) == 1
    assert [track.name for track in files.load(folder).tracks] == ["One"]
    assert main(["import", str(folder), str(path), "--track", "X"]) == 1
    assert "tracks of its own" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "damaged or no DAWproject"),
        ({"other.xml": b""}, "damaged or no DAWproject"),
        ({"project.xml": b"<Project"}, "no well-formed XML"),
        ({"project.xml": b"<Song/>"}, "begins with “Song”"),
        ({"project.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><Project/>'}, "entities"),
        ({"project.xml": b"<Project version='1.0'/>"}, "no tracks"),
    ],
)
def test_what_is_no_such_file_is_a_sentence(tmp_path: Path, content: bytes | dict[str, bytes], words: str) -> None:
    path = tmp_path / "a.dawproject"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as container:
            for name, data in content.items():
                container.writestr(name, data)
    with pytest.raises(EngineError, match=words):
        imported(path, tmp_path / "back")
    with pytest.raises(EngineError, match="cannot be read"):
        read_dawproject(tmp_path / "missing.dawproject")


def test_compressed_parts_that_cannot_be_unpacked(tmp_path: Path) -> None:
    """Bytes of what deflate made are others: of the project, then of a sound."""
    path = foreign(tmp_path, f'<Clips><Clip time="0" duration="2">{AUDIO}</Clip></Clips>')
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    for name in parts:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
            for each, content in parts.items():
                container.writestr(each, content)
        with zipfile.ZipFile(path) as container:
            info = container.getinfo(name)
        data = bytearray(path.read_bytes())
        first = info.header_offset + 30 + len(name)
        data[first : first + 40] = b"\xff" * 40
        path.write_bytes(data)
        if name == "project.xml":
            with pytest.raises(EngineError, match="damaged or no DAWproject"):
                read_dawproject(path)
        else:
            p, notices, _ = imported(path, tmp_path / "back")
            assert places(p) == []
            assert notices == ("“a.wav” is damaged and was left out.",)


def test_damaged_files_are_a_sentence_or_a_valid_song(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    song = random_song(tmp_path, 3)
    with_mixer(song, random.Random(3))
    path = tmp_path / "song.dawproject"
    write_dawproject(song.project, song.folder, path)
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    text, whole = parts["project.xml"].decode(), path.read_bytes()
    rng = random.Random(1)
    values = ["-1", "nan", "inf", "1e308", "0", "99999999999999999999", "", "x", "-0.0", "1e-300"]
    values += re.findall(r'<Channel id="(\w+)"', text)  # sound that would run in a circle
    read, refused, folder = 0, [], tmp_path / "back"
    bad = tmp_path / "bad.dawproject"
    project = new_project("Back")
    files.create(folder, project)
    for number in range(500 if request.config.getoption("--soak") else 150):
        if number % 4 == 0:
            data = bytearray(whole)
            for _ in range(rng.randint(1, 20)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            bad.write_bytes(data[: rng.randint(1, len(data))] if number % 8 == 0 else data)
        else:
            broken = text
            for _ in range(rng.randint(1, 6)):
                marks = [index for index, letter in enumerate(broken) if letter == '"']
                first = rng.randrange(len(marks) // 2) * 2
                broken = broken[: marks[first] + 1] + rng.choice(values) + broken[marks[first + 1] :]
            with zipfile.ZipFile(bad, "w") as container:
                container.writestr("project.xml", broken)
                for name, content in parts.items():
                    if name != "project.xml":
                        container.writestr(name, content)
        try:
            daw = read_dawproject(bad)
            (source, *_) = song.project.sources.values()
            sources = {clip.file: source for track in daw.tracks for clip in track.clips if clip.file}
            placed = place_dawproject(project, daw, sources)
        except EngineError as error:
            refused.append(str(error))
            continue
        files.save(folder, placed.project)
        assert files.load(folder) == placed.project
        read += 1
    assert all(sentence.endswith(".") for sentence in refused)
    assert read > 20
    assert len(refused) > 20
