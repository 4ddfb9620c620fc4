"""`continuo continue FILE`: the sound goes on where it ends; what was there stays as it is, bit by bit."""

import argparse
from functools import partial
from pathlib import Path

from engine.cli import guides, sampling
from engine.cli.terminal import between, job


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the sound to carry on")
    parser.add_argument("--seconds", type=partial(between, 0.001, 3600), required=True, metavar="N", help="to add")
    parser.add_argument("--prompt", default="", metavar="P", help="what to play, in words")
    parser.add_argument("--before", action="store_true", help="add before the start instead of after the end")
    sampling.add_model(parser)
    sampling.add_settings(parser)
    guides.add_guide(parser)


def run(arguments: argparse.Namespace) -> int:
    """Continues the file and writes it with its continuation."""
    from engine.generate import audio_output
    from engine.generate.interface import Request, Task

    audio_output.check_out(arguments.out, overwrite=arguments.overwrite)
    original = audio_output.read_original(arguments.file)
    with job() as context:
        request = Request(
            Task.EXTEND_LEFT if arguments.before else Task.CONTINUE,
            sampling.settings(arguments, arguments.prompt),
            seconds=arguments.seconds,
            seed=arguments.seed,
            source=original.audio,
            guide=guides.asked_guide(arguments, arguments.seconds).guide,
        )
        result = sampling.open_model(arguments).generate(request, context)
        notices = audio_output.write_joined(
            arguments.out, original, request, result.takes[0], result.record(0),
            overwrite=arguments.overwrite, credentials=not arguments.no_credentials,
        )  # fmt: skip
    sampling.print_result(arguments, [arguments.out], result, notices)
    return 0
