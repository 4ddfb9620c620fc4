"""Songs as DAWproject files: valid by the published schema, and played back from the file by a player of the test's.

The schemas are those of github.com/bitwig/dawproject (MIT, the licence lies beside them).
"""

import io
import json
import random
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
import xmlschema

from engine.cli import main
from engine.dawproject.writing import Written, write_dawproject
from engine.errors import ExportError
from engine.ids import new_id
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from engine.project.model import (
    MASTER,
    AutomationPoint,
    BendPoint,
    Clip,
    ControlPoint,
    Fade,
    FadeShape,
    NoteContent,
    NoteEvent,
    Take,
)
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.engine.playback.test_bounce import Song
from tests.measures import db
from tests.places import place_at

HERE = Path(__file__).parent
PROJECT, METADATA = (xmlschema.XMLSchema(str(HERE / name)) for name in ("Project.xsd", "MetaData.xsd"))
RATE = 48000


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def noise(frames: int, seed: int, channels: int = 2) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((frames, channels))).astype(np.float32)


def written(song: Song) -> tuple[Written, ElementTree.Element, zipfile.ZipFile]:
    path = song.folder.parent / "out.dawproject"
    result = write_dawproject(song.project, song.folder, path)
    container = zipfile.ZipFile(path)
    PROJECT.validate(container.read("project.xml").decode())
    METADATA.validate(container.read("metadata.xml").decode())
    assert container.testzip() is None
    return result, ElementTree.fromstring(container.read("project.xml")), container


def bounced(song: Song) -> np.ndarray:
    path = song.folder.parent / "mix.wav"
    bounce(song.project, song.folder, BounceRequest(mix=path, format=SampleFormat.FLOAT, overwrite=True))
    return soundfile.read(path, dtype="float64", always_2d=True)[0]


def played(root: ElementTree.Element, container: zipfile.ZipFile, frames: int, tempo: float = 120.0) -> np.ndarray:
    """What a plain reading of the file plays at one tempo: audio clips, loops, straight fades, faders, mutes, solos."""
    tracks = {each.get("id"): each for each in root.iter("Track")}
    soloed = any(channel.get("solo") == "true" for channel in root.iter("Channel"))
    mix = np.zeros((frames, 2))
    for lanes in root.findall("Arrangement/Lanes/Lanes"):
        channel = tracks[lanes.get("track")].find("Channel")
        if channel.find("Mute").get("value") == "true" or (soloed and channel.get("solo") != "true"):
            continue
        pan = float(channel.find("Pan").get("value"))
        gain = float(channel.find("Volume").get("value"))
        sides = np.sqrt(2) * np.array([np.cos(pan * np.pi / 2), np.sin(pan * np.pi / 2)])
        for clip in lanes.findall("Clips/Clip"):
            if clip.get("enable") == "false":
                continue
            sound, rate = soundfile.read(
                io.BytesIO(container.read(clip.find("Audio/File").get("path"))), always_2d=True
            )
            assert rate == RATE == int(clip.find("Audio").get("sampleRate"))
            assert len(sound) == round(float(clip.find("Audio").get("duration")) * rate)
            sound = np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound
            start = round(float(clip.get("time")) * 60 / tempo * RATE)
            length = round(float(clip.get("duration")) * 60 / tempo * RATE)
            places = round(float(clip.get("playStart")) * rate) + np.arange(length)
            if clip.get("loopEnd"):
                first, last = (round(float(clip.get(name)) * rate) for name in ("loopStart", "loopEnd"))
                places = first + (places - first) % (last - first)
            inside = places < len(sound)
            block = np.where(inside[:, None], sound[np.minimum(places, len(sound) - 1)], 0.0)
            if faded := round(float(clip.get("fadeInTime", 0)) * RATE):
                block[:faded] *= (np.arange(faded) / faded)[:, None]
            if faded := round(float(clip.get("fadeOutTime", 0)) * RATE):
                block[-faded:] *= (1 - np.arange(faded) / faded)[:, None]
            stop = min(start + length, frames)
            mix[start:stop] += gain * sides * block[: stop - start]
    (master,) = [each for each in root.iter("Channel") if each.get("role") == "master"]
    return mix * float(master.find("Volume").get("value"))


