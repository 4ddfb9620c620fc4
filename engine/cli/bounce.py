"""`continuo bounce SONG`: the mix and the stems as audio files."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine.cli.song import add_song
from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import ExportError
from engine.plain_text import one_line
from engine.project.files import load
from engine.project.model import Project
from engine.timing.position import Position


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument(
        "--mix",
        type=Path,
        metavar="FILE",
        help="write the mix to this file; its ending says of what type: .wav, .flac, .aiff, .mp3 or .opus",
    )
    parser.add_argument("--stems", type=Path, metavar="DIR", help="write a file of each track into this folder")
    parser.add_argument(
        "--container",
        choices=("wav", "flac", "aiff", "mp3", "opus"),
        default="wav",
        help="type of the stems' files (default: wav)",
    )
    parser.add_argument(
        "--format",
        choices=("16", "24", "32f"),
        default="24",
        help="bits of a sample, for WAV, FLAC and AIFF (default: 24)",
    )
    parser.add_argument(
        "--rate",
        type=int,
        metavar="N",
        help="sample rate in Hz (default: the song's, or the nearest that the files can have)",
    )
    parser.add_argument("--from", dest="start", metavar="POS", help="where to start (default: the song's start)")
    parser.add_argument("--to", dest="end", metavar="POS", help="where to end (default: the end of what is heard)")
    level = partial(between, -70, 20)
    parser.add_argument("--lufs", type=level, metavar="X", help="integrated loudness that the mix shall have")
    parser.add_argument(
        "--true-peak",
        type=level,
        metavar="X",
        help="true peak in dBTP that the mix shall not exceed; it comes before --lufs",
    )
    parser.add_argument(
        "--names",
        metavar="PATTERN",
        default="{index:02} {track}",
        help="names of the stems, from {song}, {track} and {index:02} (default: “%(default)s”)",
    )
    parser.add_argument(
        "--clip", action="store_true", help="clip what lies beyond full scale (default: nothing is written then)"
    )
    parser.add_argument(
        "--cover", type=Path, metavar="FILE", help="a JPEG or PNG picture for the files (default: cover.jpg or "
        "cover.png in the song's folder)",
    )  # fmt: skip
    parser.add_argument(
        "--loop", action="store_true", help="say in WAV files how they go round: tempo, beats, key, loop points"
    )
    parser.add_argument(
        "--no-credentials", action="store_true", help="do not sign generated sound (C2PA, continuo-daw[credentials])"
    )
    parser.add_argument("--no-dither", action="store_true", help="round to 16 or 24 bits without dither")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    add_json(parser)
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Bounces the song as it was last saved and prints the report."""
    if not arguments.mix and not arguments.stems:
        arguments.usage("say what to write: --mix FILE, --stems DIR, or both")
    from engine.encoding import FileType
    from engine.inference.song_facts import facts_of
    from engine.playback.atomic_output import FilesExistError
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.clipping import SAFE_PEAK, WouldClipError
    from engine.playback.wavfile import SampleFormat

    project = load(arguments.song)
    start, end = (project.clock.parse(text) if text is not None else None for text in (arguments.start, arguments.end))
    _check_range(project, start, end)
    request = BounceRequest(
        mix=arguments.mix,
        stems=arguments.stems,
        pattern=arguments.names,
        format=SampleFormat(arguments.format),
        stem_type=FileType(arguments.container),
        rate=arguments.rate,
        start=start,
        end=end,
        lufs=arguments.lufs,
        true_peak=arguments.true_peak,
        dither=not arguments.no_dither,
        overwrite=arguments.overwrite,
        clip=arguments.clip,
        credentials=not arguments.no_credentials,
        facts=facts_of(project, arguments.cover, loop=arguments.loop),
    )
    try:
        with job() as context:
            report = bounce(project, arguments.song, request, context)
    except FilesExistError as error:
        raise ExportError(f"{error.what} would be overwritten: give --overwrite, or choose another place.") from error
    except WouldClipError as error:
        raise ExportError(
            f"{error.what}, so nothing was written: give --true-peak {SAFE_PEAK:g} to lower it, --format 32f to keep "
            "every sample, or --clip to have it clipped."
        ) from error
    if report.damage:
        print(f"continuo: {one_line(report.damage)}", file=sys.stderr)
    if arguments.json:
        print_json(report.to_json())
    else:
        print(replace(report, damage="").text(), end="")
    return 0


def _check_range(project: Project, start: Position | None, end: Position | None) -> None:
    from engine.playback.heard import heard_end

    clock = project.clock
    first = 0 if start is None else clock.frames(start)
    if end is not None and clock.frames(end) <= first:
        raise ExportError(
            f"There is nothing between --from and --to: give a --to after {clock.text(Position.at_frame(first))}."
        )
    if end is None and first >= (last := heard_end(project)) > 0:
        raise ExportError(
            f"The song ends at {clock.text(Position.at_frame(last))}: give a --from before it, or a --to as well."
        )
