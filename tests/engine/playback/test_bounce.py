"""Bounces of real songs: null tests, exactness, ranges, rates, loudness, and what must not be left behind."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.atomic_file import new_name
from engine.audio import Audio, read_audio, read_info, write_audio
from engine.errors import AudioFileError, Cancelled, ExportError
from engine.ids import new_id
from engine.jobs import Context
from engine.loudness import LoudnessMeter
from engine.playback.bounce import BounceReport, BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from engine.project.importing import import_audio
from engine.project.model import (
    AutomationPoint,
    Clip,
    Fade,
    FadeShape,
    Project,
    Source,
    audio_clip,
    audio_take,
    new_project,
)
from tests.places import place_at
from tests.riff_chunks import read_chunks

RATE = 48000


class Song:
    """A song in a folder, built up by a test."""

    def __init__(self, folder: Path, rate: int = RATE) -> None:
        self.folder = folder / "song"
        self.material = folder / "material"
        self.material.mkdir(exist_ok=True)
        self.out = folder / "out"
        self.project: Project = new_project("Test song", rate=rate)
        files.create(self.folder, self.project)

    def add(
        self,
        samples: np.ndarray,
        name: str = "sound",
        *,
        subtype: str = "FLOAT",
        rate: int | None = None,
        **clip: object,
    ) -> Clip:
        """A track of that name with one clip of `samples`."""
        path = self.material / f"{name} {new_id()}.wav"
        if subtype == "PCM_16":
            samples = np.rint(samples * 32768).astype(np.int16)
        elif subtype == "PCM_24":
            samples = (np.rint(samples.astype(float) * (1 << 23)).astype(np.int32)) << 8
        write_audio(path, Audio(samples, rate or self.project.rate), subtype)
        source = import_audio(self.folder, path, self.project.rate)
        length, take = source.frames_at(self.project.rate), audio_take(new_id(), source.id)
        values = {"id": new_id(), "position": place_at(0), "length": length, "takes": (take,), "name": name, **clip}
        new = audio_clip(**values)
        p = edits.add_track(edits.add_source(self.project, source), name)
        self.project = edits.add_clip(p, p.tracks[-1].id, new)
        return new

    def change(self, number: int, **values: object) -> None:
        self.project = edits.set_track(self.project, self.project.tracks[number].id, **values)

    def bounce(self, **request: object) -> BounceReport:
        values = {"mix": self.out / "mix.wav", "format": SampleFormat.FLOAT, **request}
        return bounce(self.project, self.folder, BounceRequest(**values))

    def mix(self) -> np.ndarray:
        return read_audio(self.out / "mix.wav").samples

    def stems(self) -> list[np.ndarray]:
        return [read_audio(path).samples for path in sorted((self.out / "stems").glob("*.wav"))]


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def noise(frames: int, seed: int, channels: int = 2, level: float = 0.2) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, channels)) * level).astype(np.float32)


def busy(song: Song) -> None:
    """Fades of every shape, a crossfade, pans, gains, automation, a loop, a reversed clip, 16 bits and mono."""
    song.add(noise(60_000, 1), "Lead", fade_in=Fade(5000, FadeShape.S_CURVE), fade_out=Fade(9000))
    song.add(noise(50_001, 2, 1), "Mono", subtype="PCM_16", position=place_at(Fraction(1, 3)), gain_db=-3.3)
    song.add(noise(20_000, 3), "Loop", position=place_at(11_111), length=70_003, loop_length=13_337, reverse=True)
    first = song.add(noise(40_000, 4), "Cross")
    p, track = song.project, song.project.tracks[-1]
    second = replace(first, id=new_id(), position=place_at(30_000), gain_db=1.7)
    p = edits.add_clip(p, track.id, second)
    song.project = edits.crossfade(p, first.id, second.id, length=10_000)
    song.change(0, pan=-0.4, gain_db=-1.5)
    song.change(1, pan=0.9)
    song.change(2, gain_db=4.2)
    points = [AutomationPoint(place_at(0), -20.0), AutomationPoint(place_at(50_000), 3.0)]
    song.project = edits.set_automation(song.project, song.project.tracks[0].id, points)
    song.project = edits.set_master_gain(song.project, -2.5)


def dbfs(samples: np.ndarray) -> float:
    peak = float(np.abs(samples).max())
    return 20 * np.log10(peak) if peak else -np.inf


@pytest.mark.parametrize("rate", [None, 44100, 96000])
def test_stems_add_up_to_the_mix(song: Song, rate: int | None) -> None:
    busy(song)
    report = song.bounce(stems=song.out / "stems", rate=rate, lufs=-16.0)
    stems = song.stems()
    assert len(stems) == 4
    assert {len(stem) for stem in stems} == {len(song.mix())} == {report.frames}
    assert dbfs(song.mix()) > -20
    assert dbfs(np.sum(stems, axis=0, dtype=np.float64) - song.mix()) <= -120
    assert report.target_reached
    assert report.mix.integrated == pytest.approx(-16, abs=0.02)
    frames = song.project.length if rate is None else -(-song.project.length * rate // RATE)
    assert report.frames == frames


@pytest.mark.parametrize(("subtype", "sample_format"), [("PCM_16", "16"), ("PCM_24", "24"), ("FLOAT", "32f")])
@pytest.mark.parametrize("dither", [False, True])
def test_unity_is_bit_identical(song: Song, subtype: str, sample_format: str, dither: bool) -> None:
    samples = np.clip(noise(100_000, 7), -1, 0.99).astype(np.float32)
    samples[500:700] = 0
    song.add(samples, "Original", subtype=subtype)
    song.add(samples[:1000], "Muted", mute=True)
    report = song.bounce(stems=song.out / "stems", format=SampleFormat(sample_format), dither=dither)
    original = read_audio(next(song.material.glob("Original*"))).samples
    assert read_info(song.out / "mix.wav").subtype == subtype
    assert np.array_equal(song.mix(), original)
    assert np.array_equal(song.stems()[0], original)
    assert not song.stems()[1].any()
    assert report.files[0].exact
    assert not any(file.dithered for file in report.files)


def test_zeros_are_exact_without_dither(song: Song) -> None:
    song.add(noise(5000, 1), position=place_at(7000), gain_db=-1.1)
    song.add(noise(5000, 2), position=place_at(20_000))
    song.bounce(format=SampleFormat.PCM_16, dither=False)
    assert not song.mix()[:7000].any()
    assert not song.mix()[12_000:20_000].any()


@pytest.mark.parametrize("sample_format", [SampleFormat.PCM_16, SampleFormat.PCM_24])
def test_dithered_bounces_repeat_and_differ_by_less_than_two_steps(song: Song, sample_format: SampleFormat) -> None:
    busy(song)
    song.bounce(stems=song.out / "stems", format=sample_format, clip=True)
    first = [song.mix(), *song.stems()]
    report = song.bounce(stems=song.out / "stems", format=sample_format, overwrite=True, clip=True)
    assert all(file.dithered for file in report.files)
    for a, b in zip(first, [song.mix(), *song.stems()], strict=True):
        assert np.array_equal(a, b)
    song.bounce(overwrite=True)
    assert np.abs(first[0] - np.clip(song.mix(), -1, 1)).max() < 2 / sample_format.scale


@pytest.mark.parametrize("rate", [None, 44100, 47999])
def test_a_range_equals_that_part_of_the_whole(song: Song, rate: int | None) -> None:
    busy(song)
    song.bounce(rate=rate)
    whole = song.mix()
    out = rate or RATE
    edges = [10_001, 40_000, 66_667]
    parts = []
    for start, end in pairwise(edges):
        report = song.bounce(rate=rate, start=place_at(start), end=place_at(end), overwrite=True)
        first = -(-start * out // RATE)
        assert report.start == first
        part = song.mix()
        same = whole[first : first + len(part)]
        assert np.array_equal(part, same) if rate is None else dbfs(part - same) < -130
        parts.append(part)
    assert sum(map(len, parts)) == -(-edges[-1] * out // RATE) - -(-edges[0] * out // RATE)
    bext = {name: content for name, _, content in read_chunks(song.out / "mix.wav")}[b"bext"]
    assert int.from_bytes(bext[338:346], "little") == -(-40_000 * out // RATE)


def test_the_report_tells_changes_of_tempo(song: Song) -> None:
    busy(song)
    assert "Tempo changes" not in song.bounce().text()
    song.project = edits.add_tempo_point(song.project, Fraction(8), Fraction(60), ramp=True)
    assert "\nTempo changes: to 60 BPM at bar:3\n" in song.bounce(overwrite=True).text()


def test_a_range_may_reach_past_the_end(song: Song) -> None:
    song.add(noise(1000, 1))
    report = song.bounce(start=place_at(Fraction(0)), end=place_at(Fraction(1)))
    assert report.frames == RATE // 2
    assert not song.mix()[1000:].any()


def test_an_impulse_lands_on_its_frame_at_another_rate(song: Song) -> None:
    impulse = np.zeros((1000, 2), np.float32)
    impulse[0] = 1
    song.add(impulse, position=place_at(24_000))
    song.bounce(rate=96000)
    assert int(np.abs(song.mix()[:, 0]).argmax()) == 48_000


def test_mute_and_solo(song: Song) -> None:
    for number in range(3):
        song.add(noise(1000, number), f"T{number}")
    song.project = edits.add_track(song.project, "Empty")
    song.change(0, mute=True)
    report = song.bounce(stems=song.out / "stems")
    assert [path.name for path in sorted((song.out / "stems").iterdir())] == ["02 T1.wav", "03 T2.wav"]
    assert [name.split("”")[0] for name in report.left_out] == ["“T0", "“Empty"]
    song.change(2, solo=True)
    report = song.bounce(stems=song.out / "solo", overwrite=True)
    assert [path.name for path in sorted((song.out / "solo").iterdir())] == ["03 T2.wav"]
    assert len(report.left_out) == 3
    assert "soloed" in report.left_out[1]
    song.change(2, mute=True)
    with pytest.raises(ExportError, match="No track can be heard"):
        song.bounce(overwrite=True)


def test_chosen_stems_only(song: Song) -> None:
    for number in range(3):
        song.add(noise(1000, number), f"T{number}")
    song.bounce(stems=song.out / "stems", tracks=(song.project.tracks[1].id,), pattern="{song} - {track}")
    assert [path.name for path in (song.out / "stems").iterdir()] == ["Test song - T1.wav"]
    song.bounce(mix=None, stems=song.out / "other")
    assert len(list((song.out / "other").iterdir())) == 3


def test_the_ceiling_comes_before_the_target(song: Song) -> None:
    song.add(noise(RATE * 2, 1, level=0.05))
    report = song.bounce(lufs=-5.0, true_peak=-1.0, stems=song.out / "stems")
    assert not report.target_reached
    assert "ceiling" in report.target
    assert report.mix.true_peak_db == pytest.approx(-1.0, abs=0.02)
    assert report.mix.true_peak_db <= -1.0 + 1e-3
    assert report.mix.integrated < -5.5
    report = song.bounce(true_peak=-30.0, overwrite=True)
    assert report.mix.true_peak_db == pytest.approx(-30, abs=0.02)
    report = song.bounce(true_peak=0.0, overwrite=True)
    assert report.gain_db == 0.0
    report = song.bounce(lufs=-20.0, true_peak=-1.0, overwrite=True)
    assert report.target_reached
    assert report.mix.integrated == pytest.approx(-20, abs=0.02)


def test_too_short_to_measure(song: Song) -> None:
    song.add(noise(1000, 1))
    report = song.bounce(lufs=-14.0)
    assert not report.target_reached
    assert report.to_json()["mix"]["integrated"] is None
    report = song.bounce(lufs=-14.0, true_peak=-30.0, overwrite=True)
    assert not report.target_reached
    assert "ceiling of −30.0 dBTP is kept" in report.target
    assert report.mix.true_peak_db == pytest.approx(-30, abs=0.02)


def test_silence_is_worded_as_such(song: Song) -> None:
    song.add(np.zeros((RATE, 2), np.float32))
    assert "−∞ dBTP" in song.bounce(true_peak=-1.0).target


def test_a_target_that_clipping_prevents_is_not_called_reached(song: Song) -> None:
    song.add(noise(RATE, 1))
    report = song.bounce(lufs=10.0, format=SampleFormat.PCM_16, clip=True)
    assert not report.target_reached
    assert "clipped" in report.target
    assert song.bounce(lufs=10.0, overwrite=True).target_reached


@pytest.mark.parametrize(("sample_format", "rate"), [("16", None), ("24", 44100), ("32f", 48000)])
def test_loudness_of_the_file_as_ffmpeg_measures_it(song: Song, sample_format: str, rate: int | None) -> None:
    envelope = np.interp(np.arange(RATE * 8), np.arange(9) * RATE, [0.1, 1, 0.3, 0.8, 0.05, 1, 0.2, 0.9, 0.1])
    song.add(noise(RATE * 8, 1) * envelope[:, None].astype(np.float32))
    report = song.bounce(format=SampleFormat(sample_format), rate=rate, lufs=-14.0, true_peak=-0.5)
    again = LoudnessMeter(report.rate)
    again.push(song.mix())
    assert report.mix.integrated == pytest.approx(again.integrated, abs=0.005)
    assert report.mix.true_peak_db == pytest.approx(again.true_peak_db, abs=0.005)
    if ffmpeg := shutil.which("ffmpeg"):
        call = [ffmpeg, "-nostats", "-i", str(song.out / "mix.wav"), "-af", "ebur128=peak=true", "-f", "null", "-"]
        summary = subprocess.run(call, capture_output=True, text=True, check=True).stderr.split("Summary:")[1]
        integrated, peak = (float(re.search(rf"{name}:\s+(\S+)", summary)[1]) for name in ("I", "Peak"))
        assert report.mix.integrated == pytest.approx(integrated, abs=0.1)
        assert report.mix.true_peak_db == pytest.approx(peak, abs=0.2)


def test_clipped_samples_are_counted(song: Song) -> None:
    samples = noise(1000, 1, level=0.01)
    samples[100] = [1.4, 0.0]
    song.add(samples)
    report = song.bounce(format=SampleFormat.PCM_16, clip=True)
    assert report.clipped == 1
    assert "clipped" in report.text()
    assert song.bounce(overwrite=True).mix.peak_db == pytest.approx(20 * np.log10(1.4), abs=1e-4)


def test_report(song: Song) -> None:
    busy(song)
    report = song.bounce(stems=song.out / "stems", report=True, format=SampleFormat.PCM_24, clip=True)
    text = (song.out / "mix report.txt").read_text(encoding="utf-8")
    assert text == report.text()
    assert "LUFS" in text
    assert "01 Lead.wav" in text
    with pytest.raises(ExportError, match=r"report\.txt"):
        song.bounce(report=True)
    song.bounce(mix=None, stems=song.out / "only", report=True)
    assert (song.out / "only" / "Test song report.txt").is_file()
    json = report.to_json()
    assert len(json["files"]) == 5
    assert json["frames"] == report.frames
    assert json["seconds"] == pytest.approx(song.project.length / RATE)


def test_tags_say_how_each_clip_was_made(song: Song) -> None:
    for seed, licence in ((3, "Apache-2.0"), (4, "CC-BY-NC-4.0")):
        clip = song.add(noise(2000, seed), "Made")
        made = {"prompt": "warm pads", "seed": seed, "model_name": "Tiny", "licence": licence}
        song.project = edits.set_clip(song.project, [clip.id], name="Pads")
        take = replace(clip.takes[0], id=new_id(), provenance=made)
        song.project = edits.add_take(song.project, clip.id, take, choose=True)
    report = song.bounce(stems=song.out / "stems")
    chunks = {name: content for name, _, content in read_chunks(song.out / "mix.wav")}
    for seed in (3, 4):
        assert f'"seed":{seed}'.encode() in chunks[b"iXML"]
        assert f"seed {seed}".encode() in chunks[b"LIST"]
    assert chunks[b"bext"].startswith(b"Test song: ")
    stem = {name: content for name, _, content in read_chunks(song.out / "stems" / "01 Made.wav")}
    assert b"Made: Pads @ 1.1: " in stem[b"LIST"]
    assert report.licences == (
        "NOT FOR COMMERCIAL USE: “Pads”, made by Tiny (CC-BY-NC-4.0).",
        "Made by Tiny (Apache-2.0): “Pads”.",
    )
    assert "NOT FOR COMMERCIAL USE" in report.text()


def test_existing_files_are_asked_about(song: Song) -> None:
    song.add(noise(1000, 1), "T")
    song.out.mkdir()
    (song.out / "mix.wav").write_text("old")
    with pytest.raises(ExportError, match=r"mix\.wav.*overwritten"):
        song.bounce(stems=song.out / "stems")
    assert [path.name for path in song.out.iterdir()] == ["mix.wav"]
    assert (song.out / "mix.wav").read_text() == "old"
    song.bounce(overwrite=True)
    assert len(song.mix()) == 1000
    assert [path.name for path in song.out.iterdir()] == ["mix.wav"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_cancel_leaves_nothing(song: Song, share: float) -> None:
    song.add(noise(400_000, 1), "T")
    (song.out / "stems").mkdir(parents=True)
    (song.out / "stems" / "01 T.wav").write_text("old")

    def report(done: float, text: str) -> None:
        if done >= share:
            context.cancel()

    context = Context(report)
    request = BounceRequest(mix=song.out / "new" / "mix.wav", stems=song.out / "stems", overwrite=True, lufs=-14)
    with pytest.raises(Cancelled):
        bounce(song.project, song.folder, request, context)
    assert [path.name for path in sorted(song.out.rglob("*"))] == ["stems", "01 T.wav"]
    assert (song.out / "stems" / "01 T.wav").read_text() == "old"


def test_progress_rises_to_one(song: Song) -> None:
    busy(song)
    seen: list[float] = []
    request = BounceRequest(mix=song.out / "mix.wav", lufs=-14)
    bounce(song.project, song.folder, request, Context(lambda share, text: seen.append(share)))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


FULL_DISK = """
import resource, sys
from pathlib import Path
from engine.errors import ExportError
from engine.playback.bounce import BounceReport, BounceRequest, bounce
from engine.project import files
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
song, out = map(Path, sys.argv[1:])
try:
    bounce(files.load(song), song, BounceRequest(mix=out / "mix.wav", stems=out / "stems", overwrite=True))
