"""`continuo inpaint FILE --from POS --to POS`: a part made anew; outside it every bit stays."""

import argparse
from pathlib import Path

from engine.cli import guides, sampling
from engine.cli.terminal import job
from engine.errors import EngineError
from engine.timing.clock import Clock
from engine.timing.signature import parse_signature
from engine.timing.stated_tempo import at_tempo, other_tempo
from engine.timing.tempo_map import parse_tempo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the sound")
    where = "2.5s, 12345f (at the file's rate), or bar:5 with --tempo"
    parser.add_argument("--from", dest="start", required=True, metavar="POS", help=f"where the part starts: {where}")
    parser.add_argument("--to", dest="stop", required=True, metavar="POS", help="where it ends")
    parser.add_argument("--prompt", default="", metavar="P", help="what to play there, in words")
    parser.add_argument("--tempo", metavar="BPM", help="quarter notes a minute, of positions in bars and in the prompt")
    parser.add_argument("--time-signature", default="4/4", metavar="N/D", help="for positions in bars (default: 4/4)")
    sampling.add_model(parser)
    sampling.add_settings(parser)
    guides.add_guide(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the part anew and writes the whole."""
    from engine.generate import audio_output
    from engine.generate.interface import Request, Task

    audio_output.check_out(arguments.out, overwrite=arguments.overwrite)
    original = audio_output.read_original(arguments.file)
    if not arguments.tempo and any(text.strip().startswith("bar") for text in (arguments.start, arguments.stop)):
        raise EngineError("A position in bars of a file needs its tempo: give --tempo.")
    tempo = parse_tempo(arguments.tempo or "120")
    clock = Clock.steady(original.audio.rate, tempo, parse_signature(arguments.time_signature))
    prompt, other = at_tempo(arguments.prompt, float(tempo)) if arguments.tempo else (arguments.prompt, ())
    start, stop = clock.frames(clock.parse(arguments.start)), clock.frames(clock.parse(arguments.stop))
    stated = float(tempo) if arguments.tempo else None
    seconds = max(stop - start, 1) / original.audio.rate
    stated_guide = guides.asked_guide(arguments, seconds, stated, parse_signature(arguments.time_signature))
    with job() as context:
        request = Request(
            Task.INPAINT,
            sampling.settings(arguments, prompt),
            seed=arguments.seed,
            source=original.audio,
            start=start,
            stop=stop,
            guide=stated_guide.guide,
        )
        result = sampling.open_model(arguments).generate(request, context)
        notices = audio_output.write_joined(
            arguments.out, original, request, result.takes[0], result.record(0),
            overwrite=arguments.overwrite, credentials=not arguments.no_credentials,
        )  # fmt: skip
    notices += [other_tempo(other, float(tempo))] if other else []
    sampling.print_result(arguments, [arguments.out], result, notices)
    return 0