def test_random_songs_sound_the_same_from_the_file(tmp_path: Path) -> None:
    for seed in range(12):
        rng = random.Random(seed)
        (tmp_path / str(seed)).mkdir()
        song = Song(tmp_path / str(seed))
        for number in range(rng.randint(1, 4)):
            frames = rng.randint(5000, 20000)
            whole = noise(frames, seed * 10 + number, rng.choice([1, 2]))
            first = rng.randint(0, frames // 2)
            length = rng.randint(1000, frames - first)
            values: dict[str, object] = {"offset": first, "length": length}
            if rng.random() < 0.4:
                loop = rng.randint(500, frames - first)
                values |= {"loop_length": loop, "loop_phase": rng.randrange(loop), "length": rng.randint(1000, 30000)}
            if rng.random() < 0.3:
                values |= {"reverse": True}
            if rng.random() < 0.3:
                values |= {"gain_db": rng.uniform(-12, 6)}
            if rng.random() < 0.5:
                values |= {"fade_in": Fade(rng.randint(1, 400)), "fade_out": Fade(rng.randint(1, 400))}
            values |= {"mute": rng.random() < 0.1, "position": place_at(rng.randint(0, 48000))}
            song.add(whole, f"Track {number}", **values)
            song.change(
                number,
                gain_db=rng.uniform(-20, 6),
                pan=rng.choice([0.0, rng.uniform(-1, 1)]),
                mute=rng.random() < 0.1,
                solo=rng.random() < 0.1,
            )
        song.project = replace(song.project, master_gain_db=rng.uniform(-12, 0))
        try:
            expected = bounced(song)
        except ExportError:
            continue  # nothing of it can be heard
        _, root, container = written(song)
        heard = played(root, container, len(expected))
        assert db(heard - expected) < db(expected) - 100, seed


def test_what_the_format_lacks_is_rendered_and_told(song: Song) -> None:
    song.add(noise(4800, 1), "Back", reverse=True)
    song.add(noise(4800, 2), "Loud", gain_db=3.0)
    song.add(noise(4800, 3), "Late", offset=-100)
    song.add(noise(4800, 4), "Curve", fade_in=Fade(480, FadeShape.S_CURVE))
    result, root, container = written(song)
    text = " ".join(result.notices)
    for words in ("“Back”, since it plays backwards", "“Loud”, since it has a gain", "“Late”, since it begins"):
        assert words in text
    assert "1 fade with a curve" in text
    assert len([name for name in container.namelist() if name.startswith("audio/")]) == 4
    expected = bounced(song)
    assert db(played(root, container, len(expected))[480:] - expected[480:]) < -100


def test_a_file_of_the_pool_goes_in_once_and_unchanged(song: Song) -> None:
    clip = song.add(noise(9600, 1), "One", subtype="PCM_16")
    song.project = edits.add_clip(
        song.project, song.project.tracks[0].id, replace(clip, id=new_id(), position=place_at(20000), length=4800)
    )
    _, root, container = written(song)
    (name,) = [name for name in container.namelist() if name.startswith("audio/")]
    (source,) = song.project.sources.values()
    assert container.read(name) == (song.folder / source.file).read_bytes()
    assert [each.get("path") for each in root.iter("File")] == [name, name]


def test_names_that_are_alike_or_hostile(song: Song) -> None:
    for seed, name in enumerate(("A/B", "a?b", 'x"<&>\u0007', "x" * 300)):
        song.add(noise(1000, seed), "T")
        source = list(song.project.sources.values())[-1]
        sources = {**song.project.sources, source.id: replace(source, name=name)}
        song.project = replace(song.project, sources=sources)
    song.project = replace(song.project, name="<Song>\u202e &\u0000")
    _, root, container = written(song)
    paths = [each.get("path") for each in root.iter("File")]
    assert len({path.casefold() for path in paths}) == 4
    assert set(paths) <= set(container.namelist())
    assert all(".." not in path and path.count("/") == 1 for path in paths)


def notes_of(song: Song, content: NoteContent, **values: object) -> Clip:
    clip = Clip(new_id(), place_at(24000), 96000, (Take(new_id(), content),), name="Notes", **values)
    song.project = edits.add_track(song.project, "Keys")
    song.project = edits.add_clip(song.project, song.project.tracks[-1].id, clip)
    return clip


def test_notes_and_their_curves(song: Song) -> None:
    notes = (
        NoteEvent(Fraction(0), Fraction(1), 60, 127),
        NoteEvent(Fraction(1, 3), Fraction(2, 3), 64, 1, offset=0.02),
        NoteEvent(Fraction(3), Fraction(4), 67, 64),
    )
    content = NoteContent(
        notes,
        bend=(BendPoint(0.0, 0.0), BendPoint(1.0, 2.0)),
        sustain=(ControlPoint(0.0, 1.0), ControlPoint(2.0, 0.0)),
        expression=(ControlPoint(0.5, 0.25),),
    )
    notes_of(song, content)
    result, root, _ = written(song)
    assert any("notes" in notice for notice in result.notices)
    (clip,) = root.iter("Clip")
    assert (float(clip.get("time")), float(clip.get("duration"))) == (1.0, 4.0)
    got = [tuple(float(note.get(key)) for key in ("time", "duration", "key", "vel")) for note in clip.iter("Note")]
    expected = [(0.0, 1.0, 60, 1.0), (1 / 3 + 0.02, 2 / 3, 64, 1 / 127), (3.0, 1.0, 67, 64 / 127)]
    assert np.allclose(got, expected, atol=1e-9)
    points = {
        (each.find("Target").get("expression"), each.find("Target").get("controller")): [
            (float(point.get("time")), float(point.get("value"))) for point in each.iter("RealPoint")
        ]
        for each in clip.iter("Points")
    }
    assert points == {
        ("transpose", None): [(0.0, 0.0), (1.0, 2.0)],
        ("channelController", "64"): [(0.0, 1.0), (2.0, 0.0)],
        ("channelController", "11"): [(0.5, 0.5)],
    }


def test_a_loop_of_notes_is_written_out(song: Song) -> None:
    content = NoteContent((NoteEvent(Fraction(0), Fraction(1, 2), 36),), loop_length=24000)
    notes_of(song, content)
    _, root, _ = written(song)
    assert [float(note.get("time")) for note in root.iter("Note")] == [0.0, 1.0, 2.0, 3.0]


def test_tempos_signatures_markers_and_automation(song: Song) -> None:
    song.add(noise(480000, 1), "Long")
    track = song.project.tracks[0]
    points = (
        AutomationPoint(Position.at_beat(Fraction(0)), 0.0),
        AutomationPoint(Position.at_beat(Fraction(4)), -12.0),
    )
    track = replace(track, automation=points, gain_db=-6.0)
    p = replace(song.project, tracks=(track,))
    p = edits.add_marker(p, Position.at_beat(Fraction(8)), "Chorus")
    song.project = replace(
        p,
        tempo=Fraction(90),
        tempo_changes=(TempoPoint(Fraction(4), Fraction(120)), TempoPoint(Fraction(8), Fraction(60), ramp=True)),
        signature=Signature(3, 4),
        signature_changes=(SignatureChange(3, Signature(7, 8)),),
    )
    _, root, _ = written(song)
    tempo = root.find("Transport/Tempo")
    assert (float(tempo.get("value")), tempo.get("unit")) == (90, "bpm")
    automation = root.find("Arrangement/TempoAutomation")
    assert automation.find("Target").get("parameter") == tempo.get("id")
    steps = [
        (float(e.get("time")), float(e.get("value")), e.get("interpolation")) for e in automation.iter("RealPoint")
    ]
    assert steps == [
        (0, 90, "hold"),
        (4, 120, "linear"),
        (8, 60, "hold"),
    ]  # fmt: skip
    bars = root.find("Arrangement/TimeSignatureAutomation").iter("TimeSignaturePoint")
    assert [(float(e.get("time")), e.get("numerator"), e.get("denominator")) for e in bars] == [
        (0, "3", "4"),
        (6, "7", "8"),
    ]
    (marker,) = root.iter("Marker")
    assert (marker.get("name"), float(marker.get("time"))) == ("Chorus", 8)
    volume = root.find("Structure/Track/Channel/Volume").get("id")
    (lane,) = [each for each in root.iter("Points") if each.find("Target").get("parameter") == volume]
    drawn = [(float(e.get("time")), float(e.get("value"))) for e in lane.iter("RealPoint")]
    for beat in np.linspace(0, 4, 41):
        between = np.interp(beat, *np.transpose(drawn))
        assert 20 * np.log10(between) == pytest.approx(-6 - 3 * beat, abs=0.02)


def test_errors_are_sentences_and_leave_nothing(song: Song, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="empty"):
        write_dawproject(song.project, song.folder, tmp_path / "a.dawproject")
    song.add(noise(1000, 1), "T")
    with pytest.raises(ExportError, match="cannot be written"):
        write_dawproject(song.project, song.folder, tmp_path / "missing" / "a.dawproject")
    missing = replace(song.project, sources={})
    result = write_dawproject(missing, song.folder, tmp_path / "a")
    assert result.path == tmp_path / "a.dawproject"
    assert result.notices == ("The audio of “T” is not in the song, so the clip was left out.",)
    assert not list(tmp_path.glob(".continuo*"))


def test_the_shell_writes_it(song: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song.add(noise(1000, 1), "T", gain_db=1.0)
    files.save(song.folder, song.project)
    out = tmp_path / "Für.dawproject"
    assert main(["export", str(song.folder), "--dawproject", str(out), "--json"]) == 0
    told = capsys.readouterr()
    content = json.loads(told.out)
    assert content["dawproject"] == str(out)
    assert "gain of its own" in content["notices"][0]
    assert "gain of its own" in told.err
    assert zipfile.is_zipfile(out)
    out.write_bytes(b"mine")
    assert main(["export", str(song.folder), "--dawproject", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
    assert main(["export", str(song.folder), "--dawproject", str(out), "--overwrite"]) == 0
    assert zipfile.is_zipfile(out)
    assert main(["export", str(song.folder)]) == 2
    assert "--dawproject FILE" in capsys.readouterr().err


def test_devices_are_told(song: Song) -> None:
    song.add(noise(4800, 1), "Long")
    assert not any("Devices go with" in notice for notice in written(song)[0].notices)
    song.project = edits.add_device(song.project, MASTER, "limiter")
    assert any("Devices go with" in notice for notice in written(song)[0].notices)
