"""`continuo demo [SONG]`: the main job without a window. Makes the demo song and bounces its mix and stems."""

import argparse
import shlex
from pathlib import Path
from time import perf_counter

from engine.cli.terminal import add_json, job, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("song", metavar="SONG", nargs="?", type=Path, help="the song's folder (default: in OUT)")
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="OUT", help="where the WAV files go (default: %(default)s)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the song if it is not there yet, bounces it, and prints what there is now."""
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.demo.arrangement import NAME, build_demo
    from engine.playback.report import duration
    from engine.project.files import is_project, load

    out: Path = arguments.out
    song: Path = arguments.song or out / NAME
    began = perf_counter()
    with job() as context:
        made = not is_project(song)
        project = build_demo(song, context) if made else load(song)
        took = perf_counter() - began
        request = BounceRequest(
            mix=out / f"{NAME}.wav", stems=out / "stems", lufs=-17.0, true_peak=-1.0, overwrite=True, report=True
        )
        report = bounce(project, song, request, context)
    if arguments.json:
        print_json({"song": str(song), "made": made, "made_in": took, "bounce": report.to_json()})
        return 0
    clips = sum(len(track.clips) for track in project.tracks)
    what = f"“{project.name}”, {len(project.tracks)} tracks, {clips} clips, {duration(report.seconds)}"
    print(f"{'Made the song' if made else 'The song is'} {what}" + f", in {took:.1f} s" * made + f": {song}")
    print(report.text(), end="")
    print(f"Listen to {request.mix}; see it with: continuo open {shlex.quote(str(song))}")
    return 0