except ExportError as error:
    print(error)
"""


def test_a_disk_that_fills_up_leaves_the_old_files(song: Song) -> None:
    song.add(noise(100_000, 1), "T")
    files.save(song.folder, song.project)
    song.out.mkdir()
    (song.out / "mix.wav").write_text("old")
    if sys.platform == "win32":
        return  # no limit on the size of files there
    call = [sys.executable, "-c", FULL_DISK, str(song.folder), str(song.out)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert "disk is full" in done.stdout
    assert [path.name for path in song.out.rglob("*")] == ["mix.wav"]
    assert (song.out / "mix.wav").read_text() == "old"


def test_what_does_not_fit_on_the_disk_is_not_begun(song: Song) -> None:
    song.add(noise(1000, 1), "T")
    with pytest.raises(ExportError, match="too full"):
        song.bounce(end=place_at(10**13))
    assert not song.out.exists()


def test_left_over_parts_of_dead_processes_go(song: Song) -> None:
    song.add(noise(1000, 1), "T")
    song.out.mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine = new_name()
    left = mine.replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    users = [
        "mix.wav.part",
        "mix.part",
        f".continuo-{dead.pid}-abc.part",
        "x" + left,
        ".part-000000000000",
        "mix.wav.tmp",
    ]
    for name in (mine, left, *users):
        (song.out / name).write_text("mine")
    song.bounce(stems=song.out, report=True)
    names = {"mix.wav", "01 T.wav", "mix report.txt"}
    assert {path.name for path in song.out.iterdir()} == {mine, *users, *names}
    assert all((song.out / name).read_text() == "mine" for name in users)


def test_a_growing_clip_is_never_silence(song: Song) -> None:
    clip = song.add(noise(1000, 1), "Growing pads")
    old = song.project.sources[clip.takes[0].source]
    grown = Source("g", "growing/g.f32", "pads", RATE, 2, 500, growing=True)
    p = replace(song.project, sources={**song.project.sources, "g": grown})
    song.project = edits.add_take(p, clip.id, audio_take(new_id(), "g"), choose=True)
    with pytest.raises(ExportError, match=r"“Growing pads” is still being generated"):
        song.bounce()
    assert not song.out.exists()
    song.change(0, mute=True)
    song.add(noise(1000, 2), "Other")
    song.bounce()
    assert old.id != "g"


def test_missing_audio_is_never_silence(song: Song) -> None:
    clip = song.add(noise(1000, 1), "Gone")
    source = song.project.sources[clip.takes[0].source]
    (song.folder / source.file).unlink()
    with pytest.raises(AudioFileError, match="missing"):
        song.bounce()
    assert not song.out.exists()


def test_a_lost_cache_is_made_again(song: Song) -> None:
    song.add(noise(1000, 1), "T", subtype="PCM_24", rate=44100)
    shutil.rmtree(song.folder / "cache")
    song.bounce()
    assert song.mix().any()


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        ({"mix": None}, "Nothing was chosen"),
        ({"mix": Path("x.m4a")}, "not the name of an audio file"),
        ({"start": place_at(500), "end": place_at(500)}, "nothing between"),
        ({"rate": 4000}, "4,000 Hz"),
        ({"rate": 0}, "0 Hz"),
        ({"mix": Path()}, "is a folder"),
        ({"lufs": 50.0}, "not possible"),
        ({"lufs": float("nan")}, "not possible"),
        ({"pattern": "{name}"}, "name pattern"),
        ({"tracks": ("nobody",)}, "no track"),
    ],
)
def test_requests_that_make_no_sense(song: Song, request_: dict[str, object], match: str) -> None:
    song.add(noise(1000, 1), "T")
    with pytest.raises(ExportError, match=match):
        song.bounce(**request_)


def test_places_that_are_refused(song: Song) -> None:
    with pytest.raises(ExportError, match="No track"):
        song.bounce(end=place_at(100))
    song.add(noise(1000, 1), "T")
    with pytest.raises(ExportError, match="song's own files"):
        song.bounce(mix=song.folder / "audio" / "mix.wav")
    (song.out / "mix.wav").mkdir(parents=True)
    with pytest.raises(ExportError, match="is a folder"):
        song.bounce()
    with pytest.raises(ExportError, match="is a folder"):
        song.bounce(mix=song.out)
    with pytest.raises(ExportError, match="one file"):
        song.bounce(mix=song.out / "01 T.wav", stems=song.out)
    with pytest.raises(ExportError, match="one file"):  # it would be, on macOS and Windows
        song.bounce(mix=song.out / "01 t.WAV", stems=song.out)
    (song.material / "file").touch()
    with pytest.raises(ExportError, match="could not be written"):
        song.bounce(mix=song.material / "file" / "mix.wav")
    song.bounce(mix=song.out / "plain")
    assert (song.out / "plain.wav").is_file()


def test_changed_files_are_named_where_they_are_heard(song: Song) -> None:
    """One flipped bit in each of three files, of which the stretch that is bounced plays the first."""
    dice = np.random.default_rng(4)
    for number, start in enumerate((0, 96_000, 0)):
        song.add(dice.uniform(-0.5, 0.5, (4800, 2)), f"sound {number}", position=place_at(start))
    song.change(2, mute=True)
    whole = song.bounce(end=place_at(48_000))
    assert (whole.damage, whole.damaged) == ("", ())
    for source in song.project.sources.values():
        path = song.folder / source.file
        data = bytearray(path.read_bytes())
        data[-8] ^= 0x40
        path.write_bytes(data)
    report = song.bounce(end=place_at(48_000), overwrite=True)
    first = next(source for source in song.project.sources.values() if source.name.startswith("sound 0"))
    assert report.damaged == (first.id,)
    assert f"“{first.name}” has changed on the disk" in report.damage
    assert "(clips: “sound 0”)" in report.damage
    assert report.damage in report.text()
    assert len(song.bounce(overwrite=True).damaged) == 2
