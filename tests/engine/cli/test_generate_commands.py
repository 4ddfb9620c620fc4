"""The commands that run a model, with a tiny one and random weights."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.audio import Audio, open_reader, read_audio, read_info, write_audio
from engine.cli import guides, main
from engine.generate import audio_output, bench
from engine.generate.melody import Melody
from engine.music.guide import Accent, SwellPoint, TimedPrompt
from engine.timing.signature import Signature

Output = pytest.CaptureFixture[str]
TINY = ["--model", "tiny", "--untrained", "--device", "cpu"]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr("engine.generate.device.threads", lambda: 1)
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def run(capsys: Output, *arguments: object) -> dict[str, object]:
    capsys.readouterr()
    assert main([*map(str, arguments), *TINY, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Output, status: int, *arguments: object) -> str:
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == status
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def exact(path: Path) -> np.ndarray:
    with open_reader(path) as reader:
        return reader.read_exact()


def test_generate_writes_the_length_asked_for_and_its_origin(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "a.wav"
    said = run(capsys, "generate", "a waltz", "--seconds", "0.7", "--seed", 5, "--out", out)
    assert said["files"] == [str(out)]
    info = read_info(out)
    assert (info.rate, info.channels, info.frames, info.subtype) == (24000, 1, 16800, "PCM_24")
    with soundfile.SoundFile(out) as file:
        kept = json.loads(file.comment)
    assert (kept["prompt"], kept["seed"], kept["model"]) == ("a waltz", 5, "tiny-untrained")
    again = tmp_path / "b.wav"
    run(capsys, "generate", "a waltz", "--seconds", "0.7", "--seed", 5, "--out", again)
    assert np.array_equal(exact(out), exact(again))


def test_generate_in_bars_and_takes(tmp_path: Path, capsys: Output) -> None:
    said = run(
        capsys, "generate", "", "--bars", 1, "--tempo", 170, "--takes", 2, "--loop", "--out", tmp_path / "loop.flac"
    )
    assert said["files"] == [str(tmp_path / f"loop {i}.flac") for i in (1, 2)]
    for i in (1, 2):
        assert read_info(tmp_path / f"loop {i}.flac").frames == round(4 * 60 / 170 * 24000)
    assert said["provenance"]["prompt"] == "170 BPM"


@pytest.mark.parametrize(
    ("prompt", "tempo", "sent", "notice"),
    [
        ("house, 128 BPM", "90", "house, 90 BPM", "“128 BPM”; 90 BPM, the tempo asked for"),
        ("house", "61.5", "house, 61.5 BPM", ""),
        ("house, 61.5 bpm", "61.5", "house, 61.5 bpm", ""),
    ],
)
def test_the_tempo_asked_for_wins_over_words_and_keeps_its_decimals(
    tmp_path: Path, capsys: Output, prompt: str, tempo: str, sent: str, notice: str
) -> None:
    out = tmp_path / "a.wav"
    said = run(capsys, "generate", prompt, "--tempo", tempo, "--bars", 1, "--steps", 1, "--out", out)
    assert said["provenance"]["prompt"] == sent
    assert said["provenance"]["held_tempo"] in (float(tempo), None), "a model that leans to a tempo takes it exactly"
    assert len(said["notices"]) == bool(notice)
    assert notice in " ".join(said["notices"])
    assert read_info(out).frames == round(4 * 60 / float(tempo) * 24000)


@pytest.mark.parametrize(
    ("subtype", "suffix", "rate", "channels"),
    [
        ("PCM_16", ".wav", 44100, 2),
        ("PCM_24", ".wav", 48000, 1),
        ("PCM_32", ".wav", 24000, 1),
        ("FLOAT", ".wav", 22050, 2),
        ("DOUBLE", ".wav", 24000, 1),
        ("PCM_U8", ".wav", 24000, 1),
        ("PCM_16", ".flac", 32000, 2),
        ("PCM_24", ".aiff", 24000, 1),
    ],
)
def test_continue_begins_with_the_input_bit_by_bit(
    tmp_path: Path, capsys: Output, subtype: str, suffix: str, rate: int, channels: int
) -> None:
    rng = np.random.default_rng(0)
    source, out = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    container = {".wav": "WAV", ".flac": "FLAC", ".aiff": "AIFF"}[suffix]
    loud = rng.standard_normal((rate // 2, channels)) * 0.1
    write_audio(source, Audio(audio_output.encoded(loud, subtype), rate), subtype, container)
    said = run(capsys, "continue", source, "--seconds", "0.3", "--out", out)
    info = read_info(out)
    assert (info.rate, info.channels, info.subtype) == (rate, channels, subtype)
    assert info.frames == rate // 2 + round(0.3 * rate)
    assert np.array_equal(exact(out)[: rate // 2], exact(source))
    assert ("mono" in " ".join(said["notices"])) == (channels == 2)


def test_continue_before_the_start(tmp_path: Path, capsys: Output) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    write_audio(
        source, Audio((np.random.default_rng(0).standard_normal((9000, 1)) * 2000).astype(np.int16), 24000), "PCM_16"
    )
    run(capsys, "continue", source, "--before", "--seconds", "0.3", "--out", out)
    assert np.array_equal(exact(out)[-9000:], exact(source))
    assert read_info(out).frames == 9000 + 7200


def test_inpaint_leaves_the_rest_alone(tmp_path: Path, capsys: Output) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    samples = (np.random.default_rng(0).standard_normal((44100, 2)) * 2000).astype(np.int16)
    write_audio(source, Audio(samples, 44100), "PCM_16")
    run(capsys, "inpaint", source, "--from", "bar:1.2", "--to", "30000f", "--tempo", 240, "--out", out)
    made = exact(out)
    assert made.shape == samples.shape
    assert np.array_equal(made[:11025], samples[:11025])
    assert np.array_equal(made[30000:], samples[30000:])
    assert not np.array_equal(made[11025:30000], samples[11025:30000])


def test_what_a_container_cannot_hold_is_said(tmp_path: Path, capsys: Output) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.flac"
    write_audio(source, Audio(np.full((9000, 1), 0.25, np.float32), 24000), "FLOAT")
    said = run(capsys, "continue", source, "--seconds", "0.1", "--out", out)
    assert "cannot hold FLOAT" in " ".join(said["notices"])
    assert np.array_equal(read_audio(out).samples[:9000], read_audio(source).samples)


def test_models_are_listed(capsys: Output) -> None:
    assert main(["models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"melody-starter", "melody-paper"} <= {info["id"] for info in listed}
    assert all(set(info) >= {"id", "preset", "parts", "bytes", "licence", "installed"} for info in listed)
    assert main(["models"]) == 0
    assert "melody-paper" in capsys.readouterr().out


def test_bench_prints_the_row_that_is_asked_for(capsys: Output) -> None:
    capsys.readouterr()
    assert main(["bench", *TINY, "--steps", "1,2", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["steps"] for row in rows] == [1, 2]
    names = "model preset device steps realtime machine_share realtime_corrected first_sound_s chunk_s chunk_p50_s"
    more = "chunk_p95_s peak_memory_mb parts network floor_s floor_share work"
    assert set(rows[0]) == {*names.split(), *more.split()}
    assert set(rows[0]["floor_s"]) == set(rows[0]["floor_share"]) == {"lm", "dpd", "vae"}
    assert rows[0]["realtime_corrected"] == pytest.approx(rows[0]["realtime"] / rows[0]["machine_share"])
    assert 0 < rows[0]["machine_share"] <= 1
    assert set(rows[0]["parts"]) >= {"lm", "dpd", "vae"}
    assert rows[0]["preset"] == "tiny"


def test_a_whole_window_can_be_measured() -> None:
    row = bench.one_shot(Melody.untrained("tiny", "cpu", threads=1), steps=1, takes=2)
    assert row.chunk_s == 2.0
    assert row.realtime > 0


def test_mistakes_are_sentences(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "a.wav"
    assert "no preset" in refused(capsys, 1, "generate", "x", "--model", "none", "--untrained", "--out", out)
    assert "no model “none”" in refused(capsys, 1, "generate", "x", "--model", "none", "--out", out)
    assert "not installed" in refused(capsys, 1, "generate", "x", "--model", "melody-paper", "--out", out)
    assert "end its name in" in refused(capsys, 1, "generate", "x", *TINY, "--out", tmp_path / "a.xyz")
    assert "does not exist" in refused(capsys, 1, "generate", "x", *TINY, "--out", tmp_path / "no" / "a.wav")
    assert "--tempo" in refused(capsys, 2, "generate", "x", *TINY, "--bars", "2", "--out", out)
    assert "give 1 to 64" in refused(capsys, 1, "generate", "x", *TINY, "--takes", "0", "--out", out)
    assert "not a list" in refused(capsys, 2, "bench", *TINY, "--steps", "1,x")
    out.write_bytes(b"mine")
    assert "--overwrite" in refused(capsys, 1, "generate", "x", *TINY, "--out", out)
    assert out.read_bytes() == b"mine"
    write_audio(tmp_path / "in.wav", Audio(np.zeros((1000, 1), np.float32), 24000))
    inpaint = ["inpaint", tmp_path / "in.wav", *TINY, "--out", tmp_path / "b.wav", "--to", "0.5s", "--from"]
    assert "needs its tempo" in refused(capsys, 1, *inpaint, "bar:1")
    assert "does not lie within" in refused(capsys, 1, *inpaint, "0.1s")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.wav", "in.wav"]
    assert "torch" in sys.modules


def test_a_guide_is_read_from_files_and_texts(tmp_path: Path) -> None:
    accents = tmp_path / "accents.txt"
    accents.write_text("0.5\n2.5 0.5\n9\n")
    parser = argparse.ArgumentParser()
    guides.add_guide(parser)
    arguments = parser.parse_args(
        ["--chords", "Am F", "--accents", str(accents), "--swell", "0:-12, 8:0", "--prompt-at", "2:with drums"]
    )
    asked = guides.asked_guide(arguments, 4.0, 90.0, Signature(3, 4))
    assert asked.tempo is None
    assert [(span.start, span.length, span.symbol) for span in asked.guide.chords] == [(0, 2, "Am"), (2, 2, "F")]
    assert asked.guide.accents == (Accent(0.5), Accent(2.5, 0.5))
    assert asked.guide.swell == (SwellPoint(0.0, -12.0), SwellPoint(4.0, -6.0))
    assert asked.guide.words == (TimedPrompt(2.0, "with drums"),)
    assert not guides.asked_guide(parser.parse_args([]), 4.0).guide


def test_a_swell_is_heard_and_what_a_model_does_not_follow_is_refused(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "swell.wav"
    run(capsys, "generate", "a waltz", "--seconds", "2", "--swell", "0:-20, 2:0", "--out", out)
    samples = exact(out).astype(np.float64) / (1 << 31)
    quarters = np.sqrt((samples[: len(samples) // 4 * 4].reshape(4, -1) ** 2).mean(axis=1))
    assert 20 * np.log10(quarters[3] / quarters[0]) == pytest.approx(15.0, abs=4.0)
    said = refused(capsys, 1, "generate", "a waltz", "--chords", "Am", "--out", tmp_path / "a.wav", *TINY)
    assert "does not follow chords: leave that out" in said
    said = refused(capsys, 1, "generate", "a waltz", "--swell", "loud", "--out", tmp_path / "a.wav", *TINY)
    assert "no point of a swell" in said
    said = refused(capsys, 1, "generate", "", "--melody", tmp_path / "no.mid", "--out", tmp_path / "a.wav", *TINY)
    assert "no.mid" in said
