"""How long a bounce of 32 stereo tracks × 3 minutes takes, beside `sox -m` and ffmpeg's `amix` on the same files.

Run it with `python -m tests.benchmarks.bounce`. Every round runs each of them once, one after another, so that all meet
the same machine; the figures are medians. Continuo dithers, measures loudness and waits until all is on the disk, which
the others do not. It runs twice: as `continuo bounce`, in a process that starts and reads the song first, and as the
export dialog runs it, in a process that is there already. Before and after each run a spin of a fixed amount of work on
every core says what share of the machine was there to be had; the processor seconds do not depend on that.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np

from engine.audio import Audio, write_audio
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.files import create, load, save
from engine.project.importing import import_audio
from engine.project.model import new_project
from engine.timing.position import SONG_START

TRACKS, SECONDS, RATE, ROUNDS = 32, 180, 48000, 5
RESULTS = Path(__file__).parent / "results"
MACHINE = "2-core AMD EPYC VM (AVX2, no AVX-512), shared"
SPIN_LOOPS = 400_000


def spin(_: int = 0) -> float:
    """Seconds that a fixed piece of work takes now, on one core."""
    began = perf_counter()
    total = 0
    for step in range(SPIN_LOOPS):
        total += step
    return perf_counter() - began


def processor_seconds() -> float:
    """Seconds of work by this process and those that it ran to their end."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def make_song(folder: Path, tracks: int, seconds: int) -> list[Path]:
    """A song of that many stereo tracks of coloured noise, 16 bits, at unity; returns its audio files."""
    project = new_project("Benchmark", rate=RATE)
    create(folder, project)
    for number in range(tracks):
        rng = np.random.default_rng(number)
        noise = rng.integers(-900, 900, (seconds * RATE, 2), dtype=np.int16)
        path = folder.parent / f"track {number:02}.wav"
        write_audio(path, Audio(noise, RATE), "PCM_16")
        source = import_audio(folder, path, RATE)
        path.unlink()
        project = edits.add_track(edits.add_source(project, source), f"Track {number + 1}")
        project, _ = edits.add_sounds(project, [source], SONG_START, track_id=project.tracks[-1].id)
    save(folder, project)
    return [folder / source.file for source in project.sources.values()]


def bounce_here(song: Path, out: Path) -> None:
    """The mix, in this process."""
    mix = BounceRequest(mix=out / "here.wav", format=SampleFormat.PCM_16, overwrite=True)
    bounce(load(song), song, mix)


def contenders(song: Path, files: list[Path], out: Path) -> dict[str, list[str] | None]:
    """The commands that are compared, by name; None is the bounce in this process."""
    inputs = [str(file) for file in files]
    shell = [sys.executable, "-m", "engine.cli", "bounce", str(song), "--overwrite", "--mix", str(out / "mix.wav")]
    calls: dict[str, list[str] | None] = {
        "continuo: mix, 16 bits, dithered, warm": None,
        "continuo: mix, 16 bits, dithered": [*shell, "--format", "16"],
        "continuo: mix, 16 bits, no dither": [*shell, "--format", "16", "--no-dither"],
        "continuo: mix and 32 stems, 24 bits": [*shell, "--format", "24", "--stems", str(out / "stems")],
    }
    if sox := shutil.which("sox"):
        calls["sox -m"] = [sox, "-m", *inputs, "-b", "16", str(out / "sox.wav")]
    if ffmpeg := shutil.which("ffmpeg"):
        each = [word for file in inputs for word in ("-i", file)]
        mix = f"amix=inputs={len(inputs)}:normalize=0"
        calls["ffmpeg amix"] = [
            *[ffmpeg, "-v", "error", "-y", *each, "-filter_complex", mix, "-c:a", "pcm_s16le", str(out / "ffmpeg.wav")]
        ]
    return calls


Series = dict[str, list[float]]
"""By contender, a value a round."""


def measured(
    calls: dict[str, list[str] | None], song: Path, out: Path, rounds: int, pool: ProcessPoolExecutor, cores: int
) -> tuple[Series, Series, Series]:
    """Seconds, processor seconds, and the share of the machine that was free, of each contender in turns."""
    times, work, shares = ({name: [] for name in calls} for _ in range(3))
    best = min(min(pool.map(spin, range(cores))) for _ in range(20))
    bounce_here(song, out)  # the libraries are loaded and the files in memory, for all
    for _ in range(rounds):
        for name, call in calls.items():
            before = np.mean(list(pool.map(spin, range(cores))))
            began, worked = perf_counter(), processor_seconds()
            if call:
                subprocess.run(call, check=True, capture_output=True)
            else:
                bounce_here(song, out)
            times[name].append(perf_counter() - began)
            work[name].append(processor_seconds() - worked)
            after = np.mean(list(pool.map(spin, range(cores))))
            shares[name].append(float(best / np.mean([before, after])))
    return times, work, shares


def main() -> None:
    """Prints a table and writes `results/bounce.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=TRACKS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        song, out = Path(place) / "song", Path(place) / "out"
        out.mkdir()
        files = make_song(song, options.tracks, options.seconds)
        os.sync() if hasattr(os, "sync") else None
        calls = contenders(song, files, out)
        times, work, shares = measured(calls, song, out, options.rounds, pool, cores)
    rows = [
        {
            "what": name,
            "seconds": round(float(np.median(times[name])), 3),
            "processor_seconds": round(float(np.median(work[name])), 3),
            "least": round(min(times[name]), 3),
            "machine_share": round(float(np.median(shares[name])), 3),
            "times_real_time": round(options.seconds / float(np.median(times[name])), 1),
        }
        for name in calls
    ]
    rivals = [row["seconds"] for row in rows if not str(row["what"]).startswith("continuo")]
    warm, cold = rows[0]["seconds"], rows[1]["seconds"]
    faster = [round(min(rivals) / ours, 2) if rivals else None for ours in (warm, cold)]
    print(f"{options.tracks} stereo tracks × {options.seconds} s, median of {options.rounds} rounds")
    for row in rows:
        print(
            f"  {row['what']:<40} {row['seconds']:>6.2f} s  (least {row['least']:.2f})  "
            f"{row['processor_seconds']:>6.2f} s of work  "
            f"{row['times_real_time']:>6.0f} × real time  machine {row['machine_share']:.0%}"
        )
    works = [float(np.median(work[name])) for name in calls]
    least = min(
        (value for name, value in zip(calls, works, strict=True) if not name.startswith("continuo")), default=0.0
    )
    less = [round(least / value, 2) if least else None for value in works[:2]]
    print(
        f"Continuo's mix takes {less[0]} times less work than the lesser of the others, {less[1]} times from the shell."
    )
    print(f"Continuo's mix is {faster[0]} times as fast as the faster of the others, {faster[1]} times from the shell.")
    RESULTS.mkdir(exist_ok=True)
    content = {
        "machine": MACHINE,
        "tracks": options.tracks,
        "seconds": options.seconds,
        "rounds": options.rounds,
        "rows": rows,
        "times_as_fast_as_the_faster": {"warm": faster[0], "shell": faster[1]},
        "times_less_work_than_the_lesser": {"warm": less[0], "shell": less[1]},
    }
    (RESULTS / "bounce.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
