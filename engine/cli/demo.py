"""`continuo demo [SONG]`: the main job without a window.

Makes the demo song and bounces its mix and stems; with --generate the song is one that a model makes: three clips from
words, one of them continued live for 16 bars, arranged at one tempo; with --compose one of four parts that the composer
writes, with sections, its melody continued live by a model.
"""

import argparse
import shlex
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine.cli import sampling
from engine.cli.terminal import add_json, job, print_json
from engine.errors import ModelError
from engine.plain_text import duration

if TYPE_CHECKING:
    from engine.generate.interface import Capabilities
    from engine.inference.composing import Composed
    from engine.playback.report import BounceReport
    from engine.project.model import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("song", metavar="SONG", nargs="?", type=Path, help="the song's folder (default: in OUT)")
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="OUT", help="where the WAV files go (default: %(default)s)"
    )
    parser.add_argument("--generate", action="store_true", help="let a model make the song")
    parser.add_argument(
        "--compose",
        action="store_true",
        help="let the composer write a song of four parts, and a model continue one of them live",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="with --generate or --compose: same seed, same song"
    )
    sampling.add_model(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the song if it is not there yet, bounces it, and prints what there is now."""
    if arguments.compose:
        return _compose(arguments)
    why = ""
    if arguments.generate:
        why = _not_installed(arguments)
        if not why:
            return _generate(arguments)
        if not arguments.json:
            print(f"{why} Until then: the demo song that the program brings along.")
    from engine.demo.arrangement import NAME, build_demo
    from engine.project.files import is_project, load

    out: Path = arguments.out
    song: Path = arguments.song or out / NAME
    began = perf_counter()
    with job() as context:
        is_new = not is_project(song)
        project = build_demo(song, context) if is_new else load(song)
        seconds = perf_counter() - began
        report = _bounced(project, song, out / f"{NAME}.wav", out / "stems", context)
    if arguments.json:
        content: dict[str, Any] = {"song": str(song), "made": is_new, "made_in": seconds, "bounce": report.to_json()}
        print_json({**content, "not_generated": why} if why else content)
        return 0
    clips = sum(len(track.clips) for track in project.tracks)
    what = f"“{project.name}”, {len(project.tracks)} tracks, {clips} clips, {duration(report.seconds)}"
    print(f"{'Made the song' if is_new else 'The song is'} {what}" + f", in {seconds:.1f} s" * is_new + f": {song}")
    _print_bounce(report, out / f"{NAME}.wav", song)
    return 0


def _not_installed(arguments: argparse.Namespace) -> str:
    """Why the default model cannot make a song; nothing where it can, or where another model is named."""
    if arguments.model or arguments.untrained:
        return ""
    from engine.generate import registry

    try:
        registry.find(None)
    except ModelError as error:
        return str(error)
    return ""


def _generate(arguments: argparse.Namespace) -> int:
    from engine.inference.api import Model
    from engine.inference.composing import NAME, compose

    out: Path = arguments.out
    began = perf_counter()
    with job() as context:
        generator = sampling.open_model(arguments)
        loaded = perf_counter() - began
        capabilities = generator.capabilities
        model = Model(arguments.model or capabilities.id, arguments.device, arguments.untrained)
        song: Path = arguments.song or _free(out, NAME)
        song.parent.mkdir(parents=True, exist_ok=True)
        composed_song = compose(song, generator, model, context, seed=arguments.seed)
        mix = out / f"{song.name}.wav"
        report = _bounced(composed_song.project, song, mix, out / f"{song.name} stems", context)
    seconds = perf_counter() - began
    if arguments.json:
        print_json(_content(song, composed_song, capabilities, report, loaded, seconds))
        return 0
    print(f"Loaded {capabilities.name} ({capabilities.version}) on {capabilities.device} in {loaded:.1f} s")
    for piece in composed_song.pieces:
        line = f"  {piece.track:<6} {piece.seconds:5.1f} s of sound in {piece.took:5.1f} s"
        line += f" ({piece.speed:.1f}× real time), {piece.heard}"
        if piece.first_sound is not None:
            print(f"{line}: 16 bars live after “Theme”, the first sound after {piece.first_sound:.1f} s")
        else:
            print(f"{line}: “{piece.prompt}”")
    for notice in composed_song.notices:
        print(f"  {notice}")
    project = composed_song.project
    clips = sum(len(track.clips) for track in project.tracks)
    what = f"“{song.name}”, {len(project.tracks)} tracks, {clips} clips, {float(project.tempo):g} BPM"
    print(f"Made the song {what}: {song}")
    _print_bounce(report, mix, song)
    print(f"All in {seconds:.1f} s.")
    return 0


def _compose(arguments: argparse.Namespace) -> int:
    """A composed song with one clip continued live: mix, stems, MIDI and report."""
    from engine.compose.midi import write_midi
    from engine.inference.api import Model
    from engine.inference.showcase import LIVE_BARS, NAME, show

    out: Path = arguments.out
    began = perf_counter()
    why = _not_installed(arguments)
    with job() as context:
        generator = None if why else sampling.open_model(arguments)
        name = arguments.model or (generator.capabilities.id if generator else "")
        song: Path = arguments.song or _free(out, NAME)
        song.parent.mkdir(parents=True, exist_ok=True)
        model = Model(name, arguments.device, arguments.untrained)
        shown = show(song, generator, model, context, seed=arguments.seed)
        mix, midi = out / f"{song.name}.wav", out / f"{song.name}.mid"
        report = _bounced(shown.project, song, mix, out / f"{song.name} stems", context)
        write_midi(shown.score, midi)
    seconds, score = perf_counter() - began, shown.score
    if arguments.json:
        content: dict[str, Any] = {
            "song": str(song), "midi": str(midi), "key": score.key, "tempo": score.tempo,
            "parts": [part.name for part in score.parts], "composed_in": shown.composed_in,
            "live_seconds": shown.live_seconds, "first_sound": shown.first_sound, "notices": list(shown.notices),
            "bounce": report.to_json(), "took": seconds,
        }  # fmt: skip
        print_json({**content, "not_generated": why} if why else content)
        return 0
    bars = round(score.length / score.bar)
    parts = ", ".join(f"{part.name} ({part.instrument})" for part in score.parts)
    print(f"Composed {bars} bars in {shown.composed_in:.1f} s: {score.key}, {score.tempo:g} BPM: {parts}")
    if generator is not None and shown.first_sound is not None:
        speed = shown.live_seconds / max(shown.live_in, 1e-9)
        print(
            f"{LIVE_BARS} bars live after the melody with {generator.capabilities.name} ({speed:.1f}× real time), "
            f"the first sound after {shown.first_sound:.1f} s"
        )
    for notice in (*shown.notices, *([why] if why else [])):
        print(f"  {notice}")
    _print_bounce(report, mix, song)
    print(f"Its notes as MIDI: {midi}")
    print(f"All in {seconds:.1f} s.")
    return 0


def _free(out: Path, name: str) -> Path:
    """The first of “First Light”, “First Light 2” … that is not there yet: a song is the user's to keep."""
    number, folder = 1, out / name
    while folder.exists():
        number += 1
        folder = out / f"{name} {number}"
    return folder


def _bounced(project: "Project", song: Path, mix: Path, stems: Path, context: Any) -> "BounceReport":
    from engine.playback.bounce import BounceRequest, bounce

    request = BounceRequest(mix=mix, stems=stems, lufs=-17.0, true_peak=-1.0, overwrite=True, report=True)
    return bounce(project, song, request, context)


def _print_bounce(report: "BounceReport", mix: Path, song: Path) -> None:
    print(report.text(), end="")
    print(f"Listen to {mix}; see it with: continuo open {shlex.quote(str(song))}")


def _content(
    song: Path, done: "Composed", capabilities: "Capabilities", report: "BounceReport", loaded: float, seconds: float
) -> dict[str, Any]:
    pieces = [
        {
            "track": piece.track,
            "prompt": piece.prompt,
            "seconds": piece.seconds,
            "took": piece.took,
            "speed": piece.speed,
            "heard": piece.heard,
            "first_sound": piece.first_sound,
        }
        for piece in done.pieces
    ]
    return {
        "song": str(song),
        "model": capabilities.id,
        "weights": capabilities.version,
        "device": capabilities.device,
        "loaded_in": loaded,
        "pieces": pieces,
        "notices": list(done.notices),
        "bounce": report.to_json(),
        "took": seconds,
    }
